package softmetal

import "slices"

// compilerClasses returns the classes of Metal 4's compiler, each after that which
// it descends from.
func compilerClasses() []*class {
	return slices.Concat([]*class{
		compilerClass(), compilerDescriptorClass(), taskOptionsClass(), libraryDescriptorClass(),
		archive4Class(), serializerClass(), serializerDescriptorClass(),
	}, functionDescriptor4Classes(), pipelineDescriptor4Classes())
}

// A compiler makes what the device makes, and notes it down.
type compiler struct{ serializer *object }

func (m *compiler) dealloc(d *Device, _ *object) { d.release(m.serializer) }

func compilerClass() *class {
	return &class{
		name:      "SoftMetalCompiler",
		protocols: []string{"MTL4Compiler"},
		methods: map[string]handler{
			"device": deviceMethod,
			"label": func(c *call) {
				if c.target.label != "" {
					c.returnNew(c.newString(c.target.label))
				}
			},
			"pipelineDataSetSerializer":       on(func(m *compiler, c *call) { c.returnKept(m.serializer) }),
			"newLibraryWithDescriptor:error:": func(c *call) { c.newLibraryWithDescriptor() },
			"newDynamicLibrary:error:":        func(c *call) { c.newDynamicLibrary() },
			"newDynamicLibraryWithURL:error:": func(c *call) { c.newDynamicLibraryWithURL() },
			"newComputePipelineStateWithDescriptor:compilerTaskOptions:error:": on(func(m *compiler, c *call) {
				m.newPipeline(c, nil, 2)
			}),
			"newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:compilerTaskOptions:error:": on(func(m *compiler, c *call) {
				m.newPipeline(c, payload[*dynamicLinking](c, 1), 3)
			}),
		},
	}
}

type compilerDescriptor struct{ serializer *object }

func (m *compilerDescriptor) dealloc(d *Device, _ *object) { d.release(m.serializer) }

func compilerDescriptorClass() *class {
	return &class{
		name:   "MTL4CompilerDescriptor",
		public: true,
		create: func(*Device) any { return new(compilerDescriptor) },
		methods: objectProperties(labelMethods(map[string]handler{}), map[string]func(*compilerDescriptor) **object{
			"pipelineDataSetSerializer": func(m *compilerDescriptor) **object { return &m.serializer },
		}),
	}
}

func (c *call) newCompiler() {
	m := payload[*compilerDescriptor](c, 0)
	if m == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	}
	o := c.make(c.classes["SoftMetalCompiler"], &compiler{m.serializer.retain()})
	o.label = c.object(0).label
	c.returnOwned(o)
}

// newPipeline builds what a descriptor says. Archives change nothing but the time
// that it takes, which says nothing here.
func (m *compiler) newPipeline(c *call, linking *dynamicLinking, errorArgument int) {
	r, ok := c.request4(linking, errorArgument)
	if !ok {
		return
	}
	defer c.release4(&r)
	if c.newPipeline(r, errorArgument) && m.serializer != nil {
		m.serializer.payload.(*serializer).capture(&r)
	}
}

// taskOptions are what may make a task quicker.
type taskOptions struct{ archives *object }

func (t *taskOptions) dealloc(d *Device, _ *object) { d.release(t.archives) }

func taskOptionsClass() *class {
	return &class{
		name:   "MTL4CompilerTaskOptions",
		public: true,
		create: func(*Device) any { return new(taskOptions) },
		methods: map[string]handler{
			"lookupArchives": on(func(t *taskOptions, c *call) { c.returnKept(t.archives) }),
			"setLookupArchives:": on(func(t *taskOptions, c *call) {
				if c.elementsAre(0, "MTL4Archive") {
					old := t.archives
					t.archives = c.object(0).retain()
					c.Device.release(old)
				}
			}),
		},
	}
}

// elementsAre checks that all elements of an array meet a protocol, or are of a class.
func (c *call) elementsAre(i int, class string) bool {
	if a := payload[*nsArray](c, i); a != nil {
		for j, o := range a.objects {
			if !o.class.is(class) {
				c.fail(RuleArgumentClass, "element %d of argument %d is a %s, not a %s", j, i+1, o.class.name, class)
				return false
			}
		}
	}
	return true
}

// A libraryDescriptor is a source and how it is compiled.
type libraryDescriptor struct{ source, options, name *object }

func (l *libraryDescriptor) dealloc(d *Device, _ *object) {
	releaseAll(d, []*object{l.source, l.options, l.name})
}

func libraryDescriptorClass() *class {
	return &class{
		name:   "MTL4LibraryDescriptor",
		public: true,
		create: func(*Device) any { return new(libraryDescriptor) },
		methods: objectProperties(map[string]handler{}, map[string]func(*libraryDescriptor) **object{
			"source":  func(l *libraryDescriptor) **object { return &l.source },
			"options": func(l *libraryDescriptor) **object { return &l.options },
			"name":    func(l *libraryDescriptor) **object { return &l.name },
		}),
	}
}

func (c *call) newLibraryWithDescriptor() {
	l := payload[*libraryDescriptor](c, 0)
	if l == nil || l.source == nil {
		c.fail(RuleNilArgument, "the descriptor and its source must not be nil")
		return
	}
	var options *compileOptions
	if l.options != nil {
		options = l.options.payload.(*compileOptions)
	}
	if o := c.compileSource(l.source.payload.(*nsString).text(), options, 1); o != nil && l.name != nil {
		o.label = l.name.payload.(*nsString).text()
	}
}
