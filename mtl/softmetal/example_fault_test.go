//go:build linux && (amd64 || arm64)

package softmetal_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// See what a program does when the GPU runs out of memory, which is hard to
// bring about on a Mac.
func ExampleDevice_Fail() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice())
	defer device.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()
	buffer := must(device.NewBuffer(64, 0))
	defer buffer.Release()
	fill := func() error {
		work, err := queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
				enc.Fill(mtl.BufferRange{Buffer: buffer}, 64, 1)
				return nil
			})
		})
		if err != nil {
			return err
		}
		defer work.Release()
		return work.Wait(context.Background())
	}

	err := soft.Fail(softmetal.Fault{Selector: "commit", Error: softmetal.CommandBufferError(int(mtl.CommandBufferErrorOutOfMemory))})
	if err != nil {
		panic(err)
	}
	err = fill()
	fmt.Println(errors.Is(err, mtl.ErrExecution), errors.Is(err, mtl.CommandBufferErrorOutOfMemory))
	fmt.Println(err)
	fmt.Println(fill())
	// Output:
	// true true
	// mtl: status is error: command buffer failed: command buffer error out of memory: MTLCommandBufferErrorDomain 8: Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)
	// <nil>
}
