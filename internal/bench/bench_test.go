package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/internal/bench"
	"github.com/tqmetal/tqmetal/internal/capture"
	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

var small = attention.Params{NumHeads: 4, NumKVHeads: 2, HeadDim: 64, KVSeqLen: 200, KVCapacity: 200, Scale: 0.125, Mask: attention.MaskCausal}

func TestSyntheticRowsDependOnTheSeedAlone(t *testing.T) {
	make := func(seed uint64) *bench.Input {
		in, err := bench.Synthetic(context.Background(), small, seed)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	a, b, c := make(1), make(1), make(2)
	same := 0
	for i := range a.K {
		if a.K[i] != b.K[i] || a.V[i] != b.V[i] {
			t.Fatalf("element %d differs for one seed", i)
		}
		if a.K[i] == c.K[i] || a.K[i] == a.V[i] {
			same++
		}
	}
	half := len(a.K) / 2
	for i := range half {
		if a.K[i] == a.K[half+i] {
			same++
		}
	}
	if same > len(a.K)/1000 {
		t.Errorf("%d of %d elements repeat between seeds, heads, or K and V", same, len(a.K))
	}
}

// A query of a capture sees its own position and those before, with a mask, so
// that changing later rows changes nothing.
func TestCaptureQueriesSeeTheirOwnPast(t *testing.T) {
	e, err := engine.CPU(1)
	if err != nil {
		t.Fatal(err)
	}
	measure := func(mask attention.Mask, spoil bool) bench.Record {
		c := capture.Synthetic()
		c.NumQueries, c.FirstQueryPosition = 1, 49
		c.Q = c.Q[:4*64]
		if spoil {
			for i := range c.K {
				if i/64%96 >= 50 {
					c.K[i], c.V[i] = 0, -c.V[i]
				}
			}
		}
		r, err := bench.Measure(context.Background(), e, bench.FromCapture(c, attention.Params{Mask: mask}), codec.Default(64), bench.Timing{Steps: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if a, b := measure(attention.MaskCausal, false), measure(attention.MaskCausal, true); a.AttentionError != b.AttentionError || a.AttentionErrorTheory != b.AttentionErrorTheory {
		t.Errorf("rows after the query change its error from %v to %v", a.AttentionError, b.AttentionError)
	}
	if a, b := measure(attention.MaskNone, false), measure(attention.MaskNone, true); a.AttentionError == b.AttentionError {
		t.Error("without a mask, later rows change nothing")
	}
}

func TestMeasureTakesAtLeastTheStepsAndTheTime(t *testing.T) {
	e, err := engine.CPU(2)
	if err != nil {
		t.Fatal(err)
	}
	in, err := bench.Synthetic(context.Background(), small, 1)
	if err != nil {
		t.Fatal(err)
	}
	var stages []string
	start := time.Now()
	r, err := bench.Measure(context.Background(), e, in, codec.K8V4(64), bench.Timing{Steps: 3, Time: 50 * time.Millisecond}, func(s string) { stages = append(stages, s) })
	if err != nil {
		t.Fatal(err)
	}
	if r.Steps < 3 || time.Since(start) < 50*time.Millisecond || len(stages) != 4 {
		t.Errorf("%d steps in %v, stages %q", r.Steps, time.Since(start), stages)
	}
	if !r.Right || r.CacheBytes != 2*200*(64+4+32+4) || math.Abs(float64(r.AttentionError)-0.098) > 0.02 {
		t.Errorf("record %+v", r)
	}
}

func TestErrorsOfMeasure(t *testing.T) {
	e, err := engine.CPU(1)
	if err != nil {
		t.Fatal(err)
	}
	in, err := bench.Synthetic(context.Background(), small, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bench.Measure(context.Background(), e, in, codec.Default(128), bench.DefaultTiming, nil); !errors.Is(err, attention.ErrParam) {
		t.Errorf("a format of another head dimension: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := bench.Measure(ended, e, in, codec.Default(64), bench.DefaultTiming, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	if _, err := bench.Synthetic(ended, small, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("rows for an ended context: %v", err)
	}
	wrong := small
	wrong.NumHeads = 3
	if _, err := bench.Synthetic(context.Background(), wrong, 1); !errors.Is(err, attention.ErrParam) {
		t.Errorf("rows for wrong parameters: %v", err)
	}
}

func TestNumbersThatJSONLacksBecomeNull(t *testing.T) {
	for value, want := range map[bench.Number]string{0.5: "0.5", 1e-7: "1e-07", bench.Number(math.NaN()): "null", bench.Number(math.Inf(-1)): "null"} {
		text, err := json.Marshal(value)
		if err != nil || string(text) != want {
			t.Errorf("%v is %s, %v, want %s", float64(value), text, err, want)
		}
		var back bench.Number
		if err := json.Unmarshal(text, &back); err != nil || back != value && want != "null" || want == "null" && back == back {
			t.Errorf("%s reads as %v, %v", text, float64(back), err)
		}
	}
}

// untimed is an engine whose times mean nothing.
type untimed struct{ engine.Engine }

func (untimed) TimesMeanNothing() bool { return true }

func TestADeviceWhoseTimesMeanNothingIsNotMeasured(t *testing.T) {
	e, err := engine.CPU(1)
	if err != nil {
		t.Fatal(err)
	}
	in, err := bench.Synthetic(context.Background(), small, 1)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := bench.Measure(context.Background(), untimed{e}, in, codec.Default(64), bench.DefaultTiming, nil); !errors.Is(err, bench.ErrMeaningless) || r != (bench.Record{}) {
		t.Errorf("record %+v, error %v", r, err)
	}
}
