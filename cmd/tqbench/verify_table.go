package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/tqmetal/tqmetal/internal/bench"
	"github.com/tqmetal/tqmetal/internal/matrix"
)

func writeVerification(w io.Writer, report matrix.Report, took time.Duration) error {
	_, err := fmt.Fprintf(w, "device  %s (%s)\n\nrows, encoded and decoded, against package codec\n\n%s\n\nattention against float64 on the same bytes: NRMSE of the worst head, at scale 1/√d by query heads of a group, and at scale 1\n\n%s\n\n%s%s",
		report.Device, report.Engine, rowsTable(report), attentionTable(report), summary(report, took), firstMisses(report))
	return err
}

func newTable(header ...any) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Options.DrawBorder = false
	t.AppendHeader(header)
	var columns []table.ColumnConfig
	for n := 2; n < len(header); n++ {
		columns = append(columns, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	return t
}

func verdict(right bool) string {
	if right {
		return "right"
	}
	return "WRONG"
}

func rowsTable(report matrix.Report) string {
	t := newTable("format", "head dim", "rows encoded", "levels that differ", "norms off by", "limit", "rows decoded", "off by", "limit", "")
	for i, r := range report.Rows {
		if i > 0 && r.FormatName != report.Rows[i-1].FormatName {
			t.AppendSeparator()
		}
		t.AppendRow(table.Row{
			r.FormatName, r.HeadDim, r.Rows, fmt.Sprintf("%d of %d", r.LevelsDifferent, r.Levels), formatError(r.NormError), formatError(r.NormLimit),
			r.RowsDecoded, formatError(r.DecodeError), formatError(r.DecodeLimit), verdict(r.Right),
		})
	}
	return t.Render()
}

// attentionTable has a row for each format and head dimension. Kernels differ by the
// heads of a group that share rows, so each group has its column.
func attentionTable(report matrix.Report) string {
	t := newTable("format", "head dim", "problems", "group of 1", "group of 2", "group of 8", "limit", "scale 1", "limit", "misses", "")
	for i := 0; i < len(report.Attention); {
		first := report.Attention[i]
		if i > 0 && first.FormatName != report.Attention[i-1].FormatName {
			t.AppendSeparator()
		}
		problems, misses := 0, 0
		worst, limit := map[string]bench.Number{}, map[string]bench.Number{}
		for ; i < len(report.Attention) && report.Attention[i].Format == first.Format; i++ {
			r := report.Attention[i]
			column := "scale 1"
			if r.Scale != 1 {
				column = fmt.Sprintf("group of %d", r.Group)
			}
			problems, misses = problems+r.Problems, misses+r.Misses
			worst[column] = max(worst[column], r.WorstError)
			limit[column] = r.Limit
		}
		value := func(of map[string]bench.Number, columns ...string) string {
			for _, c := range columns {
				if n, ok := of[c]; ok {
					return formatError(n)
				}
			}
			return "-"
		}
		t.AppendRow(table.Row{
			first.FormatName, first.HeadDim, problems,
			value(worst, "group of 1"), value(worst, "group of 2"), value(worst, "group of 8"), value(limit, "group of 1", "group of 2", "group of 8"),
			value(worst, "scale 1"), value(limit, "scale 1"), misses, verdict(misses == 0),
		})
	}
	return t.Render()
}

func scaleName(r matrix.AttentionRecord) string {
	if r.Scale == 1 {
		return "1"
	}
	return "1/√d"
}

// summary is a line for each format, and one for all.
func summary(report matrix.Report, took time.Duration) string {
	var b strings.Builder
	var names []string
	worst := map[string]map[string]bench.Number{}
	for _, r := range report.Attention {
		if worst[r.FormatName] == nil {
			names = append(names, r.FormatName)
			worst[r.FormatName] = map[string]bench.Number{}
		}
		of := worst[r.FormatName]
		of[scaleName(r)] = max(of[scaleName(r)], r.WorstError)
	}
	for _, name := range names {
		fmt.Fprintf(&b, "worst NRMSE of %-15s", name)
		for _, scale := range []string{"1/√d", "1"} {
			if e, ok := worst[name][scale]; ok {
				fmt.Fprintf(&b, "  %s at scale %s", formatError(e), scale)
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%d problems in three orders of threads, %d misses, %.0f s\n", report.Problems, report.Misses, took.Seconds())
	return b.String()
}

func firstMisses(report matrix.Report) string {
	var b strings.Builder
	for _, m := range report.FirstMisses {
		fmt.Fprintf(&b, "MISS  %s\n", m)
	}
	return b.String()
}
