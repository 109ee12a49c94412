package softmetal

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// An event is an MTLEvent or MTLSharedEvent: a number that only somebody else can
// raise to what a waiter wants.
type event struct {
	device    *Device
	object    *object
	value     uint64
	listeners []eventListener // of a shared event
}

// An eventListener is a block that is called once, when the value is reached.
type eventListener struct {
	listener *object
	value    uint64
	block    *block
}

func eventClass() *class {
	return &class{
		name:      "SoftMetalEvent",
		protocols: []string{"MTLEvent"},
		methods:   labelMethods(map[string]handler{"device": deviceMethod}),
	}
}

func sharedEventClass() *class {
	return &class{
		name:      "SoftMetalSharedEvent",
		protocols: []string{"MTLSharedEvent", "MTLEvent"},
		methods: labelMethods(map[string]handler{
			"device":            deviceMethod,
			"signaledValue":     on(func(e *event, c *call) { c.returnWord(e.value) }),
			"setSignaledValue:": on(func(e *event, c *call) { e.signal(c.word(0)) }),
			"waitUntilSignaledValue:timeoutMS:": on(func(e *event, c *call) {
				e.object.retain()
				defer c.Device.release(e.object)
				c.returnBool(e.wait(c.word(0), milliseconds(c.word(1))))
			}),
			"notifyListener:atValue:block:": on((*event).notify),
			"newSharedEventHandle": on(func(e *event, c *call) {
				e.object.retain()
				c.returnOwned(c.make(c.classes["MTLSharedEventHandle"], &eventHandle{e}))
			}),
		}),
	}
}

// milliseconds is a timeout; one that is longer than a Duration means for ever.
func milliseconds(n uint64) time.Duration {
	const most = uint64(1<<63-1) / uint64(time.Millisecond)
	return time.Duration(min(n, most)) * time.Millisecond
}

func (c *call) newEvent(class string) {
	e := &event{device: c.Device}
	e.object = c.make(c.classes[class], e)
	c.returnOwned(e.object)
}

func (e *event) dealloc(d *Device, _ *object) {
	for _, l := range e.listeners {
		d.blockRelease(l.block)
		d.release(l.listener)
	}
}

// signal sets the value and calls who waited for it. The lock is held.
func (e *event) signal(value uint64) {
	e.value = value
	e.device.progress.Broadcast()
	e.listeners = slices.DeleteFunc(e.listeners, func(l eventListener) bool {
		if l.value > value {
			return false
		}
		e.object.retain()
		l.listener.payload.(*sharedEventListener).handlers.add(handlerJob{
			blocks: []*block{l.block}, args: []uint64{uint64(e.object.id), value},
			done: func() { e.device.release(e.object); e.device.release(l.listener) },
		})
		return true
	})
}

// wait returns whether the value was reached in time. It gives up at once when the
// device is closed, since nobody is left then. The lock is held, and let go
// meanwhile.
func (e *event) wait(value uint64, timeout time.Duration) bool {
	deadline := time.Now().Add(timeout)
	timer := time.AfterFunc(timeout, func() {
		e.device.mu.Lock()
		defer e.device.mu.Unlock()
		e.device.progress.Broadcast()
	})
	defer timer.Stop()
	for e.value < value {
		if e.device.closed || !time.Now().Before(deadline) {
			return false
		}
		e.device.progress.Wait()
	}
	return true
}

func (e *event) notify(c *call) {
	listener, value := c.object(0), c.word(1)
	if listener == nil {
		c.fail(RuleNilArgument, "argument 1 is the listener, and is nil")
		return
	}
	b := c.blockArgument(2)
	if b == nil {
		return
	}
	e.listeners = append(e.listeners, eventListener{listener.retain(), value, b})
	e.signal(e.value) // it may be reached already
}

// A sharedEventListener is an MTLSharedEventListener: the queue that blocks run on.
type sharedEventListener struct{ handlers handlers }

func sharedEventListenerClass() *class {
	return &class{
		name:   "MTLSharedEventListener",
		public: true,
		create: func(d *Device) any { return &sharedEventListener{handlers{device: d}} },
	}
}

// An eventHandle is an MTLSharedEventHandle: what another device makes the same
// event from.
type eventHandle struct{ event *event }

func (h *eventHandle) dealloc(d *Device, _ *object) { d.release(h.event.object) }

func sharedEventHandleClass() *class {
	return &class{
		name:   "MTLSharedEventHandle",
		public: true,
		methods: map[string]handler{
			"label": on(func(h *eventHandle, c *call) {
				if label := h.event.object.label; label != "" {
					c.returnNew(c.newString(label))
				}
			}),
		},
	}
}

func (c *call) newSharedEventWithHandle() {
	h := payload[*eventHandle](c, 0)
	if h == nil {
		c.fail(RuleNilArgument, "argument 1 is the handle, and is nil")
		return
	}
	c.returnOwned(h.event.object.retain())
}

// An eventPass is an event's part of a command buffer: a signal, or a wait that
// holds up what comes after it in the queue.
type eventPass struct {
	event *event
	value uint64
	wait  bool
}

func (p *eventPass) run(context.Context, backend, Order) error {
	d := p.event.device
	d.mu.Lock()
	defer d.mu.Unlock()
	if !p.wait {
		p.event.signal(p.value)
		return nil
	}
	timeout := d.options.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	if p.event.wait(p.value, timeout) {
		return nil
	}
	return &eventTimeout{label: p.event.object.label, want: p.value, got: p.event.value, closed: d.closed, after: timeout}
}

// defaultTimeout is that of kernels and of waits for events.
const defaultTimeout = 10 * time.Second

// An eventTimeout is a wait that nobody has ended. A Mac's GPU gives up too.
type eventTimeout struct {
	label     string
	want, got uint64
	closed    bool
	after     time.Duration
}

func (e *eventTimeout) Error() string {
	reason := fmt.Sprintf("waited for %v", e.after)
	if e.closed {
		reason = "waited when the device was closed"
	}
	return fmt.Sprintf("Caused GPU Timeout Error (00000002:kIOGPUCommandBufferCallbackErrorTimeout): the command buffer %s, for event %q to be signaled with %d; it has %d", reason, e.label, e.want, e.got)
}

func (cb *commandBuffer) encodeEvent(c *call, wait bool) {
	switch e := payload[*event](c, 0); {
	case e == nil:
		c.fail(RuleNilArgument, "argument 1 is the event, and is nil")
	case cb.state >= statusCommitted:
		c.fail(RuleCommandBufferState, "the command buffer was committed already: its status is %d", cb.state)
	case cb.open != nil:
		c.fail(RuleEncoderActive, "the %s was not ended: an event stands between encoders", cb.open.kind)
	default:
		cb.keep(c.object(0))
		cb.passes = append(cb.passes, &recorded{pass: &eventPass{e, c.word(1), wait}, ordered: true})
	}
}
