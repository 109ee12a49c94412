//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// A timeline of the GPU: when each encoder of a command buffer began and ended, on
// the CPU's clock. Apple's GPUs take samples at the ends of encoders, so what is to
// be timed gets one of its own.
func ExampleCounterSampleBuffer() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice()) // on a Mac: must(mtl.CreateSystemDefaultDevice())
	defer device.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()
	buffer := must(device.NewBuffer(1<<20, 0))
	defer buffer.Release()

	steps := []string{"clear", "fill", "fill again"}
	samples := must(device.NewCounterSampleBuffer(mtl.CounterSampleBufferDescriptor{SampleCount: 2 * len(steps)}))
	defer samples.Release()

	before := must(device.SampleTimestamps())
	work := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
		for i := range steps {
			pass := mtl.BlitPassDescriptor{Samples: []mtl.SampleAttachment{{Buffer: samples, Start: 2 * i, End: 2*i + 1}}}
			if err := cb.BlitWithDescriptor(pass, func(enc *mtl.BlitCommandEncoder) error {
				enc.Fill(mtl.BufferRange{Buffer: buffer}, buffer.Length(), byte(i))
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	defer work.Release()
	if err := work.Wait(context.Background()); err != nil {
		log.Fatal(err)
	}
	clock := mtl.Clock{Before: before, After: must(device.SampleTimestamps())}

	times := must(samples.Timestamps(0, 2*len(steps)))
	for i, name := range steps {
		start, end := clock.Time(times[2*i]), clock.Time(times[2*i+1])
		_ = fmt.Sprintf("%-10s from %v to %v: %v", name, start, end, end-start) // as it would be printed
		fmt.Println(name, end > start, i == 0 || start >= clock.Time(times[2*i-1]))
	}
	// Output:
	// clear true true
	// fill true true
	// fill again true true
}
