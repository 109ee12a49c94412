package mtl

import (
	"errors"
	"fmt"
	"os"

	"github.com/tqmetal/tqmetal/objc"
)

// Errors that errors.Is finds in what this package returns.
var (
	// ErrUnavailable says that there is no Metal here; the text gives the reason.
	ErrUnavailable = objc.ErrUnavailable
	// ErrUnsupported says that this device or this macOS lacks a feature.
	ErrUnsupported = errors.New("not supported by this device or system")
	// ErrNil says that an object was nil.
	ErrNil = errors.New("object is nil")
	// ErrReleased says that an object was used after its Release.
	ErrReleased = errors.New("object is released")
	// ErrForeign says that an object belongs to another device.
	ErrForeign = errors.New("object belongs to another device")
	// ErrEnded says that a command buffer or an encoder was used outside its scope.
	ErrEnded = errors.New("encoding has ended")
	// ErrConcurrentUse says that an encoder was used outside the goroutine of its
	// scope, or by one of its own messages, which called back.
	ErrConcurrentUse = errors.New("used by another goroutine than its scope's, or by a message of its own")
	// ErrInUse says that an object is in use by another scope, or by work that is not
	// done.
	ErrInUse = errors.New("object is in use by another scope, or by work that is not done")
	// ErrPanicked says that the function of a scope panicked, so that its
	// command buffer is not committed even when the panic was recovered.
	ErrPanicked = errors.New("the function of the scope did not return")
	// ErrArgument is in every [*ArgumentError].
	ErrArgument = errors.New("bad argument")
	// ErrCompile says that a library's source does not compile.
	ErrCompile = errors.New("library does not compile")
	// ErrNoFunction says that a library has no function of the wanted name.
	ErrNoFunction = errors.New("no such function")
	// ErrArchiveMiss says that a pipeline was to come from an archive, and none has
	// it.
	ErrArchiveMiss = errors.New("no archive has the kernel")
	// ErrNoObject says that Metal or Foundation returned nothing and did not say
	// why: as a rule there is no memory.
	ErrNoObject = objc.ErrNoObject
	// ErrNotDone says that a value exists only once the work is done.
	ErrNotDone = errors.New("the work is not done, or nobody has waited for it")
	// ErrExecution says that a committed command buffer failed on the GPU.
	ErrExecution = errors.New("command buffer failed")
)

// An ArgumentError is an argument that Metal would not accept. It was not sent.
type ArgumentError struct {
	Method   string // such as ComputeCommandEncoder.SetBytes
	Argument string // which argument, or which property of it
	Value    any    // what it was
	Want     string // what is accepted, with the limit in numbers
}

// Error names the method, the argument, its value and the limit.
func (e *ArgumentError) Error() string {
	return fmt.Sprintf("mtl: %s: %s is %v, want %s", e.Method, e.Argument, e.Value, e.Want)
}

// Unwrap returns [ErrArgument].
func (e *ArgumentError) Unwrap() error { return ErrArgument }

// fileProblem is what the operating system says of a file that Metal could not
// read, so that errors.Is finds, say, fs.ErrNotExist: in Metal's own error there is
// as a rule none of it.
func fileProblem(path string) []error {
	f, err := os.Open(path)
	if err != nil {
		return []error{err}
	}
	f.Close()
	return nil
}

func badArgument(method, argument string, value any, want string, args ...any) error {
	return &ArgumentError{method, argument, value, fmt.Sprintf(want, args...)}
}

// failed tells why Metal returned nil: by the error it gave, or that it gave
// none. It is called for a nil object only: Metal also sets the error for mere
// warnings, so the error alone says nothing.
func (f *Framework) failed(what string, nsError objc.ID, sentinels ...error) error {
	var reason error = ErrNoObject
	if e := f.foundation.Error(nsError); e != nil {
		reason = e
	}
	for _, sentinel := range sentinels {
		reason = fmt.Errorf("%w: %w", sentinel, reason)
	}
	return fmt.Errorf("mtl: %s: %w", what, reason)
}
