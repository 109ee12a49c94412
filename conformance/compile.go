package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// The kinds of builds: as the kernel is, which is timed and counted, and with threadgroup memory that is NaN at first and
// lines of the MSL source, which is checked.
const (
	plainBuild   = "plain"
	checkedBuild = "checked"
)

// A compiled says what a compiler made of one variant.
type compiled struct {
	Variant      string
	Registers    int
	Stack, Spill int // bytes: of the stack frame, of spill stores and loads
	Threadgroup  int // bytes of threadgroup memory
	Instructions int // of the whole kernel, SASS
	Loads        int // of them from device memory
	Stores       int
	Shared       int // loads and stores of threadgroup memory
	Shuffles     int
	FMA          int
	Special      int // exp2, reciprocals, conversions: the multi-function unit
}

var errNoCompiler = errors.New("neither nvcc (CUDA 11.8 or newer, in PATH or named by $NVCC) nor clang++-19 is here: nothing was compiled")

// A compiler makes machine code, or with clang PTX, of CUDA text.
type compiler struct {
	path         string
	nvcc         bool
	architecture string // such as sm_90
	standard     string
}

func findCompiler(architecture string) (compiler, error) {
	name := os.Getenv("NVCC")
	if name == "" {
		name = "nvcc"
	}
	if path, err := exec.LookPath(name); err == nil {
		c := compiler{path, true, architecture, "-std=c++14"}
		if exec.Command(path, c.standard, "-x", "cu", "-E", os.DevNull, "-o", os.DevNull).Run() != nil {
			c.standard = "-std=c++17" // MSL 3 is C++14, and later nvccs may have no less than this
		}
		return c, nil
	}
	if path, err := exec.LookPath("clang++-19"); err == nil {
		return compiler{path, false, architecture, "-std=c++14"}, nil
	}
	return compiler{}, errNoCompiler
}

// version is the compiler's own words.
func (c compiler) version() string {
	out, _ := exec.Command(c.path, "--version").Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, l := range lines {
		if strings.Contains(l, "release") {
			return strings.TrimSpace(l)
		}
	}
	return lines[0]
}

// arguments are those for a translated kernel. Metal's safe math contracts nothing, so neither does this.
func (c compiler) arguments(folder, source, target string, checked bool) []string {
	var args []string
	if c.nvcc {
		args = []string{c.standard, "-arch=" + c.architecture, "-cubin", "-O3", "-fmad=false", "-w", "-Xptxas", "-v"}
		if checked {
			args = append(args, "-lineinfo")
		}
	} else {
		// Without a toolkit there is no library of functions and no assembler: PTX is as far as it goes.
		args = []string{"-x", "cuda", c.standard, "--cuda-device-only", "--cuda-gpu-arch=" + c.architecture, "--cuda-feature=+ptx78", "-nocudainc", "-nocudalib",
			"-w", "-S", "-O1", "-ffp-contract=off", "-fno-strict-aliasing"}
	}
	if checked {
		args = append(args, "-D__MSL_POISON__")
	}
	return append(args, "-I", filepath.Join(folder, "headers"), source, "-o", target)
}

// compile compiles modules, as many at a time as there are processors, and returns the log of each.
func (c compiler) compile(ctx context.Context, l *bundle, kind string, modules []entry) (logs []string, err error) {
	if err := os.MkdirAll(filepath.Join(l.folder, kind), 0o755); err != nil {
		return nil, err
	}
	logs = make([]string, len(modules))
	errs := make([]error, len(modules))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Go(func() {
			for i := range next {
				source := filepath.Join(l.folder, "sources", modules[i].module+".cu")
				target := filepath.Join(l.folder, kind, modules[i].module+".cubin")
				if !c.nvcc {
					target = strings.TrimSuffix(target, ".cubin") + ".ptx"
				}
				cmd := exec.CommandContext(ctx, c.path, c.arguments(l.folder, source, target, kind == checkedBuild)...)
				var out bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &out
				if err := cmd.Run(); err != nil {
					errs[i] = fmt.Errorf("%s %s: %w\n%s", modules[i].set, modules[i].variant, err, out.String())
				}
				logs[i] = out.String()
			}
		})
	}
	for i := range modules {
		next <- i
	}
	close(next)
	workers.Wait()
	return logs, errors.Join(errs...)
}

var (
	registersLine = regexp.MustCompile(`Used (\d+) registers`)
	spillLine     = regexp.MustCompile(`(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads`)
	sharedLine    = regexp.MustCompile(`(\d+) bytes smem`)
	instruction   = regexp.MustCompile(`^\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+ )?\s*([A-Z0-9_]+)`)
)

// count reads ptxas's log and the disassembly.
func (c compiler) count(ctx context.Context, e entry, log, cubin string) (compiled, error) {
	n := func(re *regexp.Regexp, group int) int {
		if m := re.FindStringSubmatch(log); m != nil {
			v, _ := strconv.Atoi(m[group])
			return v
		}
		return 0
	}
	out := compiled{Variant: e.variant, Registers: n(registersLine, 1), Stack: n(spillLine, 1), Spill: n(spillLine, 2) + n(spillLine, 3), Threadgroup: n(sharedLine, 1)}
	if out.Registers == 0 {
		return out, fmt.Errorf("%s: no register count in the log:\n%s", e.variant, log)
	}
	tool := os.Getenv("CUOBJDUMP")
	if tool == "" {
		tool = filepath.Join(filepath.Dir(c.path), "cuobjdump")
		if _, err := exec.LookPath(tool); err != nil {
			tool = "cuobjdump"
		}
	}
	sass, err := exec.CommandContext(ctx, tool, "-sass", cubin).Output()
	if err != nil {
		return out, fmt.Errorf("%s: cuobjdump: %w", e.variant, err)
	}
	for _, line := range strings.Split(string(sass), "\n") {
		m := instruction.FindStringSubmatch(line)
		if m == nil || m[1] == "NOP" {
			continue
		}
		out.Instructions++
		switch m[1] {
		case "LDG":
			out.Loads++
		case "STG":
			out.Stores++
		case "LDS", "STS":
			out.Shared++
		case "SHFL":
			out.Shuffles++
		case "FFMA", "FMUL", "FADD":
			if m[1] == "FFMA" {
				out.FMA++
			}
		case "MUFU":
			out.Special++
		}
	}
	return out, nil
}

// compileAll builds everything for a run on a card.
func compileAll(ctx context.Context, l *bundle, c compiler) ([]compiled, error) {
	plain := l.modules(isPlain)
	logs, err := c.compile(ctx, l, plainBuild, plain)
	if err != nil {
		return nil, err
	}
	if _, err := c.compile(ctx, l, checkedBuild, l.modules(func(entry) bool { return true })); err != nil {
		return nil, err
	}
	if !c.nvcc {
		return nil, nil
	}
	read := exec.CommandContext(ctx, c.path, "-arch="+c.architecture, "-cubin", "-O3", filepath.Join(l.folder, "cuda", "read.cu"), "-o", filepath.Join(l.folder, plainBuild, "read.cubin"))
	if out, err := read.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("read.cu: %w\n%s", err, out)
	}
	all := make([]compiled, len(plain))
	errs := make([]error, len(plain))
	var counting sync.WaitGroup
	slots := make(chan bool, runtime.NumCPU())
	for i, e := range plain {
		slots <- true
		counting.Go(func() {
			defer func() { <-slots }()
			all[i], errs[i] = c.count(ctx, e, logs[i], filepath.Join(l.folder, plainBuild, e.module+".cubin"))
		})
	}
	counting.Wait()
	return all, errors.Join(errs...)
}
