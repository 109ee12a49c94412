package main

import (
	"fmt"
	"io"
	"math"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/tqmetal/tqmetal/internal/bench"
)

func writeTable(w io.Writer, report bench.Report, described string) error {
	first := report.Records[0]
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Options.DrawBorder = false
	t.AppendHeader(table.Row{"positions", "cache", "µs a step", "GB/s (of read)", "size (of F16)", "to float64", "K, V rows", "attention", "theory"})
	for i, r := range report.Records {
		if i > 0 && r.KVSeqLen != report.Records[i-1].KVSeqLen {
			t.AppendSeparator()
		}
		right := ""
		if !r.Right {
			right = fmt.Sprintf(" WRONG: over %.0e", float64(r.OracleErrorLimit))
		}
		t.AppendRow(table.Row{
			formatCount(int64(r.KVSeqLen)), r.FormatName,
			fmt.Sprintf("%.0f ±%.0f %%", float64(r.MicrosMedian), 50*float64((r.MicrosHigh-r.MicrosLow)/r.MicrosMedian)),
			fmt.Sprintf("%.2f (%.1f %%)", float64(r.CacheGBps), 100*float64(r.MemoryShare)),
			fmt.Sprintf("%s (1/%.2f)", formatBytes(r.CacheBytes), float64(r.F16CacheBytes)/float64(r.CacheBytes)),
			formatError(r.OracleError) + right,
			formatError(r.KeyDistortion) + ", " + formatError(r.ValueDistortion),
			formatError(r.AttentionError), formatError(r.AttentionErrorTheory),
		})
	}
	var columns []table.ColumnConfig
	for _, n := range []int{1, 3, 4, 5, 6, 7, 8, 9} {
		columns = append(columns, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(columns)

	mask := first.Mask
	if first.SlidingWindow > 0 {
		mask = fmt.Sprintf("window of %d", first.SlidingWindow)
	}
	if first.Softcap > 0 {
		mask += fmt.Sprintf(", softcap %g", float64(first.Softcap))
	}
	queries := fmt.Sprintf("%d queries", first.Queries)
	if first.Queries == 1 {
		queries = "1 query"
	}
	engine, clock := fmt.Sprintf("%d threads, pure Go", report.Threads), ""
	if report.Engine == "metal" {
		engine, clock = "Metal", ", by the GPU's clock"
	}
	_, err := fmt.Fprintf(w, `device  %s, %s; reads memory at %.1f GB/s (measured now)
shape   %s: %d query heads, %d KV heads, head_dim %d, mask %s, scale %.4g
data    %s, %s, scores have deviation %.2f

%s

µs a step   one query token through one layer%s: median, and half of the middle half's spread
GB/s        packed rows and norms that the step reads, and their share of the memory's read bandwidth
to float64  NRMSE of the worst head, against float64 attention over the same bytes
K, V rows   squared error of the decoded rows; theory: %s
attention   NRMSE against attention over the unquantised rows; theory is its first-order prediction
`,
		report.Device, engine, float64(report.MemoryReadGBps),
		described, first.Heads, first.KVHeads, first.HeadDim, mask, float64(first.Scale),
		report.Source, queries, float64(first.ScoreDeviation),
		t.Render(), clock, rowTheory(report))
	return err
}

// rowTheory says the distortions that the formats of a report have in theory.
func rowTheory(report bench.Report) string {
	out, seen := "", map[float64]bool{}
	for _, r := range report.Records {
		for _, d := range []float64{float64(r.KeyDistortionTheory), float64(r.ValueDistortionTheory)} {
			if !seen[d] {
				if seen[d] = true; out != "" {
					out += ", "
				}
				out += formatError(bench.Number(d))
			}
		}
	}
	return out
}

func formatCount(n int64) string {
	if n%1024 == 0 {
		return fmt.Sprintf("%dK", n/1024)
	}
	return fmt.Sprint(n)
}

func formatBytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// formatError writes an error with three digits, small ones by exponent.
func formatError(n bench.Number) string {
	f := float64(n)
	if f == 0 {
		return "0"
	}
	if math.Abs(f) < 1e-3 {
		return fmt.Sprintf("%.1e", f)
	}
	return fmt.Sprintf("%.4f", f)
}
