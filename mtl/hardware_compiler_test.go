//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

// compiler returns a compiler of Metal 4, with a serializer that collects all.
func (h hardware) compiler() (*mtl.Compiler, *mtl.PipelineDataSetSerializer) {
	h.Helper()
	serializer, err := h.device.NewPipelineDataSetSerializer(mtl.PipelineDataSetSerializerDescriptor{
		Configuration: mtl.PipelineDataSetSerializerConfigurationCaptureBinaries | mtl.PipelineDataSetSerializerConfigurationCaptureDescriptors,
	})
	if errors.Is(err, mtl.ErrUnsupported) {
		h.Skip(err)
	}
	owned[*mtl.PipelineDataSetSerializer](h)(serializer, err)
	return owned[*mtl.Compiler](h)(h.device.NewCompiler(mtl.CompilerDescriptor{Label: "compiler", Serializer: serializer})), serializer
}

const scaledSource = `#include <metal_stdlib>
constant uint factor [[function_constant(0)]];
kernel void scaled(device uint *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] = factor * i; }
kernel void plain(device uint *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] = i + 1; }`

// run dispatches 64 threads and returns what they wrote.
func (h hardware) run(pipeline *mtl.ComputePipelineState) []uint32 {
	h.Helper()
	b, view := buffer[uint32](h, 64)
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffer(b, 0, 0)
		enc.DispatchThreadgroups(line(2), line(32))
	})
	return view
}

func TestHardwareCompilerMakesWhatTheDeviceMakes(t *testing.T) {
	h := openHardware(t)
	compiler, _ := h.compiler()
	library := owned[*mtl.Library](h)(compiler.NewLibrary(mtl.LibraryDescriptor{Source: scaledSource, Name: "scaling"}))
	if v, m := library.LanguageVersion(), library.MathMode(); v != mtl.LanguageVersion3_0 || m != mtl.MathModeSafe {
		t.Errorf("compiled as %v with %v math", v, m)
	}
	p := owned[*mtl.ComputePipelineState](h)(compiler.NewComputePipelineState(mtl.ComputePipelineDescriptor4{
		Function:                      mtl.FunctionDescriptor4{Library: library, Name: "scaled", Constants: []mtl.FunctionConstant{{Value: uint32(3)}}, SpecializedName: "tripled"},
		Label:                         "tripling",
		MaxTotalThreadsPerThreadgroup: 64, ThreadGroupSizeIsMultipleOfThreadExecutionWidth: true,
		SupportIndirectCommandBuffers: mtl.IndirectCommandBufferSupportStateEnabled, RequiredThreadsPerThreadgroup: line(32), MaxCallStackDepth: 2,
		ShaderValidation: mtl.ShaderValidationDisabled, Reflection: mtl.ShaderReflectionBindingInfo | mtl.ShaderReflectionBufferTypeInfo,
	}))
	if got := h.run(p); got[63] != 189 {
		t.Errorf("wrote %v", got)
	}
	if n := p.MaxTotalThreadsPerThreadgroup(); n < 32 || n > 64 || !p.SupportIndirectCommandBuffers() {
		t.Errorf("%d threads, indirect %v", n, p.SupportIndirectCommandBuffers())
	}
	if size := check[mtl.Size](h)(p.RequiredThreadsPerThreadgroup()); size != line(32) {
		t.Errorf("required %v", size)
	}
	b := p.Bindings()
	if len(b) != 1 || b[0].Name != "x" || b[0].DataType != mtl.DataTypeUInt || b[0].DataSize != 4 {
		t.Errorf("bindings %+v", b)
	}
	plain := owned[*mtl.ComputePipelineState](h)(compiler.NewComputePipelineState(mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "plain"}}))
	if got := h.run(plain); got[63] != 64 || plain.Bindings() != nil {
		t.Errorf("wrote %v, bindings %v", got, plain.Bindings())
	}
}

func TestHardwareCompilerTellsWhatIsWrong(t *testing.T) {
	h := openHardware(t)
	compiler, _ := h.compiler()
	library := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
	if _, err := compiler.NewLibraryWithSource("kernel", mtl.CompileOptions{}); !errors.Is(err, mtl.ErrCompile) {
		t.Errorf("a wrong source: %v", err)
	}
	for name, c := range map[string]struct {
		function mtl.FunctionDescriptor4
		want     error
	}{
		"a name that there is not":       {mtl.FunctionDescriptor4{Library: library, Name: "absent"}, mtl.ErrNoFunction},
		"a constant without a value":     {mtl.FunctionDescriptor4{Library: library, Name: "scaled"}, nil},
		"a constant of another type":     {mtl.FunctionDescriptor4{Library: library, Name: "scaled", Constants: []mtl.FunctionConstant{{Value: float32(3)}}}, nil},
		"no name":                        {mtl.FunctionDescriptor4{Library: library}, mtl.ErrArgument},
		"no library":                     {mtl.FunctionDescriptor4{Name: "plain"}, mtl.ErrNil},
		"a constant whose name is wrong": {mtl.FunctionDescriptor4{Library: library, Name: "scaled", Constants: []mtl.FunctionConstant{{Index: -1, Value: uint32(3)}}}, mtl.ErrArgument},
	} {
		p, err := compiler.NewComputePipelineState(mtl.ComputePipelineDescriptor4{Function: c.function})
		var told *objc.Error
		if p != nil || err == nil || c.want != nil && !errors.Is(err, c.want) || c.want == nil && !errors.As(err, &told) {
			t.Errorf("%s: %v", name, err)
		}
		p.Release()
	}
}

// What a serializer wrote, an archive has, and nothing else.
func TestHardwareArchiveHasWhatACompilerMade(t *testing.T) {
	h := openHardware(t)
	compiler, serializer := h.compiler()
	library := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
	scaled := func(factor uint32) mtl.ComputePipelineDescriptor4 {
		return mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "scaled", Constants: []mtl.FunctionConstant{{Value: factor}}}}
	}
	owned[*mtl.ComputePipelineState](h)(compiler.NewComputePipelineState(scaled(5)))
	if script, err := serializer.SerializeAsPipelinesScript(); err != nil || len(script) == 0 {
		t.Errorf("script %q, %v", script, err)
	}
	path := filepath.Join(t.TempDir(), "pipelines.archive")
	if err := serializer.SerializeAsArchiveAndFlush(path); err != nil {
		t.Fatal(err)
	}
	archive := owned[*mtl.Archive](h)(h.device.NewArchive(path))
	if err := archive.SetLabel("pipelines"); err != nil {
		t.Error(err)
	}
	if got := h.run(owned[*mtl.ComputePipelineState](h)(archive.NewComputePipelineState(scaled(5)))); got[63] != 315 {
		t.Errorf("wrote %v", got)
	}
	for name, c := range map[string]struct {
		descriptor mtl.ComputePipelineDescriptor4
		want       error
	}{
		"another constant":         {scaled(6), mtl.ErrArchiveMiss},
		"another function":         {mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "plain"}}, mtl.ErrArchiveMiss},
		"a function that is not":   {mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "absent"}}, mtl.ErrNoFunction},
		"a descriptor without one": {mtl.ComputePipelineDescriptor4{}, mtl.ErrArgument},
	} {
		p, err := archive.NewComputePipelineState(c.descriptor)
		if p != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		p.Release()
	}
	missed := scaled(6)
	missed.LookupArchives = []*mtl.Archive{archive}
	if got := h.run(owned[*mtl.ComputePipelineState](h)(compiler.NewComputePipelineState(missed))); got[63] != 378 {
		t.Errorf("what the archive has not: wrote %v", got)
	}
}

func TestHardwareRefusesWhatIsNoArchive(t *testing.T) {
	h := openHardware(t)
	h.compiler() // or skip
	folder := t.TempDir()
	bad := filepath.Join(folder, "bad")
	if err := os.WriteFile(bad, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	var told *objc.Error
	if _, err := h.device.NewArchive(bad); !errors.As(err, &told) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is no archive: %v", err)
	}
	if _, err := h.device.NewArchive(bad + ".absent"); !errors.As(err, &told) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := h.device.NewArchive(""); !errors.Is(err, mtl.ErrArgument) {
		t.Errorf("no path: %v", err)
	}
}

// Each of the two is written only by a serializer that collects it.
func TestHardwareSerializerWritesWhatItCollects(t *testing.T) {
	h := openHardware(t)
	h.compiler() // or skip
	path := filepath.Join(t.TempDir(), "archive")
	for _, c := range []struct {
		configuration   mtl.PipelineDataSetSerializerConfiguration
		script, archive bool
	}{
		{0, true, false},
		{mtl.PipelineDataSetSerializerConfigurationCaptureDescriptors, true, false},
		{mtl.PipelineDataSetSerializerConfigurationCaptureBinaries, false, true},
	} {
		serializer := owned[*mtl.PipelineDataSetSerializer](h)(h.device.NewPipelineDataSetSerializer(mtl.PipelineDataSetSerializerDescriptor{Configuration: c.configuration}))
		compiler := owned[*mtl.Compiler](h)(h.device.NewCompiler(mtl.CompilerDescriptor{Serializer: serializer}))
		library := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
		owned[*mtl.ComputePipelineState](h)(compiler.NewComputePipelineState(mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "plain"}}))
		_, err := serializer.SerializeAsPipelinesScript()
		if got := [2]bool{err == nil, serializer.SerializeAsArchiveAndFlush(path) == nil}; !reflect.DeepEqual(got, [2]bool{c.script, c.archive}) {
			t.Errorf("%v: script and archive %v", c.configuration, got)
		}
	}
}
