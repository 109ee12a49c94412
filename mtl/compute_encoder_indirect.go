package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A ResourceUsage says what kernels do with a resource that is bound to no index
// (MTLResourceUsage).
type ResourceUsage uint64

// Resource usages, which may be combined by |.
const (
	ResourceUsageRead  ResourceUsage = 1
	ResourceUsageWrite ResourceUsage = 2
)

const allResourceUsages = ResourceUsageRead | ResourceUsageWrite

// A Resource is what an encoder may use without binding it: a [*Buffer] or an
// [*IndirectCommandBuffer] (MTLResource).
type Resource interface {
	Allocation
	resource() *object // nil of a nil pointer
}

func (b *Buffer) resource() *object {
	if b == nil {
		return nil
	}
	return &b.object
}

func (b *IndirectCommandBuffer) resource() *object {
	if b == nil {
		return nil
	}
	return &b.object
}

const (
	executionRangeLength    = 2 * 4 // MTLIndirectCommandBufferExecutionRange
	executionRangeAlignment = 4
	executionResources      = 256 // that one message names
)

// UseResources tells the encoder of resources that its dispatches reach without
// an index, through addresses in other buffers: they are in the GPU's reach from
// here on, and Metal orders their use among encoders by the usage. Metal keeps
// them alive. What commands of an indirect command buffer name need not be told:
// ExecuteCommands does it.
func (e *ComputeCommandEncoder) UseResources(usage ResourceUsage, resources ...Resource) {
	const method = "ComputeCommandEncoder.UseResources"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if usage == 0 || usage&^allResourceUsages != 0 {
		e.cb.fail(badArgument(method, "usage", uint64(usage), "%d (read), %d (write) or both", ResourceUsageRead, ResourceUsageWrite))
		return
	}
	if len(resources) == 0 {
		e.cb.fail(badArgument(method, "number of resources", 0, "at least 1"))
		return
	}
	for len(resources) > 0 {
		part := resources[:min(len(resources), len(e.ids))]
		resources = resources[len(part):]
		for i, r := range part {
			if !e.holdResource(method, r) {
				return
			}
			e.ids[i] = r.handle()
		}
		e.batch.useResources(e.id, e.ids[:len(part)], uint64(len(part)), usage)
	}
}

func (e *ComputeCommandEncoder) holdResource(method string, r Resource) bool {
	if r == nil {
		e.cb.fail(fmt.Errorf("mtl: %s: %w", method, ErrNil))
		return false
	}
	o := r.resource()
	if o == nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, r.acquireFor(e.cb.dev)))
		return false
	}
	return e.holdsObject(o) || e.holdObject(method, o)
}

// ExecuteCommands executes count commands of an indirect command buffer from
// index first on, at most 16384. Commands that do nothing are passed over. They
// run concurrently, whatever the encoder's dispatch type, in the order that
// their barriers give; to the other dispatches of the encoder they are one.
//
// The buffers that commands name are brought into the GPU's reach, as used for
// reading and writing. For commands that a kernel has encoded, the program does
// that, by UseResources or a residency set.
//
// Pipeline, buffers and threadgroup memory of the encoder have to be set again
// afterwards, but for what the commands inherit: Metal does not say what is left
// of them.
func (e *ComputeCommandEncoder) ExecuteCommands(commands *IndirectCommandBuffer, first, count int) {
	const method = "ComputeCommandEncoder.ExecuteCommands"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if !e.holdCommands(method, commands) {
		return
	}
	if !e.lockExecution(method, commands, first, count) {
		return
	}
	defer commands.mu.Unlock()
	if e.prepareExecution(method, commands) {
		e.batch.executeCommands(e.id, commands.id, objc.Range{Location: uint64(first), Length: uint64(count)})
		e.afterExecution(commands)
	}
}

// ExecuteCommandsIndirect is ExecuteCommands for the commands that two uint32 in
// a buffer say, index and count, at an offset that is a multiple of 4, when the
// GPU gets there. Metal keeps the buffer alive.
func (e *ComputeCommandEncoder) ExecuteCommandsIndirect(commands *IndirectCommandBuffer, buffer *Buffer, offset int) {
	const method = "ComputeCommandEncoder.ExecuteCommandsIndirect"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if !e.holdCommands(method, commands) {
		return
	}
	if !e.holds(buffer, offset, executionRangeLength) && !e.hold(method, buffer, offset, executionRangeLength) {
		return
	}
	if offset%executionRangeAlignment != 0 {
		e.cb.fail(badArgument(method, "offset", offset, "a multiple of %d", executionRangeAlignment))
		return
	}
	if err := commands.lock(method); err != nil {
		e.cb.fail(err)
		return
	}
	defer commands.mu.Unlock()
	if e.prepareExecution(method, commands) {
		e.batch.executeCommandsIndirect(e.id, commands.id, buffer.id, uint64(offset))
		e.afterExecution(commands)
	}
}

func (e *encoder) holdCommands(method string, commands *IndirectCommandBuffer) bool {
	if commands == nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, errNil("IndirectCommandBuffer")))
		return false
	}
	return e.holdsObject(&commands.object) || e.holdObject(method, &commands.object)
}

// lockExecution checks which commands are executed, and locks them, unless it fails.
func (e *encoder) lockExecution(method string, commands *IndirectCommandBuffer, first, count int) bool {
	if err := commands.checkCommands(method, first, count); err != nil {
		e.cb.fail(err)
		return false
	}
	if count > MaxIndirectCommandsExecuted {
		e.cb.fail(badArgument(method, "count", count, "at most %d at once", MaxIndirectCommandsExecuted))
		return false
	}
	if err := commands.lock(method); err != nil {
		e.cb.fail(err)
		return false
	}
	if err := commands.checkOptimized(method, first, count); err != nil {
		commands.mu.Unlock()
		e.cb.fail(err)
		return false
	}
	return true
}

// checkInherited checks the pipeline that commands inherit.
func (e *kernelEncoder) checkInherited(method string, commands *IndirectCommandBuffer) bool {
	switch inherits := commands.layout.InheritPipelineState; {
	case inherits && e.pipeline == nil:
		e.cb.fail(badArgument(method, "pipeline", "nil", "SetComputePipelineState before commands that inherit it"))
		return false
	case inherits && !e.pipeline.indirect:
		e.cb.fail(badArgument(method, "pipeline", "made without SupportIndirectCommandBuffers", "one that was made with it, as commands inherit it"))
		return false
	}
	return true
}

// prepareExecution checks what the commands inherit, and brings what they name
// into reach.
func (e *ComputeCommandEncoder) prepareExecution(method string, commands *IndirectCommandBuffer) bool {
	if !e.checkInherited(method, commands) {
		return false
	}
	// Whoever changes the commands before the messages are sent does not take from
	// them what they name.
	buffers, ids := commands.buffers.all()
	for _, b := range buffers {
		e.held.share(&b.object)
	}
	for len(ids) > 0 {
		part := ids[:min(len(ids), executionResources)]
		ids = ids[len(part):]
		e.batch.useResources(e.id, part, uint64(len(part)), allResourceUsages)
	}
	// An indirect command buffer keeps no pipeline alive, and a command buffer
	// those that were set.
	pipelines, ids := commands.pipelines.all()
	for i, id := range ids {
		e.held.share(&pipelines[i].object)
		e.batch.setComputePipelineState(e.id, id)
	}
	return true
}

func (e *ComputeCommandEncoder) afterExecution(commands *IndirectCommandBuffer) {
	e.kernelEncoder.afterExecution(commands)
	if !commands.layout.InheritBuffers {
		e.bound, e.bytes = [MaxBufferBindings]BufferRange{}, [MaxBufferBindings]int{}
	}
}

func (e *kernelEncoder) afterExecution(commands *IndirectCommandBuffer) {
	if !commands.layout.InheritPipelineState {
		e.pipeline = nil
	}
	e.dynamic, e.dynamicMemory = [MaxThreadgroupMemoryBindings]int{}, 0
}
