package kernels

import (
	"context"
	"fmt"

	"github.com/tqmetal/tqmetal/mtl"
)

// runCheck runs the check of a source, the kernel of that name, and returns nil
// if the device passes. Where the kernel can't be made, the source is wrong, and
// the error says so; whatever goes wrong later wraps [ErrCheck] too, because then
// nobody knows whether the device would pass.
func runCheck(device *mtl.Device, library *mtl.Library, name string) error {
	function, err := library.NewFunction(name)
	if err != nil {
		return fmt.Errorf("check %q: %w", name, err)
	}
	defer function.Release()
	pipeline, err := device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: function, Label: name})
	if err != nil {
		return fmt.Errorf("check %q: %w", name, err)
	}
	defer pipeline.Release()
	failed, err := countFailed(device, pipeline)
	if err != nil {
		return fmt.Errorf("%w: %q did not run: %w", ErrCheck, name, err)
	}
	if failed > 0 {
		return fmt.Errorf("%w: %q failed in %d of %d threads", ErrCheck, name, failed, pipeline.ThreadExecutionWidth())
	}
	return nil
}

// countFailed dispatches one simdgroup and returns how many of its threads left
// something else than zero.
func countFailed(device *mtl.Device, pipeline *mtl.ComputePipelineState) (int, error) {
	queue, err := device.NewCommandQueueWithMaxCommandBufferCount(1)
	if err != nil {
		return 0, err
	}
	defer queue.Release()
	threads := pipeline.ThreadExecutionWidth()
	buffer, err := device.NewBuffer(4*threads, mtl.ResourceStorageModeShared)
	if err != nil {
		return 0, err
	}
	defer buffer.Release()
	answers, err := mtl.Slice[uint32](buffer, 0, threads)
	if err != nil {
		return 0, err
	}
	for i := range answers {
		answers[i] = ^uint32(0) // a thread that writes nothing has not passed
	}
	work, err := queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(buffer, 0, 0)
			enc.DispatchThreadgroups(mtl.Size{Width: 1, Height: 1, Depth: 1}, mtl.Size{Width: threads, Height: 1, Depth: 1})
			return nil
		})
	})
	if err != nil {
		return 0, err
	}
	defer work.Release()
	if err := work.Wait(context.Background()); err != nil {
		return 0, err
	}
	failed := 0
	for _, a := range answers {
		if a != 0 {
			failed++
		}
	}
	return failed, nil
}
