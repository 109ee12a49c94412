package softmetal

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

func (h *hand) queue4() objc.ID     { return h.pooled(h.id(h.device(), "newMTL4CommandQueue")) }
func (h *hand) allocator() objc.ID  { return h.pooled(h.id(h.device(), "newCommandAllocator")) }
func (h *hand) recording4() objc.ID { return h.pooled(h.id(h.device(), "newCommandBuffer")) }

// begun returns a command buffer that records.
func (h *hand) begun() (cb, allocator objc.ID) {
	cb, allocator = h.recording4(), h.allocator()
	h.send(cb, "beginCommandBufferWithAllocator:", allocator)
	return cb, allocator
}

func (h *hand) compute4() (e, cb objc.ID) {
	cb, _ = h.begun()
	return h.id(cb, "computeCommandEncoder"), cb
}

// table returns an argument table with the addresses of buffers.
func (h *hand) table(count int, buffers ...objc.ID) objc.ID {
	d := h.pooled(h.id(h.class("MTL4ArgumentTableDescriptor"), "new"))
	h.send(d, "setMaxBufferBindCount:", count)
	var err objc.ID
	t := h.pooled(h.id(h.device(), "newArgumentTableWithDescriptor:error:", d, &err))
	for i, b := range buffers {
		if b != 0 {
			h.send(t, "setAddress:atIndex:", h.address(b), i)
		}
	}
	return t
}

func (h *hand) address(b objc.ID) uintptr { return h.send(b, "gpuAddress") }

// dispatch4 dispatches one thread of a kernel with these buffers.
func (h *hand) dispatch4(e objc.ID, table objc.ID, arguments ...mslrun.Argument) {
	h.send(e, "setComputePipelineState:", h.pipeline("k", 0, arguments...))
	if table != 0 {
		h.send(e, "setArgumentTable:", table)
	}
	h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
}

// end ends an encoder and its command buffer.
func (h *hand) end(e, cb objc.ID) {
	h.send(e, "endEncoding")
	h.send(cb, "endCommandBuffer")
}

// commit4 commits, and returns the error that a handler gets, after all handlers.
func (h *hand) commit4(q objc.ID, cbs ...objc.ID) (err *nsError) {
	options := h.pooled(h.id(h.class("MTL4CommitOptions"), "new"))
	block := h.block(func(args objc.BlockArguments) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if f := h.objects[objc.ID(args[0])].payload.(*commitFeedback); f.err != nil {
			err = f.err.payload.(*nsError)
		}
	})
	h.send(options, "addFeedbackHandler:", block)
	h.function("_Block_release", block)
	h.send(q, "commit:count:options:", cbs, len(cbs), options)
	h.idle()
	return err
}

// resident returns a queue with a residency set of such memory.
func (h *hand) resident(memory ...objc.ID) objc.ID {
	q, set := h.queue4(), h.residencySet()
	for _, m := range memory {
		h.send(set, "addAllocation:", m)
	}
	h.send(set, "commit")
	h.send(q, "addResidencySet:", set)
	return q
}

var metal4Breaches = []breach{
	{"a queue of Metal 4 is described", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newMTL4CommandQueueWithDescriptor:error:", 0, 0)
	}},
	{"an allocator is described", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newCommandAllocatorWithDescriptor:error:", 0, 0)
	}},
	{"an argument table has at most 31 buffers", RuleIndex, "32 buffers, the limit is 31", func(h *hand) { h.table(32) }},
	{"an argument table is changed where it has room", RuleIndex, "index 2 of an argument table with room for 2", func(h *hand) {
		h.send(h.table(2), "setAddress:atIndex:", h.address(h.buffer(4)), 2)
	}},
	{"a command buffer is begun with an allocator", RuleNilArgument, "allocator", func(h *hand) {
		h.send(h.recording4(), "beginCommandBufferWithAllocator:", 0)
	}},
	{"a time goes to a counter heap", RuleNilArgument, "counter heap", func(h *hand) {
		cb, _ := h.begun()
		h.send(cb, "writeTimestampIntoHeap:atIndex:", 0, 0)
	}},
	{"a time goes to an entry that there is", RuleIndex, "entry 4 of a counter heap of 4", func(h *hand) {
		cb, _ := h.begun()
		h.send(cb, "writeTimestampIntoHeap:atIndex:", h.counterHeap(4), 4)
	}},
	{"a command buffer writes a time between encoders", RuleEncoderActive, "while a compute encoder is open", func(h *hand) {
		_, cb := h.compute4()
		h.send(cb, "writeTimestampIntoHeap:atIndex:", h.counterHeap(4), 0)
	}},
	{"an encoder's time goes to a counter heap", RuleNilArgument, "counter heap", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "writeTimestampWithGranularity:intoHeap:atIndex:", 0, 0, 0)
	}},
	{"an encoder's time goes to an entry that there is", RuleIndex, "entry 9 of a counter heap of 4", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "writeTimestampWithGranularity:intoHeap:atIndex:", 1, h.counterHeap(4), 9)
	}},
	{"a time's granularity is one of the enumeration", RuleEnum, "2 is no MTL4TimestampGranularity", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "writeTimestampWithGranularity:intoHeap:atIndex:", 2, h.counterHeap(4), 0)
	}},
	{"options to begin with are not nil", RuleNilArgument, "options", func(h *hand) {
		h.send(h.recording4(), "beginCommandBufferWithAllocator:options:", h.allocator(), 0)
	}},
	{"a command buffer is not begun twice", RuleCommandBufferState, "begun already", func(h *hand) {
		cb, _ := h.begun()
		h.send(cb, "beginCommandBufferWithAllocator:", h.allocator())
	}},
	{"an allocator serves one command buffer at a time", RuleAllocatorBusy, "another command buffer", func(h *hand) {
		_, a := h.begun()
		h.send(h.recording4(), "beginCommandBufferWithAllocator:", a)
	}},
	{"an allocator that serves a command buffer is not reset", RuleAllocatorBusy, "was not ended", func(h *hand) {
		_, a := h.begun()
		h.send(a, "reset")
	}},
	{"an allocator is not reset while its work is under way", RuleAllocatorBusy, "1 command buffers", func(h *hand) {
		cb, a := h.begun()
		h.send(cb, "endCommandBuffer")
		h.whileHeld(func(q objc.ID) {
			h.send(q, "commit:count:", []objc.ID{cb}, 1)
			h.send(a, "reset")
		})
	}},
	{"an allocator is not reset before what lies in it is committed", RuleAllocatorBusy, "reset before the commit", func(h *hand) {
		cb, a := h.begun()
		h.send(cb, "endCommandBuffer")
		h.send(a, "reset")
		h.commit4(h.queue4(), cb)
	}},
	{"an allocator lives until its command buffer is ended", RuleUseAfterRelease, "allocator", func(h *hand) {
		cb, a := h.recording4(), h.id(h.device(), "newCommandAllocator")
		h.send(cb, "beginCommandBufferWithAllocator:", a)
		h.send(a, "release")
		h.send(cb, "endCommandBuffer")
	}},
	{"a command buffer records between begin and end", RuleCommandBufferState, "records nothing", func(h *hand) {
		h.send(h.recording4(), "computeCommandEncoder")
	}},
	{"a command buffer records no more when it was ended", RuleCommandBufferState, "records nothing", func(h *hand) {
		cb, _ := h.begun()
		h.send(cb, "endCommandBuffer")
		h.send(cb, "pushDebugGroup:", h.string("g"))
	}},
	{"a command buffer has one encoder at a time", RuleEncoderOpen, "one encoder at a time", func(h *hand) {
		_, cb := h.compute4()
		h.send(cb, "computeCommandEncoder")
	}},
	{"an encoder is ended before its command buffer", RuleEncoderOpen, "before endCommandBuffer", func(h *hand) {
		_, cb := h.compute4()
		h.send(cb, "endCommandBuffer")
	}},
	{"a command buffer of Metal 4 is ended before the commit", RuleCommandBufferState, "ended and not committed", func(h *hand) {
		cb, _ := h.begun()
		h.commit4(h.queue4(), cb)
	}},
	{"a command buffer of Metal 4 is committed once", RuleCommandBufferState, "ended and not committed", func(h *hand) {
		cb, _ := h.begun()
		h.send(cb, "endCommandBuffer")
		q := h.queue4()
		h.commit4(q, cb, cb)
	}},
	{"options of a commit are not nil", RuleNilArgument, "options", func(h *hand) {
		cb, _ := h.begun()
		h.send(cb, "endCommandBuffer")
		h.send(h.queue4(), "commit:count:options:", []objc.ID{cb}, 1, 0)
	}},
	{"what commands use is in a residency set", RuleNotResident, "in no residency set", func(h *hand) {
		e, cb := h.compute4()
		h.dispatch4(e, h.table(1, h.buffer(4)), floats("x", 0))
		h.end(e, cb)
		h.commit4(h.queue4(), cb)
	}},
	{"what is copied is in a residency set", RuleNotResident, "in no residency set", func(h *hand) {
		x, y := h.buffer(4), h.buffer(4)
		e, cb := h.compute4()
		h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", x, 0, y, 0, 4)
		h.end(e, cb)
		h.commit4(h.resident(y), cb)
	}},
	{"a grid is in a residency set", RuleNotResident, "in no residency set", func(h *hand) {
		e, cb := h.compute4()
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadgroupsWithIndirectBuffer:threadsPerThreadgroup:", h.address(h.buffer(12)), size{1, 1, 1})
		h.end(e, cb)
		h.commit4(h.queue4(), cb)
	}},
	{"commands are in a residency set themselves", RuleNotResident, "IndirectCommandBuffer", func(h *hand) {
		e, cb := h.compute4()
		h.send(e, "executeCommandsInBuffer:withRange:", h.indirect(layout{}), span{0, 1})
		h.end(e, cb)
		h.commit4(h.queue4(), cb)
	}},
	{"a residency set counts when it was committed", RuleNotResident, "in no residency set", func(h *hand) {
		x, set := h.buffer(4), h.residencySet()
		h.send(set, "addAllocation:", x)
		e, cb := h.compute4()
		h.send(cb, "useResidencySet:", set)
		h.dispatch4(e, h.table(1, x), floats("x", 0))
		h.end(e, cb)
		h.commit4(h.queue4(), cb)
	}},
	{"a residency set of a command buffer is forgotten when that is begun again", RuleNotResident, "in no residency set", func(h *hand) {
		x, set := h.buffer(4), h.residencySet()
		h.send(set, "addAllocation:", x)
		h.send(set, "commit")
		cb, a := h.begun()
		h.send(cb, "useResidencySet:", set)
		h.send(cb, "endCommandBuffer")
		h.send(cb, "beginCommandBufferWithAllocator:", a)
		e := h.id(cb, "computeCommandEncoder")
		h.dispatch4(e, h.table(1, x), floats("x", 0))
		h.end(e, cb)
		h.commit4(h.queue4(), cb)
	}},
	{"the pipeline of a command is in a residency set", RuleNotResident, "the pipeline", func(h *hand) {
		b, x := h.indirect(layout{}), h.buffer(4)
		h.encodeCommand(b, 0, h.indirectPipeline("k", floats("x", 0)), x)
		e, cb := h.compute4()
		h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, 1})
		h.end(e, cb)
		h.commit4(h.resident(b, x), cb)
	}},
	{"a command buffer takes 32 residency sets", RuleResidencySets, "32 residency sets", func(h *hand) {
		cb, _ := h.begun()
		for range 33 {
			h.send(cb, "useResidencySet:", h.residencySet())
		}
	}},
	{"a residency set lives until the commit", RuleUseAfterRelease, "residency set", func(h *hand) {
		d := h.pooled(h.id(h.class("MTLResidencySetDescriptor"), "new"))
		set := h.id(h.device(), "newResidencySetWithDescriptor:error:", d, 0)
		q := h.queue4()
		h.send(q, "addResidencySet:", set)
		h.send(set, "release")
		cb, _ := h.begun()
		h.send(cb, "endCommandBuffer")
		h.commit4(q, cb)
	}},
	{"what commands use lives until it has run: Metal 4 retains nothing", RuleUseAfterRelease, "retains nothing", func(h *hand) {
		x := h.id(h.device(), "newBufferWithLength:options:", 4, 0)
		e, cb := h.compute4()
		h.dispatch4(e, h.table(1, x), floats("x", 0))
		h.end(e, cb)
		q, set := h.queue4(), h.residencySet()
		h.send(set, "addAllocation:", x)
		h.send(set, "commit")
		h.send(q, "addResidencySet:", set)
		h.whileHeldOn(q, func() {
			h.send(q, "commit:count:", []objc.ID{cb}, 1)
			h.send(set, "removeAllAllocations")
			h.send(set, "commit")
			h.send(x, "release")
		})
	}},
	{"a command buffer of Metal 4 lives until it has run", RuleUseAfterRelease, "retains nothing", func(h *hand) {
		cb := h.id(h.device(), "newCommandBuffer")
		h.send(cb, "beginCommandBufferWithAllocator:", h.allocator())
		h.send(cb, "endCommandBuffer")
		h.whileHeld(func(q objc.ID) {
			h.send(q, "commit:count:", []objc.ID{cb}, 1)
			h.send(cb, "release")
		})
	}},
	{"options of a commit live until its feedback", RuleUseAfterRelease, "retains nothing", func(h *hand) {
		cb, _ := h.begun()
		h.send(cb, "endCommandBuffer")
		options, q, hold := h.id(h.class("MTL4CommitOptions"), "new"), h.queue4(), make(chan struct{})
		if err := h.Fail(Fault{Selector: "commit:count:options:", Hold: hold}); err != nil {
			h.t.Fatal(err)
		}
		h.send(q, "commit:count:options:", []objc.ID{cb}, 1, options)
		h.send(options, "release")
		close(hold)
		h.idle()
	}},
	{"a queue of Metal 4 lives until its work has run", RuleUseAfterRelease, "the queue was released", func(h *hand) {
		cb, _ := h.begun()
		h.send(cb, "endCommandBuffer")
		q := h.id(h.device(), "newMTL4CommandQueue")
		h.whileHeldOn(q, func() {
			h.send(q, "commit:count:", []objc.ID{cb}, 1)
			h.send(q, "release")
		})
	}},
	{"an event that a queue waits for is not nil", RuleNilArgument, "event", func(h *hand) { h.send(h.queue4(), "waitForEvent:value:", 0, 1) }},
	{"a dispatch of Metal 4 has a pipeline", RuleNoPipeline, "no pipeline", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
	}},
	{"a kernel with buffers has an argument table", RuleUnboundBuffer, "index 0 (x)", func(h *hand) {
		e, _ := h.compute4()
		h.dispatch4(e, 0, floats("x", 0))
	}},
	{"an argument table has what the kernel uses", RuleUnboundBuffer, "index 1 (y)", func(h *hand) {
		e, _ := h.compute4()
		h.dispatch4(e, h.table(1, h.buffer(4)), floats("x", 0), floats("y", 1))
	}},
	{"an address in an argument table lies in a buffer", RuleAddress, "lies in no buffer", func(h *hand) {
		e, _ := h.compute4()
		t := h.table(1)
		h.send(t, "setAddress:atIndex:", h.address(h.buffer(4))+8, 0)
		h.dispatch4(e, t, floats("x", 0))
	}},
	{"an address in an argument table lies in a buffer that is alive", RuleAddress, "or one that is gone", func(h *hand) {
		e, _ := h.compute4()
		b := h.id(h.device(), "newBufferWithLength:options:", 4, 0)
		t := h.table(1, b)
		h.send(b, "release")
		h.dispatch4(e, t, floats("x", 0))
	}},
	{"an address in an argument table suits the parameter", RuleOffsetAlignment, "offset 2 at buffer index 0 (x)", func(h *hand) {
		e, _ := h.compute4()
		t := h.table(1)
		h.send(t, "setAddress:atIndex:", h.address(h.buffer(8))+2, 0)
		h.dispatch4(e, t, floats("x", 0))
	}},
	{"behind an address in an argument table lies all of the parameter", RuleBoundSize, "2 bytes are bound", func(h *hand) {
		e, _ := h.compute4()
		h.dispatch4(e, h.table(1, h.buffer(2)), floats("x", 0))
	}},
	{"an argument table lives until the dispatch", RuleUseAfterRelease, "argument table", func(h *hand) {
		e, _ := h.compute4()
		d := h.pooled(h.id(h.class("MTL4ArgumentTableDescriptor"), "new"))
		var err objc.ID
		t := h.id(h.device(), "newArgumentTableWithDescriptor:error:", d, &err)
		h.send(e, "setArgumentTable:", t)
		h.send(t, "release")
		h.dispatch4(e, 0)
	}},
	{"a grid is at an address of a buffer", RuleAddress, "of the grid", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadsWithIndirectBuffer:", 16)
	}},
	{"the address of a grid is a multiple of 4", RuleOffsetAlignment, "of the grid", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadsWithIndirectBuffer:", h.address(h.buffer(64))+2)
	}},
	{"a grid of threads is 24 bytes", RuleBufferRange, "24 bytes at offset 4", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadsWithIndirectBuffer:", h.address(h.buffer(24))+4)
	}},
	{"a threadgroup from a buffer fits the pipeline", RuleThreadsPerGroup, `[513 1 1] threads, and the pipeline "k" allows 512`, func(h *hand) {
		grid := h.buffer(24)
		for i, n := range []uint32{1, 1, 1, 513, 1, 1} {
			binary.NativeEndian.PutUint32(h.contents(grid)[4*i:], n)
		}
		e, cb := h.compute4()
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadsWithIndirectBuffer:", h.address(grid))
		h.end(e, cb)
		h.commit4(h.resident(grid), cb)
	}},
	{"a range of commands is at an address of a buffer", RuleAddress, "of the range", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "executeCommandsInBuffer:indirectBuffer:", h.indirect(layout{}), 16)
	}},
	{"a barrier has stages", RuleEnum, "no MTLStages", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "barrierAfterQueueStages:beforeStages:visibilityOptions:", 0, stageBlit, 1)
	}},
	{"a barrier has options of visibility", RuleEnum, "0x4 are no MTL4VisibilityOptions", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "barrierAfterStages:beforeQueueStages:visibilityOptions:", stageBlit, stageBlit, 4)
	}},
	{"a barrier within an encoder has stages of that encoder", RuleEnum, "within a compute encoder", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "barrierAfterEncoderStages:beforeEncoderStages:visibilityOptions:", 1, stageBlit, 1)
	}},
	{"a fence has stages of its encoder", RuleEnum, "of a fence", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "updateFence:afterEncoderStages:", h.pooled(h.id(h.device(), "newFence")), 1)
	}},
	{"a fence of Metal 4 is not nil", RuleNilArgument, "fence", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "waitForFence:beforeEncoderStages:", 0, stageBlit)
	}},
	{"an encoder of Metal 4 does not wait for a fence that it has updated", RuleFenceOrder, "cannot wait for itself", func(h *hand) {
		e, _ := h.compute4()
		f := h.pooled(h.id(h.device(), "newFence"))
		h.send(e, "updateFence:afterEncoderStages:", f, stageBlit)
		h.send(e, "waitForFence:beforeEncoderStages:", f, stageBlit)
	}},
	{"an encoder of Metal 4 gets no message when it has ended", RuleEncoderEnded, "was ended", func(h *hand) {
		e, _ := h.compute4()
		h.send(e, "endEncoding")
		h.send(e, "fillBuffer:range:value:", h.buffer(4), span{0, 4}, 1)
	}},
}

// whileHeld calls f while what is committed to a queue does not run yet.
func (h *hand) whileHeld(f func(q objc.ID)) {
	q := h.queue4()
	h.whileHeldOn(q, func() { f(q) })
}

func (h *hand) whileHeldOn(q objc.ID, f func()) {
	hold := make(chan struct{})
	if err := h.Fail(Fault{Selector: "commit:count:", Hold: hold}); err != nil {
		h.t.Fatal(err)
	}
	f()
	close(hold)
	h.idle()
}

// Before macOS 26 a pipeline is no memory.
func TestPipelinesAreNoAllocationsBeforeMacOS26(t *testing.T) {
	h := newHand(t, Options{MacOS: "15.0"})
	h.send(h.residencySet(), "addAllocation:", h.pipeline("k", 0))
	if r := h.TakeReports(); len(r) != 1 || !errors.Is(r[0], RuleArgumentClass) {
		t.Errorf("reports %v, want %s", r, RuleArgumentClass.Name())
	}
}

// A command buffer that has failed says so in the feedback of its commit, and so does
// each after it, as with command buffers of before.
func TestFeedbackHasTheRuleThatWasBroken(t *testing.T) {
	h := newHand(t, Options{MacOS: "26.0"})
	q := h.queue4()
	e, cb := h.compute4()
	h.send(e, "fillBuffer:range:value:", h.buffer(4), span{0, 4}, 1)
	h.end(e, cb)
	if err := h.commit4(q, cb); err == nil || err.domain != ErrorDomain || Rule(err.code) != RuleNotResident {
		t.Errorf("feedback %+v, want the rule %s", err, RuleNotResident.Name())
	}
	next := func() *nsError {
		cb, _ := h.begun()
		h.send(cb, "endCommandBuffer")
		return h.commit4(q, cb)
	}
	if err := next(); err == nil || Rule(err.code) != RuleNotResident {
		t.Errorf("feedback of the next %+v, want the same", err)
	}
	h.TakeReports()
	if err := next(); err != nil {
		t.Errorf("feedback after the report was taken: %+v", err)
	}
	broken, _ := h.begun() // not ended
	if err := h.commit4(q, broken); err == nil || Rule(err.code) != RuleCommandBufferState {
		t.Errorf("feedback of a commit of nothing %+v, want %s", err, RuleCommandBufferState.Name())
	}
}

// A heap stands for all that lies in it, and a buffer that shares memory reaches as far
// as any of them.
func TestHeapsAndBuffersThatShareMemoryAreInReach(t *testing.T) {
	h := newHand(t, Options{MacOS: "26.0"})
	heap := h.newHeap(1<<16, heapPlacement, 0)
	b := func(length, at int) objc.ID {
		return h.pooled(h.id(heap, "newBufferWithLength:options:offset:", length, 0, at))
	}
	short, long := b(4, 0), b(64, 0)
	for _, x := range []objc.ID{short, long} {
		e, cb := h.compute4()
		h.dispatch4(e, h.table(1, x), mslrun.Argument{Name: "x", AddressSpace: "device", Type: "float4", TypeSize: 16, TypeAlign: 16})
		h.end(e, cb)
		h.commit4(h.resident(heap), cb)
	}
	if r := h.TakeReports(); len(r) > 0 {
		t.Errorf("reports %v", r)
	}
}

// Every order that barriers and fences leave open is one that a GPU may choose, and no
// other.
func TestOrdersOfMetal4(t *testing.T) {
	fence, other := new(object), new(object)
	const d, b = stageDispatch, stageBlit
	command := func(stage uint64) func(*pass4) {
		return func(p *pass4) { p.add(stage, segment{}) }
	}
	m := func(k markKind, after, before uint64, f *object) func(*pass4) {
		return func(p *pass4) { p.mark(mark{kind: k, after: after, before: before, fence: f}) }
	}
	D, B, next := command(d), command(b), (func(*pass4))(nil)
	for _, c := range []struct {
		name string
		do   []func(*pass4)
		want []string // by letter: a is the first step
	}{
		{"nothing orders two dispatches", []func(*pass4){D, D}, []string{"ab", "ba"}},
		{"a barrier within the encoder", []func(*pass4){D, m(encoderBarrier, d, d, nil), D}, []string{"ab"}},
		{"of another stage before", []func(*pass4){B, m(encoderBarrier, d, d, nil), D}, []string{"ab", "ba"}},
		{"of another stage behind", []func(*pass4){D, m(encoderBarrier, d, b, nil), D}, []string{"ab", "ba"}},
		{"of both stages", []func(*pass4){D, B, m(encoderBarrier, d|b, d|b, nil), D}, []string{"abc", "bac"}},
		{"not for what comes before it", []func(*pass4){D, D, m(encoderBarrier, d, d, nil)}, []string{"ab", "ba"}},
		{"nor for what comes behind it", []func(*pass4){m(encoderBarrier, d, d, nil), D, D}, []string{"ab", "ba"}},
		{"not between encoders", []func(*pass4){D, m(encoderBarrier, d, d, nil), next, D}, []string{"ab", "ba"}},
		{"nor encoders before it", []func(*pass4){D, next, m(encoderBarrier, d, d, nil), D}, []string{"ab", "ba"}},
		{"the consumer's", []func(*pass4){D, next, m(consumerBarrier, d, d, nil), D}, []string{"ab"}},
		{"the consumer's, from there on", []func(*pass4){D, next, D, m(consumerBarrier, d, d, nil), D}, []string{"abc", "acb", "bac"}},
		{"the consumer's, of another stage", []func(*pass4){D, next, m(consumerBarrier, b, d, nil), D}, []string{"ab", "ba"}},
		{"the consumer's is no later encoder's", []func(*pass4){D, next, m(consumerBarrier, d, d, nil), next, D}, []string{"ab", "ba"}},
		{"the consumer's is not within the encoder", []func(*pass4){D, m(consumerBarrier, d, d, nil), D}, []string{"ab", "ba"}},
		{"the producer's", []func(*pass4){D, m(producerBarrier, d, d, nil), next, D}, []string{"ab"}},
		{"the producer's, up to there", []func(*pass4){m(producerBarrier, d, d, nil), D, next, D}, []string{"ab", "ba"}},
		{"the producer's, for encoders before it", []func(*pass4){D, next, m(producerBarrier, d, d, nil), next, D}, []string{"ab"}},
		{"the producer's, of another stage", []func(*pass4){D, m(producerBarrier, d, b, nil), next, D}, []string{"ab", "ba"}},
		{"the producer's is not within the encoder", []func(*pass4){D, m(producerBarrier, d, d, nil), D}, []string{"ab", "ba"}},
		{"a fence", []func(*pass4){D, m(fenceUpdate, d, d, fence), next, m(fenceWait, d, d, fence), D}, []string{"ab"}},
		{"another fence", []func(*pass4){D, m(fenceUpdate, d, d, fence), next, m(fenceWait, d, d, other), D}, []string{"ab", "ba"}},
		{"a fence, up to its update", []func(*pass4){m(fenceUpdate, d, d, fence), D, next, m(fenceWait, d, d, fence), D}, []string{"ab", "ba"}},
		{"a fence, from its wait on", []func(*pass4){D, m(fenceUpdate, d, d, fence), next, D, m(fenceWait, d, d, fence)}, []string{"ab", "ba"}},
		{"a fence, of another stage", []func(*pass4){B, m(fenceUpdate, d, d, fence), next, m(fenceWait, d, d, fence), D}, []string{"ab", "ba"}},
		{"a wait of another stage", []func(*pass4){D, m(fenceUpdate, d, d, fence), next, m(fenceWait, b, b, fence), D}, []string{"ab", "ba"}},
		{"a wait before the update", []func(*pass4){m(fenceWait, d, d, fence), D, next, D, m(fenceUpdate, d, d, fence)}, []string{"ab", "ba"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := map[string]bool{}
			for seed := range 64 {
				for _, sequence := range []mslrun.Sequence{Up, Down, Shuffled} {
					passes := []*pass4{{allocator: new(allocator)}}
					for _, do := range c.do {
						if do == nil {
							passes = append(passes, &pass4{allocator: new(allocator)})
						} else {
							do(passes[len(passes)-1])
						}
					}
					letters := map[*step]byte{}
					for _, p := range passes {
						for _, s := range p.steps {
							letters[s] = byte('a' + len(letters))
						}
					}
					var order []byte
					for _, s := range schedule4(passes, Order{Sequence: sequence, Seed: uint64(bits.Reverse(uint(seed)))}) {
						order = append(order, letters[s])
					}
					seen[string(order)] = true
				}
			}
			var got []string
			for o := range seen {
				got = append(got, o)
			}
			if slices.Sort(got); !slices.Equal(got, c.want) {
				t.Errorf("orders %q, want %q", got, c.want)
			}
		})
	}
}
