package codec

import "math"

// KeyDistortion returns the expected relative squared error of one decoded row
// of K, E|x - x'|^2 / |x|^2, for rows whose rotated coordinates are normal:
// what signs and the Hadamard matrix aim at. It is what measured errors are
// compared with.
func (f Format) KeyDistortion() float64 { return distortion(f.HeadDim, f.KeyBits) }

// ValueDistortion is KeyDistortion for V.
func (f Format) ValueDistortion() float64 { return distortion(f.HeadDim, f.ValueBits) }

func distortion(headDim, bits uint32) float64 {
	switch bits {
	case 4:
		return distortion4()
	case 8:
		return distortion8(headDim)
	}
	return distortion16()
}

// distortion16 is that of rounding N(0,1) to 11 significant bits: between 2^e
// and 2^(e+1) the step is 2^(e-10), and a step's mean squared error is a twelfth
// of its square.
func distortion16() float64 {
	sum := 0.0
	for e := -30; e < 4; e++ {
		low, step := math.Ldexp(1, e), math.Ldexp(1, e-10)
		sum += 2 * (normalCDF(2*low) - normalCDF(low)) * step * step / 12
	}
	return sum
}

// distortion4 is the mean squared error of the levels for N(0,1), 0.009501:
// the sum over the cells of the integral of (x - level)^2 times the density,
// which has a closed form.
func distortion4() float64 {
	sum := 0.0
	low := math.Inf(-1)
	for i, level := range levels {
		high := math.Inf(1)
		if i < len(boundaries) {
			high = float64(boundaries[i])
		}
		l := float64(level)
		mass := normalCDF(high) - normalCDF(low)
		first := normalDensity(low) - normalDensity(high)
		second := mass + edge(low) - edge(high)
		sum += second - 2*l*first + l*l*mass
		low = high
	}
	return sum
}

// edge is x times the density at x; it vanishes at infinity.
func edge(x float64) float64 {
	if math.IsInf(x, 0) {
		return 0
	}
	return x * normalDensity(x)
}

// distortion8 is that of uniform steps of M/127, M the largest of headDim
// normal magnitudes: the step squared over 12, so E[M^2] / (12 * 127^2).
// E[M^2] is the integral of 2m P(M > m).
func distortion8(headDim uint32) float64 {
	const step = 1.0 / 256
	sum := 0.0
	for m := step / 2; m < 12; m += step {
		sum += 2 * m * (1 - math.Pow(math.Erf(m/math.Sqrt2), float64(headDim))) * step
	}
	return sum / (12 * 127 * 127)
}

func normalDensity(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
func normalCDF(x float64) float64     { return math.Erfc(-x/math.Sqrt2) / 2 }
