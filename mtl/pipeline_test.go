//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// A library that was compiled before is loaded from memory, from a file, and from
// beside the program.
func TestCompiledLibrariesAreLoaded(t *testing.T) {
	_, d, q := softDevice(t, softmetal.Options{})
	lib := softmetal.Metallib("#include <metal_stdlib>\nkernel void one(device uint *x [[buffer(0)]]) { x[0] = 41 + __METAL_VERSION__ % 10 + 1; }", 0x30000)
	path := filepath.Join(t.TempDir(), "kernels.metallib")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	beside := filepath.Join(filepath.Dir(program), "default.metallib")
	for _, file := range []string{path, beside} {
		if err := os.WriteFile(file, lib, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	defer os.Remove(beside)
	b := keep[*mtl.Buffer](t)(d.NewBuffer(16, 0))
	for name, load := range map[string]func() (*mtl.Library, error){
		"data":        func() (*mtl.Library, error) { return d.NewLibraryWithData(lib) },
		"a file":      func() (*mtl.Library, error) { return d.NewLibraryWithFile(path) },
		"the default": d.NewDefaultLibrary,
	} {
		l := keep[*mtl.Library](t)(load())
		f := keep[*mtl.Function](t)(l.NewFunction("one"))
		p := keep[*mtl.ComputePipelineState](t)(d.NewComputePipelineState(f))
		contents, err := mtl.Slice[uint32](b, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		contents[0] = 0
		work := keep[*mtl.Submission](t)(q.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
				e.SetComputePipelineState(p)
				e.SetBuffer(b, 0, 0)
				e.DispatchThreads(line(1), line(1))
				return nil
			})
		}))
		if err := work.Wait(context.Background()); err != nil {
			t.Fatal(err)
		}
		if contents[0] != 42 || l.LanguageVersion() != 0 {
			t.Errorf("%s: wrote %d, version %v", name, contents[0], l.LanguageVersion())
		}
	}
}

func TestLibrariesOfAnotherKindAreRefusedByName(t *testing.T) {
	_, d, _ := softDevice(t, softmetal.Options{MacOS: "13.0"})
	for _, c := range []struct {
		name, says string
		load       func() (*mtl.Library, error)
	}{
		{"Apple's", "Apple's tools", func() (*mtl.Library, error) { return d.NewLibraryWithData([]byte("MTLB\x01\x80")) }},
		{"a newer one", "language version 3.2", func() (*mtl.Library, error) { return d.NewLibraryWithData(softmetal.Metallib("", 0x30002)) }},
		{"one that is cut off", "Invalid library file", func() (*mtl.Library, error) { return d.NewLibraryWithData(softmetal.Metallib("", 0x30000)[:25]) }},
		{"one with a wrong source", "error:", func() (*mtl.Library, error) { return d.NewLibraryWithData(softmetal.Metallib("kernel", 0x30000)) }},
		{"nothing", "length is 0", func() (*mtl.Library, error) { return d.NewLibraryWithData(nil) }},
		{"no name", "path is \"\"", func() (*mtl.Library, error) { return d.NewLibraryWithFile("") }},
		{"a folder", "is a directory", func() (*mtl.Library, error) { return d.NewLibraryWithFile(t.TempDir()) }},
	} {
		if _, err := c.load(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}

const addSource = "#include <metal_stdlib>\nkernel void add(device const float *x [[buffer(0)]], device float *y [[buffer(1)]], uint i [[thread_position_in_grid]]) { y[i] += x[i]; }"

func TestPipelineArgumentsAreCheckedBeforeMetalSeesThem(t *testing.T) {
	_, d, _ := softDevice(t, softmetal.Options{MacOS: "26.0"})
	_, other, _ := softDevice(t, softmetal.Options{})
	_, old, _ := softDevice(t, softmetal.Options{MacOS: "14.0"})
	l := keep[*mtl.Library](t)(d.NewLibraryWithSource(addSource, mtl.CompileOptions{}))
	f := keep[*mtl.Function](t)(l.NewFunction("add"))
	oldF := keep[*mtl.Function](t)(keep[*mtl.Library](t)(old.NewLibraryWithSource(addSource, mtl.CompileOptions{})).NewFunction("add"))
	archive := keep[*mtl.BinaryArchive](t)(d.NewBinaryArchive(""))
	foreign := keep[*mtl.BinaryArchive](t)(other.NewBinaryArchive(""))
	gone := keep[*mtl.BinaryArchive](t)(d.NewBinaryArchive(""))
	gone.Release()
	pipeline := func(p mtl.ComputePipelineDescriptor) error {
		p.Function = f
		err := refused(d.NewComputePipelineStateWithDescriptor(p))
		if added := archive.AddComputePipelineFunctions(p); err == nil || added == nil {
			t.Errorf("an archive says %v, the device %v", added, err)
		}
		return err
	}
	for _, c := range []struct {
		name string
		err  error
		is   error
		says string
	}{
		{"too many threads", pipeline(mtl.ComputePipelineDescriptor{MaxTotalThreadsPerThreadgroup: 1025}), mtl.ErrArgument, "is 1025, want 0 to 1024"},
		{"half a required size", pipeline(mtl.ComputePipelineDescriptor{RequiredThreadsPerThreadgroup: mtl.Size{Width: 32}}), mtl.ErrArgument, "is 32x0x0"},
		{"mutability of an index that there is not", pipeline(mtl.ComputePipelineDescriptor{Mutability: map[int]mtl.Mutability{31: 1}}), mtl.ErrArgument, "is 31, want 0 to 30"},
		{"a mutability that there is not", pipeline(mtl.ComputePipelineDescriptor{Mutability: map[int]mtl.Mutability{0: 3}}), mtl.ErrArgument, "Mutability is 3"},
		{"a negative stack", pipeline(mtl.ComputePipelineDescriptor{MaxCallStackDepth: -1}), mtl.ErrArgument, "MaxCallStackDepth is -1"},
		{"a validation that there is not", pipeline(mtl.ComputePipelineDescriptor{ShaderValidation: 3}), mtl.ErrArgument, "ShaderValidation is 3"},
		{"an option that there is not", pipeline(mtl.ComputePipelineDescriptor{Options: 8}), mtl.ErrArgument, "0x8"},
		{"a nil archive", pipeline(mtl.ComputePipelineDescriptor{BinaryArchives: []*mtl.BinaryArchive{nil}}), mtl.ErrNil, "BinaryArchive"},
		{"a released archive", pipeline(mtl.ComputePipelineDescriptor{BinaryArchives: []*mtl.BinaryArchive{gone}}), mtl.ErrReleased, "BinaryArchive"},
		{"an archive of another device", pipeline(mtl.ComputePipelineDescriptor{BinaryArchives: []*mtl.BinaryArchive{foreign}}), mtl.ErrForeign, "BinaryArchive"},
		{"no function", archive.AddComputePipelineFunctions(mtl.ComputePipelineDescriptor{}), mtl.ErrNil, "Function"},
		{"validation on an older system", refused(old.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: oldF, ShaderValidation: 1})), mtl.ErrUnsupported, "macOS 15"},
		{"a required size on an older system", refused(old.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: oldF, RequiredThreadsPerThreadgroup: mtl.Size{Width: 32, Height: 1, Depth: 1}})), mtl.ErrUnsupported, "macOS 26"},
		{"an archive of a path that is no text", refused(d.NewBinaryArchive("/\xff")), nil, "not UTF-8"},
		{"an archive without a file", archive.Serialize(""), mtl.ErrArgument, "path"},
		{"an archive into a folder that is not there", archive.Serialize("/absent/archive"), nil, "MTLBinaryArchiveDomain 4"},
		{"no new name", refused(l.NewFunctionSpecialized("add", "")), mtl.ErrArgument, "specialised name"},
		{"a vector of one", refused(l.NewFunctionWithConstants("add", mtl.FunctionConstant{Value: [1]float32{1}})), mtl.ErrArgument, "[1]float32"},
		{"a vector of vectors", refused(l.NewFunctionWithConstants("add", mtl.FunctionConstant{Value: [2][2]float32{}})), mtl.ErrArgument, "[2][2]float32"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.err == nil || c.is != nil && !errors.Is(c.err, c.is) || !strings.Contains(c.err.Error(), c.says) {
				t.Errorf("error %v, want %v that says %q", c.err, c.is, c.says)
			}
		})
	}
	p := keep[*mtl.ComputePipelineState](t)(d.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, RequiredThreadsPerThreadgroup: mtl.Size{Width: 32, Height: 2, Depth: 1}}))
	if r, err := p.RequiredThreadsPerThreadgroup(); r != (mtl.Size{Width: 32, Height: 2, Depth: 1}) || err != nil {
		t.Errorf("required %v, %v", r, err)
	}
	oldP := keep[*mtl.ComputePipelineState](t)(old.NewComputePipelineState(oldF))
	if _, err := oldP.RequiredThreadsPerThreadgroup(); !errors.Is(err, mtl.ErrUnsupported) {
		t.Errorf("required on macOS 14: %v", err)
	}
}

func TestNilAndReleasedPipelineObjectsAreErrors(t *testing.T) {
	_, d, _ := softDevice(t, softmetal.Options{})
	l := keep[*mtl.Library](t)(d.NewLibraryWithSource(addSource, mtl.CompileOptions{}))
	f := keep[*mtl.Function](t)(l.NewFunction("add"))
	a := keep[*mtl.BinaryArchive](t)(d.NewBinaryArchive(""))
	p := keep[*mtl.ComputePipelineState](t)(d.NewComputePipelineState(f))
	p.Release()
	l.Release()
	f.Release()
	a.Release()
	for _, c := range []struct {
		l    *mtl.Library
		f    *mtl.Function
		a    *mtl.BinaryArchive
		p    *mtl.ComputePipelineState
		want error
	}{{l, f, a, p, mtl.ErrReleased}, {nil, nil, nil, nil, mtl.ErrNil}} {
		for name, err := range map[string]error{
			"Library.Reflection": refused(c.l.Reflection("add")),
			"ComputePipelineState.RequiredThreadsPerThreadgroup": refused(c.p.RequiredThreadsPerThreadgroup()),
			"Library.SetLabel":                          c.l.SetLabel("x"),
			"Library.NewFunctionSpecialized":            refused(c.l.NewFunctionSpecialized("x", "y")),
			"Function.SetLabel":                         c.f.SetLabel("x"),
			"Function.Constants":                        refused(c.f.Constants()),
			"BinaryArchive.SetLabel":                    c.a.SetLabel("x"),
			"BinaryArchive.Serialize":                   c.a.Serialize("x"),
			"BinaryArchive.AddComputePipelineFunctions": c.a.AddComputePipelineFunctions(mtl.ComputePipelineDescriptor{}),
		} {
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
	}
	var none *mtl.Device
	for name, err := range map[string]error{
		"NewLibraryWithData": refused(none.NewLibraryWithData([]byte("x"))),
		"NewLibraryWithFile": refused(none.NewLibraryWithFile("x")),
		"NewDefaultLibrary":  refused(none.NewDefaultLibrary()),
		"NewBinaryArchive":   refused(none.NewBinaryArchive("")),
	} {
		if !errors.Is(err, mtl.ErrNil) {
			t.Errorf("Device.%s: %v", name, err)
		}
	}
}

func TestFailedPipelineObjectsLeaveNothingBehind(t *testing.T) {
	soft, d, _ := softDevice(t, softmetal.Options{})
	l := keep[*mtl.Library](t)(d.NewLibraryWithSource(addSource, mtl.CompileOptions{}))
	f := keep[*mtl.Function](t)(l.NewFunction("add"))
	a := keep[*mtl.BinaryArchive](t)(d.NewBinaryArchive(""))
	for _, c := range []struct {
		fault softmetal.Fault
		do    func() error
	}{
		{softmetal.Fault{Selector: "dispatch_data_create"}, func() error { return refused(d.NewLibraryWithData(softmetal.Metallib("", 0x30000))) }},
		{softmetal.Fault{Selector: "newLibraryWithData:error:"}, func() error { return refused(d.NewLibraryWithData(softmetal.Metallib("", 0x30000))) }},
		{softmetal.Fault{Selector: "initFileURLWithPath:"}, func() error { return refused(d.NewLibraryWithFile("x")) }},
		{softmetal.Fault{Selector: "newLibraryWithURL:error:"}, func() error { return refused(d.NewLibraryWithFile("x")) }},
		{softmetal.Fault{Selector: "newBinaryArchiveWithDescriptor:error:"}, func() error { return refused(d.NewBinaryArchive("")) }},
		{softmetal.Fault{Class: "MTLBinaryArchiveDescriptor", Selector: "new"}, func() error { return refused(d.NewBinaryArchive("")) }},
		{softmetal.Fault{Selector: "initFileURLWithPath:"}, func() error { return refused(d.NewBinaryArchive("x")) }},
		{softmetal.Fault{Selector: "initFileURLWithPath:"}, func() error { return a.Serialize("x") }},
		{softmetal.Fault{Selector: "arrayWithObjects:count:"}, func() error {
			return refused(d.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, BinaryArchives: []*mtl.BinaryArchive{a}}))
		}},
		{softmetal.Fault{Class: "MTLFunctionDescriptor", Selector: "functionDescriptor"}, func() error { return refused(l.NewFunctionSpecialized("add", "plus")) }},
		{softmetal.Fault{Selector: "newFunctionWithDescriptor:error:"}, func() error { return refused(l.NewFunctionSpecialized("add", "plus")) }},
		{softmetal.Fault{Class: "NSString", Selector: "initWithBytes:length:encoding:"}, func() error { return refused(l.NewFunctionSpecialized("add", "plus")) }},
	} {
		t.Run(fmt.Sprint(c.fault), func(t *testing.T) {
			if err := soft.Fail(c.fault); err != nil {
				t.Fatal(err)
			}
			if err := c.do(); !errors.Is(err, mtl.ErrNoObject) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// What a kernel declares is checked at the dispatch, before Metal would abort, for a
// pipeline that knows it.
func TestDispatchesAreCheckedAgainstWhatTheKernelDeclares(t *testing.T) {
	_, d, q := softDevice(t, softmetal.Options{})
	const source = `#include <metal_stdlib>
kernel void k(device const float4 *x [[buffer(0)]], constant uint2 &n [[buffer(3)]], device float *y [[buffer(5)]], threadgroup float4 *shared [[threadgroup(1)]]) {
    shared[0] = x[0] * n.y;
    y[0] = shared[0].x;
}`
	f := keep[*mtl.Function](t)(keep[*mtl.Library](t)(d.NewLibraryWithSource(source, mtl.CompileOptions{})).NewFunction("k"))
	p := keep[*mtl.ComputePipelineState](t)(d.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, Options: mtl.PipelineOptionBindingInfo}))
	small, b := keep[*mtl.Buffer](t)(d.NewBuffer(12, 0)), keep[*mtl.Buffer](t)(d.NewBuffer(64, 0))
	for _, c := range []struct {
		name, says string
		change     func(*mtl.ComputeCommandEncoder)
	}{
		{"all is well", "", func(*mtl.ComputeCommandEncoder) {}},
		{"an offset that is moved to where it may be", "", func(e *mtl.ComputeCommandEncoder) { e.SetBufferOffset(48, 0) }},
		{"a buffer that is shorter than one element", "number of bytes at index 0 (x) is 12, want at least 16, those of one float4", func(e *mtl.ComputeCommandEncoder) { e.SetBuffer(small, 0, 0) }},
		{"bytes that take the place of a buffer", "number of bytes at index 5 (y) is 2, want at least 4", func(e *mtl.ComputeCommandEncoder) { e.SetBytes(make([]byte, 2), 5) }},
		{"an offset that is not aligned", "offset at index 0 (x) is 8, want a multiple of 16", func(e *mtl.ComputeCommandEncoder) { e.SetBufferOffset(8, 0) }},
		{"an offset of several that is not aligned", "offset at index 0 (x) is 4, want a multiple of 16", func(e *mtl.ComputeCommandEncoder) { e.SetBuffers(0, mtl.BufferRange{Buffer: b, Offset: 4}) }},
		{"too few bytes", "number of bytes at index 3 (n) is 4, want at least 8, those of one uint2", func(e *mtl.ComputeCommandEncoder) { e.SetBytes(make([]byte, 4), 3) }},
		{"no threadgroup memory", "threadgroup memory at index 1 (shared) is 0, want at least 16 bytes", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			work, err := q.Encode(func(cb *mtl.CommandBuffer) error {
				return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
					e.SetComputePipelineState(p)
					e.SetBuffer(b, 0, 0)
					e.SetBytes(make([]byte, 8), 3)
					e.SetBuffer(b, 0, 5)
					if c.change != nil {
						e.SetThreadgroupMemoryLength(16, 1)
						c.change(e)
					}
					e.DispatchThreads(line(1), line(1))
					return nil
				})
			})
			if err == nil {
				defer work.Release()
				err = work.Wait(context.Background())
			}
			if c.says == "" && err != nil || c.says != "" && (!errors.Is(err, mtl.ErrArgument) || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
	for _, index := range []int{0, 3, 5} {
		_, err := q.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) error {
				e.SetComputePipelineState(p)
				e.SetThreadgroupMemoryLength(16, 1)
				for _, other := range []int{0, 3, 5} {
					if other != index {
						e.SetBuffer(b, 0, other)
					}
				}
				e.DispatchThreadgroups(line(1), line(1))
				return nil
			})
		})
		if want := fmt.Sprintf("at index %d", index); !errors.Is(err, mtl.ErrArgument) || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing at index %d: %v", index, err)
		}
	}
}

// Another release of macOS, and another GPU, do not use the code of an archive.
func TestArchiveOfAnotherSystemIsNotUsed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "archive")
	for i, c := range []struct {
		options softmetal.Options
		want    error
	}{{softmetal.Options{}, nil}, {softmetal.Options{}, nil}, {softmetal.Options{MacOS: "15.1"}, mtl.ErrArchiveMiss}, {softmetal.Options{AppleFamily: 9}, mtl.ErrArchiveMiss}} {
		_, d, _ := softDevice(t, c.options)
		f := keep[*mtl.Function](t)(keep[*mtl.Library](t)(d.NewLibraryWithSource(addSource, mtl.CompileOptions{})).NewFunction("add"))
		from := path
		if i == 0 {
			from = ""
		}
		archive := keep[*mtl.BinaryArchive](t)(d.NewBinaryArchive(from))
		if i == 0 {
			if err := errors.Join(archive.AddComputePipelineFunctions(mtl.ComputePipelineDescriptor{Function: f}), archive.Serialize(path)); err != nil {
				t.Fatal(err)
			}
		}
		p, err := d.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, BinaryArchives: []*mtl.BinaryArchive{archive}, Options: mtl.PipelineOptionFailOnBinaryArchiveMiss})
		if !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.options, err, c.want)
		}
		p.Release()
	}
}

func TestPipelineEnumerationsNameThemselves(t *testing.T) {
	for _, c := range []struct {
		value fmt.Stringer
		want  string
	}{
		{mtl.DataTypeFloat, "float"},
		{mtl.DataTypeUShort4, "ushort4"},
		{mtl.DataTypeBFloat2, "bfloat2"},
		{mtl.DataTypeStruct, "struct"},
		{mtl.DataType(7), "DataType(7)"},
		{mtl.DataTypeNone, "none"},
		{mtl.BindingTypeThreadgroupMemory, "threadgroup memory"},
		{mtl.BindingType(16), "BindingType(16)"},
		{mtl.BindingAccessWriteOnly, "write only"},
		{mtl.MutabilityImmutable, "immutable"},
		{mtl.ShaderValidationEnabled, "enabled"},
	} {
		if got := c.value.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestLibraryPromisesASingleThread(t *testing.T) {
	_, d, _ := softDevice(t, softmetal.Options{})
	l := keep[*mtl.Library](t)(d.NewLibraryWithSource(addSource, mtl.CompileOptions{MaxTotalThreadsPerThreadgroup: 1}))
	f := keep[*mtl.Function](t)(l.NewFunction("add"))
	if n := keep[*mtl.ComputePipelineState](t)(d.NewComputePipelineState(f)).MaxTotalThreadsPerThreadgroup(); n != 1 {
		t.Errorf("%d threads, want 1", n)
	}
}

func TestRequiredThreadgroupsReachTheLimitOfEachDirection(t *testing.T) {
	_, d, _ := softDevice(t, softmetal.Options{MacOS: "26.0"})
	l := keep[*mtl.Library](t)(d.NewLibraryWithSource(addSource, mtl.CompileOptions{}))
	f := keep[*mtl.Function](t)(l.NewFunction("add"))
	limit := d.Limits().MaxThreadsPerThreadgroup
	for _, size := range []mtl.Size{{Width: limit.Width, Height: 1, Depth: 1}, {Width: 1, Height: limit.Height, Depth: 1}, {Width: 1, Height: 1, Depth: limit.Depth}} {
		p := keep[*mtl.ComputePipelineState](t)(d.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, RequiredThreadsPerThreadgroup: size}))
		if got, err := p.RequiredThreadsPerThreadgroup(); got != size || err != nil {
			t.Errorf("%v, %v, want %v", got, err, size)
		}
	}
	for _, size := range []mtl.Size{{Width: limit.Width + 1, Height: 1, Depth: 1}, {Width: 1, Height: limit.Height + 1, Depth: 1}, {Width: 1, Height: 1, Depth: limit.Depth + 1}} {
		if _, err := d.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, RequiredThreadsPerThreadgroup: size}); !errors.Is(err, mtl.ErrArgument) {
			t.Errorf("%v: %v, want %v", size, err, mtl.ErrArgument)
		}
	}
}
