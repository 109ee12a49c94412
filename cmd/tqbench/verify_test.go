package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// on runs the command with a device of the test's.
func on(t *testing.T, open func() (engine.Engine, error), args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	a := app{&out, &err, func(string, int, bool) (engine.Engine, error) { return open() }}
	return a.run(context.Background(), append([]string{"tqbench"}, args...)), out.String(), err.String()
}

func TestVerifyOfTheCPU(t *testing.T) {
	status, out, errs := tqbench(t, "verify", "-device", "cpu", "-quick", "-context", "1,31,33,64", "-json")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	var r matrix.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if r.Schema != matrix.Schema || r.Engine != "cpu" || r.Device == "" || r.Problems != 72 || r.Misses != 0 || len(r.Rows) != 16 || r.FirstMisses != nil {
		t.Errorf("report %+v", r)
	}
	problems := 0
	for _, a := range r.Attention {
		problems += a.Problems
		if !a.Right || a.Misses != 0 || !(a.WorstError <= a.Limit) || a.Format == "" || a.Group == 0 {
			t.Errorf("record %+v", a)
		}
	}
	if problems != r.Problems {
		t.Errorf("%d problems in the records, %d in all", problems, r.Problems)
	}
	for _, x := range r.Rows {
		if !x.Right || x.Rows < 4 || x.RowsDecoded != x.Rows || x.Levels != x.Rows*int(x.HeadDim) {
			t.Errorf("record %+v", x)
		}
	}
}

func TestVerifyShowsATable(t *testing.T) {
	status, out, errs := tqbench(t, "verify", "-device", "cpu", "-head-dim", "64,128", "-format", "Default,f16", "-context", "33")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	for _, want := range []string{
		"(cpu)", " default │       64 │          132 │", " f16     │      128 │", "group of 8", "worst NRMSE of default", "at scale 1/√d",
		"44 problems in three orders of threads, 0 misses",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the table lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "WRONG") || strings.Contains(out, "MISS") {
		t.Errorf("the table tells of a miss:\n%s", out)
	}
}

// A liar is an engine that answers wrongly at one shape.
type liar struct{ engine.Engine }

func (l liar) New(p attention.Params) (engine.Problem, error) {
	x, err := l.Engine.New(p)
	return lie{x, p}, err
}

type lie struct {
	engine.Problem
	params attention.Params
}

func (l lie) Attend(ctx context.Context, seqLen uint32) (time.Duration, error) {
	took, err := l.Problem.Attend(ctx, seqLen)
	if l.params.HeadDim == 128 && l.params.GroupSize() == 8 && l.params.Softcap == 0 {
		l.Tensors().Output[128] += 1e-3
	}
	return took, err
}

func TestAMissIsShownAndExitsWith1(t *testing.T) {
	status, out, errs := on(t, func() (engine.Engine, error) {
		e, err := engine.CPU(2)
		return liar{e}, err
	}, "verify", "-head-dim", "64,128", "-format", "default", "-context", "33")
	if status != 1 || !strings.Contains(errs, errMiss.Error()) {
		t.Errorf("status %d, %q", status, errs)
	}
	attention := out[strings.Index(out, "attention against float64"):]
	for _, line := range strings.Split(attention, "\n") {
		if strings.HasPrefix(line, " default │") && strings.Contains(line, "WRONG") != strings.Contains(line, "│      128 │") {
			t.Errorf("the row %q", line)
		}
	}
	for _, want := range []string{
		"│      3 │ WRONG", "36 problems in three orders of threads, 3 misses",
		"MISS  attention: default, head dim 128, 33 positions of", "16 query heads, 2 KV heads, mask causal, softcap 0", "at most",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "softcap 30") {
		t.Errorf("a problem that is right is named:\n%s", out)
	}
}

// A sulky engine is right and complains at its end.
type sulky struct{ engine.Engine }

func (sulky) Close() error { return errors.New("two objects are still held") }

func TestWhatADeviceSaysAtItsEndIsShownBesideItsResults(t *testing.T) {
	status, out, errs := on(t, func() (engine.Engine, error) {
		e, err := engine.CPU(1)
		return sulky{e}, err
	}, "verify", "-head-dim", "64", "-format", "f16", "-context", "33")
	if status != 1 || !strings.Contains(errs, "two objects are still held") || strings.Contains(errs, errMiss.Error()) || !strings.Contains(out, "4 problems in three orders of threads, 0 misses") {
		t.Errorf("status %d, %q:\n%s", status, errs, out)
	}
}

func TestADeviceThatDoesNotOpenExitsWith1(t *testing.T) {
	for _, command := range [][]string{{"verify", "-quick"}, {"-context", "64"}} {
		status, out, errs := on(t, func() (engine.Engine, error) { return nil, errors.New("no such device") }, command...)
		if status != 1 || !strings.Contains(errs, "no such device") || out != "" {
			t.Errorf("%v: status %d, %q, %q", command, status, errs, out)
		}
	}
}
