//go:build tqmetal_abi && linux && cgo

// Package cgosend sends messages through cgo, to be measured against package
// objc.
package cgosend

// typedef struct { unsigned long w, h, d; } size;
// static unsigned long word(void *fn, void *object, void *selector) {
//	return ((unsigned long (*)(void *, void *))fn)(object, selector);
// }
// static void sizes(void *fn, void *object, void *selector, size a, size b) {
//	((void (*)(void *, void *, size, size))fn)(object, selector, a, b);
// }
import "C"

import "unsafe"

// Word sends a message that returns a word.
func Word(fn, object, selector unsafe.Pointer) uint64 { return uint64(C.word(fn, object, selector)) }

// Sizes sends a message with two MTLSize.
func Sizes(fn, object, selector unsafe.Pointer, a, b [3]uint64) {
	C.sizes(fn, object, selector, C.size{C.ulong(a[0]), C.ulong(a[1]), C.ulong(a[2])}, C.size{C.ulong(b[0]), C.ulong(b[1]), C.ulong(b[2])})
}
