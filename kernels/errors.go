package kernels

import (
	"errors"
	"fmt"

	"github.com/tqmetal/tqmetal/mtl"
)

// ErrUnknownKernel says that no source was registered for a kernel's name.
var ErrUnknownKernel = errors.New("unknown kernel")

// ErrCheck says that a device did not pass the check of a source
// ([Source.Check]): the kernels of the source can't be used on it. Others can.
var ErrCheck = errors.New("the device does not pass the source's check")

func errNil() error      { return fmt.Errorf("kernels: Registry: %w", mtl.ErrNil) }
func errReleased() error { return fmt.Errorf("kernels: Registry: %w", mtl.ErrReleased) }

// errUnknown names the registered kernel that is nearest to an unknown one,
// since most wrong names are misspelt.
func errUnknown(name string, names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("kernels: %w: %q; no source is registered", ErrUnknownKernel, name)
	}
	nearest, least := names[0], distance(name, names[0])
	for _, n := range names[1:] {
		if d := distance(name, n); d < least {
			nearest, least = n, d
		}
	}
	return fmt.Errorf("kernels: %w: %q; the nearest of the %d that are registered is %q", ErrUnknownKernel, name, len(names), nearest)
}

// distance is how many bytes have to be inserted, deleted or replaced to make b
// of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1) // row[j]: from the part of a that was seen to b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
