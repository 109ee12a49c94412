//go:build linux && (amd64 || arm64)

package softmetal_test

import (
	"context"
	"math"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// This file is what a kernel test of your own looks like on Linux: the kernel's
// source, a reference in Go, and a test that compares them in every order in
// which threads can run. When the test ends, NewTesting fails it for every
// broken rule and every object that was not released.

const rmsNormSource = `#include <metal_stdlib>
using namespace metal;
kernel void rms_norm(device const float *x [[buffer(0)]], device float *y [[buffer(1)]],
                     constant uint &n [[buffer(2)]], threadgroup float *partial [[threadgroup(0)]],
                     uint row [[threadgroup_position_in_grid]], uint t [[thread_index_in_threadgroup]],
                     uint lane [[thread_index_in_simdgroup]], uint sg [[simdgroup_index_in_threadgroup]],
                     uint simdgroups [[simdgroups_per_threadgroup]], uint threads [[threads_per_threadgroup]]) {
    x += row * n;
    y += row * n;
    float sum = 0;
    for (uint i = t; i < n; i += threads) sum += x[i] * x[i];
    sum = simd_sum(sum);
    if (lane == 0) partial[sg] = sum;
    threadgroup_barrier(mem_flags::mem_threadgroup);
    sum = simd_sum(lane < simdgroups ? partial[lane] : 0.0f);
    const float scale = precise::rsqrt(sum / n + 1e-6f);
    for (uint i = t; i < n; i += threads) y[i] = x[i] * scale;
}`

func rmsNorm(y, x []float32) {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	for i, v := range x {
		y[i] = float32(float64(v) / math.Sqrt(sum/float64(len(x))+1e-6))
	}
}

func TestRMSNorm(t *testing.T) {
	soft := softmetal.NewTesting(t)
	framework, err := mtl.Load(soft)
	if err != nil {
		t.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	defer device.Release()
	library, err := device.NewLibraryWithSource(rmsNormSource, mtl.CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer library.Release()
	function, err := library.NewFunction("rms_norm")
	if err != nil {
		t.Fatal(err)
	}
	defer function.Release()
	pipeline, err := device.NewComputePipelineState(function)
	if err != nil {
		t.Fatal(err)
	}
	defer pipeline.Release()
	queue, err := device.NewCommandQueue()
	if err != nil {
		t.Fatal(err)
	}
	defer queue.Release()

	const rows, n = 3, 300
	length := uint32(n)
	x, err := device.NewBuffer(4*rows*n, mtl.ResourceStorageModeShared)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Release()
	y, err := device.NewBuffer(4*rows*n, mtl.ResourceStorageModeShared)
	if err != nil {
		t.Fatal(err)
	}
	defer y.Release()
	xs, err := mtl.Slice[float32](x, 0, rows*n)
	if err != nil {
		t.Fatal(err)
	}
	ys, err := mtl.Slice[float32](y, 0, rows*n)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float32, rows*n)
	for i := range xs {
		xs[i] = float32(math.Sin(float64(i))) * 3
	}
	for r := range rows {
		rmsNorm(want[r*n:(r+1)*n], xs[r*n:(r+1)*n])
	}

	for _, order := range softmetal.Orders() {
		soft.SetOrder(order)
		clear(ys)
		submission, err := queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
				enc.SetComputePipelineState(pipeline)
				enc.SetBuffer(x, 0, 0)
				enc.SetBuffer(y, 0, 1)
				mtl.SetValue(enc, &length, 2)
				enc.SetThreadgroupMemoryLength(16, 0)
				enc.DispatchThreadgroups(mtl.Size{Width: rows, Height: 1, Depth: 1}, mtl.Size{Width: 128, Height: 1, Depth: 1})
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := submission.Wait(context.Background()); err != nil {
			t.Fatal(err)
		}
		submission.Release()
		for i := range ys {
			if math.Abs(float64(ys[i]-want[i])) > 1e-5 {
				t.Fatalf("%v: y[%d] is %v, want %v", order, i, ys[i], want[i])
			}
		}
	}
}
