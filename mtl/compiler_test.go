//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

func TestCompilerNeedsMacOS26(t *testing.T) {
	for _, system := range []string{"13.0", "15.0"} {
		h, _ := openSoftware(t, softmetal.Options{MacOS: system})
		for name, err := range map[string]error{
			"a compiler":   refused(h.device.NewCompiler(mtl.CompilerDescriptor{})),
			"an archive":   refused(h.device.NewArchive("archive")),
			"a serializer": refused(h.device.NewPipelineDataSetSerializer(mtl.PipelineDataSetSerializerDescriptor{})),
		} {
			if !errors.Is(err, mtl.ErrUnsupported) || !strings.Contains(err.Error(), "needs macOS 26") {
				t.Errorf("%s on macOS %s: %v", name, system, err)
			}
		}
	}
}

func TestCompilerArgumentsAreCheckedBeforeMetalSeesThem(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	other, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	compiler, serializer := h.compiler()
	_, foreignSerializer := other.compiler()
	library := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
	foreign := owned[*mtl.Library](other)(other.device.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
	path := filepath.Join(t.TempDir(), "archive")
	if err := serializer.SerializeAsArchiveAndFlush(path); err != nil {
		t.Fatal(err)
	}
	gone := check[*mtl.Archive](h)(h.device.NewArchive(path))
	gone.Release()
	archive := owned[*mtl.Archive](h)(h.device.NewArchive(path))
	foreignArchive := owned[*mtl.Archive](other)(other.device.NewArchive(path))
	goneLibrary := check[*mtl.Library](h)(compiler.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
	goneLibrary.Release()
	goneCompiler := check[*mtl.Compiler](h)(h.device.NewCompiler(mtl.CompilerDescriptor{}))
	goneCompiler.Release()
	goneSerializer := check[*mtl.PipelineDataSetSerializer](h)(h.device.NewPipelineDataSetSerializer(mtl.PipelineDataSetSerializerDescriptor{}))
	goneSerializer.Release()

	pipeline := func(change func(*mtl.ComputePipelineDescriptor4)) error {
		p := mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "plain"}}
		change(&p)
		return refused(compiler.NewComputePipelineState(p))
	}
	in := func(l *mtl.Library) error {
		return pipeline(func(p *mtl.ComputePipelineDescriptor4) { p.Function.Library = l })
	}
	from := func(a *mtl.Archive) error {
		return pipeline(func(p *mtl.ComputePipelineDescriptor4) { p.LookupArchives = []*mtl.Archive{a} })
	}
	with := func(s *mtl.PipelineDataSetSerializer) error {
		return refused(h.device.NewCompiler(mtl.CompilerDescriptor{Serializer: s}))
	}
	var (
		noDevice     *mtl.Device
		noCompiler   *mtl.Compiler
		noArchive    *mtl.Archive
		noSerializer *mtl.PipelineDataSetSerializer
	)
	for _, c := range []struct {
		name string
		err  error
		is   error
		says string
	}{
		{"too many threads", pipeline(func(p *mtl.ComputePipelineDescriptor4) { p.MaxTotalThreadsPerThreadgroup = 1025 }), mtl.ErrArgument, "is 1025, want 0 to 1024"},
		{"half a required size", pipeline(func(p *mtl.ComputePipelineDescriptor4) { p.RequiredThreadsPerThreadgroup.Width = 32 }), mtl.ErrArgument, "is 32x0x0"},
		{"a negative stack", pipeline(func(p *mtl.ComputePipelineDescriptor4) { p.MaxCallStackDepth = -1 }), mtl.ErrArgument, "MaxCallStackDepth is -1"},
		{"a validation that there is not", pipeline(func(p *mtl.ComputePipelineDescriptor4) { p.ShaderValidation = 3 }), mtl.ErrArgument, "ShaderValidation is 3"},
		{"a reflection that there is not", pipeline(func(p *mtl.ComputePipelineDescriptor4) { p.Reflection = 4 }), mtl.ErrArgument, "Reflection is 0x4, want a combination of 1"},
		{"a support that there is not", pipeline(func(p *mtl.ComputePipelineDescriptor4) { p.SupportIndirectCommandBuffers = 2 }), mtl.ErrArgument, "is 2, want 0 (disabled)"},
		{"a library of another device", in(foreign), mtl.ErrForeign, "Library"},
		{"a released library", in(goneLibrary), mtl.ErrReleased, "Library"},
		{"no archive", from(nil), mtl.ErrNil, "Archive"},
		{"an archive of another device", from(foreignArchive), mtl.ErrForeign, "Archive"},
		{"a released archive", from(gone), mtl.ErrReleased, "Archive"},
		{"a serializer of another device", with(foreignSerializer), mtl.ErrForeign, "PipelineDataSetSerializer"},
		{"a released serializer", with(goneSerializer), mtl.ErrReleased, "PipelineDataSetSerializer"},
		{"a configuration that there is not", refused(h.device.NewPipelineDataSetSerializer(mtl.PipelineDataSetSerializerDescriptor{Configuration: 4})), mtl.ErrArgument, "is 0x4"},
		{"an option of the source that there is not", refused(compiler.NewLibraryWithSource("x", mtl.CompileOptions{MathMode: 9})), mtl.ErrArgument, "MathMode is 9"},
		{"a path of nothing", serializer.SerializeAsArchiveAndFlush(""), mtl.ErrArgument, "path"},
		{"a folder that there is not", serializer.SerializeAsArchiveAndFlush(filepath.Join(path, "archive")), nil, "not a directory"},
		{"a nil device", refused(noDevice.NewCompiler(mtl.CompilerDescriptor{})), mtl.ErrNil, "Device"},
		{"a nil device", refused(noDevice.NewArchive(path)), mtl.ErrNil, "Device"},
		{"a nil device", refused(noDevice.NewPipelineDataSetSerializer(mtl.PipelineDataSetSerializerDescriptor{})), mtl.ErrNil, "Device"},
		{"a nil compiler", refused(noCompiler.NewLibraryWithSource("x", mtl.CompileOptions{})), mtl.ErrNil, "Compiler"},
		{"a nil compiler", refused(noCompiler.NewComputePipelineState(mtl.ComputePipelineDescriptor4{})), mtl.ErrNil, "Compiler"},
		{"a released compiler", refused(goneCompiler.NewLibrary(mtl.LibraryDescriptor{})), mtl.ErrReleased, "Compiler"},
		{"a nil archive", refused(noArchive.NewComputePipelineState(mtl.ComputePipelineDescriptor4{})), mtl.ErrNil, "Archive"},
		{"a nil archive", noArchive.SetLabel("x"), mtl.ErrNil, "Archive"},
		{"a released archive", refused(gone.NewComputePipelineState(mtl.ComputePipelineDescriptor4{})), mtl.ErrReleased, "Archive"},
		{"a nil serializer", noSerializer.SerializeAsArchiveAndFlush(path), mtl.ErrNil, "PipelineDataSetSerializer"},
		{"a released serializer", goneSerializer.SerializeAsArchiveAndFlush(path), mtl.ErrReleased, "PipelineDataSetSerializer"},
		{"an archive that is alive", archive.SetLabel("x"), nil, ""},
	} {
		if c.says == "" {
			if c.err != nil {
				t.Errorf("%s: %v", c.name, c.err)
			}
			continue
		}
		if c.err == nil || c.is != nil && !errors.Is(c.err, c.is) || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%s: %v, want %v with %q", c.name, c.err, c.is, c.says)
		}
	}
	noCompiler.Release()
	noArchive.Release()
	noSerializer.Release()
}

// A compiler and its serializer serve many goroutines.
func TestCompilerOfManyGoroutines(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	compiler, serializer := h.compiler()
	library := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
	scaled := func(factor int) mtl.ComputePipelineDescriptor4 {
		return mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "scaled", Constants: []mtl.FunctionConstant{{Value: uint32(factor)}}}}
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			p, err := compiler.NewComputePipelineState(scaled(i % 4))
			if err != nil {
				t.Error(err)
			}
			p.Release()
		})
	}
	all.Wait()
	path := filepath.Join(t.TempDir(), "archive")
	if err := serializer.SerializeAsArchiveAndFlush(path); err != nil {
		t.Fatal(err)
	}
	archive := owned[*mtl.Archive](h)(h.device.NewArchive(path))
	for i := range 4 {
		owned[*mtl.ComputePipelineState](h)(archive.NewComputePipelineState(scaled(i)))
	}
}

// What was written is forgotten: the next file has what came after it.
func TestSerializerForgetsWhatItHasWritten(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	compiler, serializer := h.compiler()
	library := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
	plain := mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "plain"}}
	owned[*mtl.ComputePipelineState](h)(compiler.NewComputePipelineState(plain))
	for i, want := range []error{nil, mtl.ErrArchiveMiss} {
		path := filepath.Join(t.TempDir(), "archive")
		if err := serializer.SerializeAsArchiveAndFlush(path); err != nil {
			t.Fatal(err)
		}
		archive := owned[*mtl.Archive](h)(h.device.NewArchive(path))
		p, err := archive.NewComputePipelineState(plain)
		if !errors.Is(err, want) {
			t.Errorf("file %d: %v, want %v", i, err, want)
		}
		p.Release()
	}
}

// archived writes an archive of one pipeline, and returns what describes it.
func (h hardware) archived() (plain mtl.ComputePipelineDescriptor4, path string) {
	h.Helper()
	compiler, serializer := h.compiler()
	library := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
	plain = mtl.ComputePipelineDescriptor4{Function: mtl.FunctionDescriptor4{Library: library, Name: "plain"}}
	owned[*mtl.ComputePipelineState](h)(compiler.NewComputePipelineState(plain))
	path = filepath.Join(h.TempDir(), "archive")
	if err := serializer.SerializeAsArchiveAndFlush(path); err != nil {
		h.Fatal(err)
	}
	return plain, path
}

// Whether a Mac tells pipelines of one function apart by what else their descriptors
// say, Apple leaves open: here it does, as it may there.
func TestArchiveTellsDescriptorsApart(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	plain, path := h.archived()
	archive := owned[*mtl.Archive](h)(h.device.NewArchive(path))
	for name, c := range map[string]struct {
		change func(*mtl.ComputePipelineDescriptor4)
		want   error
	}{
		"the same":         {func(*mtl.ComputePipelineDescriptor4) {}, nil},
		"another label":    {func(p *mtl.ComputePipelineDescriptor4) { p.Label = "again" }, nil},
		"reflection":       {func(p *mtl.ComputePipelineDescriptor4) { p.Reflection = mtl.ShaderReflectionBindingInfo }, nil},
		"fewer threads":    {func(p *mtl.ComputePipelineDescriptor4) { p.MaxTotalThreadsPerThreadgroup = 64 }, mtl.ErrArchiveMiss},
		"whole simdgroups": {func(p *mtl.ComputePipelineDescriptor4) { p.ThreadGroupSizeIsMultipleOfThreadExecutionWidth = true }, mtl.ErrArchiveMiss},
		"indirect commands": {func(p *mtl.ComputePipelineDescriptor4) {
			p.SupportIndirectCommandBuffers = mtl.IndirectCommandBufferSupportStateEnabled
		}, mtl.ErrArchiveMiss},
		"a required size":      {func(p *mtl.ComputePipelineDescriptor4) { p.RequiredThreadsPerThreadgroup = line(32) }, mtl.ErrArchiveMiss},
		"a deeper stack":       {func(p *mtl.ComputePipelineDescriptor4) { p.MaxCallStackDepth = 3 }, mtl.ErrArchiveMiss},
		"checks while it runs": {func(p *mtl.ComputePipelineDescriptor4) { p.ShaderValidation = mtl.ShaderValidationEnabled }, mtl.ErrArchiveMiss},
	} {
		p := plain
		c.change(&p)
		pipeline, err := archive.NewComputePipelineState(p)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		pipeline.Release()
	}
}

// A released archive among those that a compiler would look at is no matter of
// another archive.
func TestArchiveLooksInItselfAlone(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{MacOS: "26.0"})
	plain, path := h.archived()
	gone := check[*mtl.Archive](h)(h.device.NewArchive(path))
	gone.Release()
	plain.LookupArchives = []*mtl.Archive{gone}
	owned[*mtl.ComputePipelineState](h)(owned[*mtl.Archive](h)(h.device.NewArchive(path)).NewComputePipelineState(plain))
}

// An archive that another system compiled has nothing that can be used, and a file
// of Metal 3 is none.
func TestArchiveOfAnotherSystemIsEmpty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "archive")
	var plain mtl.ComputePipelineDescriptor4
	for i, options := range []softmetal.Options{{MacOS: "26.0"}, {MacOS: "26.0", AppleFamily: 9}} {
		h, _ := openSoftware(t, options)
		compiler, serializer := h.compiler()
		library := owned[*mtl.Library](h)(compiler.NewLibraryWithSource(scaledSource, mtl.CompileOptions{}))
		plain.Function = mtl.FunctionDescriptor4{Library: library, Name: "plain"}
		if i == 0 {
			owned[*mtl.ComputePipelineState](h)(compiler.NewComputePipelineState(plain))
			if err := serializer.SerializeAsArchiveAndFlush(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		archive := owned[*mtl.Archive](h)(h.device.NewArchive(path))
		if _, err := archive.NewComputePipelineState(plain); !errors.Is(err, mtl.ErrArchiveMiss) {
			t.Errorf("on another GPU: %v", err)
		}
		old := owned[*mtl.BinaryArchive](h)(h.device.NewBinaryArchive(""))
		if err := old.Serialize(path); err != nil {
			t.Fatal(err)
		}
		if _, err := h.device.NewArchive(path); err == nil {
			t.Error("a binary archive of Metal 3 is taken")
		}
	}
}
