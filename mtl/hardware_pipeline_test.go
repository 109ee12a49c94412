//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package mtl_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
)

const reflectedSource = `
struct Row { float4 values; uint n; };
constant bool masked [[function_constant(3)]];
constant float2 scale [[function_constant(1)]];
kernel void reflected(device const Row *rows [[buffer(0)]], constant uint &count [[buffer(2)]], device half4 *out [[buffer(5)]],
                      device const uchar *mask [[buffer(1), function_constant(masked)]], threadgroup float *shared [[threadgroup(0)]],
                      uint i [[thread_position_in_grid]], uint t [[thread_position_in_threadgroup]]) {
    shared[t] = rows[i].values.x * scale.x + scale.y;
    if (masked && mask[i]) shared[t] = 0;
    if (i < count) out[i] = half4(shared[t]);
}`

func (h hardware) function(library *mtl.Library, name string, constants ...mtl.FunctionConstant) *mtl.Function {
	h.Helper()
	return owned[*mtl.Function](h)(library.NewFunctionWithConstants(name, constants...))
}

// Reflection tells of each argument what the program has to bind.
func TestHardwareTellsWhatAKernelDeclares(t *testing.T) {
	h := openHardware(t)
	f := h.function(h.newLibrary(reflectedSource, mtl.CompileOptions{}), "reflected",
		mtl.FunctionConstant{Name: "masked", Value: true}, mtl.FunctionConstant{Index: 1, Value: [2]float32{2, 1}})
	p := owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{
		Function: f, Options: mtl.PipelineOptionBindingInfo | mtl.PipelineOptionBufferTypeInfo,
	}))
	want := []mtl.Binding{
		{Name: "rows", Index: 0, Alignment: 16, DataSize: 32, DataType: mtl.DataTypeStruct, Members: []mtl.StructMember{{"values", 0, mtl.DataTypeFloat4}, {"n", 16, mtl.DataTypeUInt}}},
		{Name: "mask", Index: 1, Alignment: 1, DataSize: 1, DataType: mtl.DataTypeUChar},
		{Name: "count", Index: 2, Alignment: 4, DataSize: 4, DataType: mtl.DataTypeUInt},
		{Name: "out", Index: 5, Access: mtl.BindingAccessReadWrite, Alignment: 8, DataSize: 8, DataType: mtl.DataTypeHalf4},
		{Name: "shared", Type: mtl.BindingTypeThreadgroupMemory, Access: mtl.BindingAccessReadWrite, Alignment: 4, DataSize: 4},
	}
	for i := range want {
		want[i].Used, want[i].Argument = true, true
	}
	got := p.Bindings()
	for i := range got { // Metal may find out that a kernel only writes
		if i < len(want) && want[i].Access == mtl.BindingAccessReadWrite && got[i].Access == mtl.BindingAccessWriteOnly {
			got[i].Access = mtl.BindingAccessReadWrite
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("bindings\n%+v\nwant\n%+v", got, want)
	}
	plain := owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineState(f))
	if b := plain.Bindings(); b != nil {
		t.Errorf("not asked for: %v", b)
	}
}

func TestHardwareTellsWhichConstantsAFunctionNeeds(t *testing.T) {
	h := openHardware(t)
	library := h.newLibrary(reflectedSource, mtl.CompileOptions{})
	f := owned[*mtl.Function](h)(library.NewFunction("reflected"))
	want := []mtl.DeclaredConstant{{"scale", 1, mtl.DataTypeFloat2, true}, {"masked", 3, mtl.DataTypeBool, true}}
	if got := check[[]mtl.DeclaredConstant](h)(f.Constants()); !reflect.DeepEqual(got, want) {
		t.Errorf("constants %v, want %v", got, want)
	}
	if err := errors.Join(library.SetLabel("sources"), f.SetLabel("not specialised")); err != nil {
		t.Error(err)
	}
}

// A vector constant arrives in all its parts, whatever its length.
func TestHardwareSpecialisesByVectors(t *testing.T) {
	h := openHardware(t)
	library := h.newLibrary(`
constant float3 a [[function_constant(0)]];
constant ushort2 b [[function_constant(1)]];
constant bool4 c [[function_constant(2)]];
kernel void k(device float *out [[buffer(0)]]) {
    out[0] = a.x; out[1] = a.y; out[2] = a.z; out[3] = b.x; out[4] = b.y;
    out[5] = (c.x ? 1 : 0) + (c.y ? 2 : 0) + (c.z ? 4 : 0) + (c.w ? 8 : 0);
}`, mtl.CompileOptions{})
	f := owned[*mtl.Function](h)(library.NewFunctionSpecialized("k", "k_of_vectors", mtl.FunctionConstant{Index: 0, Value: [3]float32{1.5, 2.5, 3.5}},
		mtl.FunctionConstant{Index: 1, Value: [2]uint16{7, 65535}}, mtl.FunctionConstant{Name: "c", Value: [4]bool{true, false, false, true}}))
	if f.Name() != "k_of_vectors" {
		t.Errorf("name %q", f.Name())
	}
	pipeline := owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineState(f))
	b, view := buffer[float32](h, 6)
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(pipeline)
		enc.SetBuffer(b, 0, 0)
		enc.DispatchThreads(line(1), line(1))
	})
	if want := []float32{1.5, 2.5, 3.5, 7, 65535, 9}; !reflect.DeepEqual(view, want) {
		t.Errorf("%v, want %v", view, want)
	}
}

// What an archive on disk has need not be compiled by the next process, and what
// it has not is told apart.
func TestHardwareKeepsPipelinesOnDisk(t *testing.T) {
	h := openHardware(t)
	library := h.newLibrary(reflectedSource+"\nkernel void other(device float *x [[buffer(0)]]) { x[0] = 1; }", mtl.CompileOptions{})
	special := func(masked bool) mtl.ComputePipelineDescriptor {
		return mtl.ComputePipelineDescriptor{Function: h.function(library, "reflected", mtl.FunctionConstant{Index: 3, Value: masked}, mtl.FunctionConstant{Index: 1, Value: [2]float32{2, 1}})}
	}
	path := filepath.Join(t.TempDir(), "kernels.archive")
	archive := owned[*mtl.BinaryArchive](h)(h.device.NewBinaryArchive(""))
	if err := errors.Join(archive.SetLabel("kernels"), archive.AddComputePipelineFunctions(special(true)), archive.Serialize(path)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Fatalf("%v, %v", info, err)
	}
	again := owned[*mtl.BinaryArchive](h)(h.device.NewBinaryArchive(path))
	for name, c := range map[string]struct {
		descriptor mtl.ComputePipelineDescriptor
		want       error
	}{
		"the function that was added":         {special(true), nil},
		"the same with another constant":      {special(false), mtl.ErrArchiveMiss},
		"another function of the same source": {mtl.ComputePipelineDescriptor{Function: h.function(library, "other")}, mtl.ErrArchiveMiss},
	} {
		c.descriptor.BinaryArchives = []*mtl.BinaryArchive{again}
		c.descriptor.Options = mtl.PipelineOptionFailOnBinaryArchiveMiss
		p, err := h.device.NewComputePipelineStateWithDescriptor(c.descriptor)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		p.Release()
		c.descriptor.Options = 0 // then Metal compiles it
		owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineStateWithDescriptor(c.descriptor))
	}
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{bad, bad + ".absent"} {
		var told *objc.Error
		if _, err := h.device.NewBinaryArchive(path); !errors.As(err, &told) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestHardwarePromisesAboutAPipelineHold(t *testing.T) {
	h := openHardware(t)
	f := h.function(h.newLibrary(`kernel void twice(device const uint *x [[buffer(0)]], device uint *y [[buffer(1)]], uint i [[thread_position_in_grid]]) { y[i] = 2 * x[i]; }`, mtl.CompileOptions{}), "twice")
	descriptor := mtl.ComputePipelineDescriptor{
		Function: f, Label: "doubling", MaxTotalThreadsPerThreadgroup: 64, ThreadGroupSizeIsMultipleOfThreadExecutionWidth: true,
		Mutability: map[int]mtl.Mutability{0: mtl.MutabilityImmutable, 1: mtl.MutabilityMutable}, MaxCallStackDepth: 2,
		ShaderValidation: mtl.ShaderValidationDisabled,
	}
	p, err := h.device.NewComputePipelineStateWithDescriptor(descriptor)
	if errors.Is(err, mtl.ErrUnsupported) {
		descriptor.ShaderValidation = mtl.ShaderValidationDefault
		p, err = h.device.NewComputePipelineStateWithDescriptor(descriptor)
	}
	owned[*mtl.ComputePipelineState](h)(p, err)
	if n := p.MaxTotalThreadsPerThreadgroup(); n < 32 || n > 64 {
		t.Errorf("%d threads", n)
	}
	x, in := buffer[uint32](h, 64)
	y, out := buffer[uint32](h, 64)
	for i := range in {
		in[i] = uint32(i)
	}
	h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
		enc.SetComputePipelineState(p)
		enc.SetBuffer(x, 0, 0)
		enc.SetBuffer(y, 0, 1)
		enc.DispatchThreadgroups(line(2), line(32))
	})
	if out[63] != 126 {
		t.Errorf("%v", out)
	}
}

func TestHardwareRefusesWhatIsNoLibrary(t *testing.T) {
	h := openHardware(t)
	path := filepath.Join(t.TempDir(), "kernels.metallib")
	if err := os.WriteFile(path, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, load := range map[string]func() (*mtl.Library, error){
		"data":        func() (*mtl.Library, error) { return h.device.NewLibraryWithData([]byte("no library")) },
		"a file":      func() (*mtl.Library, error) { return h.device.NewLibraryWithFile(path) },
		"no file":     func() (*mtl.Library, error) { return h.device.NewLibraryWithFile(path + ".absent") },
		"the default": h.device.NewDefaultLibrary,
	} {
		var told *objc.Error
		if _, err := load(); !errors.As(err, &told) && !errors.Is(err, mtl.ErrNoObject) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Without a namespace a function is precise, unless fast ones are asked for: also
// where safe math alone leaves them fast.
func TestHardwareFunctionsArePreciseUnlessAskedOtherwise(t *testing.T) {
	h := openHardware(t)
	const source = `kernel void f(device const float *x [[buffer(0)]], device float *y [[buffer(1)]]) { y[0] = tanh(x[0]); y[1] = precise::tanh(x[0]); y[2] = fast::tanh(x[0]); }`
	x, in := buffer[float32](h, 1)
	y, out := buffer[float32](h, 3)
	in[0] = 60
	for _, options := range []mtl.CompileOptions{{}, {OptimizationLevel: mtl.LibraryOptimizationLevelSize}, {FastMathFunctions: true}, {MathMode: mtl.MathModeFast}} {
		library, err := h.device.NewLibraryWithSource("#include <metal_stdlib>\nusing namespace metal;\n"+source, options)
		if errors.Is(err, mtl.ErrUnsupported) && options.FastMathFunctions {
			continue // macOS 13 and 14 have one switch for both
		}
		owned[*mtl.Library](h)(library, err)
		pipeline := h.pipeline(library, "f")
		h.compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffer(x, 0, 0)
			enc.SetBuffer(y, 0, 1)
			enc.DispatchThreads(line(1), line(1))
		})
		want := out[1]
		if options.FastMathFunctions || options.MathMode == mtl.MathModeFast {
			want = out[2]
		}
		if out[1] != 1 || math.Float32bits(out[0]) != math.Float32bits(want) {
			t.Errorf("%+v: tanh(60) is %v; precise %v, fast %v", options, out[0], out[1], out[2])
		}
	}
}

func TestHardwareLimitsThreadsOfALibrary(t *testing.T) {
	h := openHardware(t)
	library, err := h.device.NewLibraryWithSource("#include <metal_stdlib>\nkernel void k(device float *x [[buffer(0)]]) { x[0] = 1; }", mtl.CompileOptions{MaxTotalThreadsPerThreadgroup: 64})
	if errors.Is(err, mtl.ErrUnsupported) {
		t.Skip(err)
	}
	owned[*mtl.Library](h)(library, err)
	if n := h.pipeline(library, "k").MaxTotalThreadsPerThreadgroup(); n < 1 || n > 64 {
		t.Errorf("%d threads, want at most 64", n)
	}
}

// A library tells what a function declares before there is a pipeline of it.
func TestHardwareReflectsBeforeThereIsAPipeline(t *testing.T) {
	h := openHardware(t)
	library := h.newLibrary("[[user_annotation(\"adds one\")]] kernel void inc(device ushort2 *values [[buffer(4)]], uint i [[thread_position_in_grid]]) { values[i] += 1; }\n"+reflectedSource, mtl.CompileOptions{})
	got, err := library.Reflection("inc")
	if errors.Is(err, mtl.ErrUnsupported) {
		t.Skip(err)
	}
	want := mtl.FunctionReflection{Bindings: []mtl.Binding{{Name: "values", Index: 4, Access: mtl.BindingAccessReadWrite, Used: true, Argument: true, Alignment: 4, DataSize: 4, DataType: mtl.DataTypeUShort2}}, UserAnnotation: "adds one"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if _, err := library.Reflection("absent"); !errors.Is(err, mtl.ErrNoFunction) {
		t.Errorf("a function that is not there: %v", err)
	}
}

// A Go struct is held against the kernel's own, field by field.
func TestHardwareComparesLayouts(t *testing.T) {
	h := openHardware(t)
	f := owned[*mtl.Function](h)(h.newLibrary(`
struct Inner { uchar tag; ushort2 at; };
struct Params { uint n; float3 origin; packed_float3 scale; half weights[3]; Inner inner[2], last; float area() const { return scale[0] * scale[1]; } bool flag; };
kernel void k(constant Params &p [[buffer(0)]], device float *out [[buffer(1)]]) { Params q = p; out[0] = q.area() + p.last.tag + (p.flag ? p.origin.x : p.weights[p.n]); }`, mtl.CompileOptions{}).NewFunction("k"))
	p := owned[*mtl.ComputePipelineState](h)(h.device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: f, Options: mtl.PipelineOptionBindingInfo | mtl.PipelineOptionBufferTypeInfo}))
	type inner struct {
		Tag uint8
		At  [2]uint16
	}
	type right struct {
		N       uint32
		_       [3]uint32
		Origin  [3]float32
		_       float32
		Scale   [3]float32
		Weights [3]mtl.Half
		_       [2]byte
		Inner   [2][8]byte
		Last    [8]byte
		Flag    bool
		_       [3]byte
	}
	params := p.Bindings()[0]
	names := ""
	for _, m := range params.Members {
		names += m.Name + " "
	}
	if names != "n origin scale weights inner last flag " {
		t.Fatalf("members %s", names)
	}
	if err := mtl.CheckLayout[struct {
		N       uint32
		Origin  [3]float32
		Scale   [3]float32
		Weights [3]mtl.Half
		Inner   [2]inner
		Last    inner
		Flag    bool
	}](params); err == nil || !strings.Contains(err.Error(), "offset of field Origin is 4, want 16") {
		t.Errorf("a float3 that is not aligned: %v", err)
	}
	if err := mtl.CheckLayout[right](params); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		err  error
		says string
	}{
		{mtl.CheckLayout[struct{ A, B uint32 }](mtl.Binding{Name: "x", DataSize: 8, Members: []mtl.StructMember{{"a", 0, mtl.DataTypeUInt}}}), "field B is one more, want the 1 that x has"},
		{mtl.CheckLayout[struct{ N uint32 }](params), "member origin of p is missing"},
		{mtl.CheckLayout[struct {
			N      uint32
			_      [3]uint32
			Origin [16]uint32
		}](params), "member scale of p is missing"},
		{mtl.CheckLayout[[20]uint32](params), "%!s(<nil>)"},
		{mtl.CheckLayout[[19]uint32](params), "size of [19]uint32 is 76, want 80 bytes"},
	} {
		if got := fmt.Sprintf("%s", c.err); !strings.Contains(got, c.says) {
			t.Errorf("%s, want %q", got, c.says)
		}
	}
	for name, check := range map[string]func(mtl.Binding) error{
		"a float for a pointer to floats": mtl.CheckLayout[float32],
	} {
		if err := check(p.Bindings()[1]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := mtl.CheckLayout[float64](p.Bindings()[1]); !errors.Is(err, mtl.ErrArgument) {
		t.Errorf("a double for a float: %v", err)
	}
	if err := mtl.CheckLayout[*float32](p.Bindings()[1]); !errors.Is(err, mtl.ErrArgument) {
		t.Errorf("a pointer: %v", err)
	}
}
