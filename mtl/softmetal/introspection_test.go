package softmetal

import (
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

func TestIntrospectionReportsWhatIsNoClassAndNoMethod(t *testing.T) {
	d := NewTesting(t)
	for _, c := range []struct {
		name     string
		function string
		x        [2]uintptr
		want     Rule
	}{
		{"the class of what is no object", "object_getClass", [2]uintptr{16}, RuleNotAnObject},
		{"the name of an object that is no class", "class_getName", [2]uintptr{uintptr(d.rootObject.id)}, RuleArgumentClass},
		{"a method of an object that is no class", "class_getInstanceMethod", [2]uintptr{uintptr(d.rootObject.id), uintptr(d.RegisterSelector("name"))}, RuleArgumentClass},
		{"the encoding of what is no method", "method_getTypeEncoding", [2]uintptr{methodBase + 16*1000}, RuleNotAnObject},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.Call(d.Symbol(c.function), &objc.Registers{X: [8]uintptr{c.x[0], c.x[1]}})
			reports := d.TakeReports()
			if len(reports) != 1 || reports[0].Rule != c.want || reports[0].Selector != c.function {
				t.Errorf("%v, want %v of %s", reports, c.want, c.function)
			}
		})
	}
}

func TestNilHasNoClassAndNoMethods(t *testing.T) {
	d := NewTesting(t)
	in, err := objc.NewIntrospection(d)
	if err != nil {
		t.Fatal(err)
	}
	if c := in.ClassOf(0); c != 0 || in.ClassName(c) != "" {
		t.Errorf("nil is of class %q", in.ClassName(c))
	}
	for _, selector := range []string{"name", "no such method", ""} {
		if e, ok := in.InstanceMethod(0, selector); ok {
			t.Errorf("nil has %s: %s", selector, e)
		}
	}
	if e, ok := in.InstanceMethod(d.LookUpClass("NSString"), "UTF8String"); !ok || e != "*16@0:8" {
		t.Errorf("UTF8String: %q, %v", e, ok)
	}
	if e, ok := in.ClassMethod(d.LookUpClass("NSString"), "UTF8String"); ok {
		t.Errorf("the class itself has UTF8String: %q", e)
	}
}
