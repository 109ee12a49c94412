//go:build tqmetal_abi && linux

package abi

import (
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/objc"
)

// CheckIntrospection asks a library's classes for the methods of messages, and
// compares the types that clang wrote down for them with ours.
func CheckIntrospection(t *testing.T, rt objc.Runtime, messages []objc.Message) {
	t.Helper()
	in, err := objc.NewIntrospection(rt)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, m := range messages {
		if m.IsFunction() {
			if !in.HasFunction(m.Selector) {
				t.Errorf("there is no C function %s", m.Selector)
			}
			continue
		}
		asked++
		class := rt.LookUpClass(m.Class)
		if name := in.ClassName(class); name != m.Class {
			t.Errorf("class %s is named %q", m.Class, name)
			continue
		}
		find, other := in.InstanceMethod, in.ClassMethod
		selector, static := strings.CutPrefix(m.Selector, "+")
		if static {
			find, other = other, find
		}
		encoding, ok := find(class, selector)
		if !ok {
			t.Errorf("%s %s: not found", m.Class, m.Selector)
			continue
		}
		if again, ok := other(class, selector); ok && static {
			t.Errorf("%s %s is a class method, and of objects too: %s", m.Class, m.Selector, again)
		}
		if !SameTypes(t, m.Encoding, encoding) {
			t.Errorf("%s %s: clang's types are %s, ours %s", m.Class, m.Selector, encoding, m.Encoding)
		}
	}
	if asked == 0 {
		t.Error("no method was asked for")
	}
}

// SameTypes compares two encodings but for qualifiers and offsets.
func SameTypes(t *testing.T, a, b string) bool {
	t.Helper()
	result, args, err := metaltable.SplitEncoding(a)
	if err != nil {
		t.Error(err)
	}
	otherResult, otherArgs, err := metaltable.SplitEncoding(b)
	if err != nil {
		t.Error(err)
	}
	return result == otherResult && slices.Equal(args, otherArgs)
}
