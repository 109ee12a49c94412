//go:build tqmetal_abi && linux

package objc

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/abi/child"
)

// Metal ends the process at a mistake: by abort, or by an exception that nobody catches,
// which can't pass Go's frames. A method that does so in the middle of a batch does what
// it does by itself: the process ends with the same status, and Go's traceback has who
// sent the batch. Which message it was stands in the head of the list. A message that is
// sent eagerly has the line that it came from in the traceback.
func TestAssemblyOfListsCrashesAsOneMessageDoes(t *testing.T) {
	if how := child.How(); how != "" {
		crash(t, how)
		t.Fatal("the process goes on")
	}
	for _, c := range []struct {
		name, signal string
		how          int
	}{
		{"a method that aborts", "SIGABRT", 1},
		{"an exception", "SIGABRT", 2},
		{"a wild store", "SIGSEGV", 3},
	} {
		statuses := map[string]int{}
		for _, w := range []struct {
			name        string
			index, left int // of the head; -1 where there is none
			has         []string
		}{
			{"one message", -1, -1, []string{"objc.endByOneMessage"}},
			{"batch", 20, 21, []string{"objc.(*Batch).flush", "objc.(*Batch).Flush", "objc.endInABatch"}},
			{"full", 200, 56, []string{"objc.(*Batch).flush", "objc.(*Batch).filled", "objc.endInAFullBatch"}},
			{"eager", 0, 1, []string{"objc.(*Batch).flush", "objc.endEagerly"}},
		} {
			t.Run(c.name+", "+w.name, func(t *testing.T) {
				said, status := child.Crash(t, fmt.Sprint(c.how, " ", strings.ReplaceAll(w.name, " ", "")))
				statuses[w.name] = status
				if status != statuses["one message"] {
					t.Errorf("exit status %d, of one message %d", status, statuses["one message"])
				}
				for _, text := range append(w.has, c.signal, "signal arrived during cgo execution") {
					if !strings.Contains(said, text) {
						t.Errorf("%q is not in what it says", text)
					}
				}
				var entries, next uintptr
				var left, line int
				scan := func(format string, values ...any) bool {
					for s := range strings.Lines(said) {
						if n, _ := fmt.Sscanf(s, format, values...); n == len(values) {
							return true
						}
					}
					return false
				}
				if scan("head %x %d", &next, &left) != (w.index >= 0) {
					t.Errorf("there is a head: %v", w.index < 0)
				} else if w.index >= 0 {
					scan("entries %x", &entries)
					if got := (next - entries) / unsafe.Sizeof(Entry{}); got != uintptr(w.index) || left != w.left {
						t.Errorf("entry %d is under way, %d are left; want %d and %d", got, left, w.index, w.left)
					}
				}
				if scan("line %d", &line) && !strings.Contains(said, fmt.Sprintf("crash_abi_test.go:%d ", line)) {
					t.Errorf("line %d is not in the traceback", line)
				}
				if t.Failed() {
					t.Log(said)
				}
			})
		}
	}
}

func crash(t *testing.T, kind string) {
	var how uintptr
	var way string
	if _, err := fmt.Sscan(kind, &how, &way); err != nil {
		t.Fatal(err)
	}
	r := newRecorder(t, 1000)
	fmt.Fprintf(os.Stderr, "entries %x\n", uintptr(unsafe.Pointer(&r.entries[0])))
	map[string]func(*recorder, uintptr){
		"onemessage": endByOneMessage, "batch": endInABatch, "full": endInAFullBatch, "eager": endEagerly,
	}[way](r, how)
}

func (r *recorder) end(how uintptr) {
	r.put("end:head:", func(e *Entry) { e[2], e[3] = how, uintptr(unsafe.Pointer(&r.head)) })
}

//go:noinline
func endByOneMessage(r *recorder, how uintptr) {
	c := NewCall(r.rt)
	c.Message(r.id, r.rt.RegisterSelector("end:head:"))
	c.X[2], c.X[3] = how, 0
	c.Send()
}

//go:noinline
func endInABatch(r *recorder, how uintptr) {
	r.mixed(20)
	r.end(how)
	r.mixed(20)
	r.Flush()
}

//go:noinline
func endInAFullBatch(r *recorder, how uintptr) {
	r.mixed(200)
	r.end(how)
	r.mixed(100)
}

//go:noinline
func endEagerly(r *recorder, how uintptr) {
	r.SetEager(true)
	r.mixed(20)
	_, _, line, _ := runtime.Caller(0)
	fmt.Fprintf(os.Stderr, "line %d\n", line+2)
	r.end(how)
	r.mixed(20)
}
