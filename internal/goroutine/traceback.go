package goroutine

import (
	"bytes"
	"runtime"
	"strconv"
)

// traceback reads the number that tracebacks give this goroutine. It costs more
// than a thousand times what the assembly does, and is right everywhere.
func traceback() uintptr {
	var b [64]byte
	text, _ := bytes.CutPrefix(b[:runtime.Stack(b[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(text, []byte(" "))
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		panic("goroutine: a traceback begins with " + string(text))
	}
	return uintptr(n)
}
