//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"testing"
	"time"
	"unsafe"
)

// testCompiler returns a compiler with the user's cache, unless told otherwise: what is built is named by all that goes into
// it, so a test gets what it would build, and builds little when it runs again. Without clang++-19 it fails where CI is set
// and skips elsewhere, saying what to install.
func testCompiler(t testing.TB, c CompilerConfig) *Compiler {
	t.Helper()
	compiler, err := NewCompiler(c)
	if errors.Is(err, ErrNoCompiler) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("kernels are not tested: %v", err)
		}
		t.Skipf("KERNELS ARE NOT TESTED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return compiler
}

const head = "#include <metal_stdlib>\nusing namespace metal;\n"

// bench is a compiler, a memory and an executor for one test.
type bench struct {
	t        testing.TB
	compiler *Compiler
	memory   *Memory
	executor *Executor
}

func newBench(t testing.TB, c CompilerConfig, e ExecutorConfig) *bench {
	t.Helper()
	b := &bench{t: t, compiler: testCompiler(t, c)}
	var err error
	if b.memory, err = NewMemory(1 << 30); err != nil {
		t.Fatal(err)
	}
	if e.Timeout == 0 {
		e.Timeout = 30 * time.Second
	}
	if b.executor, err = NewExecutor(b.memory, e); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.executor.Close(); err != nil {
			t.Error(err)
		}
		if err := b.memory.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) newLibrary(source string, o Options) *Library {
	b.t.Helper()
	l, warnings, err := b.compiler.Library(context.Background(), source, o)
	if err != nil {
		b.t.Fatalf("%v", err)
	}
	if warnings != "" {
		b.t.Logf("warnings:\n%s", warnings)
	}
	return l
}

func (b *bench) program(source, name string, constants Constants) *Program {
	b.t.Helper()
	p, err := b.newLibrary(source, Options{}).Pipeline(context.Background(), name, constants)
	if err != nil {
		b.t.Fatalf("%v", err)
	}
	return p
}

// buffer allocates n values of T.
func buffer[T any](b *bench, values []T) ([]T, Binding) {
	b.t.Helper()
	var zero T
	size := len(values) * int(unsafe.Sizeof(zero))
	at, mapping, err := b.memory.Allocate(size)
	if err != nil {
		b.t.Fatal(err)
	}
	s := unsafe.Slice((*T)(unsafe.Pointer(&mapping[0])), len(values))
	copy(s, values)
	return s, Binding{Offset: at, Length: size}
}

func bytesOf[T any](v T) Binding {
	return Binding{Inline: append([]byte{}, unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v))...)}
}

func (b *bench) run(o Order, d ...Dispatch) error {
	b.t.Helper()
	return b.executor.Run(context.Background(), d, o)
}

func bind(b ...Binding) (out [MaxBuffers]Binding) {
	copy(out[:], b)
	return out
}

func floatConstant(f float32) ConstantValue {
	return ConstantValue{Float, binary.LittleEndian.AppendUint32(nil, math.Float32bits(f))}
}

func uintConstant(n uint32) ConstantValue {
	return ConstantValue{UInt, binary.LittleEndian.AppendUint32(nil, n)}
}

func intConstant(n int32) ConstantValue {
	return ConstantValue{Int, binary.LittleEndian.AppendUint32(nil, uint32(n))}
}

func boolConstant(b bool) ConstantValue {
	if b {
		return ConstantValue{Bool, []byte{1}}
	}
	return ConstantValue{Bool, []byte{0}}
}
