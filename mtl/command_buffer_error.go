package mtl

import (
	"fmt"
	"strings"

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

// An ExecutionError is why the work of a command buffer failed. It wraps
// [ErrExecution], Reason if there is one, and Err.
type ExecutionError struct {
	Status   CommandBufferStatus
	Reason   CommandBufferError // 0 if Metal gave none
	Err      *objc.Error        // nil if Metal gave none
	Encoders []EncoderInfo      // in the order of encoding, if [CommandBufferDescriptor].ErrorOptions asked for them
}

// Error returns everything that Metal said, with the encoders that are to blame.
func (e *ExecutionError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "mtl: status is %v: %v", e.Status, ErrExecution)
	if e.Reason != 0 {
		fmt.Fprintf(&b, ": %v", e.Reason)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	for i, info := range e.Encoders {
		if info.State == CommandEncoderErrorStateFaulted || info.State == CommandEncoderErrorStateAffected {
			fmt.Fprintf(&b, "; encoder %d (%v)", i, info)
		}
	}
	return b.String()
}

// Unwrap returns what the error is for errors.Is and errors.As.
func (e *ExecutionError) Unwrap() []error {
	all := []error{ErrExecution}
	if e.Reason != 0 {
		all = append(all, e.Reason)
	}
	if e.Err != nil {
		all = append(all, e.Err)
	}
	return all
}

// executionError is the error of a command buffer that ended with a status, and
// with an NSError or none.
func (s *scope) executionError(status CommandBufferStatus, nsError objc.ID) error {
	e := &ExecutionError{Status: status, Err: s.fw.foundation.Error(nsError)}
	if e.Err != nil && e.Err.Domain == "MTLCommandBufferErrorDomain" {
		e.Reason = CommandBufferError(e.Err.Code)
	}
	for _, id := range s.fw.foundation.Objects(s.fw.foundation.UserInfo(nsError, s.fw.encoderInfoKey)) {
		e.Encoders = append(e.Encoders, s.encoderInfo(id))
	}
	return e
}
