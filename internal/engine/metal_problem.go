package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// A metalProblem's tensors are views of its buffers.
type metalProblem struct {
	metal   *onMetal
	params  attention.Params
	buffers tqsdpa.Buffers
	tensors attention.Tensors
	scratch []byte
}

func (x *metalProblem) allocate() error {
	sizes, err := x.params.Sizes()
	if err != nil {
		return err
	}
	b, t := &x.buffers, &x.tensors
	var errs [7]error
	b.Q, t.Q, errs[0] = allocate[float32](x.metal, sizes.Q)
	b.KPacked, t.KPacked, errs[1] = allocate[byte](x.metal, sizes.KPacked)
	b.KNorms, t.KNorms, errs[2] = allocate[byte](x.metal, sizes.KNorms)
	b.VPacked, t.VPacked, errs[3] = allocate[byte](x.metal, sizes.VPacked)
	b.VNorms, t.VNorms, errs[4] = allocate[byte](x.metal, sizes.VNorms)
	b.Output, t.Output, errs[5] = allocate[float32](x.metal, sizes.Output)
	b.Tmp, x.scratch, errs[6] = allocate[byte](x.metal, tqsdpa.TmpBufferBytes(x.params.NumHeads, x.params.HeadDim))
	return errors.Join(errs[:]...)
}

func (x *metalProblem) Release() {
	b := &x.buffers
	for _, r := range []mtl.BufferRange{b.Q, b.KPacked, b.KNorms, b.VPacked, b.VNorms, b.Output, b.Tmp} {
		r.Buffer.Release()
	}
}

func (x *metalProblem) Tensors() attention.Tensors { return x.tensors }
func (x *metalProblem) Scratch() []byte            { return x.scratch }

func (x *metalProblem) Attend(ctx context.Context, seqLen uint32) (time.Duration, error) {
	p := x.params
	p.KVSeqLen = seqLen
	times, err := x.metal.compute(ctx, func(enc *mtl.ComputeCommandEncoder) error {
		return tqsdpa.Dispatch(enc, &x.metal.registry, x.buffers, p)
	})
	return times.GPU(), err
}

func (x *metalProblem) Quantize(ctx context.Context, position uint32, k, v []float32) error {
	return x.rows(ctx, position, k, v, true)
}

func (x *metalProblem) Dequantize(ctx context.Context, position uint32, k, v []float32) error {
	return x.rows(ctx, position, k, v, false)
}

// rows moves rows through buffers that hold rowsBytes of K and of V each, in parts
// of whole tokens.
func (x *metalProblem) rows(ctx context.Context, position uint32, k, v []float32, write bool) error {
	token := int(x.params.NumKVHeads) * int(x.params.HeadDim)
	if len(k) != len(v) || len(k) == 0 || len(k)%token != 0 {
		return &attention.ParamError{Field: "len(k), len(v)", Value: [2]int{len(k), len(v)}, Limit: fmt.Sprintf("the same multiple of %d", token)}
	}
	tokens := len(k) / token
	size := min(tokens, max(1, x.metal.rowsBytes/4/token))
	kBuffer, kPart, err := allocate[float32](x.metal, size*token)
	if err != nil {
		return err
	}
	defer kBuffer.Buffer.Release()
	vBuffer, vPart, err := allocate[float32](x.metal, size*token)
	if err != nil {
		return err
	}
	defer vBuffer.Buffer.Release()
	for from := 0; from < tokens; from += size {
		n := min(size, tokens-from)
		heads := func(yield func(whole, part int)) { // where the part's rows of each KV head begin
			for h := range int(x.params.NumKVHeads) {
				yield((h*tokens+from)*int(x.params.HeadDim), h*n*int(x.params.HeadDim))
			}
		}
		elements := n * int(x.params.HeadDim)
		encode := tqsdpa.Dequantize
		if write {
			encode = tqsdpa.Quantize
			heads(func(whole, part int) {
				copy(kPart[part:part+elements], k[whole:])
				copy(vPart[part:part+elements], v[whole:])
			})
		}
		rows := tqsdpa.Rows{K: kBuffer, V: vBuffer, Position: position + uint32(from), Tokens: uint32(n)}
		if _, err := x.metal.compute(ctx, func(enc *mtl.ComputeCommandEncoder) error {
			return encode(enc, &x.metal.registry, x.buffers, x.params, rows)
		}); err != nil {
			return err
		}
		if !write {
			heads(func(whole, part int) {
				copy(k[whole:whole+elements], kPart[part:])
				copy(v[whole:whole+elements], vPart[part:])
			})
		}
	}
	return nil
}
