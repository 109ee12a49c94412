package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A Completion is how a command buffer ended, as its handlers learn it.
type Completion struct {
	Status CommandBufferStatus
	Err    error // nil, or what [Submission.Wait] returns
	Times  Times
}

// handlerSignature is the type of a block that takes a command buffer.
const handlerSignature = "v16@?0@8"

// AddCompletedHandler calls handler once when the work is done, or has failed, on a
// thread of Metal's. It is called for a command buffer that is committed, and for
// no other. Any number of handlers may be added, and all of them are called, those
// of one queue one after another: one that takes long holds up those behind it. A
// handler may use everything, but must not wait for its own command buffer, whose
// waits end when its handlers have returned.
//
// A panic in a handler ends the process, as in a goroutine. A runtime that can't
// call back makes the scope fail with an error that wraps [ErrUnavailable].
func (cb *CommandBuffer) AddCompletedHandler(handler func(Completion)) error {
	const method = "CommandBuffer.AddCompletedHandler"
	if handler == nil {
		return cb.refuseNil(method)
	}
	return cb.addHandler(method, (*call).addCompletedHandler, func(f *Framework, id objc.ID) { handler(f.completion(id)) })
}

// AddScheduledHandler calls handler once when the command buffer waits for nothing
// but the GPU, on a thread of Metal's. The rest is as for
// [CommandBuffer.AddCompletedHandler].
func (cb *CommandBuffer) AddScheduledHandler(handler func()) error {
	const method = "CommandBuffer.AddScheduledHandler"
	if handler == nil {
		return cb.refuseNil(method)
	}
	return cb.addHandler(method, (*call).addScheduledHandler, func(*Framework, objc.ID) { handler() })
}

func (cb *CommandBuffer) refuseNil(method string) error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	return cb.refuse(badArgument(method, "function", "nil", "a function"))
}

func (cb *CommandBuffer) addHandler(method string, send func(*call, objc.ID, uintptr), handler func(*Framework, objc.ID)) error {
	return cb.whileOpen(method, func() error {
		f := cb.dev.fw
		block, err := f.foundation.NewBlock(handlerSignature, func(args objc.BlockArguments) { handler(f, objc.ID(args[0])) })
		if err != nil {
			return fmt.Errorf("mtl: %s: %w", method, err)
		}
		defer f.foundation.ReleaseBlock(block) // Metal has its own reference by then
		send(cb.scope.call, cb.id, uintptr(block))
		return nil
	})
}

// whileOpen runs a method that is allowed at any time before the commit. Its error
// fails the command buffer.
func (cb *CommandBuffer) whileOpen(method string, f func() error) error {
	if cb == nil {
		return errNil("CommandBuffer")
	}
	return cb.recording.whileOpen(method, f)
}

func (cb *recording) whileOpen(method string, f func() error) error {
	if !cb.enter(method) {
		return cb.Err()
	}
	defer cb.leave()
	if err := cb.Err(); err != nil {
		return err
	}
	if err := f(); err != nil {
		return cb.refuse(err)
	}
	return nil
}

// completion reads how a command buffer that is done has ended.
func (f *Framework) completion(id objc.ID) Completion {
	s := f.begin()
	defer s.end()
	return s.completion(id)
}

func (s *scope) completion(id objc.ID) Completion {
	c := Completion{Status: s.commandBufferStatus(id)}
	if c.Status != CommandBufferStatusCompleted {
		c.Err = s.executionError(c.Status, s.commandBufferError(id))
	}
	c.Times = Times{
		GPUStart: seconds(s.gpuStartTime(id)), GPUEnd: seconds(s.gpuEndTime(id)),
		KernelStart: seconds(s.kernelStartTime(id)), KernelEnd: seconds(s.kernelEndTime(id)),
	}
	return c
}
