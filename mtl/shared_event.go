package mtl

import (
	"context"
	"fmt"
	"time"

	"github.com/tqmetal/tqmetal/objc"
)

// A SharedEvent is an event that the CPU signals and waits for too, and that
// devices may share (MTLSharedEvent). It may be used from any goroutine; the owner
// releases it.
type SharedEvent struct{ Event }

func (e *SharedEvent) asEvent() *Event {
	if e == nil {
		return nil
	}
	return &e.Event
}

// NewSharedEvent returns an event with the value 0. The caller releases it.
func (d *Device) NewSharedEvent() (*SharedEvent, error) {
	e := new(SharedEvent)
	if err := d.makeObject("SharedEvent", &e.object, func(s *scope) objc.ID { return s.newSharedEvent(d.id) }); err != nil {
		return nil, err
	}
	return e, nil
}

// NewSharedEventWithHandle returns an event that a handle stands for, for use with
// this device: it is signaled when the one is that the handle was made of. The
// caller releases it.
func (d *Device) NewSharedEventWithHandle(handle *SharedEventHandle) (*SharedEvent, error) {
	if handle == nil {
		return nil, errNil("SharedEventHandle")
	}
	if err := handle.acquire(); err != nil {
		return nil, err
	}
	defer handle.drop()
	e := new(SharedEvent)
	if err := d.makeObject("SharedEvent", &e.object, func(s *scope) objc.ID { return s.newSharedEventWithHandle(d.id, handle.id) }); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *SharedEvent) acquire() error {
	if e == nil {
		return errNil("SharedEvent")
	}
	return e.object.acquire()
}

// Release gives up the reference. Committed work that uses the event keeps it.
func (e *SharedEvent) Release() { e.asEvent().Release() }

// SetLabel names the event in Metal's messages and in its debugger.
func (e *SharedEvent) SetLabel(label string) error { return e.asEvent().SetLabel(label) }

// Label returns what SetLabel has set.
func (e *SharedEvent) Label() (string, error) { return e.asEvent().Label() }

// SignaledValue returns the value that the event has.
func (e *SharedEvent) SignaledValue() (uint64, error) {
	if err := e.acquire(); err != nil {
		return 0, err
	}
	defer e.drop()
	s := e.fw.begin()
	defer s.end()
	return s.signaledValue(e.id), nil
}

// SetSignaledValue signals the event from the CPU. Values grow: who waits for a
// value that was passed over goes on, and a smaller value than before wakes nobody.
func (e *SharedEvent) SetSignaledValue(value uint64) error {
	if err := e.acquire(); err != nil {
		return err
	}
	defer e.drop()
	s := e.fw.begin()
	defer s.end()
	s.setSignaledValue(e.id, value)
	return nil
}

// waitSlice is how long a wait in Metal takes before it looks at its context: such
// a wait can't be interrupted.
const waitSlice = 10 * time.Millisecond

// Wait returns when the event has the value or a greater one. When the context
// ends first, it returns its cause, at most some 10 ms later.
func (e *SharedEvent) Wait(ctx context.Context, value uint64) error {
	if err := e.acquire(); err != nil {
		return err
	}
	defer e.drop()
	slice := waitSlice
	if ctx.Done() == nil {
		slice = time.Hour
	}
	for {
		if err := context.Cause(ctx); err != nil {
			return fmt.Errorf("mtl: SharedEvent.Wait for %d: %w", value, err)
		}
		if e.waitUntil(value, slice) {
			return nil
		}
	}
}

func (e *SharedEvent) waitUntil(value uint64, timeout time.Duration) bool {
	s := e.fw.begin()
	defer s.end()
	return s.waitUntilSignaledValue(e.id, value, uint64(timeout.Milliseconds()))
}

// NotifyListener calls notify once, on a thread of the listener's, when the event
// has the value or a greater one, with the value that it has then. The listener
// must live until then. A panic in notify ends the process. A runtime that can't
// call back gives an error that wraps [ErrUnavailable].
func (e *SharedEvent) NotifyListener(listener *SharedEventListener, value uint64, notify func(value uint64)) error {
	if notify == nil {
		return badArgument("SharedEvent.NotifyListener", "function", "nil", "a function")
	}
	if err := e.acquire(); err != nil {
		return err
	}
	defer e.drop()
	if listener == nil {
		return errNil("SharedEventListener")
	}
	if err := listener.acquireFor(e.dev); err != nil {
		return err
	}
	defer listener.drop()
	block, err := e.fw.foundation.NewBlock("v24@?0@8Q16", func(args objc.BlockArguments) { notify(uint64(args[1])) })
	if err != nil {
		return fmt.Errorf("mtl: SharedEvent.NotifyListener: %w", err)
	}
	defer e.fw.foundation.ReleaseBlock(block)
	s := e.fw.begin()
	defer s.end()
	s.notifyListener(e.id, listener.id, value, uintptr(block))
	return nil
}

// NewHandle returns a handle, from which [Device.NewSharedEventWithHandle] makes
// the same event for another device. The caller releases it.
func (e *SharedEvent) NewHandle() (*SharedEventHandle, error) {
	if err := e.acquire(); err != nil {
		return nil, err
	}
	defer e.drop()
	h := new(SharedEventHandle)
	if err := e.dev.makeObject("SharedEventHandle", &h.object, func(s *scope) objc.ID { return s.newSharedEventHandle(e.id) }); err != nil {
		return nil, err
	}
	return h, nil
}

// A SharedEventHandle stands for a shared event where the event itself can't go
// (MTLSharedEventHandle). The owner releases it.
type SharedEventHandle struct{ object }

// Release gives up the reference.
func (h *SharedEventHandle) Release() {
	if h != nil {
		h.release()
	}
}

// Label returns the label that the event had when the handle was made.
func (h *SharedEventHandle) Label() (string, error) {
	if h == nil {
		return "", errNil("SharedEventHandle")
	}
	return h.label((*call).sharedEventHandleLabel)
}

// A SharedEventListener is the thread that functions run on which wait for a
// shared event (MTLSharedEventListener): one after another. It may be used from
// any goroutine and for any number of events; the owner releases it.
type SharedEventListener struct{ object }

// NewSharedEventListener returns a listener. The caller releases it.
func (d *Device) NewSharedEventListener() (*SharedEventListener, error) {
	l := new(SharedEventListener)
	if err := d.makeObject("SharedEventListener", &l.object, func(s *scope) objc.ID {
		return s.newSharedEventListener(s.fw.sharedEventListener)
	}); err != nil {
		return nil, err
	}
	return l, nil
}

// Release gives up the reference.
func (l *SharedEventListener) Release() {
	if l != nil {
		l.release()
	}
}
