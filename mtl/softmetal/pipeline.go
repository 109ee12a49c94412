package softmetal

import (
	"context"
	"fmt"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// A pipeline is a kernel, built and ready to be dispatched.
type pipeline struct {
	program   *mslrun.Program
	name      string
	maxTotal  int
	multiples bool // the caller promised threadgroups that are multiples of the execution width
	indirect  bool // commands of indirect command buffers may have it
}

func pipelineClass() *class {
	return &class{
		name:      "SoftMetalComputePipelineState",
		protocols: []string{"MTLComputePipelineState"},
		methods: map[string]handler{
			"device": deviceMethod,
			"label": func(c *call) {
				if c.target.label != "" {
					c.returnNew(c.newString(c.target.label))
				}
			},
			"maxTotalThreadsPerThreadgroup": on(func(p *pipeline, c *call) { c.returnInt(p.maxTotal) }),
			"threadExecutionWidth":          on(func(p *pipeline, c *call) { c.returnInt(p.program.ThreadExecutionWidth) }),
			"staticThreadgroupMemoryLength": on(func(p *pipeline, c *call) {
				c.returnInt(p.program.StaticThreadgroupMemoryLength)
			}),
			"supportIndirectCommandBuffers": on(func(p *pipeline, c *call) { c.returnBool(p.indirect) }),
		},
	}
}

// A pipelineRequest is what a pipeline is made of.
type pipelineRequest struct {
	function  *object
	label     string
	maxTotal  uint64
	multiples bool
	indirect  bool
}

// newPipeline builds the kernel of a function.
func (c *call) newPipeline(r pipelineRequest, errorArgument int) {
	if r.function == nil {
		c.fail(RuleNilArgument, "a pipeline needs a function, and it is nil")
		return
	}
	f := r.function.payload.(*function)
	if k := f.needsConstants(); k != "" {
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryCompileFailure, fmt.Sprintf(
			"function %q cannot be used to build a pipeline state: its function constant %q has no value, use newFunctionWithName:constantValues:error:", f.description.Name, k)))
		return
	}
	if r.maxTotal > maxThreadsPerGroup {
		c.fail(RuleThreadsPerGroup, "maxTotalThreadsPerThreadgroup is %d, the device's limit is %d", r.maxTotal, maxThreadsPerGroup)
		return
	}
	back := c.backend
	var program *mslrun.Program
	var err error
	c.compile(func() {
		program, err = back.pipeline(context.Background(), f.from.Library, f.description.Name, f.constants)
	})
	if err != nil {
		c.setError(errorArgument, c.libraryError(err))
		return
	}
	if n := program.StaticThreadgroupMemoryLength; n > maxThreadgroupMemory {
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryCompileFailure, fmt.Sprintf(
			"kernel %q has %d bytes of threadgroup variables, the device's limit is %d", f.description.Name, n, maxThreadgroupMemory)))
		return
	}
	p := &pipeline{program: program, name: f.description.Name, maxTotal: program.MaxTotalThreadsPerThreadgroup, multiples: r.multiples, indirect: r.indirect}
	for _, limit := range []int{int(r.maxTotal), c.maxTotal} {
		if limit != 0 {
			p.maxTotal = min(p.maxTotal, limit)
		}
	}
	o := c.make(c.classes["SoftMetalComputePipelineState"], p)
	o.label = r.label
	c.returnOwned(o)
}

// noReflection refuses to answer what the device does not have.
func (c *call) noReflection(options, reflection int) bool {
	if c.word(options) != 0 || c.address(reflection) != 0 {
		c.fail(RuleNotImplemented, "the software device has no reflection: pass no options and a nil reflection")
		return false
	}
	return true
}

type pipelineDescriptor struct {
	function  *object
	maxTotal  uint64
	multiples bool
	indirect  bool
}

func (p *pipelineDescriptor) dealloc(d *Device, _ *object) { d.release(p.function) }

func pipelineDescriptorClass() *class {
	return &class{
		name:   "MTLComputePipelineDescriptor",
		public: true,
		create: func(*Device) any { return new(pipelineDescriptor) },
		methods: labelMethods(map[string]handler{
			"computeFunction": on(func(p *pipelineDescriptor, c *call) { c.returnKept(p.function) }),
			"setComputeFunction:": on(func(p *pipelineDescriptor, c *call) {
				old := p.function
				p.function = c.object(0).retain()
				c.Device.release(old)
			}),
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
			"reset": on(func(p *pipelineDescriptor, c *call) {
				c.Device.release(p.function)
				*p, c.target.label = pipelineDescriptor{}, ""
			}),
		}),
	}
}

func (c *call) newPipelineWithDescriptor() {
	p := payload[*pipelineDescriptor](c, 0)
	if p == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	}
	c.newPipeline(pipelineRequest{p.function, c.object(0).label, p.maxTotal, p.multiples, p.indirect}, 3)
}
