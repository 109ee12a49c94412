package codec

import (
	"encoding/binary"
	"math"
)

// minNorm is the length below which a row counts as zero, as in mlx-native.
const minNorm = 1e-10

// EncodeKey encodes one row of K, HeadDim elements in the original basis, into
// packed, which must have room for [Format.KeyRowBytes], and returns the norm
// to store beside it, already rounded to the format's [NormType]. A 16-bit row
// has no norm; 1 is returned for it.
//
// Values that the format can't hold are never lost quietly: where a row holds
// NaN or infinity, or its length exceeds the norm's type, the norm is NaN, and
// so is whatever attends to the row. In a 16-bit row a value from 65520 up
// becomes infinity.
func (f Format) EncodeKey(packed []byte, row []float32) (norm float32, err error) {
	return f.encode(packed, row, f.KeyBits)
}

// EncodeValue is EncodeKey for a row of V.
func (f Format) EncodeValue(packed []byte, row []float32) (norm float32, err error) {
	return f.encode(packed, row, f.ValueBits)
}

// DecodeKey decodes one row of K into row, in the original basis. norm is what
// EncodeKey returned; a 16-bit row takes no notice of it.
func (f Format) DecodeKey(row []float32, packed []byte, norm float32) error {
	return f.decode(row, packed, norm, f.KeyBits)
}

// DecodeValue is DecodeKey for a row of V.
func (f Format) DecodeValue(row []float32, packed []byte, norm float32) error {
	return f.decode(row, packed, norm, f.ValueBits)
}

func (f Format) encode(packed []byte, row []float32, bits uint32) (float32, error) {
	if err := f.checkRow("row", len(row)); err != nil {
		return 0, err
	}
	n := rowBytes(f.HeadDim, bits)
	if err := atLeast("packed", len(packed), n, "bytes"); err != nil {
		return 0, err
	}
	packed = packed[:n]
	if bits == 16 {
		for j, v := range row {
			binary.LittleEndian.PutUint16(packed[2*j:], Float16bits(v))
		}
		return 1, nil
	}
	var buffer [512]float32
	y := buffer[:f.HeadDim]
	copy(y, row)
	f.rotate(y)
	if bits == 8 {
		return f.encode8(packed, y), nil
	}
	return f.encode4(packed, y), nil
}

func (f Format) encode4(packed []byte, y []float32) float32 {
	norm := length(y)
	sqrtDim := math.Sqrt(float64(len(y)))
	var scale float32
	if norm > minNorm {
		scale = 1 / float32(norm) * float32(sqrtDim)
	}
	var chosen float64 // the squared length of the levels chosen
	for j := range packed {
		lo, hi := levelIndex(y[2*j]*scale), levelIndex(y[2*j+1]*scale)
		packed[j] = lo | hi<<4
		a, b := float64(levels[lo]), float64(levels[hi])
		chosen += a*a + b*b
	}
	if f.NormCorrection {
		norm *= sqrtDim / math.Sqrt(chosen)
	}
	return f.storedNorm(norm)
}

func (f Format) encode8(packed []byte, y []float32) float32 {
	var largest float32
	for _, v := range y {
		if v != v {
			largest = v
			break
		}
		largest = max(largest, float32(math.Abs(float64(v))))
	}
	step := f.storedNorm(float64(largest) / 127)
	var inverse float32
	if step > minNorm {
		inverse = 1 / step
	}
	for j, v := range y {
		q := math.RoundToEven(float64(v * inverse))
		// NaN compares false with everything and must not reach the
		// conversion, whose result for it depends on the machine.
		if !(q >= -127) {
			q = -127
		} else if q > 127 {
			q = 127
		}
		packed[j] = byte(int8(q))
	}
	return step
}

// storedNorm rounds a norm to the type that it is stored in. Infinity becomes
// NaN: a norm of infinity would decode to plus or minus infinity with made-up
// signs.
func (f Format) storedNorm(norm float64) float32 {
	stored := float32(norm)
	if f.Norm == NormF16 {
		stored = Float16frombits(Float16bits(stored))
	}
	if math.IsInf(float64(stored), 0) {
		return float32(math.NaN())
	}
	return stored
}

func (f Format) decode(row []float32, packed []byte, norm float32, bits uint32) error {
	if err := f.checkRow("row", len(row)); err != nil {
		return err
	}
	n := rowBytes(f.HeadDim, bits)
	if err := atLeast("packed", len(packed), n, "bytes"); err != nil {
		return err
	}
	packed = packed[:n]
	switch bits {
	case 16:
		for j := range row {
			row[j] = Float16frombits(binary.LittleEndian.Uint16(packed[2*j:]))
		}
		return nil
	case 8:
		for j, q := range packed {
			row[j] = float32(int8(q)) * norm
		}
	default:
		scale := norm * float32(1/math.Sqrt(float64(f.HeadDim)))
		for j, b := range packed {
			row[2*j] = levels[b&15] * scale
			row[2*j+1] = levels[b>>4] * scale
		}
	}
	f.unrotate(row)
	return nil
}

func length(y []float32) float64 {
	var sum float64
	for _, v := range y {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}
