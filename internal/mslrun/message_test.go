//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const logHead = "#include <metal_stdlib>\n#include <metal_logging>\nusing namespace metal;\n"

// logged runs a kernel of one thread, or more, and returns what it said.
func (b *bench) logged(source string, log *Log, threads int) error {
	b.t.Helper()
	p, err := b.newLibrary(source, Options{LanguageVersion: MSL3_2, Logging: true}).Pipeline(context.Background(), "k", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	_, out := buffer(b, make([]uint32, 64))
	return b.run(Order{}, Dispatch{Program: p, Grid: Size{threads, 1, 1}, Threadgroup: Size{32, 1, 1}, Exact: true, Buffers: bind(out), Log: log})
}

func texts(log *Log) []string {
	var out []string
	for _, m := range log.Messages {
		out = append(out, m.Text)
	}
	return out
}

func TestMessagesOfKernelsAreTextAsPrintfMakesIt(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	log := &Log{Room: 1 << 20}
	err := b.logged(logHead+`
constant int numbers = 7;
kernel void k(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) {
  os_log_default.log("nothing");
  os_log_default.log("%d %i %5d|%-5d|%05d %+d % d %.3d", -1, 2, 3, 4, 5, 6, 7, 8);
  os_log_default.log("%u %x %X %#x %o", 4294967295u, 255u, 255u, 255u, 8u);
  os_log_default.log("%ld %lu %lx %lld %zu", -1l, 18446744073709551615ul, 255ul, -5l, (size_t)9);
  os_log_default.log("%hd %hhu %hhd", (short)-2, (uchar)200, (char)-3);
  os_log_default.log("%d %d", true, (ushort)65535);
  os_log_default.log("%hhu %hu", 511, 65537u);
  os_log_default.log("%f %.2f %8.1f| %e %g %G", 1.5, -2.25f, half(3.5h), 1000.0, 0.5, 1e10);
  os_log_default.log("%a %F", 1.0f, 2.0f);
  os_log_default.log("%c%c 100%% %%d", 'o', 'k');
  os_log_default.log("one " "and" " two %d", numbers);
  out[i] = 1;
}`, log, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"nothing",
		"-1 2     3|4    |00005 +6  7 008",
		"4294967295 ff FF 0xff 10",
		"-1 18446744073709551615 ff -5 9",
		"-2 200 -3",
		"1 65535",
		"255 1",
		"1.500000 -2.25      3.5| 1.000000e+03 0.5 1E+10",
		"0x1p+0 2.000000",
		"ok 100% %d",
		"one and two 7",
	}
	if got := texts(log); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

func TestMessagesHaveLevelSubsystemAndCategory(t *testing.T) {
	source := logHead + `
constant os_log mine("org.example", "kernels");
namespace other { constant metal::os_log odd("", "x"); }
void tell(constant os_log &log, int x) { log.log_info("told %d", x); }
kernel void k(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) {
  os_log_default.log_debug("0");
  mine.log_info("1");
  other::odd.log("2");
  metal::os_log_default.log_error("3");
  mine.log_fault("4");
  mine.log_with_type(log_type_error, "%d", 5);
  tell(mine, 6);
  out[i] = 1;
}`
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	for least, want := range []string{
		LogDebug:  "1 - -: 0; 2 org.example kernels: 1; 3  x: 2; 4 - -: 3; 5 org.example kernels: 4; 4 org.example kernels: 5; 2 org.example kernels: told 6",
		LogNotice: "3  x: 2; 4 - -: 3; 5 org.example kernels: 4; 4 org.example kernels: 5",
		LogFault:  "5 org.example kernels: 4",
	} {
		if want == "" {
			continue
		}
		log := &Log{Room: 1 << 20, Level: LogLevel(least)}
		if err := b.logged(source, log, 1); err != nil {
			t.Fatal(err)
		}
		text := func(s *string) string {
			if s == nil {
				return "-"
			}
			return *s
		}
		var got []string
		for _, m := range log.Messages {
			got = append(got, fmt.Sprintf("%d %s %s: %s", m.Level, text(m.Subsystem), text(m.Category), m.Text))
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("level %d: %s\nwant %s", least, s, want)
		}
	}
}

// The buffer is that of all dispatches together. What finds no room is dropped, and
// what is smaller may find some behind it.
func TestMessagesThatFindNoRoomAreDropped(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	source := logHead + `kernel void k(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) {
  os_log_default.log("%10u", i);
  out[i] = 1;
}`
	const each = logOverhead + 10
	for _, c := range []struct{ room, kept, dropped int }{
		{10 * each, 10, 54}, {10*each - 1, 9, 55}, {each - 1, 0, 64}, {0, 0, 64}, {40 * each, 40, 24}, {1 << 20, 64, 0},
	} {
		log := &Log{Room: c.room}
		for range 2 {
			if err := b.logged(source, log, 32); err != nil {
				t.Fatal(err)
			}
		}
		if len(log.Messages) != c.kept || log.Dropped != c.dropped {
			t.Errorf("a room of %d bytes: %d messages, %d dropped; want %d and %d", c.room, len(log.Messages), log.Dropped, c.kept, c.dropped)
		}
		for i, m := range log.Messages {
			if want := fmt.Sprintf("%10d", i%32); m.Text != want {
				t.Errorf("message %d is %q, want %q", i, m.Text, want)
			}
		}
	}
}

func TestMessagesOfAKernelThatFailsArrive(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	log := &Log{Room: 1 << 20}
	err := b.logged(logHead+`kernel void k(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) {
  os_log_default.log("before");
  out[1000] = 1;
  os_log_default.log("after");
}`, log, 1)
	var fault *FaultError
	if !errors.As(err, &fault) {
		t.Fatalf("%v, want a fault", err)
	}
	if got := texts(log); !slices.Equal(got, []string{"before"}) {
		t.Errorf("messages %q", got)
	}
}

// Without the option the calls are there and do nothing, and so with nobody to take the messages.
func TestMessagesAreLeftOutUnlessTheyAreAskedFor(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	source := logHead + `kernel void k(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) { os_log_default.log("%u", i); out[i] = 1; }`
	for _, on := range []bool{false, true} {
		p, err := b.newLibrary(source, Options{LanguageVersion: MSL3_2, Logging: on}).Pipeline(context.Background(), "k", nil)
		if err != nil {
			t.Fatal(err)
		}
		out, binding := buffer(b, make([]uint32, 4))
		for _, log := range []*Log{nil, {Room: 1000}} {
			clear(out)
			if err := b.run(Order{}, Dispatch{Program: p, Grid: Size{4, 1, 1}, Threadgroup: Size{4, 1, 1}, Exact: true, Buffers: bind(binding), Log: log}); err != nil {
				t.Fatal(err)
			}
			if out[3] != 1 {
				t.Error("the kernel did not run")
			}
			want := 0
			if on {
				want = 4
			}
			if log != nil && len(log.Messages) != want {
				t.Errorf("logging %v: %d messages", on, len(log.Messages))
			}
		}
	}
}

func TestMessagesThatCannotBeWrittenAreRefused(t *testing.T) {
	compiler := testCompiler(t, CompilerConfig{})
	for _, c := range []struct{ name, head, call, want string }{
		{"a string", logHead, `os_log_default.log("%s", 1);`, "not supported here"},
		{"a vector", logHead, `os_log_default.log("%v4f", float4(1));`, "not supported here"},
		{"a pointer", logHead, `os_log_default.log("%p", 1ul);`, "not supported here"},
		{"a count", logHead, `os_log_default.log("%n", 1);`, "not supported here"},
		{"a width that is an argument", logHead, `os_log_default.log("%*d", 1, 2);`, "not supported here"},
		{"no conversion", logHead, `os_log_default.log("100%");`, "not supported here"},
		{"a long float", logHead, `os_log_default.log("%lf", 1.0f);`, "not supported here"},
		{"too few arguments", logHead, `os_log_default.log("%d %d", 1);`, "more conversions"},
		{"too many arguments", logHead, `os_log_default.log_error("%d", 1, 2);`, "more arguments"},
		{"a float for an integer", logHead, `os_log_default.log_debug("%d", 1.0f);`, "type of its conversion"},
		{"an integer for a float", logHead, `os_log_default.log_info("%f", 1);`, "type of its conversion"},
		{"a long for an int", logHead, `os_log_default.log_fault("%d", 1l);`, "type of its conversion"},
		{"an int for a long", logHead, `os_log_default.log_with_type(log_type_info, "%ld", 1);`, "type of its conversion"},
		{"a vector for a float", logHead, `os_log_default.log("%f", float2(1));`, "type of its conversion"},
		{"a format that is no literal", logHead, `thread char f[3] = {'%', 'd', 0}; f[0] = (char)i; os_log_default.log(f, 1);`, "no matching"},
		{"a log in no header", head, `os_log_default.log("x");`, "os_log_default"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := c.head + "kernel void k(device uint *out [[buffer(0)]], uint i [[thread_position_in_grid]]) {\n" + c.call + "\n}"
			_, _, err := compiler.Library(context.Background(), source, Options{LanguageVersion: MSL3_2, Logging: true})
			var refused *CompileError
			if !errors.As(err, &refused) || !strings.Contains(refused.Log, c.want) {
				t.Fatalf("%v\nwant %q", err, c.want)
			}
			if !strings.Contains(refused.Log, "program_source:5:") && !strings.Contains(refused.Log, "program_source:4:") {
				t.Errorf("no line: %s", refused.Log)
			}
		})
	}
	_, _, err := compiler.Library(context.Background(), logHead+`kernel void k() { os_log_default.log("x"); }`, Options{LanguageVersion: MSL3_1, Logging: true})
	var refused *CompileError
	if !errors.As(err, &refused) || !strings.Contains(refused.Log, "needs MSL 3.2") {
		t.Errorf("MSL 3.1: %v", err)
	}
}

// What a program sends is read whatever it is.
func TestMessagesThatAreCutOffAreDropped(t *testing.T) {
	for _, b := range [][]byte{nil, make([]byte, 16), make([]byte, 31), append([]byte{1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0}, make([]byte, 16)...)} {
		log := &Log{Room: 100}
		log.take(b, 0)
		if len(log.Messages) != 0 {
			t.Errorf("%d bytes are %d messages", len(b), len(log.Messages))
		}
	}
}
