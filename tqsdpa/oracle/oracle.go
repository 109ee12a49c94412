// Package oracle computes decode attention in float64, as the formula in
// package attention reads. It is the truth that every other engine is compared
// with, on the same packed bytes, so it is written to be checked by reading:
// no rotation trick, no running maximum, no folded factors, no parallelism.
package oracle

import (
	"fmt"
	"math"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// Attend returns the attention [NumHeads][HeadDim] over the decoded bytes of
// the cache in t, every row brought back to the original basis. It reads only
// the rows that the mask shows and no row from KVSeqLen on; t.Output is not
// used. Errors are those of [attention.Params.CheckInputs].
func Attend(p attention.Params, t attention.Tensors) ([]float64, error) {
	if err := p.CheckInputs(t); err != nil {
		return nil, err
	}
	cache := newCache(p, t)
	return attend(p, t.Q, cache.key, cache.value), nil
}

// AttendRows returns the attention over rows that were never quantised: k and
// v are [NumKVHeads][KVSeqLen][HeadDim] in the original basis, without room for
// more (p.KVCapacity and p.Format are not used).
func AttendRows(p attention.Params, q, k, v []float32) ([]float64, error) {
	key, value, err := rawRows(p, q, k, v)
	if err != nil {
		return nil, err
	}
	return attend(p, q, key, value), nil
}

// rows returns one row of the cache in the original basis. The slice is valid
// until the next call.
type rows func(kvHead, position int) []float64

func rawRows(p attention.Params, q, k, v []float32) (key, value rows, err error) {
	if err := p.Validate(); err != nil {
		return nil, nil, err
	}
	dim, seqLen := int(p.HeadDim), int(p.KVSeqLen)
	for _, c := range []struct {
		field     string
		got, want int
	}{
		{"q", len(q), int(p.NumHeads) * dim},
		{"k", len(k), int(p.NumKVHeads) * seqLen * dim},
		{"v", len(v), int(p.NumKVHeads) * seqLen * dim},
	} {
		if c.got != c.want {
			return nil, nil, &attention.ParamError{Field: "len(" + c.field + ")", Value: c.got, Limit: fmt.Sprintf("%d elements", c.want)}
		}
	}
	of := func(x []float32) rows {
		row := make([]float64, dim)
		return func(kvHead, position int) []float64 {
			for j := range row {
				row[j] = float64(x[(kvHead*seqLen+position)*dim+j])
			}
			return row
		}
	}
	return of(k), of(v), nil
}

func attend(p attention.Params, q []float32, key, value rows) []float64 {
	weights := attentionScores(p, q, key)
	for _, w := range weights {
		softmax(w)
	}
	return weightedSum(p, weights, value)
}

// weightedSum returns for every query head the sum of the visible rows of V by
// its weights.
func weightedSum(p attention.Params, weights [][]float64, value rows) []float64 {
	dim, group := int(p.HeadDim), int(p.GroupSize())
	first, _ := p.Visible()
	output := make([]float64, int(p.NumHeads)*dim)
	for kvHead := range int(p.NumKVHeads) {
		for i := range weights[0] {
			v := value(kvHead, int(first)+i)
			for h := kvHead * group; h < (kvHead+1)*group; h++ {
				for j := range dim {
					output[h*dim+j] += weights[h][i] * v[j]
				}
			}
		}
	}
	return output
}

// attentionScores returns for every query head its scores over the visible
// positions, scaled and capped.
func attentionScores(p attention.Params, q []float32, key rows) [][]float64 {
	dim, group := int(p.HeadDim), int(p.GroupSize())
	first, end := p.Visible()
	scores := make([][]float64, p.NumHeads)
	for h := range scores {
		scores[h] = make([]float64, end-first)
	}
	for kvHead := range int(p.NumKVHeads) {
		for i := range scores[0] {
			k := key(kvHead, int(first)+i)
			for h := kvHead * group; h < (kvHead+1)*group; h++ {
				dot := 0.0
				for j := range dim {
					dot += float64(q[h*dim+j]) * k[j]
				}
				scores[h][i] = softcap(float64(p.Softcap), float64(p.Scale)*dot)
			}
		}
	}
	return scores
}

// softcap bounds a score to +-limit; a limit of 0 is no bound.
func softcap(limit, score float64) float64 {
	if limit == 0 {
		return score
	}
	return limit * math.Tanh(score/limit)
}

func softmax(x []float64) {
	largest := math.Inf(-1)
	for _, v := range x {
		largest = math.Max(largest, v)
	}
	sum := 0.0
	for i, v := range x {
		x[i] = math.Exp(v - largest)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
}
