package tqsdpa

import (
	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// Dispatch encodes the attention of p over the buffers b: b.Output gets what
// package attention states. Two kernels run, with a barrier between them that
// Dispatch encodes; what writes the cache or Q before, and what reads Output or
// uses Tmp after, is for the caller to order.
//
// Only the visible rows of the cache are read. Tmp needs Params.TmpBytes bytes,
// of which fewer may be used; what it holds does not matter, before or after.
// Output and Tmp must overlap nothing else; K and V of the cache may share
// memory. NaN in a visible row, its norm or the query makes the outputs that
// depend on it NaN.
//
// Errors: a [*ParamError]; what [kernels.Registry.Pipeline] returns; or the
// encoder's. After any of the first two nothing has been encoded.
func Dispatch(enc *mtl.ComputeCommandEncoder, reg *kernels.Registry, b Buffers, p Params) error {
	if err := enc.Err(); err != nil {
		return err
	}
	if err := checkAttention(b, p); err != nil {
		return err
	}
	constants, reduceConstants := attentionConstants(p), readerConstants(p.CacheFormat())
	attend, err := pipeline(enc, reg, attentionKernels.name(p.HeadDim), constants[:])
	if err != nil {
		return err
	}
	reduce, err := pipeline(enc, reg, reduceKernels.name(p.HeadDim), reduceConstants[:])
	if err != nil {
		return err
	}

	splits := splitsFor(p)
	block := p.Block(splits)
	enc.SetComputePipelineState(attend)
	mtl.SetValue(enc, &block, 0)
	kNorms, vNorms := b.boundNorms(p)
	enc.SetBuffers(1, b.Q, b.KPacked, kNorms, b.VPacked, vNorms, b.Tmp)
	enc.DispatchThreadgroups(
		mtl.Size{Width: int(splits), Height: int(p.NumHeads / sharingHeads(p)), Depth: 1},
		mtl.Size{Width: attentionThreads, Height: 1, Depth: 1})

	enc.MemoryBarrierWithResources(b.Tmp.Buffer)

	enc.SetComputePipelineState(reduce)
	enc.SetBuffers(1, b.Tmp, b.Output)
	enc.DispatchThreadgroups(
		mtl.Size{Width: int(p.NumHeads), Height: 1, Depth: 1},
		mtl.Size{Width: simdgroupWidth, Height: 1, Depth: 1})
	return enc.Err()
}

// attentionThreads is the threadgroup of flash_attn_vec_tq: NRS simdgroups.
const attentionThreads = 4 * simdgroupWidth

// positionsPerSplit is how many positions are worth a threadgroup of their own:
// 64 for each simdgroup, which spends as long as some 16 on rotating the query
// and merging.
const positionsPerSplit = 4 * 64

// splitsFor returns into how many parts the positions of each head are divided.
func splitsFor(p Params) uint32 {
	first, end := p.Visible()
	return min((end-first-1)/positionsPerSplit+1, attention.MaxSplits)
}

// sharingHeads returns how many query heads of a group share one decoding of a
// row: as many of 1, 2 and 4 as divide the group and leave q and the sums of
// all in registers, which at head dimension 512 two heads do.
func sharingHeads(p Params) uint32 {
	group := p.GroupSize()
	switch {
	case group%4 == 0 && p.HeadDim < 512:
		return 4
	case group%2 == 0:
		return 2
	}
	return 1
}

// attentionConstants are readerConstants, and the heads that share a decoding.
func attentionConstants(p Params) (c [6]mtl.FunctionConstant) {
	format := readerConstants(p.CacheFormat())
	copy(c[:], format[:])
	c[5] = mtl.FunctionConstant{Index: 5, Value: sharingHeads(p)}
	return c
}

func checkAttention(b Buffers, p Params) error {
	sizes, err := p.Sizes()
	if err != nil {
		return err
	}
	tmp, err := p.TmpBytes()
	if err != nil {
		return err
	}
	return checkUses([]use{
		{"Q", b.Q, product(4, uint64(sizes.Q)), vectorAlignment, false},
		{"KPacked", b.KPacked, sizes.KPacked, vectorAlignment, false},
		{"KNorms", b.KNorms, sizes.KNorms, normAlignment, false},
		{"VPacked", b.VPacked, sizes.VPacked, vectorAlignment, false},
		{"VNorms", b.VNorms, sizes.VNorms, normAlignment, false},
		{"Output", b.Output, product(4, uint64(sizes.Output)), vectorAlignment, true},
		{"Tmp", b.Tmp, tmp, vectorAlignment, true},
	})
}
