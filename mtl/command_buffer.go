package mtl

import (
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/objc"
)

// A CommandBuffer is what a scope of [CommandQueue.Encode] fills
// (MTLCommandBuffer). It belongs to the goroutine that runs the scope and ends
// with it. Encoders come one after another, never two at a time.
type CommandBuffer struct {
	dev   *Device
	scope *scope
	id    objc.ID

	busy  atomic.Bool           // a method of the command buffer or of an encoder is running
	ended bool                  // guarded by busy
	open  string                // the kind of encoder that is open; guarded by busy
	err   atomic.Pointer[error] // the first error

	residency residencySets
	enqueued  bool // guarded by busy
	groups    int  // debug groups that are open; guarded by busy
}

// enter begins a method. Two goroutines in one command buffer would share the
// register image of one message.
func (cb *CommandBuffer) enter(method string) bool {
	if !cb.busy.CompareAndSwap(false, true) {
		cb.fail(fmt.Errorf("mtl: %s: %w", method, ErrConcurrentUse))
		return false
	}
	if cb.ended {
		cb.fail(fmt.Errorf("mtl: %s: %w", method, ErrEnded))
		cb.leave()
		return false
	}
	return true
}

func (cb *CommandBuffer) leave() { cb.busy.Store(false) }

// fail keeps the first error.
func (cb *CommandBuffer) fail(err error) { cb.err.CompareAndSwap(nil, &err) }

// Err returns the first error of the command buffer and its encoders, after
// which the scope does not commit.
func (cb *CommandBuffer) Err() error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	if err := cb.err.Load(); err != nil {
		return *err
	}
	return nil
}

// end makes every later use an error. It waits for a second goroutine that is
// inside a method, which is a misuse that enter has reported.
func (cb *CommandBuffer) end() {
	for !cb.busy.CompareAndSwap(false, true) {
		runtime.Gosched()
	}
	cb.ended = true
	cb.leave()
}

// SetLabel names the command buffer in Metal's messages and in its debugger.
func (cb *CommandBuffer) SetLabel(label string) error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	if !cb.enter("CommandBuffer.SetLabel") {
		return cb.Err()
	}
	defer cb.leave()
	if err := cb.scope.withString(label, func(text objc.ID) { cb.scope.setCommandBufferLabel(cb.id, text) }); err != nil {
		return fmt.Errorf("mtl: CommandBuffer.SetLabel: %w", err)
	}
	return nil
}

// begin opens an encoder of a kind.
func (cb *CommandBuffer) begin(kind string, send func() objc.ID) (objc.ID, error) {
	if !cb.enter(kind) {
		return 0, cb.Err()
	}
	defer cb.leave()
	if err := cb.Err(); err != nil {
		return 0, err
	}
	if cb.open != "" {
		err := fmt.Errorf("mtl: a %s is opened inside a %s; want one encoder at a time: %w", kind, cb.open, ErrArgument)
		cb.fail(err)
		return 0, err
	}
	id := send() // lives in the pool of the scope
	if id == 0 {
		err := cb.dev.fw.failed(kind, 0)
		cb.fail(err)
		return 0, err
	}
	cb.open = kind
	return id, nil
}

// An encoder is the part that compute and blit encoders share. Its error is
// its command buffer's: after one, nothing is committed.
type encoder struct {
	cb    *CommandBuffer
	id    objc.ID
	ended bool // guarded by cb.busy

	fences fences
	groups int // debug groups that are open
}

// enter begins a method; when it returns true, cb.leave ends it. After an
// error later calls do nothing.
func (e *encoder) enter(method string) bool {
	if !e.cb.enter(method) {
		return false
	}
	if e.ended {
		e.cb.fail(fmt.Errorf("mtl: %s: %w", method, ErrEnded))
	}
	if e.cb.err.Load() != nil {
		e.cb.leave()
		return false
	}
	return true
}

// run calls the function of the scope and ends encoding in every case: Metal
// aborts when a command buffer goes with an open encoder.
func (e *encoder) run(encode func() error) error {
	returned := false
	defer func() {
		if !returned {
			e.cb.fail(ErrPanicked)
		}
		e.end()
	}()
	err := encode()
	returned = true
	if err != nil {
		e.cb.fail(err)
	}
	return e.cb.Err()
}

func (e *encoder) end() {
	for !e.cb.busy.CompareAndSwap(false, true) {
		runtime.Gosched()
	}
	defer e.cb.leave()
	e.ended = true
	e.cb.open = ""
	e.cb.scope.endEncoding(e.id)
}

func (e *encoder) setLabel(method, label string) {
	if !e.enter(method) {
		return
	}
	defer e.cb.leave()
	s := e.cb.scope
	if err := s.withString(label, func(text objc.ID) { s.setEncoderLabel(e.id, text) }); err != nil {
		e.cb.fail(fmt.Errorf("mtl: %s: %w", method, err))
	}
}
