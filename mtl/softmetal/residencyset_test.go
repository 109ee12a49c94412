package softmetal

import (
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

func TestResidencySetChangesWithItsCommit(t *testing.T) {
	h := newHand(t, Options{})
	r := h.residencySet()
	heap := h.newHeap(1<<16, 0, 0)
	a, b := h.buffer(100), h.buffer(20)
	inHeap, alsoInHeap := h.pooled(h.id(heap, "newBufferWithLength:options:", 16, 0)), h.pooled(h.id(heap, "newBufferWithLength:options:", 16, 0))
	state := func(count, size int) {
		t.Helper()
		n := h.word(h.id(r, "allAllocations"), "count")
		if c, s := h.word(r, "allocationCount"), h.word(r, "allocatedSize"); c != count || s != size || n != count {
			t.Errorf("%d allocations, %d listed, %d bytes; want %d, %d", c, n, s, count, size)
		}
	}
	h.send(r, "addAllocation:", a)
	h.send(r, "addAllocation:", a)
	state(0, 0)
	h.send(r, "commit")
	state(1, 100)
	if h.send(r, "containsAllocation:", a)&0xff != 1 || h.send(r, "containsAllocation:", b)&0xff != 0 {
		t.Error("contains the wrong one")
	}
	h.send(r, "addAllocations:count:", []objc.ID{b, inHeap, heap, alsoInHeap}, 4)
	h.send(r, "removeAllocation:", a)
	state(1, 100)
	h.send(r, "commit")
	state(4, 20+1<<16) // a heap counts once
	h.send(r, "removeAllocations:count:", []objc.ID{b, heap}, 2)
	h.send(r, "commit")
	state(2, 1<<16)
	h.send(r, "requestResidency")
	h.send(r, "endResidency")
	h.send(r, "removeAllAllocations")
	h.send(r, "commit")
	state(0, 0)
	h.drain(t)
}

// A set keeps what is in it, a queue its sets, and work what was in the sets
// when it was committed.
func TestResidencySetsKeepMemory(t *testing.T) {
	h := newHand(t, Options{})
	hold := make(chan struct{})
	if err := h.Fail(Fault{Selector: "commit", Hold: hold}); err != nil {
		t.Fatal(err)
	}
	newBuffer := func() objc.ID { return h.id(h.device(), "newBufferWithLength:options:", 16, 0) }
	alive := func(b objc.ID) bool { h.mu.Lock(); defer h.mu.Unlock(); return h.objects[b] != nil }
	q, r, own := h.queue(), h.residencySet(), h.residencySet()
	a, b := newBuffer(), newBuffer()
	h.send(r, "addAllocation:", a)
	h.send(own, "addAllocation:", b)
	h.send(r, "commit")
	h.send(own, "commit")
	h.send(a, "release")
	h.send(b, "release")
	h.send(q, "addResidencySets:count:", []objc.ID{r, own, r}, 3)
	h.send(q, "removeResidencySet:", own)
	cb := h.id(q, "commandBuffer")
	h.send(cb, "useResidencySet:", own)
	h.send(cb, "commit")
	for _, set := range []objc.ID{r, own} {
		h.send(set, "removeAllAllocations")
		h.send(set, "commit")
	}
	if !alive(a) || !alive(b) {
		t.Errorf("gone while work is under way: %v, %v", !alive(a), !alive(b))
	}
	close(hold)
	h.send(cb, "waitUntilCompleted")
	if alive(a) || alive(b) {
		t.Errorf("kept after the work: %v, %v", alive(a), alive(b))
	}
	h.send(q, "removeResidencySets:count:", []objc.ID{r, own}, 2)
	h.drain(t)
}

func TestResidencySetHasItsDescriptorsLabel(t *testing.T) {
	h := newHand(t, Options{})
	d := h.pooled(h.id(h.class("MTLResidencySetDescriptor"), "new"))
	h.send(d, "setLabel:", h.string("weights"))
	h.send(d, "setInitialCapacity:", 9)
	if n := h.word(d, "initialCapacity"); n != 9 {
		t.Errorf("capacity %d", n)
	}
	r := h.pooled(h.id(h.device(), "newResidencySetWithDescriptor:error:", d, 0))
	if got := h.text(h.id(r, "label")); got != "weights" {
		t.Errorf("label %q", got)
	}
	h.drain(t)
}

// The class came with macOS 15, as did every method of it.
func TestOlderSystemHasNoResidencySets(t *testing.T) {
	h := newHand(t, Options{MacOS: "14.6"})
	if h.LookUpClass("MTLResidencySetDescriptor") != 0 {
		t.Error("macOS 14 has the class")
	}
	if h.LookUpClass("MTLHeapDescriptor") == 0 {
		t.Error("macOS 14 has no heaps")
	}
	if h.send(h.device(), "respondsToSelector:", h.RegisterSelector("newResidencySetWithDescriptor:error:"))&0xff != 0 {
		t.Error("the device responds")
	}
}
