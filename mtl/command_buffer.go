package mtl

import (
	"fmt"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/internal/goroutine"
	"github.com/tqmetal/tqmetal/objc"
)

// A CommandBuffer is what a scope of [CommandQueue.Encode] fills
// (MTLCommandBuffer). It belongs to the goroutine that runs the scope and ends
// with it. Encoders come one after another, never two at a time.
type CommandBuffer struct {
	recording
	enqueued bool
}

// A recording is what a command buffer of either kind has while its scope runs. The
// encoders know no more of it.
type recording struct {
	dev   *Device
	scope *scope
	pass  *pass
	id    objc.ID

	// owner is home while the goroutine of the scope may call methods, busy while
	// it is in one that sends messages of its own, and 0 after an error and after
	// the end. Who finds another number there than its own goroutine's is refused.
	// Only comparing costs nothing: a lock taken by each method cost as much as a
	// message, and found a second goroutine only when both were in a method.
	owner atomic.Uintptr
	home  uintptr
	ended atomic.Bool

	open string                // the kind of encoder that is open
	err  atomic.Pointer[error] // the first error

	residency residencySets
	groups    int // debug groups that are open
}

// busy is the number of no goroutine.
const busy = ^uintptr(0)

// init begins a recording of the calling goroutine.
func (cb *recording) init(dev *Device, s *scope, p *pass, id objc.ID) {
	cb.dev, cb.scope, cb.pass, cb.id, cb.home = dev, s, p, id, goroutine.Current()
	cb.owner.Store(cb.home)
}

// ready says that the calling goroutine may call methods, as it stands.
func (cb *recording) ready() bool { return cb.owner.Load() == goroutine.Current() }

// enter begins a method that sends messages at once; leave ends it. What such a
// message calls back may not use the command buffer, nor its encoders.
func (cb *recording) enter(method string) bool {
	if !cb.owner.CompareAndSwap(goroutine.Current(), busy) {
		cb.refused(method)
		return false
	}
	if cb.pass.batch.Sending() {
		cb.refused(method)
		cb.leave()
		return false
	}
	return true
}

func (cb *recording) leave() { cb.owner.CompareAndSwap(busy, cb.home) }

// refused records why a method is not ready. It is true. After an error that was
// recorded before, there is nothing to add.
func (cb *recording) refused(method string) bool {
	switch {
	case cb.ended.Load():
		cb.fail(fmt.Errorf("mtl: %s: %w", method, ErrEnded))
	case goroutine.Current() != cb.home:
		cb.fail(fmt.Errorf("mtl: %s: %w", method, ErrConcurrentUse))
	case cb.owner.Load() == busy:
		cb.fail(fmt.Errorf("mtl: %s: called by a message of the same command buffer: %w", method, ErrConcurrentUse))
	}
	return true
}

// fail keeps the first error. Later calls do nothing.
func (cb *recording) fail(err error) {
	cb.err.CompareAndSwap(nil, &err)
	cb.owner.Store(0)
}

// Err returns the first error of the command buffer and its encoders, after
// which the scope does not commit.
func (cb *CommandBuffer) Err() error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	return cb.recording.Err()
}

// Err returns the first error.
func (cb *recording) Err() error {
	if err := cb.err.Load(); err != nil {
		return *err
	}
	return nil
}

// flush sends what waits, and fails when a message was lost, now or before.
func (cb *recording) flush() {
	b := &cb.pass.batch
	b.Flush()
	if b.Reentered() {
		cb.fail(fmt.Errorf("mtl: an encoder was used by a message of its own command buffer: %w", ErrConcurrentUse))
	}
	if b.Panicked() {
		cb.fail(fmt.Errorf("mtl: a message of the command buffer: %w", ErrPanicked))
	}
}

// end makes every later use an error.
func (cb *recording) end() {
	cb.ended.Store(true)
	cb.owner.Store(0)
}

// SetLabel names the command buffer in Metal's messages and in its debugger.
func (cb *CommandBuffer) SetLabel(label string) error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	return cb.setLabel("CommandBuffer.SetLabel", label, (*call).setCommandBufferLabel)
}

func (cb *recording) setLabel(method, label string, send func(*call, objc.ID, objc.ID)) error {
	if !cb.enter(method) {
		return cb.Err()
	}
	defer cb.leave()
	if err := cb.scope.withString(label, func(text objc.ID) { send(cb.scope.call, cb.id, text) }); err != nil {
		return fmt.Errorf("mtl: %s: %w", method, err)
	}
	return nil
}

// begin opens an encoder of a kind. What waits for the encoder before is sent.
func (cb *recording) begin(kind string, send func() objc.ID) (objc.ID, error) {
	if !cb.enter(kind) {
		return 0, cb.Err()
	}
	defer cb.leave()
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
