package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// gather puts the parts of a run into one record. A part that is missing did not come to its end.
func gather(results string) error {
	var r record
	var info runInfo
	if err := readJSON(results, cardFile, &info); err != nil {
		return err
	}
	r.Date, r.Commit, r.Compiler, r.Card = info.Date, info.Commit, info.Compiler, &info.Card
	for name, part := range map[string]any{compiledFile: &r.Compiled, checkFile: &r.Check, faultsFile: &r.Faults, timesFile: &r.Times} {
		if err := readJSON(results, name, part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, tool := range tools {
		t := toolResult{Tool: tool}
		if err := readJSON(results, toolFile(tool), &t); errors.Is(err, fs.ErrNotExist) {
			t.Error = "not run to its end"
		} else if err != nil {
			return err
		}
		r.Tools = append(r.Tools, t)
	}
	return writeJSON(results, recordFile, r)
}

// report files the record of a run under conformance/results and writes the tables of the document from the newest
// record there.
func report(results, document string) error {
	var r record
	if err := readJSON(results, recordFile, &r); err != nil {
		return err
	}
	if r.Card == nil {
		return errors.New("the record names no card")
	}
	folder := filepath.Join("conformance", "results", r.Date+"-"+slug(r.Card.Name))
	if err := writeJSON(folder, recordFile, r); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "summary.md"), []byte(r.summary()), 0o644); err != nil {
		return err
	}
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	out, err := replaceTables(string(text), r.tables())
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	return os.WriteFile(document, []byte(out), 0o644)
}

func slug(name string) string {
	return strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(name), "-"), "-")
}

// replaceTables puts each table between its markers, <!-- begin NAME --> and <!-- end NAME -->. A table without markers,
// and markers without a table, are errors: neither may go stale unnoticed.
func replaceTables(text string, tables map[string]string) (string, error) {
	marker := regexp.MustCompile(`<!-- begin ([a-z]+) -->`)
	for _, m := range marker.FindAllStringSubmatch(text, -1) {
		if _, ok := tables[m[1]]; !ok {
			return "", fmt.Errorf("there is no table %s", m[1])
		}
	}
	for _, name := range slices.Sorted(keys(tables)) {
		begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
		before, rest, ok := strings.Cut(text, begin)
		if !ok {
			return "", fmt.Errorf("no marker %q", strings.TrimSpace(begin))
		}
		_, after, ok := strings.Cut(rest, end)
		if !ok {
			return "", fmt.Errorf("no marker %q", end)
		}
		text = before + begin + tables[name] + end + after
	}
	return text, nil
}

// A table is rows of cells, the first of which is the head.
type table [][]string

func (t table) String() string {
	var b strings.Builder
	for i, row := range t {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}

func (r *record) tables() map[string]string {
	out := map[string]string{"run": r.runTable().String(), "check": r.checkTable().String(), "rows": r.rowsTable().String(), "tools": r.toolTable().String(),
		"faults": r.faultTable().String(), "times": r.timeTable(false).String(), "filled": r.timeTable(true).String(), "compiled": r.compiledTable().String()}
	return out
}

func (r *record) runTable() table {
	t := table{{"", ""}, {"date", r.Date}, {"card", r.Card.Name}, {"processors", fmt.Sprint(r.Card.Processors)}, {"L2 cache", fmt.Sprintf("%d MB", r.Card.L2>>20)},
		{"compiler", r.Compiler}, {"text", r.Commit}}
	if r.Times != nil {
		t = append(t, []string{"read rate, measured", fmt.Sprintf("%.2f TB/s", r.Times.Read/1e12)})
	}
	return t
}

func (r *record) checkTable() table {
	t := table{{"kernels", "format", "problems", "worst error", "at scale 1", "over the limit", "repetitions that differ"}}
	if r.Check == nil {
		return t
	}
	for _, g := range r.Check.Groups {
		atOne := "-"
		if g.WorstAtOne != 0 {
			atOne = fmt.Sprintf("%.1e", g.WorstAtOne)
		}
		t = append(t, []string{g.Kernel, g.Format, fmt.Sprint(g.Problems), fmt.Sprintf("%.1e", g.Worst), atOne, fmt.Sprint(g.Failed), fmt.Sprint(g.DifferentBits)})
	}
	return t
}

func (r *record) rowsTable() table {
	t := table{{"format", "elements", "bytes that differ", "norms that differ", "decoded rows that differ"}}
	if r.Check == nil {
		return t
	}
	for _, g := range r.Check.Rows {
		t = append(t, []string{g.Format, fmt.Sprint(g.Levels), fmt.Sprint(g.DifferentLevels), fmt.Sprint(g.DifferentNorms), fmt.Sprint(g.DifferentRows)})
	}
	return t
}

func (r *record) toolTable() table {
	t := table{{"tool", "problems", "errors and warnings", "lines", ""}}
	for _, x := range r.Tools {
		t = append(t, []string{x.Tool, fmt.Sprint(x.Problems), fmt.Sprint(x.Found), strings.Join(x.Lines, ", "), firstLine(x.Error)})
	}
	return t
}

func (r *record) faultTable() table {
	t := table{{"fault", "tool", "found", "reports"}}
	for _, x := range r.Faults {
		found := "**no**"
		if x.Found {
			found = "yes"
		}
		t = append(t, []string{x.Fault, x.Tool, found, fmt.Sprint(x.Count)})
	}
	return t
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s[:min(len(s), 160)]
}

// timeTable has a row a shape, with the formats beside one another.
func (r *record) timeTable(filled bool) table {
	t := table{{"head dimension", "heads", "positions", "kernel at 4 bits", "4 bits, us", "GB/s", "of the read rate", "16 bits, us", "GB/s", "16 bits / 4 bits"}}
	if r.Times == nil {
		return t
	}
	for _, x := range r.Times.Times {
		if x.Filled != filled || !strings.HasPrefix(x.Format, "K4V4") {
			continue
		}
		row := []string{fmt.Sprint(x.HeadDim), fmt.Sprintf("%d/%d", x.Heads, x.KVHeads), fmt.Sprint(x.Tokens), x.kernel(), fmt.Sprintf("%.1f", x.Seconds*1e6),
			fmt.Sprintf("%.0f", float64(x.Bytes)/x.Seconds/1e9), fmt.Sprintf("%.0f %%", 100*float64(x.Bytes)/x.Seconds/r.Times.Read)}
		for _, y := range r.Times.Times {
			if strings.HasPrefix(y.Format, "K16V16") && y.HeadDim == x.HeadDim && y.Vector == x.Vector && y.Heads == x.Heads && y.KVHeads == x.KVHeads && y.Tokens == x.Tokens {
				row = append(row, fmt.Sprintf("%.1f", y.Seconds*1e6), fmt.Sprintf("%.0f", float64(y.Bytes)/y.Seconds/1e9), fmt.Sprintf("%.2f", y.Seconds/x.Seconds))
			}
		}
		t = append(t, row)
	}
	return t
}

func (r *record) compiledTable() table {
	t := table{{"variant", "registers", "spilled bytes", "threadgroup memory", "instructions", "loads", "threadgroup accesses", "shuffles", "FMA"}}
	for _, c := range r.Compiled {
		t = append(t, []string{c.Variant, fmt.Sprint(c.Registers), fmt.Sprint(c.Spill), fmt.Sprint(c.Threadgroup), fmt.Sprint(c.Instructions), fmt.Sprint(c.Loads), fmt.Sprint(c.Shared), fmt.Sprint(c.Shuffles), fmt.Sprint(c.FMA)})
	}
	return t
}

// summary is the record to read.
func (r *record) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s, %s\n\nKernels translated to CUDA. These are no Metal figures.\n\n%s\n", r.Card.Name, r.Date, r.runTable())
	if r.Check == nil {
		b.WriteString("The check did not run to its end.\n\n")
	} else {
		worst, failed := figure(0), 0
		for _, g := range r.Check.Groups {
			worst, failed = worse(worst, g.Worst), failed+g.Failed+g.DifferentBits
		}
		fmt.Fprintf(&b, "%d problems against the float64 oracle: worst error %.2e at scale 1/sqrt(D), %d over the limit or with bits that differ.\n", r.Check.Problems, worst, failed)
		if math.IsNaN(float64(worst)) {
			b.WriteString("NaN came out.\n")
		}
		for _, f := range r.Check.Failures {
			b.WriteString("- " + f + "\n")
		}
		b.WriteString("\n")
	}
	missed := slices.DeleteFunc(slices.Clone(r.Faults), func(f faultResult) bool { return f.Found })
	fmt.Fprintf(&b, "%s\n%d of %d planted faults found.\n\n%s\n%s\n%s\n%s\n%s", r.toolTable(), len(r.Faults)-len(missed), len(r.Faults), r.faultTable(), r.timeTable(false), r.timeTable(true), r.rowsTable(), r.checkTable())
	return b.String()
}
