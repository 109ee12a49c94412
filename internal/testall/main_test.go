package main

import (
	"strings"
	"testing"
)

func TestSummaryCountsWhatGoTestSays(t *testing.T) {
	for _, c := range []struct {
		name, events    string
		passed, failed  int
		skipped         string
		printed, hidden string
	}{
		{"a passing test", `{"Action":"output","Package":"p","Test":"T","Output":"noise\n"}
{"Action":"pass","Package":"p","Test":"T"}
{"Action":"pass","Package":"p","Elapsed":1.5}
`, 1, 0, "", "ok        p  1.5 s", "noise"},
		{"a failing test shows its output", `{"Action":"output","Package":"p","Test":"T","Output":"the reason\n"}
{"Action":"fail","Package":"p","Test":"T"}
{"Action":"fail","Package":"p","Elapsed":1}
`, 0, 1, "", "the reason", "ok "},
		{"a package that does not build", `{"Action":"build-output","ImportPath":"p","Output":"x.go:1: broken\n"}
{"Action":"fail","Package":"p"}
`, 0, 1, "", "x.go:1: broken", "ok "},
		{"a package that ends outside of a test", `{"Action":"output","Package":"p","Output":"panic: gone\n"}
{"Action":"fail","Package":"p"}
`, 0, 1, "", "panic: gone", "ok "},
		{"a skipped test", `{"Action":"output","Package":"p","Test":"T","Output":"no compiler\n"}
{"Action":"skip","Package":"p","Test":"T"}
{"Action":"pass","Package":"p"}
`, 0, 0, "p T", "no compiler", "FAIL"},
		{"a package without tests is no skipped test", `{"Action":"skip","Package":"p"}
`, 0, 0, "", "no tests  p", "FAIL"},
		{"lines that are not events", "go: downloading x\n", 0, 0, "", "go: downloading x", "FAIL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			s := summarize(strings.NewReader(c.events), &out)
			if s.passed != c.passed || s.failed != c.failed || strings.Join(s.skipped, ",") != c.skipped {
				t.Errorf("summary %+v, want %d passed, %d failed, skipped %q", s, c.passed, c.failed, c.skipped)
			}
			if !strings.Contains(out.String(), c.printed) || strings.Contains(out.String(), c.hidden) && c.hidden != "" {
				t.Errorf("printed %q, want %q and not %q", out.String(), c.printed, c.hidden)
			}
		})
	}
}
