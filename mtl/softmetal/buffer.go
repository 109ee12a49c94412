package softmetal

import "unsafe"

// MTLResourceOptions, taken apart.
const (
	cacheModeMask      = 0xf
	storageModeShift   = 4
	storageModeMask    = 0xf
	hazardModeShift    = 8
	hazardModeMask     = 0x3
	resourceOptionBits = cacheModeMask | storageModeMask<<storageModeShift | hazardModeMask<<hazardModeShift

	storageShared  = 0
	storageManaged = 1
	storagePrivate = 2

	hazardDefault   = 0
	hazardUntracked = 1
	hazardTracked   = 2
)

// A buffer is memory that kernels and the CPU share, or each have for
// themselves.
type buffer struct {
	device  *Device
	offset  int64 // its name in the backend, or where it lies in its heap's memory
	memory  []byte
	length  int
	options uint64
	cpu     []byte  // of managed memory: the CPU's copy
	foreign uintptr // of a no-copy buffer: the caller's memory
	place   *place  // of a buffer in a heap
	purging uint64  // MTLPurgeableState
}

func (b *buffer) storage() uint64 { return b.options >> storageModeShift & storageModeMask }

// hazardTracking is tracked unless asked otherwise: the default mode means that
// for a buffer that is part of no heap.
func (b *buffer) hazardTracking() uint64 {
	if h := b.options >> hazardModeShift & hazardModeMask; h != hazardDefault {
		return h
	}
	return hazardTracked
}

// address is what -contents answers: nothing for memory that only the GPU sees.
func (b *buffer) address() uintptr {
	switch {
	case b.storage() == storagePrivate:
		return 0
	case b.foreign != 0:
		return b.foreign
	case b.cpu != nil:
		return addressOf(b.cpu)
	}
	return addressOf(b.memory)
}

// gpuAddressBase keeps a GPU address from being nil, or an address on the CPU.
const gpuAddressBase = 0x11_0000_0000

func (b *buffer) dealloc(d *Device, _ *object) {
	if b.place != nil {
		b.place.leave(d)
		return
	}
	d.backend.free(b.offset)
}

func bufferClass() *class {
	return &class{
		name:      "SoftMetalBuffer",
		protocols: []string{"MTLBuffer", "MTLResource", "MTLAllocation"},
		methods: resourceMethods(labelMethods(map[string]handler{
			"length":                on(func(b *buffer, c *call) { c.returnInt(b.length) }),
			"contents":              on(func(b *buffer, c *call) { c.returnAddress(b.address()) }),
			"gpuAddress":            on(func(b *buffer, c *call) { c.returnWord(gpuAddressBase + uint64(b.offset)) }),
			"didModifyRange:":       on((*buffer).didModifyRange),
			"addDebugMarker:range:": on((*buffer).addDebugMarker),
			"removeAllDebugMarkers": func(*call) {},
		})),
	}
}

func (c *call) newBuffer() {
	if b, ok := c.allocate(c.word(0), c.word(1)); ok {
		c.returnOwned(b)
	}
}

func (c *call) newBufferWithBytes() {
	length, options := c.word(1), c.word(2)
	if options>>storageModeShift&storageModeMask == storagePrivate {
		c.fail(RuleBufferOptions, "options %#x: private memory cannot be filled by the CPU", options)
		return
	}
	if !c.checkLength(length) {
		return
	}
	content, ok := c.bytes(0, length)
	if !ok {
		return
	}
	if b, ok := c.allocate(length, options); ok {
		copy(b.payload.(*buffer).memory, content)
		copy(b.payload.(*buffer).cpu, content)
		c.returnOwned(b)
	}
}

// newBufferNoCopy makes a buffer of the caller's memory. The kernels cannot
// reach it where it is, so it is copied in before a command buffer that uses it
// and out after it; in between it belongs to the GPU anyway.
func (c *call) newBufferNoCopy() {
	address, length, options := c.address(0), c.word(1), c.word(2)
	switch {
	case c.address(3) != 0:
		if b := c.blockArgument(3); b != nil {
			c.blockRelease(b)
			c.fail(RuleNotImplemented, "the software device calls no deallocator")
		}
	case address == 0:
		c.fail(RuleNilArgument, "argument 1 is where the memory is, and is nil")
	case address%noCopyPage != 0 || length%noCopyPage != 0:
		c.fail(RulePageAlignment, "memory at %#x of %d bytes: both must be multiples of the page of %d bytes", address, length, noCopyPage)
	case options>>storageModeShift&storageModeMask == storagePrivate:
		c.fail(RuleBufferOptions, "options %#x: the CPU's memory cannot be private", options)
	default:
		if !c.checkLength(length) {
			return
		}
		for at := uintptr(0); at < uintptr(length); at += noCopyPage {
			if _, err := peek(address+at, 1); err != nil {
				c.fail(RuleBadAddress, "argument 1: %v", err)
				return
			}
		}
		if b, ok := c.allocate(length, options); ok {
			b.payload.(*buffer).foreign = address
			c.returnOwned(b)
		}
	}
}

func (c *call) checkLength(length uint64) bool {
	if limit := uint64(c.options.MaxBufferLength); length == 0 || length > limit {
		c.fail(RuleBufferLength, "a buffer of %d bytes; must be 1 to maxBufferLength, which is %d", length, limit)
		return false
	}
	return true
}

// allocate checks and makes a buffer. When there is no memory left the method
// answers nil, as on a Mac, and breaks no rule.
func (c *call) allocate(length, options uint64) (*object, bool) {
	if !c.checkLength(length) {
		return nil, false
	}
	if !c.checkOptions(options) {
		return nil, false
	}
	offset, memory, err := c.backend.allocate(int(length))
	if err != nil {
		c.returnOwned(nil)
		return nil, false
	}
	b := &buffer{device: c.Device, offset: offset, memory: memory, length: int(length), options: options, purging: purgeableNonVolatile}
	if b.storage() == storageManaged {
		b.cpu = make([]byte, length)
	}
	return c.make(c.classes["SoftMetalBuffer"], b), true
}

func (c *call) checkOptions(options uint64) bool {
	storage, hazard := options>>storageModeShift&storageModeMask, options>>hazardModeShift&hazardModeMask
	switch {
	case options&^resourceOptionBits != 0 || options&cacheModeMask > 1 || hazard > hazardTracked:
		c.fail(RuleBufferOptions, "options %#x have bits that MTLResourceOptions does not", options)
	case storage > storagePrivate:
		c.fail(RuleBufferOptions, "options %#x: storage mode %d is not for buffers", options, storage)
	default:
		return true
	}
	return false
}

// checkSpan checks that a range lies within the buffer.
func (b *buffer) checkSpan(c *call, at, n uint64) bool {
	if length := uint64(b.length); n == 0 || at > length || n > length-at {
		c.fail(RuleBufferRange, "%d bytes at offset %d of a buffer of %d", n, at, length)
		return false
	}
	return true
}

// didModifyRange brings the GPU's copy up to date. A GPU without memory of its
// own needs none, and so hides where the message is missing; here it shows.
func (b *buffer) didModifyRange(c *call) {
	at, n := c.span(0)
	if b.storage() != storageManaged {
		c.fail(RuleManaged, "storage mode %d: only managed memory has a copy to bring up to date", b.storage())
		return
	}
	if b.checkSpan(c, at, n) {
		copy(b.memory[at:at+n], b.cpu[at:at+n])
	}
}

// synchronize brings the CPU's copy of managed memory up to date.
func (b *buffer) synchronize() { copy(b.cpu, b.memory) }

// addDebugMarker takes note of nothing: there is no debugger.
func (b *buffer) addDebugMarker(c *call) {
	if c.object(0) == nil {
		c.fail(RuleNilArgument, "argument 1 is the marker, and is nil")
		return
	}
	b.checkSpan(c, c.args[1].words[0], c.args[1].words[1])
}

// copyIn brings the caller's memory to where kernels see it.
func (b *buffer) copyIn() error {
	if b.foreign == 0 {
		return nil
	}
	return guard(b.foreign, b.length, func(p unsafe.Pointer) { copy(b.memory, view[byte](p, b.length)) })
}

// copyOut brings it back.
func (b *buffer) copyOut() error {
	if b.foreign == 0 {
		return nil
	}
	return guard(b.foreign, b.length, func(p unsafe.Pointer) { copy(view[byte](p, b.length), b.memory) })
}
