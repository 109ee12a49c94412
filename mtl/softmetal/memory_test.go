package softmetal

import (
	"strings"
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
