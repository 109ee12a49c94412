package softmetal

import (
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// What a program gets that does not ask is not what it wants: that is why the
// binding always asks.
func TestDefaultsAreThoseOfMetal(t *testing.T) {
	for version, want := range map[string]uint64{"go1.25.1": 0x20004, "go1.26.8": 0x20004, "go1.27.0": 0x40000} {
		if got := languageOf(version); got != want {
			t.Errorf("%s: language version %#x, want %#x", version, got, want)
		}
	}
	h := newHand(t, Options{MacOS: "13.0"})
	o := h.pooled(h.id(h.class("MTLCompileOptions"), "new"))
	if got := uint64(h.send(o, "languageVersion")); got > newestLanguage(h.macOS) {
		t.Errorf("language version %#x by default on macOS 13", got)
	}
	if h.send(o, "fastMathEnabled")&0xff != 1 {
		t.Error("math is not fast by default")
	}
}

func TestOptionsAreReadBack(t *testing.T) {
	h := newHand(t, Options{})
	o := h.pooled(h.id(h.class("MTLCompileOptions"), "new"))
	h.send(o, "setLanguageVersion:", 0x30001)
	h.send(o, "setMathMode:", 0)
	if v, m, f := h.send(o, "languageVersion"), h.send(o, "mathMode"), h.send(o, "fastMathEnabled")&0xff; v != 0x30001 || m != 0 || f != 0 {
		t.Errorf("language version %#x, math mode %d, fast math %d", v, m, f)
	}
	for _, c := range []struct {
		fast            bool
		math, functions uintptr
	}{{false, 0, functionsPrecise}, {true, mathFast, functionsFast}} {
		h.send(o, "setFastMathEnabled:", c.fast)
		if m, f := h.send(o, "mathMode"), h.send(o, "mathFloatingPointFunctions"); m != c.math || f != c.functions {
			t.Errorf("setFastMathEnabled: %v gives math mode %d and functions %d", c.fast, m, f)
		}
	}
	h.send(o, "setOptimizationLevel:", 1)
	h.send(o, "setMaxTotalThreadsPerThreadgroup:", 64)
	if l, n := h.send(o, "optimizationLevel"), h.send(o, "maxTotalThreadsPerThreadgroup"); l != 1 || n != 64 {
		t.Errorf("optimization level %d, %d threads", l, n)
	}
	m := h.pooled(h.id(h.class("NSMutableDictionary"), "new"))
	h.send(m, "setObject:forKey:", h.string("7"), h.string("N"))
	h.send(m, "setObject:forKey:", h.id(h.class("NSNumber"), "numberWithInt:", uintptr(0xffff_fffd)), h.string("M"))
	h.send(o, "setPreprocessorMacros:", m)
	h.send(m, "setObject:forKey:", h.string("8"), h.string("N")) // the property is a copy
	got := h.objects[o].payload.(*compileOptions).options()
	if got.LanguageVersion != mslrun.MSL3_1 || got.MathMode != mslrun.MathFast || got.PreprocessorMacros["N"] != "7" || got.PreprocessorMacros["M"] != "-3" || len(got.PreprocessorMacros) != 2 {
		t.Errorf("the compiler gets %+v", got)
	}
	h.drain(t)
}

func TestLanguageVersionThatTheSystemDoesNotHaveIsAnError(t *testing.T) {
	for macOS, newest := range map[string]uint64{"13.0": 0x30000, "14.0": 0x30001, "15.0": 0x30002, "26.0": 0x40000} {
		v, err := parseOSVersion(macOS)
		if err != nil || newestLanguage(v) != newest {
			t.Errorf("macOS %s compiles up to %#x, want %#x (%v)", macOS, newestLanguage(v), newest, err)
		}
	}
	h := newHand(t, Options{MacOS: "13.0"})
	o := h.pooled(h.id(h.class("MTLCompileOptions"), "new"))
	h.send(o, "setLanguageVersion:", 0x30001)
	var e objc.ID
	if l := h.send(h.device(), "newLibraryWithSource:options:error:", h.string("x"), o, &e); l != 0 || e == 0 {
		t.Fatalf("library %#x, error %#x", l, e)
	}
	if text := h.text(h.id(e, "localizedDescription")); !strings.Contains(text, "3.1") || !strings.Contains(text, "macOS 13.0") {
		t.Errorf("the error says %q", text)
	}
	h.drain(t)
}

func TestFunctionConstantsAreHeldAgainstTheSource(t *testing.T) {
	f := mslrun.Function{Name: "k", Constants: []mslrun.FunctionConstant{
		{Name: "n", Index: 1, Type: mslrun.UInt, Required: true}, {Name: "x", Index: 2, Type: mslrun.Float}}}
	for _, test := range []struct {
		name string
		set  func(h *hand, v objc.ID)
		want string // "" for success
	}{
		{"by index", func(h *hand, v objc.ID) { h.send(v, "setConstantValue:type:atIndex:", []byte{9, 0, 0, 0}, 33, 1) }, ""},
		{"by name", func(h *hand, v objc.ID) {
			h.send(v, "setConstantValue:type:withName:", []byte{9, 0, 0, 0}, 33, h.string("n"))
		}, ""},
		{"by range", func(h *hand, v objc.ID) {
			h.send(v, "setConstantValues:type:withRange:", []byte{8, 0, 0, 0, 9, 0, 0, 0}, 33, span{0, 2})
		}, ""},
		{"missing", func(h *hand, v objc.ID) {}, "has no value"},
		{"of another type", func(h *hand, v objc.ID) { h.send(v, "setConstantValue:type:atIndex:", make([]byte, 4), 29, 1) }, "data type 33 in the source and was given 29"},
		{"taken back", func(h *hand, v objc.ID) {
			h.send(v, "setConstantValue:type:atIndex:", make([]byte, 4), 33, 1)
			h.send(v, "reset")
		}, "has no value"},
	} {
		h := newHand(t, Options{})
		v := h.pooled(h.id(h.class("MTLFunctionConstantValues"), "new"))
		test.set(h, v)
		constants, err := h.objects[v].payload.(*constantValues).resolve(f)
		if r := h.Reports(); len(r) != 0 {
			t.Errorf("%s: %v", test.name, r)
		}
		switch {
		case test.want == "" && (err != nil || len(constants) != 1 || constants[1].Bytes[0] != 9):
			t.Errorf("%s: %v, %v", test.name, constants, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}
