package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/bench"
)

// tqbench runs the command and returns its exit status and what it printed.
func tqbench(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = app{&out, &err, openEngine}.run(context.Background(), append([]string{"tqbench"}, args...))
	return status, out.String(), err.String()
}

const captured = "../../testdata/capture.safetensors"

func TestTableHasTheFiguresOfEachContext(t *testing.T) {
	status, out, errs := tqbench(t, "-context", "100,1K", "-format", "default,mlx-native-0.1,k8v4", "-threads", "2")
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	for _, want := range []string{
		"gemma4-26b-sliding: 16 query heads, 8 KV heads, head_dim 256, mask causal, scale 0.0625",
		"2 threads", "GB/s (measured now)", "100 │ default", "1K │ mlx-native-0.1", "1K │ k8v4", "1K │ f16",
		"2.1 MiB (1/3.88)", "3.1 MiB (1/2.61)", "8.0 MiB (1/1.00)",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the table lacks %q:\n%s", want, out)
		}
	}
}

// The checks behind the table are the library's; here it is that the figures
// in the records are those quantities.
func TestRecords(t *testing.T) {
	for _, c := range []struct {
		name  string
		args  []string
		check func(t *testing.T, r bench.Report)
	}{
		{"synthetic", []string{"-context", "2K", "-json"}, func(t *testing.T, r bench.Report) {
			first := r.Records[0]
			if len(r.Records) != 2 || first.FormatName != "default" || r.Records[1].FormatName != "f16" {
				t.Fatalf("records %+v", r.Records)
			}
			if first.CacheBytes != 8*2048*264 || first.F16CacheBytes != 8*2048*1024 {
				t.Errorf("bytes %d and %d in F16", first.CacheBytes, first.F16CacheBytes)
			}
			near(t, "attention error", first.AttentionError, 0.138, 0.06)
			near(t, "its theory", first.AttentionErrorTheory, 0.138, 0.06)
			near(t, "distortion of K", first.KeyDistortion, 0.0094, 0.02)
			near(t, "score deviation", first.ScoreDeviation, 1, 0.1)
			near(t, "GB/s", first.CacheGBps, float64(first.CacheBytes)/float64(first.MicrosMedian)/1e3, 1e-3)
			near(t, "share", first.MemoryShare, float64(first.CacheGBps/r.MemoryReadGBps), 1e-3)
			if !(first.MicrosLow <= first.MicrosMedian && first.MicrosMedian <= first.MicrosHigh) || first.Steps < bench.DefaultTiming.Steps {
				t.Errorf("times %v %v %v of %d steps", first.MicrosLow, first.MicrosMedian, first.MicrosHigh, first.Steps)
			}
			if f16 := r.Records[1]; f16.AttentionError > 1e-3 || f16.AttentionError == 0 {
				t.Errorf("error of F16 %v", f16.AttentionError)
			}
		}},
		{"window", []string{"-context", "2K", "-mask", "window", "-window", "100", "-json"}, func(t *testing.T, r bench.Report) {
			if first := r.Records[0]; first.Visible != 100 || first.CacheBytes != 8*100*264 || first.Mask != "window" {
				t.Errorf("record %+v", first)
			}
		}},
		{"own shape and softcap", []string{"-heads", "6", "-kv-heads", "2", "-head-dim", "64", "-softcap", "5", "-scale", "0.5", "-context", "300", "-json"}, func(t *testing.T, r bench.Report) {
			if first := r.Records[0]; first.Heads != 6 || first.KVHeads != 2 || first.HeadDim != 64 || first.Softcap != 5 || first.Scale != 0.5 {
				t.Errorf("record %+v", first)
			}
		}},
		{"preset with a softcap and its window", []string{"-preset", "Gemma2-2B", "-mask", "window", "-context", "300", "-json"}, func(t *testing.T, r bench.Report) {
			if first := r.Records[0]; first.Softcap != 50 || first.SlidingWindow != 4096 {
				t.Errorf("record %+v", first)
			}
		}},
		{"capture", []string{"-kv", captured, "-format", "default,k16v4", "-json"}, func(t *testing.T, r bench.Report) {
			first := r.Records[0]
			if r.Source != "capture.safetensors" || first.Queries != 8 || first.KVSeqLen != 96 || first.Mask != "none" || first.Scale != 0.125 {
				t.Errorf("report %+v", r)
			}
			// Measured when the capture was made; the sink and the outliers
			// make K matter more than in normal data.
			near(t, "distortion of K", first.KeyDistortion, 0.0082, 0.03)
			if !(r.Records[1].AttentionError < first.AttentionError) {
				t.Errorf("exact keys give an error of %v, quantised ones %v", r.Records[1].AttentionError, first.AttentionError)
			}
		}},
		{"capture with queries at their positions", []string{"-kv", captured, "-mask", "causal", "-json"}, func(t *testing.T, r bench.Report) {
			if first := r.Records[0]; !first.Right || first.Mask != "causal" {
				t.Errorf("record %+v", first)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, out, errs := tqbench(t, c.args...)
			if status != 0 {
				t.Fatalf("status %d: %s", status, errs)
			}
			var r bench.Report
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatalf("%v in %s", err, out)
			}
			if r.Schema != bench.Schema || r.Device == "" || r.Threads < 1 || r.MemoryReadGBps <= 0 {
				t.Errorf("report %+v", r)
			}
			for _, record := range r.Records {
				if !record.Right || !(record.OracleError > 0) || !(record.OracleError <= record.OracleErrorLimit) {
					t.Errorf("%s: error %v, limit %v, right %v", record.Format, record.OracleError, record.OracleErrorLimit, record.Right)
				}
			}
			c.check(t, r)
		})
	}
}

func near(t *testing.T, what string, got bench.Number, want, within float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= within*math.Abs(want)) {
		t.Errorf("%s is %v, want %v within %g %%", what, float64(got), want, 100*within)
	}
}

func TestWrongCommandLinesExitWith2(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-preset", "gema4-26b-slidng"}, `did you mean "gemma4-26b-sliding"?`},
		{[]string{"-preset", ""}, "unknown preset"},
		{[]string{"-nonsense"}, "nonsense"},
		{[]string{"report"}, `unexpected argument "report"`},
		{[]string{"-context", "1K,,2K"}, `"" is no count from 1 to 4294967295`},
		{[]string{"-context", "-5"}, `"-5" is no count`},
		{[]string{"-context", "9999999K"}, "is no count"},
		{[]string{"-context", "0"}, "is no count"},
		{[]string{"-context", "4294967295"}, "KV heads need"},
		{[]string{"-context", "1K,500000K"}, "GB of memory are free"},
		{[]string{"-format", "q4_0"}, `unknown format "q4_0": must be default, mlx-native-0.1, k8v4, f16`},
		{[]string{"-format", "k5v4"}, "unknown format"},
		{[]string{"-mask", "diagonal"}, `unknown mask "diagonal": must be none, causal or window`},
		{[]string{"-window", "5"}, "SlidingWindow is 5, must be 0 with Mask causal"},
		{[]string{"-mask", "window", "-preset", "llama3.1-8b"}, "SlidingWindow is 0, must be at least 1"},
		{[]string{"-softcap", "-1"}, "Softcap is -1"},
		{[]string{"-scale", "0"}, "-scale is 0"},
		{[]string{"-kv", captured, "-scale", "0"}, "-scale is 0"},
		{[]string{"-scale", "NaN"}, "Scale is NaN"},
		{[]string{"-head-dim", "96"}, "HeadDim is 96, must be 64, 128, 256 or 512"},
		{[]string{"-head-dim", "0"}, "must be"},
		{[]string{"-heads", "7"}, "NumHeads is 7, must be a multiple of NumKVHeads (8)"},
		{[]string{"-threads", "-1"}, "threads is -1"},
		{[]string{"-threads", "x"}, "threads"},
		{[]string{"-kv", captured, "-heads", "4"}, "-heads goes with synthetic rows, not with -kv"},
		{[]string{"-kv", captured, "-context", "1K"}, "-context goes with synthetic rows"},
		{[]string{"-device", "gpu"}, `unknown device "gpu": must be auto, metal, soft or cpu`},
		{[]string{"-device", "soft", "-threads", "2"}, "-threads goes with -device cpu, not soft"},
		{[]string{"verify", "-device", "gpu"}, `unknown device "gpu"`},
		{[]string{"verify", "all"}, `unexpected argument "all"`},
		{[]string{"verify", "-device", "cpu", "-sanitize"}, "-sanitize goes with -device soft"},
		{[]string{"verify", "-device", "soft", "-threads", "1"}, "-threads goes with -device cpu"},
		{[]string{"verify", "-head-dim", "96"}, `-head-dim "96" is not in the matrix: must be a list of 64,128,256,512`},
		{[]string{"verify", "-format", "k4v4"}, "must be a list of mlx-native-0.1,default,k8v4,f16"},
		{[]string{"verify", "-context", "33,1K"}, `"1k" is not in the matrix: must be a list of 1,31,33,64,1000,4097`},
		{[]string{"verify", "-quick", "-context", "1", "-head-dim", "512", "-format", "default"}, "no problem of the matrix is left"},
		{[]string{"verify", "-device", "cpu", "-threads", "-1"}, "threads is -1"},
		{[]string{"verify", "-preset", "qwen3-8b"}, "preset"},
	} {
		status, out, errs := tqbench(t, c.args...)
		if status != 2 || !strings.Contains(errs, c.want) || out != "" {
			t.Errorf("tqbench %s: status %d, stderr %q, stdout %q, want status 2 and %q", strings.Join(c.args, " "), status, errs, out, c.want)
		}
	}
}

func TestFailuresExitWith1(t *testing.T) {
	if status, _, errs := tqbench(t, "-kv", "no-such-file"); status != 1 || !strings.Contains(errs, "no-such-file") {
		t.Errorf("missing capture: status %d, %q", status, errs)
	}
	if status, _, errs := tqbench(t, "-kv", "main.go"); status != 1 || !strings.Contains(errs, "main.go: not a usable capture") {
		t.Errorf("a capture that is none: status %d, %q", status, errs)
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	if status := (app{&out, &errs, openEngine}).run(done, []string{"tqbench", "-context", "64"}); status != 1 || !strings.Contains(errs.String(), "interrupted") || out.Len() > 0 {
		t.Errorf("interrupted: status %d, %q, %q", status, errs.String(), out.String())
	}
}

func TestWrongResultIsShownAndFails(t *testing.T) {
	r := bench.Report{Records: []bench.Record{
		{KVSeqLen: 64, FormatName: "f16", OracleError: 1e-7, OracleErrorLimit: 2e-6, Right: true},
		{KVSeqLen: 64, FormatName: "default", OracleError: 3e-3, OracleErrorLimit: 2e-6},
	}}
	var out bytes.Buffer
	if err := writeTable(&out, r, "test"); err != nil || strings.Count(out.String(), "WRONG: over 2e-06") != 1 {
		t.Errorf("%v, one row of two is wrong:\n%s", err, out.String())
	}
	if err := judge(r); err != errWrong {
		t.Errorf("judge: %v", err)
	}
	if err := judge(bench.Report{Records: r.Records[:1]}); err != nil {
		t.Errorf("judge of a right record: %v", err)
	}
}

func TestHelpNamesEveryOption(t *testing.T) {
	status, out, _ := tqbench(t, "-help")
	_, verify, _ := tqbench(t, "verify", "-help")
	for _, f := range flags() {
		if name := f.Names()[0]; !strings.Contains(out, "--"+name) {
			t.Errorf("the help lacks %s", name)
		}
	}
	for _, f := range verifyFlags() {
		if name := f.Names()[0]; !strings.Contains(verify, "--"+name) {
			t.Errorf("the help of verify lacks %s", name)
		}
	}
	if status != 0 || !strings.Contains(out, "verify") {
		t.Errorf("status %d: %s", status, out)
	}
}
