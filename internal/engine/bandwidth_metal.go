package engine

import (
	"context"
	_ "embed"
	"encoding/binary"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
)

//go:embed read_memory.metal
var readMemory string

// ReadBandwidth times a kernel that reads a buffer larger than the caches, and
// takes the best of several passes.
func (m *onMetal) ReadBandwidth(ctx context.Context) (float64, error) {
	buffer, view, err := allocate[byte](m, m.readBytes)
	if err != nil {
		return 0, err
	}
	defer buffer.Buffer.Release()
	for i := 0; i < len(view); i += 4096 { // touch every page: untouched ones may all read the same zeros
		view[i] = 1
	}
	best := 0.0
	for range 5 {
		_, took, err := m.readMemory(ctx, buffer, m.readBytes)
		if err != nil {
			return 0, err
		}
		best = max(best, float64(m.readBytes)/took.Seconds()/1e9)
	}
	return best, nil
}

// readMemory reads a buffer once and returns the sum of its words, modulo 2^32.
func (m *onMetal) readMemory(ctx context.Context, buffer mtl.BufferRange, bytes int) (sum uint32, took time.Duration, err error) {
	const threads, threadgroup = 64 << 10, 256
	out, view, err := allocate[byte](m, 4*threads)
	if err != nil {
		return 0, 0, err
	}
	defer out.Buffer.Release()
	state, err := m.registry.Pipeline(ctx, m.device, "read_memory")
	if err != nil {
		return 0, 0, err
	}
	vectors := uint32(bytes / 16)
	times, err := m.compute(ctx, func(enc *mtl.ComputeCommandEncoder) error {
		enc.SetComputePipelineState(state)
		enc.SetBuffers(0, buffer, out)
		mtl.SetValue(enc, &vectors, 2)
		enc.DispatchThreadgroups(mtl.Size{Width: threads / threadgroup, Height: 1, Depth: 1}, mtl.Size{Width: threadgroup, Height: 1, Depth: 1})
		return nil
	})
	for i := range threads {
		sum += binary.LittleEndian.Uint32(view[4*i:])
	}
	return sum, times.GPU(), err
}
