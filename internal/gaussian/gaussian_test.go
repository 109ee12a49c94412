package gaussian_test

import (
	"math"
	"testing"

	"github.com/tqmetal/tqmetal/internal/gaussian"
)

// Golden data depends on this stream: it may never change.
func TestStreamIsFixed(t *testing.T) {
	s := gaussian.New(42)
	for i, want := range []uint64{0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0xae17533239e499a1} {
		if got := s.Uint64(); got != want {
			t.Errorf("word %d of seed 42 is %#016x, want %#016x", i, got, want)
		}
	}
}

func TestNumbersAreStandardNormal(t *testing.T) {
	x := gaussian.New(1).Vector(200_000)
	var mean, square, fourth, beyond float64
	for _, v := range x {
		f := float64(v)
		mean += f / float64(len(x))
		square += f * f / float64(len(x))
		fourth += f * f * f * f / float64(len(x))
		if math.Abs(f) > 1.959964 {
			beyond += 1 / float64(len(x))
		}
	}
	for _, c := range []struct {
		what              string
		got, want, within float64
	}{{"mean", mean, 0, 0.01}, {"variance", square, 1, 0.015}, {"fourth moment", fourth, 3, 0.1}, {"share beyond 1.96", beyond, 0.05, 0.002}} {
		if math.Abs(c.got-c.want) > c.within {
			t.Errorf("%s is %.4f, want %g within %g", c.what, c.got, c.want, c.within)
		}
	}
}

func TestOddLengthsDropTheSecondOfAPair(t *testing.T) {
	a, b := gaussian.New(9), gaussian.New(9)
	odd, even := a.Vector(3), b.Vector(4)
	for i := range odd {
		if odd[i] != even[i] {
			t.Fatalf("element %d: %v and %v", i, odd[i], even[i])
		}
	}
	if a.Uint64() != b.Uint64() {
		t.Error("three and four numbers leave the stream at different places")
	}
}
