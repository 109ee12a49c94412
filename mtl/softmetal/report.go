package softmetal

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tqmetal/tqmetal/objc"
)

// A Report says that a message broke a rule that Metal, Foundation or the
// Objective-C runtime sets. It is an error: errors.Is(report, RuleX) asks
// which rule it was.
type Report struct {
	Rule     Rule
	Object   objc.ID // the target of the message, zero if there was none
	Class    string  // its class, "" if there is no such object
	Label    string  // its label, if it was given one
	Selector string  // the message or C function, "" for what is found at the end
	Detail   string  // what was wrong, with the value and the limit
	Where    string  // file and line in the caller's code that sent it, as far as known
}

// Error describes the report in one line: the object, the message, the rule and
// what was wrong.
func (r *Report) Error() string {
	var b strings.Builder
	b.WriteString("softmetal: ")
	if r.Class != "" {
		b.WriteString(r.Class)
		if r.Object != 0 {
			fmt.Fprintf(&b, " %#x", uintptr(r.Object))
		}
		if r.Label != "" {
			fmt.Fprintf(&b, " %q", r.Label)
		}
		b.WriteString(": ")
	}
	if r.Selector != "" {
		b.WriteString(r.Selector + ": ")
	}
	fmt.Fprintf(&b, "%s [%s]", r.Detail, r.Rule.Name())
	if r.Where != "" {
		b.WriteString(" at " + r.Where)
	}
	return b.String()
}

// Unwrap returns the rule, so that errors.Is finds it.
func (r *Report) Unwrap() error { return r.Rule }

// record keeps a report, passes it to Options.Report and, where a Mac would not
// have survived, bars the device from further work. d.mu is held.
func (d *Device) record(r *Report) {
	r.Where = d.where()
	d.reports = append(d.reports, r)
	if r.Rule.Fatal() && d.lost == nil {
		d.lost = r
	}
	if d.options.Report != nil {
		// A function of the user's must be free to ask the device something.
		d.pending = append(d.pending, r)
	}
}

// where returns the line that the message comes from that is under way: the line of
// the program that put it into its batch, when it waited in one. d.mu is held.
func (d *Device) where() string {
	if d.origin != nil {
		return outside(d.origin)
	}
	return callerOutside()
}

// callerOutside returns the first caller that is not part of the binding, so
// that a report points at the line to change.
func callerOutside() string {
	var pcs [48]uintptr
	return outside(pcs[:runtime.Callers(3, pcs[:])])
}

func outside(callers []uintptr) string {
	frames := runtime.CallersFrames(callers)
	for {
		f, more := frames.Next()
		if f.Function == "" || strings.HasPrefix(f.Function, "runtime.") || strings.HasPrefix(f.Function, "testing.") {
			return ""
		}
		test := strings.HasSuffix(f.File, "_test.go")
		if test || !inBinding(f.Function) {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

const module = "github.com/tqmetal/tqmetal/"

func inBinding(function string) bool {
	return strings.HasPrefix(function, module+"objc.") || strings.HasPrefix(function, module+"mtl.") ||
		strings.HasPrefix(function, module+"mtl/softmetal.")
}
