//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// A kernel says where it met a number that is none.
func ExampleLogState() {
	soft := must(softmetal.New(softmetal.Options{MacOS: "15.0"}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice()) // on a Mac: must(mtl.CreateSystemDefaultDevice())
	defer device.Release()

	messages := make(chan mtl.LogMessage, 10)
	logs := must(device.NewLogState(mtl.LogStateDescriptor{Level: mtl.LogLevelInfo}))
	defer logs.Release()
	if err := logs.AddLogHandler(func(m mtl.LogMessage) { messages <- m }); err != nil {
		log.Fatal(err)
	}
	queue := must(device.NewCommandQueueWithDescriptor(mtl.CommandQueueDescriptor{LogState: logs}))
	defer queue.Release()

	library := must(device.NewLibraryWithSource(`#include <metal_stdlib>
#include <metal_logging>
using namespace metal;
constant os_log check("org.example.rows", "check");
kernel void root(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) {
    check.log_debug("row %u begins", i);
    if (x[i] < 0) check.log_error("row %u has %.1f", i, x[i]);
    x[i] = sqrt(x[i]);
}`, mtl.CompileOptions{LanguageVersion: mtl.LanguageVersion3_2, EnableLogging: true}))
	defer library.Release()
	root := must(library.NewFunction("root"))
	defer root.Release()
	pipeline := must(device.NewComputePipelineState(root))
	defer pipeline.Release()
	buffer := must(device.NewBuffer(4*4, 0))
	defer buffer.Release()
	copy(must(mtl.Slice[float32](buffer, 0, 4)), []float32{1, 4, -9, 16})

	work := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(buffer, 0, 0)
			enc.DispatchThreads(mtl.Size{Width: 4, Height: 1, Depth: 1}, mtl.Size{Width: 4, Height: 1, Depth: 1})
			return nil
		})
	}))
	defer work.Release()
	if err := work.Wait(context.Background()); err != nil {
		log.Fatal(err)
	}
	m := <-messages
	fmt.Printf("%s %s %v: %s\n", m.Subsystem, m.Category, m.Level, m.Text)
	// Output:
	// org.example.rows check error: row 2 has -9.0
}
