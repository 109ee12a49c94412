package objc_test

import (
	"testing"

	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

func TestEveryMessageArrivesAsAppleDeclaresIt(t *testing.T) {
	messages, err := metaltable.ParseDir(".")
	if err != nil {
		t.Fatal(err)
	}
	rt := objctest.New()
	f, err := objc.NewFoundation(rt)
	if err != nil {
		t.Fatal(err)
	}
	objctest.CheckStubs(t, rt, objc.Stubs, messages, objc.NewStubCall(f))
	for _, v := range rt.Violations() {
		t.Error(v)
	}
}
