//go:build linux && (amd64 || arm64)

package selftest

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// find runs some steps on a tampered device and returns the report.
func find(t *testing.T, how tamper, steps ...string) Report {
	t.Helper()
	return findWith(t, how, Options{Steps: steps})
}

func findWith(t *testing.T, how tamper, o Options) Report {
	t.Helper()
	o.Quick = true
	r, err := Run(t.Context(), newTampered(t, how), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func findings(r Report) (all []string) {
	for _, s := range r.Steps {
		for _, f := range s.Findings {
			all = append(all, s.Name+": "+f)
		}
	}
	return all
}

func contains(texts []string, want string) bool {
	return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, want) })
}

// small is one problem, on which planted kernels are wrong as on any.
func small() []matrix.Problem {
	f := codec.Default(64)
	return []matrix.Problem{{FormatName: "default", Params: tqsdpa.Params{NumHeads: 2, NumKVHeads: 2, HeadDim: 64, KVSeqLen: 2, KVCapacity: 3, Scale: 0.125, Format: f}}}
}

const small64 = "tq_quantize_kv_dk64"

// Each of these devices is wrong in one way. The report has to name it, and
// nothing else may fail with it that it has nothing to do with: of a step that is
// sound, nothing is found.
func TestWhatIsWrongIsFoundAndNamed(t *testing.T) {
	result := func(f func(r *objc.Registers)) func(*tampered, *objc.Registers, int) {
		return func(_ *tampered, r *objc.Registers, _ int) { f(r) }
	}
	var largest uintptr
	for _, c := range []struct {
		name string
		how  tamper
		step string
		want string
	}{
		{"a method that takes another type", tamper{encodings: map[string]string{"newBufferWithLength:options:": "@32@0:8I16Q24"}},
			"methods", "MTLDevice newBufferWithLength:options:: it is sent as @@:QQ, and SoftMetalDevice has @32@0:8I16Q24"},
		{"a struct that is passed as words", tamper{encodings: map[string]string{"dispatchThreads:threadsPerThreadgroup:": "v64@0:8Q16Q24Q32Q40Q48Q56"}},
			"methods", "MTLComputeCommandEncoder dispatchThreads:threadsPerThreadgroup:: it is sent as"},
		{"a result of another type", tamper{encodings: map[string]string{"GPUStartTime": "Q16@0:8"}},
			"methods", "MTLCommandBuffer GPUStartTime: it is sent as d@:, and SoftMetalCommandBuffer has Q16@0:8"},
		{"a result that is the address of a struct", tamper{encodings: map[string]string{"maxThreadsPerThreadgroup": "^{?=QQQ}16@0:8"}},
			"methods", "MTLDevice maxThreadsPerThreadgroup"},
		{"one more argument", tamper{encodings: map[string]string{"commit": "v24@0:8Q16"}}, "methods", "MTLCommandBuffer commit"},
		{"a method of Foundation that takes another type", tamper{encodings: map[string]string{"objectAtIndex:": "@24@0:8@16"}}, "methods", "NSArray objectAtIndex:"},
		{"an encoding that is none", tamper{encodings: map[string]string{"contents": "^"}}, "methods", "MTLBuffer contents"},
		{"a method that is missing", tamper{missing: "memoryBarrierWithScope:"},
			"methods", "MTLComputeCommandEncoder memoryBarrierWithScope:: SoftMetalComputeCommandEncoder has no such method, and macOS 15.0.0 should"},
		{"a class method that is missing", tamper{missing: "dictionaryWithCapacity:"}, "methods", "NSMutableDictionary +dictionaryWithCapacity:: NSMutableDictionary has no such method"},
		{"a receiver that can't be made", tamper{swallow: "newFunctionWithName:"}, "methods", "MTLComputePipelineState threadExecutionWidth: there was no object to ask"},
		{"a runtime that can't be asked", tamper{lacks: "class_getInstanceMethod"}, "methods", "there is no C function class_getInstanceMethod"},
		{"a C function that is missing", tamper{lacks: "objc_release"}, openName, "there is no C function objc_release"},
		{"a device that is missing", tamper{lacks: "MTLCreateSystemDefaultDevice"}, openName, "there is no C function MTLCreateSystemDefaultDevice"},
		{"limits below what kernels need", tamper{at: "maxThreadgroupMemoryLength", after: result(func(r *objc.Registers) { r.X[0] = 16 << 10 })},
			openName, "16384 bytes of threadgroup memory"},

		{"a kernel that does not compile", tamper{edit: [2]string{"template <short D> inline float encode8", "oops"}}, "shaders", "tq_quantize_kv_dk64 (K4V4-d64): kernels: kernel"},
		{"simdgroups of another width", tamper{at: "threadExecutionWidth", after: result(func(r *objc.Registers) { r.X[0] = 16 })}, "shaders", "simdgroups of 16 threads, must be 32"},
		{"threadgroups that are too small", tamper{at: "maxTotalThreadsPerThreadgroup", after: result(func(r *objc.Registers) { r.X[0] = 24 })},
			"shaders", "threadgroups of up to 24 threads, and it is launched with 32"},
		{"attention that is wrong", tamper{edit: [2]string{"LOG2_E * (key_bits", "LOG2_E * 1.01f * (key_bits"}}, "numbers", "attention: K4V4-d64-signs-corrected, head dim 64, 1 query heads of a KV head: 1 of 1 problems are wrong"},
		{"rows that are wrong", tamper{edit: [2]string{"index << (4 * (i % 8))", "(index ^ 1u) << (4 * (i % 8))"}}, "numbers", "rows: K4V4-d64-signs-corrected, head dim 64: not those of the codec"},
		{"a kernel that answers wrongly", tamper{edit: [2]string{"y[i] += a * x[i];", "y[i] += a + x[i];"}}, "foreign kernels", "saxpy: 1000 of 1000 values are wrong, the first: value 0 is 1003, want 1000"},
		{"an atomic that is none", tamper{edit: [2]string{"atomic_fetch_add_explicit(&counts[values[i] % 7u], 1u, memory_order_relaxed)", "((device uint *)counts)[values[i] % 7u] = 1"}},
			"foreign kernels", "histogram: "},
		{"a threadgroup barrier that is not kept", tamper{edit: [2]string{"threadgroup_barrier(mem_flags::mem_threadgroup);\n        const uint x = shared", "const uint x = shared"}},
			"barriers", "through_threadgroup: wrong in"},
		{"a device memory barrier that is not kept", tamper{edit: [2]string{"threadgroup_barrier(mem_flags::mem_device);\n        shared[t]", "shared[t]"}}, "barriers", "through_device: wrong in"},
		{"a simdgroup barrier that is not kept", tamper{edit: [2]string{"simdgroup_barrier(mem_flags::mem_threadgroup);\n        const uint x = mine", "const uint x = mine"}},
			"barriers", "through_simdgroup: wrong in"},
		{"a barrier between dispatches that is not kept", tamper{swallow: "memoryBarrierWithScope:"}, "barriers", "with a barrier for all buffers: wrong in"},
		{"a barrier for a buffer that is not kept", tamper{swallow: "memoryBarrierWithResources:count:"}, "barriers", "with a barrier for the buffer: wrong in"},

		{"a compiler that does not say what is wrong", tamper{at: "newLibraryWithSource:options:error:", before: func(_ *tampered, r *objc.Registers, _ int) { r.X[4] = 0 }},
			"faults", "source that does not compile: the error is"},
		{"a device that does not work after a fault", tamper{at: "status", after: func(_ *tampered, r *objc.Registers, n int) {
			if n > 5 {
				r.X[0] = 5
			}
		}}, "faults", "the device does not work any more"},
		{"a function where there is none", tamper{at: "newFunctionWithName:constantValues:error:", before: func(x *tampered, r *objc.Registers, n int) {
			if n == 1 { // nil and no reason, in place of an error
				r.X[4] = 0
			}
		}}, "faults", "a function with constants that the library does not have: the error is"},

		{"GPU times that run backwards", tamper{at: "GPUEndTime", after: result(func(r *objc.Registers) { r.D[0]-- })}, "times", "command buffer 0: the GPU ended at"},
		{"GPU times longer than all together took", tamper{at: "GPUEndTime", after: result(func(r *objc.Registers) { r.D[0] += 3600 })}, "times", "and all together was over after"},
		{"GPU times that overlap", tamper{at: "GPUStartTime", after: func(x *tampered, r *objc.Registers, n int) {
			if n == 2 {
				r.D[0] -= 3600
			}
		}}, "times", "and the one before, which had been waited for, ended at"},
		{"no GPU times", tamper{at: "GPUStartTime", after: result(func(r *objc.Registers) { r.D[0] = 0 })}, "times", "it started at 0s"},
		{"scheduling that runs backwards", tamper{at: "kernelEndTime", after: result(func(r *objc.Registers) { r.D[0] = math.Nextafter(0, -1) - 1 })}, "times", "scheduling ended at"},
		{"a message that answers wrongly", tamper{at: "class", after: result(func(r *objc.Registers) { r.X[0]++ })}, "times", "[NSObject class] is"},

		{"memory that is not given back", tamper{at: "currentAllocatedSize", after: result(func(r *objc.Registers) {
			largest = max(largest, r.X[0])
			r.X[0] = largest
		})}, "memory", "after the release of"},
		{"memory that is not counted", tamper{at: "currentAllocatedSize", after: result(func(r *objc.Registers) { r.X[0] = 0 })}, "memory", "raised currentAllocatedSize from 0 to 0"},
		{"memory that is not zeroed", tamper{at: "contents", after: result(func(r *objc.Registers) { *(*byte)(objc.Pointer(r.X[0])) = 1 })}, "memory", "a new buffer is not zeroed"},
		{"command buffers that leave memory behind", tamper{at: "currentAllocatedSize", after: func(_ *tampered, r *objc.Registers, n int) {
			if n == 4 {
				r.X[0] += 1 << 30
			}
		}}, "memory", "1000 command buffers raised currentAllocatedSize"},
		{"a command buffer that fails", tamper{at: "status", after: func(_ *tampered, r *objc.Registers, n int) {
			if n == 700 {
				r.X[0] = 5
			}
		}}, "memory", "command buffer 699: "},
		{"a message that breaks a rule", tamper{at: "newCommandQueue", before: func(x *tampered, _ *objc.Registers, _ int) {
			x.Device.MsgSend(&objc.Registers{X: [8]uintptr{16, uintptr(x.RegisterSelector("commit"))}})
		}}, "methods", "the software device refuses: softmetal: commit: the target 0x10 is no object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := Options{Steps: []string{c.step}, kernel: small64, problems: small()}
			if c.step == openName {
				o.Steps = []string{"methods"}
			}
			r := findWith(t, c.how, o)
			all := findings(r)
			if !contains(all, c.step+": "+c.want) && !contains(all, c.want) || r.Passed() || r.Findings == 0 {
				t.Fatalf("%q is not found, but %q; verdict %s", c.want, all, r.Verdict)
			}
			if !strings.Contains(r.Verdict, "finding") || !strings.Contains(r.Verdict, IssuesPage) {
				t.Errorf("verdict %q", r.Verdict)
			}
			for _, s := range r.Steps {
				if s.Name != c.step && s.Ran && s.Failed > 0 && c.step != "methods" {
					t.Errorf("step %s finds %q too", s.Name, s.Findings)
				}
			}
		})
	}
}

// Types that are others by name only are no findings, but they are told.
func TestWhatTravelsInTheSameWayIsNoFinding(t *testing.T) {
	r := find(t, tamper{encodings: map[string]string{
		"supportsFamily:":               "B24@0:8Q16",
		"newFunctionWithName:":          `@24@0:8@"NSString"16`,
		"setBuffers:offsets:withRange:": "Vv48@0:8r^@16r^Q24{NSRange=\"location\"Q\"length\"Q}32",
	}}, "methods")
	if !r.Passed() {
		t.Fatalf("%q", findings(r))
	}
	notes := r.Steps[1].Notes
	if len(notes) != 1 || !strings.Contains(notes[0], "MTLDevice supportsFamily:: it is sent as B@:q, and SoftMetalDevice has B24@0:8Q16") {
		t.Errorf("notes %q", notes)
	}
}

func TestEveryLineOfTheBindingsIsInTheReport(t *testing.T) {
	r := find(t, tamper{}, "methods")
	if !r.Passed() || r.Findings != 0 {
		t.Fatalf("%q", findings(r))
	}
	results := map[string]string{}
	for _, m := range r.Steps[1].Details.([]MethodRecord) {
		results[m.Class+" "+m.Selector] = m.Result
	}
	lines := 0
	for _, dir := range []string{"../../objc", "../../mtl"} {
		messages, err := metaltable.ParseDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			lines++
			want := string(same)
			if m.IsFunction() {
				want = present // C functions have no encoding at run time
			}
			if strings.HasPrefix(m.MinMacOS, "26.") { // the system is macOS 15
				want = newer
			}
			if got := results[m.Class+" "+m.Selector]; got != want {
				t.Errorf("%s: %s %s: %q, want %q", m.Pos, m.Class, m.Selector, got, want)
			}
		}
	}
	if len(results) != lines {
		t.Errorf("%d messages in the report, %d lines", len(results), lines)
	}
}

// everyFormat returns all that a format may be.
func everyFormat(d uint32) (all []codec.Format) {
	for bits := range uint32(17 * 17) {
		for _, signs := range []bool{false, true} {
			for _, correction := range []bool{false, true} {
				for norm := range codec.NormType(4) {
					f := codec.Format{HeadDim: d, KeyBits: bits / 17, ValueBits: bits % 17, Signs: signs, NormCorrection: correction, Norm: norm}
					if f.Validate() == nil {
						all = append(all, f)
					}
				}
			}
		}
	}
	return all
}

// The list of specialisations is package tqsdpa's own. Every pipeline is counted
// when it is asked for. The first is that of the check which comes before kernels with
// matrices: it is made, and is then given in place of all others.
func TestSpecialisationsAreWhatPackageTqsdpaAsksFor(t *testing.T) {
	t.Parallel()
	var made atomic.Int64
	var given atomic.Uintptr
	const make = "newComputePipelineStateWithDescriptor:options:reflection:error:"
	rt := newTampered(t, tamper{at: make, answer: func(x *tampered, r *objc.Registers) bool {
		made.Add(1)
		id := given.Load()
		if id == 0 {
			return false
		}
		x.retain(id)
		r.X[0] = id
		return true
	}, after: func(x *tampered, r *objc.Registers, _ int) {
		x.retain(r.X[0]) // it outlives the registries
		given.Store(r.X[0])
	}})
	framework, err := mtl.Load(rt)
	if err != nil {
		t.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	defer device.Release()
	newRegistry := func() *kernels.Registry {
		registry := &kernels.Registry{}
		if err := tqsdpa.Register(registry); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(registry.Release)
		made.Store(0)
		return registry
	}
	prewarm := func(registry *kernels.Registry) {
		for _, d := range headDims {
			for _, f := range everyFormat(d) {
				for group := uint32(1); group <= 17; group++ {
					err := tqsdpa.Prewarm(t.Context(), registry, device, tqsdpa.Params{
						NumHeads: group, NumKVHeads: 1, HeadDim: d, KVSeqLen: 1, KVCapacity: 1, Scale: 1, Format: f})
					if err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	listed := newRegistry()
	count := 1 // the check
	for _, name := range listed.Names() {
		all, err := specialisations(name, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			count++
			if _, err := listed.Pipeline(t.Context(), device, s.Name, s.Constants...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if int(made.Load()) != count || count < 100 {
		t.Errorf("%d specialisations are listed, %d are different", count, made.Load())
	}
	prewarm(listed)
	if n := int(made.Load()) - count; n != 0 {
		t.Errorf("package tqsdpa asks for %d more", n)
	}
	prewarm(newRegistry())
	if int(made.Load()) != count {
		t.Errorf("%d specialisations are listed, package tqsdpa asks for %d", count, made.Load())
	}
	if _, err := specialisations("flash_attn_new_dk64", false); err == nil {
		t.Error("a kernel that is not known here has specialisations")
	}
	if _, err := specialisations("tq_quantize_kv_dk96", false); err == nil {
		t.Error("a head dimension that there is none of has specialisations")
	}
}

// A GPU may hold a matrix in another way than the kernels assume. Then others run,
// and the report says so.
func TestAnotherLayoutOfMatricesIsToldAndNumbersAreRight(t *testing.T) {
	t.Parallel()
	problems := small()
	problems[0].NumHeads = 8 * problems[0].NumKVHeads
	for _, c := range []struct {
		layout  softmetal.MatrixLayout
		note    string
		assumed bool
	}{
		{softmetal.MatrixQuadrants, "groups of five and more query heads run by simdgroup_matrix", true},
		{softmetal.MatrixRows, "the kernels without matrices run in its place", false},
	} {
		r := findWith(t, tamper{options: softmetal.Options{MatrixLayout: c.layout}},
			Options{Steps: []string{"shaders", "numbers", "foreign kernels"}, kernel: matrixFamily + "_dk64", problems: problems})
		if !r.Passed() {
			t.Fatalf("layout %v: %q", c.layout, findings(r))
		}
		shaders, foreign := r.Steps[1].Details.(ShaderDetails), r.Steps[3].Details.(ForeignDetails)
		if shaders.Matrices != c.assumed || foreign.Matrix.Known != c.assumed || !foreign.Matrix.Compiles || !contains(r.Steps[1].Notes, c.note) {
			t.Errorf("layout %v: %v, %v, notes %q", c.layout, shaders.Matrices, foreign.Matrix, r.Steps[1].Notes)
		}
	}
}

func TestWarningsOfTheCompilerAreKept(t *testing.T) {
	t.Parallel()
	r := findWith(t, tamper{edit: [2]string{"using namespace metal;", "using namespace metal;\n#warning planted"}}, Options{Steps: []string{"shaders"}, kernel: small64})
	if !r.Passed() || !contains(r.Steps[1].Notes, "planted") || !contains(r.Steps[1].Details.(ShaderDetails).Warnings, "planted") {
		t.Errorf("%q, %+v", findings(r), r.Steps[1])
	}
}

// Of the machine's owner, the report knows nothing.
func TestReportSaysNothingPersonal(t *testing.T) {
	t.Parallel()
	home, _ := os.UserHomeDir()
	host, _ := os.Hostname()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	r := findWith(t, tamper{edit: [2]string{"using namespace metal;", "using namespace metal;\n#warning in " + folder + " of " + host + " at " + home + "/x"}},
		Options{Steps: []string{"shaders", "foreign kernels"}, kernel: small64})
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "#warning in (removed)") && !strings.Contains(string(text), "in (removed)") {
		t.Errorf("the warning is not there: %s", text)
	}
	for _, secret := range []string{home, host, folder} {
		if len(secret) > 2 && strings.Contains(string(text), secret) {
			t.Errorf("the report has %q", secret)
		}
	}
}

func TestCensor(t *testing.T) {
	c := censorOf([]string{"/home/ann", "ann", "", "x", "/", "host-1.local"})
	for in, want := range map[string]string{
		"/home/ann/tq/x.go:3":          "(removed)/tq/x.go:3",
		"by ann, on host-1.local":      "by (removed), on (removed)",
		"planned annotations, x and /": "planned annotations, x and /",
	} {
		if got := c.text(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	type inner struct {
		Text  string
		Count int
	}
	before := Report{Steps: []Step{{Name: "s", Findings: []string{"ann did"}, Details: []inner{{"of ann", 3}}}}, Verdict: "ann"}
	after := clean(c, before)
	if after.Steps[0].Findings[0] != "(removed) did" || after.Steps[0].Details.([]inner)[0] != (inner{"of (removed)", 3}) || after.Verdict != "(removed)" {
		t.Errorf("%+v", after)
	}
	if before.Steps[0].Findings[0] != "ann did" || before.Steps[0].Details.([]inner)[0].Text != "of ann" {
		t.Errorf("the original changed: %+v", before)
	}
}

func TestAPanicIsAFindingAndTheNextStepRuns(t *testing.T) {
	t.Parallel()
	var once atomic.Bool
	r := find(t, tamper{atFunction: "object_getClass", call: func() {
		if once.CompareAndSwap(false, true) {
			panic("planted")
		}
	}}, "methods", "times")
	all := findings(r)
	if !contains(all, "methods: panic: planted") || !contains(all, "SystemMethods introspection.go:") {
		t.Errorf("%q", all)
	}
	if len(r.Steps) != 3 || !r.Steps[2].Ran || r.Steps[2].Checks < 10 {
		t.Errorf("the next step: %+v", r.Steps[2])
	}
}

func TestAStepThatDoesNotEndIsAFindingAndTheNextRuns(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	var once atomic.Bool
	r := findWith(t, tamper{at: "functionNames", before: func(*tampered, *objc.Registers, int) {
		if once.CompareAndSwap(false, true) {
			<-release
		}
	}}, Options{Steps: []string{"methods", "times"}, StepTimeout: 6 * time.Second})
	if all := findings(r); !contains(all, "methods: the step did not end: the step took longer than 6s") {
		t.Errorf("%q", all)
	}
	if !r.Steps[2].Ran || r.Steps[2].Checks < 10 {
		t.Errorf("the next step: %+v", r.Steps[2])
	}
}

func TestAnObjectThatAStepForgetsIsAFinding(t *testing.T) {
	r := &rig{runtime: newTampered(t, tamper{})}
	if _, err := r.open(&log{}); err != nil {
		t.Fatal(err)
	}
	defer r.close()
	l := &log{}
	l.guard(t.Context(), r, step{run: func(_ context.Context, r *rig, _ *log) error {
		_, err := r.device.NewBuffer(64, mtl.ResourceStorageModeShared)
		return err
	}})
	if l.step.Failed != 1 || !strings.Contains(l.step.Findings[0], "Buffer made at selftest_test.go:") {
		t.Errorf("findings %q", l.step.Findings)
	}
}

func TestWithoutADeviceNoOtherStepRuns(t *testing.T) {
	r := find(t, tamper{swallow: "newCommandQueue"})
	if r.Passed() || len(r.Steps) != 1+len(StepNames()) || !contains(findings(r), "device: mtl: command queue: ") {
		t.Errorf("%q", findings(r))
	}
	for _, s := range r.Steps[1:] {
		if s.Ran || s.Verdict != "not run" {
			t.Errorf("step %s: %+v", s.Name, s)
		}
	}
}

func TestWhatIsSavedNamesTheStepThatRuns(t *testing.T) {
	var verdicts []string
	_, err := Run(t.Context(), newTampered(t, tamper{}), Options{Quick: true, Steps: []string{"times"}, Save: func(r Report) { verdicts = append(verdicts, r.Verdict) }})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"not finished: step device was running", "not finished: step times was running", "passed, on a software device"} {
		if i >= len(verdicts) || !strings.HasPrefix(verdicts[i], want) {
			t.Fatalf("verdicts %q, want %q at %d", verdicts, want, i)
		}
	}
}

func TestAnInterruptedRunDidNotPass(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := Run(ctx, newTampered(t, tamper{}), Options{Quick: true})
	if err != nil || r.Passed() {
		t.Errorf("%v, %+v", err, r.Verdict)
	}
	if _, err := Run(ctx, newTampered(t, tamper{}), Options{Steps: []string{"nonsense"}}); err == nil || !strings.Contains(err.Error(), `"nonsense": want some of methods, shaders`) {
		t.Errorf("%v", err)
	}
}

// How long a software device takes must not be taken for a GPU's speed.
func TestTimesOfASoftwareDeviceAreLeftOut(t *testing.T) {
	t.Parallel()
	r := findWith(t, tamper{}, Options{Steps: []string{"shaders", "times"}, kernel: small64})
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{"milliseconds", `_us"`, `_ns"`} {
		if strings.Contains(string(text), unit) {
			t.Errorf("the report has %s: %s", unit, text)
		}
	}
	if !r.Software || !r.Passed() || !strings.Contains(r.Verdict, "tells nothing of a GPU") {
		t.Errorf("verdict %q", r.Verdict)
	}
}
