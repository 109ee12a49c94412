package matrix

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tqmetal/tqmetal/internal/bench"
	"github.com/tqmetal/tqmetal/internal/cachetest"
	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// Progress is told what has just been done, and how much of all work, in any
// unit, that makes. Calls take turns.
type Progress func(done, total int, what string)

// Verify holds an engine to the problems: first it has the rows of every head
// dimension and format among them encoded and decoded, then it computes each
// problem over the bytes that the engine encoded. open is called once for each of
// that many workers, which share the problems.
//
// What the engine gets wrong is in the report, failures of its kernels too. An
// error is that an engine could not be opened or the context's cause, and then the
// report is zero; or what an engine says when it closes, beside the report.
func Verify(ctx context.Context, open func() (engine.Engine, error), workers int, problems []Problem, progress Progress) (Report, error) {
	v := &verification{problems: problems, rows: newRows(), progress: progress, outcomes: make([]outcome, len(problems))}
	v.plan()
	engines := make([]engine.Engine, 0, max(workers, 1))
	var err error
	for len(engines) < cap(engines) && err == nil {
		var e engine.Engine
		if e, err = open(); err == nil {
			engines = append(engines, e)
		}
	}
	if err == nil {
		err = v.each(ctx, engines, len(v.formats), v.checkRows)
	}
	if err == nil {
		err = v.each(ctx, engines, len(problems), v.attend)
	}
	report := Report{}
	if err == nil {
		report = v.report()
		report.Engine, report.Device = engines[0].Kind(), engines[0].Device()
	}
	for _, e := range engines {
		err = errors.Join(err, e.Close())
	}
	return report, err
}

// A verification is what workers share.
type verification struct {
	problems []Problem
	rows     map[uint32]func() rows
	formats  []*format // of the problems, in their order
	of       []*format // by problem
	outcomes []outcome // by problem

	progress    Progress
	mu          sync.Mutex // guards done, and takes turns with progress
	done, total int
}

// A format is one format at one head dimension, and what became of its rows.
type format struct {
	name   string
	format codec.Format
	seqLen uint32 // the longest that a problem needs
	cache  *cache
	record RowsRecord
	misses []string
}

// An outcome is what became of one problem.
type outcome struct {
	worst  float64
	misses missList
}

// plan finds the formats and sums up the work.
func (v *verification) plan() {
	byFormat := map[codec.Format]*format{}
	for _, p := range v.problems {
		f := byFormat[p.CacheFormat()]
		if f == nil {
			f = &format{name: p.FormatName, format: p.CacheFormat()}
			byFormat[p.CacheFormat()] = f
			v.formats = append(v.formats, f)
		}
		f.seqLen = max(f.seqLen, p.KVSeqLen)
		v.of = append(v.of, f)
		v.total += p.work()
	}
	for _, f := range v.formats {
		v.total += f.work()
	}
}

func (f *format) work() int { return 16 * int(f.seqLen) * int(f.format.HeadDim) }

// each has the engines do the work of 0 to n-1.
func (v *verification) each(ctx context.Context, engines []engine.Engine, n int, do func(context.Context, engine.Engine, int) error) error {
	next := make(chan int)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	for _, e := range engines {
		group.Go(func() {
			for i := range next {
				if err := do(ctx, e, i); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
	return context.Cause(ctx)
}

func (v *verification) advance(work int, what string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.done += work
	if v.progress != nil {
		v.progress(v.done, v.total, what)
	}
}

func (v *verification) checkRows(ctx context.Context, e engine.Engine, n int) (err error) {
	f := v.formats[n]
	f.cache, f.record, f.misses, err = checkRows(ctx, e, f.name, f.format, f.seqLen, v.rows[f.format.HeadDim]())
	v.advance(f.work(), fmt.Sprintf("rows: %s, head dim %d", f.name, f.format.HeadDim))
	return err
}

// attend computes one problem in every order.
func (v *verification) attend(ctx context.Context, e engine.Engine, n int) error {
	p, out := v.problems[n], &v.outcomes[n]
	if err := attend(ctx, e, p, v.of[n].cache, out); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		out.misses.add("%v", err)
	}
	v.advance(p.work(), fmt.Sprintf("attention: %s, head dim %d", p.FormatName, p.HeadDim))
	return nil
}

func attend(ctx context.Context, e engine.Engine, p Problem, c *cache, out *outcome) error {
	x, err := e.New(p.Params)
	if err != nil {
		return err
	}
	defer x.Release()
	t := x.Tensors()
	c.fill(t, p)
	copy(t.Q, query(p))
	truth, err := oracle.Attend(p.Params, t)
	if err != nil {
		return err
	}
	var first []float32
	for _, order := range orders() {
		e.SetOrder(order)
		cachetest.Spoil(x.Scratch())
		for i := range t.Output {
			t.Output[i] = nan
		}
		if _, err := x.Attend(ctx, p.KVSeqLen); err != nil {
			return fmt.Errorf("in order %v: %w", order, err)
		}
		worst, err := oracle.WorstHeadNRMSE(t.Output, truth, p.HeadDim)
		if err != nil {
			return err
		}
		out.worst = max(out.worst, worst)
		if !(worst <= Limit(p.Params)) {
			out.misses.add("NRMSE %.3g in order %v, at most %.0g", worst, order, Limit(p.Params))
			return nil
		}
		if first == nil {
			first = slices.Clone(t.Output)
		} else if !sameBits(first, t.Output) {
			out.misses.add("other bits in order %v than in order %v", order, orders()[0])
			return nil
		}
	}
	return nil
}

// maxFirstMisses is how many misses a report says in full.
const maxFirstMisses = 10

// report sums the outcomes up, in the order of the problems.
func (v *verification) report() Report {
	r := Report{Schema: Schema, Problems: len(v.problems)}
	miss := func(what string, misses []string) {
		if len(misses) == 0 {
			return
		}
		r.Misses++
		for _, m := range misses {
			if len(r.FirstMisses) < maxFirstMisses {
				r.FirstMisses = append(r.FirstMisses, what+m)
			}
		}
	}
	for _, f := range v.formats {
		r.Rows = append(r.Rows, f.record)
		miss("", f.misses)
	}
	type key struct {
		at    int // of the format among v.formats
		group uint32
		scale float32
	}
	byKey := map[key]*AttentionRecord{}
	var keys []key
	for n, p := range v.problems {
		k := key{slices.Index(v.formats, v.of[n]), p.GroupSize(), p.Scale}
		a := byKey[k]
		if a == nil {
			a = &AttentionRecord{
				FormatName: p.FormatName, Format: p.CacheFormat().String(), HeadDim: p.HeadDim, Group: p.GroupSize(),
				Scale: bench.Number(p.Scale), Limit: bench.Number(Limit(p.Params)), Right: true,
			}
			byKey[k] = a
			keys = append(keys, k)
		}
		out := v.outcomes[n]
		a.Problems++
		a.WorstError = bench.Number(max(float64(a.WorstError), out.worst))
		if len(out.misses) > 0 {
			a.Misses++
			a.Right = false
		}
		miss(p.String()+": ", out.misses)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.group, b.group), cmp.Compare(a.scale, b.scale))
	})
	for _, k := range keys {
		r.Attention = append(r.Attention, *byKey[k])
	}
	return r
}
