package kernels

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/mtl"
)

const (
	compileMessage  = "newLibraryWithSource:options:error:"
	pipelineMessage = "newComputePipelineStateWithDescriptor:options:reflection:error:"
)

// bench returns a scripted Metal, whose libraries hold the kernels "saxpy" and
// "sum" whatever their text, a device of it, and an empty registry. At the end
// of the test nothing may be left of what was made.
func bench(t *testing.T) (*objctest.Runtime, *mtl.Device, *Registry) {
	t.Helper()
	rt := objctest.NewMetal()
	framework, err := mtl.Load(rt)
	if err != nil {
		t.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	registry := &Registry{}
	t.Cleanup(func() {
		registry.Release()
		device.Release()
		if live := rt.Live(); len(live) > 0 {
			t.Errorf("left over: %q", live)
		}
		for _, v := range rt.Violations() {
			t.Error(v)
		}
	})
	return rt, device, registry
}

func register(t *testing.T, r *Registry, sources ...Source) {
	t.Helper()
	for _, s := range sources {
		if err := r.Register(s); err != nil {
			t.Fatal(err)
		}
	}
}

// sent returns how often each message has gone to the device since it was last
// called.
func sent(rt *objctest.Runtime) map[string]int {
	n := map[string]int{}
	for _, m := range rt.Messages("MTLDevice") {
		n[m.Selector]++
	}
	return n
}

var both = Source{Name: "both.metal", Text: "text", Kernels: []string{"saxpy", "sum"}}

func TestNothingIsCompiledBeforeAKernelIsAskedFor(t *testing.T) {
	rt, device, r := bench(t)
	register(t, r, both)
	if n := sent(rt)[compileMessage]; n != 0 {
		t.Fatalf("%d libraries after Register", n)
	}
	if _, err := r.Pipeline(t.Context(), device, "saxpy"); err != nil {
		t.Fatal(err)
	}
	if n := sent(rt)[compileMessage]; n != 1 {
		t.Errorf("%d libraries after Pipeline", n)
	}
}

func TestOneLibraryASourceAndOnePipelineAKernelUnderConcurrency(t *testing.T) {
	rt, device, r := bench(t)
	register(t, r, both)
	constants := [][]mtl.FunctionConstant{
		{{Index: 0, Value: uint32(4)}, {Index: 1, Value: true}, {Name: "x", Value: float32(1)}},
		{{Name: "x", Value: float32(1)}, {Index: 1, Value: true}, {Index: 0, Value: uint32(4)}}, // the same
		{{Index: 0, Value: uint32(8)}, {Index: 1, Value: true}, {Name: "x", Value: float32(1)}},
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[string]map[*mtl.ComputePipelineState]bool{}
	for i := range 60 {
		wg.Go(func() {
			name, set := both.Kernels[i%2], i/2%3
			p, err := r.Pipeline(context.Background(), device, name, constants[set]...)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			key := fmt.Sprint(name, set == 2)
			if got[key] == nil {
				got[key] = map[*mtl.ComputePipelineState]bool{}
			}
			got[key][p] = true
		})
	}
	wg.Wait()
	n := sent(rt)
	if n[compileMessage] != 1 || n[pipelineMessage] != 4 {
		t.Errorf("%d libraries and %d pipelines, want 1 and 4", n[compileMessage], n[pipelineMessage])
	}
	all := map[*mtl.ComputePipelineState]bool{}
	for key, pipelines := range got {
		if len(pipelines) != 1 {
			t.Errorf("%s: %d different pipelines", key, len(pipelines))
		}
		for p := range pipelines {
			all[p] = true
		}
	}
	if len(got) != 4 || len(all) != 4 {
		t.Errorf("%d variants with %d pipelines, want 4 and 4", len(got), len(all))
	}
}

func TestEachDeviceHasPipelinesOfItsOwn(t *testing.T) {
	rt, first, r := bench(t)
	framework, err := mtl.Load(rt)
	if err != nil {
		t.Fatal(err)
	}
	second, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	defer second.Release()
	register(t, r, both)
	a, err := r.Pipeline(t.Context(), first, "sum")
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Pipeline(t.Context(), second, "sum")
	if err != nil {
		t.Fatal(err)
	}
	if n := sent(rt)[compileMessage]; a == b || n != 2 {
		t.Errorf("same pipeline: %v, %d libraries", a == b, n)
	}
}

func TestAnErrorIsKeptAndGivenToEveryone(t *testing.T) {
	rt, device, r := bench(t)
	register(t, r, both)
	rt.On("MTLDevice newLibraryWithSource:options:error:", func(m *objctest.Message) {
		m.SetError(2, "MTLLibraryErrorDomain", 3, "program_source:7:1: error: use of undeclared identifier 'u'")
	})
	for range 3 {
		for _, name := range both.Kernels {
			_, err := r.Pipeline(t.Context(), device, name)
			if !errors.Is(err, mtl.ErrCompile) {
				t.Fatalf("error is %v", err)
			}
			for _, part := range []string{name, "both.metal", "program_source:7:1", "undeclared identifier 'u'"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		}
	}
	if n := sent(rt)[compileMessage]; n != 1 {
		t.Errorf("compiled %d times", n)
	}
}

// An error that says nothing about the source must not stay for ever.
func TestAnErrorOfTheMachineIsNotKept(t *testing.T) {
	for _, message := range []string{compileMessage, pipelineMessage, "newFunctionWithName:"} {
		rt, device, r := bench(t)
		register(t, r, both)
		class, fails := "MTLDevice", true
		if strings.HasPrefix(message, "newFunction") {
			class = "MTLLibrary"
		}
		rt.On(class+" "+message, func(m *objctest.Message) {
			switch {
			case fails && message == compileMessage:
				m.SetError(2, "MTLLibraryErrorDomain", 2, "No space left on device")
			case fails && message == pipelineMessage:
				m.SetError(3, "AGXMetalG13X", 2, "Compiler encountered an internal error")
			case fails:
			case message == compileMessage:
				m.ReturnID(rt.NewObject("MTLLibrary", nil))
			case message == pipelineMessage:
				m.ReturnID(rt.NewObject("MTLComputePipelineState", nil))
			default:
				m.ReturnID(rt.NewObject("MTLFunction", "sum"))
			}
		})
		for range 2 {
			if _, err := r.Pipeline(t.Context(), device, "sum"); err == nil || errors.Is(err, mtl.ErrCompile) || errors.Is(err, mtl.ErrNoFunction) {
				t.Fatalf("%s: error is %v", message, err)
			}
		}
		fails = false
		if _, err := r.Pipeline(t.Context(), device, "sum"); err != nil {
			t.Errorf("%s works again, and Pipeline says %v", message, err)
		}
	}
}

func TestAnUnknownNameIsAnsweredWithTheNearest(t *testing.T) {
	_, device, r := bench(t)
	if _, err := r.Pipeline(t.Context(), device, "saxpi"); !errors.Is(err, ErrUnknownKernel) || !strings.Contains(err.Error(), "no source is registered") {
		t.Errorf("empty registry: %v", err)
	}
	register(t, r, both)
	for wrong, nearest := range map[string]string{"saxpi": "saxpy", "sam": "sum", "": "sum"} {
		_, err := r.Pipeline(t.Context(), device, wrong)
		if !errors.Is(err, ErrUnknownKernel) || !strings.Contains(err.Error(), fmt.Sprintf("%q", nearest)) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestAKernelThatTheTextLacksIsAnError(t *testing.T) {
	_, device, r := bench(t)
	register(t, r, Source{Name: "s", Text: "text", Kernels: []string{"absent"}})
	_, err := r.Pipeline(t.Context(), device, "absent")
	if !errors.Is(err, mtl.ErrNoFunction) || !strings.Contains(err.Error(), "saxpy") {
		t.Errorf("error is %v", err)
	}
}

func TestAConstantOfAGoTypeThatMetalLacksIsAnErrorKeptOnceAType(t *testing.T) {
	_, device, r := bench(t)
	register(t, r, both)
	for i := range 5 {
		_, err := r.Pipeline(t.Context(), device, "sum", mtl.FunctionConstant{Value: i})
		if !errors.Is(err, mtl.ErrArgument) {
			t.Fatalf("error is %v", err)
		}
	}
	if n := len(r.pipelines); n != 1 {
		t.Errorf("%d entries are kept", n)
	}
}

func TestRegisterRefuses(t *testing.T) {
	_, _, r := bench(t)
	register(t, r, both)
	for _, c := range []struct {
		name   string
		source Source
		says   string
	}{
		{"no name", Source{Text: "t", Kernels: []string{"k"}}, "Name is empty"},
		{"no text", Source{Name: "s", Kernels: []string{"k"}}, "Text is empty"},
		{"no kernels", Source{Name: "s", Text: "t"}, "names no kernel"},
		{"an empty kernel name", Source{Name: "s", Text: "t", Kernels: []string{"k", ""}}, "Kernels[1] is empty"},
		{"a kernel twice", Source{Name: "s", Text: "t", Kernels: []string{"k", "l", "k"}}, `Kernels[0] and Kernels[2] are both "k"`},
		{"a check that is a kernel", Source{Name: "s", Text: "t", Kernels: []string{"k", "l"}, Check: "l"}, `Check is "l", which Kernels names too`},
		{"a kernel of another source", Source{Name: "s", Text: "t", Kernels: []string{"k", "sum"}}, `"sum" is registered by both.metal`},
		{"another text by the same name", Source{Name: "both.metal", Text: "t", Kernels: []string{"k"}}, "a different source is registered as both.metal"},
		{"another check by the same name", Source{Name: both.Name, Text: both.Text, Kernels: both.Kernels, Check: "check"}, "a different source"},
		{"other options by the same name", Source{Name: both.Name, Text: both.Text, Kernels: both.Kernels, Options: mtl.CompileOptions{MathMode: mtl.MathModeFast}}, "a different source"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := r.Register(c.source); !errors.Is(err, ErrSource) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %v", err)
			}
			if names := r.Names(); strings.Join(names, " ") != "saxpy sum" {
				t.Errorf("names are %q", names)
			}
		})
	}
}

func TestAnEqualSourceMayBeRegisteredAgain(t *testing.T) {
	_, _, r := bench(t)
	register(t, r, both, both)
}

func TestRegisterKeepsACopy(t *testing.T) {
	rt, device, r := bench(t)
	s := Source{Name: "s", Text: "text", Kernels: []string{"sum"}, Options: mtl.CompileOptions{PreprocessorMacros: map[string]string{"A": "1"}}}
	register(t, r, s)
	s.Kernels[0], s.Options.PreprocessorMacros["A"] = "saxpy", "2"
	var macro string
	rt.On("MTLCompileOptions setPreprocessorMacros:", func(m *objctest.Message) { macro = rt.Dictionary(m.ID(0))["A"] })
	if _, err := r.Pipeline(t.Context(), device, "sum"); err != nil || macro != "1" {
		t.Errorf("macro A is %q, error %v", macro, err)
	}
}

func TestAContextEndsTheWaitButNotTheCompiler(t *testing.T) {
	rt, device, r := bench(t)
	register(t, r, both)
	started, finish := make(chan struct{}), make(chan struct{})
	compile := 0
	rt.On("MTLDevice newLibraryWithSource:options:error:", func(m *objctest.Message) {
		compile++
		close(started)
		<-finish
		m.ReturnID(rt.NewObject("MTLLibrary", nil))
	})
	reason := errors.New("had enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() { <-started; cancel(reason) }()
	if _, err := r.Pipeline(ctx, device, "sum"); !errors.Is(err, reason) {
		t.Fatalf("error is %v", err)
	}
	close(finish)
	if _, err := r.Pipeline(t.Context(), device, "sum"); err != nil || compile != 1 {
		t.Errorf("compiled %d times, error %v", compile, err)
	}
	if _, err := r.Pipeline(ctx, device, "sum"); err != nil {
		t.Errorf("what is there is not given once the context has ended: %v", err)
	}
}

func TestReleaseWaitsForTheCompilerAndEndsAllUse(t *testing.T) {
	rt, device, r := bench(t)
	register(t, r, both)
	started, finish := make(chan struct{}), make(chan struct{})
	rt.On("MTLDevice newLibraryWithSource:options:error:", func(m *objctest.Message) {
		close(started)
		<-finish
		m.ReturnID(rt.NewObject("MTLLibrary", nil))
	})
	asked := make(chan error)
	go func() {
		_, err := r.Pipeline(context.Background(), device, "sum")
		asked <- err
	}()
	<-started
	gone := make(chan struct{})
	go func() { r.Release(); close(gone) }()
	for r.Register(both) == nil { // until Release has begun
		runtime.Gosched()
	}
	select {
	case <-gone:
		t.Error("Release did not wait")
	case <-time.After(20 * time.Millisecond):
	}
	close(finish)
	<-gone
	if err := <-asked; err != nil {
		t.Error(err)
	}
	if _, err := r.Pipeline(t.Context(), device, "sum"); !errors.Is(err, mtl.ErrReleased) {
		t.Errorf("Pipeline: %v", err)
	}
	if err := r.Register(both); !errors.Is(err, mtl.ErrReleased) {
		t.Errorf("Register: %v", err)
	}
	r.Release()
}

func TestNilIsAnError(t *testing.T) {
	_, device, r := bench(t)
	var none *Registry
	if _, err := none.Pipeline(t.Context(), device, "sum"); !errors.Is(err, mtl.ErrNil) {
		t.Errorf("nil registry: %v", err)
	}
	if err := none.Register(both); !errors.Is(err, mtl.ErrNil) {
		t.Errorf("nil registry: %v", err)
	}
	if _, err := r.Pipeline(t.Context(), nil, "sum"); !errors.Is(err, mtl.ErrNil) {
		t.Errorf("nil device: %v", err)
	}
	none.Release()
}

func TestPrewarmReturnsAllErrors(t *testing.T) {
	rt, device, r := bench(t)
	register(t, r, both, Source{Name: "s", Text: "t", Kernels: []string{"absent"}})
	err := r.Prewarm(t.Context(), device, Kernel{Name: "sum"}, Kernel{Name: "absent"}, Kernel{Name: "saxpi"})
	if !errors.Is(err, mtl.ErrNoFunction) || !errors.Is(err, ErrUnknownKernel) {
		t.Errorf("error is %v", err)
	}
	if n := sent(rt)[compileMessage]; n != 2 {
		t.Errorf("%d libraries, want 2", n)
	}
	if _, err := r.Pipeline(t.Context(), device, "sum"); err != nil || len(sent(rt)) != 0 {
		t.Errorf("compiled after Prewarm, error %v", err)
	}
	if err := r.Prewarm(t.Context(), device, Kernel{Name: "sum"}, Kernel{Name: "saxpy"}); err != nil {
		t.Error(err)
	}
}

func TestWarningsAreReportedOnceALibrary(t *testing.T) {
	rt, device, r := bench(t)
	var mu sync.Mutex
	var warnings []string
	r.Warning = func(source, text string) {
		mu.Lock()
		defer mu.Unlock()
		warnings = append(warnings, source+": "+text)
	}
	register(t, r, both)
	rt.On("MTLDevice newLibraryWithSource:options:error:", func(m *objctest.Message) {
		m.SetError(2, "MTLLibraryErrorDomain", 4, "unused variable 'x'")
		m.ReturnID(rt.NewObject("MTLLibrary", nil))
	})
	if err := r.Prewarm(t.Context(), device, Kernel{Name: "sum"}, Kernel{Name: "saxpy"}); err != nil {
		t.Fatal(err)
	}
	r.Release()
	if len(warnings) != 1 || !strings.Contains(warnings[0], "both.metal") || !strings.Contains(warnings[0], "unused variable 'x'") {
		t.Errorf("warnings are %q", warnings)
	}
}

func TestAskingAgainAllocatesNothing(t *testing.T) {
	_, device, r := bench(t)
	register(t, r, both)
	ctx := t.Context()
	bits, value := uint32(1000), float32(0.5)
	ask := func() {
		_, err := r.Pipeline(ctx, device, "sum", mtl.FunctionConstant{Index: 1, Value: true}, mtl.FunctionConstant{Index: 0, Value: uint32(8)})
		if err != nil {
			t.Fatal(err)
		}
	}
	ask()
	if n := testing.AllocsPerRun(100, ask); n != 0 {
		t.Errorf("%v allocations", n)
	}
	// Values that Go boxes on the heap are the caller's to keep.
	constants := []mtl.FunctionConstant{{Index: 0, Value: bits}, {Name: "value", Value: value}}
	again := func() {
		if _, err := r.Pipeline(ctx, device, "sum", constants...); err != nil {
			t.Fatal(err)
		}
	}
	again()
	if n := testing.AllocsPerRun(100, again); n != 0 {
		t.Errorf("%v allocations with constants that are kept", n)
	}
}

func TestConstantsThatDifferAreToldApart(t *testing.T) {
	sets := [][]mtl.FunctionConstant{
		nil,
		{{Index: 0, Value: uint32(1)}}, {{Index: 1, Value: uint32(1)}}, {{Index: 0, Value: uint32(2)}},
		{{Index: 0, Value: int32(1)}}, {{Index: 0, Value: uint8(1)}}, {{Index: 0, Value: true}}, {{Index: 0, Value: false}},
		{{Index: 0, Value: mtl.Half(1)}}, {{Index: 0, Value: mtl.BFloat(1)}}, {{Index: 0, Value: uint16(1)}}, {{Index: 0, Value: int16(1)}},
		{{Index: 0, Value: int8(1)}}, {{Index: 0, Value: uint64(1)}}, {{Index: 0, Value: int64(1)}},
		{{Index: 0, Value: float32(0)}}, {{Index: 0, Value: float32(math.Copysign(0, -1))}},
		{{Name: "a", Value: uint32(1)}}, {{Name: "b", Value: uint32(1)}}, {{Name: "aC\x01", Value: uint32(1)}},
		{{Index: 0, Value: uint32(1)}, {Index: 1, Value: uint32(1)}}, {{Index: 0, Value: uint32(1)}, {Name: "a", Value: uint32(1)}},
		{{Index: 0, Value: "1"}}, {{Index: 0, Value: nil}}, {{Index: -1, Value: uint32(1)}},
	}
	seen := map[string]int{}
	for i, set := range sets {
		key := string(appendConstants(nil, set))
		if j, ok := seen[key]; ok {
			t.Errorf("%v and %v have the same key", sets[j], set)
		}
		seen[key] = i
	}
}

func TestDistanceCountsEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"abc", "xabc", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 2}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
