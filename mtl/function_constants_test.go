package mtl

import (
	"bytes"
	"testing"
)

// A vector of three takes the room of four, whose last part nobody may leave as
// it was.
func TestVectorConstantsAreLaidOutAsInMSL(t *testing.T) {
	for _, c := range []struct {
		value any
		want  DataType
		bytes []byte
	}{
		{[2]uint8{1, 2}, DataTypeUChar2, []byte{1, 2}},
		{[3]uint16{1, 2, 3}, DataTypeUShort3, []byte{1, 0, 2, 0, 3, 0, 0, 0}},
		{[4]Half{1, 2, 3, 4}, DataTypeHalf4, []byte{1, 0, 2, 0, 3, 0, 4, 0}},
		{[3]bool{true, false, true}, DataTypeBool3, []byte{1, 0, 1, 0}},
		{[2]int64{-1, 1}, DataTypeLong2, []byte{255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0}},
	} {
		b, dataType, err := FunctionConstant{Value: c.value}.encode(nil)
		if err != nil || dataType != c.want || !bytes.Equal(b, c.bytes) {
			t.Errorf("%T: %v, % x, %v; want %v, % x", c.value, dataType, b, err, c.want, c.bytes)
		}
	}
}
