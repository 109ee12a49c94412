//go:build tqmetal_abi && linux && cgo

package abi

import (
	"runtime"
	"slices"
	"testing"

	"github.com/ebitengine/purego"
	"github.com/tqmetal/tqmetal/internal/abi/cgosend"
	"github.com/tqmetal/tqmetal/objc"
)

// BenchmarkSend measures one message of no arguments and one with two MTLSize
// by package objc, by purego.SyscallN and by cgo. On amd64 package objc lays
// the arguments out anew, which it does not on arm64; SyscallN has the sizes
// laid out by hand, for amd64 alone.
func BenchmarkSend(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s := open(b)
	msgSend := s.rt.Symbol("objc_msgSend")
	word, sizes := s.rt.RegisterSelector("integer"), s.rt.RegisterSelector("size:size:")
	one, two := [3]uint64{1, 2, 3}, [3]uint64{4, 5, 6}
	fn, id := objc.Pointer(msgSend), uintptr(s.id)
	for _, c := range []struct {
		name string
		send func()
	}{
		{"message/objc", func() { s.Message(s.id, word); s.Send() }},
		{"message/SyscallN", func() { purego.SyscallN(msgSend, uintptr(s.id), uintptr(word)) }},
		{"message/cgo", func() { cgosend.Answer(fn, id, uintptr(word)) }},
		{"dispatch/objc", func() {
			s.Message(s.id, sizes)
			s.X[2], s.X[3] = s.CopyStruct(one), s.CopyStruct(two)
			s.Send()
		}},
		{"dispatch/SyscallN", func() {
			purego.SyscallN(msgSend, uintptr(s.id), uintptr(sizes), 0, 0, 0, 0, 1, 2, 3, 4, 5, 6)
		}},
		{"dispatch/cgo", func() { cgosend.SendSizes(fn, id, uintptr(sizes), one, two) }},
	} {
		c.send()
		if got := s.seen(6); c.name[0] == 'd' && !slices.Equal(got, []uint64{1, 2, 3, 4, 5, 6}) {
			b.Fatalf("%s: %d arrived", c.name, got)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.send()
			}
		})
	}
}
