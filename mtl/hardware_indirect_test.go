//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
)

// indirectPipeline makes a pipeline for commands of indirect command buffers.
func (h hardware) indirectPipeline(library *mtl.Library, name string) *mtl.ComputePipelineState {
	h.Helper()
	function, err := library.NewFunction(name)
	if err != nil {
		h.Fatal(err)
	}
	defer function.Release()
	pipeline, err := h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: function, SupportIndirectCommandBuffers: true})
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(pipeline.Release)
	if !pipeline.SupportIndirectCommandBuffers() {
		h.Error("the pipeline does not support indirect command buffers")
	}
	return pipeline
}

func (h hardware) indirect(descriptor mtl.IndirectCommandBufferDescriptor, count int) *mtl.IndirectCommandBuffer {
	h.Helper()
	b, err := h.device.NewIndirectCommandBuffer(descriptor, count, mtl.ResourceStorageModeShared)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(b.Release)
	return b
}

func (h hardware) encode(b *mtl.IndirectCommandBuffer, first, count int, encode func(*mtl.IndirectComputeCommand, int)) {
	h.Helper()
	err := b.Encode(first, count, func(c *mtl.IndirectComputeCommand, i int) error {
		encode(c, i)
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
}

const stepSource = `
kernel void step(device uint *x [[buffer(0)]], device const uint *add [[buffer(1)]], uint i [[thread_position_in_grid]]) { x[i] = x[i] * 3 + add[0]; }
kernel void total(device const uint *x [[buffer(0)]], device uint *out [[buffer(1)]], threadgroup uint *partial [[threadgroup(0)]],
                  uint i [[thread_index_in_threadgroup]], uint n [[threads_per_threadgroup]], uint g [[threadgroup_position_in_grid]]) {
    partial[i] = x[g * n + i];
    threadgroup_barrier(mem_flags::mem_threadgroup);
    if (i == 0) {
        uint sum = 0;
        for (uint j = 0; j < n; j++) sum += partial[j];
        out[g] = sum;
    }
}`

// steps is what n steps with these numbers make of x.
func steps(x uint32, add []uint32) uint32 {
	for _, a := range add {
		x = x*3 + a
	}
	return x
}

// Commands that were encoded once run as often as they are executed, each waiting
// for those before it, and the two kinds of dispatch beside each other.
func TestHardwareReplaysIndirectCommands(t *testing.T) {
	h := openHardware(t)
	library := h.newLibrary(stepSource, mtl.CompileOptions{})
	step, total := h.indirectPipeline(library, "step"), h.indirectPipeline(library, "total")
	const threads, count = 64, 20
	x, values := buffer[uint32](h, threads)
	add, numbers := buffer[uint32](h, count)
	out, sums := buffer[uint32](h, 2)
	for i := range numbers {
		numbers[i] = uint32(i*i + 1)
	}
	b := h.indirect(mtl.IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 2, MaxKernelThreadgroupMemoryBindCount: 1}, count+1)
	if b.Size() != count+1 {
		t.Errorf("%d commands", b.Size())
	}
	if err := b.SetLabel("steps"); err != nil {
		t.Error(err)
	}
	if id, err := b.GPUResourceID(); id == 0 || err != nil {
		t.Errorf("resource ID %d, %v", id, err)
	}
	first, err := step.GPUResourceID()
	second, err2 := total.GPUResourceID()
	if first == 0 || second == first || err != nil || err2 != nil {
		t.Errorf("resource IDs of pipelines %d, %v, and %d, %v", first, err, second, err2)
	}
	h.encode(b, 0, count, func(c *mtl.IndirectComputeCommand, i int) {
		c.SetComputePipelineState(step)
		c.SetKernelBuffer(x, 0, 0)
		c.SetKernelBuffer(add, 4*i, 1)
		if c.SetBarrier(); i == 0 {
			c.ClearBarrier()
		}
		c.ConcurrentDispatchThreads(line(threads), line(32))
	})
	h.encode(b, count, 1, func(c *mtl.IndirectComputeCommand, i int) {
		if i != count || c.Index() != count {
			t.Errorf("command %d is called %d", c.Index(), i)
		}
		c.SetComputePipelineState(total)
		c.SetKernelBuffer(x, 0, 0)
		c.SetKernelBuffer(out, 0, 1)
		c.SetThreadgroupMemoryLength(4*threads/2, 0)
		c.SetBarrier()
		c.ConcurrentDispatchThreadgroups(line(2), line(threads/2))
	})
	want := uint32(0)
	for range 3 {
		h.compute(mtl.DispatchTypeConcurrent, func(enc *mtl.ComputeCommandEncoder) { enc.ExecuteCommands(b, 0, count+1) })
		want = steps(want, numbers)
		for i, got := range values {
			if got != want {
				t.Fatalf("element %d is %d, want %d", i, got, want)
			}
		}
		if sums[0] != want*(threads/2) || sums[1] != sums[0] {
			t.Errorf("sums %d, want %d each", sums, want*(threads/2))
		}
	}
	// A part, and other work of the encoder around it, in order.
	clear(values)
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		for range 2 {
			enc.SetComputePipelineState(step)
			enc.SetBuffers(0, mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: add, Offset: 4 * 7})
			enc.DispatchThreads(line(threads), line(32))
			enc.ExecuteCommands(b, 3, 4)
		}
	})
	if want := steps(0, []uint32{50, 10, 17, 26, 37, 50, 10, 17, 26, 37}); values[0] != want || values[threads-1] != want {
		t.Errorf("parts between other dispatches: %d, want %d", values[0], want)
	}
}

func TestHardwareIndirectCommandsInheritFromTheEncoder(t *testing.T) {
	h := openHardware(t)
	step := h.indirectPipeline(h.newLibrary(stepSource, mtl.CompileOptions{}), "step")
	x, values := buffer[uint32](h, 32)
	add, numbers := buffer[uint32](h, 1)
	numbers[0] = 5
	b := h.indirect(mtl.IndirectCommandBufferDescriptor{InheritPipelineState: true, InheritBuffers: true}, 2)
	h.encode(b, 0, 2, func(c *mtl.IndirectComputeCommand, _ int) {
		c.SetBarrier()
		c.ConcurrentDispatchThreads(line(32), line(32))
	})
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(step)
		enc.SetBuffers(0, mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: add})
		enc.ExecuteCommands(b, 0, 2)
		enc.ExecuteCommands(b, 0, 1) // what was inherited is still there
	})
	if want := steps(0, []uint32{5, 5, 5}); values[0] != want || values[31] != want {
		t.Errorf("%d, want %d", values[0], want)
	}
}

// Which commands run is written by a kernel before them.
func TestHardwareExecutesTheCommandsThatABufferSays(t *testing.T) {
	h := openHardware(t)
	library := h.newLibrary(stepSource+`
kernel void choose(device uint *range [[buffer(0)]]) { range[1] = 2; range[2] = 3; }`, mtl.CompileOptions{})
	step, choose := h.indirectPipeline(library, "step"), h.pipeline(library, "choose")
	x, values := buffer[uint32](h, 32)
	add, numbers := buffer[uint32](h, 8)
	execution, _ := buffer[uint32](h, 3)
	for i := range numbers {
		numbers[i] = uint32(10 + i)
	}
	b := h.indirect(mtl.IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 2}, 8)
	h.encode(b, 0, 8, func(c *mtl.IndirectComputeCommand, i int) {
		c.SetComputePipelineState(step)
		c.SetKernelBuffer(x, 0, 0)
		c.SetKernelBuffer(add, 4*i, 1)
		c.SetBarrier()
		c.ConcurrentDispatchThreads(line(32), line(32))
	})
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(choose)
		enc.SetBuffer(execution, 0, 0)
		enc.DispatchThreads(line(1), line(1))
		enc.ExecuteCommandsIndirect(b, execution, 4)
	})
	if want := steps(0, []uint32{12, 13, 14}); values[0] != want {
		t.Errorf("%d, want %d, of commands 2 to 4", values[0], want)
	}
}

// Commands are reset, copied and optimized by the GPU, in the order of all else,
// and by the CPU when nothing is under way.
func TestHardwareChangesIndirectCommands(t *testing.T) {
	h := openHardware(t)
	step := h.indirectPipeline(h.newLibrary(stepSource, mtl.CompileOptions{}), "step")
	x, values := buffer[uint32](h, 32)
	add, numbers := buffer[uint32](h, 8)
	for i := range numbers {
		numbers[i] = uint32(20 + i)
	}
	descriptor := mtl.IndirectCommandBufferDescriptor{CommandTypes: mtl.IndirectCommandTypeConcurrentDispatchThreads, MaxKernelBufferBindCount: 2}
	fill := func(c *mtl.IndirectComputeCommand, i int) {
		c.SetComputePipelineState(step)
		c.SetKernelBuffer(x, 0, 0)
		c.SetKernelBuffer(add, 4*i, 1)
		c.SetBarrier()
		c.ConcurrentDispatchThreads(line(32), line(32))
	}
	run := func(b *mtl.IndirectCommandBuffer, first, count int, want ...uint32) {
		t.Helper()
		clear(values)
		h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) { enc.ExecuteCommands(b, first, count) })
		if want := steps(0, want); values[0] != want {
			t.Errorf("%d, want %d", values[0], want)
		}
	}
	b := h.indirect(descriptor, 8)
	h.encode(b, 0, 8, fill)
	run(b, 0, 8, numbers...)

	h.blit(func(enc *mtl.BlitCommandEncoder) {
		enc.ResetCommands(b, 1, 3)
		enc.OptimizeIndirectCommandBuffer(b, 0, 8)
	})
	run(b, 0, 8, 20, 24, 25, 26, 27)

	private, err := h.device.NewIndirectCommandBuffer(descriptor, 4, mtl.ResourceStorageModePrivate)
	if err != nil {
		t.Fatal(err)
	}
	defer private.Release()
	h.encode(b, 0, 8, fill)
	h.blit(func(enc *mtl.BlitCommandEncoder) {
		enc.CopyIndirectCommandBuffer(b, 2, 3, private, 1)
		enc.CopyIndirectCommandBuffer(b, 7, 1, b, 0)
	})
	run(b, 0, 2, 27, 21)
	b.Release() // the copy keeps what it names
	run(private, 0, 4, 22, 23, 24)

	c := h.indirect(descriptor, 4)
	h.encode(c, 0, 4, fill)
	if err := c.Reset(1, 2); err != nil {
		t.Error(err)
	}
	run(c, 0, 4, 20, 23)
	h.encode(c, 0, 4, func(*mtl.IndirectComputeCommand, int) {}) // without a dispatch a command does nothing
	run(c, 0, 4)
	h.encode(c, 3, 1, fill)
	run(c, 0, 4, 23)
	if err := c.Reset(0, 4); err != nil {
		t.Error(err)
	}
	run(c, 0, 4)
}

// Resources that a dispatch reaches without an index are told of; here they are
// bound too, which does no harm.
func TestHardwareUsesResources(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(stepSource, mtl.CompileOptions{}), "step")
	x, values := buffer[uint32](h, 32)
	var all []mtl.Resource
	for range 40 {
		b, _ := buffer[uint32](h, 1)
		all = append(all, b)
	}
	add, numbers := buffer[uint32](h, 1)
	numbers[0] = 9
	all = append(all, x, add, h.indirect(mtl.IndirectCommandBufferDescriptor{}, 1))
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.UseResources(mtl.ResourceUsageRead|mtl.ResourceUsageWrite, all...)
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffers(0, mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: add})
		enc.DispatchThreads(line(32), line(32))
	})
	if !slices.Equal(values, slices.Repeat([]uint32{9}, 32)) {
		t.Errorf("%d", values)
	}
}
