package mslrun

import "context"

// Memory is device memory: one sparse file in memory that child processes inherit. Its methods may be called from any
// goroutine. Allocate does not zero what it does not need to: fresh memory reads as zero.
type Memory struct{}

// NewMemory reserves room for size bytes of allocations. Pages cost memory only once they are written.
// Close releases it.
func NewMemory(size int64) (*Memory, error) { return nil, ErrUnsupported }

// Allocate returns length zeroed bytes: their offset in the memory, a multiple of 16, and where they are in this process.
// The mapping is valid until Free and is not Go heap: a slice of it does not keep it.
func (m *Memory) Allocate(length int) (offset int64, mapping []byte, err error) {
	return 0, nil, ErrUnsupported
}

// Free gives back what Allocate returned at offset. The mapping must not be used any more.
func (m *Memory) Free(offset int64) error { return ErrUnsupported }

// Close unmaps everything. Executors of this memory must be closed before.
func (m *Memory) Close() error { return ErrUnsupported }

// Compiler builds programs. Its methods may be called from any goroutine.
type Compiler struct{}

// NewCompiler returns a compiler, or ErrNoCompiler, or ErrUnsupported. It starts no process.
func NewCompiler(c CompilerConfig) (*Compiler, error) { return nil, ErrUnsupported }

// Library checks an MSL source: preprocessor, lint, address-space pass. A refused source is a *CompileError. Warnings are
// in the log's form and come with a library. A library holds no resources.
func (c *Compiler) Library(ctx context.Context, source string, o Options) (lib *Library, warnings string, err error) {
	return nil, "", ErrUnsupported
}

// Library is a checked source.
type Library struct{}

// Functions lists the kernels in the order of the source.
func (l *Library) Functions() []Function { return nil }

// Pipeline builds the program of one kernel and one set of function constants, or finds it in the cache. Errors:
// ErrNoFunction, *ConstantError, *CompileError.
func (l *Library) Pipeline(ctx context.Context, name string, constants Constants) (*Program, error) {
	return nil, ErrUnsupported
}

// Program is an executable of one kernel, specialised. It holds no resources.
type Program struct {
	Function Function // as specialised: Arguments have sizes, Constants' values went in
	// StaticThreadgroupMemoryLength is the bytes of threadgroup variables in the kernel, rounded up to 16.
	StaticThreadgroupMemoryLength int
	MaxTotalThreadsPerThreadgroup int // 1024, or less if the kernel says so
	ThreadExecutionWidth          int // 32
}

// Executor runs programs. One Run goes on at a time; a second one waits. The zero Executor is not usable.
type Executor struct{}

// NewExecutor returns an executor over a memory. Close ends its child processes.
func NewExecutor(m *Memory, c ExecutorConfig) (*Executor, error) { return nil, ErrUnsupported }

// Run runs dispatches one after another, in an order that Barrier and After allow and order chooses. It returns when all
// are done or one has failed: a *FaultError. A failed one does not stop later Runs. Canceling ctx kills the dispatch and
// returns the context's error.
func (e *Executor) Run(ctx context.Context, dispatches []Dispatch, order Order) error {
	return ErrUnsupported
}

// Close ends the child processes.
func (e *Executor) Close() error { return nil }
