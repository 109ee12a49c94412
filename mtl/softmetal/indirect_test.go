package softmetal

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// Commands are concurrent, a barrier of a command is its own, and the encoder
// orders an execution as it orders a dispatch.
func TestIndirectCommandsAreOrderedByTheirBarriersAndTheEncoder(t *testing.T) {
	for _, c := range []struct {
		name       string
		concurrent int
		barriers   string // of commands 0 to 3: b for a barrier, x for a command that does nothing
		do         func(h *hand, e objc.ID, dispatch, execute func(), y objc.ID)
		want       string // of each dispatch: | for a barrier of all, the indices of those it comes after
	}{
		{"no barriers", 1, "....", func(_ *hand, _ objc.ID, _, execute func(), _ objc.ID) { execute() }, "[- - - -]"},
		{"a barrier is one command's alone", 1, ".b..", func(_ *hand, _ objc.ID, _, execute func(), _ objc.ID) { execute() }, "[- 0 - -]"},
		{"each waits for all before it", 1, "bbbb", func(_ *hand, _ objc.ID, _, execute func(), _ objc.ID) { execute() }, "[- 0 01 012]"},
		{"commands that do nothing leave no gap", 1, ".xbx", func(_ *hand, _ objc.ID, _, execute func(), _ objc.ID) { execute() }, "[- 0]"},
		{"a concurrent encoder orders nothing", 1, "....", func(_ *hand, _ objc.ID, dispatch, execute func(), _ objc.ID) { dispatch(); execute(); dispatch() }, "[- - - - - -]"},
		{"barriers of commands do not reach the encoder's dispatches", 1, "bb..", func(_ *hand, _ objc.ID, dispatch, execute func(), _ objc.ID) { dispatch(); execute() }, "[- - 1 - -]"},
		{"a serial encoder orders the execution as a whole", 0, "..b.", func(_ *hand, _ objc.ID, dispatch, execute func(), _ objc.ID) { dispatch(); execute(); dispatch() }, "[| | - 12 - |]"},
		{"two executions in a serial encoder", 0, "..xx", func(_ *hand, _ objc.ID, _, execute func(), _ objc.ID) { execute(); execute() }, "[| - | -]"},
		{"a barrier of the encoder", 1, "....", func(h *hand, e objc.ID, dispatch, execute func(), _ objc.ID) {
			dispatch()
			h.send(e, "memoryBarrierWithScope:", barrierBuffers)
			execute()
			h.send(e, "memoryBarrierWithScope:", barrierBuffers)
			dispatch()
		}, "[- | - - - |]"},
		{"a barrier before commands that do nothing stays", 1, "xxxx", func(h *hand, e objc.ID, dispatch, execute func(), _ objc.ID) {
			dispatch()
			h.send(e, "memoryBarrierWithScope:", barrierBuffers)
			execute()
			dispatch()
		}, "[- |]"},
		{"a barrier that names what commands use", 1, "..xx", func(h *hand, e objc.ID, dispatch, execute func(), y objc.ID) {
			dispatch()
			execute()
			h.send(e, "memoryBarrierWithResources:count:", []objc.ID{y}, 1)
			execute()
			dispatch()
		}, "[- - - 012 012 012]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, back := newRecorded(t)
			y := h.buffer(4)
			p := h.indirectPipeline("k", floats("y", 0))
			b := h.indirect(layout{count: 4})
			for i, kind := range c.barriers {
				if kind == 'x' {
					continue
				}
				h.encodeCommand(b, i, p, y)
				if kind == 'b' {
					h.send(h.command(b, i), "setBarrier")
				}
			}
			e, cb := h.encoder(c.concurrent)
			h.send(e, "useResource:usage:", y, 3)
			dispatch := func() {
				h.send(e, "setComputePipelineState:", p)
				h.send(e, "setBuffer:offset:atIndex:", y, 0, 0)
				h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
			}
			c.do(h, e, dispatch, func() { h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, 4}) }, y)
			h.send(e, "endEncoding")
			if got := h.finish(cb); got != statusCompleted {
				t.Fatalf("status %d: %v", got, h.Reports())
			}
			if got := orderOf(slices.Concat(back.runs...)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func orderOf(dispatches []mslrun.Dispatch) string {
	var order []string
	for _, d := range dispatches {
		switch {
		case d.Barrier:
			order = append(order, "|")
		case len(d.After) > 0:
			order = append(order, strings.Trim(strings.ReplaceAll(fmt.Sprint(d.After), " ", ""), "[]"))
		default:
			order = append(order, "-")
		}
	}
	return fmt.Sprint(order)
}

// A command has its own arguments and not the encoder's, and they are read when
// the work runs: what the CPU changes before the commit, and what a blit changes
// before the commands, counts.
func TestIndirectCommandsAreReadWhenTheyRun(t *testing.T) {
	h, back := newRecorded(t)
	x, y := h.buffer(64), h.buffer(64)
	p := h.indirectPipeline("k", floats("x", 1), mslrun.Argument{Name: "s", Kind: mslrun.ThreadgroupArgument})
	b := h.indirect(layout{count: 3})
	encode := func(index int, buffer objc.ID, offset int, n uint64) {
		c := h.command(b, index)
		h.send(c, "reset")
		h.send(c, "setComputePipelineState:", p)
		h.send(c, "setKernelBuffer:offset:atIndex:", buffer, offset, 1)
		h.send(c, "setThreadgroupMemoryLength:atIndex:", 32, 0)
		h.send(c, "concurrentDispatchThreadgroups:threadsPerThreadgroup:", size{n, 2, 1}, size{8, 1, 1})
	}
	encode(0, x, 0, 1)
	encode(1, x, 4, 2)
	cb := h.commandBuffer()
	blit := h.id(cb, "blitCommandEncoder")
	h.send(blit, "copyIndirectCommandBuffer:sourceRange:destination:destinationIndex:", b, span{0, 1}, b, 2)
	h.send(blit, "resetCommandsInBuffer:withRange:", b, span{0, 1})
	h.send(blit, "endEncoding")
	e := h.id(cb, "computeCommandEncoder")
	h.send(e, "setBuffer:offset:atIndex:", y, 32, 1)
	h.send(e, "useResources:count:usage:", []objc.ID{x, y}, 2, 1)
	h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, 3})
	h.send(e, "endEncoding")
	encode(0, y, 8, 5)
	if got := h.finish(cb); got != statusCompleted {
		t.Fatalf("status %d: %v", got, h.Reports())
	}
	if len(back.runs) != 1 || len(back.runs[0]) != 2 {
		t.Fatalf("%d runs", len(back.runs))
	}
	for i, want := range []struct {
		buffer        objc.ID
		offset, width int
	}{{x, 4, 2}, {y, 8, 5}} {
		d := back.runs[0][i]
		buffer := h.objects[want.buffer].payload.(*buffer)
		binding := mslrun.Binding{Offset: buffer.offset + int64(want.offset), Length: 64 - want.offset}
		if got := d.Buffers[1]; got.Offset != binding.Offset || got.Length != binding.Length {
			t.Errorf("dispatch %d: bound %+v, want %+v", i, got, binding)
		}
		if d.Grid != (mslrun.Size{Width: want.width, Height: 2, Depth: 1}) || d.Threadgroup.Width != 8 || d.ThreadgroupMemory[0] != 32 || d.Exact {
			t.Errorf("dispatch %d: %+v of %+v, %d bytes", i, d.Grid, d.Threadgroup, d.ThreadgroupMemory[0])
		}
	}
}

// The range in a buffer is read when all before it is done, so the commands run
// alone, and a killed process is the first command's.
func TestIndirectRangeIsReadWhenItRuns(t *testing.T) {
	h, back := newRecorded(t)
	p, r := h.indirectPipeline("k"), h.buffer(12)
	b := h.indirect(layout{})
	for i := range 8 {
		h.encodeCommand(b, i, p)
	}
	e, cb := h.encoder(1)
	h.send(e, "setComputePipelineState:", p)
	h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
	h.send(e, "executeCommandsInBuffer:indirectBuffer:indirectBufferOffset:", b, r, 4)
	h.send(e, "endEncoding")
	copy(h.contents(r), []byte{9, 9, 9, 9, 3, 0, 0, 0, 2, 0, 0, 0})
	if got := h.finish(cb); got != statusCompleted {
		t.Fatalf("status %d: %v", got, h.Reports())
	}
	var counts []int
	for _, run := range back.runs {
		counts = append(counts, len(run))
	}
	if fmt.Sprint(counts) != "[1 2]" {
		t.Errorf("runs of %d dispatches, want one, and then two commands", counts)
	}
}

func TestIndirectDescriptorKeepsWhatIsSet(t *testing.T) {
	h := newHand(t, Options{})
	d := h.pooled(h.id(h.class("MTLIndirectCommandBufferDescriptor"), "new"))
	for set, get := range map[string]string{
		"setCommandTypes:": "commandTypes", "setMaxKernelBufferBindCount:": "maxKernelBufferBindCount",
		"setMaxKernelThreadgroupMemoryBindCount:": "maxKernelThreadgroupMemoryBindCount",
		"setInheritPipelineState:":                "inheritPipelineState", "setInheritBuffers:": "inheritBuffers",
	} {
		h.send(d, set, 1)
		if got := h.send(d, get) & 0xff; got != 1 {
			t.Errorf("%s answers %d", get, got)
		}
	}
	b := h.indirect(layout{count: 7})
	if n := h.send(b, "size"); n != 7 {
		t.Errorf("size is %d", n)
	}
	if h.send(b, "gpuResourceID") == 0 || h.send(b, "allocatedSize") == 0 {
		t.Error("no resource ID, or no memory")
	}
	p := h.pooled(h.id(h.class("MTLComputePipelineDescriptor"), "new"))
	if h.send(p, "setSupportIndirectCommandBuffers:", true); h.send(p, "supportIndirectCommandBuffers")&0xff != 1 {
		t.Error("a pipeline descriptor forgets that it supports indirect command buffers")
	}
	if h.send(h.indirectPipeline("k"), "supportIndirectCommandBuffers")&0xff != 1 || h.send(h.pipeline("k", 0), "supportIndirectCommandBuffers")&0xff != 0 {
		t.Error("a pipeline does not tell whether it supports indirect command buffers")
	}
	if r := h.Reports(); len(r) != 0 {
		t.Errorf("reports: %v", r)
	}
}
