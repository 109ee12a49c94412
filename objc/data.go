package objc

import (
	"errors"
	"fmt"
	"unsafe"
)

// NewDispatchData returns a dispatch_data_t with a copy of the bytes, which is
// an object like others. The caller owns it. No bytes are an error, and so is
// no memory, which wraps [ErrNoObject].
func (f *Foundation) NewDispatchData(b []byte) (ID, error) {
	if len(b) == 0 {
		return 0, errors.New("dispatch_data_create: there are no bytes")
	}
	c := f.call()
	defer f.done(c)
	// Without a destructor the bytes are copied at once.
	data := c.newDispatchData(unsafe.Pointer(unsafe.SliceData(b)), uint64(len(b)), 0, 0)
	if data == 0 {
		return 0, fmt.Errorf("dispatch_data_create for %d bytes: %w", len(b), ErrNoObject)
	}
	return data, nil
}

// Bytes returns a copy of the bytes of an NSData. Nil gives none.
func (f *Foundation) Bytes(data ID) []byte {
	if data == 0 {
		return nil
	}
	pool := f.OpenPool() // some data autorelease what they hand out
	defer pool.Close()
	c := f.call()
	defer f.done(c)
	n, address := c.dataLength(data), c.dataBytes(data)
	if n == 0 || address == 0 {
		return nil
	}
	return append([]byte(nil), unsafe.Slice((*byte)(Pointer(address)), n)...)
}
