//go:build tqmetal_abi && linux

package objc

import "unsafe"

// savedTarget is the assembly as a C function, and an argument that makes it
// call a C function in turn.
func savedTarget(rt Runtime) (uintptr, unsafe.Pointer) {
	return callRegisters, unsafe.Pointer(&Registers{fn: rt.Symbol("objc_autoreleasePoolPush")})
}
