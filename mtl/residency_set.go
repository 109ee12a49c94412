package mtl

import (
	"fmt"
	"slices"
	"sync"

	"github.com/tqmetal/tqmetal/objc"
)

// MaxResidencySets is how many residency sets a command queue takes, and how
// many a command buffer takes besides.
const MaxResidencySets = 32

// An Allocation is memory that can be resident: a [*Buffer], an
// [*IndirectCommandBuffer], or a [*Heap] with
// all that is in it (MTLAllocation). A buffer of a heap stands for the whole
// heap. From macOS 26 on a [*ComputePipelineState] is one, too, for commands of an
// indirect command buffer that have it and are executed by a [ComputeCommandEncoder4].
type Allocation interface {
	Release()
	acquireFor(*Device) error
	drop()
	handle() objc.ID
}

func (o *object) handle() objc.ID { return o.id }

func (h *Heap) acquireFor(dev *Device) error {
	if h == nil {
		return errNil("Heap")
	}
	return h.object.acquireFor(dev)
}

// A ResidencySetDescriptor says how a residency set is made
// (MTLResidencySetDescriptor).
type ResidencySetDescriptor struct {
	// Label is a name for Metal's messages and its debugger, or empty.
	Label string
	// InitialCapacity is for how many allocations there is room at once. More
	// may be added.
	InitialCapacity int
}

// A ResidencySet is a list of memory that the GPU shall be able to reach
// without being told so by every encoder (MTLResidencySet, macOS 15): what
// kernels reach through addresses in buffers alone, such as the weights of a
// model. What is bound to an index needs no set.
//
// Add, Remove and RemoveAll collect changes, and Commit applies them. A set
// orders nothing: work that writes what other work reads still needs fences
// and events.
//
// A set may be used from any goroutine; the owner releases it. It keeps the
// memory in it alive, and a queue keeps its sets.
type ResidencySet struct {
	object
	mu sync.Mutex // Metal's set is not safe for two threads
}

// NewResidencySet returns an empty set. Below macOS 15 the error wraps
// [ErrUnsupported]. The caller releases the set.
func (d *Device) NewResidencySet(descriptor ResidencySetDescriptor) (*ResidencySet, error) {
	const method = "Device.NewResidencySet"
	if err := d.needsResidencySets(method); err != nil {
		return nil, err
	}
	if n := descriptor.InitialCapacity; n < 0 {
		return nil, badArgument(method, "InitialCapacity", n, "at least 0")
	}
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	s := d.fw.begin()
	defer s.end()
	object := s.newResidencySetDescriptor(d.fw.residencySetDescriptor)
	if object == 0 {
		return nil, d.fw.failed("MTLResidencySetDescriptor", 0)
	}
	defer d.fw.foundation.Release(object)
	if descriptor.Label != "" {
		if err := s.withString(descriptor.Label, func(text objc.ID) { s.setResidencySetDescriptorLabel(object, text) }); err != nil {
			return nil, fmt.Errorf("mtl: %s: Label: %w", method, err)
		}
	}
	s.setResidencySetDescriptorInitialCapacity(object, uint64(descriptor.InitialCapacity))
	id, nsError := s.newResidencySet(d.id, object)
	if id == 0 {
		return nil, d.fw.failed(method, nsError)
	}
	r := new(ResidencySet)
	r.own("ResidencySet", d.fw, d, id)
	return r, nil
}

func (d *Device) needsResidencySets(method string) error {
	if d == nil {
		return errNil("Device")
	}
	if !d.hasResidencySets {
		return fmt.Errorf("mtl: %s needs macOS 15: %w", method, ErrUnsupported)
	}
	return nil
}

func (r *ResidencySet) acquire() error {
	if r == nil {
		return errNil("ResidencySet")
	}
	return r.object.acquire()
}

func (r *ResidencySet) acquireFor(dev *Device) error {
	if r == nil {
		return errNil("ResidencySet")
	}
	return r.object.acquireFor(dev)
}

// Release gives up the reference. Queues that the set was added to keep it.
func (r *ResidencySet) Release() {
	if r != nil {
		r.release()
	}
}

// Add makes memory part of the set with the next Commit. What is in it already
// stays so.
func (r *ResidencySet) Add(allocations ...Allocation) error {
	return r.change("ResidencySet.Add", allocations, (*call).residencySetAddAllocations)
}

// Remove takes memory out of the set with the next Commit. What is not in it is
// passed over.
func (r *ResidencySet) Remove(allocations ...Allocation) error {
	return r.change("ResidencySet.Remove", allocations, (*call).residencySetRemoveAllocations)
}

func (r *ResidencySet) change(method string, allocations []Allocation, send func(*call, objc.ID, []objc.ID, uint64)) error {
	if err := r.acquire(); err != nil {
		return err
	}
	defer r.drop()
	for _, a := range allocations {
		if _, ok := a.(*ComputePipelineState); ok && !r.dev.hasMetal4 {
			return fmt.Errorf("mtl: %s: a ComputePipelineState in a residency set needs macOS 26: %w", method, ErrUnsupported)
		}
	}
	return withHandles(method, "allocations", r.dev, allocations, func(ids []objc.ID) error {
		r.tell(func(s *scope) { send(s.call, r.id, ids, uint64(len(ids))) })
		return nil
	})
}

// RemoveAll empties the set with the next Commit.
func (r *ResidencySet) RemoveAll() error {
	return r.send(func(s *scope) { s.residencySetRemoveAllAllocations(r.id) })
}

// Commit applies the changes. Work that is committed to a queue afterwards finds
// the set as it is then.
func (r *ResidencySet) Commit() error {
	return r.send(func(s *scope) { s.residencySetCommit(r.id) })
}

// RequestResidency makes the memory of the set resident now, as far as it can
// be, so that the first command buffer does not wait for it.
func (r *ResidencySet) RequestResidency() error {
	return r.send(func(s *scope) { s.residencySetRequestResidency(r.id) })
}

// EndResidency takes back RequestResidency: the system may use the memory for
// something else while no work needs it.
func (r *ResidencySet) EndResidency() error {
	return r.send(func(s *scope) { s.residencySetEndResidency(r.id) })
}

// Contains says whether memory is in the set.
func (r *ResidencySet) Contains(allocation Allocation) (bool, error) {
	if err := r.acquire(); err != nil {
		return false, err
	}
	defer r.drop()
	found := false
	err := withHandles("ResidencySet.Contains", "allocations", r.dev, []Allocation{allocation}, func(ids []objc.ID) error {
		r.tell(func(s *scope) { found = s.residencySetContainsAllocation(r.id, ids[0]) })
		return nil
	})
	return found, err
}

// Missing returns those of the given allocations that are not in the set as it
// was committed last.
func (r *ResidencySet) Missing(allocations ...Allocation) ([]Allocation, error) {
	if err := r.acquire(); err != nil {
		return nil, err
	}
	defer r.drop()
	var missing []Allocation
	err := withHandles("ResidencySet.Missing", "allocations", r.dev, allocations, func(ids []objc.ID) error {
		var wrong error
		r.tell(func(s *scope) {
			in, err := s.objects(s.residencySetAllAllocations(r.id), "allAllocations")
			if err != nil {
				wrong = fmt.Errorf("mtl: ResidencySet.Missing: %w", err)
				return
			}
			for i, id := range ids {
				if !slices.Contains(in, id) {
					missing = append(missing, allocations[i])
				}
			}
		})
		return wrong
	})
	return missing, err
}

// Count returns how many buffers and heaps are in the set.
func (r *ResidencySet) Count() (n int, err error) {
	err = r.send(func(s *scope) { n = int(s.residencySetAllocationCount(r.id)) })
	return n, err
}

// AllocatedSize returns the bytes of memory in the set.
func (r *ResidencySet) AllocatedSize() (n int64, err error) {
	err = r.send(func(s *scope) { n = int64(s.residencySetAllocatedSize(r.id)) })
	return n, err
}

func (r *ResidencySet) send(f func(*scope)) error {
	if err := r.acquire(); err != nil {
		return err
	}
	defer r.drop()
	r.tell(f)
	return nil
}

// tell sends messages to the set, which is in use, one goroutine at a time.
func (r *ResidencySet) tell(f func(*scope)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.fw.begin()
	defer s.end()
	f(s)
}

// AddResidencySets makes the memory in the sets resident for all work that is
// committed to the queue from now on. A queue takes up to 32 sets and keeps
// them alive.
func (q *CommandQueue) AddResidencySets(sets ...*ResidencySet) error {
	return q.residencySets("CommandQueue.AddResidencySets", sets, (*residencySets).add, (*call).queueAddResidencySets)
}

// RemoveResidencySets takes sets from the queue. Work that was committed before
// is not affected.
func (q *CommandQueue) RemoveResidencySets(sets ...*ResidencySet) error {
	return q.residencySets("CommandQueue.RemoveResidencySets", sets, (*residencySets).remove, (*call).queueRemoveResidencySets)
}

func (q *CommandQueue) residencySets(method string, sets []*ResidencySet, change func(*residencySets, string, []objc.ID, func()) error, send func(*call, objc.ID, []objc.ID, uint64)) error {
	if err := q.acquire(); err != nil {
		return err
	}
	defer q.drop()
	if err := q.dev.needsResidencySets(method); err != nil {
		return err
	}
	return withHandles(method, "sets", q.dev, sets, func(ids []objc.ID) error {
		return change(&q.residency, method, ids, func() {
			s := q.fw.begin()
			defer s.end()
			send(s.call, q.id, ids, uint64(len(ids)))
		})
	})
}

// residencySets are those that a queue or command buffer has: Metal ends the
// process for one too many.
type residencySets struct {
	mu  sync.Mutex
	ids []objc.ID
}

// add sends the message that adds sets, unless they are too many.
func (r *residencySets) add(method string, ids []objc.ID, send func()) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(r.ids)
	for _, id := range ids {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	if len(all) > MaxResidencySets {
		return badArgument(method, "number of residency sets", len(all), "at most %d, %d of which are there already", MaxResidencySets, len(r.ids))
	}
	send()
	r.ids = all
	return nil
}

// remove sends the message that removes sets.
func (r *residencySets) remove(_ string, ids []objc.ID, send func()) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	send()
	r.ids = slices.DeleteFunc(r.ids, func(id objc.ID) bool { return slices.Contains(ids, id) })
	return nil
}

// UseResidencySets makes the memory in the sets resident for this command
// buffer, beside what the sets of its queue have. A command buffer takes up to
// 32 sets.
func (cb *CommandBuffer) UseResidencySets(sets ...*ResidencySet) error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	return cb.useResidencySets("CommandBuffer.UseResidencySets", sets, (*call).commandBufferUseResidencySets)
}

func (cb *recording) useResidencySets(method string, sets []*ResidencySet, send func(*call, objc.ID, []objc.ID, uint64)) error {
	if !cb.enter(method) {
		return cb.Err()
	}
	defer cb.leave()
	if err := cb.dev.needsResidencySets(method); err != nil {
		return cb.refuse(err)
	}
	err := withHandles(method, "sets", cb.dev, sets, func(ids []objc.ID) error {
		return cb.residency.add(method, ids, func() {
			send(cb.scope.call, cb.id, ids, uint64(len(ids)))
		})
	})
	if err != nil {
		return cb.refuse(err)
	}
	return nil
}

// withHandles calls f with the objects of a list, which are in use meanwhile.
func withHandles[T interface {
	acquireFor(*Device) error
	drop()
	handle() objc.ID
}](method, argument string, dev *Device, list []T, f func([]objc.ID) error) error {
	if len(list) == 0 {
		return badArgument(method, "number of "+argument, 0, "at least 1")
	}
	ids := make([]objc.ID, len(list))
	for i, o := range list {
		if any(o) == nil {
			return fmt.Errorf("mtl: %s: %w", method, ErrNil)
		}
		if err := o.acquireFor(dev); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		defer o.drop()
		ids[i] = o.handle()
	}
	return f(ids)
}
