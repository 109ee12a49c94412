//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

const (
	callsSource  = "#include <metal_stdlib>\nextern uint shift(uint x);\nkernel void calls(device uint *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] = shift(i); }"
	doubleSource = "#include <metal_stdlib>\nuint shift(uint x) { return 2 * x; }"
	addSeven     = "#include <metal_stdlib>\nuint shift(uint x) { return x + 7; }"
)

// dynamic makes a dynamic library of a source.
func (h hardware) dynamic(source, installName string, options mtl.CompileOptions) *mtl.DynamicLibrary {
	h.Helper()
	options.LibraryType, options.InstallName = mtl.LibraryTypeDynamic, installName
	library, err := h.device.NewLibraryWithSource(source, options)
	if errors.Is(err, mtl.ErrUnsupported) {
		h.Skip(err)
	}
	owned[*mtl.Library](h)(library, err)
	return owned[*mtl.DynamicLibrary](h)(h.device.NewDynamicLibrary(library))
}

func TestHardwareKernelsCallDynamicLibraries(t *testing.T) {
	h := openHardware(t)
	path := filepath.Join(t.TempDir(), "shift.metallib")
	dynamic := h.dynamic(doubleSource, path, mtl.CompileOptions{})
	if err := dynamic.SetLabel("shifting"); err != nil || dynamic.InstallName() != path {
		t.Errorf("install name %q, %v", dynamic.InstallName(), err)
	}
	library := h.newLibrary(callsSource[len("#include <metal_stdlib>\n"):], mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{dynamic}})
	if kind := check[mtl.LibraryType](h)(library.Type()); kind != mtl.LibraryTypeExecutable {
		t.Errorf("type %v", kind)
	}
	f := owned[*mtl.Function](h)(library.NewFunction("calls"))
	if got := h.run(owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineState(f))); got[63] != 126 {
		t.Errorf("wrote %v", got)
	}

	// Once the library is gone, its file is loaded.
	if err := dynamic.Serialize(path); err != nil {
		t.Fatal(err)
	}
	dynamic.Release()
	if got := h.run(owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineState(f))); got[63] != 126 {
		t.Errorf("from the file: wrote %v", got)
	}

	// What is preloaded comes first.
	other := h.dynamic(addSeven, "another", mtl.CompileOptions{})
	p := owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, PreloadedLibraries: []*mtl.DynamicLibrary{other}, MaxCallStackDepth: 2}))
	if got := h.run(p); got[63] != 70 {
		t.Errorf("preloaded: wrote %v", got)
	}
}

func TestHardwareDynamicLibrariesAreKeptInFiles(t *testing.T) {
	h := openHardware(t)
	folder := t.TempDir()
	path := filepath.Join(folder, "shift.metallib")
	if err := h.dynamic(doubleSource, path, mtl.CompileOptions{}).Serialize(path); err != nil {
		t.Fatal(err)
	}
	loaded := owned[*mtl.DynamicLibrary](h)(h.device.NewDynamicLibraryWithFile(path))
	if loaded.InstallName() != path {
		t.Errorf("install name %q", loaded.InstallName())
	}
	library := h.newLibrary(callsSource[len("#include <metal_stdlib>\n"):], mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{loaded}})
	if got := h.run(h.pipeline(library, "calls")); got[63] != 126 {
		t.Errorf("wrote %v", got)
	}
	bad := filepath.Join(folder, "bad")
	if err := os.WriteFile(bad, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	var told *objc.Error
	if _, err := h.device.NewDynamicLibraryWithFile(bad); !errors.As(err, &told) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is no library: %v", err)
	}
	if _, err := h.device.NewDynamicLibraryWithFile(bad + ".absent"); !errors.As(err, &told) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// A function that nothing has is an error, when the pipeline is made at the latest.
func TestHardwareUndefinedFunctionsAreErrors(t *testing.T) {
	h := openHardware(t)
	library, err := h.device.NewLibraryWithSource(callsSource, mtl.CompileOptions{AllowReferencingUndefinedSymbols: true})
	if errors.Is(err, mtl.ErrUnsupported) {
		t.Skip(err)
	}
	owned[*mtl.Library](h)(library, err)
	f := owned[*mtl.Function](h)(library.NewFunction("calls"))
	var told *objc.Error
	if _, err := h.device.NewComputePipelineState(f); !errors.As(err, &told) {
		t.Errorf("a pipeline without it: %v", err)
	}
	hidden := h.dynamic(doubleSource, "hidden", mtl.CompileOptions{CompileSymbolVisibility: mtl.CompileSymbolVisibilityHidden})
	seen := h.dynamic(`#include <metal_stdlib>
uint two() { return 2; }
__attribute__((visibility("default"))) uint shift(uint x) { return two() * x; }`, "seen", mtl.CompileOptions{CompileSymbolVisibility: mtl.CompileSymbolVisibilityHidden})
	with := func(l *mtl.DynamicLibrary) (*mtl.ComputePipelineState, error) {
		return h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, PreloadedLibraries: []*mtl.DynamicLibrary{l}})
	}
	if _, err := with(hidden); !errors.As(err, &told) {
		t.Errorf("a pipeline with a library that hides it: %v", err)
	}
	if got := h.run(owned[*mtl.ComputePipelineState](h)(with(seen))); got[63] != 126 {
		t.Errorf("wrote %v", got)
	}
}

// A visible function becomes part of a kernel that calls it by its name.
func TestHardwareLinksVisibleFunctions(t *testing.T) {
	h := openHardware(t)
	library, err := h.device.NewLibraryWithSource(callsSource, mtl.CompileOptions{AllowReferencingUndefinedSymbols: true})
	if errors.Is(err, mtl.ErrUnsupported) {
		t.Skip(err)
	}
	owned[*mtl.Library](h)(library, err)
	f := owned[*mtl.Function](h)(library.NewFunction("calls"))
	visible := h.newLibrary("constant uint by [[function_constant(0)]];\n[[visible]] uint shift(uint x) { return x + by; }", mtl.CompileOptions{})
	for by, want := range map[uint32]uint32{5: 68, 9: 72} {
		shift := owned[*mtl.Function](h)(visible.NewFunctionWithConstants("shift", mtl.FunctionConstant{Value: by}))
		if shift.Type() != mtl.FunctionTypeVisible {
			t.Errorf("type %v", shift.Type())
		}
		p := owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, LinkedFunctions: []*mtl.Function{shift}}))
		if got := h.run(p); got[63] != want {
			t.Errorf("by %d: wrote %v", by, got)
		}
	}
}

// Metal 4 links as Metal 3 does.
func TestHardwareCompilerLinks(t *testing.T) {
	h := openHardware(t)
	compiler, serializer := h.compiler()
	path := filepath.Join(t.TempDir(), "shift.metallib")
	made := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(doubleSource, mtl.CompileOptions{LibraryType: mtl.LibraryTypeDynamic, InstallName: path}))
	if name := check[string](h)(made.InstallName()); name != path {
		t.Errorf("install name %q", name)
	}
	dynamic := owned[*mtl.DynamicLibrary](h)(compiler.NewDynamicLibrary(made))
	if err := dynamic.Serialize(path); err != nil {
		t.Fatal(err)
	}
	if again := owned[*mtl.DynamicLibrary](h)(compiler.NewDynamicLibraryWithFile(path)); again.InstallName() != path {
		t.Errorf("install name %q", again.InstallName())
	}
	calls := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(callsSource, mtl.CompileOptions{AllowReferencingUndefinedSymbols: true}))
	visible := owned[*mtl.Library](h)(compiler.NewLibraryWithSource("#include <metal_stdlib>\n[[visible]] uint shift(uint x) { return x + 1; }", mtl.CompileOptions{}))
	function := mtl.FunctionDescriptor4{Library: calls, Name: "calls"}
	preloaded := mtl.ComputePipelineDescriptor4{Function: function, PreloadedLibraries: []*mtl.DynamicLibrary{dynamic}, MaxCallStackDepth: 2}
	linked := mtl.ComputePipelineDescriptor4{Function: function, LinkedFunctions: []mtl.FunctionDescriptor4{{Library: visible, Name: "shift"}}}
	for want, descriptor := range map[uint32]mtl.ComputePipelineDescriptor4{126: preloaded, 64: linked} {
		if got := h.run(owned[*mtl.ComputePipelineState](h)(compiler.NewComputePipelineState(descriptor))); got[63] != want {
			t.Errorf("wrote %v, want %d", got, want)
		}
	}
	linked.LinkedFunctions[0].Name = "absent"
	if _, err := compiler.NewComputePipelineState(linked); err == nil {
		t.Error("a linked function that is not there")
	}
	archive := filepath.Join(t.TempDir(), "archive")
	if err := serializer.SerializeAsArchiveAndFlush(archive); err != nil {
		t.Fatal(err)
	}
	if got := h.run(owned[*mtl.ComputePipelineState](h)(owned[*mtl.Archive](h)(h.device.NewArchive(archive)).NewComputePipelineState(preloaded))); got[63] != 126 {
		t.Errorf("from the archive: wrote %v", got)
	}
}

func TestHardwareRequiresTheThreadsOfALibrary(t *testing.T) {
	h := openHardware(t)
	library, err := h.device.NewLibraryWithSource(scaledSource, mtl.CompileOptions{RequiredThreadsPerThreadgroup: line(32)})
	if errors.Is(err, mtl.ErrUnsupported) {
		t.Skip(err)
	}
	owned[*mtl.Library](h)(library, err)
	if size := check[mtl.Size](h)(h.pipeline(library, "plain").RequiredThreadsPerThreadgroup()); size != line(32) {
		t.Errorf("required %v", size)
	}
}

func TestHardwareFunctionsHaveOptions(t *testing.T) {
	h := openHardware(t)
	library := h.newLibrary(scaledSource[len("#include <metal_stdlib>\n"):], mtl.CompileOptions{})
	f := owned[*mtl.Function](h)(library.NewFunctionWithDescriptor(mtl.FunctionDescriptor{Name: "plain", Options: mtl.FunctionOptionStoreFunctionInMetalPipelinesScript}))
	if got := h.run(owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineState(f))); got[63] != 64 {
		t.Errorf("wrote %v", got)
	}
	if _, err := library.NewFunctionWithDescriptor(mtl.FunctionDescriptor{Name: "plain", Options: 1}); !errors.Is(err, mtl.ErrArgument) {
		t.Errorf("compiled to machine code: %v", err)
	}
}
