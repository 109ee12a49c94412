//go:build amd64 || arm64

package tqsdpa

import (
	"testing"

	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// openRuntime returns the software device.
func openRuntime(t *testing.T, options ...softmetal.Options) (objc.Runtime, scheduler) {
	t.Helper()
	device := softmetal.NewTesting(t, options...)
	return device, device
}
