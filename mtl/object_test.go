package mtl

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
)

// owning makes one object of each owning type.
func owning(t *testing.T, dev *Device) map[string]releaser {
	t.Helper()
	lib, err := dev.NewLibraryWithSource("source", CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	fn, err := lib.NewFunction("sum")
	if err != nil {
		t.Fatal(err)
	}
	pipeline, err := dev.NewComputePipelineState(fn)
	if err != nil {
		t.Fatal(err)
	}
	buffer, err := dev.NewBuffer(16, 0)
	if err != nil {
		t.Fatal(err)
	}
	queue, err := dev.NewCommandQueue()
	if err != nil {
		t.Fatal(err)
	}
	sub, err := queue.Encode(func(*CommandBuffer) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := sub.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	return map[string]releaser{
		"Library": lib, "Function": fn, "ComputePipelineState": pipeline,
		"Buffer": buffer, "CommandQueue": queue, "Submission": sub,
	}
}

func TestOwningObjectsHoldExactlyOneReference(t *testing.T) {
	rt, dev := testDevice(t)
	for name, o := range owning(t, dev) {
		t.Run(name, func(t *testing.T) {
			id := map[string]*object{}
			switch o := o.(type) {
			case *Library:
				id[name] = &o.object
			case *Function:
				id[name] = &o.object
			case *ComputePipelineState:
				id[name] = &o.object
			case *Buffer:
				id[name] = &o.object
			case *CommandQueue:
				id[name] = &o.object
			case *Submission:
				id[name] = &o.object
			}
			native := id[name].id
			if n := rt.Count(native); n != 1 {
				t.Errorf("%d references, want 1", n)
			}
			for range 3 { // Release is idempotent
				o.Release()
				if n := rt.Count(native); n != 0 {
					t.Errorf("%d references after Release", n)
				}
			}
		})
	}
}

func TestReleaseOfNilDoesNothing(t *testing.T) {
	for _, o := range []releaser{(*Device)(nil), (*CommandQueue)(nil), (*Buffer)(nil), (*Library)(nil), (*Function)(nil), (*ComputePipelineState)(nil), (*Submission)(nil)} {
		o.Release()
	}
}

func TestReleasedObjectsAreErrors(t *testing.T) {
	_, dev := testDevice(t)
	objects := owning(t, dev)
	for _, o := range objects {
		o.Release()
	}
	buffer, lib := objects["Buffer"].(*Buffer), objects["Library"].(*Library)
	queue := objects["CommandQueue"].(*CommandQueue)
	for name, use := range map[string]func() error{
		"Buffer.Bytes":                     func() error { _, err := buffer.Bytes(); return err },
		"Slice":                            func() error { _, err := Slice[byte](buffer, 0, 1); return err },
		"Buffer.SetLabel":                  func() error { return buffer.SetLabel("a") },
		"Library.NewFunction":              func() error { _, err := lib.NewFunction("sum"); return err },
		"Library.NewFunctionWithConstants": func() error { _, err := lib.NewFunctionWithConstants("sum"); return err },
		"Library.FunctionNames":            func() error { _, err := lib.FunctionNames(); return err },
		"Device.NewComputePipelineState": func() error {
			_, err := dev.NewComputePipelineState(objects["Function"].(*Function))
			return err
		},
		"CommandQueue.Encode":   func() error { _, err := queue.Encode(func(*CommandBuffer) error { return nil }); return err },
		"CommandQueue.SetLabel": func() error { return queue.SetLabel("a") },
		"Submission.Status":     func() error { _, err := objects["Submission"].(*Submission).Status(); return err },
	} {
		t.Run(name, func(t *testing.T) { wantIs(t, use(), ErrReleased) })
	}
}

func TestNilObjectsAreErrors(t *testing.T) {
	_, dev := testDevice(t)
	var queue *CommandQueue
	var lib *Library
	var buffer *Buffer
	var sub *Submission
	for name, use := range map[string]func() error{
		"Buffer.Bytes":                   func() error { _, err := buffer.Bytes(); return err },
		"Slice":                          func() error { _, err := Slice[byte](buffer, 0, 1); return err },
		"Buffer.SetLabel":                func() error { return buffer.SetLabel("a") },
		"Library.NewFunction":            func() error { _, err := lib.NewFunction("sum"); return err },
		"Library.FunctionNames":          func() error { _, err := lib.FunctionNames(); return err },
		"Device.NewComputePipelineState": func() error { _, err := dev.NewComputePipelineState(nil); return err },
		"CommandQueue.Encode":            func() error { _, err := queue.Encode(func(*CommandBuffer) error { return nil }); return err },
		"CommandQueue.SetLabel":          func() error { return queue.SetLabel("a") },
		"Submission.Wait":                func() error { return sub.Wait(context.Background()) },
		"Submission.Status":              func() error { _, err := sub.Status(); return err },
		"Submission.Times":               func() error { _, err := sub.Times(); return err },
		"CommandBuffer.Err":              func() error { return (*CommandBuffer)(nil).Err() },
		"CommandBuffer.Compute":          func() error { return (*CommandBuffer)(nil).Compute(0, nil) },
		"CommandBuffer.Blit":             func() error { return (*CommandBuffer)(nil).Blit(nil) },
		"CommandBuffer.SetLabel":         func() error { return (*CommandBuffer)(nil).SetLabel("") },
		"ComputeCommandEncoder.Err":      func() error { return (*ComputeCommandEncoder)(nil).Err() },
		"BlitCommandEncoder.Err":         func() error { return (*BlitCommandEncoder)(nil).Err() },
	} {
		t.Run(name, func(t *testing.T) { wantIs(t, use(), ErrNil) })
	}
}

func TestMethodsOfANilEncoderDoNothing(t *testing.T) {
	var e *ComputeCommandEncoder
	e.SetLabel("")
	e.SetComputePipelineState(nil)
	e.SetBuffer(nil, 0, 0)
	e.SetBuffers(0)
	e.SetBufferOffset(0, 0)
	e.SetBytes(nil, 0)
	e.SetThreadgroupMemoryLength(0, 0)
	e.DispatchThreads(Size{}, Size{})
	e.DispatchThreadgroups(Size{}, Size{})
	e.DispatchThreadgroupsIndirect(nil, 0, Size{})
	e.MemoryBarrier(0)
	e.MemoryBarrierWithResources()
	if e.Device() != nil {
		t.Error("a nil encoder has a device")
	}
	var b *BlitCommandEncoder
	b.SetLabel("")
	b.Copy(BufferRange{}, BufferRange{}, 0)
	b.Fill(BufferRange{}, 0, 0)
}

// A release during a use takes effect when the use ends, not under it.
func TestReleaseWaitsForTheLastUse(t *testing.T) {
	rt, dev := testDevice(t)
	buffer, err := dev.NewBuffer(16, 0)
	if err != nil {
		t.Fatal(err)
	}
	inUse, released := make(chan bool), make(chan bool)
	rt.Trace = func(m *objctest.Message) {
		if m.Selector == "setLabel:" {
			close(inUse)
			<-released
			if n := rt.Count(m.Target); n != 1 {
				t.Errorf("%d references during a message", n)
			}
		}
	}
	var group sync.WaitGroup
	group.Go(func() {
		<-inUse
		buffer.Release()
		close(released)
	})
	if err := buffer.SetLabel("a"); err != nil {
		t.Error(err)
	}
	group.Wait()
	if n := rt.Count(buffer.id); n != 0 {
		t.Errorf("%d references after the use", n)
	}
	wantIs(t, buffer.SetLabel("b"), ErrReleased)
}

func TestReleaseFromManyGoroutinesGivesUpOneReference(t *testing.T) {
	_, dev := testDevice(t)
	for range 50 {
		buffer, err := dev.NewBuffer(16, 0)
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				_, _ = buffer.Bytes()
				buffer.Release()
			})
		}
		group.Wait()
	}
}

func TestObjectsOfAnotherDeviceAreErrors(t *testing.T) {
	one, other := newBench(t), newBench(t)
	err := one.compute(func(enc *ComputeCommandEncoder) error {
		enc.SetBuffer(other.a, 0, 0)
		return enc.Err()
	})
	wantIs(t, err, ErrForeign)
	err = one.compute(func(enc *ComputeCommandEncoder) error {
		enc.SetComputePipelineState(other.pipeline)
		return enc.Err()
	})
	wantIs(t, err, ErrForeign)

	// A second device of the same runtime is another device too.
	second := one.rt.NewObject("MTLDevice", nil)
	defer one.rt.Release(second)
	one.rt.On("C MTLCopyAllDevices", func(m *objctest.Message) { m.ReturnID(one.rt.NewArray(second)) })
	devices, err := one.dev.fw.CopyAllDevices()
	if err != nil {
		t.Fatal(err)
	}
	defer devices[0].Release()
	buffer, err := devices[0].NewBuffer(16, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer buffer.Release()
	err = one.compute(func(enc *ComputeCommandEncoder) error {
		enc.SetBuffer(buffer, 0, 0)
		return nil
	})
	wantIs(t, err, ErrForeign)
}

func TestLedgerTellsWhatIsNotReleasedAndWhereItWasMade(t *testing.T) {
	rt := objctest.NewMetal()
	fw, err := Load(rt)
	if err != nil {
		t.Fatal(err)
	}
	ledger := fw.TrackObjects()
	dev, err := fw.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	buffer, err := dev.NewBuffer(16, 0)
	if err != nil {
		t.Fatal(err)
	}
	live := strings.Join(ledger.Live(), "\n")
	if !strings.Contains(live, "Buffer made at object_test.go:") || !strings.Contains(live, "Device made at object_test.go:") {
		t.Errorf("live: %s", live)
	}
	buffer.Release()
	dev.Release()
	if live := ledger.Live(); len(live) != 0 {
		t.Errorf("live: %q", live)
	}
}
