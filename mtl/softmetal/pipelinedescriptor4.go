package softmetal

import "fmt"

// A namedFunction and a specializedFunction are the two ways to name a function
// in Metal 4.
type namedFunction struct{ name, of *object }

func (f *namedFunction) dealloc(d *Device, _ *object) {
	releaseAll(d, []*object{f.name, f.of})
}

type specializedFunction struct{ of, as, values *object }

func (f *specializedFunction) dealloc(d *Device, _ *object) {
	releaseAll(d, []*object{f.of, f.as, f.values})
}

func functionDescriptor4Classes() []*class {
	base := &class{name: "MTL4FunctionDescriptor", public: true}
	return []*class{base, {
		name:   "MTL4LibraryFunctionDescriptor",
		super:  base,
		public: true,
		create: func(*Device) any { return new(namedFunction) },
		methods: objectProperties(map[string]handler{}, map[string]func(*namedFunction) **object{
			"name":    func(f *namedFunction) **object { return &f.name },
			"library": func(f *namedFunction) **object { return &f.of },
		}),
	}, {
		name:   "MTL4SpecializedFunctionDescriptor",
		super:  base,
		public: true,
		create: func(*Device) any { return new(specializedFunction) },
		methods: objectProperties(map[string]handler{}, map[string]func(*specializedFunction) **object{
			"functionDescriptor": func(f *specializedFunction) **object { return &f.of },
			"specializedName":    func(f *specializedFunction) **object { return &f.as },
			"constantValues":     func(f *specializedFunction) **object { return &f.values },
		}),
	}}
}

// function4 makes the function of a type that a descriptor names, which the caller
// releases. For nil it has said why. What a name stands for a compiler finds out
// while it works, so that another type is its error, as is a name that there is not.
func (c *call) function4(descriptor *object, kind, errorArgument int) *object {
	var values *constantValues
	as := ""
	if descriptor != nil {
		if s, ok := descriptor.payload.(*specializedFunction); ok {
			if s.values != nil {
				values = s.values.payload.(*constantValues)
			}
			if s.as != nil {
				as = s.as.payload.(*nsString).text()
			}
			descriptor = s.of
		}
	}
	if descriptor == nil {
		c.fail(RuleNilArgument, "a descriptor of a function is nil")
		return nil
	}
	f, ok := descriptor.payload.(*namedFunction)
	switch {
	case !ok:
		c.fail(RuleNotImplemented, "a function that is specialised twice")
		return nil
	case f.name == nil || f.of == nil:
		c.fail(RuleNilArgument, "a function's name and its library must not be nil")
		return nil
	}
	made, e := f.of.payload.(*library).specialized(c.Device, f.name.payload.(*nsString).text(), as, values)
	if e == nil && made.kind() != kind {
		e = c.newError(libraryErrorDomain, libraryFunctionNotFound, fmt.Sprintf("function %q is of type %d, and type %d is needed", made.name(), made.kind(), kind))
	}
	if e != nil {
		c.setError(errorArgument, e)
		return nil
	}
	return c.makeFunction(made, f.of)
}

// A pipelineDescriptor4 says how a kernel becomes a pipeline in Metal 4.
type pipelineDescriptor4 struct {
	pipelineSettings
	descriptor *object // of the function
	static     *object // what it is linked with
	options    *object
}

func (p *pipelineDescriptor4) dealloc(d *Device, _ *object) {
	releaseAll(d, []*object{p.descriptor, p.static, p.options})
}

// pipelineOptions4 are what is asked for beside a pipeline.
type pipelineOptions4 struct {
	validation int64
	reflection uint64 // MTL4ShaderReflection, whose bits are those of MTLPipelineOption
}

// dynamicLinking is what a pipeline is linked with when it runs.
type dynamicLinking struct {
	stackDepth uint64
	preloaded  *object // an array of dynamic libraries, or nil
}

func (l *dynamicLinking) dealloc(d *Device, _ *object) { d.release(l.preloaded) }

// staticLinking is what becomes part of a pipeline.
type staticLinking struct{ private *object }

func (l *staticLinking) dealloc(d *Device, _ *object) { d.release(l.private) }

func pipelineDescriptor4Classes() []*class {
	base := &class{
		name:   "MTL4PipelineDescriptor",
		public: true,
		methods: objectProperties(labelMethods(map[string]handler{}), map[string]func(*pipelineDescriptor4) **object{
			"options": func(p *pipelineDescriptor4) **object { return &p.options },
		}),
	}
	return []*class{base, {
		name:   "MTL4ComputePipelineDescriptor",
		super:  base,
		public: true,
		create: func(*Device) any { return new(pipelineDescriptor4) },
		methods: objectProperties(map[string]handler{
			"maxTotalThreadsPerThreadgroup":     on(func(p *pipelineDescriptor4, c *call) { c.returnWord(p.maxTotal) }),
			"setMaxTotalThreadsPerThreadgroup:": on(func(p *pipelineDescriptor4, c *call) { p.maxTotal = c.word(0) }),
			"threadGroupSizeIsMultipleOfThreadExecutionWidth": on(func(p *pipelineDescriptor4, c *call) {
				c.returnBool(p.multiples)
			}),
			"setThreadGroupSizeIsMultipleOfThreadExecutionWidth:": on(func(p *pipelineDescriptor4, c *call) {
				p.multiples = c.bool(0)
			}),
			"requiredThreadsPerThreadgroup":     on(func(p *pipelineDescriptor4, c *call) { c.returnWords(p.required[:]...) }),
			"setRequiredThreadsPerThreadgroup:": on(func(p *pipelineDescriptor4, c *call) { p.required = c.size(0) }),
			"supportIndirectCommandBuffers":     on(func(p *pipelineDescriptor4, c *call) { c.returnBool(p.indirect) }),
			"setSupportIndirectCommandBuffers:": on(func(p *pipelineDescriptor4, c *call) {
				if c.int(0) < 0 || c.int(0) > 1 {
					c.fail(RuleEnum, "%d is no MTL4IndirectCommandBufferSupportState", c.int(0))
					return
				}
				p.indirect = c.int(0) == 1
			}),
			"reset": on(func(p *pipelineDescriptor4, c *call) {
				p.dealloc(c.Device, c.target)
				*p, c.target.label = pipelineDescriptor4{}, ""
			}),
		}, map[string]func(*pipelineDescriptor4) **object{
			"computeFunctionDescriptor": func(p *pipelineDescriptor4) **object { return &p.descriptor },
			"staticLinkingDescriptor":   func(p *pipelineDescriptor4) **object { return &p.static },
		}),
	}, {
		name:   "MTL4PipelineOptions",
		public: true,
		create: func(*Device) any { return new(pipelineOptions4) },
		methods: map[string]handler{
			"shaderValidation": on(func(o *pipelineOptions4, c *call) { c.returnWord(uint64(o.validation)) }),
			"setShaderValidation:": on(func(o *pipelineOptions4, c *call) {
				if c.int(0) < 0 || c.int(0) > 2 {
					c.fail(RuleEnum, "%d is no MTLShaderValidation", c.int(0))
					return
				}
				o.validation = c.int(0)
			}),
			"shaderReflection": on(func(o *pipelineOptions4, c *call) { c.returnWord(o.reflection) }),
			"setShaderReflection:": on(func(o *pipelineOptions4, c *call) {
				if c.word(0)&^(optionBindingInfo|optionBufferTypeInfo) != 0 {
					c.fail(RuleEnum, "%#x is no MTL4ShaderReflection", c.word(0))
					return
				}
				o.reflection = c.word(0)
			}),
		},
	}, {
		name:   "MTL4PipelineStageDynamicLinkingDescriptor",
		public: true,
		create: func(*Device) any { return &dynamicLinking{stackDepth: 1} },
		methods: map[string]handler{
			"maxCallStackDepth":     on(func(l *dynamicLinking, c *call) { c.returnWord(l.stackDepth) }),
			"setMaxCallStackDepth:": on(func(l *dynamicLinking, c *call) { l.stackDepth = c.word(0) }),
			"preloadedLibraries":    on(func(l *dynamicLinking, c *call) { c.returnKept(l.preloaded) }),
			"setPreloadedLibraries:": on(func(l *dynamicLinking, c *call) {
				if c.elementsAre(0, "MTLDynamicLibrary") {
					old := l.preloaded
					l.preloaded = c.object(0).retain()
					c.Device.release(old)
				}
			}),
		},
	}, {
		name:   "MTL4StaticLinkingDescriptor",
		public: true,
		create: func(*Device) any { return new(staticLinking) },
		methods: map[string]handler{
			"privateFunctionDescriptors": on(func(l *staticLinking, c *call) { c.returnKept(l.private) }),
			"setPrivateFunctionDescriptors:": on(func(l *staticLinking, c *call) {
				if c.elementsAre(0, "MTL4FunctionDescriptor") {
					old := l.private
					l.private = c.object(0).retain()
					c.Device.release(old)
				}
			}),
		},
	}}
}

// request4 takes a request out of the descriptor in the first argument. The caller
// releases its functions, by release4. Where it is not ok, it has said why.
func (c *call) request4(linking *dynamicLinking, errorArgument int) (r pipelineRequest, ok bool) {
	p := payload[*pipelineDescriptor4](c, 0)
	if p == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return r, false
	}
	r = pipelineRequest{pipelineSettings: p.pipelineSettings, label: c.object(0).label}
	if p.options != nil {
		o := p.options.payload.(*pipelineOptions4)
		r.validation, r.options = o.validation, o.reflection
	}
	if linking != nil {
		r.stackDepth, r.preloaded = linking.stackDepth, linking.preloaded
	}
	r.function = c.function4(p.descriptor, functionKernel, errorArgument)
	if r.function == nil {
		return r, false
	}
	if p.static != nil && p.static.payload.(*staticLinking).private != nil {
		for _, descriptor := range p.static.payload.(*staticLinking).private.payload.(*nsArray).objects {
			f := c.function4(descriptor, functionVisible, errorArgument)
			if f == nil {
				c.release4(&r)
				return r, false
			}
			r.functions = append(r.functions, f)
		}
	}
	return r, true
}

func (c *call) release4(r *pipelineRequest) {
	releaseAll(c.Device, append(r.functions, r.function))
}

// identity tells pipelines apart by all that may change their code.
func (r *pipelineRequest) identity() string {
	return fmt.Sprintf("%s | %d %v %v %d %v %d", r.code(), r.maxTotal, r.multiples, r.indirect, r.stackDepth, r.required, r.validation)
}
