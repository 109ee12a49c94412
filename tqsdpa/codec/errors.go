package codec

import (
	"errors"
	"fmt"
)

// ErrParam is what every [*ParamError] unwraps to, so that
// errors.Is(err, ErrParam) tells a wrong argument from any other failure.
var ErrParam = errors.New("invalid parameter")

// A ParamError says which argument was wrong, what it was, and what it may be.
type ParamError struct {
	Field string // the field or slice, as the caller spells it: "HeadDim", "KPacked"
	Value any    // what it was; for a slice, its length
	Limit string // what it may be: "64, 128, 256 or 512"
}

func (e *ParamError) Error() string {
	return fmt.Sprintf("%s is %v, must be %s", e.Field, e.Value, e.Limit)
}

func (e *ParamError) Unwrap() error { return ErrParam }

// atLeast checks a length and says both numbers when it falls short.
func atLeast(field string, got, want int, unit string) error {
	if got >= want {
		return nil
	}
	return &ParamError{Field: "len(" + field + ")", Value: got, Limit: fmt.Sprintf("at least %d %s", want, unit)}
}
