package mtl

import (
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
)

func TestDeviceTellsOfItself(t *testing.T) {
	_, dev := testDevice(t)
	want := Limits{
		MaxThreadsPerThreadgroup:     Size{objctest.MaxThreadgroupSide, objctest.MaxThreadgroupSide, 64},
		MaxThreadgroupMemoryLength:   objctest.MaxMemory,
		MaxBufferLength:              objctest.MaxBufferLength,
		RecommendedMaxWorkingSetSize: 1 << 34,
	}
	if dev.Name() != objctest.DeviceName || dev.Limits() != want {
		t.Errorf("%s: %+v", dev.Name(), dev.Limits())
	}
	for family, want := range map[GPUFamily]bool{GPUFamilyApple7: true, GPUFamilyApple8: false} {
		if got, err := dev.SupportsFamily(family); got != want || err != nil {
			t.Errorf("family %d: %v, %v", family, got, err)
		}
	}
	if id, err := dev.RegistryID(); id != 1<<40 || err != nil {
		t.Errorf("registry ID %d, %v", id, err)
	}
	if unified, err := dev.HasUnifiedMemory(); !unified || err != nil {
		t.Errorf("unified %v, %v", unified, err)
	}
	if size, err := dev.CurrentAllocatedSize(); size != 12345 || err != nil {
		t.Errorf("allocated %d, %v", size, err)
	}
	if name, err := dev.Architecture(); name != "applegpu_none" || err != nil {
		t.Errorf("architecture %q, %v", name, err)
	}
}

func TestArchitectureIsAskedForBeforeItIsUsed(t *testing.T) {
	rt, dev := testDevice(t)
	rt.Lacks("architecture")
	rt.Messages()
	_, err := dev.Architecture()
	wantIs(t, err, ErrUnsupported)
	for _, m := range rt.Messages("MTLDevice") {
		if m.Selector == "architecture" {
			t.Error("an older system was sent architecture")
		}
	}
}

func TestOptionalSelectorsAreAskedForOncePerDevice(t *testing.T) {
	rt, dev := testDevice(t)
	asked := 0
	for _, m := range rt.Messages("MTLCompileOptions") {
		if m.Selector == "respondsToSelector:" && m.Args[0] == "setMathMode:" {
			asked++
		}
	}
	for range 3 {
		must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	}
	for _, m := range rt.Messages() {
		if m.Selector == "respondsToSelector:" {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
}

func TestNilAndReleasedDevicesAreErrors(t *testing.T) {
	_, fw := testMetal(t)
	dev, err := fw.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	dev.Release()
	for _, c := range []struct {
		dev  *Device
		want error
	}{{dev, ErrReleased}, {nil, ErrNil}} {
		for name, use := range map[string]func() error{
			"NewBuffer":               func() error { _, err := c.dev.NewBuffer(16, 0); return err },
			"NewBufferWithBytes":      func() error { _, err := c.dev.NewBufferWithBytes(make([]byte, 16), 0); return err },
			"NewCommandQueue":         func() error { _, err := c.dev.NewCommandQueue(); return err },
			"NewLibraryWithSource":    func() error { _, err := c.dev.NewLibraryWithSource("", CompileOptions{}); return err },
			"NewComputePipelineState": func() error { _, err := c.dev.NewComputePipelineState(nil); return err },
			"NewComputePipelineStateWithDescriptor": func() error {
				_, err := c.dev.NewComputePipelineStateWithDescriptor(ComputePipelineDescriptor{})
				return err
			},
			"SupportsFamily":   func() error { _, err := c.dev.SupportsFamily(GPUFamilyApple7); return err },
			"RegistryID":       func() error { _, err := c.dev.RegistryID(); return err },
			"HasUnifiedMemory": func() error { _, err := c.dev.HasUnifiedMemory(); return err },
			"Architecture":     func() error { _, err := c.dev.Architecture(); return err },
		} {
			t.Run(name, func(t *testing.T) { wantIs(t, use(), c.want) })
		}
	}
}
