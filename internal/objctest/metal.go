package objctest

import (
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// NewMetal returns a runtime with one device that answers as Metal does, but
// runs nothing: committed work completes when somebody waits. It watches over
// the order of encoding.
func NewMetal(missing ...string) *Runtime {
	rt := New(missing...)
	device := rt.NewObject("MTLDevice", nil)
	rt.devices(device)
	rt.resources()
	rt.libraries()
	rt.commands()
	return rt
}

// What the device of NewMetal says of itself and of every pipeline.
const (
	DeviceName         = "Scripted GPU"
	MaxThreads         = 1024
	MaxThreadgroupSide = 1024
	MaxMemory          = 32 << 10
	MaxBufferLength    = 1 << 30
	StaticMemory       = 512
)

func (rt *Runtime) devices(device objc.ID) {
	// The device itself is Metal's and lives on; each caller gets a reference.
	rt.mu.Lock()
	rt.permanent = append(rt.permanent, device)
	rt.mu.Unlock()
	rt.On("C MTLCreateSystemDefaultDevice", func(m *Message) { m.ReturnID(rt.Retain(device)) })
	rt.On("C MTLCopyAllDevices", func(m *Message) { m.ReturnID(rt.NewArray(device)) })
	rt.On("MTLDevice name", func(m *Message) { m.ReturnID(rt.Autorelease(rt.newText(DeviceName))) })
	rt.On("MTLArchitecture name", func(m *Message) { m.ReturnID(rt.Autorelease(rt.newText("applegpu_none"))) })
	rt.On("MTLDevice registryID", func(m *Message) { m.ReturnUint(1 << 40) })
	rt.On("MTLDevice hasUnifiedMemory", func(m *Message) { m.ReturnBool(true) })
	rt.On("MTLDevice maxThreadsPerThreadgroup", func(m *Message) {
		m.ReturnStruct([3]uint64{MaxThreadgroupSide, MaxThreadgroupSide, 64})
	})
	rt.On("MTLDevice maxThreadgroupMemoryLength", func(m *Message) { m.ReturnUint(MaxMemory) })
	rt.On("MTLDevice maxBufferLength", func(m *Message) { m.ReturnUint(MaxBufferLength) })
	rt.On("MTLDevice recommendedMaxWorkingSetSize", func(m *Message) { m.ReturnUint(1 << 34) })
	rt.On("MTLDevice currentAllocatedSize", func(m *Message) { m.ReturnUint(12345) })
	rt.On("MTLDevice supportsFamily:", func(m *Message) { m.ReturnBool(m.Args[0].(int64) <= 1007) })
}

// A buffer's memory is a block of words, so that it is aligned.
func (rt *Runtime) resources() {
	buffer := func(m *Message, length, options uint64, contents []byte) {
		value := &bufferValue{length: length}
		if options&0xf0 != 2<<4 { // all but private memory
			words := make([]uint64, (length+7)/8)
			value.contents = unsafe.Pointer(unsafe.SliceData(words))
			copy(unsafe.Slice((*byte)(value.contents), length), contents)
		}
		m.ReturnID(rt.NewObject("MTLBuffer", value))
	}
	rt.On("MTLDevice newBufferWithLength:options:", func(m *Message) { buffer(m, m.Uint(0), m.Uint(1), nil) })
	rt.On("MTLDevice newBufferWithBytes:length:options:", func(m *Message) {
		buffer(m, m.Uint(1), m.Uint(2), m.Bytes(0, m.Uint(1)))
	})
	rt.On("MTLDevice newBufferWithBytesNoCopy:length:options:deallocator:", func(m *Message) {
		m.ReturnID(rt.NewObject("MTLBuffer", &bufferValue{m.Uint(1), objc.Pointer(m.Args[0].(uintptr))}))
	})
	rt.On("MTLDevice newIndirectCommandBufferWithDescriptor:maxCommandCount:options:", func(m *Message) {
		m.ReturnID(rt.NewObject("MTLIndirectCommandBuffer", m.Uint(1)))
	})
	rt.On("MTLIndirectCommandBuffer size", func(m *Message) { m.ReturnUint(rt.Value(m.Target).(uint64)) })
	rt.On("MTLBuffer length", func(m *Message) { m.ReturnUint(rt.Value(m.Target).(*bufferValue).length) })
	rt.On("MTLBuffer contents", func(m *Message) {
		m.ReturnUint(uint64(uintptr(rt.Value(m.Target).(*bufferValue).contents)))
	})
}

type bufferValue struct {
	length   uint64
	contents unsafe.Pointer
}

// Compile options keep what is set, as they do in Metal.
type optionsValue struct {
	version uint64
	math    int64
	fast    bool
	precise int64
}

func (rt *Runtime) libraries() {
	options := func(m *Message) *optionsValue { return rt.Value(m.Target).(*optionsValue) }
	rt.On("MTLCompileOptions +new", func(m *Message) {
		// What Metal assumes when nobody sets anything: fast math, and an old
		// language for a program of an old SDK.
		m.ReturnID(rt.NewObject("MTLCompileOptions", &optionsValue{version: 0x20004, math: 2, fast: true}))
	})
	rt.On("MTLCompileOptions setLanguageVersion:", func(m *Message) { options(m).version = m.Uint(0) })
	rt.On("MTLCompileOptions languageVersion", func(m *Message) { m.ReturnUint(options(m).version) })
	rt.On("MTLCompileOptions setMathMode:", func(m *Message) { options(m).math = m.Args[0].(int64) })
	rt.On("MTLCompileOptions mathMode", func(m *Message) { m.ReturnUint(uint64(options(m).math)) })
	rt.On("MTLCompileOptions setMathFloatingPointFunctions:", func(m *Message) { options(m).precise = m.Args[0].(int64) })
	rt.On("MTLCompileOptions mathFloatingPointFunctions", func(m *Message) { m.ReturnUint(uint64(options(m).precise)) })
	rt.On("MTLCompileOptions setFastMathEnabled:", func(m *Message) { options(m).fast = m.Args[0].(bool) })
	rt.On("MTLCompileOptions fastMathEnabled", func(m *Message) { m.ReturnBool(options(m).fast) })

	rt.On("MTLLibrary functionNames", func(m *Message) {
		a, b := rt.newText("saxpy"), rt.newText("sum")
		m.ReturnID(rt.Autorelease(rt.NewArray(a, b)))
		rt.Release(a)
		rt.Release(b)
	})
	function := func(m *Message) {
		if name := rt.Text(m.ID(0)); name == "saxpy" || name == "sum" {
			m.ReturnID(rt.NewObject("MTLFunction", name))
		}
	}
	rt.On("MTLLibrary newFunctionWithName:", function)
	rt.On("MTLLibrary newFunctionWithName:constantValues:error:", function)
	rt.On("MTLFunction name", func(m *Message) { m.ReturnID(rt.Autorelease(rt.newText(rt.Value(m.Target).(string)))) })
	rt.On("MTLFunction functionType", func(m *Message) { m.ReturnUint(3) })
	rt.On("MTLComputePipelineState maxTotalThreadsPerThreadgroup", func(m *Message) { m.ReturnUint(MaxThreads) })
	rt.On("MTLComputePipelineState supportIndirectCommandBuffers", func(m *Message) { m.ReturnBool(true) })
	rt.On("MTLComputePipelineState threadExecutionWidth", func(m *Message) { m.ReturnUint(32) })
	rt.On("MTLComputePipelineState staticThreadgroupMemoryLength", func(m *Message) { m.ReturnUint(StaticMemory) })
}

// A commandBuffer is what Metal watches over in a command buffer.
type commandBuffer struct {
	open      objc.ID // the encoder that has not ended
	committed bool
	done      bool
}

type encoder struct {
	buffer *commandBuffer
	ended  bool
}

func (rt *Runtime) commands() {
	rt.On("MTLCommandQueue commandBuffer", func(m *Message) {
		cb := &commandBuffer{}
		id := rt.NewObject("MTLCommandBuffer", cb)
		rt.WhenGone(id, func(string) {
			if cb.open != 0 {
				rt.Violation("a command buffer goes with an encoder that has not ended")
			}
		})
		m.ReturnID(rt.Autorelease(id))
	})
	open := func(class string) func(*Message) {
		return func(m *Message) {
			cb := rt.Value(m.Target).(*commandBuffer)
			if cb.open != 0 || cb.committed {
				rt.Violation("an encoder is opened beside another, or after commit")
			}
			cb.open = rt.NewObject(class, &encoder{buffer: cb})
			m.ReturnID(rt.Autorelease(cb.open))
		}
	}
	rt.On("MTLCommandBuffer computeCommandEncoderWithDispatchType:", open("MTLComputeCommandEncoder"))
	rt.On("MTLCommandBuffer blitCommandEncoder", open("MTLBlitCommandEncoder"))
	rt.On("MTLCommandEncoder endEncoding", func(m *Message) {
		e := rt.Value(m.Target).(*encoder)
		if e.ended {
			rt.Violation("endEncoding twice")
		}
		e.ended, e.buffer.open = true, 0
	})
	rt.On("MTLCommandBuffer commit", func(m *Message) {
		cb := rt.Value(m.Target).(*commandBuffer)
		if cb.open != 0 || cb.committed {
			rt.Violation("commit with an open encoder, or twice")
		}
		cb.committed = true
		rt.Retain(m.Target) // Metal keeps it until it is done
	})
	rt.On("MTLCommandBuffer waitUntilCompleted", func(m *Message) { rt.Complete(m.Target) })
	rt.On("MTLCommandBuffer status", func(m *Message) {
		cb := rt.Value(m.Target).(*commandBuffer)
		m.ReturnUint(2 + 2*uint64(objc.Bool(cb.done)))
	})
	for selector, seconds := range map[string]float64{"GPUStartTime": 1.5, "GPUEndTime": 1.75, "kernelStartTime": 1.25, "kernelEndTime": 1.375} {
		rt.On("MTLCommandBuffer "+selector, func(m *Message) { m.ReturnFloat(seconds) })
	}
}

// Complete ends the work of a committed command buffer.
func (rt *Runtime) Complete(id objc.ID) {
	cb := rt.Value(id).(*commandBuffer)
	rt.mu.Lock()
	first := cb.committed && !cb.done
	cb.done = true
	rt.mu.Unlock()
	if first {
		rt.Release(id)
	}
}

// Retain adds a reference; it is for scripts.
func (rt *Runtime) Retain(id objc.ID) objc.ID {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.retain(id)
	return id
}
