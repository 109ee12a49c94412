//go:build linux && (amd64 || arm64)

package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/bench"
	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// On Linux, what goes through Metal goes to the software device.

func TestVerifyOfTheSoftwareDevice(t *testing.T) {
	status, out, errs := tqbench(t, "verify", "-device", "soft", "-head-dim", "64", "-context", "33", "-format", "default,f16", "-json")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	var r matrix.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if r.Engine != "metal" || !strings.Contains(r.Device, "no GPU") || r.Problems != 22 || r.Misses != 0 || len(r.Rows) != 2 {
		t.Errorf("report %+v", r)
	}
}

func TestTimesOfTheSoftwareDeviceAreNotShown(t *testing.T) {
	status, out, errs := tqbench(t, "-device", "soft", "-context", "64")
	if status != 1 || out != "" || !strings.Contains(errs, "say nothing about speed") || !strings.Contains(errs, "tqbench verify -device soft") {
		t.Errorf("status %d, %q, %q", status, errs, out)
	}
}

func TestWithoutAMacMetalIsAnErrorThatSaysWhy(t *testing.T) {
	for _, command := range [][]string{{"-device", "metal"}, {"verify", "-device", "metal"}} {
		status, out, errs := tqbench(t, command...)
		if status != 1 || out != "" || !strings.Contains(errs, "-device metal: ") || !strings.Contains(errs, "built for linux/") {
			t.Errorf("%v: status %d, %q, %q", command, status, errs, out)
		}
	}
}

// A mac is the software device as a Mac's would look, whose times count. It tells
// a bandwidth at once: reading memory has its test in package engine.
type mac struct{ engine.Engine }

func (mac) TimesMeanNothing() bool                         { return false }
func (mac) ReadBandwidth(context.Context) (float64, error) { return 100, nil }

func TestBenchThroughMetal(t *testing.T) {
	open := func() (engine.Engine, error) {
		e, err := engine.Soft(softmetal.Options{})
		return mac{e}, err
	}
	args := []string{"-device", "metal", "-heads", "4", "-kv-heads", "2", "-head-dim", "64", "-context", "40", "-format", "default,k8v4"}
	status, out, errs := on(t, open, append(args, "-json")...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	var r bench.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if r.Engine != "metal" || r.Threads != 0 || r.MemoryReadGBps != 100 || len(r.Records) != 3 || r.Records[2].FormatName != "f16" {
		t.Fatalf("report %+v", r)
	}
	for _, x := range r.Records {
		if !x.Right || !(x.MicrosMedian > 0) || x.Steps < bench.DefaultTiming.Steps || x.CacheBytes == 0 || !(x.MemoryShare > 0) {
			t.Errorf("record %+v", x)
		}
	}
	near(t, "distortion of K", r.Records[0].KeyDistortion, 0.0094, 0.1)

	status, out, errs = on(t, open, args...)
	if status != 0 || !strings.Contains(out, ", Metal; reads memory at 100.0 GB/s") || !strings.Contains(out, "by the GPU's clock") || strings.Contains(out, "pure Go") {
		t.Errorf("status %d, %q:\n%s", status, errs, out)
	}
}

// A capture has queries at positions of their own.
func TestCaptureThroughMetal(t *testing.T) {
	status, out, errs := on(t, func() (engine.Engine, error) {
		e, err := engine.Soft(softmetal.Options{})
		return mac{e}, err
	}, "-device", "metal", "-kv", captured, "-mask", "causal", "-json")
	var r bench.Report
	if err := json.Unmarshal([]byte(out), &r); status != 0 || err != nil || !r.Records[0].Right || r.Records[0].Queries != 8 {
		t.Errorf("status %d, %v, %q: %s", status, err, errs, out)
	}
}
