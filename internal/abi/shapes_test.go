//go:build tqmetal_abi && linux

package abi

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// shapes is an instance of class Shapes, and a call to send it messages.
type shapes struct {
	*objc.Call
	rt         objc.Runtime
	foundation *objc.Foundation
	id         objc.ID
}

// open returns a new instance; at the end of the test all objects have to be
// gone, and nothing may have been wrong.
func open(t testing.TB) *shapes {
	t.Helper()
	rt := Open(t, "libshapes")
	f, err := objc.NewFoundation(rt)
	if err != nil {
		t.Fatal(err)
	}
	s := &shapes{Call: objc.NewCall(rt), rt: rt, foundation: f}
	before := s.counter("live")
	s.begin(objc.ID(rt.LookUpClass("Shapes")), "alloc").Send()
	s.id = objc.ID(s.X[0])
	t.Cleanup(func() {
		f.Release(s.id)
		if live := s.counter("live"); live != before {
			t.Errorf("%d objects are left over", live-before)
		}
		if faults := s.counter("faults"); faults != 0 {
			t.Errorf("%d faults", faults)
		}
	})
	return s
}

func (s *shapes) counter(name string) int64 { return *(*int64)(objc.Pointer(s.rt.Symbol(name))) }

func (s *shapes) begin(target objc.ID, selector string) *shapes {
	s.Message(target, s.rt.RegisterSelector(selector))
	return s
}

// seen returns the words that the last method saw. The thread is locked, as
// they are the thread's.
func (s *shapes) seen(n int) []uint64 {
	words := make([]uint64, n)
	for i := range words {
		words[i] = uint64(function(s.rt, "seen_word", uintptr(i)))
	}
	return words
}

func TestShapesOfArguments(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s := open(t)
	big := [3]uint64{1<<63 + 1, 2<<40 + 2, 3}
	for _, c := range []struct {
		selector string
		fill     func()
		want     []uint64
	}{
		{"six:b:c:d:e:f:", func() {
			for i := range 6 {
				s.X[2+i] = uintptr(i+1)<<56 | uintptr(i+11)
			}
		}, []uint64{1<<56 | 11, 2<<56 | 12, 3<<56 | 13, 4<<56 | 14, 5<<56 | 15, 6<<56 | 16}},
		{"not:", func() { s.X[2] = objc.Bool(true) }, []uint64{1}},
		{"not:", func() { s.X[2] = objc.Bool(false) }, []uint64{0}},
		{"byte:", func() { s.X[2] = 0xfe }, []uint64{0xfe}},
		{"range:", func() { s.X[2], s.X[3] = 1<<60, 1<<61 }, []uint64{1 << 60, 1 << 61}},
		{"size:", func() { s.X[2] = s.CopyStruct(big) }, big[:]},
		{"size:size:", func() { s.X[2], s.X[3] = s.CopyStruct(big), s.CopyStruct([3]uint64{4, 5, 6}) },
			append(big[:], 4, 5, 6)},
		{"size:size:size:", func() {
			s.X[2], s.X[3], s.X[4] = s.CopyStruct(big), s.CopyStruct([3]uint64{4, 5, 6}), s.CopyStruct([3]uint64{7, 8, 9})
		}, append(big[:], 4, 5, 6, 7, 8, 9)},
		{"buffer:offset:size:", func() { s.X[2], s.X[3], s.X[4] = 1<<50, 1<<51, s.CopyStruct(big) },
			append([]uint64{1 << 50, 1 << 51}, big[:]...)},
		{"objects:offsets:range:", func() {
			s.X[2], s.X[3] = s.CopyIDs([]objc.ID{21, 22, 23}), s.CopyWords([]uint64{31, 32, 33})
			s.X[4], s.X[5] = 7, 3
		}, []uint64{21, 23, 31, 33, 7, 3}},
	} {
		t.Run(c.selector, func(t *testing.T) {
			// seen is per thread: a subtest is a goroutine of its own.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			s.begin(s.id, c.selector)
			c.fill()
			s.Send()
			if got := s.seen(len(c.want)); !slices.Equal(got, c.want) {
				t.Errorf("%#x arrived, want %#x", got, c.want)
			}
		})
	}
}

func TestShapesOfResults(t *testing.T) {
	s := open(t)
	if s.begin(s.id, "integer").Send(); s.X[0] != 0xfedcba9876543210 {
		t.Errorf("integer %#x", s.X[0])
	}
	if s.begin(s.id, "negative").Send(); int64(s.X[0]) != -3 {
		t.Errorf("negative %d", int64(s.X[0]))
	}
	for _, b := range []bool{false, true} {
		s.begin(s.id, "not:")
		s.X[2] = objc.Bool(b)
		if s.Send(); (byte(s.X[0]) != 0) == b {
			t.Errorf("not %v is %#x", b, s.X[0])
		}
	}
	if s.begin(s.id, "halfword").Send(); uint16(s.X[0]) != 0xffee {
		t.Errorf("halfword %#x", s.X[0])
	}
	s.begin(s.id, "rangeFrom:length:")
	s.X[2], s.X[3] = 1<<40, 1<<41
	if s.Send(); s.X[0] != 1<<40 || s.X[1] != 1<<41 {
		t.Errorf("range %#x", s.X[:2])
	}
	s.begin(s.id, "sizeFrom:height:depth:")
	r := s.Result()
	s.X[2], s.X[3], s.X[4] = 10, 20, 1<<33
	if s.Send(); *r != [3]uint64{11, 21, 1<<33 + 1} {
		t.Errorf("size %d", *r)
	}
	if s.begin(s.id, "seconds").Send(); s.D[0] != 1.0625 {
		t.Errorf("seconds %v", s.D[0])
	}
	s.begin(s.id, "sum:and:and:and:")
	s.D = [4]float64{1, 2, 3, 4}
	if s.Send(); s.D[0] != 4321 {
		t.Errorf("sum %v", s.D[0])
	}
}

func TestMessageToNilAnswersZero(t *testing.T) {
	s := open(t)
	s.begin(0, "integer")
	s.D = [4]float64{1, 2, 3, 4}
	if s.Send(); s.X[0] != 0 || s.X[1] != 0 || s.D[0] != 0 {
		t.Errorf("x0 %#x, x1 %#x, d0 %v", s.X[0], s.X[1], s.D[0])
	}
	s.begin(0, "sizeFrom:height:depth:")
	r := s.Result()
	if s.Send(); *r != [3]uint64{} {
		t.Errorf("size %d", *r)
	}
}

func TestErrorOut(t *testing.T) {
	s := open(t)
	pool := s.foundation.OpenPool()
	defer pool.Close()
	for _, object := range []objc.ID{0, s.id} {
		s.begin(s.id, "make:error:")
		out := s.Out()
		s.X[2], s.X[3] = uintptr(object), uintptr(unsafe.Pointer(out))
		s.Send()
		made, failure := objc.ID(s.X[0]), *out
		if made != object || (failure == 0) == (object == 0) {
			t.Fatalf("object %#x, error %#x", made, failure)
		}
		if failure != 0 {
			want := objc.Error{Domain: "ShapesErrorDomain", Code: -7, Description: "asked for"}
			if e := s.foundation.Error(failure); *e != want {
				t.Errorf("%+v", *e)
			}
		}
		s.foundation.Release(made)
	}
}

func TestFoundation(t *testing.T) {
	s := open(t)
	for _, text := range []string{"", "a\x00b", strings.Repeat("0123456789", 100_000)} {
		id, err := s.foundation.NewString(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.foundation.String(id); got != text {
			t.Errorf("%.10q came back as %.10q", text, got)
		}
		s.foundation.Release(id)
	}
	pool := s.foundation.OpenPool()
	s.begin(s.id, "array").Send()
	var texts []string
	for _, o := range s.foundation.Objects(objc.ID(s.X[0])) {
		texts = append(texts, s.foundation.String(o))
	}
	pool.Close()
	if !slices.Equal(texts, []string{"one", "two"}) {
		t.Errorf("array %q", texts)
	}
	id, err := s.foundation.NewStringDictionary(map[string]string{"a": "1", "b": "2"})
	if err != nil {
		t.Fatal(err)
	}
	if s.begin(id, "count").Send(); s.X[0] != 2 {
		t.Errorf("%d entries", s.X[0])
	}
	s.foundation.Release(id)
	url, err := s.foundation.NewFileURL("/a/b")
	if err != nil {
		t.Fatal(err)
	}
	if s.begin(url, "path").Send(); s.foundation.String(objc.ID(s.X[0])) != "/a/b" {
		t.Errorf("the path of the URL is %q", s.foundation.String(objc.ID(s.X[0])))
	}
	s.foundation.Release(url)
	data, err := s.foundation.NewDispatchData([]byte("bytes"))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.foundation.String(data); got != "bytes" { // in the library it is a string
		t.Errorf("the data is %q", got)
	}
	s.foundation.Release(data)
	if s.foundation.RespondsTo(s.id, "noSuch:") || !s.foundation.RespondsTo(s.id, "seconds") {
		t.Error("RespondsTo is wrong")
	}
}

// Blocks of Go are called by compiled C, from threads that Go has not made, more of
// them than a process has callbacks.
func TestBlocksAreCalledFromThreadsOfC(t *testing.T) {
	s := open(t)
	const n, times = 2200, 3
	before := objc.LiveBlocks()
	sums := make([]uintptr, n)
	for i := range sums {
		b, err := s.foundation.NewBlock("v24@?0@8Q16", func(args objc.BlockArguments) {
			if objc.ID(args[0]) != s.id {
				t.Errorf("block %d is called with object %#x, want %#x", i, args[0], s.id)
			}
			if garbage := make([]byte, 1<<10); len(garbage) > 0 && i%100 == 0 {
				runtime.GC()
			}
			sums[i] += args[1]
		})
		if err != nil {
			t.Fatal(err)
		}
		function(s.rt, "call_on_thread", uintptr(b), uintptr(s.id), uintptr(i), times)
		if live := s.counter("live_blocks"); live != 1 {
			t.Fatalf("%d blocks are alive, want the one that this test holds", live)
		}
		s.foundation.ReleaseBlock(b)
	}
	for i, sum := range sums {
		if want := uintptr(3*i + 3); sum != want {
			t.Fatalf("block %d got %d in all, want %d", i, sum, want)
		}
	}
	if live, left := s.counter("live_blocks"), objc.LiveBlocks(); live != 0 || left != before {
		t.Errorf("%d blocks are alive, and %d functions kept, were %d", live, left, before)
	}
}

func TestNamesWithNUL(t *testing.T) {
	rt := Open(t, "libshapes")
	if rt.LookUpClass("NSString\x00x") != 0 || rt.RegisterSelector("length\x00x") != 0 {
		t.Error("a NUL ends a name")
	}
	if rt.LookUpClass("NoSuchClass") != 0 || rt.Symbol("no_such_function") != 0 {
		t.Error("something that does not exist is found")
	}
}

func TestOpenSaysWhatFailed(t *testing.T) {
	for _, c := range []struct {
		libraries []string
		want      []string
	}{
		{nil, []string{"no library"}},
		{[]string{"/no/such.so", "/nor/this.so"}, []string{"/no/such.so", "/nor/this.so"}},
		{[]string{"libm.so.6"}, []string{"objc_msgSend", "objc_getClass", "sel_registerName"}},
	} {
		rt, err := objc.Open(c.libraries...)
		if rt != nil || !errors.Is(err, objc.ErrUnavailable) {
			t.Errorf("%q: %v, %v", c.libraries, rt, err)
			continue
		}
		for _, text := range c.want {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%q is not in: %v", text, err)
			}
		}
	}
}

// Collections at every turn, goroutines that move between threads, stacks that
// grow between two messages: arguments have to arrive all the same.
func TestUnderGarbageCollection(t *testing.T) {
	s := open(t)
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	stop := make(chan bool)
	var litter, group sync.WaitGroup
	litter.Go(func() {
		var keep [][]byte
		for {
			select {
			case <-stop:
				return
			default:
				keep = append(keep, make([]byte, 4096))
				if len(keep) > 64 {
					keep = nil
					runtime.GC()
				}
			}
		}
	})
	for g := range 4 {
		group.Go(func() {
			c := &shapes{Call: objc.NewCall(s.rt), rt: s.rt, foundation: s.foundation, id: s.id}
			for i := range 1000 {
				if err := c.stress(uint64(g<<32+i), i%40); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	close(stop)
	litter.Wait()
}

//go:noinline
func (s *shapes) stress(n uint64, depth int) error {
	var room [512]byte
	if depth > 0 {
		room[depth] = 1
		return s.stress(n+uint64(room[0]), depth-1)
	}
	bytes := fmt.Appendf(nil, "payload %d of some length", n)
	want := uint64(0)
	for _, b := range bytes {
		want = want*31 + uint64(b)
	}
	s.begin(s.id, "bytes:length:")
	s.X[2], s.X[3] = s.CopyBytes(bytes), uintptr(len(bytes))
	clear(bytes)
	if s.Send(); uint64(s.X[0]) != want {
		return fmt.Errorf("bytes of message %d arrived changed", n)
	}
	s.begin(s.id, "sizeFrom:height:depth:")
	r := s.Result()
	s.X[2], s.X[3], s.X[4] = uintptr(n), uintptr(n+1), uintptr(n+2)
	if s.Send(); *r != [3]uint64{n + 1, n + 2, n + 3} {
		return fmt.Errorf("size of message %d is %d", n, *r)
	}
	text := fmt.Sprintf("text %d", n)
	id, err := s.foundation.NewString(text)
	if err != nil {
		return err
	}
	defer s.foundation.Release(id)
	if got := s.foundation.String(id); got != text {
		return fmt.Errorf("%q came back as %q", text, got)
	}
	return nil
}

func BenchmarkPool(b *testing.B) {
	s := open(b)
	b.ReportAllocs()
	for b.Loop() {
		pool := s.foundation.OpenPool()
		pool.Close()
	}
}
