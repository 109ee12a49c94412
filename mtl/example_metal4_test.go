//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// Metal 4 does nothing by itself: memory is made resident, addresses are set, and what
// comes after what is said. Parameters lie in a buffer of their own, in as many places
// as there are steps under way.
func Example_metal4() {
	soft, err := softmetal.New(softmetal.Options{MacOS: "26.0"}) // on a Mac: mtl.CreateSystemDefaultDevice
	if err != nil {
		log.Fatal(err)
	}
	defer soft.Close()
	framework, err := mtl.Load(soft)
	if err != nil {
		log.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		log.Fatal(err)
	}
	defer device.Release()
	if err := scale(device); err != nil {
		log.Fatal(err)
	}
	// Output: [3 6 18 12]
}

func scale(device *mtl.Device) error {
	library, err := device.NewLibraryWithSource(`#include <metal_stdlib>
using namespace metal;
kernel void scale(device float *x [[buffer(0)]], constant float &factor [[buffer(1)]], uint i [[thread_position_in_grid]]) {
    x[i] *= factor;
}`, mtl.CompileOptions{})
	if err != nil {
		return err
	}
	defer library.Release()
	function, err := library.NewFunction("scale")
	if err != nil {
		return err
	}
	defer function.Release()
	pipeline, err := device.NewComputePipelineState(function)
	if err != nil {
		return err
	}
	defer pipeline.Release()
	x, err := device.NewBuffer(4*4, mtl.ResourceStorageModeShared)
	if err != nil {
		return err
	}
	defer x.Release()
	const steps, stride = 2, 256 // a place for parameters of each step
	parameters, err := device.NewBuffer(steps*stride, mtl.ResourceStorageModeShared)
	if err != nil {
		return err
	}
	defer parameters.Release()
	values, err := mtl.Slice[float32](x, 0, 4)
	if err != nil {
		return err
	}
	copy(values, []float32{0.5, 1, 3, 6})

	queue, err := device.NewCommandQueue4(mtl.CommandQueue4Descriptor{Label: "scale"})
	if err != nil {
		return err // errors.Is(err, mtl.ErrUnsupported) before macOS 26
	}
	defer queue.Release()
	resident, err := device.NewResidencySet(mtl.ResidencySetDescriptor{})
	if err != nil {
		return err
	}
	defer resident.Release()
	if err := errors.Join(resident.Add(x, parameters), resident.Commit(), queue.AddResidencySets(resident)); err != nil {
		return err
	}
	table, err := device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 2})
	if err != nil {
		return err
	}
	defer table.Release()
	if err := table.SetBuffer(x, 0, 0); err != nil {
		return err
	}
	allocator, err := device.NewCommandAllocator(mtl.CommandAllocatorDescriptor{})
	if err != nil {
		return err
	}
	defer allocator.Release()

	var last *mtl.Submission4
	for step := range steps {
		factor, err := mtl.Slice[float32](parameters, step*stride, 1)
		if err != nil {
			return err
		}
		factor[0] = float32(2 + step)
		last, err = queue.Encode(allocator, func(cb *mtl.CommandBuffer4) error {
			return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
				// The step before wrote what this one reads.
				enc.BarrierAfterQueueStages(mtl.StageDispatch, mtl.StageDispatch, mtl.VisibilityOptionDevice)
				enc.SetComputePipelineState(pipeline)
				enc.SetArgumentTable(table)
				if err := table.SetBuffer(parameters, step*stride, 1); err != nil {
					return err
				}
				enc.DispatchThreads(mtl.Size{Width: 4 - step, Height: 1, Depth: 1}, mtl.Size{Width: 4, Height: 1, Depth: 1})
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	if err := last.Wait(context.Background()); err != nil {
		return err
	}
	fmt.Println(values)
	return allocator.Reset()
}
