//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package tqsdpa

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// A problem is one attention on the device, with what the oracle says of it.
type problem struct {
	Params
	Buffers
	want []float64
}

// newProblem fills a cache of normal rows by the codec. All rows from KVSeqLen
// on, and those before the window, are NaN: neither may count.
func (r *rig) newProblem(p Params) *problem {
	r.t.Helper()
	t, err := p.NewTensors()
	r.must(err)
	random := gaussian.New(uint64(p.HeadDim + p.KVSeqLen))
	copy(t.Q, random.Vector(len(t.Q)))
	for _, x := range [][]byte{t.KPacked, t.KNorms, t.VPacked, t.VNorms} {
		fill(x)
	}
	f := p.CacheFormat()
	first, end := p.Visible()
	for h := range p.NumKVHeads {
		for position := first; position < end; position++ {
			at := int(h*p.KVCapacity + position)
			norm, err := f.EncodeKey(t.KPacked[at*f.KeyRowBytes():], random.Vector(int(p.HeadDim)))
			r.must(err)
			if len(t.KNorms) > 0 {
				f.Norm.PutNorm(t.KNorms, at, norm)
			}
			norm, err = f.EncodeValue(t.VPacked[at*f.ValueRowBytes():], random.Vector(int(p.HeadDim)))
			r.must(err)
			if len(t.VNorms) > 0 {
				f.Norm.PutNorm(t.VNorms, at, norm)
			}
		}
	}
	x := &problem{Params: p, Buffers: r.cache(p)}
	x.Q, x.Output, x.Tmp = r.buffer(4*len(t.Q)), r.buffer(4*len(t.Output)), r.buffer(TmpBufferBytes(p.NumHeads, p.HeadDim))
	copy(r.floats(x.Q, len(t.Q)), t.Q)
	kPacked, kNorms, vPacked, vNorms := r.tensorBytes(x.Buffers)
	copy(kPacked, t.KPacked)
	copy(kNorms, t.KNorms)
	copy(vPacked, t.VPacked)
	copy(vNorms, t.VNorms)
	x.want, err = oracle.Attend(p, t)
	r.must(err)
	return x
}

// attend runs the problem on a concurrent encoder, where barriers alone order,
// over a Tmp and an Output of NaN.
func (r *rig) attend(x *problem) ([]float32, error) {
	r.t.Helper()
	fill(r.bytes(x.Tmp))
	fill(r.bytes(x.Output))
	work, err := r.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeConcurrent, func(enc *mtl.ComputeCommandEncoder) error {
			return Dispatch(enc, r.registry, x.Buffers, x.Params)
		})
	})
	if err != nil {
		return nil, err
	}
	defer work.Release()
	if err := work.Wait(r.t.Context()); err != nil {
		return nil, err
	}
	return slices.Clone(r.floats(x.Output, len(x.want))), nil
}

func describe(p Params) string {
	return fmt.Sprintf("%v kv %d of %d, group %d, mask %v %d, softcap %g, scale %.3f", p.CacheFormat(), p.KVSeqLen, p.KVCapacity, p.GroupSize(), p.Mask, p.SlidingWindow, p.Softcap, p.Scale)
}

// problems are those that TestDispatchAgreesWithTheOracle goes through. Lengths
// are below, at and above a block, a simdgroup's share and a split.
func problems() (all []Params) {
	for _, d := range headDims {
		lengths := []uint32{1, 31, 33, 64, 300, 1000}
		if d >= 256 { // the software device is slow
			lengths = []uint32{1, 33, 300}
		}
		for _, c := range []struct {
			format Format
			group  uint32
		}{
			{codec.MLXNative01(d), 4}, {codec.Default(d), 2}, {codec.Default(d), 8}, {codec.K8V4(d), 1}, {codec.F16(d), 4},
			{Format{HeadDim: d, KeyBits: 4, ValueBits: 8, Signs: true, Norm: codec.NormF16}, 3},
		} {
			kvHeads := uint32(2)
			if c.group == 8 {
				kvHeads = 1
			}
			for i, n := range lengths {
				p := Params{
					NumHeads: kvHeads * c.group, NumKVHeads: kvHeads, HeadDim: d, KVSeqLen: n, KVCapacity: n + uint32(i%2)*5,
					Scale: float32(1 / math.Sqrt(float64(d))), Format: c.format,
				}
				switch (i + int(c.group)) % 3 {
				case 1:
					p.Mask, p.Softcap = MaskCausal, 30
				case 2:
					p.Mask, p.SlidingWindow = MaskSlidingWindow, n/2+1
				}
				if n == 300 {
					p.Scale, p.Softcap = 1, 5
				}
				all = append(all, p)
			}
		}
	}
	return all
}

func TestDispatchAgreesWithTheOracleInEveryOrder(t *testing.T) {
	r := newRig(t)
	worst := 0.0
	for _, p := range problems() {
		x := r.newProblem(p)
		limit := 2e-6
		if p.Scale == 1 {
			limit = 5e-6
		}
		var first []float32
		orders := softmetal.Orders()
		if p.KVSeqLen >= 300 {
			orders = orders[1:3]
		}
		for _, order := range orders {
			r.soft.SetOrder(order)
			got, err := r.attend(x)
			if err != nil {
				t.Fatalf("%s, %v: %v", describe(p), order, err)
			}
			e, err := oracle.WorstHeadNRMSE(got, x.want, p.HeadDim)
			r.must(err)
			worst = max(worst, e)
			if !(e <= limit) {
				t.Errorf("%s, %v: NRMSE %.2g, at most %.0g", describe(p), order, e, limit)
				break
			}
			if first == nil {
				first = got
			} else if !slices.Equal(got, first) {
				t.Errorf("%s: other bits in order %v", describe(p), order)
			}
		}
	}
	t.Logf("worst NRMSE %.2g", worst)
}

func TestSplitsAdaptToWhatIsVisible(t *testing.T) {
	for _, c := range []struct {
		n, window, want uint32
	}{{1, 0, 1}, {256, 0, 1}, {257, 0, 2}, {100000, 0, attention.MaxSplits}, {100000, 1024, 4}, {math.MaxUint32, 0, attention.MaxSplits}} {
		p := Params{KVSeqLen: c.n}
		if c.window > 0 {
			p.Mask, p.SlidingWindow = MaskSlidingWindow, c.window
		}
		if got := splitsFor(p); got != c.want {
			t.Errorf("%d positions, window %d: %d splits, want %d", c.n, c.window, got, c.want)
		}
	}
}
