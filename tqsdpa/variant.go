package tqsdpa

import (
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// A variant is how one attention runs: by which kernel, and how the query heads
// of a group are divided over threadgroups.
type variant struct {
	family               *family
	headsPerThreadgroup  uint32 // for which each row is decoded once; function constant 5
	threadgroupsPerGroup uint32 // enough for all heads of a group; those past the last idle
	threads              int    // of a threadgroup
}

// A rule is a row of the table of variants. It holds for groups of minGroup to
// maxGroup query heads.
type rule struct {
	family             *family
	minGroup, maxGroup uint32
	heads              uint32 // that share a decoding
	threads            int
}

// anyGroup is no limit: larger groups are more threadgroups.
const anyGroup = 1<<32 - 1

// rules is the table of variants; the first row that holds is taken. Decoding a
// row costs more than the products of one head with it, so as many heads share
// a decoding as have q and their sums in registers.
//
// With simdgroup_matrix these are eight, or sixteen if a simdgroup has half as
// many elements of a row; from five heads on it costs less, by count, than to
// decode twice, also where heads idle. With plain multiplications they are four;
// three run as four with one that idles, which costs its products, where 1 and 2
// would decode twice.
var rules = [...]rule{
	// kernels          groups        heads  threads
	{matrixKernels, 5, 8, 8, 4 * simdgroupWidth},
	{matrixKernels, 9, anyGroup, 16, 4 * simdgroupWidth},
	{attentionKernels, 1, 1, 1, 4 * simdgroupWidth},
	{attentionKernels, 2, 2, 2, 4 * simdgroupWidth},
	{attentionKernels, 3, anyGroup, 4, 4 * simdgroupWidth},
}

// matrixRules is how many rows come first that need the layout of matrices which
// their kernels assume.
const matrixRules = 2

// variantFor returns the variant for a valid problem, on a device that has that
// layout.
func variantFor(p Params) variant { return firstThatHolds(rules[:], p) }

// vectorVariantFor returns the variant that runs on every device.
func vectorVariantFor(p Params) variant { return firstThatHolds(rules[matrixRules:], p) }

func firstThatHolds(rules []rule, p Params) variant {
	group := p.GroupSize()
	for _, r := range rules {
		if group < r.minGroup || group > r.maxGroup {
			continue
		}
		v := variant{r.family, r.heads, (group-1)/r.heads + 1, r.threads}
		f := p.CacheFormat()
		switch {
		case r.family == matrixKernels && r.heads == 16 && p.HeadDim == 512:
			v.threads *= 2 // to have all elements of a row
		case r.family == attentionKernels && f.KeyBits == 16 && f.ValueBits == 16:
			v.family = halfKernels // the same in everything but the elements
		}
		return v
	}
	return variant{} // not reached: the last row holds for every group
}

// constants are readerConstants, and what the variant adds.
func (v variant) constants(f Format) (c [6]mtl.FunctionConstant) {
	format := readerConstants(f)
	copy(c[:], format[:])
	c[5] = mtl.FunctionConstant{Index: 5, Value: v.headsPerThreadgroup}
	return c
}

// grid returns the threadgroups of p in that many splits.
func (v variant) grid(p Params, splits uint32) mtl.Size {
	return mtl.Size{Width: int(splits), Height: int(p.NumKVHeads) * int(v.threadgroupsPerGroup), Depth: 1}
}

// positionsPerSplit is how many positions are worth a threadgroup of their own:
// 64 for each simdgroup, which spends as long as some 16 on rotating the query
// and merging.
const positionsPerSplit = 4 * 64

// splitsFor returns into how many parts the positions of each head are divided.
func splitsFor(p Params) uint32 {
	first, end := p.Visible()
	return min((end-first-1)/positionsPerSplit+1, attention.MaxSplits)
}
