package mtl

import (
	"fmt"
	"sync"

	"github.com/tqmetal/tqmetal/objc"
)

// A CommandAllocatorDescriptor says how an allocator is made
// (MTL4CommandAllocatorDescriptor).
type CommandAllocatorDescriptor struct {
	// Label is a name for Metal's messages and its debugger, or empty.
	Label string
}

// A CommandAllocator is the memory that the commands of [CommandQueue4.Encode] lie in
// (MTL4CommandAllocator, macOS 26). It grows with each scope, and Reset gives all of
// it to those that come. Programs have as many as they have steps under way at a
// time, and use them in turn.
//
// It serves one scope at a time: a second one, whether in this goroutine or another,
// is an error that wraps [ErrInUse]. Otherwise it may be used from any goroutine; the
// owner releases it, before or after the work is done.
type CommandAllocator struct {
	object

	// The command buffer that scopes record by, one after another. Metal lets one be
	// used again as soon as it is committed.
	buffer object

	mu       sync.Mutex
	open     bool
	underWay int  // commits that are not done
	labeled  bool // a scope has given the command buffer a name
}

// NewCommandAllocator returns an allocator. Below macOS 26 the error wraps
// [ErrUnsupported]. The caller releases the allocator.
func (d *Device) NewCommandAllocator(descriptor CommandAllocatorDescriptor) (*CommandAllocator, error) {
	const method = "Device.NewCommandAllocator"
	a := new(CommandAllocator)
	err := d.makeDescribed(method, "CommandAllocator", &a.object, descriptor.Label, described{
		class: func(f *Framework) objc.ID { return f.commandAllocatorDescriptor },
		new:   (*call).newCommandAllocatorDescriptor, setLabel: (*call).setCommandAllocatorDescriptorLabel,
		make: (*call).newCommandAllocator,
	})
	if err != nil {
		return nil, err
	}
	if err := d.makeObject("CommandBuffer4", &a.buffer, func(s *scope) objc.ID { return s.newCommandBuffer4(d.id) }); err != nil {
		a.release()
		return nil, err
	}
	return a, nil
}

// described are the messages that make an object by a descriptor with a label.
type described struct {
	class    func(*Framework) objc.ID // the descriptor's
	new      func(*call, objc.ID) objc.ID
	setLabel func(*call, objc.ID, objc.ID)
	set      func(*call, objc.ID) // what else it says, or nil
	make     func(*call, objc.ID, objc.ID) (objc.ID, objc.ID)
}

// makeDescribed makes an owning object of Metal 4.
func (d *Device) makeDescribed(method, kind string, o *object, label string, how described) error {
	if err := d.needsMetal4(method); err != nil {
		return err
	}
	if err := d.acquire(); err != nil {
		return err
	}
	defer d.drop()
	s := d.fw.begin()
	defer s.end()
	descriptor := how.new(s.call, how.class(d.fw))
	if descriptor == 0 {
		return d.fw.failed("the descriptor of a "+kind, 0)
	}
	defer d.fw.foundation.Release(descriptor)
	if label != "" {
		if err := s.withString(label, func(text objc.ID) { how.setLabel(s.call, descriptor, text) }); err != nil {
			return fmt.Errorf("mtl: %s: Label: %w", method, err)
		}
	}
	if how.set != nil {
		how.set(s.call, descriptor)
	}
	id, nsError := how.make(s.call, d.id, descriptor)
	if id == 0 {
		return d.fw.failed(method, nsError)
	}
	o.own(kind, d.fw, d, id)
	return nil
}

func (a *CommandAllocator) acquire() error {
	if a == nil {
		return errNil("CommandAllocator")
	}
	return a.object.acquire()
}

// Release gives up the reference. Work that lies in the allocator goes on, and keeps it
// until it is done.
func (a *CommandAllocator) Release() {
	if a != nil {
		a.release()
		a.buffer.release()
	}
}

// AllocatedSize returns the bytes of memory that the allocator has.
func (a *CommandAllocator) AllocatedSize() (int64, error) {
	return ask(a, func(s *scope) int64 { return int64(s.commandAllocatorAllocatedSize(a.id)) })
}

// Reset gives the memory to the scopes that come. All that was committed with this
// allocator has to be done: before that, and while a scope has it, the error wraps
// [ErrInUse].
func (a *CommandAllocator) Reset() error {
	const method = "CommandAllocator.Reset"
	if err := a.acquire(); err != nil {
		return err
	}
	defer a.drop()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.open:
		return fmt.Errorf("mtl: %s: a scope has the allocator: %w", method, ErrInUse)
	case a.underWay > 0:
		return fmt.Errorf("mtl: %s: %d submissions that lie in it are not done: %w", method, a.underWay, ErrInUse)
	}
	s := a.fw.begin()
	defer s.end()
	s.resetCommandAllocator(a.id)
	return nil
}

// claim gives the allocator to a scope, with its command buffer, which both are in use
// until end, and after a commit until done.
func (a *CommandAllocator) claim(method string, dev *Device) error {
	if a == nil {
		return fmt.Errorf("%s: %w", method, errNil("CommandAllocator"))
	}
	// A Release in the midst of this must not leave one without the other.
	if err := a.buffer.acquire(); err != nil {
		return fmt.Errorf("%s: %w", method, a.errReleased())
	}
	if err := a.acquireFor(dev); err != nil {
		a.buffer.drop()
		return fmt.Errorf("%s: %w", method, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open {
		a.buffer.drop()
		a.drop()
		return fmt.Errorf("mtl: %s: another scope has the allocator: %w", method, ErrInUse)
	}
	a.open = true
	return nil
}

// end takes the allocator from a scope.
func (a *CommandAllocator) end(committed, labeled bool) {
	a.mu.Lock()
	a.open = false
	a.labeled = labeled
	if committed {
		a.underWay++
	}
	a.mu.Unlock()
	if !committed {
		a.buffer.drop()
		a.drop()
	}
}

// done ends what a commit has begun.
func (a *CommandAllocator) done() {
	a.mu.Lock()
	a.underWay--
	a.mu.Unlock()
	a.buffer.drop()
	a.drop()
}
