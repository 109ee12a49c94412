//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"errors"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// A silentDevice drops messages while it is told so, so that what remains is the
// binding's.
type silentDevice struct {
	*softmetal.Device
	on    bool
	count int
}

func (s *silentDevice) MsgSend(r *objc.Registers) {
	if s.on {
		s.count++
		return
	}
	s.Device.MsgSend(r)
}

func TestEncodingOfMetal4AllocatesNothing(t *testing.T) {
	soft := &silentDevice{Device: softmetal.NewTesting(t, softmetal.Options{MacOS: "26.0"})}
	framework, err := mtl.Load(soft)
	if err != nil {
		t.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	defer device.Release()
	queue, err := device.NewCommandQueue()
	if err != nil {
		t.Fatal(err)
	}
	defer queue.Release()
	m := newMetal4(hardware{t, device, queue})
	add, store := m.kernel("add"), m.known("store")
	x, _ := m.numbers(64)
	y, _ := m.numbers(64)
	fence := owned[*mtl.Fence](m.hardware)(device.NewFence())
	other := owned[*mtl.ArgumentTable](m.hardware)(device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 2}))
	m.set(0, x, 0)
	m.set(1, y, 0)
	if err := errors.Join(other.SetBuffer(y, 0, 0), other.SetBuffer(x, 0, 1)); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("what was dropped is not to be committed")
	_, err = m.queue.Encode(m.allocator, func(cb *mtl.CommandBuffer4) error {
		return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
			soft.on = true
			memory := 16
			const runs = 100 // more messages than wait at a time
			allocations := testing.AllocsPerRun(runs, func() {
				enc.SetComputePipelineState(add)
				enc.SetArgumentTable(m.table)
				if err := m.table.SetBuffer(y, memory, 1); err != nil {
					t.Error(err)
				}
				memory ^= 32
				enc.SetThreadgroupMemoryLength(memory, 0)
				enc.DispatchThreads(line(3), line(2))
				enc.DispatchThreadgroups(line(3), line(2))
				enc.SetComputePipelineState(store)
				enc.SetArgumentTable(other)
				enc.DispatchThreads(line(3), line(2))
				enc.DispatchThreadgroupsIndirect(x, 0, line(2))
				enc.DispatchThreadsIndirect(x, 0)
				enc.BarrierAfterEncoderStages(dispatch4, all4, seen4)
				enc.BarrierAfterQueueStages(dispatch4, all4, seen4)
				enc.BarrierAfterStages(dispatch4, all4, seen4)
				enc.Copy(mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: y}, 64)
				enc.Fill(mtl.BufferRange{Buffer: x}, 64, 1)
				enc.UpdateFence(fence, all4)
			})
			soft.on = false
			if allocations != 0 {
				t.Errorf("%v allocations a step", allocations)
			}
			if enc.Err() != nil || soft.count < runs*15 {
				t.Errorf("%d messages, error %v", soft.count, enc.Err())
			}
			return stop
		})
	})
	if !errors.Is(err, stop) {
		t.Error(err)
	}
}
