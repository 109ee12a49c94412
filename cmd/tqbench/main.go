// Command tqbench runs decode attention over a TurboQuant KV cache, checks it
// and measures it, on the CPU or through Metal.
//
// Without arguments it fills caches of 1K, 8K and 32K positions with the shape
// of a Gemma sliding layer, attends to them, compares the result with float64
// on the same bytes and with attention over the unquantised rows, and prints
// one table: time, bandwidth against the memory's, cache size and errors, the
// same for an F16 cache beside it. With -kv it does so with tensors captured
// from a model.
//
// tqbench verify holds a device to a matrix of problems: every kernel, format
// and shape against float64, in three orders of threads.
//
// tqbench selftest finds out whether what the library relies on holds on this Mac,
// and writes one report to send in.
//
// The exit status is 0 when every result is right, 1 when one is not or
// something failed, 2 when the command line is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/urfave/cli/v3"

	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	os.Exit(app{os.Stdout, os.Stderr, openEngine}.run(ctx, os.Args))
}

// errWrong says that a result was not right; the table says which.
var errWrong = errors.New("a result is further from float64 than rounding explains")

// errUsage marks what is wrong with the command line.
var errUsage = errors.New("usage")

// An app is what the command works on: tests put other devices there.
type app struct {
	stdout, stderr io.Writer
	open           func(device string, threads int, sanitize bool) (engine.Engine, error)
}

func (a app) run(ctx context.Context, args []string) int {
	onUsageError := func(_ context.Context, _ *cli.Command, err error, _ bool) error {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	command := &cli.Command{
		Name:  "tqbench",
		Usage: "run, check and measure attention over a TurboQuant KV cache",
		Description: "Without options: a Gemma sliding layer at 1K, 8K and 32K positions, on a Mac's\n" +
			"GPU by its own clock, elsewhere on the CPU.",
		Flags:           flags(),
		HideHelpCommand: true,
		Writer:          a.stdout,
		ErrWriter:       a.stderr,
		// Errors are printed below, once.
		OnUsageError:   onUsageError,
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		Action: func(ctx context.Context, c *cli.Command) error {
			o, err := parseOptions(c)
			if err != nil {
				return fmt.Errorf("%w: %w", errUsage, err)
			}
			return a.bench(ctx, o)
		},
		Commands: []*cli.Command{{
			Name:  "verify",
			Usage: "hold a device to the matrix of problems, against float64",
			Description: "Every kernel, format and shape in three orders of threads, which must give the\n" +
				"same bits; rows that the device encodes and decodes against the format's own.\n" +
				"The exit status is 1 when anything misses.",
			Flags:          verifyFlags(),
			OnUsageError:   onUsageError,
			ExitErrHandler: func(context.Context, *cli.Command, error) {},
			Action: func(ctx context.Context, c *cli.Command) error {
				o, err := parseVerifyOptions(c)
				if err != nil {
					return fmt.Errorf("%w: %w", errUsage, err)
				}
				return a.verify(ctx, o)
			},
		}, {
			Name:  "selftest",
			Usage: "find out whether everything that the library relies on holds on this Mac",
			Description: "Methods, kernels, numbers, barriers, faults, times and memory: each is tested on\n" +
				"the device, by what is safe on a machine that is in use. The exit status is 1 when\n" +
				"anything is found. The report of -json has no name of a person, a machine or a\n" +
				"folder in it.",
			Flags:          selftestFlags(),
			OnUsageError:   onUsageError,
			ExitErrHandler: func(context.Context, *cli.Command, error) {},
			Action: func(ctx context.Context, c *cli.Command) error {
				o, err := parseSelftestOptions(c)
				if err != nil {
					return fmt.Errorf("%w: %w", errUsage, err)
				}
				return a.selftest(ctx, o)
			},
		}},
	}
	err := command.Run(ctx, args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(a.stderr, "tqbench: interrupted")
		return 1
	case errors.Is(err, errUsage), errors.Is(err, attention.ErrParam):
		fmt.Fprintf(a.stderr, "tqbench: %v\n", err)
		return 2
	}
	fmt.Fprintf(a.stderr, "tqbench: %v\n", err)
	return 1
}
