package cpu

// dot returns the inner product of vectors whose length is a multiple of 64, as
// every head dimension is. Blocks of 64 are summed in float32, in eight
// independent sums that keep the processor's adders busy, and the blocks in
// float64: with scores of 60 and more, as a scale of 1 makes them, the rounding
// of one long float32 sum would be most of the result's error.
func dot(a, b []float32) float64 {
	var total float64
	for len(a) >= 64 && len(b) >= 64 {
		var s0, s1, s2, s3, s4, s5, s6, s7 float32
		x, y := (*[64]float32)(a), (*[64]float32)(b)
		for i := 0; i < 64; i += 8 {
			s0 += x[i] * y[i]
			s1 += x[i+1] * y[i+1]
			s2 += x[i+2] * y[i+2]
			s3 += x[i+3] * y[i+3]
			s4 += x[i+4] * y[i+4]
			s5 += x[i+5] * y[i+5]
			s6 += x[i+6] * y[i+6]
			s7 += x[i+7] * y[i+7]
		}
		total += float64(((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7)))
		a, b = a[64:], b[64:]
	}
	return total
}

// addScaled adds w times x to sum; the lengths are as for dot.
func addScaled(sum []float32, w float32, x []float32) {
	for len(sum) >= 64 && len(x) >= 64 {
		s, y := (*[64]float32)(sum), (*[64]float32)(x)
		for i := 0; i < 64; i += 8 {
			s[i] += w * y[i]
			s[i+1] += w * y[i+1]
			s[i+2] += w * y[i+2]
			s[i+3] += w * y[i+3]
			s[i+4] += w * y[i+4]
			s[i+5] += w * y[i+5]
			s[i+6] += w * y[i+6]
			s[i+7] += w * y[i+7]
		}
		sum, x = sum[64:], x[64:]
	}
}
