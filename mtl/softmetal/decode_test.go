package softmetal

import (
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

func TestEncodingIsLaidOutAsOnArm64(t *testing.T) {
	for _, test := range []struct {
		encoding string
		result   valueType
		args     []valueType
	}{
		{"v@:", valueType{kind: 'v', text: "v", align: 1}, nil},
		{"@@:QQ", valueType{kind: '@', text: "@", size: 8, align: 8}, []valueType{
			{kind: 'Q', text: "Q", size: 8, align: 8}, {kind: 'Q', text: "Q", size: 8, align: 8}}},
		{"v24@0:8B16", valueType{kind: 'v', text: "v", align: 1}, []valueType{{kind: 'B', text: "B", size: 1, align: 1}}},
		{"v@:{_NSRange=QQ}C", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '{', text: "{_NSRange=QQ}", size: 16, align: 8}, {kind: 'C', text: "C", size: 1, align: 1}}},
		{"{?=QQQ}@:@?", valueType{kind: '{', text: "{?=QQQ}", size: 24, align: 8}, []valueType{
			{kind: '?', text: "@?", size: 8, align: 8}}},
		{"v@:{?={?=QQQ}{?=QQQ}}", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '{', text: "{?={?=QQQ}{?=QQQ}}", size: 48, align: 8}}},
		{"v@:^{__IOSurface=}f", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '^', text: "^{__IOSurface=}", size: 8, align: 8}, {kind: 'f', text: "f", size: 4, align: 4, float: 'f', words: 1}}},
		{"v@:{?=ff}", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '{', text: "{?=ff}", size: 8, align: 4, float: 'f', words: 2}}},
		{"v@:{?=ffff}", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '{', text: "{?=ffff}", size: 16, align: 4, float: 'f', words: 4}}},
		{"v@:{?=fffff}", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '{', text: "{?=fffff}", size: 20, align: 4}}},
		// A struct ends where an element of an array of it would.
		{"v@:{?=QI}{?=QC}{?=IS}", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '{', text: "{?=QI}", size: 16, align: 8}, {kind: '{', text: "{?=QC}", size: 16, align: 8},
			{kind: '{', text: "{?=IS}", size: 8, align: 4}}},
		{"v@:{?={?=QC}C}", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '{', text: "{?={?=QC}C}", size: 24, align: 8}}},
		{"v@:{?=CQ}", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '{', text: "{?=CQ}", size: 16, align: 8}}},
		{"v@:{?=fd}", valueType{kind: 'v', text: "v", align: 1}, []valueType{
			{kind: '{', text: "{?=fd}", size: 16, align: 8}}},
	} {
		s, err := parseSignature(test.encoding)
		if err != nil {
			t.Errorf("%s: %v", test.encoding, err)
			continue
		}
		if s.result != test.result {
			t.Errorf("%s: result %+v, want %+v", test.encoding, s.result, test.result)
		}
		if len(s.args) != len(test.args) {
			t.Errorf("%s: %d arguments, want %d", test.encoding, len(s.args), len(test.args))
			continue
		}
		for i := range s.args {
			if s.args[i] != test.args[i] {
				t.Errorf("%s: argument %d is %+v, want %+v", test.encoding, i, s.args[i], test.args[i])
			}
		}
	}
}

func TestEncodingThatIsNoneIsAnError(t *testing.T) {
	for _, encoding := range []string{"", "v", "v@", "@@Q", "v@:{", "v@:{QQ}", "v@:%", "v@:^", "{?=Q@:", "v@:^{x", "v@:v", "v@:{?=}Q"} {
		if s, err := parseSignature(encoding); err == nil {
			t.Errorf("%q gives %+v", encoding, s)
		}
	}
}

// A result takes the registers that its type takes; all others hold garbage
// afterwards, so that whoever reads too much or elsewhere is found out.
func TestResultIsWhereItsTypeSays(t *testing.T) {
	h := newHand(t, Options{})
	buffer := h.buffer(48)
	cb := h.commandBuffer()
	h.finish(cb)

	r := h.registers(buffer, "length", nil)
	h.MsgSend(r)
	if r.X[0] != 48 || r.X[1] == 0 || !math.IsNaN(r.D[0]) {
		t.Errorf("an integer: x0 %d, want 48; x1 %#x and d0 %v, want garbage", r.X[0], r.X[1], r.D[0])
	}
	r = h.registers(h.device(), "hasUnifiedMemory", nil)
	h.MsgSend(r)
	if byte(r.X[0]) != 1 || r.X[0] == 1 {
		t.Errorf("a BOOL: x0 %#x, want 1 in the low byte and garbage above it", r.X[0])
	}
	r = h.registers(cb, "GPUEndTime", nil)
	h.MsgSend(r)
	if !(r.D[0] > 0) || !math.IsNaN(r.D[1]) || r.X[0] == 0 {
		t.Errorf("a double: d0 %v, want a time; d1 %v and x0 %#x, want garbage", r.D[0], r.D[1], r.X[0])
	}
	var s [3]uint64
	r = h.registers(h.device(), "maxThreadsPerThreadgroup", nil)
	r.X8 = unsafe.Pointer(&s)
	h.MsgSend(r)
	if s != [3]uint64{1024, 1024, 1024} || r.X[0] == 1024 {
		t.Errorf("a struct of 24 bytes: %v at x8, want 1024 three times; x0 %#x, want garbage", s, r.X[0])
	}
	r = h.registers(cb, "label", nil)
	h.MsgSend(r)
	if r.X[0] != 0 {
		t.Errorf("nil: x0 %#x, want 0", r.X[0])
	}
	if n := h.Reports(); len(n) != 0 {
		t.Errorf("reports: %v", n)
	}
}

// A call may change all registers that arguments go in, and what holds none has
// no value that would do for one.
func TestArgumentThatWasForgottenIsReported(t *testing.T) {
	h := newHand(t, Options{})
	device := h.device()
	for _, test := range []struct {
		selector string
		given    []uintptr
		rule     Rule
	}{
		{"newBufferWithLength:options:", []uintptr{16}, RuleBufferOptions},
		{"newBufferWithLength:options:", nil, RuleBufferLength},
		{"newCommandQueueWithMaxCommandBufferCount:", nil, 0}, // any count is one
		{"newLibraryWithSource:options:error:", nil, RuleNotAnObject},
	} {
		c := objc.NewCall(h.Device)
		c.Message(device, h.RegisterSelector(test.selector))
		copy(c.X[2:], test.given)
		c.Send()
		for i, x := range c.X[2:] {
			if i < len(test.given) && x == test.given[i] || x == 0 {
				t.Errorf("%s: x%d still holds %#x", test.selector, i+2, x)
			}
		}
		reports := h.TakeReports()
		if test.rule == 0 && len(reports) == 0 {
			continue
		}
		if len(reports) != 1 || reports[0].Rule != test.rule {
			t.Errorf("%s with %d arguments: %v", test.selector, len(test.given), reports)
		}
	}
	c := objc.NewCall(h.Device)
	c.Message(h.id(h.class("MTLCompileOptions"), "new"), h.RegisterSelector("setFastMathEnabled:"))
	c.Send()
	c.Function() // the object of objc_release is forgotten
	c.Invoke(h.Symbol("objc_release"))
	if r := h.TakeReports(); len(r) != 2 || r[0].Rule != RuleArgumentRegister || r[1].Rule != RuleNotAnObject {
		t.Errorf("a BOOL and a C function's argument: %v", r)
	}
}

func TestMessageToNilAnswersZero(t *testing.T) {
	h := newHand(t, Options{})
	s := [3]uint64{1, 2, 3}
	r := h.registers(0, "maxThreadsPerThreadgroup", nil)
	r.X8 = unsafe.Pointer(&s)
	h.MsgSend(r)
	if r.X[0] != 0 || r.X[1] != 0 || r.D != [4]float64{} {
		t.Errorf("x0 %#x, x1 %#x, d %v; want zero", r.X[0], r.X[1], r.D)
	}
	if s != [3]uint64{1, 2, 3} {
		t.Errorf("the struct at x8 is %v: the runtime does not write it for nil", s)
	}
}

// What a float argument and a stack argument look like is decided by encodings
// that no method of this device has.
func TestArgumentsOfRareTypes(t *testing.T) {
	sig, err := parseSignature("v@:@dfQ{?=dd}")
	if err != nil {
		t.Fatal(err)
	}
	c := &call{method: &method{sig: sig}}
	r := &objc.Registers{X: [8]uintptr{0, 0, 7, 8}}
	r.D = [4]float64{1.5, math.Float64frombits(0xffff_ffff_0000_0000 | uint64(math.Float32bits(2.5))), 3.5, 4.5}
	if err := c.decode(r); err != nil {
		t.Fatal(err)
	}
	if c.word(0) != 7 || c.float(1) != 1.5 || c.float(2) != 2.5 || c.word(3) != 8 {
		t.Errorf("got %d %v %v %d", c.word(0), c.float(1), c.float(2), c.word(3))
	}
	if got := [2]float64{math.Float64frombits(c.args[4].words[0]), math.Float64frombits(c.args[4].words[1])}; got != [2]float64{3.5, 4.5} {
		t.Errorf("the pair is %v", got)
	}
	// A struct that goes by address may end in half a word, and may be too large.
	five := [5]uint32{1, 2, 3, 4, 5}
	for encoding, want := range map[string]string{"v@:{?=IIIII}": "", "v@:{?=QQQQQQQ}": "a struct of 56 bytes, and the software device takes 48"} {
		sig, err := parseSignature(encoding)
		if err != nil {
			t.Fatal(err)
		}
		c := &call{method: &method{sig: sig}}
		err = c.decode(&objc.Registers{X: [8]uintptr{2: uintptr(unsafe.Pointer(&five))}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", encoding, err)
		}
		if got := [3]uint64(c.args[0].words[:3]); want == "" && got != [3]uint64{1 | 2<<32, 3 | 4<<32, 5} {
			t.Errorf("%s: %#x", encoding, got)
		}
	}
	for _, encoding := range []string{"v@:QQQQQQQ", "v@:QQQQQ{_NSRange=QQ}", "v@:ddddd"} {
		sig, err := parseSignature(encoding)
		if err != nil {
			t.Fatal(err)
		}
		if err := (&call{method: &method{sig: sig}}).decode(new(objc.Registers)); err == nil {
			t.Errorf("%s needs the stack, and was decoded", encoding)
		}
	}
}
