//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// Both handlers come, the scheduled one first, and the completed one with what Wait
// returns. Wait returns after them.
func TestHandlersAreCalledInOrder(t *testing.T) {
	s := newSoft(t)
	x := s.buffer(0)
	var mu sync.Mutex
	var calls []string
	note := func(format string, a ...any) {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, fmt.Sprintf(format, a...))
	}
	release := s.hold()
	work := s.encode(s.a, func(cb *mtl.CommandBuffer) error {
		if err := cb.AddCompletedHandler(func(c mtl.Completion) {
			time.Sleep(10 * time.Millisecond)
			note("completed %v %v %v", c.Status, c.Err, c.Times.GPUEnd > c.Times.GPUStart)
		}); err != nil {
			return err
		}
		if err := cb.AddScheduledHandler(func() { note("scheduled") }); err != nil {
			return err
		}
		return fill(x, 1)(cb)
	})
	if err := work.WaitUntilScheduled(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	if !slices.Equal(calls, []string{"scheduled"}) {
		t.Errorf("calls %q after WaitUntilScheduled", calls)
	}
	mu.Unlock()
	release()
	s.wait(work)
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"scheduled", "completed completed <nil> true"}; !slices.Equal(calls, want) {
		t.Errorf("calls %q, want %q", calls, want)
	}
}

func TestCompletedHandlerLearnsOfAFailure(t *testing.T) {
	s := newSoft(t)
	if err := s.soft.Fail(softmetal.Fault{Selector: "commit", Error: softmetal.CommandBufferError(8)}); err != nil {
		t.Fatal(err)
	}
	told := make(chan mtl.Completion, 1)
	work := s.encode(s.a, func(cb *mtl.CommandBuffer) error {
		return cb.AddCompletedHandler(func(c mtl.Completion) { told <- c })
	})
	err := work.Wait(context.Background())
	c := <-told
	if c.Status != mtl.CommandBufferStatusError || !errors.Is(c.Err, mtl.CommandBufferErrorOutOfMemory) || err == nil || c.Err.Error() != err.Error() {
		t.Errorf("told %+v, Wait returned %v", c, err)
	}
}

// A process has 2000 callbacks in all: handlers must not use one up each. Nothing
// of a handler is left when it has run.
func TestThousandsOfHandlers(t *testing.T) {
	s := newSoft(t)
	before := objc.LiveBlocks()
	const buffers, each = 250, 20
	var calls atomic.Int64
	for i := range buffers {
		work, err := s.a.Encode(func(cb *mtl.CommandBuffer) error {
			for j := range each {
				if err := cb.AddCompletedHandler(func(mtl.Completion) { calls.Add(int64(i*each + j)) }); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.wait(work)
		work.Release()
	}
	const n = buffers * each
	if got := calls.Load(); got != n*(n-1)/2 {
		t.Errorf("the sum of all handlers is %d, want %d", got, n*(n-1)/2)
	}
	s.soft.Live() // the last handlers have gone by then
	if left := objc.LiveBlocks(); left != before {
		t.Errorf("%d blocks are left, were %d", left, before)
	}
}

// A handler may do what every goroutine may: here it commits the work that comes
// next, ten times over.
func TestHandlerUsesMetal(t *testing.T) {
	s := newSoft(t)
	done := make(chan error, 1)
	var step func(n int)
	step = func(n int) {
		b, err := s.device.NewBuffer(16, 0)
		if err != nil {
			done <- err
			return
		}
		defer b.Release()
		work, err := s.a.Encode(func(cb *mtl.CommandBuffer) error {
			if err := fill(b, byte(n))(cb); err != nil {
				return err
			}
			return cb.AddCompletedHandler(func(c mtl.Completion) {
				if n == 10 || c.Err != nil {
					done <- c.Err
					return
				}
				step(n + 1)
			})
		})
		if err != nil {
			done <- err
			return
		}
		work.Release()
	}
	step(1)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A handler that waits for other work of its own queue does not hold up that work.
func TestHandlerWaitsForOtherWork(t *testing.T) {
	s := newSoft(t)
	x := s.buffer(0)
	ready, waited := make(chan *mtl.Submission, 1), make(chan error, 1)
	first := s.encode(s.a, func(cb *mtl.CommandBuffer) error {
		return cb.AddCompletedHandler(func(mtl.Completion) { waited <- (<-ready).Wait(context.Background()) })
	})
	ready <- s.encode(s.a, fill(x, 4))
	if err := <-waited; err != nil || s.first(x) != 4 {
		t.Errorf("%v, wrote %d", err, s.first(x))
	}
	s.wait(first)
}

// Whoever fails to commit calls no handler and leaves nothing behind.
func TestHandlersOfAScopeThatFailsAreDropped(t *testing.T) {
	s := newSoft(t)
	before := objc.LiveBlocks()
	reason := errors.New("no")
	never := func(mtl.Completion) { t.Error("called") }
	if _, err := s.a.Encode(func(cb *mtl.CommandBuffer) error {
		if err := cb.AddCompletedHandler(never); err != nil {
			return err
		}
		return reason
	}); !errors.Is(err, reason) {
		t.Error(err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = s.a.Encode(func(cb *mtl.CommandBuffer) error {
			if err := cb.AddCompletedHandler(never); err != nil {
				return err
			}
			panic("in the scope")
		})
	}()
	for _, add := range []func(cb *mtl.CommandBuffer) error{
		func(cb *mtl.CommandBuffer) error { return cb.AddCompletedHandler(nil) },
		func(cb *mtl.CommandBuffer) error { return cb.AddScheduledHandler(nil) },
	} {
		if _, err := s.a.Encode(add); !errors.Is(err, mtl.ErrArgument) {
			t.Error(err)
		}
	}
	if left := objc.LiveBlocks(); left != before {
		t.Errorf("%d blocks are left, were %d", left, before)
	}
	var none *mtl.CommandBuffer
	if err := none.AddCompletedHandler(never); !errors.Is(err, mtl.ErrNil) {
		t.Error(err)
	}
	var late *mtl.CommandBuffer
	s.wait(s.encode(s.a, func(cb *mtl.CommandBuffer) error { late = cb; return nil }))
	if err := late.AddCompletedHandler(never); !errors.Is(err, mtl.ErrEnded) {
		t.Error(err)
	}
}

// A panic in a handler is lost on nobody: it ends the process, as in a goroutine.
func TestPanicInAHandlerEndsTheProcess(t *testing.T) {
	const child = "TQMETAL_HANDLER_PANICS"
	if os.Getenv(child) != "" {
		s := newSoft(t)
		work := s.encode(s.a, func(cb *mtl.CommandBuffer) error {
			return cb.AddCompletedHandler(func(mtl.Completion) { panic("out of a handler") })
		})
		_ = work.Wait(context.Background())
		time.Sleep(time.Minute)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), child+"=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(out.String(), "panic: out of a handler") || !strings.Contains(out.String(), "command_buffer_handler_test.go") {
		t.Errorf("%v: %s", err, &out)
	}
}

// Handlers that come from many queues at once.
func TestHandlersFromManyQueues(t *testing.T) {
	s := newSoft(t)
	var calls atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			queue, err := s.device.NewCommandQueue()
			if err != nil {
				t.Error(err)
				return
			}
			defer queue.Release()
			for range 50 {
				work, err := queue.Encode(func(cb *mtl.CommandBuffer) error {
					if err := cb.AddScheduledHandler(func() { calls.Add(1) }); err != nil {
						return err
					}
					return cb.AddCompletedHandler(func(c mtl.Completion) { calls.Add(1) })
				})
				if err != nil {
					t.Error(err)
					return
				}
				work.Release()
			}
		})
	}
	all.Wait()
	s.soft.Live()
	if got := calls.Load(); got != 8*50*2 {
		t.Errorf("%d calls, want %d", got, 8*50*2)
	}
}

// A runtime without callbacks works, and says why it has no handlers.
func TestHandlersNeedARuntimeThatCallsBack(t *testing.T) {
	d := softmetal.NewTesting(t)
	f, err := mtl.Load(struct{ objc.Runtime }{d})
	if err != nil {
		t.Fatal(err)
	}
	device := own[*mtl.Device](t)(f.CreateSystemDefaultDevice())
	queue := own[*mtl.CommandQueue](t)(device.NewCommandQueue())
	_, err = queue.Encode(func(cb *mtl.CommandBuffer) error { return cb.AddScheduledHandler(func() {}) })
	if !errors.Is(err, mtl.ErrUnavailable) || !strings.Contains(err.Error(), "call Go functions") {
		t.Error(err)
	}
	event := own[*mtl.SharedEvent](t)(device.NewSharedEvent())
	listener := own[*mtl.SharedEventListener](t)(device.NewSharedEventListener())
	if err := event.NotifyListener(listener, 1, func(uint64) {}); !errors.Is(err, mtl.ErrUnavailable) {
		t.Error(err)
	}
}
