// Package gaussian draws the pseudo-random normal numbers that golden data,
// tests and benchmarks are made of: the same ones on every machine and in
// every version, which math/rand does not promise.
//
// The stream is that of mlx-native's tests, so that golden values can be
// compared: xoshiro256** (Blackman and Vigna, 2018) seeded by splitmix64, and
// the Box-Muller transform in float64, rounded to float32.
package gaussian

import (
	"math"
	"math/bits"
)

// A Source is a stream of random numbers. It is not safe for concurrent use.
type Source struct {
	state [4]uint64
}

// New returns the stream of that seed.
func New(seed uint64) *Source {
	s := new(Source)
	for i := range s.state {
		seed += 0x9e3779b97f4a7c15
		z := seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		s.state[i] = z ^ z>>31
	}
	return s
}

// Uint64 returns 64 uniform bits.
func (s *Source) Uint64() uint64 {
	st := &s.state
	result := bits.RotateLeft64(st[1]*5, 7) * 9
	t := st[1] << 17
	st[2] ^= st[0]
	st[3] ^= st[1]
	st[1] ^= st[2]
	st[0] ^= st[3]
	st[2] ^= t
	st[3] = bits.RotateLeft64(st[3], 45)
	return result
}

// Float64 returns a uniform number in [0, 1), a multiple of 2^-53.
func (s *Source) Float64() float64 { return float64(s.Uint64()>>11) / (1 << 53) }

// Fill fills dst with standard normal numbers. Numbers are made in pairs; the
// second of the last pair is dropped when len(dst) is odd.
func (s *Source) Fill(dst []float32) {
	for i := 0; i < len(dst); i += 2 {
		a, b := s.pair()
		dst[i] = float32(a)
		if i+1 < len(dst) {
			dst[i+1] = float32(b)
		}
	}
}

// Vector returns n standard normal numbers, as Fill makes them.
func (s *Source) Vector(n int) []float32 {
	v := make([]float32, n)
	s.Fill(v)
	return v
}

func (s *Source) pair() (float64, float64) {
	for {
		u, v := s.Float64(), s.Float64()
		if u > 1e-30 {
			radius := math.Sqrt(-2 * math.Log(u))
			sin, cos := math.Sincos(2 * math.Pi * v)
			return radius * cos, radius * sin
		}
	}
}
