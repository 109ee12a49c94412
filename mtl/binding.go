package mtl

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/tqmetal/tqmetal/objc"
)

// A BindingType says what is bound to a parameter of a kernel (MTLBindingType).
type BindingType int64

// Binding types of compute.
const (
	BindingTypeBuffer            BindingType = 0 // SetBuffer, SetBytes
	BindingTypeThreadgroupMemory BindingType = 1 // SetThreadgroupMemoryLength
	BindingTypeTexture           BindingType = 2
	BindingTypeSampler           BindingType = 3
)

// String returns the name of the type.
func (t BindingType) String() string {
	return enumName("BindingType", t, "buffer", "threadgroup memory", "texture", "sampler")
}

// A BindingAccess says what a kernel may do with what is bound
// (MTLBindingAccess).
type BindingAccess uint64

// Binding accesses.
const (
	BindingAccessReadOnly  BindingAccess = 0
	BindingAccessReadWrite BindingAccess = 1
	BindingAccessWriteOnly BindingAccess = 2
)

// String returns the name of the access.
func (a BindingAccess) String() string {
	return enumName("BindingAccess", a, "read only", "read and write", "write only")
}

// A Binding is one parameter of a kernel that something is bound to (MTLBinding,
// MTLBufferBinding, MTLThreadgroupBinding).
type Binding struct {
	Name   string
	Type   BindingType
	Index  int // in the table of its type
	Access BindingAccess
	// Used says that the kernel uses it; otherwise nothing need be bound.
	Used bool
	// Argument says that it is a parameter of the kernel, and not a variable.
	Argument bool

	// Of buffers and threadgroup memory: what an offset has to be a multiple of,
	// and the least number of bytes that have to be bound, which for a pointer is
	// those of one element.
	Alignment, DataSize int
	// DataType is the type of a buffer's elements.
	DataType DataType
	// Members are those of a buffer's struct, if the pipeline was made with
	// [PipelineOptionBufferTypeInfo] too. See [CheckLayout].
	Members []StructMember
}

// A StructMember is a member of a kernel's struct (MTLStructMember).
type StructMember struct {
	Name     string
	Offset   int // in bytes
	DataType DataType
}

// A FunctionReflection is what a function declares (MTLFunctionReflection).
type FunctionReflection struct {
	Bindings []Binding // by table and index
	// UserAnnotation is the text of [[user_annotation("...")]], or empty.
	UserAnnotation string
}

// Reflection returns what a function of the library declares, before there is a
// pipeline of it. Below macOS 26 the error wraps [ErrUnsupported]; a pipeline has
// [ComputePipelineState.Bindings] then. If the library has no function of that
// name, or none that is complete without function constants, the error wraps
// [ErrNoFunction].
func (l *Library) Reflection(name string) (FunctionReflection, error) {
	const method = "Library.Reflection"
	if err := l.acquire(); err != nil {
		return FunctionReflection{}, err
	}
	defer l.drop()
	if !l.fw.foundation.RespondsTo(l.id, "reflectionForFunctionWithName:") {
		return FunctionReflection{}, fmt.Errorf("mtl: %s needs macOS 26: %w", method, ErrUnsupported)
	}
	s := l.fw.begin()
	defer s.end()
	var id objc.ID
	if err := s.withString(name, func(text objc.ID) { id = s.reflectionOfFunction(l.id, text) }); err != nil {
		return FunctionReflection{}, fmt.Errorf("mtl: %s: %w", method, err)
	}
	if id == 0 {
		return FunctionReflection{}, l.fw.failed(fmt.Sprintf("%s: %q", method, name), 0, ErrNoFunction)
	}
	bindings, err := s.bindings(s.functionReflectionBindings(id))
	if err != nil {
		return FunctionReflection{}, fmt.Errorf("mtl: %s: %q: %w", method, name, err)
	}
	return FunctionReflection{bindings, s.fw.foundation.String(s.functionReflectionUserAnnotation(id))}, nil
}

// bindings reads an NSArray of MTLBinding. Nil is an error.
func (s *scope) bindings(array objc.ID) ([]Binding, error) {
	ids, err := s.objects(array, "bindings")
	if err != nil {
		return nil, err
	}
	bindings := make([]Binding, 0, len(ids))
	for _, id := range ids {
		b := Binding{
			Name:     s.fw.foundation.String(s.bindingName(id)),
			Type:     s.bindingType(id),
			Index:    int(s.bindingIndex(id)),
			Access:   s.bindingAccess(id),
			Used:     s.bindingIsUsed(id),
			Argument: s.bindingIsArgument(id),
		}
		switch b.Type {
		case BindingTypeBuffer:
			b.Alignment, b.DataSize = int(s.bindingBufferAlignment(id)), int(s.bindingBufferDataSize(id))
			b.DataType = s.bindingBufferDataType(id)
			if b.Members, err = s.structMembers(s.bindingBufferStructType(id)); err != nil {
				return nil, err
			}
		case BindingTypeThreadgroupMemory:
			b.Alignment, b.DataSize = int(s.bindingThreadgroupMemoryAlignment(id)), int(s.bindingThreadgroupMemoryDataSize(id))
		}
		bindings = append(bindings, b)
	}
	slices.SortStableFunc(bindings, func(a, b Binding) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Index, b.Index))
	})
	return bindings, nil
}

// objects returns those of an NSArray, in which and instead of which there may be
// no nil.
func (s *scope) objects(array objc.ID, what string) ([]objc.ID, error) {
	ids := s.fw.foundation.Objects(array)
	if array == 0 || slices.Contains(ids, 0) {
		return nil, fmt.Errorf("%s: %w", what, ErrNoObject)
	}
	return ids, nil
}

// structMembers reads an MTLStructType. Nil gives none.
func (s *scope) structMembers(structType objc.ID) ([]StructMember, error) {
	if structType == 0 {
		return nil, nil
	}
	ids, err := s.objects(s.structTypeMembers(structType), "members")
	if err != nil {
		return nil, err
	}
	members := make([]StructMember, 0, len(ids))
	for _, id := range ids {
		members = append(members, StructMember{s.fw.foundation.String(s.structMemberName(id)), int(s.structMemberOffset(id)), s.structMemberDataType(id)})
	}
	return members, nil
}

// CheckLayout says whether a Go type lies in memory as the elements of a buffer
// do that a kernel declares: the same size, and for a struct as many fields at
// the same offsets, in order. Fields named _ are padding and do not count. MSL
// aligns a float3 to 16 bytes, so that a Go struct with [3]float32 in it is a
// mistake that is easily made. The error is an [*ArgumentError] that names the
// first field that differs. A binding without [Binding.Members] is compared by
// its size alone.
func CheckLayout[T any](b Binding) error {
	t := reflect.TypeFor[T]()
	const function = "CheckLayout"
	if !pointerFree(t) {
		return badArgument(function, "type", t, wantPointerFree)
	}
	if t.Kind() == reflect.Struct && len(b.Members) > 0 {
		if err := checkFields(function, t, b); err != nil {
			return err
		}
	}
	if size := int(t.Size()); size != b.DataSize {
		return badArgument(function, "size of "+t.String(), size, "%d bytes, as %s has", b.DataSize, b.Name)
	}
	return nil
}

func checkFields(function string, t reflect.Type, b Binding) error {
	n := 0
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "_" {
			continue
		}
		if n == len(b.Members) {
			return badArgument(function, "field "+f.Name, "one more", "the %d that %s has", len(b.Members), b.Name)
		}
		if m := b.Members[n]; int(f.Offset) != m.Offset {
			return badArgument(function, "offset of field "+f.Name, f.Offset, "%d, that of member %s (%v) of %s", m.Offset, m.Name, m.DataType, b.Name)
		}
		n++
	}
	if n < len(b.Members) {
		return badArgument(function, "number of fields", n, "%d: member %s of %s is missing", len(b.Members), b.Members[n].Name, b.Name)
	}
	return nil
}
