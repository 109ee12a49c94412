package softmetal

// MTLStages of compute.
const (
	stageDispatch = 1 << 27
	stageBlit     = 1 << 28
	stageBits     = 0x1f | 0x1f<<26
)

func (e *encoder) useHeaps(c *call) {
	if objects, ok := c.withoutNil(0, c.word(1)); ok && c.allAre(objects, "MTLHeap") {
		e.useHeap(objects...)
	}
}

// useHeap makes heaps resident.
func (e *encoder) useHeap(heaps ...*object) {
	if e.compute.resident == nil {
		e.compute.resident = map[*object]bool{}
	}
	for _, o := range heaps {
		e.buffer.keep(o)
		e.compute.resident[o] = true
	}
}

func (e *encoder) useOneHeap(c *call) {
	if c.object(0) == nil {
		c.fail(RuleNilArgument, "argument 1 is the heap, and is nil")
		return
	}
	e.useHeap(c.object(0))
}

func (c *call) allAre(objects []*object, protocol string) bool {
	for i, o := range objects {
		if !o.class.is(protocol) {
			c.fail(RuleArgumentClass, "element %d of argument 1 is a %s, not a %s", i, o.class.name, protocol)
			return false
		}
	}
	return true
}

// queueBarrier orders the passes of a command buffer; those of one queue run one
// after another anyway. What comes after this encoder is ordered by it too, but may
// be of another kind.
func (e *encoder) queueBarrier(c *call) {
	after, before := c.word(0), c.word(1)
	for _, s := range []uint64{after, before} {
		if s == 0 || s&^stageBits != 0 {
			c.fail(RuleEnum, "%#x are no MTLStages", s)
			return
		}
	}
	if e.recorded.stage&before != 0 {
		e.recorded.stages |= after
	}
	e.buffer.barriers = append(e.buffer.barriers, queueBarrier{after, before})
}

// A queueBarrier orders passes of some stages after those of others.
type queueBarrier struct{ after, before uint64 }
