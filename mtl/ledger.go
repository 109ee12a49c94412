package mtl

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// A Ledger lists the owning objects that have not been released. It is for
// tests: none should be left at the end of one.
type Ledger struct {
	mu   sync.Mutex
	live map[*object]string
}

// TrackObjects starts a ledger of the objects that f makes from now on. It may
// be called once, before f is used by more than one goroutine.
func (f *Framework) TrackObjects() *Ledger {
	if f == nil {
		return nil
	}
	f.ledger = &Ledger{live: map[*object]string{}}
	return f.ledger
}

// Live returns one line for every object that has not been released: its type
// and the place outside this package that made it.
func (l *Ledger) Live() []string {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := make([]string, 0, len(l.live))
	for o, place := range l.live {
		lines = append(lines, fmt.Sprintf("%s made at %s", o.kind, place))
	}
	slices.Sort(lines)
	return lines
}

func (l *Ledger) add(o *object) {
	if l == nil {
		return
	}
	place := callerOutside()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live[o] = place
}

func (l *Ledger) remove(o *object) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.live, o)
}

func callerOutside() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		frame, more := frames.Next()
		if !strings.Contains(frame.Function, "/mtl.") || strings.HasSuffix(frame.File, "_test.go") {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
