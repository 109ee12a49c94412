//go:build linux && (amd64 || arm64)

package mslrun

import (
	"fmt"
	"slices"
	"testing"
)

func TestOrderOfDispatchesFollowsBarriersAndAfter(t *testing.T) {
	orders := []Order{{Sequence: Up}, {Sequence: Down}}
	for seed := range uint64(20) {
		orders = append(orders, Order{Sequence: Shuffled, Seed: seed})
	}
	for _, test := range []struct {
		name string
		d    []Dispatch
		want map[string]bool // the orders allowed; all of them have to appear
	}{
		{"no barrier", make([]Dispatch, 2), map[string]bool{"[0 1]": true, "[1 0]": true}},
		{"a barrier between two", []Dispatch{{}, {Barrier: true}}, map[string]bool{"[0 1]": true}},
		{"a barrier in the middle of four", []Dispatch{{}, {}, {Barrier: true}, {}},
			map[string]bool{"[0 1 2 3]": true, "[1 0 2 3]": true, "[0 1 3 2]": true, "[1 0 3 2]": true}},
		{"one after another by name, a third free", []Dispatch{{}, {After: []int{0}}, {}},
			map[string]bool{"[0 1 2]": true, "[0 2 1]": true, "[2 0 1]": true}},
		{"a serial encoder", []Dispatch{{Barrier: true}, {Barrier: true}, {Barrier: true}}, map[string]bool{"[0 1 2]": true}},
	} {
		seen := map[string]bool{}
		for _, o := range orders {
			got, err := arrange(test.d, o)
			if err != nil {
				t.Fatal(err)
			}
			s := fmt.Sprint(got)
			if !test.want[s] {
				t.Errorf("%s, %v: %s", test.name, o, s)
			}
			seen[s] = true
		}
		if len(seen) != len(test.want) {
			t.Errorf("%s: only the orders %v were seen", test.name, seen)
		}
	}
}

func TestUpAndDownAreTheEndsOfTheOrders(t *testing.T) {
	for _, test := range []struct {
		o    Order
		want string
	}{{Order{Sequence: Up}, "[0 1 2 3]"}, {Order{Sequence: Down}, "[1 0 3 2]"}} {
		got, err := arrange([]Dispatch{{}, {}, {Barrier: true}, {}}, test.o)
		if err != nil || fmt.Sprint(got) != test.want {
			t.Errorf("%v: %v, want %s, %v", test.o, got, test.want, err)
		}
	}
}

// Each thread draws a number before and after a point where its simdgroup meets: who drew when is the schedule.
func TestScheduleOfThreadsSimdgroupsAndThreadgroups(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`
kernel void draw(device atomic_uint *next [[buffer(0)]], device uint *before [[buffer(1)]], device uint *after [[buffer(2)]], uint i [[thread_position_in_grid]]) {
  before[i] = atomic_fetch_add_explicit(next, 1, memory_order_relaxed);
  simdgroup_barrier(mem_flags::mem_none);
  after[i] = atomic_fetch_add_explicit(next, 1, memory_order_relaxed);
}`, "draw", nil)
	draw := func(o Order) (before, after []uint32) {
		_, bn := buffer(b, []uint32{0})
		before, b1 := buffer(b, make([]uint32, 128))
		after, b2 := buffer(b, make([]uint32, 128))
		if err := b.run(o, Dispatch{Program: p, Buffers: bind(bn, b1, b2), Grid: Size{2, 1, 1}, Threadgroup: Size{64, 1, 1}}); err != nil {
			t.Fatal(err)
		}
		return before, after
	}
	for _, test := range []struct {
		o             Order
		first, second func(i uint32) uint32 // what thread i draws
	}{
		{Order{Sequence: Up}, func(i uint32) uint32 { return i/64*128 + i%64 }, func(i uint32) uint32 { return i/64*128 + 64 + i%64 }},
		{Order{Sequence: Down}, func(i uint32) uint32 { return (1-i/64)*128 + 63 - i%64 }, func(i uint32) uint32 { return (1-i/64)*128 + 127 - i%64 }},
		{Order{Sequence: Up, Skew: First}, func(i uint32) uint32 { return i/32*64 + i%32 }, func(i uint32) uint32 { return i/32*64 + 32 + i%32 }},
		{Order{Sequence: Down, Skew: First}, func(i uint32) uint32 { return (1-i/64)*128 + (1-i/32%2)*64 + 31 - i%32 }, func(i uint32) uint32 { return (1-i/64)*128 + (1-i/32%2)*64 + 63 - i%32 }},
		{Order{Sequence: Up, Skew: Last}, func(i uint32) uint32 { return i/64*128 + (1-i/32%2)*64 + i%32 }, func(i uint32) uint32 { return i/64*128 + (1-i/32%2)*64 + 32 + i%32 }},
	} {
		before, after := draw(test.o)
		for i := range before {
			if before[i] != test.first(uint32(i)) || after[i] != test.second(uint32(i)) {
				t.Errorf("%v: thread %d draws %d and %d, want %d and %d", test.o, i, before[i], after[i], test.first(uint32(i)), test.second(uint32(i)))
				break
			}
		}
	}
	one, _ := draw(Order{Sequence: Shuffled, Seed: 1})
	two, _ := draw(Order{Sequence: Shuffled, Seed: 2})
	again, _ := draw(Order{Sequence: Shuffled, Seed: 1})
	up, _ := draw(Order{})
	if slices.Equal(one, two) || slices.Equal(one, up) || !slices.Equal(one, again) {
		t.Errorf("seeds 1, 2 and 1 again: %v %v %v", one[:8], two[:8], again[:8])
	}
	groups := map[bool]bool{} // whether threadgroup 0 came first
	for seed := range uint64(16) {
		s, _ := draw(Order{Sequence: Shuffled, Seed: seed})
		groups[s[0] < s[64]] = true
	}
	if len(groups) != 2 {
		t.Errorf("threadgroups come in one order only: %v", groups)
	}
}

func TestMissingBarrierBetweenTwoDispatchesShows(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	l := head + `
kernel void fill(device int *y [[buffer(0)]], uint i [[thread_position_in_grid]]) { y[i] = int(i) + 1; }
kernel void twice(device const int *x [[buffer(0)]], device int *y [[buffer(1)]], uint i [[thread_position_in_grid]]) { y[i] = 2 * x[i]; }`
	fill, twice := b.program(l, "fill", nil), b.program(l, "twice", nil)
	for _, barrier := range []bool{true, false} {
		right := 0
		for _, o := range Orders() {
			_, bx := buffer(b, make([]int32, 8))
			y, by := buffer(b, make([]int32, 8))
			d := Dispatch{Grid: Size{1, 1, 1}, Threadgroup: Size{8, 1, 1}}
			one, two := d, d
			one.Program, one.Buffers = fill, bind(bx)
			two.Program, two.Buffers, two.Barrier = twice, bind(bx, by), barrier
			if err := b.run(o, one, two); err != nil {
				t.Fatal(err)
			}
			if y[7] == 16 {
				right++
			}
		}
		if barrier && right != len(Orders()) || !barrier && right == len(Orders()) {
			t.Errorf("barrier %v: right in %d of %d orders", barrier, right, len(Orders()))
		}
	}
}

func TestDispatchesThatCannotBe(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	p := b.program(head+`[[max_total_threads_per_threadgroup(64)]] kernel void f(device int *y [[buffer(0)]]) { threadgroup int x[8]; x[0] = 0; y[0] = x[0]; }`, "f", nil)
	if p.MaxTotalThreadsPerThreadgroup != 64 || p.StaticThreadgroupMemoryLength != 32 || p.ThreadExecutionWidth != 32 {
		t.Errorf("%+v", p)
	}
	good := Dispatch{Program: p, Grid: Size{1, 1, 1}, Threadgroup: Size{64, 1, 1}}
	for _, test := range []struct {
		name string
		edit func(*Dispatch)
	}{
		{"no program", func(d *Dispatch) { d.Program = nil }},
		{"a grid of none", func(d *Dispatch) { d.Grid.Height = 0 }},
		{"a threadgroup of none", func(d *Dispatch) { d.Threadgroup.Depth = 0 }},
		{"more threads than the kernel allows", func(d *Dispatch) { d.Threadgroup.Width = 65 }},
		{"threadgroup memory not a multiple of 16", func(d *Dispatch) { d.ThreadgroupMemory[0] = 8 }},
		{"more than 32 KB of threadgroup memory", func(d *Dispatch) { d.ThreadgroupMemory[0] = 32 << 10 }},
		{"a buffer outside the memory", func(d *Dispatch) { d.Buffers[0] = Binding{Offset: 1 << 30, Length: 16} }},
		{"a negative offset", func(d *Dispatch) { d.Buffers[0] = Binding{Offset: -16, Length: 16} }},
		{"after itself", func(d *Dispatch) { d.After = []int{0} }},
	} {
		d := good
		test.edit(&d)
		if err := b.run(Order{}, d); err == nil {
			t.Errorf("%s: no error", test.name)
		} else if _, ok := err.(*FaultError); ok {
			t.Errorf("%s: a fault, %v", test.name, err)
		}
	}
}

func TestMemory(t *testing.T) {
	m, err := NewMemory(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	at, s, err := m.Allocate(100)
	if err != nil || at%16 != 0 || len(s) != 100 || cap(s) != 100 {
		t.Fatalf("%d, %d bytes, %v", at, len(s), err)
	}
	for i := range s {
		s[i] = 1
	}
	if err := m.Free(at); err != nil {
		t.Fatal(err)
	}
	if err := m.Free(at); err == nil {
		t.Error("a second Free is no error")
	}
	again, s, err := m.Allocate(100)
	if err != nil || again != at {
		t.Fatalf("%d, not %d, %v", again, at, err)
	}
	for i := range s {
		if s[i] != 0 {
			t.Fatal("memory that was freed is not zero when it is given again")
		}
	}
	if _, _, err := m.Allocate(1 << 20); err == nil {
		t.Error("more than there is")
	}
	if _, _, err := m.Allocate(0); err == nil {
		t.Error("an allocation of none")
	}
	if m.Live() != 1 {
		t.Errorf("%d live", m.Live())
	}
	if err := m.Free(again); err != nil {
		t.Fatal(err)
	}
	if whole, _, err := m.Allocate(1 << 20); err != nil {
		t.Errorf("freed neighbours do not join: %v", err)
	} else if err := m.Free(whole); err != nil {
		t.Error(err)
	}
}
