//go:build linux && (amd64 || arm64)

package softmetal_test

import (
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// Element 10*row+column of a matrix, where each lane finds its two.
const layoutSource = `#include <metal_stdlib>
using namespace metal;
kernel void layout(device const float *matrix [[buffer(0)]], device float2 *found [[buffer(1)]], ushort lane [[thread_index_in_simdgroup]]) {
    simdgroup_float8x8 m;
    simdgroup_load(m, matrix, 8);
    found[lane] = float2(m.thread_elements()[0], m.thread_elements()[1]);
}`

func TestMatrixLayoutSaysWhichLaneHasWhichElements(t *testing.T) {
	for _, c := range []struct {
		name   string
		layout softmetal.MatrixLayout
		first  map[int]float32 // by lane
	}{
		{"quadrants", softmetal.MatrixQuadrants, map[int]float32{0: 0, 1: 2, 2: 10, 7: 32, 8: 4, 9: 6, 15: 36, 16: 40, 24: 44, 31: 76}},
		{"rows", softmetal.MatrixRows, map[int]float32{0: 0, 1: 2, 2: 4, 3: 6, 4: 10, 8: 20, 16: 40, 31: 76}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, softmetal.Options{MatrixLayout: c.layout})
			matrix, found := r.buffer(4*64), r.buffer(4*64)
			for i := range 64 {
				floatsOf(t, matrix)[i] = float32(10*(i/8) + i%8)
			}
			layout := r.pipeline(layoutSource, "layout")
			r.must(r.run(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
				e.SetComputePipelineState(layout)
				e.SetBuffers(0, mtl.BufferRange{Buffer: matrix}, mtl.BufferRange{Buffer: found})
				e.DispatchThreadgroups(mtl.Size{Width: 1, Height: 1, Depth: 1}, mtl.Size{Width: 32, Height: 1, Depth: 1})
			}))
			elements := floatsOf(t, found)
			for lane, first := range c.first {
				if elements[2*lane] != first || elements[2*lane+1] != first+1 {
					t.Errorf("lane %d has %v, want %v and the next", lane, elements[2*lane:2*lane+2], first)
				}
			}
		})
	}
}
