// Package exercise notes which methods and C functions the software device has
// carried out, so that a package's tests can tell at their end which ones they
// never sent.
package exercise

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/objc"
)

var (
	recording atomic.Bool
	done      sync.Map // of class and selector
)

// Record begins to take notes, for the whole process, without those there are.
func Record() {
	done.Clear()
	recording.Store(true)
}

// Recording says whether notes are taken.
func Recording() bool { return recording.Load() }

// Note says that a method was carried out: the class or protocol that declares
// it, or C, and the selector, with a + for a class method.
func Note(class, selector string) {
	if recording.Load() {
		done.Store(class+" "+selector, true)
	}
}

// Missing returns those of the messages that were never noted.
func Missing(messages []objc.Message) []string {
	var missing []string
	for _, m := range messages {
		if key := m.Class + " " + m.Selector; !noted(key) {
			missing = append(missing, key)
		}
	}
	slices.Sort(missing)
	return missing
}

func noted(key string) bool {
	_, ok := done.Load(key)
	return ok
}
