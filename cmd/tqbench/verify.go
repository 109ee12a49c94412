package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/internal/matrix"
)

// errMiss says that a device missed; the output says where.
var errMiss = errors.New("the device is not right")

// verifyOptions is what the command line asks for.
type verifyOptions struct {
	device   string
	threads  int
	sanitize bool
	json     bool
	problems []matrix.Problem
}

func verifyFlags() []cli.Flag {
	names := make([]string, len(matrix.Formats))
	for i, f := range matrix.Formats {
		names[i] = f.Name
	}
	return []cli.Flag{
		deviceFlag(),
		&cli.BoolFlag{Name: "quick", Local: true, Usage: "a fixed tenth of the matrix, in which every two values of two axes meet"},
		&cli.StringFlag{Name: "head-dim", Local: true, Usage: "only these head dimensions, a `LIST` of " + list(matrix.HeadDims)},
		&cli.StringFlag{Name: "format", Local: true, Usage: "only these cache formats, a `LIST` of " + list(names)},
		&cli.StringFlag{Name: "context", Local: true, Usage: "only these numbers of positions, a `LIST` of " + list(matrix.SeqLens)},
		&cli.BoolFlag{Name: "sanitize", Local: true, Usage: "build the kernels with AddressSanitizer and UndefinedBehaviorSanitizer, with -device soft"},
		&cli.IntFlag{Name: "threads", Local: true, Usage: "threads of the CPU to compute with (default: all)"},
		&cli.BoolFlag{Name: "json", Local: true, Usage: "print records as JSON instead of a table"},
	}
}

func list[T any](values []T) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(values), "[]"), " ", ",")
}

func parseVerifyOptions(c *cli.Command) (verifyOptions, error) {
	if c.Args().Present() {
		return verifyOptions{}, fmt.Errorf("unexpected argument %q: options start with a dash, see tqbench verify -help", c.Args().First())
	}
	o := verifyOptions{
		device: resolveDevice(c.String("device")), threads: c.Int("threads"), sanitize: c.Bool("sanitize"), json: c.Bool("json"),
		problems: matrix.All(),
	}
	if err := checkDevice(c, o.device); err != nil {
		return verifyOptions{}, err
	}
	if c.Bool("quick") {
		o.problems = matrix.Tenth()
	}
	for _, axis := range []struct {
		flag   string
		values string // all of them
		of     func(matrix.Problem) string
	}{
		{"head-dim", list(matrix.HeadDims), func(p matrix.Problem) string { return strconv.Itoa(int(p.HeadDim)) }},
		{"format", strings.Join(formatNamesOf(matrix.All()), ","), func(p matrix.Problem) string { return p.FormatName }},
		{"context", list(matrix.SeqLens), func(p matrix.Problem) string { return strconv.Itoa(int(p.KVSeqLen)) }},
	} {
		if !c.IsSet(axis.flag) {
			continue
		}
		wanted := strings.Split(strings.ToLower(c.String(axis.flag)), ",")
		for _, w := range wanted {
			if !slices.Contains(strings.Split(axis.values, ","), w) {
				return verifyOptions{}, fmt.Errorf("-%s %q is not in the matrix: must be a list of %s", axis.flag, w, axis.values)
			}
		}
		o.problems = slices.DeleteFunc(o.problems, func(p matrix.Problem) bool { return !slices.Contains(wanted, axis.of(p)) })
	}
	if len(o.problems) == 0 {
		return verifyOptions{}, errors.New("no problem of the matrix is left; with -quick, not every three values meet")
	}
	return o, nil
}

// formatNamesOf returns the names of the formats of problems, each once.
func formatNamesOf(problems []matrix.Problem) (names []string) {
	for _, p := range problems {
		if !slices.Contains(names, p.FormatName) {
			names = append(names, p.FormatName)
		}
	}
	return names
}

func (a app) verify(ctx context.Context, o verifyOptions) error {
	workers := 1
	if o.device == "soft" { // one thread each
		workers = min(runtime.GOMAXPROCS(0), 8)
	}
	start := time.Now()
	var bar *progress
	report, err := matrix.Verify(ctx, func() (engine.Engine, error) { return a.open(o.device, o.threads, o.sanitize) }, workers, o.problems,
		func(done, total int, what string) {
			if bar == nil {
				bar = newProgress(a.stderr, total)
				bar.start = start
			}
			bar.set(done, what)
		})
	if bar != nil {
		bar.finish()
	}
	if report.Problems == 0 {
		return err
	}
	// An engine may still complain at its end: that must not hide what it did.
	if report.Misses > 0 {
		err = errors.Join(err, errMiss)
	}
	report.Tool, report.Go = version(), runtime.Version()
	if o.json {
		return errors.Join(writeJSON(a.stdout, report), err)
	}
	return errors.Join(writeVerification(a.stdout, report, time.Since(start)), err)
}
