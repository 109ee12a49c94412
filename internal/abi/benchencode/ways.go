//go:build tqmetal_abi && linux && amd64 && cgo

package main

import (
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
	"github.com/tqmetal/tqmetal/internal/abi/cgosend"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// A way encodes n steps, the even ones with the first step of the metal.
type way struct {
	name     string
	messages float64 // of a step
	encode   func(m *metal, n int) error
	same     bool // encodes the first step each time
}

func ways(m *metal) []way {
	return []way{
		{"mtl, message for message", 18, func(m *metal, n int) error {
			return m.compute(func(enc *mtl.ComputeCommandEncoder) error {
				for i := range n {
					m.steps[i&1].encode(enc)
				}
				return enc.Err()
			})
		}, false},
		{"mtl, with SetBuffers", 11, func(m *metal, n int) error {
			return m.compute(func(enc *mtl.ComputeCommandEncoder) error {
				for i := range n {
					m.steps[i&1].encodeRanges(enc)
				}
				return enc.Err()
			})
		}, false},
		{"mtl, the same step again", 13, func(m *metal, n int) error {
			return m.compute(func(enc *mtl.ComputeCommandEncoder) error {
				for range n {
					m.steps[0].encode(enc)
				}
				return enc.Err()
			})
		}, true},
		{"mtl, the same step, SetBuffers", 10, func(m *metal, n int) error {
			return m.compute(func(enc *mtl.ComputeCommandEncoder) error {
				for range n {
					m.steps[0].encodeRanges(enc)
				}
				return enc.Err()
			})
		}, true},
		{"mtl, eager", 18, func(m *metal, n int) error {
			m.device.SetEager(true)
			defer m.device.SetEager(false)
			return m.compute(func(enc *mtl.ComputeCommandEncoder) error {
				for i := range n {
					m.steps[i&1].encode(enc)
				}
				return enc.Err()
			})
		}, false},
		{"objc.Batch, sent when full", 18, batched(m, false, false), false},
		{"objc.Batch, sent after each step", 18, batched(m, true, false), false},
		{"objc.Batch, eager: one call a message", 18, batched(m, false, true), false},
		{yardstick, 18, throughCgo, false},
		{"purego.SyscallN", 18, throughSyscallN(), false},
		{"purego.RegisterFunc", 18, throughRegisterFunc(m), false},
		{limit, 18, inC("c_typed"), false},
		{"C, 11 typed calls with setBuffers", 11, inC("c_ranges"), false},
		{"C, a loop over a filled list", 18, listInC(m), false},
	}
}

func size(w [3]uint64) mtl.Size {
	return mtl.Size{Width: int(w[0]), Height: int(w[1]), Depth: int(w[2])}
}

func (s *step) encode(enc *mtl.ComputeCommandEncoder) {
	enc.SetComputePipelineState(s.pipeline[0])
	enc.SetBytes(s.payload[0], 0)
	enc.SetBuffer(s.buffer[0], int(s.offsets[0]), 1)
	enc.SetBuffer(s.buffer[1], int(s.offsets[1]), 2)
	enc.SetBuffer(s.buffer[2], int(s.offsets[2]), 3)
	enc.SetBuffer(s.buffer[3], int(s.offsets[3]), 4)
	enc.SetBuffer(s.buffer[4], int(s.offsets[4]), 5)
	enc.SetBuffer(s.buffer[5], int(s.offsets[5]), 6)
	enc.SetBuffer(s.buffer[6], int(s.offsets[6]), 7)
	enc.SetThreadgroupMemoryLength(int(s.memory), 0)
	enc.DispatchThreadgroups(size(s.grids[0]), size(s.groups[0]))
	enc.MemoryBarrier(mtl.BarrierScopeBuffers)
	enc.SetComputePipelineState(s.pipeline[1])
	enc.SetBytes(s.payload[1], 0)
	enc.SetBuffer(s.buffer[7], int(s.offsets[7]), 1)
	enc.SetBuffer(s.buffer[8], int(s.offsets[8]), 2)
	enc.SetBytes(s.payload[2], 3)
	enc.DispatchThreadgroups(size(s.grids[1]), size(s.groups[1]))
}

func (s *step) encodeRanges(enc *mtl.ComputeCommandEncoder) {
	at := func(i int) mtl.BufferRange { return mtl.BufferRange{Buffer: s.buffer[i], Offset: int(s.offsets[i])} }
	enc.SetComputePipelineState(s.pipeline[0])
	enc.SetBytes(s.payload[0], 0)
	enc.SetBuffers(1, at(0), at(1), at(2), at(3), at(4), at(5), at(6))
	enc.SetThreadgroupMemoryLength(int(s.memory), 0)
	enc.DispatchThreadgroups(size(s.grids[0]), size(s.groups[0]))
	enc.MemoryBarrier(mtl.BarrierScopeBuffers)
	enc.SetComputePipelineState(s.pipeline[1])
	enc.SetBytes(s.payload[1], 0)
	enc.SetBuffers(1, at(7), at(8))
	enc.SetBytes(s.payload[2], 3)
	enc.DispatchThreadgroups(size(s.grids[1]), size(s.groups[1]))
}

// A sender sends one message at a time, or puts it into a batch.
type sender interface {
	send1(sel objc.SEL, a uintptr)
	send2(sel objc.SEL, a, b uintptr)
	send3(sel objc.SEL, a, b, c uintptr)
	sendBytes(sel objc.SEL, p []byte, index uintptr)
	sendSizes(sel objc.SEL, a, b [3]uint64)
}

// send is the step by a sender. The type parameter lets each have its methods inlined.
func send[S sender](to S, sel *selectors, s *step) {
	to.send1(sel.pipeline, uintptr(s.pipelines[0]))
	to.sendBytes(sel.bytes, s.payload[0], 0)
	to.send3(sel.buffer, uintptr(s.buffers[0]), uintptr(s.offsets[0]), 1)
	to.send3(sel.buffer, uintptr(s.buffers[1]), uintptr(s.offsets[1]), 2)
	to.send3(sel.buffer, uintptr(s.buffers[2]), uintptr(s.offsets[2]), 3)
	to.send3(sel.buffer, uintptr(s.buffers[3]), uintptr(s.offsets[3]), 4)
	to.send3(sel.buffer, uintptr(s.buffers[4]), uintptr(s.offsets[4]), 5)
	to.send3(sel.buffer, uintptr(s.buffers[5]), uintptr(s.offsets[5]), 6)
	to.send3(sel.buffer, uintptr(s.buffers[6]), uintptr(s.offsets[6]), 7)
	to.send2(sel.memory, uintptr(s.memory), 0)
	to.sendSizes(sel.dispatch, s.grids[0], s.groups[0])
	to.send1(sel.barrier, 1)
	to.send1(sel.pipeline, uintptr(s.pipelines[1]))
	to.sendBytes(sel.bytes, s.payload[1], 0)
	to.send3(sel.buffer, uintptr(s.buffers[7]), uintptr(s.offsets[7]), 1)
	to.send3(sel.buffer, uintptr(s.buffers[8]), uintptr(s.offsets[8]), 2)
	to.sendBytes(sel.bytes, s.payload[2], 3)
	to.sendSizes(sel.dispatch, s.grids[1], s.groups[1])
}

// A batch is objc.Batch without anything of package mtl.
type batch struct {
	*objc.Batch
	id uintptr
}

func (b batch) send1(sel objc.SEL, x uintptr) {
	e := b.Next()
	e[0], e[1], e[2] = b.id, uintptr(sel), x
	b.Commit()
}

func (b batch) send2(sel objc.SEL, x, y uintptr) {
	e := b.Next()
	e[0], e[1], e[2], e[3] = b.id, uintptr(sel), x, y
	b.Commit()
}

func (b batch) send3(sel objc.SEL, x, y, z uintptr) {
	e := b.Next()
	e[0], e[1], e[2], e[3], e[4] = b.id, uintptr(sel), x, y, z
	b.Commit()
}

func (b batch) sendBytes(sel objc.SEL, p []byte, index uintptr) {
	b.Reserve((len(p) + 7) / 8)
	at := b.CopyBytes(p)
	b.send3(sel, at, uintptr(len(p)), index)
}

func (b batch) sendSizes(sel objc.SEL, x, y [3]uint64) {
	b.Reserve(6)
	e := b.Next()
	e[0], e[1] = b.id, uintptr(sel)
	b.SetStruct(e, 2, 0, x)
	b.SetStruct(e, 3, 3, y)
	b.Commit()
}

func batched(m *metal, eachStep, eager bool) func(*metal, int) error {
	b := batch{objc.NewBatch(m.rt), uintptr(m.encoder)}
	b.SetEager(eager)
	return func(m *metal, n int) error {
		for i := range n {
			send(b, &m.sel, &m.steps[i&1])
			if eachStep {
				b.Flush()
			}
		}
		b.Flush()
		return nil
	}
}

type cgoSender struct {
	fn unsafe.Pointer
	id uintptr
}

func (c cgoSender) send1(sel objc.SEL, x uintptr)    { cgosend.Send1(c.fn, c.id, uintptr(sel), x) }
func (c cgoSender) send2(sel objc.SEL, x, y uintptr) { cgosend.Send2(c.fn, c.id, uintptr(sel), x, y) }
func (c cgoSender) send3(sel objc.SEL, x, y, z uintptr) {
	cgosend.Send3(c.fn, c.id, uintptr(sel), x, y, z)
}
func (c cgoSender) sendBytes(sel objc.SEL, p []byte, index uintptr) {
	cgosend.SendBytes(c.fn, c.id, uintptr(sel), p, index)
}
func (c cgoSender) sendSizes(sel objc.SEL, x, y [3]uint64) {
	cgosend.SendSizes(c.fn, c.id, uintptr(sel), x, y)
}

func throughCgo(m *metal, n int) error {
	c := cgoSender{objc.Pointer(m.msgSend), uintptr(m.encoder)}
	for i := range n {
		send(c, &m.sel, &m.steps[i&1])
	}
	return nil
}

// A syscaller keeps the argument slice of purego.SyscallN. MTLSize lies as amd64 has
// it.
type syscaller struct {
	args        [12]uintptr
	msgSend, id uintptr
}

func (c *syscaller) send(sel objc.SEL, n int) {
	c.args[0], c.args[1] = c.id, uintptr(sel)
	purego.SyscallN(c.msgSend, c.args[:n]...)
}

func (c *syscaller) send1(sel objc.SEL, x uintptr) {
	c.args[2] = x
	c.send(sel, 3)
}

func (c *syscaller) send2(sel objc.SEL, x, y uintptr) {
	c.args[2], c.args[3] = x, y
	c.send(sel, 4)
}

func (c *syscaller) send3(sel objc.SEL, x, y, z uintptr) {
	c.args[2], c.args[3], c.args[4] = x, y, z
	c.send(sel, 5)
}

func (c *syscaller) sendBytes(sel objc.SEL, p []byte, index uintptr) {
	c.send3(sel, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), index)
	runtime.KeepAlive(p)
}

func (c *syscaller) sendSizes(sel objc.SEL, x, y [3]uint64) {
	for i := range x {
		c.args[6+i], c.args[9+i] = uintptr(x[i]), uintptr(y[i])
	}
	c.send(sel, 12)
}

func throughSyscallN() func(*metal, int) error {
	c := new(syscaller)
	return func(m *metal, n int) error {
		c.msgSend, c.id = m.msgSend, uintptr(m.encoder)
		for i := range n {
			send(c, &m.sel, &m.steps[i&1])
		}
		return nil
	}
}

// A cSize is MTLSize for purego, which lays structs out by reflection.
type cSize struct{ W, H, D uint64 }

type registered struct {
	id    uintptr
	one   func(id, sel, a uintptr)
	two   func(id, sel, a, b uintptr)
	three func(id, sel, a, b, c uintptr)
	bytes func(id, sel uintptr, p unsafe.Pointer, n, index uintptr)
	sizes func(id, sel uintptr, a, b cSize)
}

func (r *registered) send1(sel objc.SEL, x uintptr)       { r.one(r.id, uintptr(sel), x) }
func (r *registered) send2(sel objc.SEL, x, y uintptr)    { r.two(r.id, uintptr(sel), x, y) }
func (r *registered) send3(sel objc.SEL, x, y, z uintptr) { r.three(r.id, uintptr(sel), x, y, z) }
func (r *registered) sendBytes(sel objc.SEL, p []byte, index uintptr) {
	r.bytes(r.id, uintptr(sel), unsafe.Pointer(unsafe.SliceData(p)), uintptr(len(p)), index)
}
func (r *registered) sendSizes(sel objc.SEL, x, y [3]uint64) {
	r.sizes(r.id, uintptr(sel), cSize{x[0], x[1], x[2]}, cSize{y[0], y[1], y[2]})
}

func throughRegisterFunc(m *metal) func(*metal, int) error {
	r := &registered{id: uintptr(m.encoder)}
	for _, f := range []any{&r.one, &r.two, &r.three, &r.bytes, &r.sizes} {
		purego.RegisterFunc(f, m.msgSend)
	}
	return func(m *metal, n int) error {
		for i := range n {
			send(r, &m.sel, &m.steps[i&1])
		}
		return nil
	}
}

// A collector writes the entries of both steps down for C.
type collector struct {
	id      uintptr
	entries *[]objc.Entry
}

func (c collector) put(words ...uintptr) {
	var e objc.Entry
	e[0] = c.id
	copy(e[1:], words)
	*c.entries = append(*c.entries, e)
}

func (c collector) send1(sel objc.SEL, x uintptr)       { c.put(uintptr(sel), x) }
func (c collector) send2(sel objc.SEL, x, y uintptr)    { c.put(uintptr(sel), x, y) }
func (c collector) send3(sel objc.SEL, x, y, z uintptr) { c.put(uintptr(sel), x, y, z) }
func (c collector) sendBytes(sel objc.SEL, p []byte, index uintptr) {
	c.put(uintptr(sel), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), index)
}
func (c collector) sendSizes(sel objc.SEL, x, y [3]uint64) {
	c.put(uintptr(sel), 0, 0, 0, 0, uintptr(x[0]), uintptr(x[1]), uintptr(x[2]), uintptr(y[0]), uintptr(y[1]), uintptr(y[2]))
}

func inC(function string) func(*metal, int) error {
	return func(m *metal, n int) error {
		m.call(function, uintptr(m.encoder), uintptr(unsafe.Pointer(&m.cSteps[0])), uintptr(n))
		return nil
	}
}

func listInC(m *metal) func(*metal, int) error {
	var entries []objc.Entry
	for i := range m.steps {
		send(collector{uintptr(m.encoder), &entries}, &m.sel, &m.steps[i])
	}
	return func(m *metal, n int) error {
		m.call("c_list", uintptr(unsafe.Pointer(&entries[0])), uintptr(len(entries)), uintptr(n/2))
		runtime.KeepAlive(entries)
		return nil
	}
}
