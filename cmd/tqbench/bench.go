package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/shirou/gopsutil/v4/mem"

	"github.com/tqmetal/tqmetal/internal/bench"
	"github.com/tqmetal/tqmetal/internal/capture"
	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// stages is how many parts measuring one format has, for the progress bar.
const stages = 4

func (a app) bench(ctx context.Context, o options) error {
	inputs, err := prepare(o)
	if err != nil {
		return err
	}
	e, err := a.open(o.device, o.threads, false)
	if err != nil {
		return err
	}
	report, err := a.measure(ctx, o, e, inputs)
	if err := errors.Join(err, e.Close()); err != nil {
		return err
	}
	if err := write(a.stdout, report, o); err != nil {
		return err
	}
	return judge(report)
}

func (a app) measure(ctx context.Context, o options, e engine.Engine, inputs []input) (bench.Report, error) {
	if e.TimesMeanNothing() {
		return bench.Report{}, fmt.Errorf("%w: tqbench verify -device %s checks its results", bench.ErrMeaningless, o.device)
	}
	report := bench.Report{
		Schema: bench.Schema, Tool: version(), Go: runtime.Version(), Device: e.Device(), Engine: e.Kind(), Threads: e.Threads(),
		Source: "synthetic",
	}
	if o.capture != "" {
		report.Source = inputs[0].name
	}

	work := 1
	for _, in := range inputs {
		work += (1 + stages*len(in.formats)) * in.weight
	}
	bar := newProgress(a.stderr, work)
	defer bar.finish()
	bar.begin("memory bandwidth", 1)
	bandwidth, err := e.ReadBandwidth(ctx)
	if err != nil {
		return bench.Report{}, err
	}
	report.MemoryReadGBps = bench.Number(bandwidth)
	for _, in := range inputs {
		bar.begin(in.name+": make rows", in.weight)
		rows, err := in.rows(ctx)
		if err != nil {
			return bench.Report{}, err
		}
		for _, f := range in.formats {
			record, err := bench.Measure(ctx, e, rows, f.Format, bench.DefaultTiming, func(stage string) {
				bar.begin(fmt.Sprintf("%s, %s: %s", in.name, f.name, stage), in.weight)
			})
			if err != nil {
				return bench.Report{}, err
			}
			record.FormatName = f.name
			record.MemoryShare = record.CacheGBps / report.MemoryReadGBps
			report.Records = append(report.Records, record)
		}
	}
	return report, nil
}

// judge returns errWrong when a record is not right.
func judge(report bench.Report) error {
	for _, r := range report.Records {
		if !r.Right {
			return errWrong
		}
	}
	return nil
}

// An input is one context length to come. Its rows are made when their turn
// comes and not kept: at long contexts they fill the memory.
type input struct {
	name    string
	weight  int // of its stages in the progress bar
	formats []namedFormat
	rows    func(context.Context) (*bench.Input, error)
}

// prepare checks every problem before any work is done.
func prepare(o options) ([]input, error) {
	if o.capture != "" {
		c, err := capture.Read(o.capture)
		if err != nil {
			return nil, err
		}
		rows := bench.FromCapture(c, o.shape)
		formats, err := formatsOf(o, c.HeadDim)
		if err != nil {
			return nil, err
		}
		if err := validate(rows.Params, formats); err != nil {
			return nil, err
		}
		return []input{{c.Name, 1, formats, func(context.Context) (*bench.Input, error) { return rows, nil }}}, nil
	}
	formats, err := formatsOf(o, o.shape.HeadDim)
	if err != nil {
		return nil, err
	}
	var inputs []input
	for _, seqLen := range o.contexts {
		p := o.shape
		p.KVSeqLen, p.KVCapacity = seqLen, seqLen
		if err := validate(p, formats); err != nil {
			return nil, err
		}
		if err := fits(p, formats); err != nil {
			return nil, err
		}
		inputs = append(inputs, input{formatCount(int64(seqLen)) + " positions", int(seqLen/256 + 1), formats, func(ctx context.Context) (*bench.Input, error) {
			return bench.Synthetic(ctx, p, o.seed)
		}})
	}
	return inputs, nil
}

// fits refuses a context that the memory can't hold: Go ends the process when an
// allocation fails. The largest moment holds the rows, a cache and the decoded
// rows.
func fits(p attention.Params, formats []namedFormat) error {
	elements := 2 * float64(p.NumKVHeads) * float64(p.KVSeqLen) * float64(p.HeadDim)
	cache := 0.0
	for _, f := range formats {
		cache = max(cache, float64(p.NumKVHeads)*float64(p.KVSeqLen)*float64(f.PositionBytes()))
	}
	need := 2*4*elements + cache + 16*float64(p.NumHeads)*float64(p.KVSeqLen)
	memory, err := mem.VirtualMemory()
	if err != nil {
		return nil // a system that doesn't tell its memory: try
	}
	if need > float64(memory.Available) {
		return &attention.ParamError{Field: "context", Value: p.KVSeqLen, Limit: fmt.Sprintf(
			"smaller: the rows of %d KV heads need %.1f GB, and %.1f GB of memory are free", p.NumKVHeads, need/1e9, float64(memory.Available)/1e9)}
	}
	return nil
}

// A namedFormat is a format and what the command line calls it.
type namedFormat struct {
	name string
	codec.Format
}

// formatsOf returns the formats asked for and F16 behind them.
func formatsOf(o options, headDim uint32) ([]namedFormat, error) {
	var formats []namedFormat
	for _, name := range append(slices.Clone(o.formats), "f16") {
		f, err := parseFormat(name, headDim)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(formats, func(g namedFormat) bool { return g.Format == f }) {
			formats = append(formats, namedFormat{strings.ToLower(name), f})
		}
	}
	return formats, nil
}

// validate checks p with every format.
func validate(p attention.Params, formats []namedFormat) error {
	for _, f := range formats {
		p.Format = f.Format
		if err := p.Validate(); err != nil {
			return err
		}
	}
	return nil
}

func write(w io.Writer, report bench.Report, o options) error {
	if o.json {
		return writeJSON(w, report)
	}
	return writeTable(w, report, o.described)
}

func writeJSON(w io.Writer, report any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
