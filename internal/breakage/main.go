// Breakage shows that the tests see. It breaks one rule of the code at a time
// and runs the tests that should turn red. A rule that can be broken while they
// stay green is a rule that nobody checks, and the program says so.
//
//	go run ./internal/breakage                 every edit of the list
//	go run ./internal/breakage -run 'LockOSThread|^codec'
//	go run ./internal/breakage -list
//
//	go run ./internal/breakage -mutants -sample 120
//
// The last breaks by rule instead of by list: see mutateMetal and mutateGo for
// the rules, targets.txt for the files. It ends with "killed N of M", and fails when
// a mutant survives that survivors.txt does not explain.
//
// The list is the files of folder edits, one an area; see readEdits for how they
// are written. The work tree is never touched: edits are made in copies of it.
//
// It ends with the line "broken N, found M" and with exit status 0 only when
// both numbers are the same and the list has no fault. An edit that no longer
// fits the code, or that does not compile, proves nothing and is such a fault.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "breakage:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("breakage", flag.ContinueOnError)
	flags.SetOutput(stderr)
	module := flags.String("module", ".", "root `folder` of the module to break")
	list := flags.String("edits", "internal/breakage/edits", "`folder` of the edits, within the module")
	filter := flags.String("run", "", "only edits whose \"area: name\" matches this `regexp`")
	onlyList := flags.Bool("list", false, "print the edits and break nothing")
	workers := flags.Int("p", runtime.NumCPU(), "how many edits to try at once")
	timeout := flags.Duration("timeout", time.Minute, "limit of one package's tests; an edit may set its own")
	mutants := flags.Bool("mutants", false, "break by rule instead of by list")
	size := flags.Int("sample", 0, "at most this many mutants of each language; 0 for all")
	seed := flags.Uint64("seed", 1, "which mutants are in a sample")
	where := flags.String("targets", "internal/breakage/targets.txt", "`file` that says what is mutated, within the module")
	explained := flags.String("survivors", "internal/breakage/survivors.txt", "`file` of the mutants that no test can find, within the module")
	resume := flags.String("resume", "", "keep results in this `file`, and do not try again what it has for the same code")
	verbose := flags.Bool("v", false, "print what the tests said of each edit, to see that they fail for the right reason")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	if *workers < 1 {
		return fmt.Errorf("-p is %d, must be at least 1", *workers)
	}
	selected, err := regexp.Compile(*filter)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	root, err := filepath.Abs(*module)
	if err != nil {
		return err
	}
	if *size < 0 {
		return fmt.Errorf("-sample is %d, must be at least 0", *size)
	}
	var all []edit
	var equivalent survivors
	if *mutants {
		targets, err := readTargets(within(root, *where))
		if err != nil {
			return err
		}
		if all, err = readMutants(root, targets); err != nil {
			return err
		}
		if equivalent, err = readSurvivors(within(root, *explained)); err != nil {
			return err
		}
		if err := equivalent.stale(all); err != nil {
			return fmt.Errorf("%s: %w", *explained, err)
		}
		all = sample(all, *size, *seed)
	} else if all, err = readEdits(within(root, *list)); err != nil {
		return err
	}
	var edits []edit
	for _, e := range all {
		if selected.MatchString(e.String()) {
			edits = append(edits, e)
		}
	}
	if len(edits) == 0 {
		return fmt.Errorf("none of %d matches -run %q", len(all), *filter)
	}
	if *onlyList {
		for _, e := range edits {
			fmt.Fprintf(stdout, "%-60v %v\n", e, e.test)
		}
		return nil
	}

	temporary, err := os.MkdirTemp("", "breakage")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	r := runner{root: root, temporary: temporary, workers: *workers, timeout: *timeout, verbose: *verbose, progress: stderr}
	if *resume != "" {
		if r.journal, err = openJournal(*resume, root); err != nil {
			return err
		}
	}
	results, err := r.breakAll(ctx, edits)
	if err := errors.Join(err, r.journal.close()); err != nil {
		return err
	}
	if *mutants {
		return reportMutants(stdout, results, equivalent, *size == 0 || *size >= enoughForAShare)
	}
	return report(stdout, results)
}

// within returns a path that is relative to a folder.
func within(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}
