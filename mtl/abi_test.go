//go:build tqmetal_abi && linux

package mtl

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
	var tab table
	if err := objc.Resolve(rt, tab.selectors[:], selectorNames[:], tab.functions[:], functionNames[:]); err != nil {
		t.Fatal(err)
	}
	abi.CheckStubs(t, rt, Stubs, messages, &call{Call: *objc.NewCall(rt), table: &tab}, &batch{table: &tab, Batch: *objc.NewBatch(rt)})
}

// What the selftest asks of a Mac is asked here of a runtime that is none of ours.
func TestIntrospectionThroughTheAssembly(t *testing.T) {
	abi.CheckIntrospection(t, abi.Open(t, "libmessages"), Messages())
}
