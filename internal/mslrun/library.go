package mslrun

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/tqmetal/tqmetal/internal/msl"
)

// Library is a checked source. It holds no resources and may be used from any goroutine.
type Library struct {
	compiler *Compiler
	unit     *msl.Unit
	options  Options
}

// Functions lists the kernels: those without template arguments in the order of the source, then the instantiations; and
// after them the visible functions.
func (l *Library) Functions() []Function {
	var out []Function
	for i := range l.unit.Kernels {
		out = append(out, l.function(&l.unit.Kernels[i]))
	}
	for _, v := range l.unit.Visible {
		out = append(out, Function{Name: v.Name, Kind: "visible", Constants: l.constants(v.Constants)})
	}
	return out
}

func (l *Library) constants(names []string) (out []FunctionConstant) {
	for _, n := range names {
		for _, c := range l.unit.Constants {
			if c.Name == n {
				out = append(out, FunctionConstant{c.Name, c.Index, dataTypes[c.Type], c.Required})
			}
		}
	}
	return out
}

func (l *Library) function(k *msl.Kernel) Function {
	f := Function{Name: k.Name, Kind: "kernel", Annotation: k.Annotation, MaxTotalThreadsPerThreadgroup: k.MaxThreads, Constants: l.constants(k.Constants)}
	for _, p := range k.Parameters {
		if p.Attribute != "buffer" && p.Attribute != "threadgroup" {
			continue
		}
		a := Argument{Name: p.Name, Index: p.Index, AddressSpace: p.AddressSpace, Access: ReadWrite, Type: p.Type, DataType: l.dataType(p.Type), Reference: p.Reference, Conditional: p.Condition != ""}
		if p.Attribute == "threadgroup" {
			a.Kind = ThreadgroupArgument
		}
		if p.Const {
			a.Access = ReadOnly
		}
		if a.Kind == BufferArgument {
			_, members := l.unit.Members(p.Type)
			for _, m := range members {
				a.Members = append(a.Members, Member{Name: m.Name, DataType: l.memberType(m)})
			}
		}
		f.Arguments = append(f.Arguments, a)
	}
	return f
}

func (l *Library) memberType(m msl.Member) DataType {
	if m.Array {
		return Array
	}
	return l.dataType(m.Type)
}

func (l *Library) dataType(name string) DataType {
	name = strings.TrimPrefix(name, "metal::")
	switch {
	case dataTypes[name] != None:
		return dataTypes[name]
	case l.unit.IsStruct(name):
		return Struct
	case name == "atomic_uint", name == "atomic<uint>":
		return UInt
	case name == "atomic_int", name == "atomic<int>":
		return Int
	case name == "atomic_float", name == "atomic<float>":
		return Float
	}
	return None
}

// dataTypes has the types of function constants by their MSL names.
var dataTypes = map[string]DataType{
	"float": Float, "float2": Float2, "float3": Float3, "float4": Float4, "half": Half, "half2": Half2, "half3": Half3, "half4": Half4,
	"int": Int, "int2": Int2, "int3": Int3, "int4": Int4, "uint": UInt, "uint2": UInt2, "uint3": UInt3, "uint4": UInt4,
	"short": Short, "short2": Short2, "short3": Short3, "short4": Short4, "ushort": UShort, "ushort2": UShort2, "ushort3": UShort3, "ushort4": UShort4,
	"char": Char, "char2": Char2, "char3": Char3, "char4": Char4, "uchar": UChar, "uchar2": UChar2, "uchar3": UChar3, "uchar4": UChar4,
	"bool": Bool, "bool2": Bool2, "bool3": Bool3, "bool4": Bool4, "long": Long, "ulong": ULong, "bfloat": BFloat,
	"int32_t": Int, "uint32_t": UInt, "int16_t": Short, "uint16_t": UShort, "int8_t": Char, "uint8_t": UChar, "int64_t": Long, "uint64_t": ULong,
}

// components returns the name of the scalar type of t and how many there are.
func (t DataType) components() (scalar DataType, n int) {
	for _, base := range []DataType{Float, Half, Int, UInt, Short, UShort, Char, UChar, Bool} {
		if t >= base && t < base+4 {
			return base, int(t-base) + 1
		}
	}
	return t, 1
}

func (t DataType) String() string {
	for n, d := range dataTypes {
		if d == t && !strings.HasSuffix(n, "_t") {
			return n
		}
	}
	return "data type " + strconv.Itoa(int(t))
}

var scalarSizes = map[DataType]int{Float: 4, Half: 2, Int: 4, UInt: 4, Short: 2, UShort: 2, Char: 1, UChar: 1, Bool: 1, Long: 8, ULong: 8, BFloat: 2}

// Size is the bytes of a value of the type: vectors of three are as large as those of four. 0 if it is not a type.
func (t DataType) Size() int {
	s, n := t.components()
	if n == 3 {
		n = 4
	}
	return scalarSizes[s] * n
}

// initializer writes a value as C++.
func (v ConstantValue) initializer() (string, error) {
	s, n := v.Type.components()
	size := scalarSizes[s]
	if size == 0 {
		return "", fmt.Errorf("%v is not a type of function constants", v.Type)
	}
	if len(v.Bytes) < size*n {
		return "", fmt.Errorf("a value of %v has %d bytes, not %d", v.Type, size*n, len(v.Bytes))
	}
	parts := make([]string, n)
	for i := range parts {
		b := v.Bytes[i*size:]
		switch s {
		case Float:
			parts[i] = fmt.Sprintf("__builtin_bit_cast(float, %du)", binary.LittleEndian.Uint32(b))
		case Half:
			parts[i] = fmt.Sprintf("__builtin_bit_cast(half, (ushort)%du)", binary.LittleEndian.Uint16(b))
		case BFloat:
			parts[i] = fmt.Sprintf("__builtin_bit_cast(bfloat, (ushort)%du)", binary.LittleEndian.Uint16(b))
		case Bool:
			parts[i] = strconv.FormatBool(b[0] != 0)
		case Char:
			parts[i] = strconv.Itoa(int(int8(b[0])))
		case UChar:
			parts[i] = strconv.Itoa(int(b[0]))
		case Short:
			parts[i] = strconv.Itoa(int(int16(binary.LittleEndian.Uint16(b))))
		case UShort:
			parts[i] = strconv.Itoa(int(binary.LittleEndian.Uint16(b)))
		case Int:
			parts[i] = fmt.Sprintf("(int)%du", binary.LittleEndian.Uint32(b))
		case UInt:
			parts[i] = fmt.Sprintf("%du", binary.LittleEndian.Uint32(b))
		case Long:
			parts[i] = fmt.Sprintf("(long)%dul", binary.LittleEndian.Uint64(b))
		case ULong:
			parts[i] = fmt.Sprintf("%dul", binary.LittleEndian.Uint64(b))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}

// values checks the constants against those that a function reaches and writes them as C++.
func (l *Library) values(function string, reaches []string, constants Constants) (map[string]string, error) {
	out := map[string]string{}
	reached := map[string]bool{}
	for _, n := range reaches {
		reached[n] = true
	}
	for _, c := range l.unit.Constants {
		v, ok := constants[c.Index]
		if !ok {
			if c.Required && reached[c.Name] {
				return nil, &ConstantError{c.Name, c.Index, "kernel " + function + " needs it and it has no value"}
			}
			continue
		}
		if want := dataTypes[c.Type]; v.Type != want {
			return nil, &ConstantError{c.Name, c.Index, fmt.Sprintf("it is %v, and the value is %v", want, v.Type)}
		}
		s, err := v.initializer()
		if err != nil {
			return nil, &ConstantError{c.Name, c.Index, err.Error()}
		}
		out[c.Name] = s
	}
	return out, nil
}
