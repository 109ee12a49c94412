//go:build amd64 || arm64

package tqsdpa

import (
	"testing"

	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// openDevice returns the software device.
func openDevice(t testing.TB, options ...softmetal.Options) Device {
	t.Helper()
	return softmetal.NewTesting(t, options...)
}
