//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestTransposeThroughAThreadgroupTile(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`
constant constexpr uint TILE = 16;
kernel void transpose(device const float *in [[buffer(0)]], device float *out [[buffer(1)]], constant uint2 &size [[buffer(2)]],
                      uint2 g [[threadgroup_position_in_grid]], uint2 t [[thread_position_in_threadgroup]]) {
  threadgroup float tile[TILE][TILE + 1], unused;
  const uint2 from = g * TILE + t;
  if (t.x == 0 && t.y == 0) unused = 0.0f;
  if (from.x < size.x && from.y < size.y) tile[t.y][t.x] = in[from.y * size.x + from.x];
  threadgroup_barrier(mem_flags::mem_threadgroup);
  const uint2 to = g.yx * TILE + t;
  if (to.x < size.y && to.y < size.x) out[to.y * size.y + to.x] = tile[t.x][t.y];
}`, "transpose", nil)
	if want := 16*17*4 + 16; p.StaticThreadgroupMemoryLength != want {
		t.Errorf("static threadgroup memory is %d bytes, want %d", p.StaticThreadgroupMemoryLength, want)
	}
	const w, h = 35, 21
	in, bi := buffer(b, make([]float32, w*h))
	for i := range in {
		in[i] = float32(i)
	}
	for _, o := range Orders() {
		out, bo := buffer(b, make([]float32, w*h))
		if err := b.run(o, Dispatch{Program: p, Buffers: bind(bi, bo, bytesOf([2]uint32{w, h})), Grid: Size{3, 2, 1}, Threadgroup: Size{16, 16, 1}}); err != nil {
			t.Fatalf("%v: %v", o, err)
		}
		for y := range h {
			for x := range w {
				if out[x*h+y] != in[y*w+x] {
					t.Fatalf("%v: out[%d][%d] = %v", o, x, y, out[x*h+y])
				}
			}
		}
	}
}

const constantsSource = head + `
constant uint width [[function_constant(0)]];
constant bool scaled [[function_constant(1)]];
constant float scale [[function_constant(2)]];
constant float4 offsets [[function_constant(7)]];
constant bool has_scale = is_function_constant_defined(scale);
constant float factor = has_scale ? scale : 1.0f;
static inline float times(float x) { return x * factor; }
kernel void specialised(device float *y [[buffer(0)]], device const float *extra [[buffer(1), function_constant(scaled)]], uint i [[thread_position_in_grid]]) {
  float v = times(float(i) * float(width)) + offsets[i % 4];
  if (scaled) v += extra[i];
  y[i] = v;
}
kernel void plain(device float *y [[buffer(0)]], uint i [[thread_position_in_grid]]) { y[i] = float(width); }
`

func TestFunctionConstantsSpecialiseOneSource(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	l := b.newLibrary(constantsSource, Options{})
	offsets := ConstantValue{Type: Float4}
	for i := range 4 {
		offsets.Bytes = binary.LittleEndian.AppendUint32(offsets.Bytes, math.Float32bits(float32(i)*0.25))
	}
	program := func(c Constants) *Program {
		p, err := l.Pipeline(context.Background(), "specialised", c)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	a := program(Constants{0: uintConstant(3), 1: boolConstant(false), 7: offsets})
	c := program(Constants{0: uintConstant(5), 1: boolConstant(true), 2: floatConstant(0.5), 7: offsets})
	if a.path == c.path {
		t.Fatal("two specialisations have one program")
	}
	if a.Function.Arguments[1].Active || !c.Function.Arguments[1].Active {
		t.Errorf("argument 1 is active %v and %v, want false and true", a.Function.Arguments[1].Active, c.Function.Arguments[1].Active)
	}
	y, by := buffer(b, make([]float32, 8))
	z, bz := buffer(b, make([]float32, 8))
	extra, be := buffer(b, make([]float32, 8))
	for i := range extra {
		extra[i] = 100
	}
	size := Dispatch{Grid: Size{1, 1, 1}, Threadgroup: Size{8, 1, 1}}
	first, second := size, size
	first.Program, first.Buffers = a, bind(by)
	second.Program, second.Buffers = c, bind(bz, be)
	if err := b.run(Order{}, first, second); err != nil {
		t.Fatal(err)
	}
	for i := range y {
		if want := float32(i)*3 + float32(i%4)*0.25; y[i] != want {
			t.Errorf("without: y[%d] = %v, want %v", i, y[i], want)
		}
		if want := float32(i)*5*0.5 + float32(i%4)*0.25 + 100; z[i] != want {
			t.Errorf("with: y[%d] = %v, want %v", i, z[i], want)
		}
	}
}

func TestFunctionConstantsOfAKernel(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	l := b.newLibrary(constantsSource, Options{})
	names := map[string][]FunctionConstant{}
	for _, f := range l.Functions() {
		names[f.Name] = f.Constants
	}
	if c := names["plain"]; len(c) != 1 || c[0] != (FunctionConstant{"width", 0, UInt, true}) {
		t.Errorf("plain has the constants %+v", c)
	}
	if c := names["specialised"]; len(c) != 4 || c[2] != (FunctionConstant{"scale", 2, Float, false}) || c[3].Type != Float4 {
		t.Errorf("specialised has the constants %+v", c)
	}
	for _, test := range []struct {
		name      string
		constants Constants
	}{
		{"missing", Constants{}},
		{"of another type", Constants{0: intConstant(1)}},
		{"of another size", Constants{0: {UInt, []byte{1}}}},
	} {
		_, err := l.Pipeline(context.Background(), "plain", test.constants)
		if e, ok := err.(*ConstantError); !ok || e.Name != "width" {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestTemplatesAndMacrosMakeKernels(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	l := b.newLibrary(head+`
template <typename T, int N> [[kernel]] void fill(device T *y [[buffer(0)]], uint i [[thread_position_in_grid]]) {
  y[i] = T(N) + static_cast<T>(i);
}
#define INSTANCE(name, T, N) template [[host_name(name)]] [[kernel]] void fill<T, N>(device T *y [[buffer(0)]], uint i [[thread_position_in_grid]]);
INSTANCE("fill_float_3", float, 3)
INSTANCE("fill_int_4", int, 4)
typedef decltype(fill<float2, 5>) fill_t;
template [[host_name("fill_float2_5")]] kernel fill_t fill<float2, 5>;
#define KERNEL(name, op) kernel void name(device float *y [[buffer(0)]], uint i [[thread_position_in_grid]]) { y[i] = op(y[i]); }
KERNEL(negate, -)
KERNEL(root, sqrt)
`, Options{})
	var names []string
	for _, f := range l.Functions() {
		names = append(names, f.Name)
	}
	if len(names) != 5 {
		t.Fatalf("functions: %v", names)
	}
	one := Dispatch{Grid: Size{1, 1, 1}, Threadgroup: Size{4, 1, 1}}
	run := func(name string, v Binding) {
		t.Helper()
		p, err := l.Pipeline(context.Background(), name, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := one
		d.Program, d.Buffers = p, bind(v)
		if err := b.run(Order{}, d); err != nil {
			t.Fatal(err)
		}
	}
	f, bf := buffer(b, make([]float32, 4))
	run("fill_float_3", bf)
	run("root", bf)
	run("negate", bf)
	n, bn := buffer(b, make([]int32, 4))
	run("fill_int_4", bn)
	v, bv := buffer(b, make([][2]float32, 4))
	run("fill_float2_5", bv)
	for i := range 4 {
		if want := -float32(math.Sqrt(float64(3 + i))); f[i] != want {
			t.Errorf("f[%d] = %v, want %v", i, f[i], want)
		}
		if n[i] != int32(4+i) {
			t.Errorf("n[%d] = %v", i, n[i])
		}
		if v[i] != [2]float32{float32(5 + i), float32(5 + i)} {
			t.Errorf("v[%d] = %v", i, v[i])
		}
	}
}

func TestAtomicsFromAllThreadgroups(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`
kernel void count(device atomic_uint *histogram [[buffer(0)]], device atomic_float *sum [[buffer(1)]], device atomic_int *most [[buffer(2)]],
                  uint i [[thread_position_in_grid]], uint t [[thread_index_in_threadgroup]]) {
  threadgroup atomic_uint mine[4];
  if (t < 4) atomic_store_explicit(&mine[t], 0, memory_order_relaxed);
  threadgroup_barrier(mem_flags::mem_threadgroup);
  atomic_fetch_add_explicit(&mine[i % 4], 1, memory_order_relaxed);
  threadgroup_barrier(mem_flags::mem_threadgroup);
  if (t < 4) atomic_fetch_add_explicit(&histogram[t], atomic_load_explicit(&mine[t], memory_order_relaxed), memory_order_relaxed);
  atomic_fetch_add_explicit(sum, 0.5f, memory_order_relaxed);
  atomic_fetch_max_explicit(most, int(i), memory_order_relaxed);
}`, "count", nil)
	for _, o := range Orders() {
		h, bh := buffer(b, make([]uint32, 4))
		s, bs := buffer(b, make([]float32, 1))
		m, bm := buffer(b, []int32{-1})
		if err := b.run(o, Dispatch{Program: p, Buffers: bind(bh, bs, bm), Grid: Size{10, 1, 1}, Threadgroup: Size{96, 1, 1}}); err != nil {
			t.Fatalf("%v: %v", o, err)
		}
		if h[0] != 240 || h[1] != 240 || h[2] != 240 || h[3] != 240 || s[0] != 480 || m[0] != 959 {
			t.Errorf("%v: %v %v %v", o, h, s, m)
		}
	}
}

func TestSimdgroupMatrixProductWhicheverLaneHasWhat(t *testing.T) {
	for _, rows := range []bool{false, true} {
		t.Run(fmt.Sprintf("rows %v", rows), func(t *testing.T) { testMatrixProduct(t, CompilerConfig{MatrixRows: rows}) })
	}
}

func testMatrixProduct(t *testing.T, config CompilerConfig) {
	b := newBench(t, config, ExecutorConfig{})
	p := b.program(head+`
// C (64 x 40) = A (64 x 48, half) times B (48 x 40, float, stored transposed); one simdgroup a tile of 8 by 8.
kernel void product(device const half *a [[buffer(0)]], device const float *b [[buffer(1)]], device float *c [[buffer(2)]], uint2 g [[threadgroup_position_in_grid]]) {
  simdgroup_float8x8 sum = make_filled_simdgroup_matrix<float, 8, 8>(0.0f);
  for (uint k = 0; k < 48; k += 8) {
    simdgroup_half8x8 x;
    simdgroup_float8x8 y;
    simdgroup_load(x, a + g.y * 8 * 48, 48, ulong2(k, 0));
    simdgroup_load(y, b, 48, ulong2(k, g.x * 8), true);
    simdgroup_multiply_accumulate(sum, x, y, sum);
  }
  sum.thread_elements()[0] *= 2.0f;
  sum.thread_elements()[1] *= 2.0f;
  simdgroup_store(sum, c, 40, ulong2(g.x * 8, g.y * 8));
}`, "product", nil)
	r := rand.New(rand.NewPCG(1, 2))
	a, ba := buffer(b, make([]uint16, 64*48))
	y, by := buffer(b, make([]float32, 48*40))
	af := make([]float64, len(a))
	for i := range a {
		n := r.IntN(64) - 32
		af[i] = float64(n)
		a[i] = halfOf(n)
	}
	for i := range y {
		y[i] = float32(r.IntN(64) - 32)
	}
	for _, o := range Orders() {
		c, bc := buffer(b, make([]float32, 64*40))
		if err := b.run(o, Dispatch{Program: p, Buffers: bind(ba, by, bc), Grid: Size{5, 8, 1}, Threadgroup: Size{32, 1, 1}}); err != nil {
			t.Fatalf("%v: %v", o, err)
		}
		for i := range 64 {
			for j := range 40 {
				want := 0.0
				for k := range 48 {
					want += af[i*48+k] * float64(y[j*48+k])
				}
				if float64(c[i*40+j]) != 2*want {
					t.Fatalf("%v: c[%d][%d] = %v, want %v", o, i, j, c[i*40+j], 2*want)
				}
			}
		}
	}
}

// halfOf is a small integer as a half.
func halfOf(n int) uint16 {
	if n == 0 {
		return 0
	}
	sign := uint16(0)
	if n < 0 {
		sign, n = 0x8000, -n
	}
	e := 0
	for n>>(e+1) != 0 {
		e++
	}
	return sign | uint16(15+e)<<10 | uint16(n<<(10-e)&0x3ff)
}

// Address spaces are gone in a program, and still each call comes to the function that Metal would take.
func TestCallsComeToTheOverloadOfTheirAddressSpace(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`
static int g(device int *p) { return 1; }
static int g(device const int *p) { return 2; }
static int g(threadgroup int *p) { return 1; }
static int g(threadgroup const int *p) { return 2; }
static int h(device int *p, int n) { return 3; }
static int h(threadgroup float *p, int n) { return 4; }
kernel void f(device int *y [[buffer(0)]], device const int *r [[buffer(1)]], threadgroup int *s [[threadgroup(0)]], threadgroup float *t [[threadgroup(1)]]) {
  threadgroup const int *c = s;
  y[0] = g(y); y[1] = g(r); y[2] = g(s); y[3] = g(c);
  y[4] = h(y, 0); y[5] = h(t, 0);
}`, "f", nil)
	y, by := buffer(b, make([]int32, 6))
	_, br := buffer(b, make([]int32, 1))
	d := Dispatch{Program: p, Buffers: bind(by, br), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}
	d.ThreadgroupMemory[0], d.ThreadgroupMemory[1] = 16, 16
	if err := b.run(Order{}, d); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(y); got != "[1 2 1 2 3 4]" {
		t.Errorf("%v", got)
	}
}
