//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestSourcesThatAreRefused(t *testing.T) {
	c := testCompiler(t, CompilerConfig{})
	for _, test := range []struct {
		name, body string
		line       string // of the error
		message    string
	}{
		{"a syntax error", "kernel void f(device float *y [[buffer(0)]]) {\n  y[0] = ;\n}", ":4:", "expected expression"},
		{"an unknown function", "kernel void f(device float *y [[buffer(0)]]) { y[0] = sinus(1.0f); }", ":3:", "undeclared identifier 'sinus'"},
		{"threadgroup passed for device", "static void g(device float *p) { *p = 1; }\nkernel void f(threadgroup float *y [[threadgroup(0)]]) { g(y); }", ":4:", "no matching function"},
		{"device assigned to threadgroup", "kernel void f(device float *y [[buffer(0)]]) { threadgroup float *p = y; *p = 0; }", ":3:", "cannot initialize a variable of type"},
		{"a thread pointer to device", "kernel void f(device float *y [[buffer(0)]]) { thread float *p = y; *p = 0; }", ":3:", "cannot initialize a variable of type"},
		{"a cast to another address space", "kernel void f(device float *y [[buffer(0)]]) { threadgroup float *p = (threadgroup float *)y; *p = 0; }", "", "must not change the address space"},
		{"a reinterpret_cast to another", "kernel void f(device float *y [[buffer(0)]]) { thread int *p = reinterpret_cast<thread int *>(y); *p = 0; }", "", "must not change the address space"},
		{"a write to constant memory", "kernel void f(constant float *y [[buffer(0)]]) { y[0] = 1.0f; }", ":3:", "read-only"},
		{"too few components", "kernel void f(device float4 *y [[buffer(0)]]) { y[0] = float4(1, 2, 3); }", "", "as many components as it has"},
		{"float4 to half4", "kernel void f(device half4 *y [[buffer(0)]], device float4 *x [[buffer(1)]]) { y[0] = x[0]; }", ":3:", "incompatible type"},
		{"max of int and float", "kernel void f(device float *y [[buffer(0)]]) { y[0] = max(y[0], 0); }", ":3:", "ambiguous"},
		{"simd_sum of 64 bits", "kernel void f(device long *y [[buffer(0)]]) { y[0] = simd_sum(y[0]); }", "", "not for this type"},
		{"an atomic in thread memory", "kernel void f(device int *y [[buffer(0)]]) { atomic_int a; atomic_store_explicit(&a, 1, memory_order_relaxed); }", ":3:", "no matching function"},
		{"a function constant as an array bound", "constant uint n [[function_constant(0)]];\nkernel void f(device float *y [[buffer(0)]]) { float x[n]; y[0] = x[0]; }", ":4:", "variable"},
		{"an unqualified pointer", "static float g(float *p) { return *p; }\nkernel void f(device float *y [[buffer(0)]]) { y[0] = 1; }", ":3:", "address space"},
		{"double", "kernel void f(device float *y [[buffer(0)]]) { double d = 1; y[0] = d; }", ":3:", "double"},
		{"bfloat in MSL 3.0", "kernel void f(device bfloat *y [[buffer(0)]]) { y[0] = y[1]; }", ":3:", "needs MSL 3.1"},
		{"functions for each address space that do different things", "static float g(device float *p) { return p[0]; }\nstatic float g(threadgroup float *p) { return p[1]; }\nkernel void f(device float *y [[buffer(0)]]) { y[0] = g(y); }", ":4:", "line 3 differ in address spaces and in what they do"},
		{"member functions for each address space that do different things", "struct S { float x;\n  float g() const device { return x; }\n  float g() const thread { return -x; } };\nkernel void f(device S *y [[buffer(0)]]) { y[0].x = y[1].g(); }", ":5:", "can't be told apart"},
		{"functions that differ in address space and const", "static int g(device float *p) { return 1; }\nstatic int g(threadgroup const float *p) { return 2; }\nkernel void f(device int *y [[buffer(0)]], threadgroup float *p [[threadgroup(0)]]) { y[0] = g(p); }", ":4:", "line 3 differ in address spaces and in what they do"},
		{"a member function that is defined twice", "struct S { float x;\n  float g() const device { return x; }\n  float g() const device { return x; } };\nkernel void f(device S *y [[buffer(0)]]) { y[0].x = y[1].g(); }", ":5:", "cannot be redeclared"},
		{"a function that is defined twice", "static float g(device float *p) { return p[0]; }\nstatic float g(device float *p) { return p[0]; }\nkernel void f(device float *y [[buffer(0)]]) { y[0] = g(y); }", ":4:", "redefinition"},
		{"an unknown header", "#include <metal_tensor>\n", ":3:", "file not found"},
		{"#error", "#error no\n", ":3:", "no"},
		{"the C library", "kernel void f(device float *y [[buffer(0)]]) { y[0] = sinf(1.0f); }", ":3:", "undeclared identifier 'sinf'"},
		{"std", "kernel void f(device float *y [[buffer(0)]]) { y[0] = std::max(1.0f, 2.0f); }", ":3:", "'std'"},
		{"a position that is a float", "kernel void f(device float *y [[buffer(0)]], uint i [[thread_position]]) { y[i] = 1; }", ":3:", "unknown attribute thread_position"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := c.Library(context.Background(), head+test.body, Options{})
			var e *CompileError
			if !errors.As(err, &e) {
				t.Fatalf("error %v, want a compile error", err)
			}
			if !strings.Contains(e.Log, test.message) || !strings.Contains(e.Log, "program_source"+test.line) {
				t.Errorf("log without %q in line %q:\n%s", test.message, test.line, e.Log)
			}
			if strings.Contains(e.Log, c.dir) {
				t.Errorf("the log names the cache folder:\n%s", e.Log)
			}
		})
	}
}

func TestSourcesThatAreTaken(t *testing.T) {
	c := testCompiler(t, CompilerConfig{})
	for _, test := range []struct {
		name, body string
		version    LanguageVersion
	}{
		{"a structure copied from and to device and constant memory", "struct S { float a[3]; int b; };\nkernel void f(device S *x [[buffer(0)]], constant S &y [[buffer(1)]]) { S s = x[1]; x[0] = s; s = y; x[2] = y; }", 0},
		{"a matrix in constant memory", "kernel void f(device float4 *x [[buffer(0)]], constant float4x4 &m [[buffer(1)]]) { x[0] = m * x[1]; }", 0},
		{"packed vectors", "kernel void f(device packed_float3 *x [[buffer(0)]]) { float3 v = x[0]; x[1] = v * 2.0f; x[2] = packed_float3(v.x, 1, 2); }", 0},
		{"casts of vectors", "kernel void f(device half4 *x [[buffer(0)]], device float4 *y [[buffer(1)]]) { y[0] = (float4)x[0] * 2.0f; x[1] = (half4)(y[1] + 1.0f); y[2] = static_cast<float4>(x[2]); }", 0},
		{"bfloat in MSL 3.1", "kernel void f(device bfloat4 *y [[buffer(0)]]) { y[0] = bfloat4(float4(y[1]) * 2.0f); }", MSL3_1},
		{"half literals", "kernel void f(device half *y [[buffer(0)]]) { y[0] = 1.5h * half(2) + HALF_MAX; }", 0},
		{"comparisons of vectors", "kernel void f(device float4 *y [[buffer(0)]]) { bool4 b = y[0] < 1.0f; if (any(b) && all(y[0] == y[0])) y[0] = select(y[0], y[1], y[0] > y[1]); }", 0},
		{"positions of all shapes", "kernel void f(device float *y [[buffer(0)]], ushort2 a [[thread_position_in_threadgroup]], uint3 b [[threads_per_grid]], ushort c [[thread_index_in_simdgroup]]) { y[a.x + b.z + c] = 1; }", 0},
		{"a buffer without an index", "kernel void f(device float *x, device float *y, uint i [[thread_position_in_grid]]) { y[i] = x[i]; }", 0},
		{"the kernel attribute", "[[kernel]] void f(device float *x [[buffer(0)]]) { x[0] = 1; }", 0},
		{"a lambda in MSL 3.2", "kernel void f(device float *x [[buffer(0)]]) { auto g = [](float a) { return a + 1; }; x[0] = g(x[1]); }", MSL3_2},
		{"references of each address space", "static float g(device const float &a, thread float &b, threadgroup float &c) { return a + b + c; }\nkernel void f(device float *x [[buffer(0)]], threadgroup float *s [[threadgroup(0)]]) { float t = 1; s[0] = 1; x[0] = g(x[1], t, s[0]); }", 0},
		{"member functions for each address space", "struct C {\n  float x;\n  constexpr C(float a) thread : x(a) {}\n  constexpr C(float a) threadgroup : x(a) {}\n  float twice() const thread { return 2 * x; }\n  float twice() const device { return 2 * x; }\n  operator float() const thread { return x; }\n  operator float() const constant { return x; }\n};\nkernel void f(device C *y [[buffer(0)]]) { C c(1.0f); y[0].x = c.twice() + y[1].twice() + float(c); }", 0},
		{"arrays as parameters", "static int g(constant const int n[3], thread const float x[2]) { return n[1] + int(x[0]); }\nkernel void f(device int *y [[buffer(0)]], constant const int n[3] [[buffer(1)]]) { float x[2] = {1, 2}; y[0] = g(n, x); }", 0},
		{"functions for each address space", "static float sum(device const float *p, int n = 2) { return p[0] + p[n - 1]; }\nstatic float sum(threadgroup const float *q, int n) { return q[0] + q[n - 1]; }\ntemplate <typename T> T first(device const T *p) { return *p; }\ntemplate <typename T> T first(thread const T *p) { return *p; }\nnamespace a { float one(device float &x) { return x; } }\nfloat one(thread float &x) { return -x; }\nfloat one(device float &x, device float &y) { return y; }\nstruct S { float get(device float *p) { return *p; } float get(threadgroup float *p) { return *p; } float get(threadgroup int *p) { return *p; } };\nkernel void f(device float *x [[buffer(0)]], threadgroup float *s [[threadgroup(0)]]) { float t = 1; s[0] = sum(x) + sum(s, 1); x[0] = first(x) + first(&t) + a::one(x[0]) + one(t) + one(x[0], x[1]); S o; x[1] = o.get(x) + o.get(s); }", 0},
		{"functions for each address space, with const and without", "static float g(device float *p) { return p[0]; }\nstatic float g(threadgroup const float *q) { return q[0]; }\ntemplate <typename T> device T *same(device T *p) { return p; }\ntemplate <typename T> threadgroup T *same(threadgroup T *p) { return p; }\nstatic float h(constant float *p) { return p[0]; }\nstatic float h(device float *p) { return p[0]; }\nkernel void f(device float *x [[buffer(0)]], constant float *c [[buffer(1)]], threadgroup float *s [[threadgroup(0)]]) { threadgroup const float *r = s; s[0] = h(x) + h(c); x[0] = g(x) + g(s) + g(r) + same(x)[1] + same(s)[1]; }", 0},
		{"an empty library", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l, _, err := c.Library(context.Background(), head+test.body, Options{LanguageVersion: test.version})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range l.Functions() {
				if _, err := l.Pipeline(context.Background(), f.Name, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestWarningsComeBesideTheLibrary(t *testing.T) {
	c := testCompiler(t, CompilerConfig{})
	_, warnings, err := c.Library(context.Background(), head+"#warning mine\nkernel void f(device int *y [[buffer(0)]]) { if (y[0] = 1) y[1] = 2; }", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"program_source:3:2: warning: mine", "program_source:4:", "using the result of an assignment as a condition"} {
		if !strings.Contains(warnings, want) {
			t.Errorf("no %q in the warnings:\n%s", want, warnings)
		}
	}
}

func TestPreprocessorMacrosVersionAndMathMode(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	source := head + `
kernel void f(device float *y [[buffer(0)]]) {
  y[0] = VALUE + ADD(1, 2);
  y[1] = __METAL_VERSION__;
  y[2] = tanh(y[3]);
  y[4] = precise::tanh(y[3]);
  y[5] = fast::tanh(y[3]);
}`
	for _, mode := range []MathMode{MathSafe, MathFast} {
		l := b.newLibrary(source, Options{LanguageVersion: MSL3_1, MathMode: mode, PreprocessorMacros: map[string]string{"VALUE": "4.5f", "ADD(a,b)": "((a)+(b))"}})
		p, err := l.Pipeline(context.Background(), "f", nil)
		if err != nil {
			t.Fatal(err)
		}
		y, by := buffer(b, []float32{0, 0, 0, 50, 0, 0})
		if err := b.run(Order{}, Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}); err != nil {
			t.Fatal(err)
		}
		if y[0] != 7.5 || y[1] != 310 || y[4] != 1 || y[5] == y[5] || (y[2] == y[2]) != (mode == MathSafe) {
			t.Errorf("math mode %d: %v", mode, y)
		}
	}
	for _, macros := range []map[string]string{{"": "1"}, {"A\n": "1"}, {"A": "1\n2"}, {"A=B": ""}} {
		if _, _, err := b.compiler.Library(context.Background(), source, Options{PreprocessorMacros: macros}); err == nil {
			t.Errorf("macros %q are taken", macros)
		}
	}
}

func TestCompilerThatIsMissing(t *testing.T) {
	_, err := NewCompiler(CompilerConfig{Clang: "no-such-compiler", CacheDir: t.TempDir()})
	if !errors.Is(err, ErrNoCompiler) || !strings.Contains(err.Error(), "apt-get install") {
		t.Errorf("%v", err)
	}
}

func TestCacheFolderThatOthersCanWriteTo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	testCompiler(t, CompilerConfig{})
	if _, err := NewCompiler(CompilerConfig{CacheDir: dir}); err == nil {
		t.Error("a folder that anybody can write to is taken")
	}
}

func TestSameProgramBuiltAtOnceByTwoCompilers(t *testing.T) {
	// Only the program is built: headers and runtime are lent by the folder that the tests share.
	lender := testCompiler(t, CompilerConfig{})
	const source = head + "kernel void f(device int *y [[buffer(0)]]) { y[0] = 1; }"
	if l, _, err := lender.Library(context.Background(), source, Options{}); err != nil {
		t.Fatal(err)
	} else if _, err := l.Pipeline(context.Background(), "f", nil); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"include-*", "macros-*", "runtime-*", "headers-*"} {
		lent, err := filepath.Glob(filepath.Join(lender.dir, kind))
		if err != nil || len(lent) == 0 {
			t.Fatalf("no %s: %v", kind, err)
		}
		for _, l := range lent {
			if err := os.Symlink(l, filepath.Join(dir, filepath.Base(l))); err != nil {
				t.Fatal(err)
			}
		}
	}
	var wait sync.WaitGroup
	paths := make([]string, 2)
	for i := range paths {
		c := testCompiler(t, CompilerConfig{CacheDir: dir})
		wait.Add(1)
		go func() {
			defer wait.Done()
			l, _, err := c.Library(context.Background(), source, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			p, err := l.Pipeline(context.Background(), "f", nil)
			if err != nil {
				t.Error(err)
				return
			}
			paths[i] = p.path
		}()
	}
	wait.Wait()
	for _, p := range paths {
		if p != paths[0] {
			t.Errorf("%s and %s", p, paths[0])
		}
	}
	noneLeft(t, dir)
}

func TestFunctionThatIsNotThere(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	if _, err := b.newLibrary(head, Options{}).Pipeline(context.Background(), "f", nil); !errors.Is(err, ErrNoFunction) {
		t.Errorf("%v", err)
	}
}
