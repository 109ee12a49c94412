package cpu

import (
	"context"
	"fmt"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// rowsCall is what the threads of one Quantize or Dequantize share.
type rowsCall struct {
	position, tokens int
	k, v             []float32 // [kv heads][tokens][dim]
}

// Quantize encodes rows of K and V of several tokens into the cache that t
// holds: k and v are [NumKVHeads][numTokens][HeadDim] in the original basis and
// go to the positions from position on. numTokens is len(k) divided by
// NumKVHeads * HeadDim. p.KVSeqLen and the fields of the query are not used
// beyond validation; t.Q and t.Output may be nil.
//
// Errors: a *attention.ParamError, before anything is written; or the context's
// cause, when some of the rows may have been written.
func (e *Engine) Quantize(ctx context.Context, p attention.Params, t attention.Tensors, position uint32, k, v []float32) error {
	return e.eachRow(ctx, p, t, position, k, v, e.encodeRows)
}

// Dequantize is the inverse of [Engine.Quantize]: it decodes the rows from
// position on into k and v, which must not overlap the cache.
func (e *Engine) Dequantize(ctx context.Context, p attention.Params, t attention.Tensors, position uint32, k, v []float32) error {
	return e.eachRow(ctx, p, t, position, k, v, e.decodeRowsOf)
}

func (e *Engine) eachRow(ctx context.Context, p attention.Params, t attention.Tensors, position uint32, k, v []float32, work func(int)) error {
	if err := p.CheckCache(t); err != nil {
		return err
	}
	token := int(p.NumKVHeads) * int(p.HeadDim)
	if len(k) == 0 || len(k)%token != 0 {
		return &attention.ParamError{Field: "len(k)", Value: len(k), Limit: fmt.Sprintf("a positive multiple of NumKVHeads*HeadDim (%d)", token)}
	}
	if len(v) != len(k) {
		return &attention.ParamError{Field: "len(v)", Value: len(v), Limit: fmt.Sprintf("len(k) (%d)", len(k))}
	}
	tokens := len(k) / token
	if free := int64(p.KVCapacity) - int64(position); int64(tokens) > free {
		return &attention.ParamError{Field: "position", Value: position, Limit: fmt.Sprintf("at most KVCapacity - tokens (%d - %d)", p.KVCapacity, tokens)}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.params, e.format, e.tensors, e.dim = p, p.CacheFormat(), t, int(p.HeadDim)
	e.rows = rowsCall{position: int(position), tokens: tokens, k: k, v: v}
	defer func() { e.rows, e.tensors = rowsCall{}, attention.Tensors{} }()
	return e.run(ctx, int(p.NumKVHeads)*tokens, work)
}

// place returns where row number item of the call stands: its slices of k and
// v, and its index in the cache.
func (e *Engine) place(item int) (k, v []float32, row int) {
	r := &e.rows
	row = item/r.tokens*int(e.params.KVCapacity) + r.position + item%r.tokens
	return r.k[item*e.dim : (item+1)*e.dim], r.v[item*e.dim : (item+1)*e.dim], row
}

// encodeOne and decodeOne drop the codec's error: it can only speak of lengths
// and formats, and eachRow has checked both.
func (e *Engine) encodeOne(item int) {
	k, v, row := e.place(item)
	f, t := e.format, &e.tensors
	norm, _ := f.EncodeKey(t.KPacked[row*f.KeyRowBytes():], k)
	if f.KeyNormBytes() > 0 {
		f.Norm.PutNorm(t.KNorms, row, norm)
	}
	norm, _ = f.EncodeValue(t.VPacked[row*f.ValueRowBytes():], v)
	if f.ValueNormBytes() > 0 {
		f.Norm.PutNorm(t.VNorms, row, norm)
	}
}

func (e *Engine) decodeOne(item int) {
	k, v, row := e.place(item)
	f, t := e.format, &e.tensors
	var norm float32
	if f.KeyNormBytes() > 0 {
		norm = f.Norm.Norm(t.KNorms, row)
	}
	_ = f.DecodeKey(k, t.KPacked[row*f.KeyRowBytes():], norm)
	if f.ValueNormBytes() > 0 {
		norm = f.Norm.Norm(t.VNorms, row)
	}
	_ = f.DecodeValue(v, t.VPacked[row*f.ValueRowBytes():], norm)
}
