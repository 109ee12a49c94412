package mtl

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/tqmetal/tqmetal/objc"
)

// A CommandQueueError is why work of a [CommandQueue4] failed (MTL4CommandQueueError).
// It is for errors.Is on what [Submission4.Wait] returns.
type CommandQueueError int64

// Reasons why work of a queue fails.
const (
	CommandQueueErrorTimeout       CommandQueueError = 1 // it ran too long, and was ended
	CommandQueueErrorNotPermitted  CommandQueueError = 2 // the process may not use the GPU now
	CommandQueueErrorOutOfMemory   CommandQueueError = 3 // there is not enough memory for it
	CommandQueueErrorDeviceRemoved CommandQueueError = 4 // the GPU was unplugged
	CommandQueueErrorAccessRevoked CommandQueueError = 5 // earlier work of the process failed too often
	CommandQueueErrorInternal      CommandQueueError = 6 // Metal says no more
)

// commandQueueErrorDomain is the domain of those errors. A page fault has no reason of
// its own there.
const commandQueueErrorDomain = "MTL4CommandQueueErrorDomain"

// String returns the name of the reason.
func (e CommandQueueError) String() string {
	return enumName("CommandQueueError", e, "", "timeout", "not permitted", "out of memory", "device removed", "access revoked", "internal")
}

// Error names the reason.
func (e CommandQueueError) Error() string { return "command queue error " + e.String() }

// A CommitError is why the work of a commit failed. It wraps [ErrExecution], Reason if
// there is one, and Err.
type CommitError struct {
	Reason CommandQueueError // 0 if Metal gave none
	Err    *objc.Error
}

// Error returns everything that Metal said.
func (e *CommitError) Error() string {
	text := "mtl: commit: " + ErrExecution.Error()
	if e.Reason != 0 {
		text += ": " + e.Reason.Error()
	}
	return text + ": " + e.Err.Error()
}

// Unwrap returns what the error is for errors.Is and errors.As.
func (e *CommitError) Unwrap() []error {
	if e.Reason == 0 {
		return []error{ErrExecution, e.Err}
	}
	return []error{ErrExecution, e.Reason, e.Err}
}

// A CommitFeedback is how the work of a commit ended (MTL4CommitFeedback).
type CommitFeedback struct {
	Err              error         // nil, or what [Submission4.Wait] returns
	GPUStart, GPUEnd time.Duration // execution on the GPU, from an unspecified moment
}

// GPU returns how long the GPU worked.
func (f CommitFeedback) GPU() time.Duration { return f.GPUEnd - f.GPUStart }

// A Submission4 is the committed work of a scope of [CommandQueue4.Encode]. It may be
// used from any goroutine. It owns nothing: there is no need to release it, nor to wait
// for it.
type Submission4 struct {
	queue     *CommandQueue4
	allocator *CommandAllocator
	number    uint64

	// committing is locked until the scope has let go of the allocator, whose memory a
	// handler may want.
	committing sync.Mutex

	options  objc.ID   // of the commit
	held     []*object // that the work uses, until it is done
	handlers []func(CommitFeedback)

	done     chan struct{} // closed when what follows is set
	feedback CommitFeedback
}

// commitOptions makes MTL4CommitOptions that call finish when the work is done.
func (s *Submission4) commitOptions(sc *scope, method string) (objc.ID, error) {
	f := sc.fw.foundation
	block, err := f.NewBlock(handlerSignature, func(args objc.BlockArguments) { s.finish(objc.ID(args[0])) })
	if err != nil {
		return 0, fmt.Errorf("mtl: %s: %w", method, err)
	}
	defer f.ReleaseBlock(block) // the options have a reference of their own
	options := sc.newCommitOptions(sc.fw.commitOptions)
	if options == 0 {
		return 0, sc.fw.failed("MTL4CommitOptions", 0)
	}
	sc.addFeedbackHandler(options, uintptr(block))
	return options, nil
}

// finish is called by Metal when the work is done.
func (s *Submission4) finish(feedback objc.ID) {
	s.committing.Lock()
	defer s.committing.Unlock()
	s.feedback = s.queue.fw.commitFeedback(feedback)
	for _, o := range s.held {
		o.drop()
	}
	s.held = nil
	s.queue.fw.foundation.Release(s.options)
	s.allocator.done()
	s.queue.endCommit(s.number)
	for _, handler := range s.handlers {
		handler(s.feedback)
	}
	close(s.done)
}

func (f *Framework) commitFeedback(id objc.ID) CommitFeedback {
	s := f.begin()
	defer s.end()
	feedback := CommitFeedback{GPUStart: seconds(s.feedbackGPUStartTime(id)), GPUEnd: seconds(s.feedbackGPUEndTime(id))}
	if e := f.foundation.Error(s.feedbackError(id)); e != nil {
		failure := &CommitError{Err: e}
		if e.Domain == commandQueueErrorDomain {
			failure.Reason = CommandQueueError(e.Code)
		}
		feedback.Err = failure
	}
	return feedback
}

// Wait returns when the work is done: nil when it completed, and otherwise a
// [*CommitError], which wraps [ErrExecution] and, if Metal gave one, a
// [CommandQueueError]. Handlers that the command buffer was given have returned by
// then. When the context ends first, Wait returns its cause; the work goes on, and Wait
// may be called again.
func (s *Submission4) Wait(ctx context.Context) error {
	if s == nil {
		return errNil("Submission4")
	}
	select { // what is done is told whatever the context says
	case <-s.done:
		return s.feedback.Err
	default:
	}
	select {
	case <-s.done:
		return s.feedback.Err
	case <-ctx.Done():
		return fmt.Errorf("mtl: Submission4.Wait: %w", context.Cause(ctx))
	}
}

// Feedback returns how the work ended. Before it is done the error wraps [ErrNotDone].
func (s *Submission4) Feedback() (CommitFeedback, error) {
	if s == nil {
		return CommitFeedback{}, errNil("Submission4")
	}
	select {
	case <-s.done:
		return s.feedback, nil
	default:
		return CommitFeedback{}, fmt.Errorf("mtl: Submission4.Feedback: %w", ErrNotDone)
	}
}
