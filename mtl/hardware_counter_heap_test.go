//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
)

// A new counter heap has nothing in it, and says how its times count.
func TestHardwareCounterHeapIsEmpty(t *testing.T) {
	h := openHardware(t)
	heap, err := h.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 16, Label: "times"})
	if errors.Is(err, mtl.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer heap.Release()
	if err := heap.SetLabel("other times"); err != nil {
		t.Error(err)
	}
	if n := heap.Count(); n != 16 {
		t.Errorf("%d entries", n)
	}
	if n, err := h.device.CounterHeapEntrySize(mtl.CounterHeapTypeTimestamp); n != 8 || err != nil {
		t.Errorf("an entry has %d bytes, %v", n, err)
	}
	if n, err := h.device.TimestampFrequency(); n < 1000 || err != nil {
		t.Errorf("%d units make a second, %v", n, err)
	}
	if err := heap.Invalidate(15, 1); err != nil {
		t.Error(err)
	}
	for _, r := range [][2]int{{0, 16}, {3, 4}, {15, 1}} {
		times, err := heap.Resolve(r[0], r[1])
		if err != nil || !slices.Equal(times, make([]uint64, r[1])) {
			t.Errorf("%d entries from %d: %d, %v", r[1], r[0], times, err)
		}
	}
}

// Times are those of moments after what was encoded before them, in the order that
// barriers give, and what was not written stays 0. The heap may be released before the
// work is done.
func TestHardwareMetal4WritesTimes(t *testing.T) {
	m := openMetal4(t)
	step := m.pipeline(m.newLibrary(stepSource, mtl.CompileOptions{}), "step")
	x, _ := m.numbers(64)
	add, numbers := m.numbers(1)
	numbers[0] = 1
	m.set(0, x, 0)
	m.set(1, add, 0)
	heap := owned[*mtl.CounterHeap](m.hardware)(m.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 8}))
	frequency, err := m.device.TimestampFrequency()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		work := m.commit(func(cb *mtl.CommandBuffer4) error {
			if err := cb.WriteTimestamp(heap, 0); err != nil {
				return err
			}
			if err := cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
				enc.SetComputePipelineState(step)
				enc.SetArgumentTable(m.table)
				enc.WriteTimestamp(mtl.TimestampGranularityPrecise, heap, 1)
				for range 10 {
					enc.DispatchThreadgroups(line(1), line(64))
					enc.BarrierAfterEncoderStages(mtl.StageDispatch, mtl.StageDispatch, mtl.VisibilityOptionDevice)
				}
				enc.WriteTimestamp(mtl.TimestampGranularityRelaxed, heap, 2)
				return nil
			}); err != nil {
				return err
			}
			return cb.WriteTimestamp(heap, 3)
		})
		if err := work.Wait(context.Background()); err != nil {
			t.Fatal(err)
		}
		times, err := heap.Resolve(0, 8)
		if err != nil {
			t.Fatal(err)
		}
		// A relaxed time may be that of the encoder's end.
		if times[0] == 0 || times[0] > times[1] || times[1] == 0 || times[2] == 0 || times[0] > times[3] || times[3]-times[0] > 100*frequency {
			t.Errorf("times %d at %d to the second", times, frequency)
		}
		if !slices.Equal(times[4:], make([]uint64, 4)) {
			t.Errorf("entries that nothing was written to: %d", times[4:])
		}
		if err := heap.Invalidate(0, 4); err != nil {
			t.Fatal(err)
		}
	}
	work := m.commit(func(cb *mtl.CommandBuffer4) error {
		err := cb.WriteTimestamp(heap, 0)
		heap.Release()
		return err
	})
	if err := work.Wait(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestHardwareMetal4KernelsTellTheirLogState(t *testing.T) {
	m := openMetal4(t)
	logs, said := m.logState(mtl.LogStateDescriptor{Level: mtl.LogLevelError})
	tell := m.pipeline(m.newLibrary(logSource, logOptions), "tell")
	x, view := m.numbers(1)
	m.set(0, x, 0)
	encode := func(cb *mtl.CommandBuffer4) error {
		return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
			enc.SetComputePipelineState(tell)
			enc.SetArgumentTable(m.table)
			enc.DispatchThreadgroups(line(1), line(1))
			return nil
		})
	}
	work, err := m.queue.EncodeWithOptions(m.allocator, mtl.CommandBufferOptions{LogState: logs}, encode)
	if err != nil {
		t.Fatal(err)
	}
	logs.Release() // the work keeps it
	if err := work.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := m.commit(encode).Wait(context.Background()); err != nil || view[0] != 1 { // says nothing
		t.Errorf("%v, %d", err, view[0])
	}
	said.want(t, allNotes[3], allNotes[4])
}
