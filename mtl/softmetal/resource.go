package softmetal

// MTLPurgeableState.
const (
	purgeableKeepCurrent = 1
	purgeableNonVolatile = 2
	purgeableVolatile    = 3
	purgeableEmpty       = 4
)

// garbage is what memory holds that nobody has written, or that was taken away:
// NaN as a number of floating point, and no index.
const garbage = 0xff

func fillGarbage(memory []byte) {
	for i := range memory {
		memory[i] = garbage
	}
}

// resourceMethods are those of MTLResource, for a buffer.
func resourceMethods(m map[string]handler) map[string]handler {
	m["device"] = deviceMethod
	m["storageMode"] = on(func(b *buffer, c *call) { c.returnWord(b.storage()) })
	m["cpuCacheMode"] = on(func(b *buffer, c *call) { c.returnWord(b.options & cacheModeMask) })
	m["hazardTrackingMode"] = on(func(b *buffer, c *call) { c.returnWord(b.hazardTracking()) })
	m["resourceOptions"] = on(func(b *buffer, c *call) { c.returnWord(b.options) })
	m["allocatedSize"] = on(func(b *buffer, c *call) { c.returnWord(b.allocatedSize()) })
	m["heap"] = on(func(b *buffer, c *call) {
		if b.place != nil {
			c.returnKept(b.place.heap.object)
		}
	})
	m["heapOffset"] = on(func(b *buffer, c *call) {
		if b.place != nil {
			c.returnWord(b.place.at)
		}
	})
	m["isAliasable"] = on(func(b *buffer, c *call) { c.returnBool(b.place != nil && b.place.aliasable) })
	m["makeAliasable"] = on((*buffer).makeAliasable)
	m["setPurgeableState:"] = on((*buffer).setPurgeableState)
	return m
}

func (b *buffer) allocatedSize() uint64 {
	if b.place != nil {
		return b.place.size
	}
	return uint64(b.length)
}

func (b *buffer) makeAliasable(c *call) {
	if b.place == nil || b.place.heap.kind != heapAutomatic {
		c.fail(RuleAliasable, "the buffer is in no automatic heap")
		return
	}
	b.place.aliasable = true
}

func (b *buffer) setPurgeableState(c *call) {
	if b.place != nil {
		if s := c.word(0); s != purgeableKeepCurrent {
			c.fail(RulePurgeable, "state %d for a buffer of a heap: the heap's state is set", s)
			return
		}
		c.returnWord(b.place.heap.purging)
		return
	}
	c.setPurgeableState(&b.purging, func() { b.lose() }, func(other *buffer) bool { return other == b })
}

// lose takes the contents away.
func (b *buffer) lose() {
	fillGarbage(b.memory)
	fillGarbage(b.cpu)
}

// setPurgeableState sets the state of memory and answers the one before. lose
// takes the contents away; part says which buffers lie in the memory.
func (c *call) setPurgeableState(state *uint64, lose func(), part func(*buffer) bool) {
	s := c.word(0)
	if s < purgeableKeepCurrent || s > purgeableEmpty {
		c.fail(RuleEnum, "%d is no MTLPurgeableState", s)
		return
	}
	if s == purgeableVolatile || s == purgeableEmpty {
		if cb := c.usedBy(part); cb != nil {
			c.fail(RulePurgeable, "state %d while a command buffer (%q) uses the memory: it must have run before", s, cb.label)
			return
		}
	}
	before := *state
	if s != purgeableKeepCurrent {
		*state = s
	}
	if s == purgeableEmpty {
		lose()
	}
	c.returnWord(before)
}

// usedBy returns a committed command buffer that has not run and uses such a
// buffer.
func (d *Device) usedBy(part func(*buffer) bool) *object {
	for _, o := range d.objects {
		switch p := o.payload.(type) {
		case *commandBuffer:
			if p.state >= statusCommitted && p.state < statusCompleted && p.uses(part) {
				return o
			}
		case *queue4:
			for _, r := range p.underWay() {
				if r.uses(part) {
					return r.object
				}
			}
		}
	}
	return nil
}

func (r *recording) uses(part func(*buffer) bool) bool {
	for kept := range r.kept {
		if b, ok := kept.payload.(*buffer); ok && part(b) {
			return true
		}
	}
	return false
}

// purgeable returns the state of the memory that the buffer lies in.
func (b *buffer) purgeable() uint64 {
	if b.place != nil {
		return b.place.heap.purging
	}
	return b.purging
}

// checkPurgeable looks for memory that the system may have taken.
func (r *recording) checkPurgeable(c *call) {
	for o := range r.kept {
		if b, ok := o.payload.(*buffer); ok && b.purgeable() != purgeableNonVolatile {
			c.fail(RulePurgeable, "a buffer (%q) that the command buffer uses has purgeable state %d: its contents may be lost", o.label, b.purgeable())
			return
		}
	}
}

// Purge takes the contents of all volatile buffers and heaps away, as macOS does
// when memory runs short, and returns how many there were: what a program does
// then can be tested.
func (d *Device) Purge() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, o := range d.objects {
		switch p := o.payload.(type) {
		case *buffer:
			if p.place == nil && p.purging == purgeableVolatile {
				p.purging = purgeableEmpty
				p.lose()
				n++
			}
		case *heap:
			if p.purging == purgeableVolatile {
				p.purging = purgeableEmpty
				fillGarbage(p.memory)
				n++
			}
		}
	}
	return n
}
