package mtl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

func (b *bench) indirect(t testing.TB, d IndirectCommandBufferDescriptor, count int, options ResourceOptions) *IndirectCommandBuffer {
	t.Helper()
	return must[*IndirectCommandBuffer](t)(b.dev.NewIndirectCommandBuffer(d, count, options))
}

// one is a command with everything.
func (b *bench) one(c *IndirectComputeCommand, _ int) error {
	c.SetComputePipelineState(b.pipeline)
	c.SetKernelBuffer(b.a, 16, 1)
	c.SetThreadgroupMemoryLength(64, 0)
	c.SetBarrier()
	c.ConcurrentDispatchThreads(Size{100, 1, 1}, Size{32, 1, 1})
	return nil
}

func TestIndirectCommandBufferSendsItsMessages(t *testing.T) {
	b := newBench(t)
	var used [][]uint64
	b.rt.On("MTLComputeCommandEncoder useResources:count:usage:", func(m *objctest.Message) {
		used = append(used, m.Words(0, m.Uint(1)))
		m.Args[0] = "address"
	})
	icb := b.indirect(t, IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 2, MaxKernelThreadgroupMemoryBindCount: 1}, 3, 0)
	if err := icb.Encode(1, 2, b.one); err != nil {
		t.Fatal(err)
	}
	if err := icb.Encode(2, 1, func(c *IndirectComputeCommand, _ int) error {
		c.SetComputePipelineState(b.pipeline)
		c.SetKernelBuffer(b.b, 0, 0)
		c.ClearBarrier()
		c.ConcurrentDispatchThreadgroups(Size{4, 5, 6}, Size{32, 1, 1})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := b.encode(func(cb *CommandBuffer) error {
		if err := cb.Blit(func(e *BlitCommandEncoder) error {
			e.CopyIndirectCommandBuffer(icb, 1, 2, icb, 0)
			return e.Err()
		}); !errors.Is(err, ErrArgument) {
			t.Errorf("an overlap: %v", err)
		}
		return nil
	}); !errors.Is(err, ErrArgument) {
		t.Errorf("an overlap: %v", err)
	}
	b.sent()
	if err := icb.Encode(0, 1, b.one); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"indirectComputeCommandAtIndex: [0]",
		fmt.Sprintf("setComputePipelineState: [%d]", b.pipeline.id),
		fmt.Sprintf("setKernelBuffer:offset:atIndex: [%d 16 1]", b.a.id),
		"setThreadgroupMemoryLength:atIndex: [64 0]",
		"setBarrier []",
		"concurrentDispatchThreads:threadsPerThreadgroup: [[100 1 1] [32 1 1]]",
	}
	if got := b.sent("MTLIndirectCommandBuffer", "MTLIndirectComputeCommand"); !slices.Equal(got, want) {
		t.Errorf("a new command: %q, want %q", got, want)
	}
	// A command that was encoded is reset before it is encoded anew.
	if err := icb.Encode(0, 1, b.one); err != nil {
		t.Fatal(err)
	}
	want = slices.Insert(want, 1, "reset []")
	if got := b.sent("MTLIndirectCommandBuffer", "MTLIndirectComputeCommand"); !slices.Equal(got, want) {
		t.Errorf("an old command: %q, want %q", got, want)
	}
	used = nil
	err := b.encode(func(cb *CommandBuffer) error {
		if err := cb.Compute(DispatchTypeSerial, func(e *ComputeCommandEncoder) error {
			e.ExecuteCommands(icb, 1, 2)
			e.ExecuteCommandsIndirect(icb, b.b, 56)
			e.UseResources(ResourceUsageWrite, b.a, icb)
			return nil
		}); err != nil {
			return err
		}
		return cb.Blit(func(e *BlitCommandEncoder) error {
			e.ResetCommands(icb, 0, 1)
			e.CopyIndirectCommandBuffer(icb, 0, 1, icb, 2)
			e.OptimizeIndirectCommandBuffer(icb, 0, 3)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	set := fmt.Sprintf("setComputePipelineState: [%d]", b.pipeline.id)
	want = []string{
		"useResources:count:usage: [address 2 3]", set,
		fmt.Sprintf("executeCommandsInBuffer:withRange: [%d {1 2}]", icb.id),
		"useResources:count:usage: [address 2 3]", set,
		fmt.Sprintf("executeCommandsInBuffer:indirectBuffer:indirectBufferOffset: [%d %d 56]", icb.id, b.b.id),
		"useResources:count:usage: [address 2 2]",
		"endEncoding []",
		fmt.Sprintf("resetCommandsInBuffer:withRange: [%d {0 1}]", icb.id),
		fmt.Sprintf("copyIndirectCommandBuffer:sourceRange:destination:destinationIndex: [%d {0 1} %d 2]", icb.id, icb.id),
		fmt.Sprintf("optimizeIndirectCommandBuffer:withRange: [%d {0 3}]", icb.id),
		"endEncoding []",
	}
	if got := b.sent("MTLComputeCommandEncoder", "MTLBlitCommandEncoder"); !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
	for i, ids := range used[:2] {
		slices.Sort(ids)
		want := []uint64{uint64(b.a.id), uint64(b.b.id)}
		if slices.Sort(want); !slices.Equal(ids, want) {
			t.Errorf("execution %d uses %d, want %d", i, ids, want)
		}
	}
	if want := []uint64{uint64(b.a.id), uint64(icb.id)}; !slices.Equal(used[2], want) {
		t.Errorf("used %d, want %d", used[2], want)
	}
}

func TestIndirectDescriptorIsSentWhole(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name       string
		descriptor IndirectCommandBufferDescriptor
		want       []string
	}{
		{"the zero value", IndirectCommandBufferDescriptor{}, []string{
			"setCommandTypes: [96]", "setInheritPipelineState: [false]", "setInheritBuffers: [false]", "setMaxKernelBufferBindCount: [31]", "setMaxKernelThreadgroupMemoryBindCount: [0]"}},
		{"everything", IndirectCommandBufferDescriptor{CommandTypes: IndirectCommandTypeConcurrentDispatch, InheritPipelineState: true, MaxKernelBufferBindCount: 3, MaxKernelThreadgroupMemoryBindCount: 2}, []string{
			"setCommandTypes: [32]", "setInheritPipelineState: [true]", "setInheritBuffers: [false]", "setMaxKernelBufferBindCount: [3]", "setMaxKernelThreadgroupMemoryBindCount: [2]"}},
		{"inherited buffers", IndirectCommandBufferDescriptor{InheritBuffers: true}, []string{
			"setCommandTypes: [96]", "setInheritPipelineState: [false]", "setInheritBuffers: [true]", "setMaxKernelBufferBindCount: [0]", "setMaxKernelThreadgroupMemoryBindCount: [0]"}},
	} {
		b.indirect(t, c.descriptor, 1, 0)
		if got := b.sentSetters(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	b.rt.Lacks("setMaxKernelThreadgroupMemoryBindCount:")
	b.indirect(t, IndirectCommandBufferDescriptor{MaxKernelThreadgroupMemoryBindCount: 1}, 1, 0)
	if got := b.sentSetters(); len(got) != 4 {
		t.Errorf("below macOS 14 %q are sent", got)
	}
}

func (b *bench) sentSetters() []string {
	return slices.DeleteFunc(b.sent("MTLIndirectCommandBufferDescriptor"), func(m string) bool { return !strings.HasPrefix(m, "set") })
}

func TestIndirectCommandBufferArgumentsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		call func(b *bench, icb *IndirectCommandBuffer) error
		want []string
	}{
		{"types that render", func(b *bench, _ *IndirectCommandBuffer) error {
			_, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{CommandTypes: 33}, 1, 0)
			return err
		}, []string{"CommandTypes is 33", "32", "64"}},
		{"32 buffers", func(b *bench, _ *IndirectCommandBuffer) error {
			_, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 32}, 1, 0)
			return err
		}, []string{"MaxKernelBufferBindCount is 32", "0 to 31"}},
		{"buffers that are inherited and bound", func(b *bench, _ *IndirectCommandBuffer) error {
			_, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 1, InheritBuffers: true}, 1, 0)
			return err
		}, []string{"MaxKernelBufferBindCount is 1", "InheritBuffers"}},
		{"32 threadgroup memory lengths", func(b *bench, _ *IndirectCommandBuffer) error {
			_, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{MaxKernelThreadgroupMemoryBindCount: 32}, 1, 0)
			return err
		}, []string{"MaxKernelThreadgroupMemoryBindCount is 32", "0 to 31"}},
		{"no commands", func(b *bench, _ *IndirectCommandBuffer) error {
			_, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{}, 0, 0)
			return err
		}, []string{"maxCommandCount is 0", "at least 1"}},
		{"options that are none", func(b *bench, _ *IndirectCommandBuffer) error {
			_, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{}, 1, 1<<12)
			return err
		}, []string{"options is 0x1000"}},
		{"no function", func(_ *bench, icb *IndirectCommandBuffer) error { return icb.Encode(0, 1, nil) }, []string{"Encode", "function is nil"}},
		{"a command that is not there", func(b *bench, icb *IndirectCommandBuffer) error { return icb.Encode(4, 1, b.one) }, []string{"first is 4", "0 to 3"}},
		{"a command before the first", func(b *bench, icb *IndirectCommandBuffer) error { return icb.Encode(-1, 1, b.one) }, []string{"first is -1"}},
		{"commands beyond the last", func(b *bench, icb *IndirectCommandBuffer) error { return icb.Encode(2, 3, b.one) }, []string{"count is 3", "1 to 2"}},
		{"no command at all", func(b *bench, icb *IndirectCommandBuffer) error { return icb.Encode(2, 0, b.one) }, []string{"count is 0"}},
		{"a reset beyond the last", func(_ *bench, icb *IndirectCommandBuffer) error { return icb.Reset(0, 5) }, []string{"Reset", "count is 5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			icb := b.indirect(t, IndirectCommandBufferDescriptor{}, 4, 0)
			b.sent()
			wantArgument(t, c.call(b, icb), c.want...)
			if got := b.sent("MTLIndirectCommandBuffer", "MTLIndirectComputeCommand", "MTLDevice"); len(got) > 0 {
				t.Errorf("sent %q", got)
			}
		})
	}
	b := newBench(t)
	private := b.indirect(t, IndirectCommandBufferDescriptor{}, 4, ResourceStorageModePrivate)
	wantArgument(t, private.Encode(0, 1, b.one), "private")
	wantArgument(t, private.Reset(0, 1), "private")
}

// Each of these would end the process on a Mac, or be undefined.
func TestIndirectCommandArgumentsAreChecked(t *testing.T) {
	all := IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 4, MaxKernelThreadgroupMemoryBindCount: 2}
	group := Size{32, 1, 1}
	for _, c := range []struct {
		name       string
		descriptor IndirectCommandBufferDescriptor
		call       func(b *bench, c *IndirectComputeCommand)
		want       []string
	}{
		{"an index below 0", all, func(b *bench, c *IndirectComputeCommand) { c.SetKernelBuffer(b.a, 0, -1) }, []string{"SetKernelBuffer", "index is -1", "0 to 3"}},
		{"an index without room", all, func(b *bench, c *IndirectComputeCommand) { c.SetKernelBuffer(b.a, 0, 4) }, []string{"index is 4", "0 to 3"}},
		{"an offset at the end", all, func(b *bench, c *IndirectComputeCommand) { c.SetKernelBuffer(b.b, 64, 0) }, []string{"offset is 64", "0 to 63"}},
		{"an offset below 0", all, func(b *bench, c *IndirectComputeCommand) { c.SetKernelBuffer(b.b, -4, 0) }, []string{"offset is -4"}},
		{"a threadgroup index without room", all, func(_ *bench, c *IndirectComputeCommand) { c.SetThreadgroupMemoryLength(16, 2) }, []string{"index is 2", "below 2"}},
		{"threadgroup memory that is no multiple of 16", all, func(_ *bench, c *IndirectComputeCommand) { c.SetThreadgroupMemoryLength(20, 0) }, []string{"length is 20", "16"}},
		{"too much threadgroup memory", all, func(_ *bench, c *IndirectComputeCommand) { c.SetThreadgroupMemoryLength(32<<10+16, 0) }, []string{"length is 32784"}},
		{"too much threadgroup memory together", all, func(b *bench, c *IndirectComputeCommand) {
			c.SetComputePipelineState(b.pipeline)
			c.SetThreadgroupMemoryLength(16<<10, 0)
			c.SetThreadgroupMemoryLength(16<<10, 1)
			c.ConcurrentDispatchThreads(group, group)
		}, []string{"threadgroup memory is 33280"}},
		{"a dispatch without a pipeline", all, func(_ *bench, c *IndirectComputeCommand) { c.ConcurrentDispatchThreads(group, group) }, []string{"pipeline is nil"}},
		{"a second dispatch", all, func(b *bench, c *IndirectComputeCommand) {
			c.SetComputePipelineState(b.pipeline)
			c.ConcurrentDispatchThreads(group, group)
			c.ConcurrentDispatchThreadgroups(group, group)
		}, []string{"number of dispatches is 2"}},
		{"threadgroups of a type that is not there", IndirectCommandBufferDescriptor{CommandTypes: IndirectCommandTypeConcurrentDispatchThreads}, func(b *bench, c *IndirectComputeCommand) {
			c.SetComputePipelineState(b.pipeline)
			c.ConcurrentDispatchThreadgroups(group, group)
		}, []string{"type is 32", "64"}},
		{"threads of a type that is not there", IndirectCommandBufferDescriptor{CommandTypes: IndirectCommandTypeConcurrentDispatch}, func(b *bench, c *IndirectComputeCommand) {
			c.SetComputePipelineState(b.pipeline)
			c.ConcurrentDispatchThreads(group, group)
		}, []string{"type is 64", "32"}},
		{"too many threads", all, func(b *bench, c *IndirectComputeCommand) {
			c.SetComputePipelineState(b.pipeline)
			c.ConcurrentDispatchThreads(group, Size{1024, 2, 1})
		}, []string{"is 2048", "at most 1024"}},
		{"an empty grid", all, func(b *bench, c *IndirectComputeCommand) {
			c.SetComputePipelineState(b.pipeline)
			c.ConcurrentDispatchThreadgroups(Size{1, 0, 1}, group)
		}, []string{"threadgroups is 1x0x1"}},
		{"a pipeline that is inherited", IndirectCommandBufferDescriptor{InheritPipelineState: true}, func(b *bench, c *IndirectComputeCommand) { c.SetComputePipelineState(b.pipeline) }, []string{"InheritPipelineState"}},
		{"a buffer that is inherited", IndirectCommandBufferDescriptor{InheritBuffers: true}, func(b *bench, c *IndirectComputeCommand) { c.SetKernelBuffer(b.a, 0, 0) }, []string{"InheritBuffers"}},
		{"more threads than the device has where the pipeline is inherited", IndirectCommandBufferDescriptor{InheritPipelineState: true}, func(_ *bench, c *IndirectComputeCommand) { c.ConcurrentDispatchThreads(group, Size{1025, 1, 1}) }, []string{"1025x1x1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			icb := b.indirect(t, c.descriptor, 2, 0)
			err := icb.Encode(1, 1, func(command *IndirectComputeCommand, _ int) error {
				c.call(b, command)
				return nil
			})
			wantArgument(t, err, append(c.want, "command 1")...)
			if len(icb.buffers.count)+len(icb.pipelines.count) > 0 {
				t.Error("the command with the error keeps what it names")
			}
		})
	}
	b := newBench(t)
	b.rt.On("MTLComputePipelineState supportIndirectCommandBuffers", func(m *objctest.Message) { m.ReturnBool(false) })
	fn := must[*Function](t)(must[*Library](t)(b.dev.NewLibraryWithSource("source", CompileOptions{})).NewFunction("sum"))
	plain := must[*ComputePipelineState](t)(b.dev.NewComputePipelineState(fn))
	icb := b.indirect(t, IndirectCommandBufferDescriptor{}, 1, 0)
	wantArgument(t, icb.Encode(0, 1, func(c *IndirectComputeCommand, _ int) error { c.SetComputePipelineState(plain); return nil }), "SupportIndirectCommandBuffers")
	_, err := plain.GPUResourceID()
	wantArgument(t, err, "GPUResourceID", "SupportIndirectCommandBuffers")
	inherits := b.indirect(t, IndirectCommandBufferDescriptor{InheritPipelineState: true}, 1, 0)
	wantArgument(t, b.compute(func(e *ComputeCommandEncoder) error {
		e.SetComputePipelineState(plain)
		e.ExecuteCommands(inherits, 0, 1)
		return nil
	}), "SupportIndirectCommandBuffers")
}

// Each of these would end the process on a Mac, or be undefined.
func TestIndirectExecutionArgumentsAreChecked(t *testing.T) {
	blit := func(f func(b *bench, icb *IndirectCommandBuffer, e *BlitCommandEncoder)) func(*bench, *IndirectCommandBuffer, *CommandBuffer) {
		return func(b *bench, icb *IndirectCommandBuffer, cb *CommandBuffer) {
			_ = cb.Blit(func(e *BlitCommandEncoder) error { f(b, icb, e); return nil })
		}
	}
	compute := func(f func(b *bench, icb *IndirectCommandBuffer, e *ComputeCommandEncoder)) func(*bench, *IndirectCommandBuffer, *CommandBuffer) {
		return func(b *bench, icb *IndirectCommandBuffer, cb *CommandBuffer) {
			_ = cb.Compute(DispatchTypeSerial, func(e *ComputeCommandEncoder) error { f(b, icb, e); return nil })
		}
	}
	for _, c := range []struct {
		name string
		call func(b *bench, icb *IndirectCommandBuffer, cb *CommandBuffer)
		want []string
	}{
		{"commands that are not there", compute(func(_ *bench, icb *IndirectCommandBuffer, e *ComputeCommandEncoder) { e.ExecuteCommands(icb, 19999, 2) }), []string{"ExecuteCommands", "count is 2"}},
		{"more commands than go at once", compute(func(_ *bench, icb *IndirectCommandBuffer, e *ComputeCommandEncoder) { e.ExecuteCommands(icb, 0, 16385) }), []string{"count is 16385", "16384"}},
		{"a part of what was optimized", compute(func(_ *bench, icb *IndirectCommandBuffer, e *ComputeCommandEncoder) { e.ExecuteCommands(icb, 100, 5) }), []string{"100 to 104", "102 to 111"}},
		{"the end of what was optimized", compute(func(_ *bench, icb *IndirectCommandBuffer, e *ComputeCommandEncoder) { e.ExecuteCommands(icb, 111, 5) }), []string{"102 to 111"}},
		{"an inherited pipeline that is not there", compute(func(b *bench, _ *IndirectCommandBuffer, e *ComputeCommandEncoder) {
			inherits, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{InheritPipelineState: true}, 1, 0)
			if err != nil {
				panic(err)
			}
			defer inherits.Release()
			e.ExecuteCommands(inherits, 0, 1)
		}), []string{"pipeline is nil"}},
		{"a range beyond its buffer", compute(func(b *bench, icb *IndirectCommandBuffer, e *ComputeCommandEncoder) {
			e.ExecuteCommandsIndirect(icb, b.b, 60)
		}), []string{"offset is 60", "0 to 56"}},
		{"a range that is not aligned", compute(func(b *bench, icb *IndirectCommandBuffer, e *ComputeCommandEncoder) {
			e.ExecuteCommandsIndirect(icb, b.b, 6)
		}), []string{"offset is 6", "multiple of 4"}},
		{"a dispatch afterwards without a pipeline", compute(func(b *bench, icb *IndirectCommandBuffer, e *ComputeCommandEncoder) {
			e.SetComputePipelineState(b.pipeline)
			e.ExecuteCommands(icb, 0, 1)
			e.DispatchThreads(Size{1, 1, 1}, Size{1, 1, 1})
		}), []string{"pipeline is nil"}},
		{"an offset afterwards without a buffer", compute(func(b *bench, icb *IndirectCommandBuffer, e *ComputeCommandEncoder) {
			e.SetBuffer(b.a, 0, 2)
			e.ExecuteCommands(icb, 0, 1)
			e.SetBufferOffset(4, 2)
		}), []string{"index is 2"}},
		{"a use for nothing", compute(func(b *bench, _ *IndirectCommandBuffer, e *ComputeCommandEncoder) { e.UseResources(0, b.a) }), []string{"usage is 0"}},
		{"a use that is none", compute(func(b *bench, _ *IndirectCommandBuffer, e *ComputeCommandEncoder) { e.UseResources(8, b.a) }), []string{"usage is 8"}},
		{"a use of nothing", compute(func(_ *bench, _ *IndirectCommandBuffer, e *ComputeCommandEncoder) { e.UseResources(ResourceUsageRead) }), []string{"number of resources is 0"}},
		{"a reset of commands that are not there", blit(func(_ *bench, icb *IndirectCommandBuffer, e *BlitCommandEncoder) { e.ResetCommands(icb, 20000, 1) }), []string{"ResetCommands", "first is 20000"}},
		{"optimizing commands that are not there", blit(func(_ *bench, icb *IndirectCommandBuffer, e *BlitCommandEncoder) {
			e.OptimizeIndirectCommandBuffer(icb, 0, 0)
		}), []string{"Optimize", "count is 0"}},
		{"a copy from where nothing is", blit(func(_ *bench, icb *IndirectCommandBuffer, e *BlitCommandEncoder) {
			e.CopyIndirectCommandBuffer(icb, 0, 20001, icb, 0)
		}), []string{"count is 20001"}},
		{"a copy to where nothing is", blit(func(_ *bench, icb *IndirectCommandBuffer, e *BlitCommandEncoder) {
			e.CopyIndirectCommandBuffer(icb, 0, 5, icb, 19996)
		}), []string{"index is 19996", "0 to 19995"}},
		{"a copy to one of another kind", blit(func(b *bench, icb *IndirectCommandBuffer, e *BlitCommandEncoder) {
			other, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 1}, 1, 0)
			if err != nil {
				panic(err)
			}
			defer other.Release()
			e.CopyIndirectCommandBuffer(icb, 0, 1, other, 0)
		}), []string{"another descriptor"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			icb := b.indirect(t, IndirectCommandBufferDescriptor{}, 20000, 0)
			if err := b.encode(func(cb *CommandBuffer) error {
				return cb.Blit(func(e *BlitCommandEncoder) error { e.OptimizeIndirectCommandBuffer(icb, 102, 10); return nil })
			}); err != nil {
				t.Fatal(err)
			}
			wantArgument(t, b.encode(func(cb *CommandBuffer) error { c.call(b, icb, cb); return nil }), c.want...)
		})
	}
}

func TestOptimizedCommandsRunWholeOrAnew(t *testing.T) {
	b := newBench(t)
	icb := b.indirect(t, IndirectCommandBufferDescriptor{MaxKernelThreadgroupMemoryBindCount: 1}, 10, 0)
	run := func(first, count int) error {
		return b.compute(func(e *ComputeCommandEncoder) error { e.ExecuteCommands(icb, first, count); return nil })
	}
	blit := func(f func(*BlitCommandEncoder)) {
		t.Helper()
		if err := b.encode(func(cb *CommandBuffer) error { return cb.Blit(func(e *BlitCommandEncoder) error { f(e); return nil }) }); err != nil {
			t.Fatal(err)
		}
	}
	optimize := func() { blit(func(e *BlitCommandEncoder) { e.OptimizeIndirectCommandBuffer(icb, 2, 4) }) }
	optimize()
	for _, r := range [][2]int{{2, 4}, {0, 10}, {6, 4}, {0, 2}} {
		if err := run(r[0], r[1]); err != nil {
			t.Errorf("%d from %d: %v", r[1], r[0], err)
		}
	}
	for name, again := range map[string]func(){
		"encoded": func() {
			if err := icb.Encode(3, 1, b.one); err != nil {
				t.Fatal(err)
			}
		},
		"reset": func() {
			if err := icb.Reset(5, 5); err != nil {
				t.Fatal(err)
			}
		},
		"reset by the GPU":  func() { blit(func(e *BlitCommandEncoder) { e.ResetCommands(icb, 0, 3) }) },
		"copied by the GPU": func() { blit(func(e *BlitCommandEncoder) { e.CopyIndirectCommandBuffer(icb, 9, 1, icb, 4) }) },
	} {
		optimize()
		wantArgument(t, run(3, 1), "2 to 5")
		again()
		if err := run(3, 1); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What commands name is in use until they are reset, encoded anew or released.
func TestIndirectCommandsKeepWhatTheyName(t *testing.T) {
	d := IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 2}
	for _, c := range []struct {
		name string
		end  func(b *bench, icb *IndirectCommandBuffer) error
	}{
		{"a release", func(_ *bench, icb *IndirectCommandBuffer) error { icb.Release(); return nil }},
		{"a reset of all", func(_ *bench, icb *IndirectCommandBuffer) error { return icb.Reset(0, 3) }},
		{"a reset of each", func(_ *bench, icb *IndirectCommandBuffer) error {
			return errors.Join(icb.Reset(0, 1), icb.Reset(1, 2))
		}},
		{"commands that name nothing", func(_ *bench, icb *IndirectCommandBuffer) error {
			return icb.Encode(0, 3, func(*IndirectComputeCommand, int) error { return nil })
		}},
		{"a release while commands are encoded", func(_ *bench, icb *IndirectCommandBuffer) error {
			return icb.Encode(0, 1, func(*IndirectComputeCommand, int) error { icb.Release(); return nil })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			icb := b.indirect(t, d, 3, 0)
			x, err := b.dev.NewBuffer(16, 0)
			if err != nil {
				t.Fatal(err)
			}
			id := x.id
			if err := icb.Encode(0, 3, func(c *IndirectComputeCommand, i int) error {
				c.SetComputePipelineState(b.pipeline)
				c.SetKernelBuffer(b.a, 0, 0)
				c.SetKernelBuffer(x, 0, 1)
				c.SetKernelBuffer(x, 0, 0) // instead of a
				c.ConcurrentDispatchThreads(Size{1, 1, 1}, Size{1, 1, 1})
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			x.Release()
			if n := len(icb.buffers.count); n != 1 || len(icb.pipelines.count) != 1 {
				t.Errorf("%d buffers and %d pipelines are kept, want one of each", n, len(icb.pipelines.count))
			}
			if !b.alive(id) {
				t.Fatal("the buffer is gone while commands name it")
			}
			if err := b.compute(func(e *ComputeCommandEncoder) error { e.ExecuteCommands(icb, 0, 3); return nil }); err != nil {
				t.Errorf("a released buffer that commands name: %v", err)
			}
			if err := c.end(b, icb); err != nil {
				t.Fatal(err)
			}
			if b.alive(id) {
				t.Error("the buffer is still there")
			}
			icb.Release()
		})
	}
}

func (b *bench) alive(id objc.ID) bool {
	return slices.Contains(b.rt.LiveIDs(), id)
}

func TestACopyKeepsWhatItsCommandsName(t *testing.T) {
	b := newBench(t)
	d := IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 1}
	from, to := b.indirect(t, d, 1, 0), b.indirect(t, d, 2, ResourceStorageModePrivate)
	x, err := b.dev.NewBuffer(16, 0)
	if err != nil {
		t.Fatal(err)
	}
	id := x.id
	if err := from.Encode(0, 1, func(c *IndirectComputeCommand, _ int) error {
		c.SetComputePipelineState(b.pipeline)
		c.SetKernelBuffer(x, 0, 0)
		c.ConcurrentDispatchThreads(Size{1, 1, 1}, Size{1, 1, 1})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	x.Release()
	for i := range 2 { // the second copy brings nothing new
		if err := b.encode(func(cb *CommandBuffer) error {
			return cb.Blit(func(e *BlitCommandEncoder) error { e.CopyIndirectCommandBuffer(from, 0, 1, to, i); return nil })
		}); err != nil {
			t.Fatal(err)
		}
	}
	from.Release()
	if !b.alive(id) {
		t.Fatal("the buffer went with the source")
	}
	if err := b.compute(func(e *ComputeCommandEncoder) error { e.ExecuteCommands(to, 0, 2); return nil }); err != nil {
		t.Fatal(err)
	}
	to.Release()
	if b.alive(id) {
		t.Error("the buffer is still there")
	}
}

func TestIndirectCommandBufferRefusesWhatIsNotItsOwn(t *testing.T) {
	b, other := newBench(t), newBench(t)
	icb := b.indirect(t, IndirectCommandBufferDescriptor{}, 2, 0)
	foreign := other.indirect(t, IndirectCommandBufferDescriptor{}, 2, 0)
	gone := b.indirect(t, IndirectCommandBufferDescriptor{}, 2, 0)
	gone.Release()
	gone.Release()
	encode := func(f func(c *IndirectComputeCommand)) error {
		return icb.Encode(0, 1, func(c *IndirectComputeCommand, _ int) error { f(c); return nil })
	}
	compute := func(f func(e *ComputeCommandEncoder)) error {
		return b.compute(func(e *ComputeCommandEncoder) error { f(e); return nil })
	}
	var none *IndirectCommandBuffer
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{"a nil buffer", encode(func(c *IndirectComputeCommand) { c.SetKernelBuffer(nil, 0, 0) }), ErrNil},
		{"a nil pipeline", encode(func(c *IndirectComputeCommand) { c.SetComputePipelineState(nil) }), ErrNil},
		{"a buffer of another device", encode(func(c *IndirectComputeCommand) { c.SetKernelBuffer(other.a, 0, 0) }), ErrForeign},
		{"a pipeline of another device", encode(func(c *IndirectComputeCommand) { c.SetComputePipelineState(other.pipeline) }), ErrForeign},
		{"a nil indirect command buffer", none.Encode(0, 1, b.one), ErrNil},
		{"a nil indirect command buffer that is reset", none.Reset(0, 1), ErrNil},
		{"a nil indirect command buffer that is labelled", none.SetLabel("x"), ErrNil},
		{"a nil indirect command buffer that is executed", compute(func(e *ComputeCommandEncoder) { e.ExecuteCommands(nil, 0, 1) }), ErrNil},
		{"one of another device that is executed", compute(func(e *ComputeCommandEncoder) { e.ExecuteCommands(foreign, 0, 1) }), ErrForeign},
		{"one of another device that is executed by a range", compute(func(e *ComputeCommandEncoder) { e.ExecuteCommandsIndirect(foreign, b.a, 0) }), ErrForeign},
		{"a range in a nil buffer", compute(func(e *ComputeCommandEncoder) { e.ExecuteCommandsIndirect(icb, nil, 0) }), ErrNil},
		{"a released one", gone.Encode(0, 1, b.one), ErrReleased},
		{"a released one that is reset", gone.Reset(0, 1), ErrReleased},
		{"a released one that is executed", compute(func(e *ComputeCommandEncoder) { e.ExecuteCommands(gone, 0, 1) }), ErrReleased},
		{"a nil resource", compute(func(e *ComputeCommandEncoder) { e.UseResources(ResourceUsageRead, b.a, nil) }), ErrNil},
		{"a nil buffer among resources", compute(func(e *ComputeCommandEncoder) { e.UseResources(ResourceUsageRead, (*Buffer)(nil)) }), ErrNil},
		{"a resource of another device", compute(func(e *ComputeCommandEncoder) { e.UseResources(ResourceUsageRead, foreign) }), ErrForeign},
		{"a nil command", (*IndirectComputeCommand)(nil).Err(), ErrNil},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.err, c.want)
		}
	}
	none.Release()
	if _, err := none.GPUResourceID(); !errors.Is(err, ErrNil) {
		t.Errorf("%v", err)
	}
	if _, err := (*ComputePipelineState)(nil).GPUResourceID(); !errors.Is(err, ErrNil) {
		t.Errorf("%v", err)
	}
}

func TestIndirectCommandsAreEncodedByOneGoroutineAtATime(t *testing.T) {
	b := newBench(t)
	icb := b.indirect(t, IndirectCommandBufferDescriptor{}, 2, 0)
	var kept *IndirectComputeCommand
	err := icb.Encode(0, 1, func(c *IndirectComputeCommand, _ int) error {
		kept = c
		wantIs(t, icb.Encode(1, 1, b.one), ErrConcurrentUse)
		wantIs(t, icb.Reset(1, 1), ErrConcurrentUse)
		wantIs(t, b.compute(func(e *ComputeCommandEncoder) error { e.ExecuteCommands(icb, 0, 1); return nil }), ErrConcurrentUse)
		wantIs(t, b.compute(func(e *ComputeCommandEncoder) error { e.ExecuteCommandsIndirect(icb, b.a, 0); return nil }), ErrConcurrentUse)
		for _, blit := range []func(e *BlitCommandEncoder){
			func(e *BlitCommandEncoder) { e.ResetCommands(icb, 0, 1) },
			func(e *BlitCommandEncoder) { e.OptimizeIndirectCommandBuffer(icb, 0, 1) },
			func(e *BlitCommandEncoder) { e.CopyIndirectCommandBuffer(icb, 0, 1, icb, 1) },
		} {
			wantIs(t, b.encode(func(cb *CommandBuffer) error {
				return cb.Blit(func(e *BlitCommandEncoder) error { blit(e); return nil })
			}), ErrConcurrentUse)
		}
		var other sync.WaitGroup
		other.Go(c.SetBarrier)
		other.Wait()
		wantIs(t, c.Err(), ErrConcurrentUse)
		return nil
	})
	wantIs(t, err, ErrConcurrentUse)
	if err := icb.Encode(0, 1, func(c *IndirectComputeCommand, _ int) error { kept = c; return nil }); err != nil {
		t.Fatal(err)
	}
	kept.SetBarrier()
	wantIs(t, kept.Err(), ErrEnded)
}

// A function that returns an error or panics leaves a command that does nothing,
// and an indirect command buffer that works.
func TestIndirectCommandWithAnErrorDoesNothing(t *testing.T) {
	b := newBench(t)
	icb := b.indirect(t, IndirectCommandBufferDescriptor{MaxKernelThreadgroupMemoryBindCount: 1}, 3, 0)
	failure := errors.New("no more")
	err := icb.Encode(0, 3, func(c *IndirectComputeCommand, i int) error {
		if i == 1 {
			return errors.Join(b.one(c, i), failure)
		}
		return b.one(c, i)
	})
	wantIs(t, err, failure)
	if got := b.sent("MTLIndirectComputeCommand"); got[len(got)-1] != "reset []" || len(got) != 11 {
		t.Errorf("sent %q, want the second command reset and no third", got)
	}
	func() {
		defer func() {
			if recover() != "planned" {
				t.Error("the panic does not go on")
			}
		}()
		_ = icb.Encode(0, 1, func(c *IndirectComputeCommand, i int) error {
			_ = b.one(c, i)
			panic("planned")
		})
	}()
	if n := len(icb.buffers.count); n != 0 {
		t.Errorf("%d buffers are kept by commands that do nothing", n)
	}
	if err := icb.Encode(0, 3, b.one); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestIndirectCommandBufferThatMetalDoesNotMakeIsAnError(t *testing.T) {
	b := newBench(t)
	b.rt.On("MTLDevice newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", func(m *objctest.Message) { m.ReturnID(0) })
	_, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{}, 8, 0)
	wantIs(t, err, ErrNoObject)
	b.rt.On("MTLDevice newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", func(m *objctest.Message) {
		m.ReturnID(b.rt.NewObject("MTLIndirectCommandBuffer", uint64(7)))
	})
	if _, err := b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{}, 8, 0); err == nil {
		t.Error("7 commands are taken for 8")
	}
	b.rt.On("MTLIndirectCommandBufferDescriptor +new", func(m *objctest.Message) { m.ReturnID(0) })
	_, err = b.dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{}, 8, 0)
	wantIs(t, err, ErrNoObject)
}

// However many commands are encoded, for the first time or anew, they cost no memory
// beyond what one costs, and nothing of their own a command.
func TestIndirectCommandsAllocateNothing(t *testing.T) {
	b, rt := silentBench(t)
	const many = 1000
	icb := b.indirect(t, IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 2, MaxKernelThreadgroupMemoryBindCount: 1}, many, 0)
	buffers := []*Buffer{b.a, b.b}
	encode := func(c *IndirectComputeCommand, i int) error {
		c.SetComputePipelineState(b.pipeline)
		c.SetComputePipelineState(b.other)
		c.SetKernelBuffer(buffers[i%2], 0, 0)
		c.SetKernelBuffer(buffers[(i+1)%2], 0, 1)
		c.SetKernelBuffer(buffers[(i+1)%2], 4, 0)
		c.SetThreadgroupMemoryLength(64, 0)
		c.SetBarrier()
		c.ClearBarrier()
		c.ConcurrentDispatchThreads(Size{100, 1, 1}, Size{32, 1, 1})
		return nil
	}
	icb.makeBlocks(0, many)
	rt.on = true
	rt.returns = uintptr(b.a.id) // any object, as a command
	record := func(count int) float64 {
		return testing.AllocsPerRun(20, func() {
			if err := icb.Encode(0, count, encode); err != nil {
				t.Fatal(err)
			}
		})
	}
	one, all := record(1), record(many)
	rt.on = false
	if one != all {
		t.Errorf("%v allocations for %d commands, %v for one", all, many, one)
	}
	rt.on = true
	err := icb.Encode(0, 1, func(c *IndirectComputeCommand, i int) error {
		if n := testing.AllocsPerRun(100, func() { _ = encode(c, i); c.dispatched = false }); n != 0 {
			t.Errorf("%v allocations a command", n)
		}
		return nil
	})
	rt.on = false
	if err != nil {
		t.Error(err)
	}
	err = b.compute(func(e *ComputeCommandEncoder) error {
		rt.on, rt.count = true, 0
		n := testing.AllocsPerRun(100, func() {
			e.ExecuteCommands(icb, 0, 1)
			e.ExecuteCommandsIndirect(icb, b.b, 0)
			e.UseResources(ResourceUsageRead, b.a, icb)
		})
		e.batch.Flush()
		rt.on = false
		if n != 0 {
			t.Errorf("%v allocations an execution", n)
		}
		if rt.count != 101*7 {
			t.Errorf("%d messages, want 7 each time", rt.count)
		}
		return e.Err()
	})
	if err != nil {
		t.Error(err)
	}
	to := b.indirect(t, icb.layout, many, 0)
	err = b.encode(func(cb *CommandBuffer) error {
		return cb.Blit(func(e *BlitCommandEncoder) error {
			rt.on = true
			n := testing.AllocsPerRun(100, func() {
				e.ResetCommands(icb, 0, 2)
				e.CopyIndirectCommandBuffer(icb, 0, 2, to, 2)
				e.OptimizeIndirectCommandBuffer(to, 0, 4)
			})
			e.batch.Flush()
			rt.on = false
			if n != 0 {
				t.Errorf("%v allocations of the blit encoder", n)
			}
			return e.Err()
		})
	})
	if err != nil {
		t.Error(err)
	}
}

// Messages that name what commands name wait as others do, and so do those that write
// commands. Whoever gives the commands something else to name, releases the objects or
// the commands, takes nothing from a message. The runtime looks whether what a message
// names is there.
func TestMessagesOfIndirectCommandsKeepTheirObjects(t *testing.T) {
	d := IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 1}
	names := func(t *testing.T, b *bench, x *Buffer, p *ComputePipelineState) func(*IndirectComputeCommand, int) error {
		return func(c *IndirectComputeCommand, _ int) error {
			c.SetComputePipelineState(p)
			c.SetKernelBuffer(x, 0, 0)
			x.Release()
			p.Release()
			return nil
		}
	}
	for _, c := range []struct {
		name  string
		after func(t *testing.T, b *bench, icb *IndirectCommandBuffer)
	}{
		{"commands that are released", func(_ *testing.T, _ *bench, icb *IndirectCommandBuffer) { icb.Release() }},
		{"commands that are reset", func(t *testing.T, _ *bench, icb *IndirectCommandBuffer) {
			if err := icb.Reset(0, 2); err != nil {
				t.Error(err)
			}
		}},
		{"a command that is reset", func(t *testing.T, _ *bench, icb *IndirectCommandBuffer) {
			if err := icb.Reset(0, 1); err != nil {
				t.Error(err)
			}
		}},
		{"commands that are encoded anew", func(t *testing.T, _ *bench, icb *IndirectCommandBuffer) {
			if err := icb.Encode(0, 1, func(*IndirectComputeCommand, int) error { return nil }); err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run("an execution of "+c.name, func(t *testing.T) {
			b := newBench(t)
			b.watchNames(t)
			icb := b.indirect(t, d, 2, 0)
			x, p := b.fresh(t), b.freshPipeline(t)
			if err := icb.Encode(0, 1, names(t, b, x, p)); err != nil {
				t.Fatal(err)
			}
			err := b.compute(func(e *ComputeCommandEncoder) error {
				e.ExecuteCommands(icb, 0, 1)
				if sent := b.sent("MTLComputeCommandEncoder"); len(sent) != 0 {
					t.Errorf("sent before the end: %q", sent)
				}
				c.after(t, b, icb)
				if !b.alive(x.id) || !b.alive(p.id) {
					t.Error("gone while messages that name it wait")
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			if b.alive(x.id) || b.alive(p.id) {
				t.Error("there after the scope")
			}
		})
	}
	for name, again := range map[string]func(*bench, *IndirectComputeCommand) error{
		"names others instead": func(b *bench, c *IndirectComputeCommand) error {
			c.SetComputePipelineState(b.pipeline)
			c.SetKernelBuffer(b.a, 0, 0)
			return nil
		},
		"fails": func(_ *bench, c *IndirectComputeCommand) error { return errUser },
	} {
		t.Run("a command that "+name, func(t *testing.T) {
			b := newBench(t)
			b.watchNames(t)
			icb := b.indirect(t, d, 2, 0)
			x, p := b.fresh(t), b.freshPipeline(t)
			b.rt.Messages()
			err := icb.Encode(0, 1, func(c *IndirectComputeCommand, i int) error {
				_ = names(t, b, x, p)(c, i)
				if sent := b.sent("MTLIndirectComputeCommand"); len(sent) != 0 {
					t.Errorf("sent before the end: %q", sent)
				}
				return again(b, c)
			})
			if err != nil && !errors.Is(err, errUser) {
				t.Error(err)
			}
			if len(b.sent("MTLIndirectComputeCommand")) == 0 {
				t.Error("nothing is sent")
			}
			if b.alive(x.id) || b.alive(p.id) {
				t.Error("there after Encode")
			}
		})
	}
	t.Run("blits of commands that are released", func(t *testing.T) {
		b := newBench(t)
		b.watchNames(t)
		from, to := b.indirect(t, d, 2, 0), b.indirect(t, d, 2, 0)
		err := b.encode(func(cb *CommandBuffer) error {
			return cb.Blit(func(e *BlitCommandEncoder) error {
				e.ResetCommands(from, 0, 1)
				e.CopyIndirectCommandBuffer(from, 0, 1, to, 0)
				e.OptimizeIndirectCommandBuffer(to, 0, 1)
				from.Release()
				to.Release()
				if sent := b.sent("MTLBlitCommandEncoder"); len(sent) != 0 {
					t.Errorf("sent before the end: %q", sent)
				}
				return nil
			})
		})
		if err != nil {
			t.Error(err)
		}
		if b.alive(from.id) || b.alive(to.id) {
			t.Error("there after the scope")
		}
	})
	t.Run("a use of a resource that is released", func(t *testing.T) {
		b := newBench(t)
		b.watchNames(t)
		x, icb := b.fresh(t), b.indirect(t, d, 2, 0)
		err := b.compute(func(e *ComputeCommandEncoder) error {
			e.UseResources(ResourceUsageRead, x, icb)
			x.Release()
			icb.Release()
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// watchNames fails the test when a message that may wait names an object that is gone.
func (b *bench) watchNames(t testing.TB) {
	b.rt.Trace = func(m *objctest.Message) {
		switch m.Class {
		case "MTLComputeCommandEncoder", "MTLBlitCommandEncoder", "MTLIndirectComputeCommand":
			for _, id := range m.Objects() {
				if !b.alive(id) {
					t.Errorf("%v names an object that is gone", m)
				}
			}
		}
	}
}

func (b *bench) fresh(t testing.TB) *Buffer {
	t.Helper()
	x, err := b.dev.NewBuffer(64, 0)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (b *bench) freshPipeline(t testing.TB) *ComputePipelineState {
	t.Helper()
	lib := must[*Library](t)(b.dev.NewLibraryWithSource("source", CompileOptions{}))
	p, err := b.dev.NewComputePipelineState(must[*Function](t)(lib.NewFunction("saxpy")))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A message that panics or calls back takes others with it, and so nobody knows which
// commands are whole.
func TestIndirectCommandsWhoseMessagesAreLostDoNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*IndirectComputeCommand)
		want error
	}{
		{"a panic", func(*IndirectComputeCommand) { panic("planned") }, ErrPanicked},
		{"a use by a message", func(c *IndirectComputeCommand) { c.SetBarrier() }, ErrConcurrentUse},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			icb := b.indirect(t, IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 2, MaxKernelThreadgroupMemoryBindCount: 1}, 100, 0)
			var command *IndirectComputeCommand
			armed := true
			b.rt.After = func(m *objctest.Message) {
				if armed && m.Selector == "setKernelBuffer:offset:atIndex:" {
					armed = false
					c.do(command)
				}
			}
			// The function recovers what one of its own messages may bring up.
			err := icb.Encode(2, 50, func(c *IndirectComputeCommand, i int) error {
				command = c
				func() {
					defer func() { _ = recover() }()
					for range 60 { // more than wait at a time, in five commands
						c.SetBarrier()
					}
					_ = b.one(c, i)
				}()
				return nil
			})
			if armed || !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if got := b.sent("MTLIndirectCommandBuffer"); got[len(got)-1] != "resetWithRange: [{2 50}]" {
				t.Errorf("the last message is %s", got[len(got)-1])
			}
			if len(icb.buffers.count)+len(icb.pipelines.count) > 0 {
				t.Error("commands that do nothing keep what they name")
			}
			if err := icb.Encode(0, 1, b.one); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// A copy brings commands that were not encoded here. They are reset before they are
// encoded anew.
func TestCopiedIndirectCommandIsResetBeforeItIsEncoded(t *testing.T) {
	b := newBench(t)
	d := IndirectCommandBufferDescriptor{MaxKernelThreadgroupMemoryBindCount: 1}
	from, to := b.indirect(t, d, 1, 0), b.indirect(t, d, 2, 0)
	if err := b.encode(func(cb *CommandBuffer) error {
		return cb.Blit(func(e *BlitCommandEncoder) error { e.CopyIndirectCommandBuffer(from, 0, 1, to, 1); return nil })
	}); err != nil {
		t.Fatal(err)
	}
	b.sent()
	if err := to.Encode(1, 1, b.one); err != nil {
		t.Fatal(err)
	}
	if got := b.sent("MTLIndirectComputeCommand"); got[0] != "reset []" {
		t.Errorf("the first message is %s", got[0])
	}
}
