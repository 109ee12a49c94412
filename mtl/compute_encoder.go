package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A DispatchType says whether dispatches of an encoder may overlap
// (MTLDispatchType).
type DispatchType uint64

// Dispatch types.
const (
	DispatchTypeSerial     DispatchType = 0 // each dispatch sees what those before it wrote
	DispatchTypeConcurrent DispatchType = 1 // only barriers order dispatches
)

// String returns the name of the type.
func (t DispatchType) String() string { return enumName("DispatchType", t, "serial", "concurrent") }

// A BarrierScope says which memory a barrier orders (MTLBarrierScope).
type BarrierScope uint64

// Barrier scopes of compute.
const (
	BarrierScopeBuffers  BarrierScope = 1
	BarrierScopeTextures BarrierScope = 2
)

// String returns the names of the scopes.
func (s BarrierScope) String() string {
	return optionNames("BarrierScope", s, BarrierScopeBuffers, "buffers", "textures")
}

const (
	// MaxBufferBindings is the number of buffer indexes of a kernel.
	MaxBufferBindings = 31
	// MaxThreadgroupMemoryBindings is the number of threadgroup memory indexes.
	MaxThreadgroupMemoryBindings = 31
	// MaxSetBytesLength is the most that SetBytes takes; more goes in a buffer.
	MaxSetBytesLength = 4096

	threadgroupMemoryAlignment = 16
	indirectArgumentsLength    = 3 * 4 // MTLDispatchThreadgroupsIndirectArguments
	indirectAlignment          = 4
)

// A ComputeCommandEncoder encodes dispatches (MTLComputeCommandEncoder). It
// belongs to the goroutine of its scope and ends with it. The first error is
// kept: later calls do nothing, Err returns it, and the scope fails.
//
// Its methods cost some nanoseconds each: messages wait until there are many of
// them or the encoder ends, and reach Metal together, in their order. What is set
// already is not sent again: the same pipeline, the same buffer from the same
// offset, the same length of threadgroup memory.
type ComputeCommandEncoder struct {
	kernelEncoder

	// Buffers that are bound are held, so that no other buffer can come to lie at the
	// same address.
	bound [MaxBufferBindings]BufferRange // no buffer: nothing, or bytes
	bytes [MaxBufferBindings]int         // how many SetBytes has bound where no buffer is

	ids     [MaxBufferBindings]objc.ID // of the message that is being made
	offsets [MaxBufferBindings]uint64
}

// A kernelEncoder is what both kinds of compute encoders know of what has been set:
// for checks that Metal would answer by an abort, and to send nothing twice.
type kernelEncoder struct {
	encoder
	pipeline      *ComputePipelineState
	dynamic       [MaxThreadgroupMemoryBindings]int
	dynamicMemory int // sum of dynamic
}

// Compute runs encode with a compute encoder and ends it. It returns the error
// of encode, or the first that the encoder recorded; the scope of the command
// buffer fails with it in any case.
func (cb *CommandBuffer) Compute(dispatchType DispatchType, encode func(*ComputeCommandEncoder) error) error {
	const method = "CommandBuffer.Compute"
	if cb == nil {
		return errNil("CommandBuffer")
	}
	if dispatchType != DispatchTypeSerial && dispatchType != DispatchTypeConcurrent {
		return cb.refuse(badArgument(method, "dispatch type", uint64(dispatchType), "%d (serial) or %d (concurrent)", DispatchTypeSerial, DispatchTypeConcurrent))
	}
	if encode == nil {
		return cb.refuse(badArgument(method, "function", "nil", "a function"))
	}
	return cb.compute(encode, func() objc.ID { return cb.scope.computeCommandEncoder(cb.id, dispatchType) })
}

// compute is Compute with an encoder that send makes.
func (cb *CommandBuffer) compute(encode func(*ComputeCommandEncoder) error, send func() objc.ID) error {
	id, err := cb.begin("ComputeCommandEncoder", send)
	if err != nil {
		return err
	}
	e := &ComputeCommandEncoder{kernelEncoder: kernelEncoder{encoder: newEncoder(&cb.recording, id, &classicEncoder)}}
	return e.run(func() error { return encode(e) })
}

// refuse records an error and returns it.
func (cb *recording) refuse(err error) error {
	cb.fail(err)
	return err
}

// Err returns the first error of this encoder or its command buffer.
func (e *ComputeCommandEncoder) Err() error {
	if e == nil {
		return errNil("ComputeCommandEncoder")
	}
	return e.cb.Err()
}

// Device returns the device that the work is for. It is not the caller's to
// release.
func (e *ComputeCommandEncoder) Device() *Device {
	if e == nil {
		return nil
	}
	return e.cb.dev
}

// SetLabel names the encoder in Metal's messages and in its debugger.
func (e *ComputeCommandEncoder) SetLabel(label string) {
	if e != nil {
		e.setLabel("ComputeCommandEncoder.SetLabel", label)
	}
}

// SetComputePipelineState sets the kernel of the dispatches that follow. Metal
// keeps the pipeline alive.
func (e *ComputeCommandEncoder) SetComputePipelineState(pipeline *ComputePipelineState) {
	if e != nil && e.setPipeline("ComputeCommandEncoder.SetComputePipelineState", pipeline) {
		e.batch.setComputePipelineState(e.id, pipeline.id)
	}
}

// setPipeline says whether a pipeline is to be sent.
func (e *kernelEncoder) setPipeline(method string, pipeline *ComputePipelineState) bool {
	if !e.ready() && e.refused(method) {
		return false
	}
	if pipeline == nil {
		e.cb.fail(errNil("ComputePipelineState"))
		return false
	}
	if !e.holdsObject(&pipeline.object) && !e.holdObject(method, &pipeline.object) {
		return false
	}
	if e.pipeline == pipeline {
		return false
	}
	e.pipeline = pipeline
	return true
}

// SetBuffer binds a buffer from an offset in bytes to a kernel's buffer index,
// below 31. The offset lies within the buffer, which is checked here, and must
// suit what the kernel declares there, which is not, as no offset is wrong for
// every kernel: a multiple of the type's alignment for device memory, and of 4
// too on Apple GPUs for constant memory. Metal keeps the buffer alive.
func (e *ComputeCommandEncoder) SetBuffer(buffer *Buffer, offset, index int) {
	const method = "ComputeCommandEncoder.SetBuffer"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if uint(index) >= MaxBufferBindings {
		e.failIndex(method, index)
		return
	}
	if !e.holds(buffer, offset, 1) && !e.hold(method, buffer, offset, 1) {
		return
	}
	at := &e.bound[index]
	switch {
	case at.Buffer != buffer:
		at.Buffer, at.Offset = buffer, offset
		e.batch.setBuffer(e.id, buffer.id, uint64(offset), uint64(index))
	case at.Offset != offset:
		at.Offset = offset
		e.batch.setBufferOffset(e.id, uint64(offset), uint64(index))
	}
}

// SetBuffers binds ranges to the indexes from first on, in one message. It is the
// fastest way to bind several.
func (e *ComputeCommandEncoder) SetBuffers(first int, ranges ...BufferRange) {
	const method = "ComputeCommandEncoder.SetBuffers"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if len(ranges) == 0 || len(ranges) > MaxBufferBindings {
		e.cb.fail(badArgument(method, "number of ranges", len(ranges), "1 to %d", MaxBufferBindings))
		return
	}
	if last := first + len(ranges) - 1; uint(first) >= MaxBufferBindings || last >= MaxBufferBindings {
		if uint(first) < MaxBufferBindings {
			first = last
		}
		e.failIndex(method, first)
		return
	}
	for i := range ranges {
		if r := &ranges[i]; !e.holds(r.Buffer, r.Offset, 1) && !e.hold(method, r.Buffer, r.Offset, 1) {
			return
		}
	}
	// What is bound already is left out at both ends.
	bound := e.bound[first : first+len(ranges)]
	for len(ranges) > 0 && bound[0] == ranges[0] {
		bound, ranges, first = bound[1:], ranges[1:], first+1
	}
	for n := len(ranges); n > 0 && bound[n-1] == ranges[n-1]; n-- {
		bound, ranges = bound[:n-1], ranges[:n-1]
	}
	if len(ranges) == 0 {
		return
	}
	for i, r := range ranges {
		bound[i] = r
		e.ids[i], e.offsets[i] = r.Buffer.id, uint64(r.Offset)
	}
	n := len(ranges)
	e.batch.setBuffers(e.id, e.ids[:n], e.offsets[:n], objc.Range{Location: uint64(first), Length: uint64(n)})
}

// SetBufferOffset moves the offset of the buffer that is bound at index, which
// costs less than binding it again.
func (e *ComputeCommandEncoder) SetBufferOffset(offset, index int) {
	const method = "ComputeCommandEncoder.SetBufferOffset"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if uint(index) >= MaxBufferBindings {
		e.failIndex(method, index)
		return
	}
	at := &e.bound[index]
	if at.Buffer == nil {
		e.cb.fail(badArgument(method, "index", index, "an index at which SetBuffer has bound a buffer"))
		return
	}
	if length := at.Buffer.length; uint(offset) >= uint(length) {
		e.cb.fail(badArgument(method, "offset", offset, "0 to %d in a buffer of %d bytes", length-1, length))
		return
	}
	if at.Offset == offset {
		return
	}
	at.Offset = offset
	e.batch.setBufferOffset(e.id, uint64(offset), uint64(index))
}

// SetBytes binds a copy of up to 4096 bytes to a buffer index. The bytes are
// the caller's again at once.
func (e *ComputeCommandEncoder) SetBytes(bytes []byte, index int) {
	const method = "ComputeCommandEncoder.SetBytes"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if uint(index) >= MaxBufferBindings {
		e.failIndex(method, index)
		return
	}
	if len(bytes) == 0 || len(bytes) > MaxSetBytesLength {
		e.cb.fail(badArgument(method, "length", len(bytes), "1 to %d bytes", MaxSetBytesLength))
		return
	}
	e.bound[index].Buffer, e.bytes[index] = nil, len(bytes)
	e.batch.setBytes(e.id, bytes, uint64(len(bytes)), uint64(index))
}

// SetThreadgroupMemoryLength gives each threadgroup that many bytes, a multiple
// of 16, at a threadgroup memory index below 31.
func (e *ComputeCommandEncoder) SetThreadgroupMemoryLength(length, index int) {
	if e != nil && e.setThreadgroupMemory("ComputeCommandEncoder.SetThreadgroupMemoryLength", length, index) {
		e.batch.setThreadgroupMemoryLength(e.id, uint64(length), uint64(index))
	}
}

// setThreadgroupMemory says whether a length is to be sent.
func (e *kernelEncoder) setThreadgroupMemory(method string, length, index int) bool {
	if !e.ready() && e.refused(method) {
		return false
	}
	limit := e.cb.dev.limits.MaxThreadgroupMemoryLength
	switch {
	case uint(index) >= MaxThreadgroupMemoryBindings:
		e.cb.fail(badArgument(method, "index", index, "0 to %d", MaxThreadgroupMemoryBindings-1))
	case length < 1 || length > limit:
		e.cb.fail(badArgument(method, "length", length, "1 to %d bytes", limit))
	case length%threadgroupMemoryAlignment != 0:
		e.cb.fail(badArgument(method, "length", length, "a multiple of %d", threadgroupMemoryAlignment))
	case length != e.dynamic[index]:
		e.dynamicMemory += length - e.dynamic[index]
		e.dynamic[index] = length
		return true
	}
	return false
}

// DispatchThreadgroups runs threadgroups of equal size.
func (e *ComputeCommandEncoder) DispatchThreadgroups(threadgroups, threadsPerThreadgroup Size) {
	const method = "ComputeCommandEncoder.DispatchThreadgroups"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if e.checkThreadgroup(method, threadsPerThreadgroup) && e.checkGrid(method, "threadgroups", threadgroups, threadsPerThreadgroup) {
		e.batch.dispatchThreadgroups(e.id, threadgroups, threadsPerThreadgroup)
	}
}

// DispatchThreads runs exactly that many threads; threadgroups at the edge of
// the grid are smaller where it does not divide. A device without such
// threadgroups makes the scope fail with [ErrUnsupported].
func (e *ComputeCommandEncoder) DispatchThreads(threads, threadsPerThreadgroup Size) {
	const method = "ComputeCommandEncoder.DispatchThreads"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if e.checkNonUniform(method) && e.checkThreadgroup(method, threadsPerThreadgroup) && e.checkGrid(method, "threads", threads, Size{1, 1, 1}) {
		e.batch.dispatchThreads(e.id, threads, threadsPerThreadgroup)
	}
}

// DispatchThreadgroupsIndirect runs as many threadgroups as three uint32 in
// the buffer say, at an offset that is a multiple of 4, when the GPU gets
// there. Metal keeps the buffer alive.
func (e *ComputeCommandEncoder) DispatchThreadgroupsIndirect(buffer *Buffer, offset int, threadsPerThreadgroup Size) {
	const method = "ComputeCommandEncoder.DispatchThreadgroupsIndirect"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if !e.checkThreadgroup(method, threadsPerThreadgroup) {
		return
	}
	if !e.holds(buffer, offset, indirectArgumentsLength) && !e.hold(method, buffer, offset, indirectArgumentsLength) {
		return
	}
	if offset%indirectAlignment != 0 {
		e.cb.fail(badArgument(method, "offset", offset, "a multiple of %d", indirectAlignment))
		return
	}
	e.batch.dispatchThreadgroupsIndirect(e.id, buffer.id, uint64(offset), threadsPerThreadgroup)
}

// MemoryBarrier makes dispatches that follow see what those before wrote to
// memory of the scope.
func (e *ComputeCommandEncoder) MemoryBarrier(scope BarrierScope) {
	const method = "ComputeCommandEncoder.MemoryBarrier"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if all := BarrierScopeBuffers | BarrierScopeTextures; scope == 0 || scope&^all != 0 {
		e.cb.fail(badArgument(method, "scope", uint64(scope), "%d (buffers), %d (textures) or both", BarrierScopeBuffers, BarrierScopeTextures))
		return
	}
	e.batch.memoryBarrierWithScope(e.id, scope)
}

// MemoryBarrierWithResources makes dispatches that follow see what those
// before wrote to these buffers, and orders nothing else.
func (e *ComputeCommandEncoder) MemoryBarrierWithResources(buffers ...*Buffer) {
	const method = "ComputeCommandEncoder.MemoryBarrierWithResources"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if len(buffers) == 0 {
		e.cb.fail(badArgument(method, "number of buffers", 0, "at least 1"))
		return
	}
	for _, b := range buffers {
		if !e.holds(b, 0, 0) && !e.hold(method, b, 0, 0) {
			return
		}
	}
	// One barrier for all of many is the same as one for each part of them.
	for len(buffers) > 0 {
		n := min(len(buffers), len(e.ids))
		for i, b := range buffers[:n] {
			e.ids[i] = b.id
		}
		buffers = buffers[n:]
		e.batch.memoryBarrierWithResources(e.id, e.ids[:n], uint64(n))
	}
}

func (e *ComputeCommandEncoder) failIndex(method string, index int) {
	e.cb.fail(badArgument(method, "index", index, "0 to %d", MaxBufferBindings-1))
}

func (e *kernelEncoder) checkNonUniform(method string) bool {
	if !e.cb.dev.nonUniformSizes {
		e.cb.fail(fmt.Errorf("mtl: %s needs GPU family Apple4 or Mac2: %w", method, ErrUnsupported))
		return false
	}
	return true
}

func (e *ComputeCommandEncoder) checkThreadgroup(method string, size Size) bool {
	return e.checkPipeline(method) && e.checkDispatch(method, size, &e.bound, &e.bytes)
}

func (e *kernelEncoder) checkPipeline(method string) bool {
	if e.pipeline == nil {
		e.cb.fail(badArgument(method, "pipeline", "nil", "SetComputePipelineState before a dispatch"))
		return false
	}
	return true
}

// checkDispatch checks what does not depend on the grid: that one threadgroup of the
// pipeline fits, and what is bound, if the pipeline knows its bindings.
func (e *kernelEncoder) checkDispatch(method string, size Size, bound *[MaxBufferBindings]BufferRange, bytes *[MaxBufferBindings]int) bool {
	limits := threadgroupLimits{&e.cb.dev.limits, e.pipeline.maxThreads, e.pipeline.staticMemory, e.dynamicMemory}
	err := limits.check(method, size)
	if err == nil {
		err = e.checkArguments(method, bound, bytes)
	}
	if err != nil {
		e.cb.fail(err)
		return false
	}
	return true
}

func (e *kernelEncoder) checkGrid(method, argument string, grid, unit Size) bool {
	if err := checkGrid(method, argument, grid, unit); err != nil {
		e.cb.fail(err)
		return false
	}
	return true
}
