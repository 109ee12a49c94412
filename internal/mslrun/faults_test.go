//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// after runs a kernel that is right, to see that a fault left the executor usable.
func (b *bench) after() {
	b.t.Helper()
	p := b.program(head+`kernel void one(device int *y [[buffer(0)]]) { y[0] = 1; }`, "one", nil)
	y, by := buffer(b, []int32{0})
	if err := b.run(Order{}, Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}); err != nil || y[0] != 1 {
		b.t.Errorf("the next dispatch: %v, y = %d", err, y[0])
	}
}

func faultOf(t *testing.T, err error, kind FaultKind) *FaultError {
	t.Helper()
	var f *FaultError
	if !errors.As(err, &f) {
		t.Fatalf("error %v, want a fault", err)
	}
	if f.Kind != kind {
		t.Fatalf("%v: fault %v, want %v", f, f.Kind, kind)
	}
	return f
}

func TestAccessOutsideABufferNamesThreadBufferAndOffset(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	l := b.newLibrary(head+`
kernel void read(device const float *x [[buffer(0)]], device float *y [[buffer(3)]], constant int &at [[buffer(1)]], uint i [[thread_position_in_grid]]) {
  y[i] = i == 70 ? x[at] : 0.0f;
}
kernel void write(device const float *x [[buffer(0)]], device float *y [[buffer(3)]], constant int &at [[buffer(1)]], uint i [[thread_position_in_grid]]) {
  if (i == 70) y[at] = x[0];
}
kernel void constant_write(device const float *x [[buffer(0)]], device float *y [[buffer(3)]], constant int &at [[buffer(1)]], uint i [[thread_position_in_grid]]) {
  if (i == 70) ((device float *)x)[at] = 1.0f;
}
kernel void memory(device float *y [[buffer(3)]], constant int &at [[buffer(1)]], threadgroup float *s [[threadgroup(2)]], uint i [[thread_position_in_grid]]) {
  if (i == 70) s[at] = 1.0f;
}
kernel void variable(device float *y [[buffer(3)]], constant int &at [[buffer(1)]], uint i [[thread_position_in_grid]]) {
  threadgroup float tile[64];
  if (i == 70) tile[at] = 1.0f;
}`, Options{})
	for _, test := range []struct {
		name, kernel      string
		at                int32
		buffer, memory    int
		offset            int64
		write             bool
		variable, message string
	}{
		{"one float behind the end is read", "read", 128, 0, -1, 512, false, "", "read byte 512 of buffer 0, which has 512"},
		{"far behind the end", "read", 1 << 20, 0, -1, 4 << 20, false, "", ""},
		{"far before the start", "read", -1 << 20, 0, -1, -4 << 20, false, "", ""},
		{"one float behind the end is written", "write", 128, 3, -1, 512, true, "", "wrote byte 512 of buffer 3, which has 512"},
		{"a const buffer is written", "constant_write", 4, 0, -1, 16, true, "", "which it may only read"},
		{"dynamic threadgroup memory", "memory", 16, -1, 2, 64, true, "", "threadgroup memory 2"},
		{"a threadgroup variable", "variable", 64, -1, -1, 256, true, "tile", "threadgroup variable tile"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := l.Pipeline(context.Background(), test.kernel, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, bx := buffer(b, make([]float32, 128))
			_, by := buffer(b, make([]float32, 128))
			d := Dispatch{Program: p, Label: "mine", Grid: Size{2, 1, 1}, Threadgroup: Size{64, 1, 1}}
			d.Buffers[0], d.Buffers[1], d.Buffers[3] = bx, bytesOf(test.at), by
			if test.kernel == "memory" {
				d.ThreadgroupMemory[2] = 64
			}
			f := faultOf(t, b.run(Order{}, d), FaultAddress)
			if f.Kernel != test.kernel || f.Label != "mine" || !f.HasThread || f.Threadgroup != [3]uint32{1, 0, 0} || f.Thread != [3]uint32{6, 0, 0} || f.Lane != 6 {
				t.Errorf("%+v", f)
			}
			if f.Buffer != test.buffer || f.ThreadgroupIndex != test.memory || f.Offset != test.offset || f.Write != test.write || f.Variable != test.variable {
				t.Errorf("%+v", f)
			}
			if !strings.Contains(f.Error(), test.message) {
				t.Errorf("message %q", f.Error())
			}
		})
	}
	b.after()
}

func TestOverrunOfLessThan16BytesMeetsTheCanary(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`kernel void overrun(device float *y [[buffer(0)]], uint i [[thread_position_in_grid]]) { y[i] = 1.0f; }`, "overrun", nil)
	_, by := buffer(b, make([]float32, 33))
	f := faultOf(t, b.run(Order{}, Dispatch{Program: p, Buffers: bind(by), Grid: Size{34, 1, 1}, Threadgroup: Size{1, 1, 1}}), FaultCanary)
	if f.Buffer != 0 || f.Offset != 132 || f.Threadgroup != [3]uint32{33, 0, 0} {
		t.Errorf("%+v", f)
	}
	b.after()
}

// The bytes behind a buffer are compared with what they were before: what one overrun left must not hide the next.
func TestOverrunIsReportedEachTimeWhateverEndedTheOneBefore(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{Timeout: 2 * time.Second}) // starts and ends within it even where it is emulated
	p := b.program(head+`
kernel void overrun(device float *y [[buffer(0)]], constant int &then [[buffer(1)]]) {
  y[33] = 1.0f;
  if (then == 1) y[1 << 20] = 1.0f;
  while (then == 2 && *(device volatile float *)y == 0.0f) {}
}`, "overrun", nil)
	_, by := buffer(b, make([]float32, 33))
	for _, test := range []struct {
		then int32
		kind FaultKind
	}{{0, FaultCanary}, {0, FaultCanary}, {1, FaultAddress}, {0, FaultCanary}, {2, FaultTimeout}, {0, FaultCanary}} {
		f := faultOf(t, b.run(Order{}, Dispatch{Program: p, Buffers: bind(by, bytesOf(test.then)), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}), test.kind)
		if test.kind == FaultCanary && (f.Buffer != 0 || f.Offset != 132) {
			t.Errorf("%+v", f)
		}
	}
	b.after()
}

func TestBufferThatIsNotBound(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`kernel void f(device float *y [[buffer(5)]]) { y[0] = 1.0f; }`, "f", nil)
	f := faultOf(t, b.run(Order{}, Dispatch{Program: p, Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}), FaultAddress)
	if f.Buffer != 5 || !strings.Contains(f.Detail, "not bound") {
		t.Errorf("%+v", f)
	}
}

func TestDivergenceNamesTheLines(t *testing.T) {
	tests := []struct {
		name, body  string
		kind        FaultKind
		line, other int
		function    string
	}{
		{"a barrier that half the lanes reach", "\nif (lane < 16)\n  threadgroup_barrier(mem_flags::mem_device);\ny[i] = 1;", FaultBarrier, 6, 0, "threadgroup_barrier"},
		{"a barrier that one simdgroup does not reach", "\n\nif (i >= 32) return;\nthreadgroup_barrier(mem_flags::mem_device);", FaultBarrier, 7, 0, "threadgroup_barrier"},
		{"two barriers", "if (i < 32)\n  threadgroup_barrier(mem_flags::mem_device);\nelse\n  threadgroup_barrier(mem_flags::mem_device);", FaultBarrier, 5, 7, "threadgroup_barrier"},
		{"a simd_sum in half the lanes", "float s = 0;\nif (lane >= 16)\n  s = simd_sum(1.0f);\ny[i] = s;", FaultSIMD, 6, 0, "simd_sum"},
		{"a simd_sum and a simd_max", "float s = lane < 8 ? simd_sum(1.0f)\n :\n simd_max(2.0f);\ny[i] = s;", FaultSIMD, 4, 6, "simd_sum"},
		{"a simdgroup_barrier in half the lanes", "if (lane & 1)\n simdgroup_barrier(mem_flags::mem_none);\ny[i] = 0;", FaultBarrier, 5, 0, "simdgroup_barrier"},
		{"a quad_sum in half a quad", "float s = 0;\nif (lane != 2) s = quad_sum(1.0f);\ny[i] = s;", FaultSIMD, 5, 0, "quad_sum"},
		{"simdgroup_load in one lane", "simdgroup_float8x8 m;\nif (lane == 0)\n  simdgroup_load(m, y);", FaultSIMD, 6, 0, "simdgroup_load"},
	}
	// All in one kernel: a program a case takes several times as long.
	source := head + "kernel void f(device float *y [[buffer(0)]], constant int &test [[buffer(1)]], uint i [[thread_position_in_grid]], uint lane [[thread_index_in_simdgroup]]) {\n"
	first := make([]int, len(tests)) // lines before each body, less the three before that of a source of its own
	for n, test := range tests {
		source += "if (test == " + strconv.Itoa(n) + ") {\n"
		first[n] = strings.Count(source, "\n") - 3
		source += test.body + "\n}\n"
	}
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(source+"}", "f", nil)
	for n, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			line, other := test.line+first[n], test.other
			if other != 0 {
				other += first[n]
			}
			for _, o := range []Order{{}, {Sequence: Down}, {Sequence: Shuffled, Seed: 3, Skew: First}} {
				_, by := buffer(b, make([]float32, 64))
				f := faultOf(t, b.run(o, Dispatch{Program: p, Buffers: bind(by, bytesOf(int32(n))), Grid: Size{1, 1, 1}, Threadgroup: Size{64, 1, 1}}), test.kind)
				if f.Line != line || f.OtherLine != other || f.Function != test.function || !f.HasThread {
					t.Errorf("%v: %+v", o, f)
				}
				if !strings.Contains(f.Error(), test.function+" in line "+strconv.Itoa(line)) {
					t.Errorf("message %q", f.Error())
				}
			}
		})
	}
	b.after()
}

func TestDivergentSIMDCombinesActiveLanesWhereItIsAllowed(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{AllowDivergentSIMD: true})
	p := b.program(head+`kernel void f(device float *y [[buffer(0)]], uint i [[thread_position_in_grid]]) {
  float s = 0.0f;
  if (i < 10) s = simd_sum(1.0f); else if (i < 16) s = simd_sum(2.0f);
  y[i] = s;
}`, "f", nil)
	for _, o := range Orders() {
		y, by := buffer(b, make([]float32, 32))
		if err := b.run(o, Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{32, 1, 1}}); err != nil {
			t.Fatal(err)
		}
		if y[0] != 10 || y[15] != 12 || y[16] != 0 {
			t.Errorf("%v: %v", o, y)
		}
	}
}

func TestEndlessLoopIsATimeout(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{Timeout: 300 * time.Millisecond})
	p := b.program(head+`kernel void spin(device atomic_int *y [[buffer(0)]]) { while (atomic_load_explicit(y, memory_order_relaxed) == 0) {} }`, "spin", nil)
	_, by := buffer(b, []int32{0})
	d := Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}
	faultOf(t, b.run(Order{}, d), FaultTimeout)
	b.after()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := b.executor.Run(ctx, []Dispatch{d}, Order{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a canceled run: %v", err)
	}
	b.after()
}

func TestChildKilledBetweenAndDuringDispatches(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{Timeout: 20 * time.Second})
	b.after()
	if n := b.executor.Children(); n != 1 {
		t.Fatalf("%d children wait, want 1", n)
	}
	b.executor.children[0].cmd.Process.Kill()
	time.Sleep(50 * time.Millisecond)
	b.after() // it starts another
	_, by := buffer(b, []int32{0})
	d := Dispatch{Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}
	spin := b.program(head+`kernel void spin(device atomic_int *y [[buffer(0)]]) { while (atomic_load_explicit(y, memory_order_relaxed) == 0) {} }`, "spin", nil)
	d.Program = spin
	go func() {
		time.Sleep(200 * time.Millisecond)
		exec.Command("sh", "-c", "kill -9 $(pgrep -P "+strconv.Itoa(os.Getpid())+")").Run()
	}()
	faultOf(t, b.run(Order{}, d), FaultDied)
	b.after()
}

func TestChildEndsWhenItsPipeClosesEvenInALoop(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`kernel void spin(device atomic_int *y [[buffer(0)]]) { while (atomic_load_explicit(y, memory_order_relaxed) == 0) {} }`, "spin", nil)
	c, err := b.executor.start(p.path)
	if err != nil {
		t.Fatal(err)
	}
	_, by := buffer(b, []int32{0})
	d := Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}
	if _, err := c.in.Write(b.executor.request(&d, Order{})); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	c.in.Close()
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		c.cmd.Process.Signal(syscall.SIGKILL)
		t.Error("the child goes on though its input is closed")
	}
}

// A thread has 256 KiB. An array that does not fit reaches over the page that
// guards it, into the memory of another thread, unless it is looked at page by page.
func TestPrivateMemoryIsLimited(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	// Each thread touches one element of an array of n.
	source := func(n string) string {
		return head + `kernel void deep(device int *y [[buffer(0)]], uint i [[thread_position_in_grid]]) {
  int big[` + n + `];
  const int at = y[i];
  big[at] = int(i) + 1;
  threadgroup_barrier(mem_flags::mem_none);
  y[i] = big[y[i]];
}`
	}
	for _, test := range []struct {
		n    string
		at   int32
		fits bool
	}{
		{"50000", 0, true}, {"50000", 49999, true}, {"70000", 0, false}, {"70000", 69999, false}, {"500000", 250000, false},
	} {
		p := b.program(source(test.n), "deep", nil)
		for _, o := range Orders()[:2] {
			y, by := buffer(b, []int32{test.at, test.at, test.at, test.at})
			err := b.run(o, Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{4, 1, 1}})
			if test.fits {
				if err != nil || !slices.Equal(y, []int32{1, 2, 3, 4}) {
					t.Errorf("%s ints, element %d: %v, y = %d", test.n, test.at, err, y)
				}
				continue
			}
			if f := faultOf(t, err, FaultStack); !f.HasThread || f.Threadgroup != [3]uint32{} || !strings.Contains(f.Detail, "private memory") {
				t.Errorf("%s ints, element %d: %+v", test.n, test.at, f)
			}
		}
		b.after()
	}
}

func TestIntegerDivisionByZero(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`kernel void divide(device int *y [[buffer(0)]], uint i [[thread_position_in_grid]]) { y[i] = 7 / y[i]; }`, "divide", nil)
	_, by := buffer(b, []int32{1, 0})
	f := faultOf(t, b.run(Order{}, Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{2, 1, 1}}), FaultArithmetic)
	if f.Thread != [3]uint32{1, 0, 0} {
		t.Errorf("%+v", f)
	}
}
