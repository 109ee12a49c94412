//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// Two queues work side by side, and meet twice: the second waits for what the
// first has written, and the CPU for both. The CPU's part needs no thread that
// waits: a handler takes the result.
func ExampleSharedEvent() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice()) // on a Mac: must(mtl.CreateSystemDefaultDevice())
	defer device.Release()
	upload, compute := must(device.NewCommandQueue()), must(device.NewCommandQueue())
	defer upload.Release()
	defer compute.Release()
	event := must(device.NewSharedEvent())
	defer event.Release()
	input, output := must(device.NewBuffer(4, 0)), must(device.NewBuffer(4, 0))
	defer input.Release()
	defer output.Release()

	const uploaded, computed = 1, 2
	result := make(chan error)
	second := must(compute.Encode(func(cb *mtl.CommandBuffer) error {
		if err := cb.EncodeWaitForEvent(event, uploaded); err != nil {
			return err
		}
		if err := cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			enc.Copy(mtl.BufferRange{Buffer: input}, mtl.BufferRange{Buffer: output}, 4)
			return nil
		}); err != nil {
			return err
		}
		if err := cb.EncodeSignalEvent(event, computed); err != nil {
			return err
		}
		return cb.AddCompletedHandler(func(c mtl.Completion) { result <- c.Err })
	}))
	defer second.Release()
	first := must(upload.Encode(func(cb *mtl.CommandBuffer) error {
		if err := cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			enc.Fill(mtl.BufferRange{Buffer: input}, 4, 42)
			return nil
		}); err != nil {
			return err
		}
		return cb.EncodeSignalEvent(event, uploaded)
	}))
	defer first.Release()

	if err := event.Wait(context.Background(), computed); err != nil {
		log.Fatal(err)
	}
	if err := <-result; err != nil {
		log.Fatal(err)
	}
	fmt.Println(must(output.Bytes()))
	// Output: [42 42 42 42]
}
