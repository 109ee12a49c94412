//go:build tqmetal_abi && linux

package objc

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/ebitengine/purego"
)

// A recorder is an object of the Objective-C library that writes down what it
// gets, and a batch for it.
type recorder struct {
	*Batch
	rt Runtime
	id ID
}

// A record is struct record of recorder.m.
type record struct {
	count uint64
	words [8]uint64
	bytes [64]byte
}

func openLibrary(t testing.TB) Runtime {
	t.Helper()
	rt, err := Open(filepath.Join(os.Getenv("TQMETAL_ABI"), "libmessages-"+runtime.GOARCH+".so"))
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func newRecorder(t testing.TB, room int) *recorder {
	t.Helper()
	rt := openLibrary(t)
	r := &Registers{X: [8]uintptr{uintptr(rt.LookUpClass("Recorder"))}}
	rt.Call(rt.Symbol("class_createInstance"), r)
	rec := &recorder{NewBatch(rt), rt, ID(r.X[0])}
	rec.reset(room)
	return rec
}

func (r *recorder) reset(room int) {
	r.rt.Call(r.rt.Symbol("recorder_reset"), &Registers{X: [8]uintptr{uintptr(r.id), uintptr(room)}})
}

// records returns what has arrived.
func (r *recorder) records() []record {
	o := (*struct {
		isa, records uintptr
		count        int
	})(Pointer(uintptr(r.id)))
	return append([]record(nil), unsafe.Slice((*record)(Pointer(o.records)), o.count)...)
}

func (r *recorder) put(selector string, fill func(e *Entry)) {
	e := r.Next()
	e[0], e[1] = uintptr(r.id), uintptr(r.rt.RegisterSelector(selector))
	fill(e)
	r.Commit()
}

// mixed puts in n messages of all shapes, those of number i the same each time,
// and returns what has to arrive. Payloads come from one block of memory, which is
// overwritten at once.
func (r *recorder) mixed(n int) []record {
	var want []record
	scratch := make([]byte, 40)
	for i := uint64(1); len(want) < n; i++ {
		var w record
		words := func(v ...uint64) { w.count = uint64(copy(w.words[:], v)) }
		switch i % 9 {
		case 0:
			words()
			r.put("none", func(*Entry) {})
		case 1:
			words(i<<40|i, i*256, i%31)
			r.put("three:b:c:", func(e *Entry) { e[2], e[3], e[4] = uintptr(i<<40|i), uintptr(i*256), uintptr(i%31) })
		case 2:
			words(40, i%31)
			for at := 0; at < len(scratch); at += 8 {
				binary.LittleEndian.PutUint64(scratch[at:], i*0x9e3779b97f4a7c15+uint64(at))
			}
			copy(w.bytes[:], scratch)
			r.Reserve(5)
			p := r.CopyBytes(scratch)
			clear(scratch)
			r.put("bytes:length:index:", func(e *Entry) { e[2], e[3], e[4] = p, 40, uintptr(i%31) })
		case 3:
			words(i, 1<<63|i)
			r.put("two:b:", func(e *Entry) { e[2], e[3] = uintptr(i), uintptr(1<<63|i) })
		case 4:
			words(i, i+1, i<<35, i<<33, 5, 6)
			r.Reserve(6)
			r.put("size:size:", func(e *Entry) {
				r.SetStruct(e, 2, 0, [3]uint64{i, i + 1, i << 35})
				r.SetStruct(e, 3, 3, [3]uint64{i << 33, 5, 6})
			})
		case 5:
			words(1<<60|i, 2, 3<<33, 4, 5, 6<<50)
			r.put("six:b:c:d:e:f:", func(e *Entry) { e[2], e[3], e[4], e[5], e[6], e[7] = uintptr(1<<60|i), 2, 3<<33, 4, 5, 6<<50 })
		case 6:
			words(i, i<<36, 1<<40)
			w.words[3], w.count = 0xfe, 4
			r.put("range:range:byte:", func(e *Entry) { e[2], e[3], e[4], e[5] = uintptr(i), uintptr(i<<36), 1<<40, 0xfe })
		case 7:
			words(1<<50|i, i, 7, 8, 9<<40)
			r.Reserve(3)
			r.put("buffer:offset:size:", func(e *Entry) {
				e[2], e[3] = uintptr(1<<50|i), uintptr(i)
				r.SetStruct(e, 4, 0, [3]uint64{7, 8, 9 << 40})
			})
		case 8:
			words(1<<48|i, i<<34, i)
			r.Reserve(2)
			ids, offsets := r.CopyIDs([]ID{ID(1<<48 | i)}), r.CopyWords([]uint64{i << 34})
			r.put("objects:offsets:range:", func(e *Entry) { e[2], e[3], e[4], e[5] = ids, offsets, uintptr(i), 1 })
		}
		want = append(want, w)
	}
	return want
}

// compareRecords may be called from any goroutine.
func compareRecords(t *testing.T, got, want []record) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d messages arrived, want %d", len(got), len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("message %d:\n got %x\nwant %x", i, got[i], want[i])
			return
		}
	}
}

func TestAssemblySendsBatchesOfEveryLength(t *testing.T) {
	for _, n := range []int{1, 2, 3, 17, 255, 256, 4096} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := newRecorder(t, n)
			want := r.mixed(n)
			if waits := n % batchEntries; r.Len() != waits || len(r.records()) != n-waits {
				t.Fatalf("%d wait and %d have arrived, want %d and %d", r.Len(), len(r.records()), waits, n-waits)
			}
			r.Flush()
			compareRecords(t, r.records(), want)
			if r.Len() != 0 || r.head.left != 0 || r.Reentered() {
				t.Errorf("after Flush %d wait, %d are left, reentered %v", r.Len(), r.head.left, r.Reentered())
			}
			r.Flush() // nothing waits: nothing is sent
			compareRecords(t, r.records(), want)
		})
	}
}

func TestAssemblySendsABatchWhenItIsFull(t *testing.T) {
	for _, limit := range []int{1, 2, 7, 255, batchEntries} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			r := newRecorder(t, 10_000)
			r.limit = limit
			want := r.mixed(10_000)
			r.Flush()
			compareRecords(t, r.records(), want)
		})
	}
}

func TestAssemblySendsEagerlyOneByOne(t *testing.T) {
	r := newRecorder(t, 100)
	first := r.mixed(5)
	r.SetEager(true) // sends what waits
	compareRecords(t, r.records(), first)
	second := r.mixed(20)
	if r.Len() != 0 {
		t.Errorf("%d messages wait", r.Len())
	}
	compareRecords(t, r.records(), append(first, second...))
}

func TestAssemblySendsNothingToNil(t *testing.T) {
	r := newRecorder(t, 100)
	id := r.id
	var want []record
	for i := range 30 {
		r.id = 0
		r.mixed(7)
		r.id = id
		if i%3 == 0 {
			want = append(want, r.mixed(2)...)
		}
	}
	r.Flush()
	compareRecords(t, r.records(), want)
}

// A payload that does not fit beside those that wait sends them; it lies in memory
// that the next ones do not touch.
func TestAssemblyHasPayloadsOfAllLengths(t *testing.T) {
	r := newRecorder(t, 1000)
	var want []record
	for i := range 1000 {
		n := []int{1, 8, 4096, 64, 4095, 16, 40, 3000, 7}[i%9]
		payload := make([]byte, n)
		for j := range payload {
			payload[j] = byte(i + j)
		}
		w := record{count: 2, words: [8]uint64{uint64(n), uint64(i)}}
		copy(w.bytes[:], payload)
		r.Reserve((n + 7) / 8)
		p := r.CopyBytes(payload)
		clear(payload)
		r.put("bytes:length:index:", func(e *Entry) { e[2], e[3], e[4] = p, uintptr(n), uintptr(i) })
		want = append(want, w)
	}
	r.Flush()
	compareRecords(t, r.records(), want)
}

// More than the whole arena comes from the heap and lives until the flush.
func TestAssemblyHasPayloadsOverTheArena(t *testing.T) {
	r := newRecorder(t, 5000)
	ids, offsets := make([]ID, batchWords+1), make([]uint64, batchWords+1)
	var want []record
	for i := range ids {
		ids[i], offsets[i] = ID(i<<20), uint64(i<<33)
		want = append(want, record{count: 3, words: [8]uint64{uint64(i << 20), uint64(i << 33), uint64(i)}})
	}
	r.Reserve(len(ids) + len(offsets))
	x2, x3 := r.CopyIDs(ids), r.CopyWords(offsets)
	n := len(ids)
	clear(ids)
	clear(offsets)
	r.put("objects:offsets:range:", func(e *Entry) { e[2], e[3], e[4], e[5] = x2, x3, 0, uintptr(n) })
	runtime.GC()
	r.Flush()
	compareRecords(t, r.records(), want)
	if len(r.kept) != 0 {
		t.Errorf("%d blocks are kept after the flush", len(r.kept))
	}
}

func TestAssemblyOfListsKeepsTheCallersRegisters(t *testing.T) {
	r := newRecorder(t, 3)
	want := r.mixed(3)
	r.head = listHead{fn: r.rt.Symbol("objc_msgSend"), next: uintptr(unsafe.Pointer(&r.entries[0])), left: 3}
	x := &Registers{X: [8]uintptr{sendList, uintptr(unsafe.Pointer(&r.head))}}
	r.rt.Call(r.rt.Symbol("keeps_saved"), x)
	if x.X[0] != 1 {
		t.Error("a callee-saved register is changed")
	}
	compareRecords(t, r.records(), want)
}

// The loop is an ordinary C function, which needs no linkname.
func TestAssemblyOfListsCanBeEnteredBySyscallN(t *testing.T) {
	r := newRecorder(t, 200)
	want := r.mixed(200)
	r.head = listHead{fn: r.rt.Symbol("objc_msgSend"), next: uintptr(unsafe.Pointer(&r.entries[0])), left: 200}
	purego.SyscallN(sendList, uintptr(unsafe.Pointer(&r.head)))
	compareRecords(t, r.records(), want)
	if r.head.left != 0 {
		t.Errorf("%d are left", r.head.left)
	}
}

var garbage [8]any // escapes on purpose

//go:noinline
func deep(n int) int {
	var room [128]byte
	room[n%128] = 1
	if n == 0 {
		return int(room[0])
	}
	return deep(n-1) + int(room[n%128])
}

// Collections, allocation, stacks that grow between putting in and sending: what
// arrives is the same.
func TestAssemblySendsBatchesUnderGarbageCollection(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	rounds := 100
	if testing.Short() || runtime.GOARCH == "arm64" { // under qemu
		rounds = 10
	}
	stop := make(chan bool)
	var group sync.WaitGroup
	for g := range 4 {
		r := newRecorder(t, 200)
		group.Go(func() { // allocates, and has a batch of its own
			for {
				select {
				case <-stop:
					return
				default:
				}
				want := r.mixed(100)
				garbage[g] = make([]byte, 1<<16)
				r.Flush()
				compareRecords(t, r.records(), want)
				r.reset(200)
			}
		})
	}
	r := newRecorder(t, 0)
	for range rounds {
		r.reset(4096)
		var want []record
		var fresh sync.WaitGroup
		fresh.Go(func() { // a small stack, which has to grow
			want = r.mixed(4096 - 56) // the last 200 wait
			garbage[7] = deep(2000)
			runtime.GC()
			r.Flush()
		})
		fresh.Wait()
		compareRecords(t, r.records(), want)
	}
	close(stop)
	group.Wait()
}

// A message may call back into Go, which collects, grows the stack and uses
// another batch. It may not use the batch that it came from: that does nothing,
// and is told.
func TestAssemblyOfListsCallsBack(t *testing.T) {
	r := newRecorder(t, 1000)
	inner := NewBatch(r.rt)
	calls := 0
	f := purego.NewCallback(func(x uintptr) uintptr {
		at := (r.head.next - uintptr(unsafe.Pointer(&r.entries[0]))) / unsafe.Sizeof(Entry{})
		if at != uintptr(calls*41+40) || r.head.left != 5*41-at {
			t.Errorf("call %d: entry %d is under way, %d are left", calls, at, r.head.left)
		}
		calls++
		garbage[6] = deep(1000)
		runtime.GC()
		e := inner.Next()
		e[0], e[1], e[2] = uintptr(r.id), uintptr(r.rt.RegisterSelector("one:")), x
		inner.Commit()
		inner.Flush()
		if r.Len() != 0 {
			t.Errorf("%d messages wait in a batch that is being sent", r.Len())
		}
		if r.Reentered() {
			t.Error("reentered before it was")
		}
		r.mixed(300)
		r.Flush()
		if !r.Reentered() {
			t.Error("use of a batch by its own message goes unnoticed")
		}
		return 0
	})
	var want []record
	for i := range 5 {
		want = append(want, r.mixed(40)...)
		r.put("call:with:", func(e *Entry) { e[2], e[3] = f, uintptr(i) })
		want = append(want, record{count: 1, words: [8]uint64{uint64(i)}})
	}
	r.Flush()
	compareRecords(t, r.records(), want)
	if calls != 5 || r.Reentered() {
		t.Errorf("%d calls back, reentered %v", calls, r.Reentered())
	}
	// The batch is as good as new.
	r.reset(10)
	want = r.mixed(10)
	r.Flush()
	compareRecords(t, r.records(), want)
}

// A panic in a callback goes on; what waited behind it is dropped.
func TestAssemblyOfListsPanics(t *testing.T) {
	r := newRecorder(t, 1000)
	f := purego.NewCallback(func(x uintptr) uintptr { panic("in the callback") })
	want := r.mixed(20)
	r.put("call:with:", func(e *Entry) { e[2], e[3] = f, 0 })
	r.mixed(20)
	func() {
		defer func() {
			if v := recover(); v != "in the callback" {
				t.Errorf("recovered %v", v)
			}
		}()
		r.Flush()
	}()
	if r.Len() != 0 || r.Dropped() != 20 {
		t.Errorf("%d messages wait, %d are dropped", r.Len(), r.Dropped())
	}
	want = append(want, r.mixed(30)...)
	r.Flush()
	compareRecords(t, r.records(), want)
}

// A batch is foreign code for as long as its longest message: nobody waits for it, also
// where it has the only processor.
func TestAssemblyOfListsHoldsNobodyUp(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	r := newRecorder(t, 100)
	flags := new([2]atomic.Uint64)
	garbage[4] = flags // on the heap: the stack moves
	want := r.mixed(10)
	r.put("wait:", func(e *Entry) { e[2] = uintptr(unsafe.Pointer(flags)) })
	want = append(want, r.mixed(10)...)
	done := make(chan bool)
	go func() {
		r.Flush()
		close(done)
	}()
	for flags[0].Load() == 0 {
		runtime.Gosched()
	}
	runtime.GC() // which would not return
	garbage[5] = deep(1000)
	select {
	case <-done:
		t.Error("the message has not waited")
	default:
	}
	flags[1].Store(1)
	<-done
	compareRecords(t, r.records(), want)
}

// The signals of the profiler and of the scheduler come while messages are under way, and
// change nothing. The profile has the time of foreign code where it was entered: at the
// flush, by whoever brought it about, and with an eager batch at each message.
func TestAssemblyOfListsIsProfiled(t *testing.T) {
	for _, c := range []struct {
		name string
		send func(r *recorder) []record
	}{
		{"objc.profiledBatch", profiledBatch}, {"objc.profiledEagerly", profiledEagerly},
	} {
		r := newRecorder(t, 100_000)
		var profile bytes.Buffer
		if err := pprof.StartCPUProfile(&profile); err != nil {
			t.Fatal(err)
		}
		var want []record
		for range 20 {
			want = append(want, c.send(r)...)
			runtime.GC() // stops the others by signals
		}
		pprof.StopCPUProfile()
		compareRecords(t, r.records(), want)
		names, err := gzip.NewReader(&profile)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(names)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{c.name, "objc.(*Batch).flush", "runtime.cgocall"} {
			if !bytes.Contains(text, []byte(name)) {
				t.Errorf("%s is not in the profile of %s", name, c.name)
			}
		}
	}
}

func (r *recorder) work() { r.put("work:", func(e *Entry) { e[2] = 20 }) }

//go:noinline
func profiledBatch(r *recorder) []record {
	want := r.mixed(100)
	r.work()
	want = append(want, r.mixed(100)...)
	r.Flush()
	return want
}

//go:noinline
func profiledEagerly(r *recorder) []record {
	r.SetEager(true)
	want := r.mixed(100)
	r.work()
	return append(want, r.mixed(100)...)
}
