package softmetal

// An encoder is what compute and blit encoders have in common.
type encoder struct {
	kind     string // "compute encoder"
	buffer   *recording
	object   *object
	ended    bool
	recorded *recorded
	groups   int           // debug groups that are open
	compute  *computeState // of a compute encoder
	copies   *copyPass     // of a blit encoder
	order    *pass4        // of an encoder of Metal 4
	table    *object       // that it was given
}

func (e *encoder) failed(r *Report) { e.buffer.failed(r) }

// begin makes an encoder. It returns nil after a report.
func (cb *commandBuffer) begin(c *call, class, kind string, stage uint64) *encoder {
	switch {
	case cb.state >= statusCommitted:
		c.fail(RuleCommandBufferState, "the command buffer was committed already: its status is %d", cb.state)
		return nil
	case cb.open != nil:
		c.fail(RuleEncoderOpen, "a %s was not ended: a command buffer has one encoder at a time", cb.open.kind)
		return nil
	}
	return cb.recording.begin(c, class, kind, stage)
}

// dealloc of an encoder that was not ended loses what it recorded: Metal ends the
// process then.
func (e *encoder) dealloc(d *Device, o *object) {
	if !e.ended {
		r := &Report{Rule: RuleEncoderReleased, Object: o.id, Class: o.class.name, Label: o.label,
			Detail: "the " + e.kind + " was released without endEncoding"}
		e.buffer.failed(r)
		d.record(r)
		e.buffer.open = nil
	}
	d.release(e.buffer.object)
}

// active checks that the encoder may still be used.
func (e *encoder) active(c *call) bool {
	if e.ended {
		c.fail(RuleEncoderEnded, "the %s was ended", e.kind)
		return false
	}
	return true
}

// whileActive makes a handler of a method that only works before endEncoding.
func whileActive(f func(*encoder, *call)) handler {
	return on(func(e *encoder, c *call) {
		if e.active(c) {
			f(e, c)
		}
	})
}

// encoderMethods are those of MTLCommandEncoder; end records the pass.
func encoderMethods(m map[string]handler, end func(*encoder) pass) map[string]handler {
	m["device"] = deviceMethod
	m["endEncoding"] = whileActive(func(e *encoder, c *call) {
		e.ended = true
		e.buffer.open = nil
		e.recorded.pass, e.recorded.encoder.label = end(e), c.target.label
		e.buffer.passes = append(e.buffer.passes, e.recorded)
	})
	m["barrierAfterQueueStages:beforeStages:"] = whileActive((*encoder).queueBarrier)
	m["insertDebugSignpost:"] = whileActive(func(e *encoder, c *call) {
		if text, ok := c.debugText(); ok {
			e.recorded.encoder.signposts = append(e.recorded.encoder.signposts, text)
		}
	})
	return labelMethods(fenceMethods(groupMethods(func(c *call) *int {
		e := c.target.payload.(*encoder)
		if !e.active(c) {
			return nil
		}
		return &e.groups
	}, m)))
}

// groupMethods are the debug groups of what counts its open ones; count returns nil
// after a report.
func groupMethods(count func(*call) *int, m map[string]handler) map[string]handler {
	m["pushDebugGroup:"] = func(c *call) {
		if n := count(c); n != nil {
			if _, ok := c.debugText(); ok {
				*n++
			}
		}
	}
	m["popDebugGroup"] = func(c *call) {
		switch n := count(c); {
		case n == nil:
		case *n == 0:
			c.fail(RuleDebugGroup, "no debug group is open")
		default:
			*n--
		}
	}
	return m
}

// debugText returns the text in the first argument.
func (c *call) debugText() (string, bool) {
	s := payload[*nsString](c, 0)
	if s == nil {
		c.fail(RuleNilArgument, "argument 1 is a string, and is nil")
		return "", false
	}
	return s.text(), true
}
