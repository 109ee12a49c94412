package softmetal

import "github.com/tqmetal/tqmetal/internal/mslrun"

// An argumentTable is an MTL4ArgumentTable: addresses, and nothing of what lies
// there. It keeps nothing alive.
type argumentTable struct {
	count     uint64
	addresses [mslrun.MaxBuffers]uint64 // 0: nothing
}

type argumentTableDescriptor struct {
	count      uint64
	initialize bool
}

func argumentTableDescriptorClass() *class {
	return &class{
		name:   "MTL4ArgumentTableDescriptor",
		public: true,
		create: func(*Device) any { return new(argumentTableDescriptor) },
		methods: labelMethods(map[string]handler{
			"maxBufferBindCount":     on(func(p *argumentTableDescriptor, c *call) { c.returnWord(p.count) }),
			"setMaxBufferBindCount:": on(func(p *argumentTableDescriptor, c *call) { p.count = c.word(0) }),
			"initializeBindings":     on(func(p *argumentTableDescriptor, c *call) { c.returnBool(p.initialize) }),
			"setInitializeBindings:": on(func(p *argumentTableDescriptor, c *call) { p.initialize = c.bool(0) }),
		}),
	}
}

func argumentTableClass() *class {
	m := labelMethods(map[string]handler{
		"device":              deviceMethod,
		"setAddress:atIndex:": on((*argumentTable).setAddress),
	})
	delete(m, "setLabel:") // the descriptor's is the only one
	return &class{name: "SoftMetalArgumentTable", protocols: []string{"MTL4ArgumentTable"}, methods: m}
}

func (c *call) newArgumentTable() {
	p := c.object(0).payload.(*argumentTableDescriptor)
	if p.count > mslrun.MaxBuffers {
		c.fail(RuleIndex, "an argument table of %d buffers, the limit is %d", p.count, mslrun.MaxBuffers)
		return
	}
	o := c.make(c.classes["SoftMetalArgumentTable"], &argumentTable{count: p.count})
	o.label = c.object(0).label
	c.returnOwned(o)
}

// setAddress is not judged by what lies at the address: it may be set before there is
// something, and is looked at by a dispatch.
func (t *argumentTable) setAddress(c *call) {
	address, index := c.word(0), c.word(1)
	if index >= t.count {
		c.fail(RuleIndex, "buffer index %d of an argument table with room for %d", index, t.count)
		return
	}
	t.addresses[index] = address
}

// bufferAt finds the buffer that an address lies in. Of buffers that share memory it
// is the one that reaches furthest: all that is there may be used.
func (d *Device) bufferAt(address uint64) (found *object, offset uint64) {
	room := uint64(0)
	for _, o := range d.objects {
		b, ok := o.payload.(*buffer)
		if !ok {
			continue
		}
		base := gpuAddressBase + uint64(b.offset)
		if address < base || address-base >= uint64(b.length) {
			continue
		}
		if left := uint64(b.length) - (address - base); left > room {
			found, offset, room = o, address-base, left
		}
	}
	return found, offset
}

// range4 finds n bytes at an address that a message gives to the GPU.
func (e *encoder) range4(c *call, address, n uint64, what string) []byte {
	if address%4 != 0 {
		c.fail(RuleOffsetAlignment, "the address %#x of the %s is not a multiple of 4", address, what)
		return nil
	}
	o, offset := c.bufferAt(address)
	if o == nil {
		c.fail(RuleAddress, "the address %#x of the %s lies in no buffer", address, what)
		return nil
	}
	b := o.payload.(*buffer)
	if uint64(b.length)-offset < n {
		c.fail(RuleBufferRange, "the %s takes %d bytes at offset %d, and the buffer has %d", what, n, offset, b.length)
		return nil
	}
	e.buffer.keep(o)
	return b.memory[offset:][:n]
}

// snapshot resolves what the argument table has at this moment: all of it, or what a
// kernel uses. It is false after a report.
func (e *encoder) snapshot(c *call, p *pipeline) (tables bindings, ok bool) {
	tables.threadgroup = e.compute.threadgroup
	if e.table == nil {
		return tables, true
	}
	if !c.has(e.table) {
		c.fail(RuleUseAfterRelease, "the argument table was released and is gone")
		return tables, false
	}
	t := e.table.payload.(*argumentTable)
	for index, address := range t.addresses {
		if address == 0 || p != nil && !p.usesBuffer(index) {
			continue
		}
		o, offset := c.bufferAt(address)
		if o == nil {
			if p == nil {
				continue // no command may have it
			}
			c.fail(RuleAddress, "kernel %q: the address %#x at buffer index %d of the argument table lies in no buffer, or one that is gone", p.name, address, index)
			return tables, false
		}
		e.buffer.keep(o)
		tables.slots[index] = slot{object: o, offset: offset}
	}
	return tables, true
}

func (p *pipeline) usesBuffer(index int) bool {
	for _, a := range p.program.Function.Arguments {
		if a.Active && a.Kind != mslrun.ThreadgroupArgument && a.Index == index {
			return true
		}
	}
	return false
}
