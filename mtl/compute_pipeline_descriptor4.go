package mtl

import (
	"fmt"
	"slices"

	"github.com/tqmetal/tqmetal/objc"
)

// A ShaderReflection says what Metal 4 finds out of a kernel while it compiles it
// (MTL4ShaderReflection).
type ShaderReflection uint64

// What is found out, which may be combined by |.
const (
	ShaderReflectionNone ShaderReflection = 0
	// ShaderReflectionBindingInfo asks for [ComputePipelineState.Bindings], and has
	// every dispatch of a [ComputeCommandEncoder] checked against them.
	ShaderReflectionBindingInfo ShaderReflection = 1
	// ShaderReflectionBufferTypeInfo asks Metal to find out more of the types in
	// buffers than Bindings tells.
	ShaderReflectionBufferTypeInfo ShaderReflection = 2
)

// String returns the names of what is found out.
func (r ShaderReflection) String() string {
	return optionNames("ShaderReflection", r, 1, "binding info", "buffer type info")
}

// An IndirectCommandBufferSupportState says whether commands of an
// [IndirectCommandBuffer] may have a pipeline
// (MTL4IndirectCommandBufferSupportState).
type IndirectCommandBufferSupportState int64

// The two states.
const (
	IndirectCommandBufferSupportStateDisabled IndirectCommandBufferSupportState = 0
	IndirectCommandBufferSupportStateEnabled  IndirectCommandBufferSupportState = 1
)

// String returns the name of the state.
func (s IndirectCommandBufferSupportState) String() string {
	return enumName("IndirectCommandBufferSupportState", s, "disabled", "enabled")
}

// A FunctionDescriptor4 names a function of a library, as Metal 4 wants it
// (MTL4LibraryFunctionDescriptor, and MTL4SpecializedFunctionDescriptor where
// there are constants or another name).
type FunctionDescriptor4 struct {
	Library   *Library
	Name      string             // as in the source, or what [[host_name]] says
	Constants []FunctionConstant // the values of its function constants
	// SpecializedName is another name for the function with these constants, by which
	// Metal's messages and its debugger tell it from others. It may be left out.
	SpecializedName string
}

// A ComputePipelineDescriptor4 says how a kernel becomes a pipeline in Metal 4
// (MTL4ComputePipelineDescriptor, and what goes with it). All but the function may
// be left out. Of the mutability of buffers, which [ComputePipelineDescriptor] has,
// Metal 4 is told nothing.
type ComputePipelineDescriptor4 struct {
	Function FunctionDescriptor4 // the kernel
	Label    string              // a name for Metal's messages and its debugger
	// MaxTotalThreadsPerThreadgroup promises that no threadgroup has more
	// threads, so that the compiler may use more registers. Zero: no promise.
	MaxTotalThreadsPerThreadgroup int
	// ThreadGroupSizeIsMultipleOfThreadExecutionWidth promises that all
	// threadgroups are made of whole simdgroups.
	ThreadGroupSizeIsMultipleOfThreadExecutionWidth bool
	// SupportIndirectCommandBuffers says whether commands of an
	// [IndirectCommandBuffer] may have the pipeline. Zero: they may not.
	SupportIndirectCommandBuffers IndirectCommandBufferSupportState
	// RequiredThreadsPerThreadgroup is the size of every threadgroup, which the
	// compiler may then count on. Zero: any size.
	RequiredThreadsPerThreadgroup Size
	// MaxCallStackDepth is how deep calls may go that are not inlined, as those into
	// dynamic libraries are. Zero: 1.
	MaxCallStackDepth int
	// ShaderValidation checks the kernel while it runs.
	ShaderValidation ShaderValidation
	// LinkedFunctions are visible functions that the kernel calls by the names under
	// which its source declares them: no two of one name. They become part of it.
	LinkedFunctions []FunctionDescriptor4
	// PreloadedLibraries have functions that the kernel calls and that its library
	// does not define. They come before those that the library was linked with.
	PreloadedLibraries []*DynamicLibrary
	// Reflection asks for what the kernel declares.
	Reflection ShaderReflection
	// LookupArchives are where a [Compiler] looks for the compiled kernel before it
	// compiles, in their order. An Archive looks in itself alone.
	LookupArchives []*Archive
}

func (p *ComputePipelineDescriptor4) check(method string, d *Device) error {
	if p.Function.Name == "" {
		return badArgument(method, "Function.Name", `""`, "the name of a kernel")
	}
	names := map[string]bool{}
	for i := range p.LinkedFunctions {
		name := p.LinkedFunctions[i].Name
		if name == "" {
			return badArgument(method, fmt.Sprintf("LinkedFunctions[%d].Name", i), `""`, "the name of a visible function")
		}
		if as := p.LinkedFunctions[i].SpecializedName; as != "" {
			name = as
		}
		if names[name] {
			return badArgument(method, "LinkedFunctions", fmt.Sprintf("%q twice", name), "each name once")
		}
		names[name] = true
	}
	if s := p.SupportIndirectCommandBuffers; s < IndirectCommandBufferSupportStateDisabled || s > IndirectCommandBufferSupportStateEnabled {
		return badArgument(method, "SupportIndirectCommandBuffers", int64(s), "%d (disabled) or %d (enabled)", IndirectCommandBufferSupportStateDisabled, IndirectCommandBufferSupportStateEnabled)
	}
	if r := p.Reflection; r&^(ShaderReflectionBindingInfo|ShaderReflectionBufferTypeInfo) != 0 {
		return badArgument(method, "Reflection", fmt.Sprintf("%#x", uint64(r)), "a combination of %d (binding info) and %d (buffer type info)", uint64(ShaderReflectionBindingInfo), uint64(ShaderReflectionBufferTypeInfo))
	}
	same := ComputePipelineDescriptor{
		MaxTotalThreadsPerThreadgroup: p.MaxTotalThreadsPerThreadgroup,
		RequiredThreadsPerThreadgroup: p.RequiredThreadsPerThreadgroup,
		MaxCallStackDepth:             p.MaxCallStackDepth,
		ShaderValidation:              p.ShaderValidation,
	}
	return same.check(method, d)
}

// function makes an MTL4FunctionDescriptor.
func (t *temporaries) function(f *FunctionDescriptor4) objc.ID {
	s, classes := t.s, &t.s.fw.metal4
	library, name := t.use(f.Library), t.text("Name", f.Name)
	object := t.object("MTL4LibraryFunctionDescriptor", s.newLibraryFunctionDescriptor(classes.namedFunction))
	if t.err != nil {
		return 0
	}
	s.setLibraryFunctionDescriptorLibrary(object, library)
	s.setLibraryFunctionDescriptorName(object, name)
	if len(f.Constants) == 0 && f.SpecializedName == "" {
		return object
	}
	special := t.object("MTL4SpecializedFunctionDescriptor", s.newSpecializedFunctionDescriptor(classes.specializedFunction))
	values := t.constants(f.Constants)
	if t.err != nil {
		return 0
	}
	s.setSpecializedFunctionDescriptor(special, object)
	s.setSpecializedFunctionConstantValues(special, values)
	if f.SpecializedName != "" {
		if as := t.text("SpecializedName", f.SpecializedName); as != 0 {
			s.setSpecializedFunctionName(special, as)
		}
	}
	return special
}

// pipeline makes an MTL4ComputePipelineDescriptor.
func (t *temporaries) pipeline(p *ComputePipelineDescriptor4) objc.ID {
	s, classes := t.s, &t.s.fw.metal4
	function := t.function(&p.Function)
	object := t.object("MTL4ComputePipelineDescriptor", s.newComputePipelineDescriptor4(classes.computePipeline))
	if t.err != nil {
		return 0
	}
	s.setComputeFunctionDescriptor(object, function)
	if p.Label != "" {
		if label := t.text("Label", p.Label); label != 0 {
			s.setPipelineLabel4(object, label)
		}
	}
	if n := p.MaxTotalThreadsPerThreadgroup; n > 0 {
		s.setPipelineMaxTotalThreadsPerThreadgroup4(object, uint64(n))
	}
	s.setPipelineMultiple4(object, p.ThreadGroupSizeIsMultipleOfThreadExecutionWidth)
	s.setPipelineSupportIndirectCommandBuffers4(object, p.SupportIndirectCommandBuffers)
	if p.RequiredThreadsPerThreadgroup != (Size{}) {
		s.setPipelineRequiredThreadsPerThreadgroup4(object, p.RequiredThreadsPerThreadgroup)
	}
	if len(p.LinkedFunctions) > 0 {
		ids := make([]objc.ID, len(p.LinkedFunctions))
		for i := range p.LinkedFunctions {
			ids[i] = t.function(&p.LinkedFunctions[i])
		}
		functions := t.array("LinkedFunctions", ids)
		linking := t.object("MTL4StaticLinkingDescriptor", s.newStaticLinkingDescriptor(classes.staticLinking))
		if t.err != nil {
			return 0
		}
		s.setPrivateFunctionDescriptors(linking, functions)
		s.setPipelineStaticLinking(object, linking)
	}
	if p.ShaderValidation != ShaderValidationDefault || p.Reflection != ShaderReflectionNone {
		options := t.object("MTL4PipelineOptions", s.newPipelineOptions(classes.pipelineOptions))
		if options == 0 {
			return 0
		}
		s.setPipelineOptionsShaderValidation(options, p.ShaderValidation)
		s.setPipelineOptionsShaderReflection(options, p.Reflection)
		s.setPipelineOptions4(object, options)
	}
	return object
}

// dynamicLinking makes an MTL4PipelineStageDynamicLinkingDescriptor, or none where
// nothing is asked for that it says.
func (t *temporaries) dynamicLinking(p *ComputePipelineDescriptor4) objc.ID {
	if p.MaxCallStackDepth == 0 && len(p.PreloadedLibraries) == 0 || t.err != nil {
		return 0
	}
	object := t.object("MTL4PipelineStageDynamicLinkingDescriptor", t.s.newDynamicLinkingDescriptor(t.s.fw.metal4.dynamicLinking))
	if object == 0 {
		return 0
	}
	if n := p.MaxCallStackDepth; n > 0 {
		t.s.setDynamicLinkingMaxCallStackDepth(object, uint64(n))
	}
	if len(p.PreloadedLibraries) > 0 {
		if libraries := useAll(t, "PreloadedLibraries", p.PreloadedLibraries); libraries != 0 {
			t.s.setDynamicLinkingPreloadedLibraries(object, libraries)
		}
	}
	return object
}

// taskOptions makes an MTL4CompilerTaskOptions, or none.
func (t *temporaries) taskOptions(p *ComputePipelineDescriptor4) objc.ID {
	if len(p.LookupArchives) == 0 {
		return 0
	}
	archives := useAll(t, "LookupArchives", p.LookupArchives)
	object := t.object("MTL4CompilerTaskOptions", t.s.newCompilerTaskOptions(t.s.fw.metal4.taskOptions))
	if t.err != nil {
		return 0
	}
	t.s.setLookupArchives(object, archives)
	return object
}

// makePipeline4 has a compiler or an archive make a pipeline. sentinels are what a
// failure means.
func (d *Device) makePipeline4(method string, p *ComputePipelineDescriptor4, sentinels []error, send func(s *scope, pipeline, linking, options objc.ID) (id, nsError objc.ID)) (*ComputePipelineState, error) {
	if err := p.check(method, d); err != nil {
		return nil, err
	}
	s := d.fw.begin()
	defer s.end()
	t := &temporaries{s: s, dev: d, method: method}
	defer t.end()
	pipeline, linking, options := t.pipeline(p), t.dynamicLinking(p), t.taskOptions(p)
	if t.err != nil {
		return nil, t.err
	}
	made := newPipeline{sentinels: sentinels}
	made.id, made.nsError = send(s, pipeline, linking, options)
	if made.id == 0 {
		// Metal's text says so too, in words that nobody promises to keep.
		names, err := p.Function.Library.FunctionNames()
		if err == nil && !slices.Contains(names, p.Function.Name) {
			made.sentinels = []error{fmt.Errorf("%w: %q; the library has %q", ErrNoFunction, p.Function.Name, names)}
		}
	} else if made.reflected = p.Reflection&ShaderReflectionBindingInfo != 0; made.reflected {
		made.reflection = s.pipelineReflection(made.id)
	}
	return d.finishPipeline(s, method, p.Function.Name, made)
}
