//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

func TestLinkingArgumentsAreCheckedBeforeMetalSeesThem(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	other, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	old, _ := openSoftware(t, softmetal.Options{MacOS: "13.0"})
	poor, _ := openSoftware(t, softmetal.Options{MacOS: "26.0", AppleFamily: 5})
	compiler, _ := h.compiler()

	dynamic := h.dynamic(doubleSource, "double", mtl.CompileOptions{})
	foreign := other.dynamic(doubleSource, "double", mtl.CompileOptions{})
	gone := h.dynamic(doubleSource, "double", mtl.CompileOptions{})
	gone.Release()
	calls := owned[*mtl.Library](h)(h.device.NewLibraryWithSource(callsSource, mtl.CompileOptions{AllowReferencingUndefinedSymbols: true}))
	f := owned[*mtl.Function](h)(calls.NewFunction("calls"))
	visible := owned[*mtl.Library](h)(h.device.NewLibraryWithSource("#include <metal_stdlib>\n[[visible]] uint shift(uint x) { return x; }", mtl.CompileOptions{}))
	shift := owned[*mtl.Function](h)(visible.NewFunction("shift"))
	goneShift := check[*mtl.Function](h)(visible.NewFunction("shift"))
	goneShift.Release()
	archive := owned[*mtl.BinaryArchive](h)(h.device.NewBinaryArchive(""))

	library := func(h hardware, o mtl.CompileOptions) error {
		return refused(h.device.NewLibraryWithSource(doubleSource, o))
	}
	linked := func(functions ...*mtl.Function) error {
		p := mtl.ComputePipelineDescriptor{Function: f, LinkedFunctions: functions}
		err := refused(h.device.NewComputePipelineStateWithDescriptor(p))
		if added := archive.AddComputePipelineFunctions(p); err == nil || added == nil {
			t.Errorf("an archive says %v, the device %v", added, err)
		}
		return err
	}
	linked4 := func(functions ...mtl.FunctionDescriptor4) error {
		return refused(compiler.NewComputePipelineState(mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: calls, Name: "calls"}, LinkedFunctions: functions}))
	}
	preloaded := func(l *mtl.DynamicLibrary) error {
		err := refused(compiler.NewComputePipelineState(mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: calls, Name: "calls"}, PreloadedLibraries: []*mtl.DynamicLibrary{l}}))
		before := refused(h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, PreloadedLibraries: []*mtl.DynamicLibrary{l}}))
		if (err == nil) != (before == nil) {
			t.Errorf("Metal 4 says %v, Metal 3 %v", err, before)
		}
		return err
	}
	var (
		noDevice   *mtl.Device
		noCompiler *mtl.Compiler
		noDynamic  *mtl.DynamicLibrary
		noLibrary  *mtl.Library
	)
	path := filepath.Join(t.TempDir(), "library")
	for _, c := range []struct {
		name string
		err  error
		is   error
		says string
	}{
		{"a library type that there is not", library(h, mtl.CompileOptions{LibraryType: 2}), mtl.ErrArgument, "LibraryType is 2, want 0"},
		{"a dynamic library without a name", library(h, mtl.CompileOptions{LibraryType: mtl.LibraryTypeDynamic}), mtl.ErrArgument, "InstallName"},
		{"a visibility that there is not", library(h, mtl.CompileOptions{CompileSymbolVisibility: 2}), mtl.ErrArgument, "CompileSymbolVisibility is 2"},
		{"half a required size", library(h, mtl.CompileOptions{RequiredThreadsPerThreadgroup: mtl.Size{Width: 32}}), mtl.ErrArgument, "is 32x0x0"},
		{"a nil library to link with", library(h, mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{nil}}), mtl.ErrNil, "DynamicLibrary"},
		{"a library of another device", library(h, mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{foreign}}), mtl.ErrForeign, "DynamicLibrary"},
		{"a released library", library(h, mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{gone}}), mtl.ErrReleased, "DynamicLibrary"},
		{"a visibility on macOS 13.0", library(old, mtl.CompileOptions{CompileSymbolVisibility: mtl.CompileSymbolVisibilityHidden}), mtl.ErrUnsupported, "needs macOS 13.3"},
		{"undefined symbols on macOS 13.0", library(old, mtl.CompileOptions{AllowReferencingUndefinedSymbols: true}), mtl.ErrUnsupported, "needs macOS 13.3"},
		{"a required size on macOS 13.0", library(old, mtl.CompileOptions{RequiredThreadsPerThreadgroup: line(32)}), mtl.ErrUnsupported, "needs macOS 26"},
		{"a dynamic library on a GPU without", library(poor, mtl.CompileOptions{LibraryType: mtl.LibraryTypeDynamic, InstallName: "x"}), mtl.ErrUnsupported, "no dynamic libraries"},
		{"a file on a GPU without", refused(poor.device.NewDynamicLibraryWithFile(path)), mtl.ErrUnsupported, "no dynamic libraries"},
		{"a dynamic library of one that is not", refused(h.device.NewDynamicLibrary(visible)), mtl.ErrArgument, "is executable, want dynamic"},
		{"a dynamic library of nothing", refused(h.device.NewDynamicLibrary(nil)), mtl.ErrNil, "Library"},
		{"no path", refused(h.device.NewDynamicLibraryWithFile("")), mtl.ErrArgument, "path"},
		{"no path to write to", dynamic.Serialize(""), mtl.ErrArgument, "path"},
		{"a path that can't be written to", dynamic.Serialize(filepath.Join(path, "x")), nil, "no such file"},
		{"a kernel as a linked function", linked(f), mtl.ErrArgument, `type of linked function "calls" is 3, want 5`},
		{"a linked function twice", linked(shift, shift), mtl.ErrArgument, `"shift" twice`},
		{"a nil linked function", linked(nil), mtl.ErrNil, "Function"},
		{"a released linked function", linked(goneShift), mtl.ErrReleased, "Function"},
		{"a linked function of Metal 4 twice", linked4(mtl.FunctionDescriptor4{Library: visible, Name: "shift"}, mtl.FunctionDescriptor4{Library: visible, Name: "shift"}), mtl.ErrArgument, `"shift" twice`},
		{"a linked function of Metal 4 without a name", linked4(mtl.FunctionDescriptor4{Library: visible}), mtl.ErrArgument, "LinkedFunctions[0].Name"},
		{"a linked function of Metal 4 without a library", linked4(mtl.FunctionDescriptor4{Name: "shift"}), mtl.ErrNil, "Library"},
		{"a nil library to preload", preloaded(nil), mtl.ErrNil, "DynamicLibrary"},
		{"a library of another device to preload", preloaded(foreign), mtl.ErrForeign, "DynamicLibrary"},
		{"a released library to preload", preloaded(gone), mtl.ErrReleased, "DynamicLibrary"},
		{"a nil device", refused(noDevice.NewDynamicLibrary(visible)), mtl.ErrNil, "Device"},
		{"a nil device", refused(noDevice.NewDynamicLibraryWithFile(path)), mtl.ErrNil, "Device"},
		{"a nil compiler", refused(noCompiler.NewDynamicLibrary(visible)), mtl.ErrNil, "Compiler"},
		{"a nil compiler", refused(noCompiler.NewDynamicLibraryWithFile(path)), mtl.ErrNil, "Compiler"},
		{"a nil dynamic library", noDynamic.Serialize(path), mtl.ErrNil, "DynamicLibrary"},
		{"a nil dynamic library", noDynamic.SetLabel("x"), mtl.ErrNil, "DynamicLibrary"},
		{"a released dynamic library", gone.Serialize(path), mtl.ErrReleased, "DynamicLibrary"},
		{"a nil library", refused(noLibrary.NewFunctionWithDescriptor(mtl.FunctionDescriptor{Name: "x"})), mtl.ErrNil, "Library"},
		{"a nil library", refused(noLibrary.Type()), mtl.ErrNil, "Library"},
		{"a nil library", refused(noLibrary.InstallName()), mtl.ErrNil, "Library"},
		{"a function without a name", refused(visible.NewFunctionWithDescriptor(mtl.FunctionDescriptor{})), mtl.ErrArgument, "name"},
	} {
		if c.err == nil || c.is != nil && !errors.Is(c.err, c.is) || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%s: %v, want %v with %q", c.name, c.err, c.is, c.says)
		}
	}
	noDynamic.Release()
	if name := check[string](h)(visible.InstallName()); name != "" {
		t.Errorf("an executable library has the install name %q", name)
	}
}

// Where a Mac finds out that a function is in no library, Apple leaves open: here the
// compiler does, unless it is told not to look.
func TestUndefinedFunctionsDoNotCompile(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{})
	dynamic := h.dynamic(doubleSource, "double", mtl.CompileOptions{})
	hidden := h.dynamic(doubleSource, "hidden", mtl.CompileOptions{CompileSymbolVisibility: mtl.CompileSymbolVisibilityHidden})
	for _, c := range []struct {
		name, source string
		options      mtl.CompileOptions
		says         string
	}{
		{"undefined", callsSource, mtl.CompileOptions{}, "program_source:2:13: error: Undefined symbols: shift"},
		{"defined by a library", callsSource, mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{dynamic}}, ""},
		{"hidden by a library", callsSource, mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{hidden}}, "Undefined symbols: shift"},
		{"defined later", callsSource, mtl.CompileOptions{AllowReferencingUndefinedSymbols: true}, ""},
		{"in a dynamic library", callsSource, mtl.CompileOptions{LibraryType: mtl.LibraryTypeDynamic, InstallName: "x"}, "Undefined symbols: shift"},
		{"declared and not used", "#include <metal_stdlib>\nextern uint shift(uint x);\nkernel void k(device uint *x [[buffer(0)]]) { x[0] = 1; }", mtl.CompileOptions{}, ""},
		{"with other address spaces", "#include <metal_stdlib>\nuint shift(device uint *x);\nkernel void k(device uint *x [[buffer(0)]]) { x[0] = shift(x); }", mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{dynamic}}, "Undefined symbols: shift"},
	} {
		l, err := h.device.NewLibraryWithSource(c.source, c.options)
		if c.says == "" && err != nil || c.says != "" && (!errors.Is(err, mtl.ErrCompile) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
		l.Release()
	}
}

// A pipeline finds the libraries that its kernel's library was linked with by their
// install names: those that are loaded, and else files.
func TestInstallNamesAreFound(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{})
	folder := t.TempDir()
	path := filepath.Join(folder, "inner")
	var told *objc.Error
	pipeline := func(l *mtl.Library) (*mtl.ComputePipelineState, error) {
		return h.device.NewComputePipelineState(owned[*mtl.Function](h)(l.NewFunction("calls")))
	}

	for _, name := range []string{"nowhere", path, "@loader_path/inner"} {
		d := h.dynamic(doubleSource, name, mtl.CompileOptions{})
		l := owned[*mtl.Library](h)(h.device.NewLibraryWithSource(callsSource, mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{d}}))
		d.Release()
		if p, err := pipeline(l); !errors.As(err, &told) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s, which is not there: %v", name, err)
			p.Release()
		}
		again := h.dynamic(addSeven, name, mtl.CompileOptions{})
		if got := h.run(owned[*mtl.ComputePipelineState](h)(pipeline(l))); got[63] != 70 {
			t.Errorf("%s, by another library of that name: wrote %v", name, got)
		}
		again.Release()
	}

	// A library that needs another loads it too, from its own folder.
	inner := h.dynamic(doubleSource, "@loader_path/inner", mtl.CompileOptions{})
	outer := h.dynamic("#include <metal_stdlib>\nextern uint shift(uint);\nuint twice(uint x) { return shift(shift(x)); }", filepath.Join(folder, "outer"), mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{inner}})
	l := owned[*mtl.Library](h)(h.device.NewLibraryWithSource(strings.ReplaceAll(callsSource, "shift", "twice"), mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{outer}}))
	if err := errors.Join(inner.Serialize(path), outer.Serialize(filepath.Join(folder, "outer"))); err != nil {
		t.Fatal(err)
	}
	inner.Release()
	outer.Release()
	if got := h.run(owned[*mtl.ComputePipelineState](h)(pipeline(l))); got[63] != 252 {
		t.Errorf("from two files: wrote %v", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := pipeline(l); !errors.As(err, &told) || !strings.Contains(err.Error(), "@loader_path/inner") {
		t.Errorf("the inner file is gone: %v", err)
	}
	if _, err := h.device.NewDynamicLibraryWithFile(filepath.Join(folder, "outer")); !errors.As(err, &told) {
		t.Errorf("a library that lacks another: %v", err)
	}
}

// Two libraries that need each other end in an error, not in a loop.
func TestLibrariesThatNeedEachOtherAreRefused(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{})
	folder := t.TempDir()
	a, b := filepath.Join(folder, "a"), filepath.Join(folder, "b")
	first := h.dynamic(doubleSource, a, mtl.CompileOptions{})
	second := h.dynamic(addSeven, b, mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{first}})
	circle := h.dynamic(doubleSource, a, mtl.CompileOptions{Libraries: []*mtl.DynamicLibrary{second}})
	if err := errors.Join(second.Serialize(b), circle.Serialize(a)); err != nil {
		t.Fatal(err)
	}
	first.Release()
	second.Release()
	circle.Release()
	if _, err := h.device.NewDynamicLibraryWithFile(a); err == nil || !strings.Contains(err.Error(), "needs itself") {
		t.Errorf("%v", err)
	}
}

// A dynamic library gives no functions to make pipelines of.
func TestDynamicLibrariesHaveNoKernels(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{})
	l := owned[*mtl.Library](h)(h.device.NewLibraryWithSource(scaledSource, mtl.CompileOptions{LibraryType: mtl.LibraryTypeDynamic, InstallName: "x"}))
	if names := check[[]string](h)(l.FunctionNames()); len(names) != 0 {
		t.Errorf("functions %q", names)
	}
	if _, err := l.NewFunction("plain"); !errors.Is(err, mtl.ErrNoFunction) {
		t.Errorf("a kernel: %v", err)
	}
}

// What a linked function is made of belongs to what an archive tells apart.
func TestArchivesTellLinkedFunctionsApart(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	calls := owned[*mtl.Library](h)(h.device.NewLibraryWithSource(callsSource, mtl.CompileOptions{AllowReferencingUndefinedSymbols: true}))
	f := owned[*mtl.Function](h)(calls.NewFunction("calls"))
	visible := owned[*mtl.Library](h)(h.device.NewLibraryWithSource("#include <metal_stdlib>\nconstant uint by [[function_constant(0)]];\n[[visible]] uint shift(uint x) { return x + by; }", mtl.CompileOptions{}))
	linked := func(by uint32) mtl.ComputePipelineDescriptor {
		return mtl.ComputePipelineDescriptor{Function: f, LinkedFunctions: []*mtl.Function{h.function(visible, "shift", mtl.FunctionConstant{Value: by})}}
	}
	preloaded := func(source string) mtl.ComputePipelineDescriptor {
		return mtl.ComputePipelineDescriptor{Function: f, PreloadedLibraries: []*mtl.DynamicLibrary{h.dynamic(source, "x", mtl.CompileOptions{})}}
	}
	archive := owned[*mtl.BinaryArchive](h)(h.device.NewBinaryArchive(""))
	if err := errors.Join(archive.AddComputePipelineFunctions(linked(1)), archive.AddComputePipelineFunctions(preloaded(doubleSource))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name       string
		descriptor mtl.ComputePipelineDescriptor
		want       error
	}{
		{"the function that was added", linked(1), nil},
		{"another constant", linked(2), mtl.ErrArchiveMiss},
		{"the library that was added", preloaded(doubleSource), nil},
		{"another library", preloaded(addSeven), mtl.ErrArchiveMiss},
	} {
		c.descriptor.BinaryArchives, c.descriptor.Options = []*mtl.BinaryArchive{archive}, mtl.PipelineOptionFailOnBinaryArchiveMiss
		p, err := h.device.NewComputePipelineStateWithDescriptor(c.descriptor)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		p.Release()
	}
}

// A kernel that a function is linked with has to have all its constants, and a name
// that a specialisation took away calls nothing.
func TestLinkedFunctionsAreWhole(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{})
	calls := owned[*mtl.Library](h)(h.device.NewLibraryWithSource(callsSource, mtl.CompileOptions{AllowReferencingUndefinedSymbols: true}))
	f := owned[*mtl.Function](h)(calls.NewFunction("calls"))
	visible := owned[*mtl.Library](h)(h.device.NewLibraryWithSource("#include <metal_stdlib>\nconstant uint by [[function_constant(0)]];\n[[visible]] uint shift(uint x) { return x + by; }", mtl.CompileOptions{}))
	for name, c := range map[string]struct {
		function *mtl.Function
		says     string
	}{
		"without its constant": {owned[*mtl.Function](h)(visible.NewFunction("shift")), `"by" has no value`},
		"by another name":      {owned[*mtl.Function](h)(visible.NewFunctionSpecialized("shift", "moved", mtl.FunctionConstant{Value: uint32(1)})), "Undefined symbols: shift(unsigned int)"},
	} {
		_, err := h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, LinkedFunctions: []*mtl.Function{c.function}})
		var told *objc.Error
		if !errors.As(err, &told) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	if _, err := h.device.NewComputePipelineState(owned[*mtl.Function](h)(visible.NewFunctionWithConstants("shift", mtl.FunctionConstant{Value: uint32(1)}))); !errors.Is(err, mtl.ErrArgument) {
		t.Errorf("a pipeline of a visible function: %v", err)
	}
}
