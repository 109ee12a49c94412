package objc

import "errors"

var (
	// ErrUnavailable says that this machine has no Objective-C runtime, or none
	// that can be used; the error that wraps it gives the reason.
	ErrUnavailable = errors.New("Objective-C is unavailable")
	// ErrNoObject says that a method returned nil and did not say why: as a
	// rule there is no memory.
	ErrNoObject = errors.New("nil without an error")
)
