package mtl

import (
	"fmt"
	"strings"

	"github.com/tqmetal/tqmetal/objc"
)

// ResourceOptions say where a resource lies and who orders access to it
// (MTLResourceOptions). Zero is memory that CPU and GPU share, with hazards
// tracked by Metal.
type ResourceOptions uint64

// Resource options; one of each kind may be combined by |.
const (
	ResourceStorageModeShared           ResourceOptions = 0   // CPU and GPU see the same memory
	ResourceStorageModeManaged          ResourceOptions = 16  // CPU and GPU each have a copy, see StorageModeManaged
	ResourceStorageModePrivate          ResourceOptions = 32  // GPU only: Bytes fails
	ResourceCPUCacheModeDefaultCache    ResourceOptions = 0   // the CPU may read at full speed
	ResourceCPUCacheModeWriteCombined   ResourceOptions = 1   // the CPU writes and never reads
	ResourceHazardTrackingModeDefault   ResourceOptions = 0   // tracked, or for a buffer in a heap as the heap says
	ResourceHazardTrackingModeUntracked ResourceOptions = 256 // the program orders command buffers itself
	ResourceHazardTrackingModeTracked   ResourceOptions = 512 // Metal orders command buffers
)

// The fields of ResourceOptions.
const (
	storageModeShift = 4
	hazardModeShift  = 8
	fieldMask        = 0xf
)

// CPUCacheMode returns the part that says how the CPU caches.
func (o ResourceOptions) CPUCacheMode() CPUCacheMode { return CPUCacheMode(o & fieldMask) }

// StorageMode returns the part that says who sees the memory.
func (o ResourceOptions) StorageMode() StorageMode {
	return StorageMode(o >> storageModeShift & fieldMask)
}

// HazardTrackingMode returns the part that says who orders access.
func (o ResourceOptions) HazardTrackingMode() HazardTrackingMode {
	return HazardTrackingMode(o >> hazardModeShift & fieldMask)
}

// String returns the storage mode, and what else differs from the default.
func (o ResourceOptions) String() string {
	parts := []string{o.StorageMode().String()}
	if c := o.CPUCacheMode(); c != CPUCacheModeDefaultCache {
		parts = append(parts, c.String())
	}
	if h := o.HazardTrackingMode(); h != HazardTrackingModeDefault {
		parts = append(parts, h.String())
	}
	if rest := o >> (hazardModeShift + 4); rest != 0 {
		parts = append(parts, fmt.Sprintf("%#x", uint64(rest<<(hazardModeShift+4))))
	}
	return strings.Join(parts, ", ")
}

// check refuses what no buffer can have.
func (o ResourceOptions) check(method string) error {
	if o>>(hazardModeShift+4) != 0 || o.CPUCacheMode() > CPUCacheModeWriteCombined || o.StorageMode() > StorageModePrivate || o.HazardTrackingMode() > HazardTrackingModeTracked {
		return badArgument(method, "options", fmt.Sprintf("%#x", uint64(o)), "a combination of the constants of ResourceOptions")
	}
	return nil
}

// A StorageMode says which of CPU and GPU see the memory of a resource
// (MTLStorageMode).
type StorageMode uint64

// Storage modes.
const (
	// StorageModeShared is one memory for both.
	StorageModeShared StorageMode = 0
	// StorageModeManaged is a copy for each, as GPUs with memory of their own
	// have it: what the CPU wrote counts after [Buffer.DidModifyRange], and what
	// the GPU wrote after a blit that synchronizes. Apple silicon has one memory
	// and takes the mode all the same; there shared says the same for less.
	StorageModeManaged StorageMode = 1
	// StorageModePrivate is the GPU's alone. See [CommandQueue.Upload].
	StorageModePrivate StorageMode = 2
	// StorageModeMemoryless is for textures that live in one render pass.
	StorageModeMemoryless StorageMode = 3
)

// String returns the name of the mode.
func (m StorageMode) String() string {
	return enumName("StorageMode", m, "shared", "managed", "private", "memoryless")
}

// A CPUCacheMode says how the CPU caches the memory of a resource
// (MTLCPUCacheMode).
type CPUCacheMode uint64

// CPU cache modes.
const (
	CPUCacheModeDefaultCache  CPUCacheMode = 0 // reads and writes are cached
	CPUCacheModeWriteCombined CPUCacheMode = 1 // writes are gathered, reads are slow
)

// String returns the name of the mode.
func (m CPUCacheMode) String() string {
	return enumName("CPUCacheMode", m, "default cache", "write combined")
}

// A HazardTrackingMode says who keeps command buffers and passes apart that use
// the same resource (MTLHazardTrackingMode).
type HazardTrackingMode uint64

// Hazard tracking modes.
const (
	HazardTrackingModeDefault   HazardTrackingMode = 0 // tracked, or untracked for a heap
	HazardTrackingModeUntracked HazardTrackingMode = 1 // the program does, by fences and events
	HazardTrackingModeTracked   HazardTrackingMode = 2 // Metal does
)

// String returns the name of the mode.
func (m HazardTrackingMode) String() string {
	return enumName("HazardTrackingMode", m, "default tracking", "untracked", "tracked")
}

// A PurgeableState says whether the system may take the memory of a resource
// when memory runs short (MTLPurgeableState).
type PurgeableState uint64

// Purgeable states.
const (
	PurgeableStateKeepCurrent PurgeableState = 1 // changes nothing: asks for the state
	PurgeableStateNonVolatile PurgeableState = 2 // the contents are kept; what a new resource has
	PurgeableStateVolatile    PurgeableState = 3 // the contents may be lost
	PurgeableStateEmpty       PurgeableState = 4 // the contents are lost
)

// String returns the name of the state.
func (s PurgeableState) String() string {
	return enumName("PurgeableState", s, "", "keep current", "nonvolatile", "volatile", "empty")
}

func (s PurgeableState) check(method string) error {
	if s < PurgeableStateKeepCurrent || s > PurgeableStateEmpty {
		return badArgument(method, "state", uint64(s), "%d (keep current) to %d (empty)", PurgeableStateKeepCurrent, PurgeableStateEmpty)
	}
	return nil
}

// Label returns the name that SetLabel gave, or "".
func (b *Buffer) Label() (string, error) {
	return ask(b, func(s *scope) string { return s.fw.foundation.String(s.resourceLabel(b.id)) })
}

// SetLabel names the buffer in Metal's messages and in its debugger.
func (b *Buffer) SetLabel(label string) error {
	if b == nil {
		return errNil("Buffer")
	}
	return b.setLabel("Buffer.SetLabel", label, (*call).setResourceLabel)
}

// Options returns the options that the buffer has, where Metal has decided what
// was left to it.
func (b *Buffer) Options() (ResourceOptions, error) {
	return ask(b, func(s *scope) ResourceOptions { return s.resourceOptions(b.id) })
}

// AllocatedSize returns the bytes of memory that the buffer takes, which are
// at least its length.
func (b *Buffer) AllocatedSize() (int, error) {
	return ask(b, func(s *scope) int { return int(s.resourceAllocatedSize(b.id)) })
}

// GPUAddress returns the address of the buffer as kernels see it, for pointers
// in argument buffers. A kernel may follow it only if the buffer is resident:
// bound, used by an encoder, or in a residency set.
func (b *Buffer) GPUAddress() (uint64, error) {
	return ask(b, func(s *scope) uint64 { return s.bufferGPUAddress(b.id) })
}

// SetPurgeableState says whether the system may take the buffer's memory when
// memory runs short, and returns the state before: [PurgeableStateEmpty] says
// that it was taken, and the contents are lost. A buffer is made nonvolatile
// before any use of its contents, on the CPU or on the GPU, and volatile only
// when no work on it is under way. The memory of a buffer in a heap is the
// heap's: see [Heap.SetPurgeableState].
func (b *Buffer) SetPurgeableState(state PurgeableState) (PurgeableState, error) {
	const method = "Buffer.SetPurgeableState"
	if b == nil {
		return 0, errNil("Buffer")
	}
	if err := state.check(method); err != nil {
		return 0, err
	}
	if b.heap != nil && state != PurgeableStateKeepCurrent {
		return 0, badArgument(method, "buffer", "in a heap", "a buffer of its own, or Heap.SetPurgeableState")
	}
	return ask(b, func(s *scope) PurgeableState { return s.resourceSetPurgeableState(b.id, state) })
}

// DidModifyRange tells the GPU that the CPU has written length bytes at an
// offset. Managed memory needs it before the work that reads them; no other
// memory takes it.
func (b *Buffer) DidModifyRange(offset, length int) error {
	const method = "Buffer.DidModifyRange"
	if b == nil {
		return errNil("Buffer")
	}
	if b.storage != StorageModeManaged {
		return badArgument(method, "storage mode", b.storage, "managed: %s memory has no copy to bring up to date", b.storage)
	}
	if err := b.checkRange(method, offset, length); err != nil {
		return err
	}
	return tell(b, func(s *scope) {
		s.bufferDidModifyRange(b.id, objc.Range{Location: uint64(offset), Length: uint64(length)})
	})
}

// AddDebugMarker names length bytes at an offset in Metal's debugger.
func (b *Buffer) AddDebugMarker(marker string, offset, length int) error {
	const method = "Buffer.AddDebugMarker"
	if b == nil {
		return errNil("Buffer")
	}
	if err := b.checkRange(method, offset, length); err != nil {
		return err
	}
	var wrong error
	err := tell(b, func(s *scope) {
		wrong = s.withString(marker, func(text objc.ID) {
			s.bufferAddDebugMarker(b.id, text, objc.Range{Location: uint64(offset), Length: uint64(length)})
		})
	})
	if err == nil && wrong != nil {
		err = fmt.Errorf("mtl: %s: %w", method, wrong)
	}
	return err
}

// RemoveAllDebugMarkers removes what AddDebugMarker added.
func (b *Buffer) RemoveAllDebugMarkers() error {
	return tell(b, func(s *scope) { s.bufferRemoveAllDebugMarkers(b.id) })
}

// checkRange checks that length bytes at an offset lie within the buffer.
func (b *Buffer) checkRange(method string, offset, length int) error {
	if length < 1 || length > b.length {
		return badArgument(method, "length", length, "1 to %d bytes, the length of the buffer", b.length)
	}
	if offset < 0 || offset > b.length-length {
		return badArgument(method, "offset", offset, "0 to %d, as %d bytes are meant of a buffer of %d", b.length-length, length, b.length)
	}
	return nil
}
