package softmetal

import (
	"encoding/binary"
	"testing"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// A layout says how a test's indirect command buffer is made. The zero layout
// takes both types, four buffers and one threadgroup memory length a command.
type layout struct {
	types              int
	pipelines, buffers bool // inherited
	count, options     int
}

func (h *hand) indirect(l layout) objc.ID {
	d := h.pooled(h.id(h.class("MTLIndirectCommandBufferDescriptor"), "new"))
	if l.types == 0 {
		l.types = indirectComputeTypes
	}
	if l.count == 0 {
		l.count = 8
	}
	h.send(d, "setCommandTypes:", l.types)
	h.send(d, "setInheritPipelineState:", l.pipelines)
	h.send(d, "setInheritBuffers:", l.buffers)
	h.send(d, "setMaxKernelBufferBindCount:", 4)
	h.send(d, "setMaxKernelThreadgroupMemoryBindCount:", 1)
	return h.pooled(h.id(h.device(), "newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", d, l.count, l.options))
}

func (h *hand) indirectPipeline(name string, arguments ...mslrun.Argument) objc.ID {
	p := h.pipeline(name, 0, arguments...)
	h.objects[p].payload.(*pipeline).indirect = true
	return p
}

func (h *hand) command(b objc.ID, index int) objc.ID {
	return h.id(b, "indirectComputeCommandAtIndex:", index)
}

// encodeCommand makes a command a dispatch of one thread.
func (h *hand) encodeCommand(b objc.ID, index int, pipeline objc.ID, buffers ...objc.ID) {
	c := h.command(b, index)
	if pipeline != 0 {
		h.send(c, "setComputePipelineState:", pipeline)
	}
	for i, buffer := range buffers {
		h.send(c, "setKernelBuffer:offset:atIndex:", buffer, 0, i)
	}
	h.send(c, "concurrentDispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
}

// executeAll runs commands and waits for them.
func (h *hand) executeAll(b objc.ID, n int, before func(e objc.ID)) {
	e, cb := h.encoder(0)
	if before != nil {
		before(e)
	}
	h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, uintptr(n)})
	h.send(e, "endEncoding")
	h.finish(cb)
}

var indirectBreaches = []breach{
	{"an indirect command buffer has a descriptor", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", 0, 8, 0)
	}},
	{"command types are of their enumeration", RuleEnum, "0x10 are", func(h *hand) { h.indirect(layout{types: 16}) }},
	{"there is a command type", RuleEnum, "0x0 are", func(h *hand) {
		d := h.pooled(h.id(h.class("MTLIndirectCommandBufferDescriptor"), "new"))
		h.send(h.device(), "newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", d, 8, 0)
	}},
	{"commands that render are not mixed with commands that compute", RuleIndirectTypes, "0x21", func(h *hand) { h.indirect(layout{types: 33}) }},
	{"commands that render are not taken for commands that compute", RuleNotImplemented, "0x1 render", func(h *hand) { h.indirect(layout{types: 1}) }},
	{"a command has room for at most 31 buffers", RuleIndex, "32 kernel buffers", func(h *hand) {
		d := h.pooled(h.id(h.class("MTLIndirectCommandBufferDescriptor"), "new"))
		h.send(d, "setCommandTypes:", indirectDispatch)
		h.send(d, "setMaxKernelBufferBindCount:", 32)
		h.send(h.device(), "newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", d, 8, 0)
	}},
	{"an indirect command buffer has commands", RuleIndirectRange, "0 commands", func(h *hand) { h.indirectOf(0) }},
	{"options of an indirect command buffer are resource options", RuleBufferOptions, "0x1000", func(h *hand) { h.indirect(layout{options: 0x1000}) }},
	{"a command is one that there is", RuleIndirectRange, "command 8", func(h *hand) { h.command(h.indirect(layout{}), 8) }},
	{"a command in private memory is not written by the CPU", RuleBufferOptions, "private", func(h *hand) { h.command(h.indirect(layout{options: 2 << 4}), 0) }},
	{"commands that are reset are there", RuleIndirectRange, "3 commands from index 6", func(h *hand) { h.send(h.indirect(layout{}), "resetWithRange:", span{6, 3}) }},
	{"a range of commands does not wrap around", RuleIndirectRange, "from index 4", func(h *hand) { h.send(h.indirect(layout{}), "resetWithRange:", span{4, ^uintptr(0) - 2}) }},
	{"a command's pipeline was made for indirect command buffers", RuleIndirectPipeline, `"k"`, func(h *hand) {
		h.send(h.command(h.indirect(layout{}), 0), "setComputePipelineState:", h.pipeline("k", 0))
	}},
	{"a command's pipeline is not nil", RuleNilArgument, "pipeline", func(h *hand) { h.send(h.command(h.indirect(layout{}), 0), "setComputePipelineState:", 0) }},
	{"a command does not set the pipeline that it inherits", RuleIndirectInherited, "pipeline", func(h *hand) {
		h.send(h.command(h.indirect(layout{pipelines: true}), 0), "setComputePipelineState:", h.indirectPipeline("k"))
	}},
	{"a command does not set the buffers that it inherits", RuleIndirectInherited, "buffers", func(h *hand) {
		h.send(h.command(h.indirect(layout{buffers: true}), 0), "setKernelBuffer:offset:atIndex:", h.buffer(16), 0, 0)
	}},
	{"a command's buffer is not nil", RuleNilArgument, "buffer", func(h *hand) { h.send(h.command(h.indirect(layout{}), 0), "setKernelBuffer:offset:atIndex:", 0, 0, 0) }},
	{"a command's buffer index is one that there is room for", RuleIndex, "room for 4", func(h *hand) {
		h.send(h.command(h.indirect(layout{}), 0), "setKernelBuffer:offset:atIndex:", h.buffer(16), 0, 4)
	}},
	{"a command's offset lies within its buffer", RuleBufferRange, "offset 16", func(h *hand) {
		h.send(h.command(h.indirect(layout{}), 0), "setKernelBuffer:offset:atIndex:", h.buffer(16), 16, 0)
	}},
	{"a command's threadgroup index is one that there is room for", RuleIndex, "room for 1", func(h *hand) {
		h.send(h.command(h.indirect(layout{}), 0), "setThreadgroupMemoryLength:atIndex:", 16, 1)
	}},
	{"a command's threadgroup memory is a multiple of 16 bytes", RuleThreadgroupMemory, "20 bytes", func(h *hand) {
		h.send(h.command(h.indirect(layout{}), 0), "setThreadgroupMemoryLength:atIndex:", 20, 0)
	}},
	{"a command has a pipeline when it is encoded", RuleNoPipeline, "command 3", func(h *hand) { h.encodeCommand(h.indirect(layout{}), 3, 0) }},
	{"a command is of a type that the descriptor has", RuleIndirectTypes, "0x40", func(h *hand) {
		h.encodeCommand(h.indirect(layout{types: indirectDispatch}), 0, h.indirectPipeline("k"))
	}},
	{"a command is reset before it is encoded anew", RuleIndirectEncoded, "not reset", func(h *hand) {
		b, p := h.indirect(layout{}), h.indirectPipeline("k")
		h.encodeCommand(b, 0, p)
		h.encodeCommand(b, 0, p)
	}},
	{"a command's threadgroup fits the pipeline", RuleThreadsPerGroup, "512", func(h *hand) {
		c := h.command(h.indirect(layout{}), 0)
		h.send(c, "setComputePipelineState:", h.indirectPipeline("k"))
		h.send(c, "concurrentDispatchThreadgroups:threadsPerThreadgroup:", size{1, 1, 1}, size{513, 1, 1})
	}},
	{"an indirect command buffer that is executed is not nil", RuleNilArgument, "indirect command buffer", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "executeCommandsInBuffer:withRange:", 0, span{0, 1})
	}},
	{"commands that are executed are there", RuleIndirectRange, "2 commands from index 7", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "executeCommandsInBuffer:withRange:", h.indirect(layout{}), span{7, 2})
	}},
	{"at most 16384 commands are executed at once", RuleIndirectRange, "16385", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "executeCommandsInBuffer:withRange:", h.indirect(layout{count: 20000}), span{0, 16385})
	}},
	{"commands inherit a pipeline that is there", RuleNoPipeline, "encoder's pipeline", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "executeCommandsInBuffer:withRange:", h.indirect(layout{pipelines: true}), span{0, 1})
	}},
	{"a pipeline with a resource ID was made for indirect command buffers", RuleIndirectPipeline, `"k" has no resource ID`, func(h *hand) {
		h.send(h.pipeline("k", 0), "gpuResourceID")
	}},
	{"commands inherit a pipeline that was made for it", RuleIndirectPipeline, `"k"`, func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "executeCommandsInBuffer:withRange:", h.indirect(layout{pipelines: true}), span{0, 1})
	}},
	{"the range in a buffer has a buffer", RuleNilArgument, "range", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "executeCommandsInBuffer:indirectBuffer:indirectBufferOffset:", h.indirect(layout{}), 0, 0)
	}},
	{"the range in a buffer lies within it", RuleBufferRange, "8 bytes at offset 12", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "executeCommandsInBuffer:indirectBuffer:indirectBufferOffset:", h.indirect(layout{}), h.buffer(16), 12)
	}},
	{"the offset of a range is a multiple of 4", RuleOffsetAlignment, "multiple of 4", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "executeCommandsInBuffer:indirectBuffer:indirectBufferOffset:", h.indirect(layout{}), h.buffer(16), 2)
	}},
	{"the range that a buffer turns out to hold is there", RuleIndirectRange, "9 commands from index 0", func(h *hand) {
		e, cb := h.encoder(0)
		r := h.buffer(8)
		binary.NativeEndian.PutUint32(h.contents(r)[4:], 9)
		h.send(e, "executeCommandsInBuffer:indirectBuffer:indirectBufferOffset:", h.indirect(layout{}), r, 0)
		h.send(e, "endEncoding")
		h.finish(cb)
	}},
	{"nothing is left of an encoder's pipeline after other commands", RuleNoPipeline, "no pipeline", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "executeCommandsInBuffer:withRange:", h.indirect(layout{}), span{0, 1})
		h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
	}},
	{"nothing is left of an encoder's buffers after other commands", RuleUnboundBuffer, "index 0", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 0, 0)
		h.send(e, "executeCommandsInBuffer:withRange:", h.indirect(layout{}), span{0, 1})
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0, floats("x", 0)))
		h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
	}},
	{"what a command binds is resident", RuleNotResident, "command 2: the buffer at index 0", func(h *hand) {
		b := h.indirect(layout{})
		h.encodeCommand(b, 2, h.indirectPipeline("k", floats("x", 0)), h.buffer(16))
		h.executeAll(b, 8, nil)
	}},
	{"what is used after the commands is not resident for them", RuleNotResident, "index 0", func(h *hand) {
		b, x := h.indirect(layout{}), h.buffer(16)
		h.encodeCommand(b, 0, h.indirectPipeline("k", floats("x", 0)), x)
		e, cb := h.encoder(0)
		h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, 1})
		h.send(e, "useResource:usage:", x, 3)
		h.send(e, "endEncoding")
		h.finish(cb)
	}},
	{"what one encoder uses is not resident for another", RuleNotResident, "index 0", func(h *hand) {
		b, x := h.indirect(layout{}), h.buffer(16)
		h.encodeCommand(b, 0, h.indirectPipeline("k", floats("x", 0)), x)
		cb := h.commandBuffer()
		for i := range 2 {
			e := h.id(cb, "computeCommandEncoder")
			if i == 0 {
				h.send(e, "useResource:usage:", x, 3)
			} else {
				h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, 1})
			}
			h.send(e, "endEncoding")
		}
		h.finish(cb)
	}},
	{"a command's buffer is alive when it runs", RuleUseAfterRelease, "buffer at index 0", func(h *hand) {
		b, x := h.indirect(layout{}), h.id(h.device(), "newBufferWithLength:options:", 16, 0)
		h.encodeCommand(b, 0, h.indirectPipeline("k", floats("x", 0)), x)
		h.send(x, "release")
		h.executeAll(b, 1, nil)
	}},
	{"a command's pipeline is alive when it runs", RuleUseAfterRelease, "pipeline", func(h *hand) {
		b := h.indirect(layout{})
		pool := h.function("objc_autoreleasePoolPush")
		h.encodeCommand(b, 0, h.indirectPipeline("k"))
		h.function("objc_autoreleasePoolPop", pool)
		h.executeAll(b, 1, nil)
	}},
	{"everything that a command's kernel declares is bound", RuleUnboundBuffer, "command 0: kernel \"k\": nothing is bound at buffer index 1", func(h *hand) {
		b, x := h.indirect(layout{}), h.buffer(16)
		h.encodeCommand(b, 0, h.indirectPipeline("k", floats("x", 0), floats("y", 1)), x)
		h.executeAll(b, 1, func(e objc.ID) { h.send(e, "useResource:usage:", x, 3) })
	}},
	{"a command's threadgroup memory is its own", RuleUnboundThreadgroup, "index 0 (s)", func(h *hand) {
		b := h.indirect(layout{buffers: true})
		h.encodeCommand(b, 0, h.indirectPipeline("k", mslrun.Argument{Name: "s", Kind: mslrun.ThreadgroupArgument}))
		h.executeAll(b, 1, func(e objc.ID) { h.send(e, "setThreadgroupMemoryLength:atIndex:", 16, 0) })
	}},
	{"a use of a resource says what for", RuleEnum, "0x0", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "useResource:usage:", h.buffer(16), 0)
	}},
	{"a use names resources", RuleNilArgument, "no resources", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "useResources:count:usage:", []objc.ID{0}, 0, 1)
	}},
	{"a resource that is used is not nil", RuleNilArgument, "resource 1", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "useResources:count:usage:", []objc.ID{h.buffer(16), 0}, 2, 1)
	}},
	{"the CPU does not change commands that work uses", RuleIndirectBusy, "1 command buffers", func(h *hand) { h.whileBusy(func(b objc.ID) { h.send(b, "resetWithRange:", span{0, 1}) }) }},
	{"the CPU does not write a command that work uses", RuleIndirectBusy, "1 command buffers", func(h *hand) { h.whileBusy(func(b objc.ID) { h.send(h.command(b, 1), "setBarrier") }) }},
	{"the CPU does not reset a command that work uses", RuleIndirectBusy, "1 command buffers", func(h *hand) { h.whileBusy(func(b objc.ID) { h.send(h.command(b, 1), "reset") }) }},
	{"commands that a blit resets are there", RuleIndirectRange, "9 commands", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "resetCommandsInBuffer:withRange:", h.indirect(layout{}), span{0, 9})
	}},
	{"commands that are copied are there", RuleIndirectRange, "3 commands from index 6", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:", h.indirect(layout{}), span{6, 3}, h.indirect(layout{}), 0)
	}},
	{"commands are copied to where there are some", RuleIndirectRange, "3 commands from index 6", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:", h.indirect(layout{}), span{0, 3}, h.indirect(layout{}), 6)
	}},
	{"commands are copied between buffers of one kind", RuleIndirectTypes, "differ", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:", h.indirect(layout{}), span{0, 1}, h.indirect(layout{buffers: true}), 0)
	}},
	{"commands that are copied within a buffer do not overlap", RuleOverlap, "overlap", func(h *hand) {
		e, _ := h.blit()
		b := h.indirect(layout{})
		h.send(e, "copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:", b, span{0, 3}, b, 2)
	}},
	{"commands that are optimized are there", RuleIndirectRange, "9 commands", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "optimizeIndirectCommandBuffer:withRange:", h.indirect(layout{}), span{0, 9})
	}},
	{"commands that were optimized together run together", RuleIndirectOptimized, "3 commands from index 0 are part of the 4 from index 2", func(h *hand) {
		b := h.indirect(layout{})
		e, cb := h.blit()
		h.send(e, "optimizeIndirectCommandBuffer:withRange:", b, span{2, 4})
		h.send(e, "endEncoding")
		h.finish(cb)
		h.executeAll(b, 3, nil)
	}},
}

// indirectOf makes an indirect command buffer of so many commands.
func (h *hand) indirectOf(count int) objc.ID {
	d := h.pooled(h.id(h.class("MTLIndirectCommandBufferDescriptor"), "new"))
	h.send(d, "setCommandTypes:", indirectDispatch)
	return h.pooled(h.id(h.device(), "newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", d, count, 0))
}

// whileBusy calls f while a command buffer that was committed uses the commands.
func (h *hand) whileBusy(f func(b objc.ID)) {
	b := h.indirect(layout{})
	hold := make(chan struct{})
	if err := h.Fail(Fault{Selector: commitSelector, Hold: hold}); err != nil {
		h.t.Fatal(err)
	}
	e, cb := h.encoder(0)
	h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, 1})
	h.send(e, "endEncoding")
	h.send(cb, "commit")
	f(b)
	close(hold)
	h.send(cb, "waitUntilCompleted")
}

// What the rules allow at their edges.
func TestIndirectCommandsAtTheLimitBreakNoRule(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(h *hand)
	}{
		{"the last command", func(h *hand) { h.command(h.indirect(layout{}), 7) }},
		{"all commands", func(h *hand) { h.send(h.indirect(layout{}), "resetWithRange:", span{0, 8}) }},
		{"no commands behind the last", func(h *hand) { h.executeAll(h.indirect(layout{}), 0, nil) }},
		{"16384 commands that do nothing", func(h *hand) { h.executeAll(h.indirect(layout{count: 16384}), 16384, nil) }},
		{"a command encoded anew after a reset", func(h *hand) {
			b, p := h.indirect(layout{}), h.indirectPipeline("k")
			h.encodeCommand(b, 0, p)
			h.send(h.command(b, 0), "reset")
			h.encodeCommand(b, 0, p)
			h.send(b, "resetWithRange:", span{0, 1})
			h.encodeCommand(b, 0, p)
		}},
		{"threadgroup memory of any index below macOS 14", func(h *hand) {
			h.macOS = 1300
			d := h.pooled(h.id(h.class("MTLIndirectCommandBufferDescriptor"), "new"))
			h.send(d, "setCommandTypes:", indirectDispatch)
			b := h.pooled(h.id(h.device(), "newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", d, 1, 0))
			h.send(h.command(b, 0), "setThreadgroupMemoryLength:atIndex:", 16, 30)
		}},
		{"arguments that are set behind the dispatch", func(h *hand) {
			b := h.indirect(layout{})
			h.encodeCommand(b, 0, h.indirectPipeline("k"))
			h.send(h.command(b, 0), "setKernelBuffer:offset:atIndex:", h.buffer(16), 12, 3)
			h.send(h.command(b, 0), "setBarrier")
		}},
		{"optimized commands as a whole, and beside others", func(h *hand) {
			b := h.indirect(layout{})
			e, cb := h.blit()
			h.send(e, "optimizeIndirectCommandBuffer:withRange:", b, span{0, 4})
			h.send(e, "endEncoding")
			h.finish(cb)
			h.executeAll(b, 4, nil)
			h.executeAll(b, 8, nil)
		}},
		{"a part of optimized commands that were reset", func(h *hand) {
			b := h.indirect(layout{})
			e, cb := h.blit()
			h.send(e, "optimizeIndirectCommandBuffer:withRange:", b, span{0, 4})
			h.send(e, "resetCommandsInBuffer:withRange:", b, span{3, 1})
			h.send(e, "endEncoding")
			h.finish(cb)
			h.executeAll(b, 2, nil)
		}},
		{"a buffer in a residency set of the queue, and one in a heap of the command buffer's set", func(h *hand) {
			if err := h.backend.close(); err != nil {
				h.t.Fatal(err)
			}
			h.backend = new(recorder) // which runs nothing
			b, x := h.indirect(layout{}), h.buffer(16)
			y := h.pooled(h.id(h.newHeap(1<<16, heapAutomatic, 0), "newBufferWithLength:options:", 16, 0))
			h.encodeCommand(b, 0, h.indirectPipeline("k", floats("x", 0), floats("y", 1)), x, y)
			set := func(a objc.ID) objc.ID {
				s := h.residencySet()
				h.send(s, "addAllocation:", a)
				h.send(s, "commit")
				return s
			}
			q := h.queue()
			h.send(q, "addResidencySet:", set(x))
			cb := h.id(q, "commandBuffer")
			h.send(cb, "useResidencySet:", set(h.id(y, "heap")))
			e := h.id(cb, "computeCommandEncoder")
			h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, 1})
			h.send(e, "endEncoding")
			if got := h.finish(cb); got != statusCompleted {
				h.t.Errorf("status %d", got)
			}
		}},
		{"commands changed when the work is done", func(h *hand) {
			b := h.indirect(layout{})
			h.executeAll(b, 8, nil)
			h.send(h.command(b, 0), "setBarrier")
		}},
		{"commands changed between encoding and commit", func(h *hand) {
			b := h.indirect(layout{})
			e, cb := h.encoder(0)
			h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, 1})
			h.send(b, "resetWithRange:", span{0, 8})
			h.send(e, "endEncoding")
			h.finish(cb)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHand(t, Options{})
			c.do(h)
			if r := h.Reports(); len(r) != 0 {
				t.Errorf("reports: %v", r)
			}
		})
	}
}

// An indirect command buffer keeps nothing alive that its commands name, and
// handles of commands keep it.
func TestIndirectCommandBufferKeepsNothing(t *testing.T) {
	h := newHand(t, Options{})
	pool := h.function("objc_autoreleasePoolPush")
	b := h.indirect(layout{})
	x := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
	h.encodeCommand(b, 0, h.indirectPipeline("k"), x)
	h.send(x, "release")
	if h.find(x) != nil {
		t.Error("a command keeps its buffer")
	}
	c := h.id(h.command(b, 1), "retain")
	h.function("objc_autoreleasePoolPop", pool)
	if h.find(b) == nil {
		t.Error("a command does not keep its indirect command buffer")
	}
	h.send(c, "release")
	h.drain(t)
}
