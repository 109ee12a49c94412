//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package tqsdpa

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/internal/cachetest"
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
	random := gaussian.New(uint64(p.HeadDim + p.KVSeqLen))
	rows := int(p.NumKVHeads * p.KVSeqLen * p.HeadDim)
	t, err := cachetest.NewTensors(p, random.Vector(int(p.NumHeads*p.HeadDim)), random.Vector(rows), random.Vector(rows))
	r.must(err)
	x, release, err := r.load(p, t)
	r.t.Cleanup(release)
	r.must(err)
	x.want, err = oracle.Attend(p, t)
	r.must(err)
	return x
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

// attend runs the problem on a concurrent encoder, where barriers alone order,
// over a Tmp and an Output of NaN.
func (r *rig) attend(x *problem) ([]float32, error) {
	r.t.Helper()
	return r.attendBy(x, func(enc *mtl.ComputeCommandEncoder) error { return Dispatch(enc, r.registry, x.Buffers, x.Params) })
}

func (r *rig) attendBy(x *problem, encode func(*mtl.ComputeCommandEncoder) error) ([]float32, error) {
	r.t.Helper()
	cachetest.Spoil(r.bytes(x.Tmp))
	cachetest.Spoil(r.bytes(x.Output))
	work, err := r.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeConcurrent, encode)
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

// A caching is a format and how many query heads share a KV head. The tests of
// attention have a few in common, as compiling them takes longest.
type caching struct {
	format Format
	group  uint32
}

func cachings(d uint32) []caching {
	return []caching{
		{codec.MLXNative01(d), 4}, {codec.Default(d), 2}, {codec.Default(d), 8}, {codec.K8V4(d), 1}, {codec.F16(d), 4},
		{Format{HeadDim: d, KeyBits: 4, ValueBits: 8, Signs: true, Norm: codec.NormF16}, 3},
		{Format{HeadDim: d, KeyBits: 16, ValueBits: 4, Signs: true}, 2},
	}
}

// problems are those that TestDispatchAgreesWithTheOracle goes through. Lengths
// are below, at and above a block, a simdgroup's share and a split.
func problems() (all []Params) {
	for _, d := range headDims {
		lengths := []uint32{1, 31, 33, 64, 300, 1000}
		if d >= 256 { // the software device is slow
			lengths = []uint32{1, 33, 300}
		}
		for _, c := range cachings(d) {
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

// groupProblems has every group size up to 16 and one beyond; at other head
// dimensions than 64 those that differ. Each head must get its own rows and its
// own place.
func groupProblems() (all []Params) {
	for _, d := range headDims {
		groups := []uint32{3, 4, 5, 6, 8, 16}
		if d == 64 {
			groups = []uint32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}
		}
		for i, group := range groups {
			c := cachings(d)[[]int{0, 2, 4, 5}[i%4]] // of four heads
			switch group {
			case 1:
				c = cachings(d)[3]
			case 2:
				c = cachings(d)[1]
			}
			all = append(all, Params{
				NumHeads: 2 * group, NumKVHeads: 2, HeadDim: d, KVSeqLen: 70, KVCapacity: 72,
				Scale: float32(1 / math.Sqrt(float64(d))), Format: c.format,
			})
		}
	}
	return all
}

func TestDispatchAgreesWithTheOracleInEveryOrder(t *testing.T) { testAgainstTheOracle(t, problems()) }

func TestEveryGroupSizeAgreesWithTheOracleInEveryOrder(t *testing.T) {
	testAgainstTheOracle(t, groupProblems())
}

func testAgainstTheOracle(t *testing.T, all []Params, options ...softmetal.Options) {
	t.Helper()
	r := newRig(t, options...)
	worst, misses := 0.0, 0
	for _, p := range all {
		x := r.newProblem(p)
		limit := 2e-6
		if p.Scale == 1 {
			limit = 5e-6
		}
		var first []float32
		for _, order := range softmetal.Orders() {
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
				if misses++; misses == 3 {
					t.Fatal("no more are tried")
				}
				break
			}
			if first == nil {
				first = got
			} else if !slices.Equal(got, first) {
				t.Errorf("%s: other bits in order %v", describe(p), order)
				break
			}
		}
	}
	t.Logf("worst NRMSE %.2g in %d problems", worst, len(all))
}

// So few positions are in the first split's simdgroups alone, however many splits
// there are: the second adds zeros.
func TestOneSplitGivesTheBitsOfTheReduceKernel(t *testing.T) {
	r := newRig(t)
	for _, d := range headDims {
		for _, c := range cachings(d) {
			n := map[uint32]uint32{64: 29, 128: 29, 256: 13, 512: 4}[d] // a block a simdgroup at most
			p := Params{NumHeads: c.group, NumKVHeads: 1, HeadDim: d, KVSeqLen: n, KVCapacity: n, Scale: 0.1, Format: c.format}
			x := r.newProblem(p)
			in := func(splits uint32) []float32 {
				got, err := r.attendBy(x, func(enc *mtl.ComputeCommandEncoder) error {
					return encodeAttention(enc, r.registry, x.Buffers, p, variantFor(p), splits)
				})
				r.must(err)
				if used := r.floats(x.Tmp, 1)[0]; (used == used) != (splits > 1) {
					t.Errorf("%s: %d splits, Tmp begins with %v", describe(p), splits, used)
				}
				return got
			}
			one, two := in(1), in(2)
			if !slices.Equal(one, two) {
				t.Errorf("%s: one split differs from two of which one is empty", describe(p))
			}
			if e, err := oracle.WorstHeadNRMSE(one, x.want, d); err != nil || !(e <= 2e-6) {
				t.Errorf("%s: NRMSE %.2g, error %v", describe(p), e, err)
			}
		}
	}
}
