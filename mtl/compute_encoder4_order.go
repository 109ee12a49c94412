package mtl

import (
	"fmt"
	"slices"
	"strings"
)

// VisibilityOptions say what a barrier does beside giving an order
// (MTL4VisibilityOptions).
type VisibilityOptions uint64

// What a barrier does; combine by |.
const (
	VisibilityOptionNone          VisibilityOptions = 0 // what was written need not be seen
	VisibilityOptionDevice        VisibilityOptions = 1 // what the GPU has written, it sees: for nearly all uses
	VisibilityOptionResourceAlias VisibilityOptions = 2 // also by another buffer that shares the memory
)

// String returns the names of the options.
func (v VisibilityOptions) String() string {
	if v == VisibilityOptionNone {
		return "none"
	}
	var names []string
	if v&VisibilityOptionDevice != 0 {
		names = append(names, "device")
	}
	if v&VisibilityOptionResourceAlias != 0 {
		names = append(names, "resource alias")
	}
	if rest := v &^ (VisibilityOptionDevice | VisibilityOptionResourceAlias); rest != 0 {
		names = append(names, fmt.Sprintf("VisibilityOptions(%d)", uint64(rest)))
	}
	return strings.Join(names, "|")
}

// BarrierAfterEncoderStages lets commands of the kinds before, which this encoder
// encodes from here on, begin when those of the kinds after are done that it has encoded
// already.
func (e *ComputeCommandEncoder4) BarrierAfterEncoderStages(after, before Stages, visibility VisibilityOptions) {
	if e != nil && e.checkBarrier("ComputeCommandEncoder4.BarrierAfterEncoderStages", after, before, visibility) {
		e.batch.barrierAfterEncoderStages(e.id, after, before, visibility)
	}
}

// BarrierAfterQueueStages lets commands of the kinds before, which this encoder encodes
// from here on, begin when all work of the kinds after is done that earlier encoders of
// the queue have, in whatever command buffers.
func (e *ComputeCommandEncoder4) BarrierAfterQueueStages(after, before Stages, visibility VisibilityOptions) {
	if e != nil && e.checkBarrier("ComputeCommandEncoder4.BarrierAfterQueueStages", after, before, visibility) {
		e.batch.barrierAfterQueueStages4(e.id, after, before, visibility)
	}
}

// BarrierAfterStages lets work of the kinds before, which later encoders of the queue
// have, in whatever command buffers, begin when all commands of the kinds after are done
// that this encoder has encoded already, and earlier ones have.
func (e *ComputeCommandEncoder4) BarrierAfterStages(after, before Stages, visibility VisibilityOptions) {
	if e != nil && e.checkBarrier("ComputeCommandEncoder4.BarrierAfterStages", after, before, visibility) {
		e.batch.barrierAfterStages(e.id, after, before, visibility)
	}
}

func (e *ComputeCommandEncoder4) checkBarrier(method string, after, before Stages, visibility VisibilityOptions) bool {
	if !e.ready() && e.refused(method) {
		return false
	}
	if !e.checkStages(method, "after", after) || !e.checkStages(method, "before", before) {
		return false
	}
	if visibility&^(VisibilityOptionDevice|VisibilityOptionResourceAlias) != 0 {
		e.cb.fail(badArgument(method, "visibility", uint64(visibility), "%d (none), %d (device), %d (resource alias) or both", VisibilityOptionNone, VisibilityOptionDevice, VisibilityOptionResourceAlias))
		return false
	}
	return true
}

func (e *encoder) checkStages(method, argument string, s Stages) bool {
	if s == 0 || s&^(StageDispatch|StageBlit) != 0 {
		e.cb.fail(badArgument(method, argument, fmt.Sprintf("%#x", uint64(s)), "StageDispatch, StageBlit or both"))
		return false
	}
	return true
}

// UpdateFence lets commands that wait for the fence begin once all commands of the kinds
// after are done that this encoder has encoded already.
func (e *ComputeCommandEncoder4) UpdateFence(fence *Fence, after Stages) {
	if e != nil && e.fence4("ComputeCommandEncoder4.UpdateFence", fence, "after", after) {
		e.fences.add(fence.id)
		e.batch.updateFenceAfterStages(e.id, fence.id, after)
	}
}

// WaitForFence lets commands of the kinds before, which this encoder encodes from here
// on, begin when all updates of the fence are done that the queue has from encoders
// before. Whether an encoder can wait for an update of its own, Metal does not say: it is
// an error.
func (e *ComputeCommandEncoder4) WaitForFence(fence *Fence, before Stages) {
	const method = "ComputeCommandEncoder4.WaitForFence"
	if e == nil || !e.fence4(method, fence, "before", before) {
		return
	}
	if slices.Contains(e.fences.updated, fence.id) {
		e.cb.fail(badArgument(method, "fence", "one that this encoder has updated", "a fence of an encoder before"))
		return
	}
	e.batch.waitForFenceBeforeStages(e.id, fence.id, before)
}

// fence4 holds a fence that a message names.
func (e *ComputeCommandEncoder4) fence4(method string, fence *Fence, argument string, s Stages) bool {
	if !e.ready() && e.refused(method) {
		return false
	}
	if fence == nil {
		e.cb.fail(fmt.Errorf("%s: %w", method, errNil("Fence")))
		return false
	}
	return e.checkStages(method, argument, s) && (e.holdsObject(&fence.object) || e.holdObject(method, &fence.object))
}
