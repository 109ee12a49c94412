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
	rapid.Check(t, func(t *rapid.T) { attendProblem(t, r, property.Draw(t, 200, formats)) })
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
