//go:build ((darwin && !ios && arm64) || (tqmetal_abi && linux)) && mtl_syscalln

package objc

import (
	"unsafe"

	"github.com/ebitengine/purego"
)

// enter calls the C function fn with arg, which it keeps alive. It is the way in
// that needs no linkname, for a Go release that refuses the other one. It
// costs some 70 ns and an allocation of 8 bytes more.
func enter(fn uintptr, arg unsafe.Pointer) { purego.SyscallN(fn, uintptr(arg)) }
