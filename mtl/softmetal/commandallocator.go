package softmetal

// An allocator is an MTL4CommandAllocator: the memory that commands lie in from the
// moment that they are encoded until the GPU has run them.
type allocator struct {
	open       *commandBuffer4 // that it serves
	underWay   int             // recordings that were committed and are not complete
	resets     int
	used, size uint64 // bytes
}

const (
	allocatorUnit = 16 << 10 // what an allocator grows by
	commandSize   = 256      // what a command takes here
)

func (a *allocator) use() {
	if a.used += commandSize; a.used > a.size {
		a.size += allocatorUnit
	}
}

type allocatorDescriptor struct{ _ byte }

func allocatorDescriptorClass() *class {
	return &class{
		name:    "MTL4CommandAllocatorDescriptor",
		public:  true,
		create:  func(*Device) any { return new(allocatorDescriptor) },
		methods: labelMethods(map[string]handler{}),
	}
}

func allocatorClass() *class {
	m := labelMethods(map[string]handler{
		"device":        deviceMethod,
		"allocatedSize": on(func(a *allocator, c *call) { c.returnWord(a.size) }),
		"reset":         on((*allocator).reset),
	})
	delete(m, "setLabel:") // the descriptor's is the only one
	return &class{name: "SoftMetalCommandAllocator", protocols: []string{"MTL4CommandAllocator"}, methods: m}
}

func (c *call) newAllocator() {
	o := c.make(c.classes["SoftMetalCommandAllocator"], &allocator{size: allocatorUnit})
	if len(c.args) > 0 {
		o.label = c.object(0).label
	}
	c.returnOwned(o)
}

// describedBy calls a method that makes an object, whose first argument is the
// descriptor.
func (c *call) describedBy(f func(*call)) {
	if c.object(0) == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	}
	f(c)
}

// reset gives the memory to commands that come. What is in it must have run.
func (a *allocator) reset(c *call) {
	switch {
	case a.open != nil:
		c.fail(RuleAllocatorBusy, "the allocator serves a command buffer (%q) that was not ended", a.open.object.label)
	case a.underWay > 0:
		c.fail(RuleAllocatorBusy, "%d command buffers lie in the allocator that were committed and are not complete", a.underWay)
	default:
		a.used = 0
		a.resets++
	}
}
