package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A CommandQueueDescriptor says how a queue is made (MTLCommandQueueDescriptor).
// Its zero value is what [Device.NewCommandQueue] uses.
type CommandQueueDescriptor struct {
	// MaxCommandBufferCount is how many command buffers that are not complete the
	// queue holds; 0 means 64.
	MaxCommandBufferCount int
	// LogState takes the messages of kernels of all command buffers that have none of
	// their own (macOS 15). The queue keeps it.
	LogState *LogState
}

// defaultMaxCommandBufferCount is Metal's.
const defaultMaxCommandBufferCount = 64

// NewCommandQueueWithDescriptor returns a queue that is made as the descriptor
// says. The caller releases it. Systems below macOS 15 have no such descriptor and
// are asked for the same in another way.
func (d *Device) NewCommandQueueWithDescriptor(descriptor CommandQueueDescriptor) (*CommandQueue, error) {
	const method = "Device.NewCommandQueueWithDescriptor"
	count := descriptor.MaxCommandBufferCount
	if count < 0 {
		return nil, badArgument(method, "MaxCommandBufferCount", count, "at least 1, or 0 for %d", defaultMaxCommandBufferCount)
	}
	if count == 0 {
		count = defaultMaxCommandBufferCount
	}
	if descriptor.LogState != nil && !d.hasQueueDescriptor {
		return nil, fmt.Errorf("mtl: %s: LogState needs macOS 15: %w", method, ErrUnsupported)
	}
	var queue *CommandQueue
	err := d.useLogState(method, descriptor.LogState, func(logs objc.ID) (err error) {
		queue, err = d.makeQueue(func(s *scope) objc.ID {
			if !d.hasQueueDescriptor {
				return s.newCommandQueueWithMaxCommandBufferCount(d.id, uint64(count))
			}
			object := s.newCommandQueueDescriptor(s.fw.commandQueueDescriptor)
			if object == 0 {
				return 0
			}
			defer s.fw.foundation.Release(object)
			s.setQueueMaxCommandBufferCount(object, uint64(count))
			if logs != 0 {
				s.setQueueLogState(object, logs)
			}
			return s.newCommandQueueWithDescriptor(d.id, object)
		})
		return err
	})
	return queue, err
}
