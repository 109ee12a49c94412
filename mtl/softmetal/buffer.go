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

	hazardUntracked = 1
	hazardTracked   = 2
)

// A buffer is memory that kernels and the CPU share.
type buffer struct {
	device  *Device
	offset  int64 // its name in the backend
	memory  []byte
	length  int
	options uint64
	foreign uintptr // of a no-copy buffer: the caller's memory
}

func (b *buffer) storage() uint64 { return b.options >> storageModeShift & storageModeMask }

// hazardTracking is tracked unless asked otherwise: the default mode means that
// for a buffer that is part of no heap.
func (b *buffer) hazardTracking() uint64 {
	if b.options>>hazardModeShift&hazardModeMask == hazardUntracked {
		return hazardUntracked
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
	}
	return addressOf(b.memory)
}

func (b *buffer) dealloc(d *Device, _ *object) { d.backend.free(b.offset) }

func bufferClass() *class {
	return &class{
		name:      "SoftMetalBuffer",
		protocols: []string{"MTLBuffer", "MTLResource", "MTLAllocation"},
		methods: labelMethods(map[string]handler{
			"device":             deviceMethod,
			"length":             on(func(b *buffer, c *call) { c.returnInt(b.length) }),
			"allocatedSize":      on(func(b *buffer, c *call) { c.returnInt(b.length) }),
			"contents":           on(func(b *buffer, c *call) { c.returnAddress(b.address()) }),
			"gpuAddress":         on(func(b *buffer, c *call) { c.returnWord(uint64(b.offset)) }),
			"storageMode":        on(func(b *buffer, c *call) { c.returnWord(b.storage()) }),
			"cpuCacheMode":       on(func(b *buffer, c *call) { c.returnWord(b.options & cacheModeMask) }),
			"hazardTrackingMode": on(func(b *buffer, c *call) { c.returnWord(b.hazardTracking()) }),
			"resourceOptions":    on(func(b *buffer, c *call) { c.returnWord(b.options) }),
		}),
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
		c.fail(RuleNotImplemented, "the software device calls no deallocator")
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
	storage, hazard := options>>storageModeShift&storageModeMask, options>>hazardModeShift&hazardModeMask
	switch {
	case options&^resourceOptionBits != 0 || options&cacheModeMask > 1 || hazard > 2:
		c.fail(RuleBufferOptions, "options %#x have bits that MTLResourceOptions does not", options)
		return nil, false
	case storage > storagePrivate:
		c.fail(RuleBufferOptions, "options %#x: storage mode %d is not for buffers", options, storage)
		return nil, false
	}
	offset, memory, err := c.backend.allocate(int(length))
	if err != nil {
		c.returnOwned(nil)
		return nil, false
	}
	b := &buffer{device: c.Device, offset: offset, memory: memory, length: int(length), options: options}
	return c.make(c.classes["SoftMetalBuffer"], b), true
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
