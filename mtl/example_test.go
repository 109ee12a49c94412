//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

const source = `#include <metal_stdlib>
using namespace metal;
kernel void saxpy(constant float &a [[buffer(0)]], device const float *x [[buffer(1)]],
                  device float *y [[buffer(2)]], uint i [[thread_position_in_grid]]) {
    y[i] += a * x[i];
}`

// Multiply a vector by a number and add it to another, with a kernel of one's
// own. It runs on Linux as it stands; on a Mac only the lines that open the
// device differ.
func Example() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice()) // on a Mac: must(mtl.CreateSystemDefaultDevice())
	defer device.Release()

	library := must(device.NewLibraryWithSource(source, mtl.CompileOptions{}))
	defer library.Release()
	function := must(library.NewFunction("saxpy"))
	defer function.Release()
	saxpy := must(device.NewComputePipelineState(function))
	defer saxpy.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()

	x := must(device.NewBuffer(4*4, mtl.ResourceStorageModeShared))
	defer x.Release()
	y := must(device.NewBuffer(4*4, mtl.ResourceStorageModeShared))
	defer y.Release()
	copy(must(mtl.Slice[float32](x, 0, 4)), []float32{1, 2, 3, 4})
	copy(must(mtl.Slice[float32](y, 0, 4)), []float32{5, 5, 5, 5})

	a := float32(10)
	work := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(saxpy)
			mtl.SetValue(enc, &a, 0)
			enc.SetBuffers(1, mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: y})
			enc.DispatchThreads(mtl.Size{Width: 4, Height: 1, Depth: 1}, mtl.Size{Width: 4, Height: 1, Depth: 1})
			return nil
		})
	}))
	defer work.Release()
	if err := work.Wait(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(must(mtl.Slice[float32](y, 0, 4)))
	// Output: [15 25 35 45]
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
