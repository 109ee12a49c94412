//go:build linux && (amd64 || arm64)

package kernels_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

const source = `#include <metal_stdlib>
using namespace metal;
constant float factor [[function_constant(0)]];
kernel void scale(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) {
    x[i] *= factor;
}`

// Register a source, and run its kernel with two values of a function constant.
func ExampleRegistry() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice()) // on a Mac: must(mtl.CreateSystemDefaultDevice())
	defer device.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()
	x := must(device.NewBuffer(4*4, mtl.ResourceStorageModeShared))
	defer x.Release()
	copy(must(mtl.Slice[float32](x, 0, 4)), []float32{1, 2, 3, 4})

	var registry kernels.Registry
	defer registry.Release()
	if err := registry.Register(kernels.Source{Name: "scale.metal", Text: source, Kernels: []string{"scale"}}); err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	work := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			for _, factor := range []float32{10, 0.5} {
				pipeline, err := registry.Pipeline(ctx, device, "scale", mtl.FunctionConstant{Index: 0, Value: factor})
				if err != nil {
					return err
				}
				enc.SetComputePipelineState(pipeline)
				enc.SetBuffer(x, 0, 0)
				enc.DispatchThreads(mtl.Size{Width: 4, Height: 1, Depth: 1}, mtl.Size{Width: 4, Height: 1, Depth: 1})
			}
			return nil
		})
	}))
	defer work.Release()
	if err := work.Wait(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(must(mtl.Slice[float32](x, 0, 4)))
	_, err := registry.Pipeline(ctx, device, "scales")
	fmt.Println(err)
	// Output:
	// [5 10 15 20]
	// kernels: unknown kernel: "scales"; the nearest of the 1 that are registered is "scale"
}

// Prewarm compiles before the first token is waited for.
func ExampleRegistry_Prewarm() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice())
	defer device.Release()
	var registry kernels.Registry
	defer registry.Release()
	if err := registry.Register(kernels.Source{Name: "scale.metal", Text: source, Kernels: []string{"scale"}}); err != nil {
		log.Fatal(err)
	}
	err := registry.Prewarm(context.Background(), device,
		kernels.Kernel{Name: "scale", Constants: []mtl.FunctionConstant{{Index: 0, Value: float32(10)}}},
		kernels.Kernel{Name: "scale", Constants: []mtl.FunctionConstant{{Index: 0, Value: float32(0.5)}}})
	fmt.Println(err)
	// Output: <nil>
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
