//go:build linux && (amd64 || arm64)

package softmetal_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"log"
	"math"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

const saxpy = `#include <metal_stdlib>
using namespace metal;
kernel void saxpy(device const float *x [[buffer(0)]], device float *y [[buffer(1)]],
                  constant float &a [[buffer(2)]], uint i [[thread_position_in_grid]]) {
    y[i] += a * x[i];
}`

// A kernel of your own, from its source to its result. On a Mac,
// mtl.CreateSystemDefaultDevice takes the place of the first three steps.
func Example_saxpy() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice())
	defer device.Release()

	library := must(device.NewLibraryWithSource(saxpy, mtl.CompileOptions{}))
	defer library.Release()
	function := must(library.NewFunction("saxpy"))
	defer function.Release()
	pipeline := must(device.NewComputePipelineState(function))
	defer pipeline.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()

	x := must(device.NewBuffer(4*4, mtl.ResourceStorageModeShared))
	defer x.Release()
	y := must(device.NewBuffer(4*4, mtl.ResourceStorageModeShared))
	defer y.Release()
	copy(must(mtl.Slice[float32](x, 0, 4)), []float32{1, 2, 3, 4})

	a := binary.LittleEndian.AppendUint32(nil, math.Float32bits(10))
	submission := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(x, 0, 0)
			enc.SetBuffer(y, 0, 1)
			enc.SetBytes(a, 2)
			enc.DispatchThreads(mtl.Size{Width: 4, Height: 1, Depth: 1}, mtl.Size{Width: 4, Height: 1, Depth: 1})
			return nil
		})
	}))
	defer submission.Release()
	if err := submission.Wait(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(must(mtl.Slice[float32](y, 0, 4)))
	// Output: [10 20 30 40]
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
