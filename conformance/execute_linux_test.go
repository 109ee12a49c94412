package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

func all(x []float32, value float32) bool {
	return !slices.ContainsFunc(x, func(v float32) bool { return v != value && !(isNaN(v) && isNaN(value)) })
}

// ofByte is the float32 of four equal bytes.
func ofByte(b byte) float32 { return bytesFloat([]byte{b, b, b, b})[0] }

var nan = float32(math.NaN())

// Builds run one after the other over the same inputs, each over an output of NaN, and memory is of just the bytes that a
// problem has.
func TestAttendRunsEachBuildFromTheSameInputs(t *testing.T) {
	s := newStub(t)
	p := params(codec.Default(64), 1, 2, 300) // two launches, the second of which writes Output
	p.KVCapacity = 301
	half := 4 * 64 // bytes of one of the two heads
	g := s.rig(t, p,
		deed{plainBuild, "", "flash_attn_vec_reduce", "set 2 64 4"}, // one element
		deed{checkedBuild, "", "flash_attn_vec_reduce", fmt.Sprintf("copy 1 2 %d", half)},
		deed{checkedBuild, "", "flash_attn_vec_tq", fmt.Sprintf("copy 1 6 %d", half)}) // q to Tmp, and from there to Output
	x, err := newProblem(p, false)
	must(t, err)
	outputs, err := g.attend(x, attendOption{}, checkedBuild, plainBuild, checkedBuild)
	must(t, err)
	if len(outputs) != 3 {
		t.Fatalf("%d outputs", len(outputs))
	}
	for i, o := range outputs {
		written := slices.Equal(o[:64], x.Q[:64])
		if i == 1 {
			written = o[0] == ofByte(64) && all(o[1:64], nan)
		}
		if len(o) != 2*64 || !written || !all(o[64:], nan) {
			t.Errorf("output %d: %v", i, o)
		}
	}
	must(t, g.close())
	sizes, err := p.Sizes()
	must(t, err)
	for _, bytes := range []int{4 * sizes.Q, sizes.KPacked, sizes.KNorms} { // of output, V and its norms too
		if n := s.logged(t, fmt.Sprintf("allocate %d", bytes)); n != 2 {
			t.Errorf("%d allocations of %d bytes, want 2", n, bytes)
		}
	}
	if s.logged(t, "left 0") != 1 || s.logged(t, "launch ") != 6 {
		t.Errorf("%d launches, want 6; memory is left: %v", s.logged(t, "launch "), s.logged(t, "left 0") != 1)
	}
}

// A fault of a kernel runs where it is, and other kernels as they are; a fault of buffers is one of the buffer it names.
func TestAttendPlantsTheFault(t *testing.T) {
	p := params(codec.Default(64), 2, 2, 100)
	sizes, err := p.Sizes()
	must(t, err)
	output := deed{checkedBuild, "", "flash", fmt.Sprintf("copy 1 7 %d", 4*sizes.Output)}
	changed := deed{checkedBuild, "a fault", "flash", fmt.Sprintf("set 7 64 %d", 4*sizes.Output)}
	for _, c := range []struct {
		name    string
		option  attendOption
		want    func(x *problem, output []float32) bool
		norms   int // bytes of V's
		outputs int // bytes
	}{
		{"none", attendOption{}, func(x *problem, o []float32) bool { return slices.Equal(o, x.Q) }, sizes.VNorms, 4 * sizes.Output},
		{"of this kernel", attendOption{fault: fault{Name: "a fault"}}, func(_ *problem, o []float32) bool { return all(o, ofByte(64)) }, sizes.VNorms, 4 * sizes.Output},
		{"of another kernel", attendOption{fault: fault{Name: "other"}}, func(x *problem, o []float32) bool { return slices.Equal(o, x.Q) }, sizes.VNorms, 4 * sizes.Output},
		{"norms that are a row short", attendOption{fault: fault{Name: "short", short: "vNorms"}}, func(x *problem, o []float32) bool { return slices.Equal(o, x.Q) }, sizes.VNorms - 4, 4 * sizes.Output},
		{"a query that nobody wrote", attendOption{fault: fault{Name: "unfilled", unfilled: "q"}}, func(_ *problem, o []float32) bool { return all(o, 0) }, sizes.VNorms, 4 * sizes.Output},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t)
			g := s.rig(t, p, output, changed)
			x, err := newProblem(p, false)
			must(t, err)
			outputs, err := g.attend(x, c.option, checkedBuild)
			must(t, err)
			if !c.want(x, outputs[0]) {
				t.Errorf("output %v", outputs[0])
			}
			must(t, g.close())
			if s.logged(t, fmt.Sprintf("allocate %d", c.norms)) == 0 {
				t.Errorf("no buffer of %d bytes", c.norms)
			}
		})
	}
	s := newStub(t)
	g := s.rig(t, p, output)
	x, err := newProblem(p, false)
	must(t, err)
	if _, err := g.attend(x, attendOption{fault: fault{short: "output"}}, checkedBuild); err == nil || !strings.Contains(err.Error(), "ILLEGAL_ADDRESS") {
		t.Errorf("an output that is a row short: %v", err)
	}
	must(t, g.close())
}

func TestUnfilledOutputsStayAsTheyAre(t *testing.T) {
	s := newStub(t)
	p := params(codec.Default(64), 1, 1, 10)
	g := s.rig(t, p)
	x, err := newProblem(p, false)
	must(t, err)
	for _, unfilled := range []bool{true, false} {
		want := nan
		if unfilled {
			want = 0
		}
		if outputs, err := g.attend(x, attendOption{unfilled: unfilled}, checkedBuild); err != nil || !all(outputs[0], want) {
			t.Errorf("unfilled %v: %v, %v", unfilled, outputs, err)
		}
	}
	must(t, g.close())
}

func TestAVariantThatIsNotInTheBundleIsAnError(t *testing.T) {
	s := newStub(t)
	g := s.rig(t, params(codec.Default(64), 1, 1, 10))
	x, err := newProblem(params(codec.Default(64), 1, 4, 10), false)
	must(t, err)
	if _, err := g.attend(x, attendOption{}, checkedBuild); err == nil || !strings.Contains(err.Error(), "flash_attn_vec_tq_dk64-4-4-1-0-0-4 is not in the bundle") {
		t.Errorf("%v", err)
	}
	must(t, g.close())
}

// The time of a problem is that of a graph by the problems in it, and caches take turns.
func TestAShapeIsTimedPerProblem(t *testing.T) {
	s := newStub(t)
	p := params(codec.Default(64), 1, 2, 1000)
	g := s.rig(t, p)
	got, err := measureOne(g, timedProblem{p, true, false})
	must(t, err)
	want := 2 * 0.5e-3 // two launches
	if math.Abs(got.Seconds-want) > 1e-6 || math.Abs(got.Least-want) > 1e-6 || got.Sets != 64 || got.Bytes != 1000*p.Format.PositionBytes() || got.kernel() != "flash_attn_vec_tq" || len(got.Launches) != 2 {
		t.Errorf("%+v, want %v seconds", got, want)
	}
	must(t, g.close())
	if n := s.logged(t, fmt.Sprintf("allocate %d", 1000*p.Format.KeyRowBytes())); n != 2*64 {
		t.Errorf("%d caches of K and V, want 64 of each", n)
	}
	if s.logged(t, "left 0") != 1 {
		t.Error("memory is left")
	}
}

// What a registry asks of a device is asked of the GPU.
func TestADeviceThatDoesNotPassItsCheckIsAFailure(t *testing.T) {
	for _, passes := range []bool{true, false} {
		s := newStub(t)
		session, err := newSession()
		must(t, err)
		_, _, _, err = session.attention(params(codec.Default(64), 1, 8, 10))
		must(t, err)
		l := session.recorder.checks[0]
		value := 1
		if passes {
			value = 0
		}
		b := s.bundle(t, []launch{l}, deed{checkedBuild, "", l.kernel, fmt.Sprintf("set 0 %d %d", value, session.recorder.lengths[l.arguments[0].buffer])})
		g := &rig{session, s.start(t), b}
		var r checkResult
		must(t, checkDevice(g, &l, &r))
		if (len(r.Failures) == 0) != passes || !slices.Equal(r.Checks, []string{"simdgroup_matrix_layout"}) {
			t.Errorf("passes %v: %+v", passes, r)
		}
		must(t, g.close())
	}
}

func TestRowsThatAreWrongAreFailures(t *testing.T) {
	f := codec.Default(64)
	for _, c := range []struct {
		kernel, does, want string
	}{
		{"", "", "quantising rows of " + f.String() + ": 7808 of 15616 levels and 244 norms differ"}, // all bytes of all rows
		{"tq_dequantize", "set 1 0 4", "decoding rows of " + f.String() + ": 1 rows have other bits"},
		{"tq_quantize", "set 3 7 1", "row 0 of head 0 of k was written"},
	} {
		s := newStub(t)
		session, err := newSession()
		must(t, err)
		var launches []launch
		for _, quantize := range []bool{true, false} {
			l, _, _, err := session.rows(params(f, 2, 1, 67), 3, 61, quantize)
			must(t, err)
			launches = append(launches, l...)
		}
		var deeds []deed
		if c.does != "" {
			deeds = append(deeds, deed{checkedBuild, "", c.kernel, c.does})
		}
		g := &rig{session, s.start(t), s.bundle(t, launches, deeds...)}
		var r checkResult
		must(t, checkRows(g, f, &r))
		if !strings.Contains(strings.Join(r.Failures, "\n"), c.want) {
			t.Errorf("%s %s: no %q in %q", c.kernel, c.does, c.want, r.Failures)
		}
		must(t, g.close())
	}
}

// sanitizerScript stands for compute-sanitizer: it runs the launcher, and reports an error for each launch whose line of
// the log has $FAULTY in it.
const sanitizerScript = `#!/bin/sh
while [ $# -gt 2 ]; do
	case $1 in
	--tool) tool=$2; shift ;;
	--log-file) log=$2; shift ;;
	esac
	shift
done
before=$(grep -c "$FAULTY" "$STUB_LOG" 2>/dev/null)
"$@"
code=$?
n=$(( $(grep -c "$FAULTY" "$STUB_LOG") - ${before:-0} ))
[ $n = 0 ] || echo "=========     at f()+0x10 in tq_format.metal:12" >"$log"
case $tool in
racecheck) echo "========= RACECHECK SUMMARY: $n hazards displayed (0 errors, $n warnings)" >>"$log" ;;
*) echo "========= ERROR SUMMARY: $n errors" >>"$log" ;;
esac
exit $code
`

func (s stub) withSanitizer(t *testing.T, faulty string) {
	t.Helper()
	bin := t.TempDir()
	must(t, os.WriteFile(bin+"/compute-sanitizer", []byte(sanitizerScript), 0o700))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("FAULTY", faulty)
}

func TestASanitizerRunsEveryVariant(t *testing.T) {
	s := newStub(t)
	session, err := newSession()
	must(t, err)
	var launches []launch
	for _, p := range small() {
		l, _, _, err := session.attention(p)
		must(t, err)
		launches = append(launches, l...)
	}
	for _, d := range matrix.HeadDims {
		for _, f := range formats(d) {
			for _, quantize := range []bool{true, false} {
				l, _, _, err := session.rows(params(f, 2, 1, 67), 3, 61, quantize)
				must(t, err)
				launches = append(launches, l...)
			}
		}
	}
	b := s.bundle(t, launches)
	for _, c := range []struct {
		tool, faulty string
		found        bool
	}{{"memcheck", "nothing", false}, {"racecheck", "launch flash_attn_mat_tq_dk512", true}} {
		s.withSanitizer(t, c.faulty)
		r := sanitize(t.Context(), b, s.launcher, c.tool, t.TempDir())
		if r.Error != "" || (r.Found > 0) != c.found || r.Problems != len(small())+4*len(formats(64)) || slices.Equal(r.Lines, []string{"tq_format.metal:12"}) != c.found || (r.Log != "") != c.found {
			t.Errorf("%s: %+v", c.tool, r)
		}
	}
	if r := sanitize(t.Context(), b, s.launcher+"-none", "memcheck", t.TempDir()); r.Error == "" {
		t.Errorf("without a launcher: %+v", r)
	}
}

// Each fault is looked for under its own tool, in the problems that it is in.
func TestPlantedFaultsAreFoundByTheirTool(t *testing.T) {
	s := newStub(t)
	session, err := newSession()
	must(t, err)
	launches, err := faultLaunches(session)
	must(t, err)
	edit := func(_, text string) string { return text }
	deeds := []deed{
		{checkedBuild, "found by memcheck", "flash_attn_vec_tq_dk64", "set 7 0 4"},
		{checkedBuild, "found by the oracle", "flash_attn_mat_tq_dk64", "set 7 0 4"},
		{checkedBuild, "found by nobody", "flash_attn_vec_tq_dk64", "set 7 0 4"},
		{checkedBuild, "found by its time", "flash_attn_vec_tq_dk64", "hang"},
	}
	b := s.bundle(t, launches, deeds...)
	s.withSanitizer(t, "found-by-memcheck")
	for _, c := range []struct {
		fault  fault
		found  bool
		detail string
	}{
		{fault{Name: "found by memcheck", Tool: "memcheck", edit: edit}, true, ""},
		{fault{Name: "found by the oracle", Tool: "oracle", edit: edit}, true, ""},
		{fault{Name: "found by nobody", Tool: "racecheck", edit: edit}, false, ""},
		{fault{Name: "not there", Tool: "oracle", edit: edit}, false, ""}, // no problem is affected
		{fault{Name: "found by its time", Tool: hang, edit: edit}, true, "timeout"},
	} {
		ctx := t.Context()
		if c.fault.Tool == hang {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, 2*time.Second)
			defer cancel()
		}
		r := plantOne(ctx, b, s.launcher, t.TempDir()+"/log", c.fault)
		if r.Found != c.found || r.Found != (r.Count > 0) || !strings.Contains(r.Detail, c.detail) || c.detail == "" && r.Detail != "" {
			t.Errorf("%s: %+v", c.fault.Name, r)
		}
	}
	if n := s.logged(t, "launch flash_attn_vec_tq_dk64"); n == 0 {
		t.Error("nothing was launched")
	}
}

func TestAFaultIsLookedForWhereItIs(t *testing.T) {
	session, err := newSession()
	must(t, err)
	one, other := params(codec.Default(64), 1, 1, 70), params(codec.Default(64), 1, 8, 70)
	launches, _, _, err := session.attention(one)
	must(t, err)
	l := launches[0]
	g := &rig{session, nil, &bundle{"", map[string]entry{key("a fault", l.variant()): {"a fault", l.variant(), l.kernel, "m"}}}}
	for _, c := range []struct {
		p     tqsdpa.Params
		fault fault
		want  bool
	}{
		{one, fault{Name: "a fault", edit: func(_, t string) string { return t }}, true},
		{other, fault{Name: "a fault", edit: func(_, t string) string { return t }}, false},
		{other, fault{Name: "K is a row short", short: "kPacked"}, true}, // of any problem
	} {
		if got, err := g.affected(c.p, c.fault); got != c.want || err != nil {
			t.Errorf("%s in %s: %v, %v", c.fault.Name, describe(c.p), got, err)
		}
	}
	if set := g.setFor("a fault", &l); set != "a fault" {
		t.Errorf("set %q", set)
	}
	if set := g.setFor("other", &l); set != "" {
		t.Errorf("set %q", set)
	}
}
