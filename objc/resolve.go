package objc

import (
	"errors"
	"fmt"
)

// Resolve registers the named selectors and looks up the named C functions,
// into the slots of the same index. The error names everything that rt lacks.
func Resolve(rt Runtime, selectors []SEL, selectorNames []string, functions []uintptr, functionNames []string) error {
	var missing []error
	for i, name := range selectorNames {
		if selectors[i] = rt.RegisterSelector(name); selectors[i] == 0 {
			missing = append(missing, fmt.Errorf("%w: selector %s can't be registered", ErrUnavailable, name))
		}
	}
	for i, name := range functionNames {
		if functions[i] = rt.Symbol(name); functions[i] == 0 {
			missing = append(missing, fmt.Errorf("%w: there is no C function %s", ErrUnavailable, name))
		}
	}
	return errors.Join(missing...)
}
