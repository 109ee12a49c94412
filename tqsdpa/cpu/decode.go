package cpu

import (
	"encoding/binary"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// levelPairs holds the two levels of every packed byte.
var levelPairs = func() (pairs [256][2]float32) {
	levels := codec.Levels()
	for b := range pairs {
		pairs[b] = [2]float32{levels[b&15], levels[b>>4]}
	}
	return pairs
}()

// decodeKey writes the stored values of one row of K and returns the norm that
// multiplies them. Constant factors are folded into the queries.
func (e *Engine) decodeKey(row []float32, kvHead, position int) (norm float32) {
	return e.decodeStored(row, e.tensors.KPacked, e.tensors.KNorms, e.format.KeyBits, kvHead, position)
}

// decodeValue is decodeKey for V, whose factors combineOne applies.
func (e *Engine) decodeValue(row []float32, kvHead, position int) (norm float32) {
	return e.decodeStored(row, e.tensors.VPacked, e.tensors.VNorms, e.format.ValueBits, kvHead, position)
}

func (e *Engine) decodeStored(row []float32, packed, norms []byte, bits uint32, kvHead, position int) float32 {
	i := kvHead*int(e.params.KVCapacity) + position
	n := e.dim * int(bits) / 8
	packed = packed[i*n : i*n+n]
	switch bits {
	case 4:
		row = row[:2*len(packed)]
		for j, b := range packed {
			pair := &levelPairs[b]
			row[2*j], row[2*j+1] = pair[0], pair[1]
		}
	case 8:
		row = row[:len(packed)]
		for j, b := range packed {
			row[j] = float32(int8(b))
		}
	default:
		for j := range row {
			row[j] = codec.Float16frombits(binary.LittleEndian.Uint16(packed[2*j:]))
		}
		return 1
	}
	return e.format.Norm.Norm(norms, i)
}
