package softmetal

import "slices"

// maxResidencySets is how many a queue takes, and a command buffer.
const maxResidencySets = 32

// A residencySet is a list of memory. Here the GPU reaches all memory that is
// bound to an index of an encoder, and follows no address, so that a set changes
// what is kept alive, and what commands of indirect command buffers reach.
type residencySet struct {
	committed []*object // each with a reference of ours
	staged    []*object // the list as it will be, too
}

func (r *residencySet) dealloc(d *Device, _ *object) {
	releaseAll(d, r.committed)
	releaseAll(d, r.staged)
}

func releaseAll(d *Device, objects []*object) {
	for _, o := range objects {
		d.release(o)
	}
}

type residencySetDescriptor struct{ capacity uint64 }

func residencySetDescriptorClass() *class {
	return &class{
		name:   "MTLResidencySetDescriptor",
		public: true,
		create: func(*Device) any { return new(residencySetDescriptor) },
		methods: labelMethods(map[string]handler{
			"initialCapacity":     on(func(r *residencySetDescriptor, c *call) { c.returnWord(r.capacity) }),
			"setInitialCapacity:": on(func(r *residencySetDescriptor, c *call) { r.capacity = c.word(0) }),
		}),
	}
}

func residencySetClass() *class {
	return &class{
		name:      "SoftMetalResidencySet",
		protocols: []string{"MTLResidencySet"},
		methods: map[string]handler{
			"device": deviceMethod,
			"label": func(c *call) {
				if c.target.label != "" {
					c.returnNew(c.newString(c.target.label))
				}
			},
			"addAllocation:": on(func(r *residencySet, c *call) { r.change(c, c.theAllocation(), (*residencySet).add) }),
			"addAllocations:count:": on(func(r *residencySet, c *call) {
				r.change(c, c.allocations(), (*residencySet).add)
			}),
			"removeAllocation:": on(func(r *residencySet, c *call) { r.change(c, c.theAllocation(), (*residencySet).remove) }),
			"removeAllocations:count:": on(func(r *residencySet, c *call) {
				r.change(c, c.allocations(), (*residencySet).remove)
			}),
			"removeAllAllocations": on(func(r *residencySet, c *call) {
				releaseAll(c.Device, r.staged)
				r.staged = nil
			}),
			"containsAllocation:": on(func(r *residencySet, c *call) { c.returnBool(slices.Contains(r.committed, c.object(0))) }),
			"allAllocations":      on(func(r *residencySet, c *call) { c.returnNew(c.newArray(slices.Clone(r.committed))) }),
			"allocationCount":     on(func(r *residencySet, c *call) { c.returnInt(len(r.committed)) }),
			"allocatedSize":       on(func(r *residencySet, c *call) { c.returnWord(r.size()) }),
			"commit":              on((*residencySet).commit),
			"requestResidency":    func(*call) {},
			"endResidency":        func(*call) {},
		},
	}
}

func (c *call) newResidencySet() {
	if c.object(0) == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	}
	o := c.make(c.classes["SoftMetalResidencySet"], new(residencySet))
	o.label = c.object(0).label
	c.returnOwned(o)
}

func (c *call) theAllocation() []*object {
	if c.object(0) == nil {
		c.fail(RuleNilArgument, "argument 1 is a buffer or a heap, and is nil")
		return nil
	}
	return []*object{c.object(0)}
}

func (c *call) allocations() []*object { return c.several("MTLAllocation", "a buffer or a heap") }

// several reads a C array, none of which is nil, and how many there are.
func (c *call) several(protocol, what string) []*object {
	objects, ok := c.objectsAt(0, c.word(1), protocol)
	if !ok {
		return nil
	}
	if i := slices.Index(objects, nil); i >= 0 || len(objects) == 0 {
		c.fail(RuleNilArgument, "%s: element %d of %d is nil", what, i, len(objects))
		return nil
	}
	return objects
}

func (r *residencySet) change(c *call, objects []*object, how func(*residencySet, *Device, *object)) {
	for _, o := range objects {
		if _, ok := o.payload.(*pipeline); ok && c.macOS < 2600 {
			c.fail(RuleArgumentClass, "a pipeline is no MTLAllocation before macOS 26")
			return
		}
		how(r, c.Device, o)
	}
}

func (r *residencySet) add(_ *Device, o *object) {
	if !slices.Contains(r.staged, o) {
		r.staged = append(r.staged, o.retain())
	}
}

func (r *residencySet) remove(d *Device, o *object) {
	if i := slices.Index(r.staged, o); i >= 0 {
		r.staged = slices.Delete(r.staged, i, i+1)
		d.release(o)
	}
}

func (r *residencySet) commit(c *call) {
	before := r.committed
	r.committed = slices.Clone(r.staged)
	for _, o := range r.committed {
		o.retain()
	}
	releaseAll(c.Device, before)
}

// size counts a heap once, however many of its buffers are in the set.
func (r *residencySet) size() uint64 {
	n := uint64(0)
	heaps := map[*heap]bool{}
	for _, o := range r.committed {
		switch p := o.payload.(type) {
		case *buffer:
			if p.place == nil {
				n += p.allocatedSize()
				continue
			}
			heaps[p.place.heap] = true
		case *heap:
			heaps[p] = true
		case *indirectBuffer:
			n += uint64(len(p.commands) * indirectCommandSize)
		}
	}
	for h := range heaps {
		n += uint64(len(h.memory))
	}
	return n
}

// residencySets are those of a queue or a command buffer, each with a reference.
type residencySets []*object

func (r *residencySets) add(c *call, sets []*object) { r.put(c, sets, (*object).retain) }

func (r *residencySets) put(c *call, sets []*object, keep func(*object) *object) {
	for _, o := range sets {
		if slices.Contains(*r, o) {
			continue
		}
		if len(*r) == maxResidencySets {
			c.fail(RuleResidencySets, "there are %d residency sets already, and no more are allowed", len(*r))
			return
		}
		*r = append(*r, keep(o))
	}
}

func (r *residencySets) remove(c *call, sets []*object) {
	for _, o := range sets {
		if i := slices.Index(*r, o); i >= 0 {
			*r = slices.Delete(*r, i, i+1)
			c.Device.release(o)
		}
	}
}

func (c *call) oneResidencySet() []*object {
	if c.object(0) == nil {
		c.fail(RuleNilArgument, "argument 1 is a residency set, and is nil")
		return nil
	}
	return []*object{c.object(0)}
}

func (c *call) manyResidencySets() []*object { return c.several("MTLResidencySet", "a residency set") }

// queueResidencyMethods are those by which a queue gets its sets.
func queueResidencyMethods(m map[string]handler, of func(*call) *residencySets) map[string]handler {
	m["addResidencySet:"] = func(c *call) { of(c).add(c, c.oneResidencySet()) }
	m["addResidencySets:count:"] = func(c *call) { of(c).add(c, c.manyResidencySets()) }
	m["removeResidencySet:"] = func(c *call) { of(c).remove(c, c.oneResidencySet()) }
	m["removeResidencySets:count:"] = func(c *call) { of(c).remove(c, c.manyResidencySets()) }
	return m
}

// commandBufferResidencyMethods are those by which a command buffer gets its own.
func commandBufferResidencyMethods(m map[string]handler) map[string]handler {
	m["useResidencySet:"] = on(func(cb *commandBuffer, c *call) { cb.useResidencySets(c, c.oneResidencySet()) })
	m["useResidencySets:count:"] = on(func(cb *commandBuffer, c *call) { cb.useResidencySets(c, c.manyResidencySets()) })
	return m
}

func (cb *commandBuffer) useResidencySets(c *call, sets []*object) {
	if cb.state >= statusCommitted {
		c.fail(RuleCommandBufferState, "the command buffer was committed already: its status is %d", cb.state)
		return
	}
	cb.residency.add(c, sets)
}
