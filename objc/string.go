package objc

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

const utf8StringEncoding = 4 // NSUTF8StringEncoding

// NewString returns an NSString of the same text, of any length and with any
// NUL bytes. The caller owns it. A text that is not UTF-8 is an error that
// says where; no memory is one that wraps [ErrNoObject].
func (f *Foundation) NewString(s string) (ID, error) {
	if at := invalidUTF8(s); at >= 0 {
		return 0, fmt.Errorf("NSString: byte %d of %d is not UTF-8", at, len(s))
	}
	c := f.call()
	defer f.done(c)
	// The bytes stay where they are: a source may have megabytes. An empty
	// string has no bytes to point to, and a null pointer is not allowed.
	bytes := unsafe.Pointer(unsafe.StringData(s))
	if s == "" {
		bytes = unsafe.Pointer(&empty)
	}
	id := c.stringInit(c.alloc(f.nsString), bytes, uint64(len(s)), utf8StringEncoding)
	if id == 0 {
		return 0, fmt.Errorf("NSString: initWithBytes:length:encoding: for %d bytes: %w", len(s), ErrNoObject)
	}
	return id, nil
}

var empty byte

func invalidUTF8(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i, r := range s {
		if _, n := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
			return i
		}
	}
	return -1
}

// String returns the text of an NSString, whole, NUL bytes included. Half a
// surrogate pair, which UTF-8 can't express, becomes U+FFFD. Nil is "".
func (f *Foundation) String(id ID) string {
	if id == 0 {
		return ""
	}
	pool := f.OpenPool() // UTF8String lives in the pool
	defer pool.Close()
	c := f.call()
	defer f.done(c)
	if n := c.stringBytes(id, utf8StringEncoding); n > 0 {
		if p := c.stringUTF8(id); p != 0 {
			return string(unsafe.Slice((*byte)(Pointer(p)), n))
		}
	}
	units := make([]uint16, c.stringLength(id))
	for i := range units {
		units[i] = c.stringCharacter(id, uint64(i))
	}
	return string(utf16.Decode(units))
}
