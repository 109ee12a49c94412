package codec_test

import (
	"math"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// lloydMax returns the positive levels of the optimal quantizer of N(0,1) with
// 2^bits levels, and its mean squared error, by Lloyd's iteration: boundaries
// are midpoints of levels, levels the means of their cells.
func lloydMax(bits int) (positive []float64, distortion float64) {
	density := func(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
	above := func(x float64) float64 { return math.Erfc(x/math.Sqrt2) / 2 }
	n := 1 << (bits - 1) // the quantizer is symmetric
	positive = make([]float64, n)
	for i := range positive {
		positive[i] = 4 * (float64(i) + 0.5) / float64(n)
	}
	for range 20000 {
		low, moved := 0.0, 0.0
		for i, level := range positive {
			mean := density(low) / above(low) // of the last cell, which has no end
			if i+1 < n {
				high := (level + positive[i+1]) / 2
				mean = (density(low) - density(high)) / (above(low) - above(high))
				low = high
			}
			moved = max(moved, math.Abs(mean-level))
			positive[i] = mean
		}
		if moved < 1e-13 {
			break
		}
	}
	// With levels that are means, the error is the variance that they miss.
	low := 0.0
	distortion = 1
	for i, level := range positive {
		mass := above(low)
		if i+1 < n {
			high := (level + positive[i+1]) / 2
			mass -= above(high)
			low = high
		}
		distortion -= 2 * mass * level * level
	}
	return positive, distortion
}

// The paper prints 0.36, 0.117, 0.03 and 0.009 for 1 to 4 bits; the third is
// really 0.0345. Its theorem bounds the error by sqrt(3) pi/2 4^-b, and no
// quantizer of b bits is below 4^-b.
func TestPapersTableBesideExactValues(t *testing.T) {
	for _, c := range []struct {
		bits         int
		paper, exact float64
	}{
		{1, 0.36, 0.363380}, {2, 0.117, 0.117482}, {3, 0.03, 0.034548}, {4, 0.009, 0.009501}, {5, 0, 0.002505}, {6, 0, 0.000644},
	} {
		_, got := lloydMax(c.bits)
		if math.Abs(got-c.exact) > 1e-6 {
			t.Errorf("%d bits: %.7f, want %.6f", c.bits, got, c.exact)
		}
		bound := math.Pow(4, -float64(c.bits))
		if !(got > bound && got < math.Sqrt(3)*math.Pi/2*bound) {
			t.Errorf("%d bits: %.7f is not between %.6f and the theorem's %.6f", c.bits, got, bound, math.Sqrt(3)*math.Pi/2*bound)
		}
		if c.paper > 0 && (got < c.paper || got > 1.16*c.paper) {
			t.Errorf("%d bits: %.7f does not print as the paper's %g, rounded down", c.bits, got, c.paper)
		}
	}
	positive, distortion := lloydMax(4)
	levels := codec.Levels()
	for i, want := range positive {
		if got := float64(levels[8+i]); math.Abs(got-want) > 1e-7 {
			t.Errorf("level %d is %v, the optimum %.8f", 8+i, got, want)
		}
	}
	if got := codec.Default(256).KeyDistortion(); math.Abs(got-distortion) > 1e-9 {
		t.Errorf("the codec's distortion is %.9f, the optimum %.9f", got, distortion)
	}
}
