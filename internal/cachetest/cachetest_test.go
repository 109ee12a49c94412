package cachetest

import (
	"math"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// Two heads of five positions with room for seven, of which a window shows the
// last two.
func TestOnlyWhatTheQuerySeesIsANumber(t *testing.T) {
	p := attention.Params{NumHeads: 2, NumKVHeads: 2, HeadDim: 64, KVSeqLen: 5, KVCapacity: 7, Scale: 1, Mask: attention.MaskSlidingWindow, SlidingWindow: 2, Format: codec.Default(64)}
	rows := make([]float32, 2*5*64)
	for i := range rows {
		rows[i] = float32(1 + i/64) // row r is r+1 everywhere
	}
	x, err := NewTensors(p, rows[:2*64], rows, rows)
	if err != nil {
		t.Fatal(err)
	}
	decoded := make([]float32, 64)
	for h := range 2 {
		for position := range 7 {
			at := h*7 + position
			for _, norms := range [][]byte{x.KNorms, x.VNorms} {
				norm := float64(p.Format.Norm.Norm(norms, at))
				if seen := position == 3 || position == 4; math.IsNaN(norm) == seen {
					t.Errorf("head %d, position %d: norm %v", h, position, norm)
				}
			}
			if position != 3 && position != 4 {
				continue
			}
			if err := p.Format.DecodeKey(decoded, x.KPacked[at*p.Format.KeyRowBytes():], p.Format.Norm.Norm(x.KNorms, at)); err != nil {
				t.Fatal(err)
			}
			var squares float64
			for _, d := range decoded {
				squares += float64(d) * float64(d)
			}
			if got, want := math.Sqrt(squares/64), float64(1+h*5+position); math.Abs(got/want-1) > 1e-6 {
				t.Errorf("head %d, position %d has the row of length %v, want %v", h, position, got, want)
			}
		}
	}
	for _, o := range x.Output {
		if !math.IsNaN(float64(o)) {
			t.Fatalf("Output has %v", o)
		}
	}
}

func TestParamsThatAreNotValidAreAnError(t *testing.T) {
	if _, err := NewTensors(attention.Params{}, nil, nil, nil); err == nil {
		t.Error("no error")
	}
}
