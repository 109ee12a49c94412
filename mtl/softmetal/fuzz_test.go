package softmetal

import (
	"math"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/tqmetal/tqmetal/objc"
)

// Type encodings come from tables, and from whoever writes a runtime.
func FuzzParseSignature(f *testing.F) {
	for _, s := range []string{"v@:", "@@:@Q^@^@", "{?=QQQ}@:", "v@:@{_NSRange=QQ}C", "v@:^{?={?=QQQ}}", "v24@0:8B16"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, encoding string) {
		s, err := parseSignature(encoding)
		if err != nil {
			return
		}
		for _, a := range append(s.args, s.result) {
			if a.size < 0 || a.align < 1 || a.words > 4 {
				t.Errorf("%q: %+v", encoding, a)
			}
		}
	})
}

// Whatever the types are, arguments take the registers in order: none is left out and none is read twice.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"v@:@QQ", "v@:CdS{?=dd}fi", "v@:{_NSRange=QQ}Q{?=IS}", "v@:QQQQQQQ", "v@:{?=ffff}d", "v@:{?=QQQ}Q", "v@:*^@#:@?", "{?=QQQ}@:B"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, encoding string) {
		sig, err := parseSignature(encoding)
		if err != nil {
			return
		}
		// Each register holds its own number, a floating-point register in its lower half as a float.
		r := &objc.Registers{}
		for i := range r.X {
			r.X[i] = uintptr(i)
		}
		for i := range r.D {
			r.D[i] = math.Float64frombits(0x4000_0000<<32 | uint64(math.Float32bits(float32(i))))
		}
		before := *r
		c := &call{method: &method{sig: sig}}
		err = c.decode(r)
		if r.X != before.X || r.D != before.D || r.X8 != before.X8 {
			t.Errorf("%s: the registers changed", encoding)
		}
		x, d, refused := 2, 0, false
		for i, a := range sig.args {
			words := (a.size + 7) / 8
			switch {
			case a.float != 0:
				words = a.words
				refused = refused || d+words > len(r.D)
			case a.size > 16: // the address of a copy, and a register's number is none
				refused = true
			case a.kind == 'B':
				refused = refused || x+words > len(r.X) || r.X[min(x, 7)] > 1
			default:
				refused = refused || x+words > len(r.X)
			}
			if refused {
				break
			}
			for j := range words {
				if err != nil {
					break
				}
				want := uint64(x + j)
				if a.float == 'd' {
					want = math.Float64bits(r.D[d+j])
				} else if a.float == 'f' {
					want = math.Float64bits(float64(d + j))
				}
				if got := c.args[i].words[j]; got != want {
					t.Errorf("%s: word %d of argument %d is %#x, want %#x", encoding, j, i, got, want)
				}
			}
			if a.float != 0 {
				d += words
			} else {
				x += words
			}
		}
		if (err != nil) != refused {
			t.Errorf("%s: error %v, want one: %v", encoding, err, refused)
		}
	})
}

// No register image, however wrong, brings the process down, of a message or of a C function.
func FuzzMsgSend(f *testing.F) {
	f.Add([]byte{3, 1, 2, 0, 5, 9})
	f.Add([]byte{4, 7, 9, 8, 7, 6, 5, 4})
	f.Add([]byte{200, 4, 0, 1, 2, 3, 4, 5, 6, 7, 255, 8, 130, 3, 3, 3})
	f.Fuzz(func(t *testing.T, in []byte) {
		h := newHand(t, Options{})
		e, cb := h.encoder(0)
		h.keep = append(h.keep, make([]byte, 4096))
		scratch := addressOf(h.keep[len(h.keep)-1].([]byte))
		objects := []uintptr{0, uintptr(h.device()), uintptr(h.queue()), uintptr(cb), uintptr(e), uintptr(h.buffer(64)),
			uintptr(h.string("x")), uintptr(h.class("MTLCompileOptions")), scratch, scratch + 1, 1, 2, 16, 4096, 1 << 40, 1 << 63, ^uintptr(0), 0x7777_0000_0000,
			functionBase, functionBase + 1, uintptr(h.RegisterSelector("length"))}
		floats := []float64{0, 1, -1, math.Inf(1), math.NaN(), math.MaxFloat64, math.SmallestNonzeroFloat64}
		var selectors []string
		for _, c := range h.classList {
			for name := range c.methods {
				selectors = append(selectors, name)
			}
		}
		slices.Sort(selectors) // or a seed would be another message each time
		next := func() (b byte) {
			if len(in) > 0 {
				b, in = in[0], in[1:]
			}
			return b
		}
		for len(in) > 2 {
			r := &objc.Registers{X8: pointer(scratch)}
			kind := next()
			if kind&64 != 0 {
				r.X8 = nil
			}
			for i := range r.X {
				r.X[i] = objects[int(next())%len(objects)]
			}
			for i := range r.D {
				r.D[i] = floats[int(next())%len(floats)]
			}
			if kind&128 != 0 {
				if name := functions[int(next())%len(functions)].name; name != "objc_autoreleasePoolPop" || r.X[0] != scratch {
					h.Call(h.Symbol(name)+uintptr(kind&1), r)
				}
				continue
			}
			r.X[1] = uintptr(h.RegisterSelector(selectors[(int(next())*256+int(next()))%len(selectors)]))
			// A wait that never ends is a report or is right; releases are undone by none.
			h.MsgSend(r)
		}
		for _, r := range h.Reports() {
			if r.Rule == RuleInternal {
				t.Error(r)
			}
		}
	})
}

// Any bytes become a string with the same text, or nil where they are not of the encoding.
func FuzzNSString(f *testing.F) {
	for _, s := range []string{"", "a", "a\x00b", "größer 🙂", "\xff", "\xed\xa0\x80", "\xc0\x80", "\uFFFD"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		h := newHand(t, Options{})
		h.keep = append(h.keep, text)
		address := addressOf(text)
		if len(text) == 0 {
			h.keep = append(h.keep, []byte{0})
			address = addressOf(h.keep[len(h.keep)-1].([]byte))
		}
		for _, encoding := range []int{encodingUTF8, encodingASCII} {
			id := h.id(h.id(h.class("NSString"), "alloc"), "initWithBytes:length:encoding:", address, len(text), encoding)
			want := utf8.Valid(text)
			for _, b := range text {
				want = want && (encoding == encodingUTF8 || b < utf8.RuneSelf)
			}
			if (id != 0) != want {
				t.Errorf("encoding %d: %q gives %#x", encoding, text, uintptr(id))
			}
			if id == 0 {
				continue
			}
			if got := h.text(id); got != string(text) {
				t.Errorf("encoding %d: %q came back as %q", encoding, text, got)
			}
			units := int(h.send(id, "length"))
			var runes []rune
			for i := range units {
				runes = append(runes, rune(uint16(h.send(id, "characterAtIndex:", i))))
			}
			if got := fromUTF16(runes); got != string(text) {
				t.Errorf("encoding %d: the characters of %q are %q", encoding, text, got)
			}
			h.send(id, "release")
		}
		if n := h.Reports(); len(n) > 0 {
			t.Errorf("reports: %v", n)
		}
	})
}

// fromUTF16 joins units, which are runes here, without the library that the strings are made with.
func fromUTF16(units []rune) string {
	var out []rune
	for i := 0; i < len(units); i++ {
		if u := units[i]; u >= 0xd800 && u < 0xdc00 && i+1 < len(units) {
			out = append(out, 0x10000+(u-0xd800)<<10+(units[i+1]-0xdc00))
			i++
		} else {
			out = append(out, u)
		}
	}
	return string(out)
}
