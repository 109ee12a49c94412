//go:build tqmetal_abi && linux && amd64 && cgo

package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// A step is what one layer of attention encodes: 18 messages. The buffers of the
// second kernel take the indexes of the first's.
type step struct {
	pipelines [2]objc.ID
	buffers   [9]objc.ID
	offsets   [9]uint64
	memory    uint64
	grids     [2][3]uint64
	groups    [2][3]uint64
	bytes     [3][40]byte // so far it is struct step of encode.m

	pipeline [2]*mtl.ComputePipelineState
	buffer   [9]*mtl.Buffer
	payload  [3][]byte // bytes, in memory without Go pointers, as cgo has to have it
}

const (
	messagesOfAStep = 18
	cStepSize       = 2*8 + 9*8 + 9*8 + 8 + 4*24 + 3*40
)

// A metal is the library that pretends to be Metal, with two steps of which the
// second has nothing that the first has set. They alternate, for encoders that send
// nothing twice.
type metal struct {
	rt      objc.Runtime
	msgSend uintptr
	device  *mtl.Device
	queue   *mtl.CommandQueue
	steps   [2]step
	cSteps  []byte  // both, as C has them
	encoder objc.ID // for those ways that take no encoder of package mtl
	sel     selectors
}

type selectors struct{ pipeline, bytes, buffer, buffers, memory, dispatch, barrier objc.SEL }

// newMetal opens the library. Nothing is released: the process ends with it.
func newMetal(library string) (*metal, error) {
	rt, err := objc.Open(library)
	if err != nil {
		return nil, err
	}
	fw, err := mtl.Load(rt)
	if err != nil {
		return nil, err
	}
	m := &metal{rt: rt, msgSend: rt.Symbol("objc_msgSend"), cSteps: make([]byte, 2*cStepSize)}
	if m.device, err = fw.CreateSystemDefaultDevice(); err != nil {
		return nil, err
	}
	if m.queue, err = m.device.NewCommandQueue(); err != nil {
		return nil, err
	}
	library_, err := m.device.NewLibraryWithSource("source", mtl.CompileOptions{})
	if err != nil {
		return nil, err
	}
	function, err := library_.NewFunction("kernel")
	if err != nil {
		return nil, err
	}
	for i := range m.steps {
		if err := m.fill(&m.steps[i], i, function); err != nil {
			return nil, err
		}
		copy(m.cSteps[i*cStepSize:], unsafe.Slice((*byte)(unsafe.Pointer(&m.steps[i])), cStepSize))
	}
	for name, sel := range map[string]*objc.SEL{
		"setComputePipelineState:":                    &m.sel.pipeline,
		"setBytes:length:atIndex:":                    &m.sel.bytes,
		"setBuffer:offset:atIndex:":                   &m.sel.buffer,
		"setBuffers:offsets:withRange:":               &m.sel.buffers,
		"setThreadgroupMemoryLength:atIndex:":         &m.sel.memory,
		"dispatchThreadgroups:threadsPerThreadgroup:": &m.sel.dispatch,
		"memoryBarrierWithScope:":                     &m.sel.barrier,
	} {
		*sel = rt.RegisterSelector(name)
	}
	m.encoder = objc.ID(m.call("class_createInstance", uintptr(rt.LookUpClass("MTLComputeCommandEncoder")), 0))
	return m, nil
}

func (m *metal) fill(s *step, n int, function *mtl.Function) error {
	var err error
	for i := range s.pipeline {
		if s.pipeline[i], err = m.device.NewComputePipelineState(function); err != nil {
			return err
		}
	}
	for i := range s.buffer {
		if s.buffer[i], err = m.device.NewBuffer(4096, 0); err != nil {
			return err
		}
		s.offsets[i] = uint64(256*i + 16*n)
	}
	s.memory = uint64(8192 - 16*n)
	s.grids = [2][3]uint64{{32, 8, 1}, {32, 1, 1}}
	s.groups = [2][3]uint64{{32, 4, 1}, {256, 1, 1}}
	for i := range s.bytes {
		for j := range s.bytes[i] {
			s.bytes[i][j] = byte(1 + 41*i + j + 7*n)
		}
		s.payload[i] = slices.Clone(s.bytes[i][:])
	}
	return m.learn(s)
}

// learn finds out the ids of the objects of a step, which package mtl does not tell:
// it sends them.
func (m *metal) learn(s *step) error {
	log, err := m.look(func() error {
		return m.compute(func(enc *mtl.ComputeCommandEncoder) error {
			for _, p := range s.pipeline {
				enc.SetComputePipelineState(p)
			}
			for i, b := range s.buffer {
				enc.SetBuffer(b, 0, i)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	if len(log) != len(s.pipelines)+len(s.buffers) {
		return fmt.Errorf("%d messages, want one for each object", len(log))
	}
	for i, message := range log {
		if id := objc.ID(message.words[0]); i < len(s.pipelines) {
			s.pipelines[i] = id
		} else {
			s.buffers[i-len(s.pipelines)] = id
		}
	}
	return nil
}

// compute runs encode with an encoder of package mtl.
func (m *metal) compute(encode func(*mtl.ComputeCommandEncoder) error) error {
	work, err := m.queue.Encode(func(cb *mtl.CommandBuffer) error { return cb.Compute(mtl.DispatchTypeConcurrent, encode) })
	if err != nil {
		return err
	}
	work.Release()
	return nil
}

// call calls a C function of integers.
func (m *metal) call(name string, args ...uintptr) uintptr {
	r := new(objc.Registers)
	copy(r.X[:], args)
	m.rt.Call(m.rt.Symbol(name), r)
	runtime.KeepAlive(m)
	return r.X[0]
}

func (m *metal) word(name string) *uint64 { return (*uint64)(objc.Pointer(m.rt.Symbol(name))) }

// A seen is a message as it arrived.
type seen struct {
	selector uintptr
	words    [6]uint64
	bytes    [40]byte
}

// look returns the messages that encoders get while f runs.
func (m *metal) look(f func() error) ([]seen, error) {
	*m.word("seen_count"), *m.word("looking") = 0, 1
	err := f()
	*m.word("looking") = 0
	all := (*[4096]seen)(objc.Pointer(m.rt.Symbol("seen_messages")))
	return append([]seen(nil), all[:*m.word("seen_count")]...), err
}

// dispatches returns what each dispatch of a log finds set, and barriers: the same
// for all ways, however few messages they take.
func dispatches(log []seen) []string {
	var lines []string
	var pipeline, memory uint64
	var slots [31]string
	for _, m := range log {
		w := m.words
		switch name := text(m.selector); name {
		case "setComputePipelineState:":
			pipeline = w[0]
		case "setBuffer:offset:atIndex:":
			slots[w[2]] = fmt.Sprintf("%#x+%d", w[0], w[1])
		case "setBufferOffset:atIndex:":
			before, _, _ := strings.Cut(slots[w[1]], "+")
			slots[w[1]] = fmt.Sprintf("%s+%d", before, w[0])
		case "setBytes:length:atIndex:":
			slots[w[2]] = fmt.Sprintf("%x", m.bytes[:w[1]])
		case "setThreadgroupMemoryLength:atIndex:":
			memory = w[0]
		case "memoryBarrierWithScope:":
			lines = append(lines, fmt.Sprint("barrier ", w[0]))
		case "dispatchThreadgroups:threadsPerThreadgroup:":
			lines = append(lines, fmt.Sprintf("%#x %d %v %v %s", pipeline, memory, w[:3], w[3:], slots[:8]))
		default:
			lines = append(lines, name)
		}
	}
	return lines
}

func text(p uintptr) string {
	var b []byte
	for ; ; p++ {
		c := *(*byte)(objc.Pointer(p))
		if c == 0 {
			return string(b)
		}
		b = append(b, c)
	}
}
