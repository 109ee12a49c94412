//go:build !linux

package objctest

import (
	"bytes"
	"runtime"
	"strconv"
)

// thread returns a number for the current goroutine, as the standard library
// can't tell threads apart here: pools then belong to goroutines, and one that
// wanders from thread to thread is not found out.
func thread() int {
	var buf [64]byte
	text := buf[:runtime.Stack(buf[:], false)] // goroutine 7 [running]: ...
	number, _, _ := bytes.Cut(bytes.TrimPrefix(text, []byte("goroutine ")), []byte(" "))
	n, err := strconv.Atoi(string(number))
	if err != nil {
		panic(err)
	}
	return n
}

func sleep() {}
