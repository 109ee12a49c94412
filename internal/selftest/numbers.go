package selftest

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// checkNumbers holds the device to problems of package matrix: what it quantises to
// the codec's bytes, what it attends to float64.
func checkNumbers(ctx context.Context, r *rig, l *log) error {
	problems := r.options.problems
	if problems == nil {
		problems = allProblems(r.options.Quick)
	}
	report, err := matrix.Verify(ctx, func() (engine.Engine, error) { return engine.Metal(r.runtime) }, 1, problems,
		func(done, total int, what string) { r.doing("%s, %.0f %%", what, 100*float64(done)/float64(total)) })
	if err != nil {
		return err
	}
	report.Tool, _ = version()
	report.Go = runtime.Version()
	l.detail(report)
	for _, rows := range report.Rows {
		l.check(rows.Right, "rows: %s, head dim %d: not those of the codec", rows.Format, rows.HeadDim)
	}
	for _, a := range report.Attention {
		l.check(a.Right, "attention: %s, head dim %d, %d query heads of a KV head: %d of %d problems are wrong, NRMSE up to %.2g, limit %.0g",
			a.Format, a.HeadDim, a.Group, a.Misses, a.Problems, float64(a.WorstError), float64(a.Limit))
	}
	for _, m := range report.FirstMisses {
		l.note("%s", m)
	}
	l.check(report.Problems == len(problems), "%d of %d problems ran", report.Problems, len(problems))
	return nil
}

// allProblems returns one for every specialisation of the attention kernel, and so
// for all of the others, and the tenth of the matrix. Quick is the first part only.
func allProblems(quick bool) (all []matrix.Problem) {
	for _, d := range headDims {
		for _, f := range formats(d, quick) {
			groups := append(slices.Clone(vectorHeads), matrixHeads...)
			if quick { // one, in turn
				at := len(all) % len(groups)
				groups = groups[at : at+1]
			}
			for _, group := range groups {
				all = append(all, matrix.Problem{FormatName: fmt.Sprintf("k%dv%d", f.KeyBits, f.ValueBits), Params: tqsdpa.Params{
					NumHeads: 2 * group, NumKVHeads: 2, HeadDim: d, KVSeqLen: 40, KVCapacity: 43,
					Scale: float32(1 / math.Sqrt(float64(d))), Mask: attention.MaskCausal, Format: f,
				}})
			}
		}
	}
	if !quick {
		all = append(all, matrix.Tenth()...)
	}
	return all
}
