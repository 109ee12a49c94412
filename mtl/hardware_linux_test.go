//go:build amd64 || arm64

package mtl_test

import (
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// testFramework opens the software device as the newest system, which has all
// that the tests ask for, in the schedule that shows the most missing barriers.
func testFramework(t *testing.T) *mtl.Framework {
	t.Helper()
	framework, err := mtl.Load(softmetal.NewTesting(t, softmetal.Options{MacOS: "26.0", Order: softmetal.Order{Sequence: softmetal.Down, Skew: softmetal.First}}))
	if err != nil {
		t.Fatal(err)
	}
	return framework
}
