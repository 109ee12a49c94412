package mtl

import "fmt"

// A DataType is the type of a value in MSL (MTLDataType): a scalar, or a vector
// of 2, 3 or 4 of them, or something larger.
type DataType uint64

// Data types that kernels for compute declare. None is what Metal does not tell.
const (
	DataTypeNone    DataType = 0
	DataTypeStruct  DataType = 1
	DataTypeArray   DataType = 2
	DataTypePointer DataType = 60

	DataTypeFloat   DataType = 3
	DataTypeFloat2  DataType = 4
	DataTypeFloat3  DataType = 5
	DataTypeFloat4  DataType = 6
	DataTypeHalf    DataType = 16
	DataTypeHalf2   DataType = 17
	DataTypeHalf3   DataType = 18
	DataTypeHalf4   DataType = 19
	DataTypeInt     DataType = 29
	DataTypeInt2    DataType = 30
	DataTypeInt3    DataType = 31
	DataTypeInt4    DataType = 32
	DataTypeUInt    DataType = 33
	DataTypeUInt2   DataType = 34
	DataTypeUInt3   DataType = 35
	DataTypeUInt4   DataType = 36
	DataTypeShort   DataType = 37
	DataTypeShort2  DataType = 38
	DataTypeShort3  DataType = 39
	DataTypeShort4  DataType = 40
	DataTypeUShort  DataType = 41
	DataTypeUShort2 DataType = 42
	DataTypeUShort3 DataType = 43
	DataTypeUShort4 DataType = 44
	DataTypeChar    DataType = 45
	DataTypeChar2   DataType = 46
	DataTypeChar3   DataType = 47
	DataTypeChar4   DataType = 48
	DataTypeUChar   DataType = 49
	DataTypeUChar2  DataType = 50
	DataTypeUChar3  DataType = 51
	DataTypeUChar4  DataType = 52
	DataTypeBool    DataType = 53
	DataTypeBool2   DataType = 54
	DataTypeBool3   DataType = 55
	DataTypeBool4   DataType = 56
	DataTypeLong    DataType = 81
	DataTypeLong2   DataType = 82
	DataTypeLong3   DataType = 83
	DataTypeLong4   DataType = 84
	DataTypeULong   DataType = 85
	DataTypeULong2  DataType = 86
	DataTypeULong3  DataType = 87
	DataTypeULong4  DataType = 88
	DataTypeBFloat  DataType = 121
	DataTypeBFloat2 DataType = 122
	DataTypeBFloat3 DataType = 123
	DataTypeBFloat4 DataType = 124
)

// The scalars, each followed by its vectors.
var scalarTypes = [...]struct {
	dataType DataType
	name     string
}{
	{DataTypeFloat, "float"},
	{DataTypeHalf, "half"},
	{DataTypeInt, "int"},
	{DataTypeUInt, "uint"},
	{DataTypeShort, "short"},
	{DataTypeUShort, "ushort"},
	{DataTypeChar, "char"},
	{DataTypeUChar, "uchar"},
	{DataTypeBool, "bool"},
	{DataTypeLong, "long"},
	{DataTypeULong, "ulong"},
	{DataTypeBFloat, "bfloat"},
}

// String returns the name that the type has in MSL.
func (t DataType) String() string {
	for _, s := range scalarTypes {
		switch n := t - s.dataType; {
		case n == 0:
			return s.name
		case t > s.dataType && n < 4:
			return fmt.Sprintf("%s%d", s.name, n+1)
		}
	}
	switch t {
	case DataTypeNone:
		return "none"
	case DataTypeStruct:
		return "struct"
	case DataTypeArray:
		return "array"
	case DataTypePointer:
		return "pointer"
	}
	return fmt.Sprintf("DataType(%d)", uint64(t))
}

func (t DataType) scalar() bool {
	for _, s := range scalarTypes {
		if t == s.dataType {
			return true
		}
	}
	return false
}
