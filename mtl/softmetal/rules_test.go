package softmetal

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// A breach breaks one rule on purpose, by hand-made register images.
type breach struct {
	name string // the rule as a sentence
	rule Rule
	says string // part of the report's detail: the wrong value, the limit
	do   func(h *hand)
}

var runtimeBreaches = []breach{
	{"the target of a message is an object", RuleNotAnObject, "no object", func(h *hand) {
		h.send(0x1234, "length")
	}},
	{"an argument is an object where the method takes one", RuleNotAnObject, "MTLBuffer", func(h *hand) {
		e, _ := h.encoder(0) // the registers of buffer and index are swapped
		h.send(e, "setBuffer:offset:atIndex:", 3, 0, h.buffer(16))
	}},
	{"an object belongs to the device that made it", RuleNotAnObject, "no object", func(h *hand) {
		other := newHand(h.t, Options{})
		e, _ := h.encoder(0)
		h.send(e, "setBuffer:offset:atIndex:", other.buffer(16), 0, 0)
	}},
	{"an object gets no message after its last release", RuleUseAfterRelease, "gone", func(h *hand) {
		b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
		h.send(b, "release")
		h.send(b, "length")
	}},
	{"an argument is alive", RuleUseAfterRelease, "argument 1", func(h *hand) {
		e, _ := h.encoder(0)
		b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
		h.send(b, "release")
		h.send(e, "setBuffer:offset:atIndex:", b, 0, 0)
	}},
	{"an element of an array is alive", RuleUseAfterRelease, "element 0", func(h *hand) {
		e, _ := h.encoder(0)
		b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
		h.send(b, "release")
		h.send(e, "setBuffers:offsets:withRange:", []objc.ID{b}, []uint64{0}, span{0, 1})
	}},
	{"an object is not released more often than retained", RuleOverRelease, "more often", func(h *hand) {
		b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
		h.function("objc_release", b)
		h.function("objc_release", b)
	}},
	{"an autoreleased object is not released besides", RuleOverRelease, "more often", func(h *hand) {
		pool := h.function("objc_autoreleasePoolPush")
		b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
		h.send(b, "autorelease")
		h.send(b, "release")
		h.function("objc_autoreleasePoolPop", pool)
	}},
	{"the device is not released more often than retained", RuleOverRelease, "more often", func(h *hand) {
		d := objc.ID(h.function("MTLCreateSystemDefaultDevice"))
		h.send(d, "release")
		h.send(d, "release")
	}},
	{"a selector is one that some class has", RuleUnknownSelector, "no class", func(h *hand) {
		h.send(h.buffer(16), "lenght")
	}},
	{"a selector is one that the target's class has", RuleUnknownSelector, "MTLBuffer", func(h *hand) {
		h.send(h.queue(), "contents")
	}},
	{"a class method is not sent to an instance", RuleUnknownSelector, "does not have", func(h *hand) {
		h.send(h.string("x"), "stringWithUTF8String:", []byte("x\x00"))
	}},
	{"a selector was registered", RuleUnknownSelector, "no selector", func(h *hand) {
		r := h.registers(h.buffer(16), "length", nil)
		r.X[1] += 5
		h.MsgSend(r)
	}},
	{"a method that Apple has and this device has not is not taken for unknown", RuleNotImplemented, "does not", func(h *hand) {
		h.send(h.device(), "newArgumentEncoderWithArguments:", 0)
	}},
	{"a block has an isa of blocks", RuleBlock, "no class of blocks", func(h *hand) {
		h.send(h.commandBuffer(), "addCompletedHandler:", h.literal(func(w []uint64) { w[0] = 0x1234 }))
	}},
	{"a block has code", RuleBlock, "no function", func(h *hand) {
		h.send(h.commandBuffer(), "addCompletedHandler:", h.literal(func(w []uint64) { w[2] = 0x1234 }))
	}},
	{"a block has a descriptor", RuleBlock, "descriptor", func(h *hand) {
		h.send(h.commandBuffer(), "addCompletedHandler:", h.literal(func(w []uint64) { w[3] = 0x10_0000_0000 }))
	}},
	{"an enumeration has room", RuleNilArgument, "no room for objects", func(h *hand) {
		cb := h.commandBuffer()
		h.finish(cb)
		state := make([]byte, 64)
		h.keep = append(h.keep, state)
		h.send(h.id(cb, "logs"), "countByEnumeratingWithState:objects:count:", addressOf(state), 0, 16)
	}},
	{"an enumeration has a state", RuleBadAddress, "state of an enumeration", func(h *hand) {
		cb := h.commandBuffer()
		h.finish(cb)
		room := make([]byte, 128)
		h.keep = append(h.keep, room)
		h.send(h.id(cb, "logs"), "countByEnumeratingWithState:objects:count:", 8, addressOf(room), 16)
	}},
	{"a command buffer that has not run has no logs", RuleCommandBufferState, "no logs yet", func(h *hand) { h.send(h.commandBuffer(), "logs") }},
	{"a block's descriptor says how long it is", RuleBlock, "8 bytes", func(h *hand) {
		descriptor := []uint64{0, 8}
		h.keep = append(h.keep, descriptor)
		h.send(h.commandBuffer(), "addCompletedHandler:", h.literal(func(w []uint64) { w[3] = uint64(h.words([]any{descriptor})[0]) }))
	}},
	{"a block that is gone is not passed", RuleBlock, "was on the heap", func(h *hand) {
		h.send(h.commandBuffer(), "addCompletedHandler:", h.literal(func(w []uint64) { w[0] = uint64(h.Symbol("_NSConcreteMallocBlock")) }))
	}},
	{"a block lies in memory", RuleBlock, "no block", func(h *hand) {
		h.send(h.commandBuffer(), "addCompletedHandler:", uintptr(0x10_0000_0000))
	}},
	{"a block on the heap is not released more often than copied", RuleOverRelease, "no block", func(h *hand) {
		b := h.function("_Block_copy", h.literal(func([]uint64) {}))
		h.function("_Block_release", b)
		h.function("_Block_release", b)
	}},
	{"an argument is of the class that the method takes", RuleArgumentClass, "MTLBuffer", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffer:offset:atIndex:", h.queue(), 0, 0)
	}},
	{"an element of an array is of the class that the method takes", RuleArgumentClass, "element 1", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffers:offsets:withRange:", []objc.ID{h.buffer(4), h.queue()}, []uint64{0, 0}, span{0, 2})
	}},
	{"a BOOL is 0 or 1 in the 32 bits that the caller extends it to", RuleArgumentRegister, "0x100", func(h *hand) {
		o := h.pooled(h.id(h.class("MTLCompileOptions"), "new"))
		h.send(o, "setFastMathEnabled:", 0x100)
	}},
	{"a byte has nothing above it in the 32 bits that the caller extends it to", RuleArgumentRegister, "0x1ff", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "fillBuffer:range:value:", h.buffer(16), span{0, 16}, 0x1ff)
	}},
	{"an MTLSize goes by address, not in registers", RuleArgumentRegister, "24 bytes", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "dispatchThreads:threadsPerThreadgroup:", 64, 1, 1, 32, 1, 1)
	}},
	{"bytes are read from memory that is there", RuleBadAddress, "100 bytes", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBytes:length:atIndex:", uintptr(0x10_0000_0000), 100, 0)
	}},
	{"bytes are not read from nil", RuleBadAddress, "0x0", func(h *hand) {
		h.send(h.device(), "newBufferWithBytes:length:options:", uintptr(0), 16, 0)
	}},
	{"a struct result has somewhere to go", RuleBadAddress, "x8", func(h *hand) {
		h.send(h.device(), "maxThreadsPerThreadgroup")
	}},
	{"a source is not nil", RuleNilArgument, "source", func(h *hand) {
		var err objc.ID
		h.send(h.device(), "newLibraryWithSource:options:error:", 0, 0, &err)
	}},
	{"a copy has a source", RuleNilArgument, "source", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", 0, 0, h.buffer(16), 0, 16)
	}},
	{"a barrier names resources", RuleNilArgument, "no resources", func(h *hand) {
		e, _ := h.encoder(1)
		h.send(e, "memoryBarrierWithResources:count:", []objc.ID{0}, 0)
	}},
	{"a dictionary does not hold nil", RuleNilArgument, "nil", func(h *hand) {
		m := h.id(h.class("NSMutableDictionary"), "dictionaryWithCapacity:", 1)
		h.send(m, "setObject:forKey:", 0, h.string("k"))
	}},
	{"a pool is popped on the thread that pushed it", RulePoolThread, "LockOSThread", func(h *hand) {
		pool := h.function("objc_autoreleasePoolPush")
		var done sync.WaitGroup
		done.Go(func() {
			runtime.LockOSThread() // and so on another thread than the test, which is locked too
			defer runtime.UnlockOSThread()
			h.function("objc_autoreleasePoolPop", pool)
		})
		done.Wait()
	}},
	{"a pool is popped once", RulePoolUnknown, "already", func(h *hand) {
		pool := h.function("objc_autoreleasePoolPush")
		h.function("objc_autoreleasePoolPop", pool)
		h.function("objc_autoreleasePoolPop", pool)
	}},
	{"an object is autoreleased where there is a pool", RuleNoPool, "no autorelease pool", func(h *hand) {
		device := h.device()
		var done sync.WaitGroup
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			h.send(device, "name")
		})
		done.Wait()
	}},
	{"a function is one that Symbol returned", RuleUnknownFunction, "no function", func(h *hand) {
		h.Call(0x4242, new(objc.Registers))
	}},
	{"an array is read from memory that is there", RuleBadAddress, "argument 1", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffers:offsets:withRange:", uintptr(0x10_0000_0000), []uint64{0}, span{0, 1})
	}},
	{"an array of offsets is read from memory that is there", RuleBadAddress, "argument 2", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffers:offsets:withRange:", []objc.ID{0}, uintptr(0x10_0000_0000), span{0, 1})
	}},
	{"an array has a length that memory can hold", RuleBadAddress, "objects", func(h *hand) {
		h.send(h.class("NSArray"), "arrayWithObjects:count:", []objc.ID{0}, 1<<40)
	}},
	{"bytes have a length that memory can hold", RuleBadAddress, "more than the 4294967296 of the longest buffer", func(h *hand) {
		h.send(h.id(h.class("NSString"), "alloc"), "initWithBytes:length:encoding:", []byte("x"), 1<<41, encodingUTF8)
	}},
	{"a C string is read from memory that is there", RuleBadAddress, "argument 1", func(h *hand) {
		h.send(h.class("NSString"), "stringWithUTF8String:", 0)
	}},
	{"a C string is not nil", RuleBadAddress, "argument 1", func(h *hand) {
		h.send(h.id(h.class("NSString"), "alloc"), "initWithUTF8String:", 0)
	}},
	{"an error goes where memory is", RuleBadAddress, "where an object goes", func(h *hand) {
		o := h.pooled(h.id(h.class("MTLCompileOptions"), "new"))
		h.send(o, "setLanguageVersion:", 0x40000) // macOS 15 does not have it: an error, before anything is compiled
		h.send(h.device(), "newLibraryWithSource:options:error:", h.string("x"), o, uintptr(0x10_0000_0000))
	}},
	{"an argument of a C function is an object", RuleNotAnObject, "argument", func(h *hand) { h.function("objc_retain", 0x1234) }},
	{"an argument of a C function is alive", RuleUseAfterRelease, "gone", func(h *hand) {
		b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
		h.send(b, "release")
		h.function("objc_autorelease", b)
	}},
	{"what is released is an object", RuleNotAnObject, "no object", func(h *hand) { h.function("objc_release", 0x1234) }},
	{"an element of an array is an object", RuleNotAnObject, "element 0", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffers:offsets:withRange:", []objc.ID{0x1234}, []uint64{0}, span{0, 1})
	}},
	{"an array that is made does not hold nil", RuleNilArgument, "element 1", func(h *hand) {
		h.send(h.class("NSArray"), "arrayWithObjects:count:", []objc.ID{h.string("x"), 0}, 2)
	}},
	{"an array of one does not hold nil", RuleNilArgument, "nil", func(h *hand) {
		h.send(h.class("NSArray"), "arrayWithObject:", 0)
	}},
	{"nil is not added to an array", RuleNilArgument, "nil", func(h *hand) {
		h.send(h.pooled(h.id(h.class("NSMutableArray"), "new")), "addObject:", 0)
	}},
	{"a dictionary of one does not hold nil", RuleNilArgument, "nil", func(h *hand) {
		h.send(h.class("NSDictionary"), "dictionaryWithObject:forKey:", h.string("v"), 0)
	}},
	{"an error has a domain", RuleNilArgument, "domain", func(h *hand) {
		h.send(h.class("NSError"), "errorWithDomain:code:userInfo:", 0, 1, 0)
	}},
	{"a function constant has a name where it is set by name", RuleNilArgument, "name", func(h *hand) {
		h.send(h.pooled(h.id(h.class("MTLFunctionConstantValues"), "new")), "setConstantValue:type:withName:", make([]byte, 4), 3, 0)
	}},
	{"a function is asked for by name", RuleNilArgument, "name", func(h *hand) {
		h.send(emptyLibrary(h), "newFunctionWithName:", 0)
	}},
	{"a specialised function is asked for by name and values", RuleNilArgument, "constant values", func(h *hand) {
		h.send(emptyLibrary(h), "newFunctionWithName:constantValues:error:", h.string("k"), 0, 0)
	}},
	{"a pipeline has a function", RuleNilArgument, "function", func(h *hand) {
		h.send(h.device(), "newComputePipelineStateWithFunction:error:", 0, 0)
	}},
	{"a pipeline has a descriptor", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newComputePipelineStateWithDescriptor:options:reflection:error:", 0, 0, 0, 0)
	}},
	{"an encoder's pipeline is not nil", RuleNilArgument, "pipeline", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", 0)
	}},
	{"an element of a barrier is not nil", RuleNilArgument, "element 1", func(h *hand) {
		e, _ := h.encoder(1)
		h.send(e, "memoryBarrierWithResources:count:", []objc.ID{h.buffer(4), 0}, 2)
	}},
	{"an indirect grid has a buffer", RuleNilArgument, "grid", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:", 0, 0, size{1, 1, 1})
	}},
	{"no-copy memory is not nil", RuleNilArgument, "memory", func(h *hand) {
		h.send(h.device(), "newBufferWithBytesNoCopy:length:options:deallocator:", 0, noCopyPage, 0, 0)
	}},
	{"a deallocator of no-copy memory is a block", RuleBlock, "argument 4", func(h *hand) {
		h.send(h.device(), "newBufferWithBytesNoCopy:length:options:deallocator:", pages(h, 1), noCopyPage, 0, 1)
	}},
	{"no-copy memory is there", RuleBadAddress, "argument 1", func(h *hand) {
		h.send(h.device(), "newBufferWithBytesNoCopy:length:options:deallocator:", uintptr(0x10_0000_0000), noCopyPage, 0, 0)
	}},
	{"a class whose objects others make is not asked for one", RuleNotImplemented, "NSProcessInfo", func(h *hand) {
		h.send(h.class("NSProcessInfo"), "alloc")
	}},
	{"a string has an encoding that this device knows", RuleNotImplemented, "10", func(h *hand) {
		h.send(h.id(h.class("NSString"), "alloc"), "initWithBytes:length:encoding:", []byte("x"), 1, 10)
	}},
	{"a string's bytes are asked for in an encoding that this device knows", RuleNotImplemented, "10", func(h *hand) {
		h.send(h.string("x"), "lengthOfBytesUsingEncoding:", 10)
	}},
	{"an index into a string is below its length", RuleIndex, "index 3", func(h *hand) {
		h.send(h.string("abc"), "characterAtIndex:", 3)
	}},
	{"a macro's name is a string", RuleArgumentClass, "name", func(h *hand) {
		m := h.id(h.class("NSDictionary"), "dictionaryWithObject:forKey:", h.string("v"), h.id(h.class("NSNumber"), "numberWithInt:", 1))
		h.send(h.pooled(h.id(h.class("MTLCompileOptions"), "new")), "setPreprocessorMacros:", m)
	}},
	{"a macro's value is a string or a number", RuleArgumentClass, "value", func(h *hand) {
		m := h.id(h.class("NSDictionary"), "dictionaryWithObject:forKey:", h.queue(), h.string("k"))
		h.send(h.pooled(h.id(h.class("MTLCompileOptions"), "new")), "setPreprocessorMacros:", m)
	}},
	{"an index into a collection is below its count", RuleIndex, "index 1", func(h *hand) {
		a := h.pooled(objc.ID(h.function("MTLCopyAllDevices")))
		h.send(a, "objectAtIndex:", 1)
	}},
}

var metalBreaches = []breach{
	{"a buffer has at least one byte", RuleBufferLength, "0 bytes", func(h *hand) {
		h.send(h.device(), "newBufferWithLength:options:", 0, 0)
	}},
	{"a buffer is not longer than maxBufferLength", RuleBufferLength, "maxBufferLength", func(h *hand) {
		h.send(h.device(), "newBufferWithLength:options:", 1<<40, 0)
	}},
	{"resource options have only bits of their enumeration", RuleBufferOptions, "0x1000", func(h *hand) {
		h.send(h.device(), "newBufferWithLength:options:", 16, 0x1000)
	}},
	{"a buffer is not memoryless", RuleBufferOptions, "storage mode 3", func(h *hand) {
		h.send(h.device(), "newBufferWithLength:options:", 16, 3<<4)
	}},
	{"private memory is not filled by the CPU", RuleBufferOptions, "private", func(h *hand) {
		h.send(h.device(), "newBufferWithBytes:length:options:", make([]byte, 16), 16, 2<<4)
	}},
	{"no-copy memory begins at a page of 16 KiB", RulePageAlignment, "16384", func(h *hand) {
		m := pages(h, 3)
		h.send(h.device(), "newBufferWithBytesNoCopy:length:options:deallocator:", m[4096:], 16384, 0, 0)
	}},
	{"no-copy memory ends at a page of 16 KiB", RulePageAlignment, "16384", func(h *hand) {
		h.send(h.device(), "newBufferWithBytesNoCopy:length:options:deallocator:", pages(h, 2), 4096, 0, 0)
	}},
	{"a bound offset lies within the buffer", RuleBufferRange, "offset 16", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 16, 0)
	}},
	{"a changed offset lies within the buffer", RuleBufferRange, "offset 20", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 0, 0)
		h.send(e, "setBufferOffset:atIndex:", 20, 0)
	}},
	{"a copy stays within its source", RuleBufferRange, "source", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", h.buffer(16), 4, h.buffer(64), 0, 16)
	}},
	{"a copy stays within its destination", RuleBufferRange, "destination", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", h.buffer(64), 0, h.buffer(16), 4, 16)
	}},
	{"a copy's offset and size do not wrap around", RuleBufferRange, "source", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", h.buffer(64), ^uintptr(0)-3, h.buffer(16), 0, 8)
	}},
	{"a fill stays within its buffer", RuleBufferRange, "range", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "fillBuffer:range:value:", h.buffer(16), span{12, 8}, 1)
	}},
	{"an indirect grid lies within its buffer", RuleBufferRange, "12 bytes", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:", h.buffer(16), 8, size{1, 1, 1})
	}},
	{"no-copy memory is not private", RuleBufferOptions, "private", func(h *hand) {
		h.send(h.device(), "newBufferWithBytesNoCopy:length:options:deallocator:", pages(h, 1), noCopyPage, 2<<4, 0)
	}},
	{"a command buffer is enqueued once", RuleCommandBufferState, "already", func(h *hand) {
		cb := h.commandBuffer()
		h.send(cb, "enqueue")
		h.send(cb, "enqueue")
	}},
	{"an index of a function constant is at most 65535", RuleIndex, "65535", func(h *hand) {
		v := h.pooled(h.id(h.class("MTLFunctionConstantValues"), "new"))
		h.send(v, "setConstantValue:type:atIndex:", make([]byte, 4), 3, 65536)
	}},
	{"an index of a changed offset is at most 30", RuleIndex, "31", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBufferOffset:atIndex:", 0, 31)
	}},
	{"an index of bytes is at most 30", RuleIndex, "31", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBytes:length:atIndex:", make([]byte, 4), 4, 31)
	}},
	{"a buffer index is at most 30", RuleIndex, "31", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 0, 31)
	}},
	{"a range of buffer indices ends at 30", RuleIndex, "30", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffers:offsets:withRange:", []objc.ID{0, 0}, []uint64{0, 0}, span{30, 2})
	}},
	{"a range of buffer indices begins below 31", RuleIndex, "40", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffers:offsets:withRange:", []objc.ID{0}, []uint64{0}, span{40, 1})
	}},
	{"a range of buffer indices is not empty", RuleIndex, "indices 3 and 0", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBuffers:offsets:withRange:", []objc.ID{0}, []uint64{0}, span{3, 0})
	}},
	{"a threadgroup index is at most 30", RuleIndex, "31", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setThreadgroupMemoryLength:atIndex:", 16, 31)
	}},
	{"a queue holds at least one command buffer", RuleIndex, "0 command buffers", func(h *hand) {
		h.send(h.device(), "newCommandQueueWithMaxCommandBufferCount:", 0)
	}},
	{"a language version is one that exists", RuleEnum, "0x30009", func(h *hand) {
		h.send(h.pooled(h.id(h.class("MTLCompileOptions"), "new")), "setLanguageVersion:", 0x30009)
	}},
	{"a math mode is one that exists", RuleEnum, "3", func(h *hand) {
		h.send(h.pooled(h.id(h.class("MTLCompileOptions"), "new")), "setMathMode:", 3)
	}},
	{"a dispatch type is one that exists", RuleEnum, "2", func(h *hand) { h.encoder(2) }},
	{"a barrier has a scope", RuleEnum, "0x0", func(h *hand) {
		e, _ := h.encoder(1)
		h.send(e, "memoryBarrierWithScope:", 0)
	}},
	{"a function constant has a type that constants can have", RuleEnum, "MTLDataType", func(h *hand) {
		v := h.pooled(h.id(h.class("MTLFunctionConstantValues"), "new"))
		h.send(v, "setConstantValue:type:atIndex:", make([]byte, 64), 58, 0)
	}},
	{"at most 64 command buffers of a queue are uncommitted", RuleCommandBufferLimit, "64", func(h *hand) {
		q := h.queue()
		for range 65 {
			h.send(q, "commandBuffer")
		}
	}},
	{"a command buffer is committed once", RuleCommandBufferState, "already", func(h *hand) {
		cb := h.commandBuffer()
		h.finish(cb)
		h.send(cb, "commit")
	}},
	{"nothing is encoded after the commit", RuleCommandBufferState, "already", func(h *hand) {
		cb := h.commandBuffer()
		h.finish(cb)
		h.send(cb, "blitCommandEncoder")
	}},
	{"a wait comes after the commit", RuleWaitBeforeCommit, "not committed", func(h *hand) {
		h.send(h.commandBuffer(), "waitUntilCompleted")
	}},
	{"an encoder is ended before the commit", RuleEncoderOpen, "compute encoder", func(h *hand) {
		e, cb := h.encoder(0)
		h.finish(cb)
		h.send(e, "endEncoding")
	}},
	{"a command buffer has one encoder at a time", RuleEncoderOpen, "one encoder at a time", func(h *hand) {
		_, cb := h.encoder(0)
		h.send(cb, "blitCommandEncoder")
	}},
	{"an encoder takes no message after its end", RuleEncoderEnded, "ended", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "endEncoding")
		h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 0, 0)
	}},
	{"an encoder is ended once", RuleEncoderEnded, "ended", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "endEncoding")
		h.send(e, "endEncoding")
	}},
	{"an encoder is ended before its last release", RuleEncoderReleased, "without endEncoding", func(h *hand) {
		cb := h.commandBuffer()
		pool := h.function("objc_autoreleasePoolPush")
		h.send(cb, "computeCommandEncoder")
		h.function("objc_autoreleasePoolPop", pool)
	}},
	{"an encoder is used by one thread at a time", RuleEncoderThreads, "two threads", func(h *hand) {
		e, _ := h.encoder(0)
		label := uintptr(h.RegisterSelector("label"))
		h.mu.Lock() // holds the first message up until the second has come
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { h.MsgSend(&objc.Registers{X: [8]uintptr{uintptr(e), label}}) })
		}
		for {
			h.senders.Lock()
			n := h.busy[uintptr(e)]
			h.senders.Unlock()
			if n == 2 {
				break
			}
			runtime.Gosched()
		}
		h.mu.Unlock()
		both.Wait()
	}},
	{"a pipeline is set before a dispatch", RuleNoPipeline, "no pipeline", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
	}},
	{"every buffer that a kernel declares is bound", RuleUnboundBuffer, "index 3 (weights)", func(h *hand) {
		dispatch(h, nil, floats("weights", 3))
	}},
	{"a buffer that was taken out again is not bound", RuleUnboundBuffer, "index 0", func(h *hand) {
		dispatch(h, func(e objc.ID) {
			h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 0, 0)
			h.send(e, "setBuffer:offset:atIndex:", 0, 0, 0)
		}, floats("x", 0))
	}},
	{"what is bound holds one element at least", RuleBoundSize, "takes 64", func(h *hand) {
		dispatch(h, func(e objc.ID) {
			h.send(e, "setBytes:length:atIndex:", make([]byte, 32), 32, 0)
		}, mslrun.Argument{Name: "p", Index: 0, AddressSpace: "constant", Type: "Params", TypeSize: 64, TypeAlign: 4})
	}},
	{"an offset is a multiple of the type's alignment", RuleOffsetAlignment, "multiple of 16", func(h *hand) {
		dispatch(h, func(e objc.ID) {
			h.send(e, "setBuffer:offset:atIndex:", h.buffer(64), 8, 0)
		}, mslrun.Argument{Name: "x", Index: 0, AddressSpace: "device", Type: "float4", TypeSize: 16, TypeAlign: 16})
	}},
	{"an offset into constant memory is a multiple of 4", RuleOffsetAlignment, "multiple of 4", func(h *hand) {
		dispatch(h, func(e objc.ID) {
			h.send(e, "setBuffer:offset:atIndex:", h.buffer(64), 2, 0)
		}, mslrun.Argument{Name: "x", Index: 0, AddressSpace: "constant", Type: "half", TypeSize: 2, TypeAlign: 2})
	}},
	{"the offset of an indirect grid is a multiple of 4", RuleOffsetAlignment, "multiple of 4", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:", h.buffer(64), 2, size{1, 1, 1})
	}},
	{"setBytes takes at most 4096 bytes", RuleBytesLength, "4097", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBytes:length:atIndex:", make([]byte, 4097), 4097, 0)
	}},
	{"setBytes takes at least one byte", RuleBytesLength, "0 bytes", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBytes:length:atIndex:", make([]byte, 1), 0, 0)
	}},
	{"an offset changes where a buffer is bound", RuleNothingBound, "index 2", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBufferOffset:atIndex:", 4, 2)
	}},
	{"an offset does not change where bytes are set", RuleNothingBound, "index 2", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setBytes:length:atIndex:", make([]byte, 8), 8, 2)
		h.send(e, "setBufferOffset:atIndex:", 4, 2)
	}},
	{"threadgroup memory is a multiple of 16 bytes", RuleThreadgroupMemory, "20 bytes", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setThreadgroupMemoryLength:atIndex:", 20, 0)
	}},
	{"threadgroup memory is at most 32 KiB", RuleThreadgroupMemory, "32784", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setThreadgroupMemoryLength:atIndex:", 32<<10+16, 0)
	}},
	{"threadgroup variables and arguments together are at most 32 KiB", RuleThreadgroupMemory, "32784", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 16, mslrun.Argument{Name: "s", Kind: mslrun.ThreadgroupArgument}))
		h.send(e, "setThreadgroupMemoryLength:atIndex:", 32<<10, 0)
		h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
	}},
	{"every threadgroup argument has a length", RuleUnboundThreadgroup, "index 1 (s)", func(h *hand) {
		dispatch(h, nil, mslrun.Argument{Name: "s", Index: 1, Kind: mslrun.ThreadgroupArgument})
	}},
	{"a threadgroup has no more threads than the pipeline allows", RuleThreadsPerGroup, "512", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadgroups:threadsPerThreadgroup:", size{1, 1, 1}, size{32, 17, 1})
	}},
	{"the threads of a threadgroup do not wrap around", RuleThreadsPerGroup, "512", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadgroups:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1 << 63, 2})
	}},
	{"a descriptor asks for no more threads than the device has", RuleThreadsPerGroup, "1025", func(h *hand) {
		h.mu.Lock()
		f := h.make(h.classes["SoftMetalFunction"], &function{})
		h.mu.Unlock()
		p := h.pooled(h.id(h.class("MTLComputePipelineDescriptor"), "new"))
		h.send(p, "setComputeFunction:", h.pooled(f.id))
		h.send(p, "setMaxTotalThreadsPerThreadgroup:", 1025)
		h.send(h.device(), "newComputePipelineStateWithDescriptor:options:reflection:error:", p, 0, 0, 0)
	}},
	{"a grid has no zero in it", RuleEmptyDispatch, "0", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{64, 0, 1}, size{1, 1, 1})
	}},
	{"a threadgroup has no zero in it", RuleEmptyDispatch, "0", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadgroups:threadsPerThreadgroup:", size{1, 1, 1}, size{32, 1, 0})
	}},
	{"a grid's threads are counted in 32 bits", RuleGridSize, "2^32-1", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		h.send(e, "dispatchThreadgroups:threadsPerThreadgroup:", size{1 << 28, 1, 1}, size{64, 1, 1})
	}},
	{"threadgroups are multiples of the execution width where that was promised", RuleThreadgroupMultiple, "48", func(h *hand) {
		e, _ := h.encoder(0)
		p := h.pipeline("k", 0)
		h.objects[p].payload.(*pipeline).multiples = true
		h.send(e, "setComputePipelineState:", p)
		h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{48, 1, 1}, size{48, 1, 1})
	}},
	{"the ranges of a copy within a buffer do not overlap", RuleOverlap, "overlap", func(h *hand) {
		e, _ := h.blit()
		b := h.buffer(64)
		h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", b, 0, b, 8, 16)
	}},
	{"a copy covers whole words", RuleBlitAlignment, "multiples of 4", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", h.buffer(16), 0, h.buffer(16), 0, 6)
	}},
	{"a handler is no nil", RuleNilArgument, "block", func(h *hand) {
		h.send(h.commandBuffer(), "addScheduledHandler:", 0)
	}},
	{"handlers are added before the commit", RuleCommandBufferState, "handlers", func(h *hand) {
		cb := h.commandBuffer()
		h.finish(cb)
		h.send(cb, "addCompletedHandler:", h.literal(func([]uint64) {}))
	}},
	{"a handler does not wait for its own command buffer", RuleHandlerWait, "in a handler", func(h *hand) {
		cb := h.commandBuffer()
		h.send(cb, "addCompletedHandler:", h.block(func(objc.BlockArguments) { h.send(cb, "waitUntilCompleted") }))
		h.finish(cb)
	}},
	{"an event stands between encoders", RuleEncoderActive, "blit encoder", func(h *hand) {
		_, cb := h.blit()
		h.send(cb, "encodeSignalEvent:value:", h.pooled(h.id(h.device(), "newEvent")), 1)
	}},
	{"an event is no nil", RuleNilArgument, "event", func(h *hand) {
		h.send(h.commandBuffer(), "encodeWaitForEvent:value:", 0, 1)
	}},
	{"an event is encoded before the commit", RuleCommandBufferState, "committed already", func(h *hand) {
		cb := h.commandBuffer()
		h.finish(cb)
		h.send(cb, "encodeSignalEvent:value:", h.pooled(h.id(h.device(), "newEvent")), 1)
	}},
	{"an event that only the GPU signals has no value for the CPU", RuleUnknownSelector, "MTLSharedEvent", func(h *hand) {
		h.send(h.pooled(h.id(h.device(), "newEvent")), "signaledValue")
	}},
	{"a listener is no nil", RuleNilArgument, "listener", func(h *hand) {
		h.send(h.pooled(h.id(h.device(), "newSharedEvent")), "notifyListener:atValue:block:", 0, 1, h.literal(func([]uint64) {}))
	}},
	{"an event's handle is no nil", RuleNilArgument, "handle", func(h *hand) {
		h.send(h.device(), "newSharedEventWithHandle:", 0)
	}},
	{"an encoder does not wait for a fence that it has updated", RuleFenceOrder, "itself", func(h *hand) {
		e, _ := h.blit()
		f := h.pooled(h.id(h.device(), "newFence"))
		h.send(e, "updateFence:", f)
		h.send(e, "waitForFence:", f)
	}},
	{"a fence is no nil", RuleNilArgument, "fence", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "updateFence:", 0)
	}},
	{"samples are taken where the GPU can", RuleSamples, "supportsCounterSampling:", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "sampleCountersInBuffer:atSampleIndex:withBarrier:", h.samples(4, 0), 0, true)
	}},
	{"private samples are not the CPU's", RuleSamples, "private", func(h *hand) {
		h.send(h.samples(4, storagePrivate), "resolveCounterRange:", span{0, 1})
	}},
	{"a sample lies within its buffer", RuleIndex, "sample 4 of", func(h *hand) {
		p := h.pooled(h.id(h.class("MTLBlitPassDescriptor"), "new"))
		a := h.id(h.id(p, "sampleBufferAttachments"), "objectAtIndexedSubscript:", 3)
		h.send(a, "setSampleBuffer:", h.samples(4, 0))
		h.send(a, "setEndOfEncoderSampleIndex:", 4)
		h.send(h.commandBuffer(), "blitCommandEncoderWithDescriptor:", p)
	}},
	{"samples that are read lie within their buffer", RuleIndex, "of 4", func(h *hand) {
		h.send(h.samples(4, 0), "resolveCounterRange:", span{3, 2})
	}},
	{"samples go to an aligned place", RuleOffsetAlignment, "multiple of 32", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "resolveCounters:inRange:destinationBuffer:destinationOffset:", h.samples(4, 0), span{0, 1}, h.buffer(64), 8)
	}},
	{"a pass has four attachments", RuleIndex, "attachment 4", func(h *hand) {
		h.send(h.id(h.pooled(h.id(h.class("MTLComputePassDescriptor"), "new")), "sampleBufferAttachments"), "objectAtIndexedSubscript:", 4)
	}},
	{"a pass has a descriptor", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.commandBuffer(), "computeCommandEncoderWithDescriptor:", 0)
	}},
	{"a pass has a dispatch type", RuleEnum, "2 is no MTLDispatchType", func(h *hand) {
		p := h.pooled(h.id(h.class("MTLComputePassDescriptor"), "new"))
		h.send(p, "setDispatchType:", 2)
		h.send(h.commandBuffer(), "computeCommandEncoderWithDescriptor:", p)
	}},
	{"a sample buffer has a counter set", RuleNilArgument, "counter set", func(h *hand) {
		d := h.pooled(h.id(h.class("MTLCounterSampleBufferDescriptor"), "new"))
		h.send(d, "setSampleCount:", 1)
		var err objc.ID
		h.send(h.device(), "newCounterSampleBufferWithDescriptor:error:", d, &err)
	}},
	{"a sample buffer is shared or private", RuleEnum, "storage mode 1", func(h *hand) { h.samples(1, storageManaged) }},
	{"a time has somewhere to go", RuleBadAddress, "argument 2", func(h *hand) {
		var cpu objc.ID
		h.send(h.device(), "sampleTimestamps:gpuTimestamp:", &cpu, 0)
	}},
	{"only managed memory is synchronized", RuleBufferOptions, "managed", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "synchronizeResource:", h.buffer(16))
	}},
	{"a usage is of its enumeration", RuleEnum, "MTLResourceUsage", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "useResource:usage:", h.buffer(16), 8)
	}},
	{"what is used is a resource", RuleArgumentClass, "MTLResource", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "useResources:count:usage:", []objc.ID{h.queue()}, 1, 1)
	}},
	{"what is used is no nil", RuleNilArgument, "element 0", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "useHeaps:count:", []objc.ID{0}, 1)
	}},
	{"a heap that is used is no nil", RuleNilArgument, "heap", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "useHeap:", 0)
	}},
	{"a barrier has stages", RuleEnum, "MTLStages", func(h *hand) {
		h.macOS = 2600
		e, _ := h.encoder(0)
		h.send(e, "barrierAfterQueueStages:beforeStages:", 0, stageBlit)
	}},
	{"a capture has a descriptor", RuleNilArgument, "descriptor", func(h *hand) {
		var err objc.ID
		h.send(h.id(h.class("MTLCaptureManager"), "sharedCaptureManager"), "startCaptureWithDescriptor:error:", 0, &err)
	}},
	{"a capture scope is of a queue", RuleNilArgument, "captured", func(h *hand) {
		h.send(h.id(h.class("MTLCaptureManager"), "sharedCaptureManager"), "newCaptureScopeWithCommandQueue:", 0)
	}},
	{"a debug group that ends has begun", RuleDebugGroup, "no debug group", func(h *hand) {
		e, cb := h.encoder(0)
		h.send(cb, "pushDebugGroup:", h.string("of the command buffer"))
		h.send(e, "popDebugGroup")
	}},
	{"a debug group of a command buffer that ends has begun", RuleDebugGroup, "no debug group", func(h *hand) {
		h.send(h.commandBuffer(), "popDebugGroup")
	}},
	{"a signpost has a text", RuleNilArgument, "string", func(h *hand) {
		e, _ := h.encoder(0)
		h.send(e, "insertDebugSignpost:", 0)
	}},
	{"a queue's descriptor is no nil", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newCommandQueueWithDescriptor:", 0)
	}},
	{"a queue's descriptor leaves room for a command buffer", RuleIndex, "0 command buffers", func(h *hand) {
		d := h.pooled(h.id(h.class("MTLCommandQueueDescriptor"), "new"))
		h.send(d, "setMaxCommandBufferCount:", 0)
		h.send(h.device(), "newCommandQueueWithDescriptor:", d)
	}},
	{"a command buffer's descriptor is no nil", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.queue(), "commandBufferWithDescriptor:", 0)
	}},
	{"error options are of their enumeration", RuleEnum, "0x6", func(h *hand) {
		h.send(h.pooled(h.id(h.class("MTLCommandBufferDescriptor"), "new")), "setErrorOptions:", 6)
	}},
	{"what a command buffer without references uses lives until it has run", RuleUseAfterRelease, "unretained", func(h *hand) {
		cb := h.id(h.queue(), "commandBufferWithUnretainedReferences")
		b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
		e := h.id(cb, "blitCommandEncoder")
		h.send(e, "fillBuffer:range:value:", b, span{0, 16}, 1)
		h.send(e, "endEncoding")
		h.send(b, "release")
		h.finish(cb)
	}},
	{"a fill covers whole words", RuleBlitAlignment, "multiples of 4", func(h *hand) {
		e, _ := h.blit()
		h.send(e, "fillBuffer:range:value:", h.buffer(16), span{2, 4}, 1)
	}},
}

// samples returns a sample buffer, or nil after a report.
func (h *hand) samples(count, storage int) objc.ID {
	d := h.pooled(h.id(h.class("MTLCounterSampleBufferDescriptor"), "new"))
	h.send(d, "setCounterSet:", h.id(h.id(h.device(), "counterSets"), "firstObject"))
	h.send(d, "setSampleCount:", count)
	h.send(d, "setStorageMode:", storage)
	var err objc.ID
	return h.pooled(h.id(h.device(), "newCounterSampleBufferWithDescriptor:error:", d, &err))
}

// emptyLibrary is a library without functions.
func emptyLibrary(h *hand) objc.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.make(h.classes["SoftMetalLibrary"], new(library))
	h.Device.autorelease(o, "test")
	return o.id
}

// dispatch dispatches one thread of a kernel that has the given parameters.
func dispatch(h *hand, bind func(encoder objc.ID), arguments ...mslrun.Argument) {
	e, _ := h.encoder(0)
	h.send(e, "setComputePipelineState:", h.pipeline("k", 0, arguments...))
	if bind != nil {
		bind(e)
	}
	h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
}

// pages returns n pages of 16 KiB, aligned to that.
func pages(h *hand, n int) []byte {
	m := make([]byte, (n+1)*noCopyPage)
	h.keep = append(h.keep, m)
	skip := (noCopyPage - int(addressOf(m)%noCopyPage)) % noCopyPage
	return m[skip : skip+n*noCopyPage]
}

func allBreaches() []breach {
	return slices.Concat(runtimeBreaches, metalBreaches, memoryBreaches, pipelineBreaches, newerBreaches, compilerBreaches, indirectBreaches, metal4Breaches)
}

// A rule that is broken ends in a report which names the rule, the object, the
// message and the value.
func TestBrokenRuleIsReported(t *testing.T) {
	for _, b := range allBreaches() {
		t.Run(b.name, func(t *testing.T) {
			o := Options{}
			if slices.ContainsFunc(slices.Concat(newerBreaches, compilerBreaches, metal4Breaches), func(n breach) bool { return n.name == b.name }) {
				o.MacOS = "26.0"
			}
			h := newHand(t, o)
			b.do(h)
			reports := h.Reports()
			if len(reports) == 0 {
				t.Fatalf("no report; want %s", b.rule.Name())
			}
			r := reports[0]
			if !errors.Is(r, b.rule) {
				t.Errorf("rule %s, want %s: %v", r.Rule.Name(), b.rule.Name(), r)
			}
			if !strings.Contains(r.Detail, b.says) {
				t.Errorf("%q does not say %q", r.Detail, b.says)
			}
			if r.Class == "" && r.Selector == "" && b.rule != RuleUnknownFunction {
				t.Errorf("%v names neither object nor message", r)
			}
			onGPU := strings.Contains(r.Detail, "unretained") || strings.Contains(r.Detail, "retains nothing") // no line of the program is at work then
			if !onGPU && !strings.HasPrefix(r.Where, "rules_") && !strings.HasPrefix(r.Where, "send_test.go:") {
				t.Errorf("reported at %q, want this test", r.Where)
			}
		})
	}
}

// Every rule is broken by some test.
func TestEveryRuleHasATest(t *testing.T) {
	seen := map[Rule]bool{
		RuleInternal:    true, // TestPanicInAMethodIsAReport
		RuleLeak:        true, // TestCloseReportsWhatIsLeft
		RuleUncommitted: true,
	}
	for _, b := range allBreaches() {
		seen[b.rule] = true
	}
	for r, text := range ruleTexts {
		if !seen[r] {
			t.Errorf("no test breaks rule %s", text.name)
		}
	}
}
