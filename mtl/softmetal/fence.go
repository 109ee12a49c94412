package softmetal

// A fence orders encoders of one queue that use resources which Metal does not
// track.
type fence struct{ _ byte }

func fenceClass() *class {
	return &class{
		name:      "SoftMetalFence",
		protocols: []string{"MTLFence"},
		methods:   labelMethods(map[string]handler{"device": deviceMethod}),
	}
}

// fenceMethods are those of an encoder. A GPU may wait at an encoder's beginning
// and update at its end, whenever they were encoded.
func fenceMethods(m map[string]handler) map[string]handler {
	m["updateFence:"] = whileActive(func(e *encoder, c *call) {
		if f := e.fence(c); f != nil {
			e.recorded.updates = append(e.recorded.updates, f)
		}
	})
	m["waitForFence:"] = whileActive(func(e *encoder, c *call) {
		f := e.fence(c)
		if f == nil {
			return
		}
		for _, updated := range e.recorded.updates {
			if updated == f {
				c.fail(RuleFenceOrder, "the %s has updated this fence: it cannot wait for itself", e.kind)
				return
			}
		}
		e.recorded.waits = append(e.recorded.waits, f)
	})
	return m
}

func (e *encoder) fence(c *call) *object {
	f := c.object(0)
	if f == nil {
		c.fail(RuleNilArgument, "argument 1 is the fence, and is nil")
		return nil
	}
	e.buffer.keep(f)
	return f
}
