package softmetal

import (
	"bytes"
	"encoding/binary"
	"time"
)

const (
	heapOfTimestamps   = 1        // MTL4CounterHeapTypeTimestamp
	counterHeapEntry   = 8        // MTL4TimestampHeapEntry
	timestampFrequency = 24000000 // of gpuTicks

	unwrittenCounter = 0xbad << 40 // what a new heap holds
)

type counterHeapDescriptor struct {
	kind  int64
	count uint64
}

func counterHeapDescriptorClass() *class {
	return &class{
		name:   "MTL4CounterHeapDescriptor",
		public: true,
		create: func(*Device) any { return new(counterHeapDescriptor) },
		methods: map[string]handler{
			"type": on(func(h *counterHeapDescriptor, c *call) { c.returnWord(uint64(h.kind)) }),
			"setType:": on(func(h *counterHeapDescriptor, c *call) {
				if c.int(0) != heapOfTimestamps && c.int(0) != 0 {
					c.fail(RuleEnum, "%d is no MTL4CounterHeapType", c.int(0))
					return
				}
				h.kind = c.int(0)
			}),
			"count":     on(func(h *counterHeapDescriptor, c *call) { c.returnWord(h.count) }),
			"setCount:": on(func(h *counterHeapDescriptor, c *call) { h.count = c.word(0) }),
		},
	}
}

// A counterHeap keeps the times that the GPU writes.
type counterHeap struct {
	device *Device
	values []uint64
}

func (c *call) newCounterHeap() {
	h := payload[*counterHeapDescriptor](c, 0)
	const most = 1 << 20 // Metal has some limit, and does not say which
	switch {
	case h == nil:
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
	case h.kind != heapOfTimestamps:
		c.fail(RuleEnum, "a counter heap of type %d", h.kind)
	case h.count == 0 || h.count > most:
		c.returnOwned(nil)
		c.setError(1, c.newErrorf(counterErrorDomain, counterErrorInvalid, "a counter heap of %d entries: there may be 1 to %d", h.count, most))
	default:
		n := &counterHeap{device: c.Device, values: make([]uint64, h.count)}
		for i := range n.values {
			n.values[i] = unwrittenCounter + uint64(i)
		}
		c.returnOwned(c.make(c.classes["SoftMetalCounterHeap"], n))
	}
}

func (c *call) sizeOfCounterHeapEntry() {
	if c.int(0) != heapOfTimestamps {
		c.fail(RuleEnum, "entries of type %d have no size", c.int(0))
		return
	}
	c.returnWord(counterHeapEntry)
}

func counterHeapClass() *class {
	return &class{
		name:      "SoftMetalCounterHeap",
		protocols: []string{"MTL4CounterHeap"},
		methods: labelMethods(map[string]handler{
			"count": on(func(h *counterHeap, c *call) { c.returnInt(len(h.values)) }),
			"type":  func(c *call) { c.returnWord(heapOfTimestamps) },
			"resolveCounterRange:": on(func(h *counterHeap, c *call) {
				if at, n := c.span(0); h.checkRange(c, at, n) {
					c.returnNew(c.newData(h.bytes(at, n)))
				}
			}),
			"invalidateCounterRange:": on(func(h *counterHeap, c *call) {
				if at, n := c.span(0); h.checkRange(c, at, n) {
					clear(h.values[at : at+n])
				}
			}),
		}),
	}
}

func (h *counterHeap) checkRange(c *call, at, n uint64) bool {
	if most := uint64(len(h.values)); n == 0 || at > most || n > most-at {
		c.fail(RuleIndex, "%d entries from %d on of a counter heap of %d", n, at, most)
		return false
	}
	return true
}

func (h *counterHeap) bytes(at, n uint64) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.NativeEndian, h.values[at:at+n]) // a bytes.Buffer does not fail
	return b.Bytes()
}

// writeStep is the step that writes the time, if heap and index are right; nil after a
// report. It comes after all that was encoded before it, and nothing waits for it.
func (h *counterHeap) writeStep(c *call, index uint64) *step {
	if index >= uint64(len(h.values)) {
		c.fail(RuleIndex, "entry %d of a counter heap of %d", index, len(h.values))
		return nil
	}
	return &step{prior: true, segment: segment{then: func() {
		h.device.mu.Lock()
		defer h.device.mu.Unlock()
		h.values[index] = gpuTicks(time.Now())
	}}}
}

// heapArgument takes a counter heap that work writes to; nil after a report.
func (c *call) heapArgument(i int, r *recording) *counterHeap {
	if c.object(i) == nil {
		c.fail(RuleNilArgument, "argument %d is the counter heap, and is nil", i+1)
		return nil
	}
	r.keep(c.object(i))
	return c.object(i).payload.(*counterHeap)
}

func (cb *commandBuffer4) writeTimestamp(c *call) {
	r := cb.recording
	if r.open != nil {
		c.fail(RuleEncoderActive, "a time is written while a %s is open", r.open.kind)
		return
	}
	h := c.heapArgument(0, r)
	if h == nil {
		return
	}
	if s := h.writeStep(c, c.word(1)); s != nil {
		p := &pass4{allocator: cb.allocator.payload.(*allocator), steps: []*step{s}}
		p.allocator.use()
		r.orders = append(r.orders, p)
	}
}

const precise = 1 // MTL4TimestampGranularityPrecise

func (e *encoder) writeTimestamp(c *call) {
	if g := c.int(0); g < 0 || g > precise {
		c.fail(RuleEnum, "%d is no MTL4TimestampGranularity", g)
		return
	}
	h := c.heapArgument(1, e.buffer)
	if h == nil {
		return
	}
	if s := h.writeStep(c, c.word(2)); s != nil {
		e.order.allocator.use()
		s.place = len(e.order.steps)
		e.order.steps = append(e.order.steps, s)
	}
}
