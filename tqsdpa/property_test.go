//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package tqsdpa

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tqmetal/tqmetal/internal/property"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// Each format is compiled for every head dimension and sharing, so these are
// few: both ends of the widths, with what else a kernel is specialised by.
func TestAnyProblemAgreesWithTheOracle(t *testing.T) {
	r := newRig(t)
	formats := []codec.Format{codec.Default(64), codec.K8V4(64), codec.F16(64), {HeadDim: 64, KeyBits: 4, ValueBits: 8, Norm: codec.NormF16}}
	property.Check(t, func(t *rapid.T) { attendProblem(t, r, property.Draw(t, 200, formats)) })
}

func attendProblem(t rapid.TB, r *rig, p property.Problem) {
	t.Helper()
	tensors, err := p.Tensors()
	if err != nil {
		t.Fatal(err)
	}
	x, release, err := r.load(p.Params, tensors)
	defer release()
	if err != nil {
		t.Fatal(err)
	}
	if tensors.Output, err = r.attend(x); err != nil {
		t.Fatal(err, "\n", p.GoTest())
	}
	if err := p.Check(tensors); err != nil {
		t.Fatal(err)
	}
}

// Scores of 1e13 have a last place of a million. What rounding took from the largest
// was once its weight's exponent: so there was none, or infinity, and NaN.
func TestScoresThatAreFarApartOrHuge(t *testing.T) {
	r := newRig(t)
	for _, group := range []uint32{1, 8} {
		for _, seqLen := range []uint32{1, 40} {
			for _, softcap := range []float32{0, 30} {
				p := Params{NumHeads: group, NumKVHeads: 1, HeadDim: 64, KVSeqLen: seqLen, KVCapacity: seqLen, Scale: 1, Softcap: softcap, Format: codec.Default(64)}
				for seed := range uint64(4) {
					attendProblem(t, r, property.Problem{Params: p, Keys: property.Large, Seed: seed})
				}
			}
		}
	}
}
