package selftest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// TimesDetails are those of the step. The costs are left out for a software
// device.
type TimesDetails struct {
	Runs int `json:"runs"`
	// Medians, in microseconds.
	GPUShort  float64 `json:"gpu_short_us,omitempty"`  // GPU time of a short kernel
	GPULong   float64 `json:"gpu_long_us,omitempty"`   // of one that does 64 times as much
	RoundTrip float64 `json:"round_trip_us,omitempty"` // from Encode to the end of Wait, of the short kernel
	Scheduled float64 `json:"scheduled_us,omitempty"`  // kernelEndTime - kernelStartTime
	// Means, in nanoseconds.
	Message  float64 `json:"message_ns,omitempty"`  // one message that does nothing
	Method   float64 `json:"method_ns,omitempty"`   // Device.RegistryID: a message in an autorelease pool
	Dispatch float64 `json:"dispatch_ns,omitempty"` // to encode one dispatch: pipeline, three arguments, grid
}

const timesSource = `#include <metal_stdlib>
using namespace metal;
kernel void spin(device float *out [[buffer(0)]], constant uint &rounds [[buffer(1)]], uint i [[thread_position_in_grid]]) {
    float x = out[i];
    for (uint k = 0; k < rounds; k++) x = fma(x, 0.999f, 0.001f);
    out[i] = x;
}
`

func checkTimes(ctx context.Context, r *rig, l *log) error {
	pipeline, err := r.pipeline(timesSource, "spin")
	if err != nil {
		return err
	}
	software := timesMeanNothing(r.runtime)
	t := &timing{rig: r, log: l, pipeline: pipeline, threads: 1 << 16, rounds: 1 << 10, software: software, details: TimesDetails{Runs: 30}}
	if software {
		t.threads, t.rounds = 256, 16
	}
	if r.options.Quick {
		t.details.Runs = 10
	}
	if t.buffer, _, err = numbers[float32](r, t.threads); err != nil {
		return err
	}
	if err := t.gpu(ctx); err != nil {
		return err
	}
	if err := t.costs(ctx); err != nil {
		return err
	}
	if software {
		t.details = TimesDetails{Runs: t.details.Runs}
		l.note("times are left out: they are of a software device and tell nothing of a GPU")
	}
	l.detail(t.details)
	return nil
}

type timing struct {
	*rig
	*log
	pipeline *mtl.ComputePipelineState
	buffer   *mtl.Buffer
	threads  int
	rounds   uint32
	software bool
	details  TimesDetails
}

func (t *timing) dispatch(e *mtl.ComputeCommandEncoder, rounds uint32) {
	e.SetComputePipelineState(t.pipeline)
	e.SetBuffer(t.buffer, 0, 0)
	mtl.SetValue(e, &rounds, 1)
	e.DispatchThreads(size(t.threads, 1), size(64, 1))
}

// clockSlack is how far two clocks of one machine may be apart. Metal's times are
// in seconds of a float64 since the system's start.
const clockSlack = 200 * time.Microsecond

// gpu checks the times of command buffers that run one after the other, short and
// long ones in turn.
func (t *timing) gpu(ctx context.Context) error {
	t.doing("GPU times")
	var last mtl.Times
	var trips, scheduled []time.Duration
	gpu := [2][]time.Duration{}
	for i := range 2 * t.details.Runs {
		start := time.Now()
		rounds := t.rounds
		if i%2 == 1 {
			rounds *= 64
		}
		work, err := t.queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error { t.dispatch(e, rounds); return nil })
		})
		if err != nil {
			return err
		}
		err = work.Wait(ctx)
		wall := time.Since(start)
		times, timesErr := work.Times()
		work.Release()
		if err != nil {
			return err
		}
		if timesErr != nil {
			return timesErr
		}
		what := fmt.Sprintf("command buffer %d", i)
		t.check(times.GPUStart > 0 && times.KernelStart > 0, "%s: it started at %v, its scheduling at %v", what, times.GPUStart, times.KernelStart)
		t.check(times.GPUEnd > times.GPUStart, "%s: the GPU ended at %v, and started at %v", what, times.GPUEnd, times.GPUStart)
		t.check(times.KernelEnd >= times.KernelStart, "%s: scheduling ended at %v, and started at %v", what, times.KernelEnd, times.KernelStart)
		t.check(times.GPU() <= wall+clockSlack, "%s: the GPU took %v, and all together was over after %v", what, times.GPU(), wall)
		t.check(times.GPUStart >= last.GPUEnd-clockSlack, "%s: it started at %v, and the one before, which had been waited for, ended at %v", what, times.GPUStart, last.GPUEnd)
		last = times
		gpu[i%2] = append(gpu[i%2], times.GPU())
		scheduled = append(scheduled, times.KernelEnd-times.KernelStart)
		if i%2 == 0 {
			trips = append(trips, wall)
		}
	}
	d := &t.details
	d.GPUShort, d.GPULong, d.RoundTrip, d.Scheduled = micros(gpu[0]), micros(gpu[1]), micros(trips), micros(scheduled)
	// A GPU that has just been woken is slow: so the least of many.
	t.check(t.software || slices.Min(gpu[1]) > slices.Min(gpu[0]), "64 times the work took the GPU at least %v, and once the work %v", slices.Min(gpu[1]), slices.Min(gpu[0]))
	return nil
}

// micros is the median.
func micros(all []time.Duration) float64 {
	slices.Sort(all)
	return math.Round(float64(all[len(all)/2].Nanoseconds())/10) / 100
}

// costs measures what the CPU spends.
func (t *timing) costs(ctx context.Context) error {
	t.doing("what a message and a dispatch cost")
	messages, dispatches := 100000, 1000
	if t.software {
		messages, dispatches = 100, 10
	}
	class, selector := objc.ID(t.runtime.LookUpClass("NSObject")), t.runtime.RegisterSelector("class")
	if !t.check(class != 0 && selector != 0, "there is no NSObject") {
		return nil
	}
	call := objc.NewCall(t.runtime)
	start := time.Now()
	for range messages {
		call.Message(class, selector)
		call.Send()
	}
	t.check(objc.ID(call.X[0]) == class, "[NSObject class] is %#x, and NSObject %#x", call.X[0], class)
	t.details.Message = nanos(start, messages)

	start = time.Now()
	for range messages {
		if _, err := t.device.RegistryID(); err != nil {
			return err
		}
	}
	t.details.Method = nanos(start, messages)

	work, err := t.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
			start := time.Now()
			for range dispatches {
				t.dispatch(e, 1)
			}
			t.details.Dispatch = nanos(start, dispatches)
			return nil
		})
	})
	if err != nil {
		return err
	}
	defer work.Release()
	err = work.Wait(ctx)
	t.check(err == nil, "%d dispatches in one command buffer: %v", dispatches, err)
	return nil
}

func nanos(start time.Time, n int) float64 {
	return math.Round(10*float64(time.Since(start).Nanoseconds())/float64(n)) / 10
}
