package softmetal

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

func TestStringKeepsItsBytes(t *testing.T) {
	h := newHand(t, Options{})
	for _, text := range []string{"", "x", "naïve 🙂", "with\x00NUL", strings.Repeat("log\n", 100_000)} {
		s := h.string(text)
		if got := h.text(s); got != text {
			t.Errorf("%.20q comes back as %.20q", text, got)
		}
		if n := len([]byte(text)); n > 0 && *(*byte)(unsafe.Add(pointer(h.send(s, "UTF8String")), n)) != 0 {
			t.Errorf("%.20q has no NUL after it", text)
		}
		if got, want := int(h.send(s, "length")), len(utf16Of(text)); got != want {
			t.Errorf("%.20q has length %d, want %d", text, got, want)
		}
		for i, want := range utf16Of(text)[:min(10, len(utf16Of(text)))] {
			if got := uint16(h.send(s, "characterAtIndex:", i)); got != want {
				t.Errorf("%.20q character %d is %#x, want %#x", text, i, got, want)
			}
		}
	}
	if s := h.id(h.class("NSString"), "stringWithUTF8String:", []byte("c string\x00")); h.text(s) != "c string" {
		t.Errorf("a C string comes back as %q", h.text(s))
	}
	if r := h.Reports(); len(r) != 0 {
		t.Errorf("reports: %v", r)
	}
}

func utf16Of(s string) []uint16 {
	n := new(nsString)
	n.set([]byte(s))
	return n.utf16()
}

func TestStringThatIsNotUTF8IsNilAndNothingLeaks(t *testing.T) {
	h := newHand(t, Options{})
	s := h.send(h.id(h.class("NSString"), "alloc"), "initWithBytes:length:encoding:", []byte{'a', 0xff}, 2, encodingUTF8)
	if s != 0 {
		t.Errorf("got %#x, want nil", s)
	}
	if live := h.Live(); len(live) != 0 {
		t.Errorf("live: %v", live)
	}
}

func TestMemoryOfAStringIsGoneWithIt(t *testing.T) {
	h := newHand(t, Options{})
	b := []byte("secret")
	s := h.id(h.id(h.class("NSString"), "alloc"), "initWithBytes:length:encoding:", b, len(b), encodingUTF8)
	kept := h.objects[s].payload.(*nsString).bytes
	if addressOf(kept) != h.send(s, "UTF8String") {
		t.Fatal("UTF8String is not the string's own memory")
	}
	h.send(s, "release")
	if string(kept[:6]) == "secret" {
		t.Error("the text outlives the string: a use after release would go unseen")
	}
}

func TestErrorSaysEverything(t *testing.T) {
	h := newHand(t, Options{})
	info := h.pooled(h.id(h.class("NSMutableDictionary"), "new"))
	h.send(info, "setObject:forKey:", h.string("what"), h.string("NSLocalizedDescription"))
	h.send(info, "setObject:forKey:", h.string("why"), h.string("NSLocalizedFailureReason"))
	e := h.id(h.class("NSError"), "errorWithDomain:code:userInfo:", h.string("D"), -7, info)
	for selector, want := range map[string]string{"domain": "D", "localizedDescription": "what", "localizedFailureReason": "why", "localizedRecoverySuggestion": ""} {
		if got := h.text(h.id(e, selector)); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	if got := int64(h.send(e, "code")); got != -7 {
		t.Errorf("code is %d, want -7", got)
	}
	if got := h.id(h.id(e, "userInfo"), "objectForKey:", h.string("NSLocalizedFailureReason")); h.text(got) != "why" {
		t.Errorf("userInfo has %q", h.text(got))
	}
	if r := h.Reports(); len(r) != 0 {
		t.Errorf("reports: %v", r)
	}
}

func TestCollectionsHoldTheirObjects(t *testing.T) {
	h := newHand(t, Options{})
	pool := h.function("objc_autoreleasePoolPush")
	a, b := h.string("a"), h.string("b")
	array := h.id(h.id(h.class("NSArray"), "alloc"), "initWithObjects:count:", []objc.ID{a, b}, 2)
	dictionary := h.id(h.id(h.class("NSDictionary"), "alloc"), "initWithObjects:forKeys:count:", []objc.ID{a, b}, []objc.ID{b, a}, 2)
	h.function("objc_autoreleasePoolPop", pool) // a and b live on in the collections

	if n := h.send(array, "count"); n != 2 {
		t.Errorf("count %d, want 2", n)
	}
	if got := h.text(h.id(array, "objectAtIndex:", 1)); got != "b" {
		t.Errorf("object 1 is %q", got)
	}
	if got := h.text(h.id(array, "firstObject")); got != "a" {
		t.Errorf("the first object is %q", got)
	}
	if got := h.text(h.id(dictionary, "objectForKey:", h.string("a"))); got != "b" {
		t.Errorf("the value of a is %q: keys are compared by their text", got)
	}
	if n := h.send(h.id(dictionary, "allKeys"), "count"); n != 2 {
		t.Errorf("%d keys, want 2", n)
	}
	h.send(array, "release")
	h.send(dictionary, "release")
	h.drain(t)
}

func TestDictionaryReplacesTheValueOfAKey(t *testing.T) {
	h := newHand(t, Options{})
	m := h.id(h.class("NSMutableDictionary"), "new")
	for _, v := range []string{"1", "2"} {
		h.send(m, "setObject:forKey:", h.string(v), h.string("k"))
	}
	if n, v := h.send(m, "count"), h.text(h.id(m, "objectForKey:", h.string("k"))); n != 1 || v != "2" {
		t.Errorf("%d entries, value %q; want 1 and 2", n, v)
	}
	h.send(m, "release")
	h.drain(t)
}

func TestNumbers(t *testing.T) {
	h := newHand(t, Options{})
	r := h.registers(h.class("NSNumber"), "numberWithDouble:", nil)
	r.D[0] = 2.75
	h.MsgSend(r)
	r = h.registers(objc.ID(r.X[0]), "doubleValue", nil)
	h.MsgSend(r)
	if r.D[0] != 2.75 {
		t.Errorf("2.75 comes back as %v", r.D[0])
	}
	n := h.id(h.class("NSNumber"), "numberWithInt:", uintptr(0x5555_5555_ffff_fffe)) // -2 in 32 bits, and garbage above
	if got := int64(h.send(n, "longLongValue")); got != -2 {
		t.Errorf("-2 comes back as %d", got)
	}
	if got := int32(h.send(n, "intValue")); got != -2 {
		t.Errorf("-2 comes back as %d in 32 bits", got)
	}
	yes := h.id(h.class("NSNumber"), "numberWithBool:", true)
	if h.send(yes, "boolValue")&0xff != 1 {
		t.Error("YES comes back as NO")
	}
	if r := h.Reports(); len(r) != 0 {
		t.Errorf("reports: %v", r)
	}
}

func TestSystemVersionIsTheOneAskedFor(t *testing.T) {
	h := newHand(t, Options{MacOS: "14.4"})
	var v [3]uint64
	r := h.registers(h.id(h.class("NSProcessInfo"), "processInfo"), "operatingSystemVersion", nil)
	r.X8 = unsafe.Pointer(&v)
	h.MsgSend(r)
	if v != [3]uint64{14, 4, 0} {
		t.Errorf("got %v, want 14 4 0", v)
	}
}
