package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// A launch is one dispatch as package tqsdpa encoded it.
type launch struct {
	kernel      string
	constants   []constant // by index
	grid        [3]uint64  // threadgroups
	threadgroup [3]uint64  // threads
	arguments   [mtl.MaxBufferBindings]argument
}

// A constant is the value of a function constant.
type constant struct {
	index    uint64
	dataType mtl.DataType
	value    []byte
}

// An argument is what is bound to a buffer index: bytes, or a buffer from an offset on, or nothing.
type argument struct {
	bytes  []byte
	buffer objc.ID
	offset uint64
}

// A recorder stands between package mtl and a software device. Buffers, queues and encoders are the device's own;
// libraries, functions and pipelines are numbers of the recorder, so that no MSL is compiled; and dispatches are written
// down instead of run. So what is launched elsewhere is what tqsdpa encodes, and no table of kernels repeats it.
//
// Where somebody waits for a command buffer, that is a registry that checks the device (kernels.Source.Check). It is told
// that the device passes, and the launch is kept in checks, to be run on the device that counts.
type recorder struct {
	*softmetal.Device
	retain, release uintptr

	mu        sync.Mutex
	selectors map[objc.SEL]string
	objects   []any                  // by number: string (a library's), *function, *recordedPipeline
	constants map[objc.ID][]constant // of MTLFunctionConstantValues
	described map[objc.ID]*function  // of MTLComputePipelineDescriptor
	lengths   map[objc.ID]int        // of buffers
	buffer    objc.ID                // the newest
	encoders  map[objc.ID]*recordedEncoder
	launches  map[objc.ID][]launch // of a command buffer
	last      objc.ID              // the command buffer that was committed last
	checks    []launch
	refuse    bool  // answer checks as a device that does not pass
	err       error // the first
}

type recordedEncoder struct {
	commandBuffer objc.ID
	now           launch // what is bound
}

type function struct {
	name      objc.ID // an NSString
	text      string
	constants []constant
}

type recordedPipeline struct{ function *function }

// firstObject is where the recorder's objects begin: no address of the software device.
const firstObject = 0x7e00_0000_0000

func newRecorder() (*recorder, error) {
	device, err := softmetal.New(softmetal.Options{})
	if err != nil {
		return nil, err
	}
	r := &recorder{Device: device, selectors: map[objc.SEL]string{}, constants: map[objc.ID][]constant{}, described: map[objc.ID]*function{},
		lengths: map[objc.ID]int{}, encoders: map[objc.ID]*recordedEncoder{}, launches: map[objc.ID][]launch{}}
	r.retain, r.release = device.Symbol("objc_retain"), device.Symbol("objc_release")
	return r, nil
}

// take returns what the command buffer launched that was committed last.
func (r *recorder) take() ([]launch, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.launches[r.last], r.err
	clear(r.launches)
	clear(r.encoders)
	r.err = nil
	return l, err
}

// newest returns the buffer that was made last.
func (r *recorder) newest() objc.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buffer
}

// RegisterSelector remembers the names.
func (r *recorder) RegisterSelector(name string) objc.SEL {
	s := r.Device.RegisterSelector(name)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.selectors[s] = name
	return s
}

// Call leaves the reference counts of the recorder's objects alone.
func (r *recorder) Call(fn uintptr, g *objc.Registers) {
	if (fn == r.retain || fn == r.release) && g.X[0] >= firstObject {
		return
	}
	r.Device.Call(fn, g)
}

// MsgSend answers what the recorder knows, and passes on the rest.
func (r *recorder) MsgSend(g *objc.Registers) {
	r.mu.Lock()
	selector := r.selectors[objc.SEL(g.X[1])]
	r.mu.Unlock()
	if selector == "newFunctionWithName:" || selector == "newFunctionWithName:constantValues:error:" {
		g.X[0] = uintptr(r.newFunction(objc.ID(g.X[2]), objc.ID(g.X[3]), strings.Contains(selector, "constantValues")))
		return
	}
	r.mu.Lock()
	answered := r.answer(selector, g)
	r.mu.Unlock()
	if answered {
		return
	}
	target, length := objc.ID(g.X[0]), int(g.X[2])
	r.Device.MsgSend(g)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch selector {
	case "newBufferWithLength:options:":
		r.buffer = objc.ID(g.X[0])
		r.lengths[r.buffer] = length
	case "computeCommandEncoderWithDispatchType:":
		r.encoders[objc.ID(g.X[0])] = &recordedEncoder{commandBuffer: target}
	case "commit":
		r.last = target
	case "waitUntilCompleted":
		r.pass(r.launches[target])
		delete(r.launches, target)
	case "new":
		delete(r.constants, objc.ID(g.X[0])) // of an object that was at this address before
	}
}

func (r *recorder) add(object any) uintptr {
	r.objects = append(r.objects, object)
	return uintptr(firstObject + 16*(len(r.objects)-1))
}

func (r *recorder) object(id uintptr) any {
	i := (id - firstObject) / 16
	if id < firstObject || i >= uintptr(len(r.objects)) {
		return nil
	}
	return r.objects[i]
}

// newFunction asks the device for the text of the name, so it does not hold the lock.
func (r *recorder) newFunction(name, values objc.ID, specialised bool) uintptr {
	foundation, err := objc.NewFoundation(r)
	if err != nil {
		return 0
	}
	f := &function{name: foundation.Retain(name), text: foundation.String(name)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if specialised {
		f.constants = slices.Clone(r.constants[values])
	}
	return r.add(f)
}

// answer handles the messages that concern the recorder.
func (r *recorder) answer(selector string, g *objc.Registers) bool {
	encoder := r.encoders[objc.ID(g.X[0])]
	if encoder == nil {
		encoder = &recordedEncoder{}
	}
	set := func(index uint64, a argument) {
		if index < uint64(len(encoder.now.arguments)) {
			encoder.now.arguments[index] = a
		}
	}
	switch object := r.object(g.X[0]).(type) {
	case *function:
		switch selector {
		case "name":
			g.X[0] = uintptr(object.name)
		case "functionType":
			g.X[0] = uintptr(mtl.FunctionTypeKernel)
		default:
			r.fail("function", selector)
		}
		return true
	case *recordedPipeline:
		switch selector {
		case "maxTotalThreadsPerThreadgroup":
			g.X[0] = 1024
		case "threadExecutionWidth":
			g.X[0] = 32
		case "staticThreadgroupMemoryLength":
			g.X[0] = 0 // the GPU's compiler says
		case "supportIndirectCommandBuffers":
			g.X[0] = 0 // the recorder has none
		default:
			r.fail("pipeline", selector)
		}
		return true
	}
	switch selector {
	case "newLibraryWithSource:options:error:":
		g.X[0] = r.add("library")
	case "setConstantValue:type:atIndex:":
		values := objc.ID(g.X[0])
		r.constants[values] = append(r.constants[values], constant{uint64(g.X[4]), mtl.DataType(g.X[3]), constantBytes(g.X[2], mtl.DataType(g.X[3]))})
		return false
	case "setComputeFunction:":
		f, _ := r.object(g.X[2]).(*function)
		r.described[objc.ID(g.X[0])] = f
	case "newComputePipelineStateWithFunction:error:":
		f, _ := r.object(g.X[2]).(*function)
		g.X[0] = r.add(&recordedPipeline{f})
	case "newComputePipelineStateWithDescriptor:options:reflection:error:":
		g.X[0] = r.add(&recordedPipeline{r.described[objc.ID(g.X[2])]})
	case "setComputePipelineState:":
		p, ok := r.object(g.X[2]).(*recordedPipeline)
		if !ok || p.function == nil {
			r.fail("encoder", selector)
			return true
		}
		encoder.now.kernel, encoder.now.constants = p.function.text, p.function.constants
	case "setBytes:length:atIndex:":
		set(uint64(g.X[4]), argument{bytes: slices.Clone(memory(g.X[2], uint64(g.X[3])))})
	case "setBuffer:offset:atIndex:":
		set(uint64(g.X[4]), argument{buffer: objc.ID(g.X[2]), offset: uint64(g.X[3])})
	case "setBuffers:offsets:withRange:":
		n := uint64(g.X[5])
		ids, offsets := words(g.X[2], n), words(g.X[3], n)
		for i := range n {
			set(uint64(g.X[4])+i, argument{buffer: objc.ID(ids[i]), offset: offsets[i]})
		}
	case "setBufferOffset:atIndex:":
		if index := uint64(g.X[3]); index < uint64(len(encoder.now.arguments)) {
			encoder.now.arguments[index].offset = uint64(g.X[2])
		}
	case "dispatchThreadgroups:threadsPerThreadgroup:":
		l := encoder.now
		l.grid, l.threadgroup = size(g.X[2]), size(g.X[3])
		r.launches[encoder.commandBuffer] = append(r.launches[encoder.commandBuffer], l)
	case "memoryBarrierWithResources:count:", "memoryBarrierWithScope:":
		// Launches follow one another in one stream, which is more.
	case "setThreadgroupMemoryLength:atIndex:", "dispatchThreads:threadsPerThreadgroup:",
		"dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:", "setConstantValue:type:withName:":
		r.fail("encoder", selector)
	default:
		return false
	}
	return true
}

// pass answers a check: with zeros, as a device that passes does, or with ones.
func (r *recorder) pass(launches []launch) {
	for _, l := range launches {
		for _, a := range l.arguments {
			if a.buffer == 0 {
				continue
			}
			g := objc.Registers{X: [8]uintptr{uintptr(a.buffer), uintptr(r.Device.RegisterSelector("contents"))}}
			r.Device.MsgSend(&g)
			answer := memory(g.X[0], uint64(r.lengths[a.buffer]))
			clear(answer)
			for i := 0; r.refuse && i < len(answer); i++ {
				answer[i] = 1
			}
		}
	}
	r.checks = append(r.checks, launches...)
}

func (r *recorder) fail(object, selector string) {
	if r.err == nil {
		r.err = fmt.Errorf("the recorder's %s does not know %s", object, selector)
	}
}

// memory is what lies at an address of a message, valid for as long as the message.
func memory(address uintptr, length uint64) []byte {
	return unsafe.Slice((*byte)(objc.Pointer(address)), length)
}

func size(address uintptr) [3]uint64 { return *(*[3]uint64)(objc.Pointer(address)) }

func words(address uintptr, n uint64) []uint64 {
	return unsafe.Slice((*uint64)(objc.Pointer(address)), n)
}

func constantBytes(address uintptr, t mtl.DataType) []byte {
	size := uint64(4)
	switch t {
	case mtl.DataTypeBool, mtl.DataTypeChar, mtl.DataTypeUChar:
		size = 1
	case mtl.DataTypeHalf, mtl.DataTypeShort, mtl.DataTypeUShort, mtl.DataTypeBFloat:
		size = 2
	case mtl.DataTypeLong, mtl.DataTypeULong:
		size = 8
	}
	return slices.Clone(memory(address, size))
}
