package msl

import (
	"strings"
	"testing"
)

// cudaText is what the CUDA target makes of one kernel, with runs of blanks as one.
func cudaText(t *testing.T, source, kernel string, values map[string]string) string {
	t.Helper()
	u, err := parse(source, 3<<16)
	if err != nil {
		t.Fatal(err)
	}
	for i := range u.Kernels {
		if u.Kernels[i].Name == kernel {
			text, err := u.Program(&u.Kernels[i], values, CUDA)
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }), " ")
		}
	}
	t.Fatalf("no kernel %s", kernel)
	return ""
}

func TestTheCUDATargetWritesWhatMSLHasAndCUDALacks(t *testing.T) {
	for _, c := range []struct{ rule, source, want string }{
		{"the text is in a namespace where float4 is metal's", wrap(""), "namespace metal {\nnamespace program {\n"},
		{"lines are those of the source", wrap(""), "# 1 \"program_source\""},
		{"functions are the device's", "float g() { return 1; } " + wrap(""), "__device__ float g()"},
		{"and templates, behind their parameters", "template <typename T> T g() { return 1; } " + wrap(""), "template <typename T> __device__ T g()"},
		{"and members", "struct S { float x; float g() { return x; } }; " + wrap(""), "float x; __device__ float g()"},
		{"address spaces vanish", "void g(threadgroup float *a, thread float *b, device float *c) {} " + wrap(""), "g( float *a, float *b, float *c)"},
		{"constant memory is const", "void g(constant float *a) {} " + wrap(""), "g(const float *a)"},
		{"a constant table is memory of the device, not of the constant cache", "constant float x[2] = {1, 2}; " + wrap(""), "__device__ const float x[2]"},
		{"threadgroup variables are shared, and filled", wrap("threadgroup float x[4];"), "typedef float __msl_type_x[4]; __MSL_SHARED __msl_type_x x; __MSL_FILL(&x, sizeof(__msl_type_x))"},
		{"swizzles are calls", "uint2 g(uint3 a) { return a.zx; } " + wrap(""), "a.swizzle(::__msl::places<2, 0>())"},
		{"components are not", "uint g(uint3 a) { return a.z; } " + wrap(""), "return a.z;"},
		{"half literals are casts", "half g() { return 1.5h; } " + wrap(""), "return ::metal::half(1.5);"},
		{"constructors of vectors are calls", "float2 g() { return float2(1, 2); } " + wrap(""), "__msl_make<float2>(1, 2)"},
		{"loops that stay loops", "void g() {\n#pragma nounroll\nfor (int i = 0; i < 3; i++) {} } " + wrap(""), "#pragma unroll 1\n"},
		{"a buffer is an address", wrap(""), "void f(void *buffer_0) {"},
		{"a reference to constant memory is a value", "struct P { uint n; }; kernel void f(constant P &p [[buffer(3)]]) {}", "void f(const __MSL_GRID_CONSTANT P buffer_3) {"},
		{"and its size is known to the host", "struct P { uint n; }; kernel void f(constant P &p [[buffer(3)]]) {}", "msl_arguments[] = {3, 1, (int)sizeof(P), -1};"},
		{"a reference to device memory is an address", "struct P { uint n; }; kernel void f(const device P &p [[buffer(0)]]) {}", "void f(void *buffer_0) {"},
		{"dynamic threadgroup memory is an offset", "kernel void f(threadgroup float *x [[threadgroup(1)]]) {}", "void f(unsigned threadgroup_1) {"},
		{"positions come from the processor", wrap(""), "__msl::position_argument{__MSL_thread_position_in_grid}"},
		{"the limit of threads is a bound", "[[max_total_threads_per_threadgroup(64)]] kernel void f() {}", "__global__ __launch_bounds__(64) void f("},
	} {
		if got := cudaText(t, c.source, "f", nil); !strings.Contains(got, c.want) {
			t.Errorf("%s: no %q in\n%s", c.rule, c.want, got)
		}
	}
}

func TestFunctionConstantsOfTheCUDATarget(t *testing.T) {
	source := "constant uint n [[function_constant(0)]]; constant bool has = n > 1; kernel void f(device float *x [[buffer(0), function_constant(has)]]) {}"
	got := cudaText(t, source, "f", map[string]string{"n": "{3}"})
	for _, want := range []string{"uint n = uint{3}", "(bool)(has) ? buffer_0 : nullptr"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestSwizzlesAreNamesOfComponentsAlone(t *testing.T) {
	for name, want := range map[string]string{"xy": "0, 1", "wzyx": "3, 2, 1, 0", "rgb": "0, 1, 2", "x": "", "xg": "", "xyzwx": "", "index": ""} {
		if got := places(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
