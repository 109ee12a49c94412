package mtl

import (
	"fmt"
)

// String returns the names of the usage.
func (u ResourceUsage) String() string {
	return optionNames("ResourceUsage", u, ResourceUsageRead, "read", "write")
}

// UseHeaps is [ComputeCommandEncoder.UseResources] for all that is in these heaps,
// to be read: what kernels write there is named one by one. Metal orders nothing by
// it.
func (e *ComputeCommandEncoder) UseHeaps(heaps ...*Heap) {
	const method = "ComputeCommandEncoder.UseHeaps"
	if e == nil || !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if len(heaps) == 0 {
		e.cb.fail(badArgument(method, "number of heaps", 0, "at least 1"))
		return
	}
	for len(heaps) > 0 && e.cb.err.Load() == nil {
		part := heaps[:min(len(heaps), len(e.ids))]
		heaps = heaps[len(part):]
		e.useHeaps(method, part)
	}
}

func (e *ComputeCommandEncoder) useHeaps(method string, heaps []*Heap) {
	used := 0
	defer func() {
		for _, h := range heaps[:used] {
			h.drop()
		}
	}()
	for i, h := range heaps {
		if err := h.acquireFor(e.cb.dev); err != nil {
			e.cb.fail(fmt.Errorf("%s: %w", method, err))
			return
		}
		used++
		e.ids[i] = h.id
	}
	e.cb.scope.useHeaps(e.id, e.ids[:used], uint64(used))
}

// Stages are kinds of work of a GPU (MTLStages), for barriers between encoders.
type Stages uint64

// Stages of compute; combine by |.
const (
	StageDispatch Stages = 1 << 27 // dispatches
	StageBlit     Stages = 1 << 28 // copies and fills
)

// String returns the names of the stages.
func (s Stages) String() string {
	return optionNames("Stages", s, StageDispatch, "dispatch", "blit")
}

// BarrierAfterQueueStages lets work of the kinds before, in this encoder and later
// ones, begin when all earlier work of the queue of the kinds after is done, also
// where Metal does not track what they share. Below macOS 26 it makes the scope fail
// with [ErrUnsupported]; a [Fence] does the same there.
func (e *ComputeCommandEncoder) BarrierAfterQueueStages(after, before Stages) {
	if e != nil {
		e.queueBarrier("ComputeCommandEncoder.BarrierAfterQueueStages", after, before)
	}
}

// BarrierAfterQueueStages is [ComputeCommandEncoder.BarrierAfterQueueStages] for an
// encoder of copies and fills.
func (e *BlitCommandEncoder) BarrierAfterQueueStages(after, before Stages) {
	if e != nil {
		e.queueBarrier("BlitCommandEncoder.BarrierAfterQueueStages", after, before)
	}
}

func (e *encoder) queueBarrier(method string, after, before Stages) {
	if !e.enter(method) {
		return
	}
	defer e.cb.leave()
	if !e.checkStages(method, "after", after) || !e.checkStages(method, "before", before) {
		return
	}
	// Encoders of one device are of few classes, all of one release: one answers for
	// all.
	if !e.cb.dev.fw.foundation.RespondsTo(e.id, "barrierAfterQueueStages:beforeStages:") {
		e.cb.fail(fmt.Errorf("mtl: %s needs macOS 26: %w", method, ErrUnsupported))
		return
	}
	e.cb.scope.barrierAfterQueueStages(e.id, after, before)
}
