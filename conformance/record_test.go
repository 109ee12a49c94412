package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// parts writes what the commands of a run leave, but for those that are named.
func parts(t *testing.T, folder string, without ...string) record {
	t.Helper()
	info := runInfo{"2001-02-03", "abc", "release 12.8", card{Name: "Stub (9000)", Capability: "9.0", Processors: 132, L2: 50 << 20}}
	r := record{
		Date: info.Date, Commit: info.Commit, Card: &info.Card, Compiler: info.Compiler,
		Compiled: []compiled{{Variant: "k-4", Registers: 96}},
		Check:    &checkResult{Problems: 2, Groups: []checkGroup{{Kernel: "k", Format: "K4V4", Problems: 2, Worst: 1e-6, Failed: 1}}, Rows: []rowsGroup{{Format: "K4V4", Levels: 7}}, Failures: []string{"k: off"}},
		Faults:   []faultResult{{Fault: "one", Tool: "memcheck", Found: true, Count: 3}, {Fault: "another", Tool: "racecheck"}},
		Times:    &timeResult{Read: 3e12, Times: []timed{{Format: "K4V4-d64", HeadDim: 64, Heads: 2, KVHeads: 1, Tokens: 9, Launches: []string{"k_dk64-4"}, Seconds: 1e-6, Bytes: 900e3}, {Format: "K16V16-d64", HeadDim: 64, Heads: 2, KVHeads: 1, Tokens: 9, Launches: []string{"h_dk64-16"}, Seconds: 3e-6, Bytes: 3600e3}}},
	}
	files := map[string]any{cardFile: info, compiledFile: r.Compiled, checkFile: r.Check, faultsFile: r.Faults, timesFile: r.Times}
	for _, tool := range tools {
		r.Tools = append(r.Tools, toolResult{Tool: tool, Problems: 216})
		files[toolFile(tool)] = r.Tools[len(r.Tools)-1]
	}
	for _, name := range without {
		delete(files, name)
	}
	for name, part := range files {
		must(t, writeJSON(folder, name, part))
	}
	return r
}

// markers is a document with a place for each table.
func markers(r record) string {
	text := ""
	for name := range r.tables() {
		text += "<!-- begin " + name + " -->\n<!-- end " + name + " -->\n"
	}
	return text
}

// What the parts of a run found is filed under its date and card, and stands in the document.
func TestARunIsFiledAndItsTablesAreWritten(t *testing.T) {
	t.Chdir(t.TempDir())
	want := parts(t, "results")
	must(t, os.WriteFile("doc.md", []byte(markers(want)), 0o600))
	for _, command := range []string{"record", "report"} {
		must(t, run(t.Context(), []string{command, "-results", "results", "-docs", "doc.md"}))
	}
	var got record
	folder := filepath.Join("conformance", "results", "2001-02-03-stub-9000")
	must(t, readJSON(folder, recordFile, &got))
	want.Card.architecture = "" // is for the compiler alone
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	for path, all := range map[string][]string{
		"doc.md": {"| card | Stub (9000) |", "| k | K4V4 | 2 | 1.0e-06 | - | 1 | 0 |", "| another | racecheck | **no** | 0 |", "| one | memcheck | yes | 3 |",
			"| 64 | 2/1 | 9 | k | 1.0 | 900 | 30 % | 3.0 | 1200 | 3.00 |", "| k-4 | 96 |", "| racecheck | 216 | 0 |"},
		filepath.Join(folder, "summary.md"): {"These are no Metal figures", "1 of 2 planted faults found", "worst error 1.00e-06 at scale 1/sqrt(D), 1 over the limit", "- k: off"},
	} {
		text, err := os.ReadFile(path)
		must(t, err)
		for _, part := range all {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s lacks %q:\n%s", path, part, text)
			}
		}
	}
}

// A part that was cut off is a part that is missing, and costs no other.
func TestARunOfWhichPartsAreMissingIsFiled(t *testing.T) {
	t.Chdir(t.TempDir())
	want := parts(t, "results", toolFile("initcheck"), checkFile, timesFile)
	must(t, gather("results"))
	must(t, os.WriteFile("doc.md", []byte(markers(want)), 0o600))
	must(t, report("results", "doc.md"))
	text, err := fs.ReadFile(os.DirFS("conformance/results"), "2001-02-03-stub-9000/summary.md")
	must(t, err)
	for _, part := range []string{"| initcheck | 0 | 0 |  | not run to its end |", "The check did not run to its end", "| memcheck | 216 |"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the summary lacks %q:\n%s", part, text)
		}
	}
	parts(t, "other", cardFile)
	if err := gather("other"); err == nil {
		t.Error("a run on no card was gathered")
	}
	must(t, os.WriteFile("results/"+checkFile, []byte("{"), 0o600))
	if err := gather("results"); err == nil {
		t.Error("half a file was gathered")
	}
}

func TestCommandsThatAreNoneAreErrors(t *testing.T) {
	for _, args := range [][]string{nil, {"nonsense"}, {"compile", "-nonsense"}, {"report", "-results", t.TempDir()}, {"faults", "-o", t.TempDir()}, {"times", "-o", t.TempDir()}} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}
