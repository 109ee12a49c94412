//go:build tqmetal_abi && linux

package abi

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/tqmetal/tqmetal/objc"
)

// Open returns the runtime in one of the libraries that run.sh has built.
func Open(t testing.TB, library string) objc.Runtime {
	t.Helper()
	dir := os.Getenv("TQMETAL_ABI")
	if dir == "" {
		t.Fatal("TQMETAL_ABI is not set: run internal/abi/run.sh")
	}
	rt, err := objc.Open(filepath.Join(dir, library+"-"+runtime.GOARCH+".so"))
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// text returns a C string.
func text(p uintptr) string {
	var b []byte
	for ; ; p++ {
		c := *(*byte)(objc.Pointer(p))
		if c == 0 {
			return string(b)
		}
		b = append(b, c)
	}
}

// function calls a C function of integers.
func function(rt objc.Runtime, name string, args ...uintptr) uintptr {
	r := new(objc.Registers)
	copy(r.X[:], args)
	rt.Call(rt.Symbol(name), r)
	return r.X[0]
}
