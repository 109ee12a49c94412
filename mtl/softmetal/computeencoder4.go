package softmetal

import (
	"encoding/binary"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// MTL4VisibilityOptions.
const (
	visibilityDevice = 1
	visibilityAlias  = 2
)

func computeEncoder4Class() *class {
	dispatch := func(f func(*encoder, *call)) handler { return command4(stageDispatch, f) }
	blit := func(f func(*encoder, *call)) handler { return command4(stageBlit, f) }
	m := map[string]handler{
		"stages": on(func(e *encoder, c *call) { c.returnWord(e.order.stages()) }),
		"endEncoding": whileActive(func(e *encoder, c *call) {
			e.ended = true
			e.buffer.open = nil
			e.recorded.encoder.label = c.target.label
			e.buffer.passes = append(e.buffer.passes, e.recorded)
			e.buffer.orders = append(e.buffer.orders, e.order)
		}),
		"setComputePipelineState:":                        whileActive((*encoder).setPipeline),
		"setThreadgroupMemoryLength:atIndex:":             whileActive((*encoder).setThreadgroupMemory),
		"writeTimestampWithGranularity:intoHeap:atIndex:": whileActive((*encoder).writeTimestamp),
		"setArgumentTable:":                               whileActive(func(e *encoder, c *call) { e.table = c.object(0) }),
		"dispatchThreadgroups:threadsPerThreadgroup:": dispatch(func(e *encoder, c *call) {
			e.dispatch4(c, dispatchRequest{grid: c.size(0), group: c.size(1)})
		}),
		"dispatchThreads:threadsPerThreadgroup:": dispatch(func(e *encoder, c *call) {
			e.dispatch4(c, dispatchRequest{grid: c.size(0), group: c.size(1), exact: true})
		}),
		"dispatchThreadgroupsWithIndirectBuffer:threadsPerThreadgroup:": dispatch(func(e *encoder, c *call) {
			if grid := e.range4(c, c.word(0), indirectGridLen, "grid"); grid != nil {
				e.dispatch4(c, dispatchRequest{grid: [3]uint64{1, 1, 1}, group: c.size(1), indirect: grid})
			}
		}),
		"dispatchThreadsWithIndirectBuffer:": dispatch(func(e *encoder, c *call) {
			if grid := e.range4(c, c.word(0), indirectThreadsLen, "grid"); grid != nil {
				e.dispatch4(c, dispatchRequest{indirect: grid})
			}
		}),
		"executeCommandsInBuffer:withRange:": dispatch(func(e *encoder, c *call) {
			if e.inherit(c) {
				e.executeCommands(c)
			}
		}),
		"executeCommandsInBuffer:indirectBuffer:": dispatch((*encoder).executeIndirect4),

		"copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:":        blit((*encoder).copyBuffer),
		"fillBuffer:range:value:":                                             blit((*encoder).fillBuffer),
		"resetCommandsInBuffer:withRange:":                                    blit((*encoder).resetCommands),
		"optimizeIndirectCommandBuffer:withRange:":                            blit((*encoder).optimizeCommands),
		"copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:": blit((*encoder).copyCommands),

		"barrierAfterQueueStages:beforeStages:visibilityOptions:": whileActive(func(e *encoder, c *call) {
			e.barrier4(c, mark{kind: consumerBarrier})
		}),
		"barrierAfterStages:beforeQueueStages:visibilityOptions:": whileActive(func(e *encoder, c *call) {
			e.barrier4(c, mark{kind: producerBarrier})
		}),
		"barrierAfterEncoderStages:beforeEncoderStages:visibilityOptions:": whileActive(func(e *encoder, c *call) {
			if c.word(0)&^e.recorded.stage == 0 && c.word(1)&^e.recorded.stage == 0 {
				e.barrier4(c, mark{kind: encoderBarrier})
				return
			}
			c.fail(RuleEnum, "stages %#x and %#x of a barrier within a compute encoder, which has dispatch and blit: %#x", c.word(0), c.word(1), e.recorded.stage)
		}),
		"updateFence:afterEncoderStages:": whileActive(func(e *encoder, c *call) { e.fence4(c, fenceUpdate) }),
		"waitForFence:beforeEncoderStages:": whileActive(func(e *encoder, c *call) {
			e.fence4(c, fenceWait)
		}),
		"insertDebugSignpost:": whileActive(func(e *encoder, c *call) { c.debugText() }),
	}
	return &class{
		name:      "SoftMetalComputeCommandEncoder4",
		protocols: []string{"MTL4ComputeCommandEncoder", "MTL4CommandEncoder"},
		methods: labelMethods(groupMethods(func(c *call) *int {
			e := c.target.payload.(*encoder)
			if !e.active(c) {
				return nil
			}
			return &e.groups
		}, m)),
	}
}

// command4 makes a handler of a message that encodes a command of a stage, which has
// no order but what barriers and fences give it.
func command4(stage uint64, f func(*encoder, *call)) handler {
	return whileActive(func(e *encoder, c *call) {
		e.recorded.uses = map[*object]bool{}
		e.copies = new(copyPass)
		n := len(e.order.steps)
		f(e, c)
		for _, action := range e.copies.steps {
			e.order.add(stage, segment{then: action})
		}
		for _, s := range e.order.steps[n:] {
			s.uses = e.recorded.uses
		}
	})
}

func (e *encoder) barrier4(c *call, m mark) {
	m.after, m.before = c.word(0), c.word(1)
	visibility := c.word(2)
	if !c.areStages(m.after) || !c.areStages(m.before) {
		return
	}
	if visibility&^(visibilityDevice|visibilityAlias) != 0 {
		c.fail(RuleEnum, "%#x are no MTL4VisibilityOptions", visibility)
		return
	}
	// Without a flush of caches what was written need not be seen: as good as none.
	if visibility != 0 {
		e.order.mark(m)
	}
}

func (c *call) areStages(s uint64) bool {
	if s == 0 || s&^stageBits != 0 {
		c.fail(RuleEnum, "%#x are no MTLStages", s)
		return false
	}
	return true
}

// fence4 marks an update of a fence, or a wait for one. Whether an encoder can wait
// for what it has updated itself, Apple does not say.
func (e *encoder) fence4(c *call, kind markKind) {
	f := e.fence(c)
	if f == nil || !c.areStages(c.word(1)) {
		return
	}
	if c.word(1)&^e.recorded.stage != 0 {
		c.fail(RuleEnum, "stages %#x of a fence in a compute encoder, which has dispatch and blit: %#x", c.word(1), e.recorded.stage)
		return
	}
	if kind == fenceWait && e.order.updates(f) {
		c.fail(RuleFenceOrder, "the %s has updated this fence: it cannot wait for itself", e.kind)
		return
	}
	e.order.mark(mark{kind: kind, after: c.word(1), before: c.word(1), fence: f})
}

// dispatch4 is dispatch with the arguments of the table.
func (e *encoder) dispatch4(c *call, r dispatchRequest) {
	s := e.compute
	if s.pipeline == nil {
		c.fail(RuleNoPipeline, "no pipeline was set")
		return
	}
	tables, ok := e.snapshot(c, s.pipeline)
	if !ok {
		return
	}
	label := c.target.label
	if label == "" {
		label = s.label
	}
	step := segment{grid: r.indirect}
	var d mslrun.Dispatch
	if len(r.indirect) == indirectThreadsLen {
		d = mslrun.Dispatch{Program: s.pipeline.program, Exact: true, Label: label}
		_, ok = tables.arguments(c, s.pipeline, &d)
		step.threads = &threadsJudge{executionJudge{execution: &execution{device: c.Device, object: c.target, selector: c.selector, where: c.where()}}, s.pipeline}
	} else {
		d, _, ok = tables.dispatch(c, s.pipeline, r, label)
	}
	if !ok {
		return
	}
	step.dispatches = []mslrun.Dispatch{d}
	e.order.add(stageDispatch, step)
}

// inherit gives commands that have the encoder's buffers those of the table.
func (e *encoder) inherit(c *call) bool {
	if b := payload[*indirectBuffer](c, 0); b == nil || !b.layout.inheritBuffers {
		return true
	}
	tables, ok := e.snapshot(c, nil)
	e.compute.slots = tables.slots
	return ok
}

func (e *encoder) executeIndirect4(c *call) {
	b := e.indirectBuffer(c, c.object(0))
	if b == nil || !e.inherit(c) {
		return
	}
	if r := e.range4(c, c.word(1), indirectRangeLen, "range"); r != nil {
		e.execute(c, b, commandRange{}, r)
	}
}

// indirectThreadsLen is the length of MTLDispatchThreadsIndirectArguments: threads of
// the grid, and of a threadgroup.
const indirectThreadsLen = 24

// A threadsJudge looks at a grid and a threadgroup that the GPU reads.
type threadsJudge struct {
	executionJudge
	pipeline *pipeline
}

// check takes the threadgroup from memory, and applies the rules that a message with
// it would have met.
func (j *threadsJudge) check(s *segment) error {
	d := &s.dispatches[0]
	at := func(i int) uint64 { return uint64(binary.NativeEndian.Uint32(s.grid[indirectGridLen+4*i:])) }
	r := dispatchRequest{grid: [3]uint64{uint64(d.Grid.Width), uint64(d.Grid.Height), uint64(d.Grid.Depth)}, group: [3]uint64{at(0), at(1), at(2)}, exact: true}
	if checkGrid(&j.executionJudge, j.pipeline, r) {
		d.Threadgroup = mslrun.Size{Width: int(r.group[0]), Height: int(r.group[1]), Depth: int(r.group[2])}
		return nil
	}
	j.device.mu.Lock()
	defer j.device.mu.Unlock()
	j.device.record(j.broken)
	j.broken.Where = j.where
	return j.broken
}
