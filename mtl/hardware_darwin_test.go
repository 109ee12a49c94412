//go:build !ios && arm64

package mtl_test

import (
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// testFramework opens this Mac's own Metal. An object that a test forgets to
// release fails it.
func testFramework(t *testing.T) *mtl.Framework {
	t.Helper()
	rt, err := objc.System()
	if err != nil {
		t.Fatal(err)
	}
	framework, err := mtl.Load(rt)
	if err != nil {
		t.Fatal(err)
	}
	ledger := framework.TrackObjects()
	t.Cleanup(func() {
		for _, object := range ledger.Live() {
			t.Errorf("not released: %s", object)
		}
	})
	return framework
}
