//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// A thousand dispatches are encoded once, each with its parameters in a buffer,
// and replayed by one message for each new input.
func ExampleIndirectCommandBuffer() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice()) // on a Mac: must(mtl.CreateSystemDefaultDevice())
	defer device.Release()
	library := must(device.NewLibraryWithSource(`#include <metal_stdlib>
using namespace metal;
kernel void step(device uint *x [[buffer(0)]], constant uint &a [[buffer(1)]], uint i [[thread_position_in_grid]]) {
    x[i] = x[i] * 3 + a;
}`, mtl.CompileOptions{}))
	defer library.Release()
	function := must(library.NewFunction("step"))
	defer function.Release()
	step := must(device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{
		Function: function, SupportIndirectCommandBuffers: true,
	}))
	defer step.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()

	const count, threads = 1000, 32
	x := must(device.NewBuffer(4*threads, mtl.ResourceStorageModeShared))
	defer x.Release()
	parameters := must(device.NewBuffer(4*count, mtl.ResourceStorageModeShared))
	defer parameters.Release()
	values := must(mtl.Slice[uint32](parameters, 0, count))
	for i := range values {
		values[i] = uint32(i)
	}

	commands := must(device.NewIndirectCommandBuffer(mtl.IndirectCommandBufferDescriptor{MaxKernelBufferBindCount: 2}, count, mtl.ResourceStorageModeShared))
	defer commands.Release()
	if err := commands.Encode(0, count, func(c *mtl.IndirectComputeCommand, i int) error {
		c.SetComputePipelineState(step)
		c.SetKernelBuffer(x, 0, 0)
		c.SetKernelBuffer(parameters, 4*i, 1)
		c.SetBarrier() // it needs the result of the command before
		c.ConcurrentDispatchThreads(mtl.Size{Width: threads, Height: 1, Depth: 1}, mtl.Size{Width: threads, Height: 1, Depth: 1})
		return nil
	}); err != nil {
		log.Fatal(err)
	}

	results := must(mtl.Slice[uint32](x, 0, threads))
	for input := range uint32(3) {
		want := input
		for _, a := range values {
			want = want*3 + a
		}
		results[5] = input
		work := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
				enc.ExecuteCommands(commands, 0, count)
				return nil
			})
		}))
		if err := work.Wait(context.Background()); err != nil {
			log.Fatal(err)
		}
		work.Release()
		fmt.Println(input, results[5] == want)
	}
	// Output:
	// 0 true
	// 1 true
	// 2 true
}
