package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A CommandBufferError is why a command buffer failed (MTLCommandBufferError).
// It is for errors.Is on what [Submission.Wait] returns.
type CommandBufferError int

// Reasons why a command buffer fails.
const (
	CommandBufferErrorInternal        CommandBufferError = 1  // Metal says no more
	CommandBufferErrorTimeout         CommandBufferError = 2  // it ran too long, and was ended
	CommandBufferErrorPageFault       CommandBufferError = 3  // a kernel used an address that it may not
	CommandBufferErrorAccessRevoked   CommandBufferError = 4  // earlier command buffers of the process failed too often
	CommandBufferErrorNotPermitted    CommandBufferError = 7  // the process may not use the GPU now
	CommandBufferErrorOutOfMemory     CommandBufferError = 8  // its resources do not fit in memory together
	CommandBufferErrorInvalidResource CommandBufferError = 9  // it uses a resource that is gone
	CommandBufferErrorMemoryless      CommandBufferError = 10 // a memoryless resource ran out of space
	CommandBufferErrorDeviceRemoved   CommandBufferError = 11 // the GPU was unplugged
	CommandBufferErrorStackOverflow   CommandBufferError = 12 // a kernel called functions too deep
)

// Error names the reason.
func (e CommandBufferError) Error() string {
	names := [...]string{
		1: "internal", 2: "timeout", 3: "page fault", 4: "access revoked", 7: "not permitted", 8: "out of memory",
		9: "invalid resource", 10: "memoryless", 11: "device removed", 12: "stack overflow",
	}
	if e < 1 || int(e) >= len(names) || names[e] == "" {
		return fmt.Sprintf("command buffer error %d", int(e))
	}
	return "command buffer error " + names[e]
}

// executionError is the error of a command buffer that ended with a status, and
// with an NSError or none.
func executionError(status CommandBufferStatus, e *objc.Error) error {
	switch {
	case e == nil:
		return fmt.Errorf("mtl: status is %v: %w", status, ErrExecution)
	case e.Domain != "MTLCommandBufferErrorDomain":
		return fmt.Errorf("mtl: status is %v: %w: %w", status, ErrExecution, e)
	}
	return fmt.Errorf("mtl: status is %v: %w: %w: %w", status, ErrExecution, CommandBufferError(e.Code), e)
}
