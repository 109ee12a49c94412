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
