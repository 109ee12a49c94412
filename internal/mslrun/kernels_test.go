//go:build linux && (amd64 || arm64)

package mslrun

import (
	"math"
	"testing"
)

func TestSaxpyOverAGridThatTheThreadgroupDoesNotDivide(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`
kernel void saxpy(device const float *x [[buffer(0)]], device float *y [[buffer(1)]], constant float &a [[buffer(2)]],
                  uint i [[thread_position_in_grid]], uint n [[threads_per_grid]]) {
  if (n != 1000) return;
  y[i] = fma(a, x[i], y[i]);
}`, "saxpy", nil)
	for _, o := range Orders() {
		x, bx := buffer(b, make([]float32, 1000))
		y, by := buffer(b, make([]float32, 1000))
		for i := range x {
			x[i], y[i] = float32(i), 1
		}
		d := Dispatch{Program: p, Buffers: bind(bx, by, bytesOf(float32(2))), Grid: Size{1000, 1, 1}, Threadgroup: Size{64, 1, 1}, Exact: true}
		if err := b.run(o, d); err != nil {
			t.Fatalf("%v: %v", o, err)
		}
		for i := range y {
			if y[i] != 2*float32(i)+1 {
				t.Fatalf("%v: y[%d] = %v", o, i, y[i])
			}
		}
	}
}

const sumSource = head + `
kernel void total(device const float *x [[buffer(0)]], device float *out [[buffer(1)]], constant uint &n [[buffer(2)]],
                  threadgroup float *partial [[threadgroup(0)]], uint t [[thread_index_in_threadgroup]],
                  uint lane [[thread_index_in_simdgroup]], uint sg [[simdgroup_index_in_threadgroup]],
                  uint simdgroups [[simdgroups_per_threadgroup]], uint threads [[threads_per_threadgroup]]) {
  float v = 0.0f;
  for (uint i = t; i < n; i += threads) v += x[i];
  v = simd_sum(v);
  if (lane == 0) partial[sg] = v;
  threadgroup_barrier(mem_flags::mem_threadgroup);
  if (sg == 0) {
    float w = simd_sum(lane < simdgroups ? partial[lane] : 0.0f);
    if (lane == 0) out[0] = w;
  }
}`

func TestSumOverEightSimdgroupsIsTheSameBitsInAllOrders(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(sumSource, "total", nil)
	x, bx := buffer(b, make([]float32, 3000))
	want := 0.0
	for i := range x {
		x[i] = float32(math.Sin(float64(i))) * 100
		want += float64(x[i])
	}
	var first [2]uint32
	for _, association := range []Association{Butterfly, Linear} {
		for k, o := range Orders() {
			o.Association = association
			out, bo := buffer(b, []float32{float32(math.NaN())})
			d := Dispatch{Program: p, Buffers: bind(bx, bo, bytesOf(uint32(len(x)))), Grid: Size{1, 1, 1}, Threadgroup: Size{256, 1, 1}}
			d.ThreadgroupMemory[0] = 32
			if err := b.run(o, d); err != nil {
				t.Fatalf("%v: %v", o, err)
			}
			if k == 0 {
				first[association] = math.Float32bits(out[0])
			}
			if math.Float32bits(out[0]) != first[association] {
				t.Errorf("%v: %x, not %x as in the first order", o, math.Float32bits(out[0]), first[association])
			}
			if math.Abs(float64(out[0])-want) > 1e-2 {
				t.Errorf("%v: %v, want %v", o, out[0], want)
			}
		}
	}
	if first[0] == first[1] {
		t.Error("the two associations give the same bits: one of them is not what it says")
	}
}
