package softmetal

import (
	"errors"
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

// A message in a batch holds no references. This is what the binding has to prevent,
// and what a Mac would make of it without a word.
func TestObjectThatGoesWhileItsMessageWaitsIsReported(t *testing.T) {
	h := newHand(t, Options{})
	e, _ := h.encoder(0)
	defer h.send(e, "endEncoding")
	buffer := h.id(h.device(), "newBufferWithLength:options:", 64, 0)
	b := objc.NewBatch(h)
	m := b.Next()
	m[0], m[1] = uintptr(e), uintptr(h.RegisterSelector("setBuffer:offset:atIndex:"))
	m[2], m[3], m[4] = uintptr(buffer), 0, 0
	b.Commit()
	h.send(buffer, "release")
	if reports := h.TakeReports(); len(reports) != 0 {
		t.Fatal(reports)
	}
	b.Flush()
	reports := h.TakeReports()
	if len(reports) != 1 || !errors.Is(reports[0], RuleUseAfterRelease) {
		t.Errorf("reports: %v", reports)
	}
}
