package mtl

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

func TestLoadNamesEverythingThatIsMissing(t *testing.T) {
	_, err := Load(objctest.NewMetal("MTLCompileOptions", "MTLCopyAllDevices", "commit"))
	wantIs(t, err, ErrUnavailable)
	for _, name := range []string{"MTLCompileOptions", "MTLCopyAllDevices", "commit"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
	_, err = Load(nil)
	wantIs(t, err, ErrUnavailable)
}

func TestDefaultDeviceFallsBackToAllDevices(t *testing.T) {
	rt, fw := testMetal(t)
	rt.On("C MTLCreateSystemDefaultDevice", func(*objctest.Message) {})
	dev, err := fw.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Release()
	if dev.Name() != objctest.DeviceName {
		t.Errorf("name %q", dev.Name())
	}
}

func TestDefaultDeviceReleasesTheOthers(t *testing.T) {
	rt, fw := testMetal(t)
	other := rt.NewObject("MTLDevice", nil)
	defer rt.Release(other)
	rt.On("C MTLCreateSystemDefaultDevice", func(*objctest.Message) {})
	rt.On("C MTLCopyAllDevices", func(m *objctest.Message) { m.ReturnID(rt.NewArray(other, other)) })
	dev, err := fw.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	if n := rt.Count(other); n != 2 {
		t.Errorf("%d references, want the test's and the device's", n)
	}
	dev.Release()
}

func TestNoDeviceSaysWhichReturnedNothing(t *testing.T) {
	for _, c := range []struct {
		name, want string
		all        func(*objctest.Runtime) func(*objctest.Message)
	}{
		{"nil", "MTLCopyAllDevices returned nil", func(*objctest.Runtime) func(*objctest.Message) {
			return func(*objctest.Message) {}
		}},
		{"an empty array", "MTLCopyAllDevices returned an empty array", func(rt *objctest.Runtime) func(*objctest.Message) {
			return func(m *objctest.Message) { m.ReturnID(rt.NewArray()) }
		}},
		{"an array whose last element is nil", "an element of what MTLCopyAllDevices returned", func(rt *objctest.Runtime) func(*objctest.Message) {
			rt.On("NSArray objectAtIndex:", func(m *objctest.Message) {
				if m.Uint(0) == 0 {
					m.ReturnID(rt.Value(m.Target).([]objc.ID)[0])
				}
			})
			return func(m *objctest.Message) {
				device := rt.NewObject("MTLDevice", nil)
				m.ReturnID(rt.NewArray(device, device))
				rt.Release(device) // is the array's
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt, fw := testMetal(t)
			rt.On("C MTLCreateSystemDefaultDevice", func(*objctest.Message) {})
			rt.On("C MTLCopyAllDevices", c.all(rt))
			_, err := fw.CreateSystemDefaultDevice()
			wantIs(t, err, ErrUnavailable)
			if !strings.Contains(err.Error(), "MTLCreateSystemDefaultDevice returned nil") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v", err)
			}
			_, err = fw.CopyAllDevices()
			wantIs(t, err, ErrUnavailable)
		})
	}
}

func TestCopyAllDevicesGivesEachAReference(t *testing.T) {
	rt, fw := testMetal(t)
	first, second := rt.NewObject("MTLDevice", nil), rt.NewObject("MTLDevice", nil)
	rt.On("C MTLCopyAllDevices", func(m *objctest.Message) { m.ReturnID(rt.NewArray(first, second)) })
	devices, err := fw.CopyAllDevices()
	if err != nil {
		t.Fatal(err)
	}
	var ids []objc.ID
	for _, d := range devices {
		ids = append(ids, d.id)
		if n := rt.Count(d.id); n != 2 {
			t.Errorf("%d references, want the test's and the device's", n)
		}
		d.Release()
		d.Release()
	}
	if !slices.Equal(ids, []objc.ID{first, second}) {
		t.Errorf("devices %v", ids)
	}
	rt.Release(first)
	rt.Release(second)
}

func TestWithoutMetalTheErrorSaysWhy(t *testing.T) {
	dev, err := CreateSystemDefaultDevice()
	if runtime.GOOS == "darwin" && runtime.GOARCH == "arm64" {
		if err != nil {
			t.Fatal(err)
		}
		dev.Release()
		return
	}
	wantIs(t, err, ErrUnavailable)
	wantIs(t, err, objc.ErrUnavailable)
	if dev != nil || !strings.Contains(err.Error(), runtime.GOOS) {
		t.Errorf("%v, %v", dev, err)
	}
	if _, err := CopyAllDevices(); !errors.Is(err, ErrUnavailable) {
		t.Errorf("CopyAllDevices: %v", err)
	}
}
