package selftest

import (
	"slices"
	"testing"
)

func TestEncodingsAreComparedByWhatTheySayOfRegisters(t *testing.T) {
	for _, c := range []struct {
		ours, system string
		want         difference
	}{
		{"v@:@QQ", "v40@0:8@16Q24Q32", same},
		{"v@:{?=QQQ}{?=QQQ}", "v64@0:8{MTLSize=QQQ}16{MTLSize=QQQ}40", same},
		{"v@:{?=QQQ}{?=QQQ}", `v64@0:8{MTLSize="width"Q"height"Q"depth"Q}16{?=QQQ}40`, same},
		{"v@:@{_NSRange=QQ}C", "v44@0:8@16{_NSRange=QQ}24C40", same},
		{"@@:^vQQ", "@40@0:8r^v16Q24Q32", same},
		{"@@:@@^@", `@40@0:8@"NSString"16@"MTLCompileOptions"24^@32`, same},
		{"@@:@@^@", "@40@0:8@16@24o^@32", same},
		{"v@:", "Vv16@0:8", same},
		{"@@:^vQQ@?", "@48@0:8^v16Q24Q32@?<v@?^vQ>40", same},
		{"*@:", "r*16@0:8", same},
		{"v@:^v", "v24@0:8^{__IOSurface=}16", sameRegisters},
		{"^{?=Q}@:", "^{MTLThing=QQ}16@0:8", same}, // what a pointer points to may be told in more or less detail
		{"B@:q", "B24@0:8Q16", sameRegisters},
		{"@@:@Q^@^@", "@48@0:8@16Q24^^v32^@40", sameRegisters},
		{"^v@:", "*16@0:8", sameRegisters},
		{"v@:{?=QQQ}", "v40@0:8{?=qqq}16", sameRegisters},
		{"v@:B", "v20@0:8C16", sameRegisters},

		{"v@:QQ", "v28@0:8Q16I24", different},
		{"v@:Q", "v24@0:8d16", different},
		{"v@:f", "v24@0:8d16", different},
		{"v@:Q", "v24@0:8@16", different},
		{"v@:@", "v24@0:8^v16", different},
		{"v@:^v", "v24@0:8:16", different},
		{"v@:Q", "v16@0:8", different},
		{"v@:", "v24@0:8Q16", different},
		{"Q@:", "v16@0:8", different},
		{"v@:{?=QQQ}", "v40@0:8{?=QQ}16", different},
		{"v@:{?=QQQ}", "v40@0:8{?=QdQ}16", different},
		{"v@:{?=QQQ}", "v40@0:8Q16Q24Q32", different},
		{"v@:{?=QQQ}", "v24@0:8^{?=QQQ}16", different},
		{"v@:B", "v20@0:8c16", different}, // the upper bits are the sign's
		{"v@:B", "v20@0:8i16", different},
		{"v@:@", "v@:", different},
		{"v@:", "", different},
		{"v@:", "garbage", different},
		{"v@:{?=QQQ}", "v40@0:8{?=QQQ16", different},
	} {
		if got := compareEncodings(c.ours, c.system); got != c.want {
			t.Errorf("%s and %s: %s, want %s", c.ours, c.system, got, c.want)
		}
	}
}

// Encodings come from the running system: any text must be read or refused.
func FuzzParseEncoding(f *testing.F) {
	for _, s := range []string{
		"v40@0:8@16Q24Q32", `v64@0:8{MTLSize="width"Q}16`, "@48@0:8^v16@?<v@?^vQ>40", "(?=qd)", "[12^f]", "b3", "{{{", "^^^^", `@"`, "@?<", "{?=", "rV", "b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		types, err := parseEncoding(s)
		if err != nil {
			return
		}
		joined := ""
		for _, x := range types {
			joined += "r" + x // a qualifier, without which @ and the unknown type ? would be a block
		}
		if again, err := parseEncoding(joined); err != nil || !slices.Equal(types, again) {
			t.Errorf("%q is %q, and that again %q, %v", s, types, again, err)
		}
		if d := compareEncodings(s, s); d != same {
			t.Errorf("%q and itself: %s", s, d)
		}
	})
}

func TestWhatAReleaseOfMacOSHas(t *testing.T) {
	for _, c := range []struct {
		system osVersion
		since  string
		want   bool
	}{
		{osVersion{13, 0, 0}, "10.11", true}, {osVersion{13, 0, 0}, "10.x", true}, {osVersion{13, 0, 0}, "13.0", true}, {osVersion{13, 2, 1}, "13.3", false},
		{osVersion{13, 0, 0}, "15.0", false}, {osVersion{26, 0, 0}, "15.0", true}, {osVersion{10, 15, 7}, "10.15", true}, {osVersion{10, 14, 6}, "10.15", false},
		{osVersion{14, 1, 0}, "14.1.1", false}, {osVersion{}, "10.x", false},
	} {
		if got := c.system.has(c.since); got != c.want {
			t.Errorf("macOS %v has what came with %s: %v", c.system, c.since, got)
		}
	}
}
