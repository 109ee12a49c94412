package mtl

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/tqmetal/tqmetal/objc"
)

// noCopyAlignment is the page size of Apple silicon. Intel's 4 KiB would be
// enough on Intel; memory that satisfies this one satisfies both.
const noCopyAlignment = 16 << 10

// A Buffer is memory that kernels read and write (MTLBuffer). It may be used
// from any goroutine; the owner releases it. Who writes when is for the program
// to order.
type Buffer struct {
	object
	length   int
	storage  StorageMode
	contents unsafe.Pointer // nil for private memory
	heap     *Heap          // that it was made from, or nil

	gpuAddress atomic.Uint64 // 0 until somebody asks
}

// A BufferRange is a buffer from an offset in bytes to its end, as a kernel
// gets it. It holds no reference.
type BufferRange struct {
	Buffer *Buffer
	Offset int
}

// NewBuffer returns a buffer of that many bytes, which Metal documents as
// zeroed. The caller releases it.
func (d *Device) NewBuffer(length int, options ResourceOptions) (*Buffer, error) {
	const method = "Device.NewBuffer"
	if err := d.checkBuffer(method, length, options); err != nil {
		return nil, err
	}
	return d.makeBuffer(method, length, options, func(s *scope) objc.ID {
		return s.newBuffer(d.id, uint64(length), options)
	})
}

// NewBufferWithBytes returns a buffer with a copy of b, which can't be private:
// the CPU fills it. The caller releases it.
func (d *Device) NewBufferWithBytes(b []byte, options ResourceOptions) (*Buffer, error) {
	const method = "Device.NewBufferWithBytes"
	if err := d.checkCPUBuffer(method, len(b), options); err != nil {
		return nil, err
	}
	return d.makeBuffer(method, len(b), options, func(s *scope) objc.ID {
		return s.newBufferWithBytes(d.id, unsafe.Pointer(unsafe.SliceData(b)), uint64(len(b)), options)
	})
}

// NewBufferNoCopy returns a buffer that uses the memory of b itself. Address
// and length must be multiples of 16 KiB, as memory from mmap is. It must not
// be memory of the Go heap, which the garbage collector reuses, and it must
// stay mapped until the buffer is released and all work on it is done. The
// memory stays the caller's; the caller releases the buffer.
func (d *Device) NewBufferNoCopy(b []byte, options ResourceOptions) (*Buffer, error) {
	const method = "Device.NewBufferNoCopy"
	if err := d.checkCPUBuffer(method, len(b), options); err != nil {
		return nil, err
	}
	address := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	if address%noCopyAlignment != 0 {
		return nil, badArgument(method, "address", fmt.Sprintf("%#x", address), "a multiple of %d", noCopyAlignment)
	}
	if len(b)%noCopyAlignment != 0 {
		return nil, badArgument(method, "length", len(b), "a multiple of %d", noCopyAlignment)
	}
	return d.makeBuffer(method, len(b), options, func(s *scope) objc.ID {
		return s.newBufferNoCopy(d.id, address, uint64(len(b)), options, 0)
	})
}

func (d *Device) checkBuffer(method string, length int, options ResourceOptions) error {
	if d == nil {
		return errNil("Device")
	}
	if length < 1 || length > d.limits.MaxBufferLength {
		return badArgument(method, "length", length, "1 to %d bytes", d.limits.MaxBufferLength)
	}
	return options.check(method)
}

// checkCPUBuffer checks a buffer whose contents come from the CPU.
func (d *Device) checkCPUBuffer(method string, length int, options ResourceOptions) error {
	if err := d.checkBuffer(method, length, options); err != nil {
		return err
	}
	if options.StorageMode() == StorageModePrivate {
		return badArgument(method, "storage mode", "private", "shared: the contents are the CPU's")
	}
	return nil
}

func (d *Device) makeBuffer(method string, length int, options ResourceOptions, send func(*scope) objc.ID) (*Buffer, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	return d.wrapBuffer(method, length, options, send)
}

// wrapBuffer owns the buffer that send makes. The caller uses the device, or
// the heap that send asks.
func (d *Device) wrapBuffer(method string, length int, options ResourceOptions, send func(*scope) objc.ID) (*Buffer, error) {
	s := d.fw.begin()
	defer s.end()
	id := send(s)
	if id == 0 {
		return nil, d.fw.failed(fmt.Sprintf("%s of %d bytes", method, length), 0)
	}
	if got := s.bufferLength(id); got != uint64(length) {
		d.fw.foundation.Release(id)
		return nil, fmt.Errorf("mtl: %s: asked for %d bytes and got a buffer of %d", method, length, got)
	}
	b := &Buffer{length: length, storage: options.StorageMode()}
	if options.StorageMode() != StorageModePrivate {
		contents := s.bufferContents(id)
		if contents == 0 {
			d.fw.foundation.Release(id)
			return nil, d.fw.failed(fmt.Sprintf("%s of %d bytes: contents", method, length), 0)
		}
		b.contents = objc.Pointer(contents)
	}
	b.own("Buffer", d.fw, d, id)
	return b, nil
}

func (b *Buffer) acquire() error {
	if b == nil {
		return errNil("Buffer")
	}
	return b.object.acquire()
}

func (b *Buffer) acquireFor(dev *Device) error {
	if b == nil {
		return errNil("Buffer")
	}
	return b.object.acquireFor(dev)
}

// Release gives up the reference. Slices of the contents must not be used
// afterwards.
func (b *Buffer) Release() {
	if b != nil {
		b.release()
	}
}

// Length returns the length in bytes.
func (b *Buffer) Length() int {
	if b == nil {
		return 0
	}
	return b.length
}

// Bytes returns the contents, not a copy. They are valid until Release. A
// private buffer has none that the CPU can see.
func (b *Buffer) Bytes() ([]byte, error) {
	if err := b.acquire(); err != nil {
		return nil, err
	}
	defer b.drop()
	if b.contents == nil {
		return nil, fmt.Errorf("mtl: Buffer.Bytes: private memory has no contents on the CPU: %w", ErrUnsupported)
	}
	return unsafe.Slice((*byte)(b.contents), b.length), nil
}
