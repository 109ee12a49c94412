package mtl

import (
	"fmt"
	"slices"

	"github.com/tqmetal/tqmetal/objc"
)

// A ComputePipelineState is a kernel compiled for a device
// (MTLComputePipelineState). It may be used from any goroutine; the owner
// releases it.
type ComputePipelineState struct {
	object
	maxThreads     int
	executionWidth int
	staticMemory   int
	bindings       []Binding
	indirect       bool // commands of indirect command buffers may have it
}

// NewComputePipelineState compiles a kernel for the device. It does not need
// the function afterwards. The caller releases the pipeline.
func (d *Device) NewComputePipelineState(function *Function) (*ComputePipelineState, error) {
	return d.makePipeline("Device.NewComputePipelineState", function, func(s *scope) (newPipeline, error) {
		id, nsError := s.newComputePipelineState(d.id, function.id)
		return newPipeline{id: id, nsError: nsError}, nil
	})
}

// NewComputePipelineStateWithDescriptor compiles a kernel as the descriptor
// says. The caller releases the pipeline. With
// [PipelineOptionFailOnBinaryArchiveMiss] the error wraps [ErrArchiveMiss].
func (d *Device) NewComputePipelineStateWithDescriptor(descriptor ComputePipelineDescriptor) (*ComputePipelineState, error) {
	const method = "Device.NewComputePipelineStateWithDescriptor"
	return d.makePipeline(method, descriptor.Function, func(s *scope) (p newPipeline, err error) {
		if err := descriptor.check(method, d); err != nil {
			return p, err
		}
		err = descriptor.use(s, d, method, func(object objc.ID) {
			p.id, p.reflection, p.nsError = s.newComputePipelineStateWithDescriptor(d.id, object, descriptor.Options)
		})
		p.reflected = descriptor.Options&PipelineOptionBindingInfo != 0
		if descriptor.Options&PipelineOptionFailOnBinaryArchiveMiss != 0 {
			p.sentinels = []error{ErrArchiveMiss}
		}
		return p, err
	})
}

// A newPipeline is what Metal answered.
type newPipeline struct {
	id, reflection, nsError objc.ID
	sentinels               []error // what it means when id is zero
	reflected               bool    // reflection was asked for
}

func (d *Device) makePipeline(method string, function *Function, send func(*scope) (newPipeline, error)) (*ComputePipelineState, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if err := d.useKernel(method, function); err != nil {
		return nil, err
	}
	defer function.drop()
	s := d.fw.begin()
	defer s.end()
	made, err := send(s)
	if err != nil {
		return nil, err
	}
	return d.finishPipeline(s, method, function.name, made)
}

// finishPipeline takes over what Metal answered.
func (d *Device) finishPipeline(s *scope, method, name string, made newPipeline) (*ComputePipelineState, error) {
	id := made.id
	if id == 0 {
		return nil, d.fw.failed(fmt.Sprintf("%s: %q", method, name), made.nsError, made.sentinels...)
	}
	p := &ComputePipelineState{
		maxThreads:     int(s.pipelineMaxTotalThreadsPerThreadgroup(id)),
		executionWidth: int(s.pipelineThreadExecutionWidth(id)),
		staticMemory:   int(s.pipelineStaticThreadgroupMemoryLength(id)),
		indirect:       s.pipelineSupportIndirectCommandBuffers(id),
	}
	if made.reflected {
		var err error
		if p.bindings, err = s.bindings(s.reflectionBindings(made.reflection)); err != nil {
			d.fw.foundation.Release(id)
			return nil, fmt.Errorf("mtl: %s: %q: %w", method, name, err)
		}
	}
	p.own("ComputePipelineState", d.fw, d, id)
	return p, nil
}

// useKernel begins a use of a function that has to be a kernel.
func (d *Device) useKernel(method string, function *Function) error {
	if err := function.acquireFor(d); err != nil {
		return err
	}
	if function.functionType != FunctionTypeKernel {
		function.drop()
		return badArgument(method, fmt.Sprintf("type of function %q", function.name), int(function.functionType), "%d, a kernel", FunctionTypeKernel)
	}
	return nil
}

func (p *ComputePipelineState) acquireFor(dev *Device) error {
	if p == nil {
		return errNil("ComputePipelineState")
	}
	return p.object.acquireFor(dev)
}

// Release gives up the reference.
func (p *ComputePipelineState) Release() {
	if p != nil {
		p.release()
	}
}

// MaxTotalThreadsPerThreadgroup returns how many threads a threadgroup of this
// kernel may have. It falls with the registers that the kernel uses.
func (p *ComputePipelineState) MaxTotalThreadsPerThreadgroup() int {
	if p == nil {
		return 0
	}
	return p.maxThreads
}

// RequiredThreadsPerThreadgroup returns the size that every threadgroup has to
// have, by the descriptor or the source, and zero for any size. Below macOS 26 the
// error wraps [ErrUnsupported].
func (p *ComputePipelineState) RequiredThreadsPerThreadgroup() (Size, error) {
	if err := p.acquire(); err != nil {
		return Size{}, err
	}
	defer p.drop()
	if !p.fw.foundation.RespondsTo(p.id, "requiredThreadsPerThreadgroup") {
		return Size{}, fmt.Errorf("mtl: ComputePipelineState.RequiredThreadsPerThreadgroup needs macOS 26: %w", ErrUnsupported)
	}
	return ask(p, func(s *scope) Size { return s.pipelineRequiredThreadsPerThreadgroup(p.id) })
}

func (p *ComputePipelineState) acquire() error {
	if p == nil {
		return errNil("ComputePipelineState")
	}
	return p.object.acquire()
}

// SupportIndirectCommandBuffers says whether commands of an
// [IndirectCommandBuffer] may have the pipeline.
func (p *ComputePipelineState) SupportIndirectCommandBuffers() bool {
	if p == nil {
		return false
	}
	return p.indirect
}

// ThreadExecutionWidth returns the number of threads of a simdgroup.
func (p *ComputePipelineState) ThreadExecutionWidth() int {
	if p == nil {
		return 0
	}
	return p.executionWidth
}

// StaticThreadgroupMemoryLength returns the bytes of threadgroup memory that
// the kernel declares itself.
func (p *ComputePipelineState) StaticThreadgroupMemoryLength() int {
	if p == nil {
		return 0
	}
	return p.staticMemory
}

// GPUResourceID returns what stands for the pipeline in an argument buffer: a kernel
// that finds it there, as a compute_pipeline_state, gives it to the commands that it
// encodes. Whoever executes them keeps the pipeline alive. As with commands that the
// CPU encodes, the pipeline has to be made with SupportIndirectCommandBuffers; Metal
// does not say whether it has a number otherwise.
func (p *ComputePipelineState) GPUResourceID() (ResourceID, error) {
	if err := p.acquire(); err != nil {
		return 0, err
	}
	defer p.drop()
	if !p.indirect {
		return 0, badArgument("ComputePipelineState.GPUResourceID", "pipeline", "made without SupportIndirectCommandBuffers", "one that was made with it, by Device.NewComputePipelineStateWithDescriptor")
	}
	return ask(p, func(s *scope) ResourceID { return s.pipelineGPUResourceID(p.id) })
}

// Bindings returns what the kernel declares, by table and index, if the pipeline
// was made with [PipelineOptionBindingInfo], and nil otherwise. The slice is the
// caller's.
func (p *ComputePipelineState) Bindings() []Binding {
	if p == nil {
		return nil
	}
	return slices.Clone(p.bindings)
}
