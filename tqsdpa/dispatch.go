package tqsdpa

import (
	"errors"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
)

// Dispatch encodes the attention of p over the buffers b: b.Output gets what
// package attention states. One kernel runs where few positions are visible;
// otherwise two, with a barrier between them that Dispatch encodes. What writes
// the cache or Q before, and what reads Output or uses Tmp after, is for the
// caller to order.
//
// Which kernel runs goes by the group's size and the format; for five and more
// query heads a KV head also by whether the device lays out matrices as the kernel
// for them expects. All are within rounding of each other, not equal in all bits.
//
// Only the visible rows of the cache are read. Tmp needs Params.TmpBytes bytes,
// of which fewer may be used; what it holds does not matter, before or after.
// Output and Tmp must overlap nothing else; K and V of the cache may share
// memory. NaN in a visible row, its norm or the query makes the outputs that
// depend on it NaN. Where both K and V have 16 bits, the GPU converts them: one
// that has no halves below 2^-14 takes those as zero.
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
	return encodeAttention(enc, reg, b, p, variantFor(p), splitsFor(p))
}

// encodeAttention encodes one variant, with the positions in that many splits; on
// a device whose check the variant's kernel does not pass, the one that runs on
// every device.
func encodeAttention(enc *mtl.ComputeCommandEncoder, reg *kernels.Registry, b Buffers, p Params, v variant, splits uint32) error {
	constants := v.constants(p.CacheFormat())
	attend, err := pipeline(enc, reg, v.family.name(p.HeadDim), constants[:])
	if errors.Is(err, kernels.ErrCheck) {
		v = vectorVariantFor(p)
		constants = v.constants(p.CacheFormat())
		attend, err = pipeline(enc, reg, v.family.name(p.HeadDim), constants[:])
	}
	if err != nil {
		return err
	}
	var reduce *mtl.ComputePipelineState
	if splits > 1 {
		constants := readerConstants(p.CacheFormat())
		if reduce, err = pipeline(enc, reg, reduceKernels.name(p.HeadDim), constants[:]); err != nil {
			return err
		}
	}

	block := p.Block(splits)
	enc.SetComputePipelineState(attend)
	mtl.SetValue(enc, &block, 0)
	kNorms, vNorms := b.boundNorms(p)
	enc.SetBuffers(1, b.Q, b.KPacked, kNorms, b.VPacked, vNorms, b.Tmp, b.Output)
	enc.DispatchThreadgroups(v.grid(p, splits), mtl.Size{Width: v.threads, Height: 1, Depth: 1})
	if splits == 1 {
		return enc.Err() // the kernel has written Output itself
	}

	enc.MemoryBarrierWithResources(b.Tmp.Buffer)

	enc.SetComputePipelineState(reduce)
	enc.SetBuffers(1, b.Tmp, b.Output)
	enc.DispatchThreadgroups(
		mtl.Size{Width: int(p.NumHeads), Height: 1, Depth: 1},
		mtl.Size{Width: simdgroupWidth, Height: 1, Depth: 1})
	return enc.Err()
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
