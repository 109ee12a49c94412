package kernels

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tqmetal/tqmetal/mtl"
)

// appendConstants writes function constants such that equal sets, in any order,
// give equal bytes and different ones do not.
func appendConstants(b []byte, constants []mtl.FunctionConstant) []byte {
	var room [16]mtl.FunctionConstant
	sorted := append(room[:0], constants...)
	// By insertion: slices.SortFunc would make room escape to the heap.
	for i := 1; i < len(sorted); i++ {
		for j := i; j > 0 && before(&sorted[j], &sorted[j-1]); j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	for i := range sorted {
		b = appendConstant(b, &sorted[i])
	}
	return b
}

// before orders constants by index, those with names last and by name. Two with
// the same index or name can't make a function, in whatever order.
func before(a, b *mtl.FunctionConstant) bool {
	if a.Name != "" || b.Name != "" {
		return a.Name < b.Name
	}
	return a.Index < b.Index
}

func appendConstant(b []byte, c *mtl.FunctionConstant) []byte {
	if c.Name != "" {
		b = binary.AppendUvarint(append(b, 'n'), uint64(len(c.Name)))
		b = append(b, c.Name...)
	} else {
		b = binary.AppendVarint(append(b, 'i'), int64(c.Index))
	}
	// The type belongs to the value: Metal converts nothing.
	switch v := c.Value.(type) {
	case bool:
		if v {
			return append(b, 'b', 1)
		}
		return append(b, 'b', 0)
	case int8:
		return append(b, 'c', byte(v))
	case uint8:
		return append(b, 'C', v)
	case int16:
		return binary.LittleEndian.AppendUint16(append(b, 's'), uint16(v))
	case uint16:
		return binary.LittleEndian.AppendUint16(append(b, 'S'), v)
	case int32:
		return binary.LittleEndian.AppendUint32(append(b, 'i'), uint32(v))
	case uint32:
		return binary.LittleEndian.AppendUint32(append(b, 'I'), v)
	case int64:
		return binary.LittleEndian.AppendUint64(append(b, 'l'), uint64(v))
	case uint64:
		return binary.LittleEndian.AppendUint64(append(b, 'L'), v)
	case float32:
		return binary.LittleEndian.AppendUint32(append(b, 'f'), math.Float32bits(v))
	case mtl.Half:
		return binary.LittleEndian.AppendUint16(append(b, 'h'), uint16(v))
	case mtl.BFloat:
		return binary.LittleEndian.AppendUint16(append(b, 'B'), uint16(v))
	}
	// mtl refuses all values of another type with the same error, which is then
	// kept once a type.
	typeName := fmt.Sprintf("%T", c.Value)
	b = binary.AppendUvarint(append(b, '?'), uint64(len(typeName)))
	return append(b, typeName...)
}
