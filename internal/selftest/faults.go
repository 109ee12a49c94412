package selftest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// A FaultRecord is one thing done wrong on purpose.
type FaultRecord struct {
	What string `json:"what"`
	// By is who refuses it: Metal, by an error that it returns; or this module,
	// which must not let Metal see it, as Metal would end the process.
	By    string `json:"refused_by"`
	Error string `json:"error"`
	Right bool   `json:"right"` // it is the error that it should be, and the device works afterwards
}

const byMetal, byUs = "Metal", "this module"

// A fault does something wrong and returns the error of it.
type fault struct {
	what string
	by   string
	want error // in the sense of errors.Is
	do   func(*faulty) error
}

// faulty is what faults work with.
type faulty struct {
	*rig
	ctx      context.Context
	compiled *mtl.Library
	pipeline *mtl.ComputePipelineState
	buffer   *mtl.Buffer
	values   []uint32
}

const faultSource = `#include <metal_stdlib>
using namespace metal;
constant uint needed [[function_constant(0)]];
kernel void mark(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) { out[i] = i + 7; }
kernel void needs_constant(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) { out[i] = needed; }
`

// tooMuchSource declares twice the threadgroup memory that there is.
const tooMuchSource = `#include <metal_stdlib>
using namespace metal;
kernel void too_much(device uint *out [[buffer(0)]], uint t [[thread_index_in_threadgroup]], uint n [[threads_per_threadgroup]]) {
    threadgroup uint memory[16384];
    for (uint i = t; i < 16384; i += n) memory[i] = out[i % 64] * i;
    threadgroup_barrier(mem_flags::mem_threadgroup);
    uint sum = 0;
    for (uint i = 0; i < 16384; i++) sum += memory[(i * 7 + t) % 16384];
    out[t] = sum;
}
`

// brokenSource has an error in line 3, in a name that no compiler has.
const brokenSource = "#include <metal_stdlib>\nusing namespace metal;\nkernel void broken(device float *out [[buffer(0)]]) { out[0] = no_such_function_of_metal(1); }\n"

// encode runs a wrong use of an encoder.
func encode(use func(*faulty, *mtl.ComputeCommandEncoder)) func(*faulty) error {
	return func(f *faulty) error {
		return f.compute(f.ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
			e.SetComputePipelineState(f.pipeline)
			e.SetBuffer(f.buffer, 0, 0)
			use(f, e)
		})
	}
}

var faults = []fault{
	{"source that does not compile", byMetal, mtl.ErrCompile, func(f *faulty) error {
		l, err := f.device.NewLibraryWithSource(brokenSource, mtl.CompileOptions{})
		l.Release()
		var e *objc.Error
		if errors.As(err, &e) && !strings.Contains(e.Description, "no_such_function_of_metal") {
			return fmt.Errorf("the compiler's text is not in the error: %s", e.Description)
		}
		return err
	}},
	{"a function that the library does not have", byMetal, mtl.ErrNoFunction, func(f *faulty) error {
		function, err := f.compiled.NewFunction("no_such_function")
		function.Release()
		return err
	}},
	{"a function with constants that the library does not have", byMetal, errAny, func(f *faulty) error {
		function, err := f.compiled.NewFunctionWithConstants("no_such_function", mtl.FunctionConstant{Index: 0, Value: uint32(1)})
		function.Release()
		return err
	}},
	{"a function without the constant that it needs", byMetal, errAny, func(f *faulty) error {
		function, err := f.compiled.NewFunctionWithConstants("needs_constant")
		function.Release()
		return err
	}},
	{"a kernel with twice the threadgroup memory that there is", byMetal, errAny, func(f *faulty) error {
		_, err := f.rig.pipeline(tooMuchSource, "too_much")
		return err
	}},
	{"an empty function name", byUs, mtl.ErrArgument, func(f *faulty) error {
		function, err := f.compiled.NewFunction("")
		function.Release()
		return err
	}},
	{"a buffer of no bytes", byUs, mtl.ErrArgument, func(f *faulty) error {
		b, err := f.device.NewBuffer(0, mtl.ResourceStorageModeShared)
		b.Release()
		return err
	}},
	{"a buffer longer than any may be", byUs, mtl.ErrArgument, func(f *faulty) error {
		b, err := f.device.NewBuffer(f.device.Limits().MaxBufferLength+1, mtl.ResourceStorageModeShared)
		b.Release()
		return err
	}},
	{"memory of the wrong alignment without a copy", byUs, mtl.ErrArgument, func(f *faulty) error {
		b, err := f.device.NewBufferNoCopy(make([]byte, 3*16<<10)[1:16<<10+1], mtl.ResourceStorageModeShared)
		b.Release()
		return err
	}},
	{"the bytes of private memory", byUs, mtl.ErrUnsupported, func(f *faulty) error {
		b, err := f.device.NewBuffer(4096, mtl.ResourceStorageModePrivate)
		if err != nil {
			return fmt.Errorf("no private buffer: %v", err)
		}
		defer b.Release()
		_, err = b.Bytes()
		return err
	}},
	{"a buffer after its release", byUs, mtl.ErrReleased, func(f *faulty) error {
		b, err := f.device.NewBuffer(4096, mtl.ResourceStorageModeShared)
		if err != nil {
			return fmt.Errorf("no buffer: %v", err)
		}
		b.Release()
		b.Release() // has no effect
		return f.compute(f.ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) { e.SetBuffer(b, 0, 0) })
	}},
	{"nil for a buffer", byUs, mtl.ErrNil, encode(func(_ *faulty, e *mtl.ComputeCommandEncoder) { e.SetBuffer(nil, 0, 0) })},
	{"nil for a function", byUs, mtl.ErrNil, func(f *faulty) error {
		p, err := f.device.NewComputePipelineState(nil)
		p.Release()
		return err
	}},
	{"a buffer of another framework", byUs, mtl.ErrForeign, func(f *faulty) error {
		framework, err := mtl.Load(f.runtime)
		if err != nil {
			return fmt.Errorf("no second framework: %v", err)
		}
		d, err := framework.CreateSystemDefaultDevice()
		if err != nil {
			return fmt.Errorf("no second device: %v", err)
		}
		defer d.Release()
		b, err := d.NewBuffer(4096, mtl.ResourceStorageModeShared)
		if err != nil {
			return fmt.Errorf("no buffer: %v", err)
		}
		defer b.Release()
		return f.compute(f.ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) { e.SetBuffer(b, 0, 0) })
	}},
	{"a dispatch without a pipeline", byUs, mtl.ErrArgument, func(f *faulty) error {
		return f.compute(f.ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) { e.DispatchThreadgroups(size(1, 1), size(1, 1)) })
	}},
	{"a threadgroup of more threads than there may be", byUs, mtl.ErrArgument, encode(func(f *faulty, e *mtl.ComputeCommandEncoder) {
		e.DispatchThreadgroups(size(1, 1), size(f.pipeline.MaxTotalThreadsPerThreadgroup()+1, 1))
	})},
	{"more threadgroup memory than there is", byUs, mtl.ErrArgument, encode(func(f *faulty, e *mtl.ComputeCommandEncoder) {
		e.SetThreadgroupMemoryLength(f.device.Limits().MaxThreadgroupMemoryLength, 0)
		e.SetThreadgroupMemoryLength(16, 1)
		e.DispatchThreadgroups(size(1, 1), size(32, 1))
	})},
	{"an empty grid", byUs, mtl.ErrArgument, encode(func(_ *faulty, e *mtl.ComputeCommandEncoder) { e.DispatchThreads(size(0, 1), size(32, 1)) })},
	{"a buffer index that does not exist", byUs, mtl.ErrArgument, encode(func(f *faulty, e *mtl.ComputeCommandEncoder) { e.SetBuffer(f.buffer, 0, 31) })},
	{"an offset behind a buffer's end", byUs, mtl.ErrArgument, encode(func(f *faulty, e *mtl.ComputeCommandEncoder) {
		e.SetBuffer(f.buffer, f.buffer.Length(), 0)
	})},
	{"4097 bytes in place of a buffer", byUs, mtl.ErrArgument, encode(func(_ *faulty, e *mtl.ComputeCommandEncoder) { e.SetBytes(make([]byte, 4097), 0) })},
	{"an encoder within an encoder", byUs, mtl.ErrArgument, func(f *faulty) error {
		work, err := f.queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(*mtl.ComputeCommandEncoder) error {
				return cb.Blit(func(*mtl.BlitCommandEncoder) error { return nil })
			})
		})
		work.Release()
		return err
	}},
	{"an encoder after its scope", byUs, mtl.ErrEnded, func(f *faulty) error {
		var late *mtl.ComputeCommandEncoder
		err := f.compute(f.ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) { late = e })
		if err != nil {
			return fmt.Errorf("an empty encoder: %v", err)
		}
		late.SetBuffer(f.buffer, 0, 0)
		return late.Err()
	}},
	{"a panic in a scope", byUs, mtl.ErrPanicked, func(f *faulty) error {
		var encoder *mtl.ComputeCommandEncoder
		func() {
			defer func() { _ = recover() }()
			_ = f.compute(f.ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
				encoder = e
				panic("on purpose")
			})
		}()
		return encoder.Err()
	}},
	{"a copy onto itself", byUs, mtl.ErrArgument, func(f *faulty) error {
		work, err := f.queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Blit(func(e *mtl.BlitCommandEncoder) error {
				e.Copy(mtl.BufferRange{Buffer: f.buffer}, mtl.BufferRange{Buffer: f.buffer, Offset: 16}, 64)
				return nil
			})
		})
		work.Release()
		return err
	}},
	{"the times of work that nobody waited for", byUs, mtl.ErrNotDone, func(f *faulty) error {
		work, err := f.queue.Encode(func(cb *mtl.CommandBuffer) error { return nil })
		if err != nil {
			return fmt.Errorf("an empty command buffer: %v", err)
		}
		defer work.Release()
		_, err = work.Times()
		return errors.Join(err, work.Wait(f.ctx))
	}},
	{"a wait that is given up", byUs, context.Canceled, func(f *faulty) error {
		work, err := f.queue.Encode(func(cb *mtl.CommandBuffer) error { return nil })
		if err != nil {
			return fmt.Errorf("an empty command buffer: %v", err)
		}
		defer work.Release()
		ended, cancel := context.WithCancel(f.ctx)
		cancel()
		err = work.Wait(ended)
		return errors.Join(err, work.Wait(f.ctx))
	}},
}

// errAny stands for an error that Metal words as it likes; it must be one that
// Metal has given.
var errAny = errors.New("an error of Metal's")

func (f fault) right(err error) bool {
	var e *objc.Error
	isMetals := errors.As(err, &e) && e.Description != ""
	switch {
	case err == nil:
		return false
	case f.want == errAny:
		return isMetals
	}
	return errors.Is(err, f.want) && (f.by == byUs || isMetals || errors.Is(err, mtl.ErrNoFunction))
}

// checkFaults does one thing wrong after the other, and each time has the device
// do something right.
func checkFaults(ctx context.Context, r *rig, l *log) error {
	f := &faulty{rig: r, ctx: ctx}
	var err error
	library, err := r.device.NewLibraryWithSource(faultSource, mtl.CompileOptions{})
	if f.compiled, err = keep(r, library, err); err != nil {
		return err
	}
	if f.pipeline, err = r.pipelineOf(f.compiled, "mark"); err != nil {
		return err
	}
	if f.buffer, f.values, err = numbers[uint32](r, 64); err != nil {
		return err
	}
	if err := f.works(); err != nil {
		return fmt.Errorf("before anything wrong was done: %w", err)
	}
	var records []FaultRecord
	defer func() { l.detail(slices.Clone(records)) }()
	for _, fault := range faults {
		r.doing("%s", fault.what)
		err := fault.do(f)
		after := f.works()
		record := FaultRecord{What: fault.what, By: fault.by, Error: fmt.Sprint(err), Right: fault.right(err) && after == nil}
		records = append(records, record)
		l.check(fault.right(err), "%s: the error is %v, want %v", fault.what, err, fault.want)
		if !l.check(after == nil, "after %s the device does not work any more: %v", fault.what, after) {
			return nil // all that follows would fail too
		}
	}
	return nil
}

// works runs a kernel and looks at its result.
func (f *faulty) works() error {
	clear(f.values)
	if err := f.compute(f.ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
		e.SetComputePipelineState(f.pipeline)
		e.SetBuffer(f.buffer, 0, 0)
		e.DispatchThreads(size(64, 1), size(32, 1))
	}); err != nil {
		return err
	}
	for i, x := range f.values {
		if x != uint32(i)+7 {
			return fmt.Errorf("value %d is %d, want %d", i, x, i+7)
		}
	}
	return nil
}
