package mtl

import (
	"fmt"
	"slices"

	"github.com/tqmetal/tqmetal/objc"
)

// A Fence orders encoders of one queue that use resources which Metal does not
// track (MTLFence): those of [ResourceHazardTrackingModeUntracked], and of heaps
// that are untracked. It may be used from any goroutine; the owner releases it.
type Fence struct{ object }

// NewFence returns a fence. The caller releases it.
func (d *Device) NewFence() (*Fence, error) {
	f := new(Fence)
	if err := d.makeObject("Fence", &f.object, func(s *scope) objc.ID { return s.newFence(d.id) }); err != nil {
		return nil, err
	}
	return f, nil
}

// Release gives up the reference. Encoded work that uses the fence keeps it.
func (f *Fence) Release() {
	if f != nil {
		f.release()
	}
}

// SetLabel names the fence in Metal's messages and in its debugger.
func (f *Fence) SetLabel(label string) error {
	if f == nil {
		return errNil("Fence")
	}
	return f.setLabel("Fence.SetLabel", label, (*call).setFenceLabel)
}

// Label returns what SetLabel has set.
func (f *Fence) Label() (string, error) {
	if f == nil {
		return "", errNil("Fence")
	}
	return f.object.label((*call).fenceLabel)
}

// fences are the ids of the fences that an encoder has updated. The array is room
// for what an encoder has as a rule.
type fences struct {
	updated []objc.ID
	room    [4]objc.ID
}

func (f *fences) add(id objc.ID) {
	if f.updated == nil {
		f.updated = f.room[:0]
	}
	if !slices.Contains(f.updated, id) {
		f.updated = append(f.updated, id)
	}
}

// UpdateFence lets encoders that wait for the fence begin once this one is done.
func (e *ComputeCommandEncoder) UpdateFence(fence *Fence) {
	if e != nil {
		e.fence("ComputeCommandEncoder.UpdateFence", fence, (*call).updateFence, true)
	}
}

// WaitForFence lets this encoder begin when the encoders that were encoded before
// it and update the fence are done. Metal may wait at the encoder's beginning and
// update at its end, so an encoder that updates a fence can't wait for it
// afterwards.
func (e *ComputeCommandEncoder) WaitForFence(fence *Fence) {
	if e != nil {
		e.fence("ComputeCommandEncoder.WaitForFence", fence, (*call).waitForFence, false)
	}
}

// UpdateFence lets encoders that wait for the fence begin once this one is done.
func (e *BlitCommandEncoder) UpdateFence(fence *Fence) {
	if e != nil {
		e.fence("BlitCommandEncoder.UpdateFence", fence, (*call).updateBlitFence, true)
	}
}

// WaitForFence lets this encoder begin when the encoders that were encoded before
// it and update the fence are done; see [ComputeCommandEncoder.WaitForFence].
func (e *BlitCommandEncoder) WaitForFence(fence *Fence) {
	if e != nil {
		e.fence("BlitCommandEncoder.WaitForFence", fence, (*call).waitForBlitFence, false)
	}
}

func (e *encoder) fence(method string, fence *Fence, send func(*call, objc.ID, objc.ID), update bool) {
	if !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if fence == nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, errNil("Fence")))
		return
	}
	if err := fence.acquireFor(e.cb.dev); err != nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, err))
		return
	}
	defer fence.drop()
	switch {
	case update:
		e.fences.add(fence.id)
	case slices.Contains(e.fences.updated, fence.id):
		e.cb.fail(badArgument(method, "fence", "one that this encoder has updated", "a fence of an encoder before"))
		return
	}
	send(e.cb.scope.call, e.id, fence.id)
}
