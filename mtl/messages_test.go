package mtl

import (
	"testing"

	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/internal/objctest"
)

func TestEveryMessageArrivesAsAppleDeclaresIt(t *testing.T) {
	messages, err := metaltable.ParseDir(".")
	if err != nil {
		t.Fatal(err)
	}
	rt := objctest.New()
	f, err := Load(rt)
	if err != nil {
		t.Fatal(err)
	}
	objctest.CheckStubs(t, rt, Stubs, messages, f.calls.Get(), &newPass(f).batch)
	for _, v := range rt.Violations() {
		t.Error(v)
	}
}
