//go:build !linux

package softmetal

import (
	"bytes"
	"runtime"
	"strconv"
)

// threadID names the goroutine where the standard library cannot name the
// thread. A goroutine that is locked to its thread, as one with a pool has to
// be, is as good as the thread; that the lock is missing goes unseen.
func threadID() int {
	var b [64]byte
	text := bytes.TrimPrefix(b[:runtime.Stack(b[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	id, err := strconv.Atoi(string(number))
	if err != nil {
		panic("softmetal: runtime.Stack does not begin with the goroutine's number: " + string(text))
	}
	return id
}
