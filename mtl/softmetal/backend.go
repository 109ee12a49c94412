package softmetal

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// A backend is what stands in for the GPU: memory, compiler, execution. All that
// can fail on a Mac for reasons outside the program goes through it, so that it
// is the place where a test can make it fail.
type backend interface {
	// allocate returns zeroed memory and the name by which run and free know it.
	allocate(length int) (offset int64, memory []byte, err error)
	free(offset int64)
	live() int // allocations that were not freed
	newLibrary(ctx context.Context, source string, o mslrun.Options) (lib *mslrun.Library, warnings string, err error)
	pipeline(ctx context.Context, lib *mslrun.Library, name string, c mslrun.Constants, images []*mslrun.Image) (*mslrun.Program, error)
	image(ctx context.Context, lib *mslrun.Library, hidden bool) (*mslrun.Image, error)
	functionImage(ctx context.Context, lib *mslrun.Library, name string, c mslrun.Constants) (*mslrun.Image, error)
	run(ctx context.Context, dispatches []mslrun.Dispatch, order mslrun.Order) error
	close() error
}

// kernelRunner is the backend that compiles and runs kernels, with package
// mslrun. Compiler and executor are made when they are first needed: most tests
// of host code need neither.
type kernelRunner struct {
	options Options
	memory  *mslrun.Memory

	mu       sync.Mutex
	compiler *mslrun.Compiler
	executor *mslrun.Executor
}

// newBackend returns a kernelRunner, or where no kernel can run the backend that
// only has memory.
func newBackend(o Options) (backend, error) {
	memory, err := mslrun.NewMemory(o.Memory)
	if errors.Is(err, mslrun.ErrUnsupported) {
		return &memoryOnly{reason: err}, nil
	}
	if err != nil {
		return nil, err
	}
	return &kernelRunner{options: o, memory: memory}, nil
}

func (k *kernelRunner) allocate(length int) (int64, []byte, error) { return k.memory.Allocate(length) }

// free gives memory back. It fails only for an offset that was never allocated.
func (k *kernelRunner) free(offset int64) { _ = k.memory.Free(offset) }

func (k *kernelRunner) live() int { return k.memory.Live() }

func (k *kernelRunner) newLibrary(ctx context.Context, source string, o mslrun.Options) (*mslrun.Library, string, error) {
	c, err := k.theCompiler()
	if err != nil {
		return nil, "", err
	}
	return c.Library(ctx, source, o)
}

func (k *kernelRunner) theCompiler() (*mslrun.Compiler, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.compiler == nil {
		c, err := mslrun.NewCompiler(mslrun.CompilerConfig{CacheDir: k.options.CacheDir, Clang: k.options.Clang, Sanitize: k.options.Sanitize, MatrixRows: k.options.MatrixLayout == MatrixRows})
		if err != nil {
			return nil, err // found anew the next time: it may have been installed
		}
		k.compiler = c
	}
	return k.compiler, nil
}

func (k *kernelRunner) pipeline(ctx context.Context, lib *mslrun.Library, name string, c mslrun.Constants, images []*mslrun.Image) (*mslrun.Program, error) {
	return lib.Pipeline(ctx, name, c, images...)
}

func (k *kernelRunner) image(ctx context.Context, lib *mslrun.Library, hidden bool) (*mslrun.Image, error) {
	return lib.Image(ctx, hidden)
}

func (k *kernelRunner) functionImage(ctx context.Context, lib *mslrun.Library, name string, c mslrun.Constants) (*mslrun.Image, error) {
	return lib.FunctionImage(ctx, name, c)
}

func (k *kernelRunner) run(ctx context.Context, dispatches []mslrun.Dispatch, order mslrun.Order) error {
	e, err := k.theExecutor()
	if err != nil {
		return err
	}
	return e.Run(ctx, dispatches, order)
}

func (k *kernelRunner) theExecutor() (*mslrun.Executor, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.executor == nil {
		e, err := mslrun.NewExecutor(k.memory, mslrun.ExecutorConfig{Timeout: k.options.Timeout, AllowDivergentSIMD: k.options.AllowDivergentSIMD})
		if err != nil {
			return nil, err
		}
		k.executor = e
	}
	return k.executor, nil
}

func (k *kernelRunner) close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var err error
	if k.executor != nil {
		err = k.executor.Close()
	}
	return errors.Join(err, k.memory.Close())
}

// memoryOnly is the backend of systems that cannot run kernels: buffers and
// copies work, libraries say why they do not.
type memoryOnly struct {
	reason error
	mu     sync.Mutex
	next   int64
	blocks map[int64][]byte
}

func (m *memoryOnly) allocate(length int) (int64, []byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	page := os.Getpagesize()
	b := make([]byte, length+page)
	if m.blocks == nil {
		m.blocks = map[int64][]byte{}
	}
	m.next++
	m.blocks[m.next] = b
	skip := (page - int(addressOf(b))%page) % page
	return m.next, b[skip : skip+length : skip+length], nil
}

func (m *memoryOnly) free(offset int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.blocks, offset)
}

func (m *memoryOnly) live() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.blocks)
}

func (m *memoryOnly) newLibrary(context.Context, string, mslrun.Options) (*mslrun.Library, string, error) {
	return nil, "", m.reason
}

func (m *memoryOnly) pipeline(context.Context, *mslrun.Library, string, mslrun.Constants, []*mslrun.Image) (*mslrun.Program, error) {
	return nil, m.reason
}

func (m *memoryOnly) image(context.Context, *mslrun.Library, bool) (*mslrun.Image, error) {
	return nil, m.reason
}

func (m *memoryOnly) functionImage(context.Context, *mslrun.Library, string, mslrun.Constants) (*mslrun.Image, error) {
	return nil, m.reason
}

func (m *memoryOnly) run(context.Context, []mslrun.Dispatch, mslrun.Order) error { return m.reason }
func (m *memoryOnly) close() error                                               { return nil }
