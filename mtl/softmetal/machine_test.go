//go:build linux && (amd64 || arm64)

package softmetal_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// What goes wrong on the machine below is no broken rule and no wrong source.

func TestCompilerThatFailsByItselfIsNoCompileError(t *testing.T) {
	r := newRig(t, softmetal.Options{Clang: "false", CacheDir: privateDir(t)})
	_, err := r.device.NewLibraryWithSource(saxpySource, mtl.CompileOptions{})
	wantMachineError(t, err, 2, "building the runtime: exit status 1")

	// The device has its folder now: what takes it away is an error too.
	dir := privateDir(t)
	r = newRig(t, softmetal.Options{Clang: "false", CacheDir: dir})
	_, err = r.device.NewLibraryWithSource(saxpySource, mtl.CompileOptions{})
	wantMachineError(t, err, 2, "building the runtime")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	_, err = r.device.NewLibraryWithSource(saxpySource, mtl.CompileOptions{})
	wantMachineError(t, err, 2, "cache folder")
	b := r.buffer(16)
	if c, err := b.Bytes(); err != nil || len(c) != 16 {
		t.Errorf("a buffer afterwards: %d bytes, %v", len(c), err)
	}
}

func privateDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func wantMachineError(t *testing.T, err error, code int64, text string) {
	t.Helper()
	var e *objc.Error
	if !errors.As(err, &e) || errors.Is(err, mtl.ErrCompile) || e.Domain != "MTLLibraryErrorDomain" || e.Code != code || !strings.Contains(e.Description, text) {
		t.Errorf("error %v, want MTLLibraryErrorDomain %d with %q", err, code, text)
	}
}

func TestKilledChildFailsItsCommandBufferAndTheNextRuns(t *testing.T) {
	r := newRig(t, softmetal.Options{Timeout: time.Minute})
	spin := r.pipeline("#include <metal_stdlib>\nusing namespace metal;\nkernel void spin(device volatile float *x [[buffer(0)]]) { x[1] = 1; while (x[0] == 0) { } }", "spin")
	good := r.pipeline(incrementSource, "write_one")
	x := r.buffer(128)
	run := func(p *mtl.ComputePipelineState) error {
		return r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
			e.SetComputePipelineState(p)
			e.SetBuffer(x, 0, 0)
			e.DispatchThreads(mtl.Size{Width: 1, Height: 1, Depth: 1}, mtl.Size{Width: 1, Height: 1, Depth: 1})
		})
	}
	ended := make(chan error, 1)
	go func() { ended <- run(spin) }()
	for deadline := time.Now().Add(20 * time.Second); floatsOf(t, x)[1] == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the kernel does not start")
		}
	}
	if n := killPrograms(t); n != 1 {
		t.Errorf("%d programs ran, want 1", n)
	}
	err := <-ended
	if !errors.Is(err, mtl.ErrExecution) || !strings.Contains(err.Error(), "spin") || !strings.Contains(err.Error(), "killed") {
		t.Errorf("error %v", err)
	}
	if reports := r.soft.Reports(); len(reports) > 0 {
		t.Errorf("reported as broken rules: %v", reports)
	}
	r.must(run(good))
	if got := floatsOf(t, x)[0]; got != 1 {
		t.Errorf("the next dispatch wrote %v, want 1", got)
	}
}

// killPrograms kills the kernels that this process runs, and returns how many.
func killPrograms(t *testing.T) (n int) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		exe, err := os.Readlink(link)
		if err != nil || filepath.Base(exe) != "program" {
			continue // not ours, or gone
		}
		stat, err := os.ReadFile(filepath.Join(filepath.Dir(link), "stat"))
		if err != nil {
			continue
		}
		var pid, parent int
		var name, state string
		if _, err := fmt.Sscan(string(stat), &pid, &name, &state, &parent); err != nil || parent != os.Getpid() {
			continue
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		n++
	}
	return n
}
