package mtl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

func TestLanguageVersionAndMathModeAreAlwaysSetAndReadBack(t *testing.T) {
	for _, c := range []struct {
		name    string
		options CompileOptions
		old     bool // below macOS 15
		want    []string
	}{
		{"zero options", CompileOptions{}, false,
			[]string{"setLanguageVersion: [196608]", "languageVersion []", "setMathMode: [0]", "setMathFloatingPointFunctions: [1]", "mathMode []", "mathFloatingPointFunctions []"}},
		{"safe math with fast functions", CompileOptions{FastMathFunctions: true}, false,
			[]string{"setLanguageVersion: [196608]", "languageVersion []", "setMathMode: [0]", "setMathFloatingPointFunctions: [0]", "mathMode []", "mathFloatingPointFunctions []"}},
		{"fast math, MSL 3.2", CompileOptions{LanguageVersion: LanguageVersion3_2, MathMode: MathModeFast}, false,
			[]string{"setLanguageVersion: [196610]", "languageVersion []", "setMathMode: [2]", "setMathFloatingPointFunctions: [0]", "mathMode []", "mathFloatingPointFunctions []"}},
		{"safe math below macOS 15", CompileOptions{}, true,
			[]string{"setLanguageVersion: [196608]", "languageVersion []", "setFastMathEnabled: [false]", "fastMathEnabled []"}},
		{"fast math below macOS 15", CompileOptions{MathMode: MathModeFast}, true,
			[]string{"setLanguageVersion: [196608]", "languageVersion []", "setFastMathEnabled: [true]", "fastMathEnabled []"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt, fw := testMetal(t)
			if c.old {
				rt.Lacks("setMathMode:")
			}
			dev := must[*Device](t)(fw.CreateSystemDefaultDevice())
			rt.Messages()
			lib := must[*Library](t)(dev.NewLibraryWithSource("source", c.options))
			var sent []string
			for _, m := range rt.Messages("MTLCompileOptions") {
				if _, text, _ := strings.Cut(m.String(), " "); m.Selector != "+new" {
					sent = append(sent, text)
				}
			}
			if !slices.Equal(sent, c.want) {
				t.Errorf("sent %q, want %q", sent, c.want)
			}
			if lib.LanguageVersion() != c.options.languageVersion() || lib.MathMode() != c.options.MathMode {
				t.Errorf("the library says MSL %v, math %v", lib.LanguageVersion(), lib.MathMode())
			}
		})
	}
}

func TestOptionsThatMetalDoesNotTakeAreErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		selector string // whose message has no effect
		options  CompileOptions
		old      bool
		want     []string
	}{
		{"language version", "setLanguageVersion:", CompileOptions{}, false, []string{"3.0", "2.4"}},
		{"math mode", "setMathMode:", CompileOptions{}, false, []string{"safe", "fast"}},
		{"fast math flag", "setFastMathEnabled:", CompileOptions{}, true, []string{"safe", "fast"}},
		{"functions", "setMathFloatingPointFunctions:", CompileOptions{}, false, []string{"precise", "fast"}},
		{"fast functions below macOS 15", "setInstallName:", CompileOptions{FastMathFunctions: true}, true, []string{"fast math functions", "macOS 15"}},
		{"relaxed math below macOS 15", "setInstallName:", CompileOptions{MathMode: MathModeRelaxed}, true, []string{"relaxed", "macOS 15"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt, fw := testMetal(t)
			if c.old {
				rt.Lacks("setMathMode:")
			}
			dev := must[*Device](t)(fw.CreateSystemDefaultDevice())
			rt.On("MTLCompileOptions "+c.selector, func(*objctest.Message) {})
			_, err := dev.NewLibraryWithSource("source", c.options)
			wantIs(t, err, ErrUnsupported)
			for _, text := range c.want {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q is not in: %v", text, err)
				}
			}
		})
	}
}

func TestMathModeIsChecked(t *testing.T) {
	_, dev := testDevice(t)
	for _, mode := range []MathMode{-1, 3} {
		_, err := dev.NewLibraryWithSource("source", CompileOptions{MathMode: mode})
		wantArgument(t, err, "MathMode", "0 to 2")
	}
}

func TestCompileOptionsAreChecked(t *testing.T) {
	rt, dev := testDevice(t)
	_, err := dev.NewLibraryWithSource("source", CompileOptions{OptimizationLevel: 2})
	wantArgument(t, err, "OptimizationLevel is 2", "0 (default) or 1 (size)")
	_, err = dev.NewLibraryWithSource("source", CompileOptions{MaxTotalThreadsPerThreadgroup: objctest.MaxThreadgroupSide + 1})
	wantArgument(t, err, "MaxTotalThreadsPerThreadgroup is 1025", "0 to 1024")
	rt.Lacks("setMaxTotalThreadsPerThreadgroup:")
	_, err = dev.NewLibraryWithSource("source", CompileOptions{MaxTotalThreadsPerThreadgroup: 64})
	wantIs(t, err, ErrUnsupported)
}

func TestPreprocessorMacros(t *testing.T) {
	rt, dev := testDevice(t)
	want := map[string]string{"WIDTH": "32", "_name2": ""}
	var got map[string]string
	rt.On("MTLCompileOptions setPreprocessorMacros:", func(m *objctest.Message) { got = maps.Clone(rt.Dictionary(m.ID(0))) })
	must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{PreprocessorMacros: want}))
	if !maps.Equal(got, want) {
		t.Errorf("macros %q", got)
	}
	for _, name := range []string{"", "2x", "a b", "a(x)", "ä"} {
		_, err := dev.NewLibraryWithSource("source", CompileOptions{PreprocessorMacros: map[string]string{name: "1"}})
		wantArgument(t, err, "macro", "identifier")
	}
	_, err := dev.NewLibraryWithSource("source", CompileOptions{PreprocessorMacros: map[string]string{"A": "\xff"}})
	if err == nil || !strings.Contains(err.Error(), `"A"`) {
		t.Errorf("error %v", err)
	}
}

func TestSourceArrivesWhole(t *testing.T) {
	rt, dev := testDevice(t)
	source := "a\x00b" + strings.Repeat("// ten bytes\n", 80_000)
	var got string
	rt.On("MTLDevice newLibraryWithSource:options:error:", func(m *objctest.Message) {
		got = rt.Text(m.ID(0))
		m.ReturnID(rt.NewObject("MTLLibrary", nil))
	})
	must[*Library](t)(dev.NewLibraryWithSource(source, CompileOptions{}))
	if got != source {
		t.Errorf("%d of %d bytes arrived", len(got), len(source))
	}
	if _, err := dev.NewLibraryWithSource("kernel\xff", CompileOptions{}); err == nil || !strings.Contains(err.Error(), "byte 6") {
		t.Errorf("error %v", err)
	}
}

// Metal sets the error for mere warnings too, and clang's log has no limit.
func TestFailureIsDecidedByTheObjectAndTheLogIsWhole(t *testing.T) {
	log := strings.Repeat("program_source:1:2: text\n", 4000)
	for _, c := range []struct {
		name           string
		object, nsErr  bool
		warnings, fail bool
	}{
		{"object, no error", true, false, false, false},
		{"object and error: warnings", true, true, true, false},
		{"no object, error", false, true, false, true},
		{"no object, no error", false, false, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt, dev := testDevice(t)
			rt.On("MTLDevice newLibraryWithSource:options:error:", func(m *objctest.Message) {
				if c.nsErr {
					m.SetError(2, "MTLLibraryErrorDomain", 3, log)
				}
				if c.object {
					m.ReturnID(rt.NewObject("MTLLibrary", nil))
				}
			})
			lib, err := dev.NewLibraryWithSource("source", CompileOptions{})
			defer lib.Release()
			if c.fail != (err != nil) || c.fail != (lib == nil) {
				t.Fatalf("%v, %v", lib, err)
			}
			if !c.fail {
				if got := lib.Warnings(); (got == log) != c.warnings || (got == "") == c.warnings {
					t.Errorf("warnings of %d bytes", len(got))
				}
				return
			}
			if errors.Is(err, ErrCompile) != c.nsErr {
				t.Errorf("ErrCompile with an NSError %v: %v", c.nsErr, err)
			}
			var e *objc.Error
			if c.nsErr {
				if !errors.As(err, &e) || e.Description != log || e.Code != 3 || !strings.Contains(err.Error(), log) {
					t.Errorf("the log is cut: %.300v", err)
				}
			} else {
				wantIs(t, err, ErrNoObject)
			}
		})
	}
}

func TestFunctionNames(t *testing.T) {
	_, dev := testDevice(t)
	lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	names, err := lib.FunctionNames()
	if err != nil || !slices.Equal(names, []string{"saxpy", "sum"}) {
		t.Errorf("%q, %v", names, err)
	}
}

func TestFunctionNamesThatMetalDoesNotTellAreAnError(t *testing.T) {
	for name, script := range map[string]string{"no array": "MTLLibrary functionNames", "no element": "NSArray objectAtIndex:"} {
		t.Run(name, func(t *testing.T) {
			rt, dev := testDevice(t)
			lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
			rt.On(script, func(*objctest.Message) {})
			names, err := lib.FunctionNames()
			wantIs(t, err, ErrNoObject)
			if names != nil {
				t.Errorf("names %q", names)
			}
		})
	}
}

func TestNoFunctionOfThatName(t *testing.T) {
	rt, dev := testDevice(t)
	lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	_, err := lib.NewFunction("saxpi")
	wantIs(t, err, ErrNoFunction)
	if !strings.Contains(err.Error(), `"saxpi"`) || !strings.Contains(err.Error(), `"saxpy"`) {
		t.Errorf("error %v", err)
	}
	rt.On("MTLLibrary newFunctionWithName:", func(*objctest.Message) {})
	_, err = lib.NewFunction("saxpy") // which the library has
	wantIs(t, err, ErrNoObject)
	if errors.Is(err, ErrNoFunction) {
		t.Errorf("a function that is there is called missing: %v", err)
	}
	_, err = lib.NewFunction("")
	wantArgument(t, err, "name")
	_, err = lib.NewFunctionWithConstants("saxpi")
	wantIs(t, err, ErrNoFunction)
}

func TestFunctionConstants(t *testing.T) {
	rt, dev := testDevice(t)
	lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	type constant struct {
		bytes string
		typ   uint64
		at    any
	}
	size := map[DataType]uint64{DataTypeBool: 1, DataTypeChar: 1, DataTypeUChar: 1, DataTypeShort: 2, DataTypeUShort: 2, DataTypeHalf: 2, DataTypeBFloat: 2, DataTypeInt: 4, DataTypeUInt: 4, DataTypeFloat: 4, DataTypeLong: 8, DataTypeULong: 8}
	var got []constant
	set := func(at func(*objctest.Message) any) func(*objctest.Message) {
		return func(m *objctest.Message) {
			got = append(got, constant{string(m.Bytes(0, size[DataType(m.Uint(1))])), m.Uint(1), at(m)})
		}
	}
	rt.On("MTLFunctionConstantValues setConstantValue:type:atIndex:", set(func(m *objctest.Message) any { return m.Uint(2) }))
	rt.On("MTLFunctionConstantValues setConstantValue:type:withName:", set(func(m *objctest.Message) any { return rt.Text(m.ID(2)) }))
	fn := must[*Function](t)(lib.NewFunctionWithConstants("sum",
		FunctionConstant{Index: 0, Value: true},
		FunctionConstant{Index: 1, Value: int8(-2)},
		FunctionConstant{Index: 2, Value: uint8(3)},
		FunctionConstant{Index: 3, Value: int16(-4)},
		FunctionConstant{Index: 4, Value: uint16(5)},
		FunctionConstant{Index: 5, Value: int32(-6)},
		FunctionConstant{Index: 6, Value: uint32(7)},
		FunctionConstant{Index: 7, Value: int64(-8)},
		FunctionConstant{Index: 8, Value: uint64(9)},
		FunctionConstant{Index: 9, Value: float32(1)},
		FunctionConstant{Index: 65535, Value: Half(0x3c00)},
		FunctionConstant{Name: "heads", Value: BFloat(0x3f80)},
	))
	want := []constant{
		{"\x01", 53, uint64(0)}, {"\xfe", 45, uint64(1)}, {"\x03", 49, uint64(2)},
		{"\xfc\xff", 37, uint64(3)}, {"\x05\x00", 41, uint64(4)},
		{"\xfa\xff\xff\xff", 29, uint64(5)}, {"\x07\x00\x00\x00", 33, uint64(6)},
		{"\xf8\xff\xff\xff\xff\xff\xff\xff", 81, uint64(7)}, {"\x09\x00\x00\x00\x00\x00\x00\x00", 85, uint64(8)},
		{"\x00\x00\x80\x3f", 3, uint64(9)}, {"\x00\x3c", 16, uint64(65535)}, {"\x80\x3f", 121, "heads"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if fn.Name() != "sum" || fn.Type() != FunctionTypeKernel {
		t.Errorf("function %q of type %d", fn.Name(), fn.Type())
	}
}

func TestFunctionConstantsAreChecked(t *testing.T) {
	rt, dev := testDevice(t)
	lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	for _, c := range []struct {
		name      string
		constants []FunctionConstant
		want      []string
	}{
		{"int has no fixed size", []FunctionConstant{{Value: 1}}, []string{"type of Value is int"}},
		{"double is no type of MSL", []FunctionConstant{{Value: 1.5}}, []string{"float64"}},
		{"no value", []FunctionConstant{{}}, []string{"<nil>"}},
		{"negative index", []FunctionConstant{{Index: -1, Value: true}}, []string{"-1", "65535"}},
		{"index over the limit", []FunctionConstant{{Index: 65536, Value: true}}, []string{"65536", "65535"}},
		{"index twice", []FunctionConstant{{Index: 3, Value: true}, {Index: 3, Value: true}}, []string{"3", "once"}},
		{"name twice", []FunctionConstant{{Name: "a", Value: true}, {Name: "a", Value: true}}, []string{"a", "once"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := lib.NewFunctionWithConstants("sum", c.constants...)
			wantArgument(t, err, c.want...)
		})
	}
	// Metal compares the type with the source and says what it thinks of it.
	rt.On("MTLLibrary newFunctionWithName:constantValues:error:", func(m *objctest.Message) {
		m.SetError(2, "MTLLibraryErrorDomain", 3, "function constant has another type")
	})
	_, err := lib.NewFunctionWithConstants("sum", FunctionConstant{Value: true})
	var e *objc.Error
	if !errors.As(err, &e) || e.Description != "function constant has another type" {
		t.Errorf("error %v", err)
	}
}

func TestComputePipeline(t *testing.T) {
	rt, dev := testDevice(t)
	lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	fn := must[*Function](t)(lib.NewFunction("sum"))
	rt.Messages()
	for name, p := range map[string]*ComputePipelineState{
		"function": must[*ComputePipelineState](t)(dev.NewComputePipelineState(fn)),
		"descriptor": must[*ComputePipelineState](t)(dev.NewComputePipelineStateWithDescriptor(ComputePipelineDescriptor{
			Function: fn, Label: "sum", MaxTotalThreadsPerThreadgroup: 256, ThreadGroupSizeIsMultipleOfThreadExecutionWidth: true,
		})),
	} {
		if p.MaxTotalThreadsPerThreadgroup() != objctest.MaxThreads || p.ThreadExecutionWidth() != 32 || p.StaticThreadgroupMemoryLength() != objctest.StaticMemory {
			t.Errorf("%s: limits %d, %d, %d", name, p.maxThreads, p.executionWidth, p.staticMemory)
		}
	}
	var set []string
	for _, m := range rt.Messages("MTLComputePipelineDescriptor") {
		switch m.Selector {
		case "setComputeFunction:":
			if m.ID(0) != fn.id {
				t.Error("another function")
			}
		case "setLabel:", "+new":
		default:
			_, text, _ := strings.Cut(m.String(), " ")
			set = append(set, text)
		}
	}
	if want := []string{"setMaxTotalThreadsPerThreadgroup: [256]", "setThreadGroupSizeIsMultipleOfThreadExecutionWidth: [true]"}; !slices.Equal(set, want) {
		t.Errorf("sent %q, want %q", set, want)
	}
}

func TestComputePipelineDescriptorArrives(t *testing.T) {
	for _, c := range []struct {
		name       string
		descriptor ComputePipelineDescriptor
		label      string
		want       string // a message, empty for none
	}{
		{"a label", ComputePipelineDescriptor{Label: "sum of \u00e4ll"}, "sum of \u00e4ll", ""},
		{"no label", ComputePipelineDescriptor{}, "not set", ""},
		{"threadgroups of one thread", ComputePipelineDescriptor{MaxTotalThreadsPerThreadgroup: 1}, "not set", "setMaxTotalThreadsPerThreadgroup: [1]"},
		{"calls one deep", ComputePipelineDescriptor{MaxCallStackDepth: 1}, "not set", "setMaxCallStackDepth: [1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt, dev := testDevice(t)
			lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
			c.descriptor.Function = must[*Function](t)(lib.NewFunction("sum"))
			label := "not set"
			rt.On("MTLComputePipelineDescriptor setLabel:", func(m *objctest.Message) { label = rt.Text(m.ID(0)) })
			rt.Messages()
			must[*ComputePipelineState](t)(dev.NewComputePipelineStateWithDescriptor(c.descriptor))
			var set []string
			for _, m := range rt.Messages("MTLComputePipelineDescriptor") {
				if m.Selector == "setMaxTotalThreadsPerThreadgroup:" || m.Selector == "setMaxCallStackDepth:" {
					_, text, _ := strings.Cut(m.String(), " ")
					set = append(set, text)
				}
			}
			if got := strings.Join(set, ", "); got != c.want || label != c.label {
				t.Errorf("sent %q and the label %q, want %q and %q", got, label, c.want, c.label)
			}
		})
	}
}

func TestComputePipelineErrors(t *testing.T) {
	rt, dev := testDevice(t)
	lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	fn := must[*Function](t)(lib.NewFunction("sum"))
	for _, n := range []int{-1, objctest.MaxThreadgroupSide + 1} {
		_, err := dev.NewComputePipelineStateWithDescriptor(ComputePipelineDescriptor{Function: fn, MaxTotalThreadsPerThreadgroup: n})
		wantArgument(t, err, "MaxTotalThreadsPerThreadgroup", "0 to 1024")
	}
	_, err := dev.NewComputePipelineStateWithDescriptor(ComputePipelineDescriptor{Function: fn, Label: "\xff"})
	if err == nil || !strings.Contains(err.Error(), "Label") {
		t.Errorf("error %v", err)
	}
	_, err = dev.NewComputePipelineStateWithDescriptor(ComputePipelineDescriptor{})
	wantIs(t, err, ErrNil)

	rt.On("MTLDevice newComputePipelineStateWithFunction:error:", func(m *objctest.Message) {
		m.SetError(1, "AGXMetalG14X", 2, "Compiler encountered an internal error")
	})
	_, err = dev.NewComputePipelineState(fn)
	var e *objc.Error
	if !errors.As(err, &e) || e.Domain != "AGXMetalG14X" || !strings.Contains(err.Error(), `"sum"`) {
		t.Errorf("error %v", err)
	}
	rt.On("MTLDevice newComputePipelineStateWithDescriptor:options:reflection:error:", func(m *objctest.Message) {})
	_, err = dev.NewComputePipelineStateWithDescriptor(ComputePipelineDescriptor{Function: fn})
	wantIs(t, err, ErrNoObject)

	rt.On("MTLFunction functionType", func(m *objctest.Message) { m.ReturnUint(1) })
	vertex := must[*Function](t)(lib.NewFunction("sum"))
	_, err = dev.NewComputePipelineState(vertex)
	wantArgument(t, err, "sum", "is 1", "kernel")
}

// A compiler that failed by itself says nothing about the source.
func TestFailureOfTheCompilerIsNoFailureOfTheSource(t *testing.T) {
	for _, c := range []struct {
		domain            string
		code              int64
		compile, supports bool
	}{
		{"MTLLibraryErrorDomain", 1, false, false},
		{"MTLLibraryErrorDomain", 2, false, true},
		{"MTLLibraryErrorDomain", 3, true, true},
		{"NSCocoaErrorDomain", 4097, false, true},
	} {
		rt, dev := testDevice(t)
		rt.On("MTLDevice newLibraryWithSource:options:error:", func(m *objctest.Message) { m.SetError(2, c.domain, c.code, "why") })
		_, err := dev.NewLibraryWithSource("source", CompileOptions{})
		var e *objc.Error
		if !errors.As(err, &e) || e.Description != "why" || errors.Is(err, ErrCompile) != c.compile || errors.Is(err, ErrUnsupported) == c.supports {
			t.Errorf("%s %d: %v", c.domain, c.code, err)
		}
	}
}

// Nothing on the software device depends on them.
func TestOptionsOfAFunctionArriveIfThereAreAny(t *testing.T) {
	for want, options := range map[string]FunctionOptions{"[]": FunctionOptionNone, "[setOptions: [2]]": FunctionOptionStoreFunctionInMetalPipelinesScript} {
		rt, dev := testDevice(t)
		lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
		rt.On("MTLLibrary newFunctionWithDescriptor:error:", func(m *objctest.Message) { m.ReturnID(rt.NewObject("MTLFunction", "sum")) })
		rt.Messages()
		must[*Function](t)(lib.NewFunctionWithDescriptor(FunctionDescriptor{Name: "sum", Options: options}))
		var sent []string
		for _, m := range rt.Messages("MTLFunctionDescriptor") {
			if _, text, _ := strings.Cut(m.String(), " "); m.Selector == "setOptions:" {
				sent = append(sent, text)
			}
		}
		if got := fmt.Sprint(sent); got != want {
			t.Errorf("%v: sent %s, want %s", options, got, want)
		}
	}
}
