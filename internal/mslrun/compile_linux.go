//go:build linux && (amd64 || arm64)

package mslrun

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"

	"github.com/tqmetal/tqmetal/internal/msl"
)

// sourceName is what a source is called in diagnostics, as in Metal's.
const sourceName = "program_source"

// Compiler builds programs. Its methods may be called from any goroutine.
type Compiler struct {
	clang      string
	dir        string
	sanitize   bool
	matrixRows bool

	preparing sync.Mutex
	prepared  bool
	identity  string // of the compiler and all that is embedded here
	headers   string // folder
	macros    string // folder
	objects   string // folder
	building  keyedMutex
}

// NewCompiler returns a compiler, or ErrNoCompiler, or ErrUnsupported. It starts no process.
func NewCompiler(c CompilerConfig) (*Compiler, error) {
	name := c.Clang
	if name == "" {
		name = "clang++-19"
	}
	clang, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrNoCompiler, err)
	}
	dir := c.CacheDir
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCache, err)
		}
		dir = filepath.Join(base, "tqmetal", "msl")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCache, err)
	}
	// Programs from here are run: nobody else may put one there.
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCache, err)
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok && (int(s.Uid) != os.Getuid() || info.Mode().Perm()&0o022 != 0) {
		return nil, fmt.Errorf("%w %s belongs to user %d with mode %v: it has to be this user's (%d) and writable by nobody else", ErrCache, dir, s.Uid, info.Mode().Perm(), os.Getuid())
	}
	return &Compiler{clang: clang, dir: dir, sanitize: c.Sanitize, matrixRows: c.MatrixRows}, nil
}

// language is the flags that all passes over a source share.
func (o Options) language() []string {
	v := msl.Version(o.LanguageVersion)
	std := "-std=c++14"
	if o.LanguageVersion >= MSL4_0 {
		std = "-std=c++17"
	}
	return []string{"-x", "c++", std, "-nostdinc", "-fsigned-char", "-fno-exceptions", "-fno-rtti", "-fno-color-diagnostics", "-ferror-limit=0",
		"-ftemplate-backtrace-limit=0", fmt.Sprintf("-D__METAL_VERSION__=%d", v.Macro()), "-D__METAL__=1", "-D__METAL_MACOS__=1"}
}

// Library checks an MSL source: preprocessor, lint, address-space pass. A refused source is a *CompileError. Warnings are
// in the log's form and come with a library.
func (c *Compiler) Library(ctx context.Context, source string, o Options) (lib *Library, warnings string, err error) {
	if o.LanguageVersion == 0 {
		o.LanguageVersion = MSL3_0
	}
	switch o.LanguageVersion {
	case MSL3_0, MSL3_1, MSL3_2, MSL4_0:
	default:
		return nil, "", &CompileError{Log: fmt.Sprintf("MSL %v is not supported: 3.0, 3.1, 3.2 and 4.0 are", msl.Version(o.LanguageVersion))}
	}
	if err := c.prepare(); err != nil {
		return nil, "", err
	}
	text, warnings, err := c.preprocess(ctx, source, o)
	if err != nil {
		return nil, "", err
	}
	unit, err := msl.Parse(text, sourceName, msl.Version(o.LanguageVersion))
	if err != nil {
		return nil, "", &CompileError{Log: err.Error()}
	}
	flags := append(o.language(), "-D__MSL_STRICT__=1", "-isystem", c.headers)
	headers, err := c.precompiled(ctx, flags)
	if err != nil {
		return nil, "", err
	}
	args := append(append(flags, headers...), "-fsyntax-only",
		"-Wno-static-float-init", "-Wno-duplicate-decl-specifier", "-Wno-unknown-attributes", "-Wno-undefined-internal", "-Wno-undefined-inline", "-Werror=vla", "-Werror=vla-extension", "-Wno-undefined-var-template", "-")
	log, runErr := c.clangIn(ctx, "", unit.Strict(), args)
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	if toolFailed(runErr, log) {
		return nil, "", toolError("checking the source", log, runErr)
	}
	errs, more := sift(log, true, unit.SpaceClasses)
	if errs != "" {
		return nil, "", &CompileError{Log: errs}
	}
	all := []string{}
	for _, w := range unit.Warnings {
		all = append(all, w.Warning())
	}
	for _, w := range []string{warnings, more} {
		if w != "" {
			all = append(all, w)
		}
	}
	return &Library{c, unit, o}, strings.Join(all, "\n"), nil
}

func (c *Compiler) preprocess(ctx context.Context, source string, o Options) (text, warnings string, err error) {
	if strings.IndexByte(source, 0) >= 0 {
		return "", "", &CompileError{Log: sourceName + ":1:1: error: the source has a NUL byte"}
	}
	args := append(o.language(), "-E", "-isystem", c.macros, "-U__clang__")
	if o.MathMode == MathFast {
		args = append(args, "-D__FAST_MATH__=1")
	}
	names := make([]string, 0, len(o.PreprocessorMacros))
	for n := range o.PreprocessorMacros {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		if n == "" || strings.ContainsAny(n, "=\n\x00") || strings.ContainsAny(o.PreprocessorMacros[n], "\n\x00") {
			return "", "", &CompileError{Log: fmt.Sprintf("preprocessor macro %q has a name or text that can't be one", n)}
		}
		args = append(args, "-D"+n+"="+o.PreprocessorMacros[n])
	}
	cmd := exec.CommandContext(ctx, c.clang, append(args, "-")...)
	cmd.Stdin = strings.NewReader("# 1 \"" + sourceName + "\"\n" + source + "\n")
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	runErr := cmd.Run()
	if ctx.Err() != nil {
		return "", "", ctx.Err()
	}
	log := c.clean(stderr.String())
	if toolFailed(runErr, log) {
		return "", "", toolError("preprocessing the source", log, runErr)
	}
	errs, warnings := sift(log, false, nil)
	if errs != "" {
		return "", "", &CompileError{Log: errs}
	}
	return out.String(), warnings, nil
}

// Pipeline builds the program of one kernel and one set of function constants, linked with images, or finds it in the cache.
// A function that the source does not define is the first image's that has it. Errors: ErrNoFunction, *ConstantError,
// *CompileError.
func (l *Library) Pipeline(ctx context.Context, name string, constants Constants, images ...*Image) (*Program, error) {
	var kernel *msl.Kernel
	for i := range l.unit.Kernels {
		if l.unit.Kernels[i].Name == name {
			kernel = &l.unit.Kernels[i]
		}
	}
	if kernel == nil {
		return nil, fmt.Errorf("%w: %q", ErrNoFunction, name)
	}
	values, err := l.values(kernel.Name, kernel.Constants, constants)
	if err != nil {
		return nil, err
	}
	if err := l.linkable(images); err != nil {
		return nil, err
	}
	text, err := l.unit.Program(kernel, values, msl.CPU)
	if err != nil {
		return nil, err
	}
	c := l.compiler
	args := l.flags()
	linked := len(images) > 0 || len(l.unit.Imports()) > 0
	if linked {
		// What this kernel does not come to need not be there; and no image sees what is defined here.
		args = append(args, "-ffunction-sections", "-fvisibility=hidden")
	}
	var linking []string
	for _, image := range images {
		linking = append(linking, image.path)
	}
	if linked {
		linking = append(linking, "-Wl,--gc-sections")
	}
	dir, err := c.place("program-"+hash(c.identity, text, strings.Join(args, "\x00"), strings.Join(linking, "\x00")), func(dir string) error {
		object := filepath.Join(dir, "kernel.o")
		if err := l.object(ctx, text, object, args); err != nil {
			return err
		}
		link := append([]string{"-o", filepath.Join(dir, "program"), object, filepath.Join(c.objects, "main.o"), filepath.Join(c.objects, "log.o"), filepath.Join(c.objects, "memory.o"),
			filepath.Join(c.objects, "schedule.o"), filepath.Join(c.objects, "bfloat.o")}, linking...)
		if err := c.link(ctx, link); err != nil {
			return err
		}
		os.Remove(object)
		description, err := exec.CommandContext(ctx, filepath.Join(dir, "program"), "--describe").Output()
		if err != nil {
			return toolError("starting the built program", "", err)
		}
		return writeFiles(dir, map[string]string{"description": string(description)})
	})
	if err != nil {
		return nil, err
	}
	description, err := os.ReadFile(filepath.Join(dir, "description"))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCache, err)
	}
	p := &Program{Function: l.function(kernel), ThreadExecutionWidth: 32, path: filepath.Join(dir, "program")}
	return p, p.describe(string(description))
}

// flags are those that the code of a library is compiled with.
func (l *Library) flags() []string {
	c := l.compiler
	args := append(l.options.language(), "-O1", "-w", "-fPIC", "-fno-threadsafe-statics", "-fno-strict-aliasing", "-fwrapv", "-fno-math-errno", "-ftrivial-auto-var-init=pattern", "-fdenormal-fp-math=preserve-sign",
		"-isystem", c.headers)
	args = append(args, c.processor()...)
	args = append(args, c.sanitizers()...)
	if c.matrixRows {
		args = append(args, "-D__MSL_MATRIX_ROWS__=1")
	}
	// Without it a large array reaches over the guard page below a thread's stack, into the stack of another thread.
	args = append(args, "-fstack-clash-protection")
	if !c.sanitize {
		args = append(args, "-fsanitize=integer-divide-by-zero", "-fsanitize-trap=integer-divide-by-zero")
	}
	if l.options.Logging {
		args = append(args, "-D__MSL_LOGGING__=1")
	}
	if l.options.MathMode == MathFast {
		args = append(args, "-ffp-contract=fast")
	} else {
		args = append(args, "-ffp-contract=off")
	}
	if f := l.options.Functions; f == Fast || f == ByMathMode && l.options.MathMode == MathFast {
		args = append(args, "-D__MSL_FAST_MATH__=1")
	}
	return args
}

// object compiles a text of the library.
func (l *Library) object(ctx context.Context, text, object string, args []string) error {
	headers, err := l.compiler.precompiled(ctx, args)
	if err != nil {
		return err
	}
	log, err := l.compiler.clangIn(ctx, "", text, append(append(append([]string{}, args...), headers...), "-c", "-o", object, "-"))
	if toolFailed(err, log) {
		return toolError("compiling the kernel", log, err)
	}
	if err != nil {
		errs, _ := sift(log, false, nil)
		return &CompileError{Log: errs}
	}
	return nil
}

// link links a program or an image.
func (c *Compiler) link(ctx context.Context, args []string) error {
	args = append(append(args, "-lm"), c.sanitizers()...)
	if !c.sanitize {
		args = append(args, "-nostdlib++")
	}
	log, err := c.clangIn(ctx, "", "", args)
	if err == nil {
		return nil
	}
	if names := undefinedIn(log); len(names) > 0 {
		return &CompileError{Log: "Undefined symbols: " + strings.Join(names, ", ")}
	}
	return toolError("linking the program", log, err)
}

// describe takes in what the program says about itself.
func (p *Program) describe(text string) error {
	next := 0
	members := make([]int, len(p.Function.Arguments))
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var in, index, size, align, active, writable int
		if n, _ := fmt.Sscanf(line, "argument %d %d %d %d %d %d", &in, &index, &size, &align, &active, &writable); n == 6 && next < len(p.Function.Arguments) {
			a := &p.Function.Arguments[next]
			a.Active, a.TypeSize, a.TypeAlign = active != 0, size, align
			next++
		}
		if n, _ := fmt.Sscanf(line, "member %d %d %d", &in, &index, &size); n == 3 && in < len(p.Function.Arguments) {
			if members[in] >= len(p.Function.Arguments[in].Members) {
				return fmt.Errorf("mslrun: the program describes more members of argument %d than there are", in)
			}
			m := &p.Function.Arguments[in].Members[members[in]]
			m.Offset, m.Size = index, size
			members[in]++
		}
		fmt.Sscanf(line, "static %d", &p.StaticThreadgroupMemoryLength)
		fmt.Sscanf(line, "threads %d", &p.MaxTotalThreadsPerThreadgroup)
		var bytes int
		if n, _ := fmt.Sscanf(line, "request %d", &bytes); n == 1 && bytes != requestBytes {
			return fmt.Errorf("mslrun: a request has %d bytes in the runtime and %d here", bytes, requestBytes)
		}
		if n, _ := fmt.Sscanf(line, "reply %d", &bytes); n == 1 && bytes != replyBytes {
			return fmt.Errorf("mslrun: a reply has %d bytes in the runtime and %d here", bytes, replyBytes)
		}
	}
	if n := p.MaxTotalThreadsPerThreadgroup; n < 1 || n > 1024 {
		return &CompileError{Log: fmt.Sprintf("%s:1:1: error: max_total_threads_per_threadgroup of kernel %s is a number from 1 to 1024, not %d", sourceName, p.Function.Name, n)}
	}
	if next != len(p.Function.Arguments) {
		return fmt.Errorf("mslrun: the program describes %d arguments of %d", next, len(p.Function.Arguments))
	}
	return nil
}
