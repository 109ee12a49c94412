//go:build linux && (amd64 || arm64)

package softmetal_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

const dotSource = `#include <metal_stdlib>
using namespace metal;

// Each simdgroup adds up its lanes with simd_sum, the first one adds up the
// simdgroups.
kernel void dot_product(device const float *x [[buffer(0)]], device const float *y [[buffer(1)]],
                        device float *out [[buffer(2)]], constant uint &n [[buffer(3)]],
                        uint thread_index [[thread_index_in_threadgroup]],
                        uint lane [[thread_index_in_simdgroup]],
                        uint simdgroup_index [[simdgroup_index_in_threadgroup]],
                        uint simdgroups [[simdgroups_per_threadgroup]],
                        uint threads [[threads_per_threadgroup]]) {
    threadgroup float partial[32];
    float sum = 0;
    for (uint i = thread_index; i < n; i += threads) {
        sum += x[i] * y[i];
    }
    sum = simd_sum(sum);
    if (lane == 0) {
        partial[simdgroup_index] = sum;
    }
    threadgroup_barrier(mem_flags::mem_threadgroup);
    if (simdgroup_index == 0) {
        sum = simd_sum(lane < simdgroups ? partial[lane] : 0.0f);
        if (lane == 0) {
            *out = sum;
        }
    }
}`

// A reduction over the eight simdgroups of a threadgroup. The result has the
// same bits in every order in which threads can run: without the barrier it
// would not.
func Example_reduction() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice())
	defer device.Release()
	library := must(device.NewLibraryWithSource(dotSource, mtl.CompileOptions{}))
	defer library.Release()
	function := must(library.NewFunction("dot_product"))
	defer function.Release()
	pipeline := must(device.NewComputePipelineState(function))
	defer pipeline.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()

	const n = 1000
	length := uint32(n)
	x := must(device.NewBuffer(4*n, mtl.ResourceStorageModeShared))
	defer x.Release()
	y := must(device.NewBuffer(4*n, mtl.ResourceStorageModeShared))
	defer y.Release()
	out := must(device.NewBuffer(4, mtl.ResourceStorageModeShared))
	defer out.Release()
	xs, ys := must(mtl.Slice[float32](x, 0, n)), must(mtl.Slice[float32](y, 0, n))
	for i := range xs {
		xs[i], ys[i] = float32(i), 2
	}

	results := map[float32]int{}
	for _, order := range softmetal.Orders() {
		soft.SetOrder(order)
		submission := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
				enc.SetComputePipelineState(pipeline)
				enc.SetBuffers(0, mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: y}, mtl.BufferRange{Buffer: out})
				mtl.SetValue(enc, &length, 3)
				enc.DispatchThreadgroups(mtl.Size{Width: 1, Height: 1, Depth: 1}, mtl.Size{Width: 256, Height: 1, Depth: 1})
				return nil
			})
		}))
		if err := submission.Wait(context.Background()); err != nil {
			log.Fatal(err)
		}
		submission.Release()
		results[must(mtl.Slice[float32](out, 0, 1))[0]]++
	}
	fmt.Println(results)
	// Output: map[999000:6]
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
