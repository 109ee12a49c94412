package mtl

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
)

// testMetal returns a scripted Metal. At the end of the test nothing may be
// left of what it made, on either side, and no rule may be broken.
func testMetal(t testing.TB) (*objctest.Runtime, *Framework) {
	t.Helper()
	rt := objctest.NewMetal()
	fw, err := Load(rt)
	if err != nil {
		t.Fatal(err)
	}
	ledger := fw.TrackObjects()
	t.Cleanup(func() {
		if live := ledger.Live(); len(live) > 0 {
			t.Errorf("not released: %q", live)
		}
		if live := rt.Live(); len(live) > 0 {
			t.Errorf("Metal objects left over: %q", live)
		}
		for _, v := range rt.Violations() {
			t.Error(v)
		}
	})
	return rt, fw
}

// testDevice returns a device that the test need not release.
func testDevice(t testing.TB) (*objctest.Runtime, *Device) {
	t.Helper()
	rt, fw := testMetal(t)
	dev, err := fw.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dev.Release)
	return rt, dev
}

// releaser is every owning object.
type releaser interface{ Release() }

// must returns a value that has to be there, and releases it when the test
// ends.
func must[T releaser](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(v.Release)
		return v
	}
}

// A bench is what an encoder needs.
type bench struct {
	rt       *objctest.Runtime
	dev      *Device
	queue    *CommandQueue
	pipeline *ComputePipelineState
	other    *ComputePipelineState // of a silent bench alone
	a, b     *Buffer               // of 256 and 64 bytes
}

func newBench(t testing.TB) *bench {
	t.Helper()
	rt, dev := testDevice(t)
	lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	fn := must[*Function](t)(lib.NewFunction("saxpy"))
	b := &bench{
		rt:       rt,
		dev:      dev,
		queue:    must[*CommandQueue](t)(dev.NewCommandQueue()),
		pipeline: must[*ComputePipelineState](t)(dev.NewComputePipelineState(fn)),
		a:        must[*Buffer](t)(dev.NewBuffer(256, 0)),
		b:        must[*Buffer](t)(dev.NewBuffer(64, 0)),
	}
	rt.Messages()
	return b
}

// compute encodes one compute pass and waits for it.
func (b *bench) compute(encode func(*ComputeCommandEncoder) error) error {
	return b.encode(func(cb *CommandBuffer) error { return cb.Compute(DispatchTypeConcurrent, encode) })
}

func (b *bench) encode(encode func(*CommandBuffer) error) error {
	sub, err := b.queue.Encode(encode)
	if err != nil {
		return err
	}
	defer sub.Release()
	return sub.Wait(context.Background())
}

// sent returns the messages to the classes since the last look, one string
// each without the class.
func (b *bench) sent(classes ...string) []string {
	var lines []string
	for _, m := range b.rt.Messages(classes...) {
		_, text, _ := strings.Cut(m.String(), " ")
		lines = append(lines, text)
	}
	return lines
}

// wantArgument fails unless err is an ArgumentError that holds all the texts.
func wantArgument(t *testing.T, err error, texts ...string) {
	t.Helper()
	var argument *ArgumentError
	if !errors.As(err, &argument) || !errors.Is(err, ErrArgument) {
		t.Fatalf("error is %v, want an ArgumentError", err)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q is not in: %v", text, err)
		}
	}
}

func wantIs(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("error is %v, want %v", err, target)
	}
}
