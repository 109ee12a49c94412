package objc

import (
	"fmt"
	"sync"
	"unsafe"
)

// A BlockFunction is a C function that every block of this package shares. What
// a single block calls is found by a number that the block carries, so a
// process needs one address of each for all of its blocks: runtimes have few.
type BlockFunction int

// The functions of a block, as its layout has them.
const (
	BlockInvoke  BlockFunction = iota // calls the block
	BlockCopy                         // the literal was copied to the heap
	BlockDispose                      // the last reference to the heap copy is gone
	blockFunctions
)

// BlockArguments are what a block is called with, as words. A block that has
// fewer finds anything in the rest.
type BlockArguments [4]uintptr

// A BlockRuntime is a [Runtime] that C code can call back.
type BlockRuntime interface {
	Runtime
	// BlockFunction returns the address of a C function that calls f.Call with its
	// first arguments: the block's address, and what the block is called with. It
	// returns the same address each time.
	BlockFunction(f BlockFunction) uintptr
}

// Call does what the C function has to do. It is for a [BlockRuntime].
func (f BlockFunction) Call(block uintptr, args BlockArguments) {
	number := (*blockLiteral)(Pointer(block)).number
	switch f {
	case BlockInvoke:
		blocks.find(number)(args)
	case BlockDispose:
		blocks.forget(number)
	}
}

// A blockLiteral is a block in memory: Apple's header, then what it captures,
// which is here a number.
type blockLiteral struct {
	isa        uintptr
	flags      uint32
	reserved   uint32
	invoke     uintptr
	descriptor uintptr
	number     uint64
}

// A blockDescriptor is what all blocks of one type share.
type blockDescriptor struct {
	reserved, size uint64
	copy, dispose  uintptr
	signature      uintptr

	text []byte // what signature points to
}

const (
	blockHasCopyDispose = 1 << 25
	blockHasSignature   = 1 << 30
)

// blocks are the Go functions of all blocks that exist. A block has a number and
// no pointer, as the collector does not see into memory of C.
var blocks registry

type registry struct {
	mu        sync.Mutex
	functions map[uint64]func(BlockArguments)
	last      uint64
	// Descriptors are never freed: a block points to its own for as long as somebody
	// in C holds it. There is one for each type of block.
	descriptors map[descriptorKey]*blockDescriptor
}

type descriptorKey struct {
	copy, dispose uintptr
	signature     string
}

func (r *registry) add(f func(BlockArguments)) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.functions == nil {
		r.functions = map[uint64]func(BlockArguments){}
	}
	r.last++
	r.functions[r.last] = f
	return r.last
}

func (r *registry) find(number uint64) func(BlockArguments) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.functions[number]
}

func (r *registry) forget(number uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.functions, number)
}

func (r *registry) descriptor(copy, dispose uintptr, signature string) uintptr {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := descriptorKey{copy, dispose, signature}
	d := r.descriptors[key]
	if d == nil {
		text := append([]byte(signature), 0)
		d = &blockDescriptor{
			size: uint64(unsafe.Sizeof(blockLiteral{})), copy: copy, dispose: dispose,
			signature: uintptr(unsafe.Pointer(unsafe.SliceData(text))), text: text,
		}
		if r.descriptors == nil {
			r.descriptors = map[descriptorKey]*blockDescriptor{}
		}
		r.descriptors[key] = d
	}
	return uintptr(unsafe.Pointer(d))
}

// LiveBlocks returns how many blocks exist that [Foundation.NewBlock] has made and
// that somebody still holds, in the whole process. It is for tests.
func LiveBlocks() int {
	blocks.mu.Lock()
	defer blocks.mu.Unlock()
	return len(blocks.functions)
}

// NewBlock returns a block on the heap that calls f with its arguments. The
// signature is the type encoding of a block, such as v16@?0@8 for one that takes
// an object. The caller owns the block and releases it with
// [Foundation.ReleaseBlock]; whoever takes it as a handler holds it for as long as
// it needs it, and f is kept until the last of them has let go.
//
// f is called by any thread of the system, and at any time from when the block is
// passed on. A panic in f ends the process, as one in a goroutine does. A runtime
// that C code can't call back gives an error that wraps [ErrUnavailable].
func (f *Foundation) NewBlock(signature string, fn func(BlockArguments)) (ID, error) {
	rt, ok := f.runtime.(BlockRuntime)
	if !ok {
		return 0, fmt.Errorf("%w: blocks need a runtime that can call Go functions, and a %T can't", ErrUnavailable, f.runtime)
	}
	isa := rt.Symbol("_NSConcreteStackBlock")
	if isa == 0 {
		return 0, fmt.Errorf("%w: there is no _NSConcreteStackBlock", ErrUnavailable)
	}
	// It is put together as a compiler puts a block on the stack, and copied to the
	// heap at once: a block on the stack is good only while its function runs.
	literal := &blockLiteral{
		isa:        isa,
		flags:      blockHasCopyDispose | blockHasSignature,
		invoke:     rt.BlockFunction(BlockInvoke),
		descriptor: blocks.descriptor(rt.BlockFunction(BlockCopy), rt.BlockFunction(BlockDispose), signature),
		number:     blocks.add(fn),
	}
	c := f.call()
	defer f.done(c)
	id := ID(c.blockCopy(unsafe.Pointer(literal)))
	if id == 0 {
		blocks.forget(literal.number)
		return 0, fmt.Errorf("_Block_copy of %d bytes: %w", unsafe.Sizeof(*literal), ErrNoObject)
	}
	return id, nil
}

// ReleaseBlock gives up one reference to a block. Nil is allowed.
func (f *Foundation) ReleaseBlock(block ID) {
	if block == 0 {
		return
	}
	c := f.call()
	defer f.done(c)
	c.blockRelease(uintptr(block))
}
