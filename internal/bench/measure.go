package bench

import (
	"context"
	"math"
	"sort"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/cpu"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// Timing says how long to measure one format at one context length: at least
// Steps steps and Time, whichever is longer.
type Timing struct {
	Steps int
	Time  time.Duration
}

// DefaultTiming gives a median that repeats within a few percent on a quiet
// machine.
var DefaultTiming = Timing{Steps: 9, Time: 400 * time.Millisecond}

// Measure fills a cache of that format from the input, times attention over it and compares
// the result with the oracle on the same bytes and with attention over the
// unquantised rows. stage is called with a few words before each part; it may
// be nil.
//
// Errors: a *attention.ParamError, or the context's cause.
func Measure(ctx context.Context, engine *cpu.Engine, input *Input, format codec.Format, timing Timing, stage func(string)) (Record, error) {
	if stage == nil {
		stage = func(string) {}
	}
	m := measurement{engine: engine, input: input}
	p := input.Params
	p.Format = format
	tensors, err := p.NewTensors()
	if err != nil {
		return Record{}, err
	}
	record := m.describe(p)

	stage("quantise")
	if err := m.engine.Quantize(ctx, p, tensors, 0, m.input.K, m.input.V); err != nil {
		return Record{}, err
	}
	stage("time")
	copy(tensors.Q, m.input.Queries[0])
	if err := m.time(ctx, p, tensors, timing, &record); err != nil {
		return Record{}, err
	}
	stage("compare rows")
	if err := m.compareRows(ctx, p, tensors, &record); err != nil {
		return Record{}, err
	}
	stage("compare with float64")
	if err := m.compareAttention(ctx, p, tensors, &record); err != nil {
		return Record{}, err
	}
	return record, nil
}

// A measurement is what its parts share.
type measurement struct {
	engine *cpu.Engine
	input  *Input
}

func (m measurement) describe(p attention.Params) Record {
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

func (m measurement) time(ctx context.Context, p attention.Params, t attention.Tensors, timing Timing, record *Record) error {
	if err := m.engine.Attend(ctx, p, t); err != nil { // warm up: memory, caches, clock
		return err
	}
	var micros []float64
	for start := time.Now(); len(micros) < timing.Steps || time.Since(start) < timing.Time; {
		step := time.Now()
		if err := m.engine.Attend(ctx, p, t); err != nil {
			return err
		}
		micros = append(micros, float64(time.Since(step).Nanoseconds())/1e3)
	}
	sort.Float64s(micros)
	quantile := func(q float64) Number { return Number(stat.Quantile(q, stat.Empirical, micros, nil)) }
	record.Steps = len(micros)
	record.MicrosLow, record.MicrosMedian, record.MicrosHigh = quantile(0.25), quantile(0.5), quantile(0.75)
	record.CacheGBps = Number(float64(record.CacheBytes) / float64(record.MicrosMedian) / 1e3)
	return nil
}

func (m measurement) compareRows(ctx context.Context, p attention.Params, t attention.Tensors, record *Record) error {
	k, v := make([]float32, len(m.input.K)), make([]float32, len(m.input.V))
	if err := m.engine.Dequantize(ctx, p, t, 0, k, v); err != nil {
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
func (m measurement) compareAttention(ctx context.Context, p attention.Params, t attention.Tensors, record *Record) error {
	var predicted, reference, got, product, difference, deviation float64
	dim := int(p.HeadDim)
	for i, q := range m.input.Queries {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p := p
		if m.input.SeqLens != nil {
			p.KVSeqLen = m.input.SeqLens[i]
		}
		copy(t.Q, q)
		if err := m.engine.Attend(ctx, p, t); err != nil {
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
