package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A PipelineOption asks for reflection beside a pipeline (MTLPipelineOption).
type PipelineOption uint64

// PipelineOptionNone asks for no reflection.
const PipelineOptionNone PipelineOption = 0

// A ComputePipelineDescriptor says how a kernel becomes a pipeline
// (MTLComputePipelineDescriptor).
type ComputePipelineDescriptor struct {
	Function *Function // the kernel
	Label    string    // a name for Metal's messages and its debugger
	// MaxTotalThreadsPerThreadgroup promises that no threadgroup has more
	// threads, so that the compiler may use more registers. Zero: no promise.
	MaxTotalThreadsPerThreadgroup int
	// ThreadGroupSizeIsMultipleOfThreadExecutionWidth promises that all
	// threadgroups are made of whole simdgroups.
	ThreadGroupSizeIsMultipleOfThreadExecutionWidth bool
	// SupportIndirectCommandBuffers lets commands of an [IndirectCommandBuffer]
	// have the pipeline.
	SupportIndirectCommandBuffers bool
}

// A ComputePipelineState is a kernel compiled for a device
// (MTLComputePipelineState). It may be used from any goroutine; the owner
// releases it.
type ComputePipelineState struct {
	object
	maxThreads     int
	executionWidth int
	staticMemory   int
	indirect       bool // commands of indirect command buffers may have it
}

// NewComputePipelineState compiles a kernel for the device. It does not need
// the function afterwards. The caller releases the pipeline.
func (d *Device) NewComputePipelineState(function *Function) (*ComputePipelineState, error) {
	return d.makePipeline("Device.NewComputePipelineState", function, func(s *scope) (objc.ID, objc.ID, error) {
		id, nsError := s.newComputePipelineState(d.id, function.id)
		return id, nsError, nil
	})
}

// NewComputePipelineStateWithDescriptor compiles a kernel as the descriptor
// says. The caller releases the pipeline.
func (d *Device) NewComputePipelineStateWithDescriptor(descriptor ComputePipelineDescriptor) (*ComputePipelineState, error) {
	const method = "Device.NewComputePipelineStateWithDescriptor"
	return d.makePipeline(method, descriptor.Function, func(s *scope) (id, nsError objc.ID, err error) {
		limit := d.limits.MaxThreadsPerThreadgroup.Width
		if n := descriptor.MaxTotalThreadsPerThreadgroup; n < 0 || n > limit {
			return 0, 0, badArgument(method, "MaxTotalThreadsPerThreadgroup", n, "0 to %d", limit)
		}
		object := s.newComputePipelineDescriptor(d.fw.pipelineDescriptor)
		if object == 0 {
			return 0, 0, d.fw.failed("MTLComputePipelineDescriptor", 0)
		}
		defer d.fw.foundation.Release(object)
		s.setComputeFunction(object, descriptor.Function.id)
		if descriptor.Label != "" {
			if err := s.withString(descriptor.Label, func(text objc.ID) { s.setPipelineLabel(object, text) }); err != nil {
				return 0, 0, fmt.Errorf("mtl: %s: Label: %w", method, err)
			}
		}
		if n := descriptor.MaxTotalThreadsPerThreadgroup; n > 0 {
			s.setPipelineMaxTotalThreadsPerThreadgroup(object, uint64(n))
		}
		s.setThreadGroupSizeIsMultiple(object, descriptor.ThreadGroupSizeIsMultipleOfThreadExecutionWidth)
		if descriptor.SupportIndirectCommandBuffers {
			s.setPipelineSupportIndirectCommandBuffers(object, true)
		}
		id, nsError = s.newComputePipelineStateWithDescriptor(d.id, object, PipelineOptionNone, 0)
		return id, nsError, nil
	})
}

func (d *Device) makePipeline(method string, function *Function, send func(*scope) (id, nsError objc.ID, err error)) (*ComputePipelineState, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if err := function.acquireFor(d); err != nil {
		return nil, err
	}
	defer function.drop()
	if function.functionType != FunctionTypeKernel {
		return nil, badArgument(method, fmt.Sprintf("type of function %q", function.name), int(function.functionType), "%d, a kernel", FunctionTypeKernel)
	}
	s := d.fw.begin()
	defer s.end()
	id, nsError, err := send(s)
	if err != nil {
		return nil, err
	}
	if id == 0 {
		return nil, d.fw.failed(fmt.Sprintf("%s: %q", method, function.name), nsError)
	}
	p := &ComputePipelineState{
		maxThreads:     int(s.pipelineMaxTotalThreadsPerThreadgroup(id)),
		executionWidth: int(s.pipelineThreadExecutionWidth(id)),
		staticMemory:   int(s.pipelineStaticThreadgroupMemoryLength(id)),
		indirect:       s.pipelineSupportIndirectCommandBuffers(id),
	}
	p.own("ComputePipelineState", d.fw, d, id)
	return p, nil
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
func (p *ComputePipelineState) MaxTotalThreadsPerThreadgroup() int { return p.maxThreads }

// SupportIndirectCommandBuffers says whether commands of an
// [IndirectCommandBuffer] may have the pipeline.
func (p *ComputePipelineState) SupportIndirectCommandBuffers() bool { return p.indirect }

// ThreadExecutionWidth returns the number of threads of a simdgroup.
func (p *ComputePipelineState) ThreadExecutionWidth() int { return p.executionWidth }

// StaticThreadgroupMemoryLength returns the bytes of threadgroup memory that
// the kernel declares itself.
func (p *ComputePipelineState) StaticThreadgroupMemoryLength() int { return p.staticMemory }
