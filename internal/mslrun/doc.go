// Package mslrun compiles Metal Shading Language to programs for this machine and runs them.
//
// A [Compiler] turns MSL text into a [Library] and, for one kernel and one set of function constants, into a [Program]:
// an executable built by clang++-19 from the text of package msl and an embedded runtime. An [Executor] starts programs as
// child processes and sends them dispatches over buffers of one shared [Memory].
//
// The point is strictness, not speed: what Metal leaves undefined ends in an error here. Threads of a simdgroup meet at
// simd_* calls and barriers, and an [Order] decides who runs first, so that a race shows as a result that depends on the order.
package mslrun

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// ErrUnsupported says that MSL cannot run on this operating system or processor: only linux/amd64 and linux/arm64 can.
var ErrUnsupported = errors.New("mslrun: kernels run on linux/amd64 and linux/arm64 only, not on " + runtime.GOOS + "/" + runtime.GOARCH)

// ErrNoCompiler says that clang++-19 was not found. Everything but libraries and pipelines works without it.
var ErrNoCompiler = errors.New("mslrun: clang++-19 not found; on Debian and Ubuntu: apt-get install -y clang-19 libclang-rt-19-dev")

// ErrClosed says that an object was used after its Close.
var ErrClosed = errors.New("mslrun: use after Close")

// ErrNoFunction says that a library has no function of the name asked for.
var ErrNoFunction = errors.New("mslrun: no such function in the library")

// ErrCache says that the folder of built programs can't be read or written. The reason is wrapped beside it.
var ErrCache = errors.New("mslrun: cache folder")

// ToolError says that the compiler failed for a reason that is not the source: a full disk, no memory, a crash. Nothing of
// it is kept, and the next call tries anew.
type ToolError struct {
	Step string // what it was to do
	Err  error  // how it ended
	Log  string // what it said
}

func (e *ToolError) Error() string {
	return strings.TrimRight(fmt.Sprintf("mslrun: %s: %v\n%s", e.Step, e.Err, e.Log), "\n")
}

// Unwrap returns how the compiler ended, an *exec.ExitError as a rule.
func (e *ToolError) Unwrap() error { return e.Err }

// CompileError says why a source was refused, by the preprocessor, the lint, the address-space pass or the compiler.
type CompileError struct {
	// Log is everything that was said, never cut, in the form "program_source:LINE:COLUMN: error: ...". Lines are those of
	// the MSL source. Columns are those of the translated text and can differ from the source's.
	Log string
}

func (e *CompileError) Error() string { return e.Log }

// ConstantError says which function constant was missing, of the wrong type or of the wrong size.
type ConstantError struct {
	Name   string // empty if only the index is known
	Index  int
	Reason string
}

func (e *ConstantError) Error() string {
	return fmt.Sprintf("mslrun: function constant %q (index %d): %s", e.Name, e.Index, e.Reason)
}
