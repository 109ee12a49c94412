//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// linked runs one thread of kernel k with images of libraries, and returns what it wrote to its buffer.
func (b *bench) linked(source string, o Options, images ...*Image) (uint32, error) {
	b.t.Helper()
	p, err := b.newLibrary(head+source, o).Pipeline(context.Background(), "k", nil, images...)
	if err != nil {
		return 0, err
	}
	view, out := buffer(b, []uint32{0})
	if err := b.run(Order{}, Dispatch{Program: p, Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}, Buffers: bind(out)}); err != nil {
		return 0, err
	}
	return view[0], nil
}

func (b *bench) image(source string, hidden bool) *Image {
	b.t.Helper()
	image, err := b.newLibrary(head+source, Options{}).Image(context.Background(), hidden)
	if err != nil {
		b.t.Fatal(err)
	}
	return image
}

// A kernel calls what other libraries define: the first that has it, and each library its own.
func TestKernelsCallWhatImagesDefine(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	const calls = "extern uint f(uint x);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = f(1); }\n"
	double, triple := b.image("uint f(uint x) { return 2 * x; }", false), b.image("__attribute__((noinline)) uint f(uint x) { return 3 * x; }\nuint g(uint x) { return f(x) + 10; }", false)
	for _, c := range []struct {
		name, source string
		images       []*Image
		want         uint32
	}{
		{"one image", calls, []*Image{double}, 2},
		{"the first of two", calls, []*Image{triple, double}, 3},
		{"the first of two, the other way round", calls, []*Image{double, triple}, 2},
		{"an image prefers its own", "uint g(uint x);\n" + "kernel void k(device uint *out [[buffer(0)]]) { out[0] = g(1); }", []*Image{double, triple}, 13},
		{"a kernel prefers its own", "uint f(uint x) { return 7 * x; }\nuint g(uint);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = f(1) + g(1); }", []*Image{double, triple}, 20},
		{"an image calls another", "uint h(uint);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = h(1); }", []*Image{b.image("uint f(uint);\nuint h(uint x) { return f(x) + 100; }", false), double}, 102},
		{"an image does not see the kernel's own", "uint f(uint x) { return 7 * x; }\nuint h(uint);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = f(1) + h(1); }", []*Image{b.image("uint f(uint);\nuint h(uint x) { return f(x) + 100; }", false), double}, 109},
		{"in a namespace", "namespace a { uint f(uint); }\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = a::f(1); }", []*Image{b.image("namespace a { uint f(uint x) { return 5 * x; } }", false)}, 5},
		{"through memory", "void put(device uint *out, uint v);\nkernel void k(device uint *out [[buffer(0)]]) { put(out, 9); }", []*Image{b.image("void put(device uint *out, uint v) { out[0] = v; }", false)}, 9},
		{"what no kernel comes to may be missing", calls + "uint absent(uint);\nkernel void other(device uint *out [[buffer(0)]]) { out[0] = absent(1); }\nuint helper(uint x) { return absent(x); }", []*Image{double}, 2},
		{"hidden, but for one", calls, []*Image{b.image("uint h(uint x) { return x; }\n__attribute__((visibility(\"default\"))) uint f(uint x) { return h(x) + 3; }", true)}, 4},
		{"a kernel in an image is no matter", calls, []*Image{b.image("kernel void k(device uint *out [[buffer(0)]]) { threadgroup uint t[4000]; t[0] = 1; out[0] = t[0]; }\nuint f(uint x) { return 4 * x; }", false)}, 4},
	} {
		if got, err := b.linked(c.source, Options{}, c.images...); err != nil || got != c.want {
			t.Errorf("%s: %d, %v, want %d", c.name, got, err, c.want)
		}
	}
}

func TestWhatNoImageDefinesIsUndefined(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	const calls = "extern uint f(uint x);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = f(1); }\n"
	for _, c := range []struct {
		name, source, says string
		images             []*Image
	}{
		{"nothing has it", calls, "f(unsigned int)", nil},
		{"another type", calls, "f(unsigned int)", []*Image{b.image("uint f(float x) { return x; }", false)}},
		{"another number of parameters", calls, "f(unsigned int)", []*Image{b.image("uint f(uint x, uint y) { return x + y; }", false)}},
		{"another namespace", calls, "f(unsigned int)", []*Image{b.image("namespace a { uint f(uint x) { return x; } }", false)}},
		{"a hidden one", calls, "f(unsigned int)", []*Image{b.image("uint f(uint x) { return x; }", true)}},
		{"one that says so", calls, "f(unsigned int)", []*Image{b.image("__attribute__((visibility(\"hidden\"))) uint f(uint x) { return x; }", false)}},
		{"a static one", calls, "f(unsigned int)", []*Image{b.image("static uint f(uint x) { return x; }\nuint g(uint x) { return f(x); }", false)}},
		{"in a namespace without a name", calls, "f(unsigned int)", []*Image{b.image("namespace { uint f(uint x) { return x; } }\nuint g(uint x) { return f(x); }", false)}},
		{"other address spaces", "uint f(device uint *x);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = f(out); }", `"device" here and in "constant" there`, []*Image{b.image("uint f(constant uint *x) { return *x; }", false)}},
		{"an image lacks it", "uint h(uint);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = h(1); }", "f(unsigned int)", []*Image{b.image("uint f(uint);\nuint h(uint x) { return f(x) + 100; }", false)}},
	} {
		_, err := b.linked(c.source, Options{}, c.images...)
		var compile *CompileError
		if !errors.As(err, &compile) || !strings.Contains(compile.Log, "Undefined symbols: ") || !strings.Contains(compile.Log, c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}

// A visible function is linked by itself: nothing else of its library is seen, and its constants have values.
func TestVisibleFunctionsAreLinkedOneByOne(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	l := b.newLibrary(head+`
constant uint by [[function_constant(0)]];
uint helper(uint x) { return by * x; }
[[visible]] uint f(uint x) { return helper(x) + 1; }
[[visible]] uint g(uint x) { return x; }`, Options{})
	names := ""
	for _, f := range l.Functions() {
		names += f.Kind + " " + f.Name + " "
		if f.Name == "f" && (len(f.Constants) != 1 || f.Constants[0].Name != "by") {
			t.Errorf("constants of f: %v", f.Constants)
		}
	}
	if names != "visible f visible g " {
		t.Errorf("functions %q", names)
	}
	var constant *ConstantError
	if _, err := l.FunctionImage(context.Background(), "f", nil); !errors.As(err, &constant) {
		t.Errorf("without its constant: %v", err)
	}
	if _, err := l.FunctionImage(context.Background(), "helper", nil); !errors.Is(err, ErrNoFunction) {
		t.Errorf("one that is not visible: %v", err)
	}
	image, err := l.FunctionImage(context.Background(), "f", Constants{0: {UInt, []byte{6, 0, 0, 0}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := b.linked("[[visible]] uint f(uint);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = f(2); }", Options{}, image); err != nil || got != 13 {
		t.Errorf("%d, %v", got, err)
	}
	if _, err := b.linked("uint g(uint);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = g(2); }", Options{}, image); err == nil {
		t.Error("another function of its library is seen")
	}
}

// Barriers and simd functions work in an image as in the kernel's own source.
func TestImagesMeetOtherThreads(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	image := b.image(`uint total(threadgroup uint *t, uint i) {
    t[i] = i;
    threadgroup_barrier(mem_flags::mem_threadgroup);
    return simd_sum(t[63 - i]);
}`, false)
	p, err := b.newLibrary(head+`uint total(threadgroup uint *, uint);
kernel void k(device uint *out [[buffer(0)]], uint i [[thread_position_in_threadgroup]]) {
    threadgroup uint t[64];
    uint s = total(t, i);
    if (i % 32 == 0) out[i / 32] = s;
}`, Options{}).Pipeline(context.Background(), "k", nil, image)
	if err != nil {
		t.Fatal(err)
	}
	view, out := buffer(b, make([]uint32, 2))
	for _, order := range Orders() {
		clear(view)
		if err := b.run(order, Dispatch{Program: p, Grid: Size{64, 1, 1}, Threadgroup: Size{64, 1, 1}, Buffers: bind(out)}); err != nil {
			t.Fatal(err)
		}
		if view[0] != 1520 || view[1] != 496 {
			t.Errorf("%+v: %v", order, view)
		}
	}
}

// The linker can't tell address spaces apart, in images as little as in kernels.
func TestAddressSpacesOfImagesAreCompared(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	outer := b.image("uint f(device uint *x);\nuint h(device uint *x) { return f(x); }", false)
	const calls = "uint h(device uint *x);\nkernel void k(device uint *out [[buffer(0)]]) { out[0] = h(out); }"
	if got, err := b.linked(calls, Options{}, outer, b.image("uint f(device uint *x) { return *x + 1; }", false)); err != nil || got != 1 {
		t.Errorf("%d, %v", got, err)
	}
	_, err := b.linked(calls, Options{}, outer, b.image("uint f(constant uint *x) { return *x + 1; }", false))
	if err == nil || !strings.Contains(err.Error(), `"device" here and in "constant" there`) {
		t.Errorf("%v", err)
	}
}

// With sanitizers an image is held to them, too.
func TestImagesAreSanitized(t *testing.T) {
	b := newBench(t, CompilerConfig{Sanitize: true}, ExecutorConfig{})
	image := b.image("void put(device uint *out, uint n) { out[n] = 9; }", false)
	const calls = "void put(device uint *out, uint n);\nkernel void k(device uint *out [[buffer(0)]]) { put(out, %); }"
	if got, err := b.linked(strings.ReplaceAll(calls, "%", "0"), Options{}, image); err != nil || got != 9 {
		t.Errorf("%d, %v", got, err)
	}
	var fault *FaultError
	if _, err := b.linked(strings.ReplaceAll(calls, "%", "1"), Options{}, image); !errors.As(err, &fault) {
		t.Errorf("behind the end: %v", err)
	}
}
