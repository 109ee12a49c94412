package softmetal

import (
	"context"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// MTLBindingType.
const (
	bindingBuffer            = 0
	bindingThreadgroupMemory = 1
)

type reflection struct{ bindings *object }

func (r *reflection) dealloc(d *Device, _ *object) { d.release(r.bindings) }

// newReflection tells what a kernel declares, with types or without.
func (c *call) newReflection(program *mslrun.Program, types bool) *object {
	return c.make(c.classes["MTLComputePipelineReflection"], &reflection{c.newBindings(program, types)})
}

// reflection answers what a function declares. What it is only the built kernel
// knows: one that needs constants cannot be built, and has none.
func (l *library) reflection(c *call) {
	name := payload[*nsString](c, 0)
	if name == nil {
		c.fail(RuleNilArgument, "argument 1 is the function's name, and is nil")
		return
	}
	f, ok := l.find(name.text())
	if !ok {
		return
	}
	back := c.backend
	var program *mslrun.Program
	var err error
	c.compile(func() { program, err = back.pipeline(context.Background(), l.Library, f.Name, nil, nil) })
	if err == nil {
		c.returnNew(c.make(c.classes["MTLFunctionReflection"], &functionReflection{reflection{c.newBindings(program, true)}, f.Annotation}))
	}
}

type functionReflection struct {
	reflection
	annotation string
}

func functionReflectionClass() *class {
	return &class{
		name:   "MTLFunctionReflection",
		public: true,
		methods: map[string]handler{
			"bindings": on(func(r *functionReflection, c *call) { c.returnKept(r.bindings) }),
			"userAnnotation": on(func(r *functionReflection, c *call) {
				if r.annotation != "" {
					c.returnNew(c.newString(r.annotation))
				}
			}),
		},
	}
}

func (c *call) newBindings(program *mslrun.Program, types bool) *object {
	var bindings []*object
	for _, a := range program.Function.Arguments {
		class := "SoftMetalBufferBinding"
		if a.Kind == mslrun.ThreadgroupArgument {
			class = "SoftMetalThreadgroupBinding"
		}
		bindings = append(bindings, c.make(c.classes[class], &binding{a, types}))
	}
	array := c.newArray(bindings)
	for _, b := range bindings {
		c.Device.release(b)
	}
	return array
}

func reflectionClass() *class {
	return &class{
		name:   "MTLComputePipelineReflection",
		public: true,
		methods: map[string]handler{
			"bindings": on(func(r *reflection, c *call) { c.returnKept(r.bindings) }),
		},
	}
}

// A binding is one parameter of a kernel.
type binding struct {
	mslrun.Argument
	types bool // they are told
}

// structType answers the type of a buffer of structs, nil for others.
func (b *binding) structType(c *call) {
	if !b.types || len(b.Members) == 0 {
		return
	}
	var members []*object
	for _, m := range b.Members {
		members = append(members, c.make(c.classes["MTLStructMember"], &structMember{m}))
	}
	array := c.newArray(members)
	for _, m := range members {
		c.Device.release(m)
	}
	c.returnNew(c.make(c.classes["MTLStructType"], &structType{array}))
}

type structType struct{ members *object }

func (s *structType) dealloc(d *Device, _ *object) { d.release(s.members) }

func structTypeClass() *class {
	return &class{
		name:   "MTLStructType",
		public: true,
		methods: map[string]handler{
			"members": on(func(s *structType, c *call) { c.returnKept(s.members) }),
		},
	}
}

type structMember struct{ mslrun.Member }

func structMemberClass() *class {
	return &class{
		name:   "MTLStructMember",
		public: true,
		methods: map[string]handler{
			"name":     on(func(m *structMember, c *call) { c.returnNew(c.newString(m.Name)) }),
			"offset":   on(func(m *structMember, c *call) { c.returnInt(m.Offset) }),
			"dataType": on(func(m *structMember, c *call) { c.returnInt(int(m.DataType)) }),
		},
	}
}

func bindingMethods(kind uint64, m map[string]handler) map[string]handler {
	m["name"] = on(func(b *binding, c *call) { c.returnNew(c.newString(b.Name)) })
	m["type"] = func(c *call) { c.returnWord(kind) }
	m["access"] = on(func(b *binding, c *call) { c.returnInt(int(b.Access)) })
	m["index"] = on(func(b *binding, c *call) { c.returnInt(b.Index) })
	m["isUsed"] = on(func(b *binding, c *call) { c.returnBool(b.Active) })
	m["isArgument"] = func(c *call) { c.returnBool(true) }
	return m
}

func bufferBindingClass() *class {
	return &class{
		name:      "SoftMetalBufferBinding",
		protocols: []string{"MTLBufferBinding", "MTLBinding"},
		methods: bindingMethods(bindingBuffer, map[string]handler{
			"bufferAlignment":  on(func(b *binding, c *call) { c.returnInt(b.TypeAlign) }),
			"bufferDataSize":   on(func(b *binding, c *call) { c.returnInt(b.TypeSize) }),
			"bufferStructType": on((*binding).structType),
			"bufferDataType":   on(func(b *binding, c *call) { c.returnInt(int(b.DataType)) }),
		}),
	}
}

func threadgroupBindingClass() *class {
	return &class{
		name:      "SoftMetalThreadgroupBinding",
		protocols: []string{"MTLThreadgroupBinding", "MTLBinding"},
		methods: bindingMethods(bindingThreadgroupMemory, map[string]handler{
			"threadgroupMemoryAlignment": on(func(b *binding, c *call) { c.returnInt(b.TypeAlign) }),
			"threadgroupMemoryDataSize":  on(func(b *binding, c *call) { c.returnInt(b.TypeSize) }),
		}),
	}
}
