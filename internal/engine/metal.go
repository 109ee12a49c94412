package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// Metal returns the engine of package tqsdpa on the default device of a runtime.
// Where there is no such device the error wraps [mtl.ErrUnavailable] and says why.
func Metal(rt objc.Runtime) (Engine, error) { return newMetal(rt, tqsdpa.Register) }

// SystemMetal is [Metal] on this Mac's own device.
func SystemMetal() (Engine, error) {
	rt, err := objc.System()
	if err != nil {
		return nil, err
	}
	return Metal(rt)
}

// Soft is [Metal] on a software device, which Close ends: its error tells every
// rule that was broken and every object that was forgotten. Without a Timeout in
// the options a dispatch may take two minutes: thousands of rows take seconds, and
// the machine may be busy.
func Soft(options softmetal.Options) (Engine, error) {
	if options.Timeout == 0 {
		options.Timeout = 2 * time.Minute
	}
	device, err := softmetal.New(options)
	if err != nil {
		return nil, err
	}
	m, err := newMetal(device, tqsdpa.Register)
	if err != nil {
		return nil, errors.Join(err, device.Close())
	}
	m.closeRuntime = device.Close
	return m, nil
}

type onMetal struct {
	runtime      objc.Runtime
	closeRuntime func() error // nil: there is nothing to close
	device       *mtl.Device
	queue        *mtl.CommandQueue
	registry     kernels.Registry
	readBytes    int // that ReadBandwidth reads
	rowsBytes    int // of the buffers that rows pass through
}

// newMetal takes the sources from register.
func newMetal(rt objc.Runtime, register func(*kernels.Registry) error) (*onMetal, error) {
	m := &onMetal{runtime: rt, readBytes: 256 << 20, rowsBytes: 64 << 20}
	if err := m.open(register); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

func (m *onMetal) open(register func(*kernels.Registry) error) error {
	framework, err := mtl.Load(m.runtime)
	if err != nil {
		return err
	}
	if m.device, err = framework.CreateSystemDefaultDevice(); err != nil {
		return err
	}
	if m.queue, err = m.device.NewCommandQueue(); err != nil {
		return err
	}
	if err := register(&m.registry); err != nil {
		return err
	}
	if err := m.registry.Register(kernels.Source{Name: "read_memory.metal", Text: readMemory, Kernels: []string{"read_memory"}}); err != nil {
		return err
	}
	// A device that can't compile, such as a software one without its compiler,
	// says so here and not once a problem.
	_, err = m.registry.Pipeline(context.Background(), m.device, "read_memory")
	return err
}

func (m *onMetal) Close() error {
	m.registry.Release()
	m.queue.Release()
	m.device.Release()
	if m.closeRuntime == nil {
		return nil
	}
	return m.closeRuntime()
}

func (m *onMetal) Kind() string   { return "metal" }
func (m *onMetal) Device() string { return m.device.Name() }
func (m *onMetal) Threads() int   { return 0 }

func (m *onMetal) TimesMeanNothing() bool {
	soft, ok := m.runtime.(interface{ TimesMeanNothing() bool })
	return ok && soft.TimesMeanNothing()
}

func (m *onMetal) SetOrder(o softmetal.Order) {
	if soft, ok := m.runtime.(interface{ SetOrder(softmetal.Order) }); ok {
		soft.SetOrder(o)
	}
}

// compute encodes with one compute encoder and waits. The dispatches overlap where
// no barrier stands between them, so that a missing one shows.
func (m *onMetal) compute(ctx context.Context, encode func(*mtl.ComputeCommandEncoder) error) (mtl.Times, error) {
	work, err := m.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeConcurrent, encode)
	})
	if err != nil {
		return mtl.Times{}, err
	}
	defer work.Release()
	if err := work.Wait(ctx); err != nil {
		return mtl.Times{}, err
	}
	return work.Times()
}

func (m *onMetal) New(p attention.Params) (Problem, error) {
	x := &metalProblem{metal: m, params: p}
	if err := x.allocate(); err != nil {
		x.Release()
		return nil, err
	}
	return x, nil
}

// allocate returns a buffer that the CPU sees as a slice.
func allocate[T byte | float32](m *onMetal, elements int) (mtl.BufferRange, []T, error) {
	if elements == 0 {
		return mtl.BufferRange{}, nil, nil
	}
	size := 1
	if _, wide := any(T(0)).(float32); wide {
		size = 4
	}
	b, err := m.device.NewBuffer(size*elements, mtl.ResourceStorageModeShared)
	if err != nil {
		return mtl.BufferRange{}, nil, fmt.Errorf("%d elements of %d bytes: %w", elements, size, err)
	}
	view, err := mtl.Slice[T](b, 0, elements)
	if err != nil {
		b.Release()
		return mtl.BufferRange{}, nil, err
	}
	return mtl.BufferRange{Buffer: b}, view, nil
}
