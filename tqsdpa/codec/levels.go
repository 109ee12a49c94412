package codec

// levels are the 16 output levels of the Lloyd-Max quantizer of the standard
// normal distribution. The widespread table whose outer level is 1.968 has 2.1
// times the distortion.
var levels = [16]float32{
	-2.7325896, -2.0690172, -1.6180464, -1.2562312, -0.9423405, -0.6567591, -0.3880483, -0.1283950,
	0.1283950, 0.3880483, 0.6567591, 0.9423405, 1.2562312, 1.6180464, 2.0690172, 2.7325896,
}

// boundaries separate neighbouring levels. They are part of the format as
// literals: midpoints computed in float32 differ by one unit in the last place
// at 0.2582217, and then bytes differ between implementations.
var boundaries = [15]float32{
	-2.4008034, -1.8435318, -1.4371388, -1.0992859, -0.7995498, -0.5224037, -0.2582217, 0,
	0.2582217, 0.5224037, 0.7995498, 1.0992859, 1.4371388, 1.8435318, 2.4008034,
}

// Levels returns the values that the indices 0 to 15 of a 4-bit row stand for,
// in units of the norm divided by the square root of the head dimension.
func Levels() [16]float32 { return levels }

// Boundaries returns the 15 values at which the index steps up by one. A value
// that equals a boundary belongs to the level below it.
func Boundaries() [15]float32 { return boundaries }

// levelIndex counts the boundaries strictly below v; for NaN there are none.
func levelIndex(v float32) byte {
	var i byte
	if v > boundaries[7] {
		i = 8
	}
	if v > boundaries[i+3] {
		i += 4
	}
	if v > boundaries[i+1] {
		i += 2
	}
	if v > boundaries[i] {
		i++
	}
	return i
}
