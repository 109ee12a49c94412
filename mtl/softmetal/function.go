package softmetal

import (
	"fmt"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

const functionKernel = 3 // MTLFunctionTypeKernel

// A function is a kernel of a library, with the values of its function constants
// if it was asked for with some.
type function struct {
	from        *library
	description mslrun.Function
	constants   mslrun.Constants
	specialized bool
	owner       *object // the library's object
}

func (f *function) dealloc(d *Device, _ *object) { d.release(f.owner) }

// makeFunction makes the object, which keeps its library.
func (c *call) makeFunction(f *function) *object {
	f.owner = c.target.retain()
	return c.make(c.classes["SoftMetalFunction"], f)
}

func functionClass() *class {
	return &class{
		name:      "SoftMetalFunction",
		protocols: []string{"MTLFunction"},
		methods: labelMethods(map[string]handler{
			"device":       deviceMethod,
			"name":         on(func(f *function, c *call) { c.returnNew(c.newString(f.description.Name)) }),
			"functionType": func(c *call) { c.returnWord(functionKernel) },
			"options":      func(c *call) { c.returnWord(0) },
		}),
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
