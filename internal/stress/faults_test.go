//go:build linux && (amd64 || arm64)

package stress

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/fulldisk"
	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
	"github.com/tqmetal/tqmetal/tqsdpa"
)

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// typed reports whether a program can tell by errors.Is and errors.As what an
// error is about.
func typed(err error) bool {
	var ns *objc.Error
	if errors.As(err, &ns) {
		return true
	}
	return slices.ContainsFunc([]error{mtl.ErrNoObject, mtl.ErrUnavailable, mtl.ErrExecution}, func(e error) bool { return errors.Is(err, e) })
}

// mayBeNil are the messages whose nil is no failure: a text that is not there.
// Without it errors and labels say less.
var mayBeNil = []string{
	"name", "label", "domain", "localizedDescription", "localizedFailureReason", "UTF8String", "architecture", "error", "bufferStructType",
	"MTLCreateSystemDefaultDevice", // the first of all devices is taken
}

// Every message that can answer nil does so once, at every site: the n-th of the
// site for all n until the site has no more.
func TestNilFromEachMessageOfEachSite(t *testing.T) {
	r := newRig(t, softmetal.Options{MacOS: "26.0"})
	r.newProblem()
	r.newLinks()
	for _, s := range slices.Concat(deviceSites, bufferSites, memorySites, queueSites, librarySites, pipelineSites, archiveSites, linkSites, compilerSites, metal4Sites, encodeSites, coldSites, attentionSites) {
		t.Run(s.name, func(t *testing.T) {
			r.t = t
			if !s.cold {
				r.must(s.run(r))
				r.settled("without a fault")
			}
			step := 1
			if testing.Short() && (s.cold || s.name == librarySites[0].name) { // each time compiles
				step = 4
			}
			for n := 0; ; n += step {
				struck := ""
				if s.cold {
					r.cold = r.fresh()
				}
				r.must(r.soft.Fail(softmetal.Fault{After: n, Struck: func(message string) { struck = message }}))
				err := s.run(r)
				left := r.soft.TakeFaults()
				if struck == "" {
					if err != nil || len(left) != 1 {
						t.Errorf("message %d, and no fault struck: %v", n, err)
					}
					r.cold.Release()
					return
				}
				what := fmt.Sprintf("message %d, %s", n, struck)
				_, selector, _ := strings.Cut(" "+struck, " ")
				if at := strings.LastIndex(selector, " "); at >= 0 {
					selector = selector[at+1:]
				}
				switch {
				case errors.Is(err, errWrong):
					t.Errorf("%s: %v", what, err)
				case err == nil && !slices.Contains(mayBeNil, selector):
					t.Errorf("%s: it is nil, and nobody says so", what)
				case err != nil && !typed(err):
					t.Errorf("%s: an error without a type: %s", what, oneLine(err))
				}
				if !s.cold { // its registry has what could be made
					r.settled(what)
				}
				if err := s.run(r); err != nil {
					t.Errorf("%s: the next time: %v", what, err)
				}
				r.cold.Release()
				r.settled("after " + what)
			}
		})
	}
}

// What Metal says of a command buffer that failed, at each site that runs one.
func TestCommandBufferErrorsOfEachSite(t *testing.T) {
	r := newRig(t)
	r.newProblem()
	code := func(c mtl.CommandBufferError) *objc.Error { return softmetal.CommandBufferError(int(c)) }
	for _, f := range []struct {
		name  string
		fault softmetal.Fault
		is    error
	}{
		{"internal", softmetal.Fault{Error: code(mtl.CommandBufferErrorInternal)}, mtl.CommandBufferErrorInternal},
		{"timeout", softmetal.Fault{Error: code(mtl.CommandBufferErrorTimeout)}, mtl.CommandBufferErrorTimeout},
		{"page fault", softmetal.Fault{Error: code(mtl.CommandBufferErrorPageFault)}, mtl.CommandBufferErrorPageFault},
		{"access revoked", softmetal.Fault{Error: code(mtl.CommandBufferErrorAccessRevoked)}, mtl.CommandBufferErrorAccessRevoked},
		{"not permitted", softmetal.Fault{Error: code(mtl.CommandBufferErrorNotPermitted)}, mtl.CommandBufferErrorNotPermitted},
		{"out of memory", softmetal.Fault{Error: code(mtl.CommandBufferErrorOutOfMemory)}, mtl.CommandBufferErrorOutOfMemory},
		{"invalid resource", softmetal.Fault{Error: code(mtl.CommandBufferErrorInvalidResource)}, mtl.CommandBufferErrorInvalidResource},
		{"device removed", softmetal.Fault{Error: code(mtl.CommandBufferErrorDeviceRemoved)}, mtl.CommandBufferErrorDeviceRemoved},
		{"another domain", softmetal.Fault{Error: &objc.Error{Domain: "IOGPUCommandQueueErrorDomain", Code: 5, Description: "Discarded (victim of GPU error/recovery)"}}, mtl.ErrExecution},
		{"no reason", softmetal.Fault{}, mtl.ErrExecution},
		{"the child is killed", softmetal.Fault{Kill: true}, mtl.CommandBufferErrorInternal},
	} {
		for _, s := range slices.Concat(encodeSites, attentionSites[:3]) {
			if f.fault.Kill && s.name == "a blit encoder" {
				continue // no child runs
			}
			t.Run(f.name+", "+s.name, func(t *testing.T) {
				r.t = t
				fault := f.fault
				fault.Selector = "commit"
				r.must(r.soft.Fail(fault))
				err := s.run(r)
				if left := r.soft.TakeFaults(); len(left) != 0 {
					t.Fatalf("not struck: %v, %v", left, err)
				}
				if !errors.Is(err, mtl.ErrExecution) || !errors.Is(err, f.is) {
					t.Errorf("error is %v", err)
				}
				var ns *objc.Error
				switch want := fault.Error; {
				case errors.As(err, &ns) != (want != nil || fault.Kill):
					t.Errorf("the NSError is %v", ns)
				case want != nil && *ns != *want:
					t.Errorf("the NSError is %+v, want %+v", *ns, *want)
				case fault.Kill && !strings.Contains(ns.Description, "signal: killed"):
					t.Errorf("the NSError says %q", ns.Description)
				}
				r.settled("the fault")
				if err := s.run(r); err != nil {
					t.Errorf("the next command: %v", err)
				}
				r.settled("the next command")
			})
		}
	}
}

// longLog is what clang says of a thousand mistakes.
var longLog = func() string {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "program_source:%d:7: error: use of undeclared identifier 'some_name_that_is_long_%d'; did you mean another?\n", i, i)
	}
	return b.String()
}()

// What Metal says of a source that it does not turn into a library, at each site
// that compiles.
func TestCompilerErrorsOfEachSite(t *testing.T) {
	r := newRig(t)
	r.newProblem()
	if len(longLog) < 100<<10 {
		t.Fatalf("the log has %d bytes", len(longLog))
	}
	sites := []site{
		librarySites[0], coldSites[0], coldSites[1],
		{name: "tqsdpa.Prewarm"}, {name: "tqsdpa.Quantize"}, {name: "tqsdpa.Dispatch"},
	}
	for _, f := range []struct {
		name  string
		error *objc.Error
		is    error // nil: the NSError alone
		kept  bool  // a registry does not compile again
	}{
		{"a log of 100 KB", &objc.Error{Domain: "MTLLibraryErrorDomain", Code: 3, Description: longLog}, mtl.ErrCompile, true},
		{"a full disk", &objc.Error{Domain: "MTLLibraryErrorDomain", Code: 2, Description: "No space left on device"}, nil, false},
		{"no compiler", &objc.Error{Domain: "MTLLibraryErrorDomain", Code: 1, Description: "there is none"}, mtl.ErrUnsupported, false},
		{"a compiler that crashed", &objc.Error{Domain: "NSCocoaErrorDomain", Code: 4097, Description: "connection to service named com.apple.MTLCompilerService"}, nil, false},
		{"no reason", nil, mtl.ErrNoObject, false},
	} {
		for _, s := range sites {
			t.Run(f.name+", "+s.name, func(t *testing.T) {
				r.t = t
				registry := r.fresh()
				defer registry.Release()
				r.cold = registry
				run := s.run
				switch s.name {
				case "tqsdpa.Prewarm":
					run = func(r *rig) error { return tqsdpa.Prewarm(context.Background(), registry, r.device, r.problem.Params) }
				case "tqsdpa.Quantize":
					run = func(r *rig) error { return r.checkedQuantize(registry) }
				case "tqsdpa.Dispatch":
					run = func(r *rig) error { return r.checkedAttend(registry) }
				}
				r.must(r.soft.Fail(softmetal.Fault{Selector: "newLibraryWithSource:options:error:", Error: f.error}))
				err := run(r)
				if left := r.soft.TakeFaults(); len(left) != 0 {
					t.Fatalf("not struck: %v, %v", left, err)
				}
				var ns *objc.Error
				switch {
				case err == nil || f.is != nil && !errors.Is(err, f.is) || errors.Is(err, mtl.ErrCompile) != (f.is == mtl.ErrCompile):
					t.Errorf("error is %.300v", err)
				case errors.As(err, &ns) != (f.error != nil):
					t.Errorf("the NSError is %v", ns)
				case ns != nil && (*ns != *f.error || !strings.Contains(err.Error(), ns.Description)):
					t.Errorf("the NSError is %.300v", ns)
				}
				// A registry that keeps nothing holds nothing, unless other sources of
				// the same call are compiled.
				if s.name != "tqsdpa.Prewarm" {
					r.settled("the fault")
				}
				err = run(r)
				if stays := f.kept && (s.cold || s.run == nil); stays != (err != nil) {
					t.Errorf("the next time: %.300v", err)
				}
				registry.Release()
				r.settled("the next time")
			})
		}
	}
}

// A real log, from a real compiler, arrives whole.
func TestLogOfAThousandRealMistakes(t *testing.T) {
	r := newRig(t)
	var source strings.Builder
	source.WriteString("#include <metal_stdlib>\nkernel void f(device int *x [[buffer(0)]]) {\n")
	const mistakes = 1000
	for i := range mistakes {
		fmt.Fprintf(&source, "x[0] = some_name_that_is_long_%d;\n", i)
	}
	_, err := r.device.NewLibraryWithSource(source.String()+"}\n", mtl.CompileOptions{})
	var ns *objc.Error
	if !errors.Is(err, mtl.ErrCompile) || !errors.As(err, &ns) || len(ns.Description) < 100<<10 {
		t.Fatalf("error is %.300v", err)
	}
	for i := range mistakes {
		if name := fmt.Sprintf("program_source:%d:8: error: use of undeclared identifier 'some_name_that_is_long_%d'", i+3, i); !strings.Contains(ns.Description, name) {
			t.Fatalf("%q is not in the log of %d bytes", name, len(ns.Description))
		}
	}
	r.settled("the log")
}

// A pipeline may allow fewer threads than the kernel's author thought.
func TestPipelineThatAllowsFewerThreads(t *testing.T) {
	r := newRig(t)
	r.newProblem()
	for _, c := range []struct {
		limit    int
		add      bool // by threadgroups of 64
		quantize bool // takes what it gets, down to a simdgroup
		attend   bool // needs 128
	}{{128, true, true, true}, {127, true, true, false}, {63, false, true, false}, {32, false, true, false}, {31, false, false, false}} {
		t.Run(fmt.Sprint(c.limit), func(t *testing.T) {
			r.t = t
			registry := r.fresh()
			defer registry.Release()
			r.must(r.soft.Fail(softmetal.Fault{Selector: "newComputePipelineStateWithDescriptor:options:reflection:error:", Count: softmetal.Always, MaxTotalThreadsPerThreadgroup: c.limit}))
			pipeline, err := registry.Pipeline(t.Context(), r.device, "add")
			r.must(err)
			if got := pipeline.MaxTotalThreadsPerThreadgroup(); got != c.limit {
				t.Fatalf("the limit is %d", got)
			}
			check := func(what string, works bool, err error) {
				t.Helper()
				if works != (err == nil) || !works && (!errors.Is(err, mtl.ErrArgument) && !errors.Is(err, mtl.ErrUnsupported) || !strings.Contains(err.Error(), fmt.Sprint(c.limit))) {
					t.Errorf("%s: %v", what, err)
				}
			}
			check("add", c.add, r.submit(func(enc *mtl.ComputeCommandEncoder) error { r.encodeAdd(enc, pipeline, 64); return nil }))
			check("quantize", c.quantize, r.checkedQuantize(registry))
			check("attend", c.attend, r.checkedAttend(registry))
			if left := r.soft.TakeFaults(); len(left) != 0 {
				t.Errorf("not struck: %v", left)
			}
			registry.Release()
			r.settled("the limit")
		})
	}
}

// A queue that is full makes the next scope wait, and no longer than needed.
func TestFullQueueWaits(t *testing.T) {
	r := newRig(t)
	queue := keep[*mtl.CommandQueue](r)(r.device.NewCommandQueueWithMaxCommandBufferCount(2))
	r.held0++
	hold := make(chan struct{})
	r.must(r.soft.Fail(softmetal.Fault{Selector: "commit", Hold: hold}))
	encode := func() (*mtl.Submission, error) {
		return queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error { r.encodeAdd(enc, r.pipeline, 32); return nil })
		})
	}
	var work []*mtl.Submission
	for range 2 {
		w, err := encode()
		r.must(err)
		work = append(work, w)
	}
	third := make(chan error)
	go func() {
		w, err := encode()
		work = append(work, w)
		third <- err
	}()
	select {
	case err := <-third:
		t.Fatalf("a third scope of a queue of two: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(hold)
	r.must(<-third)
	for _, w := range work {
		r.must(w.Wait(t.Context()))
		w.Release()
	}
	x, err := floats(r.x)
	r.must(err)
	if x[0] != 3 {
		t.Errorf("x[0] is %v after three times one", x[0])
	}
	r.settled("the queue")
}

// More goroutines encode than the queue holds command buffers.
func TestFullQueueOfScopesThatAreStillEncoding(t *testing.T) {
	r := newRig(t)
	queue := keep[*mtl.CommandQueue](r)(r.device.NewCommandQueueWithMaxCommandBufferCount(1))
	r.held0++
	first, second := make(chan struct{}), make(chan error)
	w, err := queue.Encode(func(*mtl.CommandBuffer) error {
		go func() {
			w, err := queue.Encode(func(*mtl.CommandBuffer) error { close(first); return nil })
			w.Release()
			second <- err
		}()
		select {
		case <-first:
			t.Error("a second scope begins in a queue of one")
		case <-time.After(50 * time.Millisecond):
		}
		return nil
	})
	r.must(err)
	defer w.Release()
	r.must(<-second)
	r.must(w.Wait(t.Context()))
	w.Release()
	r.settled("the queue")
}

// The cache of kernels lies on a disk that is full at one step after another;
// then there is room, and the same registry goes on.
func TestFullDiskUnderTheCache(t *testing.T) {
	clang, cache := fulldisk.New(t), filepath.Join(t.TempDir(), "cache")
	soft := softmetal.NewTesting(t, softmetal.Options{Clang: clang.Path, CacheDir: cache})
	fw, err := mtl.Load(soft)
	if err != nil {
		t.Fatal(err)
	}
	ledger := fw.TrackObjects()
	device, err := fw.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	defer device.Release()
	var registry kernels.Registry
	defer registry.Release()
	if err := registry.Register(adds); err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() error{
		"Pipeline": func() error { _, err := registry.Pipeline(t.Context(), device, "add"); return err },
		"Prewarm":  func() error { return registry.Prewarm(t.Context(), device, kernels.Kernel{Name: "add"}) },
	}
	for _, step := range []struct {
		full     string
		compiled bool // it is there
		says     string
	}{
		{"runtime", false, "building the runtime"},
		{".pch", false, "precompiling the headers"},
		{"kernel.o", true, "compiling the kernel"},
		{"/program", true, "linking the program"},
	} {
		clang.FullAt(step.full)
		for name, call := range calls {
			err := call()
			var ns *objc.Error
			if !errors.As(err, &ns) || ns.Domain != "MTLLibraryErrorDomain" || ns.Code != 2 || errors.Is(err, mtl.ErrCompile) || !strings.Contains(ns.Description, step.says) {
				t.Errorf("%s, %q is full: %v", name, step.full, err)
			}
			if live := ledger.Live(); len(live) != map[bool]int{false: 1, true: 2}[step.compiled] {
				t.Errorf("%s, %q is full: live %q", name, step.full, live)
			}
		}
		if left, err := filepath.Glob(filepath.Join(cache, "tmp-*")); err != nil || len(left) > 0 {
			t.Errorf("%q is full: left behind: %v %v", step.full, left, err)
		}
	}
	clang.FullAt("")
	for name, call := range calls {
		if err := call(); err != nil {
			t.Errorf("%s, with room: %v", name, err)
		}
	}
	// Nothing is compiled twice: there would be no room for it.
	clang.FullAt(".pch")
	for name, call := range calls {
		if err := call(); err != nil {
			t.Errorf("%s, kept: %v", name, err)
		}
	}
}
