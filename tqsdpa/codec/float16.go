package codec

import "math"

// Float16bits returns the IEEE 754 binary16 representation of f, rounded to
// nearest, ties to even. Values from 65520 up become infinity, as the standard
// has it.
func Float16bits(f float32) uint16 {
	bits := math.Float32bits(f)
	sign := uint16(bits >> 16 & 0x8000)
	magnitude := bits &^ (1 << 31)
	switch {
	case magnitude > 0x7f800000: // NaN: keep it quiet and its payload's top bits
		return sign | 0x7e00 | uint16(magnitude>>13&0x1ff)
	case magnitude >= 0x477ff000: // 65520: half way from the largest value to the next power of two
		return sign | 0x7c00
	case magnitude < 0x38800000: // below 2^-14: a multiple of 2^-24
		// Adding 0.5 aligns the last place of the sum with 2^-24, and the
		// addition itself rounds to nearest even.
		sum := math.Float32frombits(magnitude) + 0.5
		return sign | uint16(math.Float32bits(sum)-0x3f000000)
	}
	magnitude += 0xfff + magnitude>>13&1
	return sign | uint16((magnitude-0x38000000)>>13)
}

// Float16frombits returns the value of an IEEE 754 binary16 representation.
// Every binary16 value is exact in float32.
func Float16frombits(b uint16) float32 {
	sign := uint32(b&0x8000) << 16
	shifted := uint32(b&0x7fff) << 13
	if b&0x7c00 == 0x7c00 {
		return math.Float32frombits(sign | 0x7f800000 | shifted)
	}
	// The exponents differ by 112; multiplying also puts subnormals right.
	return math.Float32frombits(sign | math.Float32bits(math.Float32frombits(shifted)*0x1p112))
}
