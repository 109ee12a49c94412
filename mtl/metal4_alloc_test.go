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

// TracesMessages is false: finding out where messages come from takes longer.
func (s *silentDevice) TracesMessages() bool { return false }

func (s *silentDevice) MsgSend(r *objc.Registers) {
	if s.on {
		s.count++
		return
	}
	s.Device.MsgSend(r)
}

// A silentMetal4 encodes steps that nobody gets.
type silentMetal4 struct {
	metal4
	soft       *silentDevice
	add, store *mtl.ComputePipelineState
	x, y       *mtl.Buffer
	fence      *mtl.Fence
	other      *mtl.ArgumentTable
}

func openSilentMetal4(t testing.TB) *silentMetal4 {
	t.Helper()
	soft := &silentDevice{Device: softmetal.NewTesting(t, softmetal.Options{MacOS: "26.0"})}
	framework, err := mtl.Load(soft)
	if err != nil {
		t.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(device.Release)
	m := &silentMetal4{metal4: newMetal4(hardware{TB: t, device: device}), soft: soft}
	m.add, m.store = m.kernel("add"), m.known("store")
	m.x, _ = m.numbers(64)
	m.y, _ = m.numbers(64)
	m.fence = owned[*mtl.Fence](m.hardware)(device.NewFence())
	m.other = owned[*mtl.ArgumentTable](m.hardware)(device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 2}))
	m.set(0, m.x, 0)
	m.set(1, m.y, 0)
	if err := errors.Join(m.other.SetBuffer(m.y, 0, 0), m.other.SetBuffer(m.x, 0, 1)); err != nil {
		t.Fatal(err)
	}
	return m
}

// step encodes what a decode step has, with all that costs nothing to set again set
// anew.
func (m *silentMetal4) step(enc *mtl.ComputeCommandEncoder4, odd bool) {
	memory := 16
	if odd {
		memory = 32
	}
	enc.SetComputePipelineState(m.add)
	enc.SetArgumentTable(m.table)
	if err := m.table.SetBuffer(m.y, memory, 1); err != nil {
		m.Error(err)
	}
	enc.SetThreadgroupMemoryLength(memory, 0)
	enc.DispatchThreads(line(3), line(2))
	enc.DispatchThreadgroups(line(3), line(2))
	enc.SetComputePipelineState(m.store)
	enc.SetArgumentTable(m.other)
	enc.DispatchThreads(line(3), line(2))
	enc.DispatchThreadgroupsIndirect(m.x, 0, line(2))
	enc.DispatchThreadsIndirect(m.x, 0)
	enc.BarrierAfterEncoderStages(dispatch4, all4, seen4)
	enc.BarrierAfterQueueStages(dispatch4, all4, seen4)
	enc.BarrierAfterStages(dispatch4, all4, seen4)
	enc.Copy(mtl.BufferRange{Buffer: m.x}, mtl.BufferRange{Buffer: m.y}, 64)
	enc.Fill(mtl.BufferRange{Buffer: m.x}, 64, 1)
	enc.UpdateFence(m.fence, all4)
}

const messagesOfAStep4 = 17

// silently runs f while messages go nowhere, and commits nothing.
func (m *silentMetal4) silently(f func(*mtl.ComputeCommandEncoder4)) {
	stop := errors.New("what was dropped is not to be committed")
	_, err := m.queue.Encode(m.allocator, func(cb *mtl.CommandBuffer4) error {
		return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
			m.soft.on = true
			f(enc)
			m.soft.on = false
			return errors.Join(enc.Err(), stop)
		})
	})
	if err == nil || !errors.Is(err, stop) || errors.Is(err, mtl.ErrArgument) {
		m.Error(err)
	}
}

func TestEncodingOfMetal4AllocatesNothing(t *testing.T) {
	m := openSilentMetal4(t)
	m.silently(func(enc *mtl.ComputeCommandEncoder4) {
		const runs = 100 // more messages than wait at a time
		odd := false
		allocations := testing.AllocsPerRun(runs, func() {
			m.step(enc, odd)
			odd = !odd
		})
		if allocations != 0 {
			t.Errorf("%v allocations a step", allocations)
		}
		if most := (runs + 1) * messagesOfAStep4; m.soft.count > most || m.soft.count < most-256 { // the rest waits
			t.Errorf("%d messages, want %d", m.soft.count, most)
		}
	})
}

// BenchmarkStepOfMetal4 is BenchmarkStep for Metal 4.
func BenchmarkStepOfMetal4(b *testing.B) {
	m := openSilentMetal4(b)
	m.silently(func(enc *mtl.ComputeCommandEncoder4) {
		b.ReportAllocs()
		odd := false
		for b.Loop() {
			m.step(enc, odd)
			odd = !odd
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/messagesOfAStep4, "ns/message")
	})
}
