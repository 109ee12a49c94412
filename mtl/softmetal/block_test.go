package softmetal

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// literal puts a block together as a compiler does on the stack, without a
// function of Go behind it; change may spoil it.
func (h *hand) literal(change func(words []uint64)) uintptr {
	descriptor := []uint64{0, 8 * blockHeaderWords}
	words := []uint64{uint64(h.Symbol("_NSConcreteStackBlock")), 0, uint64(h.BlockFunction(objc.BlockInvoke)), uint64(uintptr(unsafe.Pointer(&descriptor[0])))}
	h.keep = append(h.keep, descriptor, words)
	change(words)
	return uintptr(unsafe.Pointer(&words[0]))
}

// block returns a block on the heap that calls f, which goes with the test.
func (h *hand) block(f func(objc.BlockArguments)) uintptr {
	h.t.Helper()
	foundation, err := objc.NewFoundation(h.Device)
	if err != nil {
		h.t.Fatal(err)
	}
	id, err := foundation.NewBlock("v16@?0@8", f)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { foundation.ReleaseBlock(id) })
	return uintptr(id)
}

// A block is called through the pointer that stands in its memory, with itself as
// the first argument, on a thread that is not the program's and has a pool.
func TestHandlerIsCalledThroughTheInvokePointer(t *testing.T) {
	h := newHand(t, Options{})
	cb, mine := h.commandBuffer(), threadID()
	calls := 0
	b := h.block(func(args objc.BlockArguments) {
		calls++
		if objc.ID(args[0]) != cb || args[1] != poison|0xbad3 {
			t.Errorf("called with %#x", args)
		}
		if threadID() == mine {
			t.Error("called on the thread that committed")
		}
		h.send(h.string("goes into the handler's pool"), "length")
		if got := h.send(cb, "status"); got != statusCompleted {
			t.Errorf("status %d in the handler", got)
		}
	})
	h.send(cb, "addCompletedHandler:", b)
	h.send(cb, "addCompletedHandler:", b) // twice: it has two references
	if got := h.finish(cb); got != statusCompleted || calls != 2 {
		t.Errorf("status %d, %d calls", got, calls)
	}
	if r := h.Reports(); len(r) != 0 {
		t.Error(r)
	}
}

// What a compiler puts on the stack is copied when it is passed, since the stack
// is used anew.
func TestBlockOnTheStackIsCopied(t *testing.T) {
	h := newHand(t, Options{})
	heap := h.block(func(objc.BlockArguments) {})
	words, err := peekWords(heap, 5)
	if err != nil {
		t.Fatal(err)
	}
	stack := append([]uint64(nil), words...)
	stack[0], stack[1] = uint64(h.Symbol("_NSConcreteStackBlock")), stack[1]&^(blockNeedsFree|blockReferences)
	called := make(chan bool, 1)
	h.blocks[heap].words[4] = 0 // the number of another function: none
	stack[4] = numberOf(t, h, func(objc.BlockArguments) { called <- true })
	cb := h.commandBuffer()
	h.send(cb, "addCompletedHandler:", uintptr(unsafe.Pointer(&stack[0])))
	clear(stack)
	if got := h.finish(cb); got != statusCompleted {
		t.Errorf("status %d: %v", got, h.Reports())
	}
	select {
	case <-called:
	default:
		t.Error("the block was not called")
	}
	runtime.KeepAlive(stack)
}

// numberOf returns what a block captures that calls f.
func numberOf(t *testing.T, h *hand, f func(objc.BlockArguments)) uint64 {
	words, err := peekWords(h.block(f), 5)
	if err != nil {
		t.Fatal(err)
	}
	return words[4]
}

func TestBlockGoesWithItsLastReference(t *testing.T) {
	h := newHand(t, Options{})
	before := objc.LiveBlocks()
	foundation, err := objc.NewFoundation(h.Device)
	if err != nil {
		t.Fatal(err)
	}
	id, err := foundation.NewBlock("v8@?0", func(objc.BlockArguments) {})
	if err != nil {
		t.Fatal(err)
	}
	if again := h.function("_Block_copy", id); again != uintptr(id) {
		t.Errorf("a copy of a block on the heap lies at %#x, want %#x", again, uintptr(id))
	}
	words, err := peekWords(uintptr(id), 5)
	if err != nil {
		t.Fatal(err)
	}
	if uintptr(words[0]) != h.Symbol("_NSConcreteMallocBlock") {
		t.Errorf("isa %#x", words[0])
	}
	live := h.Live()
	if len(live) != 1 || live[0].Class != "block" || live[0].Retains != 2 {
		t.Errorf("live %v", live)
	}
	foundation.ReleaseBlock(id)
	if n := objc.LiveBlocks(); n != before+1 {
		t.Errorf("%d blocks with a reference left, want %d", n, before+1)
	}
	foundation.ReleaseBlock(id)
	if n := objc.LiveBlocks(); n != before || len(h.Live()) != 0 {
		t.Errorf("%d blocks after the last release, want %d; live %v", n, before, h.Live())
	}
	if r := h.Reports(); len(r) != 0 {
		t.Error(r)
	}
}

// A command buffer that is never committed gives its handlers up uncalled.
func TestHandlersOfAnUncommittedCommandBufferGo(t *testing.T) {
	h := newHand(t, Options{})
	before := objc.LiveBlocks()
	foundation, err := objc.NewFoundation(h.Device)
	if err != nil {
		t.Fatal(err)
	}
	pool := h.function("objc_autoreleasePoolPush")
	cb := h.commandBuffer()
	for _, selector := range []string{"addScheduledHandler:", "addCompletedHandler:"} {
		id, err := foundation.NewBlock("v16@?0@8", func(objc.BlockArguments) { t.Errorf("%s was called", selector) })
		if err != nil {
			t.Fatal(err)
		}
		h.send(cb, selector, id)
		foundation.ReleaseBlock(id)
	}
	if n := objc.LiveBlocks(); n != before+2 {
		t.Errorf("%d blocks, want %d", n, before+2)
	}
	h.function("objc_autoreleasePoolPop", pool)
	if n := objc.LiveBlocks(); n != before {
		t.Errorf("%d blocks after the command buffer went, want %d", n, before)
	}
}
