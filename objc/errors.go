package objc

import "errors"

// ErrUnavailable says that this machine has no Objective-C runtime, or none
// that can be used; the error that wraps it gives the reason.
var ErrUnavailable = errors.New("Objective-C is unavailable")
