package softmetal

import (
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/internal/exercise"
	"github.com/tqmetal/tqmetal/objc"
)

// A message that broke a rule, or that was made to fail, has shown nothing of
// the method.
func TestOnlyWhatWasCarriedOutIsNoted(t *testing.T) {
	h := newHand(t, Options{})
	device := h.device()
	exercise.Record()
	h.send(device, "newBufferWithLength:options:", 0, 0)
	if r := h.TakeReports(); len(r) != 1 || r[0].Rule != RuleBufferLength {
		t.Fatalf("reports %v", r)
	}
	if err := h.Fail(Fault{Selector: "newCommandQueue"}); err != nil {
		t.Fatal(err)
	}
	if h.id(device, "newCommandQueue") != 0 {
		t.Fatal("the planned fault did not strike")
	}
	h.pooled(h.id(h.class("MTLCompileOptions"), "new"))
	h.send(h.string("text"), "length")
	want := []string{"MTLDevice newBufferWithLength:options:", "MTLDevice newCommandQueue", "NSString +length", "NSObject +new"}
	slices.Sort(want)
	got := exercise.Missing([]objc.Message{
		{Class: "MTLDevice", Selector: "newBufferWithLength:options:"}, {Class: "MTLDevice", Selector: "newCommandQueue"},
		{Class: "MTLCompileOptions", Selector: "+new"}, {Class: "NSObject", Selector: "+new"}, {Class: "NSObject", Selector: "+alloc"},
		{Class: "NSString", Selector: "length"}, {Class: "NSString", Selector: "+length"},
	})
	if !slices.Equal(got, want) {
		t.Errorf("not noted: %q, want %q", got, want)
	}
}
