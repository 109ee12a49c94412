package tqsdpa

import (
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
)

func TestUsesOverlapOnlyWhereBothHaveBytes(t *testing.T) {
	one, other := new(mtl.Buffer), new(mtl.Buffer)
	at := func(b *mtl.Buffer, offset, bytes int) *use {
		return &use{buffer: mtl.BufferRange{Buffer: b, Offset: offset}, bytes: bytes}
	}
	for _, c := range []struct {
		name string
		a, b *use
		want bool
	}{
		{"the same bytes", at(one, 0, 64), at(one, 0, 64), true},
		{"the last byte", at(one, 0, 64), at(one, 63, 1), true},
		{"the next byte", at(one, 0, 64), at(one, 64, 1), false},
		{"another buffer", at(one, 0, 64), at(other, 0, 64), false},
		{"no bytes in the middle", at(one, 0, 64), at(one, 32, 0), false},
		{"no bytes of both", at(one, 32, 0), at(one, 32, 0), false},
	} {
		if got, turned := c.a.overlaps(c.b), c.b.overlaps(c.a); got != c.want || turned != c.want {
			t.Errorf("%s: %v and, the other way round, %v; want %v", c.name, got, turned, c.want)
		}
	}
}
