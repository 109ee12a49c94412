package softmetal

// A commandHandle is the object by which the CPU writes one command.
type commandHandle struct {
	object *object
	buffer *indirectBuffer
	index  uint64
}

func (h *commandHandle) dealloc(d *Device, _ *object) { d.release(h.object) }

func (b *indirectBuffer) commandAt(c *call) {
	index := c.word(0)
	switch {
	case index >= uint64(len(b.commands)):
		c.fail(RuleIndirectRange, "command %d, and the indirect command buffer has %d", index, len(b.commands))
	case b.storage() == storagePrivate:
		c.fail(RuleBufferOptions, "the commands lie in private memory: the CPU does not write them")
	default:
		c.returnNew(c.make(c.classes["SoftMetalIndirectComputeCommand"], &commandHandle{c.target.retain(), b, index}))
	}
}

func indirectCommandClass() *class {
	// edit makes a handler of a method that changes the command.
	edit := func(f func(*indirectCommand, *commandHandle, *call)) handler {
		return on(func(h *commandHandle, c *call) {
			if !h.buffer.idle(c) {
				return
			}
			command := new(indirectCommand)
			if old := h.buffer.commands[h.index]; old != nil {
				*command = *old
			}
			f(command, h, c)
			if c.broken == nil {
				h.buffer.commands[h.index] = command
				h.buffer.forgetOptimized(commandRange{h.index, 1})
			}
		})
	}
	return &class{
		name:      "SoftMetalIndirectComputeCommand",
		protocols: []string{"MTLIndirectComputeCommand"},
		methods: map[string]handler{
			"setComputePipelineState:":            edit((*indirectCommand).setPipeline),
			"setKernelBuffer:offset:atIndex:":     edit((*indirectCommand).setBuffer),
			"setThreadgroupMemoryLength:atIndex:": edit((*indirectCommand).setThreadgroupMemory),
			"setBarrier":                          edit(func(command *indirectCommand, _ *commandHandle, _ *call) { command.barrier = true }),
			"clearBarrier":                        edit(func(command *indirectCommand, _ *commandHandle, _ *call) { command.barrier = false }),
			"concurrentDispatchThreadgroups:threadsPerThreadgroup:": edit(func(command *indirectCommand, h *commandHandle, c *call) {
				command.encode(h, c, indirectDispatch, dispatchRequest{grid: c.size(0), group: c.size(1)})
			}),
			"concurrentDispatchThreads:threadsPerThreadgroup:": edit(func(command *indirectCommand, h *commandHandle, c *call) {
				command.encode(h, c, indirectDispatchThreads, dispatchRequest{grid: c.size(0), group: c.size(1), exact: true})
			}),
			"reset": on(func(h *commandHandle, c *call) {
				if h.buffer.idle(c) {
					h.buffer.reset(commandRange{h.index, 1})
				}
			}),
		},
	}
}

func (command *indirectCommand) setPipeline(h *commandHandle, c *call) {
	o := c.object(0)
	switch {
	case h.buffer.layout.inheritPipeline:
		c.fail(RuleIndirectInherited, "command %d has the encoder's pipeline, as the descriptor says", h.index)
	case o == nil:
		c.fail(RuleNilArgument, "argument 1 is the pipeline, and is nil")
	case !o.payload.(*pipeline).indirect:
		c.fail(RuleIndirectPipeline, "pipeline %q was made without supportIndirectCommandBuffers", o.payload.(*pipeline).name)
	default:
		command.pipeline = o
	}
}

func (command *indirectCommand) setBuffer(h *commandHandle, c *call) {
	o, offset, index := c.object(0), c.word(1), c.word(2)
	switch l := &h.buffer.layout; {
	case l.inheritBuffers:
		c.fail(RuleIndirectInherited, "command %d has the encoder's buffers, as the descriptor says", h.index)
	case index >= l.buffers:
		c.fail(RuleIndex, "kernel buffer index %d, and the descriptor leaves room for %d", index, l.buffers)
	case o == nil:
		c.fail(RuleNilArgument, "argument 1 is the buffer, and is nil")
	case c.checkOffset(o, offset, index):
		command.slots[index] = slot{object: o, offset: offset}
	}
}

func (command *indirectCommand) setThreadgroupMemory(h *commandHandle, c *call) {
	length, index := c.word(0), c.word(1)
	if l := &h.buffer.layout; l.limitsThreadgroups && index >= l.threadgroupMemory {
		c.fail(RuleIndex, "threadgroup memory index %d, and the descriptor leaves room for %d", index, l.threadgroupMemory)
		return
	}
	command.bindings.setThreadgroupMemory(c, length, index)
}

// encode makes the command a dispatch. What is bound is looked at when the
// command runs: it may be bound later, or come from the encoder.
func (command *indirectCommand) encode(h *commandHandle, c *call, kind uint64, r dispatchRequest) {
	switch {
	case h.buffer.layout.types&kind == 0:
		c.fail(RuleIndirectTypes, "command %d is of type %#x, and the descriptor has types %#x", h.index, kind, h.buffer.layout.types)
	case command.request != nil:
		c.fail(RuleIndirectEncoded, "command %d is a dispatch already, and was not reset", h.index)
	case command.pipeline == nil && !h.buffer.layout.inheritPipeline:
		c.fail(RuleNoPipeline, "command %d has no pipeline", h.index)
	case command.pipeline == nil || checkGrid(c, command.pipeline.payload.(*pipeline), r):
		command.request = &r
	}
}
