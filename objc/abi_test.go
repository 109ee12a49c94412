//go:build tqmetal_abi && linux

package objc_test

import (
	"testing"

	"github.com/tqmetal/tqmetal/internal/abi"
	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/objc"
)

func TestEveryMessageThroughTheAssembly(t *testing.T) {
	messages, err := metaltable.ParseDir(".")
	if err != nil {
		t.Fatal(err)
	}
	rt := abi.Open(t, "libmessages")
	f, err := objc.NewFoundation(rt)
	if err != nil {
		t.Fatal(err)
	}
	abi.CheckStubs(t, rt, objc.Stubs, messages, objc.NewStubCall(f))
}

// What the selftest asks of a Mac is asked here of a runtime that is none of ours.
func TestIntrospectionThroughTheAssembly(t *testing.T) {
	abi.CheckIntrospection(t, abi.Open(t, "libmessages"), objc.Messages())
}
