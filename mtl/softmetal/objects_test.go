package softmetal

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

func TestEveryMethodIsDeclaredByApple(t *testing.T) {
	h := newHand(t, Options{})
	for _, c := range h.classList {
		for key, m := range c.resolved {
			if m.method == nil {
				t.Errorf("%s has a method %s that no header declares", c.name, key)
			}
		}
	}
}

func TestReferencesAreCounted(t *testing.T) {
	h := newHand(t, Options{})
	b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
	if n := h.send(b, "retainCount"); n != 1 {
		t.Errorf("a new object has %d references, want 1", n)
	}
	if got := h.id(b, "retain"); got != b {
		t.Errorf("retain answers %#x, want the target %#x", got, b)
	}
	h.function("objc_retain", b)
	h.function("objc_retainAutoreleasedReturnValue", b)
	if n := h.send(b, "retainCount"); n != 4 {
		t.Errorf("%d references after three retains, want 4", n)
	}
	for range 3 {
		h.send(b, "release")
	}
	pool := h.function("objc_autoreleasePoolPush")
	h.send(b, "autorelease")
	if n := h.send(b, "retainCount"); n != 1 {
		t.Errorf("%d references in a pool, want 1", n)
	}
	h.function("objc_autoreleasePoolPop", pool)
	if h.find(b) != nil {
		t.Error("the object outlives the pool that had its last reference")
	}
	if r := h.Reports(); len(r) != 0 {
		t.Errorf("reports: %v", r)
	}
}

func TestHandleIsNeverUsedTwice(t *testing.T) {
	h := newHand(t, Options{})
	seen := map[objc.ID]bool{}
	for range 100 {
		b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
		if seen[b] {
			t.Fatalf("handle %#x came back", b)
		}
		if b%16 != 0 {
			t.Fatalf("handle %#x looks like no address", b)
		}
		seen[b] = true
		h.send(b, "release")
	}
}

func TestPoolsNest(t *testing.T) {
	h := newHand(t, Options{})
	outer := h.function("objc_autoreleasePoolPush")
	a := h.buffer(16)
	h.function("objc_autoreleasePoolPush")
	b := h.buffer(16)
	inner := h.function("objc_autoreleasePoolPush")
	c := h.buffer(16)
	h.function("objc_autoreleasePoolPop", inner)
	if h.find(c) != nil || h.find(b) == nil || h.find(a) == nil {
		t.Error("a pool releases its own objects and no others")
	}
	h.function("objc_autoreleasePoolPop", outer) // closes the one in the middle too
	if h.find(b) != nil || h.find(a) != nil {
		t.Error("a pool that is closed closes those opened after it")
	}
	old := h.id(h.id(h.class("NSAutoreleasePool"), "alloc"), "init")
	d := h.buffer(16)
	h.send(old, "drain")
	if h.find(d) != nil || h.find(old) != nil {
		t.Error("an NSAutoreleasePool releases its objects and itself")
	}
	if r := h.Reports(); len(r) != 0 {
		t.Errorf("reports: %v", r)
	}
}

func TestLedgerListsWhatIsHeld(t *testing.T) {
	h := newHand(t, Options{TraceObjects: true})
	pool := h.function("objc_autoreleasePoolPush")
	b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
	h.send(b, "setLabel:", h.string("weights"))
	h.send(b, "retain")
	h.function("objc_autoreleasePoolPop", pool)
	live := h.Live()
	if len(live) != 1 {
		t.Fatalf("%d objects are live, want the buffer alone: %v", len(live), live)
	}
	l := live[0]
	if l.Class != "SoftMetalBuffer" || l.Label != "weights" || l.Retains != 2 || !strings.Contains(l.Where, "_test.go:") {
		t.Errorf("got %+v", l)
	}
	if got, want := l.String(), `SoftMetalBuffer, 2 retains, label "weights", made at `; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q and the place", got, want)
	}
	if got, want := (LiveObject{Class: "C", Retains: 1}).String(), "C, 1 retains"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	h.send(b, "release")
	h.send(b, "release")
	if live := h.Live(); len(live) != 0 {
		t.Errorf("still live: %v", live)
	}
	h.function("MTLCreateSystemDefaultDevice")
	if live := h.Live(); len(live) != 1 || live[0].Class != "SoftMetalDevice" || live[0].Retains != 1 {
		t.Errorf("a device that is held is not in the ledger: %v", live)
	}
}

func TestCloseReportsWhatIsLeft(t *testing.T) {
	h := newHand(t, Options{})
	q := h.id(h.device(), "newCommandQueue")
	cb := h.id(q, "commandBuffer")
	h.send(cb, "retain")
	err := h.Close()
	for _, rule := range []Rule{RuleUncommitted, RuleLeak} {
		if !errors.Is(err, rule) {
			t.Errorf("Close does not say %s: %v", rule.Name(), err)
		}
	}
	if err := h.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	h.send(cb, "release") // nothing crashes afterwards
}

func TestReleaseOfAnUncommittedCommandBufferFreesItsPlace(t *testing.T) {
	h := newHand(t, Options{})
	q := h.pooled(h.id(h.device(), "newCommandQueueWithMaxCommandBufferCount:", 2))
	for range 5 {
		pool := h.function("objc_autoreleasePoolPush")
		if h.send(q, "commandBuffer") == 0 {
			t.Fatalf("no command buffer: %v", h.Reports())
		}
		h.function("objc_autoreleasePoolPop", pool)
	}
}

func TestRespondsToSelector(t *testing.T) {
	for _, test := range []struct {
		macOS, class, selector string
		want                   bool
	}{
		{"15.0", "MTLCompileOptions", "setMathMode:", true},
		{"14.4", "MTLCompileOptions", "setMathMode:", false},
		{"13.0", "MTLCompileOptions", "setLanguageVersion:", true},
		{"15.0", "MTLCompileOptions", "retain", true},
		{"15.0", "MTLCompileOptions", "contents", false},
		{"15.0", "MTLCompileOptions", "setPreserveInvariance:", false}, // Apple has it, the software device does not
	} {
		h := newHand(t, Options{MacOS: test.macOS})
		o := h.pooled(h.id(h.class(test.class), "new"))
		got := h.send(o, "respondsToSelector:", h.RegisterSelector(test.selector))&0xff != 0
		if got != test.want {
			t.Errorf("macOS %s: %s responds to %s: %v, want %v", test.macOS, test.class, test.selector, got, test.want)
		}
		if r := h.Reports(); len(r) != 0 {
			t.Errorf("reports: %v", r)
		}
	}
}

func TestMethodOfALaterSystemIsAnUnknownSelector(t *testing.T) {
	h := newHand(t, Options{MacOS: "13.0"})
	o := h.pooled(h.id(h.class("MTLCompileOptions"), "new"))
	h.send(o, "setMathMode:", 0)
	if r := h.Reports(); len(r) != 1 || r[0].Rule != RuleUnknownSelector || !strings.Contains(r[0].Detail, "15.0") {
		t.Errorf("reports: %v", r)
	}
}

func TestMethodOfALaterSystemThatThisDeviceLacksIsUnknownToo(t *testing.T) {
	h := newHand(t, Options{})
	h.send(h.device(), "newMTL4CommandQueue")
	if r := h.Reports(); len(r) != 1 || r[0].Rule != RuleUnknownSelector || !strings.Contains(r[0].Detail, "26.0") {
		t.Errorf("reports: %v", r)
	}
}

func TestClassIsAnObject(t *testing.T) {
	h := newHand(t, Options{})
	s := h.string("x")
	c := h.class("NSString")
	if got := h.id(s, "class"); got != c {
		t.Errorf("class answers %#x, want %#x", got, c)
	}
	if h.send(s, "isKindOfClass:", c)&0xff != 1 || h.send(s, "isKindOfClass:", h.class("NSError"))&0xff != 0 {
		t.Error("isKindOfClass: is wrong")
	}
	if h.send(h.pooled(h.id(h.class("NSMutableDictionary"), "new")), "isKindOfClass:", h.class("NSDictionary"))&0xff != 1 {
		t.Error("a subclass is not of its superclass")
	}
	if h.send(c, "respondsToSelector:", h.RegisterSelector("alloc"))&0xff != 1 || h.send(c, "respondsToSelector:", h.RegisterSelector("length"))&0xff != 0 {
		t.Error("respondsToSelector: of a class is about class methods")
	}
	h.send(c, "release") // classes live for ever
	if got := h.id(c, "class"); got != c {
		t.Errorf("class of a class answers %#x, want itself %#x", got, c)
	}
	if h.LookUpClass("MTLDevice") != 0 || h.LookUpClass("SoftMetalBuffer") != 0 || h.LookUpClass("Nonsense") != 0 {
		t.Error("a class was found that is none, or is private")
	}
	if r := h.Reports(); len(r) != 0 {
		t.Errorf("reports: %v", r)
	}
}

func TestPanicInAMethodIsAReport(t *testing.T) {
	h := newHand(t, Options{})
	h.classes["SoftMetalBuffer"].resolved["length"].handler = func(*call) { panic("planted") }
	if got := h.send(h.buffer(16), "length"); got != 0 {
		t.Errorf("answers %d, want 0", got)
	}
	if r := h.Reports(); len(r) != 1 || r[0].Rule != RuleInternal || !strings.Contains(r[0].Detail, "planted") {
		t.Errorf("reports: %v", r)
	}
}

func TestReportFunctionMayUseTheDevice(t *testing.T) {
	var seen []string
	var d *Device
	d, err := New(Options{Report: func(r *Report) { seen = append(seen, fmt.Sprint(r.Rule.Name(), len(d.Reports()))) }})
	if err != nil {
		t.Fatal(err)
	}
	d.MsgSend(&objc.Registers{X: [8]uintptr{0x1234, 5}})
	d.Call(1, new(objc.Registers))
	if got, want := fmt.Sprint(seen), "[not-an-object1 unknown-function2]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOptionsThatMakeNoSenseAreErrors(t *testing.T) {
	for _, o := range []Options{
		{MacOS: "Sonoma"}, {MacOS: "9.1"}, {MacOS: "15." + "x1"}, {AppleFamily: 11}, {AppleFamily: -1},
		{MaxBufferLength: -1}, {MaxBufferLength: 1 << 30, Memory: 1 << 20}, {MatrixLayout: -1}, {MatrixLayout: MatrixRows + 1},
	} {
		if d, err := New(o); err == nil {
			t.Errorf("%+v is taken", o)
			_ = d.Close()
		}
	}
}
