package selftest

import (
	"context"
	"slices"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// A MethodRecord is one message and what one class of the system has for it.
type MethodRecord struct {
	Class    string `json:"class"` // or protocol, as Apple declares it; C for a C function
	Selector string `json:"selector"`
	Since    string `json:"since"`    // the first macOS that has it
	Receiver string `json:"receiver"` // the class that was asked
	Ours     string `json:"ours"`     // encoding
	System   string `json:"system"`   // encoding, as the system writes it
	Result   string `json:"result"`   // same, same registers, different, missing, newer than the system, nobody to ask
}

// checkMethods compares every line of the bindings with the running system. C
// functions have no encoding at run time: of them it is only known that they are
// there.
func checkMethods(ctx context.Context, r *rig, l *log) error {
	r.doing("ask for the methods")
	answers, err := r.device.SystemMethods(ctx)
	records := make([]MethodRecord, 0, len(answers))
	for _, a := range answers {
		m := a.Message
		record := MethodRecord{
			Class: m.Class, Selector: m.Selector, Since: m.MinMacOS, Receiver: a.Receiver, Ours: m.Encoding, System: a.Encoding,
			Result: r.judgeMethod(a),
		}
		records = append(records, record)
		what := m.Class + " " + m.Selector
		switch record.Result {
		case string(different):
			l.check(false, "%s: it is sent as %s, and %s has %s", what, m.Encoding, a.Receiver, a.Encoding)
		case missing:
			l.check(false, "%s: %s has no such method, and macOS %v should", what, a.Receiver, r.macOS)
		case nobody:
			l.check(false, "%s: there was no object to ask", what)
		default:
			l.check(true, "")
		}
		if record.Result == string(sameRegisters) {
			l.note("%s: it is sent as %s, and %s has %s, which travels in the same way", what, m.Encoding, a.Receiver, a.Encoding)
		}
	}
	l.detail(records)
	// Of what this module has lines for, nothing may be left out.
	for _, m := range append(objc.Messages(), mtl.Messages()...) {
		l.check(slices.ContainsFunc(answers, func(a objc.SystemMethod) bool { return a.Message == m }), "%s %s: not covered", m.Class, m.Selector)
	}
	return err
}

const (
	missing = "missing"
	newer   = "newer than the system"
	nobody  = "nobody to ask"
	present = "present"
)

func (r *rig) judgeMethod(a objc.SystemMethod) string {
	switch {
	case !a.Found && !r.macOS.has(a.Message.MinMacOS):
		return newer
	case a.Receiver == "":
		return nobody
	case !a.Found:
		return missing
	case a.Message.IsFunction():
		return present
	}
	return string(compareEncodings(a.Message.Encoding, a.Encoding))
}
