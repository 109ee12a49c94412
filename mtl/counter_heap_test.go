//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

func TestCounterHeapArgumentsAreChecked(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	heap := func() *mtl.CounterHeap {
		heap, err := h.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(heap.Release)
		return heap
	}
	here, gone := heap(), heap()
	gone.Release()
	gone.Release()
	var none *mtl.CounterHeap
	none.Release()
	if gone.Count() != 4 || none.Count() != 0 {
		t.Errorf("counts %d and %d", gone.Count(), none.Count())
	}
	for _, c := range []struct {
		name string
		err  error
		want error
		text string
	}{
		{"no entries", refused(h.device.NewCounterHeap(mtl.CounterHeapDescriptor{})), mtl.ErrArgument, "Count is 0, want at least 1"},
		{"entries of no type", refused(h.device.NewCounterHeap(mtl.CounterHeapDescriptor{Type: 2, Count: 1})), mtl.ErrArgument, "Type is 2"},
		{"more entries than Metal makes", refused(h.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 1<<20 + 1})), nil, "of 1048577 entries"},
		{"a nil device", refused((*mtl.Device)(nil).NewCounterHeap(mtl.CounterHeapDescriptor{Count: 1})), mtl.ErrNil, "Device"},
		{"the size of no type", refused(h.device.CounterHeapEntrySize(mtl.CounterHeapTypeInvalid)), mtl.ErrArgument, "type is 0"},
		{"entries beyond the last", refused(here.Resolve(3, 2)), mtl.ErrArgument, "first is 3, want 0 to 2"},
		{"entries before the first", refused(here.Resolve(-1, 2)), mtl.ErrArgument, "first is -1"},
		{"no entries read", refused(here.Resolve(0, 0)), mtl.ErrArgument, "count is 0, want 1 to 4"},
		{"too many entries", here.Invalidate(0, 5), mtl.ErrArgument, "count is 5"},
		{"entries of a nil heap", refused(none.Resolve(0, 1)), mtl.ErrNil, "CounterHeap"},
		{"a nil heap invalidated", none.Invalidate(0, 1), mtl.ErrNil, "CounterHeap"},
		{"a nil heap labelled", none.SetLabel("x"), mtl.ErrNil, "CounterHeap"},
		{"entries of a released heap", refused(gone.Resolve(0, 1)), mtl.ErrReleased, "CounterHeap"},
		{"a released heap invalidated", gone.Invalidate(0, 1), mtl.ErrReleased, "CounterHeap"},
		{"a label that is no text", refused(h.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 1, Label: "\xff"})), nil, "UTF-8"},
	} {
		if c.err == nil || c.want != nil && !errors.Is(c.err, c.want) || !strings.Contains(fmt.Sprint(c.err), c.text) {
			t.Errorf("%s: %v, want %v with %q", c.name, c.err, c.want, c.text)
		}
	}
}

func TestCounterHeapsNeedMacOS26(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "15.0"})
	for name, err := range map[string]error{
		"NewCounterHeap":       refused(h.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 1})),
		"CounterHeapEntrySize": refused(h.device.CounterHeapEntrySize(mtl.CounterHeapTypeTimestamp)),
		"TimestampFrequency":   refused(h.device.TimestampFrequency()),
	} {
		if !errors.Is(err, mtl.ErrUnsupported) || !strings.Contains(err.Error(), "Device."+name+" needs macOS 26") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCounterHeapTypeNames(t *testing.T) {
	for heapType, want := range map[mtl.CounterHeapType]string{0: "invalid", 1: "timestamp", 2: "CounterHeapType(2)"} {
		if got := heapType.String(); got != want {
			t.Errorf("%d is %q, want %q", int64(heapType), got, want)
		}
	}
}

func TestTimestampArgumentsAreChecked(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	other, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	m := newMetal4(h)
	heap := owned[*mtl.CounterHeap](h)(h.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 4}))
	foreign := owned[*mtl.CounterHeap](other)(other.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 4}))
	gone := owned[*mtl.CounterHeap](h)(h.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 4}))
	gone.Release()
	foreignLogs, _ := other.logState(mtl.LogStateDescriptor{})
	goneLogs, _ := h.logState(mtl.LogStateDescriptor{})
	goneLogs.Release()
	nothing := func(*mtl.CommandBuffer4) error { return nil }
	buffers := func(f func(*mtl.CommandBuffer4) error) error { return refused(m.queue.Encode(m.allocator, f)) }
	encoders := func(f func(*mtl.ComputeCommandEncoder4)) error {
		return buffers(func(cb *mtl.CommandBuffer4) error {
			return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error { f(enc); return nil })
		})
	}
	var late *mtl.ComputeCommandEncoder4
	if err := encoders(func(e *mtl.ComputeCommandEncoder4) { late = e }); err != nil {
		t.Fatal(err)
	}
	late.WriteTimestamp(0, heap, 0)
	for _, c := range []struct {
		name string
		err  error
		want error
		text string
	}{
		{"an entry beyond the last", buffers(func(cb *mtl.CommandBuffer4) error { return cb.WriteTimestamp(heap, 4) }), mtl.ErrArgument, "index is 4, want 0 to 3"},
		{"an entry before the first", buffers(func(cb *mtl.CommandBuffer4) error { return cb.WriteTimestamp(heap, -1) }), mtl.ErrArgument, "index is -1"},
		{"no heap", buffers(func(cb *mtl.CommandBuffer4) error { return cb.WriteTimestamp(nil, 0) }), mtl.ErrNil, "CounterHeap"},
		{"a released heap", buffers(func(cb *mtl.CommandBuffer4) error { return cb.WriteTimestamp(gone, 0) }), mtl.ErrReleased, "CounterHeap"},
		{"a heap of another device", buffers(func(cb *mtl.CommandBuffer4) error { return cb.WriteTimestamp(foreign, 0) }), mtl.ErrForeign, "CounterHeap"},
		{"a time within an encoder", buffers(func(cb *mtl.CommandBuffer4) error {
			return cb.Compute(func(*mtl.ComputeCommandEncoder4) error { return cb.WriteTimestamp(heap, 0) })
		}), mtl.ErrArgument, "between encoders"},
		{"an encoder's entry beyond the last", encoders(func(e *mtl.ComputeCommandEncoder4) { e.WriteTimestamp(0, heap, 4) }), mtl.ErrArgument, "index is 4, want 0 to 3"},
		{"an encoder's entry before the first", encoders(func(e *mtl.ComputeCommandEncoder4) { e.WriteTimestamp(0, heap, -1) }), mtl.ErrArgument, "index is -1"},
		{"a granularity that is none", encoders(func(e *mtl.ComputeCommandEncoder4) { e.WriteTimestamp(2, heap, 0) }), mtl.ErrArgument, "granularity is 2"},
		{"no heap of an encoder", encoders(func(e *mtl.ComputeCommandEncoder4) { e.WriteTimestamp(0, nil, 0) }), mtl.ErrNil, "CounterHeap"},
		{"a released heap of an encoder", encoders(func(e *mtl.ComputeCommandEncoder4) { e.WriteTimestamp(0, gone, 0) }), mtl.ErrReleased, "CounterHeap"},
		{"an encoder's heap of another device", encoders(func(e *mtl.ComputeCommandEncoder4) { e.WriteTimestamp(0, foreign, 0) }), mtl.ErrForeign, "CounterHeap"},
		{"an encoder that has ended", late.Err(), mtl.ErrEnded, "WriteTimestamp"},
		{"options with a released log state", refused(m.queue.EncodeWithOptions(m.allocator, mtl.CommandBufferOptions{LogState: goneLogs}, nothing)), mtl.ErrReleased, "LogState"},
		{"options with a log state of another device", refused(m.queue.EncodeWithOptions(m.allocator, mtl.CommandBufferOptions{LogState: foreignLogs}, nothing)), mtl.ErrForeign, "LogState"},
	} {
		if !errors.Is(c.err, c.want) || !strings.Contains(fmt.Sprint(c.err), c.text) {
			t.Errorf("%s: %v, want %v with %q", c.name, c.err, c.want, c.text)
		}
	}
	for g, want := range map[mtl.TimestampGranularity]string{0: "relaxed", 1: "precise", 2: "TimestampGranularity(2)"} {
		if got := g.String(); got != want {
			t.Errorf("%d is %q, want %q", int64(g), got, want)
		}
	}
}

func TestWritingTimesAllocatesNothing(t *testing.T) {
	m := openSilentMetal4(t)
	heap := owned[*mtl.CounterHeap](m.hardware)(m.device.NewCounterHeap(mtl.CounterHeapDescriptor{Count: 4}))
	m.silently(func(enc *mtl.ComputeCommandEncoder4) {
		if n := testing.AllocsPerRun(1000, func() { enc.WriteTimestamp(mtl.TimestampGranularityPrecise, heap, 3) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
