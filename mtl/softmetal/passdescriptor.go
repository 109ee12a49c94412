package softmetal

// A passDescriptor is an MTLComputePassDescriptor or MTLBlitPassDescriptor.
type passDescriptor struct {
	dispatchType uint64
	attachments  *object // an attachmentArray
}

func (p *passDescriptor) dealloc(d *Device, _ *object) { d.release(p.attachments) }

// An attachmentArray has a place for each attachment, which is always there.
type attachmentArray [passAttachments]*object

func (a *attachmentArray) dealloc(d *Device, _ *object) {
	for _, o := range a {
		d.release(o)
	}
}

// An attachment says where the times of a pass go.
type attachment struct {
	buffer     *object
	start, end uint64
}

func (a *attachment) dealloc(d *Device, _ *object) { d.release(a.buffer) }

// newPassDescriptor makes what a pass of a kind, Compute or Blit, is described by.
func newPassDescriptor(kind string) func(*Device) any {
	return func(d *Device) any {
		a := new(attachmentArray)
		for i := range a {
			a[i] = d.make(d.classes["MTL"+kind+"PassSampleBufferAttachmentDescriptor"], &attachment{start: counterDontWrite, end: counterDontWrite})
		}
		return &passDescriptor{attachments: d.make(d.classes["MTL"+kind+"PassSampleBufferAttachmentDescriptorArray"], a)}
	}
}

func passDescriptorClasses() []*class {
	var all []*class
	for _, kind := range []string{"Compute", "Blit"} {
		create := newPassDescriptor(kind)
		descriptor := &class{
			name:   "MTL" + kind + "PassDescriptor",
			public: true,
			create: create,
			methods: map[string]handler{
				"sampleBufferAttachments": on(func(p *passDescriptor, c *call) { c.returnKept(p.attachments) }),
			},
		}
		if kind == "Compute" {
			descriptor.methods["+computePassDescriptor"] = func(c *call) { c.returnNew(c.make(c.class, create(c.Device))) }
			descriptor.methods["dispatchType"] = on(func(p *passDescriptor, c *call) { c.returnWord(p.dispatchType) })
			descriptor.methods["setDispatchType:"] = on(func(p *passDescriptor, c *call) { p.dispatchType = c.word(0) })
		} else {
			descriptor.methods["+blitPassDescriptor"] = func(c *call) { c.returnNew(c.make(c.class, create(c.Device))) }
		}
		all = append(all, descriptor, &class{
			name:   "MTL" + kind + "PassSampleBufferAttachmentDescriptorArray",
			public: true,
			methods: map[string]handler{
				"objectAtIndexedSubscript:": on(func(a *attachmentArray, c *call) {
					if c.word(0) >= passAttachments {
						c.fail(RuleIndex, "attachment %d, the last one is %d", c.word(0), passAttachments-1)
						return
					}
					c.returnKept(a[c.word(0)])
				}),
			},
		}, &class{
			name:   "MTL" + kind + "PassSampleBufferAttachmentDescriptor",
			public: true,
			methods: map[string]handler{
				"sampleBuffer": on(func(a *attachment, c *call) { c.returnKept(a.buffer) }),
				"setSampleBuffer:": on(func(a *attachment, c *call) {
					c.object(0).retain()
					c.Device.release(a.buffer)
					a.buffer = c.object(0)
				}),
				"startOfEncoderSampleIndex":     on(func(a *attachment, c *call) { c.returnWord(a.start) }),
				"setStartOfEncoderSampleIndex:": on(func(a *attachment, c *call) { a.start = c.word(0) }),
				"endOfEncoderSampleIndex":       on(func(a *attachment, c *call) { c.returnWord(a.end) }),
				"setEndOfEncoderSampleIndex:":   on(func(a *attachment, c *call) { a.end = c.word(0) }),
			},
		})
	}
	return all
}

// checkPass checks a descriptor and returns it; nil after a report.
func (c *call) checkPass() *passDescriptor {
	p := payload[*passDescriptor](c, 0)
	if p == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return nil
	}
	for _, o := range p.attachments.payload.(*attachmentArray) {
		a := o.payload.(*attachment)
		for _, at := range []uint64{a.start, a.end} {
			if a.buffer != nil && at != counterDontWrite && c.sampleArguments(a.buffer, at) == nil {
				return nil
			}
		}
	}
	return p
}

// sampleBy lets the encoder write the times that the descriptor asks for.
func (e *encoder) sampleBy(p *passDescriptor) {
	for _, o := range p.attachments.payload.(*attachmentArray) {
		a := o.payload.(*attachment)
		if a.buffer == nil {
			continue
		}
		e.buffer.keep(a.buffer)
		s := a.buffer.payload.(*sampleBuffer)
		if a.start != counterDontWrite {
			at := a.start
			e.recorded.before = append(e.recorded.before, func() { s.sample(at) })
		}
		if a.end != counterDontWrite {
			at := a.end
			e.recorded.behind = append(e.recorded.behind, func() { s.sample(at) })
		}
	}
}

func (cb *commandBuffer) beginComputePass(c *call) {
	if p := c.checkPass(); p != nil {
		cb.beginCompute(c, p.dispatchType)
		if c.broken == nil {
			cb.open.sampleBy(p)
		}
	}
}

func (cb *commandBuffer) beginBlitPass(c *call) {
	if p := c.checkPass(); p != nil {
		cb.beginBlit(c)
		if c.broken == nil {
			cb.open.sampleBy(p)
		}
	}
}
