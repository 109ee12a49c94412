package objc

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// A tape is a runtime that writes down the registers of each message, and the bytes
// that a message selBytesOfTest points to.
type tape struct {
	Runtime
	images  []Registers
	payload []string
	unused  uintptr
	traces  bool
	during  func(*Registers)
}

const selBytesOfTest = 0xb0

func (t *tape) UnusedRegister() uintptr { return t.unused }
func (t *tape) TracesMessages() bool    { return t.traces }

func (t *tape) MsgSend(r *Registers) {
	image := *r
	image.Origin = slices.Clone(r.Origin) // good during the message only
	t.images = append(t.images, image)
	if r.X[1] == selBytesOfTest {
		t.payload = append(t.payload, string(unsafe.Slice((*byte)(Pointer(r.X[2])), r.X[3])))
	}
	if t.during != nil {
		t.during(r)
	}
	// What a callee leaves in registers is no argument of the next message.
	*r = Registers{X: [8]uintptr{9, 9, 9, 9, 9, 9, 9, 9}, D: [4]float64{9, 9, 9, 9}}
}

// put puts in a message of a few words to the target.
func put(b *Batch, target ID, words ...uintptr) {
	e := b.Next()
	e[0] = uintptr(target)
	copy(e[1:], words)
	b.Commit()
}

func putBytes(b *Batch, p []byte) {
	b.Reserve((len(p) + 7) / 8)
	at := b.CopyBytes(p)
	put(b, 1, selBytesOfTest, at, uintptr(len(p)))
}

// targets returns who got the messages, in their order.
func (t *tape) targets() []uintptr {
	var targets []uintptr
	for _, r := range t.images {
		targets = append(targets, r.X[0])
	}
	return targets
}

func TestBatchSendsNothingBeforeTheFlush(t *testing.T) {
	rt := &tape{}
	b := NewBatch(rt)
	put(b, 1, 10)
	put(b, 2, 10, 1, 2, 3, 4, 5, 6)
	if len(rt.images) != 0 || b.Len() != 2 {
		t.Fatalf("%d sent, %d wait", len(rt.images), b.Len())
	}
	b.Flush()
	b.Flush()
	if got := fmt.Sprint(rt.images[0].X, rt.images[1].X); len(rt.images) != 2 || got != "[1 10 0 0 0 0 0 0] [2 10 1 2 3 4 5 6]" || b.Len() != 0 {
		t.Errorf("sent %s", got)
	}
}

// An argument that was forgotten must not be right by chance: neither zero, nor
// what an earlier message had there, sent or dropped.
func TestBatchLeavesNoOldArgumentsInUnusedRegisters(t *testing.T) {
	var rt *tape
	var b *Batch
	long := []uintptr{10, 1, 2, 3, 4, 5, 6}
	want := "[7 11 2989 2989 2989 2989 2989 2989]"
	for name, before := range map[string]func(){
		"first":          func() {},
		"after a flush":  func() { put(b, 1, long...); put(b, 1, long...); b.Flush() },
		"after a drop":   func() { put(b, 1, long...); put(b, 1, long...); b.Discard() },
		"after a panic":  func() { put(b, 1, long...); put(b, 1, long...); panics(rt, b) },
		"in a full list": func() { b.limit = 2; put(b, 1, long...); put(b, 1, long...); b.limit = batchEntries },
	} {
		t.Run(name, func(t *testing.T) {
			rt = &tape{unused: 0xbad}
			b = NewBatch(rt)
			before()
			rt.images = nil
			put(b, 7, 11)
			put(b, 7, 11)
			b.Flush()
			for _, r := range rt.images {
				if got := fmt.Sprint(r.X); got != want || r.X8 != nil || r.D != [4]float64{} {
					t.Errorf("%s, %v, %v arrived, want %s", got, r.X8, r.D, want)
				}
			}
		})
	}
}

// panics flushes while the runtime panics at the first message.
func panics(rt *tape, b *Batch) (recovered any) {
	rt.during = func(*Registers) { panic("in a message") }
	defer func() {
		recovered = recover()
		rt.during = nil
	}()
	b.Flush()
	return nil
}

func TestBatchIsDroppedBehindAPanic(t *testing.T) {
	rt := &tape{}
	b := NewBatch(rt)
	for i := range ID(3) {
		put(b, i+1, 10)
	}
	if v := panics(rt, b); v != "in a message" {
		t.Errorf("recovered %v", v)
	}
	if b.Len() != 0 || b.Reentered() || b.Dropped() != 2 || !b.Panicked() || b.Panicked() {
		t.Errorf("%d wait, %d are dropped, reentered %v, or it is told not once", b.Len(), b.Dropped(), b.Reentered())
	}
	put(b, 9, 10)
	b.Flush()
	if got := rt.targets(); !slices.Equal(got, []uintptr{1, 9}) || b.Dropped() != 0 || b.Panicked() {
		t.Errorf("sent to %d, %d are dropped", got, b.Dropped())
	}
}

func TestBatchIsSentWhenItIsFull(t *testing.T) {
	rt := &tape{}
	b := NewBatch(rt)
	const n = 3*batchEntries + 5
	for i := range ID(n) {
		put(b, i+1, 10)
		if want := int(i+1) / batchEntries * batchEntries; len(rt.images) != want {
			t.Fatalf("%d are sent after %d, want %d", len(rt.images), i+1, want)
		}
	}
	b.Flush()
	for i, target := range rt.targets() {
		if target != uintptr(i+1) {
			t.Fatalf("message %d went to %d", i, target)
		}
	}
	if len(rt.images) != n {
		t.Errorf("%d arrived, want %d", len(rt.images), n)
	}
}

// Payloads are the caller's again at once, and stay apart until they are sent.
func TestBatchKeepsPayloadsUntilTheyAreSent(t *testing.T) {
	rt := &tape{}
	b := NewBatch(rt)
	var want []string
	scratch := make([]byte, 4096)
	for i := range 200 {
		n := []int{1, 40, 4096, 4095, 8, 9, 3000}[i%7]
		for j := range n {
			scratch[j] = byte(i*7 + j)
		}
		want = append(want, string(scratch[:n]))
		putBytes(b, scratch[:n])
		clear(scratch)
	}
	b.Flush()
	if !slices.Equal(rt.payload, want) {
		t.Error("payloads arrive changed")
	}
}

// The arena takes 16 KiB; the payload that does not fit sends what waits, and does
// not wait for more itself than for its own turn.
func TestBatchSendsWhatWaitsWhenTheArenaIsFull(t *testing.T) {
	rt := &tape{}
	b := NewBatch(rt)
	for i := range 4 {
		putBytes(b, make([]byte, 4096))
		if len(rt.images) != 0 {
			t.Fatalf("sent after %d payloads of 4096 bytes", i+1)
		}
	}
	putBytes(b, []byte{1})
	if len(rt.images) != 4 || b.Len() != 1 {
		t.Errorf("%d sent, %d wait; want 4 and 1", len(rt.images), b.Len())
	}
	// Larger than the arena: from the heap, in order.
	large := strings.Repeat("0123456789abcdef", batchWords)
	putBytes(b, []byte(large))
	if len(b.kept) != 1 {
		t.Errorf("%d blocks of memory are kept", len(b.kept))
	}
	putBytes(b, []byte("behind"))
	runtime.GC()
	b.Flush()
	if got := rt.payload[4:]; !slices.Equal(got, []string{"\x01", large, "behind"}) {
		t.Errorf("%d payloads, the last %.20q", len(got), got[len(got)-1])
	}
}

// Two arguments that point to memory, of one message: making room for the second
// must not push out the first.
func TestBatchReservesForAMessageAsAWhole(t *testing.T) {
	rt := &tape{}
	b := NewBatch(rt)
	for fill := range batchWords + 1 {
		if fill%97 != 0 && fill < batchWords-70 {
			continue
		}
		b.Reserve(fill)
		b.room(fill)
		put(b, 3, 10)
		ids, words := make([]ID, 31), make([]uint64, 31)
		for i := range ids {
			ids[i], words[i] = ID(fill+i), uint64(fill*2+i)
		}
		b.Reserve(62)
		x2, x3 := b.CopyIDs(ids), b.CopyWords(words)
		clear(ids)
		clear(words)
		rt.during = func(r *Registers) {
			if r.X[0] != 4 {
				return
			}
			for i := range 31 {
				id := unsafe.Slice((*ID)(Pointer(r.X[2])), 31)[i]
				word := unsafe.Slice((*uint64)(Pointer(r.X[3])), 31)[i]
				if id != ID(fill+i) || word != uint64(fill*2+i) {
					t.Fatalf("after %d words element %d is %d and %d", fill, i, id, word)
				}
			}
		}
		put(b, 4, 10, x2, x3)
		b.Flush()
	}
}

func TestBatchCopiesNothingOfNothing(t *testing.T) {
	b := NewBatch(&tape{})
	if b.CopyBytes(nil)+b.CopyIDs(nil)+b.CopyWords(nil) != 0 {
		t.Error("nothing has an address")
	}
}

func TestBatchKeepsMemoryAlive(t *testing.T) {
	b := NewBatch(&tape{})
	gone := make(chan bool, 1)
	func() {
		p := new([1 << 16]byte)
		runtime.AddCleanup(p, func(int) { gone <- true }, 0)
		put(b, 1, 10, b.Keep(unsafe.Pointer(p)))
	}()
	for range 3 {
		runtime.GC()
	}
	select {
	case <-gone:
		t.Error("memory of a message that waits is gone")
	default:
	}
	b.Flush()
	for range 100 {
		runtime.GC()
		select {
		case <-gone:
			return
		default:
			runtime.Gosched()
		}
	}
	t.Error("memory is kept after the flush")
	runtime.KeepAlive(b)
}

// A struct of three words is the address of a copy for any runtime that is not this
// processor's own.
func TestBatchPassesStructsByTheAddressOfACopy(t *testing.T) {
	rt := &tape{}
	rt.during = func(r *Registers) {
		if a, b := *(*[3]uint64)(Pointer(r.X[2])), *(*[3]uint64)(Pointer(r.X[3])); a != [3]uint64{1, 2, 1 << 40} || b != [3]uint64{4, 5, 6} {
			t.Errorf("%d and %d arrived", a, b)
		}
	}
	b := NewBatch(rt)
	b.Reserve(6)
	e := b.Next()
	e[0], e[1] = 1, 10
	b.SetStruct(e, 2, 0, [3]uint64{1, 2, 1 << 40})
	b.SetStruct(e, 3, 3, [3]uint64{4, 5, 6})
	b.Commit()
	b.Flush()
	if len(rt.images) != 1 {
		t.Error("nothing arrived")
	}
}

func TestMessagesOfACallFollowTheBatch(t *testing.T) {
	rt := &tape{}
	b, c := NewBatch(rt), NewCall(rt)
	send := func(target ID) { c.Message(target, 10); c.Send() }
	put(b, 1, 10)
	send(2) // does not follow yet
	c.Follow(b)
	put(b, 3, 10)
	send(4)
	put(b, 5, 10)
	c.Function()
	if got := rt.targets(); !slices.Equal(got, []uintptr{2, 1, 3, 4, 5}) {
		t.Errorf("sent to %d", got)
	}
	c.Follow(nil)
	put(b, 6, 10)
	send(7)
	if got := rt.targets(); got[5] != 7 {
		t.Errorf("sent to %d", got)
	}
}

func TestEagerBatchSendsAtOnce(t *testing.T) {
	rt := &tape{}
	b := NewBatch(rt)
	put(b, 1, 10)
	b.SetEager(true)
	if len(rt.images) != 1 {
		t.Error("what waited is not sent first")
	}
	put(b, 2, 10)
	putBytes(b, []byte("at once"))
	if len(rt.images) != 3 || b.Len() != 0 || rt.payload[0] != "at once" {
		t.Errorf("%d sent, %d wait", len(rt.images), b.Len())
	}
	b.SetEager(false)
	put(b, 3, 10)
	if len(rt.images) != 3 || b.Len() != 1 {
		t.Error("still eager")
	}
}

// A message that uses its own batch, as one that calls back may, breaks nothing.
func TestBatchThatIsUsedByItsOwnMessage(t *testing.T) {
	for name, use := range map[string]func(b *Batch){
		"put":   func(b *Batch) { put(b, 99, 10) },
		"many":  putMany,
		"flush": func(b *Batch) { b.Flush() },
		"eager": func(b *Batch) { b.SetEager(false) },
	} {
		for _, eager := range []bool{false, true} {
			t.Run(fmt.Sprint(name, eager), func(t *testing.T) {
				rt := &tape{}
				b := NewBatch(rt)
				b.SetEager(eager)
				rt.during = func(r *Registers) {
					if r.X[0] == 2 {
						use(b)
						b.Discard()
						if b.Len() != 0 || !b.Sending() {
							t.Errorf("%d wait, sending is %v", b.Len(), b.Sending())
						}
					}
				}
				for i := range ID(20) {
					putBytes(b, []byte{byte(i)})
					put(b, 2, 10)
				}
				b.Flush()
				if len(rt.images) != 40 || len(rt.payload) != 20 {
					t.Fatalf("%d messages arrived, want 40", len(rt.images))
				}
				for i, p := range rt.payload {
					if p != string([]byte{byte(i)}) {
						t.Errorf("payload %d is %q", i, p)
					}
				}
				if !b.Reentered() || b.Reentered() || b.Sending() {
					t.Error("it is told not once, or still sending")
				}
				put(b, 3, 10)
				b.Flush()
				if got := rt.images[len(rt.images)-1].X; len(rt.images) != 41 || got != [8]uintptr{3, 10} {
					t.Errorf("afterwards %d arrived", got)
				}
			})
		}
	}
}

func putMany(b *Batch) {
	for i := range 2 * batchEntries {
		putBytes(b, make([]byte, 1+i*16))
		put(b, 99, 10, 1, 2, 3, 4, 5, 6)
	}
}

// A runtime that asks is told who put in each message, however late it is sent.
func TestMessagesKnowTheirOrigin(t *testing.T) {
	origins := func(rt *tape) []string {
		var names []string
		for _, r := range rt.images {
			frames := runtime.CallersFrames(r.Origin)
			for more := len(r.Origin) > 0; more; {
				var f runtime.Frame
				if f, more = frames.Next(); strings.HasSuffix(f.Function, "Here") {
					names = append(names, f.Function[strings.LastIndexByte(f.Function, '.')+1:])
				}
			}
		}
		return names
	}
	for _, eager := range []bool{false, true} {
		rt := &tape{traces: true}
		b := NewBatch(rt)
		b.SetEager(eager)
		for range batchEntries {
			putHere(b)
			orHere(b)
		}
		if !eager && len(rt.images) != 2*batchEntries {
			t.Errorf("%d are sent: a batch of a runtime that traces is as long as any", len(rt.images))
		}
		b.Flush()
		if got := origins(rt); !slices.Equal(got, slices.Repeat([]string{"putHere", "orHere"}, batchEntries)) {
			t.Errorf("eager %v: %d origins, the last %q", eager, len(got), got[len(got)-1])
		}
	}
	rt := &tape{}
	b := NewBatch(rt)
	putHere(b)
	b.Flush()
	if rt.images[0].Origin != nil {
		t.Error("a runtime that does not ask is told")
	}
}

//go:noinline
func putHere(b *Batch) { put(b, 1, 10) }

//go:noinline
func orHere(b *Batch) { put(b, 1, 10) }

// quiet is a runtime that does nothing with messages.
type quiet struct{ Runtime }

func (quiet) MsgSend(*Registers) {}

func TestBatchAllocatesNothing(t *testing.T) {
	b := NewBatch(quiet{})
	p := make([]byte, 100)
	ids, words := make([]ID, 31), make([]uint64, 31)
	kept := unsafe.Pointer(&p[0])
	step := func() {
		for range 100 { // more than a batch holds
			putBytes(b, p)
			b.Reserve(68)
			x2, x3 := b.CopyIDs(ids), b.CopyWords(words)
			e := b.Next()
			e[2], e[3] = x2, x3
			b.SetStruct(e, 4, 0, [3]uint64{1, 2, 3})
			b.SetStruct(e, 5, 3, [3]uint64{1, 2, 3})
			b.Commit()
			put(b, 1, b.Keep(kept))
		}
		b.Flush()
	}
	if allocs := testing.AllocsPerRun(100, step); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
