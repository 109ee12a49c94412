//go:build !ios && arm64

package tqsdpa

import (
	"testing"

	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// openDevice returns this Mac's own, which has no use for options.
func openDevice(t testing.TB, _ ...softmetal.Options) Device {
	t.Helper()
	rt, err := objc.System()
	if err != nil {
		t.Fatal(err)
	}
	return hardware{rt}
}

// hardware schedules as it likes.
type hardware struct{ objc.Runtime }

func (hardware) SetOrder(softmetal.Order) {}
