package msl

import (
	"fmt"
	"strings"
)

// Diagnostic is one reason to refuse a source, where it is in the source.
type Diagnostic struct {
	File         string
	Line, Column int
	Message      string
}

func (d Diagnostic) String() string {
	return fmt.Sprintf("%s:%d:%d: error: %s", d.File, d.Line, d.Column, d.Message)
}

// Warning is the diagnostic as a warning.
func (d Diagnostic) Warning() string {
	return fmt.Sprintf("%s:%d:%d: warning: %s", d.File, d.Line, d.Column, d.Message)
}

// Error is all the reasons to refuse a source.
type Error []Diagnostic

func (e Error) Error() string {
	lines := make([]string, len(e))
	for i, d := range e {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}
