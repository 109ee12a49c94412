package objc

import "unsafe"

// arenaWords holds the largest arguments of one message: 4 KiB for setBytes,
// and room for the sizes and slots beside it.
const arenaWords = 4096/8 + 32

// A Call is reusable room for one message at a time: its register image and
// the memory that its arguments point to. Sending through a Call allocates
// nothing. One goroutine may use a Call at a time.
//
// A message is put together in this order: [Call.Message], then the arguments
// in X[2] and up, then [Call.Send]. A C function: [Call.Function], the
// arguments in X[0] and up, then [Call.Invoke]. Addresses returned by the Copy
// methods, by Keep and by Out are good until the next Message or Function.
//
// Arguments are copied into the Call, never pointed to where they lie: a
// goroutine's stack moves when it grows, and an address in X is a plain number
// that does not move with it.
type Call struct {
	Registers
	runtime Runtime
	batch   *Batch           // what has to be sent before, or nil
	unused  uintptr          // what registers hold that no argument is in
	used    int              // words of arena in use
	kept    []unsafe.Pointer // memory outside the arena that X refers to
	arena   [arenaWords]uint64
}

// NewCall returns a Call that sends through rt.
//
// Registers without an argument hold zero. A runtime for tests may have a method
// UnusedRegister() uintptr that says what they hold instead: an argument that was
// forgotten is zero too, which is often right by chance.
func NewCall(rt Runtime) *Call {
	c := &Call{runtime: rt}
	if rt, ok := rt.(interface{ UnusedRegister() uintptr }); ok {
		c.unused = rt.UnusedRegister()
	}
	return c
}

// Follow makes the messages of b, which may be nil, go out before any that c
// begins from now on.
func (c *Call) Follow(b *Batch) { c.batch = b }

// Message begins a message to target.
func (c *Call) Message(target ID, selector SEL) {
	c.reset()
	u := c.unused
	c.X = [8]uintptr{uintptr(target), uintptr(selector), u, u, u, u, u, u}
}

// Function begins a call of a C function.
func (c *Call) Function() {
	c.reset()
	u := c.unused
	c.X = [8]uintptr{u, u, u, u, u, u, u, u}
}

func (c *Call) reset() {
	if c.batch != nil {
		c.batch.Flush()
	}
	c.used = 0
	c.X8 = nil
	if len(c.kept) > 0 {
		clear(c.kept)
		c.kept = c.kept[:0]
	}
}

// Send sends the message; the results are in X[0], X[1], D[0] and where X8
// points.
func (c *Call) Send() { c.runtime.MsgSend(&c.Registers) }

// Invoke calls the C function at fn, an address from [Runtime.Symbol].
func (c *Call) Invoke(fn uintptr) { c.runtime.Call(fn, &c.Registers) }

// reserve returns n words that live as long as the message. The arena holds
// what Metal accepts; anything larger comes from the heap and is kept.
func (c *Call) reserve(n int) []uint64 {
	if n > len(c.arena)-c.used {
		w := make([]uint64, n)
		c.kept = append(c.kept, unsafe.Pointer(unsafe.SliceData(w)))
		return w
	}
	w := c.arena[c.used : c.used+n : c.used+n]
	c.used += n
	return w
}

// CopyStruct returns the address of a copy of a struct of three words, as
// MTLSize is passed.
func (c *Call) CopyStruct(words [3]uint64) uintptr {
	w := c.reserve(len(words))
	copy(w, words[:])
	return uintptr(unsafe.Pointer(unsafe.SliceData(w)))
}

// CopyBytes returns the address of a copy of b, or zero when b is empty.
func (c *Call) CopyBytes(b []byte) uintptr {
	if len(b) == 0 {
		return 0
	}
	w := c.reserve((len(b) + 7) / 8)
	p := unsafe.Pointer(unsafe.SliceData(w))
	copy(unsafe.Slice((*byte)(p), len(b)), b)
	return uintptr(p)
}

// CopyIDs returns the address of a C array of ids, or zero when there are none.
func (c *Call) CopyIDs(ids []ID) uintptr {
	if len(ids) == 0 {
		return 0
	}
	w := c.reserve(len(ids))
	for i, id := range ids {
		w[i] = uint64(id)
	}
	return uintptr(unsafe.Pointer(unsafe.SliceData(w)))
}

// CopyWords returns the address of a C array of NSUInteger, or zero when there
// are none.
func (c *Call) CopyWords(words []uint64) uintptr {
	if len(words) == 0 {
		return 0
	}
	w := c.reserve(len(words))
	copy(w, words)
	return uintptr(unsafe.Pointer(unsafe.SliceData(w)))
}

// Keep returns p as an argument and keeps what it points to alive, and off the
// goroutine's stack, until the message has been sent. It is for memory that is
// too large to copy.
func (c *Call) Keep(p unsafe.Pointer) uintptr {
	c.kept = append(c.kept, p)
	return uintptr(p)
}

// Out returns a cleared slot for an object that the method hands back through
// a pointer, as in NSError **. Pass its address as an argument.
func (c *Call) Out() *ID {
	w := c.reserve(1)
	w[0] = 0
	return (*ID)(unsafe.Pointer(unsafe.SliceData(w)))
}

// Result makes X8 point to cleared room for a struct of three words, which is
// returned.
func (c *Call) Result() *[3]uint64 {
	r := (*[3]uint64)(c.reserve(3))
	*r = [3]uint64{}
	c.X8 = unsafe.Pointer(r)
	return r
}

// Pointer turns an address that came from C into a pointer. The detour through
// memory is the only form that vet and checkptr accept for memory that is not
// Go's.
func Pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// Bool is a BOOL as an argument: the caller extends it to the register.
func Bool(b bool) uintptr {
	if b {
		return 1
	}
	return 0
}
