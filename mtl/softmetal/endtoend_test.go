//go:build linux && (amd64 || arm64)

package softmetal_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// A rig is a queue on a software device, through the binding alone.
type rig struct {
	t      *testing.T
	soft   *softmetal.Device
	device *mtl.Device
	queue  *mtl.CommandQueue
}

func newRig(t *testing.T, options ...softmetal.Options) *rig {
	t.Helper()
	r := &rig{t: t, soft: softmetal.NewTesting(t, options...)}
	framework, err := mtl.Load(r.soft)
	r.must(err)
	r.device, err = framework.CreateSystemDefaultDevice()
	r.must(err)
	t.Cleanup(r.device.Release)
	r.queue, err = r.device.NewCommandQueue()
	r.must(err)
	t.Cleanup(r.queue.Release)
	return r
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) newLibrary(source string) *mtl.Library {
	r.t.Helper()
	l, err := r.device.NewLibraryWithSource(source, mtl.CompileOptions{})
	r.must(err)
	r.t.Cleanup(l.Release)
	return l
}

func (r *rig) pipeline(source, name string) *mtl.ComputePipelineState {
	r.t.Helper()
	l, err := r.device.NewLibraryWithSource(source, mtl.CompileOptions{})
	r.must(err)
	defer l.Release()
	f, err := l.NewFunction(name)
	r.must(err)
	defer f.Release()
	p, err := r.device.NewComputePipelineState(f)
	r.must(err)
	r.t.Cleanup(p.Release)
	return p
}

func (r *rig) buffer(length int) *mtl.Buffer {
	r.t.Helper()
	b, err := r.device.NewBuffer(length, 0)
	r.must(err)
	r.t.Cleanup(b.Release)
	return b
}

func floatsOf(t *testing.T, b *mtl.Buffer) []float32 {
	t.Helper()
	f, err := mtl.Slice[float32](b, 0, b.Length()/4)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// run encodes with one compute encoder and waits.
func (r *rig) run(kind mtl.DispatchType, encode func(e *mtl.ComputeCommandEncoder)) error {
	s, err := r.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(kind, func(e *mtl.ComputeCommandEncoder) error {
			encode(e)
			return nil
		})
	})
	if err != nil {
		return err
	}
	defer s.Release()
	return s.Wait(context.Background())
}

func uint32Bytes(n uint32) []byte { return binary.NativeEndian.AppendUint32(nil, n) }

// Who does not ask for a language version gets the one that follows from the Go
// release. The binding always asks: for 3.0 where its user does not.
func TestLanguageVersionIsAlwaysAskedFor(t *testing.T) {
	const source = `#include <metal_stdlib>
#if __METAL_VERSION__ != WANT
#error "another version"
#endif
kernel void f() {}`
	for _, test := range []struct {
		asked mtl.LanguageVersion
		macro string
	}{{0, "300"}, {mtl.LanguageVersion3_0, "300"}, {mtl.LanguageVersion3_1, "310"}, {mtl.LanguageVersion3_2, "320"}} {
		r := newRig(t)
		l, err := r.device.NewLibraryWithSource(source, mtl.CompileOptions{LanguageVersion: test.asked, PreprocessorMacros: map[string]string{"WANT": test.macro}})
		if err != nil {
			t.Errorf("asked for %v: %v", test.asked, err)
		}
		l.Release()
	}
	// What the system does not have is no smaller version, but an error.
	r := newRig(t, softmetal.Options{MacOS: "13.0"})
	_, err := r.device.NewLibraryWithSource(source, mtl.CompileOptions{LanguageVersion: mtl.LanguageVersion3_1})
	if err == nil || !strings.Contains(err.Error(), "3.1") {
		t.Errorf("MSL 3.1 on macOS 13: %v", err)
	}
}

const saxpySource = `#include <metal_stdlib>
using namespace metal;
kernel void saxpy(device const float *x [[buffer(0)]], device float *y [[buffer(1)]],
                  constant float &a [[buffer(2)]], uint i [[thread_position_in_grid]]) {
    y[i] = fma(a, x[i], y[i]);
}`

func TestSaxpyOverAGridThatThreadgroupsDoNotDivide(t *testing.T) {
	r := newRig(t)
	p := r.pipeline(saxpySource, "saxpy")
	const n = 1000
	x, y := r.buffer(4*n), r.buffer(4*n)
	for i := range n {
		floatsOf(t, x)[i], floatsOf(t, y)[i] = float32(i), 1
	}
	r.must(r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
		e.SetComputePipelineState(p)
		e.SetBuffer(x, 0, 0)
		e.SetBuffer(y, 0, 1)
		e.SetBytes(binary.NativeEndian.AppendUint32(nil, math.Float32bits(0.5)), 2)
		e.DispatchThreads(mtl.Size{Width: n, Height: 1, Depth: 1}, mtl.Size{Width: 64, Height: 1, Depth: 1})
	}))
	for i, got := range floatsOf(t, y) {
		if want := float32(i)/2 + 1; got != want {
			t.Fatalf("y[%d] is %v, want %v", i, got, want)
		}
	}
}

const sumSource = `#include <metal_stdlib>
using namespace metal;
kernel void sum(device const float *x [[buffer(0)]], device float *out [[buffer(1)]], constant uint &n [[buffer(2)]],
                threadgroup float *partial [[threadgroup(0)]], uint t [[thread_index_in_threadgroup]],
                uint lane [[thread_index_in_simdgroup]], uint sg [[simdgroup_index_in_threadgroup]],
                uint threads [[threads_per_threadgroup]]) {
    float v = 0;
    for (uint i = t; i < n; i += threads) v += x[i];
    v = simd_sum(v);
    if (lane == 0) partial[sg] = v;
    threadgroup_barrier(mem_flags::mem_threadgroup);
    if (sg == 0) {
        v = simd_sum(lane < threads / 32 ? partial[lane] : 0.0f);
        if (lane == 0) out[0] = v;
    }
}`

func TestReductionIsTheSameInAllOrders(t *testing.T) {
	r := newRig(t)
	p := r.pipeline(sumSource, "sum")
	const n = 5000
	x, out := r.buffer(4*n), r.buffer(4)
	want := 0.0
	for i := range n {
		v := float32(math.Sin(float64(i)))
		floatsOf(t, x)[i] = v
		want += float64(v)
	}
	first := float32(math.NaN())
	for i, order := range softmetal.Orders() {
		r.soft.SetOrder(order)
		r.must(r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
			e.SetComputePipelineState(p)
			e.SetBuffer(x, 0, 0)
			e.SetBuffer(out, 0, 1)
			e.SetBytes(uint32Bytes(n), 2)
			e.SetThreadgroupMemoryLength(128, 0)
			e.DispatchThreadgroups(mtl.Size{Width: 1, Height: 1, Depth: 1}, mtl.Size{Width: 256, Height: 1, Depth: 1})
		}))
		got := floatsOf(t, out)[0]
		if i == 0 {
			first = got
		}
		if got != first || math.Abs(float64(got)-want) > 1e-2 {
			t.Errorf("%v: %v; the first order gave %v, double precision %v", order, got, first, want)
		}
	}
}

const incrementSource = `#include <metal_stdlib>
using namespace metal;
kernel void write_one(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] = 1; }
kernel void twice(device const float *x [[buffer(0)]], device float *y [[buffer(1)]], uint i [[thread_position_in_grid]]) { y[i] = 2 * x[i]; }`

// On a concurrent encoder a dispatch that needs another's result needs a
// barrier, and one that names the other buffer does not help.
func TestMissingBarrierBetweenDispatchesShows(t *testing.T) {
	r := newRig(t)
	one, twice := r.pipeline(incrementSource, "write_one"), r.pipeline(incrementSource, "twice")
	grid, group := mtl.Size{Width: 64, Height: 1, Depth: 1}, mtl.Size{Width: 32, Height: 1, Depth: 1}
	for _, test := range []struct {
		name    string
		kind    mtl.DispatchType
		barrier func(e *mtl.ComputeCommandEncoder, x, y *mtl.Buffer)
		want    float32
	}{
		{"serial", mtl.DispatchTypeSerial, nil, 2},
		{"none", mtl.DispatchTypeConcurrent, nil, 0},
		{"scope", mtl.DispatchTypeConcurrent, func(e *mtl.ComputeCommandEncoder, _, _ *mtl.Buffer) {
			e.MemoryBarrier(mtl.BarrierScopeBuffers)
		}, 2},
		{"the buffer", mtl.DispatchTypeConcurrent, func(e *mtl.ComputeCommandEncoder, x, _ *mtl.Buffer) {
			e.MemoryBarrierWithResources(x)
		}, 2},
		{"another buffer", mtl.DispatchTypeConcurrent, func(e *mtl.ComputeCommandEncoder, _, y *mtl.Buffer) {
			e.MemoryBarrierWithResources(y)
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			x, y := r.buffer(256), r.buffer(256)
			r.must(r.run(test.kind, func(e *mtl.ComputeCommandEncoder) {
				e.SetComputePipelineState(one)
				e.SetBuffer(x, 0, 0)
				e.DispatchThreads(grid, group)
				if test.barrier != nil {
					test.barrier(e, x, y)
				}
				e.SetComputePipelineState(twice)
				e.SetBuffer(y, 0, 1)
				e.DispatchThreads(grid, group)
			}))
			if got := floatsOf(t, y)[63]; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestSourceThatDoesNotCompileGivesTheWholeLog(t *testing.T) {
	r := newRig(t)
	for name, source := range map[string]string{
		"syntax":                   "#include <metal_stdlib>\nkernel void k(device float *x [[buffer(0)]]) { x[0] = ; }",
		"an address space missing": "#include <metal_stdlib>\nvoid f(float *x) { *x = 1; }\nkernel void k(device float *x [[buffer(0)]]) { f(x); }",
		"double":                   "#include <metal_stdlib>\nkernel void k(device float *x [[buffer(0)]]) { double y = 1; x[0] = y; }",
	} {
		_, err := r.device.NewLibraryWithSource(source, mtl.CompileOptions{})
		var e *objc.Error
		if !errors.Is(err, mtl.ErrCompile) || !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if e.Domain != "MTLLibraryErrorDomain" || e.Code != 3 || !strings.Contains(e.Description, "program_source:2:") || !strings.Contains(e.Description, "error:") {
			t.Errorf("%s: %+v", name, e)
		}
	}
	var many strings.Builder
	many.WriteString("#include <metal_stdlib>\nkernel void k(device float *x [[buffer(0)]]) {\n")
	for i := range 300 {
		fmt.Fprintf(&many, "x[0] = undeclared_%d;\n", i)
	}
	_, err := r.device.NewLibraryWithSource(many.String()+"}\n", mtl.CompileOptions{})
	if err == nil || len(err.Error()) < 4096 || !strings.Contains(err.Error(), "undeclared_299") {
		t.Errorf("a long log was cut: %d bytes", len(fmt.Sprint(err)))
	}
}

func TestWarningsComeBesideTheLibrary(t *testing.T) {
	r := newRig(t)
	l := r.newLibrary("#include <metal_stdlib>\n#warning be careful\nkernel void k(device float *x [[buffer(0)]]) { x[0] = 1; }")
	if !strings.Contains(l.Warnings(), "be careful") {
		t.Errorf("warnings: %q", l.Warnings())
	}
}

func TestMacrosReachTheCompiler(t *testing.T) {
	r := newRig(t)
	l, err := r.device.NewLibraryWithSource("#include <metal_stdlib>\nkernel void NAME(device float *x [[buffer(0)]]) { x[0] = VALUE; }",
		mtl.CompileOptions{PreprocessorMacros: map[string]string{"NAME": "named", "VALUE": "41.0f + 1"}})
	r.must(err)
	defer l.Release()
	names, err := l.FunctionNames()
	r.must(err)
	if fmt.Sprint(names) != "[named]" {
		t.Errorf("functions %v", names)
	}
	if _, err := l.NewFunction("other"); !errors.Is(err, mtl.ErrNoFunction) {
		t.Errorf("a function that is not there: %v", err)
	}
}

func TestSpecialisationsOfOneSource(t *testing.T) {
	const source = `#include <metal_stdlib>
using namespace metal;
constant uint factor [[function_constant(3)]];
constant bool negate [[function_constant(4)]];
kernel void scale(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] *= negate ? -float(factor) : float(factor); }`
	r := newRig(t)
	l := r.newLibrary(source)
	for _, test := range []struct {
		factor uint32
		negate bool
		want   float32
	}{{2, false, 6}, {7, true, -21}} {
		f, err := l.NewFunctionWithConstants("scale", mtl.FunctionConstant{Index: 3, Value: test.factor}, mtl.FunctionConstant{Name: "negate", Value: test.negate})
		r.must(err)
		p, err := r.device.NewComputePipelineState(f)
		f.Release()
		r.must(err)
		x := r.buffer(4)
		floatsOf(t, x)[0] = 3
		r.must(r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
			e.SetComputePipelineState(p)
			e.SetBuffer(x, 0, 0)
			e.DispatchThreads(mtl.Size{Width: 1, Height: 1, Depth: 1}, mtl.Size{Width: 1, Height: 1, Depth: 1})
		}))
		if got := floatsOf(t, x)[0]; got != test.want {
			t.Errorf("factor %d, negate %v: %v, want %v", test.factor, test.negate, got, test.want)
		}
		p.Release()
	}
}

// A kernel that goes wrong fails its command buffer with words that name the
// place, and the next one runs.
func TestFaultNamesKernelAndPlaceAndTheNextDispatchRuns(t *testing.T) {
	r := newRig(t, softmetal.Options{Timeout: 2 * time.Second})
	good := r.pipeline(incrementSource, "write_one")
	for _, test := range []struct {
		name, body string
		says       []string
	}{
		{"overrun by one float", "x[i + 1] = 1;", []string{"k", "thread (63, 0, 0)", "byte 256 of buffer 0"}},
		{"far out of bounds", "x[i * 100000] = 1;", []string{"k", "thread (1, 0, 0)", "byte 400000 of buffer 0"}},
		{"divergent barrier", "if (i & 1) threadgroup_barrier(mem_flags::mem_threadgroup); x[i] = 1;", []string{"k", "barrier"}},
		{"divergent simd call", "if (i & 1) x[i] = simd_sum(x[i]);", []string{"k", "simd"}},
		{"endless loop", "while (x[i] == 0) { }", []string{"k", "timeout"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := "#include <metal_stdlib>\nusing namespace metal;\nkernel void k(device volatile float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) {\n" + test.body + "\n}"
			if strings.Contains(test.body, "simd") {
				source = strings.Replace(source, "volatile ", "", 1)
			}
			bad := r.pipeline(source, "k")
			x := r.buffer(256)
			run := func(p *mtl.ComputePipelineState) error {
				return r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
					e.SetComputePipelineState(p)
					e.SetBuffer(x, 0, 0)
					e.DispatchThreads(mtl.Size{Width: 64, Height: 1, Depth: 1}, mtl.Size{Width: 64, Height: 1, Depth: 1})
				})
			}
			err := run(bad)
			if !errors.Is(err, mtl.ErrExecution) {
				t.Fatalf("no fault: %v", err)
			}
			for _, part := range test.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			r.must(run(good))
			if got := floatsOf(t, x)[63]; got != 1 {
				t.Errorf("the next dispatch wrote %v, want 1", got)
			}
		})
	}
}

// A read just past the end hits no guard page and changes no byte; the sanitizer
// build sees it.
func TestSanitizeFindsAReadJustPastTheEnd(t *testing.T) {
	r := newRig(t, softmetal.Options{Sanitize: true})
	p := r.pipeline(saxpySource, "saxpy")
	x, y := r.buffer(4*33), r.buffer(4*36)
	err := r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
		e.SetComputePipelineState(p)
		e.SetBuffer(x, 0, 0)
		e.SetBuffer(y, 0, 1)
		e.SetBytes(make([]byte, 4), 2)
		e.DispatchThreads(mtl.Size{Width: 34, Height: 1, Depth: 1}, mtl.Size{Width: 32, Height: 1, Depth: 1})
	})
	if !errors.Is(err, mtl.ErrExecution) || !strings.Contains(err.Error(), "saxpy") {
		t.Errorf("got %v", err)
	}
}

// The binding's checks cannot see what a kernel declares; the device does.
func TestUnboundBufferReachesTheCallerAsAnErrorThatNamesTheRule(t *testing.T) {
	r := newRig(t)
	p := r.pipeline(saxpySource, "saxpy")
	err := r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
		e.SetComputePipelineState(p)
		e.SetBuffer(r.buffer(16), 0, 0)
		e.DispatchThreads(mtl.Size{Width: 4, Height: 1, Depth: 1}, mtl.Size{Width: 4, Height: 1, Depth: 1})
	})
	if !errors.Is(err, mtl.ErrExecution) || !strings.Contains(err.Error(), "[unbound-buffer]") || !strings.Contains(err.Error(), "buffer index 1 (y)") {
		t.Errorf("got %v", err)
	}
	if reports := r.soft.TakeReports(); len(reports) != 1 || !errors.Is(reports[0], softmetal.RuleUnboundBuffer) || !strings.HasPrefix(reports[0].Where, "endtoend_test.go:") {
		t.Errorf("reports: %v", reports)
	}
}

// Messages reach the device when the encoder ends. A report names the line that is
// wrong all the same.
func TestReportNamesTheLineWhoseMessageWaited(t *testing.T) {
	for _, eager := range []bool{false, true} {
		r := newRig(t)
		r.device.SetEager(eager)
		p := r.pipeline(saxpySource, "saxpy")
		line := 0
		err := r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
			e.SetComputePipelineState(p)
			e.SetBuffer(r.buffer(16), 0, 0)
			_, _, line, _ = runtime.Caller(0)
			e.DispatchThreads(mtl.Size{Width: 4, Height: 1, Depth: 1}, mtl.Size{Width: 4, Height: 1, Depth: 1})
			e.SetBuffer(r.buffer(16), 0, 2)
		})
		if !errors.Is(err, mtl.ErrExecution) {
			t.Errorf("got %v", err)
		}
		if reports := r.soft.TakeReports(); len(reports) != 1 || reports[0].Where != fmt.Sprintf("endtoend_test.go:%d", line+1) {
			t.Errorf("eager %v: reports %v, want line %d", eager, reports, line+1)
		}
	}
}

// Release takes effect when nothing that waits needs the object.
func TestReleaseRightAfterTheMessageThatNamesTheObject(t *testing.T) {
	r := newRig(t)
	p := r.pipeline(saxpySource, "saxpy")
	x, err := r.device.NewBuffer(4, 0)
	r.must(err)
	y := r.buffer(4)
	values := floatsOf(t, x)
	values[0], floatsOf(t, y)[0] = 3, 1
	err = r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
		e.SetComputePipelineState(p)
		e.SetBuffer(x, 0, 0)
		done := make(chan bool)
		go func() { x.Release(); close(done) }()
		<-done
		e.SetBuffer(y, 0, 1)
		e.SetBytes(binary.NativeEndian.AppendUint32(nil, math.Float32bits(2)), 2)
		e.DispatchThreads(mtl.Size{Width: 1, Height: 1, Depth: 1}, mtl.Size{Width: 1, Height: 1, Depth: 1})
	})
	if got := floatsOf(t, y)[0]; err != nil || got != 7 {
		t.Errorf("%v, %v; want 7", got, err)
	}
}

func TestMissingCompilerIsAnErrorAndTheRestWorks(t *testing.T) {
	r := newRig(t, softmetal.Options{Clang: filepath.Join(t.TempDir(), "clang++-19")})
	_, err := r.device.NewLibraryWithSource(saxpySource, mtl.CompileOptions{})
	if err == nil || !strings.Contains(err.Error(), "clang++-19") {
		t.Errorf("got %v", err)
	}
	b := r.buffer(16)
	s, err := r.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Blit(func(e *mtl.BlitCommandEncoder) error {
			e.Fill(mtl.BufferRange{Buffer: b}, 16, 7)
			return nil
		})
	})
	r.must(err)
	defer s.Release()
	r.must(s.Wait(context.Background()))
	if c, err := b.Bytes(); err != nil || c[15] != 7 {
		t.Errorf("contents %v, %v", c, err)
	}
}

// Queues, buffers and pipelines are made, used and released by many goroutines.
func TestManyGoroutinesLeaveNothingBehind(t *testing.T) {
	r := newRig(t)
	p := r.pipeline(incrementSource, "write_one")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			q, err := r.device.NewCommandQueue()
			if err != nil {
				t.Error(err)
				return
			}
			defer q.Release()
			for range 10 {
				b, err := r.device.NewBuffer(128, 0)
				if err != nil {
					t.Error(err)
					return
				}
				s, err := q.Encode(func(cb *mtl.CommandBuffer) error {
					return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
						e.SetComputePipelineState(p)
						e.SetBuffer(b, 0, 0)
						e.DispatchThreads(mtl.Size{Width: 32, Height: 1, Depth: 1}, mtl.Size{Width: 32, Height: 1, Depth: 1})
						return nil
					})
				})
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Wait(context.Background()); err != nil {
					t.Error(err)
				}
				if f, err := mtl.Slice[float32](b, 0, 32); err != nil || f[31] != 1 {
					t.Errorf("got %v, %v", f, err)
				}
				s.Release()
				b.Release()
			}
		})
	}
	all.Wait()
}
