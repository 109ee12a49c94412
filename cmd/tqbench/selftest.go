package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/tqmetal/tqmetal/internal/selftest"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// errFindings says that the self-test found something; the output says what.
var errFindings = errors.New("the self-test did not pass")

// selftestOptions is what the command line asks for.
type selftestOptions struct {
	device string
	quick  bool
	steps  []string
	file   string // for the report, or empty
}

func selftestFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name: "device", Value: "metal", Local: true,
			Usage: "what is tested: metal, this Mac's GPU; soft, a Metal device in software",
			Validator: func(name string) error {
				if name != "metal" && name != "soft" {
					return fmt.Errorf("unknown device %q: must be metal or soft", name)
				}
				return nil
			},
		},
		&cli.BoolFlag{Name: "quick", Local: true, Usage: "less of everything: some formats and fewer runs"},
		&cli.StringFlag{Name: "step", Local: true, Usage: "only these steps, a `LIST` of " + strings.Join(selftest.StepNames(), ",")},
		&cli.StringFlag{Name: "json", Local: true, Usage: "write the report to `FILE`, also while the test runs"},
	}
}

func parseSelftestOptions(c *cli.Command) (selftestOptions, error) {
	if c.Args().Present() {
		return selftestOptions{}, fmt.Errorf("unexpected argument %q: options start with a dash, see tqbench selftest -help", c.Args().First())
	}
	o := selftestOptions{device: c.String("device"), quick: c.Bool("quick"), file: c.String("json")}
	if c.IsSet("step") {
		o.steps = strings.Split(c.String("step"), ",")
	}
	return o, nil
}

// openRuntime opens a device that selftestFlags has accepted.
func openRuntime(device string) (rt objc.Runtime, shut func() error, err error) {
	if device == "soft" {
		soft, err := softmetal.New(softmetal.Options{Timeout: 2 * time.Minute})
		if err != nil {
			return nil, nil, err
		}
		return soft, soft.Close, nil
	}
	if rt, err = objc.System(); err != nil {
		return nil, nil, fmt.Errorf("-device metal: %w; elsewhere -device soft tests the software device", err)
	}
	return rt, func() error { return nil }, nil
}

func (a app) selftest(ctx context.Context, o selftestOptions) (err error) {
	rt, shut, err := openRuntime(o.device)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	return a.testRuntime(ctx, rt, o)
}

func (a app) testRuntime(ctx context.Context, rt objc.Runtime, o selftestOptions) error {
	t := &testOutput{app: a, o: o, bar: newProgress(a.stderr, 1+len(selftest.StepNames()))}
	defer t.bar.finish()
	if o.file != "" { // to know now that it can be written
		if err := os.WriteFile(o.file, nil, 0o666); err != nil {
			return err
		}
	}
	report, err := selftest.Run(ctx, rt, selftest.Options{
		Quick: o.quick, Steps: o.steps, Save: t.save,
		Progress: func(what string) { t.bar.set(t.shown, what) },
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	t.bar.finish()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	fmt.Fprintf(a.stdout, "\nverdict: %s\n", report.Verdict)
	if o.file == "" && !report.Software {
		fmt.Fprintln(a.stdout, "-json FILE writes the report to send")
	}
	if t.failed != nil {
		return t.failed
	}
	if !report.Passed() {
		return errFindings
	}
	return nil
}

// A testOutput shows the steps as they end, and writes the report as it grows: a
// step that ends the process leaves its name in the file.
type testOutput struct {
	app
	o      selftestOptions
	bar    *progress
	shown  int   // steps
	failed error // the first failure to write
}

func (t *testOutput) save(r selftest.Report) {
	t.bar.finish()
	var text bytes.Buffer
	for _, s := range r.Steps[t.shown:] {
		if s.Verdict == "" {
			break // it is running
		}
		t.shown++
		writeStep(&text, s)
		if t.shown == 1 {
			fmt.Fprintf(&text, "  %s, macOS %s, %s\n", r.System.GPU, r.System.MacOS, r.System.Platform)
		}
	}
	_, err := t.stdout.Write(text.Bytes())
	if t.o.file != "" {
		text.Reset()
		if err == nil {
			err = writeJSON(&text, r)
		}
		if err == nil {
			err = os.WriteFile(t.o.file, text.Bytes(), 0o666)
		}
	}
	if t.failed == nil {
		t.failed = err
	}
}

func writeStep(w io.Writer, s selftest.Step) {
	fmt.Fprintf(w, "%-16s %-28s %s\n", s.Name, s.Verdict, s.About)
	const most = 5
	for i, f := range s.Findings {
		if i == most {
			fmt.Fprintf(w, "  and %d more, in the report\n", s.Failed-most)
			break
		}
		fmt.Fprintf(w, "  %s\n", strings.ReplaceAll(strings.TrimSpace(f), "\n", "\n  "))
	}
	for i, n := range s.Notes {
		if i == most {
			fmt.Fprintf(w, "  (and %d more, in the report)\n", len(s.Notes)-most)
			break
		}
		fmt.Fprintf(w, "  (%s)\n", n)
	}
}
