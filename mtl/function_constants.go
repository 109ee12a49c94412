package mtl

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"

	"github.com/tqmetal/tqmetal/objc"
)

// Half is the bits of an IEEE 754 binary16 number, half in MSL.
type Half uint16

// BFloat is the upper 16 bits of a float32, bfloat in MSL.
type BFloat uint16

// A FunctionConstant is the value of one [[function_constant]].
type FunctionConstant struct {
	// Index of the constant. It is not used when Name is set.
	Index int
	// Name of the constant, or empty.
	Name string
	// Value has the Go type that corresponds to the constant's MSL type: bool,
	// int8 (char), uint8 (uchar), int16, uint16, int32, uint32, int64, uint64,
	// float32, Half or BFloat; or for a vector an array of 2, 3 or 4 of these.
	// Metal converts nothing.
	Value any
}

// maxFunctionConstant is the largest index that MSL allows.
const maxFunctionConstant = 65535

// encode returns the bytes of the value as MSL lays it out, and its type.
func (c FunctionConstant) encode(b []byte) ([]byte, DataType, error) {
	order := binary.LittleEndian
	switch v := c.Value.(type) {
	case bool:
		return append(b, byte(objc.Bool(v))), DataTypeBool, nil
	case int8:
		return append(b, byte(v)), DataTypeChar, nil
	case uint8:
		return append(b, v), DataTypeUChar, nil
	case int16:
		return order.AppendUint16(b, uint16(v)), DataTypeShort, nil
	case uint16:
		return order.AppendUint16(b, v), DataTypeUShort, nil
	case int32:
		return order.AppendUint32(b, uint32(v)), DataTypeInt, nil
	case uint32:
		return order.AppendUint32(b, v), DataTypeUInt, nil
	case int64:
		return order.AppendUint64(b, uint64(v)), DataTypeLong, nil
	case uint64:
		return order.AppendUint64(b, v), DataTypeULong, nil
	case float32:
		return order.AppendUint32(b, math.Float32bits(v)), DataTypeFloat, nil
	case Half:
		return order.AppendUint16(b, uint16(v)), DataTypeHalf, nil
	case BFloat:
		return order.AppendUint16(b, uint16(v)), DataTypeBFloat, nil
	}
	return c.encodeVector(b)
}

// encodeVector is encode for arrays. A vector of three takes the room of four.
func (c FunctionConstant) encodeVector(b []byte) ([]byte, DataType, error) {
	v := reflect.ValueOf(c.Value)
	if v.Kind() == reflect.Array && v.Len() >= 2 && v.Len() <= 4 {
		for i := range v.Len() {
			element, dataType, err := FunctionConstant{Value: v.Index(i).Interface()}.encode(nil)
			if err != nil || !dataType.scalar() {
				break
			}
			b = append(b, element...)
			if i == v.Len()-1 {
				if i == 2 {
					b = append(b, make([]byte, len(element))...)
				}
				return b, dataType + DataType(i), nil
			}
		}
	}
	return nil, 0, badArgument("FunctionConstant", "type of Value", fmt.Sprintf("%T", c.Value), "bool, int8 to int64, uint8 to uint64, float32, Half, BFloat, or an array of 2 to 4 of these")
}

// newConstantValues returns an MTLFunctionConstantValues that the caller
// releases.
func newConstantValues(s *scope, constants []FunctionConstant) (objc.ID, error) {
	values := s.newFunctionConstantValues(s.fw.constantValues)
	if values == 0 {
		return 0, s.fw.failed("MTLFunctionConstantValues", 0)
	}
	seen := map[any]bool{}
	for _, c := range constants {
		var key any = c.Name
		if c.Name == "" {
			key = c.Index
		}
		if err := setConstant(s, values, c, seen[key]); err != nil {
			s.fw.foundation.Release(values)
			return 0, err
		}
		seen[key] = true
	}
	return values, nil
}

func setConstant(s *scope, values objc.ID, c FunctionConstant, again bool) error {
	bytes, dataType, err := c.encode(nil)
	if err != nil {
		return err
	}
	if c.Name != "" {
		if again {
			return badArgument("FunctionConstant", "Name", c.Name, "each constant once")
		}
		return s.withString(c.Name, func(name objc.ID) { s.setConstantWithName(values, bytes, dataType, name) })
	}
	if c.Index < 0 || c.Index > maxFunctionConstant {
		return badArgument("FunctionConstant", "Index", c.Index, "0 to %d", maxFunctionConstant)
	}
	if again {
		return badArgument("FunctionConstant", "Index", c.Index, "each constant once")
	}
	s.setConstantAtIndex(values, bytes, dataType, uint64(c.Index))
	return nil
}
