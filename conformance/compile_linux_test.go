package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// One variant of each kernel goes through clang, without a CUDA toolkit: so the CUDA text can't rot where nobody has one.
func TestTheCUDATextCompiles(t *testing.T) {
	ctx := context.Background()
	clang, err := exec.LookPath("clang++-19")
	if err != nil {
		t.Fatal("clang++-19 is needed: make deps installs it")
	}
	folder := t.TempDir()
	must(t, cudaHeaders(filepath.Join(folder, "headers")))
	tr, err := newTranslator(ctx, folder)
	must(t, err)
	s, err := newSession()
	must(t, err)
	l := &bundle{folder, map[string]entry{}}
	files := map[string]string{}
	seen := map[string]bool{}
	for _, f := range []codec.Format{codec.Default(64), codec.F16(64), {HeadDim: 64, KeyBits: 4, ValueBits: 8, Norm: codec.NormF16}} {
		var launches []launch
		for _, group := range []uint32{3, 8} {
			some, _, _, err := s.attention(params(f, 1, group, 300))
			must(t, err)
			launches = append(launches, some...)
		}
		for _, quantize := range []bool{true, false} {
			some, _, _, err := s.rows(params(f, 1, 1, 3), 0, 3, quantize)
			must(t, err)
			launches = append(launches, some...)
		}
		for _, r := range append(launches, s.recorder.checks...) {
			if seen[r.kernel] && f != codec.Default(64) && !strings.HasPrefix(r.kernel, "tq_") {
				continue // one of each is enough, but for what differs in formats
			}
			seen[r.kernel] = true
			text, err := tr.program(&r)
			must(t, err)
			files[r.variant()+".cu"] = text
			l.entries[r.variant()] = entry{"", r.variant(), r.kernel, r.variant()}
		}
	}
	must(t, writeFiles(filepath.Join(folder, "sources"), files))
	modules := l.modules(isPlain)
	if len(seen) != 7 {
		t.Errorf("kernels %v: one of each family is 7", seen)
	}
	c := compiler{clang, false, "sm_90", "-std=c++14"}
	_, err = c.compile(ctx, l, checkedBuild, modules)
	must(t, err)
	for _, m := range modules {
		ptx, err := os.ReadFile(filepath.Join(folder, checkedBuild, m.module+".ptx"))
		must(t, err)
		if !strings.Contains(string(ptx), ".visible .entry "+m.kernel+"(") || !strings.Contains(string(ptx), "msl_arguments") {
			t.Errorf("%s: no entry of that name, or no msl_arguments", m.variant)
		}
	}
}

// So do faults that put something in place of something else, in one kernel each: those without a barrier differ in one call
// that is not made.
func TestTheCUDATextOfFaultsCompiles(t *testing.T) {
	ctx := t.Context()
	clang, err := exec.LookPath("clang++-19")
	if err != nil {
		t.Fatal("clang++-19 is needed: make deps installs it")
	}
	c := compiler{clang, false, "sm_90", "-std=c++14"}
	folder := t.TempDir()
	must(t, cudaHeaders(filepath.Join(folder, "headers")))
	plain, err := newTranslator(ctx, folder)
	must(t, err)
	s, err := newSession()
	must(t, err)
	launches, err := faultLaunches(s)
	must(t, err)
	faults, err := plantedFaults()
	must(t, err)
	b := &bundle{folder, map[string]entry{}}
	files := map[string]string{}
	for _, f := range faults {
		if f.edit == nil || f.Tool == "racecheck" {
			continue
		}
		tr, err := plain.edited(ctx, f.edit)
		must(t, err)
		for i := range launches {
			l := &launches[i]
			before, err := plain.program(l)
			must(t, err)
			text, err := tr.program(l)
			must(t, err)
			if module := "fault" + strconv.Itoa(len(files)); text != before {
				files[module+".cu"] = text
				b.entries[key(f.Name, l.variant())] = entry{f.Name, l.variant(), l.kernel, module}
				break
			}
		}
	}
	if len(files) < 5 {
		t.Errorf("%d faults", len(files))
	}
	must(t, writeFiles(filepath.Join(folder, "sources"), files))
	_, err = c.compile(ctx, b, checkedBuild, b.modules(func(entry) bool { return true }))
	must(t, err)
}

// nvccScript stands for nvcc, and for cuobjdump. It writes what it is called with to the cubin, and what ptxas would say to
// its output; a module whose text has the word broken does not compile, and one that has the word silent is not spoken of.
const nvccScript = `#!/bin/sh
case $(basename "$0") in
cuobjdump)
	cat <<'SASS'
	.headerflags
        /*0000*/                   MOV R1, c[0x0][0x28] ;        /* 0x00000a0000017a02 */
                                                                 /* 0x000fc40000000f00 */
        /*0010*/                   S2R R0, SR_TID.X ;
        /*0020*/              @!P0 LDG.E.128 R4, [R2.64] ;
        /*0030*/                   STG.E [R2.64], R5 ;
        /*0040*/                   LDS.128 R8, [R0] ;
        /*0050*/                   STS [R0], R8 ;
        /*0060*/                   SHFL.BFLY PT, R3, R2, 0x1, 0x1f ;
        /*0070*/                   FFMA R2, R3, R4, R5 ;
        /*0080*/                   FADD R2, R3, R4 ;
        /*0090*/             @!UP0 MUFU.EX2 R2, R3 ;
        /*10a0*/                   EXIT ;
        /*10b0*/                   NOP ;
SASS
	exit 0 ;;
esac
[ "$1" = --version ] && { echo "nvcc: a script"; echo "Cuda compilation tools, release 12.8, V12.8.0"; exit 0; }
all=$*
while [ $# -gt 0 ]; do
	case $1 in
	-o) out=$2; shift ;;
	-E) exit 0 ;;
	*.cu) source=$1 ;;
	esac
	shift
done
grep -q broken "$source" && { echo "error: broken" >&2; exit 1; }
echo "$all" >"$out"
grep -q silent "$source" && exit 0
echo "ptxas info    : Function properties for k" >&2
echo "    48 bytes stack frame, 12 bytes spill stores, 16 bytes spill loads" >&2
echo "ptxas info    : Used 96 registers, used 1 barriers, 2048 bytes smem, 400 bytes cmem[0]" >&2
`

func fakeCUDA(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for _, name := range []string{"nvcc", "cuobjdump"} {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(nvccScript), 0o700))
	}
	t.Setenv("NVCC", filepath.Join(folder, "nvcc"))
	t.Setenv("CUOBJDUMP", "")
	return folder
}

// What ptxas and the disassembly say is counted; faults are built where they are checked, and not counted.
func TestMachineCodeIsCounted(t *testing.T) {
	fakeCUDA(t)
	c, err := findCompiler("sm_90")
	must(t, err)
	if !c.nvcc || c.standard != "-std=c++14" || c.version() != "Cuda compilation tools, release 12.8, V12.8.0" {
		t.Errorf("%+v, %s", c, c.version())
	}
	folder := t.TempDir()
	b := &bundle{folder, map[string]entry{key("", "k-4"): {"", "k-4", "k", "k-1"}, key("", "k-8"): {"", "k-8", "k", "k-2"}, key("a fault", "k-4"): {"a fault", "k-4", "k", "k-3"}}}
	must(t, writeFiles(filepath.Join(folder, "sources"), map[string]string{"k-1.cu": "one", "k-2.cu": "two", "k-3.cu": "three"}))
	must(t, os.CopyFS(filepath.Join(folder, "cuda"), cudaFiles))
	got, err := compileAll(t.Context(), b, c)
	must(t, err)
	one := compiled{Variant: "k-4", Registers: 96, Stack: 48, Spill: 28, Threadgroup: 2048, Instructions: 11, Loads: 1, Stores: 1, Shared: 2, Shuffles: 1, FMA: 1, Special: 1}
	other := one
	other.Variant = "k-8"
	if !slices.Equal(got, []compiled{one, other}) {
		t.Errorf("%+v", got)
	}
	for path, want := range map[string]string{
		"plain/k-1.cubin": "-fmad=false", "checked/k-1.cubin": "-D__MSL_POISON__", "checked/k-3.cubin": "-lineinfo", "plain/read.cubin": "-arch=sm_90",
	} {
		if text, err := os.ReadFile(filepath.Join(folder, path)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, built by %q, without %q", path, err, text, want)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "plain/k-3.cubin")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a fault was built to be timed: %v", err)
	}
	for text, want := range map[string]string{"broken": "a fault k-4: exit status 1\nerror: broken", "silent": ""} {
		must(t, writeFiles(filepath.Join(folder, "sources"), map[string]string{"k-3.cu": text}))
		if _, err := compileAll(t.Context(), b, c); err == nil != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("a fault that is %s: %v", text, err)
		}
	}
	must(t, writeFiles(filepath.Join(folder, "sources"), map[string]string{"k-3.cu": "", "k-2.cu": "silent"}))
	if _, err := compileAll(t.Context(), b, c); err == nil || !strings.Contains(err.Error(), "k-8: no register count in the log") {
		t.Errorf("a kernel that ptxas says nothing of: %v", err)
	}
}

func TestWhichCompilerIsFound(t *testing.T) {
	fakeCUDA(t)
	t.Setenv("NVCC", "no-such-nvcc")
	if c, err := findCompiler("sm_80"); err != nil || c.nvcc || c.architecture != "sm_80" {
		t.Errorf("%+v, %v", c, err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := findCompiler("sm_80"); !errors.Is(err, errNoCompiler) {
		t.Errorf("%v", err)
	}
	// A compiler that knows no C++14 any more is asked for C++17.
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "nvcc"), []byte("#!/bin/sh\nexit 1\n"), 0o700))
	t.Setenv("NVCC", filepath.Join(folder, "nvcc"))
	if c, err := findCompiler("sm_80"); err != nil || c.standard != "-std=c++17" {
		t.Errorf("%+v, %v", c, err)
	}
}

// What prepare writes is what the machine with the GPU reads.
func TestABundleIsReadAsItWasWritten(t *testing.T) {
	folder := t.TempDir()
	must(t, writeFiles(folder, map[string]string{"variants": "\tk-4\tk\tk-1\na fault\tk-4\tk\tk-2\n\tk-8\tk\tk-1\n"}))
	b, err := openBundle(folder)
	must(t, err)
	if len(b.entries) != 3 || b.entries[key("a fault", "k-4")] != (entry{"a fault", "k-4", "k", "k-2"}) || b.size() != "1 variants of kernels and 1 with a planted fault" {
		t.Errorf("%+v: %s", b.entries, b.size())
	}
	must(t, writeFiles(folder, map[string]string{"variants": "k-4\tk\n"}))
	if _, err := openBundle(folder); err == nil {
		t.Error("a line of two words was read")
	}
}
