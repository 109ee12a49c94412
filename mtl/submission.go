package mtl

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/tqmetal/tqmetal/objc"
)

// A CommandBufferStatus is how far a command buffer has come
// (MTLCommandBufferStatus).
type CommandBufferStatus uint64

// Statuses of a command buffer.
const (
	CommandBufferStatusNotEnqueued CommandBufferStatus = 0
	CommandBufferStatusEnqueued    CommandBufferStatus = 1
	CommandBufferStatusCommitted   CommandBufferStatus = 2
	CommandBufferStatusScheduled   CommandBufferStatus = 3
	CommandBufferStatusCompleted   CommandBufferStatus = 4
	CommandBufferStatusError       CommandBufferStatus = 5
)

// String returns the name of the status.
func (s CommandBufferStatus) String() string {
	names := [...]string{"not enqueued", "enqueued", "committed", "scheduled", "completed", "error"}
	if s < CommandBufferStatus(len(names)) {
		return names[s]
	}
	return fmt.Sprintf("CommandBufferStatus(%d)", uint64(s))
}

// A Submission is a committed command buffer. It may be used from any
// goroutine; the owner releases it, before or after the work is done.
type Submission struct {
	object
	waiting atomic.Bool   // somebody is in Metal's wait, for all
	done    chan struct{} // closed when what follows is set
	err     error
	times   Times
}

// Times are when the work of a command buffer ran. They count from the same,
// unspecified moment.
type Times struct {
	GPUStart, GPUEnd       time.Duration // execution on the GPU
	KernelStart, KernelEnd time.Duration // scheduling on the CPU
}

// GPU returns how long the GPU worked.
func (t Times) GPU() time.Duration { return t.GPUEnd - t.GPUStart }

// newSubmission takes over one reference to a committed command buffer.
func newSubmission(q *CommandQueue, id objc.ID) *Submission {
	sub := &Submission{done: make(chan struct{})}
	sub.own("Submission", q.fw, q.dev, id)
	return sub
}

func (s *Submission) acquire() error {
	if s == nil {
		return errNil("Submission")
	}
	return s.object.acquire()
}

// Release gives up the reference. The work goes on.
func (s *Submission) Release() {
	if s != nil {
		s.release()
	}
}

// Status returns how far the work has come.
func (s *Submission) Status() (CommandBufferStatus, error) {
	if err := s.acquire(); err != nil {
		return 0, err
	}
	defer s.drop()
	sc := s.fw.begin()
	defer sc.end()
	return sc.commandBufferStatus(s.id), nil
}

// WaitUntilScheduled returns when the work waits for nothing but the GPU: what was
// committed to the queue before it may still run. It can't be interrupted.
func (s *Submission) WaitUntilScheduled() error {
	if err := s.acquire(); err != nil {
		return err
	}
	defer s.drop()
	sc := s.fw.begin()
	defer sc.end()
	sc.waitUntilScheduled(s.id)
	return nil
}

// Wait returns when the work is done: nil when it completed, and otherwise an
// [*ExecutionError], which wraps [ErrExecution] and, if Metal gave a reason, a
// [CommandBufferError] and an [*objc.Error]. Handlers that the command buffer was
// given have returned by then.
// When the context ends first, Wait returns its cause; the work goes on, and
// Wait may be called again.
func (s *Submission) Wait(ctx context.Context) error {
	if s == nil {
		return errNil("Submission")
	}
	if s.isDone() {
		return s.err
	}
	if err := s.acquire(); err != nil {
		return err
	}
	defer s.drop()
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("mtl: Submission.Wait: %w", err)
	}
	// Metal's wait can't be interrupted. The first who comes does it for all, in
	// a goroutine of its own if it may leave before.
	if s.waiting.CompareAndSwap(false, true) {
		if ctx.Done() == nil {
			s.wait()
			close(s.done)
			return s.err
		}
		// The goroutine keeps the submission in use until the work is done, whoever
		// has left, and no longer: once a Wait has returned, Release gives it up.
		s.state.Add(1)
		go func() {
			s.wait()
			s.drop()
			close(s.done)
		}()
	}
	select {
	case <-s.done:
		return s.err
	case <-ctx.Done():
		return fmt.Errorf("mtl: Submission.Wait: %w", context.Cause(ctx))
	}
}

func (s *Submission) isDone() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

func (s *Submission) wait() {
	sc := s.fw.begin()
	defer sc.end()
	sc.waitUntilCompleted(s.id)
	c := sc.completion(s.id)
	s.err, s.times = c.Err, c.Times
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// Times returns when the work ran. Before the first Wait has returned the
// error wraps [ErrNotDone].
func (s *Submission) Times() (Times, error) {
	if s == nil {
		return Times{}, errNil("Submission")
	}
	if !s.isDone() {
		return Times{}, fmt.Errorf("mtl: Submission.Times: %w", ErrNotDone)
	}
	return s.times, nil
}
