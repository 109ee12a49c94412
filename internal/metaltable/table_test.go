package metaltable

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// packages are those that have //objc lines.
var packages = []string{"objc", "mtl"}

func lines(t *testing.T, pkg string) []Message {
	t.Helper()
	messages, err := ParseDir(filepath.Join("..", "..", pkg))
	if err != nil {
		t.Fatal(err)
	}
	if len(messages) == 0 {
		t.Fatalf("package %s has no //objc lines", pkg)
	}
	return messages
}

func reference(t *testing.T) *Reference {
	t.Helper()
	r, err := ReadReference()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestGeneratedFilesAreFresh(t *testing.T) {
	for _, pkg := range packages {
		for file, generate := range map[string]func(string, []Message) ([]byte, error){
			"zmessages.go":      Generate,
			"zmessages_test.go": GenerateTest,
		} {
			want, err := generate(pkg, lines(t, pkg))
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join("..", "..", pkg, file))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s/%s is not what the //objc lines give: run go generate ./%s", pkg, file, pkg)
			}
		}
	}
}

func TestEveryLineIsWhatAppleDeclares(t *testing.T) {
	ref := reference(t)
	for _, pkg := range packages {
		for _, m := range lines(t, pkg) {
			for _, wrong := range ref.Check(pkg, m) {
				t.Errorf("%s: %s", m.Pos, wrong)
			}
		}
	}
}

// The check above is worth what it finds: each of these lines is wrong in one
// way.
func TestCheckFindsAWrongLine(t *testing.T) {
	ref := reference(t)
	for _, c := range []struct{ name, line, want string }{
		{"selector unknown", "f(offset uint64, index uint64) = MTLComputeCommandEncoder setBufferOffset:atIndexes: v@:QQ none 10.11", "no method"},
		{"class wrong", "f() objc.ID = MTLDevice commandBuffer @@: autoreleased 10.11", "no method"},
		{"method of the instance sent to the class", "f() = MTLCommandBuffer +commit v@: none 10.11", "no method"},
		{"encoding of MTLSize as three words", "f(a Size, b Size) = MTLComputeCommandEncoder dispatchThreads:threadsPerThreadgroup: v@:QQQQQQ none 10.13", "encoding"},
		{"BOOL of an Intel Mac", "f(enabled bool) = MTLCompileOptions setFastMathEnabled: v@:c none 10.11", "encoding"},
		{"new without ownership", "f() objc.ID = MTLDevice newCommandQueue @@: autoreleased 10.11", "ownership"},
		{"autoreleased taken as owned", "f() objc.ID = MTLCommandQueue commandBuffer @@: owned 10.11", "ownership"},
		{"too old a macOS", "f(mode MathMode) = MTLCompileOptions setMathMode: v@:q none 10.11", "macOS"},
		{"argument missing", "f(offset uint64) = MTLComputeCommandEncoder setBufferOffset:atIndex: v@:QQ none 10.11", "arguments"},
		{"signed for unsigned", "f(offset int64, index uint64) = MTLComputeCommandEncoder setBufferOffset:atIndex: v@:QQ none 10.11", "Go type"},
		{"another enumeration", "f(scope DispatchType) = MTLComputeCommandEncoder memoryBarrierWithScope: v@:Q none 10.14", "Go type"},
		{"another enumeration of Metal 4", "f(after Stages, before Stages, v Stages) = MTL4CommandEncoder barrierAfterStages:beforeQueueStages:visibilityOptions: v@:QQQ none 26.0", "Go type"},
		{"an address as an enumeration", "f(address Stages, index uint64) = MTL4ArgumentTable setAddress:atIndex: v@:QQ none 26.0", "Go type"},
		{"enumeration as result", "f() MathMode = MTLCommandBuffer status Q@: none 10.11", "Go type"},
		{"result as another type", "f() uint64 = MTLCommandBuffer GPUStartTime d@: none 10.15", "Go type"},
		{"result dropped", "f() = MTLCommandBuffer status Q@: none 10.11", "dropped"},
		{"a text in a batch", "f(label objc.ID) = MTLCommandEncoder setLabel: v@:@ none 10.11 batch", "released before"},
		{"function unknown", "f() objc.ID = C MTLCreateDefaultDevice @ owned 10.11", "no method"},
		{"function with another result", "f() uint64 = C MTLCopyAllDevices Q owned 10.11", "encoding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			messages, err := parse("line.go", []byte("//objc "+c.line+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			wrong := ref.Check("mtl", messages[0])
			if !slices.ContainsFunc(wrong, func(s string) bool { return strings.Contains(s, c.want) }) {
				t.Errorf("%q is not found in %q", c.want, wrong)
			}
		})
	}
}

func TestGenerateRefuses(t *testing.T) {
	for _, c := range []struct{ name, line string }{
		{"an argument that does not fit eight registers", "f(a objc.ID, b objc.Range, c uint64, d uint64, e uint64, g uint64) = X y: v@:@{_NSRange=QQ}QQQQ none 10.0"},
		{"a double as argument", "f(a float64) = X y: v@:d none 10.0"},
		{"a Go type of another encoding", "f(a bool) = X y: v@:Q none 10.0"},
		{"more arguments than the encoding", "f(a uint64, b uint64) = X y: v@:Q none 10.0"},
		{"a result that is dropped", "f() = X y Q@: none 10.0"},
		{"an encoding without a selector", "f() uint64 = X y Q@ none 10.0"},
		{"a result of a message in a batch", "f() uint64 = X y Q@: none 10.0 batch"},
		{"an object that a message in a batch returns and nobody takes", "f() = X y @@: owned 10.0 batch"},
		{"a function in a batch", "f() = C y v none 10.0 batch"},
		{"an error out of a batch", "f(err **NSError) = X y: v@:^@ none 10.0 batch"},
		{"a double in a batch", "f(a float64) = X y: v@:d none 10.0 batch"},
		{"a Go type of another encoding in a batch", "f(a bool) = X y: v@:Q none 10.0 batch"},
		{"more arguments than the encoding in a batch", "f(a uint64, b uint64) = X y: v@:Q none 10.0 batch"},
		{"an encoding without a selector in a batch", "f() = X y v@ none 10.0 batch"},
		{"an argument that does not fit an entry", "f(a objc.ID, b objc.Range, c uint64, d uint64, e uint64, g uint64) = X y: v@:@{_NSRange=QQ}QQQQ none 10.0 batch"},
		{"a word behind a struct in a batch", "f(a Size, b uint64) = X y: v@:{?=QQQ}Q none 10.0 batch"},
		{"three structs in a batch", "f(a Size, b Size, c Size) = X y: v@:{?=QQQ}{?=QQQ}{?=QQQ} none 10.0 batch"},
		{"a struct behind words of the stack in a batch", "f(a uint64, b uint64, c uint64, d uint64, e uint64, g Size) = X y: v@:QQQQQ{?=QQQ} none 10.0 batch"},
		{"a range half in registers in a batch", "f(a uint64, b uint64, c uint64, d objc.Range) = X y: v@:QQQ{_NSRange=QQ} none 10.0 batch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			messages, err := parse("line.go", []byte("//objc "+c.line+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			if text, err := Generate("mtl", messages); err == nil {
				t.Errorf("generated:\n%s", text)
			}
		})
	}
	for _, line := range []string{
		"//objc f() = X y v@: mine 10.0\n",
		"//objc f() = X y v@: none\n",
		"//objc f() = X y v@: none 10.0 later\n",
		"//objc f(a) = X y: v@:Q none 10.0\n",
	} {
		if m, err := parse("line.go", []byte(line)); err == nil {
			t.Errorf("%q is read as %v", line, m)
		}
	}
}

// sources calls f with each Go file of a package that is neither a test nor
// generated.
func sources(t *testing.T, pkg string, f func(path string, text []byte)) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", pkg, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		base := filepath.Base(path)
		if strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, "z") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f(path, text)
	}
}

var asks = regexp.MustCompile(`RespondsTo\(\w+(?:\.\w+)*, "([^"]+)"\)`)

// The lines are the only way to a selector: no other file may send a message
// by hand, or ask for one that stands in no line.
func TestNoMessageOutsideTheTable(t *testing.T) {
	for _, pkg := range packages {
		known := map[string]bool{}
		for _, m := range lines(t, pkg) {
			known[m.Selector] = true
		}
		sources(t, pkg, func(path string, text []byte) {
			for _, f := range asks.FindAllSubmatch(text, -1) {
				if !known[string(f[1])] {
					t.Errorf("%s asks for selector %s, which is in no //objc line", path, f[1])
				}
			}
			if bytes.Contains(text, []byte(".Send()")) {
				t.Errorf("%s sends a message by hand", path)
			}
		})
	}
}

// What macOS 13, the floor, does not have is asked for before it is sent. A
// new line above the floor has to say here what its sender asks for.
func TestWhatIsNewerThanTheFloorIsAskedFor(t *testing.T) {
	guards := map[string]string{
		"MTLDevice architecture":         "architecture",
		"MTLArchitecture name":           "architecture",
		"MTLCompileOptions setMathMode:": "setMathMode:",
		"MTLCompileOptions mathMode":     "setMathMode:",

		"MTLDevice shouldMaximizeConcurrentCompilation":     "maximumConcurrentCompilationTaskCount",
		"MTLDevice setShouldMaximizeConcurrentCompilation:": "maximumConcurrentCompilationTaskCount",
		"MTLDevice maximumConcurrentCompilationTaskCount":   "maximumConcurrentCompilationTaskCount",

		"MTLCompileOptions setMathFloatingPointFunctions:":               "setMathMode:",
		"MTLCompileOptions mathFloatingPointFunctions":                   "setMathMode:",
		"MTLCompileOptions setMaxTotalThreadsPerThreadgroup:":            "setMaxTotalThreadsPerThreadgroup:",
		"MTLCompileOptions setCompileSymbolVisibility:":                  "setCompileSymbolVisibility:",
		"MTLCompileOptions setAllowReferencingUndefinedSymbols:":         "setAllowReferencingUndefinedSymbols:",
		"MTLCompileOptions setRequiredThreadsPerThreadgroup:":            "setRequiredThreadsPerThreadgroup:",
		"MTLLibrary reflectionForFunctionWithName:":                      "reflectionForFunctionWithName:",
		"MTLFunctionReflection":                                          "reflectionForFunctionWithName:",
		"MTLComputePipelineState requiredThreadsPerThreadgroup":          "requiredThreadsPerThreadgroup",
		"MTLComputePipelineDescriptor setShaderValidation:":              "setShaderValidation:",
		"MTLComputePipelineDescriptor setRequiredThreadsPerThreadgroup:": "setRequiredThreadsPerThreadgroup:",

		"MTLDevice newResidencySetWithDescriptor:error:":                             "newResidencySetWithDescriptor:error:",
		"MTLResidencySetDescriptor":                                                  "newResidencySetWithDescriptor:error:", // the whole class
		"MTLResidencySet":                                                            "newResidencySetWithDescriptor:error:",
		"MTLCommandQueue addResidencySets:count:":                                    "newResidencySetWithDescriptor:error:",
		"MTLCommandQueue removeResidencySets:count:":                                 "newResidencySetWithDescriptor:error:",
		"MTLCommandBuffer useResidencySets:count:":                                   "newResidencySetWithDescriptor:error:",
		"MTLDevice newCommandQueueWithDescriptor:":                                   "newCommandQueueWithDescriptor:",
		"MTLDevice newMTL4CommandQueueWithDescriptor:error:":                         "newMTL4CommandQueueWithDescriptor:error:", // with it comes all of Metal 4
		"MTLDevice newCommandAllocatorWithDescriptor:error:":                         "newMTL4CommandQueueWithDescriptor:error:",
		"MTLDevice newCommandBuffer":                                                 "newMTL4CommandQueueWithDescriptor:error:",
		"MTLDevice newArgumentTableWithDescriptor:error:":                            "newMTL4CommandQueueWithDescriptor:error:",
		"MTLCaptureManager newCaptureScopeWithMTL4CommandQueue:":                     "newMTL4CommandQueueWithDescriptor:error:",
		"MTLCommandQueueDescriptor +new":                                             "newCommandQueueWithDescriptor:",
		"MTLCommandQueueDescriptor setMaxCommandBufferCount:":                        "newCommandQueueWithDescriptor:",
		"MTLCommandQueueDescriptor setLogState:":                                     "newLogStateWithDescriptor:error:",
		"MTLCommandBufferDescriptor setLogState:":                                    "newLogStateWithDescriptor:error:",
		"MTLDevice newLogStateWithDescriptor:error:":                                 "newLogStateWithDescriptor:error:",
		"MTLLogStateDescriptor":                                                      "newLogStateWithDescriptor:error:",
		"MTLLogState":                                                                "newLogStateWithDescriptor:error:",
		"MTLDevice newCounterHeapWithDescriptor:error:":                              "newCounterHeapWithDescriptor:error:",
		"MTLDevice sizeOfCounterHeapEntry:":                                          "newCounterHeapWithDescriptor:error:",
		"MTLDevice queryTimestampFrequency":                                          "newCounterHeapWithDescriptor:error:",
		"MTL4CounterHeapDescriptor":                                                  "newCounterHeapWithDescriptor:error:",
		"MTL4CounterHeap":                                                            "newCounterHeapWithDescriptor:error:",
		"MTLCompileOptions setEnableLogging:":                                        "setEnableLogging:",
		"MTLIndirectCommandBufferDescriptor setMaxKernelThreadgroupMemoryBindCount:": "setMaxKernelThreadgroupMemoryBindCount:",
		"MTLDevice newCompilerWithDescriptor:error:":                                 "newCompilerWithDescriptor:error:",
		"MTLDevice newArchiveWithURL:error:":                                         "newCompilerWithDescriptor:error:",
		"MTLDevice newPipelineDataSetSerializerWithDescriptor:":                      "newCompilerWithDescriptor:error:",
		"MTLComputePipelineState reflection":                                         "newCompilerWithDescriptor:error:",
		"MTL4Compiler":                                                               "newCompilerWithDescriptor:error:", // all that comes with it, in one release
		"MTL4CompilerDescriptor":                                                     "newCompilerWithDescriptor:error:",
		"MTL4CompilerTaskOptions":                                                    "newCompilerWithDescriptor:error:",
		"MTL4LibraryDescriptor":                                                      "newCompilerWithDescriptor:error:",
		"MTL4LibraryFunctionDescriptor":                                              "newCompilerWithDescriptor:error:",
		"MTL4SpecializedFunctionDescriptor":                                          "newCompilerWithDescriptor:error:",
		"MTL4ComputePipelineDescriptor":                                              "newCompilerWithDescriptor:error:",
		"MTL4PipelineDescriptor":                                                     "newCompilerWithDescriptor:error:",
		"MTL4PipelineOptions":                                                        "newCompilerWithDescriptor:error:",
		"MTL4PipelineStageDynamicLinkingDescriptor":                                  "newCompilerWithDescriptor:error:",
		"MTL4StaticLinkingDescriptor":                                                "newCompilerWithDescriptor:error:",
		"MTL4Archive":                                                                "newCompilerWithDescriptor:error:",
		"MTL4PipelineDataSetSerializer":                                              "newCompilerWithDescriptor:error:",
		"MTL4PipelineDataSetSerializerDescriptor":                                    "newCompilerWithDescriptor:error:",

		"MTLCommandEncoder barrierAfterQueueStages:beforeStages:": "barrierAfterQueueStages:beforeStages:",
	}
	for _, pkg := range packages {
		asked := map[string]bool{}
		sources(t, pkg, func(_ string, text []byte) {
			for _, f := range asks.FindAllSubmatch(text, -1) {
				asked[string(f[1])] = true
			}
		})
		for _, m := range lines(t, pkg) {
			major, _, _ := strings.Cut(m.MinMacOS, ".")
			if n, err := strconv.Atoi(major); err != nil || n < 13 || m.MinMacOS == "13.0" {
				continue
			}
			guard, ok := guards[m.Class+" "+m.Selector]
			if !ok {
				guard, ok = guards[m.Class]
			}
			if !ok && strings.HasPrefix(m.Class, "MTL4") {
				guard, ok = "newMTL4CommandQueueWithDescriptor:error:", true
			}
			if !ok || !asked[guard] {
				t.Errorf("%s: %s %s came with macOS %s, and nobody asks for it first", m.Pos, m.Class, m.Selector, m.MinMacOS)
			}
		}
	}
}

// constants returns the exported constants of package mtl whose type is a
// named type of that package.
func constants(t *testing.T) map[string]*types.Const {
	t.Helper()
	fset := token.NewFileSet()
	paths, err := filepath.Glob("../../mtl/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	// Imports are not needed for constants, so their absence is no error.
	config := types.Config{Error: func(error) {}, IgnoreFuncBodies: true}
	pkg, _ := config.Check("mtl", fset, files, nil)
	found := map[string]*types.Const{}
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && c.Exported() {
			if named, ok := c.Type().(*types.Named); ok && named.Obj().Pkg() == pkg {
				found[name] = c
			}
		}
	}
	return found
}

func TestEveryEnumerationHasApplesValues(t *testing.T) {
	ref := reference(t)
	found := constants(t)
	if len(found) < 40 {
		t.Fatalf("only %d constants are found in package mtl", len(found))
	}
	for name, c := range found {
		want, ok := ref.Enums["MTL"+name]
		if !ok {
			want, ok = ref.Enums["MTL4"+name]
		}
		if !ok {
			t.Errorf("%s: Apple has no MTL%s and no MTL4%s", name, name, name)
			continue
		}
		got, exact := constant.Int64Val(c.Val())
		if !exact { // NSUIntegerMax, which the table has as -1
			var unsigned uint64
			unsigned, exact = constant.Uint64Val(c.Val())
			got = int64(unsigned)
		}
		if !exact || got != want {
			t.Errorf("%s is %v, want %d", name, c.Val(), want)
		}
		typ := c.Type().(*types.Named).Obj().Name()
		if !strings.HasPrefix(name, strings.TrimSuffix(strings.TrimSuffix(typ, "Options"), "s")) { // a StageBlit is of the Stages
			t.Errorf("%s has type %s", name, typ)
		}
	}
}

func TestSplitEncoding(t *testing.T) {
	for _, c := range []struct{ encoding, want string }{
		{"v@:", "[v @ :]"},
		{"@@:^vQQ@?", "[@ @ : ^v Q Q @?]"},
		{"{?=QQQ}@:", "[{?=QQQ} @ :]"},
		{"v@:^@^Q{_NSRange=QQ}", "[v @ : ^@ ^Q {_NSRange=QQ}]"},
		{"v@:{?={?=QQQ}{?=QQQ}}", "[v @ : {?={?=QQQ}{?=QQQ}}]"},
		{"v64@0:8{?=QQQ}16{?=QQQ}40", "[v @ : {?=QQQ} {?=QQQ}]"},
		{"v@:r^vnQ", "[v @ : ^v Q]"},
	} {
		result, args, err := SplitEncoding(c.encoding)
		if got := fmt.Sprint(append([]string{result}, args...)); got != c.want || err != nil {
			t.Errorf("%s: %s, %v; want %s", c.encoding, got, err, c.want)
		}
	}
	for _, bad := range []string{"", "v@:{?=QQ", "v@:^", "v@:y", "v@:^y"} {
		if result, args, err := SplitEncoding(bad); err == nil {
			t.Errorf("%q is read as %s %v", bad, result, args)
		}
	}
}

func FuzzSplitEncoding(f *testing.F) {
	for _, s := range []string{"v@:{?=QQQ}", "{?=QQQ}@:", "@@:@^@", "v64@0:8^^v16", "{{", "rn"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		result, args, err := SplitEncoding(s)
		if err != nil {
			return
		}
		// What was split can be put together and split again: with an offset between, without which @ and the unknown
		// type ? would be a block.
		again, args2, err := SplitEncoding(strings.Join(append([]string{result}, args...), "0"))
		if err != nil || again != result || !slices.Equal(args, args2) {
			t.Errorf("%s: %s %q, then %s %q, %v", strconv.Quote(s), result, args, again, args2, err)
		}
	})
}
