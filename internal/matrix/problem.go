// Package matrix is the problems that every engine of attention is held to, and
// the judge: each problem is computed in three orders of threads, which must give
// the same bits, and compared with float64 on the same bytes; each row that an
// engine encodes or decodes is compared with package codec's.
package matrix

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// The axes of the matrix. Lengths are one, below, above and at a multiple of
// what a simdgroup takes at a time, a few splits, and one more than many splits.
var (
	HeadDims = []uint32{64, 128, 256, 512}
	SeqLens  = []uint32{1, 31, 33, 64, 1000, 4097}
	Groups   = []uint32{1, 2, 8} // query heads of a KV head
	Masks    = []attention.Mask{attention.MaskNone, attention.MaskCausal, attention.MaskSlidingWindow}
	Softcaps = []float32{0, 30}
	Formats  = []Format{
		{"mlx-native-0.1", codec.MLXNative01},
		{"default", codec.Default},
		{"k8v4", codec.K8V4},
		{"f16", codec.F16},
	}
)

// A Format is a cache format for every head dimension, by the name that tqbench
// knows it by.
type Format struct {
	Name string
	Of   func(headDim uint32) codec.Format
}

// A Problem is one attention.
type Problem struct {
	attention.Params
	FormatName string
	index
}

// An index says where on the axes a problem stands.
type index struct{ headDim, seqLen, group, mask, softcap, format int }

// All returns the matrix: every combination of the axes for the two 4-bit formats,
// 864 problems, and a quarter of them for each of the others, 108 and 108. A
// quarter has, for each combination of the other axes, one of the four head
// dimensions: so every two values of two axes still meet.
func All() (problems []Problem) {
	for f := range Formats {
		for d := range HeadDims {
			each(func(i index) {
				i.headDim, i.format = d, f
				if f < 2 || d == i.quarter() {
					problems = append(problems, i.problem())
				}
			})
		}
	}
	return problems
}

// Tenth returns a tenth of All, 108 problems: for each combination of length,
// group, mask and softcap one, whose format and head dimension take turns. Every
// two values of two axes meet in it, and every head dimension, format and group.
func Tenth() (problems []Problem) {
	each(func(i index) {
		i.format = (i.group + 2*i.mask + 3*i.softcap) % len(Formats)
		i.headDim = i.quarter()
		problems = append(problems, i.problem())
	})
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.format, b.format), cmp.Compare(a.headDim, b.headDim))
	})
	return problems
}

// each goes through the axes but for head dimension and format.
func each(f func(index)) {
	for k := range SeqLens {
		for g := range Groups {
			for m := range Masks {
				for c := range Softcaps {
					f(index{seqLen: k, group: g, mask: m, softcap: c})
				}
			}
		}
	}
}

// quarter returns the head dimension whose turn it is, another for each format.
func (i index) quarter() int {
	turn := i.seqLen + i.group + i.mask + i.softcap
	return (turn + []int{1, 3, 0, 2}[i.format]) % len(HeadDims)
}

// problem fills in what takes turns along the axes: the window, the room behind
// the last position, and the scale, which is 1 in a fifth of the matrix.
func (i index) problem() Problem {
	d, n, format := HeadDims[i.headDim], SeqLens[i.seqLen], Formats[i.format]
	p := attention.Params{
		NumKVHeads: 2, HeadDim: d, KVSeqLen: n,
		KVCapacity: n + []uint32{0, 1, 5, 32}[(i.headDim+2*i.seqLen+i.group+i.mask+i.format)%4],
		Mask:       Masks[i.mask], Softcap: Softcaps[i.softcap], Format: format.Of(d),
		Scale: float32(1 / math.Sqrt(float64(d))),
	}
	if Groups[i.group] == 8 && n >= 1000 { // as many heads as the others have: the software device is slow
		p.NumKVHeads = 1
	}
	p.NumHeads = p.NumKVHeads * Groups[i.group]
	if (i.headDim+2*i.seqLen+i.group+i.mask+2*i.softcap+i.format)%5 == 0 {
		p.Scale = 1
	}
	if p.Mask == attention.MaskSlidingWindow {
		// Shorter than any block; longer than one and no multiple; longer than a
		// split; all but the first position. Each may also be longer than the cache.
		p.SlidingWindow = []uint32{3, 45, 333, max(n-1, 1)}[(i.headDim+i.group+2*i.format)%4]
	}
	return Problem{p, format.Name, i}
}

// Limit is the NRMSE of the worst head that is allowed. Scores that spread wide
// magnify rounding.
func Limit(p attention.Params) float64 {
	if p.Scale == 1 {
		return 5e-6
	}
	return 2e-6
}

// String says everything that makes the problem.
func (p Problem) String() string {
	mask := p.Mask.String()
	if p.SlidingWindow > 0 {
		mask = fmt.Sprintf("window of %d", p.SlidingWindow)
	}
	return fmt.Sprintf("attention: %s, head dim %d, %d positions of %d, %d query heads, %d KV heads, mask %s, softcap %g, scale %.4g",
		p.FormatName, p.HeadDim, p.KVSeqLen, p.KVCapacity, p.NumHeads, p.NumKVHeads, mask, p.Softcap, p.Scale)
}

// work is how long the problem takes, roughly, in any unit.
func (p Problem) work() int {
	first, end := p.Visible()
	return int(p.NumHeads+p.NumKVHeads)*int(end-first)*int(p.HeadDim) + 1<<16
}
