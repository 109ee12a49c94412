//go:build !linux || !(amd64 || arm64)

package mslrun

import "context"

// Memory is not available here: see ErrUnsupported.
type Memory struct{}

// NewMemory returns ErrUnsupported.
func NewMemory(size int64) (*Memory, error) { return nil, ErrUnsupported }

// Allocate returns ErrUnsupported.
func (m *Memory) Allocate(length int) (offset int64, mapping []byte, err error) {
	return 0, nil, ErrUnsupported
}

// Free returns ErrUnsupported.
func (m *Memory) Free(offset int64) error { return ErrUnsupported }

// Live is 0.
func (m *Memory) Live() int { return 0 }

// Close does nothing.
func (m *Memory) Close() error { return nil }

// Compiler is not available here: see ErrUnsupported.
type Compiler struct{}

// NewCompiler returns ErrUnsupported.
func NewCompiler(c CompilerConfig) (*Compiler, error) { return nil, ErrUnsupported }

// Library returns ErrUnsupported.
func (c *Compiler) Library(ctx context.Context, source string, o Options) (lib *Library, warnings string, err error) {
	return nil, "", ErrUnsupported
}

// Pipeline returns ErrUnsupported.
func (l *Library) Pipeline(ctx context.Context, name string, constants Constants, images ...*Image) (*Program, error) {
	return nil, ErrUnsupported
}

// Image returns ErrUnsupported.
func (l *Library) Image(ctx context.Context, hidden bool) (*Image, error) { return nil, ErrUnsupported }

// FunctionImage returns ErrUnsupported.
func (l *Library) FunctionImage(ctx context.Context, name string, constants Constants) (*Image, error) {
	return nil, ErrUnsupported
}

// Executor is not available here: see ErrUnsupported.
type Executor struct{}

// NewExecutor returns ErrUnsupported.
func NewExecutor(m *Memory, c ExecutorConfig) (*Executor, error) { return nil, ErrUnsupported }

// Run returns ErrUnsupported.
func (e *Executor) Run(ctx context.Context, dispatches []Dispatch, order Order) error {
	return ErrUnsupported
}

// Children is 0.
func (e *Executor) Children() int { return 0 }

// Close does nothing.
func (e *Executor) Close() error { return nil }
