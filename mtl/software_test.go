//go:build linux && (amd64 || arm64)

package mtl_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
)

// openSoftware is openHardware on a software device that the test may tell what
// to do.
func openSoftware(t *testing.T, options softmetal.Options) (hardware, *softmetal.Device) {
	t.Helper()
	soft := softmetal.NewTesting(t, options)
	framework, err := mtl.Load(soft)
	if err != nil {
		t.Fatal(err)
	}
	device, err := framework.CreateSystemDefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(device.Release)
	queue, err := device.NewCommandQueue()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(queue.Release)
	return hardware{t, device, queue}, soft
}

// Half a surrogate pair has no UTF-8: an NSString of it is read as UTF-16.
func TestATextThatIsNoUTF8Arrives(t *testing.T) {
	h, _ := openSoftware(t, softmetal.Options{Name: "half \xed\xa0\x80"})
	if got, want := h.device.Name(), "half \ufffd\ufffd\ufffd"; got != want {
		t.Errorf("name %q, want %q", got, want)
	}
}

func TestAFailedCommandBufferTellsWhy(t *testing.T) {
	h, soft := openSoftware(t, softmetal.Options{})
	if err := soft.Fail(softmetal.Fault{Selector: "commit", Error: softmetal.CommandBufferError(8)}); err != nil {
		t.Fatal(err)
	}
	submission, err := h.queue.Encode(func(*mtl.CommandBuffer) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	defer submission.Release()
	err = submission.Wait(context.Background())
	var told *objc.Error
	if !errors.Is(err, mtl.ErrExecution) || !errors.As(err, &told) || told.Code != 8 {
		t.Errorf("%v, want an execution error with code 8", err)
	}
}
