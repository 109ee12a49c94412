//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package tqsdpa

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/tqmetal/tqmetal/internal/cachetest"
	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

var headDims = []uint32{64, 128, 256, 512}

// oddRows are rows of which each has something that ordinary ones have not.
func oddRows(d int) [][]float32 {
	random := gaussian.New(uint64(d))
	row := func(value func(i int) float32) []float32 {
		x := make([]float32, d)
		for i := range x {
			x[i] = value(i)
		}
		return x
	}
	scaled := func(s float32) []float32 {
		normal := random.Vector(d)
		return row(func(i int) float32 { return s * normal[i] })
	}
	with := func(x []float32, value ...float64) []float32 {
		for i, v := range value {
			x[7*i+3] = float32(v)
		}
		return x
	}
	return [][]float32{
		scaled(1), scaled(3), scaled(1e-3), scaled(1e4),
		scaled(1e-7),                                   // subnormal as F16
		scaled(1e30),                                   // its square overflows
		scaled(1e37),                                   // so does its sum
		scaled(3e-12),                                  // its length is next to the one that counts as zero
		scaled(1e-16),                                  // counts as zero
		row(func(int) float32 { return 0 }),            // zero
		row(func(int) float32 { return 1 }),            // one element after a rotation without signs
		with(scaled(0.1), 100),                         // an outlier channel
		with(make([]float32, d), 1),                    // every element on a level's side alike
		with(make([]float32, d), 1, -1),                // ties at zero
		with(scaled(1), math.NaN()),                    // not a number
		with(scaled(1), math.Inf(1)),                   // infinity
		with(scaled(1), math.Inf(1), -math.MaxFloat32), // and what overflows with it
	}
}

// sample returns k and v of some tokens: the odd rows in turn.
func sample(p Params, tokens int) (k, v []float32) {
	rows := oddRows(int(p.HeadDim))
	for i := range int(p.NumKVHeads) * tokens {
		k = append(k, rows[i%len(rows)]...)
		v = append(v, rows[(i+5)%len(rows)]...)
	}
	return k, v
}

// A side is K or V of a cache, as the codec takes it.
type side struct {
	name          string
	packed, norms []byte
	rowBytes      int
	encode        func([]byte, []float32) (float32, error)
	decode        func([]float32, []byte, float32) error
	rows          []float32
}

// sides returns K and V of a cache, filled as rig.buffer fills.
func sides(f Format, s attention.Sizes, k, v []float32) []*side {
	both := []*side{
		{"K", make([]byte, s.KPacked), make([]byte, s.KNorms), f.KeyRowBytes(), f.EncodeKey, f.DecodeKey, k},
		{"V", make([]byte, s.VPacked), make([]byte, s.VNorms), f.ValueRowBytes(), f.EncodeValue, f.DecodeValue, v},
	}
	for _, side := range both {
		cachetest.Spoil(side.packed)
		cachetest.Spoil(side.norms)
	}
	return both
}

// levelDifferences compares a row with that of the codec. It counts the levels
// that differ by one next to a boundary, and returns an error for any other
// difference.
func (s *side) levelDifferences(f Format, got []byte, at int, source []float32) (count int, err error) {
	want := s.packed[at*s.rowBytes : (at+1)*s.rowBytes]
	got = got[at*s.rowBytes : (at+1)*s.rowBytes]
	if bytes.Equal(got, want) {
		return 0, nil
	}
	if s.rowBytes != int(f.HeadDim)/2 {
		return 0, fmt.Errorf("packed % x, want % x", got, want)
	}
	y := append([]float32(nil), source...)
	if err := f.Rotate(y); err != nil {
		return 0, err
	}
	var squares float64
	for _, x := range y {
		squares += float64(x) * float64(x)
	}
	boundaries := codec.Boundaries()
	for j, x := range y {
		a, b := int(got[j/2]>>(4*(j%2))&15), int(want[j/2]>>(4*(j%2))&15)
		if a == b {
			continue
		}
		scaled := float64(x) / math.Sqrt(squares/float64(len(y)))
		if a-b != 1 && b-a != 1 || !(math.Abs(scaled-float64(boundaries[min(a, b)])) < 1e-6) {
			return 0, fmt.Errorf("element %d, which is %v, has level %d, want %d", j, scaled, a, b)
		}
		count++
	}
	return count, nil
}

// sameNorm allows 1e-6 of the value, or where the GPU has no normal number for
// it, zero. F16 has no room for such a difference.
func sameNorm(got, want float32) bool {
	switch {
	case math.IsNaN(float64(want)):
		return math.IsNaN(float64(got))
	case math.Abs(float64(want)) < 0x1p-126:
		return got == 0 || got == want
	}
	return math.Abs(float64(got-want)) <= 1e-6*math.Abs(float64(want))
}

func TestQuantizeWritesWhatTheCodecDoes(t *testing.T) {
	r := newRig(t)
	const tokens, position = 13, 3
	for _, d := range headDims {
		for _, f := range formats(d) {
			t.Run(f.String(), func(t *testing.T) {
				p := Params{NumHeads: 2, NumKVHeads: 2, HeadDim: d, KVSeqLen: 1, KVCapacity: 19, Scale: 1, Format: f}
				k, v := sample(p, tokens)
				b, rows := r.cache(p), r.rows(k, v, position, tokens)
				sizes, err := p.Sizes()
				r.must(err)
				want := sides(f, sizes, k, v)
				for _, s := range want {
					for i := range 2 * tokens {
						at := i/tokens*19 + position + i%tokens
						norm, err := s.encode(s.packed[at*s.rowBytes:], s.rows[i*int(d):(i+1)*int(d)])
						r.must(err)
						if len(s.norms) > 0 {
							f.Norm.PutNorm(s.norms, at, norm)
						}
					}
				}
				for _, order := range softmetal.Orders() {
					r.soft.SetOrder(order)
					kPacked, kNorms, vPacked, vNorms := r.tensorBytes(b)
					for _, x := range [][]byte{kPacked, kNorms, vPacked, vNorms} {
						cachetest.Spoil(x)
					}
					r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error { return Quantize(enc, r.registry, b, p, rows) }))
					for i, s := range want {
						packed, norms := [][]byte{kPacked, vPacked}[i], [][]byte{kNorms, vNorms}[i]
						for at := range 2 * 19 {
							source := make([]float32, d)
							if token := at%19 - position; token >= 0 && token < tokens {
								copy(source, s.rows[(at/19*tokens+token)*int(d):])
							}
							if n, err := s.levelDifferences(f, packed, at, source); err != nil || n > 0 {
								t.Fatalf("%v: %s row %d: %d levels next to a boundary differ, error %v", order, s.name, at, n, err)
							}
							if len(s.norms) == 0 {
								continue
							}
							if got, norm := f.Norm.Norm(norms, at), f.Norm.Norm(s.norms, at); !sameNorm(got, norm) {
								t.Fatalf("%v: %s row %d: norm %v, want %v", order, s.name, at, got, norm)
							}
						}
					}
				}
			})
		}
	}
}

// Among many ordinary rows, levels may differ where a value is next to a
// boundary, since a GPU sums in another order; but in less than 1 of 10,000.
func TestLevelsDifferFromTheCodecsOnlyNextToABoundary(t *testing.T) {
	r := newRig(t)
	const tokens = 300
	for _, f := range []Format{codec.Default(512), codec.MLXNative01(128)} {
		d := int(f.HeadDim)
		p := Params{NumHeads: 1, NumKVHeads: 1, HeadDim: f.HeadDim, KVSeqLen: 1, KVCapacity: tokens, Scale: 1, Format: f}
		random := gaussian.New(1)
		k, v := random.Vector(tokens*d), random.Vector(tokens*d)
		b, rows := r.cache(p), r.rows(k, v, 0, tokens)
		r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error { return Quantize(enc, r.registry, b, p, rows) }))
		sizes, err := p.Sizes()
		r.must(err)
		kPacked, kNorms, vPacked, vNorms := r.tensorBytes(b)
		different, normsDifferent := 0, 0
		for i, s := range sides(f, sizes, k, v) {
			packed, norms := [][]byte{kPacked, vPacked}[i], [][]byte{kNorms, vNorms}[i]
			for at := range tokens {
				source := s.rows[at*d : (at+1)*d]
				norm, err := s.encode(s.packed[at*s.rowBytes:], source)
				r.must(err)
				n, err := s.levelDifferences(f, packed, at, source)
				r.must(err)
				different += n
				got := f.Norm.Norm(norms, at)
				if !sameNorm(got, norm) {
					t.Errorf("%v: norm %v, want %v", f, got, norm)
				}
				if got != norm {
					normsDifferent++
				}
			}
		}
		t.Logf("%v: %d of %d levels and %d of %d norms differ", f, different, 2*tokens*d, normsDifferent, 2*tokens)
		if 10000*different >= 2*tokens*d {
			t.Errorf("%v: %d of %d levels differ", f, different, 2*tokens*d)
		}
		// Sums in plain float32 round half of the norms otherwise.
		if 100*normsDifferent > 2*tokens {
			t.Errorf("%v: %d of %d norms differ", f, normsDifferent, 2*tokens)
		}
	}
}

func TestDequantizeReadsWhatTheCodecDoes(t *testing.T) {
	r := newRig(t)
	const tokens, position, capacity = 9, 2, 12
	for _, d := range headDims {
		for _, f := range formats(d) {
			t.Run(f.String(), func(t *testing.T) {
				p := Params{NumHeads: 2, NumKVHeads: 2, HeadDim: d, KVSeqLen: 1, KVCapacity: capacity, Scale: 1, Format: f}
				k, v := sample(p, tokens)
				sizes, err := p.Sizes()
				r.must(err)
				b := r.cache(p)
				kPacked, kNorms, vPacked, vNorms := r.tensorBytes(b)
				both := sides(f, sizes, k, v)
				for i, s := range both {
					s.packed, s.norms = [][]byte{kPacked, vPacked}[i], [][]byte{kNorms, vNorms}[i]
					for i := range 2 * tokens {
						at, row := i/tokens*capacity+position+i%tokens, s.rows[i*int(d):(i+1)*int(d)]
						norm, err := s.encode(s.packed[at*s.rowBytes:], row)
						r.must(err)
						if len(s.norms) > 0 {
							f.Norm.PutNorm(s.norms, at, norm)
						}
						r.must(s.decode(row, s.packed[at*s.rowBytes:], norm))
					}
				}
				rows := Rows{K: r.buffer(4 * len(k)), V: r.buffer(4 * len(v)), Position: position, Tokens: tokens}
				for _, order := range softmetal.Orders() {
					r.soft.SetOrder(order)
					cachetest.Spoil(r.bytes(rows.K))
					cachetest.Spoil(r.bytes(rows.V))
					r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error { return Dequantize(enc, r.registry, b, p, rows) }))
					for i, s := range both {
						got := r.floats([]mtl.BufferRange{rows.K, rows.V}[i], len(k))
						for j, want := range s.rows {
							if !sameElement(got[j], want) {
								t.Fatalf("%v: %s element %d of row %d is %v, want %v", order, s.name, j%int(d), j/int(d), got[j], want)
							}
						}
					}
				}
			})
		}
	}
}

// sameElement asks for the same value, but where the GPU has no normal number
// for one on the way: sums of those count as zero.
func sameElement(got, want float32) bool {
	if got == want || got != got && want != want {
		return true
	}
	return math.Abs(float64(want)) < 0x1p-115 && math.Abs(float64(got)) < 0x1p-115
}

// A cache may be one buffer, and what lies between its parts stays as it is.
func TestPartsOfACacheMayShareABuffer(t *testing.T) {
	r := newRig(t)
	f := codec.Default(64)
	p := Params{NumHeads: 1, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 1, KVCapacity: 3, Scale: 1, Format: f}
	random := gaussian.New(3)
	k, v := random.Vector(3*64), random.Vector(3*64)
	apart, rows := r.cache(p), r.rows(k, v, 0, 3)
	one := r.buffer(512)
	at := func(offset int) mtl.BufferRange { return mtl.BufferRange{Buffer: one.Buffer, Offset: offset} }
	together := Buffers{KNorms: at(4), KPacked: at(16), VPacked: at(128), VNorms: at(300)}
	r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error {
		if err := Quantize(enc, r.registry, apart, p, rows); err != nil {
			return err
		}
		return Quantize(enc, r.registry, together, p, rows)
	}))
	want := bytes.Repeat([]byte{0xff}, 512)
	copy(want[4:], r.bytes(apart.KNorms))
	copy(want[16:], r.bytes(apart.KPacked))
	copy(want[128:], r.bytes(apart.VPacked))
	copy(want[300:], r.bytes(apart.VNorms))
	if got := r.bytes(one); !bytes.Equal(got, want) {
		t.Errorf("% x, want % x", got, want)
	}
}
