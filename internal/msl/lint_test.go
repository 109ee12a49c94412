package msl

import (
	"errors"
	"strings"
	"testing"
)

const included = "#pragma " + includedMark + "\n"

// parse reads a source that needs no preprocessor.
func parse(source string, v Version) (*Unit, error) {
	return Parse(included+"# 1 \"program_source\"\n"+source, "program_source", v)
}

// wrap puts statements into a kernel, in line 1.
func wrap(body string) string {
	return "kernel void f(device float *y [[buffer(0)]], uint i [[thread_position_in_grid]]) { " + body + " }"
}

var lintTests = []struct {
	rule    string
	version Version // 0: 3.0
	source  string
	refused string // part of the message, or empty if the source is taken
}{
	{"pointer parameter with an address space", 0, "void g(device float *p, thread int *q, constant uint &r, threadgroup half *s) {}", ""},
	{"pointer parameter without", 0, "void g(float *p) {}", "pointer has no address space"},
	{"reference parameter without", 0, "void g(const float &p) {}", "reference has no address space"},
	{"pointer parameter of a template without", 0, "template <typename T> void g(const T *p) {}", "pointer has no address space"},
	{"parameter of a member function without", 0, "struct S { void g(float *p) {} };", "pointer has no address space"},
	{"pointer to pointer with one space", 0, "void g(device float *device *p) {}", ""},
	{"pointer to pointer that lacks one", 0, "void g(device float **p) {}", "pointer has no address space"},
	{"product in a default argument", 0, "void g(int a = 2 * 3) {}", ""},
	{"local pointer with an address space", 0, wrap("device float *p = y; thread float &r = *(thread float *)&i;"), ""},
	{"local pointer without", 0, wrap("float *p = y;"), "pointer has no address space"},
	{"local reference without", 0, wrap("float v; const float &r = v;"), "reference has no address space"},
	{"local auto pointer and reference", 0, wrap("auto p = y; auto *q = y; auto &r = y[0];"), ""},
	{"product as a statement of its own", 0, wrap("y[0] = y[1] * y[2] & i;"), ""},
	{"pointer field without", 0, "struct S { float *p; };", "pointer has no address space"},
	{"pointer field with", 0, "struct S { device float *p; };", ""},
	{"pointer alias without", 0, "using P = float *;", "pointer has no address space"},
	{"pointer result without", 0, "float *g(device float *p) { return 0; }", "pointer has no address space"},
	{"cast to a pointer with an address space", 0, wrap("device uint *p = (device uint *)y;"), ""},
	{"cast to a pointer without", 0, wrap("y[0] = *(float *)y;"), "pointer type of a cast has no address space"},
	{"reinterpret_cast without", 0, wrap("auto p = reinterpret_cast<uint *>(y);"), "pointer has no address space"},

	{"double", 0, wrap("double d;"), "double is not supported"},
	{"a member named like a word", 0, "struct S { float x; }; void g(S s) { s.x = s.x; }", ""},
	{"long long", 0, wrap("long long n = 0;"), "long long is not supported"},
	{"long", 0, wrap("long n = 0;"), ""},
	{"goto", 0, wrap("again: goto again;"), "goto is not supported"},
	{"throw", 0, wrap("throw 1;"), "exceptions are not supported"},
	{"try", 0, wrap("try { } catch (...) { }"), "exceptions are not supported"},
	{"new", 0, wrap("auto p = new int;"), "new is not supported"},
	{"delete", 0, wrap("delete y;"), "delete is not supported"},
	{"a deleted function", 0, "struct S { S() = delete; };", ""},
	{"virtual", 0, "struct S { virtual void g() {} };", "virtual functions are not supported"},
	{"dynamic_cast", 0, wrap("dynamic_cast<int>(1);"), "dynamic_cast is not supported"},
	{"typeid", 0, wrap("typeid(int);"), "typeid is not supported"},
	{"asm", 0, wrap("asm(\"nop\");"), "asm is not supported"},
	{"thread_local", 0, "thread_local int x;", "thread_local is not supported"},
	{"a reserved name", 0, wrap("int __msl_x = 0;"), "is reserved"},

	{"lambda in MSL 3.1", 3<<16 | 1, wrap("auto g = [](float a) { return a; };"), "lambda expressions need MSL 3.2"},
	{"lambda in MSL 3.2", 3<<16 | 2, wrap("auto g = [](float a) { return a; };"), ""},
	{"subscripts are no lambda", 0, wrap("y[i] = y[y[0] > 1.0f ? 0 : 1];"), ""},
	{"bfloat in MSL 3.0", 0, wrap("bfloat b;"), "bfloat needs MSL 3.1"},
	{"bfloat in MSL 3.1", 3<<16 | 1, wrap("bfloat b;"), ""},
	{"memory_order_acquire in MSL 3.1", 3<<16 | 1, wrap("memory_order m = memory_order_acquire;"), "needs MSL 3.2"},

	{"recursion", 0, "int g(int n) { return n ? g(n - 1) : 0; }", "recursion is not supported"},
	{"recursion through another function", 0, "int h(int n);\nint g(int n) { return h(n); }\nint h(int n) { return g(n); }", "recursion is not supported"},
	{"an overload that calls another", 0, "int g(int n) { return n; }\nint g(float n) { return g(1); }", ""},
	{"a template that calls itself", 0, "template <int N> int g() { return g<N - 1>(); }", ""},

	{"known attributes", 0, "[[host_name(\"x\"), max_total_threads_per_threadgroup(64)]] kernel void f(device float *y [[buffer(0)]]) {}", ""},
	{"unknown attribute", 0, "kernel void f(device float *y [[bufer(0)]]) {}", "unknown attribute bufer"},
	{"attribute with an open parenthesis", 0, "[[max_total_threads_per_threadgroup(2(3)]] kernel void f(device int *y) {}", "attribute max_total_threads_per_threadgroup has no argument that can be read"},
	{"attribute with a brace", 0, "[[max_total_threads_per_threadgroup(int{2})]] kernel void f(device int *y) {}", "attribute max_total_threads_per_threadgroup has no argument that can be read"},
	{"attribute of graphics", 0, "struct S { float4 p [[position]]; };", "unknown attribute position"},

	{"program scope variable in constant memory", 0, "constant float X = 1;\nconstexpr constant int N = 2;\nconstant float T[2] = {1, 2};", ""},
	{"program scope variable elsewhere", 0, "float X;", "program scope variable X is not in the constant address space"},
	{"program scope constexpr", 0, "constexpr int N = 2;", "program scope variable N is not in the constant address space"},
	{"static of a class", 0, "struct S { static constexpr constant int N = 2; int m; };", ""},
	{"static of a class elsewhere", 0, "struct S { static int n; };", "program scope variable n is not in the constant address space"},
	{"static of a function", 0, wrap("static int n = 0;"), "static variable of a function"},
	{"constant static of a function", 0, wrap("static constant int n[] = {1};"), ""},

	{"threadgroup variable in a kernel", 0, wrap("threadgroup float s[4], t; s[0] = 1;"), ""},
	{"threadgroup pointer in a function", 0, "void g(threadgroup float *s) { threadgroup float *p = s; }", ""},
	{"threadgroup variable of two address spaces", 0, "kernel void f(device float *y [[buffer(0)]]) { threadgroup thread float s[4]; y[0] = s[0]; }", "a declarator that can't be read"},
	{"threadgroup variable in a function", 0, "void g() { threadgroup float s[4]; }", "in a function that is no kernel"},
	{"threadgroup variable with a value", 0, wrap("threadgroup float s[2] = {0};"), ""},

	{"threadgroup variable without a semicolon", 0, wrap("threadgroup float s[2] = {0}"), "a declarator that can't be read"},
	{"threadgroup variable named like a word", 0, wrap("threadgroup float thread;"), "a declarator that can't be read"},

	{"kernel that returns a value", 0, "kernel int f(device float *y [[buffer(0)]]) { return 1; }", "returns void"},
	{"kernel in a class", 0, "struct S { kernel void f(device float *y [[buffer(0)]]) {} };", "not a member"},
	{"two kernels of one name", 0, "kernel void f(device int *y) {}\n[[host_name(\"f\")]] kernel void g(device int *y) {}", "two kernels have the name f"},
	{"kernel named main", 0, "kernel void main(device int *y) {}", "another name than main"},
	{"kernel named like a number", 0, "kernel void 0(device int *y) {}", "another name than 0"},
	{"kernel named like a word", 0, "kernel void thread(device int *y) {}", "another name than thread"},
	{"host name that is no identifier", 0, "[[host_name(\"'\")]] kernel void f(device int *y) {}", "a host_name is an identifier"},
	{"host name that is a word", 0, "[[host_name(\"main\")]] kernel void f(device int *y) {}", "a host_name is an identifier"},
	{"parameter that is a value", 0, "kernel void f(int n) {}", "no attribute that says where it comes from"},
	{"buffer that is a value", 0, "kernel void f(int n [[buffer(0)]]) {}", "pointer or reference to device or constant memory"},
	{"position that is a pointer", 0, "kernel void f(device uint *i [[thread_position_in_grid]]) {}", "is a value"},
	{"threadgroup parameter in device memory", 0, "kernel void f(device float *s [[threadgroup(0)]]) {}", "reference to threadgroup memory"},
	{"buffer index 31", 0, "kernel void f(device float *y [[buffer(31)]]) {}", "from 0 to 30"},
	{"buffer index that is a name", 0, "kernel void f(device float *y [[buffer(n)]]) {}", "from 0 to 30"},
	{"one buffer index twice", 0, "kernel void f(device float *x [[buffer(1)]], device float *y [[buffer(1)]]) {}", "the same buffer index 1"},
	{"one index of buffer and threadgroup", 0, "kernel void f(device float *x [[buffer(1)]], threadgroup float *y [[threadgroup(1)]]) {}", ""},
	{"max_total_threads of 2048", 0, "[[max_total_threads_per_threadgroup(2048)]] kernel void f(device int *y) {}", "from 1 to 1024"},
	{"instantiation without a template", 0, "template [[host_name(\"x\")]] kernel void g<1>(device int *y);", "no kernel template g"},

	{"function constant", 0, "constant uint n [[function_constant(3)]];", ""},
	{"function constant with a value", 0, "constant uint n [[function_constant(3)]] = 1;", "no initializer"},
	{"function constant that is a structure", 0, "struct S { int x; };\nconstant S n [[function_constant(3)]];", "a scalar or a vector"},
	{"function constant in device memory", 0, "device uint n [[function_constant(3)]];", "constant address space"},
	{"two function constants of one index", 0, "constant uint a [[function_constant(3)]];\nconstant uint b [[function_constant(3)]];", "the same index 3"},

	{"open bracket", 0, "kernel void f(device int *y) {", "unmatched '{'"},
	{"wrong bracket", 0, "void g( }", "unmatched '}'"},
	{"open comment", 0, "/* no end", "unterminated comment"},
	{"vertex function", 0, "vertex float4 v() { return 0; }", "only compute kernels"},
}

func TestLint(t *testing.T) {
	for _, test := range lintTests {
		t.Run(test.rule, func(t *testing.T) {
			v := test.version
			if v == 0 {
				v = 3 << 16
			}
			_, err := parse(test.source, v)
			if test.refused == "" {
				if err != nil {
					t.Fatalf("refused:\n%v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.refused) {
				t.Fatalf("error %v, want %q", err, test.refused)
			}
			var list Error
			if !errors.As(err, &list) || list[0].Line < 1 || list[0].File != "program_source" {
				t.Errorf("%#v", err)
			}
		})
	}
}

func TestSourceWithoutTheStandardLibrary(t *testing.T) {
	if _, err := Parse("kernel void f(device int *y) {}", "program_source", 3<<16); err == nil || !strings.Contains(err.Error(), "metal_stdlib") {
		t.Errorf("%v", err)
	}
}

func TestLinesOfDiagnosticsFollowLineMarkers(t *testing.T) {
	_, err := parse("\n\n# 40 \"program_source\"\n\ndouble x;\n", 3<<16)
	if err == nil || !strings.HasPrefix(err.Error(), "program_source:41:1: error: double") {
		t.Errorf("%v", err)
	}
}

func TestRewriting(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"constructor", "float4(1, 2, 3, 4)", "__msl_make<float4>(1, 2, 3, 4)"},
		{"qualified constructor", "metal::float4(1)", "__msl_make<metal::float4>(1)"},
		{"constructor of vec", "vec<float, 4>(x)", "__msl_make<vec<float, 4>>(x)"},
		{"constructor in a constructor", "float4(float2(1), float2(2))", "__msl_make<float4>(__msl_make<float2>(1), __msl_make<float2>(2))"},
		{"constructor of a template parameter", "T(x)", "__msl_make<T>(x)"},
		{"declaration", "float4 x(1)", "float4 x(1)"},
		{"pointer to an array", "thread float4 (*p)[4]", "thread float4 (*p)[4]"},
		{"cast", "(float4)x.xyz[1] + y", "__msl_make< float4>(x.xyz[1]) + y"},
		{"cast of a negative", "(half4)-x * y", "__msl_make< half4>(-x) * y"},
		{"cast of a call", "(T)f<int>(x) + 1", "__msl_make< T>(f<int>(x)) + 1"},
		{"cast of a cast", "(float4)(half4)x", "__msl_make< float4>(__msl_make< half4>(x))"},
		{"cast of a scalar", "(float)x", "(float)x"},
		{"parentheses", "(x) - y", "(x) - y"},
		{"size", "sizeof(float4) * 2", "sizeof(float4) * 2"},
		{"static_cast", "static_cast<float4>(x)", "__msl_make<float4>(x)"},
		{"static_cast of a scalar", "static_cast<int>(x)", "static_cast<int>(x)"},
		{"half literal", "1.5h + 0x1.8p1h", "1.5f16 + 0x1.8p1f16"},
		{"float literals", "1.5 + .5e3 + 2. + 0x1.8p1 + 3.0f + 7 + 1e3", "1.5f + .5e3f + 2.f + 0x1.8p1f + 3.0f + 7 + 1e3f"},
		{"bfloat literal", "1.5bf", "((__msl_bfloat)1.5f)"},
		{"hexadecimal integer that ends in h's neighbours", "0xbf + 0xf", "0xbf + 0xf"},
		{"string and character", "\"float4(1)\" 'h'", "\"float4(1)\" 'h'"},
	} {
		u, err := parse("template <typename T> kernel void f(device float *y [[buffer(0)]]) {\n"+test.body+";\n}", 3<<16)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		got := strings.Split(u.Strict(), "\n")
		line := ""
		for i, l := range got {
			if strings.HasPrefix(l, "template <typename T>") {
				line = got[i+1]
			}
		}
		if squeeze(line) != squeeze(test.want+";") {
			t.Errorf("%s: %s, want %s;", test.name, line, test.want)
		}
	}
}

func squeeze(s string) string { return strings.ReplaceAll(s, " ", "") }

func TestThreadgroupVariablesBehindAnInitializerAreThere(t *testing.T) {
	u, err := parse(wrap("threadgroup float a[2] = {1, 2}, b = y[0], c;"), 3<<16)
	if err != nil {
		t.Fatal(err)
	}
	if len(u.Warnings) != 2 {
		t.Errorf("warnings %v, want one of a and one of b", u.Warnings)
	}
	for target, want := range map[Target]string{CPU: "&c = *", CUDA: "__MSL_SHARED __msl_type_c c;"} {
		if program, err := u.Program(&u.Kernels[0], nil, target); err != nil || !strings.Contains(program, want) {
			t.Errorf("no %q: %v\n%s", want, err, program)
		}
	}
}

func TestProgramForATargetThatIsNone(t *testing.T) {
	u, err := parse("kernel void f(device int *y) {}", 3<<16)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Program(&u.Kernels[0], nil, Target(9)); err == nil {
		t.Error("target 9 is taken")
	}
}

// Edits must keep lines, for errors name them.
func TestTextsKeepTheLinesOfTheSource(t *testing.T) {
	source := "template <typename T>\n[[host_name(\"a\"),\n max_total_threads_per_threadgroup(32)]] kernel void f(device T *y [[buffer(0)]]) {\n  threadgroup T s[\n 4\n];\n  s[0] = 1;\n}\ntemplate [[host_name(\"b\")]]\nkernel void\nf<float>(device float *y [[buffer(0)]]);\nMARK\n;"
	u, err := parse(source, 3<<16)
	if err != nil {
		t.Fatal(err)
	}
	program, err := u.Program(&u.Kernels[0], nil, CPU)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"strict": u.Strict(), "program": program} {
		if got := line(text, "MARK"); got != 12 {
			t.Errorf("%s: MARK is in line %d, want 12:\n%s", name, got, text)
		}
		if got := line(text, "s[0] = 1"); got != 7 {
			t.Errorf("%s: s[0] = 1 is in line %d, want 7:\n%s", name, got, text)
		}
	}
}

// line finds the line that a compiler would give a word.
func line(text, word string) int {
	for _, t := range lex(text, "").tokens {
		if t.text == strings.Fields(word)[0] || strings.HasPrefix(word, t.text+"[") && strings.HasPrefix(text[t.start:], word) {
			return t.line
		}
	}
	return 0
}

// A source can be as long as it likes and as odd: what grew with the square of the length would not end here.
func TestLongSources(t *testing.T) {
	const long = 2000
	for _, s := range []string{"(a)", "a<", "(", "((a)", "(T)(", "[[a", "a::", "float4(", "- ", "template<", "{", "threadgroup ", "static ", "(a*)", "a b ", "typedef "} {
		_, _ = parse("typedef float4 T; kernel void f(device int *y) {"+strings.Repeat(s, long), 3<<16)
		_, _ = parse("typedef float4 T; kernel void f(device int *y) {"+strings.Repeat(s, long)+";}", 3<<16)
	}
	function := "float g(float4 a, device float *p) { float4 b = float4(a.x, (float2)p[0], 1.0h); return (float)b.x * p[(int)b.y]; }\n"
	u, err := parse(strings.Repeat(function, 2<<20/len(function)), 3<<16)
	if err != nil {
		t.Fatal(err)
	}
	u.Strict()
}
