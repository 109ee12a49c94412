//go:build tqmetal_abi && linux && cgo

// Package cgosend sends messages through cgo, to be measured against package
// objc. The C functions are told not to call back, which makes cgo as fast as it is.
package cgosend

/*
typedef unsigned long word;
typedef struct { word w, h, d; } size;
static word answer(void *fn, word o, word s) { return ((word (*)(word, word))fn)(o, s); }
static void send1(void *fn, word o, word s, word a) { ((void (*)(word, word, word))fn)(o, s, a); }
static void send2(void *fn, word o, word s, word a, word b) { ((void (*)(word, word, word, word))fn)(o, s, a, b); }
static void send3(void *fn, word o, word s, word a, word b, word c) { ((void (*)(word, word, word, word, word))fn)(o, s, a, b, c); }
static void sendBytes(void *fn, word o, word s, void *p, word n, word i) { ((void (*)(word, word, void *, word, word))fn)(o, s, p, n, i); }
static void sendSizes(void *fn, word o, word s, size a, size b) { ((void (*)(word, word, size, size))fn)(o, s, a, b); }
#cgo nocallback answer
#cgo nocallback send1
#cgo nocallback send2
#cgo nocallback send3
#cgo nocallback sendBytes
#cgo noescape sendBytes
#cgo nocallback sendSizes
*/
import "C"

import "unsafe"

// Answer sends a message that returns a word.
func Answer(fn unsafe.Pointer, object, selector uintptr) uint64 {
	return uint64(C.answer(fn, C.word(object), C.word(selector)))
}

// Send1 sends a message with one word.
func Send1(fn unsafe.Pointer, object, selector, a uintptr) {
	C.send1(fn, C.word(object), C.word(selector), C.word(a))
}

// Send2 sends a message with two words.
func Send2(fn unsafe.Pointer, object, selector, a, b uintptr) {
	C.send2(fn, C.word(object), C.word(selector), C.word(a), C.word(b))
}

// Send3 sends a message with three words.
func Send3(fn unsafe.Pointer, object, selector, a, b, c uintptr) {
	C.send3(fn, C.word(object), C.word(selector), C.word(a), C.word(b), C.word(c))
}

// SendBytes sends a message with bytes, their length and a word.
func SendBytes(fn unsafe.Pointer, object, selector uintptr, p []byte, index uintptr) {
	C.sendBytes(fn, C.word(object), C.word(selector), unsafe.Pointer(unsafe.SliceData(p)), C.word(len(p)), C.word(index))
}

// SendSizes sends a message with two MTLSize.
func SendSizes(fn unsafe.Pointer, object, selector uintptr, a, b [3]uint64) {
	C.sendSizes(fn, C.word(object), C.word(selector), C.size{C.word(a[0]), C.word(a[1]), C.word(a[2])}, C.size{C.word(b[0]), C.word(b[1]), C.word(b[2])})
}
