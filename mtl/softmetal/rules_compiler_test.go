package softmetal

import (
	"slices"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

func (h *hand) made(class string) objc.ID { return h.pooled(h.id(h.class(class), "new")) }

func (h *hand) array(objects ...objc.ID) objc.ID {
	return h.id(h.class("NSArray"), "arrayWithObjects:count:", objects, len(objects))
}

func (h *hand) compiler() objc.ID {
	return h.pooled(h.id(h.device(), "newCompilerWithDescriptor:error:", h.made("MTL4CompilerDescriptor"), 0))
}

func (h *hand) serializer(configuration int) objc.ID {
	d := h.made("MTL4PipelineDataSetSerializerDescriptor")
	h.send(d, "setConfiguration:", configuration)
	return h.pooled(h.id(h.device(), "newPipelineDataSetSerializerWithDescriptor:", d))
}

// function4 describes a function of a library that has none.
func (h *hand) function4() objc.ID {
	f := h.made("MTL4LibraryFunctionDescriptor")
	h.send(f, "setName:", h.string("k"))
	h.send(f, "setLibrary:", emptyLibrary(h))
	return f
}

func (h *hand) pipeline4(function any) objc.ID {
	p := h.made("MTL4ComputePipelineDescriptor")
	h.send(p, "setComputeFunctionDescriptor:", function)
	return p
}

func (h *hand) compile4(pipeline any) {
	h.send(h.compiler(), "newComputePipelineStateWithDescriptor:dynamicLinkingDescriptor:compilerTaskOptions:error:", pipeline, 0, 0, 0)
}

// linked is a function of a library that has none, as a linked function.
func (h *hand) linked(kind string, n int) objc.ID {
	h.mu.Lock()
	from := h.make(h.classes["SoftMetalLibrary"], new(library))
	f := h.make(h.classes["SoftMetalFunction"], &function{from: new(library), description: mslrun.Function{Name: "f", Kind: kind}, owner: from, as: "g"})
	h.Device.autorelease(f, "test")
	h.mu.Unlock()
	l := h.id(h.class("MTLLinkedFunctions"), "linkedFunctions")
	h.send(l, "setPrivateFunctions:", h.array(slices.Repeat([]objc.ID{f.id}, n)...))
	return l
}

// aLibrary is one of a type, without functions.
func (h *hand) aLibrary(kind int64) objc.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.make(h.classes["SoftMetalLibrary"], &library{sourceSettings: sourceSettings{Kind: kind}})
	h.Device.autorelease(o, "test")
	return o.id
}

var compilerBreaches = []breach{
	{"a dynamic library is made of a library", RuleNilArgument, "library", func(h *hand) { h.send(h.device(), "newDynamicLibrary:error:", 0, 0) }},
	{"a dynamic library is made of a dynamic one", RuleLibraryType, "this one has type 0", func(h *hand) {
		h.send(h.compiler(), "newDynamicLibrary:error:", h.aLibrary(0), 0)
	}},
	{"a dynamic library is loaded from somewhere", RuleNilArgument, "URL", func(h *hand) {
		h.send(h.compiler(), "newDynamicLibraryWithURL:error:", 0, 0)
	}},
	{"a library type is one of the enumeration", RuleEnum, "2 is no MTLLibraryType", func(h *hand) { h.send(h.made("MTLCompileOptions"), "setLibraryType:", 2) }},
	{"a symbol visibility is one of the enumeration", RuleEnum, "2 is no MTLCompileSymbolVisibility", func(h *hand) {
		h.send(h.made("MTLCompileOptions"), "setCompileSymbolVisibility:", 2)
	}},
	{"a dynamic library has an install name", RuleNilArgument, "install name", func(h *hand) {
		o := h.made("MTLCompileOptions")
		h.send(o, "setLibraryType:", 1)
		h.send(h.device(), "newLibraryWithSource:options:error:", h.string("x"), o, 0)
	}},
	{"a size that a library requires has no zero", RuleThreadsPerGroup, "[32 0 1]", func(h *hand) {
		o := h.made("MTLCompileOptions")
		h.send(o, "setRequiredThreadsPerThreadgroup:", size{32, 0, 1})
		h.send(h.device(), "newLibraryWithSource:options:error:", h.string("x"), o, 0)
	}},
	{"libraries that a source is linked with are dynamic", RuleArgumentClass, "not a MTLDynamicLibrary", func(h *hand) {
		h.send(h.made("MTLCompileOptions"), "setLibraries:", h.array(h.aLibrary(1)))
	}},
	{"libraries that are preloaded are dynamic", RuleArgumentClass, "not a MTLDynamicLibrary", func(h *hand) {
		h.send(h.made("MTLComputePipelineDescriptor"), "setPreloadedLibraries:", h.array(h.aLibrary(1)))
	}},
	{"libraries that are preloaded are dynamic in Metal 4", RuleArgumentClass, "not a MTLDynamicLibrary", func(h *hand) {
		h.send(h.made("MTL4PipelineStageDynamicLinkingDescriptor"), "setPreloadedLibraries:", h.array(h.aLibrary(1)))
	}},
	{"what is linked with are functions", RuleArgumentClass, "not a MTLFunction", func(h *hand) {
		h.send(h.made("MTLLinkedFunctions"), "setPrivateFunctions:", h.array(h.aLibrary(0)))
	}},
	{"what is linked with are descriptors in Metal 4", RuleArgumentClass, "not a MTL4FunctionDescriptor", func(h *hand) {
		h.send(h.made("MTL4StaticLinkingDescriptor"), "setPrivateFunctionDescriptors:", h.array(h.aLibrary(0)))
	}},
	{"functions that are linked with are visible", RuleFunctionType, "not visible", func(h *hand) {
		d := h.pipelineDescriptor()
		h.send(d, "setLinkedFunctions:", h.linked("kernel", 1))
		h.build(d, 0, 0)
	}},
	{"functions that are linked with have names of their own", RuleLinkedFunctions, `"g"`, func(h *hand) {
		d := h.pipelineDescriptor()
		h.send(d, "setLinkedFunctions:", h.linked("visible", 2))
		h.build(d, 0, 0)
	}},
	{"a pipeline is made of a kernel", RuleFunctionType, "visible", func(h *hand) {
		d := h.pipelineDescriptor()
		f := h.id(h.id(h.linked("visible", 1), "privateFunctions"), "objectAtIndex:", 0)
		h.send(d, "setComputeFunction:", f)
		h.build(d, 0, 0)
	}},
	{"a compiler has a descriptor", RuleNilArgument, "descriptor", func(h *hand) { h.send(h.device(), "newCompilerWithDescriptor:error:", 0, 0) }},
	{"a pipeline of Metal 4 has a descriptor", RuleNilArgument, "descriptor", func(h *hand) { h.compile4(0) }},
	{"a pipeline of Metal 4 has a function", RuleNilArgument, "descriptor of a function", func(h *hand) { h.compile4(h.pipeline4(0)) }},
	{"a function of Metal 4 has a library", RuleNilArgument, "library", func(h *hand) {
		f := h.made("MTL4LibraryFunctionDescriptor")
		h.send(f, "setName:", h.string("k"))
		h.compile4(h.pipeline4(f))
	}},
	{"a function of Metal 4 has a name", RuleNilArgument, "name", func(h *hand) {
		f := h.made("MTL4LibraryFunctionDescriptor")
		h.send(f, "setLibrary:", emptyLibrary(h))
		h.compile4(h.pipeline4(f))
	}},
	{"what is specialised is a function", RuleNilArgument, "descriptor of a function", func(h *hand) {
		h.compile4(h.pipeline4(h.made("MTL4SpecializedFunctionDescriptor")))
	}},
	{"a function is specialised once", RuleNotImplemented, "twice", func(h *hand) {
		once, twice := h.made("MTL4SpecializedFunctionDescriptor"), h.made("MTL4SpecializedFunctionDescriptor")
		h.send(once, "setFunctionDescriptor:", h.function4())
		h.send(twice, "setFunctionDescriptor:", once)
		h.compile4(h.pipeline4(twice))
	}},
	{"a library of Metal 4 has a source", RuleNilArgument, "source", func(h *hand) {
		h.send(h.compiler(), "newLibraryWithDescriptor:error:", h.made("MTL4LibraryDescriptor"), 0)
	}},
	{"support of indirect command buffers is of the enumeration", RuleEnum, "2 is no MTL4Indirect", func(h *hand) {
		h.send(h.made("MTL4ComputePipelineDescriptor"), "setSupportIndirectCommandBuffers:", 2)
	}},
	{"a shader validation of Metal 4 is one of the enumeration", RuleEnum, "3 is no MTLShaderValidation", func(h *hand) {
		h.send(h.made("MTL4PipelineOptions"), "setShaderValidation:", 3)
	}},
	{"a shader reflection is of the enumeration", RuleEnum, "0x4 is no MTL4ShaderReflection", func(h *hand) {
		h.send(h.made("MTL4PipelineOptions"), "setShaderReflection:", 4)
	}},
	{"archives that are looked at are archives of Metal 4", RuleArgumentClass, "not a MTL4Archive", func(h *hand) {
		h.send(h.made("MTL4CompilerTaskOptions"), "setLookupArchives:", h.array(h.archive()))
	}},
	{"an archive of Metal 4 has a URL", RuleNilArgument, "URL", func(h *hand) { h.send(h.device(), "newArchiveWithURL:error:", 0, 0) }},
	{"a serializer has a descriptor", RuleNilArgument, "descriptor", func(h *hand) {
		h.send(h.device(), "newPipelineDataSetSerializerWithDescriptor:", 0)
	}},
	{"what a serializer collects is of the enumeration", RuleEnum, "0x4", func(h *hand) { h.serializer(4) }},
	{"a serializer writes somewhere", RuleNilArgument, "URL", func(h *hand) {
		h.send(h.serializer(captureBinaries), "serializeAsArchiveAndFlushToURL:error:", 0, 0)
	}},
	{"an archive is written of binaries that were captured", RuleCaptured, "no binaries", func(h *hand) {
		h.send(h.serializer(captureDescriptors), "serializeAsArchiveAndFlushToURL:error:", h.file("/absent/x"), 0)
	}},
	{"a script is written of descriptors that were captured", RuleCaptured, "no descriptors", func(h *hand) {
		h.send(h.serializer(captureBinaries), "serializeAsPipelinesScriptWithError:", 0)
	}},
}
