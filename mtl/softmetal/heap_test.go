package softmetal

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

func (h *hand) word(target objc.ID, selector string, args ...any) int {
	return int(h.send(target, selector, args...))
}

// Nothing promises what new memory of a heap holds, so it holds what shows.
func TestHeapMemoryIsNotZero(t *testing.T) {
	h := newHand(t, Options{})
	heap := h.newHeap(1<<16, heapAutomatic, 0)
	a := h.id(heap, "newBufferWithLength:options:", 1000, 0)
	if m := h.contents(a); slices.Contains(m, 0) || len(m) != 1000 {
		t.Errorf("%d bytes, the first % x", len(m), m[:16])
	}
	// What is made where another was has its contents.
	copy(h.contents(a), "secret")
	h.send(a, "release")
	b := h.pooled(h.id(heap, "newBufferWithLength:options:", 100, 0))
	if m := h.contents(b); !bytes.HasPrefix(m, []byte("secret\xff")) {
		t.Errorf("% x", m[:16])
	}
	h.drain(t)
}

func TestAutomaticHeapFillsGaps(t *testing.T) {
	h := newHand(t, Options{})
	heap := h.newHeap(3*heapPage-1, heapAutomatic, 0)
	state := func(used, most int) {
		t.Helper()
		if u, m := h.word(heap, "usedSize"), h.word(heap, "maxAvailableSizeWithAlignment:", 256); u != used || m != most {
			t.Errorf("used %d, room for %d; want %d, %d", u, m, used, most)
		}
	}
	if size := h.word(heap, "size"); size != 3*heapPage {
		t.Errorf("size %d", size)
	}
	newBuffer := func(length int) objc.ID { return h.id(heap, "newBufferWithLength:options:", length, 0) }
	state(0, 3*heapPage)
	a, b, c := newBuffer(heapPage-1), newBuffer(heapPage), newBuffer(1)
	state(2*heapPage+256, heapPage-256)
	if m := h.word(heap, "maxAvailableSizeWithAlignment:", 4096); m != heapPage-4096 {
		t.Errorf("room for %d where 4096 is the alignment", m)
	}
	if d := newBuffer(heapPage); d != 0 || len(h.Reports()) > 0 {
		t.Errorf("a full heap makes %#x; %v", d, h.Reports())
	}
	h.send(b, "release")
	state(heapPage+256, heapPage)
	d := newBuffer(512)
	for buffer, want := range map[objc.ID]int{a: 0, d: heapPage, c: 2 * heapPage} {
		if at := h.word(buffer, "heapOffset"); at != want {
			t.Errorf("a buffer lies at %d, want %d", at, want)
		}
	}
	for _, buffer := range []objc.ID{a, c, d} {
		h.send(buffer, "release")
	}
	state(0, 3*heapPage)
	h.drain(t)
}

func TestAliasableMemoryIsGivenOutAgain(t *testing.T) {
	h := newHand(t, Options{})
	heap := h.newHeap(heapPage, heapAutomatic, 0)
	a := h.pooled(h.id(heap, "newBufferWithLength:options:", heapPage, 0))
	copy(h.contents(a), "old")
	if h.send(a, "isAliasable")&0xff != 0 {
		t.Error("aliasable from the start")
	}
	h.send(a, "makeAliasable")
	if h.send(a, "isAliasable")&0xff != 1 || h.word(heap, "usedSize") != 0 {
		t.Errorf("used %d", h.word(heap, "usedSize"))
	}
	b := h.pooled(h.id(heap, "newBufferWithLength:options:", 64, 0))
	if got := h.contents(b)[:3]; string(got) != "old" {
		t.Errorf("another memory: %q", got)
	}
	copy(h.contents(b), "new")
	if got := h.contents(a)[:3]; string(got) != "new" {
		t.Errorf("not shared: %q", got)
	}
	h.drain(t)
}

func TestPlacementHeapCountsWhatOverlapsOnce(t *testing.T) {
	h := newHand(t, Options{})
	heap := h.newHeap(heapPage, heapPlacement, 2<<4|2<<8)
	for _, at := range []int{1024, 1280, 1024} {
		b := h.pooled(h.id(heap, "newBufferWithLength:options:offset:", 512, 2<<4, at))
		if h.word(b, "heapOffset") != at || h.id(b, "heap") != heap || h.word(b, "allocatedSize") != 512 || h.word(b, "contents") != 0 {
			t.Errorf("buffer at %d", h.word(b, "heapOffset"))
		}
		if o := h.word(b, "resourceOptions"); o != 2<<4|2<<8 {
			t.Errorf("options %#x", o)
		}
	}
	if used, most := h.word(heap, "usedSize"), h.word(heap, "maxAvailableSizeWithAlignment:", 1); used != 768 || most != heapPage-1792 {
		t.Errorf("used %d, room for %d", used, most)
	}
	h.drain(t)
}

func TestHeapSaysWhatItIs(t *testing.T) {
	h := newHand(t, Options{Memory: 1 << 20, MaxBufferLength: 1 << 20})
	heap := h.newHeap(100, heapPlacement, 1)
	h.send(heap, "setLabel:", h.string("arena"))
	if got := h.text(h.id(heap, "label")); got != "arena" {
		t.Errorf("label %q", got)
	}
	for selector, want := range map[string]int{
		"type": 1, "storageMode": 0, "cpuCacheMode": 1, "hazardTrackingMode": 1, "resourceOptions": 1 | 1<<8,
		"size": heapPage, "currentAllocatedSize": heapPage, "allocatedSize": heapPage,
	} {
		if got := h.word(heap, selector); got != want {
			t.Errorf("%s is %#x, want %#x", selector, got, want)
		}
	}
	if n := h.word(h.device(), "currentAllocatedSize"); n != heapPage {
		t.Errorf("the device has allocated %d", n)
	}
	if id := h.newHeap(1<<21, 0, 0); id != 0 {
		t.Errorf("a heap larger than memory: %#x", id)
	}
	h.drain(t)
}

func TestHeapDescriptorKeepsItsParts(t *testing.T) {
	h := newHand(t, Options{})
	d := h.pooled(h.id(h.class("MTLHeapDescriptor"), "new"))
	if m := h.word(d, "storageMode"); m != storagePrivate {
		t.Errorf("storage mode %d where none was set", m)
	}
	for selector, value := range map[string]int{"setStorageMode:": 2, "setCpuCacheMode:": 1, "setHazardTrackingMode:": 2, "setSize:": 77, "setType:": 1} {
		h.send(d, selector, value)
	}
	for selector, want := range map[string]int{"storageMode": 2, "cpuCacheMode": 1, "hazardTrackingMode": 2, "size": 77, "type": 1, "resourceOptions": 1 | 2<<4 | 2<<8} {
		if got := h.word(d, selector); got != want {
			t.Errorf("%s is %#x, want %#x", selector, got, want)
		}
	}
	h.drain(t)
}

// A heap lives as long as a buffer of it, and its memory is given back after.
func TestBuffersKeepTheirHeap(t *testing.T) {
	h := newHand(t, Options{})
	d := h.pooled(h.id(h.class("MTLHeapDescriptor"), "new"))
	h.send(d, "setSize:", 1<<16)
	h.send(d, "setStorageMode:", 0)
	heap := h.id(h.device(), "newHeapWithDescriptor:", d)
	b := h.pooled(h.id(heap, "newBufferWithLength:options:", 16, 0))
	h.send(heap, "release")
	live := slices.ContainsFunc(h.Live(), func(o LiveObject) bool { return o.Class == "SoftMetalHeap" })
	if n := h.backend.live(); n != 1 || !live {
		t.Errorf("%d pieces of memory while a buffer lives; the heap lives: %v", n, live)
	}
	copy(h.contents(b), "still there")
	h.drain(t)
	if n := h.backend.live(); n != 0 {
		t.Errorf("%d pieces of memory are left", n)
	}
}

// The system takes what is volatile, and only that.
func TestPurgeTakesVolatileMemory(t *testing.T) {
	h := newHand(t, Options{})
	kept, lost, managed := h.buffer(4), h.buffer(4), h.pooled(h.id(h.device(), "newBufferWithLength:options:", 4, 1<<4))
	heap := h.newHeap(1<<16, 0, 0)
	inHeap := h.pooled(h.id(heap, "newBufferWithLength:options:", 4, 0))
	all := []objc.ID{kept, lost, managed, inHeap}
	for _, b := range all {
		copy(h.contents(b), "data")
	}
	for _, o := range []objc.ID{lost, managed, heap} {
		if s := h.word(o, "setPurgeableState:", purgeableVolatile); s != purgeableNonVolatile {
			t.Errorf("state %d before", s)
		}
	}
	if s := h.word(inHeap, "setPurgeableState:", purgeableKeepCurrent); s != purgeableVolatile {
		t.Errorf("the state of a buffer in a volatile heap is %d", s)
	}
	for _, b := range all {
		if string(h.contents(b)) != "data" {
			t.Errorf("%q before memory runs short", h.contents(b))
		}
	}
	if n := h.Purge(); n != 3 {
		t.Errorf("%d were taken, want 3", n)
	}
	for _, o := range []objc.ID{lost, managed, heap} {
		if s := h.word(o, "setPurgeableState:", purgeableNonVolatile); s != purgeableEmpty {
			t.Errorf("state %d after the contents were taken", s)
		}
	}
	for _, b := range all {
		if want := map[bool]string{true: "data", false: "\xff\xff\xff\xff"}[b == kept]; string(h.contents(b)) != want {
			t.Errorf("%q, want %q", h.contents(b), want)
		}
	}
	if n := h.Purge(); n != 0 {
		t.Errorf("%d were taken once more", n)
	}
	h.drain(t)
}

// CPU and GPU each have a copy of managed memory.
func TestManagedMemoryIsBroughtUpToDate(t *testing.T) {
	h := newHand(t, Options{})
	managed, out := h.pooled(h.id(h.device(), "newBufferWithBytes:length:options:", []byte("abcdefgh"), 8, 1<<4)), h.buffer(8)
	download := func() string {
		e, cb := h.blit()
		h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", managed, 0, out, 0, 8)
		h.send(e, "endEncoding")
		h.finish(cb)
		return string(h.contents(out))
	}
	if got := download(); got != "abcdefgh" {
		t.Errorf("the GPU has %q at first", got)
	}
	copy(h.contents(managed), "ABCDEFGH")
	if got := download(); got != "abcdefgh" {
		t.Errorf("the GPU has %q before it was told", got)
	}
	h.send(managed, "didModifyRange:", span{2, 4})
	if got := download(); got != "abCDEFgh" {
		t.Errorf("the GPU has %q after it was told of 4 bytes", got)
	}
	h.drain(t)
}
