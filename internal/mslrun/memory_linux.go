//go:build linux && (amd64 || arm64)

package mslrun

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"sync"
	"syscall"
	"unsafe"
)

// Memory is device memory: one sparse file in memory that child processes inherit. Its methods may be called from any
// goroutine.
type Memory struct {
	mu     sync.Mutex
	file   *os.File
	whole  []byte
	page   int64
	used   map[int64]allocation // by the offset that Allocate returned
	free   []pages              // by position, not adjacent
	closed bool
}

type pages struct{ at, bytes int64 }

type allocation struct {
	pages
	end int64 // of what was asked for: slack follows
}

// slackByte fills the bytes between the end of an allocation and the end of its last page.
const slackByte = 0xc5

// NewMemory reserves room for size bytes of allocations. Pages cost memory only once they are written.
// Close releases it.
func NewMemory(size int64) (*Memory, error) {
	page := int64(os.Getpagesize())
	if size <= 0 || size > 1<<44 {
		return nil, fmt.Errorf("mslrun: a memory of %d bytes: it has 1 to %d", size, int64(1)<<44)
	}
	size = (size + page - 1) / page * page
	name, err := syscall.BytePtrFromString("tqmetal")
	if err != nil {
		return nil, err
	}
	trap := map[string]uintptr{"amd64": 319, "arm64": 279}[runtime.GOARCH] // memfd_create
	const closeOnExec = 1
	fd, _, errno := syscall.Syscall(trap, uintptr(unsafe.Pointer(name)), closeOnExec, 0)
	if errno != 0 {
		return nil, fmt.Errorf("mslrun: memfd_create: %w", errno)
	}
	f := os.NewFile(fd, "tqmetal-memory")
	if err := syscall.Ftruncate(int(fd), size); err != nil {
		f.Close()
		return nil, fmt.Errorf("mslrun: sizing the memory file to %d bytes: %w", size, err)
	}
	whole, err := syscall.Mmap(int(fd), 0, int(size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_NORESERVE)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("mslrun: mapping %d bytes: %w", size, err)
	}
	return &Memory{file: f, whole: whole, page: page, used: map[int64]allocation{}, free: []pages{{0, size}}}, nil
}

// Allocate returns length zeroed bytes: their offset in the memory, a multiple of 16, and where they are in this process.
// They end at the end of a page, but for up to 15 bytes, so that a kernel that runs past them meets a page that it can't
// touch. The mapping is valid until Free and is not Go heap: a slice of it does not keep it.
func (m *Memory) Allocate(length int) (offset int64, mapping []byte, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return 0, nil, ErrClosed
	}
	if length <= 0 {
		return 0, nil, fmt.Errorf("mslrun: an allocation of %d bytes", length)
	}
	rounded := (int64(length) + 15) &^ 15
	need := (rounded + m.page - 1) / m.page * m.page
	for i, f := range m.free {
		if f.bytes < need {
			continue
		}
		p := pages{f.at, need}
		if f.bytes == need {
			m.free = append(m.free[:i], m.free[i+1:]...)
		} else {
			m.free[i] = pages{f.at + need, f.bytes - need}
		}
		offset = p.at + need - rounded
		a := allocation{p, offset + int64(length)}
		m.used[offset] = a
		m.fillSlack(a)
		return offset, m.whole[offset : offset+int64(length) : offset+int64(length)], nil
	}
	return 0, nil, fmt.Errorf("mslrun: no room for %d bytes in a memory of %d: %w", length, len(m.whole), syscall.ENOMEM)
}

func (m *Memory) fillSlack(a allocation) {
	for i := a.end; i < a.at+a.bytes; i++ {
		m.whole[i] = slackByte
	}
}

// restoreSlack undoes overruns. A program looks whether the bytes behind a buffer are as they were before its dispatch: one
// that writes there again what an earlier one left would not be noticed.
func (m *Memory) restoreSlack() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	for _, a := range m.used {
		m.fillSlack(a)
	}
}

// Free gives back what Allocate returned at offset. The mapping must not be used any more.
func (m *Memory) Free(offset int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	a, ok := m.used[offset]
	if !ok {
		return fmt.Errorf("mslrun: nothing is allocated at offset %d", offset)
	}
	p := a.pages
	// A hole reads as zero: that is what makes the next allocation there zeroed.
	const keepSize, punchHole = 1, 2
	if err := syscall.Fallocate(int(m.file.Fd()), keepSize|punchHole, p.at, p.bytes); err != nil {
		clear(m.whole[p.at : p.at+p.bytes])
	}
	delete(m.used, offset)
	i := sort.Search(len(m.free), func(i int) bool { return m.free[i].at > p.at })
	m.free = append(m.free, pages{})
	copy(m.free[i+1:], m.free[i:])
	m.free[i] = p
	if i+1 < len(m.free) && m.free[i].at+m.free[i].bytes == m.free[i+1].at {
		m.free[i].bytes += m.free[i+1].bytes
		m.free = append(m.free[:i+1], m.free[i+2:]...)
	}
	if i > 0 && m.free[i-1].at+m.free[i-1].bytes == m.free[i].at {
		m.free[i-1].bytes += m.free[i].bytes
		m.free = append(m.free[:i], m.free[i+1:]...)
	}
	return nil
}

// Live is the number of allocations that were not freed.
func (m *Memory) Live() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.used)
}

// Close unmaps everything, allocations that were not freed too. Executors of this memory must be closed before.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil
	}
	m.closed = true
	err := syscall.Munmap(m.whole)
	m.whole = nil
	if e := m.file.Close(); err == nil {
		err = e
	}
	return err
}
