package softmetal

import (
	"context"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// MTLDispatchType.
const (
	dispatchSerial     = 0
	dispatchConcurrent = 1
)

// MTLBarrierScope.
const (
	barrierBuffers  = 1
	barrierAllBits  = 7
	indirectGridLen = 12 // MTLDispatchThreadgroupsIndirectArguments: three 32-bit counts
)

// A slot is an entry of the buffer argument table.
type slot struct {
	object *object // a buffer, or nil
	offset uint64
	bytes  []byte // of setBytes
}

func (s slot) bound() bool { return s.object != nil || s.bytes != nil }

// bindings are the argument tables of a dispatch.
type bindings struct {
	slots       [mslrun.MaxBuffers]slot
	threadgroup [mslrun.MaxBuffers]uint64
}

// computeState is what a compute encoder's messages set and its dispatches use.
type computeState struct {
	concurrent bool
	pipeline   *pipeline
	label      string // the pipeline's
	bindings

	resident map[*object]bool // by useResource and its like
	pass     computePass
	uses     [][]*object // the buffers that each dispatch of the last segment uses
	barrier  bool        // the next dispatch comes after all before it
	partials []partialBarrier
}

func (s *computeState) dispatchType() uint64 {
	if s.concurrent {
		return dispatchConcurrent
	}
	return dispatchSerial
}

// A partialBarrier orders the uses of some resources.
type partialBarrier struct {
	before    int // it came before the dispatch of this index in the last segment
	resources []*object
}

// A computePass is what a compute encoder recorded: segments that run one after
// another. Within a segment the dispatches have the order that barriers gave.
type computePass struct{ segments []segment }

type segment struct {
	dispatches []mslrun.Dispatch
	grid       []byte             // of an indirect dispatch: where the grid stands when it runs
	threads    *threadsJudge      // where the grid counts threads, and the size of threadgroups stands behind it
	executions map[int]*execution // by dispatch: it stands for commands of an indirect command buffer
	then       func()             // instead of dispatches
}

func (p *computePass) run(ctx context.Context, b backend, order Order) error {
	for _, s := range p.segments {
		if s.then != nil {
			s.then()
		}
		if len(s.dispatches) == 0 {
			continue
		}
		if s.grid != nil && !s.readGrid() {
			continue // a grid of no threadgroups is allowed here: nobody could know before
		}
		if s.threads != nil {
			if err := s.threads.check(&s); err != nil {
				return err
			}
		}
		dispatches, err := s.expand()
		if err != nil {
			return err
		}
		if err := b.run(ctx, dispatches, order); err != nil {
			return err
		}
	}
	return nil
}

func (s *segment) readGrid() bool {
	at := func(i int) int { return int(binary.NativeEndian.Uint32(s.grid[4*i:])) }
	g := mslrun.Size{Width: at(0), Height: at(1), Depth: at(2)}
	s.dispatches[0].Grid = g
	return g.Width > 0 && g.Height > 0 && g.Depth > 0
}

func (cb *commandBuffer) beginCompute(c *call, dispatchType uint64) {
	if dispatchType > dispatchConcurrent {
		c.fail(RuleEnum, "%d is no MTLDispatchType", dispatchType)
		return
	}
	if e := cb.begin(c, "SoftMetalComputeCommandEncoder", "compute encoder", stageDispatch); e != nil {
		e.compute = &computeState{concurrent: dispatchType == dispatchConcurrent}
		c.returnNew(e.object)
	}
}

func computeEncoderClass() *class {
	return &class{
		name:      "SoftMetalComputeCommandEncoder",
		protocols: []string{"MTLComputeCommandEncoder", "MTLCommandEncoder"},
		methods: encoderMethods(map[string]handler{
			"dispatchType": on(func(e *encoder, c *call) {
				c.returnWord(e.compute.dispatchType())
			}),
			"setComputePipelineState:":                          whileActive((*encoder).setPipeline),
			"setBytes:length:atIndex:":                          whileActive((*encoder).setBytes),
			"setBuffer:offset:atIndex:":                         whileActive((*encoder).setBuffer),
			"setBufferOffset:atIndex:":                          whileActive((*encoder).setBufferOffset),
			"setBuffers:offsets:withRange:":                     whileActive((*encoder).setBuffers),
			"setThreadgroupMemoryLength:atIndex:":               whileActive((*encoder).setThreadgroupMemory),
			"useHeaps:count:":                                   whileActive((*encoder).useHeaps),
			"useHeap:":                                          whileActive((*encoder).useOneHeap),
			"sampleCountersInBuffer:atSampleIndex:withBarrier:": whileActive((*encoder).sampleCompute),
			"memoryBarrierWithScope:":                           whileActive((*encoder).barrierWithScope),
			"memoryBarrierWithResources:count:":                 whileActive((*encoder).barrierWithResources),
			"dispatchThreadgroups:threadsPerThreadgroup:": whileActive(func(e *encoder, c *call) {
				e.dispatch(c, dispatchRequest{grid: c.size(0), group: c.size(1)})
			}),
			"dispatchThreads:threadsPerThreadgroup:": whileActive(func(e *encoder, c *call) {
				e.dispatch(c, dispatchRequest{grid: c.size(0), group: c.size(1), exact: true})
			}),
			"dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:": whileActive((*encoder).dispatchIndirect),
			"useResource:usage:": whileActive(func(e *encoder, c *call) { e.useResources(c, []*object{c.object(0)}, c.word(1)) }),
			"useResources:count:usage:": whileActive(func(e *encoder, c *call) {
				if objects, ok := c.objectsAt(0, c.word(1), "MTLResource"); ok {
					e.useResources(c, objects, c.word(2))
				}
			}),
			"executeCommandsInBuffer:withRange:":                           whileActive((*encoder).executeCommands),
			"executeCommandsInBuffer:indirectBuffer:indirectBufferOffset:": whileActive((*encoder).executeCommandsIndirect),
		}, func(e *encoder) pass { return &e.compute.pass }),
	}
}

func (e *encoder) setPipeline(c *call) {
	o := c.object(0)
	if o == nil {
		c.fail(RuleNilArgument, "argument 1 is the pipeline, and is nil")
		return
	}
	e.buffer.keep(o)
	e.compute.pipeline, e.compute.label = o.payload.(*pipeline), o.label
}

func (e *encoder) setBytes(c *call) {
	length, index := c.word(1), c.word(2)
	if !c.checkIndex("buffer", index) {
		return
	}
	if length == 0 || length > maxBytesLength {
		c.fail(RuleBytesLength, "%d bytes at index %d; setBytes takes 1 to %d", length, index, maxBytesLength)
		return
	}
	if b, ok := c.bytes(0, length); ok {
		e.compute.slots[index] = slot{bytes: b}
	}
}

func (e *encoder) setBuffer(c *call) {
	if c.checkIndex("buffer", c.word(2)) {
		e.bind(c, c.object(0), c.word(1), c.word(2))
	}
}

// bind puts a buffer into the argument table; nil takes out what is there.
func (e *encoder) bind(c *call, o *object, offset, index uint64) {
	if o == nil {
		e.compute.slots[index] = slot{}
		return
	}
	if c.checkOffset(o, offset, index) {
		e.buffer.keep(o)
		e.compute.slots[index] = slot{object: o, offset: offset}
	}
}

func (c *call) checkIndex(table string, index uint64) bool {
	if index > maxBufferIndex {
		c.fail(RuleIndex, "%s index %d, the last one is %d", table, index, maxBufferIndex)
		return false
	}
	return true
}

func (c *call) checkOffset(o *object, offset, index uint64) bool {
	if n := o.payload.(*buffer).length; offset >= uint64(n) {
		c.fail(RuleBufferRange, "offset %d at index %d, and the buffer has %d bytes", offset, index, n)
		return false
	}
	return true
}

func (e *encoder) setBufferOffset(c *call) {
	offset, index := c.word(0), c.word(1)
	if !c.checkIndex("buffer", index) {
		return
	}
	s := &e.compute.slots[index]
	if s.object == nil {
		c.fail(RuleNothingBound, "no buffer is bound at index %d whose offset could change", index)
		return
	}
	if c.checkOffset(s.object, offset, index) {
		s.offset = offset
	}
}

func (e *encoder) setBuffers(c *call) {
	at, n := c.span(2)
	if n == 0 || at > maxBufferIndex || n > maxBufferIndex+1-at {
		c.fail(RuleIndex, "buffer indices %d and %d more, the last one is %d", at, n, maxBufferIndex)
		return
	}
	objects, ok := c.objectsAt(0, n, "MTLBuffer")
	if !ok {
		return
	}
	offsets, err := peekWords(c.address(1), int(n))
	if err != nil {
		c.fail(RuleBadAddress, "argument 2: %v", err)
		return
	}
	for i, o := range objects {
		if c.broken == nil {
			e.bind(c, o, offsets[i], at+uint64(i))
		}
	}
}

func (e *encoder) setThreadgroupMemory(c *call) {
	e.compute.bindings.setThreadgroupMemory(c, c.word(0), c.word(1))
}

func (b *bindings) setThreadgroupMemory(c *call, length, index uint64) {
	switch {
	case !c.checkIndex("threadgroup", index):
	case length%threadgroupMemoryUnit != 0:
		c.fail(RuleThreadgroupMemory, "%d bytes of threadgroup memory at index %d: not a multiple of %d", length, index, threadgroupMemoryUnit)
	case length > maxThreadgroupMemory:
		c.fail(RuleThreadgroupMemory, "%d bytes of threadgroup memory at index %d: the device's limit is %d", length, index, maxThreadgroupMemory)
	default:
		b.threadgroup[index] = length
	}
}

func (e *encoder) barrierWithScope(c *call) {
	if s := c.word(0); s == 0 || s&^barrierAllBits != 0 {
		c.fail(RuleEnum, "%#x is no MTLBarrierScope", s)
		return
	}
	if c.word(0)&barrierBuffers != 0 {
		e.compute.barrier = true
	}
}

func (e *encoder) barrierWithResources(c *call) {
	n := c.word(1)
	if n == 0 {
		c.fail(RuleNilArgument, "a barrier of no resources")
		return
	}
	objects, ok := c.objectsAt(0, n, "MTLResource")
	if !ok {
		return
	}
	if i := slices.Index(objects, nil); i >= 0 {
		c.fail(RuleNilArgument, "element %d of argument 1 is nil", i)
		return
	}
	e.compute.partials = append(e.compute.partials, partialBarrier{len(e.compute.uses), objects})
}

// A dispatchRequest is a dispatch as its message has it.
type dispatchRequest struct {
	grid, group [3]uint64
	exact       bool
	indirect    []byte
}

func (e *encoder) dispatchIndirect(c *call) {
	o, offset := c.object(0), c.word(1)
	if o == nil {
		c.fail(RuleNilArgument, "argument 1 is the buffer of the grid, and is nil")
		return
	}
	b := o.payload.(*buffer)
	switch n := uint64(b.length); {
	case offset%4 != 0:
		c.fail(RuleOffsetAlignment, "offset %d of the grid is not a multiple of 4", offset)
	case n < indirectGridLen || offset > n-indirectGridLen:
		c.fail(RuleBufferRange, "the grid takes %d bytes at offset %d, and the buffer has %d", indirectGridLen, offset, n)
	default:
		e.buffer.keep(o)
		e.dispatch(c, dispatchRequest{grid: [3]uint64{1, 1, 1}, group: c.size(2), indirect: b.memory[offset:][:indirectGridLen]})
	}
}

// dispatch checks everything that Metal's validation layer does and records the
// dispatch with the arguments of this moment.
func (e *encoder) dispatch(c *call, r dispatchRequest) {
	s := e.compute
	if s.pipeline == nil {
		c.fail(RuleNoPipeline, "no pipeline was set")
		return
	}
	label := c.target.label
	if label == "" {
		label = s.label
	}
	d, uses, ok := s.bindings.dispatch(c, s.pipeline, r, label)
	if !ok {
		return
	}
	s.record(d, uses, r.indirect)
}

// A judge takes note of the rule that a dispatch breaks: a message that is
// broken, or a command that was looked at when it ran.
type judge interface {
	fail(rule Rule, format string, a ...any)
}

// dispatch makes a dispatch of what is bound, and returns the buffers that the
// kernel uses.
func (b *bindings) dispatch(c judge, p *pipeline, r dispatchRequest, label string) (mslrun.Dispatch, []*object, bool) {
	d := mslrun.Dispatch{
		Program:     p.program,
		Grid:        mslrun.Size{Width: int(r.grid[0]), Height: int(r.grid[1]), Depth: int(r.grid[2])},
		Threadgroup: mslrun.Size{Width: int(r.group[0]), Height: int(r.group[1]), Depth: int(r.group[2])},
		Exact:       r.exact,
		Label:       label,
		Origin:      p,
	}
	if !checkGrid(c, p, r) {
		return d, nil, false
	}
	uses, ok := b.arguments(c, p, &d)
	return d, uses, ok
}

func checkGrid(c judge, p *pipeline, r dispatchRequest) bool {
	total := uint64(1)
	for i := range r.group {
		if r.grid[i] == 0 || r.group[i] == 0 {
			c.fail(RuleEmptyDispatch, "a grid of %v with threadgroups of %v: nothing may be 0", r.grid, r.group)
			return false
		}
		high, low := bits.Mul64(total, r.group[i])
		if total = low; high != 0 || total > uint64(p.maxTotal) {
			c.fail(RuleThreadsPerGroup, "threadgroups of %v threads, and the pipeline %q allows %d", r.group, p.name, p.maxTotal)
			return false
		}
	}
	if p.required != [3]uint64{} && r.group != p.required {
		c.fail(RuleRequiredThreads, "threadgroups of %v threads, and the pipeline requires %v", r.group, p.required)
		return false
	}
	if width := uint64(p.program.ThreadExecutionWidth); p.multiples && total%width != 0 {
		c.fail(RuleThreadgroupMultiple, "threadgroups of %d threads, and the pipeline was promised multiples of %d", total, width)
		return false
	}
	for i, n := range r.grid {
		if !r.exact {
			high, low := bits.Mul64(n, r.group[i])
			if n = low; high != 0 {
				n = math.MaxUint64
			}
		}
		if n > math.MaxUint32 {
			c.fail(RuleGridSize, "a grid of %v with threadgroups of %v: a dimension has more than 2^32-1 threads", r.grid, r.group)
			return false
		}
	}
	return true
}

// arguments fills the argument tables of a dispatch and returns the buffers that
// the kernel uses.
func (b *bindings) arguments(c judge, p *pipeline, d *mslrun.Dispatch) (uses []*object, ok bool) {
	memory := uint64(d.Program.StaticThreadgroupMemoryLength)
	for _, a := range d.Program.Function.Arguments {
		if !a.Active {
			continue
		}
		if a.Kind == mslrun.ThreadgroupArgument {
			n := b.threadgroup[a.Index]
			if n == 0 {
				c.fail(RuleUnboundThreadgroup, "kernel %q: threadgroup index %d (%s) has no length", p.name, a.Index, a.Name)
				return nil, false
			}
			d.ThreadgroupMemory[a.Index] = int(n)
			memory += n
			continue
		}
		at := b.slots[a.Index]
		if !checkArgument(c, p.name, a, at) {
			return nil, false
		}
		if at.bytes != nil {
			d.Buffers[a.Index] = mslrun.Binding{Inline: at.bytes}
			continue
		}
		buffer := at.object.payload.(*buffer)
		d.Buffers[a.Index] = mslrun.Binding{Offset: buffer.offset + int64(at.offset), Length: buffer.length - int(at.offset)}
		uses = append(uses, at.object)
	}
	if memory > maxThreadgroupMemory {
		c.fail(RuleThreadgroupMemory, "kernel %q: %d bytes of threadgroup memory, variables and arguments together; the device's limit is %d", p.name, memory, maxThreadgroupMemory)
		return nil, false
	}
	return uses, true
}

// checkArgument checks what is bound at the index of a kernel's parameter.
func checkArgument(c judge, kernel string, a mslrun.Argument, at slot) bool {
	if !at.bound() {
		c.fail(RuleUnboundBuffer, "kernel %q: nothing is bound at buffer index %d (%s)", kernel, a.Index, a.Name)
		return false
	}
	length, align := uint64(len(at.bytes)), uint64(max(a.TypeAlign, 1))
	if at.object != nil {
		length = uint64(at.object.payload.(*buffer).length) - at.offset
	}
	if a.AddressSpace == "constant" {
		align = max(align, constantOffsetAlignment)
	}
	switch {
	case at.offset%align != 0:
		c.fail(RuleOffsetAlignment, "kernel %q: offset %d at buffer index %d (%s) is not a multiple of %d", kernel, at.offset, a.Index, a.Name, align)
	case length < uint64(a.TypeSize):
		c.fail(RuleBoundSize, "kernel %q: %d bytes are bound at buffer index %d (%s), and one %s takes %d", kernel, length, a.Index, a.Name, a.Type, a.TypeSize)
	default:
		return true
	}
	return false
}

// record appends the dispatch with the order that the encoder gives it. An
// indirect one runs alone, since its grid is known only when all before it is
// done.
func (s *computeState) record(d mslrun.Dispatch, uses []*object, indirect []byte) {
	if indirect != nil {
		s.pass.segments = append(s.pass.segments, segment{dispatches: []mslrun.Dispatch{d}, grid: indirect}, segment{})
		s.uses, s.partials, s.barrier = nil, nil, false
		return
	}
	if len(s.pass.segments) == 0 {
		s.pass.segments = append(s.pass.segments, segment{})
	}
	d.Barrier = s.barrier || !s.concurrent
	if !d.Barrier {
		d.After = s.after(uses)
	}
	s.barrier = false
	last := &s.pass.segments[len(s.pass.segments)-1]
	last.dispatches = append(last.dispatches, d)
	s.uses = append(s.uses, uses)
}

// recordExecution is record for the commands of an indirect command buffer. If
// their range stands in a buffer, they run alone, as an indirect grid does.
func (s *computeState) recordExecution(x *execution, uses []*object) {
	if x.reads != nil {
		s.pass.segments = append(s.pass.segments, segment{dispatches: []mslrun.Dispatch{{}}, executions: map[int]*execution{0: x}}, segment{})
		s.uses, s.partials, s.barrier = nil, nil, false
		return
	}
	s.record(mslrun.Dispatch{}, uses, nil)
	last := &s.pass.segments[len(s.pass.segments)-1]
	if last.executions == nil {
		last.executions = map[int]*execution{}
	}
	last.executions[len(last.dispatches)-1] = x
}

// afterAll lets f run when all dispatches so far are done, and before those that
// follow.
func (s *computeState) afterAll(f func()) {
	s.pass.segments = append(s.pass.segments, segment{then: f}, segment{})
	s.uses, s.partials, s.barrier = nil, nil, false
}

// after returns the dispatches that come before one which uses these buffers,
// because a barrier named a buffer that both use.
func (s *computeState) after(uses []*object) []int {
	var earlier []int
	for i, used := range s.uses {
		for _, p := range s.partials {
			if i < p.before && slices.ContainsFunc(p.resources, func(o *object) bool {
				return slices.Contains(used, o) && slices.Contains(uses, o)
			}) {
				earlier = append(earlier, i)
				break
			}
		}
	}
	return earlier
}
