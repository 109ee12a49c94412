//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
)

// A metal4 is what a test of Metal 4 works with.
type metal4 struct {
	hardware
	queue     *mtl.CommandQueue4
	allocator *mtl.CommandAllocator
	table     *mtl.ArgumentTable
	resident  *mtl.ResidencySet // of the queue
}

func openMetal4(t *testing.T) metal4 {
	t.Helper()
	return newMetal4(openHardware(t))
}

// newMetal4 skips the test where the system does not have Metal 4.
func newMetal4(h hardware) metal4 {
	h.Helper()
	queue, err := h.device.NewCommandQueue4(mtl.CommandQueue4Descriptor{Label: "queue"})
	if errors.Is(err, mtl.ErrUnsupported) {
		h.Skip(err)
	}
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(queue.Release)
	m := metal4{hardware: h, queue: queue}
	m.allocator = owned[*mtl.CommandAllocator](h)(h.device.NewCommandAllocator(mtl.CommandAllocatorDescriptor{Label: "allocator"}))
	m.table = owned[*mtl.ArgumentTable](h)(h.device.NewArgumentTable(mtl.ArgumentTableDescriptor{Label: "table", MaxBufferBindCount: 4}))
	m.resident = owned[*mtl.ResidencySet](h)(h.device.NewResidencySet(mtl.ResidencySetDescriptor{}))
	if err := queue.AddResidencySets(m.resident); err != nil {
		h.Fatal(err)
	}
	return m
}

// reside brings memory into the GPU's reach.
func (m metal4) reside(allocations ...mtl.Allocation) {
	m.Helper()
	if err := errors.Join(m.resident.Add(allocations...), m.resident.Commit()); err != nil {
		m.Fatal(err)
	}
}

// numbers returns a resident buffer of n numbers.
func (m metal4) numbers(n int) (*mtl.Buffer, []uint32) {
	m.Helper()
	b, view := buffer[uint32](m.hardware, n)
	m.reside(b)
	return b, view
}

func (m metal4) set(index int, b *mtl.Buffer, offset int) {
	m.Helper()
	if err := m.table.SetBuffer(b, offset, index); err != nil {
		m.Fatal(err)
	}
}

func (m metal4) commit(encode func(*mtl.CommandBuffer4) error) *mtl.Submission4 {
	m.Helper()
	submission, err := m.queue.Encode(m.allocator, encode)
	if err != nil {
		m.Fatal(err)
	}
	return submission
}

// compute encodes one pass and waits.
func (m metal4) compute(encode func(*mtl.ComputeCommandEncoder4)) {
	m.Helper()
	m.wait(m.commit(pass4(encode)))
}

func pass4(encode func(*mtl.ComputeCommandEncoder4)) func(*mtl.CommandBuffer4) error {
	return func(cb *mtl.CommandBuffer4) error {
		return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
			encode(enc)
			return nil
		})
	}
}

func (m metal4) wait(s *mtl.Submission4) {
	m.Helper()
	if err := s.Wait(context.Background()); err != nil {
		m.Fatal(err)
	}
}

func (m metal4) want(what string, got []uint32, want ...uint32) {
	m.Helper()
	if !slices.Equal(got, want) {
		m.Errorf("%s: %d, want %d", what, got, want)
	}
}

const metal4Source = `
kernel void double_it(device uint *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] *= 2; }
kernel void add(device uint *x [[buffer(0)]], device const uint *y [[buffer(1)]], uint i [[thread_position_in_grid]]) { x[i] += y[i]; }
kernel void store(device uint *x [[buffer(0)]], constant uint &value [[buffer(1)]], uint i [[thread_position_in_grid]]) { x[i] = value; }
kernel void sum(device const uint *x [[buffer(0)]], device uint *out [[buffer(1)]], threadgroup uint *partial [[threadgroup(0)]],
                uint i [[thread_index_in_threadgroup]], uint n [[threads_per_threadgroup]]) {
    partial[i] = x[i];
    threadgroup_barrier(mem_flags::mem_threadgroup);
    if (i == 0) {
        uint sum = 0;
        for (uint j = 0; j < n; j++) sum += partial[j];
        out[0] = sum;
    }
}`

func (m metal4) kernel(name string) *mtl.ComputePipelineState {
	m.Helper()
	return m.pipeline(m.newLibrary(metal4Source, mtl.CompileOptions{}), name)
}

var (
	all4      = mtl.StageDispatch | mtl.StageBlit
	dispatch4 = mtl.StageDispatch
	blit4     = mtl.StageBlit
	seen4     = mtl.VisibilityOptionDevice
)

func TestHardware4RunsKernelsAndCopies(t *testing.T) {
	m := openMetal4(t)
	add := m.kernel("add")
	x, xs := m.numbers(8)
	y, ys := m.numbers(8)
	for i := range ys {
		xs[i], ys[i] = uint32(i), uint32(100*i)
	}
	m.set(0, x, 16)
	m.set(1, y, 16)
	var stages []mtl.Stages
	submission := m.commit(func(cb *mtl.CommandBuffer4) error {
		if err := errors.Join(cb.SetLabel("work"), cb.PushDebugGroup("a"), cb.PopDebugGroup()); err != nil {
			return err
		}
		return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
			enc.SetLabel("pass")
			enc.PushDebugGroup("b")
			enc.InsertDebugSignpost("c")
			stages = append(stages, enc.Stages())
			enc.SetComputePipelineState(add)
			enc.SetArgumentTable(m.table)
			enc.DispatchThreads(line(3), line(2))
			stages = append(stages, enc.Stages())
			enc.Copy(mtl.BufferRange{Buffer: y}, mtl.BufferRange{Buffer: x, Offset: 8}, 8)
			enc.Fill(mtl.BufferRange{Buffer: x}, 4, 1)
			stages = append(stages, enc.Stages())
			enc.PopDebugGroup()
			if enc.Device() != m.device || enc.Err() != nil {
				t.Errorf("device %p and error %v", enc.Device(), enc.Err())
			}
			return nil
		})
	})
	m.wait(submission)
	m.want("x", xs, 0x01010101, 1, 0, 100, 404, 505, 606, 7)
	if want := []mtl.Stages{0, dispatch4, all4}; !slices.Equal(stages, want) {
		t.Errorf("stages %v, want %v", stages, want)
	}
	feedback, err := submission.Feedback()
	if err != nil || feedback.Err != nil || feedback.GPU() < 0 || feedback.GPUEnd == 0 {
		t.Errorf("feedback %+v, %v", feedback, err)
	}
}

// Nothing is tracked: each way of giving an order has to do so, in the schedule that
// shows a missing one.
func TestHardware4OrderIsWhatBarriersAndFencesGive(t *testing.T) {
	m := openMetal4(t)
	double := m.kernel("double_it")
	x, xs := m.numbers(1)
	m.set(0, x, 0)
	fence := owned[*mtl.Fence](m.hardware)(m.device.NewFence())
	start := func(enc *mtl.ComputeCommandEncoder4) { enc.Fill(mtl.BufferRange{Buffer: x}, 4, 1) }
	twice := func(enc *mtl.ComputeCommandEncoder4) {
		enc.SetComputePipelineState(double)
		enc.SetArgumentTable(m.table)
		enc.DispatchThreads(line(1), line(1))
	}
	both := func(first, second func(*mtl.ComputeCommandEncoder4)) func(*mtl.CommandBuffer4) error {
		return func(cb *mtl.CommandBuffer4) error { return errors.Join(pass4(first)(cb), pass4(second)(cb)) }
	}
	for _, test := range []struct {
		name   string
		passes []func(*mtl.CommandBuffer4) error // one submission each
	}{
		{"a barrier within the encoder", []func(*mtl.CommandBuffer4) error{pass4(func(enc *mtl.ComputeCommandEncoder4) {
			start(enc)
			enc.BarrierAfterEncoderStages(blit4, dispatch4, seen4)
			twice(enc)
		})}},
		{"a barrier of the consumer", []func(*mtl.CommandBuffer4) error{both(start, func(enc *mtl.ComputeCommandEncoder4) {
			enc.BarrierAfterQueueStages(blit4, dispatch4, seen4)
			twice(enc)
		})}},
		{"a barrier of the producer", []func(*mtl.CommandBuffer4) error{both(func(enc *mtl.ComputeCommandEncoder4) {
			start(enc)
			enc.BarrierAfterStages(blit4, dispatch4, seen4|mtl.VisibilityOptionResourceAlias)
		}, twice)}},
		{"a fence", []func(*mtl.CommandBuffer4) error{both(func(enc *mtl.ComputeCommandEncoder4) {
			start(enc)
			enc.UpdateFence(fence, blit4)
		}, func(enc *mtl.ComputeCommandEncoder4) {
			enc.WaitForFence(fence, dispatch4)
			twice(enc)
		})}},
		{"a barrier of the consumer in another command buffer", []func(*mtl.CommandBuffer4) error{pass4(start), pass4(func(enc *mtl.ComputeCommandEncoder4) {
			enc.BarrierAfterQueueStages(all4, all4, seen4)
			twice(enc)
		})}},
		{"a barrier of the producer in another command buffer", []func(*mtl.CommandBuffer4) error{pass4(func(enc *mtl.ComputeCommandEncoder4) {
			start(enc)
			enc.BarrierAfterStages(all4, all4, seen4)
		}), pass4(twice)}},
	} {
		xs[0] = 0
		var last *mtl.Submission4
		for _, pass := range test.passes {
			if last = m.commit(pass); t.Failed() {
				return
			}
		}
		m.wait(last)
		m.want(test.name, xs, 0x02020202)
	}
}

// A dispatch takes what the table has at that moment.
func TestHardware4DispatchTakesTheTableAsItIs(t *testing.T) {
	m := openMetal4(t)
	store := m.kernel("store")
	out, outs := m.numbers(3)
	values, view := m.numbers(64)
	view[0], view[8] = 5, 6
	m.set(0, out, 0)
	m.set(1, values, 0)
	m.compute(func(enc *mtl.ComputeCommandEncoder4) {
		enc.SetComputePipelineState(store)
		enc.SetArgumentTable(m.table)
		enc.DispatchThreads(line(1), line(1))
		m.set(0, out, 4)
		m.set(1, values, 32)
		enc.DispatchThreads(line(1), line(1))
		m.set(1, values, 0)
		m.set(0, out, 8)
		enc.DispatchThreads(line(1), line(1))
		m.set(0, values, 0) // for nobody any more
	})
	m.want("out", outs, 5, 6, 5)
	m.want("values", view[:1], 5)
}

func TestHardware4GridsFromBuffers(t *testing.T) {
	m := openMetal4(t)
	store, sum := m.kernel("store"), m.kernel("sum")
	x, xs := m.numbers(8)
	grids, grid := m.numbers(16)
	value, values := m.numbers(1)
	values[0] = 7
	copy(grid[1:], []uint32{2, 1, 1})          // threadgroups
	copy(grid[8:], []uint32{3, 1, 1, 2, 1, 1}) // threads, and those of a threadgroup
	copy(grid[4:], []uint32{0, 1, 1})          // none
	other := owned[*mtl.ArgumentTable](m.hardware)(m.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 31}))
	if err := errors.Join(other.SetBuffer(x, 16, 0), other.SetBuffer(value, 0, 1), other.SetBuffer(value, 0, 30), other.ClearBuffer(30)); err != nil {
		t.Fatal(err)
	}
	m.set(0, x, 0)
	m.set(1, value, 0)
	m.compute(func(enc *mtl.ComputeCommandEncoder4) {
		enc.SetComputePipelineState(store)
		enc.SetArgumentTable(m.table)
		enc.DispatchThreadgroupsIndirect(grids, 4, line(1))
		enc.DispatchThreadgroupsIndirect(grids, 16, line(32))
		enc.SetArgumentTable(other)
		enc.DispatchThreadsIndirect(grids, 32)
	})
	m.want("x", xs, 7, 7, 0, 0, 7, 7, 7, 0)
	m.set(1, grids, 0)
	m.compute(func(enc *mtl.ComputeCommandEncoder4) {
		enc.SetComputePipelineState(sum)
		enc.SetArgumentTable(m.table)
		enc.SetThreadgroupMemoryLength(32, 0)
		enc.DispatchThreadgroups(line(1), line(8))
	})
	m.want("sum", grid[:1], 35)
}

func TestHardware4ExecutesIndirectCommands(t *testing.T) {
	m := openMetal4(t)
	library := m.newLibrary(metal4Source, mtl.CompileOptions{})
	store, double := m.indirectPipeline(library, "store"), m.indirectPipeline(library, "double_it")
	x, xs := m.numbers(4)
	value, values := m.numbers(1)
	ranges, span := m.numbers(4)
	values[0] = 3
	copy(span[1:], []uint32{1, 1})
	own := m.indirect(mtl.IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 2}, 4)
	m.encode(own, 0, 2, func(c *mtl.IndirectComputeCommand, i int) {
		c.SetComputePipelineState(store)
		c.SetKernelBuffer(x, 4*i, 0)
		c.SetKernelBuffer(value, 0, 1)
		c.ConcurrentDispatchThreads(line(1), line(1))
	})
	inherits := m.indirect(mtl.IndirectCommandBufferDescriptor{InheritPipelineState: true, InheritBuffers: true}, 1)
	m.encode(inherits, 0, 1, func(c *mtl.IndirectComputeCommand, _ int) { c.ConcurrentDispatchThreads(line(2), line(1)) })
	m.reside(own, inherits, store)
	m.set(0, x, 0)
	m.compute(func(enc *mtl.ComputeCommandEncoder4) {
		enc.CopyIndirectCommandBuffer(own, 0, 1, own, 2)
		enc.OptimizeIndirectCommandBuffer(own, 2, 2)
		enc.BarrierAfterEncoderStages(blit4, dispatch4, seen4)
		enc.ExecuteCommandsIndirect(own, ranges, 4)
		enc.ExecuteCommands(own, 2, 2)
		enc.BarrierAfterEncoderStages(dispatch4, all4, seen4)
		enc.SetComputePipelineState(double)
		enc.SetArgumentTable(m.table)
		enc.ExecuteCommands(inherits, 0, 1)
		enc.ResetCommands(own, 0, 4)
		enc.BarrierAfterEncoderStages(all4, dispatch4, seen4)
		enc.ExecuteCommands(own, 0, 4)
	})
	m.want("x", xs, 6, 6, 0, 0)
}

// Events order a queue of Metal 4, one of before, and the CPU.
func TestHardware4EventsOrderQueues(t *testing.T) {
	m := openMetal4(t)
	double := m.kernel("double_it")
	x, xs := m.numbers(1)
	xs[0] = 1
	m.set(0, x, 0)
	event := owned[*mtl.SharedEvent](m.hardware)(m.device.NewSharedEvent())
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	twice := func(enc *mtl.ComputeCommandEncoder4) {
		enc.SetComputePipelineState(double)
		enc.SetArgumentTable(m.table)
		enc.DispatchThreads(line(1), line(1))
	}
	check(m.queue.WaitForEvent(event, 1))
	first := m.commit(pass4(twice))
	check(m.queue.SignalEvent(event, 2))
	check(m.queue.WaitForEvent(event, 3))
	second := m.commit(pass4(twice))
	classic, err := m.hardware.queue.Encode(func(cb *mtl.CommandBuffer) error {
		if err := cb.EncodeWaitForEvent(event, 2); err != nil {
			return err
		}
		if err := cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			enc.Fill(mtl.BufferRange{Buffer: x}, 4, 1)
			return nil
		}); err != nil {
			return err
		}
		return cb.EncodeSignalEvent(event, 3)
	})
	check(err)
	defer classic.Release()
	if _, err := first.Feedback(); !errors.Is(err, mtl.ErrNotDone) {
		t.Errorf("feedback of what waits: %v, want ErrNotDone", err)
	}
	check(event.SetSignaledValue(1))
	m.wait(second)
	m.want("x", xs, 0x02020202)
}

func TestHardware4AllocatorsAreResetWhenTheirWorkIsDone(t *testing.T) {
	m := openMetal4(t)
	gate := owned[*mtl.SharedEvent](m.hardware)(m.device.NewSharedEvent())
	if err := m.queue.WaitForEvent(gate, 1); err != nil {
		t.Fatal(err)
	}
	work := m.commit(func(cb *mtl.CommandBuffer4) error {
		if err := m.allocator.Reset(); !errors.Is(err, mtl.ErrInUse) {
			t.Errorf("reset within the scope: %v, want ErrInUse", err)
		}
		return nil
	})
	other := m.commit(func(*mtl.CommandBuffer4) error { return nil }) // into the same memory, behind
	if err := m.allocator.Reset(); !errors.Is(err, mtl.ErrInUse) || !strings.Contains(err.Error(), "2 submissions") {
		t.Errorf("reset with work under way: %v, want ErrInUse of 2 submissions", err)
	}
	if err := gate.SetSignaledValue(1); err != nil {
		t.Fatal(err)
	}
	m.wait(work)
	m.wait(other)
	if err := m.allocator.Reset(); err != nil {
		t.Error(err)
	}
	if n, err := m.allocator.AllocatedSize(); err != nil || n < 1 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestHardware4FeedbackHandlers(t *testing.T) {
	m := openMetal4(t)
	var got []mtl.CommitFeedback
	var reset error
	work, err := m.queue.EncodeWithOptions(m.allocator, mtl.CommandBufferOptions{}, func(cb *mtl.CommandBuffer4) error {
		return errors.Join(
			cb.AddFeedbackHandler(func(f mtl.CommitFeedback) { got = append(got, f) }),
			cb.AddFeedbackHandler(func(mtl.CommitFeedback) { reset = m.allocator.Reset() }))
	})
	if err != nil {
		t.Fatal(err)
	}
	m.wait(work)
	feedback, err := work.Feedback()
	if err != nil || len(got) != 1 || got[0] != feedback {
		t.Errorf("handlers got %+v, the submission has %+v, %v", got, feedback, err)
	}
	if reset != nil {
		t.Errorf("the allocator is not reset in a handler: %v", reset)
	}
}

// What work names lives until it is done, whoever releases it, and in what order.
func TestHardware4WorkKeepsWhatItNames(t *testing.T) {
	m := openMetal4(t)
	add := m.kernel("add")
	out, outs := m.numbers(1)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	queue := check[*mtl.CommandQueue4](m.hardware)(m.device.NewCommandQueue4(mtl.CommandQueue4Descriptor{}))
	allocator := check[*mtl.CommandAllocator](m.hardware)(m.device.NewCommandAllocator(mtl.CommandAllocatorDescriptor{}))
	table := check[*mtl.ArgumentTable](m.hardware)(m.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 2}))
	value := func(n byte) *mtl.Buffer {
		return check[*mtl.Buffer](m.hardware)(m.device.NewBufferWithBytes([]byte{n, 0, 0, 0}, mtl.ResourceStorageModeShared))
	}
	before, within, copied := value(9), value(20), value(1)
	set := check[*mtl.ResidencySet](m.hardware)(m.device.NewResidencySet(mtl.ResidencySetDescriptor{}))
	more := check[*mtl.ResidencySet](m.hardware)(m.device.NewResidencySet(mtl.ResidencySetDescriptor{}))
	fence := check[*mtl.Fence](m.hardware)(m.device.NewFence())
	gate := check[*mtl.Event](m.hardware)(m.device.NewEvent())
	opener := owned[*mtl.SharedEvent](m.hardware)(m.device.NewSharedEvent())
	pipeline := check[*mtl.ComputePipelineState](m.hardware)(m.device.NewComputePipelineState(function(m.hardware, m.newLibrary(metal4Source, mtl.CompileOptions{}), "add")))
	must(errors.Join(set.Add(before, within, copied), set.Commit(), more.Add(out), more.Commit(), queue.AddResidencySets(set),
		table.SetBuffer(out, 0, 0), table.SetBuffer(before, 0, 1), queue.WaitForEvent(opener, 1), queue.SignalEvent(gate, 1)))
	work, err := queue.Encode(allocator, func(cb *mtl.CommandBuffer4) error {
		if err := cb.UseResidencySets(more); err != nil {
			return err
		}
		return pass4(func(enc *mtl.ComputeCommandEncoder4) {
			enc.WaitForFence(fence, all4)
			enc.Copy(mtl.BufferRange{Buffer: copied}, mtl.BufferRange{Buffer: out}, 4)
			enc.BarrierAfterEncoderStages(blit4, dispatch4, seen4)
			enc.SetComputePipelineState(add)
			enc.SetComputePipelineState(pipeline)
			enc.SetArgumentTable(table)
			enc.DispatchThreads(line(1), line(1))
			enc.BarrierAfterEncoderStages(dispatch4, dispatch4, seen4)
			if err := table.SetBuffer(within, 0, 1); err != nil {
				t.Error(err)
			}
			enc.DispatchThreads(line(1), line(1))
			for _, o := range []interface{ Release() }{pipeline, before, copied} {
				o.Release()
			}
		})(cb)
	})
	must(err)
	must(errors.Join(queue.SignalEvent(gate, 2), set.RemoveAll(), set.Commit())) // the work has it as it was
	for _, o := range []interface{ Release() }{within, allocator, more, queue, gate, set, fence, table} {
		o.Release()
		o.Release()
	}
	must(opener.SetSignaledValue(1))
	m.wait(work)
	m.want("out", outs, 30)
}

// So does what an indirect command buffer names.
func TestHardware4WorkKeepsCommands(t *testing.T) {
	m := openMetal4(t)
	library := m.newLibrary(metal4Source, mtl.CompileOptions{})
	out, outs := m.numbers(1)
	opener := owned[*mtl.SharedEvent](m.hardware)(m.device.NewSharedEvent())
	value := check[*mtl.Buffer](m.hardware)(m.device.NewBufferWithBytes([]byte{9, 0, 0, 0}, mtl.ResourceStorageModeShared))
	pipeline := check[*mtl.ComputePipelineState](m.hardware)(m.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{
		Function: function(m.hardware, library, "store"), SupportIndirectCommandBuffers: true}))
	commands := check[*mtl.IndirectCommandBuffer](m.hardware)(m.device.NewIndirectCommandBuffer(mtl.IndirectCommandBufferDescriptor{}, 2, mtl.ResourceStorageModeShared))
	m.encode(commands, 0, 1, func(c *mtl.IndirectComputeCommand, _ int) {
		c.SetComputePipelineState(pipeline)
		c.SetKernelBuffer(out, 0, 0)
		c.SetKernelBuffer(value, 0, 1)
		c.ConcurrentDispatchThreads(line(1), line(1))
	})
	m.reside(commands, pipeline, value)
	if err := m.queue.WaitForEvent(opener, 1); err != nil {
		t.Fatal(err)
	}
	work := m.commit(pass4(func(enc *mtl.ComputeCommandEncoder4) { enc.ExecuteCommands(commands, 0, 1) }))
	if err := errors.Join(m.resident.Remove(commands, pipeline, value), m.resident.Commit()); err != nil {
		t.Fatal(err)
	}
	pipeline.Release()
	value.Release()
	commands.Release()
	if err := opener.SetSignaledValue(1); err != nil {
		t.Fatal(err)
	}
	m.wait(work)
	m.want("out", outs, 9)
}

func function(h hardware, library *mtl.Library, name string) *mtl.Function {
	return owned[*mtl.Function](h)(library.NewFunction(name))
}

func TestHardware4CaptureScopeOfAQueue(t *testing.T) {
	m := openMetal4(t)
	scope := owned[*mtl.CaptureScope](m.hardware)(m.queue.NewCaptureScope())
	if err := errors.Join(scope.SetLabel("steps"), scope.Begin()); err != nil {
		t.Fatal(err)
	}
	m.compute(func(*mtl.ComputeCommandEncoder4) {})
	if err := scope.End(); err != nil {
		t.Fatal(err)
	}
	if err := m.queue.RemoveResidencySets(m.resident); err != nil {
		t.Error(err)
	}
}
