//go:build !(darwin && !ios && arm64) && !(tqmetal_abi && linux)

package objc

import (
	"fmt"
	"runtime"
)

func open([]string) (Runtime, error) {
	return nil, fmt.Errorf("%w: the calls are written for macOS on Apple silicon (darwin/arm64), and this program was built for %s/%s", ErrUnavailable, runtime.GOOS, runtime.GOARCH)
}
