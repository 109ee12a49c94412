package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A CommandBufferErrorOption says what the error of a command buffer tells beside
// its reason (MTLCommandBufferErrorOption).
type CommandBufferErrorOption uint64

// What the error of a command buffer tells.
const (
	CommandBufferErrorOptionNone                   CommandBufferErrorOption = 0
	CommandBufferErrorOptionEncoderExecutionStatus CommandBufferErrorOption = 1 // what became of each encoder, at some cost
)

// String returns the names of the options.
func (o CommandBufferErrorOption) String() string {
	return optionNames("CommandBufferErrorOption", o, CommandBufferErrorOptionEncoderExecutionStatus, "encoder execution status")
}

// A CommandBufferDescriptor says how a command buffer is made
// (MTLCommandBufferDescriptor). Its zero value is what [CommandQueue.Encode] uses.
type CommandBufferDescriptor struct {
	// UnretainedReferences spares Metal the count of references to what the command
	// buffer uses. Every buffer, pipeline, event and fence must then live until the
	// work is done, which nothing here watches over: a Release before is a use of
	// memory that is gone.
	UnretainedReferences bool

	// ErrorOptions says what [ExecutionError] tells.
	ErrorOptions CommandBufferErrorOption

	// LogState takes the messages of the command buffer's kernels, in place of the
	// queue's (macOS 15).
	LogState *LogState
}

// EncodeWithDescriptor is [CommandQueue.Encode] with a command buffer that is made
// as the descriptor says.
func (q *CommandQueue) EncodeWithDescriptor(descriptor CommandBufferDescriptor, encode func(*CommandBuffer) error) (*Submission, error) {
	const method = "CommandQueue.EncodeWithDescriptor"
	if descriptor.ErrorOptions&^CommandBufferErrorOptionEncoderExecutionStatus != 0 {
		return nil, badArgument(method, "ErrorOptions", uint64(descriptor.ErrorOptions), "%d or %d", CommandBufferErrorOptionNone, CommandBufferErrorOptionEncoderExecutionStatus)
	}
	if err := q.acquire(); err != nil {
		return nil, err
	}
	defer q.drop()
	var submission *Submission
	err := q.dev.useLogState(method, descriptor.LogState, func(logs objc.ID) (err error) {
		submission, err = q.encode(method, encode, func(s *scope) objc.ID {
			object := s.newCommandBufferDescriptor(s.fw.commandBufferDescriptor)
			if object == 0 {
				return 0
			}
			defer s.fw.foundation.Release(object)
			s.setRetainedReferences(object, !descriptor.UnretainedReferences)
			s.setErrorOptions(object, descriptor.ErrorOptions)
			if logs != 0 {
				s.setCommandBufferLogState(object, logs)
			}
			return s.commandBufferWithDescriptor(q.id, object)
		})
		return err
	})
	return submission, err
}

// Descriptor returns how the command buffer was made, but for its log state, which Metal
// does not tell.
func (cb *CommandBuffer) Descriptor() (CommandBufferDescriptor, error) {
	var d CommandBufferDescriptor
	err := cb.whileOpen("CommandBuffer.Descriptor", func() error {
		d.UnretainedReferences = !cb.scope.commandBufferRetainedReferences(cb.id)
		d.ErrorOptions = cb.scope.commandBufferErrorOptions(cb.id)
		return nil
	})
	return d, err
}

// Enqueue gives the command buffer its place in the queue now: what is committed
// to the queue before this one is, and was not enqueued before, runs after it.
// Without it, the place comes with the commit, at the end of the scope. A scope
// that fails after it gives the place up.
func (cb *CommandBuffer) Enqueue() error {
	return cb.whileOpen("CommandBuffer.Enqueue", func() error {
		if cb.enqueued {
			return fmt.Errorf("mtl: CommandBuffer.Enqueue: the command buffer is enqueued already: %w", ErrArgument)
		}
		cb.enqueued = true
		cb.scope.enqueue(cb.id)
		return nil
	})
}

// Label returns what SetLabel has set.
func (cb *CommandBuffer) Label() (string, error) {
	var label string
	err := cb.whileOpen("CommandBuffer.Label", func() error {
		label = cb.dev.fw.foundation.String(cb.scope.commandBufferLabel(cb.id))
		return nil
	})
	return label, err
}
