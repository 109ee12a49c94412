package objc

import (
	"fmt"
	"strings"
)

// An Error is an NSError. Its texts are whole: a compiler's log is never cut.
type Error struct {
	Domain        string // such as MTLLibraryErrorDomain
	Code          int64
	Description   string // localizedDescription
	FailureReason string // localizedFailureReason, or empty
}

// Error returns everything that the NSError said.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d", e.Domain, e.Code)
	if e.Description != "" {
		b.WriteString(": " + e.Description)
	}
	if e.FailureReason != "" && !strings.Contains(e.Description, e.FailureReason) {
		b.WriteString(": " + e.FailureReason)
	}
	return b.String()
}

// Error reads an NSError; it takes no reference. Nil gives nil.
func (f *Foundation) Error(id ID) *Error {
	if id == 0 {
		return nil
	}
	pool := f.OpenPool() // domain and texts live in the pool
	defer pool.Close()
	c := f.call()
	defer f.done(c)
	return &Error{
		Domain:        f.String(c.errorDomain(id)),
		Code:          c.errorCode(id),
		Description:   f.String(c.errorDescription(id)),
		FailureReason: f.String(c.errorFailureReason(id)),
	}
}
