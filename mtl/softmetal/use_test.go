package softmetal

import (
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

// A buffer of a heap that the encoder is told of is in the reach of commands that
// no encoder has bound it for.
func TestUsedHeapIsResident(t *testing.T) {
	for _, selector := range []string{"useHeap:", "useHeaps:count:"} {
		h, _ := newRecorded(t)
		d := h.pooled(h.id(h.class("MTLHeapDescriptor"), "new"))
		h.send(d, "setSize:", 1<<16)
		h.send(d, "setStorageMode:", storageShared)
		heap := h.pooled(h.id(h.device(), "newHeapWithDescriptor:", d))
		x := h.pooled(h.id(heap, "newBufferWithLength:options:", 16, 0))
		b := h.indirect(layout{})
		h.encodeCommand(b, 0, h.indirectPipeline("k", floats("x", 0)), x)
		e, cb := h.encoder(0)
		if selector == "useHeap:" {
			h.send(e, selector, heap)
		} else {
			h.send(e, selector, []objc.ID{heap}, 1)
		}
		h.send(e, "executeCommandsInBuffer:withRange:", b, span{0, 1})
		h.send(e, "endEncoding")
		if got := h.finish(cb); got != statusCompleted {
			t.Errorf("%s: status %d: %v", selector, got, h.Reports())
		}
	}
}
