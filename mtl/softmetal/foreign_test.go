//go:build linux && (amd64 || arm64)

package softmetal_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

var foreignFolder = flag.String("msl", "testdata/foreign", "folder of kernels for TestForeign, each NAME.metal with a NAME.json; its README.md says what is in these")

// A foreignCase is the JSON file beside a kernel; testdata/foreign/README.md
// explains the fields.
type foreignCase struct {
	Concurrent     bool
	TimeoutMS      int `json:"timeout_ms"`
	Buffers        map[string]foreignBuffer
	Steps          []foreignStep
	Error          string
	OrderDependent bool `json:"order_dependent"`
}

type foreignBuffer struct {
	Type      string
	Values    []float64
	Count     int
	Start     float64
	Step      float64
	Expect    []float64
	ExpectAll *float64 `json:"expect_all"`
	Tolerance float64
}

type foreignStep struct {
	Kernel       string
	Constants    []foreignConstant
	Buffers      map[int]string
	Offsets      map[int]int
	Bytes        map[int]foreignBuffer
	Memory       map[int]int `json:"threadgroup_memory"`
	Threads      []int
	Threadgroups []int
	PerGroup     []int    `json:"threads_per_threadgroup"`
	Barrier      []string // names of buffers, or "all"
}

type foreignConstant struct {
	Index int
	Type  string
	Value float64
}

// TestForeign compiles and runs kernels that nobody tuned for. With -args -msl
// it takes any folder.
func TestForeign(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(*foreignFolder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no NAME.json in %q: %v", *foreignFolder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) { runForeign(t, file) })
	}
}

func runForeign(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c foreignCase
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(strings.TrimSuffix(file, ".json") + ".metal")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, softmetal.Options{Timeout: time.Duration(c.TimeoutMS) * time.Millisecond})
	f := &foreignRun{rig: r, foreignCase: &c, buffers: map[string]*mtl.Buffer{}, pipelines: map[string]*mtl.ComputePipelineState{}}
	for name, b := range c.Buffers {
		f.buffers[name] = r.buffer(len(b.bytes(t)))
	}
	if err := f.build(string(source)); err != nil {
		f.wantError(err)
		return
	}
	outcomes := map[string]softmetal.Order{}
	for _, order := range softmetal.Orders() {
		r.soft.SetOrder(order)
		f.fill()
		err := f.encode()
		if c.Error != "" {
			f.wantError(err)
			r.soft.TakeReports()
			continue
		}
		if err != nil {
			t.Fatalf("%v: %v", order, err)
		}
		outcomes[f.contents()] = order
		if !c.OrderDependent {
			f.check(order)
		}
	}
	switch {
	case c.Error != "":
	case c.OrderDependent && len(outcomes) == 1:
		t.Error("all orders have the same result, and one was said to differ")
	case !c.OrderDependent && len(outcomes) != 1:
		t.Errorf("the result depends on the order: %v", slices.Collect(maps.Values(outcomes)))
	}
}

type foreignRun struct {
	*rig
	*foreignCase
	buffers   map[string]*mtl.Buffer
	pipelines map[string]*mtl.ComputePipelineState
}

func (f *foreignRun) wantError(err error) {
	f.t.Helper()
	if err == nil {
		f.t.Errorf("no error, want one that says %q", f.Error)
	} else if f.Error == "" || !strings.Contains(err.Error(), f.Error) {
		f.t.Errorf("error %v, want %q", err, f.Error)
	}
}

func (s foreignStep) key() string { return fmt.Sprint(s.Kernel, s.Constants) }

// build makes one pipeline for each kernel and set of constants.
func (f *foreignRun) build(source string) error {
	l, err := f.device.NewLibraryWithSource(source, mtl.CompileOptions{})
	if err != nil {
		return err
	}
	f.t.Cleanup(l.Release)
	for _, s := range f.Steps {
		if s.Kernel == "" || f.pipelines[s.key()] != nil {
			continue
		}
		var constants []mtl.FunctionConstant
		for _, c := range s.Constants {
			constants = append(constants, mtl.FunctionConstant{Index: c.Index, Value: constantOf(f.t, c)})
		}
		function, err := l.NewFunctionWithConstants(s.Kernel, constants...)
		if err != nil {
			return err
		}
		p, err := f.device.NewComputePipelineState(function)
		function.Release()
		if err != nil {
			return err
		}
		f.t.Cleanup(p.Release)
		f.pipelines[s.key()] = p
	}
	return nil
}

// fill sets the buffers to what they hold at first.
func (f *foreignRun) fill() {
	for name, b := range f.Buffers {
		content, err := f.buffers[name].Bytes()
		f.must(err)
		copy(content, b.bytes(f.t))
	}
}

// contents returns the bytes of all buffers, to compare two runs by.
func (f *foreignRun) contents() string {
	var all []byte
	for _, name := range slices.Sorted(maps.Keys(f.buffers)) {
		b, err := f.buffers[name].Bytes()
		f.must(err)
		all = append(all, b...)
	}
	return string(all)
}

func (f *foreignRun) encode() error {
	kind := mtl.DispatchTypeSerial
	if f.Concurrent {
		kind = mtl.DispatchTypeConcurrent
	}
	return f.run(kind, func(e *mtl.ComputeCommandEncoder) {
		for _, s := range f.Steps {
			f.step(e, s)
		}
	})
}

func (f *foreignRun) step(e *mtl.ComputeCommandEncoder, s foreignStep) {
	if slices.Equal(s.Barrier, []string{"all"}) {
		e.MemoryBarrier(mtl.BarrierScopeBuffers)
		return
	}
	if len(s.Barrier) > 0 {
		var named []*mtl.Buffer
		for _, name := range s.Barrier {
			named = append(named, f.buffers[name])
		}
		e.MemoryBarrierWithResources(named...)
		return
	}
	e.SetComputePipelineState(f.pipelines[s.key()])
	for i, name := range s.Buffers {
		e.SetBuffer(f.buffers[name], s.Offsets[i], i)
	}
	for i, b := range s.Bytes {
		e.SetBytes(b.bytes(f.t), i)
	}
	for i, n := range s.Memory {
		e.SetThreadgroupMemoryLength(n, i)
	}
	if s.Threads != nil {
		e.DispatchThreads(sizeOf(s.Threads), sizeOf(s.PerGroup))
	} else {
		e.DispatchThreadgroups(sizeOf(s.Threadgroups), sizeOf(s.PerGroup))
	}
}

func sizeOf(n []int) mtl.Size {
	n = append(slices.Clone(n), 1, 1, 1)
	return mtl.Size{Width: n[0], Height: n[1], Depth: n[2]}
}

func (f *foreignRun) check(order softmetal.Order) {
	for _, name := range slices.Sorted(maps.Keys(f.Buffers)) {
		b := f.Buffers[name]
		content, err := f.buffers[name].Bytes()
		f.must(err)
		want := b.Expect
		if b.ExpectAll != nil {
			want = slices.Repeat([]float64{*b.ExpectAll}, len(content)/b.size(f.t))
		}
		for i, w := range want {
			if got := b.at(f.t, content, i); !(math.Abs(got-w) <= b.Tolerance) {
				f.t.Errorf("%v: %s[%d] is %v, want %v within %v", order, name, i, got, w, b.Tolerance)
				break
			}
		}
	}
}

// bytes returns what the buffer holds at first: its values, then count more
// from start by step.
func (b foreignBuffer) bytes(t *testing.T) []byte {
	var out []byte
	for _, v := range b.Values {
		out = b.append(t, out, v)
	}
	for i := range b.Count {
		out = b.append(t, out, b.Start+float64(i)*b.Step)
	}
	return out
}

func (b foreignBuffer) size(t *testing.T) int { return len(b.append(t, nil, 0)) }

func (b foreignBuffer) append(t *testing.T, out []byte, v float64) []byte {
	order := binary.NativeEndian
	switch b.Type {
	case "float":
		return order.AppendUint32(out, math.Float32bits(float32(v)))
	case "int", "uint":
		return order.AppendUint32(out, uint32(int64(v)))
	case "short", "ushort":
		return order.AppendUint16(out, uint16(int64(v)))
	case "char", "uchar":
		return append(out, byte(int64(v)))
	}
	t.Fatalf("type %q; want float, int, uint, short, ushort, char or uchar", b.Type)
	return nil
}

func (b foreignBuffer) at(t *testing.T, content []byte, i int) float64 {
	at := content[i*b.size(t):]
	switch order := binary.NativeEndian; b.Type {
	case "float":
		return float64(math.Float32frombits(order.Uint32(at)))
	case "int":
		return float64(int32(order.Uint32(at)))
	case "uint":
		return float64(order.Uint32(at))
	case "short":
		return float64(int16(order.Uint16(at)))
	case "ushort":
		return float64(order.Uint16(at))
	case "char":
		return float64(int8(at[0]))
	default:
		return float64(at[0])
	}
}

func constantOf(t *testing.T, c foreignConstant) any {
	switch c.Type {
	case "float":
		return float32(c.Value)
	case "int":
		return int32(c.Value)
	case "uint":
		return uint32(c.Value)
	case "bool":
		return c.Value != 0
	}
	t.Fatalf("constant type %q; want float, int, uint or bool", c.Type)
	return nil
}
