package codec

import (
	"math"
	"testing"
)

func TestFloat16RoundTripsEveryValue(t *testing.T) {
	for b := range 1 << 16 {
		f := Float16frombits(uint16(b))
		got := Float16bits(f)
		if f != f {
			if got&0x7c00 != 0x7c00 || got&0x3ff == 0 {
				t.Fatalf("NaN %#04x came back as %#04x", b, got)
			}
			continue
		}
		if got != uint16(b) {
			t.Fatalf("%#04x is %v came back as %#04x", b, f, got)
		}
	}
}

// The value is rebuilt from sign, exponent and significand by the standard's
// definition.
func TestFloat16ValuesAreTheStandards(t *testing.T) {
	for b := range 1 << 16 {
		exponent, significand := b>>10&31, float64(b&1023)
		var want float64
		switch {
		case exponent == 31 && significand != 0:
			continue
		case exponent == 31:
			want = math.Inf(1)
		case exponent == 0:
			want = math.Ldexp(significand, -24)
		default:
			want = math.Ldexp(1024+significand, exponent-25)
		}
		if b>>15 == 1 {
			want = -want
		}
		if got := Float16frombits(uint16(b)); float64(got) != want {
			t.Fatalf("%#04x is %v, want %v", b, got, want)
		}
	}
}

func TestFloat16RoundsToNearestEven(t *testing.T) {
	// Between neighbours the midpoint goes to the even one, and anything
	// beyond it to the nearer one.
	for b := range uint16(0x7bff) {
		low, high := Float16frombits(b), Float16frombits(b+1)
		mid := (low + high) / 2 // exact: it has 12 significant bits
		even := b + b&1
		for _, c := range []struct {
			value float32
			want  uint16
		}{{mid, even}, {math.Nextafter32(mid, low), b}, {math.Nextafter32(mid, high), b + 1}, {-mid, even | 0x8000}} {
			if got := Float16bits(c.value); got != c.want {
				t.Fatalf("%v rounds to %#04x, want %#04x", c.value, got, c.want)
			}
		}
	}
	for value, want := range map[float32]uint16{
		65519.996: 0x7bff, 65520: 0x7c00, math.MaxFloat32: 0x7c00, float32(math.Inf(-1)): 0xfc00, 1e-30: 0, -1e-30: 0x8000,
	} {
		if got := Float16bits(value); got != want {
			t.Errorf("%v rounds to %#04x, want %#04x", value, got, want)
		}
	}
}

func TestLevelIndexCountsBoundariesStrictlyBelow(t *testing.T) {
	for _, v := range append(boundaries[:], -9, 9, 0.1, -0.1, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))) {
		for _, x := range []float32{v, math.Nextafter32(v, -10), math.Nextafter32(v, 10)} {
			var want byte
			for _, b := range boundaries {
				if x > b {
					want++
				}
			}
			if got := levelIndex(x); got != want {
				t.Errorf("index of %v is %d, want %d", x, got, want)
			}
		}
	}
}
