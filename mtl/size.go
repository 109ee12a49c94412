package mtl

import "fmt"

// A Size is an MTLSize: a number of threads or threadgroups in each direction.
type Size struct{ Width, Height, Depth int }

// String returns the size as width x height x depth.
func (s Size) String() string { return fmt.Sprintf("%dx%dx%d", s.Width, s.Height, s.Depth) }

// SizeAndAlign is what a resource takes in a heap (MTLSizeAndAlign): bytes, and
// what its offset has to be a multiple of.
type SizeAndAlign struct{ Size, Align int }

func (s Size) words() [3]uint64 {
	return [3]uint64{uint64(s.Width), uint64(s.Height), uint64(s.Depth)}
}

func sizeOf(words [3]uint64) Size {
	return Size{int(words[0]), int(words[1]), int(words[2])}
}

// positive says that no direction is empty.
func (s Size) positive() bool { return s.Width > 0 && s.Height > 0 && s.Depth > 0 }
