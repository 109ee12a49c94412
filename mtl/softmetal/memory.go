package softmetal

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// Addresses in a register image come from outside, and a wrong one must end in
// a report, not in a crash: memory is read and written with faults turned into
// panics, which guard recovers.

// guard runs f, which touches n bytes at addr, and returns an error if there is
// no such memory.
func guard(addr uintptr, n int, f func(p unsafe.Pointer)) (err error) {
	if n == 0 {
		return nil
	}
	if addr < 1<<12 || addr > ^uintptr(0)-uintptr(n) {
		return fmt.Errorf("%#x is no address", addr)
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%#x is no address: %v", addr, r)
		}
	}()
	f(pointer(addr))
	return nil
}

// pointer turns an address that came from outside into a pointer, in the one
// form that vet and checkptr take.
func pointer(addr uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&addr))
}

// view returns n values at p. The caller of a message may have given a length
// that is longer than its memory; checkptr, which the race detector turns on,
// would end the process for it, and the rest is guard's.
//
//go:nocheckptr
//go:noinline
func view[T any](p unsafe.Pointer, n int) []T { return unsafe.Slice((*T)(p), n) }

// peek returns a copy of n bytes at addr. It looks at every page before it
// allocates anything: a wrong length must not use up all memory first.
func peek(addr uintptr, n int) ([]byte, error) {
	page := uintptr(os.Getpagesize())
	err := guard(addr, n, func(p unsafe.Pointer) {
		b, sum := view[byte](p, n), byte(0)
		for i := 0; i < n; i = int((addr+uintptr(i))/page*page + page - addr) {
			sum += b[i]
		}
		runtime.KeepAlive(sum)
	})
	if err != nil {
		return nil, fmt.Errorf("there are no %d bytes at %#x: %w", n, addr, err)
	}
	b := make([]byte, n)
	// The memory is the caller's, who may unmap it meanwhile.
	return b, guard(addr, n, func(p unsafe.Pointer) { copy(b, view[byte](p, n)) })
}

// peekString returns the bytes at addr up to a NUL.
func peekString(addr uintptr) (string, error) {
	var b []byte
	for {
		var c byte
		if err := guard(addr+uintptr(len(b)), 1, func(p unsafe.Pointer) { c = *(*byte)(p) }); err != nil {
			return "", err
		}
		if c == 0 {
			return string(b), nil
		}
		b = append(b, c)
	}
}

// peekWords returns n 64-bit words at addr.
func peekWords(addr uintptr, n int) ([]uint64, error) {
	w := make([]uint64, n)
	err := guard(addr, 8*n, func(p unsafe.Pointer) { copy(w, view[uint64](p, n)) })
	return w, err
}

// pokeWords writes 64-bit words to addr.
func pokeWords(addr uintptr, words ...uint64) error {
	return guard(addr, 8*len(words), func(p unsafe.Pointer) { copy(view[uint64](p, len(words)), words) })
}

// addressOf returns the address of a slice's memory, zero if it has none. The
// caller keeps the slice alive: Go's collector does not move it.
func addressOf(b []byte) uintptr {
	if len(b) == 0 {
		return 0
	}
	return uintptr(unsafe.Pointer(unsafe.SliceData(b)))
}
