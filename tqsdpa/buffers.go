package tqsdpa

import (
	"fmt"

	"github.com/tqmetal/tqmetal/mtl"
)

// Buffers are the memory of one problem, each from an offset in a buffer. They
// hold no reference: the caller owns the buffers and may release them once the
// work is encoded. Offsets are multiples of 16, those of norms of 4. Several may
// lie in one buffer. What lies behind the bytes that a problem needs is neither
// read nor written.
type Buffers struct {
	Q       mtl.BufferRange // float32 [NumHeads][HeadDim], original basis
	KPacked mtl.BufferRange // [NumKVHeads][KVCapacity][Format.KeyRowBytes]
	KNorms  mtl.BufferRange // [NumKVHeads][KVCapacity] of Format.Norm; not used at 16 bits
	VPacked mtl.BufferRange // [NumKVHeads][KVCapacity][Format.ValueRowBytes]
	VNorms  mtl.BufferRange // as KNorms
	Output  mtl.BufferRange // float32 [NumHeads][HeadDim], original basis
	Tmp     mtl.BufferRange // Params.TmpBytes bytes of temporary memory
}

// boundNorms returns what to bind for the norms. At 16 bits a kernel has no
// argument for them, and something else is bound in their place, so that one
// message binds all.
func (b *Buffers) boundNorms(p Params) (k, v mtl.BufferRange) {
	k, v = b.KNorms, b.VNorms
	f := p.CacheFormat()
	if f.KeyNormBytes() == 0 {
		k = b.KPacked
	}
	if f.ValueNormBytes() == 0 {
		v = b.VPacked
	}
	return k, v
}

// Alignments of offsets: of everything that kernels read as vectors, and of
// norms.
const (
	vectorAlignment = 16
	normAlignment   = 4
)

// A use is what a call needs of one range.
type use struct {
	field     string
	buffer    mtl.BufferRange
	bytes     int // 0: not used
	alignment int
	written   bool
}

// checkUses checks each range, and that none that is written overlaps another.
func checkUses(uses []use) error {
	for i := range uses {
		if err := uses[i].check(); err != nil {
			return err
		}
	}
	for i := range uses {
		for j := range uses {
			if i != j && uses[i].written && uses[i].overlaps(&uses[j]) {
				return &ParamError{Field: uses[i].field, Value: "memory shared with " + uses[j].field, Limit: "memory of its own"}
			}
		}
	}
	return nil
}

func (u *use) check() error {
	if u.bytes == 0 {
		return nil
	}
	if u.buffer.Buffer == nil {
		return &ParamError{Field: u.field, Value: "no buffer", Limit: fmt.Sprintf("a buffer of at least %d bytes", u.bytes)}
	}
	offset, length := u.buffer.Offset, u.buffer.Buffer.Length()
	if offset < 0 || offset%u.alignment != 0 {
		return &ParamError{Field: u.field + ".Offset", Value: offset, Limit: fmt.Sprintf("a multiple of %d, at least 0", u.alignment)}
	}
	if length-offset < u.bytes {
		return &ParamError{
			Field: u.field, Value: fmt.Sprintf("%d bytes from offset %d of a buffer of %d", max(length-offset, 0), offset, length),
			Limit: fmt.Sprintf("at least %d bytes", u.bytes),
		}
	}
	return nil
}

func (u *use) overlaps(other *use) bool {
	return u.bytes > 0 && other.bytes > 0 && u.buffer.Buffer == other.buffer.Buffer &&
		u.buffer.Offset < other.buffer.Offset+other.bytes && other.buffer.Offset < u.buffer.Offset+u.bytes
}
