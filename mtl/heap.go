package mtl

import (
	"fmt"
	"math/bits"

	"github.com/tqmetal/tqmetal/objc"
)

// A HeapType says who decides where in a heap a buffer lies (MTLHeapType).
type HeapType int64

// Heap types. Sparse heaps are for textures.
const (
	HeapTypeAutomatic HeapType = 0 // Metal does: Heap.NewBuffer
	HeapTypePlacement HeapType = 1 // the program does: Heap.NewBufferAt
)

// String returns the name of the type.
func (t HeapType) String() string {
	return enumName("HeapType", t, "automatic", "placement")
}

// A HeapDescriptor says how a heap is made (MTLHeapDescriptor). The zero value
// is of no size, which is an error, shared and automatic.
type HeapDescriptor struct {
	// Size in bytes; see [Device.HeapBufferSizeAndAlign] for what a buffer takes.
	Size int
	// Type says who places buffers.
	Type HeapType
	// Options are those of every buffer in the heap: shared or private. A heap
	// whose hazard tracking is default is untracked: the program orders the
	// passes and command buffers that use its buffers, by fences and events.
	Options ResourceOptions
	// Label is a name for Metal's messages and its debugger, or empty.
	Label string
}

// A Heap is memory that buffers are cut from (MTLHeap): making one costs next
// to nothing, and buffers that are not needed at the same time may share
// memory. It may be used from any goroutine; the owner releases it. Its
// buffers keep it alive.
//
// The contents of a new buffer of a heap are whatever was there before: they
// are not zero.
type Heap struct {
	object
	size     int
	heapType HeapType
	options  ResourceOptions
}

// NewHeap returns a heap. The caller releases it. When there is no memory for
// it, the error wraps [ErrNoObject].
func (d *Device) NewHeap(descriptor HeapDescriptor) (*Heap, error) {
	const method = "Device.NewHeap"
	if d == nil {
		return nil, errNil("Device")
	}
	if descriptor.Size < 1 {
		return nil, badArgument(method, "Size", descriptor.Size, "at least 1 byte")
	}
	if t := descriptor.Type; t != HeapTypeAutomatic && t != HeapTypePlacement {
		return nil, badArgument(method, "Type", int64(t), "%d (automatic) or %d (placement)", HeapTypeAutomatic, HeapTypePlacement)
	}
	if err := descriptor.Options.check(method); err != nil {
		return nil, err
	}
	if descriptor.Options.StorageMode() == StorageModeManaged {
		return nil, badArgument(method, "storage mode", "managed", "shared or private")
	}
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	s := d.fw.begin()
	defer s.end()
	object := s.newHeapDescriptor(d.fw.heapDescriptor)
	if object == 0 {
		return nil, d.fw.failed("MTLHeapDescriptor", 0)
	}
	defer d.fw.foundation.Release(object)
	s.setHeapDescriptorSize(object, uint64(descriptor.Size))
	s.setHeapDescriptorType(object, descriptor.Type)
	s.setHeapDescriptorResourceOptions(object, descriptor.Options)
	id := s.newHeap(d.id, object)
	if id == 0 {
		return nil, d.fw.failed(fmt.Sprintf("%s of %d bytes", method, descriptor.Size), 0)
	}
	if descriptor.Label != "" {
		if err := s.withString(descriptor.Label, func(text objc.ID) { s.setHeapLabel(id, text) }); err != nil {
			d.fw.foundation.Release(id)
			return nil, fmt.Errorf("mtl: %s: Label: %w", method, err)
		}
	}
	// Metal rounds the size up, and decides about tracking.
	h := &Heap{size: int(s.heapSize(id)), heapType: descriptor.Type, options: s.heapResourceOptions(id)}
	if h.size < descriptor.Size || h.options.StorageMode() != descriptor.Options.StorageMode() {
		d.fw.foundation.Release(id)
		return nil, fmt.Errorf("mtl: %s: asked for %d bytes, %v, and got %d, %v", method, descriptor.Size, descriptor.Options.StorageMode(), h.size, h.options.StorageMode())
	}
	h.own("Heap", d.fw, d, id)
	return h, nil
}

func (h *Heap) acquire() error {
	if h == nil {
		return errNil("Heap")
	}
	return h.object.acquire()
}

// Release gives up the reference. Buffers of the heap keep its memory.
func (h *Heap) Release() {
	if h != nil {
		h.release()
	}
}

// Size returns the bytes of the heap, at least those that were asked for. It
// is valid after Release, as are type and options.
func (h *Heap) Size() int {
	if h == nil {
		return 0
	}
	return h.size
}

// Type returns who places buffers in the heap.
func (h *Heap) Type() HeapType {
	if h == nil {
		return 0
	}
	return h.heapType
}

// Options returns the options of every buffer of the heap, where Metal has
// decided what was left to it.
func (h *Heap) Options() ResourceOptions {
	if h == nil {
		return 0
	}
	return h.options
}

// SetLabel names the heap in Metal's messages and in its debugger.
func (h *Heap) SetLabel(label string) error {
	if h == nil {
		return errNil("Heap")
	}
	return h.setLabel("Heap.SetLabel", label, (*call).setHeapLabel)
}

// UsedSize returns the bytes that the heap's buffers take now, without those
// that are aliasable.
func (h *Heap) UsedSize() (int, error) {
	return ask(h, func(s *scope) int { return int(s.heapUsedSize(h.id)) })
}

// CurrentAllocatedSize returns the bytes of memory behind the heap.
func (h *Heap) CurrentAllocatedSize() (int, error) {
	return ask(h, func(s *scope) int { return int(s.heapCurrentAllocatedSize(h.id)) })
}

// MaxAvailableSize returns the bytes of the largest buffer with that alignment,
// a power of two, for which the heap has room in one piece.
func (h *Heap) MaxAvailableSize(alignment int) (int, error) {
	if alignment < 1 || bits.OnesCount64(uint64(alignment)) != 1 {
		return 0, badArgument("Heap.MaxAvailableSize", "alignment", alignment, "a power of two")
	}
	return ask(h, func(s *scope) int { return int(s.heapMaxAvailableSize(h.id, uint64(alignment))) })
}

// SetPurgeableState says whether the system may take the memory of the heap and
// of all its buffers, and returns the state before; see
// [Buffer.SetPurgeableState].
func (h *Heap) SetPurgeableState(state PurgeableState) (PurgeableState, error) {
	if h == nil {
		return 0, errNil("Heap")
	}
	if err := state.check("Heap.SetPurgeableState"); err != nil {
		return 0, err
	}
	return ask(h, func(s *scope) PurgeableState { return s.heapSetPurgeableState(h.id, state) })
}

// NewBuffer returns a buffer of an automatic heap with the heap's options. Its
// contents are not zero. When the heap has no room, the error wraps
// [ErrNoObject]. The caller releases the buffer.
func (h *Heap) NewBuffer(length int) (*Buffer, error) {
	const method = "Heap.NewBuffer"
	if err := h.checkBuffer(method, length, HeapTypeAutomatic); err != nil {
		return nil, err
	}
	return h.makeBuffer(method, length, func(s *scope) objc.ID { return s.heapNewBuffer(h.id, uint64(length), h.options) })
}

// NewBufferAt returns a buffer of a placement heap at an offset, which is a
// multiple of the alignment that [Device.HeapBufferSizeAndAlign] says and leaves
// room for the size. Buffers may overlap: they then share memory, and the
// program sees to it that only one is used at a time. The caller releases the
// buffer.
func (h *Heap) NewBufferAt(offset, length int) (*Buffer, error) {
	const method = "Heap.NewBufferAt"
	if err := h.checkBuffer(method, length, HeapTypePlacement); err != nil {
		return nil, err
	}
	need, err := h.dev.HeapBufferSizeAndAlign(length, h.options)
	if err != nil {
		return nil, err
	}
	if offset < 0 || need.Align < 1 || offset%need.Align != 0 {
		return nil, badArgument(method, "offset", offset, "a multiple of %d, the alignment of a buffer of %d bytes", need.Align, length)
	}
	if need.Size > h.size || offset > h.size-need.Size {
		return nil, badArgument(method, "offset", offset, "at most %d, as the buffer takes %d bytes of a heap of %d", max(h.size-need.Size, 0), need.Size, h.size)
	}
	return h.makeBuffer(method, length, func(s *scope) objc.ID {
		return s.heapNewBufferAtOffset(h.id, uint64(length), h.options, uint64(offset))
	})
}

func (h *Heap) checkBuffer(method string, length int, want HeapType) error {
	if h == nil {
		return errNil("Heap")
	}
	if h.heapType != want {
		return badArgument(method, "heap", h.heapType, "%v: for %v there is %s", want, h.heapType,
			[...]string{"NewBuffer", "NewBufferAt"}[h.heapType])
	}
	return h.dev.checkBuffer(method, length, h.options)
}

func (h *Heap) makeBuffer(method string, length int, send func(*scope) objc.ID) (*Buffer, error) {
	if err := h.acquire(); err != nil {
		return nil, err
	}
	defer h.drop()
	b, err := h.dev.wrapBuffer(method, length, h.options, send)
	if err == nil {
		b.heap = h
	}
	return b, err
}

// Heap returns the heap that the buffer was made from, which is not the
// caller's to release, or nil.
func (b *Buffer) Heap() *Heap {
	if b == nil {
		return nil
	}
	return b.heap
}

// HeapOffset returns where in its heap the buffer begins, in bytes, and 0
// without a heap.
func (b *Buffer) HeapOffset() (int, error) {
	return ask(b, func(s *scope) int { return int(s.resourceHeapOffset(b.id)) })
}

// MakeAliasable gives the buffer's memory back to its automatic heap while the
// buffer lives on: buffers that are made later may get it. It can't be undone.
// From then on only work that was encoded before may use the contents, and the
// program orders it before what uses the new buffer, by a fence or an event.
func (b *Buffer) MakeAliasable() error {
	const method = "Buffer.MakeAliasable"
	if b == nil {
		return errNil("Buffer")
	}
	if b.heap == nil || b.heap.heapType != HeapTypeAutomatic {
		return badArgument(method, "buffer", "not in an automatic heap", "a buffer of Heap.NewBuffer: the program places all others itself")
	}
	return tell(b, func(s *scope) { s.resourceMakeAliasable(b.id) })
}

// IsAliasable says whether [Buffer.MakeAliasable] was called.
func (b *Buffer) IsAliasable() (bool, error) {
	return ask(b, func(s *scope) bool { return s.resourceIsAliasable(b.id) })
}
