package mtl

import (
	"fmt"
	"slices"
	"sync"

	"github.com/tqmetal/tqmetal/objc"
)

// An IndirectCommandType is a kind of command that an indirect command buffer
// may hold (MTLIndirectCommandType).
type IndirectCommandType uint64

// Command types of compute, which may be combined by |.
const (
	IndirectCommandTypeConcurrentDispatch        IndirectCommandType = 32 // a number of threadgroups
	IndirectCommandTypeConcurrentDispatchThreads IndirectCommandType = 64 // a number of threads
)

// String returns the names of the types.
func (t IndirectCommandType) String() string {
	return optionNames("IndirectCommandType", t, IndirectCommandTypeConcurrentDispatch, "concurrent dispatch", "concurrent dispatch threads")
}

const allIndirectCommandTypes = IndirectCommandTypeConcurrentDispatch | IndirectCommandTypeConcurrentDispatchThreads

// MaxIndirectCommandsExecuted is how many commands of an indirect command buffer
// may be executed at once. More are executed in parts.
const MaxIndirectCommandsExecuted = 16384

// An IndirectCommandBufferDescriptor says what the commands of an indirect
// command buffer hold (MTLIndirectCommandBufferDescriptor). Metal reserves
// memory for all of it in each command.
type IndirectCommandBufferDescriptor struct {
	// CommandTypes are the types of the commands. Zero means both of compute.
	CommandTypes IndirectCommandType
	// InheritPipelineState gives all commands the pipeline that the encoder has
	// when they are executed. Otherwise each command has one of its own.
	InheritPipelineState bool
	// InheritBuffers gives all commands the buffers that the encoder has when
	// they are executed. Otherwise each command has its own.
	InheritBuffers bool
	// MaxKernelBufferBindCount is how many buffer indexes, from 0 on, a command
	// has of its own. Zero means 31, all that there are, or none where buffers
	// are inherited.
	MaxKernelBufferBindCount int
	// MaxKernelThreadgroupMemoryBindCount is how many threadgroup memory
	// indexes, from 0 on, a command has: zero unless kernels have threadgroup
	// arguments. Metal knows this limit since macOS 14; before, all 31 indexes
	// are there, and the limit is this package's alone.
	MaxKernelThreadgroupMemoryBindCount int
}

func (d IndirectCommandBufferDescriptor) check(method string) error {
	if d.CommandTypes&^allIndirectCommandTypes != 0 {
		return badArgument(method, "CommandTypes", uint64(d.CommandTypes), "%d (threadgroups), %d (threads), both, or 0 for both", IndirectCommandTypeConcurrentDispatch, IndirectCommandTypeConcurrentDispatchThreads)
	}
	if n := d.MaxKernelBufferBindCount; n < 0 || n > MaxBufferBindings {
		return badArgument(method, "MaxKernelBufferBindCount", n, "0 to %d", MaxBufferBindings)
	}
	if n := d.MaxKernelBufferBindCount; n > 0 && d.InheritBuffers {
		return badArgument(method, "MaxKernelBufferBindCount", n, "0: with InheritBuffers a command has no buffers of its own")
	}
	if n := d.MaxKernelThreadgroupMemoryBindCount; n < 0 || n > MaxThreadgroupMemoryBindings {
		return badArgument(method, "MaxKernelThreadgroupMemoryBindCount", n, "0 to %d", MaxThreadgroupMemoryBindings)
	}
	return nil
}

// An IndirectCommandBuffer is dispatches that are encoded once and executed as
// often as is asked for, thousands by one message (MTLIndirectCommandBuffer).
//
// [IndirectCommandBuffer.Encode] writes commands on the CPU, and
// [ComputeCommandEncoder.ExecuteCommands] executes them. A command that was not
// encoded, or was reset, does nothing. Pipelines of commands are made with
// SupportIndirectCommandBuffers. A command has no bytes of its own, as SetBytes
// has: parameters lie in buffers.
//
// Commands are read when the GPU executes them, so they must not be changed
// before the work that executes them is complete. What they name is kept alive
// until they are reset or encoded anew, or the indirect command buffer is
// released.
//
// It may be used from any goroutine; the owner releases it. While one goroutine
// encodes commands, anything else but Release is an error that wraps
// [ErrConcurrentUse].
type IndirectCommandBuffer struct {
	object
	layout  IndirectCommandBufferDescriptor // with zero values made explicit
	size    int
	private bool

	mu        sync.Mutex // guards all below, but while encoding is set all but the first two
	encoding  bool       // Encode is at work
	abandoned bool       // Release came meanwhile
	copied    bool       // a copy has brought commands that were not encoded here
	blocks    []*commandBlock
	buffers   references[*Buffer]
	pipelines references[*ComputePipelineState]
	optimized []objc.Range
}

// An indirectCommand is what a command that was encoded names, each with a use
// of ours.
type indirectCommand struct {
	pipeline *ComputePipelineState
	buffers  []*Buffer
	encoded  bool
}

// A commandBlock is what some commands name. It is made when the first of them is
// encoded, so that commands which nobody encodes cost nothing, and encoding one costs
// no memory of its own.
type commandBlock struct {
	commands [blockCommands]indirectCommand
	buffers  []*Buffer // of all
}

const blockCommands = 64

// command returns what is known of a command, or nil if its block is not made.
func (b *IndirectCommandBuffer) command(index int) *indirectCommand {
	block := b.blocks[index/blockCommands]
	if block == nil {
		return nil
	}
	return &block.commands[index%blockCommands]
}

// makeBlocks makes the blocks of some commands.
func (b *IndirectCommandBuffer) makeBlocks(first, count int) {
	for i := first / blockCommands; i <= (first+count-1)/blockCommands; i++ {
		if b.blocks[i] != nil {
			continue
		}
		n := b.layout.MaxKernelBufferBindCount
		block := &commandBlock{buffers: make([]*Buffer, min(blockCommands, b.size-i*blockCommands)*n)}
		for c := range len(block.buffers) / max(n, 1) {
			block.commands[c].buffers = block.buffers[c*n : (c+1)*n : (c+1)*n]
		}
		b.blocks[i] = block
	}
}

// NewIndirectCommandBuffer returns an indirect command buffer of maxCommandCount
// commands, none of which is encoded. The CPU encodes commands in shared memory;
// private memory is filled by a copy from another one or by a kernel. The caller
// releases it.
func (d *Device) NewIndirectCommandBuffer(descriptor IndirectCommandBufferDescriptor, maxCommandCount int, options ResourceOptions) (*IndirectCommandBuffer, error) {
	const method = "Device.NewIndirectCommandBuffer"
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if err := descriptor.check(method); err != nil {
		return nil, err
	}
	if maxCommandCount < 1 {
		return nil, badArgument(method, "maxCommandCount", maxCommandCount, "at least 1")
	}
	if err := options.check(method); err != nil {
		return nil, err
	}
	b := &IndirectCommandBuffer{layout: descriptor, size: maxCommandCount, private: options.StorageMode() == StorageModePrivate, blocks: make([]*commandBlock, (maxCommandCount+blockCommands-1)/blockCommands)}
	if b.layout.CommandTypes == 0 {
		b.layout.CommandTypes = allIndirectCommandTypes
	}
	if b.layout.MaxKernelBufferBindCount == 0 && !b.layout.InheritBuffers {
		b.layout.MaxKernelBufferBindCount = MaxBufferBindings
	}
	s := d.fw.begin()
	defer s.end()
	object := s.newIndirectCommandBufferDescriptor(d.fw.indirectDescriptor)
	if object == 0 {
		return nil, d.fw.failed("MTLIndirectCommandBufferDescriptor", 0)
	}
	defer d.fw.foundation.Release(object)
	s.setIndirectCommandTypes(object, b.layout.CommandTypes)
	s.setIndirectInheritPipelineState(object, b.layout.InheritPipelineState)
	s.setIndirectInheritBuffers(object, b.layout.InheritBuffers)
	s.setIndirectMaxKernelBufferBindCount(object, uint64(b.layout.MaxKernelBufferBindCount))
	if d.fw.foundation.RespondsTo(object, "setMaxKernelThreadgroupMemoryBindCount:") {
		s.setIndirectMaxKernelThreadgroupMemoryBindCount(object, uint64(b.layout.MaxKernelThreadgroupMemoryBindCount))
	}
	id := s.newIndirectCommandBuffer(d.id, object, uint64(maxCommandCount), options)
	if id == 0 {
		return nil, d.fw.failed(fmt.Sprintf("%s of %d commands", method, maxCommandCount), 0)
	}
	if got := s.indirectCommandBufferSize(id); got < uint64(maxCommandCount) {
		d.fw.foundation.Release(id)
		return nil, fmt.Errorf("mtl: %s: asked for %d commands and got %d", method, maxCommandCount, got)
	}
	b.own("IndirectCommandBuffer", d.fw, d, id)
	return b, nil
}

func (b *IndirectCommandBuffer) acquire() error {
	if b == nil {
		return errNil("IndirectCommandBuffer")
	}
	return b.object.acquire()
}

func (b *IndirectCommandBuffer) acquireFor(dev *Device) error {
	if b == nil {
		return errNil("IndirectCommandBuffer")
	}
	return b.object.acquireFor(dev)
}

// Release gives up the reference, and what the commands name. Work that executes
// the commands goes on.
func (b *IndirectCommandBuffer) Release() {
	if b == nil {
		return
	}
	b.release()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.abandoned = b.encoding; !b.encoding {
		b.forgetAll()
	}
}

// lock begins a use of the commands, which b.mu.Unlock ends.
func (b *IndirectCommandBuffer) lock(method string) error {
	b.mu.Lock()
	if b.encoding {
		b.mu.Unlock()
		return fmt.Errorf("mtl: %s: the commands are being encoded: %w", method, ErrConcurrentUse)
	}
	return nil
}

// forgetAll gives up what all commands name.
func (b *IndirectCommandBuffer) forgetAll() {
	for _, block := range b.blocks {
		if block == nil {
			continue
		}
		clear(block.buffers)
		for i := range block.commands {
			block.commands[i].pipeline, block.commands[i].encoded = nil, false
		}
	}
	b.buffers.dropAll() // with what copies have brought
	b.pipelines.dropAll()
}

// Size returns the number of commands.
func (b *IndirectCommandBuffer) Size() int {
	if b == nil {
		return 0
	}
	return b.size
}

// SetLabel names the indirect command buffer in Metal's messages and in its
// debugger.
func (b *IndirectCommandBuffer) SetLabel(label string) error {
	if b == nil {
		return errNil("IndirectCommandBuffer")
	}
	return b.setLabel("IndirectCommandBuffer.SetLabel", label, (*call).setResourceLabel)
}

// A ResourceID stands for an object in an argument buffer (MTLResourceID), where
// a kernel finds it.
type ResourceID uint64

// GPUResourceID returns what stands for the indirect command buffer in an
// argument buffer: a kernel that finds it there, as a command_buffer, encodes
// commands itself. The encoder of that kernel names the indirect command buffer
// with [ComputeCommandEncoder.UseResources].
func (b *IndirectCommandBuffer) GPUResourceID() (ResourceID, error) {
	if err := b.acquire(); err != nil {
		return 0, err
	}
	defer b.drop()
	s := b.fw.begin()
	defer s.end()
	return s.indirectCommandBufferGPUResourceID(b.id), nil
}

// Reset turns count commands from index first on into commands that do nothing,
// and gives up what they named. No work that executes them may be under way.
func (b *IndirectCommandBuffer) Reset(first, count int) error {
	const method = "IndirectCommandBuffer.Reset"
	if err := b.acquire(); err != nil {
		return err
	}
	defer b.drop()
	if err := b.checkCommands(method, first, count); err != nil {
		return err
	}
	if err := b.checkShared(method); err != nil {
		return err
	}
	if err := b.lock(method); err != nil {
		return err
	}
	defer b.mu.Unlock()
	s := b.fw.begin()
	defer s.end()
	s.resetIndirectCommands(b.id, objc.Range{Location: uint64(first), Length: uint64(count)})
	if first == 0 && count == b.size {
		b.forgetAll()
	} else {
		for i := first; i < first+count; i++ {
			b.forget(i, nil)
		}
	}
	b.forgetOptimized(first, count)
	return nil
}

// forget gives up what a command names, to a scope if it is one whose messages name
// it.
func (b *IndirectCommandBuffer) forget(index int, to *held) {
	c := b.command(index)
	if c == nil {
		return
	}
	if c.pipeline != nil {
		b.pipelines.drop(c.pipeline, to)
		c.pipeline = nil
	}
	for i, buffer := range c.buffers {
		if buffer != nil {
			b.buffers.drop(buffer, to)
			c.buffers[i] = nil
		}
	}
}

func (b *IndirectCommandBuffer) checkCommands(method string, first, count int) error {
	if first < 0 || first >= b.size {
		return badArgument(method, "first", first, "0 to %d, of %d commands", b.size-1, b.size)
	}
	if count < 1 || count > b.size-first {
		return badArgument(method, "count", count, "1 to %d, of %d commands from index %d on", b.size-first, b.size, first)
	}
	return nil
}

func (b *IndirectCommandBuffer) checkShared(method string) error {
	if b.private {
		return badArgument(method, "storage mode", "private", "shared: the CPU does not see the commands")
	}
	return nil
}

func overlap(r objc.Range, first, count int) bool {
	return uint64(first) < r.Location+r.Length && r.Location < uint64(first+count)
}

// forgetOptimized notes that commands are other ones now.
func (b *IndirectCommandBuffer) forgetOptimized(first, count int) {
	b.optimized = slices.DeleteFunc(b.optimized, func(r objc.Range) bool { return overlap(r, first, count) })
}

// checkOptimized refuses to execute a part of what was optimized as a whole.
func (b *IndirectCommandBuffer) checkOptimized(method string, first, count int) error {
	for _, r := range b.optimized {
		if overlap(r, first, count) && (uint64(first) > r.Location || uint64(first+count) < r.Location+r.Length) {
			return badArgument(method, "commands", fmt.Sprintf("%d to %d", first, first+count-1), "all or none of %d to %d, which were optimized together", r.Location, r.Location+r.Length-1)
		}
	}
	return nil
}

// references are uses of objects, counted, so that each object is in use once
// however often it is named.
type references[T interface {
	comparable
	acquireFor(*Device) error
	drop()
	base() *object
}] struct {
	count map[T]int

	// All of them, when listed says that nothing has come or gone since.
	listed  bool
	objects []T
	ids     []objc.ID
}

func (r *references[T]) add(o T, dev *Device) error {
	if r.count[o] == 0 {
		if err := o.acquireFor(dev); err != nil {
			return err
		}
		if r.count == nil {
			r.count = map[T]int{}
		}
		r.listed = false
	}
	r.count[o]++
	return nil
}

// share adds what another list has, once, until dropAll.
func (r *references[T]) share(other *references[T]) {
	for o := range other.count {
		if r.count[o] == 0 {
			o.base().acquireAgain()
			if r.count == nil {
				r.count = map[T]int{}
			}
			r.count[o] = 1
			r.listed = false
		}
	}
}

// drop takes back one add. The use of an object goes on to a scope, if one is given.
func (r *references[T]) drop(o T, to *held) {
	if r.count[o]--; r.count[o] > 0 {
		return
	}
	delete(r.count, o)
	r.listed = false
	if to != nil {
		to.adopt(o.base())
	} else {
		o.drop()
	}
}

func (r *references[T]) dropAll() {
	for o := range r.count {
		o.drop()
	}
	clear(r.count)
	clear(r.objects)
	r.listed = false
}

// all returns all objects with their handles, until the next add, share or drop.
func (r *references[T]) all() ([]T, []objc.ID) {
	if !r.listed {
		r.listed, r.ids = true, r.ids[:0]
		clear(r.objects)
		r.objects = r.objects[:0]
		for o := range r.count {
			r.objects, r.ids = append(r.objects, o), append(r.ids, o.base().id)
		}
	}
	return r.objects, r.ids
}
