//go:build linux

package softmetal

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestPeekOfALengthThatIsNotThereIsAnError(t *testing.T) {
	b := []byte{1, 2, 3}
	got, err := peek(addressOf(b), 3)
	if err != nil || string(got) != string(b) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, addr := range []uintptr{0, 1, 4095, 1 << 40, 1 << 63, ^uintptr(0) - 2} {
		if _, err := peek(addr, 1<<39); err == nil {
			t.Errorf("%#x is memory", addr)
		} else if !strings.Contains(err.Error(), "no address") {
			t.Errorf("%#x: %v", addr, err)
		}
	}
	// The last page is missing: nothing is copied, and nothing allocated, before
	// that is known.
	page := os.Getpagesize()
	m, err := syscall.Mmap(-1, 0, 1025*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(m)
	if err := syscall.Mprotect(m[1024*page:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	m[1024*page-1] = 7
	if b, err := peek(addressOf(m)+1, 1024*page-1); err != nil || len(b) != 1024*page-1 || b[len(b)-1] != 7 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if b, err := peek(addressOf(m)+1, 1024*page); err == nil || b != nil {
		t.Errorf("%d bytes, the last of which is not there", len(b))
	}
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > uint64(100*page) {
		t.Errorf("%d bytes were allocated for memory that is not there", after.TotalAlloc-before.TotalAlloc)
	}
	if err := pokeWords(1<<40, 1); err == nil {
		t.Error("a word was written to nowhere")
	}
	if s, err := peekString(addressOf([]byte("text\x00more"))); s != "text" || err != nil {
		t.Errorf("got %q, %v", s, err)
	}
}

// The race detector's build checks Go pointers; a length that is too long for a
// Go object must not end the process there either.
func TestPeekPastAGoObjectDoesNotEndTheProcess(t *testing.T) {
	b := make([]byte, 16)
	if got, err := peek(addressOf(b), 4096); err == nil && len(got) != 4096 {
		t.Errorf("%d bytes", len(got))
	}
}
