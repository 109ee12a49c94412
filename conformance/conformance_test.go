package main

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/shaders"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheRecorderWritesDownWhatDispatchEncodes(t *testing.T) {
	s, err := newSession()
	must(t, err)
	for _, c := range []struct {
		group, tokens uint32
		kernels       []string
	}{
		{4, 100, []string{"flash_attn_vec_tq_dk128"}},
		{4, 1000, []string{"flash_attn_vec_tq_dk128", "flash_attn_vec_reduce_dk128"}},
		{8, 100, []string{"flash_attn_mat_tq_dk128"}},
	} {
		p := params(codec.Default(128), 2, c.group, c.tokens)
		launches, names, sizes, err := s.attention(p)
		must(t, err)
		var kernels []string
		for _, l := range launches {
			kernels = append(kernels, l.kernel)
		}
		if !slices.Equal(kernels, c.kernels) {
			t.Errorf("group %d, %d tokens: launched %q, want %q", c.group, c.tokens, kernels, c.kernels)
		}
		l := launches[0]
		if len(l.arguments[0].bytes) != 64 || names[l.arguments[1].buffer] != "q" || names[l.arguments[2].buffer] != "kPacked" || names[l.arguments[5].buffer] != "vNorms" {
			t.Errorf("group %d: arguments %v of %v", c.group, l.arguments, names)
		}
		if l.grid[1] != 2 || l.threadgroup[0]%32 != 0 || l.threadgroup[0] == 0 || sizes["output"] != int(4*128*2*c.group) {
			t.Errorf("group %d: grid %v, threadgroup %v, sizes %v", c.group, l.grid, l.threadgroup, sizes)
		}
	}
	if len(s.recorder.checks) != 1 || s.recorder.checks[0].kernel != "simdgroup_matrix_layout" {
		t.Errorf("checks of the device: %v", s.recorder.checks)
	}
}

// The whole matrix first, whose own test says what is in it; then each format of each head dimension in seven groups.
func TestTheMatrixIsWhole(t *testing.T) {
	all, held := problems(), matrix.All()
	if len(all) != 1080+4*6*7*4 || len(held) != 1080 {
		t.Fatalf("%d problems, %d of the matrix", len(all), len(held))
	}
	atOne := 0
	for i, p := range all {
		must(t, p.Validate())
		if i < len(held) && p != held[i].Params {
			t.Errorf("problem %d is %s, not the matrix's", i, describe(p))
		}
		if p.Scale == 1 {
			atOne++
		}
	}
	if atOne < 50 {
		t.Errorf("%d problems have scale 1", atOne)
	}
}

func TestFaultsChangeALineWhereItIsIncluded(t *testing.T) {
	text := "#line 1 \"a\"\none\n#line 1 \"b\"\nfirst\nsecond\n#line 3 \"a\"\nthree\n"
	if got := replaceLine(text, "b", 2, "changed"); got != strings.Replace(text, "second", "changed", 1) {
		t.Errorf("line 2 of b: %q", got)
	}
	if got := replaceLine(text, "a", 3, "changed"); got != strings.Replace(text, "three", "changed", 1) {
		t.Errorf("line 3 of a: %q", got)
	}
	if got := replaceLine(text, "c", 1, "changed"); got != text {
		t.Errorf("a file that is not there: %q", got)
	}
}

// Whoever changes a line that a fault changes learns of it here, not on the way to a GPU.
func TestEveryFaultChangesAKernel(t *testing.T) {
	faults, err := plantedFaults()
	must(t, err)
	files, err := fs.Glob(shaders.Files, "*.metal")
	must(t, err)
	for _, f := range faults {
		changes := f.edit == nil
		for _, file := range files {
			text, err := shaders.Source(file)
			must(t, err)
			changes = changes || f.edit(file, text) != text
		}
		if !changes {
			t.Errorf("fault %q changes nothing", f.Name)
		}
	}
}

// A barrier that is planted as a fault is dropped alone, in the file and line that its name says.
func TestEachBarrierIsAFaultOfItsOwn(t *testing.T) {
	faults, err := plantedFaults()
	must(t, err)
	call := regexp.MustCompile(`(?m)^[^/\n]*\b(simdgroup|threadgroup)_barrier\(`)
	files, err := fs.Glob(shaders.Files, "*.metal")
	must(t, err)
	barriers := 0
	for _, file := range files {
		text, err := fs.ReadFile(shaders.Files, file)
		must(t, err)
		for _, at := range call.FindAllIndex(text, -1) {
			barriers++
			line := 1 + strings.Count(string(text[:at[1]]), "\n")
			place := fmt.Sprintf("%s:%d without", file, line)
			i := slices.IndexFunc(faults, func(f fault) bool { return strings.HasPrefix(f.Name, place) })
			if i < 0 || faults[i].Tool != "racecheck" {
				t.Errorf("no fault for racecheck is named %q", place)
				continue
			}
			whole, err := shaders.Source(file)
			must(t, err)
			changed := faults[i].edit(file, whole)
			if n := len(call.FindAllString(whole, -1)) - len(call.FindAllString(changed, -1)); n != 1 {
				t.Errorf("%s: %d barriers are dropped", place, n)
			}
		}
	}
	named := 0
	for _, f := range faults {
		if f.Tool == "racecheck" {
			named++
		}
	}
	if named != barriers || barriers < 10 {
		t.Errorf("%d faults for racecheck, %d barriers", named, barriers)
	}
}

func TestLogsOfToolsAreCounted(t *testing.T) {
	for _, c := range []struct {
		name, text string
		found      int
		lines      []string
		fails      bool
	}{
		{"clean", "========= ERROR SUMMARY: 0 errors\n", 0, nil, false},
		{"an error", "=========     at float f()+0x10 in tq_format.metal:12\n========= ERROR SUMMARY: 3 errors\n", 3, []string{"tq_format.metal:12"}, false},
		{"a race warning counts", "========= RACECHECK SUMMARY: 2 hazards displayed (0 errors, 2 warnings)\n", 2, nil, false},
		{"one hazard", "========= RACECHECK SUMMARY: 1 hazard displayed (1 error, 0 warnings)\n", 1, nil, false},
		{"no summary", "========= COMPUTE-SANITIZER\n", 0, nil, true},
	} {
		path := filepath.Join(t.TempDir(), "log")
		must(t, os.WriteFile(path, []byte(c.text), 0o600))
		found, lines, _, err := readLog(path)
		if found != c.found || !slices.Equal(lines, c.lines) || (err != nil) != c.fails {
			t.Errorf("%s: %d, %q, %v", c.name, found, lines, err)
		}
	}
}

// A kernel that gives NaN must not cost the record.
func TestRecordsKeepWhatIsNoNumber(t *testing.T) {
	folder := t.TempDir()
	want := checkResult{Groups: []checkGroup{{Worst: figure(math.NaN()), WorstAtOne: figure(math.Inf(1))}, {Worst: 1e-7}}}
	must(t, writeJSON(folder, checkFile, want))
	var got checkResult
	must(t, readJSON(folder, checkFile, &got))
	if !math.IsNaN(float64(got.Groups[0].Worst)) || !math.IsInf(float64(got.Groups[0].WorstAtOne), 1) || got.Groups[1].Worst != 1e-7 {
		t.Errorf("%+v", got.Groups)
	}
	if w := worse(figure(math.NaN()), 1); !math.IsNaN(float64(w)) {
		t.Errorf("of NaN and 1 the worse is %v", w)
	}
}

func TestTablesGoBetweenTheirMarkers(t *testing.T) {
	text := "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n"
	got, err := replaceTables(text, map[string]string{"x": "new\n"})
	if err != nil || got != "a\n<!-- begin x -->\nnew\n<!-- end x -->\nb\n" {
		t.Errorf("%q, %v", got, err)
	}
	for name, tables := range map[string]map[string]string{"a table without markers": {"x": "", "y": ""}, "markers without a table": {}} {
		if _, err := replaceTables(text, tables); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	document, err := os.ReadFile("../docs/BENCHMARKS.md")
	must(t, err)
	r := record{Card: &card{Name: "x"}}
	if _, err := replaceTables(string(document), r.tables()); err != nil {
		t.Error(err)
	}
}

func TestProblemsHideWhatDoesNotCount(t *testing.T) {
	p := params(codec.Default(64), 2, 2, 10)
	p.KVCapacity, p.Mask, p.SlidingWindow = 12, tqsdpa.MaskSlidingWindow, 4
	x, err := newProblem(p, true)
	must(t, err)
	for h := range 2 {
		for position := range 12 {
			visible := position >= 6 && position < 10
			row := x.KPacked[(h*12+position)*32:][:32]
			if hidden := allAre(row, 0xff); hidden == visible {
				t.Errorf("head %d, position %d: NaN %v", h, position, hidden)
			}
		}
	}
	if len(x.want) != 4*64 {
		t.Errorf("%d wanted outputs", len(x.want))
	}
}
