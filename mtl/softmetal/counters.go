package softmetal

import (
	"bytes"
	"encoding/binary"
	"math"
	"time"
)

const (
	counterErrorDomain  = "MTLCounterErrorDomain"
	counterErrorInvalid = 1

	counterError     = math.MaxUint64 // MTLCounterErrorValue: there was no sample
	counterDontWrite = math.MaxUint64 // MTLCounterDontSample
	counterBytes     = 8              // MTLCounterResultTimestamp
	mostCounterBytes = 32 << 10       // of one sample buffer
	passAttachments  = 4

	resolveAlignment = 32 // that of constant buffers of the family Mac 2
)

// MTLCounterSamplingPoint.
const (
	sampleAtStage    = 0
	sampleAtDispatch = 2
	sampleAtBlit     = 4
)

// supportsSampling answers as Apple's GPUs do, which have no dispatches to sample
// between, or with Options.DispatchCounters as others.
func (d *Device) supportsSampling(point uint64) bool {
	return point == sampleAtStage || d.options.DispatchCounters && (point == sampleAtDispatch || point == sampleAtBlit)
}

// gpuTicks is the GPU's clock: it counts other units than the CPU's, from another
// moment, so that whoever takes one for the other finds out.
func gpuTicks(t time.Time) uint64 {
	return 1<<40 + uint64(t.Sub(processStart))*3/125
}

func (c *call) sampleTimestamps() {
	now := time.Now()
	for i, v := range []uint64{uint64(now.Sub(processStart)), gpuTicks(now)} {
		if err := pokeWords(c.address(i), v); err != nil {
			c.fail(RuleBadAddress, "argument %d is where a time goes: %v", i+1, err)
			return
		}
	}
}

// A counterSet is what Apple's GPUs have: the time.
type counterSet struct{ _ byte }

type counter struct{ _ byte }

func counterSetClass() *class {
	return &class{
		name:      "SoftMetalCounterSet",
		protocols: []string{"MTLCounterSet"},
		methods: map[string]handler{
			"name": func(c *call) { c.returnNew(c.newString("timestamp")) },
			"counters": func(c *call) {
				o := c.make(c.classes["SoftMetalCounter"], new(counter))
				c.returnNew(c.newArray([]*object{o}))
				c.Device.release(o)
			},
		},
	}
}

func counterClass() *class {
	return &class{
		name:      "SoftMetalCounter",
		protocols: []string{"MTLCounter"},
		methods:   map[string]handler{"name": func(c *call) { c.returnNew(c.newString("GPUTimestamp")) }},
	}
}

func (c *call) counterSets() {
	o := c.make(c.classes["SoftMetalCounterSet"], new(counterSet))
	c.returnNew(c.newArray([]*object{o}))
	c.Device.release(o)
}

type sampleBufferDescriptor struct {
	set     *object
	label   string
	storage uint64
	count   uint64
}

func (s *sampleBufferDescriptor) dealloc(d *Device, _ *object) { d.release(s.set) }

func sampleBufferDescriptorClass() *class {
	return &class{
		name:   "MTLCounterSampleBufferDescriptor",
		public: true,
		create: func(*Device) any { return new(sampleBufferDescriptor) },
		methods: map[string]handler{
			"counterSet": on(func(s *sampleBufferDescriptor, c *call) { c.returnKept(s.set) }),
			"setCounterSet:": on(func(s *sampleBufferDescriptor, c *call) {
				c.object(0).retain()
				c.Device.release(s.set)
				s.set = c.object(0)
			}),
			"label":           on(func(s *sampleBufferDescriptor, c *call) { c.returnNew(c.newString(s.label)) }),
			"setLabel:":       on(func(s *sampleBufferDescriptor, c *call) { s.label = payload[*nsString](c, 0).text() }),
			"storageMode":     on(func(s *sampleBufferDescriptor, c *call) { c.returnWord(s.storage) }),
			"setStorageMode:": on(func(s *sampleBufferDescriptor, c *call) { s.storage = c.word(0) }),
			"sampleCount":     on(func(s *sampleBufferDescriptor, c *call) { c.returnWord(s.count) }),
			"setSampleCount:": on(func(s *sampleBufferDescriptor, c *call) { s.count = c.word(0) }),
		},
	}
}

// A sampleBuffer keeps the times that the GPU writes.
type sampleBuffer struct {
	device  *Device
	values  []uint64
	private bool
}

func (c *call) newSampleBuffer() {
	s := payload[*sampleBufferDescriptor](c, 0)
	switch {
	case s == nil:
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	case s.set == nil:
		c.fail(RuleNilArgument, "the descriptor has no counter set")
		return
	case s.storage != storageShared && s.storage != storagePrivate:
		c.fail(RuleEnum, "storage mode %d is not for sample buffers", s.storage)
		return
	case s.count == 0 || s.count > mostCounterBytes/counterBytes:
		c.returnOwned(nil)
		c.setError(1, c.newErrorf(counterErrorDomain, counterErrorInvalid, "Invalid sample buffer length: %d B. Expected range: %d -> %d", s.count*counterBytes, counterBytes, mostCounterBytes))
		return
	}
	b := &sampleBuffer{device: c.Device, values: make([]uint64, s.count), private: s.storage == storagePrivate}
	for i := range b.values {
		b.values[i] = counterError
	}
	o := c.make(c.classes["SoftMetalCounterSampleBuffer"], b)
	o.label = s.label
	c.returnOwned(o)
}

func sampleBufferClass() *class {
	m := labelMethods(map[string]handler{
		"device":      deviceMethod,
		"sampleCount": on(func(s *sampleBuffer, c *call) { c.returnInt(len(s.values)) }),
		"resolveCounterRange:": on(func(s *sampleBuffer, c *call) {
			at, n := c.span(0)
			switch {
			case !s.checkRange(c, at, n):
			case s.private:
				c.fail(RuleSamples, "the samples are private: the CPU does not see them")
			default:
				c.returnNew(c.newData(s.bytes(at, n)))
			}
		}),
	})
	delete(m, "setLabel:") // the descriptor's is the only one
	return &class{name: "SoftMetalCounterSampleBuffer", protocols: []string{"MTLCounterSampleBuffer"}, methods: m}
}

func (s *sampleBuffer) checkRange(c *call, at, n uint64) bool {
	if most := uint64(len(s.values)); n == 0 || at > most || n > most-at {
		c.fail(RuleIndex, "%d samples from %d on of a sample buffer of %d", n, at, most)
		return false
	}
	return true
}

func (s *sampleBuffer) bytes(at, n uint64) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.NativeEndian, s.values[at:at+n]) // a bytes.Buffer does not fail
	return b.Bytes()
}

// sample writes the time. It is called while work runs.
func (s *sampleBuffer) sample(at uint64) {
	s.device.mu.Lock()
	defer s.device.mu.Unlock()
	s.values[at] = gpuTicks(time.Now())
}

// sampleArguments takes a sample buffer and an index in it; nil after a report.
func (c *call) sampleArguments(o *object, at uint64) *sampleBuffer {
	if o == nil {
		c.fail(RuleNilArgument, "the sample buffer is nil")
		return nil
	}
	s := o.payload.(*sampleBuffer)
	if at >= uint64(len(s.values)) {
		c.fail(RuleIndex, "sample %d of a sample buffer of %d", at, len(s.values))
		return nil
	}
	return s
}

// sampleCounters takes the arguments of a sample between the commands of an encoder.
func (e *encoder) sampleCounters(c *call, point uint64) *sampleBuffer {
	if !c.supportsSampling(point) {
		c.fail(RuleSamples, "this GPU takes no samples between the commands of a %s: supportsCounterSampling: says so", e.kind)
		return nil
	}
	s := c.sampleArguments(c.object(0), c.word(1))
	if s != nil {
		e.buffer.keep(c.object(0))
	}
	return s
}

func (e *encoder) sampleCompute(c *call) {
	if s := e.sampleCounters(c, sampleAtDispatch); s != nil {
		at := c.word(1)
		e.compute.afterAll(func() { s.sample(at) })
	}
}

func (e *encoder) sampleBlit(c *call) {
	if s := e.sampleCounters(c, sampleAtBlit); s != nil {
		at := c.word(1)
		e.copies.steps = append(e.copies.steps, func() { s.sample(at) })
	}
}

func (e *encoder) resolveCounters(c *call) {
	if c.object(0) == nil {
		c.fail(RuleNilArgument, "the sample buffer is nil")
		return
	}
	s := c.object(0).payload.(*sampleBuffer)
	at, n := c.span(1)
	offset := c.word(3)
	if !s.checkRange(c, at, n) {
		return
	}
	if offset%resolveAlignment != 0 {
		c.fail(RuleOffsetAlignment, "samples go to offset %d, which is not a multiple of %d", offset, resolveAlignment)
		return
	}
	target, ok := e.blitRange(c, c.object(2), offset, n*counterBytes, "destination")
	if !ok {
		return
	}
	e.buffer.keep(c.object(0))
	e.copies.steps = append(e.copies.steps, func() {
		s.device.mu.Lock()
		defer s.device.mu.Unlock()
		copy(target, s.bytes(at, n))
	})
}
