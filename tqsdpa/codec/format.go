package codec

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// A NormType is how a norm is stored.
type NormType uint32

// The norm types. The zero value is what mlx-native stores.
const (
	NormF32 NormType = iota // 4 bytes, IEEE 754 binary32, little endian
	NormF16                 // 2 bytes, IEEE 754 binary16, little endian
)

// Bytes returns the size of one stored norm, or 0 for an unknown type.
func (n NormType) Bytes() int {
	switch n {
	case NormF32:
		return 4
	case NormF16:
		return 2
	}
	return 0
}

func (n NormType) String() string {
	switch n {
	case NormF32:
		return "F32"
	case NormF16:
		return "F16"
	}
	return fmt.Sprintf("NormType(%d)", uint32(n))
}

// A Format names everything that a reader of a cache must know about its
// bytes. Two formats never mix silently: a reader compares Formats.
//
// The zero Format is not itself valid; where a package documents that it takes
// one, it means [MLXNative01] of the problem's head dimension.
type Format struct {
	// HeadDim is the number of elements in a row: 64, 128, 256 or 512.
	HeadDim uint32
	// KeyBits and ValueBits are the bits of one element of K and of V:
	// 4 (levels, a norm a row), 8 (uniform steps, a step size a row in the
	// norm's place), or 16 (IEEE 754 binary16 in the original basis, no norm).
	KeyBits, ValueBits uint32
	// Signs says that a fixed sign pattern is applied before the Hadamard
	// matrix. Without it, a row that is nearly constant over its elements
	// collapses onto one coordinate and loses 70 % of its energy. Rows of 16
	// bits are not rotated and take no notice of it.
	Signs bool
	// NormCorrection says that the norm of a 4-bit row is stored so that the
	// decoded row has the original's length. It changes only the writer: a
	// reader needs no extra work. Rows of 8 and 16 bits take no notice of it.
	NormCorrection bool
	// Norm is how norms and step sizes are stored.
	Norm NormType
}

// MLXNative01 returns the format of mlx-native 0.1.0: 4-bit K and V, no signs,
// the plain L2 norm as F32. (mlx-native 0.4 and later add the signs: at head
// dimension 256 their caches are read by [Default].)
func MLXNative01(headDim uint32) Format {
	return Format{HeadDim: headDim, KeyBits: 4, ValueBits: 4}
}

// Default returns the format to use unless there is a reason not to: 4-bit K
// and V, signs, norm correction, norms as F32.
func Default(headDim uint32) Format {
	return Format{HeadDim: headDim, KeyBits: 4, ValueBits: 4, Signs: true, NormCorrection: true}
}

// K8V4 returns [Default] with 8-bit keys, for models whose attention is sharp:
// there the error of K rules.
func K8V4(headDim uint32) Format {
	f := Default(headDim)
	f.KeyBits = 8
	return f
}

// F16 returns the unquantised format, two bytes an element: what the others
// are compared with.
func F16(headDim uint32) Format {
	return Format{HeadDim: headDim, KeyBits: 16, ValueBits: 16}
}

// Validate returns a [*ParamError] for the first field that is out of range.
func (f Format) Validate() error {
	switch f.HeadDim {
	case 64, 128, 256, 512:
	default:
		return &ParamError{Field: "HeadDim", Value: f.HeadDim, Limit: "64, 128, 256 or 512"}
	}
	for _, b := range []struct {
		field string
		bits  uint32
	}{{"KeyBits", f.KeyBits}, {"ValueBits", f.ValueBits}} {
		if b.bits != 4 && b.bits != 8 && b.bits != 16 {
			return &ParamError{Field: b.field, Value: b.bits, Limit: "4, 8 or 16"}
		}
	}
	if f.Norm.Bytes() == 0 {
		return &ParamError{Field: "Norm", Value: f.Norm, Limit: "NormF32 or NormF16"}
	}
	return nil
}

// KeyRowBytes returns the packed bytes of one row of K, its norm not counted:
// 128 for 4 bits at head dimension 256.
func (f Format) KeyRowBytes() int { return rowBytes(f.HeadDim, f.KeyBits) }

// ValueRowBytes is KeyRowBytes for V.
func (f Format) ValueRowBytes() int { return rowBytes(f.HeadDim, f.ValueBits) }

// KeyNormBytes returns the bytes of the norm of one row of K: 0 for 16 bits.
func (f Format) KeyNormBytes() int { return f.normBytes(f.KeyBits) }

// ValueNormBytes is KeyNormBytes for V.
func (f Format) ValueNormBytes() int { return f.normBytes(f.ValueBits) }

// PositionBytes returns the bytes of one position of one KV head, K and V and
// their norms: 264 for 4 bits at head dimension 256, where F16 takes 1024.
func (f Format) PositionBytes() int {
	return f.KeyRowBytes() + f.KeyNormBytes() + f.ValueRowBytes() + f.ValueNormBytes()
}

// RotatesKeys reports whether K is stored in the rotated basis.
func (f Format) RotatesKeys() bool { return f.KeyBits != 16 }

// RotatesValues reports whether V is stored in the rotated basis.
func (f Format) RotatesValues() bool { return f.ValueBits != 16 }

func rowBytes(headDim, bits uint32) int { return int(uint64(headDim) * uint64(bits) / 8) }

func (f Format) normBytes(bits uint32) int {
	if bits == 16 {
		return 0
	}
	return f.Norm.Bytes()
}

// Norm returns element i of stored norms of type n. The slice must hold it.
func (n NormType) Norm(norms []byte, i int) float32 {
	if n == NormF16 {
		return Float16frombits(binary.LittleEndian.Uint16(norms[2*i:]))
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(norms[4*i:]))
}

// PutNorm stores norm as element i of norms. The slice must have room for it.
// A norm that an Encode method returned is stored without further rounding.
func (n NormType) PutNorm(norms []byte, i int, norm float32) {
	if n == NormF16 {
		binary.LittleEndian.PutUint16(norms[2*i:], Float16bits(norm))
		return
	}
	binary.LittleEndian.PutUint32(norms[4*i:], math.Float32bits(norm))
}

// String names the format in one word: "K4V4-d256-signs-corrected".
func (f Format) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "K%dV%d-d%d", f.KeyBits, f.ValueBits, f.HeadDim)
	if f.Signs {
		b.WriteString("-signs")
	}
	if f.NormCorrection {
		b.WriteString("-corrected")
	}
	if f.Norm != NormF32 {
		b.WriteString("-norm" + f.Norm.String())
	}
	return b.String()
}
