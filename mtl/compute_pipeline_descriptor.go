package mtl

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tqmetal/tqmetal/objc"
)

// A PipelineOption asks for something beside a pipeline (MTLPipelineOption).
type PipelineOption uint64

// Pipeline options, which may be combined by |.
const (
	PipelineOptionNone PipelineOption = 0
	// PipelineOptionBindingInfo asks for [ComputePipelineState.Bindings], and has
	// every dispatch of a [ComputeCommandEncoder] checked against them.
	PipelineOptionBindingInfo PipelineOption = 1
	// PipelineOptionBufferTypeInfo asks Metal to find out more of the types in
	// buffers than Bindings tells.
	PipelineOptionBufferTypeInfo PipelineOption = 2
	// PipelineOptionFailOnBinaryArchiveMiss makes it an error, which wraps
	// [ErrArchiveMiss], when none of the descriptor's binary archives has the
	// kernel: nothing is compiled.
	PipelineOptionFailOnBinaryArchiveMiss PipelineOption = 4
)

// String returns the names of the options.
func (o PipelineOption) String() string {
	return optionNames("PipelineOption", o, PipelineOptionBindingInfo, "binding info", "buffer type info", "fail on binary archive miss")
}

const allPipelineOptions = PipelineOptionBindingInfo | PipelineOptionBufferTypeInfo | PipelineOptionFailOnBinaryArchiveMiss

// A Mutability says whether a buffer may change between the moment when it is
// bound and the end of the work (MTLMutability).
type Mutability uint64

// Mutabilities.
const (
	MutabilityDefault   Mutability = 0 // mutable, for a buffer
	MutabilityMutable   Mutability = 1 // CPU and GPU may write to it
	MutabilityImmutable Mutability = 2 // nobody writes to it: the compiler may read it early
)

// String returns the name of the mutability.
func (m Mutability) String() string {
	return enumName("Mutability", m, "default", "mutable", "immutable")
}

// A ShaderValidation says whether the kernels of a pipeline are checked while
// they run, against addresses out of bounds and the like
// (MTLShaderValidation). It costs much.
type ShaderValidation int64

// Shader validations.
const (
	ShaderValidationDefault  ShaderValidation = 0 // as MTL_SHADER_VALIDATION says
	ShaderValidationEnabled  ShaderValidation = 1
	ShaderValidationDisabled ShaderValidation = 2
)

// String returns the name of the validation.
func (v ShaderValidation) String() string {
	return enumName("ShaderValidation", v, "default", "enabled", "disabled")
}

// A ComputePipelineDescriptor says how a kernel becomes a pipeline
// (MTLComputePipelineDescriptor). All but the function may be left out.
type ComputePipelineDescriptor struct {
	Function *Function // the kernel
	Label    string    // a name for Metal's messages and its debugger
	// MaxTotalThreadsPerThreadgroup promises that no threadgroup has more
	// threads, so that the compiler may use more registers. Zero: no promise.
	MaxTotalThreadsPerThreadgroup int
	// ThreadGroupSizeIsMultipleOfThreadExecutionWidth promises that all
	// threadgroups are made of whole simdgroups.
	ThreadGroupSizeIsMultipleOfThreadExecutionWidth bool
	// SupportIndirectCommandBuffers lets commands of an [IndirectCommandBuffer]
	// have the pipeline.
	SupportIndirectCommandBuffers bool
	// RequiredThreadsPerThreadgroup is the size of every threadgroup, which the
	// compiler may then count on (macOS 26). Zero: any size.
	RequiredThreadsPerThreadgroup Size
	// Mutability says, by buffer index, what is promised of buffers.
	Mutability map[int]Mutability
	// MaxCallStackDepth is how deep calls may go that are not inlined, as those into
	// dynamic libraries are. Zero: 1.
	MaxCallStackDepth int
	// ShaderValidation checks the kernel while it runs (macOS 15).
	ShaderValidation ShaderValidation
	// BinaryArchives are where Metal looks for the compiled kernel before it
	// compiles.
	BinaryArchives []*BinaryArchive
	// LinkedFunctions are visible functions that the kernel calls by the names under
	// which its source declares them: no two of one name. They become part of it.
	LinkedFunctions []*Function
	// PreloadedLibraries have functions that the kernel calls and that its library
	// does not define. They come before those that the library was linked with.
	PreloadedLibraries []*DynamicLibrary
	// Options ask for more than the pipeline.
	Options PipelineOption
}

// check checks what does not need Metal, for a descriptor whose function is in
// use.
func (p *ComputePipelineDescriptor) check(method string, d *Device) error {
	limit := d.limits.MaxThreadsPerThreadgroup
	if n := p.MaxTotalThreadsPerThreadgroup; n < 0 || n > limit.Width {
		return badArgument(method, "MaxTotalThreadsPerThreadgroup", n, "0 to %d", limit.Width)
	}
	if r := p.RequiredThreadsPerThreadgroup; r != (Size{}) && (!r.positive() || r.Width > limit.Width || r.Height > limit.Height || r.Depth > limit.Depth) {
		return badArgument(method, "RequiredThreadsPerThreadgroup", r, "1x1x1 to %v, or nothing", limit)
	}
	for index, m := range p.Mutability {
		if index < 0 || index >= MaxBufferBindings {
			return badArgument(method, "index of Mutability", index, "0 to %d", MaxBufferBindings-1)
		}
		if m > MutabilityImmutable {
			return badArgument(method, "Mutability", uint64(m), "%d (default) to %d (immutable)", MutabilityDefault, MutabilityImmutable)
		}
	}
	if n := p.MaxCallStackDepth; n < 0 {
		return badArgument(method, "MaxCallStackDepth", n, "at least 0")
	}
	if v := p.ShaderValidation; v < ShaderValidationDefault || v > ShaderValidationDisabled {
		return badArgument(method, "ShaderValidation", int64(v), "%d (default) to %d (disabled)", ShaderValidationDefault, ShaderValidationDisabled)
	}
	names := map[string]bool{}
	for _, f := range p.LinkedFunctions {
		if f == nil { // which is found out when it is used
			continue
		}
		if f.functionType != FunctionTypeVisible {
			return badArgument(method, fmt.Sprintf("type of linked function %q", f.name), int(f.functionType), "%d, visible", FunctionTypeVisible)
		}
		if names[f.name] {
			return badArgument(method, "LinkedFunctions", fmt.Sprintf("%q twice", f.name), "each name once")
		}
		names[f.name] = true
	}
	if p.Options&^allPipelineOptions != 0 {
		return badArgument(method, "Options", fmt.Sprintf("%#x", uint64(p.Options)), "a combination of the constants of PipelineOption")
	}
	return nil
}

// use calls f with an MTLComputePipelineDescriptor, which is released
// afterwards. The archives are in use meanwhile.
func (p *ComputePipelineDescriptor) use(s *scope, d *Device, method string, f func(objc.ID)) error {
	object := s.newComputePipelineDescriptor(d.fw.pipelineDescriptor)
	if object == 0 {
		return d.fw.failed("MTLComputePipelineDescriptor", 0)
	}
	defer d.fw.foundation.Release(object)
	s.setComputeFunction(object, p.Function.id)
	if p.Label != "" {
		if err := s.withString(p.Label, func(text objc.ID) { s.setPipelineLabel(object, text) }); err != nil {
			return fmt.Errorf("mtl: %s: Label: %w", method, err)
		}
	}
	if n := p.MaxTotalThreadsPerThreadgroup; n > 0 {
		s.setPipelineMaxTotalThreadsPerThreadgroup(object, uint64(n))
	}
	s.setThreadGroupSizeIsMultiple(object, p.ThreadGroupSizeIsMultipleOfThreadExecutionWidth)
	if p.SupportIndirectCommandBuffers {
		s.setPipelineSupportIndirectCommandBuffers(object, true)
	}
	if err := p.setNewer(s, d, method, object); err != nil {
		return err
	}
	if n := p.MaxCallStackDepth; n > 0 {
		s.setPipelineMaxCallStackDepth(object, uint64(n))
	}
	if len(p.Mutability) > 0 {
		buffers := s.pipelineBuffers(object)
		for _, index := range slices.Sorted(maps.Keys(p.Mutability)) {
			buffer := s.pipelineBufferAtIndex(buffers, uint64(index)) // nil of nil
			if buffer == 0 {
				return d.fw.failed(fmt.Sprintf("%s: Mutability of index %d", method, index), 0)
			}
			s.setMutability(buffer, p.Mutability[index])
		}
	}
	t := &temporaries{s: s, dev: d, method: method}
	defer t.end()
	if len(p.LinkedFunctions) > 0 {
		if functions := useAll(t, "LinkedFunctions", p.LinkedFunctions); functions != 0 {
			linked := s.linkedFunctions(d.fw.linkedFunctions)
			if linked == 0 {
				return d.fw.failed("MTLLinkedFunctions", 0)
			}
			s.setPrivateFunctions(linked, functions)
			s.setPipelineLinkedFunctions(object, linked)
		}
	}
	if len(p.PreloadedLibraries) > 0 {
		if libraries := useAll(t, "PreloadedLibraries", p.PreloadedLibraries); libraries != 0 {
			s.setPipelinePreloadedLibraries(object, libraries)
		}
	}
	if t.err != nil {
		return t.err
	}
	if len(p.BinaryArchives) == 0 {
		f(object)
		return nil
	}
	return withHandles(method, "archives", d, p.BinaryArchives, func(ids []objc.ID) error {
		archives, err := d.fw.foundation.NewArray(ids)
		if err != nil {
			return fmt.Errorf("mtl: %s: %w", method, err)
		}
		defer d.fw.foundation.Release(archives)
		s.setPipelineBinaryArchives(object, archives)
		f(object)
		return nil
	})
}

// setNewer sets what macOS 13 does not have, where it is asked for.
func (p *ComputePipelineDescriptor) setNewer(s *scope, d *Device, method string, object objc.ID) error {
	if p.ShaderValidation != ShaderValidationDefault {
		if !d.fw.foundation.RespondsTo(object, "setShaderValidation:") {
			return fmt.Errorf("mtl: %s: ShaderValidation needs macOS 15: %w", method, ErrUnsupported)
		}
		s.setPipelineShaderValidation(object, p.ShaderValidation)
	}
	if p.RequiredThreadsPerThreadgroup != (Size{}) {
		if !d.fw.foundation.RespondsTo(object, "setRequiredThreadsPerThreadgroup:") {
			return fmt.Errorf("mtl: %s: RequiredThreadsPerThreadgroup needs macOS 26: %w", method, ErrUnsupported)
		}
		s.setPipelineRequiredThreadsPerThreadgroup(object, p.RequiredThreadsPerThreadgroup)
	}
	return nil
}
