//go:build linux && (amd64 || arm64)

package mslrun

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tqmetal/tqmetal/internal/msl"
)

//go:embed runtime
var runtimeSources embed.FS

// prepare writes the headers and builds the runtime, until it has worked once: a disk that was full may have room now.
func (c *Compiler) prepare() error {
	c.preparing.Lock()
	defer c.preparing.Unlock()
	if c.prepared {
		return nil
	}
	err := c.prepareOnce()
	c.prepared = err == nil
	return err
}

func (c *Compiler) prepareOnce() error {
	info, err := os.Stat(c.clang)
	if err != nil {
		return fmt.Errorf("%w (%v)", ErrNoCompiler, err)
	}
	headers, err := files(msl.Headers, "include")
	if err != nil {
		return err
	}
	sources, err := files(runtimeSources, "runtime")
	if err != nil {
		return err
	}
	macros := msl.MacroHeaders()
	c.identity = hash(c.clang, fmt.Sprint(info.Size(), info.ModTime().UnixNano()), hashFiles(headers), hashFiles(sources), strings.Join(c.processor(), " "), strings.Join(c.sanitizers(), " "))
	if c.headers, err = c.place("include-"+hashFiles(headers), func(dir string) error { return writeFiles(dir, headers) }); err != nil {
		return err
	}
	if c.macros, err = c.place("macros-"+hashFiles(macros), func(dir string) error { return writeFiles(dir, macros) }); err != nil {
		return err
	}
	c.objects, err = c.place("runtime-"+c.identity, func(dir string) error {
		if err := writeFiles(dir, sources); err != nil {
			return err
		}
		args := append([]string{"-std=c++17", "-O2", "-Wall", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-nostdinc++", "-fPIC", "-iquote", dir, "-I", c.headers, "-c"}, c.processor()...)
		args = append(args, c.sanitizers()...)
		for n := range sources {
			if strings.HasSuffix(n, ".cc") {
				args = append(args, filepath.Join(dir, n))
			}
		}
		log, err := c.clangIn(context.Background(), dir, "", args)
		if err != nil {
			return toolError("building the runtime", log, err)
		}
		return nil
	})
	return err
}

// precompiled reads the headers once for all sources with the same flags: half the time of a small kernel.
func (c *Compiler) precompiled(ctx context.Context, flags []string) ([]string, error) {
	const name = "metal_stdlib.pch"
	dir, err := c.place("headers-"+hash(c.identity, strings.Join(flags, "\x00")), func(dir string) error {
		args := append(append([]string{}, flags...), "-x", "c++-header", "-o", filepath.Join(dir, name), filepath.Join(c.headers, "metal_stdlib"))
		if log, err := c.clangIn(ctx, "", "", args); err != nil {
			return toolError("precompiling the headers", log, err)
		}
		return nil
	})
	return []string{"-include-pch", filepath.Join(dir, name)}, err
}

// processor is the flags that choose instructions.
func (c *Compiler) processor() []string {
	if runtime.GOARCH != "amd64" {
		return nil
	}
	// Conversions of half and fused multiply-add are library calls without these, with the same results.
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil && bytes.Contains(b, []byte(" f16c")) && bytes.Contains(b, []byte(" fma ")) && bytes.Contains(b, []byte(" avx2 ")) {
		return []string{"-march=x86-64-v3"}
	}
	return nil
}

func (c *Compiler) sanitizers() []string {
	if !c.sanitize {
		return nil
	}
	// Shifts by too much are masked in Metal.
	return []string{"-fsanitize=address,undefined", "-fno-sanitize=shift,function,vptr", "-fno-sanitize-recover=all", "-gline-tables-only"}
}

// clangIn runs the compiler with text as its standard input and returns what it said.
func (c *Compiler) clangIn(ctx context.Context, dir, text string, args []string) (log string, err error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, c.clang, args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(text)
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return c.clean(stderr.String()), err
}

// clean takes the folders of this machine out of a log.
func (c *Compiler) clean(log string) string {
	for _, d := range []string{c.headers, c.macros} {
		if d != "" {
			log = strings.ReplaceAll(log, d+"/", "")
		}
	}
	return log
}
