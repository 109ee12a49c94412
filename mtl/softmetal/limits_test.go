package softmetal

import (
	"testing"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// What lies exactly at a limit is allowed.
func TestLimitItselfIsAllowed(t *testing.T) {
	for name, do := range map[string]func(h *hand){
		"the last buffer index": func(h *hand) {
			e, _ := h.encoder(0)
			h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 15, 30)
			h.send(e, "setBufferOffset:atIndex:", 12, 30)
			h.send(e, "setBytes:length:atIndex:", make([]byte, 4096), 4096, 30)
			h.send(e, "setThreadgroupMemoryLength:atIndex:", 32<<10, 30)
			h.send(e, "setBuffers:offsets:withRange:", []objc.ID{0, h.buffer(16)}, []uint64{0, 15}, span{29, 2})
			h.send(e, "endEncoding")
		},
		"one byte by setBytes": func(h *hand) {
			e, _ := h.encoder(0)
			h.send(e, "setBytes:length:atIndex:", []byte{1}, 1, 0)
			h.send(e, "endEncoding")
		},
		"the longest buffer": func(h *hand) {
			h.send(h.device(), "newBufferWithLength:options:", 1<<20, 0)
		},
		"the shortest buffer": func(h *hand) { h.buffer(1) },
		"options of every kind": func(h *hand) {
			for _, o := range []int{0, 1, 1 << 4, 2 << 4, 1 << 8, 2 << 8, 1 | 2<<4 | 2<<8} {
				h.pooled(h.id(h.device(), "newBufferWithLength:options:", 16, o))
			}
		},
		"the last function constant": func(h *hand) {
			v := h.pooled(h.id(h.class("MTLFunctionConstantValues"), "new"))
			h.send(v, "setConstantValues:type:withRange:", make([]byte, 8), 33, span{65534, 2})
			h.send(v, "setConstantValue:type:atIndex:", make([]byte, 4), 33, 65535)
		},
		"a full queue": func(h *hand) {
			q := h.queue()
			for range 64 {
				h.send(q, "commandBuffer")
			}
		},
		"a queue of one": func(h *hand) {
			h.pooled(h.id(h.device(), "newCommandQueueWithMaxCommandBufferCount:", 1))
		},
		"as many threads as the pipeline allows": func(h *hand) {
			e, _ := h.encoder(0)
			h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
			h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1<<32 - 1, 1, 1}, size{512, 1, 1})
			h.send(e, "endEncoding")
		},
		"as much threadgroup memory as the device has": func(h *hand) {
			e, _ := h.encoder(0)
			h.send(e, "setComputePipelineState:", h.pipeline("k", 16, mslrun.Argument{Kind: mslrun.ThreadgroupArgument}))
			h.send(e, "setThreadgroupMemoryLength:atIndex:", 32<<10-16, 0)
			h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
			h.send(e, "endEncoding")
		},
		"threadgroups that are the multiple that was promised": func(h *hand) {
			e, _ := h.encoder(0)
			p := h.pipeline("k", 0)
			h.objects[p].payload.(*pipeline).multiples = true
			h.send(e, "setComputePipelineState:", p)
			h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{100, 1, 1}, size{32, 2, 1})
			h.send(e, "endEncoding")
		},
		"exactly one element bound, and aligned": func(h *hand) {
			e, _ := h.encoder(0)
			h.send(e, "setComputePipelineState:", h.pipeline("k", 0, floats("x", 0)))
			h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 12, 0)
			h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
			h.send(e, "endEncoding")
		},
		"a device pointer to bytes at an odd offset": func(h *hand) {
			e, _ := h.encoder(0)
			h.send(e, "setComputePipelineState:", h.pipeline("k", 0, mslrun.Argument{AddressSpace: "device", Type: "uchar", TypeSize: 1, TypeAlign: 1}))
			h.send(e, "setBuffer:offset:atIndex:", h.buffer(16), 3, 0)
			h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
			h.send(e, "endEncoding")
		},
		"a grid at the end of its buffer": func(h *hand) {
			e, _ := h.encoder(0)
			h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
			h.send(e, "dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:", h.buffer(16), 4, size{1, 1, 1})
			h.send(e, "endEncoding")
		},
		"ranges of a copy that touch": func(h *hand) {
			e, _ := h.blit()
			b := h.buffer(64)
			h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", b, 0, b, 32, 32)
			h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", b, 32, b, 0, 32)
			h.send(e, "fillBuffer:range:value:", b, span{0, 64}, 255)
			h.send(e, "endEncoding")
		},
		"barriers of every scope": func(h *hand) {
			e, _ := h.encoder(1)
			for scope := 1; scope <= 7; scope++ {
				h.send(e, "memoryBarrierWithScope:", scope)
			}
			h.send(e, "endEncoding")
		},
		"the last character and the last object": func(h *hand) {
			h.send(h.string("abc"), "characterAtIndex:", 2)
			h.send(h.pooled(objc.ID(h.function("MTLCopyAllDevices"))), "objectAtIndex:", 0)
		},
		"every language version and math mode": func(h *hand) {
			o := h.pooled(h.id(h.class("MTLCompileOptions"), "new"))
			for _, v := range []int{0x10000, 0x10002, 0x20004, 0x30000, 0x30002, 0x40000} {
				h.send(o, "setLanguageVersion:", v)
			}
			for m := range 3 {
				h.send(o, "setMathMode:", m)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHand(t, Options{MaxBufferLength: 1 << 20, Memory: 1 << 21})
			do(h)
			if r := h.Reports(); len(r) != 0 {
				t.Errorf("reports: %v", r)
			}
		})
	}
}

func TestFamiliesOfTheDevice(t *testing.T) {
	for _, test := range []struct {
		options Options
		yes, no []int
	}{
		{Options{}, []int{1001, 1004, 1007, 1008, 2001, 2002, 3001, 3003, 5001}, []int{1000, 1009, 2003, 3000, 3004, 4001, 5002, -1}},
		{Options{AppleFamily: 5}, []int{1005, 3003}, []int{1006, 2001, 2002, 5001}},
		{Options{AppleFamily: 7, MacOS: "12.6"}, []int{1007, 2002}, []int{1008, 5001}},
	} {
		h := newHand(t, test.options)
		for _, f := range test.yes {
			if h.send(h.device(), "supportsFamily:", f)&0xff != 1 {
				t.Errorf("%+v: family %d is not supported", test.options, f)
			}
		}
		for _, f := range test.no {
			if h.send(h.device(), "supportsFamily:", f)&0xff != 0 {
				t.Errorf("%+v: family %d is supported", test.options, f)
			}
		}
	}
}

func TestDeviceSaysWhatItIs(t *testing.T) {
	h := newHand(t, Options{Name: "Test GPU", Memory: 1 << 30, MaxBufferLength: 1 << 28})
	if got := h.text(h.id(h.device(), "name")); got != "Test GPU" {
		t.Errorf("name %q", got)
	}
	if got := h.text(h.id(h.id(h.device(), "architecture"), "name")); got != "software" {
		t.Errorf("architecture %q", got)
	}
	for selector, want := range map[string]uintptr{
		"maxBufferLength": 1 << 28, "maxThreadgroupMemoryLength": 32 << 10, "recommendedMaxWorkingSetSize": 3 << 28,
		"currentAllocatedSize": 0,
	} {
		if got := h.send(h.device(), selector); got != want {
			t.Errorf("%s is %d, want %d", selector, got, want)
		}
	}
	if h.send(h.device(), "hasUnifiedMemory")&0xff != 1 || h.send(h.device(), "isHeadless")&0xff != 1 {
		t.Error("no unified memory, or a display")
	}
	if !h.TimesMeanNothing() {
		t.Error("times mean something")
	}
	h.drain(t)
}

func TestBufferSaysWhatItIs(t *testing.T) {
	h := newHand(t, Options{})
	for _, test := range []struct{ options, storage, cache, hazard uintptr }{
		{0, 0, 0, 2}, {1, 0, 1, 2}, {2 << 4, 2, 0, 2}, {1 << 8, 0, 0, 1}, {2<<8 | 1<<4, 1, 0, 2},
	} {
		b := h.pooled(h.id(h.device(), "newBufferWithLength:options:", 16, test.options))
		got := [4]uintptr{h.send(b, "resourceOptions"), h.send(b, "storageMode"), h.send(b, "cpuCacheMode"), h.send(b, "hazardTrackingMode")}
		if got != [4]uintptr{test.options, test.storage, test.cache, test.hazard} {
			t.Errorf("options %#x: got %v", test.options, got)
		}
	}
	h.drain(t)
}
