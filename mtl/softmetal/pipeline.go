package softmetal

import (
	"context"
	"fmt"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// A pipeline is a kernel, built and ready to be dispatched.
type pipeline struct {
	function  *function
	program   *mslrun.Program
	name      string
	maxTotal  int
	multiples bool // the caller promised threadgroups that are multiples of the execution width

	required   [3]uint64 // threads of each threadgroup, or nothing
	validation int64
	options    uint64 // of which reflection was asked for
	indirect   bool   // commands of indirect command buffers may have it
}

func pipelineClass() *class {
	return &class{
		name:      "SoftMetalComputePipelineState",
		protocols: []string{"MTLComputePipelineState", "MTLAllocation"},
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
			"gpuResourceID": on(func(p *pipeline, c *call) {
				if !p.indirect {
					c.fail(RuleIndirectPipeline, "pipeline %q has no resource ID: it was made without supportIndirectCommandBuffers", p.name)
					return
				}
				c.returnWord(uint64(c.target.id))
			}),
			"shaderValidation":              on(func(p *pipeline, c *call) { c.returnWord(uint64(p.validation)) }),
			"requiredThreadsPerThreadgroup": on(func(p *pipeline, c *call) { c.returnWords(p.required[:]...) }),
			"reflection": on(func(p *pipeline, c *call) {
				if p.options&optionBindingInfo != 0 {
					c.returnNew(c.newReflection(p.program, p.options&optionBufferTypeInfo != 0))
				}
			}),
		},
	}
}

// pipelineSettings are what a pipeline is made of.
type pipelineSettings struct {
	function   *object
	maxTotal   uint64
	multiples  bool
	indirect   bool
	mutability map[uint64]uint64 // by buffer index, where it is not the default
	stackDepth uint64
	validation int64
	required   [3]uint64
	archives   *object // an array, or nil
	linked     *object // the linked functions, or nil
	preloaded  *object // an array of dynamic libraries, or nil
}

// A pipelineRequest is how a message asks for a pipeline.
type pipelineRequest struct {
	pipelineSettings
	functions  []*object // that it is linked with
	label      string
	options    uint64
	reflection int // the argument where the reflection goes, 0 if there is none
}

// MTLPipelineOption.
const (
	optionBindingInfo       = 1
	optionBufferTypeInfo    = 2
	optionFailOnArchiveMiss = 4
)

// newPipeline builds the kernel of a function and answers it. It says whether it
// could.
func (c *call) newPipeline(r pipelineRequest, errorArgument int) bool {
	if r.options&^(optionBindingInfo|optionBufferTypeInfo|optionFailOnArchiveMiss) != 0 {
		c.fail(RuleEnum, "%#x is no MTLPipelineOption", r.options)
		return false
	}
	if r.function == nil {
		c.fail(RuleNilArgument, "a pipeline needs a function, and it is nil")
		return false
	}
	f := r.function.payload.(*function)
	if f.kind() != functionKernel {
		c.fail(RuleFunctionType, "a pipeline is made of a kernel, and function %q is visible", f.name())
		return false
	}
	if k := f.needsConstants(); k != "" {
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryCompileFailure, fmt.Sprintf(
			"function %q cannot be used to build a pipeline state: its function constant %q has no value, use newFunctionWithName:constantValues:error:", f.description.Name, k)))
		return false
	}
	if r.maxTotal > maxThreadsPerGroup {
		c.fail(RuleThreadsPerGroup, "maxTotalThreadsPerThreadgroup is %d, the device's limit is %d", r.maxTotal, maxThreadsPerGroup)
		return false
	}
	if r.options&optionFailOnArchiveMiss != 0 && !r.archived() {
		c.setError(errorArgument, c.newError(binaryArchiveErrorDomain, archiveUnexpectedElement,
			fmt.Sprintf("function %q is in none of the binary archives", f.name())))
		return false
	}
	images, ok := c.images(&r, errorArgument)
	if !ok {
		return false
	}
	back := c.backend
	var program *mslrun.Program
	var err error
	c.compile(func() {
		program, err = back.pipeline(context.Background(), f.from.Library, f.description.Name, f.constants, images)
	})
	if err != nil {
		c.setError(errorArgument, c.compileFailed(err))
		return false
	}
	if r.required == [3]uint64{} {
		r.required = f.from.Required
	}
	if n := program.StaticThreadgroupMemoryLength; n > maxThreadgroupMemory {
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryCompileFailure, fmt.Sprintf(
			"kernel %q has %d bytes of threadgroup variables, the device's limit is %d", f.description.Name, n, maxThreadgroupMemory)))
		return false
	}
	if !c.checkMutability(program, r.mutability) || !c.checkRequired(program, r.required) {
		return false
	}
	p := &pipeline{function: f, program: program, name: f.name(), maxTotal: program.MaxTotalThreadsPerThreadgroup, multiples: r.multiples, indirect: r.indirect, required: r.required, validation: r.validation, options: r.options}
	for _, limit := range []int{int(r.maxTotal), c.maxTotal, f.from.Threads} {
		if limit != 0 {
			p.maxTotal = min(p.maxTotal, limit)
		}
	}
	o := c.make(c.classes["SoftMetalComputePipelineState"], p)
	o.label = r.label
	if r.reflection != 0 && r.options&optionBindingInfo != 0 && c.address(r.reflection) != 0 {
		c.setObject(r.reflection, c.newReflection(program, r.options&optionBufferTypeInfo != 0))
	}
	c.returnOwned(o)
	return true
}

// checkMutability compares what was promised of buffers with what the kernel
// declares: it may not write to one that does not change.
func (c *call) checkMutability(program *mslrun.Program, mutability map[uint64]uint64) bool {
	for _, a := range program.Function.Arguments {
		if a.Kind == mslrun.BufferArgument && a.Active && a.Access != mslrun.ReadOnly && mutability[uint64(a.Index)] == mutabilityImmutable {
			c.fail(RuleMutability, "kernel %q may write to buffer index %d (%s), which was said to be immutable", program.Function.Name, a.Index, a.Name)
			return false
		}
	}
	return true
}

func (c *call) checkRequired(program *mslrun.Program, required [3]uint64) bool {
	if required == [3]uint64{} {
		return true
	}
	if !possible(required, uint64(program.MaxTotalThreadsPerThreadgroup)) {
		c.fail(RuleThreadsPerGroup, "threadgroups of %v threads are required, and kernel %q allows %d", required, program.Function.Name, program.MaxTotalThreadsPerThreadgroup)
		return false
	}
	return true
}

// possible says whether threadgroups of a device may have this size.
func possible(required [3]uint64, most uint64) bool {
	total := uint64(1)
	for _, n := range required {
		if n == 0 || n > maxThreadsPerGroup {
			return false
		}
		total *= n
	}
	return total <= most
}
