package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// An Event orders command buffers of the queues of one device (MTLEvent): one
// signals it with a value, another waits until it has that value. It may be used
// from any goroutine; the owner releases it, once the work that uses it is
// committed.
type Event struct{ object }

// AnyEvent is what a command buffer signals and waits for: an [*Event] or a
// [*SharedEvent].
type AnyEvent interface{ asEvent() *Event }

func (e *Event) asEvent() *Event { return e }

// NewEvent returns an event with the value 0. The caller releases it.
func (d *Device) NewEvent() (*Event, error) {
	e := new(Event)
	if err := d.makeObject("Event", &e.object, func(s *scope) objc.ID { return s.newEvent(d.id) }); err != nil {
		return nil, err
	}
	return e, nil
}

// makeObject makes an owning object of a kind by one message to the device, which
// answers it with a reference.
func (d *Device) makeObject(kind string, o *object, send func(*scope) objc.ID) error {
	if err := d.acquire(); err != nil {
		return err
	}
	defer d.drop()
	s := d.fw.begin()
	defer s.end()
	id := send(s)
	if id == 0 {
		return d.fw.failed(kind, 0)
	}
	o.own(kind, d.fw, d, id)
	return nil
}

// Release gives up the reference. Committed work that uses the event keeps it.
func (e *Event) Release() {
	if e != nil {
		e.release()
	}
}

// SetLabel names the event in Metal's messages and in its debugger.
func (e *Event) SetLabel(label string) error {
	if e == nil {
		return errNil("Event")
	}
	return e.setLabel("Event.SetLabel", label, (*call).setEventLabel)
}

// Label returns what SetLabel has set.
func (e *Event) Label() (string, error) {
	if e == nil {
		return "", errNil("Event")
	}
	return e.label((*call).eventLabel)
}

// label reads the label of an object.
func (o *object) label(send func(*call, objc.ID) objc.ID) (string, error) {
	if err := o.acquire(); err != nil {
		return "", err
	}
	defer o.drop()
	s := o.fw.begin()
	defer s.end()
	return o.fw.foundation.String(send(s.call, o.id)), nil
}

// EncodeSignalEvent signals the event with a value once everything that was
// encoded before it is done. Who waits for this value or a smaller one goes on. It
// stands between encoders. A command buffer that fails before it gets there may
// leave the event as it is.
func (cb *CommandBuffer) EncodeSignalEvent(event AnyEvent, value uint64) error {
	return cb.encodeEvent("CommandBuffer.EncodeSignalEvent", event, value, (*call).encodeSignalEvent)
}

// EncodeWaitForEvent lets nothing that is encoded after it, nor what is committed
// to the queue later, begin before the event has the value or a greater one. It
// stands between encoders. If nobody signals the event, the GPU gives up after
// some seconds and the command buffer fails with [CommandBufferErrorTimeout].
func (cb *CommandBuffer) EncodeWaitForEvent(event AnyEvent, value uint64) error {
	return cb.encodeEvent("CommandBuffer.EncodeWaitForEvent", event, value, (*call).encodeWaitForEvent)
}

func (cb *CommandBuffer) encodeEvent(method string, event AnyEvent, value uint64, send func(*call, objc.ID, objc.ID, uint64)) error {
	return cb.between(method, func() error {
		if event == nil || event.asEvent() == nil {
			return fmt.Errorf("%s: %w", method, errNil("Event"))
		}
		e := event.asEvent()
		if err := e.acquireFor(cb.dev); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		defer e.drop()
		send(cb.scope.call, cb.id, e.id, value)
		return nil
	})
}

// between runs a method that Metal allows only while no encoder is open. Its error
// fails the command buffer.
func (cb *CommandBuffer) between(method string, f func() error) error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	if !cb.enter(method) {
		return cb.Err()
	}
	defer cb.leave()
	if err := cb.Err(); err != nil {
		return err
	}
	if cb.open != "" {
		return cb.refuse(fmt.Errorf("mtl: %s inside a %s; it stands between encoders: %w", method, cb.open, ErrArgument))
	}
	if err := f(); err != nil {
		return cb.refuse(err)
	}
	return nil
}
