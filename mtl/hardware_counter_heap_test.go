//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
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
