//go:build tqmetal_abi && linux

package objc

import (
	"slices"
	"sync"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/metaltable"
)

// On amd64 a register image means nothing: structs of more than 16 bytes lie
// on the stack there, and their results have another way in. So that the tests
// of the calling convention run without an emulator too, the image is laid out
// anew, as the method's own encoding says. This is for those tests alone.

// A frame is one C call as the System V convention for amd64 lays it out.
// native_amd64.s knows its offsets.
type frame struct {
	fn       uintptr
	ints     [6]uintptr
	stack    [10]uintptr
	floats   [4]float64
	rax, rdx uintptr
}

// callFrame is the address of the C function in native_amd64.s.
var callFrame uintptr

var frames = sync.Pool{New: func() any { return new(frame) }}

func (n *native) MsgSend(r *Registers) {
	l := layout{fn: n.msgSend} // of a message to nil
	if r.X[0] != 0 {
		l = n.layout(*(*uintptr)(Pointer(r.X[0])), r.X[1])
	}
	n.call(l, r)
}

// A layout is how the arguments and the result of a method lie.
type layout struct {
	fn    uintptr
	stret bool     // the result goes where a first argument points
	args  []string // their encodings; nil means that all are integers
}

// inRegisters are the structs of at most 16 bytes, which come back in registers.
var inRegisters = []string{"{_NSRange=QQ}", "{?=QQ}", "{MTLResourceID=Q}"}

var layouts sync.Map // from isa and selector to layout

// layout asks the runtime how the compiler saw the method of a class.
func (n *native) layout(isa, selector uintptr) layout {
	key := [2]uintptr{isa, selector}
	if l, ok := layouts.Load(key); ok {
		return l.(layout)
	}
	q := &Registers{X: [8]uintptr{isa, selector}}
	n.Call(n.Symbol("class_getInstanceMethod"), q)
	n.Call(n.Symbol("method_getTypeEncoding"), q)
	result, args, err := metaltable.SplitEncoding(goString(q.X[0]))
	if err != nil {
		panic(err) // the tests' own library
	}
	l := layout{n.msgSend, result[0] == '{' && !slices.Contains(inRegisters, result), args}
	if l.stret {
		l.fn = n.Symbol("objc_msgSend_stret")
	}
	layouts.Store(key, l)
	return l
}

func goString(p uintptr) string {
	if p == 0 {
		return ""
	}
	length := 0
	for *(*byte)(unsafe.Add(Pointer(p), length)) != 0 {
		length++
	}
	return string(unsafe.Slice((*byte)(Pointer(p)), length))
}

// Call calls a C function of integers.
func (n *native) Call(fn uintptr, r *Registers) { n.call(layout{fn: fn}, r) }

var sixIntegers = []string{"Q", "Q", "Q", "Q", "Q", "Q"}

func (n *native) call(l layout, r *Registers) {
	f := frames.Get().(*frame)
	defer frames.Put(f)
	*f = frame{fn: l.fn, floats: r.D}
	x, i, s := 0, 0, 0
	integer := func(words ...uintptr) {
		if i+len(words) > len(f.ints) {
			s += copy(f.stack[s:], words)
			return
		}
		i += copy(f.ints[i:], words)
	}
	if l.stret {
		integer(uintptr(r.X8))
	}
	args := l.args
	if args == nil {
		args = sixIntegers
	}
	for _, t := range args {
		switch t {
		case "d":
		case "{?=QQQ}":
			s += copy(f.stack[s:], (*[3]uintptr)(Pointer(r.X[x]))[:])
			x++
		case "{_NSRange=QQ}":
			integer(r.X[x], r.X[x+1])
			x += 2
		default:
			integer(r.X[x])
			x++
		}
	}
	enter(callFrame, unsafe.Pointer(f))
	r.X[0], r.X[1], r.D = f.rax, f.rdx, f.floats
}
