package softmetal

// The commands that a blit encoder works on are changed when the work runs, in
// order with all else.

func (e *encoder) resetCommands(c *call) {
	at, n := c.span(1)
	r := commandRange{at, n}
	if b := e.indirectBuffer(c, c.object(0)); b != nil && c.checkCommands(b, r) {
		e.commandStep(c, func() { b.reset(r) })
	}
}

func (e *encoder) copyCommands(c *call) {
	at, n := c.span(1)
	from, to := commandRange{at, n}, commandRange{c.word(3), n}
	source := e.indirectBuffer(c, c.object(0))
	if source == nil {
		return
	}
	destination := e.indirectBuffer(c, c.object(2))
	switch {
	case destination == nil || !c.checkCommands(source, from) || !c.checkCommands(destination, to):
	case source.layout != destination.layout:
		c.fail(RuleIndirectTypes, "the two indirect command buffers were made by descriptors that differ")
	case source == destination && from.overlaps(to):
		c.fail(RuleOverlap, "%d commands from index %d to index %d of the same indirect command buffer overlap", n, at, to.at)
	default:
		e.commandStep(c, func() {
			for i := range n {
				destination.commands[to.at+i] = source.commands[from.at+i]
			}
			destination.forgetOptimized(to)
		})
	}
}

func (e *encoder) optimizeCommands(c *call) {
	at, n := c.span(1)
	r := commandRange{at, n}
	if b := e.indirectBuffer(c, c.object(0)); b != nil && c.checkCommands(b, r) {
		e.commandStep(c, func() {
			b.forgetOptimized(r)
			b.optimized = append(b.optimized, r)
		})
	}
}

// commandStep records a step that changes commands, which the device's lock
// guards.
func (e *encoder) commandStep(c *call, f func()) {
	d := c.Device
	e.copies.steps = append(e.copies.steps, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		f()
	})
}
