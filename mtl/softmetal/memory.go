package softmetal

import (
	"fmt"
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
	if addr < 1<<12 {
		return fmt.Errorf("%#x is not an address of %d bytes", addr, n)
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%#x is not an address of %d bytes: %v", addr, n, r)
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

// peek returns a copy of n bytes at addr.
func peek(addr uintptr, n int) ([]byte, error) {
	b := make([]byte, n)
	err := guard(addr, n, func(p unsafe.Pointer) { copy(b, unsafe.Slice((*byte)(p), n)) })
	return b, err
}

// peekString returns the bytes at addr up to a NUL.
func peekString(addr uintptr) (string, error) {
	var b []byte
	err := guard(addr, 1, func(p unsafe.Pointer) {
		for ; *(*byte)(p) != 0; p = unsafe.Add(p, 1) {
			b = append(b, *(*byte)(p))
		}
	})
	return string(b), err
}

// peekWords returns n 64-bit words at addr.
func peekWords(addr uintptr, n int) ([]uint64, error) {
	w := make([]uint64, n)
	err := guard(addr, 8*n, func(p unsafe.Pointer) { copy(w, unsafe.Slice((*uint64)(p), n)) })
	return w, err
}

// pokeWords writes 64-bit words to addr.
func pokeWords(addr uintptr, words ...uint64) error {
	return guard(addr, 8*len(words), func(p unsafe.Pointer) { copy(unsafe.Slice((*uint64)(p), len(words)), words) })
}

// addressOf returns the address of a slice's memory, zero if it has none. The
// caller keeps the slice alive: Go's collector does not move it.
func addressOf(b []byte) uintptr {
	if len(b) == 0 {
		return 0
	}
	return uintptr(unsafe.Pointer(unsafe.SliceData(b)))
}
