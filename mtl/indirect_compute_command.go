package mtl

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/internal/goroutine"
	"github.com/tqmetal/tqmetal/objc"
)

// An IndirectComputeCommand is one command of an indirect command buffer while
// [IndirectCommandBuffer.Encode] writes it (MTLIndirectComputeCommand). It
// belongs to the goroutine that runs Encode: use in another one is an error that
// wraps [ErrConcurrentUse]. The first error is kept: later calls do nothing, Err
// returns it, and Encode fails.
//
// Its methods cost as little as those of an encoder: their messages wait until there
// are many of them or Encode returns.
type IndirectComputeCommand struct {
	buffer  *IndirectCommandBuffer
	command *indirectCommand
	pass    *pass
	id      objc.ID
	index   int

	// owner is home while the function of Encode runs, busy while Encode itself sends
	// messages, and 0 after an error and after the end, as in a CommandBuffer.
	owner atomic.Uintptr
	home  uintptr
	ended atomic.Bool
	err   atomic.Pointer[error]

	dispatched    bool
	dynamic       [MaxThreadgroupMemoryBindings]int
	dynamicMemory int // sum of dynamic

	ahead [commandsAhead]objc.ID // commands that were asked for
}

// commandsAhead is how many commands are asked for together. Asking is a message
// with an answer, which the messages of commands before can't wait for.
const commandsAhead = 32

// Encode calls encode for each of count commands, from index first on, and
// writes what it sets. Each command begins as one that does nothing, whatever it
// was before, and is complete with its dispatch: one without stays a command
// that does nothing. The goroutine is locked to its thread meanwhile.
//
// At the first error, of encode or of a method of the command, Encode stops. The
// command with the error does nothing then, and those before it are encoded.
//
// No work that executes the commands may be under way.
func (b *IndirectCommandBuffer) Encode(first, count int, encode func(command *IndirectComputeCommand, index int) error) (err error) {
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
	s, p := b.fw.beginPass(b.dev.eager.Load())
	defer s.endPass(p)
	c := &IndirectComputeCommand{buffer: b, pass: p, home: goroutine.Current(), index: first}
	c.owner.Store(busy)
	defer func() {
		if lost := c.end(s, first); err == nil && lost != nil {
			err = fmt.Errorf("mtl: %s: %w", method, lost)
		}
	}()
	b.makeBlocks(first, count)
	for i := first; i < first+count; i++ {
		n := (i - first) % commandsAhead
		if n == 0 {
			c.ask(s, i, min(first+count-i, commandsAhead))
		}
		if err := c.write(i, c.ahead[n], encode); err != nil {
			return fmt.Errorf("mtl: %s: command %d: %w", method, i, err)
		}
	}
	return nil
}

// ask asks for commands, which live in the pool of the scope.
func (c *IndirectComputeCommand) ask(s *scope, first, count int) {
	for i := range count {
		c.ahead[i] = s.indirectComputeCommandAtIndex(c.buffer.id, uint64(first+i))
	}
}

// write has one command encoded.
func (c *IndirectComputeCommand) write(index int, id objc.ID, encode func(*IndirectComputeCommand, int) error) error {
	b := c.buffer
	if id == 0 {
		return b.fw.failed("MTLIndirectComputeCommand", 0)
	}
	c.open(index, id)
	written := false
	defer func() {
		c.owner.CompareAndSwap(c.home, busy)
		if !written { // by an error, or a panic that goes on
			b.forget(index, &c.pass.held)
			c.pass.batch.resetIndirectCommand(c.id)
		}
	}()
	c.owner.CompareAndSwap(busy, c.home)
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
func (c *IndirectComputeCommand) open(index int, id objc.ID) {
	b := c.buffer
	c.id, c.index = id, index
	c.dispatched, c.dynamic, c.dynamicMemory = false, [MaxThreadgroupMemoryBindings]int{}, 0
	c.command = b.command(index)
	if c.command.encoded || b.copied {
		c.pass.batch.resetIndirectCommand(id)
		b.forget(index, &c.pass.held)
	}
	c.command.encoded = true
	b.forgetOptimized(index, 1)
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

func (c *IndirectComputeCommand) fail(err error) {
	c.err.CompareAndSwap(nil, &err)
	c.owner.Store(0)
}

// ready says that the calling goroutine may call methods, as it stands.
func (c *IndirectComputeCommand) ready() bool { return c.owner.Load() == goroutine.Current() }

// refused records why a method is not ready. It is true.
func (c *IndirectComputeCommand) refused(method string) bool {
	switch {
	case c.ended.Load():
		c.fail(fmt.Errorf("mtl: %s: %w", method, ErrEnded))
	case goroutine.Current() != c.home:
		c.fail(fmt.Errorf("mtl: %s: %w", method, ErrConcurrentUse))
	case c.owner.Load() == busy:
		c.fail(fmt.Errorf("mtl: %s: called by a message of the same commands: %w", method, ErrConcurrentUse))
	}
	return true
}

// Index returns the index of the command.
func (c *IndirectComputeCommand) Index() int {
	if c == nil {
		return 0
	}
	return c.index
}

// SetComputePipelineState sets the kernel of the command, which has to be made
// with SupportIndirectCommandBuffers. The indirect command buffer keeps the
// pipeline alive.
func (c *IndirectComputeCommand) SetComputePipelineState(pipeline *ComputePipelineState) {
	const method = "IndirectComputeCommand.SetComputePipelineState"
	if c == nil || !c.ready() && c.refused(method) {
		return
	}
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
		b.pipelines.drop(pipeline, nil)
		c.fail(badArgument(method, "pipeline", "made without SupportIndirectCommandBuffers", "one that was made with it, by Device.NewComputePipelineStateWithDescriptor"))
		return
	}
	if c.command.pipeline != nil {
		b.pipelines.drop(c.command.pipeline, &c.pass.held)
	}
	c.command.pipeline = pipeline
	c.pass.batch.setIndirectComputePipelineState(c.id, pipeline.id)
}

// SetKernelBuffer binds a buffer from an offset in bytes to a kernel's buffer
// index, below the descriptor's MaxKernelBufferBindCount. What is said of
// [ComputeCommandEncoder.SetBuffer] holds here too. The indirect command buffer
// keeps the buffer alive.
func (c *IndirectComputeCommand) SetKernelBuffer(buffer *Buffer, offset, index int) {
	const method = "IndirectComputeCommand.SetKernelBuffer"
	if c == nil || !c.ready() && c.refused(method) {
		return
	}
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
		b.buffers.drop(buffer, nil)
		c.fail(badArgument(method, "offset", offset, "0 to %d in a buffer of %d bytes", buffer.length-1, buffer.length))
		return
	}
	if old := c.command.buffers[index]; old != nil {
		b.buffers.drop(old, &c.pass.held)
	}
	c.command.buffers[index] = buffer
	c.pass.batch.setKernelBuffer(c.id, buffer.id, uint64(offset), uint64(index))
}

// SetThreadgroupMemoryLength gives each threadgroup that many bytes, a multiple
// of 16, at a threadgroup memory index below the descriptor's
// MaxKernelThreadgroupMemoryBindCount.
func (c *IndirectComputeCommand) SetThreadgroupMemoryLength(length, index int) {
	const method = "IndirectComputeCommand.SetThreadgroupMemoryLength"
	if c == nil || !c.ready() && c.refused(method) {
		return
	}
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
		c.pass.batch.setIndirectThreadgroupMemoryLength(c.id, uint64(length), uint64(index))
	}
}

// SetBarrier makes this command wait until those before it are complete, of the
// commands that are executed with it. The barrier is this command's alone: one
// behind it that has none does not wait.
func (c *IndirectComputeCommand) SetBarrier() {
	if c == nil || !c.ready() && c.refused("IndirectComputeCommand.SetBarrier") {
		return
	}
	c.pass.batch.setIndirectBarrier(c.id)
}

// ClearBarrier takes SetBarrier back.
func (c *IndirectComputeCommand) ClearBarrier() {
	if c == nil || !c.ready() && c.refused("IndirectComputeCommand.ClearBarrier") {
		return
	}
	c.pass.batch.clearIndirectBarrier(c.id)
}

// ConcurrentDispatchThreadgroups makes the command a dispatch of threadgroups of
// equal size. It comes last: pipeline and threadgroup memory are set before.
func (c *IndirectComputeCommand) ConcurrentDispatchThreadgroups(threadgroups, threadsPerThreadgroup Size) {
	const method = "IndirectComputeCommand.ConcurrentDispatchThreadgroups"
	if c == nil || !c.ready() && c.refused(method) {
		return
	}
	err := c.checkDispatch(method, IndirectCommandTypeConcurrentDispatch, threadsPerThreadgroup)
	if err == nil {
		err = checkGrid(method, "threadgroups", threadgroups, threadsPerThreadgroup)
	}
	if err != nil {
		c.fail(err)
		return
	}
	c.dispatched = true
	c.pass.batch.concurrentDispatchThreadgroups(c.id, threadgroups, threadsPerThreadgroup)
}

// ConcurrentDispatchThreads makes the command a dispatch of exactly that many
// threads; see [ComputeCommandEncoder.DispatchThreads]. It comes last: pipeline
// and threadgroup memory are set before.
func (c *IndirectComputeCommand) ConcurrentDispatchThreads(threads, threadsPerThreadgroup Size) {
	const method = "IndirectComputeCommand.ConcurrentDispatchThreads"
	if c == nil || !c.ready() && c.refused(method) {
		return
	}
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
	c.pass.batch.concurrentDispatchThreads(c.id, threads, threadsPerThreadgroup)
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

// end sends what waits and makes every later use an error. If messages were lost,
// nobody knows which commands are whole: those that this Encode has written do nothing
// then, and the error says why.
func (c *IndirectComputeCommand) end(s *scope, first int) error {
	c.ended.Store(true)
	c.owner.Store(0)
	b, batch := c.buffer, &c.pass.batch
	defer b.encoded()
	whole := false
	defer func() {
		if whole {
			return
		}
		for i := first; i <= c.index; i++ {
			b.forget(i, &c.pass.held)
		}
		s.resetIndirectCommands(b.id, objc.Range{Location: uint64(first), Length: uint64(c.index - first + 1)})
	}()
	batch.Flush()
	switch {
	case batch.Reentered():
		return fmt.Errorf("a command was used by a message of its own: %w", ErrConcurrentUse)
	case batch.Panicked():
		return fmt.Errorf("a message of the commands: %w", ErrPanicked)
	}
	whole = true
	return nil
}

// encoded ends what Encode began with the commands.
func (b *IndirectCommandBuffer) encoded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.encoding = false; b.abandoned {
		b.forgetAll()
	}
}
