// Command tqbench runs decode attention over a TurboQuant KV cache, checks it
// and measures it.
//
// Without arguments it fills caches of 1K, 8K and 32K positions with the shape
// of a Gemma sliding layer, attends to them, compares the result with float64
// on the same bytes and with attention over the unquantised rows, and prints
// one table: time, bandwidth against the memory's, cache size and errors, the
// same for an F16 cache beside it. With -kv it does so with tensors captured
// from a model.
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

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	os.Exit(run(ctx, os.Args, os.Stdout, os.Stderr))
}

// errWrong says that a result was not right; the table says which.
var errWrong = errors.New("a result is further from float64 than rounding explains")

// errUsage marks what is wrong with the command line.
var errUsage = errors.New("usage")

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	command := &cli.Command{
		Name:  "tqbench",
		Usage: "run, check and measure attention over a TurboQuant KV cache",
		Description: "Without options: a Gemma sliding layer at 1K, 8K and 32K positions.\n" +
			"Computes on the CPU; times are of this machine.",
		Flags:     flags(),
		Writer:    stdout,
		ErrWriter: stderr,
		// Errors are printed below, once.
		OnUsageError: func(_ context.Context, _ *cli.Command, err error, _ bool) error {
			return fmt.Errorf("%w: %w", errUsage, err)
		},
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		Action: func(ctx context.Context, c *cli.Command) error {
			o, err := parseOptions(c)
			if err != nil {
				return fmt.Errorf("%w: %w", errUsage, err)
			}
			return runBench(ctx, o, stdout, stderr)
		},
	}
	err := command.Run(ctx, args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "tqbench: interrupted")
		return 1
	case errors.Is(err, errUsage), errors.Is(err, attention.ErrParam):
		fmt.Fprintf(stderr, "tqbench: %v\n", err)
		return 2
	}
	fmt.Fprintf(stderr, "tqbench: %v\n", err)
	return 1
}
