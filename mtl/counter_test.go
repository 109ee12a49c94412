//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

const spinSource = `#include <metal_stdlib>
using namespace metal;
kernel void spin(device uint *x [[buffer(0)]], constant uint &n [[buffer(1)]]) { uint s = x[0]; for (uint i = 0; i < n; i++) { s = s * 1664525 + 1013904223; } x[0] = s; }`

func (s *soft) kernel(source, name string) *mtl.ComputePipelineState {
	s.Helper()
	library := own[*mtl.Library](s)(s.device.NewLibraryWithSource(source, mtl.CompileOptions{}))
	function := own[*mtl.Function](s)(library.NewFunction(name))
	return own[*mtl.ComputePipelineState](s)(s.device.NewComputePipelineState(function))
}

func TestDeviceTellsItsCounters(t *testing.T) {
	s := newSoft(t)
	sets, err := s.device.CounterSets()
	if err != nil || fmt.Sprint(sets) != "[{timestamp [GPUTimestamp]}]" || sets[0].Name != mtl.CounterSetTimestamp {
		t.Errorf("sets %v, %v", sets, err)
	}
	for dispatches, want := range map[bool]string{
		false: "stage boundary",
		true:  "stage boundary, dispatch boundary, blit boundary",
	} {
		s := newSoft(t, softmetal.Options{DispatchCounters: dispatches})
		var points []string
		for p := mtl.CounterSamplingPointAtStageBoundary; p <= mtl.CounterSamplingPointAtBlitBoundary; p++ {
			ok, err := s.device.SupportsCounterSampling(p)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				points = append(points, p.String())
			}
		}
		if got := strings.Join(points, ", "); got != want {
			t.Errorf("samples at %s, want %s", got, want)
		}
	}
}

// The times of encoders follow one another, lie within the command buffer's, and are
// as long as what the encoder did.
func TestEncodersAreTimed(t *testing.T) {
	s := newSoft(t)
	spin, x := s.kernel(spinSource, "spin"), s.buffer(0)
	samples := own[*mtl.CounterSampleBuffer](t)(s.device.NewCounterSampleBuffer(mtl.CounterSampleBufferDescriptor{Label: "times", SampleCount: 8}))
	if samples.SampleCount() != 8 {
		t.Errorf("%d samples", samples.SampleCount())
	}
	before, err := s.device.SampleTimestamps()
	if err != nil {
		t.Fatal(err)
	}
	pass := func(cb *mtl.CommandBuffer, kind mtl.DispatchType, samples []mtl.SampleAttachment, n uint32) error {
		return cb.ComputeWithDescriptor(mtl.ComputePassDescriptor{DispatchType: kind, Samples: samples}, func(e *mtl.ComputeCommandEncoder) error {
			if e.DispatchType() != kind {
				t.Errorf("dispatch type %d, want %d", e.DispatchType(), kind)
			}
			e.SetComputePipelineState(spin)
			e.SetBuffer(x, 0, 0)
			mtl.SetValue(e, &n, 1)
			e.DispatchThreads(line(1), line(1))
			return nil
		})
	}
	work := s.encode(s.a, func(cb *mtl.CommandBuffer) error {
		if err := pass(cb, mtl.DispatchTypeSerial, []mtl.SampleAttachment{{Buffer: samples, Start: 0, End: 1}}, 1); err != nil {
			return err
		}
		if err := pass(cb, mtl.DispatchTypeConcurrent, []mtl.SampleAttachment{{}, {Buffer: samples, Start: 2, End: 3}}, 50_000_000); err != nil {
			return err
		}
		return cb.BlitWithDescriptor(mtl.BlitPassDescriptor{Samples: []mtl.SampleAttachment{{Buffer: samples, Start: mtl.CounterDontSample, End: 4}}}, func(e *mtl.BlitCommandEncoder) error {
			e.Fill(mtl.BufferRange{Buffer: x}, 16, 0)
			return nil
		})
	})
	s.wait(work)
	after, err := s.device.SampleTimestamps()
	if err != nil {
		t.Fatal(err)
	}
	times, err := samples.Timestamps(0, 8)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(times[:5]) || times[0] < before.GPU || times[4] > after.GPU {
		t.Errorf("times %d, between %d and %d", times[:5], before.GPU, after.GPU)
	}
	if want := slices.Repeat([]uint64{mtl.CounterNoSample}, 3); !slices.Equal(times[5:], want) {
		t.Errorf("samples that nobody took are %d", times[5:])
	}
	clock := mtl.Clock{Before: before, After: after}
	short, long := clock.Elapsed(times[0], times[1]), clock.Elapsed(times[2], times[3])
	done, err := work.Times()
	if err != nil {
		t.Fatal(err)
	}
	if long <= short || long > done.GPU()+time.Millisecond || long < time.Millisecond {
		t.Errorf("one step took %v, 50 million %v, and all together %v", short, long, done.GPU())
	}
	if at := clock.Time(times[2]); at < done.GPUStart-time.Millisecond || at > done.GPUEnd+time.Millisecond {
		t.Errorf("the second encoder began at %v of the CPU's clock, and the work ran from %v to %v", at, done.GPUStart, done.GPUEnd)
	}
	part, err := samples.Resolve(1, 2)
	if err != nil || len(part) != 16 || binary.NativeEndian.Uint64(part[8:]) != times[2] {
		t.Errorf("resolved % x, %v", part, err)
	}
}

func TestClock(t *testing.T) {
	c := mtl.Clock{Before: mtl.Timestamps{CPU: 1000, GPU: 1 << 63}, After: mtl.Timestamps{CPU: 3000, GPU: 1<<63 + 48}}
	for gpu, want := range map[uint64]time.Duration{1 << 63: 1000, 1<<63 + 24: 2000, 1<<63 + 48: 3000, 1<<63 - 24: 0, 1<<63 + 72: 4000} {
		if got := c.Time(gpu); got != want {
			t.Errorf("%d is %d ns, want %d", gpu, got, want)
		}
	}
	if got := c.Elapsed(1<<63+12, 1<<63+36); got != 1000 {
		t.Errorf("elapsed %v", got)
	}
	if got := (mtl.Clock{Before: mtl.Timestamps{CPU: 7, GPU: 9}, After: mtl.Timestamps{CPU: 7, GPU: 9}}).Time(100); got != 7 {
		t.Errorf("a clock of one moment: %v", got)
	}
}

// Where a GPU samples between dispatches and blits, a sample comes after those before
// it and before those behind. Private samples are read by the GPU alone.
func TestSamplesBetweenCommands(t *testing.T) {
	s := newSoft(t, softmetal.Options{DispatchCounters: true})
	spin, x := s.kernel(spinSource, "spin"), s.buffer(0)
	samples := own[*mtl.CounterSampleBuffer](t)(s.device.NewCounterSampleBuffer(mtl.CounterSampleBufferDescriptor{StorageMode: mtl.StorageModePrivate, SampleCount: 6}))
	resolved := own[*mtl.Buffer](t)(s.device.NewBuffer(128, 0))
	s.wait(s.encode(s.a, func(cb *mtl.CommandBuffer) error {
		if err := cb.Compute(mtl.DispatchTypeConcurrent, func(e *mtl.ComputeCommandEncoder) error {
			e.SetComputePipelineState(spin)
			e.SetBuffer(x, 0, 0)
			for i, n := range []uint32{20_000_000, 1} {
				e.SampleCounters(samples, i, true)
				mtl.SetValue(e, &n, 1)
				e.DispatchThreads(line(1), line(1))
			}
			e.SampleCounters(samples, 2, false)
			return nil
		}); err != nil {
			return err
		}
		return cb.Blit(func(e *mtl.BlitCommandEncoder) error {
			e.SampleCounters(samples, 3, false)
			e.Fill(mtl.BufferRange{Buffer: x}, 16, 1)
			e.SampleCounters(samples, 4, true)
			e.ResolveCounters(samples, 0, 6, mtl.BufferRange{Buffer: resolved, Offset: 32})
			return nil
		})
	}))
	b, err := resolved.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var times []uint64
	for at := 32; at < 80; at += 8 {
		times = append(times, binary.NativeEndian.Uint64(b[at:]))
	}
	if !slices.IsSorted(times) || times[5] != mtl.CounterNoSample || times[4] == mtl.CounterNoSample {
		t.Errorf("times %d", times)
	}
	if times[1]-times[0] <= times[2]-times[1] {
		t.Errorf("20 million steps took %d, one %d", times[1]-times[0], times[2]-times[1])
	}
	if _, err := samples.Resolve(0, 1); !errors.Is(err, mtl.ErrArgument) || !strings.Contains(err.Error(), "private") {
		t.Error(err)
	}
}

func TestCountersThatMetalRefuses(t *testing.T) {
	s := newSoft(t)
	for _, d := range []struct {
		descriptor mtl.CounterSampleBufferDescriptor
		want       error
		says       string
	}{
		{mtl.CounterSampleBufferDescriptor{}, mtl.ErrArgument, "SampleCount is 0"},
		{mtl.CounterSampleBufferDescriptor{SampleCount: 4097}, mtl.ErrArgument, "at most 4096"},
		{mtl.CounterSampleBufferDescriptor{SampleCount: 1, StorageMode: mtl.StorageModeManaged}, mtl.ErrArgument, "StorageMode"},
		{mtl.CounterSampleBufferDescriptor{SampleCount: 1, CounterSet: "statistic"}, mtl.ErrUnsupported, `"statistic"`},
	} {
		if _, err := s.device.NewCounterSampleBuffer(d.descriptor); !errors.Is(err, d.want) || !strings.Contains(err.Error(), d.says) {
			t.Errorf("%+v: %v", d.descriptor, err)
		}
	}
	samples := own[*mtl.CounterSampleBuffer](t)(s.device.NewCounterSampleBuffer(mtl.CounterSampleBufferDescriptor{SampleCount: 4}))
	gone, err := s.device.NewCounterSampleBuffer(mtl.CounterSampleBufferDescriptor{SampleCount: 4})
	if err != nil {
		t.Fatal(err)
	}
	gone.Release()
	if _, err := gone.Timestamps(0, 1); !errors.Is(err, mtl.ErrReleased) {
		t.Error(err)
	}
	for _, r := range [][2]int{{0, 0}, {0, 5}, {3, 2}, {-1, 1}} {
		if _, err := samples.Timestamps(r[0], r[1]); !errors.Is(err, mtl.ErrArgument) {
			t.Errorf("samples %v: %v", r, err)
		}
	}
	x := s.buffer(0)
	compute := func(f func(e *mtl.ComputeCommandEncoder)) func(cb *mtl.CommandBuffer) error {
		return func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error { f(e); return nil })
		}
	}
	blit := func(f func(e *mtl.BlitCommandEncoder)) func(cb *mtl.CommandBuffer) error {
		return func(cb *mtl.CommandBuffer) error {
			return cb.Blit(func(e *mtl.BlitCommandEncoder) error { f(e); return nil })
		}
	}
	pass := func(d mtl.ComputePassDescriptor) func(cb *mtl.CommandBuffer) error {
		return func(cb *mtl.CommandBuffer) error {
			return cb.ComputeWithDescriptor(d, func(*mtl.ComputeCommandEncoder) error { return nil })
		}
	}
	for _, c := range []struct {
		name   string
		encode func(cb *mtl.CommandBuffer) error
		want   error
		says   string
	}{
		{"a sample between dispatches of an Apple GPU", compute(func(e *mtl.ComputeCommandEncoder) { e.SampleCounters(samples, 0, true) }), mtl.ErrUnsupported, "dispatch boundary"},
		{"a sample between blits of an Apple GPU", blit(func(e *mtl.BlitCommandEncoder) { e.SampleCounters(samples, 0, true) }), mtl.ErrUnsupported, "blit boundary"},
		{"a sample that there is no room for", compute(func(e *mtl.ComputeCommandEncoder) { e.SampleCounters(samples, 4, true) }), mtl.ErrArgument, "0 to 3"},
		{"no sample buffer", compute(func(e *mtl.ComputeCommandEncoder) { e.SampleCounters(nil, 0, true) }), mtl.ErrNil, "CounterSampleBuffer"},
		{"a released sample buffer", blit(func(e *mtl.BlitCommandEncoder) { e.SampleCounters(gone, 0, true) }), mtl.ErrReleased, "CounterSampleBuffer"},
		{"samples that go to an odd place", blit(func(e *mtl.BlitCommandEncoder) {
			e.ResolveCounters(samples, 0, 1, mtl.BufferRange{Buffer: x, Offset: 8})
		}), mtl.ErrArgument, "multiple of 32"},
		{"samples that do not fit", blit(func(e *mtl.BlitCommandEncoder) { e.ResolveCounters(samples, 0, 4, mtl.BufferRange{Buffer: x}) }), mtl.ErrArgument, "32 bytes are used"},
		{"samples that are not there", blit(func(e *mtl.BlitCommandEncoder) { e.ResolveCounters(samples, 3, 2, mtl.BufferRange{Buffer: x}) }), mtl.ErrArgument, "0 to 2"},
		{"five sample buffers", pass(mtl.ComputePassDescriptor{Samples: make([]mtl.SampleAttachment, 5)}), mtl.ErrArgument, "at most 4"},
		{"an index of a pass that there is no room for", pass(mtl.ComputePassDescriptor{Samples: []mtl.SampleAttachment{{Buffer: samples, End: 4}}}), mtl.ErrArgument, "0 to 3"},
		{"a released sample buffer of a pass", pass(mtl.ComputePassDescriptor{Samples: []mtl.SampleAttachment{{Buffer: gone}}}), mtl.ErrReleased, "ComputeWithDescriptor"},
		{"a dispatch type that there is not", pass(mtl.ComputePassDescriptor{DispatchType: 2}), mtl.ErrArgument, "DispatchType"},
		{"no function", func(cb *mtl.CommandBuffer) error { return cb.ComputeWithDescriptor(mtl.ComputePassDescriptor{}, nil) }, mtl.ErrArgument, "function"},
		{"no function for blits", func(cb *mtl.CommandBuffer) error { return cb.BlitWithDescriptor(mtl.BlitPassDescriptor{}, nil) }, mtl.ErrArgument, "function"},
		{"shared memory is synchronized", blit(func(e *mtl.BlitCommandEncoder) { e.Synchronize(x) }), mtl.ErrArgument, "Managed"},
		{"no resources", compute(func(e *mtl.ComputeCommandEncoder) { e.UseResources(mtl.ResourceUsageRead) }), mtl.ErrArgument, "number of resources"},
		{"resources that nothing is done to", compute(func(e *mtl.ComputeCommandEncoder) { e.UseResources(0, x) }), mtl.ErrArgument, "usage"},
		{"a resource that is nil", compute(func(e *mtl.ComputeCommandEncoder) { e.UseResources(mtl.ResourceUsageRead, x, nil) }), mtl.ErrNil, ""},
		{"no heaps", compute(func(e *mtl.ComputeCommandEncoder) { e.UseHeaps() }), mtl.ErrArgument, "number of heaps"},
		{"a heap that is nil", compute(func(e *mtl.ComputeCommandEncoder) { e.UseHeaps(nil) }), mtl.ErrNil, "Heap"},
		{"a barrier of nothing", blit(func(e *mtl.BlitCommandEncoder) { e.BarrierAfterQueueStages(0, mtl.StageBlit) }), mtl.ErrArgument, "after"},
		{"a barrier of rendering", compute(func(e *mtl.ComputeCommandEncoder) { e.BarrierAfterQueueStages(mtl.StageBlit, 2) }), mtl.ErrArgument, "before"},
		{"a barrier below macOS 26", compute(func(e *mtl.ComputeCommandEncoder) { e.BarrierAfterQueueStages(mtl.StageBlit, mtl.StageDispatch) }), mtl.ErrUnsupported, "macOS 26"},
	} {
		t.Run(c.name, func(t *testing.T) {
			work, err := s.a.Encode(c.encode)
			if work != nil || !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, %v", work, err)
			}
		})
	}
	if reports := s.soft.Reports(); len(reports) != 0 {
		t.Errorf("reached the device: %v", reports)
	}
}

// What an encoder declares to use orders it, as what is bound does, and heaps that
// are untracked do not.
func TestDeclaredUseOrdersEncoders(t *testing.T) {
	for _, use := range []string{"nothing", "resources", "heaps", "a barrier", "a barrier of an earlier encoder"} {
		t.Run(use, func(t *testing.T) {
			s := newSoft(t, softmetal.Options{MacOS: "26.0", Order: softmetal.Order{Sequence: softmetal.Down}})
			heap := own[*mtl.Heap](t)(s.device.NewHeap(mtl.HeapDescriptor{Size: 1 << 16, Options: mtl.ResourceStorageModeShared}))
			inHeap := own[*mtl.Buffer](t)(heap.NewBuffer(16))
			out, tracked := s.buffer(mtl.ResourceHazardTrackingModeUntracked), s.buffer(0)
			copies := s.kernel(`#include <metal_stdlib>
kernel void copy(device uint *to [[buffer(0)]], device const uint *from [[buffer(1)]]) { to[0] = from[0]; }`, "copy")
			s.wait(s.encode(s.a, func(cb *mtl.CommandBuffer) error {
				if err := cb.Blit(func(e *mtl.BlitCommandEncoder) error {
					e.Fill(mtl.BufferRange{Buffer: inHeap}, 16, 5)
					e.Fill(mtl.BufferRange{Buffer: tracked}, 16, 5)
					return nil
				}); err != nil {
					return err
				}
				if use == "a barrier of an earlier encoder" {
					if err := cb.Blit(func(e *mtl.BlitCommandEncoder) error {
						e.BarrierAfterQueueStages(mtl.StageBlit, mtl.StageDispatch|mtl.StageBlit)
						return nil
					}); err != nil {
						return err
					}
				}
				return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
					switch use {
					case "resources":
						e.UseResources(mtl.ResourceUsageRead|mtl.ResourceUsageWrite, slices.Repeat([]mtl.Resource{tracked}, 70)...)
					case "heaps":
						e.UseHeaps(slices.Repeat([]*mtl.Heap{heap}, 40)...)
					case "a barrier":
						e.BarrierAfterQueueStages(mtl.StageBlit, mtl.StageDispatch)
					}
					e.SetComputePipelineState(copies)
					e.SetBuffer(out, 0, 0)
					e.SetBuffer(inHeap, 0, 1)
					e.DispatchThreads(line(1), line(1))
					return nil
				})
			}))
			want := byte(5)
			if use == "nothing" || use == "heaps" {
				want = 0xff // what the software device has in a heap that nobody has written to
			}
			if got := s.first(out); got != want {
				t.Errorf("copied %d, want %d", got, want)
			}
		})
	}
}

func TestSynchronizeManagedMemory(t *testing.T) {
	s := newSoft(t)
	x := own[*mtl.Buffer](t)(s.device.NewBuffer(16, mtl.ResourceStorageModeManaged))
	s.wait(s.encode(s.a, func(cb *mtl.CommandBuffer) error {
		return cb.Blit(func(e *mtl.BlitCommandEncoder) error {
			e.Fill(mtl.BufferRange{Buffer: x}, 16, 9)
			e.Synchronize(x)
			return nil
		})
	}))
	if got := s.first(x); got != 9 {
		t.Errorf("the CPU sees %d, want 9", got)
	}
}

// A pass that fails has no time of its end.
func TestFailedEncoderHasNoEnd(t *testing.T) {
	s := newSoft(t)
	wild, x := s.kernel("#include <metal_stdlib>\nkernel void wild(device uint *x [[buffer(0)]]) { x[1 << 20] = 1; }", "wild"), s.buffer(0)
	samples := own[*mtl.CounterSampleBuffer](t)(s.device.NewCounterSampleBuffer(mtl.CounterSampleBufferDescriptor{SampleCount: 2}))
	work := s.encode(s.a, func(cb *mtl.CommandBuffer) error {
		return cb.ComputeWithDescriptor(mtl.ComputePassDescriptor{Samples: []mtl.SampleAttachment{{Buffer: samples, End: 1}}}, func(e *mtl.ComputeCommandEncoder) error {
			e.SetComputePipelineState(wild)
			e.SetBuffer(x, 0, 0)
			e.DispatchThreads(line(1), line(1))
			return nil
		})
	})
	if err := work.Wait(context.Background()); !errors.Is(err, mtl.ErrExecution) {
		t.Fatal(err)
	}
	times, err := samples.Timestamps(0, 2)
	if err != nil || times[0] == mtl.CounterNoSample || times[1] != mtl.CounterNoSample {
		t.Errorf("times %d, %v", times, err)
	}
}
