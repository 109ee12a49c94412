package mtl

import (
	"fmt"
	"slices"
	"sync"

	"github.com/tqmetal/tqmetal/objc"
)

// A CommandQueue4Descriptor says how a queue is made (MTL4CommandQueueDescriptor).
type CommandQueue4Descriptor struct {
	// Label is a name for Metal's messages and its debugger, or empty.
	Label string
}

// A CommandQueue4 runs command buffers of Metal 4 (MTL4CommandQueue, macOS 26). They
// begin in the order of their commits; that one sees what another has written is for
// barriers, fences and events, see [ComputeCommandEncoder4].
//
// What its work uses is in the GPU's reach by a [ResidencySet] of the queue or of the
// command buffer, and by nothing else: buffers, those at indexes of an [ArgumentTable]
// too, and indirect command buffers with the pipelines of their commands.
//
// It may be used from any goroutine; the owner releases it.
type CommandQueue4 struct {
	object
	residency residencySets

	mu        sync.Mutex
	sets      map[*ResidencySet]bool // those of residency, each in use
	commits   uint64                 // the number of the last
	underWay  []uint64               // the numbers of those that are not done
	events    []queueEvent
	last      *CommandAllocator // for the commit of Release, once there was an event
	users     int               // scopes and submissions that are not done, and Release at work
	abandoned bool              // Release was called: what the queue keeps goes with the last user
}

// A queueEvent is an event that the queue was told of. Metal says when a commit is done,
// and nothing of events: so one is in use until a commit that came later is done, and
// all before it.
type queueEvent struct {
	event *Event
	after uint64 // the number of the commit before it
	over  bool   // a later commit is done
}

// NewCommandQueue4 returns a queue. Below macOS 26 the error wraps [ErrUnsupported]. The
// caller releases the queue.
func (d *Device) NewCommandQueue4(descriptor CommandQueue4Descriptor) (*CommandQueue4, error) {
	q := &CommandQueue4{sets: map[*ResidencySet]bool{}}
	err := d.makeDescribed("Device.NewCommandQueue4", "CommandQueue4", &q.object, descriptor.Label, described{
		class: func(f *Framework) objc.ID { return f.commandQueue4Descriptor },
		new:   (*call).newCommandQueue4Descriptor, setLabel: (*call).setCommandQueue4DescriptorLabel,
		make: (*call).newCommandQueue4,
	})
	if err != nil {
		return nil, err
	}
	return q, nil
}

func (q *CommandQueue4) acquire() error {
	if q == nil {
		return errNil("CommandQueue4")
	}
	return q.object.acquire()
}

// Release gives up the reference. Committed work still completes, and events are still
// signaled.
func (q *CommandQueue4) Release() {
	if q == nil {
		return
	}
	q.mu.Lock()
	again := q.abandoned
	q.abandoned = true
	q.users++
	waits := slices.ContainsFunc(q.events, func(e queueEvent) bool { return e.after == q.commits })
	q.mu.Unlock()
	// The queue has to live until it has signaled, which only a later commit tells.
	if waits && !again {
		_, _ = q.Encode(q.last, func(*CommandBuffer4) error { return nil }) // if there is no memory, nothing better is left
	}
	q.last.Release()
	q.release()
	q.leave()
}

// leave ends the use of what the queue keeps.
func (q *CommandQueue4) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.users--; q.users > 0 || !q.abandoned {
		return
	}
	for set := range q.sets {
		set.drop()
	}
	clear(q.sets)
	for _, e := range q.events {
		e.event.drop()
	}
	q.events = nil
}

// enter begins a use of the queue and of what it keeps.
func (q *CommandQueue4) enter() error {
	if err := q.acquire(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.users++
	return nil
}

// Encode runs encode with a command buffer whose commands lie in the allocator, and
// commits it. The goroutine is locked to its thread meanwhile, with an autorelease pool
// of its own. If encode returns an error, panics, or leaves an error in an encoder,
// nothing is committed.
//
// All that the commands name is kept until the work is done, and so are queue and
// allocator: any of it may be released as soon as Encode has returned.
func (q *CommandQueue4) Encode(allocator *CommandAllocator, encode func(*CommandBuffer4) error) (*Submission4, error) {
	return q.encode("CommandQueue4.Encode", allocator, encode, func(s *scope, _ *pass, id objc.ID) (objc.ID, error) {
		s.beginCommandBuffer(id, allocator.id)
		return 0, nil
	})
}

// EncodeWithOptions is [CommandQueue4.Encode] with a command buffer that is begun as the
// options say.
func (q *CommandQueue4) EncodeWithOptions(allocator *CommandAllocator, options CommandBufferOptions, encode func(*CommandBuffer4) error) (*Submission4, error) {
	const method = "CommandQueue4.EncodeWithOptions"
	return q.encode(method, allocator, encode, func(s *scope, p *pass, id objc.ID) (objc.ID, error) {
		if l := options.LogState; l != nil {
			if err := p.held.add(&l.object, q.dev); err != nil {
				return 0, fmt.Errorf("%s: LogState: %w", method, err)
			}
		}
		object := options.make(s)
		if object == 0 {
			return 0, s.fw.failed("MTL4CommandBufferOptions", 0)
		}
		s.beginCommandBufferWithOptions(id, allocator.id, object)
		return object, nil
	})
}

// encode is Encode with a command buffer that begin begins, by an object that is
// released when the command buffer has ended, or 0.
func (q *CommandQueue4) encode(method string, allocator *CommandAllocator, encode func(*CommandBuffer4) error, begin func(*scope, *pass, objc.ID) (objc.ID, error)) (*Submission4, error) {
	if err := q.enter(); err != nil {
		return nil, err
	}
	committed := false
	defer func() {
		if !committed {
			q.leave()
			q.drop()
		}
	}()
	if encode == nil {
		return nil, badArgument(method, "function", "nil", "a function")
	}
	if err := allocator.claim(method, q.dev); err != nil {
		return nil, err
	}
	sub := &Submission4{queue: q, allocator: allocator, done: make(chan struct{})}
	labeled := allocator.labeled // by a scope before
	defer func() {
		allocator.end(committed, labeled)
		if committed {
			sub.committing.Unlock()
		}
	}()
	s, p := q.fw.beginPass(q.dev.eager.Load())
	defer s.endPass(p)

	// A runtime that can't call back is found out before anything is encoded.
	options, err := sub.commitOptions(s, method)
	if err != nil {
		return nil, err
	}
	// Whether Metal keeps them until it calls the handler, it does not say.
	defer func() {
		if !committed {
			q.fw.foundation.Release(options)
		}
	}()
	id := allocator.buffer.id
	object, err := begin(s, p, id)
	if err != nil {
		return nil, err
	}
	if object != 0 {
		defer q.fw.foundation.Release(object)
	}
	if labeled {
		s.setCommandBuffer4Label(id, 0)
	}
	cb := new(CommandBuffer4)
	cb.init(q.dev, s, p, id)
	ended := false
	defer func() {
		cb.end()
		labeled = cb.labeled
		if !ended {
			s.endCommandBuffer(id) // the allocator is free for others then
		}
	}()
	if err := encode(cb); err != nil {
		return nil, err
	}
	cb.end()
	cb.flush()
	ended = true
	s.endCommandBuffer(id)
	if err := cb.Err(); err != nil {
		return nil, fmt.Errorf("mtl: the command buffer is not committed: %w", err)
	}
	sub.handlers, sub.options = cb.handlers, options
	q.beginCommit(sub, p.held.take())
	sub.committing.Lock()
	committed = true // whatever becomes of the message
	s.commitCommandBuffers4(q.id, []objc.ID{id}, 1, options)
	return sub, nil
}

// beginCommit numbers a commit, which uses what its commands name and what the queue
// names for it.
func (q *CommandQueue4) beginCommit(sub *Submission4, held []*object) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.commits++
	sub.number = q.commits
	q.underWay = append(q.underWay, sub.number)
	for set := range q.sets {
		set.acquireAgain()
		held = append(held, &set.object)
	}
	sub.held = held
}

// endCommit ends what beginCommit and encode have begun.
func (q *CommandQueue4) endCommit(number uint64) {
	defer q.drop()
	defer q.leave()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.underWay = slices.DeleteFunc(q.underWay, func(n uint64) bool { return n == number })
	for i := range q.events {
		if number > q.events[i].after {
			q.events[i].over = true
		}
	}
	q.events = slices.DeleteFunc(q.events, func(e queueEvent) bool {
		if !e.over || slices.ContainsFunc(q.underWay, func(n uint64) bool { return n <= e.after }) {
			return false
		}
		e.event.drop()
		return true
	})
}

// SignalEvent signals the event with a value once all work is done that was committed
// before.
func (q *CommandQueue4) SignalEvent(event AnyEvent, value uint64) error {
	return q.sendEvent("CommandQueue4.SignalEvent", event, value, (*call).signalEvent)
}

// WaitForEvent lets nothing that is committed afterwards begin before the event has the
// value or a greater one.
func (q *CommandQueue4) WaitForEvent(event AnyEvent, value uint64) error {
	return q.sendEvent("CommandQueue4.WaitForEvent", event, value, (*call).waitForEvent)
}

func (q *CommandQueue4) sendEvent(method string, event AnyEvent, value uint64, send func(*call, objc.ID, objc.ID, uint64)) error {
	if err := q.acquire(); err != nil {
		return err
	}
	defer q.drop()
	if event == nil || event.asEvent() == nil {
		return fmt.Errorf("%s: %w", method, errNil("Event"))
	}
	e := event.asEvent()
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.abandoned {
		return fmt.Errorf("%s: %w", method, q.errReleased())
	}
	if q.last == nil {
		last, err := q.dev.NewCommandAllocator(CommandAllocatorDescriptor{})
		if err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		q.last = last
	}
	if err := e.acquireFor(q.dev); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	q.events = append(q.events, queueEvent{event: e, after: q.commits})
	s := q.fw.begin()
	defer s.end()
	send(s.call, q.id, e.id, value)
	return nil
}

// AddResidencySets makes the memory in the sets resident for all work that is committed
// to the queue from now on. A queue takes up to 32 sets and keeps them until they are
// removed, or it is released and its work done.
func (q *CommandQueue4) AddResidencySets(sets ...*ResidencySet) error {
	return q.residencySets("CommandQueue4.AddResidencySets", sets, (*residencySets).add, (*call).queue4AddResidencySets, func(set *ResidencySet) {
		if !q.sets[set] {
			set.acquireAgain()
			q.sets[set] = true
		}
	})
}

// RemoveResidencySets takes sets from the queue. Work that was committed before is not
// affected.
func (q *CommandQueue4) RemoveResidencySets(sets ...*ResidencySet) error {
	return q.residencySets("CommandQueue4.RemoveResidencySets", sets, (*residencySets).remove, (*call).queue4RemoveResidencySets, func(set *ResidencySet) {
		if q.sets[set] {
			delete(q.sets, set)
			set.drop()
		}
	})
}

func (q *CommandQueue4) residencySets(method string, sets []*ResidencySet, change func(*residencySets, string, []objc.ID, func()) error, send func(*call, objc.ID, []objc.ID, uint64), note func(*ResidencySet)) error {
	if err := q.acquire(); err != nil {
		return err
	}
	defer q.drop()
	return withHandles(method, "sets", q.dev, sets, func(ids []objc.ID) error {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.abandoned {
			return fmt.Errorf("%s: %w", method, q.errReleased())
		}
		err := change(&q.residency, method, ids, func() {
			s := q.fw.begin()
			defer s.end()
			send(s.call, q.id, ids, uint64(len(ids)))
		})
		if err == nil {
			for _, set := range sets {
				note(set)
			}
		}
		return err
	})
}

// NewCaptureScope returns a scope for the work of this queue. The caller releases it.
func (q *CommandQueue4) NewCaptureScope() (*CaptureScope, error) {
	if err := q.acquire(); err != nil {
		return nil, err
	}
	defer q.drop()
	return newCaptureScope(&q.object, (*call).newCaptureScopeWithCommandQueue4)
}
