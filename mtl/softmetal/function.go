package softmetal

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// MTLFunctionType.
const (
	functionKernel  = 3
	functionVisible = 5
)

// A function is a kernel of a library, with the values of its function constants
// if it was asked for with some.
type function struct {
	from        *library
	description mslrun.Function
	constants   mslrun.Constants
	specialized bool
	as          string  // another name for what was specialised, or ""
	owner       *object // the library's object
}

func (f *function) dealloc(d *Device, _ *object) { d.release(f.owner) }

// makeFunction makes the object, which keeps its library.
func (d *Device) makeFunction(f *function, library *object) *object {
	f.owner = library.retain()
	return d.make(d.classes["SoftMetalFunction"], f)
}

func functionClass() *class {
	return &class{
		name:      "SoftMetalFunction",
		protocols: []string{"MTLFunction"},
		methods: labelMethods(map[string]handler{
			"device": deviceMethod,
			"name":   on(func(f *function, c *call) { c.returnNew(c.newString(f.name())) }),
			"functionType": on(func(f *function, c *call) {
				if f.visible() {
					c.returnWord(functionVisible)
					return
				}
				c.returnWord(functionKernel)
			}),
			"options":                     func(c *call) { c.returnWord(0) },
			"functionConstantsDictionary": on((*function).constantsDictionary),
		}),
	}
}

func (f *function) visible() bool { return f.description.Kind == "visible" }

func (f *function) name() string {
	if f.as != "" {
		return f.as
	}
	return f.description.Name
}

// identity tells functions apart by what they are made of.
func (f *function) identity() string {
	s := f.from.identity + " " + f.description.Name
	for _, index := range slices.Sorted(maps.Keys(f.constants)) {
		s += fmt.Sprintf(" %d:%d:%x", index, f.constants[index].Type, f.constants[index].Bytes)
	}
	return s
}

// constantsDictionary answers the constants that the function can be specialised
// by: of one that was, none are left.
func (f *function) constantsDictionary(c *call) {
	m := c.newDictionary()
	for _, k := range f.description.Constants {
		if f.specialized {
			break
		}
		key, value := c.newString(k.Name), c.make(c.classes["MTLFunctionConstant"], &functionConstant{k})
		m.payload.(*nsDictionary).put(c.Device, key, value)
		c.Device.release(key)
		c.Device.release(value)
	}
	c.returnNew(m)
}

type functionConstant struct{ mslrun.FunctionConstant }

func functionConstantClass() *class {
	return &class{
		name:   "MTLFunctionConstant",
		public: true,
		methods: map[string]handler{
			"name":     on(func(k *functionConstant, c *call) { c.returnNew(c.newString(k.Name)) }),
			"type":     on(func(k *functionConstant, c *call) { c.returnWord(uint64(k.Type)) }),
			"index":    on(func(k *functionConstant, c *call) { c.returnInt(k.Index) }),
			"required": on(func(k *functionConstant, c *call) { c.returnBool(k.Required) }),
		},
	}
}

// A functionDescriptor says how a function is made.
type functionDescriptor struct {
	name, as *object // strings
	values   *object
	archives *object // an array
	options  uint64
}

func (f *functionDescriptor) dealloc(d *Device, _ *object) {
	releaseAll(d, []*object{f.name, f.as, f.values, f.archives})
}

// MTLFunctionOptions. The others are for functions that are called by address,
// which the device does not have.
const functionStoreInScript = 2

func functionDescriptorClass() *class {
	return &class{
		name:   "MTLFunctionDescriptor",
		public: true,
		create: func(*Device) any { return new(functionDescriptor) },
		methods: objectProperties(map[string]handler{
			"+functionDescriptor": func(c *call) { c.returnNew(c.make(c.class, new(functionDescriptor))) },
			"options":             on(func(f *functionDescriptor, c *call) { c.returnWord(f.options) }),
			"setOptions:":         on(func(f *functionDescriptor, c *call) { f.options = c.word(0) }),
		}, map[string]func(*functionDescriptor) **object{
			"name":            func(f *functionDescriptor) **object { return &f.name },
			"specializedName": func(f *functionDescriptor) **object { return &f.as },
			"constantValues":  func(f *functionDescriptor) **object { return &f.values },
			"binaryArchives":  func(f *functionDescriptor) **object { return &f.archives },
		}),
	}
}

// objectProperties adds getters and setters of objects that are kept.
func objectProperties[T any](m map[string]handler, properties map[string]func(T) **object) map[string]handler {
	for name, field := range properties {
		m[name] = on(func(t T, c *call) { c.returnKept(*field(t)) })
		m["set"+strings.ToUpper(name[:1])+name[1:]+":"] = on(func(t T, c *call) {
			old := *field(t)
			*field(t) = c.object(0).retain()
			c.Device.release(old)
		})
	}
	return m
}

func (l *library) newFunctionWithDescriptor(c *call) {
	f := payload[*functionDescriptor](c, 0)
	switch {
	case f == nil || f.name == nil:
		c.fail(RuleNilArgument, "the descriptor and the function's name must not be nil")
	case f.options&^functionStoreInScript != 0:
		c.fail(RuleNotImplemented, "function options %#x are for functions that are called by address", f.options)
	default:
		var values *constantValues
		as := ""
		if f.values != nil {
			values = f.values.payload.(*constantValues)
		}
		if f.as != nil {
			as = f.as.payload.(*nsString).text()
		}
		l.specialize(c, f.name.payload.(*nsString).text(), as, values, 1)
	}
}

// needsConstants returns the name of a function constant without which the
// kernel cannot be built, "" if there is none.
func (f *function) needsConstants() string {
	if f.specialized {
		return ""
	}
	for _, k := range f.description.Constants {
		if k.Required {
			return k.Name
		}
	}
	return ""
}

// constantValues are the values that a caller has set, by index or by name.
type constantValues struct {
	byIndex map[uint64]mslrun.ConstantValue
	byName  map[string]mslrun.ConstantValue
}

func newConstantValues(*Device) any {
	return &constantValues{map[uint64]mslrun.ConstantValue{}, map[string]mslrun.ConstantValue{}}
}

func constantValuesClass() *class {
	return &class{
		name:   "MTLFunctionConstantValues",
		public: true,
		create: newConstantValues,
		methods: map[string]handler{
			"setConstantValue:type:atIndex:": on(func(v *constantValues, c *call) {
				if value, _, ok := c.constant(0); ok && c.constantIndex(c.word(2), 1) {
					v.byIndex[c.word(2)] = value
				}
			}),
			"setConstantValue:type:withName:": on(func(v *constantValues, c *call) {
				if c.object(2) == nil {
					c.fail(RuleNilArgument, "argument 3 is the constant's name, and is nil")
					return
				}
				if value, _, ok := c.constant(0); ok {
					v.byName[payload[*nsString](c, 2).text()] = value
				}
			}),
			"setConstantValues:type:withRange:": on(func(v *constantValues, c *call) {
				at, n := c.span(2)
				if !c.constantIndex(at, n) {
					return
				}
				value, size, ok := c.constantsOf(0, n)
				for i := range n {
					if ok {
						v.byIndex[at+i] = mslrun.ConstantValue{Type: value.Type, Bytes: value.Bytes[i*size : (i+1)*size]}
					}
				}
			}),
			"reset": on(func(v *constantValues, _ *call) {
				clear(v.byIndex)
				clear(v.byName)
			}),
		},
	}
}

const maxConstantIndex = 65535

func (c *call) constantIndex(at, n uint64) bool {
	if at > maxConstantIndex || n > maxConstantIndex+1-at {
		c.fail(RuleIndex, "function constants %d and %d more; the last index is %d", at, n, maxConstantIndex)
		return false
	}
	return true
}

func (c *call) constant(i int) (mslrun.ConstantValue, uint64, bool) { return c.constantsOf(i, 1) }

// constantsOf reads n values at the address in argument i, whose type is in the
// argument after it.
func (c *call) constantsOf(i int, n uint64) (mslrun.ConstantValue, uint64, bool) {
	t := c.word(i + 1)
	size := uint64(mslrun.DataType(t).Size())
	if size == 0 {
		c.fail(RuleEnum, "%d is no MTLDataType that a function constant can have", t)
		return mslrun.ConstantValue{}, 0, false
	}
	b, ok := c.bytes(i, n*size)
	return mslrun.ConstantValue{Type: mslrun.DataType(t), Bytes: b}, size, ok
}

// resolve gives the function's constants their values. One that the source needs
// and that has none, or one of another type, is an error, as on a Mac.
func (v *constantValues) resolve(f mslrun.Function) (mslrun.Constants, error) {
	constants := mslrun.Constants{}
	for _, k := range f.Constants {
		value, ok := v.byIndex[uint64(k.Index)]
		if named, found := v.byName[k.Name]; found {
			value, ok = named, true
		}
		switch {
		case !ok && k.Required:
			return nil, fmt.Errorf("function %q: function constant %q at index %d has no value", f.Name, k.Name, k.Index)
		case !ok:
			continue
		case value.Type != k.Type:
			return nil, fmt.Errorf("function %q: function constant %q at index %d has data type %d in the source and was given %d", f.Name, k.Name, k.Index, k.Type, value.Type)
		}
		constants[k.Index] = value
	}
	return constants, nil
}
