package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// A runner tries edits on one module.
type runner struct {
	root      string
	temporary string
	workers   int
	timeout   time.Duration
	verbose   bool
	progress  io.Writer
	copies    chan string // of the module, one a worker
	libraries string      // those of internal/abi, where an edit asks for them
	journal   *journal    // nil: none
}

// A result is what the tests made of one edit.
type result struct {
	edit    edit
	outcome outcome
	by      string // the first test that failed
	took    time.Duration
}

// breakAll checks that every edit fits and that the tests are green without
// any, then tries each.
func (r *runner) breakAll(ctx context.Context, edits []edit) ([]result, error) {
	var stale []error
	for _, e := range edits {
		if _, err := e.apply(r.root); err != nil {
			stale = append(stale, err)
		}
	}
	if len(stale) > 0 {
		return nil, fmt.Errorf("the list does not fit the code:\n%w", errors.Join(stale...))
	}
	if err := r.buildLibraries(ctx, edits); err != nil {
		return nil, err
	}
	if err := r.copyModule(); err != nil {
		return nil, err
	}
	start := time.Now()
	if err := r.baseline(ctx, edits); err != nil {
		return nil, err
	}
	fmt.Fprintf(r.progress, "the tests are green before any edit (%.0f s)\n", time.Since(start).Seconds())

	results := make([]result, len(edits))
	var mu sync.Mutex // for done and the progress lines
	done := 0
	err := r.each(len(edits), func(i int) error {
		result, known := r.journal.result(edits[i])
		var output string
		if !known {
			var err error
			if result, output, err = r.try(ctx, edits[i]); err != nil {
				return err
			}
			if err := r.journal.add(result); err != nil {
				return err
			}
		}
		results[i] = result
		mu.Lock()
		defer mu.Unlock()
		done++
		fmt.Fprintf(r.progress, "%*d/%d %5.1f s  %v\n", len(fmt.Sprint(len(edits))), done, len(edits), result.took.Seconds(), result)
		if r.verbose || result.outcome == noCompile {
			fmt.Fprint(r.progress, output)
		}
		return nil
	})
	return results, err
}

// each runs f of 0 to n-1 on the runner's workers until one fails.
func (r *runner) each(n int, f func(i int) error) error {
	next := make(chan int)
	failed := make(chan error, r.workers)
	var workers sync.WaitGroup
	for range min(r.workers, n) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range next {
				if err := f(i); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	var err error
	for i := 0; i < n && err == nil; i++ {
		select {
		case next <- i:
		case err = <-failed:
		}
	}
	close(next)
	workers.Wait()
	select {
	case e := <-failed:
		if err == nil {
			err = e
		}
	default:
	}
	return err
}

// try makes one edit in a copy of the module, runs its tests there and takes
// the edit back.
func (r *runner) try(ctx context.Context, e edit) (result, string, error) {
	dir := <-r.copies
	defer func() { r.copies <- dir }()
	files, err := e.apply(dir)
	if err != nil {
		return result{}, "", err
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		before, err := os.ReadFile(path)
		if err != nil {
			return result{}, "", err
		}
		defer os.WriteFile(path, before, 0o666)
		if err := os.WriteFile(path, text, 0o666); err != nil {
			return result{}, "", err
		}
	}
	start := time.Now()
	tests := []test{e.test}
	if e.wider != nil {
		tests = append(tests, *e.wider)
	}
	var run *testRun
	for _, t := range tests {
		timeout := t.timeout
		if timeout == 0 {
			timeout = r.timeout
		}
		if run, err = r.goTest(ctx, dir, t, timeout, "-failfast"); err != nil {
			return result{}, "", fmt.Errorf("%v: %w", e, err)
		}
		if run.outcome() != survived {
			break
		}
	}
	return result{edit: e, outcome: run.outcome(), by: run.firstFailure, took: time.Since(start)}, run.output.String(), nil
}

// copyModule gives every worker a copy of the module to break. Tests read
// sources and test data where they lie, so an overlay of the compiler's would
// hide an edit from them.
func (r *runner) copyModule() error {
	r.copies = make(chan string, r.workers)
	for i := range r.workers {
		to := filepath.Join(r.temporary, fmt.Sprintf("copy%d", i))
		err := walkModule(r.root, func(within string, _ fs.DirEntry) error {
			return copyFile(filepath.Join(to, within), filepath.Join(r.root, within))
		})
		if err != nil {
			return err
		}
		r.copies <- to
	}
	return nil
}

// walkModule calls f for the files of a module, by their paths within it, in
// their order. What begins with a dot is no part of it.
func walkModule(root string, f func(within string, entry fs.DirEntry) error) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		within, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		hidden := within != "." && strings.HasPrefix(entry.Name(), ".")
		switch {
		case entry.IsDir() && hidden:
			return filepath.SkipDir
		case hidden || !entry.Type().IsRegular():
			return nil
		}
		return f(within, entry)
	})
}

func copyFile(to, from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode().Perm()|0o200)
}

// baseline runs all tests that the edits name on the code as it is. They must
// be green, or a red test would prove nothing, and every pattern must name a
// test, or an edit would survive for a wrong reason.
func (r *runner) baseline(ctx context.Context, edits []edit) error {
	tests := joinTests(edits)
	runs := make([]*testRun, len(tests))
	err := r.each(len(tests), func(i int) error {
		dir := <-r.copies
		defer func() { r.copies <- dir }()
		run, err := r.goTest(ctx, dir, tests[i], 10*time.Minute)
		if err != nil {
			return err
		}
		if run.outcome() != survived {
			return fmt.Errorf("the tests are red before any edit: go test %v: %v %s\n%s", tests[i], run.outcome(), run.firstFailure, run.output.String())
		}
		runs[i] = run
		return nil
	})
	if err != nil {
		return err
	}
	ran := map[string][]string{}
	for i, t := range tests {
		ran[t.key(t.packages[0])] = runs[i].passed
	}
	for _, e := range edits {
		// Subtests are left to the test: its name ends at the first slash.
		first, _, _ := strings.Cut(strings.ReplaceAll(e.test.pattern, "|", ")|("), "/")
		pattern, err := regexp.Compile("(" + first + ")")
		if err != nil {
			return fmt.Errorf("%s: -run: %w", e.where, err)
		}
		for _, p := range e.test.packages {
			if !matchesOne(pattern, ran[e.test.key(p)]) {
				return fmt.Errorf("%s: no test of %s matches -run %q", e.where, p, e.test.pattern)
			}
		}
	}
	return nil
}

func matchesOne(pattern *regexp.Regexp, names []string) bool {
	for _, name := range names {
		if pattern.MatchString(name) {
			return true
		}
	}
	return false
}

// key is the same for tests of a package that can run together.
func (t test) key(pkg string) string {
	return fmt.Sprintf("%s %s %s %v", pkg, t.abi, t.tags, t.short)
}

// joinTests returns one test a package, with the patterns of all edits.
func joinTests(edits []edit) []test {
	var joined []test
	at := map[string]int{}
	join := func(add test) {
		for _, p := range add.packages {
			key := add.key(p)
			i, ok := at[key]
			if !ok {
				at[key] = len(joined)
				t := add
				t.packages, t.timeout = []string{p}, 0
				joined = append(joined, t)
				continue
			}
			switch t := &joined[i]; {
			case t.pattern == "": // all of them already
			case add.pattern == "":
				t.pattern = ""
			case !strings.Contains("|"+t.pattern+"|", "|"+add.pattern+"|"):
				t.pattern += "|" + add.pattern
			}
		}
	}
	for _, e := range edits {
		join(e.test)
		if e.wider != nil {
			join(*e.wider)
		}
	}
	return joined
}
