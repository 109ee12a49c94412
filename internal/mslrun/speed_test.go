//go:build linux && (amd64 || arm64)

package mslrun

import "testing"

// One dispatch of one thread: the way to the child and back.
func BenchmarkDispatch(b *testing.B) {
	c := newBench(b, CompilerConfig{}, ExecutorConfig{})
	p := c.program(head+"kernel void f(device int *y [[buffer(0)]]) { y[0] = 1; }", "f", nil)
	_, by := buffer(c, []int32{0})
	d := Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}
	for b.Loop() {
		if err := c.run(Order{}, d); err != nil {
			b.Fatal(err)
		}
	}
}

// 200 positions of two heads of 64: some 7000 meetings of a simdgroup.
func BenchmarkAttention(b *testing.B) {
	c := newBench(b, CompilerConfig{}, ExecutorConfig{})
	p := c.program(attentionSource(b), "attend_64", nil)
	a := newAttention(c, 64, 2, 200)
	for b.Loop() {
		if _, err := a.run(c, p, Order{}); err != nil {
			b.Fatal(err)
		}
	}
}
