//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// The tests of this file run on a Mac's own device there, and on the software
// device on Linux. They ask for no GPU family: a hosted Mac's GPU is
// paravirtual and reports few.

// A hardware is a device and a queue of one test.
type hardware struct {
	testing.TB
	device *mtl.Device
	queue  *mtl.CommandQueue
}

func openHardware(t *testing.T) hardware {
	t.Helper()
	device, err := testFramework(t).CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(device.Release)
	queue, err := device.NewCommandQueue()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(queue.Release)
	return hardware{t, device, queue}
}

func (h hardware) newLibrary(source string, options mtl.CompileOptions) *mtl.Library {
	h.Helper()
	library, err := h.device.NewLibraryWithSource("#include <metal_stdlib>\nusing namespace metal;\n"+source, options)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(library.Release)
	return library
}

func (h hardware) pipeline(library *mtl.Library, name string, constants ...mtl.FunctionConstant) *mtl.ComputePipelineState {
	h.Helper()
	function, err := library.NewFunctionWithConstants(name, constants...)
	if err != nil {
		h.Fatal(err)
	}
	defer function.Release()
	pipeline, err := h.device.NewComputePipelineState(function)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(pipeline.Release)
	return pipeline
}

// buffer returns a shared buffer of n elements and its view. Metal promises to
// zero it; the view is cleared all the same.
func buffer[T any](h hardware, n int) (*mtl.Buffer, []T) {
	h.Helper()
	var element T
	b, err := h.device.NewBuffer(n*sizeOf(element), mtl.ResourceStorageModeShared)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(b.Release)
	view, err := mtl.Slice[T](b, 0, n)
	if err != nil {
		h.Fatal(err)
	}
	clear(view)
	return b, view
}

func sizeOf(element any) int {
	switch element.(type) {
	case float32, uint32:
		return 4
	}
	panic(fmt.Sprintf("size of %T", element))
}

// compute encodes, commits and waits.
func (h hardware) compute(dispatchType mtl.DispatchType, encode func(*mtl.ComputeCommandEncoder)) *mtl.Submission {
	h.Helper()
	submission, err := h.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(dispatchType, func(enc *mtl.ComputeCommandEncoder) error {
			encode(enc)
			return nil
		})
	})
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(submission.Release)
	if err := submission.Wait(context.Background()); err != nil {
		h.Fatal(err)
	}
	return submission
}

func line(n int) mtl.Size { return mtl.Size{Width: n, Height: 1, Depth: 1} }

func TestHardwareGridNeedNotDivideIntoThreadgroups(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(`
kernel void index(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]], uint n [[threads_per_grid]]) { out[i] = i * 1000 + n % 1000; }`, mtl.CompileOptions{}), "index")
	b, view := buffer[uint32](h, 1001)
	view[1000] = 7
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffer(b, 0, 0)
		enc.DispatchThreads(line(1000), line(64))
	})
	for i, got := range view[:1000] {
		if got != uint32(i*1000) {
			t.Fatalf("element %d is %d, want %d", i, got, i*1000)
		}
	}
	if view[1000] != 7 {
		t.Errorf("the element behind the grid became %d", view[1000])
	}
}

func TestHardwareReducesOverSimdgroupsAndThreadgroupMemory(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(`
kernel void total(device const float *x [[buffer(0)]], device float *out [[buffer(1)]], threadgroup float *partial [[threadgroup(0)]],
                  uint i [[thread_position_in_grid]], uint g [[threadgroup_position_in_grid]],
                  uint lane [[thread_index_in_simdgroup]], uint sg [[simdgroup_index_in_threadgroup]], uint n [[simdgroups_per_threadgroup]]) {
    float sum = simd_sum(x[i]);
    if (lane == 0) partial[sg] = sum;
    threadgroup_barrier(mem_flags::mem_threadgroup);
    if (sg == 0) {
        sum = simd_sum(lane < n ? partial[lane] : 0.0f);
        if (lane == 0) out[g] = sum;
    }
}`, mtl.CompileOptions{}), "total")
	if width := pipeline.ThreadExecutionWidth(); width != 32 {
		t.Fatalf("a simdgroup has %d threads, the kernel wants 32", width)
	}
	x, in := buffer[float32](h, 1024)
	y, out := buffer[float32](h, 4)
	for i := range in {
		in[i] = float32(i % 17)
	}
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffers(0, mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: y})
		enc.SetThreadgroupMemoryLength(32, 0)
		enc.DispatchThreadgroups(line(4), line(256))
	})
	for g, got := range out {
		want := float32(0)
		for _, v := range in[g*256 : (g+1)*256] {
			want += v
		}
		if got != want {
			t.Errorf("threadgroup %d: %v, want %v", g, got, want)
		}
	}
}

func TestHardwareSpecialisesOneSourceTwice(t *testing.T) {
	h := openHardware(t)
	library := h.newLibrary(`
constant uint factor [[function_constant(0)]];
constant bool negate [[function_constant(1)]];
kernel void scaled(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] = (negate ? -1.0f : 1.0f) * float(factor * (i + 1)); }`, mtl.CompileOptions{})
	b, view := buffer[float32](h, 4)
	for _, c := range []struct {
		factor uint32
		negate bool
	}{{3, false}, {10, true}} {
		pipeline := h.pipeline(library, "scaled", mtl.FunctionConstant{Index: 0, Value: c.factor}, mtl.FunctionConstant{Index: 1, Value: c.negate})
		h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(b, 0, 0)
			enc.DispatchThreads(line(4), line(4))
		})
		want := float32(c.factor)
		if c.negate {
			want = -want
		}
		for i, got := range view {
			if got != want*float32(i+1) {
				t.Errorf("factor %d, negate %v: element %d is %v, want %v", c.factor, c.negate, i, got, want*float32(i+1))
			}
		}
	}
}

func TestHardwareCountsByDeviceAtomicsFromAllThreadgroups(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(`
kernel void count(device atomic_uint *out [[buffer(0)]], constant uint &modulus [[buffer(1)]], uint i [[thread_position_in_grid]]) {
    if (i % modulus == 0) atomic_fetch_add_explicit(out, 1, memory_order_relaxed);
}`, mtl.CompileOptions{}), "count")
	b, view := buffer[uint32](h, 1)
	modulus := uint32(3)
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffer(b, 0, 0)
		mtl.SetValue(enc, &modulus, 1)
		enc.DispatchThreads(line(1000), line(128))
	})
	if view[0] != 334 {
		t.Errorf("counted %d, want 334", view[0])
	}
}

// Each dispatch reads what the one before wrote: by order on a serial encoder,
// by barriers on a concurrent one, with an offset and bytes that change between.
func TestHardwareOrdersDependentDispatches(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(`
kernel void step(device const float *x [[buffer(0)]], device float *y [[buffer(1)]], constant float &a [[buffer(2)]], uint i [[thread_position_in_grid]]) { y[i] = x[i] * 2 + a; }`, mtl.CompileOptions{}), "step")
	for _, c := range []struct {
		name         string
		dispatchType mtl.DispatchType
		barrier      func(*mtl.ComputeCommandEncoder, *mtl.Buffer)
	}{
		{"serial", mtl.DispatchTypeSerial, func(*mtl.ComputeCommandEncoder, *mtl.Buffer) {}},
		{"barrier over all buffers", mtl.DispatchTypeConcurrent, func(enc *mtl.ComputeCommandEncoder, _ *mtl.Buffer) { enc.MemoryBarrier(mtl.BarrierScopeBuffers) }},
		{"barrier over the buffer", mtl.DispatchTypeConcurrent, func(enc *mtl.ComputeCommandEncoder, b *mtl.Buffer) { enc.MemoryBarrierWithResources(b) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			const n, steps = 64, 6
			b, view := buffer[float32](h, n*(steps+1))
			h.compute(c.dispatchType, func(enc *mtl.ComputeCommandEncoder) {
				enc.SetComputePipelineState(pipeline)
				enc.SetBuffer(b, 0, 0)
				enc.SetBuffer(b, 4*n, 1)
				for s := range steps {
					if s > 0 {
						c.barrier(enc, b)
						enc.SetBufferOffset(4*n*s, 0)
						enc.SetBufferOffset(4*n*(s+1), 1)
					}
					a := float32(s)
					mtl.SetValue(enc, &a, 2)
					enc.DispatchThreads(line(n), line(32))
				}
			})
			want := float32(0)
			for s := range steps {
				want = want*2 + float32(s)
			}
			for i, got := range view[n*steps:] {
				if got != want {
					t.Fatalf("element %d is %v after %d steps, want %v", i, got, steps, want)
				}
			}
		})
	}
}

func TestHardwareDispatchesByArgumentsInABuffer(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(`
kernel void mark(device uint *out [[buffer(0)]], uint g [[threadgroup_position_in_grid]]) { out[g] = g + 1; }`, mtl.CompileOptions{}), "mark")
	b, view := buffer[uint32](h, 8)
	arguments, groups := buffer[uint32](h, 3)
	copy(groups, []uint32{5, 1, 1})
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffer(b, 0, 0)
		enc.DispatchThreadgroupsIndirect(arguments, 0, line(1))
	})
	for i, want := range []uint32{1, 2, 3, 4, 5, 0, 0, 0} {
		if view[i] != want {
			t.Errorf("element %d is %d, want %d", i, view[i], want)
		}
	}
}

func TestHardwareBlitsThroughPrivateMemory(t *testing.T) {
	h := openHardware(t)
	from, in := buffer[uint32](h, 16)
	to, out := buffer[uint32](h, 16)
	for i := range in {
		in[i] = uint32(i) * 3
	}
	private, err := h.device.NewBuffer(64, mtl.ResourceStorageModePrivate)
	if err != nil {
		t.Fatal(err)
	}
	defer private.Release()
	if _, err := private.Bytes(); err == nil {
		t.Error("a private buffer shows its contents")
	}
	submission, err := h.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			enc.Copy(mtl.BufferRange{Buffer: from}, mtl.BufferRange{Buffer: private}, 64)
			enc.Fill(mtl.BufferRange{Buffer: private, Offset: 8}, 4, 0xab)
			enc.Copy(mtl.BufferRange{Buffer: private, Offset: 4}, mtl.BufferRange{Buffer: to}, 60)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	defer submission.Release()
	if err := submission.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	if out[0] != 3 || out[1] != 0xabababab || out[14] != 45 || out[15] != 0 {
		t.Errorf("copied %v", out)
	}
}

func TestHardwareKeepsTheOptionsThatWereSet(t *testing.T) {
	h := openHardware(t)
	library := h.newLibrary("kernel void k(device float *x [[buffer(0)]]) { x[0] = VALUE; }",
		mtl.CompileOptions{LanguageVersion: mtl.LanguageVersion3_0, MathMode: mtl.MathModeSafe, PreprocessorMacros: map[string]string{"VALUE": "42.5"}})
	if library.LanguageVersion() != mtl.LanguageVersion3_0 || library.MathMode() != mtl.MathModeSafe {
		t.Errorf("compiled as %v, %v", library.LanguageVersion(), library.MathMode())
	}
	pipeline := h.pipeline(library, "k")
	b, view := buffer[float32](h, 1)
	submission := h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffer(b, 0, 0)
		enc.DispatchThreads(line(1), line(1))
	})
	if view[0] != 42.5 {
		t.Errorf("the macro gave %v", view[0])
	}
	if status, err := submission.Status(); status != mtl.CommandBufferStatusCompleted || err != nil {
		t.Errorf("status %v, %v", status, err)
	}
	if times, err := submission.Times(); err != nil || times.GPU() < 0 {
		t.Errorf("times %+v, %v", times, err)
	}
}

// With math mode Safe, comparisons with NaN and infinity hold: softmax masks
// depend on it.
func TestHardwareSafeMathKeepsNaNAndInfinity(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(`
kernel void f(device const float *x [[buffer(0)]], device float *y [[buffer(1)]], uint i [[thread_position_in_grid]]) {
    y[2 * i] = isnan(x[i]) ? 1 : 0;
    y[2 * i + 1] = precise::exp(-x[i]);
}`, mtl.CompileOptions{MathMode: mtl.MathModeSafe}), "f")
	x, in := buffer[float32](h, 3)
	y, out := buffer[float32](h, 6)
	copy(in, []float32{float32(math.NaN()), float32(math.Inf(1)), 0})
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffers(0, mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: y})
		enc.DispatchThreads(line(3), line(1))
	})
	if out[0] != 1 || out[1] == out[1] || out[2] != 0 || out[3] != 0 || out[4] != 0 || out[5] != 1 {
		t.Errorf("isnan and exp(-x) of NaN, infinity, 0: %v", out)
	}
}

func TestHardwareReturnsTheCompilersText(t *testing.T) {
	h := openHardware(t)
	_, err := h.device.NewLibraryWithSource("#include <metal_stdlib>\nkernel void k(device float *x [[buffer(0)]]) { x[0] = not_declared_anywhere; }", mtl.CompileOptions{})
	var compile *objc.Error
	if !errors.As(err, &compile) || !errors.Is(err, mtl.ErrCompile) || !strings.Contains(err.Error(), "not_declared_anywhere") {
		t.Errorf("%v, want Metal's error with the compiler's text", err)
	}
	library := h.newLibrary("kernel void present(device float *x [[buffer(0)]]) { x[0] = 1; }", mtl.CompileOptions{})
	if _, err := library.NewFunction("absent"); err == nil || !strings.Contains(err.Error(), "absent") {
		t.Errorf("a function that is not there: %v", err)
	}
	if names, err := library.FunctionNames(); err != nil || len(names) != 1 || names[0] != "present" {
		t.Errorf("names %q, %v", names, err)
	}
}

func TestHardwareServesManyGoroutines(t *testing.T) {
	h := openHardware(t)
	pipeline := h.pipeline(h.newLibrary(`
kernel void add(device uint *x [[buffer(0)]], constant uint &a [[buffer(1)]], uint i [[thread_position_in_grid]]) { x[i] += a; }`, mtl.CompileOptions{}), "add")
	var group sync.WaitGroup
	for g := range 8 {
		b, view := buffer[uint32](h, 100)
		group.Go(func() {
			a := uint32(g + 1)
			for range 5 {
				submission, err := h.queue.Encode(func(cb *mtl.CommandBuffer) error {
					return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
						enc.SetComputePipelineState(pipeline)
						enc.SetBuffer(b, 0, 0)
						mtl.SetValue(enc, &a, 1)
						enc.DispatchThreads(line(100), line(32))
						return nil
					})
				})
				if err != nil {
					t.Error(err)
					return
				}
				if err := submission.Wait(context.Background()); err != nil {
					t.Error(err)
				}
				submission.Release()
			}
			for i, got := range view {
				if got != 5*a {
					t.Errorf("goroutine %d: element %d is %d, want %d", g, i, got, 5*a)
					return
				}
			}
		})
	}
	group.Wait()
}
