//go:build linux && (amd64 || arm64)

package mslrun

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// Freed memory is one again, in whatever order its parts are freed: all of it can
// be had at once, and reads as zero.
func TestFreedMemoryIsJoined(t *testing.T) {
	page := os.Getpagesize()
	m, err := NewMemory(int64(4 * page))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var permutations [][]int
	var permute func(done, left []int)
	permute = func(done, left []int) {
		if len(left) == 0 {
			permutations = append(permutations, append([]int(nil), done...))
		}
		for i := range left {
			rest := append(append([]int(nil), left[:i]...), left[i+1:]...)
			permute(append(done, left[i]), rest)
		}
	}
	permute(nil, []int{0, 1, 2, 3})
	for _, order := range permutations {
		var at [4]int64
		for i := range at {
			var b []byte
			if at[i], b, err = m.Allocate(page - i); err != nil {
				t.Fatal(err)
			}
			for j := range b {
				b[j] = 0xff
			}
		}
		if _, _, err := m.Allocate(1); !errors.Is(err, syscall.ENOMEM) {
			t.Errorf("a fifth page of four: %v", err)
		}
		for _, i := range order {
			if err := m.Free(at[i]); err != nil {
				t.Fatal(err)
			}
			if err := m.Free(at[i]); err == nil {
				t.Errorf("freed twice: offset %d", at[i])
			}
		}
		whole, b, err := m.Allocate(4 * page)
		if err != nil {
			t.Fatalf("freed in the order %v: %v", order, err)
		}
		for j, c := range b {
			if c != 0 {
				t.Fatalf("byte %d of new memory is %#x", j, c)
			}
		}
		if n := m.Live(); n != 1 {
			t.Errorf("%d allocations are live, want 1", n)
		}
		if err := m.Free(whole); err != nil {
			t.Fatal(err)
		}
	}
}
