package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// An encoder is the part that compute and blit encoders share. Its error is
// its command buffer's: after one, nothing is committed.
//
// A method of an encoder has four parts:
//
//	if e == nil || !e.ready() && e.refused(method) {
//		return // of another goroutine, after the end, or after an error
//	}
//	if length < 1 {
//		e.cb.fail(badArgument(method, "length", length, "at least 1"))
//		return
//	}
//	if !e.holds(buffer, offset, length) && !e.hold(method, buffer, offset, length) {
//		return // nil, released, foreign, or too short
//	}
//	e.batch.fillBuffer(e.id, buffer.id, ...)
//
// The message waits in the batch, if its line in messages.go ends with the word
// batch: its function is a method of batch. Other messages are methods of the
// scope, which sends the batch first; a method that uses them begins with enter
// and ends with leave. All objects that a message names are held, those that are no
// buffers by holdObject, for Metal takes its own references only when the message
// arrives.
type encoder struct {
	cb    *recording
	says  *encoderMessages
	id    objc.ID
	batch *batch
	held  *held
	ended bool // read by the goroutine of the scope alone

	fences fences
	groups int // debug groups that are open
}

func newEncoder(cb *recording, id objc.ID, says *encoderMessages) encoder {
	return encoder{cb: cb, id: id, says: says, batch: &cb.pass.batch, held: &cb.pass.held}
}

// encoderMessages are those that all encoders have, and that two protocols declare.
type encoderMessages struct {
	endEncoding                   func(*batch, objc.ID)
	setLabel, pushGroup, signpost func(*call, objc.ID, objc.ID)
	popGroup                      func(*call, objc.ID)
}

var classicEncoder = encoderMessages{
	endEncoding: (*batch).endEncoding, setLabel: (*call).setEncoderLabel,
	pushGroup: (*call).pushDebugGroup, popGroup: (*call).popDebugGroup, signpost: (*call).insertDebugSignpost,
}

// ready says that a method may go on.
func (e *encoder) ready() bool { return e.cb.ready() && !e.ended }

// refused records why a method is not ready. It is true.
func (e *encoder) refused(method string) bool {
	if e.cb.ready() {
		e.cb.fail(fmt.Errorf("mtl: %s: %w", method, ErrEnded))
	}
	return e.cb.refused(method)
}

// enter begins a method that sends messages at once; e.cb.leave ends it.
func (e *encoder) enter(method string) bool {
	return (e.ready() || !e.refused(method)) && e.cb.enter(method)
}

// holdsObject says that a message may name an object, because it is held for an
// earlier one. Most of the time it is.
func (e *encoder) holdsObject(o *object) bool { return e.held.has(o) && !o.isReleased() }

// holds says the same of n bytes of a buffer at an offset.
func (e *encoder) holds(b *Buffer, offset, n int) bool {
	return b != nil && e.holdsObject(&b.object) && uint(offset) <= uint(b.length) && uint(n) <= uint(b.length-offset)
}

// hold keeps a buffer in use until the scope ends and checks that n bytes at an
// offset lie within it.
func (e *encoder) hold(method string, b *Buffer, offset, n int) bool {
	if b == nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, errNil("Buffer")))
		return false
	}
	if !e.holdObject(method, &b.object) {
		return false
	}
	if offset < 0 || n < 0 || n > b.length || offset > b.length-n {
		e.cb.fail(badArgument(method, "offset", offset, "0 to %d, as %d bytes are used of a buffer of %d", max(b.length-n, 0), n, b.length))
		return false
	}
	return true
}

// holdObject keeps an object in use until the scope ends.
func (e *encoder) holdObject(method string, o *object) bool {
	if err := e.held.add(o, e.cb.dev); err != nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, err))
		return false
	}
	return true
}

// run calls the function of the scope and ends encoding in every case: Metal
// aborts when a command buffer goes with an open encoder.
func (e *encoder) run(encode func() error) error {
	returned := false
	defer func() {
		if returned {
			return
		}
		e.cb.fail(ErrPanicked)
		if !e.ended {
			e.end()
		}
	}()
	if err := encode(); err != nil {
		e.cb.fail(err)
	}
	e.end()
	returned = true
	return e.cb.Err()
}

// end sends what waits, with endEncoding behind it. After an error nothing will be
// committed, and endEncoding goes alone.
func (e *encoder) end() {
	e.ended = true
	e.cb.open = ""
	if e.cb.err.Load() != nil {
		e.batch.Discard()
	}
	e.says.endEncoding(e.batch, e.id)
	defer func() {
		if e.batch.Dropped() > 0 { // a message panicked
			e.says.endEncoding(e.batch, e.id)
			e.batch.Flush()
		}
	}()
	e.cb.flush()
}

func (e *encoder) setLabel(method, label string) {
	if !e.enter(method) {
		return
	}
	defer e.cb.leave()
	s := e.cb.scope
	if err := s.withString(label, func(text objc.ID) { e.says.setLabel(s.call, e.id, text) }); err != nil {
		e.cb.fail(fmt.Errorf("mtl: %s: %w", method, err))
	}
}
