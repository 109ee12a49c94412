package softmetal

// A commandBuffer4 is an MTL4CommandBuffer: an object to encode by, which may be used
// again for something else as soon as what it has recorded is committed.
type commandBuffer4 struct {
	device    *Device
	object    *object
	recording *recording // since it was begun, nil when that was committed
	ended     bool
	allocator *object // of the recording
	resets    int     // of the allocator, when it was begun
}

type commandBufferOptions struct{ logs *object } // a log state, or nil

func (o *commandBufferOptions) dealloc(d *Device, _ *object) { d.release(o.logs) }

func commandBufferOptionsClass() *class {
	return &class{
		name:   "MTL4CommandBufferOptions",
		public: true,
		create: func(*Device) any { return new(commandBufferOptions) },
		methods: map[string]handler{
			"logState":     on(func(o *commandBufferOptions, c *call) { c.returnKept(o.logs) }),
			"setLogState:": on(func(o *commandBufferOptions, c *call) { c.setLogState(&o.logs) }),
		},
	}
}

func (c *call) newCommandBuffer4() {
	cb := &commandBuffer4{device: c.Device}
	cb.object = c.make(c.classes["SoftMetalCommandBuffer4"], cb)
	c.returnOwned(cb.object)
}

// failed notes a broken rule for what is being recorded.
func (cb *commandBuffer4) failed(r *Report) {
	if cb.recording != nil {
		cb.recording.failed(r)
	}
}

func commandBuffer4Class() *class {
	recording := func(f func(*commandBuffer4, *call)) handler {
		return on(func(cb *commandBuffer4, c *call) {
			if cb.recordingNow(c) {
				f(cb, c)
			}
		})
	}
	return &class{
		name:      "SoftMetalCommandBuffer4",
		protocols: []string{"MTL4CommandBuffer"},
		methods: labelMethods(groupMethods(func(c *call) *int {
			cb := c.target.payload.(*commandBuffer4)
			if !cb.recordingNow(c) {
				return nil
			}
			return &cb.recording.groups
		}, map[string]handler{
			"device":                           deviceMethod,
			"beginCommandBufferWithAllocator:": on(func(cb *commandBuffer4, c *call) { cb.begin(c, nil) }),
			"writeTimestampIntoHeap:atIndex:":  recording((*commandBuffer4).writeTimestamp),
			"beginCommandBufferWithAllocator:options:": on(func(cb *commandBuffer4, c *call) {
				if c.object(1) == nil {
					c.fail(RuleNilArgument, "argument 2 is the options, and is nil")
					return
				}
				cb.begin(c, payload[*commandBufferOptions](c, 1).logs)
			}),
			"endCommandBuffer":        recording((*commandBuffer4).end),
			"computeCommandEncoder":   recording((*commandBuffer4).beginCompute),
			"useResidencySet:":        recording(func(cb *commandBuffer4, c *call) { cb.useResidencySets(c, c.oneResidencySet()) }),
			"useResidencySets:count:": recording(func(cb *commandBuffer4, c *call) { cb.useResidencySets(c, c.manyResidencySets()) }),
		})),
	}
}

// recordingNow checks that the command buffer was begun and not ended.
func (cb *commandBuffer4) recordingNow(c *call) bool {
	if cb.recording == nil || cb.ended {
		c.fail(RuleCommandBufferState, "the command buffer was not begun, or was ended: it records nothing")
		return false
	}
	return true
}

// begin discards what was recorded before and not committed. logs is a log state, or nil.
func (cb *commandBuffer4) begin(c *call, logs *object) {
	o := c.object(0)
	switch {
	case o == nil:
		c.fail(RuleNilArgument, "argument 1 is the allocator, and is nil")
		return
	case cb.recording != nil && !cb.ended:
		c.fail(RuleCommandBufferState, "the command buffer was begun already, and not ended")
		return
	}
	a := o.payload.(*allocator)
	if a.open != nil {
		c.fail(RuleAllocatorBusy, "the allocator serves another command buffer (%q), which was not ended", a.open.object.label)
		return
	}
	a.open = cb
	a.use()
	cb.allocator, cb.resets, cb.ended = o, a.resets, false
	cb.recording = &recording{device: c.Device, object: cb.object, metal4: true}
	// Whether Metal needs the command buffer itself until its work is done, Apple does
	// not say.
	cb.recording.keep(cb.object)
	cb.recording.keep(o)
	if logs != nil {
		cb.recording.how.logs = logs
		cb.recording.keep(logs)
	}
}

func (cb *commandBuffer4) end(c *call) {
	if e := cb.recording.open; e != nil {
		c.fail(RuleEncoderOpen, "the %s was not ended before endCommandBuffer", e.kind)
	}
	cb.ended = true
	if !c.has(cb.allocator) {
		c.fail(RuleUseAfterRelease, "the allocator was released and is gone")
		return
	}
	cb.allocator.payload.(*allocator).open = nil
}

// useResidencySets keeps nothing alive: Metal 4 retains nothing.
func (cb *commandBuffer4) useResidencySets(c *call, sets []*object) {
	cb.recording.residency.name(c, sets)
	for _, o := range sets {
		cb.recording.keep(o)
	}
}

func (cb *commandBuffer4) beginCompute(c *call) {
	if e := cb.recording.open; e != nil {
		c.fail(RuleEncoderOpen, "a %s was not ended: a command buffer has one encoder at a time", e.kind)
		return
	}
	e := cb.recording.begin(c, "SoftMetalComputeCommandEncoder4", "compute encoder", stageDispatch|stageBlit)
	e.compute = &computeState{concurrent: true}
	e.order = &pass4{allocator: cb.allocator.payload.(*allocator)}
	c.returnNew(e.object)
}
