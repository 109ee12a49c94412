package objctest

import (
	"fmt"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/objc"
)

// A Message is one message or C call as the runtime received it, decoded by
// Apple's type encoding.
type Message struct {
	Class    string // of the receiver, or C
	Selector string // with a + for a class method
	Target   objc.ID
	// Args are the arguments after receiver and selector: objc.ID, string (a
	// selector), uint64, int64, bool, uint8, [3]uint64 (MTLSize), objc.Range,
	// or uintptr (an address).
	Args  []any
	Image objc.Registers // the registers as they came

	array     [8]bool // which of Args points to objects
	rt        *Runtime
	registers *objc.Registers
}

// String returns the message as class, selector and arguments.
func (m *Message) String() string { return fmt.Sprintf("%s %s %v", m.Class, m.Selector, m.Args) }

func (m *Message) decode(method metaltable.Method) {
	_, args, err := metaltable.SplitEncoding(method.Encoding)
	if err != nil {
		panic(err)
	}
	register := 2
	next := func() uintptr {
		v := m.Image.X[register]
		register++
		return v
	}
	for i, t := range args[2:] {
		var v any
		m.array[i] = t == "^@"
		switch t {
		case "@", "#":
			v = objc.ID(next())
		case ":":
			v = m.rt.names[next()]
		case "Q":
			v = uint64(next())
		case "q":
			v = int64(next())
		case "B":
			// The caller extends a BOOL: the rest of the register is zero.
			w := next()
			if w > 1 {
				m.rt.Violation("%s %s: BOOL is %#x", m.Class, m.Selector, w)
			}
			v = w != 0
		case "C":
			w := next()
			if w > 255 {
				m.rt.Violation("%s %s: uint8 is %#x", m.Class, m.Selector, w)
			}
			v = uint8(w)
		case "{?=QQQ}":
			v = *(*[3]uint64)(objc.Pointer(next()))
		case "{_NSRange=QQ}":
			v = objc.Range{Location: uint64(next()), Length: uint64(next())}
		default:
			v = next()
		}
		m.Args = append(m.Args, v)
	}
}

// ID returns argument i, an object.
func (m *Message) ID(i int) objc.ID { return m.Args[i].(objc.ID) }

// Uint returns argument i, an NSUInteger.
func (m *Message) Uint(i int) uint64 { return m.Args[i].(uint64) }

// Bytes returns a copy of the n bytes that argument i points to.
func (m *Message) Bytes(i int, n uint64) []byte {
	return append([]byte(nil), unsafe.Slice((*byte)(objc.Pointer(m.Args[i].(uintptr))), n)...)
}

// Words returns a copy of the n words that argument i points to.
func (m *Message) Words(i int, n uint64) []uint64 {
	return append([]uint64(nil), unsafe.Slice((*uint64)(objc.Pointer(m.Args[i].(uintptr))), n)...)
}

// Objects returns the objects that the arguments name, by themselves and in C
// arrays. The length of an array is the last argument.
func (m *Message) Objects() []objc.ID {
	var ids []objc.ID
	for i, a := range m.Args {
		switch a := a.(type) {
		case objc.ID:
			if a != 0 {
				ids = append(ids, a)
			}
		case uintptr:
			if !m.array[i] {
				continue
			}
			n := uint64(0)
			if count, ok := m.Args[i+1].(uint64); ok { // behind the array
				n = count
			} else if last, ok := m.Args[len(m.Args)-1].(objc.Range); ok {
				n = last.Length
			}
			for _, id := range m.Words(i, n) {
				ids = append(ids, objc.ID(id))
			}
		}
	}
	return ids
}

// ReturnID answers with an object.
func (m *Message) ReturnID(id objc.ID) { m.registers.X[0] = uintptr(id) }

// ReturnUint answers with an integer.
func (m *Message) ReturnUint(v uint64) { m.registers.X[0] = uintptr(v) }

// ReturnBool answers with a BOOL. Above its byte the register is undefined, so
// there is something else there.
func (m *Message) ReturnBool(v bool) { m.registers.X[0] = 0xabcd00 | objc.Bool(v) }

// ReturnPair answers with a struct of two words.
func (m *Message) ReturnPair(a, b uint64) {
	m.registers.X[0], m.registers.X[1] = uintptr(a), uintptr(b)
}

// ReturnFloat answers with a double.
func (m *Message) ReturnFloat(v float64) { m.registers.D[0] = v }

// ReturnStruct answers with a struct of three words.
func (m *Message) ReturnStruct(v [3]uint64) { *(*[3]uint64)(m.registers.X8) = v }

// SetError hands back an NSError through argument i, an NSError **. It is
// autoreleased.
func (m *Message) SetError(i int, domain string, code int64, description string) {
	slot := (*objc.ID)(objc.Pointer(m.Args[i].(uintptr)))
	*slot = m.rt.Autorelease(m.rt.NewError(domain, code, description, ""))
}
