package softmetal

import "github.com/tqmetal/tqmetal/objc"

func (h *hand) newHeap(size, kind, options int) objc.ID {
	d := h.pooled(h.id(h.class("MTLHeapDescriptor"), "new"))
	h.send(d, "setSize:", size)
	h.send(d, "setType:", kind)
	h.send(d, "setResourceOptions:", options)
	return h.pooled(h.id(h.device(), "newHeapWithDescriptor:", d))
}

func (h *hand) residencySet() objc.ID {
	d := h.pooled(h.id(h.class("MTLResidencySetDescriptor"), "new"))
	return h.pooled(h.id(h.device(), "newResidencySetWithDescriptor:error:", d, 0))
}

func (h *hand) fillOf(b objc.ID) objc.ID {
	e, cb := h.blit()
	h.send(e, "fillBuffer:range:value:", b, span{0, 16}, 1)
	h.send(e, "endEncoding")
	return cb
}

var memoryBreaches = []breach{
	{"a log state has a descriptor", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newLogStateWithDescriptor:error:", 0, 0)
	}},
	{"a level of messages is one of the enumeration", RuleEnum, "6 is no MTLLogLevel", func(h *hand) {
		h.send(h.pooled(h.id(h.class("MTLLogStateDescriptor"), "new")), "setLevel:", 6)
	}},
	{"a handler of messages is a block", RuleNilArgument, "block", func(h *hand) {
		d := h.pooled(h.id(h.class("MTLLogStateDescriptor"), "new"))
		h.send(h.pooled(h.id(h.device(), "newLogStateWithDescriptor:error:", d, 0)), "addLogHandler:", 0)
	}},
	{"a queue's log state is one", RuleArgumentClass, "MTLLogState", func(h *hand) {
		h.send(h.pooled(h.id(h.class("MTLCommandQueueDescriptor"), "new")), "setLogState:", h.buffer(16))
	}},
	{"only managed memory is brought up to date", RuleManaged, "storage mode 0", func(h *hand) {
		h.send(h.buffer(16), "didModifyRange:", span{0, 16})
	}},
	{"what was modified lies within the buffer", RuleBufferRange, "17 bytes", func(h *hand) {
		h.send(h.pooled(h.id(h.device(), "newBufferWithLength:options:", 16, 1<<4)), "didModifyRange:", span{0, 17})
	}},
	{"what a marker names lies within the buffer", RuleBufferRange, "offset 8", func(h *hand) {
		h.send(h.buffer(16), "addDebugMarker:range:", h.string("half"), span{8, 9})
	}},
	{"a marker has a name", RuleNilArgument, "marker", func(h *hand) {
		h.send(h.buffer(16), "addDebugMarker:range:", 0, span{0, 16})
	}},
	{"a purgeable state is one of the enumeration", RuleEnum, "0 is no MTLPurgeableState", func(h *hand) {
		h.send(h.buffer(16), "setPurgeableState:", 0)
	}},
	{"a buffer of a heap has the heap's purgeable state", RulePurgeable, "heap", func(h *hand) {
		b := h.pooled(h.id(h.newHeap(1<<16, 0, 0), "newBufferWithLength:options:", 16, 0))
		h.send(b, "setPurgeableState:", purgeableVolatile)
	}},
	{"memory that work uses is nonvolatile when the work is committed", RulePurgeable, "state 3", func(h *hand) {
		b := h.buffer(16)
		cb := h.fillOf(b)
		h.send(b, "setPurgeableState:", purgeableVolatile)
		if status := h.finish(cb); status != statusError {
			h.t.Errorf("status %d", status)
		}
	}},
	{"a heap that work uses is nonvolatile when the work is committed", RulePurgeable, "state 4", func(h *hand) {
		heap := h.newHeap(1<<16, 0, 0)
		cb := h.fillOf(h.pooled(h.id(heap, "newBufferWithLength:options:", 16, 0)))
		h.send(heap, "setPurgeableState:", purgeableEmpty)
		h.finish(cb)
	}},
	{"memory stays nonvolatile until the work on it is done", RulePurgeable, "must have run before", func(h *hand) {
		hold := make(chan struct{})
		if err := h.Fail(Fault{Selector: "commit", Hold: hold}); err != nil {
			h.t.Fatal(err)
		}
		b := h.buffer(16)
		cb := h.fillOf(b)
		h.send(cb, "commit")
		h.send(b, "setPurgeableState:", purgeableVolatile)
		close(hold)
		h.send(cb, "waitUntilCompleted")
	}},
	{"a buffer that gives its memory back is in a heap", RuleAliasable, "no automatic heap", func(h *hand) {
		h.send(h.buffer(16), "makeAliasable")
	}},
	{"a buffer that gives its memory back is in an automatic heap", RuleAliasable, "no automatic heap", func(h *hand) {
		b := h.pooled(h.id(h.newHeap(1<<16, 1, 0), "newBufferWithLength:options:offset:", 16, 0, 0))
		h.send(b, "makeAliasable")
	}},
	{"a heap has a descriptor", RuleNilArgument, "descriptor", func(h *hand) { h.send(h.device(), "newHeapWithDescriptor:", 0) }},
	{"a heap has at least one byte", RuleHeapSize, "0 bytes", func(h *hand) { h.newHeap(0, 0, 0) }},
	{"a heap is automatic or for placement", RuleHeapType, "type 2", func(h *hand) { h.newHeap(1<<16, 2, 0) }},
	{"a heap is not managed", RuleHeapOptions, "storage mode 1", func(h *hand) { h.newHeap(1<<16, 0, 1<<4) }},
	{"the options of a heap are resource options", RuleBufferOptions, "0x1000", func(h *hand) { h.newHeap(1<<16, 0, 0x1000) }},
	{"buffers of an automatic heap have no offset", RuleHeapType, "type 0", func(h *hand) {
		h.send(h.newHeap(1<<16, 0, 0), "newBufferWithLength:options:offset:", 16, 0, 0)
	}},
	{"buffers of a placement heap have an offset", RuleHeapType, "type 1", func(h *hand) {
		h.send(h.newHeap(1<<16, 1, 0), "newBufferWithLength:options:", 16, 0)
	}},
	{"a buffer has its heap's storage mode", RuleHeapOptions, "0x20", func(h *hand) {
		h.send(h.newHeap(1<<16, 0, 0), "newBufferWithLength:options:", 16, 2<<4)
	}},
	{"a buffer has its heap's cache mode", RuleHeapOptions, "0x1", func(h *hand) {
		h.send(h.newHeap(1<<16, 0, 0), "newBufferWithLength:options:", 16, 1)
	}},
	{"a buffer has its heap's tracking mode", RuleHeapOptions, "0x200", func(h *hand) {
		h.send(h.newHeap(1<<16, 0, 0), "newBufferWithLength:options:", 16, 2<<8)
	}},
	{"a buffer of a heap has at least one byte", RuleBufferLength, "0 bytes", func(h *hand) {
		h.send(h.newHeap(1<<16, 0, 0), "newBufferWithLength:options:", 0, 0)
	}},
	{"an offset in a heap is aligned", RuleHeapOffset, "multiple of 256", func(h *hand) {
		h.send(h.newHeap(1<<16, 1, 0), "newBufferWithLength:options:offset:", 16, 0, 128)
	}},
	{"a buffer ends in its heap", RuleHeapOffset, "512 bytes at offset 65280", func(h *hand) {
		h.send(h.newHeap(1<<16, 1, 0), "newBufferWithLength:options:offset:", 257, 0, 1<<16-256)
	}},
	{"an alignment is a power of two", RuleHeapOffset, "96", func(h *hand) {
		h.send(h.newHeap(1<<16, 0, 0), "maxAvailableSizeWithAlignment:", 96)
	}},
	{"the size in a heap is asked for of a buffer that can be", RuleBufferLength, "0 bytes", func(h *hand) {
		h.send(h.device(), "heapBufferSizeAndAlignWithLength:options:", 0, 0)
	}},
	{"a residency set has a descriptor", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newResidencySetWithDescriptor:error:", 0, 0)
	}},
	{"an allocation is not nil", RuleNilArgument, "nil", func(h *hand) { h.send(h.residencySet(), "addAllocation:", 0) }},
	{"no element of allocations is nil", RuleNilArgument, "element 1", func(h *hand) {
		h.send(h.residencySet(), "removeAllocations:count:", []objc.ID{h.buffer(16), 0}, 2)
	}},
	{"an allocation is memory", RuleArgumentClass, "MTLAllocation", func(h *hand) { h.send(h.residencySet(), "addAllocation:", h.queue()) }},
	{"a residency set is not nil", RuleNilArgument, "nil", func(h *hand) { h.send(h.queue(), "addResidencySet:", 0) }},
	{"an element of residency sets is one", RuleArgumentClass, "element 0", func(h *hand) {
		h.send(h.commandBuffer(), "useResidencySets:count:", []objc.ID{h.buffer(16)}, 1)
	}},
	{"a queue has at most 32 residency sets", RuleResidencySets, "32", func(h *hand) {
		q := h.queue()
		for range 33 {
			h.send(q, "addResidencySet:", h.residencySet())
		}
	}},
	{"a command buffer has at most 32 residency sets", RuleResidencySets, "32", func(h *hand) {
		cb := h.commandBuffer()
		var sets []objc.ID
		for range 33 {
			sets = append(sets, h.residencySet())
		}
		h.send(cb, "useResidencySets:count:", sets, len(sets))
	}},
	{"a command buffer that was committed takes no residency set", RuleCommandBufferState, "committed already", func(h *hand) {
		cb := h.commandBuffer()
		h.send(cb, "commit")
		h.send(cb, "useResidencySet:", h.residencySet())
		h.send(cb, "waitUntilCompleted")
	}},
}
