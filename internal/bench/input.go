package bench

import (
	"context"
	"math"
	"sync"

	"github.com/tqmetal/tqmetal/internal/capture"
	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// An Input is the rows and queries of one context length.
type Input struct {
	Params  attention.Params // with Format zero: it comes from the caller
	K, V    []float32        // [NumKVHeads][KVSeqLen][HeadDim]
	Queries [][]float32      // each [NumHeads][HeadDim]
	// SeqLen is how much of the context each query sees, where they differ; nil
	// means all of it.
	SeqLens []uint32
}

// Synthetic returns normal rows and one query for p: independent draws, so that
// scores have deviation |Scale| * sqrt(HeadDim). They are the same for the same
// seed, whatever the machine.
func Synthetic(ctx context.Context, p attention.Params, seed uint64) (*Input, error) {
	if _, err := p.Sizes(); err != nil {
		return nil, err
	}
	n := int(p.KVSeqLen) * int(p.HeadDim)
	in := &Input{
		Params: p,
		K:      make([]float32, int(p.NumKVHeads)*n), V: make([]float32, int(p.NumKVHeads)*n),
		Queries: [][]float32{gaussian.New(seed).Vector(int(p.NumHeads) * int(p.HeadDim))},
	}
	var group sync.WaitGroup
	for kvHead := range int(p.NumKVHeads) {
		group.Go(func() {
			// A stream of its own for each KV head makes the work parallel.
			source := gaussian.New(seed + 1 + uint64(kvHead)<<32)
			for _, x := range [][]float32{in.K[kvHead*n : (kvHead+1)*n], in.V[kvHead*n : (kvHead+1)*n]} {
				for len(x) > 0 && ctx.Err() == nil {
					part := min(len(x), 1<<16)
					source.Fill(x[:part])
					x = x[part:]
				}
			}
		})
	}
	group.Wait()
	return in, context.Cause(ctx)
}

// FromCapture returns a capture's rows and queries. scale 0 means the
// capture's. With a mask other than none, a query sees the context up to its
// own position, when the capture says which that is.
func FromCapture(c *capture.Capture, p attention.Params) *Input {
	p.NumHeads, p.NumKVHeads, p.HeadDim = c.NumHeads, c.NumKVHeads, c.HeadDim
	p.KVSeqLen, p.KVCapacity = c.SeqLen, c.SeqLen
	if p.Scale == 0 {
		p.Scale = c.Scale
	}
	in := &Input{Params: p, K: c.K, V: c.V}
	for i := range c.NumQueries {
		q := make([]float32, int(c.NumHeads)*int(c.HeadDim))
		c.Query(q, i)
		in.Queries = append(in.Queries, q)
		if p.Mask != attention.MaskNone && c.FirstQueryPosition >= 0 {
			in.SeqLens = append(in.SeqLens, uint32(c.FirstQueryPosition)+i+1)
		}
	}
	return in
}

// prefix returns the first seqLen positions of rows that have full positions.
func prefix(rows []float32, kvHeads, full, seqLen, dim int) []float32 {
	if seqLen == full {
		return rows
	}
	var out []float32
	for kvHead := range kvHeads {
		from := kvHead * full * dim
		out = append(out, rows[from:from+seqLen*dim]...)
	}
	return out
}

// oracleLimit is the error that an engine may have: scores that spread wide
// magnify rounding.
func oracleLimit(p attention.Params) float64 {
	if math.Abs(float64(p.Scale))*math.Sqrt(float64(p.HeadDim)) <= 1.001 {
		return 2e-6
	}
	return 5e-6
}
