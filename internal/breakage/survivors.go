package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// survivors are mutants that no test can find, by name, with the reason why.
type survivors map[string]string

// readSurvivors reads a list of them: a line "survivor: area: name", as the
// report prints it, and a line "why: reason" under one or several of these.
// Empty lines, and lines that begin with #, are for the reader.
func readSurvivors(file string) (survivors, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	explained := survivors{}
	var names []string
	explainedLast := true
	for i, line := range strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "survivor: "); ok {
			if explainedLast {
				names, explainedLast = nil, false
			}
			if _, twice := explained[name]; twice {
				return nil, fmt.Errorf("%s:%d: a second time: %s", file, i+1, name)
			}
			explained[name] = ""
			names = append(names, name)
			continue
		}
		reason, ok := strings.CutPrefix(line, "why: ")
		if !ok || len(names) == 0 || explainedLast {
			return nil, fmt.Errorf("%s:%d: %q is neither a survivor nor the reason of one", file, i+1, line)
		}
		for _, name := range names {
			explained[name] = reason
		}
		explainedLast = true
	}
	if !explainedLast {
		return nil, fmt.Errorf("%s: no reason for %s", file, names[0])
	}
	return explained, nil
}

// stale returns an error for every name that no mutant has any more.
func (s survivors) stale(mutants []edit) error {
	known := map[string]bool{}
	for _, m := range mutants {
		known[m.String()] = true
	}
	var unknown []error
	for name := range s {
		if !known[name] {
			unknown = append(unknown, fmt.Errorf("no mutant is named %s", name))
		}
	}
	return errors.Join(unknown...)
}
