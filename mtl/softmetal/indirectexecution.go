package softmetal

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// An execution is one executeCommandsInBuffer. The commands are read when the
// work runs, as the GPU does it: a blit may have changed them since.
type execution struct {
	device   *Device
	buffer   *recording
	object   *object // the indirect command buffer
	span     commandRange
	reads    []byte // where the range stands when it runs, nil for span
	selector string
	where    string // the caller's line

	inherited bindings
	pipeline  *pipeline
	label     string
	resident  map[*object]bool
}

func (e *encoder) executeCommands(c *call) {
	at, n := c.span(1)
	if b := e.indirectBuffer(c, c.object(0)); b != nil && c.checkCommands(b, commandRange{at, n}) {
		e.execute(c, b, commandRange{at, n}, nil)
	}
}

func (e *encoder) executeCommandsIndirect(c *call) {
	b := e.indirectBuffer(c, c.object(0))
	o, offset := c.object(1), c.word(2)
	if b == nil {
		return
	}
	if o == nil {
		c.fail(RuleNilArgument, "argument 2 is the buffer of the range, and is nil")
		return
	}
	ranges := o.payload.(*buffer)
	switch n := uint64(ranges.length); {
	case offset%4 != 0:
		c.fail(RuleOffsetAlignment, "offset %d of the range is not a multiple of 4", offset)
	case n < indirectRangeLen || offset > n-indirectRangeLen:
		c.fail(RuleBufferRange, "the range takes %d bytes at offset %d, and the buffer has %d", indirectRangeLen, offset, n)
	default:
		e.buffer.keep(o)
		e.execute(c, b, commandRange{}, ranges.memory[offset:][:indirectRangeLen])
	}
}

// indirectBuffer returns an indirect command buffer that an encoder names, nil
// after a report.
func (e *encoder) indirectBuffer(c *call, o *object) *indirectBuffer {
	if o == nil {
		c.fail(RuleNilArgument, "the indirect command buffer is nil")
		return nil
	}
	e.buffer.keep(o)
	return o.payload.(*indirectBuffer)
}

func (e *encoder) execute(c *call, b *indirectBuffer, r commandRange, reads []byte) {
	s, l := e.compute, &b.layout
	switch {
	case r.n > maxIndirectRange:
		c.fail(RuleIndirectRange, "%d commands at once, at most %d", r.n, maxIndirectRange)
	case l.inheritPipeline && s.pipeline == nil:
		c.fail(RuleNoPipeline, "the commands have the encoder's pipeline, and none was set")
	case l.inheritPipeline && !s.pipeline.indirect:
		c.fail(RuleIndirectPipeline, "pipeline %q was made without supportIndirectCommandBuffers", s.pipeline.name)
	default:
		x := &execution{device: c.Device, buffer: e.buffer, object: c.object(0), span: r, reads: reads, selector: c.selector, where: callerOutside(),
			inherited: s.bindings, pipeline: s.pipeline, label: c.target.label, resident: maps.Clone(s.resident)}
		if e.order == nil {
			s.recordExecution(x, x.uses(b))
		} else {
			e.order.add(stageDispatch, segment{dispatches: []mslrun.Dispatch{{}}, executions: map[int]*execution{0: x}})
		}
		s.afterExecution(l)
	}
}

// afterExecution takes away what the encoder had set: Metal does not say what is
// left of it.
func (s *computeState) afterExecution(l *indirectLayout) {
	if !l.inheritPipeline {
		s.pipeline, s.label = nil, ""
	}
	if !l.inheritBuffers {
		s.slots = [mslrun.MaxBuffers]slot{}
	}
	s.threadgroup = [mslrun.MaxBuffers]uint64{}
}

// uses returns the buffers that the commands use as they are now, for barriers
// that name resources.
func (x *execution) uses(b *indirectBuffer) (uses []*object) {
	r := x.span
	if x.reads != nil {
		r = commandRange{0, uint64(len(b.commands))}
	}
	tables := []*bindings{&x.inherited}
	if !b.layout.inheritBuffers {
		tables = nil
		for _, command := range b.commands[r.at:r.end()] {
			if command != nil {
				tables = append(tables, &command.bindings)
			}
		}
	}
	for _, t := range tables {
		for _, at := range t.slots {
			if at.object != nil && !slices.Contains(uses, at.object) {
				uses = append(uses, at.object)
			}
		}
	}
	return uses
}

// expand puts the commands of indirect command buffers in the places that stand
// for them.
func (s *segment) expand() ([]mslrun.Dispatch, error) {
	if len(s.executions) == 0 {
		return s.dispatches, nil
	}
	var list []mslrun.Dispatch
	places := make([][]int, len(s.dispatches)) // where each went
	var owed mslrun.Dispatch                   // what a place without commands leaves to the next
	for i, d := range s.dispatches {
		var after []int
		for _, j := range d.After {
			after = append(after, places[j]...)
		}
		commands := []command{{dispatch: d}}
		if x := s.executions[i]; x != nil {
			var err error
			if commands, err = x.commands(); err != nil {
				return nil, err
			}
		}
		owed.Barrier, owed.Kill = owed.Barrier || d.Barrier, owed.Kill || d.Kill
		for _, c := range commands {
			c.dispatch.Barrier, c.dispatch.Kill = owed.Barrier, owed.Kill
			owed = mslrun.Dispatch{}
			c.dispatch.After = slices.Clone(after)
			if c.barrier { // it is this command's alone: one behind it that has none does not wait
				c.dispatch.After = append(c.dispatch.After, places[i]...)
			}
			places[i] = append(places[i], len(list))
			list = append(list, c.dispatch)
		}
	}
	return list, nil
}

// A command is one that runs.
type command struct {
	dispatch mslrun.Dispatch
	barrier  bool
}

// commands reads the commands. The first that breaks a rule fails the command
// buffer.
func (x *execution) commands() (list []command, err error) {
	x.device.mu.Lock()
	defer x.device.mu.Unlock()
	b := x.object.payload.(*indirectBuffer)
	r := x.span
	if x.reads != nil {
		r = commandRange{uint64(binary.NativeEndian.Uint32(x.reads)), uint64(binary.NativeEndian.Uint32(x.reads[4:]))}
	}
	j := &executionJudge{execution: x}
	if n := uint64(len(b.commands)); r.n > maxIndirectRange || r.at > n || r.n > n-r.at {
		j.fail(RuleIndirectRange, "%d commands from index %d: at most %d at once, and the indirect command buffer has %d", r.n, r.at, maxIndirectRange, n)
	}
	for _, o := range b.optimized {
		if r.overlaps(o) && !r.holds(o) {
			j.fail(RuleIndirectOptimized, "%d commands from index %d are part of the %d from index %d that were optimized together", r.n, r.at, o.n, o.at)
		}
	}
	for i := r.at; i < r.end() && j.broken == nil; i++ {
		if c := b.commands[i]; c != nil && c.request != nil {
			j.prefix = fmt.Sprintf("command %d: ", i)
			list = append(list, command{x.dispatch(j, c, b.layout), c.barrier})
		}
	}
	if j.broken != nil {
		x.device.record(j.broken)
		j.broken.Where = x.where
		return nil, j.broken
	}
	return list, nil
}

// dispatch makes the dispatch of a command.
func (x *execution) dispatch(j *executionJudge, c *indirectCommand, l indirectLayout) mslrun.Dispatch {
	p, label := x.pipeline, x.label
	if !l.inheritPipeline {
		if !x.device.has(c.pipeline) {
			j.fail(RuleUseAfterRelease, "the pipeline was released and is gone")
			return mslrun.Dispatch{}
		}
		if x.buffer.metal4 && !x.buffer.resident[c.pipeline] {
			j.fail(RuleNotResident, "the pipeline (%s) is in no residency set, and Metal 4 makes none resident that only a command names", describe(c.pipeline))
			return mslrun.Dispatch{}
		}
		p = c.pipeline.payload.(*pipeline)
		if label == "" {
			label = c.pipeline.label
		}
	}
	tables := x.inherited
	if !l.inheritBuffers {
		tables.slots = c.slots
		for index, at := range c.slots {
			if at.object == nil {
				continue
			}
			if !x.device.has(at.object) {
				j.fail(RuleUseAfterRelease, "the buffer at index %d was released and is gone", index)
				return mslrun.Dispatch{}
			}
			if !x.reaches(at.object) {
				j.fail(RuleNotResident, "the buffer at index %d (%s) is not resident: useResource:usage: or a residency set has to name it", index, describe(at.object))
				return mslrun.Dispatch{}
			}
		}
	}
	tables.threadgroup = c.threadgroup
	d, _, _ := tables.dispatch(j, p, *c.request, label)
	return d
}

// reaches reports whether the GPU sees a buffer that no encoder has bound.
func (x *execution) reaches(o *object) bool {
	if x.resident[o] || x.buffer.reaches(o) {
		return true
	}
	b := o.payload.(*buffer)
	return b.place != nil && x.resident[b.place.heap.object]
}

func describe(o *object) string {
	if o.label != "" {
		return fmt.Sprintf("%q", o.label)
	}
	return fmt.Sprintf("%#x", uintptr(o.id))
}

// has reports whether an object that nobody keeps is still there.
func (d *Device) has(o *object) bool { return d.objects[o.id] == o }

// An executionJudge keeps the first rule that a command breaks.
type executionJudge struct {
	*execution
	prefix string
	broken *Report
}

func (j *executionJudge) fail(rule Rule, format string, a ...any) {
	if j.broken != nil {
		return
	}
	j.broken = &Report{Rule: rule, Object: j.object.id, Class: j.object.class.name, Label: j.object.label, Selector: j.selector,
		Detail: j.prefix + fmt.Sprintf(format, a...)}
}

// useResources makes resources resident that no index has.
func (e *encoder) useResources(c *call, objects []*object, usage uint64) {
	const all = 7 // read, write, and sample for textures
	if usage == 0 || usage&^all != 0 {
		c.fail(RuleEnum, "%#x is no MTLResourceUsage", usage)
		return
	}
	if len(objects) == 0 {
		c.fail(RuleNilArgument, "a use of no resources")
		return
	}
	if i := slices.Index(objects, nil); i >= 0 {
		c.fail(RuleNilArgument, "resource %d is nil", i)
		return
	}
	if e.compute.resident == nil {
		e.compute.resident = map[*object]bool{}
	}
	for _, o := range objects {
		e.buffer.keep(o)
		e.compute.resident[o] = true
	}
}
