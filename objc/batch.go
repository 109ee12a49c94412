package objc

import (
	"runtime"
	"unsafe"
)

const (
	// batchEntries is how many messages a batch holds. Crossing to C costs about
	// 1 ns a message at 18 of them, so longer batches gain nothing.
	batchEntries = 256
	// batchWords is the arena: 16 KiB, four payloads of the most that Metal's
	// setBytes takes.
	batchWords = 16 << 10 / 8
)

// An Entry is a message that waits in a [Batch]: target, selector, and the
// arguments behind them, each at the index that it has in [Registers].X.
type Entry [entryWords]uintptr

// A Batch holds messages that return nothing, and sends all of them with one
// foreign call: the way into C costs more than most messages do. They arrive in
// the order in which they were put in, each as [Call.Send] would have sent it.
// Putting them in and sending them allocates nothing.
//
// A message is put in by four steps: [Batch.Reserve], if it has arguments that
// point to memory; the Copy methods, or Keep, for these; [Batch.Next], for the
// entry to fill; [Batch.Commit]. What the arguments point to lies in the batch
// until the message has been sent. The objects that they name are the caller's to
// keep alive until then.
//
// Waiting messages are sent when the batch is full, by Flush, and before any
// message of a [Call] that follows the batch ([Call.Follow]). A batch belongs to
// one goroutine, which keeps to its thread from the first message to the last
// Flush: autoreleased objects go into the pool of the thread that sends.
type Batch struct {
	runtime Runtime
	list    listSender // nil: the messages go to the runtime one by one
	traced  []origin   // who put each message in, for a runtime that asks
	kept    []unsafe.Pointer

	limit  int // messages to wait for; batchEntries, or 1
	n      int // messages that wait
	used   int // words of arena in use
	unused uintptr
	eager  bool

	sending   bool
	reentered bool
	panicked  bool
	dropped   int // messages behind one that panicked
	head      listHead

	registers Registers // of a message on its own way
	entries   [batchEntries + 1]Entry
	arena     [batchWords]uint64
}

// A listHead is what the loop in native_*.s is told. It leaves next and left as
// they are for the entry under way, so that a debugger shows, in a crash, which
// one it was.
type listHead struct {
	fn   uintptr // what the loop calls
	next uintptr // address of the entry
	left uintptr // entries that have not returned
}

// A listSender is a runtime that sends a whole list by one foreign call.
type listSender interface {
	msgSendAddress() uintptr // of objc_msgSend
	sendList(*listHead)
}

// NewBatch returns an empty batch whose messages go to rt.
//
// A runtime that is no Objective-C runtime gets the messages one by one, by its
// method MsgSend. For tests it may have two more: UnusedRegister, as for
// [NewCall]; and TracesMessages() bool, which asks for [Registers].Origin.
func NewBatch(rt Runtime) *Batch {
	b := &Batch{runtime: rt}
	if b.list, _ = rt.(listSender); b.list != nil {
		b.head.fn = b.list.msgSendAddress()
	}
	if rt, ok := rt.(interface{ UnusedRegister() uintptr }); ok {
		b.unused = rt.UnusedRegister()
	}
	if rt, ok := rt.(interface{ TracesMessages() bool }); ok && b.list == nil && rt.TracesMessages() {
		b.traced = make([]origin, len(b.entries))
	}
	for i := range b.entries {
		b.entries[i].fill(b.unused)
	}
	b.SetEager(false)
	return b
}

func (e *Entry) fill(word uintptr) {
	for i := range e {
		e[i] = word
	}
}

// SetEager says whether each message is sent at once, in its own foreign call: for
// finding out which one a crash came from, as the traceback then shows who sent
// it. Messages that wait are sent first.
func (b *Batch) SetEager(eager bool) {
	b.Flush()
	b.eager = eager
	b.limit = batchEntries
	if eager || b.traced != nil {
		b.limit = 1
	}
}

// Len returns how many messages wait.
func (b *Batch) Len() int {
	if b.sending {
		return 0
	}
	return b.n
}

// Reserve makes room for that many words in the memory of the batch: it sends
// what waits if they would not fit beside it. It comes before the Copy methods,
// which send nothing, so that one argument of a message can't push out another.
func (b *Batch) Reserve(words int) {
	if words > batchWords-b.used {
		b.Flush()
	}
}

// Next returns the entry of the next message. Commit puts it in.
func (b *Batch) Next() *Entry { return &b.entries[b.n] }

// Commit puts in the message that was written where Next said.
func (b *Batch) Commit() {
	if b.n++; b.n >= b.limit {
		b.filled()
	}
}

// filled is Commit when nothing more may wait.
func (b *Batch) filled() {
	if b.traced != nil {
		b.traced[b.n-1].record()
		if !b.eager && b.n < batchEntries {
			return
		}
	}
	b.flush()
}

// Flush sends the messages that wait and returns when the last has returned. If a
// message panics, by calling back into Go, those behind it are dropped: Dropped
// says how many.
//
// A message that calls back must not put messages into the batch that it came
// from, nor flush it. Such messages are dropped, and Reentered says so.
func (b *Batch) Flush() {
	if b.n > 0 {
		b.flush()
	}
}

func (b *Batch) flush() {
	if b.sending {
		// One entry too many is there for this: what a callback writes lands in it,
		// and is found here.
		b.reentered = true
		b.n = batchEntries
		return
	}
	n := b.n
	b.sending = true
	b.n, b.used = batchEntries, batchWords
	defer b.sent(n)
	b.head.next, b.head.left = uintptr(unsafe.Pointer(&b.entries[0])), uintptr(n)
	if b.list != nil {
		b.list.sendList(&b.head)
	} else {
		b.sendEach(n)
	}
}

func (b *Batch) sent(n int) {
	b.sending, b.n = false, n
	b.dropped = 0
	if left := int(b.head.left); left > 0 {
		b.panicked, b.dropped = true, left-1
	}
	b.Discard()
}

// Dropped returns how many messages the last flush dropped because one panicked.
func (b *Batch) Dropped() int { return b.dropped }

// Panicked says whether a message has panicked since the last time that somebody
// asked.
func (b *Batch) Panicked() bool {
	was := b.panicked
	b.panicked = false
	return was
}

// sendEach sends n messages to a runtime that takes no lists.
func (b *Batch) sendEach(n int) {
	r := &b.registers
	for i := range n {
		*r = Registers{X: [8]uintptr(b.entries[i][:8])}
		if b.traced != nil {
			r.Origin = b.traced[i].callers()
		}
		b.head.next, b.head.left = uintptr(unsafe.Pointer(&b.entries[i])), uintptr(n-i)
		b.runtime.MsgSend(r)
	}
	b.head.left = 0
}

// Discard drops the messages that wait.
func (b *Batch) Discard() {
	if b.sending {
		return
	}
	if b.list == nil {
		// What a register holds that has no argument must not depend on the message
		// that had the entry before.
		for i := range b.n {
			b.entries[i].fill(b.unused)
		}
	}
	b.n, b.used = 0, 0
	if len(b.kept) > 0 {
		clear(b.kept)
		b.kept = b.kept[:0]
	}
}

// Sending says whether messages of the batch are under way: whoever asks was called
// by one of them.
func (b *Batch) Sending() bool { return b.sending }

// Reentered says whether a message called back into Go and there the batch was
// used, since the last time that somebody asked. Messages were lost then.
func (b *Batch) Reentered() bool {
	was := b.reentered
	b.reentered = false
	return was
}

// room returns n words that stay until the message has been sent. What does not
// fit the arena comes from the heap.
func (b *Batch) room(n int) []uint64 {
	if n > batchWords-b.used {
		w := make([]uint64, n)
		b.kept = append(b.kept, unsafe.Pointer(unsafe.SliceData(w)))
		return w
	}
	w := b.arena[b.used : b.used+n : b.used+n]
	b.used += n
	return w
}

// CopyStruct returns the address of a copy of a struct of three words.
func (b *Batch) CopyStruct(words [3]uint64) uintptr {
	w := b.room(len(words))
	copy(w, words[:])
	return uintptr(unsafe.Pointer(unsafe.SliceData(w)))
}

// CopyBytes returns the address of a copy of p, or zero when p is empty.
func (b *Batch) CopyBytes(p []byte) uintptr {
	if len(p) == 0 {
		return 0
	}
	w := unsafe.Pointer(unsafe.SliceData(b.room((len(p) + 7) / 8)))
	copy(unsafe.Slice((*byte)(w), len(p)), p)
	return uintptr(w)
}

// CopyIDs returns the address of a C array of ids, or zero when there are none.
func (b *Batch) CopyIDs(ids []ID) uintptr {
	if len(ids) == 0 {
		return 0
	}
	w := unsafe.Pointer(unsafe.SliceData(b.room(len(ids))))
	copy(unsafe.Slice((*ID)(w), len(ids)), ids)
	return uintptr(w)
}

// CopyWords returns the address of a C array of NSUInteger, or zero when there
// are none.
func (b *Batch) CopyWords(words []uint64) uintptr {
	if len(words) == 0 {
		return 0
	}
	w := b.room(len(words))
	copy(w, words)
	return uintptr(unsafe.Pointer(unsafe.SliceData(w)))
}

// Keep returns p as an argument and keeps what it points to alive, and off the
// goroutine's stack, until the message has been sent.
func (b *Batch) Keep(p unsafe.Pointer) uintptr {
	b.kept = append(b.kept, p)
	return uintptr(p)
}

// An origin is where a message was put in: the program counters of its callers.
type origin struct {
	pcs [32]uintptr
	n   int
}

func (o *origin) record() { o.n = runtime.Callers(2, o.pcs[:]) }

func (o *origin) callers() []uintptr { return o.pcs[:o.n] }
