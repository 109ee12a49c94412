package mtl_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/mtl"
)

// Multiply a vector by a number and add another, with a kernel of one's own.
// The device here is a scripted one that runs nothing; on a Mac it is what
// mtl.CreateSystemDefaultDevice returns.
func Example() {
	const source = `
		kernel void saxpy(constant float& a, device const float* x, device float* y, uint i [[thread_position_in_grid]]) {
			y[i] += a * x[i];
		}`
	framework, err := mtl.Load(objctest.NewMetal())
	if err != nil {
		log.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		log.Fatal(err)
	}
	defer device.Release()
	library, err := device.NewLibraryWithSource(source, mtl.CompileOptions{})
	if err != nil {
		log.Fatal(err) // with the compiler's whole text
	}
	defer library.Release()
	function, err := library.NewFunction("saxpy")
	if err != nil {
		log.Fatal(err)
	}
	defer function.Release()
	pipeline, err := device.NewComputePipelineState(function)
	if err != nil {
		log.Fatal(err)
	}
	defer pipeline.Release()
	fmt.Println(device.Name(), "runs", function.Name(), "in groups of up to", pipeline.MaxTotalThreadsPerThreadgroup())
	// Output: Scripted GPU runs saxpy in groups of up to 1024
}

func ExampleCommandQueue_Encode() {
	framework, err := mtl.Load(objctest.NewMetal())
	if err != nil {
		log.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		log.Fatal(err)
	}
	defer device.Release()
	queue, err := device.NewCommandQueue()
	if err != nil {
		log.Fatal(err)
	}
	defer queue.Release()
	buffer, err := device.NewBuffer(1024, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer buffer.Release()

	submission, err := queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			enc.Fill(mtl.BufferRange{Buffer: buffer}, 1024, 0xff)
			enc.Fill(mtl.BufferRange{Buffer: buffer, Offset: 1000}, 100, 0) // too long
			return nil
		})
	})
	fmt.Println(submission != nil, err)

	submission, err = queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			enc.Fill(mtl.BufferRange{Buffer: buffer}, 1024, 0xff)
			return nil
		})
	})
	if err != nil {
		log.Fatal(err)
	}
	defer submission.Release()
	fmt.Println(submission.Wait(context.Background()))
	// Output:
	// false mtl: BlitCommandEncoder.Fill: offset is 1000, want 0 to 924, as 100 bytes are used of a buffer of 1024
	// <nil>
}

func ExampleSlice() {
	framework, err := mtl.Load(objctest.NewMetal())
	if err != nil {
		log.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		log.Fatal(err)
	}
	defer device.Release()
	buffer, err := device.NewBuffer(64, mtl.ResourceStorageModeShared)
	if err != nil {
		log.Fatal(err)
	}
	defer buffer.Release()
	values, err := mtl.Slice[float32](buffer, 0, 16)
	if err != nil {
		log.Fatal(err)
	}
	values[0] = 1.5
	_, err = mtl.Slice[float32](buffer, 8, 16)
	fmt.Println(len(values), err)
	// Output: 16 mtl: Slice: count is 16, want 0 to 14 values of float32 in 64 bytes at offset 8
}
