//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

func systemMethods(t *testing.T, o softmetal.Options) []objc.SystemMethod {
	t.Helper()
	f, err := mtl.Load(softmetal.NewTesting(t, o))
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	all, err := d.SystemMethods(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSystemMethodsAnswerEveryLine(t *testing.T) {
	answers := map[objc.Message][]objc.SystemMethod{}
	for _, a := range systemMethods(t, softmetal.Options{MacOS: "26.0"}) {
		answers[a.Message] = append(answers[a.Message], a)
	}
	lines := 0
	for _, dir := range []string{".", "../objc"} {
		messages, err := metaltable.ParseDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			lines++
			all := answers[objc.Message{Class: m.Class, Selector: m.Selector, Encoding: m.Encoding, MinMacOS: m.MinMacOS}]
			if len(all) == 0 {
				t.Errorf("%s: %s %s: nobody was asked", m.Pos, m.Class, m.Selector)
			}
			for _, a := range all {
				if !a.Found || a.Receiver == "" || (a.Encoding == "") != m.IsFunction() {
					t.Errorf("%s: %s %s: %+v", m.Pos, m.Class, m.Selector, a)
				}
			}
		}
	}
	if len(answers) != lines {
		t.Errorf("%d messages have answers, there are %d lines", len(answers), lines)
	}
	for _, c := range []struct {
		message             string
		receivers, encoding string
	}{
		{"MTLDevice newBufferWithBytes:length:options:", "SoftMetalDevice", "@40@0:8r^v16Q24Q32"},
		{"MTLDevice maxThreadsPerThreadgroup", "SoftMetalDevice", "{?=QQQ}16@0:8"},
		{"MTLCompileOptions setFastMathEnabled:", "MTLCompileOptions", "v20@0:8B16"},
		{"MTLCommandEncoder setLabel:", "SoftMetalBlitCommandEncoder SoftMetalComputeCommandEncoder", "v24@0:8@16"},
		{"MTLComputeCommandEncoder dispatchThreads:threadsPerThreadgroup:", "SoftMetalComputeCommandEncoder", "v64@0:8{?=QQQ}16{?=QQQ}40"},
		{"NSObject +alloc", "NSObject", "@16@0:8"},
		{"C MTLCopyAllDevices", "C", ""},
	} {
		var receivers []string
		for m, all := range answers {
			if m.Class+" "+m.Selector != c.message {
				continue
			}
			for _, a := range all {
				receivers = append(receivers, a.Receiver)
				if a.Encoding != c.encoding {
					t.Errorf("%s: encoding %q, want %q", c.message, a.Encoding, c.encoding)
				}
			}
		}
		if got := strings.Join(receivers, " "); got != c.receivers {
			t.Errorf("%s: %q was asked, want %q", c.message, got, c.receivers)
		}
	}
}

func TestAnOlderSystemLacksWhatIsNewer(t *testing.T) {
	lacks := map[string]bool{}
	for _, a := range systemMethods(t, softmetal.Options{MacOS: "13.0"}) {
		m := a.Message
		major, minor, _ := strings.Cut(m.MinMacOS, ".")
		n, err := strconv.Atoi(major)
		if err != nil {
			t.Fatal(err)
		}
		if newer := n > 13 || n == 13 && minor != "0"; a.Found == newer {
			t.Errorf("%s %s came with macOS %s, and macOS 13.0 has it: %v", m.Class, m.Selector, m.MinMacOS, a.Found)
		}
		lacks[m.Class+" "+m.Selector] = !a.Found
	}
	for _, m := range []string{"MTLCompileOptions mathMode", "MTLDevice architecture", "MTLArchitecture name", "MTLResidencySet commit", "MTLResidencySetDescriptor +new"} {
		if !lacks[m] {
			t.Errorf("macOS 13 has %s", m)
		}
	}
}

// A runtime withoutSymbol lacks a C function.
type withoutSymbol struct {
	*softmetal.Device
	lacks string
}

func (w withoutSymbol) Symbol(name string) uintptr {
	if name == w.lacks {
		return 0
	}
	return w.Device.Symbol(name)
}

// Diagnosis is not needed for work: a runtime without it works.
func TestSystemMethodsNeedTheRuntimesFunctions(t *testing.T) {
	f, err := mtl.Load(withoutSymbol{softmetal.NewTesting(t), "class_getInstanceMethod"})
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	if all, err := d.SystemMethods(context.Background()); all != nil || !errors.Is(err, mtl.ErrUnavailable) || !strings.Contains(err.Error(), "class_getInstanceMethod") {
		t.Errorf("%v, %v", all, err)
	}
	d.Release()
	if _, err := d.SystemMethods(context.Background()); !errors.Is(err, mtl.ErrReleased) {
		t.Errorf("released: %v", err)
	}
}
