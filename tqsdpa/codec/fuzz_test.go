package codec_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// Any bytes decode without a panic, and any row that encodes decodes to a row
// of about the same length or to something that is not finite.
func FuzzCodec(f *testing.F) {
	f.Add(uint32(64), uint32(4), uint32(4), true, true, uint32(0), []byte("\x00\x00\x80\x3f\x00\x00\x80\xff"))
	f.Add(uint32(512), uint32(8), uint32(16), false, true, uint32(1), []byte("\xff\xff\xff\x7e"))
	f.Add(uint32(0), uint32(3), uint32(4), true, false, uint32(9), []byte{})
	f.Fuzz(func(t *testing.T, headDim, keyBits, valueBits uint32, signs, correction bool, norm uint32, data []byte) {
		format := codec.Format{HeadDim: headDim, KeyBits: keyBits, ValueBits: valueBits, Signs: signs, NormCorrection: correction, Norm: codec.NormType(norm)}
		row := make([]float32, len(data)/4)
		for j := range row {
			row[j] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*j:]))
		}
		if format.Validate() != nil || len(row) < int(headDim) {
			if _, err := format.EncodeKey(make([]byte, 2048), row); err == nil {
				t.Fatalf("%+v with %d elements was encoded", format, len(row))
			}
			return
		}
		row = row[:headDim]
		decoded := make([]float32, headDim)
		if len(data) >= format.ValueRowBytes() {
			if err := format.DecodeValue(decoded, data, 1); err != nil {
				t.Fatal(err)
			}
		}
		packed := make([]byte, format.KeyRowBytes())
		n, err := format.EncodeKey(packed, row)
		if err != nil {
			t.Fatal(err)
		}
		if math.IsInf(float64(n), 0) {
			t.Fatalf("norm %v", n)
		}
		if err := format.DecodeKey(decoded, packed, n); err != nil {
			t.Fatal(err)
		}
		var before, after float64
		for j := range row {
			before += float64(row[j]) * float64(row[j])
			after += float64(decoded[j]) * float64(decoded[j])
		}
		finite := !math.IsNaN(after) && !math.IsInf(after, 0)
		if math.IsNaN(before) || math.IsInf(before, 0) {
			if finite {
				t.Fatalf("a row that is not finite decoded to length %v", math.Sqrt(after))
			}
			return
		}
		// Binary16 underflows where float32 does not: compare in its range.
		// 4-bit rows that the rotation gathers in few coordinates lose length,
		// never gain more than the quantizer's worst case.
		if finite && before > 1e-6 && before < 1e6 && after > 4*before {
			t.Fatalf("length %v became %v", math.Sqrt(before), math.Sqrt(after))
		}
	})
}
