//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"strings"
	"testing"
)

func TestFloatFunctionsAgreeWithGo(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	nan := float32(math.NaN())
	type row struct {
		expression string // of x and y
		want       func(x, y float64) float64
	}
	rows := []row{
		{"exp(x)", func(x, y float64) float64 { return math.Exp(x) }},
		{"exp2(x)", func(x, y float64) float64 { return math.Exp2(x) }},
		{"exp10(x)", func(x, y float64) float64 { return math.Pow(10, x) }},
		{"log(y)", func(x, y float64) float64 { return math.Log(y) }},
		{"log2(y)", func(x, y float64) float64 { return math.Log2(y) }},
		{"sin(x)", func(x, y float64) float64 { return math.Sin(x) }},
		{"cospi(x)", func(x, y float64) float64 { return math.Cos(math.Pi * x) }},
		{"tanh(x)", func(x, y float64) float64 { return math.Tanh(x) }},
		{"atan2(x, y)", math.Atan2},
		{"pow(y, x)", func(x, y float64) float64 { return math.Pow(y, x) }},
		{"fast::powr(y, x)", func(x, y float64) float64 { return math.Pow(y, x) }},
		{"sqrt(y)", func(x, y float64) float64 { return math.Sqrt(y) }},
		{"rsqrt(y)", func(x, y float64) float64 { return 1 / math.Sqrt(y) }},
		{"fmod(x, y)", math.Mod},
		{"floor(x)", func(x, y float64) float64 { return math.Floor(x) }},
		{"rint(x)", func(x, y float64) float64 { return math.RoundToEven(x) }},
		{"round(x)", func(x, y float64) float64 { return math.Round(x) }},
		{"fract(x)", func(x, y float64) float64 { return x - math.Floor(x) }},
		{"clamp(x, -1.0f, 0.75f)", func(x, y float64) float64 { return min(max(x, -1), 0.75) }},
		{"saturate(x)", func(x, y float64) float64 { return min(max(x, 0), 1) }},
		{"mix(x, y, 0.25f)", func(x, y float64) float64 { return x + (y-x)*0.25 }},
		{"step(y, x)", func(x, y float64) float64 { return map[bool]float64{true: 0, false: 1}[x < y] }},
		{"smoothstep(0.0f, 4.0f, x)", func(x, y float64) float64 { s := min(max(x/4, 0), 1); return s * s * (3 - 2*s) }},
		{"sign(x)", func(x, y float64) float64 { return math.Copysign(1, x) }},
		{"copysign(y, x)", func(x, y float64) float64 { return math.Copysign(y, x) }},
		{"fma(x, y, x)", func(x, y float64) float64 { return math.FMA(x, y, x) }},
		{"max3(x, y, 0.5f)", func(x, y float64) float64 { return max(x, y, 0.5) }},
		{"median3(x, y, 0.5f)", func(x, y float64) float64 { return x + y + 0.5 - max(x, y, 0.5) - min(x, y, 0.5) }},
		{"ldexp(x, 3)", func(x, y float64) float64 { return x * 8 }},
		{"float(ilogb(y))", func(x, y float64) float64 { return float64(math.Ilogb(y)) }},
		{"length(float3(x, y, 2))", func(x, y float64) float64 { return math.Sqrt(x*x + y*y + 4) }},
		{"dot(float4(x), float4(y, 1, 2, 3))", func(x, y float64) float64 { return x * (y + 6) }},
		{"cross(float3(x, y, 1), float3(1, 2, y)).y", func(x, y float64) float64 { return 1 - x*y }},
		{"normalize(float2(x, y)).x", func(x, y float64) float64 { return x / math.Hypot(x, y) }},
		{"determinant(float3x3(float3(x, 1, 2), float3(0, y, 1), float3(1, 1, 1)))", func(x, y float64) float64 { return x*(y-1) + (1 - 2*y) }},
		{"(float2x2(x, 1, 2, y) * float2(1, 2)).y", func(x, y float64) float64 { return 1 + 2*y }},
		{"(float2(1, 2) * float2x2(x, 1, 2, y)).y", func(x, y float64) float64 { return 2 + 2*y }},
		{"transpose(float2x3(1, 2, x, 4, 5, 6))[2][0]", func(x, y float64) float64 { return x }},
		{"float(half(x) * 1.0h) - float(half(x))", func(x, y float64) float64 { return 0 }},
		{"unpack_unorm4x8_to_float(pack_float_to_unorm4x8(float4(0.25f, 1, 0, x))).x * 255", func(x, y float64) float64 { return 64 }},
		{"unpack_snorm2x16_to_float(pack_float_to_snorm2x16(float2(-1, 0.5f))).x", func(x, y float64) float64 { return -1 }},
		{"as_type<float>(as_type<uint>(x) ^ 0x80000000u)", func(x, y float64) float64 { return -x }},
		{"float4(x, y, 1, 2).wzyx.zw.y", func(x, y float64) float64 { return x }},
		{"float(simd_prefix_exclusive_sum(1u) + simd_prefix_inclusive_sum(1u) - 2 * lane)", func(x, y float64) float64 { return 1 }},
		{"float(popcount((uint)(ulong)simd_ballot((lane & 1) == 0)))", func(x, y float64) float64 { return 16 }},
		{"simd_shuffle(float(lane), 7) + simd_shuffle_rotate_down(float(lane), 1) - float((lane + 1) % 32)", func(x, y float64) float64 { return 7 }},
		{"quad_sum(float(lane)) - float(lane / 4 * 16)", func(x, y float64) float64 { return 6 }},
		{"quad_broadcast(float(lane), 2) - float(lane / 4 * 4)", func(x, y float64) float64 { return 2 }},
		{"float(simd_max(int(lane)) * 100 + simd_and(lane | 8u) + simd_xor(lane))", func(x, y float64) float64 { return 3108 }},
		{"simd_shuffle_and_fill_up(float(lane), 100.0f, 1) - (lane == 0 ? 131 - 31.0f : float(lane - 1))", func(x, y float64) float64 { return 0 }},
	}
	var body strings.Builder
	for i, r := range rows {
		fmt.Fprintf(&body, "  out[lane * %d + %d] = %s;\n", len(rows), i, r.expression)
	}
	p := b.program(head+"kernel void f(device const float2 *in [[buffer(0)]], device float *out [[buffer(1)]], uint lane [[thread_position_in_grid]]) {\n  const float x = in[lane].x, y = in[lane].y;\n"+body.String()+"}", "f", nil)
	in, bi := buffer(b, make([][2]float32, 32))
	for i := range in {
		in[i] = [2]float32{float32(i)*0.37 - 5.11, float32(i+1) * 0.61}
	}
	out, bo := buffer(b, make([]float32, 32*len(rows)))
	for i := range out {
		out[i] = nan
	}
	if err := b.run(Order{}, Dispatch{Program: p, Buffers: bind(bi, bo), Grid: Size{1, 1, 1}, Threadgroup: Size{32, 1, 1}}); err != nil {
		t.Fatal(err)
	}
	for i := range in {
		for j, r := range rows {
			got, want := float64(out[i*len(rows)+j]), r.want(float64(in[i][0]), float64(in[i][1]))
			if !(math.Abs(got-want) <= 4e-6*max(1, math.Abs(want))) {
				t.Errorf("x = %v, y = %v: %s = %v, want %v", in[i][0], in[i][1], r.expression, got, want)
			}
		}
	}
}

func TestIntegerFunctionsAgreeWithGo(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	rows := []struct {
		expression string // of int x, y
		want       func(x, y int32) int32
	}{
		{"clz(x)", func(x, y int32) int32 { return int32(bits.LeadingZeros32(uint32(x))) }},
		{"ctz(x)", func(x, y int32) int32 { return int32(bits.TrailingZeros32(uint32(x))) }},
		{"clz((short)x)", func(x, y int32) int32 { return int32(bits.LeadingZeros16(uint16(x))) }},
		{"popcount(x)", func(x, y int32) int32 { return int32(bits.OnesCount32(uint32(x))) }},
		{"reverse_bits(x)", func(x, y int32) int32 { return int32(bits.Reverse32(uint32(x))) }},
		{"rotate(x, y)", func(x, y int32) int32 { return int32(bits.RotateLeft32(uint32(x), int(uint32(y)&31))) }},
		{"mulhi(x, y)", func(x, y int32) int32 { return int32(int64(x) * int64(y) >> 32) }},
		{"addsat(x, y)", func(x, y int32) int32 { return int32(min(max(int64(x)+int64(y), math.MinInt32), math.MaxInt32)) }},
		{"int(subsat((uchar)x, (uchar)y))", func(x, y int32) int32 { return max(int32(uint8(x))-int32(uint8(y)), 0) }},
		{"hadd(x, y)", func(x, y int32) int32 { return int32((int64(x) + int64(y)) >> 1) }},
		{"rhadd(x, y)", func(x, y int32) int32 { return int32((int64(x) + int64(y) + 1) >> 1) }},
		{"int(absdiff(x, y))", func(x, y int32) int32 { d := int64(x) - int64(y); return int32(uint32(max(d, -d))) }},
		{"extract_bits(x, 4, 9)", func(x, y int32) int32 { return x << 19 >> 23 }},
		{"int(extract_bits((uint)x, 4, 9))", func(x, y int32) int32 { return int32(uint32(x) << 19 >> 23) }},
		{"insert_bits(x, y, 8, 5)", func(x, y int32) int32 { return x&^(31<<8) | y&31<<8 }},
		{"mul24(x, y)", func(x, y int32) int32 { return (x << 8 >> 8) * (y << 8 >> 8) }},
		{"clamp(x, -7, 9)", func(x, y int32) int32 { return min(max(x, -7), 9) }},
		{"max3(x, y, 3)", func(x, y int32) int32 { return max(x, y, 3) }},
		{"int(min((ulong)x, (ulong)y))", func(x, y int32) int32 { return int32(min(uint64(x), uint64(y))) }},
		{"abs(int4(x, y, x, y)).y", func(x, y int32) int32 { return max(y, -y) }},
		{"int(numeric_limits<short>::max()) + INT_MIN", func(x, y int32) int32 { return math.MaxInt16 + math.MinInt32 }},
		{"as_type<int>(char4(1, 2, -1, char(x)))", func(x, y int32) int32 { return 1 | 2<<8 | 255<<16 | int32(uint32(uint8(x))<<24) }},
		{"int(select(int2(x, y), int2(1, 2), int2(x, y) > 0).y)", func(x, y int32) int32 {
			if y > 0 {
				return 2
			}
			return y
		}},
	}
	var body strings.Builder
	for i, r := range rows {
		fmt.Fprintf(&body, "  out[i * %d + %d] = %s;\n", len(rows), i, r.expression)
	}
	p := b.program(head+"kernel void f(device const int2 *in [[buffer(0)]], device int *out [[buffer(1)]], uint i [[thread_position_in_grid]]) {\n  const int x = in[i].x, y = in[i].y;\n"+body.String()+"}", "f", nil)
	values := []int32{0, 1, -1, 5, -77, 255, 256, 65535, 1 << 23, math.MaxInt32, math.MinInt32, 0x12345678, -0x12345678}
	in, bi := buffer(b, make([][2]int32, len(values)*len(values)))
	for i := range in {
		in[i] = [2]int32{values[i/len(values)], values[i%len(values)]}
	}
	out, bo := buffer(b, make([]int32, len(in)*len(rows)))
	if err := b.run(Order{}, Dispatch{Program: p, Buffers: bind(bi, bo), Grid: Size{len(in), 1, 1}, Threadgroup: Size{32, 1, 1}, Exact: true}); err != nil {
		t.Fatal(err)
	}
	for i := range in {
		for j, r := range rows {
			if got, want := out[i*len(rows)+j], r.want(in[i][0], in[i][1]); got != want {
				t.Errorf("x = %d, y = %d: %s = %d, want %d", in[i][0], in[i][1], r.expression, got, want)
			}
		}
	}
}

func TestDenormalsAreFlushed(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+"kernel void f(device float *y [[buffer(0)]]) { y[1] = y[0] * 0.5f; y[2] = y[3] * 1e10f; }", "f", nil)
	y, by := buffer(b, []float32{math.SmallestNonzeroFloat32 * (1 << 23), 1, 1, math.SmallestNonzeroFloat32})
	if err := b.run(Order{}, Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}); err != nil {
		t.Fatal(err)
	}
	if y[1] != 0 || y[2] != 0 {
		t.Errorf("a denormal result is %v, a denormal operand counts: %v", y[1], y[2])
	}
}

func TestPartialThreadgroupsKnowTheirSize(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`
kernel void f(device uint *y [[buffer(0)]], uint2 at [[thread_position_in_grid]], uint2 grid [[threads_per_grid]], uint2 size [[threads_per_threadgroup]],
              uint2 full [[dispatch_threads_per_threadgroup]], uint2 groups [[threadgroups_per_grid]], uint t [[thread_index_in_threadgroup]], uint sgs [[simdgroups_per_threadgroup]]) {
  y[at.y * grid.x + at.x] = size.x + 100 * size.y + 10000 * t + 1000000 * (groups.x + groups.y) + (full.x == 8 && full.y == 4 ? 0 : 7) + simd_sum(0u) + 50000000 * sgs;
}`, "f", nil)
	for _, o := range Orders() {
		y, by := buffer(b, make([]uint32, 19*6))
		if err := b.run(o, Dispatch{Program: p, Buffers: bind(by), Grid: Size{19, 6, 1}, Threadgroup: Size{8, 4, 1}, Exact: true}); err != nil {
			t.Fatal(err)
		}
		for i, got := range y {
			x, yy := i%19, i/19
			w, h := min(8, 19-x/8*8), min(4, 6-yy/4*4)
			want := w + 100*h + 10000*(yy%4*w+x%8) + 1000000*(3+2) + 50000000
			if int(got) != want {
				t.Fatalf("%v: thread (%d, %d): %d, want %d", o, x, yy, got, want)
			}
		}
	}
}

func TestSanitizerBuildHasExactBounds(t *testing.T) {
	b := newBench(t, CompilerConfig{Sanitize: true}, ExecutorConfig{})
	l := b.newLibrary(head+`
kernel void f(device const float *x [[buffer(0)]], device float *y [[buffer(1)]], constant int &at [[buffer(2)]], threadgroup float *s [[threadgroup(0)]], uint i [[thread_position_in_grid]]) {
  threadgroup float tile[33];
  float mine[5];
  for (int k = 0; k < 5; k++) mine[k] = x[k];
  tile[i] = simd_sum(x[i]);
  threadgroup_barrier(mem_flags::mem_threadgroup);
  switch (at / 1000) {
  case 0: y[i] = tile[0]; break;
  case 1: y[i] = x[at % 1000]; break;
  case 2: tile[at % 1000] = 1.0f; break;
  case 3: y[i] = mine[at % 1000 + int(i)]; break;
  }
}`, Options{})
	p, err := l.Pipeline(context.Background(), "f", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, message string
		at            int32
		buffer        int
		variable      string
	}{
		{"nothing wrong", "", 0, -1, ""},
		{"a read of 4 bytes behind a buffer", "read byte 132 of buffer 0, which has 132", 1033, 0, ""},
		{"a write of 4 bytes behind a threadgroup variable", "program_source:13:11: Index 33 out of bounds", 2033, -1, ""},
		{"private memory", "", 3005, -1, ""},
	} {
		x, bx := buffer(b, make([]float32, 33))
		for i := range x {
			x[i] = 1
		}
		y, by := buffer(b, make([]float32, 32))
		d := Dispatch{Program: p, Buffers: bind(bx, by, bytesOf(test.at)), Grid: Size{1, 1, 1}, Threadgroup: Size{32, 1, 1}}
		d.ThreadgroupMemory[0] = 16
		err := b.run(Order{Sequence: Shuffled, Seed: 4}, d)
		if test.at == 0 {
			if err != nil || y[31] != 32 {
				t.Errorf("%s: %v, y = %v", test.name, err, y)
			}
			continue
		}
		f := faultOf(t, err, FaultSanitizer)
		if !strings.Contains(f.Detail, test.message) || f.Buffer != test.buffer || f.Variable != test.variable || !f.HasThread {
			t.Errorf("%s: %+v", test.name, f)
		}
	}
}

// A child serves many dispatches and keeps what is mapped: the bytes behind a
// buffer that does not end a page are nobody's to look at in the second one either.
func TestSanitizerBuildRunsTheSameBufferAgain(t *testing.T) {
	b := newBench(t, CompilerConfig{Sanitize: true}, ExecutorConfig{})
	p := b.program(head+`
kernel void f(device const float *x [[buffer(0)]], device float *y [[buffer(1)]], uint i [[thread_position_in_grid]]) { y[i] += x[i]; }`, "f", nil)
	x, bx := buffer(b, make([]float32, 33))
	y, by := buffer(b, make([]float32, 33))
	x[32] = 1
	for n := range 3 {
		if err := b.run(Order{}, Dispatch{Program: p, Buffers: bind(bx, by), Grid: Size{33, 1, 1}, Threadgroup: Size{1, 1, 1}}); err != nil || y[32] != float32(n+1) {
			t.Fatalf("dispatch %d: %v, %v", n, y[32], err)
		}
	}
}
