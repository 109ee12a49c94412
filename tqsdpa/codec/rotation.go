package codec

import (
	"fmt"
	"math"
)

// signTable holds one bit an element, least significant bit first; a one means
// minus. A row of d elements uses the first d bits. The table is that of
// mlx-native 0.4 and later, which took it from AmesianX/TurboQuant.
var signTable = [64]byte{
	0xa7, 0x3b, 0x91, 0xf4, 0x6d, 0xc2, 0x58, 0x0e, 0xb3, 0x7f, 0x24, 0xd6, 0x89, 0x45, 0xea, 0x1c,
	0x63, 0xaf, 0xd8, 0x52, 0x97, 0x0b, 0xe1, 0x3d, 0x76, 0xc4, 0x19, 0xfe, 0x4a, 0x85, 0x2c, 0xdb,
	0xd3, 0x4e, 0xa8, 0x17, 0x9c, 0x5b, 0xe6, 0x31, 0x72, 0xb9, 0x0d, 0xf5, 0x43, 0x8a, 0x6e, 0xc7,
	0x58, 0x2f, 0x94, 0xe1, 0xb6, 0x3d, 0x0a, 0x7c, 0xc5, 0x61, 0xd8, 0x4f, 0xa3, 0x97, 0x1e, 0x85,
}

// signMasks has the sign bit of a float32 where signTable says minus, so that
// applying a sign is one exclusive or, exact for every value.
var signMasks = func() (m [512]uint32) {
	for j := range m {
		m[j] = uint32(signTable[j/8]>>(j%8)&1) << 31
	}
	return m
}()

// Negative reports whether the fixed sign pattern negates element j of a row.
// The pattern has 512 elements; beyond it there are no signs.
func Negative(j int) bool { return j >= 0 && j < len(signMasks) && signMasks[j] != 0 }

// Rotate replaces x by H S x: S the format's signs, H the Walsh-Hadamard
// matrix in natural order divided by the square root of the head dimension. It
// keeps lengths and inner products. len(x) must be f.HeadDim.
func (f Format) Rotate(x []float32) error {
	if err := f.checkRow("x", len(x)); err != nil {
		return err
	}
	f.rotate(x)
	return nil
}

// Rotate64 is Rotate in float64. A query is rotated once and meets every key,
// so its rounding error goes into every score: it is worth the wider type.
func (f Format) Rotate64(x []float64) error {
	if err := f.checkRow("x", len(x)); err != nil {
		return err
	}
	if f.Signs {
		for j := range x {
			if Negative(j) {
				x[j] = -x[j]
			}
		}
	}
	hadamard(x)
	return nil
}

// Unrotate undoes Rotate: it replaces y by S H y.
func (f Format) Unrotate(y []float32) error {
	if err := f.checkRow("y", len(y)); err != nil {
		return err
	}
	f.unrotate(y)
	return nil
}

func (f Format) rotate(x []float32) {
	if f.Signs {
		applySigns(x)
	}
	hadamard(x)
}

func (f Format) unrotate(y []float32) {
	hadamard(y)
	if f.Signs {
		applySigns(y)
	}
}

func (f Format) checkRow(field string, length int) error {
	if err := f.Validate(); err != nil {
		return err
	}
	if length != int(f.HeadDim) {
		return &ParamError{Field: "len(" + field + ")", Value: length, Limit: fmt.Sprintf("HeadDim (%d)", f.HeadDim)}
	}
	return nil
}

func applySigns(x []float32) {
	for j := range x {
		x[j] = math.Float32frombits(math.Float32bits(x[j]) ^ signMasks[j])
	}
}

// hadamard multiplies x, whose length is a power of two, by the normalised
// Walsh-Hadamard matrix. The order of the additions (stages of distance 1, 2,
// 4 and so on, then one product) is part of the format: it makes bytes agree
// between implementations.
func hadamard[T float32 | float64](x []T) {
	for h := 1; h < len(x); h *= 2 {
		for i := 0; i < len(x); i += 2 * h {
			lower, upper := x[i:i+h], x[i+h:i+2*h]
			for j, a := range lower {
				b := upper[j]
				lower[j], upper[j] = a+b, a-b
			}
		}
	}
	scale := T(1 / math.Sqrt(float64(len(x))))
	for j := range x {
		x[j] *= scale
	}
}
