package selftest

import (
	"fmt"
	"strings"
)

// Schema is the version of a report's JSON form. It changes when a field changes
// its meaning or goes.
const Schema = 1

// IssuesPage is where reports go.
const IssuesPage = "https://github.com/tqmetal/tqmetal/issues"

// A Report is what a run found out. It has no name of a person, a machine or a
// folder in it.
type Report struct {
	Schema   int    `json:"schema"`
	Tool     string `json:"tool"`               // version of tqmetal
	Revision string `json:"revision,omitempty"` // of its source, if it was built from a checkout
	Go       string `json:"go"`                 // version of Go
	Quick    bool   `json:"quick"`
	Software bool   `json:"software"` // the device is a software one: nothing here tells of a GPU, and times are left out
	System   System `json:"system"`
	Steps    []Step `json:"steps"`
	Findings int    `json:"findings"` // of all steps
	// Verdict says it in words. Until the last step has ended, it says which one
	// was running: what is left of a report whose process ended early.
	Verdict string `json:"verdict"`
}

// A Step is one part of a run.
type Step struct {
	Name     string   `json:"name"`
	About    string   `json:"about"`
	Ran      bool     `json:"ran"`
	Checks   int      `json:"checks"`   // that were made
	Failed   int      `json:"failed"`   // of them, panics and the like too
	Findings []string `json:"findings"` // the first of those that failed, in words
	Notes    []string `json:"notes,omitempty"`
	Seconds  float64  `json:"seconds"` // that the step took
	Verdict  string   `json:"verdict"`
	Details  any      `json:"details,omitempty"`
}

func (s *Step) judge() {
	switch {
	case s.Failed > 0:
		s.Verdict = fmt.Sprintf("%s in %d checks", count(s.Failed, "finding"), s.Checks)
	case !s.Ran:
		s.Verdict = "not run"
	default:
		s.Verdict = fmt.Sprintf("passed: %s", count(s.Checks, "check"))
	}
}

// judge sums the steps up.
func (r *Report) judge(running string) {
	r.Findings = 0
	var notRun []string
	var first string
	for i := range r.Steps {
		s := &r.Steps[i]
		r.Findings += s.Failed
		if len(s.Findings) > 0 && first == "" {
			first = s.Name + ": " + firstLine(s.Findings[0])
		}
		if !s.Ran {
			notRun = append(notRun, s.Name)
		}
	}
	please := fmt.Sprintf("; please send the report to %s", IssuesPage)
	switch {
	case running != "":
		r.Verdict = fmt.Sprintf("not finished: step %s was running%s", running, please)
	case r.Findings > 0:
		r.Verdict = fmt.Sprintf("%s: %s%s", count(r.Findings, "finding"), first, please)
	case len(notRun) > 0:
		r.Verdict = "not complete: " + strings.Join(notRun, ", ") + " did not run"
	case r.Software:
		r.Verdict = "passed, on a software device, which tells nothing of a GPU"
	default:
		r.Verdict = "passed" + please + ": it is worth as much as one with findings"
	}
}

// Passed says that every step ran and that nothing was found.
func (r Report) Passed() bool {
	for _, s := range r.Steps {
		if !s.Ran || s.Failed > 0 {
			return false
		}
	}
	return len(r.Steps) > 0
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func firstLine(s string) string {
	line, _, more := strings.Cut(s, "\n")
	if more {
		line += " ..."
	}
	return line
}
