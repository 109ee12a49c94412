//go:build linux && (amd64 || arm64)

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/selftest"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

func readReport(t *testing.T, file string) selftest.Report {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r selftest.Report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return r
}

func TestSelftestOfTheSoftwareDevicePasses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	status, out, errs := tqbench(t, "selftest", "-device", "soft", "-quick", "-json", file)
	if status != 0 {
		t.Fatalf("status %d, %s\n%s", status, errs, out)
	}
	r := readReport(t, file)
	names := append([]string{"device"}, selftest.StepNames()...)
	if len(r.Steps) != len(names) || r.Findings != 0 || !r.Passed() || !r.Software || r.System.MacOS != "15.0.0" || !strings.Contains(r.System.GPU, "no GPU") {
		t.Fatalf("report %+v", r)
	}
	for i, s := range r.Steps {
		if s.Name != names[i] || !s.Ran || s.Checks < 10 || s.Failed != 0 || (s.Details == nil) != (i == 0) {
			t.Errorf("step %d is %+v, want %s", i, s, names[i])
		}
		if !strings.Contains(out, s.Name) || !strings.Contains(out, s.Verdict) {
			t.Errorf("the output lacks %q: %s", s.Verdict, out)
		}
	}
	if !strings.HasSuffix(out, "verdict: passed, on a software device, which tells nothing of a GPU\n") {
		t.Errorf("output %s", out)
	}
}

// A barren runtime has no C function.
type barren struct{ *softmetal.Device }

func (barren) Symbol(string) uintptr { return 0 }

func TestSelftestWithFindingsFails(t *testing.T) {
	soft := softmetal.NewTesting(t)
	var out, errs bytes.Buffer
	file := filepath.Join(t.TempDir(), "report.json")
	err := app{stdout: &out, stderr: &errs}.testRuntime(t.Context(), barren{soft}, selftestOptions{file: file})
	if err != errFindings || !strings.Contains(out.String(), "there is no C function objc_retain") || !strings.Contains(out.String(), "please send the report to https://") {
		t.Errorf("%v, %s", err, &out)
	}
	if r := readReport(t, file); r.Passed() || r.Findings == 0 || !strings.Contains(r.Verdict, "finding") {
		t.Errorf("report %+v", r)
	}
}

func TestSelftestOfWhatIsNotThere(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"selftest"}, 1, "elsewhere -device soft tests the software device"},
		{[]string{"selftest", "-device", "cpu"}, 2, `unknown device "cpu": must be metal or soft`},
		{[]string{"selftest", "all"}, 2, `unexpected argument "all"`},
		{[]string{"selftest", "-device", "soft", "-step", "nonsense"}, 2, `no step "nonsense": want some of methods, shaders`},
		{[]string{"selftest", "-device", "soft", "-json", "no/such/folder/report.json"}, 1, "no/such/folder/report.json"},
	} {
		if status, out, errs := tqbench(t, c.args...); status != c.status || !strings.Contains(errs, c.want) || strings.Contains(out, "verdict") {
			t.Errorf("%v: status %d, want %d, %q, want %q, %q", c.args, status, c.status, errs, c.want, out)
		}
	}
}
