package mtl

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tqmetal/tqmetal/objc"
)

// A FunctionType says what a function is for (MTLFunctionType).
type FunctionType uint64

// Function types that libraries for compute hold.
const (
	FunctionTypeKernel  FunctionType = 3
	FunctionTypeVisible FunctionType = 5
)

// String returns the name of the type.
func (t FunctionType) String() string {
	switch t {
	case FunctionTypeKernel:
		return "kernel"
	case FunctionTypeVisible:
		return "visible"
	}
	return enumName("FunctionType", t)
}

// A Function is one function of a library, with its constants set
// (MTLFunction). It may be used from any goroutine; the owner releases it.
type Function struct {
	object
	name         string
	functionType FunctionType
}

// NewFunction returns the function of that name: a kernel's name, or what
// [[host_name]] says. If the library has none the error wraps [ErrNoFunction].
// The caller releases the function.
func (l *Library) NewFunction(name string) (*Function, error) {
	return l.makeFunction("Library.NewFunction", name, func(s *scope, text objc.ID) (objc.ID, objc.ID) {
		return s.newFunction(l.id, text), 0
	})
}

// NewFunctionWithConstants returns the function of that name, specialised by
// the values of its function constants. The caller releases it.
func (l *Library) NewFunctionWithConstants(name string, constants ...FunctionConstant) (*Function, error) {
	return l.specialize("Library.NewFunctionWithConstants", name, "", constants)
}

// NewFunctionSpecialized is NewFunctionWithConstants with a new name for the
// function (Metal's newFunctionWithDescriptor:error:), by which Metal's
// messages, its debugger and binary archives tell it from others of the same
// source. The caller releases the function.
func (l *Library) NewFunctionSpecialized(name, specializedName string, constants ...FunctionConstant) (*Function, error) {
	const method = "Library.NewFunctionSpecialized"
	if specializedName == "" {
		return nil, badArgument(method, "specialised name", `""`, "a name")
	}
	return l.specialize(method, name, specializedName, constants)
}

// FunctionOptions ask for more than a function (MTLFunctionOptions).
type FunctionOptions uint64

// Function options. Those that are for functions which are called by pointers are
// left out.
const (
	FunctionOptionNone FunctionOptions = 0
	// FunctionOptionStoreFunctionInMetalPipelinesScript has a [BinaryArchive] that
	// pipelines of the function are added to keep what Apple's metal-source needs to
	// write a script of them.
	FunctionOptionStoreFunctionInMetalPipelinesScript FunctionOptions = 2
)

// String returns the names of the options.
func (o FunctionOptions) String() string {
	return optionNames("FunctionOptions", o, 2, "store function in Metal pipelines script")
}

// A FunctionDescriptor says how a function of a library is made
// (MTLFunctionDescriptor). All but the name may be left out.
type FunctionDescriptor struct {
	Name            string             // as in the source, or what [[host_name]] says
	SpecializedName string             // see [Library.NewFunctionSpecialized]
	Constants       []FunctionConstant // the values of its function constants
	Options         FunctionOptions
}

// NewFunctionWithDescriptor returns the function that a descriptor names. The caller
// releases it.
func (l *Library) NewFunctionWithDescriptor(descriptor FunctionDescriptor) (*Function, error) {
	const method = "Library.NewFunctionWithDescriptor"
	if o := descriptor.Options; o&^FunctionOptionStoreFunctionInMetalPipelinesScript != 0 {
		return nil, badArgument(method, "Options", fmt.Sprintf("%#x", uint64(o)), "0 or %#x", uint64(FunctionOptionStoreFunctionInMetalPipelinesScript))
	}
	return l.describe(method, descriptor)
}

// specialize asks by a descriptor where there is another name.
func (l *Library) specialize(method, name, as string, constants []FunctionConstant) (*Function, error) {
	if as != "" {
		return l.describe(method, FunctionDescriptor{Name: name, SpecializedName: as, Constants: constants})
	}
	if err := l.acquire(); err != nil {
		return nil, err
	}
	defer l.drop()
	s := l.fw.begin()
	defer s.end()
	values, err := newConstantValues(s, constants)
	if err != nil {
		return nil, fmt.Errorf("mtl: %s: %s: %w", method, name, err)
	}
	defer l.fw.foundation.Release(values)
	return l.makeFunction(method, name, func(s *scope, text objc.ID) (objc.ID, objc.ID) {
		return s.newFunctionWithConstants(l.id, text, values)
	})
}

// describe asks by a descriptor.
func (l *Library) describe(method string, d FunctionDescriptor) (*Function, error) {
	if err := l.acquire(); err != nil {
		return nil, err
	}
	defer l.drop()
	s := l.fw.begin()
	defer s.end()
	descriptor := s.functionDescriptor(l.fw.functionDescriptor)
	if descriptor == 0 {
		return nil, l.fw.failed("MTLFunctionDescriptor", 0)
	}
	if d.SpecializedName != "" {
		if err := s.withString(d.SpecializedName, func(text objc.ID) { s.setFunctionDescriptorSpecializedName(descriptor, text) }); err != nil {
			return nil, fmt.Errorf("mtl: %s: %w", method, err)
		}
	}
	if len(d.Constants) > 0 || d.SpecializedName != "" {
		values, err := newConstantValues(s, d.Constants)
		if err != nil {
			return nil, fmt.Errorf("mtl: %s: %s: %w", method, d.Name, err)
		}
		defer l.fw.foundation.Release(values)
		s.setFunctionDescriptorConstantValues(descriptor, values)
	}
	if d.Options != FunctionOptionNone {
		s.setFunctionDescriptorOptions(descriptor, d.Options)
	}
	return l.makeFunction(method, d.Name, func(s *scope, text objc.ID) (objc.ID, objc.ID) {
		s.setFunctionDescriptorName(descriptor, text)
		return s.newFunctionWithDescriptor(l.id, descriptor)
	})
}

func (l *Library) makeFunction(method, name string, send func(*scope, objc.ID) (id, nsError objc.ID)) (*Function, error) {
	if err := l.acquire(); err != nil {
		return nil, err
	}
	defer l.drop()
	if name == "" {
		return nil, badArgument(method, "name", `""`, "the name of a function")
	}
	s := l.fw.begin()
	defer s.end()
	var id, nsError objc.ID
	if err := s.withString(name, func(text objc.ID) { id, nsError = send(s, text) }); err != nil {
		return nil, fmt.Errorf("mtl: %s: %w", method, err)
	}
	if id == 0 && nsError == 0 {
		names, err := l.FunctionNames()
		if err != nil {
			return nil, err
		}
		if slices.Contains(names, name) { // it is there: what is missing is memory
			return nil, l.fw.failed(fmt.Sprintf("%s: %q", method, name), 0)
		}
		return nil, fmt.Errorf("mtl: %s: %w: %q; the library has %q", method, ErrNoFunction, name, names)
	}
	if id == 0 {
		return nil, l.fw.failed(fmt.Sprintf("%s: %q", method, name), nsError)
	}
	f := &Function{name: l.fw.foundation.String(s.functionName(id)), functionType: s.functionType(id)}
	f.own("Function", l.fw, l.dev, id)
	return f, nil
}

func (f *Function) acquireFor(dev *Device) error {
	if f == nil {
		return errNil("Function")
	}
	return f.object.acquireFor(dev)
}

// Release gives up the reference.
func (f *Function) Release() {
	if f != nil {
		f.release()
	}
}

// Name returns the name of the function.
func (f *Function) Name() string {
	if f == nil {
		return ""
	}
	return f.name
}

// Type says what the function is for.
func (f *Function) Type() FunctionType {
	if f == nil {
		return 0
	}
	return f.functionType
}

// SetLabel names the function in Metal's messages and in its debugger.
func (f *Function) SetLabel(label string) error {
	if f == nil {
		return errNil("Function")
	}
	return f.setLabel("Function.SetLabel", label, (*call).setFunctionLabel)
}

func (f *Function) acquire() error {
	if f == nil {
		return errNil("Function")
	}
	return f.object.acquire()
}

// A DeclaredConstant is a [[function_constant]] as the source declares it
// (MTLFunctionConstant).
type DeclaredConstant struct {
	Name     string
	Index    int
	Type     DataType
	Required bool // without a value the function can't be used
}

// Constants returns the function constants that the function uses and that have
// no values yet, by index.
func (f *Function) Constants() ([]DeclaredConstant, error) {
	if err := f.acquire(); err != nil {
		return nil, err
	}
	defer f.drop()
	s := f.fw.begin()
	defer s.end()
	ids, err := f.fw.foundation.Values(s.functionConstantsDictionary(f.id))
	if err != nil {
		return nil, fmt.Errorf("mtl: Function.Constants: %w", err)
	}
	constants := make([]DeclaredConstant, len(ids))
	for i, id := range ids {
		constants[i] = DeclaredConstant{
			Name:     f.fw.foundation.String(s.functionConstantName(id)),
			Index:    int(s.functionConstantIndex(id)),
			Type:     s.functionConstantType(id),
			Required: s.functionConstantRequired(id),
		}
	}
	slices.SortFunc(constants, func(a, b DeclaredConstant) int { return cmp.Compare(a.Index, b.Index) })
	return constants, nil
}
