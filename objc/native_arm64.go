//go:build (darwin && !ios) || (tqmetal_abi && linux)

package objc

import "unsafe"

func (n *native) MsgSend(r *Registers) { r.send(n.msgSend) }

func (n *native) Call(fn uintptr, r *Registers) { r.send(fn) }

// send calls fn with the registers as they are.
func (r *Registers) send(fn uintptr) {
	r.fn = fn
	enter(callRegisters, unsafe.Pointer(r))
}

// callRegisters is the address of the C function in native_arm64.s.
var callRegisters uintptr
