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

// A scope with an error is not committed: nothing of it runs.
func ExampleCommandQueue_Encode() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice())
	defer device.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()
	buffer := must(device.NewBuffer(1024, mtl.ResourceStorageModeShared))
	defer buffer.Release()
	contents := must(buffer.Bytes())

	fill := func(offset, length int) error {
		submission, err := queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
				enc.Fill(mtl.BufferRange{Buffer: buffer}, 4, 1)
				enc.Fill(mtl.BufferRange{Buffer: buffer, Offset: offset}, length, 7)
				return nil
			})
		})
		if err != nil {
			return err
		}
		defer submission.Release()
		return submission.Wait(context.Background())
	}
	err := fill(1000, 100)
	fmt.Println(err)
	fmt.Println(errors.Is(err, mtl.ErrArgument), contents[0], contents[1000])
	if err := fill(1000, 24); err != nil {
		log.Fatal(err)
	}
	fmt.Println(contents[0], contents[1000])
	// Output:
	// mtl: BlitCommandEncoder.Fill: offset is 1000, want 0 to 924, as 100 bytes are used of a buffer of 1024
	// true 0 0
	// 1 7
}

func ExampleSlice() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice())
	defer device.Release()
	buffer := must(device.NewBuffer(64, mtl.ResourceStorageModeShared))
	defer buffer.Release()

	values := must(mtl.Slice[float32](buffer, 0, 16))
	values[0] = 1.5
	fmt.Println(must(buffer.Bytes())[:4])
	_, err := mtl.Slice[float32](buffer, 8, 16)
	fmt.Println(err)
	// Output:
	// [0 0 192 63]
	// mtl: Slice: count is 16, want 0 to 14 values of float32 in 64 bytes at offset 8
}
