package softmetal

import (
	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// pipelineDescriptor puts in a backend that builds nothing, and returns a
// descriptor with a function of the program, which writes to buffer 1.
func (h *hand) pipelineDescriptor() objc.ID {
	h.mu.Lock()
	h.backend = prebuilt{h.backend, &mslrun.Program{
		Function: mslrun.Function{Name: "k", Arguments: []mslrun.Argument{
			{Name: "x", Index: 0, Active: true, AddressSpace: "device", Access: mslrun.ReadOnly, Type: "float", DataType: mslrun.Float, TypeSize: 4, TypeAlign: 4},
			{Name: "y", Index: 1, Active: true, AddressSpace: "device", Access: mslrun.ReadWrite, Type: "Row", DataType: mslrun.Struct, TypeSize: 32, TypeAlign: 16},
			{Name: "z", Index: 2, AddressSpace: "device", Type: "char", TypeSize: 1, TypeAlign: 1},
			{Name: "t", Index: 0, Kind: mslrun.ThreadgroupArgument, Active: true, Access: mslrun.ReadWrite, TypeSize: 8, TypeAlign: 8},
		}},
		MaxTotalThreadsPerThreadgroup: 256, ThreadExecutionWidth: executionWidth,
	}}
	from := h.make(h.classes["SoftMetalLibrary"], new(library))
	f := h.make(h.classes["SoftMetalFunction"], &function{from: &library{identity: "source"}, description: mslrun.Function{Name: "k"}, owner: from})
	h.Device.autorelease(f, "test")
	h.mu.Unlock()
	d := h.pooled(h.id(h.class("MTLComputePipelineDescriptor"), "new"))
	h.send(d, "setComputeFunction:", f.id)
	return d
}

func (h *hand) build(descriptor objc.ID, options int, reflection any) objc.ID {
	return h.pooled(h.id(h.device(), "newComputePipelineStateWithDescriptor:options:reflection:error:", descriptor, options, reflection, 0))
}

func (h *hand) file(path string) objc.ID {
	return h.id(h.class("NSURL"), "fileURLWithPath:", h.string(path))
}

func (h *hand) archive() objc.ID {
	d := h.pooled(h.id(h.class("MTLBinaryArchiveDescriptor"), "new"))
	return h.pooled(h.id(h.device(), "newBinaryArchiveWithDescriptor:error:", d, 0))
}

var pipelineBreaches = []breach{
	{"a kernel does not write to what is immutable", RuleMutability, "index 1 (y)", func(h *hand) {
		d := h.pipelineDescriptor()
		h.send(h.id(h.id(d, "buffers"), "objectAtIndexedSubscript:", 1), "setMutability:", 2)
		h.build(d, 0, 0)
	}},
	{"a mutability is one of the enumeration", RuleEnum, "3 is no MTLMutability", func(h *hand) {
		h.send(h.id(h.id(h.pipelineDescriptor(), "buffers"), "objectAtIndexedSubscript:", 0), "setMutability:", 3)
	}},
	{"mutability is said of an index that there is", RuleIndex, "31", func(h *hand) {
		h.send(h.id(h.pipelineDescriptor(), "buffers"), "objectAtIndexedSubscript:", 31)
	}},
	{"a shader validation is one of the enumeration", RuleEnum, "-1 is no MTLShaderValidation", func(h *hand) {
		h.send(h.pipelineDescriptor(), "setShaderValidation:", ^uintptr(0))
	}},
	{"pipeline options are of the enumeration", RuleEnum, "0x8", func(h *hand) { h.build(h.pipelineDescriptor(), 8, 0) }},
	{"a reflection goes where memory is", RuleBadAddress, "argument 3", func(h *hand) {
		h.build(h.pipelineDescriptor(), optionBindingInfo, uintptr(0x10_0000_0000))
	}},
	{"functions of floats are of the enumeration", RuleEnum, "2 is no MTLMathFloatingPointFunctions", func(h *hand) {
		h.send(h.pooled(h.id(h.class("MTLCompileOptions"), "new")), "setMathFloatingPointFunctions:", 2)
	}},
	{"an optimization level is one of the enumeration", RuleEnum, "2 is no MTLLibraryOptimizationLevel", func(h *hand) {
		h.send(h.pooled(h.id(h.class("MTLCompileOptions"), "new")), "setOptimizationLevel:", 2)
	}},
	{"a library's kernels have no more threads than the device", RuleThreadsPerGroup, "1025", func(h *hand) {
		o := h.pooled(h.id(h.class("MTLCompileOptions"), "new"))
		h.send(o, "setMaxTotalThreadsPerThreadgroup:", 1025)
		h.send(o, "setLanguageVersion:", 0x30000)
		h.send(h.device(), "newLibraryWithSource:options:error:", h.string("x"), o, 0)
	}},
	{"an archive has a descriptor", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newBinaryArchiveWithDescriptor:error:", 0, 0)
	}},
	{"what an archive gets has a function", RuleNilArgument, "function", func(h *hand) {
		d := h.pooled(h.id(h.class("MTLComputePipelineDescriptor"), "new"))
		h.send(h.archive(), "addComputePipelineFunctionsWithDescriptor:error:", d, 0)
	}},
	{"an archive is written somewhere", RuleNilArgument, "URL", func(h *hand) { h.send(h.archive(), "serializeToURL:error:", 0, 0) }},
	{"a URL has a path", RuleNilArgument, "path", func(h *hand) { h.send(h.class("NSURL"), "fileURLWithPath:", 0) }},
	{"a library's data is not nil", RuleNilArgument, "data", func(h *hand) { h.send(h.device(), "newLibraryWithData:error:", 0, 0) }},
	{"a library's data is dispatch data", RuleArgumentClass, "dispatch_data_t", func(h *hand) {
		h.send(h.device(), "newLibraryWithData:error:", h.string("x"), 0)
	}},
	{"a library's URL is not nil", RuleNilArgument, "URL", func(h *hand) { h.send(h.device(), "newLibraryWithURL:error:", 0, 0) }},
	{"data is copied from memory that is there", RuleBadAddress, "8 bytes", func(h *hand) {
		h.function("dispatch_data_create", uintptr(0x10_0000_0000), 8, 0, 0)
	}},
	{"data has a length that memory can hold", RuleBadAddress, "length", func(h *hand) {
		h.function("dispatch_data_create", []byte("x"), 1<<60, 0, 0)
	}},
	{"data is copied, and not given back by a destructor", RuleNotImplemented, "destructor", func(h *hand) {
		h.function("dispatch_data_create", []byte("x"), 1, 0, 1)
	}},
	{"a function's descriptor has a name", RuleNilArgument, "name", func(h *hand) {
		h.send(emptyLibrary(h), "newFunctionWithDescriptor:error:", h.id(h.class("MTLFunctionDescriptor"), "functionDescriptor"), 0)
	}},
	{"functions that are called by address are not here", RuleNotImplemented, "0x1", func(h *hand) {
		d := h.id(h.class("MTLFunctionDescriptor"), "functionDescriptor")
		h.send(d, "setName:", h.string("f"))
		h.send(d, "setOptions:", 1)
		h.send(emptyLibrary(h), "newFunctionWithDescriptor:error:", d, 0)
	}},
}

// Those of macOS 26.
var newerBreaches = []breach{
	{"a counter heap has a descriptor", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newCounterHeapWithDescriptor:error:", 0, 0)
	}},
	{"a counter heap has a type", RuleEnum, "type 0", func(h *hand) {
		d := h.pooled(h.id(h.class("MTL4CounterHeapDescriptor"), "new"))
		h.send(d, "setCount:", 1)
		h.send(h.device(), "newCounterHeapWithDescriptor:error:", d, 0)
	}},
	{"a type of counter heap is one of the enumeration", RuleEnum, "2 is no", func(h *hand) {
		h.send(h.pooled(h.id(h.class("MTL4CounterHeapDescriptor"), "new")), "setType:", 2)
	}},
	{"an entry's size is that of a type", RuleEnum, "type 0", func(h *hand) { h.send(h.device(), "sizeOfCounterHeapEntry:", 0) }},
	{"entries that are read lie in the counter heap", RuleIndex, "2 entries from 3", func(h *hand) {
		h.send(h.counterHeap(4), "resolveCounterRange:", span{3, 2})
	}},
	{"entries that are invalidated lie in the counter heap", RuleIndex, "5 entries from 0", func(h *hand) {
		h.send(h.counterHeap(4), "invalidateCounterRange:", span{0, 5})
	}},
	{"threadgroups have the size that the pipeline requires", RuleRequiredThreads, "requires [32 2 1]", func(h *hand) {
		d := h.pipelineDescriptor()
		h.send(d, "setRequiredThreadsPerThreadgroup:", size{32, 2, 1})
		p := h.build(d, 0, 0)
		e, _ := h.encoder(0)
		h.send(e, "setComputePipelineState:", p)
		h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{64, 2, 1}, size{64, 1, 1})
	}},
	{"what is reflected has a name", RuleNilArgument, "name", func(h *hand) {
		h.send(emptyLibrary(h), "reflectionForFunctionWithName:", 0)
	}},
	{"a required size has no zero", RuleThreadsPerGroup, "[32 0 1]", func(h *hand) {
		d := h.pipelineDescriptor()
		h.send(d, "setRequiredThreadsPerThreadgroup:", size{32, 0, 1})
		h.build(d, 0, 0)
	}},
	{"a required size is one that the kernel can have", RuleThreadsPerGroup, "allows 256", func(h *hand) {
		d := h.pipelineDescriptor()
		h.send(d, "setRequiredThreadsPerThreadgroup:", size{512, 1, 1})
		h.build(d, 0, 0)
	}},
}
