package mtl

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

func (b *bench) submit(t *testing.T) *Submission {
	t.Helper()
	sub, err := b.queue.Encode(func(*CommandBuffer) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

func TestWaitGivesTimes(t *testing.T) {
	b := newBench(t)
	sub := b.submit(t)
	defer sub.Release()
	_, err := sub.Times()
	wantIs(t, err, ErrNotDone)
	if status, err := sub.Status(); status != CommandBufferStatusCommitted || err != nil {
		t.Errorf("status %v, %v", status, err)
	}
	if err := sub.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	if status, err := sub.Status(); status != CommandBufferStatusCompleted || err != nil {
		t.Errorf("status %v, %v", status, err)
	}
	times, err := sub.Times()
	want := Times{1500 * time.Millisecond, 1750 * time.Millisecond, 1250 * time.Millisecond, 1375 * time.Millisecond}
	if times != want || times.GPU() != 250*time.Millisecond || err != nil {
		t.Errorf("%+v, %v", times, err)
	}
}

func TestFailedWorkIsAnErrorWithItsReason(t *testing.T) {
	for _, c := range []struct {
		name   string
		status uint64
		error  bool
		want   string
	}{
		{"status error with an NSError", 5, true, "Caused GPU Timeout Error"},
		{"status error without one", 5, false, "status is error"},
		{"another status after the wait", 3, false, "status is scheduled"},
		{"an unknown status", 9, false, "CommandBufferStatus(9)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.rt.On("MTLCommandBuffer status", func(m *objctest.Message) { m.ReturnUint(c.status) })
			if c.error {
				b.rt.On("MTLCommandBuffer error", func(m *objctest.Message) {
					m.ReturnID(b.rt.Autorelease(b.rt.NewError("MTLCommandBufferErrorDomain", 2, "Caused GPU Timeout Error", "")))
				})
			} else {
				b.rt.On("MTLCommandBuffer error", func(*objctest.Message) {})
			}
			sub := b.submit(t)
			defer sub.Release()
			for range 2 { // the error stays
				err := sub.Wait(context.Background())
				wantIs(t, err, ErrExecution)
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v", err)
				}
				var e *objc.Error
				if errors.As(err, &e) != c.error || c.error && e.Code != 2 {
					t.Errorf("NSError %v", e)
				}
				if errors.Is(err, CommandBufferErrorTimeout) != c.error || errors.Is(err, CommandBufferErrorPageFault) {
					t.Errorf("the reason is lost or another: %v", err)
				}
			}
		})
	}
}

// errStop is a cause of a cancellation.
var errStop = errors.New("stop")

// submitSlow submits work that ends when finish is closed; waiting is closed
// when somebody waits for it.
func (b *bench) submitSlow(t *testing.T) (sub *Submission, waiting, finish chan bool) {
	waiting, finish = make(chan bool), make(chan bool)
	b.rt.On("MTLCommandBuffer waitUntilCompleted", func(m *objctest.Message) {
		close(waiting)
		<-finish
		b.rt.Complete(m.Target)
	})
	return b.submit(t), waiting, finish
}

func TestWaitEndsWithItsContextAndTheWorkGoesOn(t *testing.T) {
	b := newBench(t)
	sub, waiting, finish := b.submitSlow(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() {
		<-waiting
		cancel(errStop)
	}()
	wantIs(t, sub.Wait(ctx), errStop)
	if n := b.rt.Count(sub.id); n == 0 {
		t.Fatal("the command buffer is gone under Metal's wait")
	}
	_, err := sub.Times()
	wantIs(t, err, ErrNotDone)
	close(finish)
	if err := sub.Wait(context.Background()); err != nil {
		t.Error(err)
	}
	sub.Release()
}

func TestReleaseDuringAnAbandonedWait(t *testing.T) {
	b := newBench(t)
	sub, waiting, finish := b.submitSlow(t)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-waiting
		cancel()
	}()
	wantIs(t, sub.Wait(ctx), context.Canceled)
	sub.Release()
	wantIs(t, sub.Wait(context.Background()), ErrReleased)
	close(finish)
	<-sub.done
	if n := b.rt.Count(sub.id); n != 0 {
		t.Errorf("%d references once the work is done", n)
	}
	// What is known stays known.
	if err := sub.Wait(context.Background()); err != nil {
		t.Error(err)
	}
}

// A test that counts what is left when it has released all must find nothing,
// not the goroutine that waited.
func TestReleaseAfterAWaitGivesUpTheReferenceAtOnce(t *testing.T) {
	b := newBench(t)
	for range 300 {
		sub := b.submit(t)
		if err := sub.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		sub.Release()
		if n := b.rt.Count(sub.id); n != 0 {
			t.Fatalf("%d references after Release", n)
		}
	}
}

func TestWaitWithAnEndedContextAsksNothing(t *testing.T) {
	b := newBench(t)
	sub := b.submit(t)
	b.sent()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	wantIs(t, sub.Wait(ctx), context.Canceled)
	if sent := b.sent(); len(sent) != 0 {
		t.Errorf("sent %q", sent)
	}
	if err := sub.Wait(context.Background()); err != nil {
		t.Error(err)
	}
	sub.Release()
}

func TestManyGoroutinesWaitForOneSubmission(t *testing.T) {
	b := newBench(t)
	sub := b.submit(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			c := ctx
			if i%2 == 0 {
				c = context.Background()
			}
			if err := sub.Wait(c); err != nil {
				t.Error(err)
			}
			if _, err := sub.Times(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	sub.Release()
	if n := b.rt.Count(sub.id); n != 0 {
		t.Errorf("%d references after Release", n)
	}
}

// Somebody who asks again and again with a short timeout must not pile up
// goroutines that wait.
func TestOneGoroutineWaitsForAll(t *testing.T) {
	b := newBench(t)
	finish := make(chan bool)
	b.rt.On("MTLCommandBuffer waitUntilCompleted", func(m *objctest.Message) {
		<-finish
		b.rt.Complete(m.Target)
	})
	sub := b.submit(t)
	before := runtime.NumGoroutine()
	for range 50 {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Microsecond)
		wantIs(t, sub.Wait(ctx), context.DeadlineExceeded)
		cancel()
	}
	if n := runtime.NumGoroutine() - before; n > 5 { // one, and timers
		t.Errorf("%d goroutines more than before", n)
	}
	close(finish)
	if err := sub.Wait(context.Background()); err != nil {
		t.Error(err)
	}
	sub.Release()
	if n := b.rt.Count(sub.id); n != 0 {
		t.Errorf("%d references after Release", n)
	}
}
