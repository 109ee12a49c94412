// Conformance runs the text of package shaders on an NVIDIA GPU.
//
// The kernels are translated to CUDA C++ (package msl), and launched as package tqsdpa encodes them: a recorder stands in
// for Metal and writes down every dispatch. What runs is therefore the same MSL, with the same grids, constants and
// buffers as on a Mac; what Metal's own compiler makes of it, and how fast a Mac is, is not shown by this.
//
//	conformance compile   compiles all kernels: nvcc, else clang's PTX; needs no GPU
//	conformance prepare   fills conformance/build with what conformance/run.sh needs on a machine with a GPU
//
// There, which run.sh does:
//
//	conformance build|times|check|faults|tool NAME|record  -o FOLDER -results FOLDER
//
// And here again, with what that run wrote:
//
//	conformance report -results FOLDER  files the record and writes the tables of docs/BENCHMARKS.md
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

//go:embed cuda
var embedded embed.FS

// cudaFiles are the sources of the launcher, and of what else is built beside the kernels.
var cudaFiles = func() fs.FS {
	f, err := fs.Sub(embedded, "cuda")
	if err != nil {
		return embedded // the folder is embedded: this can't happen
	}
	return f
}()

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("a command is missing: compile, prepare, build, times, check, faults, tool, record or report")
	}
	flags := flag.NewFlagSet("conformance "+args[0], flag.ContinueOnError)
	folder := flags.String("o", "conformance/build", "the folder of the translated kernels")
	results := flags.String("results", "conformance/build/results", "the folder of the results")
	architecture := flags.String("arch", "sm_90", "the GPU to compile for, where none is asked")
	commit := flags.String("commit", "", "what the record calls the text that ran")
	docs := flags.String("docs", "docs/BENCHMARKS.md", "the file whose tables are written")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	start := time.Now()
	progress := func(format string, a ...any) {
		fmt.Printf("[%5.1f s] "+format+"\n", append([]any{time.Since(start).Seconds()}, a...)...)
	}
	var err error
	if *folder, err = filepath.Abs(*folder); err != nil {
		return err
	}
	launcher := filepath.Join(*folder, "launcher")
	onGPU := func(do func(*rig) error) error {
		l, err := openBundle(*folder)
		if err != nil {
			return err
		}
		g, err := startRig(context.WithoutCancel(ctx), l, launcher)
		if err != nil {
			return err
		}
		doErr := do(g)
		return errors.Join(doErr, g.close())
	}
	switch args[0] {
	case "compile":
		c, err := findCompiler(*architecture)
		if err != nil {
			return err
		}
		temporary, err := os.MkdirTemp("", "conformance")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temporary)
		l, err := translate(ctx, temporary)
		if err != nil {
			return err
		}
		progress("translated %s; compiling for %s with %s", l.size(), c.architecture, c.version())
		counted, err := compileAll(ctx, l, c)
		if err != nil {
			return err
		}
		if !c.nvcc {
			progress("compiled all to PTX; nvcc is not here, so there is no machine code, and no count of registers and instructions")
			return nil
		}
		for _, k := range counted {
			fmt.Printf("%-44s %3d registers %5d bytes spilled %6d bytes threadgroup memory %6d instructions\n", k.Variant, k.Registers, k.Spill, k.Threadgroup, k.Instructions)
		}
		progress("compiled all to machine code")
		return nil
	case "prepare":
		l, err := prepare(ctx, *folder)
		if err != nil {
			return err
		}
		progress("translated %s to %s; conformance/run.sh runs them where a GPU is", l.size(), *folder)
		return nil
	case "build":
		return onGPU(func(g *rig) error {
			card, err := g.describe()
			if err != nil {
				return err
			}
			c, err := findCompiler(card.architecture)
			if err != nil {
				return err
			}
			progress("%s, %d processors; %s", card.Name, card.Processors, c.version())
			if err := writeJSON(*results, cardFile, runInfo{time.Now().UTC().Format(time.DateOnly), *commit, c.version(), card}); err != nil {
				return err
			}
			counted, err := compileAll(ctx, g.bundle, c)
			if err != nil {
				return err
			}
			progress("compiled %d variants, and the faults", len(counted))
			return writeJSON(*results, compiledFile, counted)
		})
	case "times":
		return onGPU(func(g *rig) error {
			r, err := measure(ctx, g)
			return errors.Join(err, writeJSON(*results, timesFile, r))
		})
	case "check":
		return onGPU(func(g *rig) error {
			r, err := check(ctx, g)
			if err == nil && len(r.Failures) > 0 {
				err = fmt.Errorf("%d failures, such as %s", len(r.Failures), r.Failures[0])
			}
			progress("check: %d problems", r.Problems)
			return errors.Join(err, writeJSON(*results, checkFile, r))
		})
	case "tool":
		l, err := openBundle(*folder)
		if err != nil {
			return err
		}
		var failed []string
		for _, tool := range flags.Args() {
			r := sanitize(ctx, l, launcher, tool, *results)
			if err := writeJSON(*results, toolFile(tool), r); err != nil {
				return err
			}
			progress("%s: %d problems, %d found; %s", tool, r.Problems, r.Found, r.Error)
			if r.Found > 0 || r.Error != "" {
				failed = append(failed, tool)
			}
		}
		if failed != nil {
			return fmt.Errorf("not clean: %s", strings.Join(failed, ", "))
		}
		return nil
	case "faults":
		l, err := openBundle(*folder)
		if err != nil {
			return err
		}
		r, err := plant(ctx, l, launcher, *results, min(runtime.NumCPU(), 8))
		if err != nil {
			return err
		}
		missed := []string{}
		for _, f := range r {
			if !f.Found {
				missed = append(missed, f.Fault)
			}
		}
		progress("%d of %d planted faults found", len(r)-len(missed), len(r))
		if err := writeJSON(*results, faultsFile, r); err != nil {
			return err
		}
		if len(missed) > 0 {
			return fmt.Errorf("not found: %s", strings.Join(missed, "; "))
		}
		return nil
	case "record":
		return gather(*results)
	case "report":
		return report(*results, *docs)
	}
	return fmt.Errorf("no command %q", args[0])
}
