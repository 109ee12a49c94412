package tqsdpa

import (
	"fmt"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
)

// Rows are K and V of several tokens, not quantised, and where in the cache they
// belong. Offsets are multiples of 16.
type Rows struct {
	K        mtl.BufferRange // float32 [NumKVHeads][Tokens][HeadDim], original basis
	V        mtl.BufferRange // the same
	Position uint32          // of the first token in the cache
	Tokens   uint32          // how many; Position + Tokens is at most KVCapacity
}

// Quantize encodes rows into the cache of b: those of rows.Tokens tokens go to
// the positions from rows.Position on, for all KV heads, by one dispatch. No
// other byte is written. The bytes are those of codec.Format.EncodeKey and
// EncodeValue, but that elements so small that float32 has no normal number for
// them count as zero.
//
// Of b the cache alone is used: KPacked, KNorms, VPacked and VNorms, which must
// not overlap each other or rows. Of p the fields of the query and KVSeqLen are
// not used beyond validation.
//
// Errors: a [*ParamError]; what [kernels.Registry.Pipeline] returns; or the
// encoder's. After any of the first two nothing has been encoded.
func Quantize(enc *mtl.ComputeCommandEncoder, reg *kernels.Registry, b Buffers, p Params, rows Rows) error {
	constants := writerConstants(p.CacheFormat())
	return encodeRows(enc, reg, quantizeKernels, constants[:], b, p, rows)
}

// Dequantize is the inverse of [Quantize]: it decodes the rows of the cache from
// rows.Position on into rows, which must not overlap each other or the cache.
// Here K and V of the cache may share memory.
func Dequantize(enc *mtl.ComputeCommandEncoder, reg *kernels.Registry, b Buffers, p Params, rows Rows) error {
	constants := readerConstants(p.CacheFormat())
	return encodeRows(enc, reg, dequantizeKernels, constants[:], b, p, rows)
}

// A rowsBlock is TqRows of tq_format.metal.
type rowsBlock struct {
	KVCapacity, Position, Tokens uint32
	_                            uint32
}

// rowsThreads is the size of a threadgroup: four simdgroups, a row each. They
// share nothing; fewer would leave a GPU core short of simdgroups, as it holds
// a limited number of threadgroups.
const rowsThreads = 4 * simdgroupWidth

func encodeRows(enc *mtl.ComputeCommandEncoder, reg *kernels.Registry, f *family, constants []mtl.FunctionConstant, b Buffers, p Params, rows Rows) error {
	if err := enc.Err(); err != nil {
		return err
	}
	if err := checkRows(b, p, rows, f == quantizeKernels); err != nil {
		return err
	}
	state, err := pipeline(enc, reg, f.name(p.HeadDim), constants)
	if err != nil {
		return err
	}
	threads := min(rowsThreads, state.MaxTotalThreadsPerThreadgroup()/simdgroupWidth*simdgroupWidth)
	simdgroups := threads / simdgroupWidth

	enc.SetComputePipelineState(state)
	block := rowsBlock{KVCapacity: p.KVCapacity, Position: rows.Position, Tokens: rows.Tokens}
	mtl.SetValue(enc, &block, 0)
	kNorms, vNorms := b.boundNorms(p)
	enc.SetBuffers(1, rows.K, rows.V, b.KPacked, kNorms, b.VPacked, vNorms)
	enc.DispatchThreadgroups(
		mtl.Size{Width: (int(rows.Tokens) + simdgroups - 1) / simdgroups, Height: int(p.NumKVHeads), Depth: 2},
		mtl.Size{Width: threads, Height: 1, Depth: 1})
	return enc.Err()
}

// checkRows checks everything that Quantize (write) or Dequantize takes.
func checkRows(b Buffers, p Params, rows Rows, write bool) error {
	sizes, err := p.Sizes()
	if err != nil {
		return err
	}
	if rows.Tokens == 0 || rows.Tokens > p.KVCapacity {
		return &ParamError{Field: "Tokens", Value: rows.Tokens, Limit: fmt.Sprintf("1 to KVCapacity (%d)", p.KVCapacity)}
	}
	if rows.Position > p.KVCapacity-rows.Tokens {
		return &ParamError{Field: "Position", Value: rows.Position, Limit: fmt.Sprintf("at most KVCapacity - Tokens (%d - %d)", p.KVCapacity, rows.Tokens)}
	}
	bytes := product(4, uint64(p.NumKVHeads), uint64(rows.Tokens), uint64(p.HeadDim))
	return checkUses([]use{
		{"K", rows.K, bytes, vectorAlignment, !write},
		{"V", rows.V, bytes, vectorAlignment, !write},
		{"KPacked", b.KPacked, sizes.KPacked, vectorAlignment, write},
		{"KNorms", b.KNorms, sizes.KNorms, normAlignment, write},
		{"VPacked", b.VPacked, sizes.VPacked, vectorAlignment, write},
		{"VNorms", b.VNorms, sizes.VNorms, normAlignment, write},
	})
}
