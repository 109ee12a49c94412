//go:build amd64 || arm64

package mtl_test

import (
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// testFramework opens the software device, in the schedule that shows the most
// missing barriers.
func testFramework(t *testing.T) *mtl.Framework {
	t.Helper()
	framework, err := mtl.Load(softmetal.NewTesting(t))
	if err != nil {
		t.Fatal(err)
	}
	return framework
}
