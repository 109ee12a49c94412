package softmetal

import "context"

// On macOS a copy or fill covers whole words.
const blitUnit = 4

// A copyPass is what a blit encoder recorded, in order.
type copyPass struct{ steps []func() }

func (p *copyPass) run(context.Context, backend, Order) error {
	for _, step := range p.steps {
		step()
	}
	return nil
}

func (cb *commandBuffer) beginBlit(c *call) {
	if e := cb.begin(c, "SoftMetalBlitCommandEncoder", "blit encoder", stageBlit); e != nil {
		e.copies = new(copyPass)
		c.returnNew(e.object)
	}
}

func blitEncoderClass() *class {
	return &class{
		name:      "SoftMetalBlitCommandEncoder",
		protocols: []string{"MTLBlitCommandEncoder", "MTLCommandEncoder"},
		methods: encoderMethods(map[string]handler{
			"copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:": whileActive((*encoder).copyBuffer),
			"fillBuffer:range:value:":                                      whileActive((*encoder).fillBuffer),
			"resetCommandsInBuffer:withRange:":                             whileActive((*encoder).resetCommands),
			"optimizeIndirectCommandBuffer:withRange:":                     whileActive((*encoder).optimizeCommands),

			"copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:": whileActive((*encoder).copyCommands),
			"synchronizeResource:":                                         whileActive((*encoder).synchronize),
			"sampleCountersInBuffer:atSampleIndex:withBarrier:":            whileActive((*encoder).sampleBlit),
			"resolveCounters:inRange:destinationBuffer:destinationOffset:": whileActive((*encoder).resolveCounters),
		}, func(e *encoder) pass { return e.copies }),
	}
}

// synchronize brings what the GPU wrote to managed memory to where the CPU sees it.
func (e *encoder) synchronize(c *call) {
	o := c.object(0)
	if o == nil {
		c.fail(RuleNilArgument, "argument 1 is the resource, and is nil")
		return
	}
	b := o.payload.(*buffer)
	if b.storage() != storageManaged {
		c.fail(RuleBufferOptions, "only managed memory is synchronized, and the buffer's storage mode is %d", b.storage())
		return
	}
	e.buffer.keep(o)
	e.copies.steps = append(e.copies.steps, b.synchronize)
}

func (e *encoder) copyBuffer(c *call) {
	from, to := c.object(0), c.object(2)
	fromOffset, toOffset, size := c.word(1), c.word(3), c.word(4)
	source, ok := e.blitRange(c, from, fromOffset, size, "source")
	if !ok {
		return
	}
	destination, ok := e.blitRange(c, to, toOffset, size, "destination")
	if !ok {
		return
	}
	if from == to && fromOffset < toOffset+size && toOffset < fromOffset+size {
		c.fail(RuleOverlap, "%d bytes from offset %d to offset %d of the same buffer overlap", size, fromOffset, toOffset)
		return
	}
	e.copies.steps = append(e.copies.steps, func() { copy(destination, source) })
}

func (e *encoder) fillBuffer(c *call) {
	offset, size := c.span(1)
	value := byte(c.word(2))
	target, ok := e.blitRange(c, c.object(0), offset, size, "range")
	if !ok {
		return
	}
	e.copies.steps = append(e.copies.steps, func() {
		for i := range target {
			target[i] = value
		}
	})
}

// blitRange checks a range of a buffer and returns its memory.
func (e *encoder) blitRange(c *call, o *object, offset, size uint64, what string) ([]byte, bool) {
	if o == nil {
		c.fail(RuleNilArgument, "the buffer of the %s is nil", what)
		return nil, false
	}
	b := o.payload.(*buffer)
	switch n := uint64(b.length); {
	case size == 0 || offset > n || size > n-offset:
		c.fail(RuleBufferRange, "%s: %d bytes at offset %d of a buffer of %d", what, size, offset, n)
	case offset%blitUnit != 0 || size%blitUnit != 0:
		c.fail(RuleBlitAlignment, "%s: %d bytes at offset %d; both must be multiples of %d", what, size, offset, blitUnit)
	default:
		e.buffer.keep(o)
		return b.memory[offset:][:size], true
	}
	return nil, false
}
