package engine

import (
	"context"
	"runtime"
	"time"

	"github.com/klauspost/cpuid/v2"

	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/cpu"
)

// CPU returns the engine of package tqsdpa/cpu with that many threads, 0 for all.
// An error is a [*attention.ParamError].
func CPU(threads int) (Engine, error) {
	e, err := cpu.New(threads)
	if err != nil {
		return nil, err
	}
	return &onCPU{e}, nil
}

type onCPU struct{ engine *cpu.Engine }

func (c *onCPU) Kind() string             { return "cpu" }
func (c *onCPU) Threads() int             { return c.engine.Threads() }
func (c *onCPU) TimesMeanNothing() bool   { return false }
func (c *onCPU) SetOrder(softmetal.Order) {}
func (c *onCPU) Close() error             { return nil }

func (c *onCPU) Device() string {
	if name := cpuid.CPU.BrandName; name != "" {
		return name
	}
	return runtime.GOOS + "/" + runtime.GOARCH + " CPU"
}

func (c *onCPU) ReadBandwidth(ctx context.Context) (float64, error) {
	return memoryReadBandwidth(c.engine.Threads()), context.Cause(ctx)
}

func (c *onCPU) New(p attention.Params) (Problem, error) {
	t, err := p.NewTensors()
	if err != nil {
		return nil, err
	}
	return &cpuProblem{c.engine, p, t}, nil
}

type cpuProblem struct {
	engine  *cpu.Engine
	params  attention.Params
	tensors attention.Tensors
}

func (x *cpuProblem) Tensors() attention.Tensors { return x.tensors }
func (x *cpuProblem) Scratch() []byte            { return nil }
func (x *cpuProblem) Release()                   {}

func (x *cpuProblem) Quantize(ctx context.Context, position uint32, k, v []float32) error {
	return x.engine.Quantize(ctx, x.params, x.tensors, position, k, v)
}

func (x *cpuProblem) Dequantize(ctx context.Context, position uint32, k, v []float32) error {
	return x.engine.Dequantize(ctx, x.params, x.tensors, position, k, v)
}

func (x *cpuProblem) Attend(ctx context.Context, seqLen uint32) (time.Duration, error) {
	p := x.params
	p.KVSeqLen = seqLen
	start := time.Now()
	err := x.engine.Attend(ctx, p, x.tensors)
	return time.Since(start), err
}
