//go:build ((darwin && !ios && arm64) || (tqmetal_abi && linux)) && !mtl_syscalln

package objc

import "unsafe"

// cgocall switches to the system stack, tells the scheduler, and calls a C
// function of one pointer. The runtime keeps this name and signature for
// packages outside (go.dev/issue/67401); asmcgocall, which it resembles, is
// refused by Go 1.27. Package purego supplies the rest of what cgo would.
//
//go:linkname cgocall runtime.cgocall
func cgocall(fn uintptr, arg unsafe.Pointer) int32

// enter calls the C function fn with arg, which it keeps alive.
func enter(fn uintptr, arg unsafe.Pointer) { cgocall(fn, arg) }
