//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// Functions that many kernels call are compiled once, into a dynamic library.
func ExampleDynamicLibrary() {
	soft := must(softmetal.New(softmetal.Options{})) // on a Mac: mtl.CreateSystemDefaultDevice
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice())
	defer device.Release()

	shared := must(device.NewLibraryWithSource(`#include <metal_stdlib>
float area(float2 size) { return size.x * size.y; }`, mtl.CompileOptions{LibraryType: mtl.LibraryTypeDynamic, InstallName: "geometry"}))
	defer shared.Release()
	geometry := must(device.NewDynamicLibrary(shared))
	defer geometry.Release()

	library := must(device.NewLibraryWithSource(`#include <metal_stdlib>
extern float area(float2 size);
kernel void areas(device const float2 *sizes [[buffer(0)]], device float *out [[buffer(1)]], uint i [[thread_position_in_grid]]) { out[i] = area(sizes[i]); }`,
		mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{geometry}}))
	defer library.Release()
	function := must(library.NewFunction("areas"))
	defer function.Release()
	pipeline := must(device.NewComputePipelineState(function)) // geometry has to be alive, or a file
	defer pipeline.Release()

	sizes := must(device.NewBuffer(16, 0))
	defer sizes.Release()
	copy(must(mtl.Slice[float32](sizes, 0, 4)), []float32{2, 3, 4, 5})
	out := must(device.NewBuffer(8, 0))
	defer out.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()
	work := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(sizes, 0, 0)
			enc.SetBuffer(out, 0, 1)
			enc.DispatchThreads(mtl.Size{Width: 2, Height: 1, Depth: 1}, mtl.Size{Width: 2, Height: 1, Depth: 1})
			return nil
		})
	}))
	defer work.Release()
	if err := work.Wait(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(must(mtl.Slice[float32](out, 0, 2)))
	// Output: [6 20]
}
