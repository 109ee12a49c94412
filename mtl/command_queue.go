package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A CommandQueue runs command buffers in the order of their commits
// (MTLCommandQueue). It may be used from any goroutine; the owner releases it.
type CommandQueue struct {
	object
	residency residencySets
}

// NewCommandQueue returns a queue that holds up to 64 command buffers which
// are not complete; a 65th scope waits. The caller releases it.
func (d *Device) NewCommandQueue() (*CommandQueue, error) {
	return d.makeQueue(func(s *scope) objc.ID { return s.newCommandQueue(d.id) })
}

// NewCommandQueueWithMaxCommandBufferCount returns a queue that holds up to
// count command buffers which are not complete. The caller releases it.
func (d *Device) NewCommandQueueWithMaxCommandBufferCount(count int) (*CommandQueue, error) {
	if count < 1 {
		return nil, badArgument("Device.NewCommandQueueWithMaxCommandBufferCount", "count", count, "at least 1")
	}
	return d.makeQueue(func(s *scope) objc.ID { return s.newCommandQueueWithMaxCommandBufferCount(d.id, uint64(count)) })
}

func (d *Device) makeQueue(send func(*scope) objc.ID) (*CommandQueue, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	s := d.fw.begin()
	defer s.end()
	id := send(s)
	if id == 0 {
		return nil, d.fw.failed("command queue", 0)
	}
	q := new(CommandQueue)
	q.own("CommandQueue", d.fw, d, id)
	return q, nil
}

func (q *CommandQueue) acquire() error {
	if q == nil {
		return errNil("CommandQueue")
	}
	return q.object.acquire()
}

// Release gives up the reference. Committed work still completes.
func (q *CommandQueue) Release() {
	if q != nil {
		q.release()
	}
}

// SetLabel names the queue in Metal's messages and in its debugger.
func (q *CommandQueue) SetLabel(label string) error {
	if q == nil {
		return errNil("CommandQueue")
	}
	return q.setLabel("CommandQueue.SetLabel", label, (*call).setQueueLabel)
}

// Label returns what SetLabel has set.
func (q *CommandQueue) Label() (string, error) {
	if q == nil {
		return "", errNil("CommandQueue")
	}
	return q.label((*call).queueLabel)
}

// Encode runs encode with a new command buffer and commits it. The goroutine
// is locked to its thread meanwhile, with an autorelease pool of its own. If
// encode returns an error, panics, or leaves an error in an encoder, nothing is
// committed. The caller releases the submission.
func (q *CommandQueue) Encode(encode func(*CommandBuffer) error) (*Submission, error) {
	return q.encode("CommandQueue.Encode", encode, func(s *scope) objc.ID { return s.commandBuffer(q.id) })
}

// encode is Encode with a command buffer that send makes.
func (q *CommandQueue) encode(method string, encode func(*CommandBuffer) error, send func(*scope) objc.ID) (*Submission, error) {
	if err := q.acquire(); err != nil {
		return nil, err
	}
	defer q.drop()
	if encode == nil {
		return nil, badArgument(method, "function", "nil", "a function")
	}
	s, p := q.fw.beginPass(q.dev.eager.Load())
	defer s.endPass(p)
	id := send(s)
	if id == 0 {
		return nil, q.fw.failed("command buffer", 0)
	}
	// It comes autoreleased, and the pool goes before the work is done.
	q.fw.foundation.Retain(id)
	cb := new(CommandBuffer)
	cb.init(q.dev, s, p, id)
	committed := false
	defer func() {
		cb.end()
		if !committed {
			q.fw.foundation.Release(id)
		}
	}()
	if err := encode(cb); err != nil {
		return nil, err
	}
	cb.end()
	cb.flush()
	if err := cb.Err(); err != nil {
		return nil, fmt.Errorf("mtl: the command buffer is not committed: %w", err)
	}
	s.commit(id)
	committed = true
	return newSubmission(q, id), nil
}
