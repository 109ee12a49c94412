package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// changed returns the text with each mutation, as lines.
func changed(text string, mutations []mutation) (lines []string) {
	for _, m := range mutations {
		if text[m.at:m.at+len(m.old)] != m.old {
			panic("a mutation is not where it says: " + m.old)
		}
		lines = append(lines, m.rule+": "+strings.TrimSpace(text[:m.at]+m.new+text[m.at+len(m.old):]))
	}
	return lines
}

func TestRulesForMetal(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{"threadgroup_barrier(mem_flags::mem_threadgroup);", "barrier dropped: ;"},
		{"threadgroup_barrier(mem_flags::mem_threadgroup);", "barrier weakened: simdgroup_barrier(mem_flags::mem_threadgroup);"},
		{"simdgroup_barrier(mem_flags::mem_none);", "barrier dropped: ;"},
		{"x = i < n;", "comparison: x = i <= n;"},
		{"x = a - b;", "arithmetic: x = a + b;"},
		{"x = a - b;", "operands: x = b - a;"},
		{"x = w >> 4u;", "bits: x = w << 4u;"},
		{"x = w >> 4u;", "constant: x = w >> 5u;"},
		{"x = w >> 4u;", "constant: x = w >> 3u;"},
		{"x = a && b;", "logic: x = a || b;"},
		{"x = max(x, y);", "minimum or maximum: x = min(x, y);"},
		{"sum += x;", "assignment: sum = x;"},
		{"x = (a, -1.0f);", "sign: x = (a, 1.0f);"},
		{"if (f(x) > y) z();", "condition: if (true) z();"},
		{"x = c ? a : b;", "branches: x = c ? b : a;"},
		{"{\n    sum[i] = x;\n}", "statement dropped: {\n    ;\n}"},
		{"{\n    rotate<D>(x, lane);\n}", "call dropped: {\n    ;\n}"},
	} {
		mutations, err := mutateMetal(c.code)
		if err != nil {
			t.Fatal(err)
		}
		if got := changed(c.code, mutations); !slices.Contains(got, c.want) {
			t.Errorf("%s\nlacks %q, has\n%s", c.code, c.want, strings.Join(got, "\n"))
		}
	}
}

func TestWhatIsNoMetalCodeIsNotMutated(t *testing.T) {
	for _, code := range []string{
		"// a < b", "#define N 4 + 4", "template <short D> short f(ushort x);", `static_assert(sizeof(A) == 64, "a < b");`,
		"device float *q [[buffer(1)]],", "{\n    const float x = y;\n}", "{\n    for (short i = 0;",
	} {
		mutations, err := mutateMetal(code)
		if err != nil {
			t.Fatal(err)
		}
		if len(mutations) > 0 && !strings.HasPrefix(code, "{\n    for") {
			t.Errorf("%s: %v", code, changed(code, mutations))
		}
		for _, m := range mutations {
			if m.rule == "statement dropped" {
				t.Errorf("%s: %v", code, changed(code, mutations))
			}
		}
	}
}

func TestRulesForGo(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{"if n > 4096 { return errLong }", "check dropped: if false && (n > 4096) { return errLong }"},
		{"if n > 4096 { return errLong }", "comparison: if n >= 4096 { return errLong }"},
		{"if n > 4096 { return errLong }", "constant: if n > 4097 { return errLong }"},
		{"if a && !b { return nil }", "negation: if a && b { return nil }"},
		{"if a && !b { return nil }", "logic: if a || !b { return nil }"},
		{"n = min(a, b+1)", "minimum or maximum: n = max(a, b+1)"},
		{"n = min(a, b+1)", "arithmetic: n = min(a, b-1)"},
		{"defer unlock()", "statement dropped:"},
		{"unlock()", "statement dropped:"},
	} {
		const head, tail = "package p\nfunc f() error {\n", "\nreturn nil }"
		mutations, err := mutateGo(head + c.code + tail)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, line := range changed(head+c.code+tail, mutations) {
			line = strings.Replace(strings.Replace(line, strings.TrimSpace(head), "", 1), tail, "", 1)
			rule, rest, _ := strings.Cut(line, ": ")
			got = append(got, strings.TrimSpace(rule+": "+strings.TrimSpace(rest)))
		}
		if !slices.Contains(got, c.want) {
			t.Errorf("%s\nlacks %q, has\n%s", c.code, c.want, strings.Join(got, "\n"))
		}
	}
}

func TestWhatHandsAnErrorOnIsNotMutated(t *testing.T) {
	for _, code := range []string{
		"if err != nil { return err }",
		`return errors.New("a" + b)`,
		"runtime.Gosched()",
		"}; func (m Mask) String() string { if m > 2 { return x }; return y",
	} {
		mutations, err := mutateGo("package p\nfunc f() error {\n" + code + "\n}")
		if err != nil {
			t.Fatal(err)
		}
		if len(mutations) > 0 {
			t.Errorf("%s: %v", code, mutations)
		}
	}
}

func TestNumbersBesideAnErrorAreNotMutated(t *testing.T) {
	for _, c := range []struct {
		name, code string
		mutants    int
	}{
		{"beside an error", "func f() (int, error) { return 0, err }", 0},
		{"beside an error that a call makes", "func f() (int, int, error) { return 0, 1, bad() }", 0},
		{"beside a named error", "func f() (n int, err error) { return 0, errLong }", 0},
		{"beside an error of a function literal", "var f = func() (int, error) { return 0, err }", 0},
		{"in what makes the error", `func f() (int, error) { return 0, bad(4096) }`, 1},
		{"beside no error", "func f() (int, error) { return 0, nil }", 1},
		{"of a function without error", "func f() (int, int) { return 0, err }", 1},
		{"alone", "func f() int { return 0 }", 1},
		{"that a literal returns in a function with an error", "func f() (int, error) { return g(func() (int, int) { return 0, x }), err }", 1},
		{"that a literal with an error is in", "func f() (int, int) { return 0, g(func() (int, error) { return 0, err }) }", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			mutations, err := mutateGo("package p\n" + c.code)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, m := range mutations {
				if m.rule == "constant" {
					n++
				}
			}
			if n != c.mutants {
				t.Errorf("%d mutants, want %d: %v", n, c.mutants, mutations)
			}
		})
	}
}

func TestNamesOfMutantsDoNotDependOnLineNumbers(t *testing.T) {
	const text = "\tx = a < b\n\ty = 2\n\tx = a < b\n"
	names := func(text string) (names []string) {
		mutations := []mutation{
			{rule: "comparison", at: strings.LastIndex(text, "<"), old: "<", new: "<="},
			{rule: "comparison", at: strings.Index(text, "<"), old: "<", new: "<="},
		}
		for _, e := range nameMutants("f.go", text, mutations) {
			names = append(names, e.String())
		}
		return names
	}
	want := []string{"f.go: comparison: `<=` for `<` in x = a < b", "f.go: comparison: `<=` for `<` in x = a < b #2"}
	if got := names(text); !slices.Equal(got, want) {
		t.Errorf("names are %q, want %q", got, want)
	}
	if got := names("\n\n" + text); !slices.Equal(got, want) {
		t.Errorf("two lines below, names are %q, want %q", got, want)
	}
}

func TestSamples(t *testing.T) {
	var edits []edit
	for i := range 100 {
		area := "a.go"
		if i%2 == 0 {
			area = "b.metal"
		}
		edits = append(edits, edit{area: area, name: strings.Repeat("x", i), first: i == 96})
	}
	one, again, other := sample(edits, 10, 1), sample(edits, 10, 1), sample(edits, 10, 2)
	same := func(a, b []edit) bool {
		return slices.EqualFunc(a, b, func(a, b edit) bool { return a.String() == b.String() })
	}
	if len(one) != 20 || !same(one, again) || same(one, other) {
		t.Errorf("%d, %d and %d mutants, of which the first two and no others must be the same", len(one), len(again), len(other))
	}
	for _, s := range [][]edit{one, other} {
		if !slices.ContainsFunc(s, func(e edit) bool { return e.first }) {
			t.Error("a sample lacks what comes first")
		}
	}
	if all := sample(edits, 0, 1); len(all) != 100 {
		t.Errorf("all are %d", len(all))
	}
}

// Barriers come first, and a small sample is not of barriers alone.
func TestHalfOfASampleIsOfOthers(t *testing.T) {
	var edits []edit
	for i := range 50 {
		edits = append(edits, edit{area: "a.metal", name: strings.Repeat("x", i), first: i >= 20})
	}
	for n, want := range map[int]int{1: 0, 2: 1, 10: 5, 50: 20} {
		others := 0
		s := sample(edits, n, 1)
		for _, e := range s {
			if !e.first {
				others++
			}
		}
		if len(s) != n || others != want {
			t.Errorf("a sample of %d has %d, %d of them others, want %d", n, len(s), others, want)
		}
	}
}

const (
	miniatureTarget = "target: sum/*.go\ntest: -timeout 5s ./sum\n"
	nothingsMean    = "survivor: sum/sum.go: constant: `1` for `0` in return 0\n" +
		"survivor: sum/sum.go: constant: `1` for `0` in if len(numbers) == 0 {\n" +
		"survivor: sum/sum.go: check dropped: `false && (len(numbers) == 0)` for `len(numbers) == 0` in if len(numbers) == 0 {\n" +
		"why: nobody asks for the mean of nothing\n"
)

// mutateMiniature runs the program on the small module.
func mutateMiniature(t *testing.T, survivors string, args ...string) (table, progress string, err error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"targets.txt": miniatureTarget, "survivors.txt": survivors} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	err = run(context.Background(), append([]string{
		"-mutants", "-module", miniature, "-targets", filepath.Join(dir, "targets.txt"), "-survivors", filepath.Join(dir, "survivors.txt"),
	}, args...), &stdout, &stderr)
	return stdout.String(), stderr.String(), err
}

func TestWhatBecomesOfMutants(t *testing.T) {
	const found = "survivor: sum/sum.go: constant: `1` for `0` in sum := 0\nwhy: a mistake\n"
	for _, c := range []struct {
		name, survivors string
		table           []string
		err             []string
	}{
		{
			"survivors that nobody explains", "",
			[]string{"SURVIVED: sum/sum.go: constant: `1` for `0` in return 0\n\tsum/sum.go:16\n", "\nkilled 5 of 8\n"},
			[]string{"survived, and nobody says why: sum/sum.go: check dropped", "killed 62.5 %, must be at least 95 %"},
		},
		{
			"some that are explained", "survivor: sum/sum.go: constant: `1` for `0` in return 0\nwhy: nobody asks for the sum of nothing\n",
			[]string{"equivalent: nobody asks for the sum of nothing", "\nof 8 mutants 1 are equivalent to the code, for the reasons above\nkilled 5 of 7\n"},
			[]string{"killed 71.4 %, must be at least 95 %"},
		},
		{
			"one that is explained and found", nothingsMean + found,
			[]string{"\nkilled 5 of 5\n"},
			[]string{"explained as equivalent, but TestOf/three found it: sum/sum.go: constant"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, progress, err := mutateMiniature(t, c.survivors)
			for _, want := range c.table {
				if !strings.Contains("\n"+table, want) {
					t.Errorf("the report lacks %q:\n%s\n%s", want, table, progress)
				}
			}
			for _, want := range c.err {
				if !strings.Contains(message(err), want) {
					t.Errorf("the error lacks %q: %v", want, err)
				}
			}
		})
	}
}

// Two of a dozen can survive by chance.
func TestASmallSampleSaysNothingAboutTheShare(t *testing.T) {
	table, progress, err := mutateMiniature(t, "", "-sample", "8")
	if err == nil || strings.Contains(err.Error(), "must be at least") || !strings.HasSuffix(table, "\nkilled 5 of 8\n") {
		t.Errorf("%v\n%s\n%s", err, table, progress)
	}
}

func TestMutantsThatAreAllFoundAreNoError(t *testing.T) {
	table, progress, err := mutateMiniature(t, "", "-run", "sum := 0|<=")
	if err != nil || !strings.HasSuffix(table, "\nkilled 2 of 2\n") {
		t.Errorf("%v\n%s\n%s", err, table, progress)
	}
}

func TestFaultsOfTheListOfSurvivorsAreErrors(t *testing.T) {
	for _, c := range []struct{ name, list, want string }{
		{"one that no mutant has", "survivor: sum/sum.go: constant: `2`\nwhy: x\n", "no mutant is named sum/sum.go: constant: `2`"},
		{"no reason", "survivor: a\n", "no reason for a"},
		{"a reason of nothing", "why: x\n", "neither a survivor nor the reason of one"},
		{"two of one name", "survivor: a\nsurvivor: a\nwhy: x\n", "a second time: a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := mutateMiniature(t, c.list); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestFaultsOfTheListOfTargetsAreErrors(t *testing.T) {
	for _, c := range []struct{ name, list, want string }{
		{"no file", "target: none/*.go\ntest: ./sum\n", "no file matches none/*.go"},
		{"no tests", "target: sum/*.go\n", `no "test:"`},
		{"a line that says nothing", "target: sum/*.go\nmore\n", "no line of a target"},
		{"a line before the first", "test: ./sum\n", `before the first "target:"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "targets.txt")
			if err := os.WriteFile(file, []byte(c.list), 0o666); err != nil {
				t.Fatal(err)
			}
			targets, err := readTargets(file)
			if err == nil {
				_, err = readMutants(miniature, targets)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// A run goes on where another was, for the same code only.
func TestResultsAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal")
	j, err := openJournal(file, miniature)
	if err != nil {
		t.Fatal(err)
	}
	e := edit{area: "sum/sum.go", name: "constant: `1` for `0` in sum := 0"}
	if err := errors.Join(j.add(result{edit: e, outcome: survived, by: "nobody"}), j.close()); err != nil {
		t.Fatal(err)
	}
	table, progress, err := mutateMiniature(t, "", "-run", "sum := 0|<=", "-resume", file)
	if err == nil || !strings.HasSuffix(table, "\nkilled 1 of 2\n") {
		t.Errorf("what the journal says was not taken: %v\n%s\n%s", err, table, progress)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte(j.code)); n != 2 {
		t.Errorf("the journal has %d lines, want that of before and a new one:\n%s", n, text)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), j.code, "other")+`{"half`), 0o666); err != nil {
		t.Fatal(err)
	}
	if table, _, err = mutateMiniature(t, "", "-run", "sum := 0|<=", "-resume", file); err != nil {
		t.Errorf("what the journal says of other code was taken: %v\n%s", err, table)
	}
}

// The lists of this module fit its code.
func TestEverySurvivorIsAMutant(t *testing.T) {
	targets, err := readTargets("targets.txt")
	if err != nil {
		t.Fatal(err)
	}
	mutants, err := readMutants(filepath.Join("..", ".."), targets)
	if err != nil {
		t.Fatal(err)
	}
	explained, err := readSurvivors("survivors.txt")
	if err != nil {
		t.Fatal(err)
	}
	if err := explained.stale(mutants); err != nil {
		t.Error(err)
	}
	metal := 0
	for _, e := range mutants {
		if strings.HasSuffix(e.area, ".metal") {
			metal++
		}
		if _, err := e.apply(filepath.Join("..", "..")); err != nil {
			t.Error(err)
		}
	}
	if metal < 60 || len(mutants) < 150 {
		t.Errorf("%d mutants, %d of kernels: too few", len(mutants), metal)
	}
}
