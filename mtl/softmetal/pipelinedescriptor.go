package softmetal

// MTLMutability.
const (
	mutabilityImmutable = 2
)

type pipelineDescriptor struct {
	pipelineSettings
	buffers *object // the array of descriptors, made when first asked for
}

func (p *pipelineDescriptor) dealloc(d *Device, _ *object) {
	releaseAll(d, []*object{p.function, p.archives, p.buffers, p.linked, p.preloaded})
}

func newPipelineDescriptor(*Device) any {
	return &pipelineDescriptor{pipelineSettings: pipelineSettings{stackDepth: 1, mutability: map[uint64]uint64{}}}
}

func pipelineDescriptorClass() *class {
	return &class{
		name:   "MTLComputePipelineDescriptor",
		public: true,
		create: newPipelineDescriptor,
		methods: objectProperties(labelMethods(map[string]handler{
			"maxTotalThreadsPerThreadgroup":     on(func(p *pipelineDescriptor, c *call) { c.returnWord(p.maxTotal) }),
			"setMaxTotalThreadsPerThreadgroup:": on(func(p *pipelineDescriptor, c *call) { p.maxTotal = c.word(0) }),
			"threadGroupSizeIsMultipleOfThreadExecutionWidth": on(func(p *pipelineDescriptor, c *call) {
				c.returnBool(p.multiples)
			}),
			"setThreadGroupSizeIsMultipleOfThreadExecutionWidth:": on(func(p *pipelineDescriptor, c *call) {
				p.multiples = c.bool(0)
			}),
			"supportIndirectCommandBuffers":     on(func(p *pipelineDescriptor, c *call) { c.returnBool(p.indirect) }),
			"setSupportIndirectCommandBuffers:": on(func(p *pipelineDescriptor, c *call) { p.indirect = c.bool(0) }),
			"maxCallStackDepth":                 on(func(p *pipelineDescriptor, c *call) { c.returnWord(p.stackDepth) }),
			"setMaxCallStackDepth:":             on(func(p *pipelineDescriptor, c *call) { p.stackDepth = c.word(0) }),
			"shaderValidation":                  on(func(p *pipelineDescriptor, c *call) { c.returnWord(uint64(p.validation)) }),
			"setShaderValidation:": on(func(p *pipelineDescriptor, c *call) {
				if c.int(0) < 0 || c.int(0) > 2 {
					c.fail(RuleEnum, "%d is no MTLShaderValidation", c.int(0))
					return
				}
				p.validation = c.int(0)
			}),
			"requiredThreadsPerThreadgroup":     on(func(p *pipelineDescriptor, c *call) { c.returnWords(p.required[:]...) }),
			"setRequiredThreadsPerThreadgroup:": on(func(p *pipelineDescriptor, c *call) { p.required = c.size(0) }),
			"buffers": on(func(p *pipelineDescriptor, c *call) {
				if p.buffers == nil {
					p.buffers = c.make(c.classes["MTLPipelineBufferDescriptorArray"], &pipelineBuffers{of: p})
				}
				c.returnKept(p.buffers)
			}),
			"preloadedLibraries": on(func(p *pipelineDescriptor, c *call) { c.returnKept(p.preloaded) }),
			"setPreloadedLibraries:": on(func(p *pipelineDescriptor, c *call) {
				if c.elementsAre(0, "MTLDynamicLibrary") {
					old := p.preloaded
					p.preloaded = c.object(0).retain()
					c.Device.release(old)
				}
			}),
			"reset": on(func(p *pipelineDescriptor, c *call) {
				p.dealloc(c.Device, c.target)
				*p, c.target.label = *newPipelineDescriptor(c.Device).(*pipelineDescriptor), ""
			}),
		}), map[string]func(*pipelineDescriptor) **object{
			"computeFunction": func(p *pipelineDescriptor) **object { return &p.function },
			"binaryArchives":  func(p *pipelineDescriptor) **object { return &p.archives },
			"linkedFunctions": func(p *pipelineDescriptor) **object { return &p.linked },
		}),
	}
}

// pipelineBuffers is the array of what is known of each buffer index. Its
// elements are views of the descriptor.
type pipelineBuffers struct{ of *pipelineDescriptor }

type pipelineBuffer struct {
	of    *pipelineBuffers
	array *object
	index uint64
}

func (b *pipelineBuffer) dealloc(d *Device, _ *object) { d.release(b.array) }

func pipelineBuffersClass() *class {
	return &class{
		name:   "MTLPipelineBufferDescriptorArray",
		public: true,
		methods: map[string]handler{
			"objectAtIndexedSubscript:": on(func(a *pipelineBuffers, c *call) {
				if c.checkIndex("buffer", c.word(0)) {
					c.returnNew(c.make(c.classes["MTLPipelineBufferDescriptor"], &pipelineBuffer{a, c.target.retain(), c.word(0)}))
				}
			}),
		},
	}
}

func pipelineBufferClass() *class {
	return &class{
		name:   "MTLPipelineBufferDescriptor",
		public: true,
		methods: map[string]handler{
			"mutability": on(func(b *pipelineBuffer, c *call) { c.returnWord(b.of.of.mutability[b.index]) }),
			"setMutability:": on(func(b *pipelineBuffer, c *call) {
				if c.word(0) > mutabilityImmutable {
					c.fail(RuleEnum, "%d is no MTLMutability", c.word(0))
					return
				}
				b.of.of.mutability[b.index] = c.word(0)
			}),
		},
	}
}

func (c *call) newPipelineWithDescriptor() {
	p := payload[*pipelineDescriptor](c, 0)
	if p == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	}
	c.newPipeline(pipelineRequest{pipelineSettings: p.pipelineSettings, functions: p.linkedFunctions(), label: c.object(0).label, options: c.word(1), reflection: 2}, 3)
}
