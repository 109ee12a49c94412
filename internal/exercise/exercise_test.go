package exercise

import (
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

func TestWhatWasNotNotedIsMissing(t *testing.T) {
	messages := []objc.Message{{Class: "MTLThing", Selector: "sent"}, {Class: "MTLThing", Selector: "+sent"}, {Class: "MTLOther", Selector: "sent"}, {Class: "C", Selector: "called"}}
	Note("MTLOther", "sent") // nobody takes notes yet
	Record()
	Note("MTLThing", "sent")
	Note("C", "called")
	want := []string{"MTLOther sent", "MTLThing +sent"}
	if got := Missing(messages); !slices.Equal(got, want) {
		t.Errorf("missing %q, want %q", got, want)
	}
}
