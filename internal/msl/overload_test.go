package msl

import (
	"strings"
	"testing"
)

var overloadTests = []struct {
	rule, source string
	refused      bool
}{
	{"two spaces, two bodies", "int g(device float *p) { return 1; }\nint g(threadgroup float *p) { return 2; }", true},
	{"two spaces, one body", "int g(device float *p) { return p[0]; }\nint g(threadgroup float *q) { return q[0]; }", false},
	{"two spaces, two results", "float g(device float *p) { return p[0]; }\nint g(threadgroup float *p) { return p[0]; }", true},
	{"two spaces, pointers to const and not", "device float *g(device float *p) { return p; }\nthreadgroup const float *g(threadgroup const float *p) { return p; }", true},
	{"spaces and attributes of the result", "static inline device float &g(device float *p) { return p[0]; }\nthreadgroup float &g(threadgroup float *p) { return p[0]; }", false},
	{"a space and const", "int g(device float *p) { return 1; }\nint g(threadgroup const float *p) { return 2; }", true},
	{"const and a space", "int g(threadgroup const float *p) { return 2; }\nint g(device float *p) { return 1; }", true},
	{"a space and const, one body", "int g(device float *p) { return p[0]; }\nint g(threadgroup const float *p) { return p[0]; }", false},
	{"const alone", "int g(device float *p) { return 1; }\nint g(device const float *p) { return 2; }", false},
	{"const of the pointer itself", "int g(device float *const p) { return 1; }\nint g(threadgroup float *p) { return 2; }", true},
	{"const, in each space alike", "int g(device float *p) { return 1; }\nint g(device const float *p) { return 2; }\nint g(threadgroup float *p) { return 1; }\nint g(threadgroup const float *p) { return 2; }", false},
	{"const, in a space that only the one without has", "int g(device float *p) { return 1; }\nint g(threadgroup float *p) { return 1; }\nint g(threadgroup const float *p) { return 2; }", false},
	{"const, in a space that only the one with it has", "int g(device float *p) { return 1; }\nint g(device const float *p) { return 2; }\nint g(threadgroup const float *p) { return 2; }", true},
	{"const, in a space that only the template with it lacks", "template <typename T> int g(device T *p) { return 1; }\ntemplate <typename T> int g(threadgroup T *p) { return 1; }\ntemplate <typename T> int g(threadgroup const T *p) { return 2; }", true},
	{"constant memory and memory that can be written", "int g(constant float *p) { return 1; }\nint g(device float *p) { return 2; }", true},
	{"references", "int g(device float &p) { return 1; }\nint g(threadgroup const float &p) { return 2; }", true},
	{"an array and a pointer", "int g(constant int p[3]) { return 1; }\nint g(device const int *p) { return 2; }", true},
	{"arrays of arrays", "int g(constant int p[3][4]) { return 1; }\nint g(device const int p[3][4]) { return 2; }", true},
	{"other types", "int g(device float *p) { return 1; }\nint g(threadgroup int *p) { return 2; }", false},
	{"one type by two names", "int g(device int32_t *p) { return 1; }\nint g(threadgroup const int *p) { return 2; }", true},
	{"an alias", "typedef float real;\nint g(device float *p) { return 1; }\nint g(threadgroup const real *p) { return 2; }", true},
	{"void", "int g(device float *p) { return 1; }\nint g(threadgroup void *p) { return 2; }", true},
	{"classes", "struct A { int x; };\nstruct B { int x; };\nint g(device A *p) { return 1; }\nint g(threadgroup B *p) { return 2; }", false},
	{"a class and its base", "struct A { int x; };\nstruct B : A { int y; };\nint g(device B *p) { return 1; }\nint g(threadgroup A *p) { return 2; }", true},
	{"a template and a function", "template <typename T> int g(device T *p) { return 1; }\nint g(threadgroup float *p) { return 2; }", true},
	{"a template of anything", "template <typename T> int g(T p) { return 1; }\nint g(device float *p) { return 2; }", true},
	{"a template of any number", "template <typename... T> int g(T... p) { return 1; }\nint g(device float *p) { return 2; }", true},
	{"templates of results alone", "template <typename T> device T *g(device T *p) { return p; }\ntemplate <typename T> threadgroup T *g(threadgroup T *p) { return p; }", false},
	{"templates and what they are for one type, in each space alike", "template <typename T> int g(device T *p) { return 1; }\ntemplate <typename T> int g(threadgroup T *p) { return 1; }\ntemplate <> int g<float>(device float *p) { return 2; }\ntemplate <> int g<float>(threadgroup float *p) { return 2; }", false},
	{"templates, and what one is for one type", "template <typename T> int g(device T *p) { return 1; }\ntemplate <typename T> int g(threadgroup T *p) { return 1; }\ntemplate <> int g<float>(threadgroup float *p) { return 2; }", true},
	{"a value after it", "int g(device float *p, int n) { return 1; }\nint g(threadgroup float *p, float n) { return 2; }", true},
	{"a number in place of a pointer", "int g(device float *p) { return 1; }\nint g(int n) { return 2; }", false},
	{"a truth value in place of a pointer", "int g(device float *p) { return 1; }\nint g(bool b) { return 2; }", true},
	{"another number of parameters", "int g(device float *p) { return 1; }\nint g(threadgroup float *p, int n) { return 2; }", false},
	{"a parameter that may be left out, which the compiler finds ambiguous", "int g(device float *p) { return 1; }\nint g(threadgroup float *p, int n = 0) { return 2; }", false},
	{"a parameter that may be left out, and const", "int g(device float *p) { return 1; }\nint g(threadgroup const float *p, int n = 0) { return 2; }", true},
	{"other namespaces", "namespace a { int g(device float *p) { return 1; } }\nint g(threadgroup float *p) { return 2; }", false},
	{"members", "struct S { int x; int g(device float *p) { return 1; } int g(threadgroup const float *p) { return 2; } };", true},
	{"members of other classes", "struct S { int x; int g(device float *p) { return 1; } };\nstruct T { int x; int g(threadgroup const float *p) { return 2; } };", false},
	{"objects", "struct S { int x; int g() const device { return 1; } int g() const threadgroup { return 2; } };", true},
	{"objects, one body", "struct S { int x; int g() const device { return x; } int g() const threadgroup { return x; } };", false},
	{"objects and const", "struct S { int x; int g() device { return 1; } int g() const threadgroup { return 2; } };", true},
	{"objects in memory that is not named", "struct S { int x; int g() device { return 1; } int g() const { return 2; } };", true},
	{"objects and const, values and references", "struct S { int x; thread int &g() thread { return x; } int g() const device { return x; } };", false},
	{"constructors", "struct S { int x; S(int a) thread : x(a) {} S(int a) threadgroup : x(a + 1) {} };", true},
	{"operators", "struct S { int x; int operator[](int i) const device { return 1; } int operator()(int i) const threadgroup { return 2; } };", false},
	{"conversions", "struct S { int x; operator int() const device { return 1; } operator float() const threadgroup { return 2; } };", false},
}

// Where all memory is one, a call may come to another function than the one that it means, and nothing would show it.
func TestOverloadsThatOnlyAddressSpacesTellApart(t *testing.T) {
	for _, test := range overloadTests {
		t.Run(test.rule, func(t *testing.T) {
			_, err := parse(test.source, 3<<16)
			if refused := err != nil && strings.Contains(err.Error(), "they can't be told apart"); refused != test.refused || err != nil && !refused {
				t.Errorf("error %v, refused should be %v", err, test.refused)
			}
		})
	}
}

func TestSoManyOverloadsAreRefused(t *testing.T) {
	var b strings.Builder
	for i := range 1001 {
		b.WriteString("int g(device float *p, S" + itoa(i) + " s) { return " + itoa(i) + "; }\n")
	}
	if _, err := parse(b.String(), 3<<16); err == nil || !strings.Contains(err.Error(), "more than 1000 overloads of g") {
		t.Errorf("error %v", err)
	}
}
