//go:build gc && (linux || darwin) && (amd64 || arm64)

package goroutine

// Current returns a number that no other goroutine has which lives now: the
// address of the runtime's record of this one. Such records never move. One may
// come back once its goroutine has ended.
func Current() uintptr
