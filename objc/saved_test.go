//go:build tqmetal_abi && linux

package objc

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// The assembly gives back the registers that the C convention leaves to the
// caller. vet's check of assembly sees nothing of it, as its name has no dot.
func TestAssemblyKeepsTheCallersRegisters(t *testing.T) {
	rt, err := Open(filepath.Join(os.Getenv("TQMETAL_ABI"), "libmessages-"+runtime.GOARCH+".so"))
	if err != nil {
		t.Fatal(err)
	}
	fn, argument := savedTarget(rt)
	r := &Registers{X: [8]uintptr{fn, uintptr(argument)}}
	rt.Call(rt.Symbol("keeps_saved"), r)
	runtime.KeepAlive(argument)
	if r.X[0] != 1 {
		t.Error("a callee-saved register is changed")
	}
}
