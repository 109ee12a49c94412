//go:build !ios && arm64

package tqsdpa

import (
	"testing"

	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// openRuntime returns this Mac's own Objective-C, which has no use for options.
func openRuntime(t *testing.T, _ ...softmetal.Options) (objc.Runtime, scheduler) {
	t.Helper()
	rt, err := objc.System()
	if err != nil {
		t.Fatal(err)
	}
	return rt, hardware{}
}

// hardware schedules as it likes.
type hardware struct{}

func (hardware) SetOrder(softmetal.Order) {}
