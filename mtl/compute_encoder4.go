package mtl

import (
	"fmt"
	"slices"

	"github.com/tqmetal/tqmetal/objc"
)

const indirectThreadsLength = 6 * 4 // MTLDispatchThreadsIndirectArguments

// A ComputeCommandEncoder4 encodes dispatches, copies and fills
// (MTL4ComputeCommandEncoder). It belongs to the goroutine of its scope and ends with
// it. The first error is kept: later calls do nothing, Err returns it, and the scope
// fails.
//
// Nothing that it encodes has an order, whatever it uses: all dispatches, copies and
// fills of an encoder, and of encoders that follow each other, may run at the same time.
// Order comes from [ComputeCommandEncoder4.BarrierAfterEncoderStages] within an
// encoder, from the barriers of the queue's stages and from fences between encoders,
// and from events between queues.
//
// Its methods cost some nanoseconds each, as those of [ComputeCommandEncoder] do.
type ComputeCommandEncoder4 struct {
	kernelEncoder
	claims     []tableClaim // the argument tables that were set
	claimsRoom [4]tableClaim
	current    int // of the claims, the one that is set; -1: none
}

// A tableClaim is an argument table in an encoder.
type tableClaim struct {
	table *ArgumentTable
	lost  uint32 // the indexes, by bit, whose buffers were released before
}

var encoder4 = encoderMessages{
	endEncoding: (*batch).endEncoding4, setLabel: (*call).setEncoder4Label,
	pushGroup: (*call).pushDebugGroup4, popGroup: (*call).popDebugGroup4, signpost: (*call).insertDebugSignpost4,
}

// Nothing is what a dispatch without an argument table has.
var (
	noBuffers [MaxBufferBindings]BufferRange
	noBytes   [MaxBufferBindings]int
)

// Compute runs encode with a compute encoder and ends it. It returns the error of
// encode, or the first that the encoder recorded; the scope of the command buffer fails
// with it in any case.
func (cb *CommandBuffer4) Compute(encode func(*ComputeCommandEncoder4) error) error {
	if cb == nil {
		return errNil("CommandBuffer4")
	}
	if encode == nil {
		return cb.refuse(badArgument("CommandBuffer4.Compute", "function", "nil", "a function"))
	}
	id, err := cb.begin("ComputeCommandEncoder4", func() objc.ID { return cb.scope.computeCommandEncoder4(cb.id) })
	if err != nil {
		return err
	}
	e := &ComputeCommandEncoder4{kernelEncoder: kernelEncoder{encoder: newEncoder(&cb.recording, id, &encoder4)}, current: -1}
	e.claims = e.claimsRoom[:0]
	defer e.letGo()
	return e.run(func() error { return encode(e) })
}

// letGo gives the argument tables back.
func (e *ComputeCommandEncoder4) letGo() {
	for i := range e.claims {
		e.claims[i].table.letGo(e)
	}
}

// Err returns the first error of this encoder or its command buffer.
func (e *ComputeCommandEncoder4) Err() error {
	if e == nil {
		return errNil("ComputeCommandEncoder4")
	}
	return e.cb.Err()
}

// Device returns the device that the work is for. It is not the caller's to release.
func (e *ComputeCommandEncoder4) Device() *Device {
	if e == nil {
		return nil
	}
	return e.cb.dev
}

// SetLabel names the encoder in Metal's messages and in its debugger.
func (e *ComputeCommandEncoder4) SetLabel(label string) {
	if e != nil {
		e.setLabel("ComputeCommandEncoder4.SetLabel", label)
	}
}

// PushDebugGroup begins a group that Metal's debugger shows what follows in, until
// PopDebugGroup.
func (e *ComputeCommandEncoder4) PushDebugGroup(name string) {
	if e != nil {
		e.pushDebugGroup("ComputeCommandEncoder4.PushDebugGroup", name)
	}
}

// PopDebugGroup ends the group that was begun last in this encoder.
func (e *ComputeCommandEncoder4) PopDebugGroup() {
	if e != nil {
		e.popDebugGroup("ComputeCommandEncoder4.PopDebugGroup")
	}
}

// InsertDebugSignpost marks a place in Metal's debugger.
func (e *ComputeCommandEncoder4) InsertDebugSignpost(name string) {
	if e != nil {
		e.debugText("ComputeCommandEncoder4.InsertDebugSignpost", name, e.says.signpost)
	}
}

// Stages returns the kinds of what was encoded so far: 0 for nothing.
func (e *ComputeCommandEncoder4) Stages() Stages {
	if e == nil || !e.enter("ComputeCommandEncoder4.Stages") {
		return 0
	}
	defer e.cb.leave()
	return e.cb.scope.encoderStages(e.id)
}

// SetComputePipelineState sets the kernel of the dispatches that follow.
func (e *ComputeCommandEncoder4) SetComputePipelineState(pipeline *ComputePipelineState) {
	if e != nil && e.setPipeline("ComputeCommandEncoder4.SetComputePipelineState", pipeline) {
		e.batch.setComputePipelineState4(e.id, pipeline.id)
	}
}

// SetThreadgroupMemoryLength gives each threadgroup that many bytes, a multiple of 16,
// at a threadgroup memory index below 31.
func (e *ComputeCommandEncoder4) SetThreadgroupMemoryLength(length, index int) {
	if e != nil && e.setThreadgroupMemory("ComputeCommandEncoder4.SetThreadgroupMemoryLength", length, index) {
		e.batch.setThreadgroupMemoryLength4(e.id, uint64(length), uint64(index))
	}
}

// SetArgumentTable sets where the dispatches that follow have their buffers from. What
// the table has is looked at by each of them. One that another encoder has changed is
// refused with [ErrInUse] until that encoder has ended.
func (e *ComputeCommandEncoder4) SetArgumentTable(table *ArgumentTable) {
	const method = "ComputeCommandEncoder4.SetArgumentTable"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if table == nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, errNil("ArgumentTable")))
		return
	}
	if !e.holdsObject(&table.object) && !e.holdObject(method, &table.object) {
		return
	}
	if e.current >= 0 && e.claims[e.current].table == table {
		return
	}
	i := slices.IndexFunc(e.claims, func(c tableClaim) bool { return c.table == table })
	if i < 0 {
		if err := table.claim(method, e); err != nil {
			e.cb.fail(err)
			return
		}
		i = len(e.claims)
		e.claims = append(e.claims, tableClaim{table, e.holdTable(table)})
	}
	e.current = i
	e.batch.setArgumentTable(e.id, table.id)
}

// holdTable keeps the buffers of a table in use, and returns the indexes, by bit, of
// those that are released.
func (e *ComputeCommandEncoder4) holdTable(table *ArgumentTable) (lost uint32) {
	for index := range table.bound[:table.count] {
		b := table.bound[index].Buffer
		if b != nil && !e.holdsObject(&b.object) && e.held.add(&b.object, e.cb.dev) != nil {
			lost |= 1 << index
		}
	}
	return lost
}

// found notes that a table has another buffer at an index.
func (e *ComputeCommandEncoder4) found(table *ArgumentTable, index int) {
	for i := range e.claims {
		if c := &e.claims[i]; c.table == table {
			c.lost &^= 1 << index
		}
	}
}

// checkArguments checks what the argument table has for a dispatch, and one threadgroup.
func (e *ComputeCommandEncoder4) checkThreadgroup(method string, size Size) bool {
	if !e.checkPipeline(method) {
		return false
	}
	if e.current < 0 {
		return e.checkDispatch(method, size, &noBuffers, &noBytes)
	}
	c := &e.claims[e.current]
	return e.checkLost(method, c) && e.checkDispatch(method, size, &c.table.bound, &noBytes)
}

// checkLost refuses a buffer of the table that was released: any, unless the pipeline
// knows which ones its kernel uses.
func (e *ComputeCommandEncoder4) checkLost(method string, c *tableClaim) bool {
	if c.lost == 0 {
		return true
	}
	for index := range c.table.count {
		if c.lost&(1<<index) == 0 || e.pipeline != nil && len(e.pipeline.bindings) > 0 && !e.pipeline.usesBuffer(index) {
			continue
		}
		e.cb.fail(fmt.Errorf("mtl: %s: the buffer at index %d of the argument table: %w", method, index, ErrReleased))
		return false
	}
	return true
}

func (p *ComputePipelineState) usesBuffer(index int) bool {
	return slices.ContainsFunc(p.bindings, func(b Binding) bool {
		return b.Used && b.Argument && b.Type == BindingTypeBuffer && b.Index == index
	})
}

// DispatchThreadgroups runs threadgroups of equal size.
func (e *ComputeCommandEncoder4) DispatchThreadgroups(threadgroups, threadsPerThreadgroup Size) {
	const method = "ComputeCommandEncoder4.DispatchThreadgroups"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if e.checkThreadgroup(method, threadsPerThreadgroup) && e.checkGrid(method, "threadgroups", threadgroups, threadsPerThreadgroup) {
		e.batch.dispatchThreadgroups4(e.id, threadgroups, threadsPerThreadgroup)
	}
}

// DispatchThreads runs exactly that many threads; threadgroups at the edge of the grid
// are smaller where it does not divide.
func (e *ComputeCommandEncoder4) DispatchThreads(threads, threadsPerThreadgroup Size) {
	const method = "ComputeCommandEncoder4.DispatchThreads"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if e.checkNonUniform(method) && e.checkThreadgroup(method, threadsPerThreadgroup) && e.checkGrid(method, "threads", threads, Size{1, 1, 1}) {
		e.batch.dispatchThreads4(e.id, threads, threadsPerThreadgroup)
	}
}

// DispatchThreadgroupsIndirect runs as many threadgroups as three uint32 in the buffer
// say, at an offset that is a multiple of 4, when the GPU gets there. The buffer has to
// be resident.
func (e *ComputeCommandEncoder4) DispatchThreadgroupsIndirect(buffer *Buffer, offset int, threadsPerThreadgroup Size) {
	const method = "ComputeCommandEncoder4.DispatchThreadgroupsIndirect"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if !e.checkThreadgroup(method, threadsPerThreadgroup) {
		return
	}
	if address, ok := e.address(method, buffer, offset, indirectArgumentsLength); ok {
		e.batch.dispatchThreadgroupsAtAddress(e.id, address, threadsPerThreadgroup)
	}
}

// DispatchThreadsIndirect runs as many threads as three uint32 in the buffer say, in
// threadgroups of the size that the next three say, at an offset that is a multiple of 4,
// when the GPU gets there. What stands there has to fit the pipeline's limits, which
// nobody checks. The buffer has to be resident.
func (e *ComputeCommandEncoder4) DispatchThreadsIndirect(buffer *Buffer, offset int) {
	const method = "ComputeCommandEncoder4.DispatchThreadsIndirect"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if !e.checkNonUniform(method) || !e.checkThreadgroup(method, Size{1, 1, 1}) {
		return
	}
	if address, ok := e.address(method, buffer, offset, indirectThreadsLength); ok {
		e.batch.dispatchThreadsAtAddress(e.id, address)
	}
}

// address holds a buffer and returns where n bytes at an offset lie for the GPU.
func (e *ComputeCommandEncoder4) address(method string, buffer *Buffer, offset, n int) (uint64, bool) {
	if !e.holds(buffer, offset, n) && !e.hold(method, buffer, offset, n) {
		return 0, false
	}
	if offset%indirectAlignment != 0 {
		e.cb.fail(badArgument(method, "offset", offset, "a multiple of %d", indirectAlignment))
		return 0, false
	}
	address, err := buffer.address(method)
	if err != nil {
		e.cb.fail(err)
		return 0, false
	}
	return address + uint64(offset), true
}

// address returns the buffer's GPU address, which is asked for once.
func (b *Buffer) address(method string) (uint64, error) {
	if a := b.gpuAddress.Load(); a != 0 {
		return a, nil
	}
	s := b.fw.begin()
	defer s.end()
	a := s.bufferGPUAddress(b.id)
	if a == 0 {
		return 0, b.fw.failed(method+": the GPU address of a buffer", 0)
	}
	b.gpuAddress.Store(a)
	return a, nil
}

// ExecuteCommands executes count commands of an indirect command buffer from index
// first on, at most 16384. Commands that do nothing are passed over. They run
// concurrently, in the order that their barriers give; to the other commands of the
// encoder they are one dispatch.
//
// The indirect command buffer, and the buffers and pipelines that its commands name,
// have to be in a residency set: [ResidencySet.Add] takes them all. They are kept until
// the work is done. What commands inherit comes from the pipeline and the argument table
// that are set; pipeline and threadgroup memory have to be set again afterwards, but for
// an inherited pipeline, as Metal does not say what is left of them.
func (e *ComputeCommandEncoder4) ExecuteCommands(commands *IndirectCommandBuffer, first, count int) {
	const method = "ComputeCommandEncoder4.ExecuteCommands"
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
		e.batch.executeCommands4(e.id, commands.id, objc.Range{Location: uint64(first), Length: uint64(count)})
		e.afterExecution(commands)
	}
}

// ExecuteCommandsIndirect is ExecuteCommands for the commands that two uint32 in a
// buffer say, index and count, at an offset that is a multiple of 4, when the GPU gets
// there. The buffer has to be resident.
func (e *ComputeCommandEncoder4) ExecuteCommandsIndirect(commands *IndirectCommandBuffer, buffer *Buffer, offset int) {
	const method = "ComputeCommandEncoder4.ExecuteCommandsIndirect"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if !e.holdCommands(method, commands) {
		return
	}
	address, ok := e.address(method, buffer, offset, executionRangeLength)
	if !ok {
		return
	}
	if err := commands.lock(method); err != nil {
		e.cb.fail(err)
		return
	}
	defer commands.mu.Unlock()
	if e.prepareExecution(method, commands) {
		e.batch.executeCommandsAtAddress(e.id, commands.id, address)
		e.afterExecution(commands)
	}
}

// prepareExecution checks what the commands inherit, and keeps what they name.
func (e *ComputeCommandEncoder4) prepareExecution(method string, commands *IndirectCommandBuffer) bool {
	if !e.checkInherited(method, commands) {
		return false
	}
	if e.current >= 0 && commands.layout.InheritBuffers && !e.checkLost(method, &e.claims[e.current]) {
		return false
	}
	buffers, _ := commands.buffers.all()
	for _, b := range buffers {
		e.held.share(&b.object)
	}
	pipelines, _ := commands.pipelines.all()
	for _, p := range pipelines {
		e.held.share(&p.object)
	}
	return true
}

// Copy copies size bytes from one buffer to another, or within one without overlap.
// Offsets and size are multiples of 4. Both buffers have to be resident.
func (e *ComputeCommandEncoder4) Copy(source, destination BufferRange, size int) {
	if e != nil && e.checkCopy("ComputeCommandEncoder4.Copy", source, destination, size) {
		e.batch.copyBuffer4(e.id, source.Buffer.id, uint64(source.Offset), destination.Buffer.id, uint64(destination.Offset), uint64(size))
	}
}

// Fill sets length bytes of a buffer to a value. Offset and length are multiples of 4.
// The buffer has to be resident.
func (e *ComputeCommandEncoder4) Fill(r BufferRange, length int, value byte) {
	if e != nil && e.checkFill("ComputeCommandEncoder4.Fill", r, length) {
		e.batch.fillBuffer4(e.id, r.Buffer.id, objc.Range{Location: uint64(r.Offset), Length: uint64(length)}, value)
	}
}

// ResetCommands turns count commands of an indirect command buffer from index first on
// into commands that do nothing, when the GPU gets there.
func (e *ComputeCommandEncoder4) ResetCommands(commands *IndirectCommandBuffer, first, count int) {
	if e != nil {
		e.resetCommands("ComputeCommandEncoder4.ResetCommands", commands, first, count, (*batch).resetCommands4)
	}
}

// CopyIndirectCommandBuffer is [BlitCommandEncoder.CopyIndirectCommandBuffer].
func (e *ComputeCommandEncoder4) CopyIndirectCommandBuffer(source *IndirectCommandBuffer, first, count int, destination *IndirectCommandBuffer, index int) {
	if e != nil {
		e.copyCommands("ComputeCommandEncoder4.CopyIndirectCommandBuffer", source, first, count, destination, index, (*batch).copyIndirectCommandBuffer4)
	}
}

// OptimizeIndirectCommandBuffer is [BlitCommandEncoder.OptimizeIndirectCommandBuffer].
func (e *ComputeCommandEncoder4) OptimizeIndirectCommandBuffer(commands *IndirectCommandBuffer, first, count int) {
	if e != nil {
		e.optimizeCommands("ComputeCommandEncoder4.OptimizeIndirectCommandBuffer", commands, first, count, (*batch).optimizeIndirectCommandBuffer4)
	}
}
