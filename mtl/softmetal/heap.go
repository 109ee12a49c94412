package softmetal

import (
	"math/bits"
	"slices"
)

// MTLHeapType.
const (
	heapAutomatic = 0
	heapPlacement = 1
)

const (
	heapAlignment = 256      // of buffers in heaps
	heapPage      = 16 << 10 // what the size of a heap is rounded up to
)

// A heap is one piece of memory that buffers lie in. They may overlap, and then
// share it.
type heap struct {
	object  *object
	offset  int64 // its name in the backend
	memory  []byte
	kind    int64
	options uint64
	places  []*place // of the buffers that are alive, by position
	touched []bool   // by page: a buffer was there
	purging uint64   // MTLPurgeableState
}

// A place is where a buffer lies in its heap.
type place struct {
	heap      *heap
	at, size  uint64
	aliasable bool
}

func (p *place) end() uint64 { return p.at + p.size }

func (p *place) leave(d *Device) {
	p.heap.places = slices.DeleteFunc(p.heap.places, func(q *place) bool { return p == q })
	d.release(p.heap.object)
}

func (h *heap) dealloc(d *Device, _ *object) { d.backend.free(h.offset) }

func (h *heap) storage() uint64 { return h.options >> storageModeShift & storageModeMask }

// heapDescriptor has Metal's defaults: private memory.
type heapDescriptor struct {
	size    uint64
	kind    int64
	options uint64
}

func heapDescriptorClass() *class {
	field := func(shift, mask uint64) (get, set handler) {
		return on(func(h *heapDescriptor, c *call) { c.returnWord(h.options >> shift & mask) }),
			on(func(h *heapDescriptor, c *call) { h.options = h.options&^(mask<<shift) | c.word(0)<<shift })
	}
	storage, setStorage := field(storageModeShift, storageModeMask)
	cache, setCache := field(0, cacheModeMask)
	hazard, setHazard := field(hazardModeShift, hazardModeMask)
	return &class{
		name:   "MTLHeapDescriptor",
		public: true,
		create: func(*Device) any { return &heapDescriptor{options: storagePrivate << storageModeShift} },
		methods: map[string]handler{
			"size":                   on(func(h *heapDescriptor, c *call) { c.returnWord(h.size) }),
			"setSize:":               on(func(h *heapDescriptor, c *call) { h.size = c.word(0) }),
			"type":                   on(func(h *heapDescriptor, c *call) { c.returnWord(uint64(h.kind)) }),
			"setType:":               on(func(h *heapDescriptor, c *call) { h.kind = c.int(0) }),
			"storageMode":            storage,
			"setStorageMode:":        setStorage,
			"cpuCacheMode":           cache,
			"setCpuCacheMode:":       setCache,
			"hazardTrackingMode":     hazard,
			"setHazardTrackingMode:": setHazard,
			"resourceOptions":        on(func(h *heapDescriptor, c *call) { c.returnWord(h.options) }),
			"setResourceOptions:":    on(func(h *heapDescriptor, c *call) { h.options = c.word(0) }),
		},
	}
}

func heapClass() *class {
	return &class{
		name:      "SoftMetalHeap",
		protocols: []string{"MTLHeap", "MTLAllocation"},
		methods: labelMethods(map[string]handler{
			"device":                         deviceMethod,
			"size":                           on(func(h *heap, c *call) { c.returnInt(len(h.memory)) }),
			"allocatedSize":                  on(func(h *heap, c *call) { c.returnInt(len(h.memory)) }),
			"currentAllocatedSize":           on(func(h *heap, c *call) { c.returnInt(len(h.memory)) }),
			"type":                           on(func(h *heap, c *call) { c.returnWord(uint64(h.kind)) }),
			"storageMode":                    on(func(h *heap, c *call) { c.returnWord(h.storage()) }),
			"cpuCacheMode":                   on(func(h *heap, c *call) { c.returnWord(h.options & cacheModeMask) }),
			"hazardTrackingMode":             on(func(h *heap, c *call) { c.returnWord(h.options >> hazardModeShift & hazardModeMask) }),
			"resourceOptions":                on(func(h *heap, c *call) { c.returnWord(h.options) }),
			"usedSize":                       on(func(h *heap, c *call) { c.returnWord(h.used()) }),
			"maxAvailableSizeWithAlignment:": on((*heap).maxAvailable),
			"newBufferWithLength:options:": on(func(h *heap, c *call) {
				if h.checkBuffer(c, heapAutomatic) {
					h.newBuffer(c)
				}
			}),
			"newBufferWithLength:options:offset:": on(func(h *heap, c *call) {
				if h.checkBuffer(c, heapPlacement) {
					h.newBufferAt(c)
				}
			}),
			"setPurgeableState:": on(func(h *heap, c *call) {
				c.setPurgeableState(&h.purging, func() { fillGarbage(h.memory) }, func(b *buffer) bool { return b.place != nil && b.place.heap == h })
			}),
		}),
	}
}

func (c *call) newHeap() {
	p := payload[*heapDescriptor](c, 0)
	if p == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	}
	storage := p.options >> storageModeShift & storageModeMask
	switch {
	case p.size == 0:
		c.fail(RuleHeapSize, "a heap of 0 bytes")
	case p.kind != heapAutomatic && p.kind != heapPlacement:
		c.fail(RuleHeapType, "a heap of type %d: automatic is %d, placement %d, and sparse heaps are for textures", p.kind, heapAutomatic, heapPlacement)
	case !c.checkOptions(p.options):
	case storage != storageShared && storage != storagePrivate:
		c.fail(RuleHeapOptions, "a heap of storage mode %d: shared is %d, private %d", storage, storageShared, storagePrivate)
	default:
		size := (p.size + heapPage - 1) / heapPage * heapPage
		if size < p.size || size > uint64(c.options.Memory) {
			return // there is not as much memory
		}
		offset, memory, err := c.backend.allocate(int(size))
		if err != nil {
			return
		}
		h := &heap{offset: offset, memory: memory, kind: p.kind, options: p.options, touched: make([]bool, size/heapPage), purging: purgeableNonVolatile}
		if h.options>>hazardModeShift&hazardModeMask == hazardDefault {
			h.options |= hazardUntracked << hazardModeShift // the default of heaps
		}
		h.object = c.make(c.classes["SoftMetalHeap"], h)
		c.returnOwned(h.object)
	}
}

// heapBufferSize is what a buffer takes in a heap.
func heapBufferSize(length uint64) uint64 {
	return (length + heapAlignment - 1) / heapAlignment * heapAlignment
}

func (c *call) heapBufferSizeAndAlign() {
	if c.checkLength(c.word(0)) && c.checkOptions(c.word(1)) {
		c.returnWords(heapBufferSize(c.word(0)), heapAlignment)
	}
}

// checkBuffer checks what both ways to a buffer have in common. Another kind of
// heap is not meant for the message; on a Mac it answers nil, and a program that
// takes this for a heap without room goes on.
func (h *heap) checkBuffer(c *call, kind int64) bool {
	options := c.word(1)
	if h.kind != kind {
		c.fail(RuleHeapType, "the heap is of type %d, and the message is for type %d", h.kind, kind)
		return false
	}
	if !c.checkLength(c.word(0)) || !c.checkOptions(options) {
		return false
	}
	const same = cacheModeMask | storageModeMask<<storageModeShift
	hazard := options >> hazardModeShift & hazardModeMask
	if options&same != h.options&same || hazard != hazardDefault && hazard != h.options>>hazardModeShift&hazardModeMask {
		c.fail(RuleHeapOptions, "options %#x in a heap of options %#x: storage, cache and tracking mode must be the heap's", options, h.options)
		return false
	}
	return true
}

// newBuffer places a buffer where there is room, and answers nil if there is
// none.
func (h *heap) newBuffer(c *call) {
	size := heapBufferSize(c.word(0))
	if at, room := h.gap(heapAlignment, size); room >= size {
		h.make(c, at, size)
	}
}

func (h *heap) newBufferAt(c *call) {
	at, size := c.word(2), heapBufferSize(c.word(0))
	switch n := uint64(len(h.memory)); {
	case at%heapAlignment != 0:
		c.fail(RuleHeapOffset, "offset %d is not a multiple of %d", at, heapAlignment)
	case size > n || at > n-size:
		c.fail(RuleHeapOffset, "a buffer that takes %d bytes at offset %d of a heap of %d", size, at, n)
	default:
		h.make(c, at, size)
	}
}

// make makes a buffer at a place. It holds what was there before, and garbage
// where nothing was.
func (h *heap) make(c *call, at, size uint64) {
	length := c.word(0)
	for page := at / heapPage; page <= (at+size-1)/heapPage; page++ {
		if !h.touched[page] {
			h.touched[page] = true
			fillGarbage(h.memory[page*heapPage:][:heapPage])
		}
	}
	p := &place{heap: h, at: at, size: size}
	h.object.retain()
	h.places = append(h.places, p)
	slices.SortStableFunc(h.places, func(a, b *place) int { return int(a.at) - int(b.at) })
	b := &buffer{device: c.Device, offset: h.offset + int64(at), memory: h.memory[at : at+length : at+length], length: int(length), options: h.options, place: p}
	c.returnOwned(c.make(c.classes["SoftMetalBuffer"], b))
}

// gap returns where the first gap of that size begins, or else the largest one,
// and what room there is, with an alignment.
func (h *heap) gap(alignment, size uint64) (at, room uint64) {
	from := uint64(0)
	look := func(to uint64) bool {
		begin := (from + alignment - 1) / alignment * alignment
		if begin < to && to-begin > room {
			at, room = begin, to-begin
		}
		return room >= size
	}
	for _, p := range h.places {
		if p.aliasable {
			continue
		}
		if look(p.at) {
			return at, room
		}
		from = max(from, p.end())
	}
	look(uint64(len(h.memory)))
	return at, room
}

func (h *heap) maxAvailable(c *call) {
	alignment := c.word(0)
	if bits.OnesCount64(alignment) != 1 {
		c.fail(RuleHeapOffset, "alignment %d is no power of two", alignment)
		return
	}
	_, room := h.gap(alignment, uint64(len(h.memory)))
	c.returnWord(room)
}

// used returns the bytes that buffers cover.
func (h *heap) used() uint64 {
	n, from := uint64(0), uint64(0)
	for _, p := range h.places {
		if p.aliasable || p.end() <= from {
			continue
		}
		n += p.end() - max(from, p.at)
		from = p.end()
	}
	return n
}
