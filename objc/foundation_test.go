package objc_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

func foundation(t *testing.T) (*objctest.Runtime, *objc.Foundation) {
	t.Helper()
	rt := objctest.New()
	f, err := objc.NewFoundation(rt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if live := rt.Live(); len(live) > 0 {
			t.Errorf("objects left over: %q", live)
		}
		for _, v := range rt.Violations() {
			t.Error(v)
		}
	})
	return rt, f
}

func TestFoundationNamesEverythingThatIsMissing(t *testing.T) {
	_, err := objc.NewFoundation(objctest.New("NSString", "objc_autoreleasePoolPush", "count"))
	if !errors.Is(err, objc.ErrUnavailable) {
		t.Fatalf("error %v", err)
	}
	for _, name := range []string{"NSString", "objc_autoreleasePoolPush", "count"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
	if _, err := objc.NewFoundation(nil); !errors.Is(err, objc.ErrUnavailable) {
		t.Errorf("nil runtime: %v", err)
	}
}

func TestStringsGoThereAndBack(t *testing.T) {
	_, f := foundation(t)
	for _, s := range []string{
		"",
		"kernel void f() {}",
		"a\x00b\x00",
		"\x00",
		"größer 中文 🙂",
		strings.Repeat("long ", 200_000),
	} {
		id, err := f.NewString(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.String(id); got != s {
			t.Errorf("%.20q (%d bytes) came back as %.20q (%d bytes)", s, len(s), got, len(got))
		}
		f.Release(id)
	}
	if got := f.String(0); got != "" {
		t.Errorf("nil is %q", got)
	}
}

func TestTextThatIsNotUTF8IsRefusedWithItsPlace(t *testing.T) {
	_, f := foundation(t)
	_, err := f.NewString("abc\xffdef")
	if err == nil || !strings.Contains(err.Error(), "byte 3 of 7") {
		t.Errorf("error %v", err)
	}
	if id, err := f.NewString("a \uFFFD is text"); err != nil {
		t.Error(err)
	} else {
		f.Release(id)
	}
}

func TestStringWithHalfASurrogatePairIsReadWhole(t *testing.T) {
	rt, f := foundation(t)
	id := rt.NewString([]uint16{'a', 0xd83d, 'b', 0, 'c'})
	defer f.Release(id)
	if got := f.String(id); got != "a\uFFFDb\x00c" {
		t.Errorf("%q", got)
	}
}

func TestNilFromInitIsAnError(t *testing.T) {
	rt, f := foundation(t)
	rt.On("NSString initWithBytes:length:encoding:", func(m *objctest.Message) { rt.Release(m.Target) })
	if id, err := f.NewString("text"); err == nil || id != 0 {
		t.Errorf("%v, %v", id, err)
	}
}

func TestErrorKeepsTheWholeText(t *testing.T) {
	rt, f := foundation(t)
	log := strings.Repeat("program_source:1:1: error: no\n", 1000)
	id := rt.NewError("MTLLibraryErrorDomain", -3, log, "because")
	defer f.Release(id)
	e := f.Error(id)
	want := objc.Error{Domain: "MTLLibraryErrorDomain", Code: -3, Description: log, FailureReason: "because"}
	if *e != want {
		t.Errorf("%.200v", e)
	}
	if got, want := e.Error(), "MTLLibraryErrorDomain -3: "+log+": because"; got != want {
		t.Errorf("text has %d bytes, want %d", len(got), len(want))
	}
	if f.Error(0) != nil {
		t.Error("nil is an error")
	}
}

func TestErrorText(t *testing.T) {
	for _, c := range []struct {
		e    objc.Error
		want string
	}{
		{objc.Error{Domain: "D", Code: 1}, "D 1"},
		{objc.Error{Domain: "D", Code: 1, Description: "text"}, "D 1: text"},
		{objc.Error{Domain: "D", Code: 1, FailureReason: "reason"}, "D 1: reason"},
		{objc.Error{Domain: "D", Code: 1, Description: "all of the reason", FailureReason: "reason"}, "D 1: all of the reason"},
	} {
		if got := c.e.Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestObjectsOfAnArray(t *testing.T) {
	rt, f := foundation(t)
	a, b := rt.NewObject("MTLDevice", nil), rt.NewObject("MTLDevice", nil)
	array := rt.NewArray(a, b, a)
	if got := f.Objects(array); !slices.Equal(got, []objc.ID{a, b, a}) {
		t.Errorf("%v", got)
	}
	if got := f.Objects(0); len(got) != 0 {
		t.Errorf("nil has %v", got)
	}
	for _, id := range []objc.ID{array, a, b} {
		f.Release(id)
	}
}

// A collection brings its objects some at a time, into the caller's room or as it has
// them, and finds its way by the state.
func TestEnumerateGoesWhereTheStateSays(t *testing.T) {
	for _, n := range []uint64{0, 1, 15, 16, 17, 40} {
		for _, own := range []bool{false, true} {
			rt, f := foundation(t)
			pool := f.OpenPool()
			ids := make([]objc.ID, n)
			for i := range ids {
				ids[i] = objc.ID(1000 + i)
			}
			collection := rt.NewObject("NSFastEnumeration", nil)
			rt.On("NSFastEnumeration countByEnumeratingWithState:objects:count:", func(m *objctest.Message) {
				state := (*[8]uint64)(objc.Pointer(m.Args[0].(uintptr)))
				room := unsafe.Slice((*objc.ID)(objc.Pointer(m.Args[1].(uintptr))), m.Uint(2))
				if len(room) != 16 || state[0] == 0 && *state != [8]uint64{} || state[0] > 0 && state[7] != 7 {
					t.Errorf("room for %d, state %d", len(room), state)
				}
				count := copy(room, ids[state[0]:])
				if state[1] = uint64(m.Args[1].(uintptr)); own {
					clear(room)
					if count = min(int(n-state[0]), 3); count > 0 {
						state[1] = uint64(uintptr(unsafe.Pointer(&ids[state[0]])))
					}
				}
				state[0] += uint64(count)
				state[7] = 7
				m.ReturnUint(uint64(count))
			})
			if got := f.Enumerate(collection); !slices.Equal(got, ids) {
				t.Errorf("%d objects, own memory %v: %v", n, own, got)
			}
			rt.Release(collection)
			pool.Close()
		}
	}
	_, f := foundation(t)
	if got := f.Enumerate(0); len(got) != 0 {
		t.Errorf("nil has %v", got)
	}
}

func TestURLHasAPath(t *testing.T) {
	rt, f := foundation(t)
	text := rt.NewString([]uint16{0x2f, 0x61, 0x20, 0x62})
	rt.On("NSURL path", func(m *objctest.Message) { m.ReturnID(text) })
	url, err := f.NewFileURL("/a b")
	if err != nil {
		t.Fatal(err)
	}
	if got := f.URLPath(url); got != "/a b" {
		t.Errorf("path %q", got)
	}
	if got := f.URLPath(0); got != "" {
		t.Errorf("path of nil %q", got)
	}
	f.Release(url)
	f.Release(text)
}

func TestStringDictionary(t *testing.T) {
	rt, f := foundation(t)
	want := map[string]string{"A": "1", "B": "x\x00y", "": ""}
	id, err := f.NewStringDictionary(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := rt.Dictionary(id); !maps.Equal(got, want) {
		t.Errorf("%q", got)
	}
	f.Release(id)
	for _, bad := range []map[string]string{{"\xff": ""}, {"a": "\xff"}} {
		if id, err := f.NewStringDictionary(bad); err == nil || id != 0 {
			t.Errorf("%q: %v, %v", bad, id, err)
		}
	}
}

func TestArrayKeepsItsObjects(t *testing.T) {
	rt, f := foundation(t)
	a, b := rt.NewObject("A", nil), rt.NewObject("B", nil)
	array, err := f.NewArray([]objc.ID{a, b, a})
	if err != nil {
		t.Fatal(err)
	}
	f.Release(a)
	f.Release(b)
	if got := f.Objects(array); !slices.Equal(got, []objc.ID{a, b, a}) {
		t.Errorf("objects %v", got)
	}
	f.Release(array)
	rt.On("NSArray +arrayWithObjects:count:", func(*objctest.Message) {})
	if _, err := f.NewArray(nil); !errors.Is(err, objc.ErrNoObject) {
		t.Errorf("no array: %v", err)
	}
}

func TestValuesOfADictionary(t *testing.T) {
	_, f := foundation(t)
	dictionary, err := f.NewStringDictionary(map[string]string{"a": "1", "b": "2"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release(dictionary)
	var got []string
	ids, err := f.Values(dictionary)
	for _, id := range ids {
		got = append(got, f.String(id))
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"1", "2"}) || err != nil {
		t.Errorf("values %q, %v", got, err)
	}
	if _, err := f.Values(0); !errors.Is(err, objc.ErrNoObject) {
		t.Errorf("of nil: %v", err)
	}
}

func TestFileURLHasThePath(t *testing.T) {
	rt, f := foundation(t)
	url, err := f.NewFileURL("/tmp/a b/größe")
	if err != nil {
		t.Fatal(err)
	}
	if got := rt.Value(url); got != "/tmp/a b/größe" {
		t.Errorf("path %q", got)
	}
	f.Release(url)
	for _, path := range []string{"", "/\xff"} {
		if _, err := f.NewFileURL(path); err == nil || !strings.Contains(err.Error(), "NSURL") {
			t.Errorf("%q: %v", path, err)
		}
	}
	rt.On("NSURL initFileURLWithPath:", func(m *objctest.Message) { rt.Release(m.Target) })
	if _, err := f.NewFileURL("/tmp"); !errors.Is(err, objc.ErrNoObject) {
		t.Errorf("no URL: %v", err)
	}
}

func TestDispatchDataIsACopyThatIsAskedFor(t *testing.T) {
	rt, f := foundation(t)
	var got []byte
	rt.On("C dispatch_data_create", func(m *objctest.Message) {
		got = m.Bytes(0, uint64(m.Args[1].(uintptr)))
		if m.Args[2] != uintptr(0) || m.Args[3] != uintptr(0) { // with a destructor the bytes are not copied
			t.Errorf("queue and destructor %v", m.Args[2:])
		}
		m.ReturnID(rt.NewObject("dispatch_data_t", nil))
	})
	data, err := f.NewDispatchData([]byte("library"))
	if err != nil || string(got) != "library" {
		t.Errorf("%q, %v", got, err)
	}
	f.Release(data)
	if _, err := f.NewDispatchData(nil); err == nil {
		t.Error("no bytes are data")
	}
	rt.On("C dispatch_data_create", func(*objctest.Message) {})
	if _, err := f.NewDispatchData([]byte("library")); !errors.Is(err, objc.ErrNoObject) {
		t.Errorf("no data: %v", err)
	}
}

func TestRespondsTo(t *testing.T) {
	rt, f := foundation(t)
	rt.Lacks("length")
	id := rt.NewString(nil)
	defer f.Release(id)
	for selector, want := range map[string]bool{"UTF8String": true, "length": false, "noSuch:": false} {
		if got := f.RespondsTo(id, selector); got != want {
			t.Errorf("%s: %v", selector, got)
		}
	}
}

// A goroutine that is not locked to its thread is found on another one after
// most foreign calls, and drains a pool there that is not its own.
func TestPoolStaysOnItsThread(t *testing.T) {
	rt, f := foundation(t)
	rt.Trace = func(*objctest.Message) { objctest.Wander() }
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 30 {
				pool := f.OpenPool()
				rt.Autorelease(rt.NewObject("MTLCommandBuffer", nil))
				inner := f.OpenPool()
				inner.Close()
				rt.Autorelease(rt.NewObject("MTLCommandBuffer", nil))
				pool.Close()
			}
		})
	}
	group.Wait()
}

func TestEveryMethodCleansUpAfterItself(t *testing.T) {
	rt, f := foundation(t)
	outer := f.OpenPool()
	id, err := f.NewString("text")
	if err != nil {
		t.Fatal(err)
	}
	before := len(rt.Live())
	f.String(id)
	e := rt.NewError("D", 1, "d", "r")
	f.Error(e)
	f.Release(e)
	if n := len(rt.Live()); n != before {
		t.Errorf("%d objects wait in the caller's pool", n-before)
	}
	f.Release(id)
	outer.Close()
}

func TestCallCopiesItsArguments(t *testing.T) {
	c := objc.NewCall(objctest.New())
	for range 3 { // the room is used again
		c.Message(1, 2)
		size := c.CopyStruct([3]uint64{1, 2, 3})
		bytes := []byte("some bytes")
		at := c.CopyBytes(bytes)
		ids := c.CopyIDs([]objc.ID{7, 8})
		words := c.CopyWords([]uint64{9, 10})
		slot := c.Out()
		clear(bytes)
		for _, address := range []uintptr{size, at, ids, words} {
			if address%8 != 0 {
				t.Errorf("address %#x is not aligned", address)
			}
		}
		runtime.GC()
		if got := *(*[3]uint64)(objc.Pointer(size)); got != [3]uint64{1, 2, 3} {
			t.Error(got)
		}
		if got := string(unsafe.Slice((*byte)(objc.Pointer(at)), 10)); got != "some bytes" {
			t.Error(got)
		}
		if got := *(*[2]objc.ID)(objc.Pointer(ids)); got != [2]objc.ID{7, 8} {
			t.Error(got)
		}
		if got := *(*[2]uint64)(objc.Pointer(words)); got != [2]uint64{9, 10} {
			t.Error(got)
		}
		if *slot != 0 {
			t.Error("the slot is not cleared")
		}
		*slot = 5
	}
	c.Message(1, 2)
	if c.CopyBytes(nil) != 0 || c.CopyIDs(nil) != 0 || c.CopyWords(nil) != 0 {
		t.Error("nothing has an address")
	}
}

func TestCallHoldsMoreThanItsRoom(t *testing.T) {
	c := objc.NewCall(objctest.New())
	c.Message(1, 2)
	var at [4]uintptr
	for i := range at {
		at[i] = c.CopyBytes([]byte(strings.Repeat(fmt.Sprint(i), 4096)))
	}
	runtime.GC()
	for i, address := range at {
		if got := string(unsafe.Slice((*byte)(objc.Pointer(address)), 4096)); got != strings.Repeat(fmt.Sprint(i), 4096) {
			t.Errorf("copy %d is overwritten: %.10q", i, got)
		}
	}
	runtime.KeepAlive(c)
}

func TestCallBeginsClean(t *testing.T) {
	c := objc.NewCall(objctest.New())
	c.Message(1, 2)
	c.X[7] = 9
	*c.Result() = [3]uint64{1, 2, 3}
	c.Message(3, 4)
	if want := [8]uintptr{3, 4}; c.X != want || c.X8 != nil {
		t.Errorf("%v, x8 %v", c.X, c.X8)
	}
	if got := *c.Result(); got != [3]uint64{} {
		t.Errorf("result %v", got)
	}
	c.Function()
	if c.X != [8]uintptr{} {
		t.Errorf("%v", c.X)
	}
}

func TestSystemSaysWhyItIsUnavailable(t *testing.T) {
	rt, err := objc.System()
	if runtime.GOOS == "darwin" && runtime.GOARCH == "arm64" {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if rt != nil || !errors.Is(err, objc.ErrUnavailable) || !strings.Contains(err.Error(), runtime.GOOS+"/"+runtime.GOARCH) {
		t.Errorf("%v, %v", rt, err)
	}
	if _, again := objc.System(); again != err {
		t.Errorf("another error the second time: %v", again)
	}
}

func FuzzStrings(f *testing.F) {
	for _, s := range []string{"", "a\x00b", "\xff", "\xed\xa0\x80", "größer 🙂", "\uFFFD"} {
		f.Add(s)
	}
	foundation, err := objc.NewFoundation(objctest.New())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := foundation.NewString(s)
		if (err == nil) != utf8.ValidString(s) {
			t.Fatalf("%q: %v", s, err)
		}
		if err != nil {
			return
		}
		defer foundation.Release(id)
		if got := foundation.String(id); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	})
}

// An NSString that comes from the system is UTF-16, and not always valid.
func FuzzUTF16(f *testing.F) {
	for _, units := range [][]uint16{{}, {'a', 0, 'b'}, {0xd83d, 0xde42}, {0xd83d}, {0xde42, 0xd83d}, {0xd83d, 0xd83d, 0xde42}, {0xfffd}, {0xfeff, 'a'}} {
		var b []byte
		for _, u := range units {
			b = binary.BigEndian.AppendUint16(b, u)
		}
		f.Add(b)
	}
	rt := objctest.New()
	foundation, err := objc.NewFoundation(rt)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(b[2*i:])
		}
		// Each half of a pair without its other half counts for itself.
		var want strings.Builder
		for i := 0; i < len(units); i++ {
			switch u := rune(units[i]); {
			case u>>10 == 0xd800>>10 && i+1 < len(units) && units[i+1]>>10 == 0xdc00>>10:
				i++
				want.WriteRune(0x10000 + u&0x3ff<<10 + rune(units[i])&0x3ff)
			case u>>11 == 0xd800>>11:
				want.WriteRune(utf8.RuneError)
			default:
				want.WriteRune(u)
			}
		}
		id := rt.NewString(units)
		got := foundation.String(id)
		if got != want.String() {
			t.Errorf("%#x is %q, want %q", units, got, want.String())
		}
		foundation.Release(id)
		// What came from the system can go back.
		again, err := foundation.NewString(got)
		if err != nil {
			t.Fatal(err)
		}
		if back := foundation.String(again); back != got {
			t.Errorf("%q came back as %q", got, back)
		}
		foundation.Release(again)
		if live := rt.Live(); len(live) > 0 {
			t.Errorf("objects left over: %q", live)
		}
	})
}
