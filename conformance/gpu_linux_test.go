package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

func TestTheLauncherSaysWhatTheCardIs(t *testing.T) {
	g := newStub(t).start(t)
	got, err := g.describe()
	must(t, err)
	want := card{Name: "Stub 9000", Capability: "9.1", Processors: 132, L2: 50 << 20, Memory: 80 << 30, DriverCUDA: "12.8", architecture: "sm_91"}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	must(t, g.close())
}

func TestTheLauncherMovesMemory(t *testing.T) {
	s := newStub(t)
	g := s.start(t)
	a, err := g.allocate(10)
	must(t, err)
	must(t, g.fill(a, 10, 0xee))
	must(t, g.write(a+2, []byte("abc")))
	got, err := g.read(a+1, 5)
	must(t, err)
	if string(got) != "\xeeabc\xee" {
		t.Errorf("%q", got)
	}
	for _, block := range []string{"x", "xy", "xyz", "0123456789ab"} {
		must(t, g.tile(a, 10, []byte(block)))
		got, err := g.read(a, 10)
		must(t, err)
		if want := strings.Repeat(block, 10)[:10]; string(got) != want {
			t.Errorf("%q, repeated, is %q, want %q", block, got, want)
		}
	}
	must(t, g.free(a))
	must(t, g.close())
	if n := s.logged(t, "left 0"); n != 1 {
		t.Error("memory is left")
	}
}

// tellLines are a kernel that writes down what it was launched with.
var tellLines = []string{"kernel teller", "static 512", "argument 3 0 0", "argument 1 1 5", "argument 2 0 0", "tell 0"}

// A launch arrives with its sizes, its values and its addresses, and nothing that is bound and not taken.
func TestALaunchArrivesWhole(t *testing.T) {
	s := newStub(t)
	g := s.start(t)
	m, err := g.load(s.module(t, "m", tellLines...), "teller")
	must(t, err)
	if m.Registers != 40 || m.Local != 8 || m.Shared != 512 || m.Thread != 1024 || !slices.Equal(m.arguments, [][3]int32{{3, 0, 0}, {1, 1, 5}, {2, 0, 0}}) {
		t.Errorf("%+v", m)
	}
	address, err := g.allocate(100)
	must(t, err)
	l := launch{kernel: "teller", grid: [3]uint64{2, 3, 4}, threadgroup: [3]uint64{5, 6, 7}}
	l.arguments[0].bytes = []byte("nobody takes this")
	l.arguments[1].bytes = []byte("value that is longer")
	l.arguments[2] = argument{buffer: 8, offset: 6}
	l.arguments[3].buffer = 9
	must(t, g.run(m, &l, map[objc.ID]uint64{8: 0x1000, 9: address}))
	must(t, g.synchronize())
	var want bytes.Buffer
	for _, v := range []any{[7]uint32{2, 3, 4, 5, 6, 7, 0}, address, []byte("value"), uint64(0x1006)} {
		must(t, binary.Write(&want, binary.LittleEndian, v))
	}
	got, err := g.read(address, want.Len())
	must(t, err)
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("% x, want % x", got, want.Bytes())
	}
	if again, err := g.load(s.folder+"/m", "teller"); again != m || err != nil {
		t.Errorf("the module was loaded twice: %v", err)
	}
	must(t, g.close())
}

func TestRequestsThatCannotBeMade(t *testing.T) {
	m := &module{arguments: [][3]int32{{0, valueArgument, 8}, {1, addressArgument, 0}}}
	sound := func() *launch {
		l := &launch{kernel: "k", grid: [3]uint64{1, 1, 1}, threadgroup: [3]uint64{1, 1, 1}}
		l.arguments[0].bytes = make([]byte, 8)
		l.arguments[1].buffer = 5
		return l
	}
	if _, err := m.request(sound(), map[objc.ID]uint64{5: 64}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		spoil      func(*launch, *module)
	}{
		{"a value that is too short", "is a value of 8 bytes, and 7 are bound", func(l *launch, _ *module) { l.arguments[0].bytes = make([]byte, 7) }},
		{"a buffer of nobody", "bound to memory of nobody", func(l *launch, _ *module) { l.arguments[1].buffer = 6 }},
		{"a grid that is too large", "a size of 4294967296", func(l *launch, _ *module) { l.grid[2] = 1 << 32 }},
		{"an argument of a kind that is not known", "argument kind 2", func(_ *launch, m *module) { m.arguments = [][3]int32{{0, 2, 0}} }},
	} {
		l, other := sound(), *m
		c.spoil(l, &other)
		if _, err := other.request(l, map[objc.ID]uint64{5: 64}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// What Metal would refuse, and what a launcher must not do for whoever asks, is an answer, and it goes on.
func TestTheLauncherRefuses(t *testing.T) {
	s := newStub(t)
	g := s.start(t)
	m, err := g.load(s.module(t, "m", tellLines...), "teller")
	must(t, err)
	address, err := g.allocate(100)
	must(t, err)
	// sized is a launch with other sizes, of threadgroup memory too.
	sized := func(threads [3]uint32, dynamic uint32) []any {
		return []any{m.id, [3]uint32{1, 1, 1}, threads, dynamic, uint32(3), uint32(8), address, uint32(5), []byte("value"), uint32(8), uint64(0)}
	}
	one := [3]uint32{1, 1, 1}
	for _, c := range []struct {
		name      string
		operation uint32
		parts     []any
		want      string
	}{
		{"no threads", opRun, sized([3]uint32{0, 1, 1}, 0), "0 threads a threadgroup: Metal takes 1 to 1024"},
		{"1025 threads", opRun, sized([3]uint32{205, 5, 1}, 0), "1025 threads a threadgroup"},
		{"threads whose product is no uint32", opRun, sized([3]uint32{1 << 16, 1 << 16, 1}, 0), "4294967296 threads"},
		{"threadgroup memory beyond Metal's", opRun, sized(one, 32768-512+1), "32769 bytes of threadgroup memory: Metal takes 32768"},
		{"a module that is not loaded", opRun, []any{uint32(1), one, one, uint32(0), uint32(0)}, "no module 1"},
		{"an argument too few", opRun, []any{m.id, one, one, uint32(0), uint32(2), uint32(8), address, uint32(5), []byte("value")}, "has 3 arguments, and 2 came"},
		{"an argument of another size", opRun, []any{m.id, one, one, uint32(0), uint32(3), uint32(4), []byte("addr"), uint32(5), []byte("value"), uint32(8), uint64(0)}, "argument 0 has 8 bytes, and 4 came"},
		{"a launch that ends too early", opRun, []any{m.id, one}, "ends too early"},
		{"an argument that ends too early", opRun, []any{m.id, one, one, uint32(0), uint32(3), uint32(8), []byte("addr")}, "ends too early"},
		{"a text longer than the request", opLoad, []any{uint32(1 << 31), []byte("x")}, "ends too early"},
		{"a file that is not there", opLoad, []any{s.folder + "/none", "teller"}, "cuModuleLoad: CUDA_ERROR_FILE_NOT_FOUND"},
		{"a kernel that is not in the file", opLoad, []any{s.folder + "/m", "other"}, "cuModuleGetFunction: CUDA_ERROR_NOT_FOUND"},
		{"a kernel with more threadgroup memory than Metal has", opLoad, []any{s.module(t, "large", "kernel large", "static 32769"), "large"}, "32769 bytes of threadgroup memory"},
		{"no memory", opAllocate, []any{uint64(0)}, "cuMemAlloc: CUDA_ERROR_INVALID_VALUE"},
		{"more memory than there is", opAllocate, []any{uint64(1) << 40}, "cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY"},
		{"a read past the end", opRead, []any{address, uint64(101)}, "cuMemcpyDtoH: CUDA_ERROR_INVALID_VALUE"},
		{"a write past the end", opWrite, []any{address + 98, []byte("abc")}, "cuMemcpyHtoD: CUDA_ERROR_INVALID_VALUE"},
		{"a block of nothing", opTile, []any{address, uint64(8), ""}, "an empty block"},
		{"memory that is given back twice", opFree, []any{address + 1}, "cuMemFree: CUDA_ERROR_INVALID_VALUE"},
		{"an operation that there is not", 99, nil, "no operation 99"},
		{"nothing at all", opAllocate, nil, "ends too early"},
	} {
		var refused *launchError
		if _, err := g.ask(c.operation, c.parts...); !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := g.ask(opRun, sized([3]uint32{1024, 1, 1}, 32768-512)...); err != nil {
		t.Errorf("as much as Metal takes: %v", err)
	}
	must(t, g.close())
}

// A wrong address is heard of at the latest when somebody waits, and by all who ask then.
func TestAWrongAddressIsHeardOf(t *testing.T) {
	s := newStub(t)
	g := s.start(t)
	m, err := g.load(s.module(t, "m", tellLines...), "teller")
	must(t, err)
	l := launch{kernel: "teller", grid: [3]uint64{1, 1, 1}, threadgroup: [3]uint64{1, 1, 1}}
	l.arguments[1].bytes = []byte("value")
	must(t, g.run(m, &l, nil)) // over no buffers
	for _, what := range []func() error{g.synchronize, func() error { _, err := g.allocate(8); return err }} {
		if err := what(); err == nil || !strings.Contains(err.Error(), "CUDA_ERROR_ILLEGAL_ADDRESS") {
			t.Errorf("%v", err)
		}
	}
	must(t, g.close())
}

// Each replay runs all launches of the graph, and its time is of these alone: not of the first, which warms up.
func TestTimesAreOfTheReplays(t *testing.T) {
	s := newStub(t)
	g := s.start(t)
	m, err := g.load(s.module(t, "m", "kernel counter", "argument 0 0 0", "count 0"), "counter")
	must(t, err)
	address, err := g.allocate(4)
	must(t, err)
	l := launch{kernel: "counter", grid: [3]uint64{1, 1, 1}, threadgroup: [3]uint64{1, 1, 1}}
	l.arguments[0].buffer = 1
	request, err := m.request(&l, map[objc.ID]uint64{1: address})
	must(t, err)
	times, err := g.time([][]byte{request, request, request}, 5)
	must(t, err)
	if want := slices.Repeat([]float64{3 * 0.5e-3}, 5); !slices.EqualFunc(times, want, func(a, b float64) bool { return a > b*0.999 && a < b*1.001 }) {
		t.Errorf("%v, want %v", times, want)
	}
	b, err := g.read(address, 4)
	must(t, err)
	if n := binary.LittleEndian.Uint32(b); n != 3*(1+1+5) { // once outside a graph, once to warm up
		t.Errorf("%d launches, want %d", n, 3*7)
	}
	must(t, g.close())
}

func TestWithoutADriverTheLauncherSaysSo(t *testing.T) {
	s := newStub(t)
	t.Setenv("LD_LIBRARY_PATH", "")
	g := s.start(t)
	if _, err := g.describe(); err == nil || !strings.Contains(err.Error(), "libcuda.so.1") {
		t.Errorf("%v", err)
	}
	must(t, g.close())
}

func TestALauncherThatDoesNotConnectIsAnError(t *testing.T) {
	s := newStub(t)
	if _, err := startLauncher(t.Context(), s.launcher+"-none"); err == nil {
		t.Error("a launcher that is not there was started")
	}
	if g, err := startLauncher(t.Context(), "/bin/false"); err == nil {
		t.Errorf("%v", g.close())
	} else if !strings.Contains(err.Error(), "starting /bin/false") {
		t.Errorf("%v", err)
	}
}
