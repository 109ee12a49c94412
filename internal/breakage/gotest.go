package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// An outcome is what became of one edit.
type outcome int

const (
	survived  outcome = iota // every test passed: nobody checks the rule
	found                    // a test failed
	foundHang                // a test did not end in time
	noCompile                // the edit is not Go, or not Metal: nothing was tested
)

func (o outcome) String() string {
	return [...]string{"SURVIVED", "found", "found by timeout", "DOES NOT COMPILE"}[o]
}

// metalError is how a compiler's error in a kernel begins, which a test prints.
var metalError = regexp.MustCompile(`\w\.metal:\d+(:\d+)?: (fatal )?error: `)

// A testRun is what one go test said.
type testRun struct {
	failed       bool
	firstFailure string   // the first test that failed, innermost first
	running      []string // at the end: tests that the end of their process has cut off
	passed       []string
	notBuilt     bool
	timedOut     bool
	output       bytes.Buffer
}

func (t *testRun) outcome() outcome {
	switch {
	case t.notBuilt:
		return noCompile
	case t.timedOut:
		return foundHang
	case t.failed:
		return found
	}
	return survived
}

// goTest runs tests. It is an error only when go test itself can't be run.
func (r *runner) goTest(ctx context.Context, dir string, t test, timeout time.Duration, args ...string) (*testRun, error) {
	// Vet would find some edits, but it is the tests that shall. Without
	// -trimpath every copy of the module would be compiled anew.
	args = append([]string{"test", "-json", "-count=1", "-vet=off", "-trimpath", "-timeout", timeout.String()}, args...)
	if t.pattern != "" {
		args = append(args, "-run", t.pattern)
	}
	if t.short {
		args = append(args, "-short")
	}
	tags, env := t.tags, os.Environ()
	if t.abi != "" {
		tags = strings.TrimPrefix(tags+",tqmetal_abi", ",")
		env = append(env, "GOARCH="+t.abi, "CGO_ENABLED=0", "TQMETAL_ABI="+r.libraries)
		if t.abi == "arm64" && runtime.GOARCH != "arm64" {
			const emulator = "qemu-aarch64 -L /usr/aarch64-linux-gnu"
			args = append(args, "-exec", emulator)
			env = append(env, "TQMETAL_ABI_EMULATOR="+emulator)
		}
	}
	if tags != "" {
		args = append(args, "-tags", tags)
	}
	args = append(args, t.packages...)

	// go test ends a test that runs too long. Should a child of the test live
	// on with its output open, go test waits for it, and must be ended.
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute+time.Duration(len(t.packages))*timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(env, "PWD="+dir)
	cmd.WaitDelay = 10 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	run := new(testRun)
	if err := run.read(&stdout); err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	run.output.Write(stderr.Bytes())
	if (err != nil) != (run.failed || run.notBuilt) {
		return nil, fmt.Errorf("go %s: %v, but its events don't say why\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return run, nil
}

// read takes the events of go test -json.
func (t *testRun) read(events *bytes.Buffer) error {
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 64<<20) // a test may print a whole compiler log
	for lines.Scan() {
		var e struct{ Action, Package, Test, Output, FailedBuild string }
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("go test -json printed %.200q: %w", lines.Text(), err)
		}
		switch e.Action {
		case "build-fail":
			t.notBuilt = true
		case "build-output", "output":
			t.output.WriteString(e.Output)
			if metalError.MatchString(e.Output) {
				t.notBuilt = true
			}
			if strings.HasPrefix(e.Output, "panic: test timed out after ") || strings.HasPrefix(e.Output, "*** Test killed") {
				t.timedOut = true
			}
		case "run":
			t.running = append(t.running, e.Test)
		case "pass":
			t.ended(e.Test)
			if e.Test != "" {
				t.passed = append(t.passed, e.Test)
			}
		case "fail":
			t.failed = true
			if e.FailedBuild != "" {
				t.notBuilt = true
			}
			t.ended(e.Test)
			switch n := len(t.running); {
			case t.firstFailure != "":
			case e.Test != "":
				t.firstFailure = e.Test
			case n > 0: // a panic, or the time was up
				t.firstFailure = t.running[n-1]
			default: // TestMain
				t.firstFailure = "package " + e.Package
			}
		}
	}
	return lines.Err()
}

func (t *testRun) ended(test string) {
	t.running = slices.DeleteFunc(t.running, func(running string) bool { return running == test })
}

// buildLibraries builds those of internal/abi if an edit needs them.
func (r *runner) buildLibraries(ctx context.Context, edits []edit) error {
	needed := false
	for _, e := range edits {
		needed = needed || e.test.abi != ""
	}
	if !needed {
		return nil
	}
	r.libraries = filepath.Join(r.temporary, "abi")
	if err := os.Mkdir(r.libraries, 0o777); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "internal/abi/build.sh", r.libraries)
	cmd.Dir = r.root
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("internal/abi/build.sh: %w\n%s", err, output)
	}
	return nil
}
