//go:build tqmetal_abi && linux

package abi

import (
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

// A real runtime answers with what the compiler wrote down of each method: of this
// class and those that it inherits from, and of a protocol.
func TestIntrospectionOfARealRuntime(t *testing.T) {
	s := open(t)
	in, err := objc.NewIntrospection(s.rt)
	if err != nil {
		t.Fatal(err)
	}
	class := s.rt.LookUpClass("Shapes")
	if got := in.ClassOf(s.id); got != class || class == 0 {
		t.Errorf("the object is of class %#x, Shapes is %#x", got, class)
	}
	if got := in.ClassName(class); got != "Shapes" {
		t.Errorf("Shapes is named %q", got)
	}
	if in.ClassOf(0) != 0 || in.ClassName(0) != "" {
		t.Error("nil has a class")
	}
	instance, static := in.InstanceMethod, in.ClassMethod
	measured := func(_ objc.Class, selector string) (string, bool) { return in.ProtocolMethod("Measured", selector) }
	for _, c := range []struct {
		name     string
		ask      func(objc.Class, string) (string, bool)
		class    objc.Class
		selector string
		want     string // empty: there is none
	}{
		{"integers", instance, class, "six:b:c:d:e:f:", "v@:QQQQQQ"},
		{"a result", instance, class, "negative", "q@:"},
		{"a BOOL", instance, class, "not:", "B@:B"},
		{"a byte", instance, class, "byte:", "C@:C"},
		{"a halfword", instance, class, "halfword", "S@:"},
		{"a range", instance, class, "rangeFrom:length:", "{_NSRange=QQ}@:QQ"},
		{"a struct that goes by address", instance, class, "buffer:offset:size:", "v@:@Q{?=QQQ}"},
		{"a struct as the result", instance, class, "sizeFrom:height:depth:", "{?=QQQ}@:QQQ"},
		{"doubles", instance, class, "sum:and:and:and:", "d@:dddd"},
		{"pointers to const", instance, class, "objects:offsets:range:", "Q@:^@^Q{_NSRange=QQ}"},
		{"a place for an error", instance, class, "make:error:", "@@:@^@"},
		{"inherited", instance, class, "respondsToSelector:", "B@::"},
		{"of the class", static, class, "alloc", "@@:"},
		{"of the class, asked of its objects", instance, class, "alloc", ""},
		{"of its objects, asked of the class", static, class, "negative", ""},
		{"none", instance, class, "nobody:has:this:", ""},
		{"of no class", instance, 0, "negative", ""},
		{"of a protocol", measured, 0, "sizeFrom:height:depth:", "{?=QQQ}@:QQQ"},
		{"of a protocol, a double", measured, 0, "seconds", "d@:"},
		{"of a protocol, which it has not", measured, 0, "negative", ""},
		{"of a protocol's class", measured, 0, "alloc", ""},
		{"of no protocol", func(_ objc.Class, selector string) (string, bool) { return in.ProtocolMethod("Nobody", selector) }, 0, "seconds", ""},
	} {
		encoding, ok := c.ask(c.class, c.selector)
		if ok != (c.want != "") || !ok && encoding != "" || ok && !SameTypes(t, c.want, encoding) {
			t.Errorf("%s: %q, %v, want %q", c.name, encoding, ok, c.want)
		}
	}
	if !in.HasFunction("objc_msgSend") || in.HasFunction("nobody_has_this") {
		t.Error("HasFunction is wrong")
	}
}
