package mtl

import (
	"fmt"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/objc"
)

// An object holds one reference to a Metal object. It is part of every owning
// type.
//
// state counts the uses under way and has the bit released set once Release
// was called. Whoever takes the count to zero with that bit set gives the
// reference up: so a Release in one goroutine never pulls an object from under
// a message in another. The objects of messages that wait in a batch are in use
// until the scope ends; see held.
type object struct {
	state  atomic.Int64
	dev    *Device // the device it belongs to; a device belongs to itself
	id     objc.ID
	serial uint32 // counts the objects of a framework
	fw     *Framework
	kind   string
}

const released = 1 << 62

// own takes over one reference to id.
func (o *object) own(kind string, fw *Framework, dev *Device, id objc.ID) {
	o.kind, o.fw, o.dev, o.id = kind, fw, dev, id
	o.serial = fw.serial.Add(1)
	fw.ledger.add(o)
}

func (o *object) errReleased() error { return fmt.Errorf("mtl: %s: %w", o.kind, ErrReleased) }

// isReleased says whether Release was called.
func (o *object) isReleased() bool { return o.state.Load() >= released }

// acquire begins a use of the object, which drop ends.
func (o *object) acquire() error {
	for {
		n := o.state.Load()
		if n&released != 0 {
			return o.errReleased()
		}
		if o.state.CompareAndSwap(n, n+1) {
			return nil
		}
	}
}

// acquireAgain begins another use of an object that is in use, though it may be
// released since.
func (o *object) acquireAgain() { o.state.Add(1) }

func (o *object) drop() {
	if o.state.Add(-1) == released {
		o.giveUp()
	}
}

// release marks the object as released. Only the first call has an effect.
func (o *object) release() {
	if o.state.Or(released) == 0 {
		o.giveUp()
	}
}

func (o *object) giveUp() {
	o.fw.ledger.remove(o)
	// Releasing the last reference runs Metal's own code, which may autorelease.
	pool := o.fw.foundation.OpenPool()
	defer pool.Close()
	o.fw.foundation.Release(o.id)
}

// acquireFor begins a use of an object on the given device.
func (o *object) acquireFor(dev *Device) error {
	if o.fw != dev.fw || o.dev.id != dev.id {
		return fmt.Errorf("mtl: %s of device %q used on device %q: %w", o.kind, o.dev.name, dev.name, ErrForeign)
	}
	return o.acquire()
}

// base is the object of an owning type.
func (o *object) base() *object { return o }

// begin begins a scope on the object's framework.
func (o *object) begin() *scope { return o.fw.begin() }

// A subject is an owning object, which may be nil or released.
type subject interface {
	acquire() error
	drop()
	begin() *scope
}

// ask sends messages to an object within a scope, and returns what they say.
func ask[T any](of subject, send func(*scope) T) (T, error) {
	if err := of.acquire(); err != nil {
		var zero T
		return zero, err
	}
	defer of.drop()
	s := of.begin()
	defer s.end()
	return send(s), nil
}

// tell is ask for messages without an answer.
func tell(to subject, send func(*scope)) error {
	_, err := ask(to, func(s *scope) struct{} { send(s); return struct{}{} })
	return err
}

// setLabel sends one of the messages that set a label.
func (o *object) setLabel(method, label string, send func(*call, objc.ID, objc.ID)) error {
	if err := o.acquire(); err != nil {
		return err
	}
	defer o.drop()
	s := o.fw.begin()
	defer s.end()
	if err := s.withString(label, func(text objc.ID) { send(s.call, o.id, text) }); err != nil {
		return fmt.Errorf("mtl: %s: %w", method, err)
	}
	return nil
}

func errNil(kind string) error { return fmt.Errorf("mtl: %s: %w", kind, ErrNil) }
