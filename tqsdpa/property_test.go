//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package tqsdpa

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tqmetal/tqmetal/internal/property"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
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

// load copies tensors to buffers of exactly their lengths.
func (r *rig) load(p Params, t attention.Tensors) (x *problem, release func(), err error) {
	var buffers []*mtl.Buffer
	release = func() {
		for _, b := range buffers {
			b.Release()
		}
	}
	buffer := func(bytes []byte, length int) mtl.BufferRange {
		if length == 0 || err != nil {
			return mtl.BufferRange{}
		}
		var b *mtl.Buffer
		if b, err = r.device.NewBuffer(length, mtl.ResourceStorageModeShared); err != nil {
			return mtl.BufferRange{}
		}
		buffers = append(buffers, b)
		copy(r.bytes(mtl.BufferRange{Buffer: b}), bytes)
		return mtl.BufferRange{Buffer: b}
	}
	x = &problem{Params: p, want: make([]float64, len(t.Output))}
	x.KPacked, x.KNorms = buffer(t.KPacked, len(t.KPacked)), buffer(t.KNorms, len(t.KNorms))
	x.VPacked, x.VNorms = buffer(t.VPacked, len(t.VPacked)), buffer(t.VNorms, len(t.VNorms))
	x.Q, x.Output = buffer(nil, 4*len(t.Q)), buffer(nil, 4*len(t.Output))
	x.Tmp = buffer(nil, TmpBufferBytes(p.NumHeads, p.HeadDim))
	if err == nil {
		copy(r.floats(x.Q, len(t.Q)), t.Q)
	}
	return x, release, err
}
