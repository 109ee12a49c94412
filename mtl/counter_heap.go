package mtl

import (
	"fmt"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// A CounterHeapType says what the entries of a counter heap hold (MTL4CounterHeapType).
type CounterHeapType int64

// What entries hold.
const (
	CounterHeapTypeInvalid   CounterHeapType = 0
	CounterHeapTypeTimestamp CounterHeapType = 1 // times of the GPU, one uint64 each
)

// String returns the name of the type.
func (t CounterHeapType) String() string {
	return enumName("CounterHeapType", t, "invalid", "timestamp")
}

// A TimestampGranularity says how exact a time has to be (MTL4TimestampGranularity).
type TimestampGranularity int64

// How exact a time has to be.
const (
	TimestampGranularityRelaxed TimestampGranularity = 0 // it costs little, and may be that of the encoder's beginning or end
	TimestampGranularityPrecise TimestampGranularity = 1 // as exact as can be; it may split the encoder
)

// String returns the name of the granularity.
func (g TimestampGranularity) String() string {
	return enumName("TimestampGranularity", g, "relaxed", "precise")
}

// A CounterHeapDescriptor says how a counter heap is made (MTL4CounterHeapDescriptor).
type CounterHeapDescriptor struct {
	Type  CounterHeapType // zero means CounterHeapTypeTimestamp, the only one that there is
	Count int             // how many entries, at least 1
	Label string          // for Metal's messages and its debugger, or empty
}

// A CounterHeap is where the commands of Metal 4 write the GPU's time (MTL4CounterHeap,
// macOS 26). Times count [Device.TimestampFrequency] to the second, from a moment that
// Metal does not tell: only differences mean something. An entry that nothing was written
// to is 0.
//
// It may be used from any goroutine; the owner releases it.
type CounterHeap struct {
	object
	count int
}

// needsCounterHeaps says what is wrong where the system has no Metal 4.
func (d *Device) needsCounterHeaps(method string) error {
	if d.fw.counterHeapDescriptor == 0 || !d.fw.foundation.RespondsTo(d.id, "newCounterHeapWithDescriptor:error:") {
		return fmt.Errorf("mtl: %s needs macOS 26: %w", method, ErrUnsupported)
	}
	return nil
}

// NewCounterHeap returns a counter heap whose entries are 0: Metal leaves them arbitrary,
// and they are invalidated here. Below macOS 26 the error wraps [ErrUnsupported]. The
// caller releases the heap.
func (d *Device) NewCounterHeap(descriptor CounterHeapDescriptor) (*CounterHeap, error) {
	const method = "Device.NewCounterHeap"
	if descriptor.Type == CounterHeapTypeInvalid {
		descriptor.Type = CounterHeapTypeTimestamp
	}
	switch {
	case descriptor.Type != CounterHeapTypeTimestamp:
		return nil, badArgument(method, "Type", int64(descriptor.Type), "%d (timestamp), or 0 for it", CounterHeapTypeTimestamp)
	case descriptor.Count < 1:
		return nil, badArgument(method, "Count", descriptor.Count, "at least 1")
	}
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if err := d.needsCounterHeaps(method); err != nil {
		return nil, err
	}
	s := d.fw.begin()
	defer s.end()
	object := s.newCounterHeapDescriptor(d.fw.counterHeapDescriptor)
	if object == 0 {
		return nil, d.fw.failed("MTL4CounterHeapDescriptor", 0)
	}
	defer d.fw.foundation.Release(object)
	s.setCounterHeapType(object, descriptor.Type)
	s.setCounterHeapCount(object, uint64(descriptor.Count))
	id, nsError := s.newCounterHeap(d.id, object)
	if id == 0 {
		return nil, d.fw.failed(fmt.Sprintf("%s of %d entries", method, descriptor.Count), nsError)
	}
	h := &CounterHeap{count: descriptor.Count}
	h.own("CounterHeap", d.fw, d, id)
	s.invalidateCounterRange(id, objc.Range{Length: uint64(h.count)})
	if descriptor.Label != "" {
		if err := h.SetLabel(descriptor.Label); err != nil {
			h.Release()
			return nil, fmt.Errorf("mtl: %s: %w", method, err)
		}
	}
	return h, nil
}

// CounterHeapEntrySize returns how many bytes an entry of a type has in a buffer that the
// GPU resolves entries to. Below macOS 26 the error wraps [ErrUnsupported].
func (d *Device) CounterHeapEntrySize(heapType CounterHeapType) (int, error) {
	const method = "Device.CounterHeapEntrySize"
	if heapType != CounterHeapTypeTimestamp {
		return 0, badArgument(method, "type", int64(heapType), "%d (timestamp)", CounterHeapTypeTimestamp)
	}
	n, err := d.askCounterHeaps(method, func(s *scope) uint64 { return s.sizeOfCounterHeapEntry(d.id, heapType) })
	return int(n), err
}

// TimestampFrequency returns how many units of the times in counter heaps make a second.
// Below macOS 26 the error wraps [ErrUnsupported].
func (d *Device) TimestampFrequency() (uint64, error) {
	return d.askCounterHeaps("Device.TimestampFrequency", func(s *scope) uint64 { return s.queryTimestampFrequency(d.id) })
}

func (d *Device) askCounterHeaps(method string, send func(*scope) uint64) (uint64, error) {
	if err := d.acquire(); err != nil {
		return 0, err
	}
	defer d.drop()
	if err := d.needsCounterHeaps(method); err != nil {
		return 0, err
	}
	return ask(d, send)
}

func (h *CounterHeap) acquire() error {
	if h == nil {
		return errNil("CounterHeap")
	}
	return h.object.acquire()
}

// Release gives up the reference. Encoded work that writes to the heap keeps it until it
// is done.
func (h *CounterHeap) Release() {
	if h != nil {
		h.release()
	}
}

// Count returns how many entries there are. It is valid after Release.
func (h *CounterHeap) Count() int {
	if h == nil {
		return 0
	}
	return h.count
}

// SetLabel names the heap in Metal's messages and in its debugger.
func (h *CounterHeap) SetLabel(label string) error {
	if h == nil {
		return errNil("CounterHeap")
	}
	return h.setLabel("CounterHeap.SetLabel", label, (*call).setCounterHeapLabel)
}

// Resolve returns count entries from first on, as times of the GPU. What has not been
// written, or was invalidated, is 0. The work that writes them must be done.
func (h *CounterHeap) Resolve(first, count int) ([]uint64, error) {
	const method = "CounterHeap.Resolve"
	if err := h.acquire(); err != nil {
		return nil, err
	}
	defer h.drop()
	if err := h.checkRange(method, first, count); err != nil {
		return nil, err
	}
	s := h.fw.begin()
	defer s.end()
	data := h.fw.foundation.Bytes(s.resolveCounterHeapRange(h.id, objc.Range{Location: uint64(first), Length: uint64(count)}))
	if data == nil {
		return nil, h.fw.failed("entries of a counter heap", 0)
	}
	if len(data) != 8*count {
		return nil, fmt.Errorf("mtl: %s: %d entries have %d bytes, no times: %w", method, count, len(data), ErrUnsupported)
	}
	times := make([]uint64, count)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(times))), len(data)), data)
	return times, nil
}

// Invalidate makes count entries from first on 0, at once. No work that writes them may be
// under way.
func (h *CounterHeap) Invalidate(first, count int) error {
	if err := h.acquire(); err != nil {
		return err
	}
	defer h.drop()
	if err := h.checkRange("CounterHeap.Invalidate", first, count); err != nil {
		return err
	}
	return tell(h, func(s *scope) {
		s.invalidateCounterRange(h.id, objc.Range{Location: uint64(first), Length: uint64(count)})
	})
}

func (h *CounterHeap) checkRange(method string, first, count int) error {
	return checkPart(method, "entries", first, count, h.count)
}

func (h *CounterHeap) checkIndex(method string, index int) error {
	return checkPlace(method, index, h.count)
}

// WriteTimestamp writes the time at which all that the command buffer has encoded so far
// is done to an entry of the heap. What is encoded afterwards may have begun by then. It
// comes between encoders.
func (cb *CommandBuffer4) WriteTimestamp(heap *CounterHeap, index int) error {
	const method = "CommandBuffer4.WriteTimestamp"
	if cb == nil {
		return errNil("CommandBuffer4")
	}
	return cb.whileOpen(method, func() error {
		if cb.open != "" {
			return fmt.Errorf("mtl: %s inside a %s; it stands between encoders: %w", method, cb.open, ErrArgument)
		}
		if heap == nil {
			return fmt.Errorf("%s: %w", method, errNil("CounterHeap"))
		}
		if err := cb.pass.held.add(&heap.object, cb.dev); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		if err := heap.checkIndex(method, index); err != nil {
			return err
		}
		cb.scope.commandBuffer4WriteTimestamp(cb.id, heap.id, uint64(index))
		return nil
	})
}

// WriteTimestamp writes the time at which all that the encoder has encoded so far is done
// to an entry of the heap. It holds up nothing that is encoded afterwards.
func (e *ComputeCommandEncoder4) WriteTimestamp(granularity TimestampGranularity, heap *CounterHeap, index int) {
	const method = "ComputeCommandEncoder4.WriteTimestamp"
	if e == nil || !e.ready() && e.refused(method) {
		return
	}
	if granularity != TimestampGranularityRelaxed && granularity != TimestampGranularityPrecise {
		e.cb.fail(badArgument(method, "granularity", int64(granularity), "%d (relaxed) or %d (precise)", TimestampGranularityRelaxed, TimestampGranularityPrecise))
		return
	}
	if heap == nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, errNil("CounterHeap")))
		return
	}
	if !e.holdsObject(&heap.object) && !e.holdObject(method, &heap.object) {
		return
	}
	if uint(index) >= uint(heap.count) {
		e.cb.fail(heap.checkIndex(method, index))
		return
	}
	e.batch.writeTimestamp(e.id, granularity, heap.id, uint64(index))
}
