package mtl

import (
	"fmt"
	"math"
	"runtime"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/objc"
)

// An IndirectComputeCommand is one command of an indirect command buffer while
// [IndirectCommandBuffer.Encode] writes it (MTLIndirectComputeCommand). It
// belongs to the goroutine that runs Encode. The first error is kept: later
// calls do nothing, Err returns it, and Encode fails.
type IndirectComputeCommand struct {
	buffer  *IndirectCommandBuffer
	command *indirectCommand
	scope   *scope
	id      objc.ID
	index   int

	busy          atomic.Bool
	ended         bool // guarded by busy
	err           atomic.Pointer[error]
	dispatched    bool
	dynamic       [MaxThreadgroupMemoryBindings]int
	dynamicMemory int // sum of dynamic
}

// Encode calls encode for each of count commands, from index first on, and
// writes what it sets. Each command begins as one that does nothing, whatever it
// was before, and is complete with its dispatch: one without stays a command
// that does nothing. The goroutine is locked to its thread meanwhile.
//
// At the first error, of encode or of a method of the command, Encode stops. The
// command with the error does nothing then, and those before it are encoded.
//
// No work that executes the commands may be under way.
func (b *IndirectCommandBuffer) Encode(first, count int, encode func(command *IndirectComputeCommand, index int) error) error {
	const method = "IndirectCommandBuffer.Encode"
	if err := b.acquire(); err != nil {
		return err
	}
	defer b.drop()
	if encode == nil {
		return badArgument(method, "function", "nil", "a function")
	}
	if err := b.checkCommands(method, first, count); err != nil {
		return err
	}
	if err := b.checkShared(method); err != nil {
		return err
	}
	if err := b.lock(method); err != nil {
		return err
	}
	b.encoding = true
	b.mu.Unlock()
	s := b.fw.begin()
	defer s.end()
	c := &IndirectComputeCommand{buffer: b, scope: s}
	defer c.end()
	for i := first; i < first+count; i++ {
		if err := c.write(i, encode); err != nil {
			return fmt.Errorf("mtl: %s: command %d: %w", method, i, err)
		}
	}
	return nil
}

// write has one command encoded.
func (c *IndirectComputeCommand) write(index int, encode func(*IndirectComputeCommand, int) error) error {
	b := c.buffer
	if err := c.open(index); err != nil {
		return err
	}
	written := false
	defer func() {
		if !written { // by an error, or a panic that goes on
			c.wait()
			defer c.leave()
			b.forget(index)
			c.scope.resetIndirectCommand(c.id)
		}
	}()
	if err := encode(c, index); err != nil {
		return err
	}
	if err := c.Err(); err != nil {
		return err
	}
	written = true
	return nil
}

// open begins a command. Metal wants one that was encoded to be reset before it
// is encoded anew.
func (c *IndirectComputeCommand) open(index int) error {
	b := c.buffer
	id := c.scope.indirectComputeCommandAtIndex(b.id, uint64(index)) // lives in the pool of the scope
	if id == 0 {
		return b.fw.failed("MTLIndirectComputeCommand", 0)
	}
	c.id, c.index = id, index
	c.dispatched, c.dynamic, c.dynamicMemory = false, [MaxThreadgroupMemoryBindings]int{}, 0
	c.command = b.commands[index]
	if c.command == nil {
		c.command = &indirectCommand{buffers: make([]*Buffer, b.layout.MaxKernelBufferBindCount)}
		b.commands[index] = c.command
	} else {
		c.scope.resetIndirectCommand(id)
		b.forget(index)
	}
	b.forgetOptimized(index, 1)
	return nil
}

// Err returns the first error of the commands of this Encode.
func (c *IndirectComputeCommand) Err() error {
	if c == nil {
		return errNil("IndirectComputeCommand")
	}
	if err := c.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (c *IndirectComputeCommand) fail(err error) { c.err.CompareAndSwap(nil, &err) }

// enter begins a method; when it returns true, leave ends it.
func (c *IndirectComputeCommand) enter(method string) bool {
	if !c.busy.CompareAndSwap(false, true) {
		c.fail(fmt.Errorf("mtl: %s: %w", method, ErrConcurrentUse))
		return false
	}
	if c.ended {
		c.fail(fmt.Errorf("mtl: %s: %w", method, ErrEnded))
	}
	if c.err.Load() != nil {
		c.leave()
		return false
	}
	return true
}

func (c *IndirectComputeCommand) leave() { c.busy.Store(false) }

// Index returns the index of the command.
func (c *IndirectComputeCommand) Index() int { return c.index }

// SetComputePipelineState sets the kernel of the command, which has to be made
// with SupportIndirectCommandBuffers. The indirect command buffer keeps the
// pipeline alive.
func (c *IndirectComputeCommand) SetComputePipelineState(pipeline *ComputePipelineState) {
	const method = "IndirectComputeCommand.SetComputePipelineState"
	if c == nil || !c.enter(method) {
		return
	}
	defer c.leave()
	b := c.buffer
	if b.layout.InheritPipelineState {
		c.fail(badArgument(method, "pipeline", "set", "none: with InheritPipelineState it is the encoder's"))
		return
	}
	if err := b.pipelines.add(pipeline, b.dev); err != nil {
		c.fail(err)
		return
	}
	if !pipeline.indirect {
		b.pipelines.drop(pipeline)
		c.fail(badArgument(method, "pipeline", "made without SupportIndirectCommandBuffers", "one that was made with it, by Device.NewComputePipelineStateWithDescriptor"))
		return
	}
	if c.command.pipeline != nil {
		b.pipelines.drop(c.command.pipeline)
	}
	c.command.pipeline = pipeline
	c.scope.setIndirectComputePipelineState(c.id, pipeline.id)
}

// SetKernelBuffer binds a buffer from an offset in bytes to a kernel's buffer
// index, below the descriptor's MaxKernelBufferBindCount. What is said of
// [ComputeCommandEncoder.SetBuffer] holds here too. The indirect command buffer
// keeps the buffer alive.
func (c *IndirectComputeCommand) SetKernelBuffer(buffer *Buffer, offset, index int) {
	const method = "IndirectComputeCommand.SetKernelBuffer"
	if c == nil || !c.enter(method) {
		return
	}
	defer c.leave()
	b := c.buffer
	if limit := len(c.command.buffers); b.layout.InheritBuffers {
		c.fail(badArgument(method, "buffer", "set", "none: with InheritBuffers it is the encoder's"))
		return
	} else if index < 0 || index >= limit {
		c.fail(badArgument(method, "index", index, "0 to %d, as the descriptor's MaxKernelBufferBindCount says", limit-1))
		return
	}
	if err := b.buffers.add(buffer, b.dev); err != nil {
		c.fail(fmt.Errorf("%s: %w", method, err))
		return
	}
	if offset < 0 || offset >= buffer.length {
		b.buffers.drop(buffer)
		c.fail(badArgument(method, "offset", offset, "0 to %d in a buffer of %d bytes", buffer.length-1, buffer.length))
		return
	}
	if old := c.command.buffers[index]; old != nil {
		b.buffers.drop(old)
	}
	c.command.buffers[index] = buffer
	c.scope.setKernelBuffer(c.id, buffer.id, uint64(offset), uint64(index))
}

// SetThreadgroupMemoryLength gives each threadgroup that many bytes, a multiple
// of 16, at a threadgroup memory index below the descriptor's
// MaxKernelThreadgroupMemoryBindCount.
func (c *IndirectComputeCommand) SetThreadgroupMemoryLength(length, index int) {
	const method = "IndirectComputeCommand.SetThreadgroupMemoryLength"
	if c == nil || !c.enter(method) {
		return
	}
	defer c.leave()
	indexes, limit := c.buffer.layout.MaxKernelThreadgroupMemoryBindCount, c.buffer.dev.limits.MaxThreadgroupMemoryLength
	switch {
	case index < 0 || index >= indexes:
		c.fail(badArgument(method, "index", index, "below %d, as the descriptor's MaxKernelThreadgroupMemoryBindCount says", indexes))
	case length < 1 || length > limit:
		c.fail(badArgument(method, "length", length, "1 to %d bytes", limit))
	case length%threadgroupMemoryAlignment != 0:
		c.fail(badArgument(method, "length", length, "a multiple of %d", threadgroupMemoryAlignment))
	default:
		c.dynamicMemory += length - c.dynamic[index]
		c.dynamic[index] = length
		c.scope.setIndirectThreadgroupMemoryLength(c.id, uint64(length), uint64(index))
	}
}

// SetBarrier makes this command wait until those before it are complete, of the
// commands that are executed with it. The barrier is this command's alone: one
// behind it that has none does not wait.
func (c *IndirectComputeCommand) SetBarrier() {
	if c == nil || !c.enter("IndirectComputeCommand.SetBarrier") {
		return
	}
	defer c.leave()
	c.scope.setIndirectBarrier(c.id)
}

// ClearBarrier takes SetBarrier back.
func (c *IndirectComputeCommand) ClearBarrier() {
	if c == nil || !c.enter("IndirectComputeCommand.ClearBarrier") {
		return
	}
	defer c.leave()
	c.scope.clearIndirectBarrier(c.id)
}

// ConcurrentDispatchThreadgroups makes the command a dispatch of threadgroups of
// equal size. It comes last: pipeline and threadgroup memory are set before.
func (c *IndirectComputeCommand) ConcurrentDispatchThreadgroups(threadgroups, threadsPerThreadgroup Size) {
	const method = "IndirectComputeCommand.ConcurrentDispatchThreadgroups"
	if c == nil || !c.enter(method) {
		return
	}
	defer c.leave()
	err := c.checkDispatch(method, IndirectCommandTypeConcurrentDispatch, threadsPerThreadgroup)
	if err == nil {
		err = checkGrid(method, "threadgroups", threadgroups, threadsPerThreadgroup)
	}
	if err != nil {
		c.fail(err)
		return
	}
	c.dispatched = true
	c.scope.concurrentDispatchThreadgroups(c.id, threadgroups, threadsPerThreadgroup)
}

// ConcurrentDispatchThreads makes the command a dispatch of exactly that many
// threads; see [ComputeCommandEncoder.DispatchThreads]. It comes last: pipeline
// and threadgroup memory are set before.
func (c *IndirectComputeCommand) ConcurrentDispatchThreads(threads, threadsPerThreadgroup Size) {
	const method = "IndirectComputeCommand.ConcurrentDispatchThreads"
	if c == nil || !c.enter(method) {
		return
	}
	defer c.leave()
	if !c.buffer.dev.nonUniformSizes {
		c.fail(fmt.Errorf("mtl: %s needs GPU family Apple4 or Mac2: %w", method, ErrUnsupported))
		return
	}
	err := c.checkDispatch(method, IndirectCommandTypeConcurrentDispatchThreads, threadsPerThreadgroup)
	if err == nil {
		err = checkGrid(method, "threads", threads, Size{1, 1, 1})
	}
	if err != nil {
		c.fail(err)
		return
	}
	c.dispatched = true
	c.scope.concurrentDispatchThreads(c.id, threads, threadsPerThreadgroup)
}

// checkDispatch checks what does not depend on the grid.
func (c *IndirectComputeCommand) checkDispatch(method string, kind IndirectCommandType, size Size) error {
	b := c.buffer
	switch {
	case b.layout.CommandTypes&kind == 0:
		return badArgument(method, "type", uint64(kind), "one of the descriptor's CommandTypes, %d", uint64(b.layout.CommandTypes))
	case c.dispatched:
		return badArgument(method, "number of dispatches", 2, "one a command")
	}
	limits := threadgroupLimits{device: &b.dev.limits, threads: math.MaxInt, dynamic: c.dynamicMemory}
	if !b.layout.InheritPipelineState {
		if c.command.pipeline == nil {
			return badArgument(method, "pipeline", "nil", "SetComputePipelineState before the dispatch")
		}
		limits.threads, limits.static = c.command.pipeline.maxThreads, c.command.pipeline.staticMemory
	}
	return limits.check(method, size)
}

// wait waits for a second goroutine that is inside a method, which is a misuse
// that enter has reported.
func (c *IndirectComputeCommand) wait() {
	for !c.busy.CompareAndSwap(false, true) {
		runtime.Gosched()
	}
}

// end makes every later use an error.
func (c *IndirectComputeCommand) end() {
	c.wait()
	c.ended = true
	c.leave()
	b := c.buffer
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.encoding = false; b.abandoned {
		b.forgetAll()
	}
}
