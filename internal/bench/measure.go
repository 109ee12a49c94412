package bench

import (
	"context"
	"errors"
	"math"
	"sort"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// Timing says how long to measure one format at one context length: after one step
// and WarmUp, which bring memory, caches and clocks to work, at least Steps steps
// and Time, whichever is longer.
type Timing struct {
	Steps        int
	WarmUp, Time time.Duration
}

// DefaultTiming gives a median that repeats within a few percent on a quiet
// machine. A GPU that was idle takes some tens of milliseconds to speed up.
var DefaultTiming = Timing{Steps: 9, WarmUp: 100 * time.Millisecond, Time: 400 * time.Millisecond}

// ErrMeaningless says that times were asked of a device whose times mean nothing.
var ErrMeaningless = errors.New("the times of a software device say nothing about speed")

// Measure fills a cache of that format from the input, times attention over it and compares
// the result with the oracle on the same bytes and with attention over the
// unquantised rows. stage is called with a few words before each part; it may
// be nil.
//
// Errors: a *attention.ParamError, [ErrMeaningless], what the engine fails with, or
// the context's cause.
func Measure(ctx context.Context, e engine.Engine, input *Input, format codec.Format, timing Timing, stage func(string)) (Record, error) {
	if stage == nil {
		stage = func(string) {}
	}
	if e.TimesMeanNothing() {
		return Record{}, ErrMeaningless
	}
	p := input.Params
	p.Format = format
	problem, err := e.New(p)
	if err != nil {
		return Record{}, err
	}
	defer problem.Release()
	m := measurement{problem, p, input}
	record := m.describe()

	stage("quantise")
	if err := problem.Quantize(ctx, 0, input.K, input.V); err != nil {
		return Record{}, err
	}
	stage("time")
	if err := m.time(ctx, timing, &record); err != nil {
		return Record{}, err
	}
	stage("compare rows")
	if err := m.compareRows(ctx, &record); err != nil {
		return Record{}, err
	}
	stage("compare with float64")
	if err := m.compareAttention(ctx, &record); err != nil {
		return Record{}, err
	}
	return record, nil
}

// A measurement is what its parts share.
type measurement struct {
	problem engine.Problem
	params  attention.Params
	input   *Input
}

func (m measurement) describe() Record {
	p := m.params
	f := p.CacheFormat()
	first, end := p.Visible()
	positions := int64(p.NumKVHeads) * int64(end-first)
	return Record{
		Heads: p.NumHeads, KVHeads: p.NumKVHeads, HeadDim: p.HeadDim, KVSeqLen: p.KVSeqLen, Visible: end - first,
		Mask: p.Mask.String(), SlidingWindow: p.SlidingWindow, Softcap: Number(p.Softcap), Scale: Number(p.Scale),
		Format: f.String(), Queries: len(m.input.Queries),
		CacheBytes:          positions * int64(f.PositionBytes()),
		F16CacheBytes:       positions * int64(codec.F16(p.HeadDim).PositionBytes()),
		OracleErrorLimit:    Number(oracleLimit(p)),
		KeyDistortionTheory: Number(f.KeyDistortion()), ValueDistortionTheory: Number(f.ValueDistortion()),
	}
}

func (m measurement) time(ctx context.Context, timing Timing, record *Record) error {
	copy(m.problem.Tensors().Q, m.input.Queries[0])
	step := func() (float64, error) {
		took, err := m.problem.Attend(ctx, m.params.KVSeqLen)
		return float64(took.Nanoseconds()) / 1e3, err
	}
	for start := time.Now(); ; {
		if _, err := step(); err != nil {
			return err
		}
		if time.Since(start) >= timing.WarmUp {
			break
		}
	}
	var micros []float64
	for start := time.Now(); len(micros) < timing.Steps || time.Since(start) < timing.Time; {
		took, err := step()
		if err != nil {
			return err
		}
		micros = append(micros, took)
	}
	sort.Float64s(micros)
	quantile := func(q float64) Number { return Number(stat.Quantile(q, stat.Empirical, micros, nil)) }
	record.Steps = len(micros)
	record.MicrosLow, record.MicrosMedian, record.MicrosHigh = quantile(0.25), quantile(0.5), quantile(0.75)
	record.CacheGBps = Number(float64(record.CacheBytes) / float64(record.MicrosMedian) / 1e3)
	return nil
}

func (m measurement) compareRows(ctx context.Context, record *Record) error {
	k, v := make([]float32, len(m.input.K)), make([]float32, len(m.input.V))
	if err := m.problem.Dequantize(ctx, 0, k, v); err != nil {
		return err
	}
	record.KeyDistortion = Number(distortion(k, m.input.K))
	record.ValueDistortion = Number(distortion(v, m.input.V))
	return nil
}

func distortion(got, want []float32) float64 {
	var lost, total float64
	for i, w := range want {
		d := float64(got[i]) - float64(w)
		lost += d * d
		total += float64(w) * float64(w)
	}
	return lost / total
}

// compareAttention takes errors over all queries: the worst head against the
// oracle, and the sums of squares of all against exact attention.
func (m measurement) compareAttention(ctx context.Context, record *Record) error {
	var predicted, reference, got, product, difference, deviation float64
	t, dim := m.problem.Tensors(), int(m.params.HeadDim)
	for i, q := range m.input.Queries {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p := m.params
		if m.input.SeqLens != nil {
			p.KVSeqLen = m.input.SeqLens[i]
		}
		copy(t.Q, q)
		if _, err := m.problem.Attend(ctx, p.KVSeqLen); err != nil {
			return err
		}
		truth, err := oracle.Attend(p, t)
		if err != nil {
			return err
		}
		worst, err := oracle.WorstHeadNRMSE(t.Output, truth, p.HeadDim)
		if err != nil {
			return err
		}
		record.OracleError = Number(math.Max(float64(record.OracleError), worst))

		seqLen, full := int(p.KVSeqLen), int(m.input.Params.KVSeqLen)
		prediction, err := oracle.Predict(p, q,
			prefix(m.input.K, int(p.NumKVHeads), full, seqLen, dim), prefix(m.input.V, int(p.NumKVHeads), full, seqLen, dim))
		if err != nil {
			return err
		}
		squares := 0.0
		for j, w := range prediction.Output {
			g := float64(t.Output[j])
			squares += w * w
			got += g * g
			product += g * w
			difference += (g - w) * (g - w)
		}
		reference += squares
		predicted += prediction.NRMSE * prediction.NRMSE * squares
		deviation += prediction.ScoreDeviation / float64(len(m.input.Queries))
	}
	record.Right = float64(record.OracleError) <= float64(record.OracleErrorLimit)
	record.AttentionError = Number(math.Sqrt(difference / reference))
	record.AttentionErrorTheory = Number(math.Sqrt(predicted / reference))
	record.AttentionCosine = Number(product / math.Sqrt(got*reference))
	record.ScoreDeviation = Number(deviation)
	return nil
}
