package cpu

import (
	"context"
	"math"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// tile is how many positions are scored before their weights are applied. The
// tile's own sum is added to the running one, which keeps rounding errors from
// growing with the context, and the maximum is updated once a tile.
const tile = 64

// splitLength is the least number of positions worth a split of their own.
const splitLength = 256

// A partial is the softmax state of one head over one split: the largest score
// and the sum of exp(score - maximum).
type partial struct {
	maximum, sum float64
}

// splitScratch is the working memory of one split; index [0, group) is a head
// of the KV head's group.
type splitScratch struct {
	row     []float32 // [dim] the decoded row, norm not applied
	scores  []float64 // [group][tile]
	weights []float32 // [group][tile]
	sums    []float32 // [group][dim] of the tile
}

// Attend computes the attention of p over t and writes t.Output. The other
// slices of t are only read, and no row outside the visible positions is; they
// must not change until Attend returns.
//
// Errors: a *attention.ParamError (see [attention.Params.Check]), or the
// context's cause when it ends before the work does. Output is written only on
// success. NaN in a visible row, its norm or the query makes the outputs that
// depend on it NaN.
func (e *Engine) Attend(ctx context.Context, p attention.Params, t attention.Tensors) error {
	if err := p.Check(t); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.begin(p, t)
	defer func() { e.tensors = attention.Tensors{} }()

	if err := e.run(ctx, int(p.NumKVHeads)*e.splits, e.attendSplit); err != nil {
		return err
	}
	if err := e.run(ctx, int(p.NumHeads), e.combineHead); err != nil {
		return err
	}
	copy(t.Output, e.outputs)
	return nil
}

// begin sets the problem up: shapes, memory and the rotated queries.
func (e *Engine) begin(p attention.Params, t attention.Tensors) {
	first, end := p.Visible()
	e.params, e.format, e.tensors = p, p.CacheFormat(), t
	e.dim, e.group = int(p.HeadDim), int(p.GroupSize())
	e.first, e.end = int(first), int(end)
	visible := e.end - e.first
	e.splits = min(attention.MaxSplits, (visible+splitLength-1)/splitLength)

	heads := int(p.NumHeads)
	e.queries = grow(e.queries, heads*e.dim)
	e.outputs = grow(e.outputs, heads*e.dim)
	e.partials = grow(e.partials, heads*e.splits)
	e.sums = grow(e.sums, heads*e.splits*e.dim)
	e.scratch = grow(e.scratch, int(p.NumKVHeads)*e.splits)
	for i := range e.scratch {
		s := &e.scratch[i]
		s.row = grow(s.row, e.dim)
		s.scores = grow(s.scores, e.group*tile)
		s.weights = grow(s.weights, e.group*tile)
		s.sums = grow(s.sums, e.group*e.dim)
	}

	scale := float64(p.Scale)
	if e.format.KeyBits == 4 {
		scale /= math.Sqrt(float64(e.dim)) // of the levels
	}
	e.wide = grow(e.wide, e.dim)
	for h := range heads {
		for j := range e.wide {
			e.wide[j] = float64(t.Q[h*e.dim+j])
		}
		if e.format.RotatesKeys() {
			_ = e.format.Rotate64(e.wide) // can't fail: the format is valid and the length its own
		}
		for j, q := range e.wide {
			e.queries[h*e.dim+j] = float32(q * scale)
		}
	}
}

// grow returns a slice of n elements, the old one where it is large enough.
func grow[T any](s []T, n int) []T {
	if cap(s) >= n {
		return s[:n]
	}
	grown := make([]T, n)
	copy(grown, s[:cap(s)]) // keeps the memory that scratch elements hold
	return grown
}

// attendOne attends all query heads of one KV head to one split.
func (e *Engine) attendOne(item int) {
	kvHead, split := item/e.splits, item%e.splits
	scratch := &e.scratch[item]
	visible := e.end - e.first
	// 64-bit products: positions times splits may exceed a 32-bit int.
	from := e.first + int(int64(visible)*int64(split)/int64(e.splits))
	to := e.first + int(int64(visible)*int64(split+1)/int64(e.splits))

	for g := range e.group {
		*e.partial(kvHead*e.group+g, split) = partial{maximum: math.Inf(-1)}
		clear(e.sum(kvHead*e.group+g, split))
	}
	for ; from < to; from += tile {
		if e.cancelled() {
			return
		}
		e.attendTile(kvHead, split, from, min(from+tile, to), scratch)
	}
}

func (e *Engine) attendTile(kvHead, split, from, to int, s *splitScratch) {
	n := to - from
	for i := range n {
		norm := e.decodeKey(s.row, kvHead, from+i)
		for g := range e.group {
			h := kvHead*e.group + g
			s.scores[g*tile+i] = dot(e.queries[h*e.dim:(h+1)*e.dim], s.row) * float64(norm)
		}
	}
	for g := range e.group {
		scores := s.scores[g*tile : g*tile+n]
		if c := float64(e.params.Softcap); c > 0 {
			for i, score := range scores {
				scores[i] = c * math.Tanh(score/c)
			}
		}
		state := e.partial(kvHead*e.group+g, split)
		maximum := state.maximum
		for _, score := range scores {
			if score > maximum {
				maximum = score
			}
		}
		e.rescale(kvHead*e.group+g, split, maximum)
		for i, score := range scores {
			w := math.Exp(score - maximum)
			state.sum += w
			s.weights[g*tile+i] = float32(w)
		}
	}
	clear(s.sums)
	for i := range n {
		norm := e.decodeValue(s.row, kvHead, from+i)
		for g := range e.group {
			addScaled(s.sums[g*e.dim:(g+1)*e.dim], s.weights[g*tile+i]*norm, s.row)
		}
	}
	for g := range e.group {
		addScaled(e.sum(kvHead*e.group+g, split), 1, s.sums[g*e.dim:(g+1)*e.dim])
	}
}

// rescale brings the state of a head to a new maximum.
func (e *Engine) rescale(head, split int, maximum float64) {
	state := e.partial(head, split)
	if state.maximum == maximum {
		return
	}
	factor := math.Exp(state.maximum - maximum)
	state.maximum = maximum
	state.sum *= factor
	sum := e.sum(head, split)
	for j := range sum {
		sum[j] *= float32(factor)
	}
}

func (e *Engine) partial(head, split int) *partial { return &e.partials[head*e.splits+split] }

func (e *Engine) sum(head, split int) []float32 {
	i := (head*e.splits + split) * e.dim
	return e.sums[i : i+e.dim]
}

// combineOne merges the splits of one head and brings the result back to the
// original basis.
func (e *Engine) combineOne(head int) {
	maximum := math.Inf(-1)
	for split := range e.splits {
		maximum = math.Max(maximum, e.partial(head, split).maximum)
	}
	sum := 0.0
	for split := range e.splits {
		state := e.partial(head, split)
		sum += state.sum * math.Exp(state.maximum-maximum)
	}
	if e.format.ValueBits == 4 {
		sum *= math.Sqrt(float64(e.dim)) // of the levels
	}
	out := e.outputs[head*e.dim : (head+1)*e.dim]
	clear(out)
	for split := range e.splits {
		factor := math.Exp(e.partial(head, split).maximum-maximum) / sum
		addScaled(out, float32(factor), e.sum(head, split))
	}
	if e.format.RotatesValues() {
		_ = e.format.Unrotate(out) // can't fail, as above
	}
}
