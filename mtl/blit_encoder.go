package mtl

import "github.com/tqmetal/tqmetal/objc"

// blitAlignment is what Metal asks of offsets and lengths of buffer copies and
// fills on macOS.
const blitAlignment = 4

// A BlitCommandEncoder encodes copies and fills (MTLBlitCommandEncoder). It
// belongs to the goroutine of its scope and ends with it. The first error is
// kept: later calls do nothing, Err returns it, and the scope fails.
type BlitCommandEncoder struct{ encoder }

// Blit runs encode with a blit encoder and ends it. It returns the error of
// encode, or the first that the encoder recorded; the scope of the command
// buffer fails with it in any case.
func (cb *CommandBuffer) Blit(encode func(*BlitCommandEncoder) error) error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	if encode == nil {
		return cb.refuse(badArgument("CommandBuffer.Blit", "function", "nil", "a function"))
	}
	return cb.blit(encode, func() objc.ID { return cb.scope.blitCommandEncoder(cb.id) })
}

// blit is Blit with an encoder that send makes.
func (cb *CommandBuffer) blit(encode func(*BlitCommandEncoder) error, send func() objc.ID) error {
	id, err := cb.begin("BlitCommandEncoder", send)
	if err != nil {
		return err
	}
	e := &BlitCommandEncoder{newEncoder(&cb.recording, id, &classicEncoder)}
	return e.run(func() error { return encode(e) })
}

// Err returns the first error of this encoder or its command buffer.
func (e *BlitCommandEncoder) Err() error {
	if e == nil {
		return errNil("BlitCommandEncoder")
	}
	return e.cb.Err()
}

// SetLabel names the encoder in Metal's messages and in its debugger.
func (e *BlitCommandEncoder) SetLabel(label string) {
	if e != nil {
		e.setLabel("BlitCommandEncoder.SetLabel", label)
	}
}

// Copy copies size bytes from one buffer to another, or within one without
// overlap. Offsets and size are multiples of 4. Metal keeps the buffers alive.
func (e *BlitCommandEncoder) Copy(source, destination BufferRange, size int) {
	if e != nil && e.checkCopy("BlitCommandEncoder.Copy", source, destination, size) {
		e.batch.copyBuffer(e.id, source.Buffer.id, uint64(source.Offset), destination.Buffer.id, uint64(destination.Offset), uint64(size))
	}
}

// checkCopy says whether a copy is to be sent.
func (e *encoder) checkCopy(method string, source, destination BufferRange, size int) bool {
	if !e.ready() && e.refused(method) {
		return false
	}
	if !e.checkAligned(method, "source offset", source.Offset) || !e.checkAligned(method, "destination offset", destination.Offset) || !e.checkLength(method, "size", size) {
		return false
	}
	if !e.holds(source.Buffer, source.Offset, size) && !e.hold(method, source.Buffer, source.Offset, size) {
		return false
	}
	if !e.holds(destination.Buffer, destination.Offset, size) && !e.hold(method, destination.Buffer, destination.Offset, size) {
		return false
	}
	if source.Buffer.id == destination.Buffer.id && source.Offset < destination.Offset+size && destination.Offset < source.Offset+size {
		e.cb.fail(badArgument(method, "destination offset", destination.Offset, "a range that does not overlap the source, which has %d bytes at %d of the same buffer", size, source.Offset))
		return false
	}
	return true
}

// Fill sets length bytes of a buffer to a value. Offset and length are
// multiples of 4. Metal keeps the buffer alive.
func (e *BlitCommandEncoder) Fill(r BufferRange, length int, value byte) {
	if e != nil && e.checkFill("BlitCommandEncoder.Fill", r, length) {
		e.batch.fillBuffer(e.id, r.Buffer.id, objc.Range{Location: uint64(r.Offset), Length: uint64(length)}, value)
	}
}

// checkFill says whether a fill is to be sent.
func (e *encoder) checkFill(method string, r BufferRange, length int) bool {
	if !e.ready() && e.refused(method) {
		return false
	}
	if !e.checkAligned(method, "offset", r.Offset) || !e.checkLength(method, "length", length) {
		return false
	}
	return e.holds(r.Buffer, r.Offset, length) || e.hold(method, r.Buffer, r.Offset, length)
}

// Synchronize brings what the GPU has written to a buffer of managed memory to where
// the CPU reads it. Other buffers need it not, and Metal refuses them.
func (e *BlitCommandEncoder) Synchronize(buffer *Buffer) {
	const method = "BlitCommandEncoder.Synchronize"
	if e == nil || !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if !e.hold(method, buffer, 0, 1) {
		return
	}
	if buffer.storage != StorageModeManaged {
		e.cb.fail(badArgument(method, "storage mode", "not managed", "a buffer of ResourceStorageModeManaged"))
		return
	}
	e.cb.scope.synchronizeResource(e.id, buffer.id)
}

func (e *encoder) checkLength(method, argument string, n int) bool {
	if n < 1 {
		e.cb.fail(badArgument(method, argument, n, "at least 1"))
		return false
	}
	return e.checkAligned(method, argument, n)
}

func (e *encoder) checkAligned(method, argument string, n int) bool {
	if n%blitAlignment != 0 {
		e.cb.fail(badArgument(method, argument, n, "a multiple of %d", blitAlignment))
		return false
	}
	return true
}
