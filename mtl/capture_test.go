//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
)

// labelled commits an empty blit whose command buffer has a name.
func (s *soft) labelled(q *mtl.CommandQueue, name string) {
	s.Helper()
	s.wait(s.encode(q, func(cb *mtl.CommandBuffer) error {
		if err := cb.SetLabel(name); err != nil {
			return err
		}
		return cb.Blit(func(e *mtl.BlitCommandEncoder) error { e.SetLabel("of " + name); return nil })
	}))
}

// captured returns what a trace of the software device holds.
func captured(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path, "softmetal-capture.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A capture holds the command buffers of what it is about, that are made and
// committed while it runs, and no others.
func TestCaptureHoldsWhatItIsAbout(t *testing.T) {
	t.Setenv("MTL_CAPTURE_ENABLED", "1")
	for _, c := range []struct {
		about string
		want  string // command buffers
	}{
		{"device", "a1 b1 a2 b2"}, {"nothing named", "a1 b1 a2 b2"}, {"queue a", "a1 a2"}, {"scope", "a2 b2"}, {"scope of queue b", "b2"},
	} {
		t.Run(c.about, func(t *testing.T) {
			s := newSoft(t)
			if err := s.a.SetLabel("the first"); err != nil {
				t.Fatal(err)
			}
			scope := own[*mtl.CaptureScope](t)(s.device.NewCaptureScope())
			if c.about == "scope of queue b" {
				scope = own[*mtl.CaptureScope](t)(s.b.NewCaptureScope())
			}
			d := mtl.CaptureDescriptor{OutputPath: filepath.Join(t.TempDir(), "trace.gputrace")}
			switch c.about {
			case "device":
				d.Object = s.device
			case "queue a":
				d.Object = s.a
			case "scope", "scope of queue b":
				d.Object = scope
			}
			s.labelled(s.a, "before")
			if err := s.device.Capture(d, func() error {
				if on, err := s.device.IsCapturing(); !on || err != nil {
					t.Errorf("capturing: %v, %v", on, err)
				}
				s.labelled(s.a, "a1")
				s.labelled(s.b, "b1")
				if err := scope.Begin(); err != nil {
					return err
				}
				s.labelled(s.a, "a2")
				s.labelled(s.b, "b2")
				return scope.End()
			}); err != nil {
				t.Fatal(err)
			}
			s.labelled(s.a, "after")
			text := captured(t, d.OutputPath)
			var got []string
			for _, name := range []string{"before", "a1", "b1", "a2", "b2", "after"} {
				if strings.Contains(text, `command buffer "`+name+`"`) {
					got = append(got, name)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("captured %s, want %s: %s", got, c.want, text)
			}
			if strings.Contains(c.want, "a2") && !strings.Contains(text, "command buffer \"a2\" of queue \"the first\"\n\tencoder \"of a2\"\n") {
				t.Errorf("captured %s", text)
			}
			if on, err := s.device.IsCapturing(); on || err != nil {
				t.Errorf("capturing afterwards: %v, %v", on, err)
			}
		})
	}
}

// As on a Mac, a program that asks for a capture has to be allowed to.
func TestCaptureIsRefused(t *testing.T) {
	s := newSoft(t)
	path := filepath.Join(t.TempDir(), "trace.gputrace")
	d := mtl.CaptureDescriptor{OutputPath: path}
	never := func() error { t.Error("called without a capture"); return nil }
	refused := func(d mtl.CaptureDescriptor, want error, says string) {
		t.Helper()
		if err := s.device.Capture(d, never); !errors.Is(err, want) || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v", d, err)
		}
	}
	t.Setenv("MTL_CAPTURE_ENABLED", "")
	refused(d, mtl.CaptureErrorNotSupported, "MTL_CAPTURE_ENABLED")
	supports := func(destination mtl.CaptureDestination, want bool) {
		t.Helper()
		if got, err := s.device.SupportsCaptureDestination(destination); got != want || err != nil {
			t.Errorf("%v: %v, %v", destination, got, err)
		}
	}
	supports(mtl.CaptureDestinationGPUTraceDocument, false)
	t.Setenv("MTL_CAPTURE_ENABLED", "1")
	supports(mtl.CaptureDestinationGPUTraceDocument, true)
	supports(mtl.CaptureDestinationDeveloperTools, false)
	refused(mtl.CaptureDescriptor{}, mtl.CaptureErrorNotSupported, "")
	refused(mtl.CaptureDescriptor{OutputPath: t.TempDir()}, mtl.CaptureErrorInvalidDescriptor, "exists")
	refused(mtl.CaptureDescriptor{OutputPath: filepath.Join(path, "no", "folder")}, mtl.CaptureErrorInvalidDescriptor, "folder")
	refused(mtl.CaptureDescriptor{OutputPath: path, Object: (*mtl.Device)(nil)}, mtl.ErrNil, "Device")
	refused(mtl.CaptureDescriptor{OutputPath: path, Object: (*mtl.CommandQueue)(nil)}, mtl.ErrNil, "CommandQueue")
	refused(mtl.CaptureDescriptor{OutputPath: path, Object: (*mtl.CaptureScope)(nil)}, mtl.ErrNil, "CaptureScope")
	refused(mtl.CaptureDescriptor{OutputPath: path, Object: newSoft(t).a}, mtl.ErrForeign, "CommandQueue")
	if err := s.device.Capture(mtl.CaptureDescriptor{OutputPath: "not utf-8 \xff"}, never); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Error(err)
	}
	if err := s.device.Capture(d, nil); !errors.Is(err, mtl.ErrArgument) {
		t.Error(err)
	}
	if err := s.device.StopCapture(); !errors.Is(err, mtl.ErrArgument) {
		t.Error(err)
	}
	if err := s.device.StartCapture(d); err != nil {
		t.Fatal(err)
	}
	refused(mtl.CaptureDescriptor{OutputPath: path + "2"}, mtl.CaptureErrorAlreadyCapturing, "already")
	if err := s.device.StopCapture(); err != nil {
		t.Fatal(err)
	}
	if text := captured(t, path); text != "0 command buffers\n" {
		t.Errorf("captured %q", text)
	}
}

// A capture ends with its function, whatever becomes of that.
func TestCaptureEndsWhenItsFunctionPanics(t *testing.T) {
	t.Setenv("MTL_CAPTURE_ENABLED", "1")
	s := newSoft(t)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		_ = s.device.Capture(mtl.CaptureDescriptor{OutputPath: filepath.Join(t.TempDir(), "trace.gputrace")}, func() error { panic("in the capture") })
	}()
	if on, err := s.device.IsCapturing(); on || err != nil {
		t.Errorf("capturing afterwards: %v, %v", on, err)
	}
}

func TestCaptureScopesHaveLabels(t *testing.T) {
	s := newSoft(t)
	scope := own[*mtl.CaptureScope](t)(s.device.NewCaptureScope())
	if err := scope.SetLabel("one token"); err != nil {
		t.Fatal(err)
	}
	if label, err := scope.Label(); label != "one token" || err != nil {
		t.Errorf("label %q, %v", label, err)
	}
	for _, c := range []*mtl.CaptureScope{scope, nil} {
		if err := s.device.SetDefaultCaptureScope(c); err != nil {
			t.Error(err)
		}
	}
	foreign := own[*mtl.CaptureScope](t)(newSoft(t).device.NewCaptureScope())
	if err := s.device.SetDefaultCaptureScope(foreign); !errors.Is(err, mtl.ErrForeign) {
		t.Error(err)
	}
	var none *mtl.CaptureScope
	none.Release()
	if err := none.Begin(); !errors.Is(err, mtl.ErrNil) {
		t.Error(err)
	}
}
