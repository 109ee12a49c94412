//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// A soft is a software device with two queues.
type soft struct {
	*testing.T
	soft   *softmetal.Device
	device *mtl.Device
	a, b   *mtl.CommandQueue
}

func newSoft(t *testing.T, options ...softmetal.Options) *soft {
	t.Helper()
	s := &soft{T: t, soft: softmetal.NewTesting(t, options...)}
	f, err := mtl.Load(s.soft)
	if err != nil {
		t.Fatal(err)
	}
	s.device = own[*mtl.Device](t)(f.CreateSystemDefaultDevice())
	s.a = own[*mtl.CommandQueue](t)(s.device.NewCommandQueue())
	s.b = own[*mtl.CommandQueue](t)(s.device.NewCommandQueue())
	return s
}

// own returns a value that has to be there, and releases it when the test ends.
func own[T interface{ Release() }](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(v.Release)
		return v
	}
}

// hold lets the next commit wait until the function that it returns is called, as
// behind other work of a busy GPU.
func (s *soft) hold() (release func()) {
	s.Helper()
	ch := make(chan struct{})
	if err := s.soft.Fail(softmetal.Fault{Selector: "commit", Hold: ch}); err != nil {
		s.Fatal(err)
	}
	return func() { close(ch) }
}

// encode commits a command buffer whose submission goes with the test.
func (s *soft) encode(q *mtl.CommandQueue, encode func(cb *mtl.CommandBuffer) error) *mtl.Submission {
	s.Helper()
	return own[*mtl.Submission](s)(q.Encode(encode))
}

func (s *soft) wait(work *mtl.Submission) {
	s.Helper()
	if err := work.Wait(context.Background()); err != nil {
		s.Fatal(err)
	}
}

func (s *soft) isDone(work *mtl.Submission) bool {
	s.Helper()
	status, err := work.Status()
	if err != nil {
		s.Fatal(err)
	}
	return status >= mtl.CommandBufferStatusCompleted
}

func fill(b *mtl.Buffer, value byte) func(cb *mtl.CommandBuffer) error {
	return func(cb *mtl.CommandBuffer) error {
		return cb.Blit(func(e *mtl.BlitCommandEncoder) error {
			e.Fill(mtl.BufferRange{Buffer: b}, b.Length(), value)
			return nil
		})
	}
}

func (s *soft) buffer(options mtl.ResourceOptions) *mtl.Buffer {
	s.Helper()
	return own[*mtl.Buffer](s)(s.device.NewBuffer(16, options))
}

func (s *soft) first(b *mtl.Buffer) byte {
	s.Helper()
	bytes, err := b.Bytes()
	if err != nil {
		s.Fatal(err)
	}
	return bytes[0]
}

// One queue copies what the other has filled. The first is held up, so the copy
// sees it only if the event makes it wait.
func TestEventOrdersTwoQueues(t *testing.T) {
	for _, test := range []struct {
		name          string
		signal, value uint64
		want          byte
	}{
		{"without an event the second runs at once", 0, 0, 0},
		{"with one it waits", 1, 1, 7},
		{"it waits for a value that is passed over", 5, 3, 7},
	} {
		for _, shared := range []bool{false, true} {
			t.Run(test.name, func(t *testing.T) {
				s := newSoft(t)
				x, y := s.buffer(0), s.buffer(0)
				var event mtl.AnyEvent = own[*mtl.Event](t)(s.device.NewEvent())
				if shared {
					event = own[*mtl.SharedEvent](t)(s.device.NewSharedEvent())
				}
				release := s.hold()
				first := s.encode(s.a, func(cb *mtl.CommandBuffer) error {
					if err := fill(x, 7)(cb); err != nil || test.signal == 0 {
						return err
					}
					return cb.EncodeSignalEvent(event, test.signal)
				})
				second := s.encode(s.b, func(cb *mtl.CommandBuffer) error {
					if test.value > 0 {
						if err := cb.EncodeWaitForEvent(event, test.value); err != nil {
							return err
						}
					}
					return cb.Blit(func(e *mtl.BlitCommandEncoder) error {
						e.Copy(mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: y}, 16)
						return nil
					})
				})
				if test.value == 0 {
					s.wait(second)
				} else if time.Sleep(20 * time.Millisecond); s.isDone(second) {
					t.Error("the second is done while the first is held up")
				}
				release()
				s.wait(first)
				s.wait(second)
				if got := s.first(y); got != test.want {
					t.Errorf("copied %d, want %d", got, test.want)
				}
			})
		}
	}
}

// A wait holds up what comes after it, in its command buffer and in its queue.
func TestWaitHoldsUpTheQueue(t *testing.T) {
	s := newSoft(t)
	x := s.buffer(0)
	event := own[*mtl.SharedEvent](t)(s.device.NewSharedEvent())
	before := s.encode(s.a, func(cb *mtl.CommandBuffer) error {
		if err := fill(x, 1)(cb); err != nil {
			return err
		}
		if err := cb.EncodeSignalEvent(event, 1); err != nil {
			return err
		}
		if err := cb.EncodeWaitForEvent(event, 2); err != nil {
			return err
		}
		return fill(x, 2)(cb)
	})
	after := s.encode(s.a, fill(x, 3))
	ctx := t.Context()
	if err := event.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	if s.first(x) != 1 || s.isDone(before) || s.isDone(after) {
		t.Errorf("%d was written last, done: %v, %v", s.first(x), s.isDone(before), s.isDone(after))
	}
	if err := event.SetSignaledValue(2); err != nil {
		t.Fatal(err)
	}
	s.wait(before)
	s.wait(after)
	if got := s.first(x); got != 3 {
		t.Errorf("%d was written last, want 3", got)
	}
	if v, err := event.SignaledValue(); v != 2 || err != nil {
		t.Errorf("value %d, %v", v, err)
	}
}

// The GPU gives up on an event that nobody signals, and says which it was.
func TestEventThatNobodySignalsTimesOut(t *testing.T) {
	s := newSoft(t, softmetal.Options{Timeout: 30 * time.Millisecond})
	event := own[*mtl.Event](t)(s.device.NewEvent())
	if err := event.SetLabel("forgotten"); err != nil {
		t.Fatal(err)
	}
	if label, err := event.Label(); label != "forgotten" || err != nil {
		t.Errorf("label %q, %v", label, err)
	}
	work := s.encode(s.a, func(cb *mtl.CommandBuffer) error { return cb.EncodeWaitForEvent(event, 4) })
	err := work.Wait(context.Background())
	if !errors.Is(err, mtl.CommandBufferErrorTimeout) || !errors.Is(err, mtl.ErrExecution) || !strings.Contains(err.Error(), "forgotten") || !strings.Contains(err.Error(), "with 4; it has 0") {
		t.Errorf("error %v", err)
	}
	x := s.buffer(0)
	s.wait(s.encode(s.a, fill(x, 9))) // the queue goes on
	if s.first(x) != 9 {
		t.Error("what came after did not run")
	}
}

// Work that is stuck does not keep a device from being closed.
func TestCloseEndsAWaitThatNobodyCanEnd(t *testing.T) {
	d, err := softmetal.New(softmetal.Options{Timeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	f, err := mtl.Load(d)
	if err != nil {
		t.Fatal(err)
	}
	device := own[*mtl.Device](t)(f.CreateSystemDefaultDevice())
	queue := own[*mtl.CommandQueue](t)(device.NewCommandQueue())
	event := own[*mtl.SharedEvent](t)(device.NewSharedEvent())
	work := own[*mtl.Submission](t)(queue.Encode(func(cb *mtl.CommandBuffer) error { return cb.EncodeWaitForEvent(event, 1) }))
	_ = d.Close()
	if err := work.Wait(context.Background()); !errors.Is(err, mtl.CommandBufferErrorTimeout) || !strings.Contains(err.Error(), "closed") {
		t.Errorf("error %v", err)
	}
}

func TestSharedEventWaitOnTheCPU(t *testing.T) {
	s := newSoft(t)
	event := own[*mtl.SharedEvent](t)(s.device.NewSharedEvent())
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(15*time.Millisecond, func() { cancel(reason) })
	if err := event.Wait(ctx, 1); !errors.Is(err, reason) || !strings.Contains(err.Error(), "for 1") {
		t.Errorf("error %v", err)
	}
	s.encode(s.a, func(cb *mtl.CommandBuffer) error { return cb.EncodeSignalEvent(event, 3) })
	for _, ctx := range []context.Context{t.Context(), context.Background()} {
		if err := event.Wait(ctx, 2); err != nil {
			t.Error(err)
		}
	}
}

// A listener is told once for each value, when it is reached or passed over.
func TestListenerIsNotified(t *testing.T) {
	s := newSoft(t)
	event := own[*mtl.SharedEvent](t)(s.device.NewSharedEvent())
	listener := own[*mtl.SharedEventListener](t)(s.device.NewSharedEventListener())
	told := make(chan [2]uint64, 8)
	for _, value := range []uint64{1, 2, 9} {
		if err := event.NotifyListener(listener, value, func(v uint64) { told <- [2]uint64{value, v} }); err != nil {
			t.Fatal(err)
		}
	}
	s.wait(s.encode(s.a, func(cb *mtl.CommandBuffer) error { return cb.EncodeSignalEvent(event, 2) }))
	got := [][2]uint64{<-told, <-told}
	if want := [][2]uint64{{1, 2}, {2, 2}}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	if err := event.NotifyListener(listener, 2, func(v uint64) { told <- [2]uint64{2, v} }); err != nil {
		t.Fatal(err)
	}
	if got := <-told; got != [2]uint64{2, 2} {
		t.Errorf("told %v of a value that is reached already", got)
	}
	if len(told) != 0 {
		t.Errorf("told %v too", <-told)
	}
}

func TestSharedEventHandleIsTheSameEvent(t *testing.T) {
	s := newSoft(t)
	event := own[*mtl.SharedEvent](t)(s.device.NewSharedEvent())
	if err := event.SetLabel("shared"); err != nil {
		t.Fatal(err)
	}
	handle := own[*mtl.SharedEventHandle](t)(event.NewHandle())
	if label, err := handle.Label(); label != "shared" || err != nil {
		t.Errorf("label %q, %v", label, err)
	}
	other := own[*mtl.SharedEvent](t)(s.device.NewSharedEventWithHandle(handle))
	if err := other.SetSignaledValue(6); err != nil {
		t.Fatal(err)
	}
	if v, err := event.SignaledValue(); v != 6 || err != nil {
		t.Errorf("value %d, %v", v, err)
	}
}

// An encoder that updates a fence comes before one that waits for it, also where
// Metal does not track the buffer between them. Without the fence the software
// device runs them in the other order.
func TestFenceOrdersEncodersOfUntrackedBuffers(t *testing.T) {
	for _, test := range []struct {
		name    string
		options mtl.ResourceOptions
		fenced  bool
		want    byte
	}{
		{"tracked", 0, false, 7},
		{"untracked with a fence", mtl.ResourceHazardTrackingModeUntracked, true, 7},
		{"untracked without one", mtl.ResourceHazardTrackingModeUntracked, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSoft(t)
			x, y := s.buffer(test.options), s.buffer(test.options)
			fence := own[*mtl.Fence](t)(s.device.NewFence())
			s.wait(s.encode(s.a, func(cb *mtl.CommandBuffer) error {
				if err := cb.Blit(func(e *mtl.BlitCommandEncoder) error {
					e.Fill(mtl.BufferRange{Buffer: x}, 16, 7)
					if test.fenced {
						e.UpdateFence(fence)
					}
					return nil
				}); err != nil {
					return err
				}
				return cb.Blit(func(e *mtl.BlitCommandEncoder) error {
					if test.fenced {
						e.WaitForFence(fence)
					}
					e.Copy(mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: y}, 16)
					return nil
				})
			}))
			if got := s.first(y); got != test.want {
				t.Errorf("copied %d, want %d", got, test.want)
			}
		})
	}
}

// The same with kernels, whose encoder has messages of its own.
func TestFenceOrdersComputeEncoders(t *testing.T) {
	s := newSoft(t)
	library := own[*mtl.Library](t)(s.device.NewLibraryWithSource(`#include <metal_stdlib>
kernel void add5(device uint *x [[buffer(0)]]) { x[0] += 5; }
kernel void twice(device uint *x [[buffer(0)]]) { x[0] *= 2; }`, mtl.CompileOptions{}))
	var kernels []*mtl.ComputePipelineState
	for _, name := range []string{"add5", "twice"} {
		function := own[*mtl.Function](t)(library.NewFunction(name))
		kernels = append(kernels, own[*mtl.ComputePipelineState](t)(s.device.NewComputePipelineState(function)))
	}
	fence := own[*mtl.Fence](t)(s.device.NewFence())
	if err := fence.SetLabel("between"); err != nil {
		t.Fatal(err)
	}
	if label, err := fence.Label(); label != "between" || err != nil {
		t.Errorf("label %q, %v", label, err)
	}
	for fenced, want := range map[bool]byte{true: 10, false: 5} {
		x := s.buffer(mtl.ResourceHazardTrackingModeUntracked)
		s.wait(s.encode(s.a, func(cb *mtl.CommandBuffer) error {
			for i, kernel := range kernels {
				if err := cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
					if fenced && i == 1 {
						e.WaitForFence(fence)
					}
					e.SetComputePipelineState(kernel)
					e.SetBuffer(x, 0, 0)
					e.DispatchThreads(line(1), line(1))
					if fenced && i == 0 {
						e.UpdateFence(fence)
					}
					return nil
				}); err != nil {
					return err
				}
			}
			return nil
		}))
		if got := s.first(x); got != want {
			t.Errorf("fenced %v: %d, want %d", fenced, got, want)
		}
	}
}

func TestEventsAndFencesThatMetalRefuses(t *testing.T) {
	s := newSoft(t)
	event := own[*mtl.Event](t)(s.device.NewEvent())
	fence := own[*mtl.Fence](t)(s.device.NewFence())
	gone, err := s.device.NewEvent()
	if err != nil {
		t.Fatal(err)
	}
	gone.Release()
	goneFence, err := s.device.NewFence()
	if err != nil {
		t.Fatal(err)
	}
	goneFence.Release()
	other := newSoft(t)
	foreign := own[*mtl.Event](t)(other.device.NewEvent())
	for _, c := range []struct {
		name   string
		encode func(cb *mtl.CommandBuffer) error
		want   error
		says   string
	}{
		{"no event", func(cb *mtl.CommandBuffer) error { return cb.EncodeSignalEvent(nil, 1) }, mtl.ErrNil, "EncodeSignalEvent"},
		{"an event that is nil", func(cb *mtl.CommandBuffer) error { return cb.EncodeWaitForEvent((*mtl.SharedEvent)(nil), 1) }, mtl.ErrNil, "EncodeWaitForEvent"},
		{"a released event", func(cb *mtl.CommandBuffer) error { return cb.EncodeSignalEvent(gone, 1) }, mtl.ErrReleased, "Event"},
		{"an event of another device", func(cb *mtl.CommandBuffer) error { return cb.EncodeSignalEvent(foreign, 1) }, mtl.ErrForeign, "Event"},
		{"an event within an encoder", func(cb *mtl.CommandBuffer) error {
			return cb.Blit(func(*mtl.BlitCommandEncoder) error { return cb.EncodeSignalEvent(event, 1) })
		}, mtl.ErrArgument, "inside a BlitCommandEncoder"},
		{"a wait for a fence of the same encoder", func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
				e.UpdateFence(fence)
				e.WaitForFence(fence)
				return nil
			})
		}, mtl.ErrArgument, "updated"},
		{"no fence", func(cb *mtl.CommandBuffer) error {
			return cb.Blit(func(e *mtl.BlitCommandEncoder) error { e.WaitForFence(nil); return nil })
		}, mtl.ErrNil, "WaitForFence"},
		{"a released fence", func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error { e.UpdateFence(goneFence); return nil })
		}, mtl.ErrReleased, "UpdateFence"},
	} {
		t.Run(c.name, func(t *testing.T) {
			work, err := s.a.Encode(c.encode)
			if work != nil || !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, %v", work, err)
			}
		})
	}
	if err := gone.SetLabel("x"); !errors.Is(err, mtl.ErrReleased) {
		t.Error(err)
	}
	var none *mtl.SharedEvent
	none.Release()
	if err := none.Wait(context.Background(), 1); !errors.Is(err, mtl.ErrNil) {
		t.Error(err)
	}
}

// Many goroutines pass a number around through queues and events.
func TestManyEventsFromManyGoroutines(t *testing.T) {
	s := newSoft(t)
	event := own[*mtl.SharedEvent](t)(s.device.NewSharedEvent())
	var notified atomic.Int64
	listener := own[*mtl.SharedEventListener](t)(s.device.NewSharedEventListener())
	const n = 40
	errs := make(chan error, n)
	var done sync.WaitGroup // after their objects are released
	for i := range uint64(n) {
		done.Go(func() {
			if err := event.NotifyListener(listener, i+1, func(uint64) { notified.Add(1) }); err != nil {
				errs <- err
				return
			}
			queue, err := s.device.NewCommandQueue()
			if err != nil {
				errs <- err
				return
			}
			defer queue.Release()
			work, err := queue.Encode(func(cb *mtl.CommandBuffer) error {
				if err := cb.EncodeWaitForEvent(event, i); err != nil {
					return err
				}
				return cb.EncodeSignalEvent(event, i+1)
			})
			if err == nil {
				defer work.Release()
				err = work.Wait(context.Background())
			}
			errs <- err
		})
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	done.Wait()
	s.soft.Live() // waits for the listener too
	if v, err := event.SignaledValue(); v != n || err != nil || notified.Load() != n {
		t.Errorf("value %d, %v; %d were told", v, err, notified.Load())
	}
}
