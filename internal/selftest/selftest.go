package selftest

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// Options say how much is done.
type Options struct {
	// Quick makes each step do less of the same.
	Quick bool
	// Steps are the names of those that run besides the first, which opens the
	// device; empty means all.
	Steps []string
	// StepTimeout is how long a step may take. What does not end is a finding. 0
	// means half an hour, and two hours on a software device, which compiles and runs by
	// other means.
	StepTimeout time.Duration
	// Save, if not nil, gets the report as it is whenever a step begins and after
	// the last, so that something is left if a step ends the process.
	Save func(Report)
	// Progress, if not nil, is told what is being done.
	Progress func(what string)

	// For tests: one kernel of checkShaders, and the problems of checkNumbers.
	kernel   string
	problems []matrix.Problem
}

// A step is one part of the test. What it finds goes into the log.
type step struct {
	name, about string
	run         func(context.Context, *rig, *log) error
}

// steps are all but the first, which is open.
var steps = []step{
	{"methods", "every message that is sent, in the running system", checkMethods},
	{"shaders", "every kernel compiles, in every specialisation", checkShaders},
	{"numbers", "attention, and rows that are encoded and decoded, against float64 and the codec", checkNumbers},
	{"foreign kernels", "kernels of other kinds give the results that Metal's language promises", checkForeign},
	{"barriers", "what is wrong without its barriers is right with them, every time", checkBarriers},
	{"faults", "what goes wrong comes back as the right error, and the device works on", checkFaults},
	{"times", "GPU times make sense; what a message and a dispatch cost", checkTimes},
	{"memory", "memory that is given back is given back", checkMemory},
}

const openName, openAbout = "device", "Metal is there and says what it is"

// StepNames returns the names for Options.Steps.
func StepNames() []string {
	var names []string
	for _, s := range steps {
		names = append(names, s.name)
	}
	return names
}

// Run tests the default device of a runtime. A step that fails, panics or does not
// end does not keep the next from running. An error is an unknown name in
// Options.Steps; everything else is in the report.
func Run(ctx context.Context, rt objc.Runtime, o Options) (Report, error) {
	for _, name := range o.Steps {
		if !slices.Contains(StepNames(), name) {
			return Report{}, fmt.Errorf("there is no step %q: want some of %s", name, strings.Join(StepNames(), ", "))
		}
	}
	if o.StepTimeout == 0 {
		if o.StepTimeout = 30 * time.Minute; timesMeanNothing(rt) {
			o.StepTimeout = 2 * time.Hour
		}
	}
	r := &run{
		rig:    &rig{runtime: rt, options: o},
		o:      o,
		censor: newCensor(),
		report: Report{Schema: Schema, Go: runtime.Version(), Quick: o.Quick, Software: timesMeanNothing(rt)},
	}
	r.report.Tool, r.report.Revision = version()
	r.report.System = newSystem()
	return r.all(ctx), nil
}

func version() (tool, revision string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)", ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	return info.Main.Version, revision
}

func timesMeanNothing(rt objc.Runtime) bool {
	soft, ok := rt.(interface{ TimesMeanNothing() bool })
	return ok && soft.TimesMeanNothing()
}

type run struct {
	rig    *rig
	o      Options
	censor *censor
	report Report
}

func (r *run) all(ctx context.Context) Report {
	defer r.rig.close()
	r.step(ctx, step{openName, openAbout, func(_ context.Context, rig *rig, l *log) error {
		system, err := rig.open(l)
		system.merge(r.report.System)
		l.detail(system)
		return err
	}}, true)
	opened := r.rig.device != nil && r.report.Steps[0].Ran
	if system, ok := r.report.Steps[0].Details.(System); ok {
		r.report.System, r.report.Steps[0].Details = system, nil
	}
	for _, s := range steps {
		if len(r.o.Steps) == 0 || slices.Contains(r.o.Steps, s.name) {
			r.step(ctx, s, opened && ctx.Err() == nil)
		}
	}
	r.report.judge("")
	return r.saved()
}

// saved returns the report as others may see it.
func (r *run) saved() Report {
	report := clean(r.censor, r.report)
	if r.o.Save != nil {
		r.o.Save(report)
	}
	return report
}

func (r *run) step(ctx context.Context, s step, possible bool) {
	r.report.Steps = append(r.report.Steps, Step{Name: s.name, About: s.about, Findings: []string{}})
	at := &r.report.Steps[len(r.report.Steps)-1]
	if !possible {
		at.judge()
		return
	}
	r.report.judge(s.name)
	r.saved()
	l := &log{}
	rig := r.rig
	if s.name != openName {
		own := *r.rig // a step that did not end must not release what the next one makes
		rig = &own
	}
	start := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, r.o.StepTimeout, fmt.Errorf("the step took longer than %v", r.o.StepTimeout))
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.guard(ctx, rig, s)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		select {
		case <-ended:
		case <-time.After(min(5*time.Second, r.o.StepTimeout/4)): // to come back from a wait with an error of its own
			l.fail("the step did not end: %v", context.Cause(ctx))
		}
	}
	l.fill(at)
	at.Seconds = time.Since(start).Seconds()
	at.judge()
}

// A log is what a step leaves. A step that did not end may go on writing to it.
type log struct {
	mu   sync.Mutex
	step Step
}

// maxFindings is how many findings a step says in full: where something is wrong
// in principle, everything is.
const maxFindings = 40

// check counts a check. If it failed, what follows is a finding.
func (l *log) check(ok bool, format string, args ...any) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.step.Checks++
	if !ok {
		l.failed(format, args...)
	}
	return ok
}

// fail is a finding that is no check's.
func (l *log) fail(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed(format, args...)
}

func (l *log) failed(format string, args ...any) {
	if l.step.Failed++; len(l.step.Findings) < maxFindings {
		l.step.Findings = append(l.step.Findings, fmt.Sprintf(format, args...))
	}
}

// note says something that is not wrong.
func (l *log) note(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.step.Notes = append(l.step.Notes, fmt.Sprintf(format, args...))
}

// detail sets what the report has of the step in numbers. It must not be changed
// afterwards.
func (l *log) detail(v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.step.Details = v
}

func (l *log) fill(s *Step) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.Ran = true
	s.Checks, s.Failed, s.Details = l.step.Checks, l.step.Failed, l.step.Details
	s.Findings = append(s.Findings, l.step.Findings...)
	s.Notes = slices.Clone(l.step.Notes)
}

// guard runs a step. A panic in it, objects that it forgot, and what a software
// device has to say about it are findings.
func (l *log) guard(ctx context.Context, r *rig, s step) {
	defer r.endStep(l)
	defer func() {
		if p := recover(); p != nil {
			l.fail("panic: %v\n%s", p, frames())
		}
	}()
	if err := s.run(ctx, r, l); err != nil {
		l.fail("%v", err)
	}
}

// frames says where a panic came from, by files' names without their folders.
func frames() string {
	var pcs [32]uintptr
	all := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])])
	var b strings.Builder
	for {
		f, more := all.Next()
		fmt.Fprintf(&b, "%s %s:%d\n", f.Function, filepath.Base(f.File), f.Line)
		if !more {
			return b.String()
		}
	}
}

// reports are what a software device found wrong with messages.
func reports(rt objc.Runtime) []*softmetal.Report {
	if soft, ok := rt.(interface{ TakeReports() []*softmetal.Report }); ok {
		return soft.TakeReports()
	}
	return nil
}

// A rig is what the steps work on.
type rig struct {
	runtime objc.Runtime
	options Options

	framework *mtl.Framework
	ledger    *mtl.Ledger
	device    *mtl.Device
	queue     *mtl.CommandQueue
	macOS     osVersion

	owned []interface{ Release() } // by the step that runs
}

func (r *rig) doing(format string, args ...any) {
	if r.options.Progress != nil {
		r.options.Progress(fmt.Sprintf(format, args...))
	}
}

// open finds the device.
func (r *rig) open(l *log) (System, error) {
	var s System
	var err error
	if r.macOS, err = systemVersion(r.runtime); err != nil {
		l.fail("the version of the system: %v", err)
	}
	s.MacOS = r.macOS.String()
	if r.framework, err = mtl.Load(r.runtime); err != nil {
		return s, err
	}
	r.ledger = r.framework.TrackObjects()
	device, err := r.framework.CreateSystemDefaultDevice()
	if err != nil {
		return s, err
	}
	queue, err := device.NewCommandQueue()
	if err != nil {
		device.Release()
		return s, err
	}
	r.device, r.queue = device, queue
	s.describe(l, r.device)
	return s, nil
}

func (r *rig) close() {
	r.queue.Release()
	r.device.Release()
}

// keep has something released when the step ends.
func keep[T interface{ Release() }](r *rig, object T, err error) (T, error) {
	if err == nil {
		r.owned = append(r.owned, object)
	}
	return object, err
}

func (r *rig) endStep(l *log) {
	for _, o := range slices.Backward(r.owned) {
		o.Release()
	}
	r.owned = nil
	if r.device != nil {
		// The goroutine that waited for work gives it up a moment after the work is
		// done.
		live := r.ledger.Live()
		for end := time.Now().Add(2 * time.Second); len(live) > 2 && time.Now().Before(end); live = r.ledger.Live() {
			time.Sleep(time.Millisecond)
		}
		l.check(len(live) == 2, "besides the device and the queue there should be no objects; there are %q", live)
	}
	for _, report := range reports(r.runtime) {
		l.fail("the software device refuses: %v", report)
	}
}

// pipeline compiles one kernel.
func (r *rig) pipeline(source, name string, constants ...mtl.FunctionConstant) (*mtl.ComputePipelineState, error) {
	library, err := r.device.NewLibraryWithSource(source, mtl.CompileOptions{})
	if err != nil {
		return nil, err
	}
	defer library.Release()
	return r.pipelineOf(library, name, constants...)
}

func (r *rig) pipelineOf(library *mtl.Library, name string, constants ...mtl.FunctionConstant) (*mtl.ComputePipelineState, error) {
	newFunction := func() (*mtl.Function, error) { return library.NewFunction(name) }
	if len(constants) > 0 {
		newFunction = func() (*mtl.Function, error) { return library.NewFunctionWithConstants(name, constants...) }
	}
	function, err := newFunction()
	if err != nil {
		return nil, err
	}
	defer function.Release()
	p, err := r.device.NewComputePipelineState(function)
	return keep(r, p, err)
}

// numbers returns a buffer that the CPU sees as a slice.
func numbers[T float32 | uint32](r *rig, n int) (*mtl.Buffer, []T, error) {
	b, err := r.device.NewBuffer(4*n, mtl.ResourceStorageModeShared)
	if _, err = keep(r, b, err); err != nil {
		return nil, nil, err
	}
	view, err := mtl.Slice[T](b, 0, n)
	return b, view, err
}

// compute encodes with one encoder and waits.
func (r *rig) compute(ctx context.Context, kind mtl.DispatchType, encode func(*mtl.ComputeCommandEncoder)) error {
	work, err := r.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(kind, func(e *mtl.ComputeCommandEncoder) error { encode(e); return nil })
	})
	if err != nil {
		return err
	}
	defer work.Release()
	return work.Wait(ctx)
}

// eachOrder calls f for each schedule of a software device; hardware has its own.
func (r *rig) eachOrder(f func() error) error {
	soft, ok := r.runtime.(interface{ SetOrder(softmetal.Order) })
	if !ok {
		return f()
	}
	defer soft.SetOrder(softmetal.Order{})
	for _, order := range softmetal.Orders() {
		soft.SetOrder(order)
		if err := f(); err != nil {
			return fmt.Errorf("in order %v: %w", order, err)
		}
	}
	return nil
}
