package msl

import (
	"fmt"
	"strings"
	"testing"
)

func symbols(list []Symbol) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%v(%s)%d", s, s.Spaces, s.Count))
	}
	return strings.Join(out, " ")
}

// What others may call, and what a source calls of others.
var symbolTests = []struct{ name, source, exports, hidden, imports string }{
	{"a definition", "float f(float x) { return x; }", "f()1", "", ""},
	{"a declaration that is used", "extern float f(float x);\nfloat g(float x) { return f(x); }", "g()1", "", "f()1"},
	{"a declaration that is not", "float f(float x);", "", "", ""},
	{"a declaration before its definition", "float f(float x);\nfloat g() { return f(1); }\nfloat f(float x) { return x; }", "g()0 f()1", "", ""},
	{"a declaration with another name of its type", "uint f(uint32_t x);\nuint g() { return f(1); }\nuint f(uint x) { return x; }", "g()0 f()1", "", ""},
	{"a declaration twice", "float f(float x);\nfloat f(float y);\nfloat g() { return f(1); }", "g()0", "", "f()1"},
	{"an overload that is missing", "float f(float x, float y);\nfloat f(float x) { return x; }\nfloat g() { return f(1, 2) + f(1); }", "f()1 g()0", "", "f(,)2"},
	{"address spaces", "float f(device float *x, constant float &y, thread float *z, float w) { return w; }", "f(device,constant,thread,)4", "", ""},
	{"void", "void f(void) {}", "f()0", "", ""},
	{"in namespaces", "namespace a { namespace b { float f() { return 1; } float g(); } float h() { return b::g(); } }", "a::b::f()0 a::h()0", "", "a::b::g()0"},
	{"in a namespace without a name", "namespace { float f() { return 1; } }\nfloat g() { return f(); }", "g()0", "", ""},
	{"static, inline and constexpr", "static float f() { return 1; }\ninline float g() { return 1; }\nconstexpr float h() { return 1; }", "", "", ""},
	{"templates, members and kernels", "template <class T> T f(T x) { return x; }\nstruct S { float m() { return 1; } float n(); };\nkernel void k(device float *x [[buffer(0)]]) { x[0] = f(1.0f); }", "", "", ""},
	{"what says that it is hidden", `__attribute__((visibility("hidden"))) float f() { return 1; }`, "", "", ""},
	{"what says that it is seen", `__attribute__((visibility("default"))) float f() { return 1; }`, "f()0", "f()0", ""},
	{"what its declaration says", "__attribute__((visibility(\"default\"))) float f();\nfloat f() { return 1; }", "f()0", "f()0", ""},
	{"a deleted function", "float f(float x) { return x; }\nfloat f(int x, int y) = delete;\nfloat g() { return f(1.0f); }", "f()1 g()0", "", ""},
	{"a variable with a constructor", "struct S { float a; };\nconstant float one = 1;\nconstant S mine(one);\nfloat f() { return mine.a; }", "f()0", "", ""},
	{"a variable that brackets initialise", "constant float x(1.5f);\nfloat g() { return x; }", "g()0", "", ""},
	{"a pointer into constant memory", "constant float *f(uint n);\nfloat g() { return f(1)[0]; }", "g()0", "", "f()1"},
	{"a visible function", "[[visible]] float f() { return 1; }", "f()0", "", ""},
}

func TestSymbolsOfASource(t *testing.T) {
	for _, c := range symbolTests {
		u, err := Parse(included+c.source, "source", 3<<16)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if e, h, i := symbols(u.Exports(false)), symbols(u.Exports(true)), symbols(u.Imports()); e != c.exports || h != c.hidden || i != c.imports {
			t.Errorf("%s: exports %q, hidden %q, imports %q; want %q, %q, %q", c.name, e, h, i, c.exports, c.hidden, c.imports)
		}
	}
}

func TestVisibleFunctionsAreSeenByOthers(t *testing.T) {
	for _, c := range []struct{ source, says string }{
		{"[[visible]] static float f() { return 1; }", "seen by no other source"},
		{"namespace { [[visible]] float f() { return 1; } }", "seen by no other source"},
		{"[[visible]] kernel void f(device float *x [[buffer(0)]]) { x[0] = 1; }", "can't be visible"},
		{"struct S { [[visible]] float f() { return 1; } };", "not a member"},
		{"template <class T> [[visible]] T f(T x) { return x; }", "not a template"},
		{"[[visible]] float f(float x) { return x; }\n[[visible]] float f(int x) { return x; }", "two functions of the library have the name f"},
		{"kernel void f(device float *x [[buffer(0)]]) { x[0] = 1; }\nnamespace a { [[visible]] float f(int x) { return x; } }", "two functions of the library have the name f"},
	} {
		if _, err := Parse(included+c.source, "source", 3<<16); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.source, err, c.says)
		}
	}
}
