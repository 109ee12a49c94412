// Package property draws attention problems at random, for tests of what must
// hold for all of them. A problem that fails is made small by package rapid and
// printed as a Go test.
package property

import (
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tqmetal/tqmetal/internal/cachetest"
	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// A Problem is an attention and what its rows are like.
type Problem struct {
	attention.Params
	Queries, Keys, Values Contents
	Seed                  uint64
}

// Contents says what rows are like.
type Contents uint8

// The kinds of rows. Each is a way in which real or hostile data is unlike
// normal rows.
const (
	Normal   Contents = iota // standard normal elements
	Zero                     // nothing but zeros
	Same                     // all rows of a head are the same: all scores are
	Constant                 // all elements of a row are the same: without signs the worst case of the rotation
	Outlier                  // one element of each row is 1000 times the others
	Lengths                  // normal rows of lengths from 1e-6 to 1e3
	Tiny                     // elements below the smallest normal float32
	Large                    // elements of 1e12, which norms of binary16 make NaN; 1000 in rows of 16 bits
	Dominant                 // one row is 100 times the others
	numContents
)

var contentsNames = [numContents]string{"Normal", "Zero", "Same", "Constant", "Outlier", "Lengths", "Tiny", "Large", "Dominant"}

func (c Contents) String() string { return contentsNames[min(c, numContents-1)] }

// Draw returns a problem of at most maxSeqLen positions in one of the formats,
// whose HeadDim it sets.
func Draw(t *rapid.T, maxSeqLen uint32, formats []codec.Format) Problem {
	var p Problem
	p.HeadDim = rapid.SampledFrom([]uint32{64, 128, 256, 512}).Draw(t, "HeadDim")
	p.Format = rapid.SampledFrom(formats).Draw(t, "Format")
	p.Format.HeadDim = p.HeadDim
	p.NumKVHeads = rapid.Uint32Range(1, 3).Draw(t, "NumKVHeads")
	p.NumHeads = p.NumKVHeads * rapid.Uint32Range(1, 16).Draw(t, "GroupSize")
	p.KVSeqLen = rapid.Uint32Range(1, maxSeqLen).Draw(t, "KVSeqLen")
	p.KVCapacity = p.KVSeqLen + rapid.Uint32Range(0, 40).Draw(t, "free positions")
	p.Mask = rapid.SampledFrom([]attention.Mask{attention.MaskNone, attention.MaskCausal, attention.MaskSlidingWindow}).Draw(t, "Mask")
	if p.Mask == attention.MaskSlidingWindow {
		p.SlidingWindow = rapid.Uint32Range(1, maxSeqLen+10).Draw(t, "SlidingWindow")
	}
	p.Softcap = rapid.SampledFrom([]float32{0, 0.5, 30, 1000}).Draw(t, "Softcap")
	p.Scale = rapid.SampledFrom([]float32{1, float32(1 / math.Sqrt(float64(p.HeadDim))), -0.1, 1e-6}).Draw(t, "Scale")
	draw := func(label string) Contents { return Contents(rapid.IntRange(0, int(numContents)-1).Draw(t, label)) }
	p.Queries, p.Keys, p.Values = draw("Queries"), draw("Keys"), draw("Values")
	p.Seed = rapid.Uint64Range(0, 1000).Draw(t, "Seed")
	return p
}

// rows returns heads times positions rows.
func (c Contents) rows(source *gaussian.Source, heads, positions, headDim, bits uint32) []float32 {
	all := source.Vector(int(heads * positions * headDim))
	for i := range heads * positions {
		row := all[i*headDim : (i+1)*headDim]
		scale := float32(1)
		switch c {
		case Zero:
			scale = 0
		case Same:
			copy(row, all[i/positions*positions*headDim:][:headDim])
		case Constant:
			for j := range row {
				row[j] = row[0]
			}
		case Outlier:
			row[int(source.Uint64()%uint64(headDim))] *= 1000
		case Lengths:
			scale = float32(math.Pow(10, -6+9*source.Float64()))
		case Tiny:
			scale = 1e-39
		case Large:
			scale = 1e12
			if bits == 16 {
				scale = 1000
			}
		case Dominant:
			if i%positions == positions/2 {
				scale = 100
			}
		}
		for j := range row {
			row[j] *= scale
		}
	}
	return all
}

// Tensors returns the data of the problem. All rows from KVSeqLen on, those that
// the window hides, and Output are NaN.
func (p Problem) Tensors() (attention.Tensors, error) {
	source, f := gaussian.New(p.Seed), p.CacheFormat()
	q := p.Queries.rows(source, p.NumHeads, 1, p.HeadDim, 32)
	k := p.Keys.rows(source, p.NumKVHeads, p.KVSeqLen, p.HeadDim, f.KeyBits)
	v := p.Values.rows(source, p.NumKVHeads, p.KVSeqLen, p.HeadDim, f.ValueBits)
	return cachetest.NewTensors(p.Params, q, k, v)
}

// Check compares t.Output with the oracle's, head by head. It must be NaN where
// that is, and nowhere else.
//
// The limit is absolute, because an output may be next to nothing where values
// cancel: rounding moves a score by at most some epsilons of |scale| |q| |k|,
// which moves the weights by as much, and so the output by that times the
// longest value.
func (p Problem) Check(t attention.Tensors) error {
	want, err := oracle.Attend(p.Params, t)
	if err != nil {
		return err
	}
	f := p.CacheFormat()
	first, end := p.Visible()
	key, value := make([]float32, p.HeadDim), make([]float32, p.HeadDim)
	for h := range p.NumHeads {
		kvHead := h / p.GroupSize()
		var longestKey, longestValue float64
		for i := first; i < end; i++ {
			at := int(kvHead*p.KVCapacity + i)
			var keyNorm, valueNorm float32
			if len(t.KNorms) > 0 {
				keyNorm = f.Norm.Norm(t.KNorms, at)
			}
			if len(t.VNorms) > 0 {
				valueNorm = f.Norm.Norm(t.VNorms, at)
			}
			if err := f.DecodeKey(key, t.KPacked[at*f.KeyRowBytes():], keyNorm); err != nil {
				return err
			}
			if err := f.DecodeValue(value, t.VPacked[at*f.ValueRowBytes():], valueNorm); err != nil {
				return err
			}
			longestKey, longestValue = max(longestKey, length(key)), max(longestValue, length(value))
		}
		q := t.Q[h*p.HeadDim : (h+1)*p.HeadDim]
		largest := math.Abs(float64(p.Scale)) * length(q) * longestKey
		if math.IsNaN(longestKey + longestValue) {
			largest, longestValue = 0, 0 // what is NaN alone counts
		}
		const epsilon, denormal = 1.0 / (1 << 24), 1e-36
		moved := epsilon * largest * roundingsOfScores
		if p.Softcap > 0 {
			moved = min(moved, 2*float64(p.Softcap))
		}
		limit := (epsilon*roundings+moved)*longestValue + denormal
		var squares float64
		for i := range q {
			got, want := float64(t.Output[int(h*p.HeadDim)+i]), want[int(h*p.HeadDim)+i]
			if math.IsNaN(got) && math.IsNaN(want) {
				continue
			}
			squares += (got - want) * (got - want)
		}
		if e := math.Sqrt(squares); !(e <= limit) {
			return fmt.Errorf("head %d: off by %.3g, at most %.3g (longest value %.3g, scores up to %.3g)\n%s", h, e, limit, longestValue, largest, p.GoTest())
		}
	}
	return nil
}

// How many roundings may add up: those of sums and products, and those of a
// score, as the worst of many problems showed, with room to spare.
const (
	roundings         = 32
	roundingsOfScores = 1
)

func length(x []float32) float64 {
	var squares float64
	for _, v := range x {
		squares += float64(v) * float64(v)
	}
	return math.Sqrt(squares)
}

// GoTest returns a test of the problem alone, for a file of package tqsdpa or
// tqsdpa/cpu_test, where function attendProblem runs it.
func (p Problem) GoTest() string {
	fields := fmt.Sprintf("NumHeads: %d, NumKVHeads: %d, HeadDim: %d, KVSeqLen: %d, KVCapacity: %d, Scale: %g", p.NumHeads, p.NumKVHeads, p.HeadDim, p.KVSeqLen, p.KVCapacity, p.Scale)
	if p.Mask != attention.MaskNone {
		fields += fmt.Sprintf(", Mask: %d", p.Mask)
	}
	if p.SlidingWindow != 0 {
		fields += fmt.Sprintf(", SlidingWindow: %d", p.SlidingWindow)
	}
	if p.Softcap != 0 {
		fields += fmt.Sprintf(", Softcap: %g", p.Softcap)
	}
	f := p.CacheFormat()
	return strings.NewReplacer("FIELDS", fields,
		"FORMAT", fmt.Sprintf("codec.Format{HeadDim: %d, KeyBits: %d, ValueBits: %d, Signs: %v, NormCorrection: %v, Norm: %d}", f.HeadDim, f.KeyBits, f.ValueBits, f.Signs, f.NormCorrection, f.Norm),
		"CONTENTS", fmt.Sprintf("Queries: property.%v, Keys: property.%v, Values: property.%v, Seed: %d", p.Queries, p.Keys, p.Values, p.Seed),
	).Replace(`func TestFoundProblem(t *testing.T) {
	attendProblem(t, property.Problem{
		Params: attention.Params{
			FIELDS,
			Format: FORMAT,
		},
		CONTENTS,
	})
}`)
}

// Check is rapid.Check with the same problems each time, so that a test is green or
// red for what was changed; make property draws others, by -rapid.seed.
func Check(t *testing.T, f func(*rapid.T)) {
	t.Helper()
	if seed := flag.Lookup("rapid.seed"); seed.Value.String() == "0" {
		if err := seed.Value.Set("1"); err != nil {
			t.Fatal(err)
		}
		defer seed.Value.Set("0")
	}
	rapid.Check(t, f)
}
