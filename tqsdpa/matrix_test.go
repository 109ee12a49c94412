//go:build linux && (amd64 || arm64)

package tqsdpa

import (
	"errors"
	"math"
	"math/bits"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/shaders"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// varied is a problem whose mask, window, softcap and scale go with i. Windows
// are above and below a block of eight positions.
func varied(i int, p Params) Params {
	p.Scale = float32(1 / math.Sqrt(float64(p.HeadDim)))
	p.KVCapacity = p.KVSeqLen + uint32(i%2)*3
	switch i % 5 {
	case 1:
		p.Mask, p.Softcap = MaskCausal, 30
	case 2:
		p.Mask, p.SlidingWindow = MaskSlidingWindow, p.KVSeqLen/2+1
	case 3:
		p.Mask, p.SlidingWindow = MaskSlidingWindow, min(5, p.KVSeqLen)
	case 4:
		p.Scale, p.Softcap = 1, 5
	}
	return p
}

// matrixGroups has each group of the matrix kernel at each head dimension in each
// format, and a group of more heads than a threadgroup has.
func matrixGroups() (all []Params) {
	lengths := []uint32{9, 1, 31, 8, 17, 7, 33}
	for _, d := range headDims {
		for group := uint32(5); group <= 17; group++ {
			for i, f := range formats(d) {
				i += int(group)
				all = append(all, varied(i, Params{NumHeads: group, NumKVHeads: 1, HeadDim: d, KVSeqLen: lengths[i%len(lengths)], Format: f}))
			}
		}
	}
	return all
}

// matrixLengths has lengths around a block, what is between two barriers, and a
// split, with one set of eight heads and with two.
func matrixLengths() (all []Params) {
	i := 0
	for _, d := range headDims {
		for _, n := range []uint32{1, 7, 8, 9, 31, 33, 64, 300, 1000} {
			for _, group := range []uint32{6, 13} {
				f := formats(d)[i%len(formats(d))]
				all = append(all, varied(i, Params{NumHeads: 2 * group, NumKVHeads: 2, HeadDim: d, KVSeqLen: n, Format: f}))
				i++
			}
		}
	}
	return all
}

func TestMatrixKernelAgreesWithTheOracleForEveryGroupAndFormat(t *testing.T) {
	testAgainstTheOracle(t, matrixGroups())
}

func TestMatrixKernelAgreesWithTheOracleAtEveryLength(t *testing.T) {
	testAgainstTheOracle(t, matrixLengths())
}

// attendIn runs x by one variant in that many splits.
func (r *rig) attendIn(x *problem, v variant, splits uint32) []float32 {
	r.t.Helper()
	got, err := r.attendBy(x, func(enc *mtl.ComputeCommandEncoder) error {
		return encodeAttention(enc, r.registry, x.Buffers, x.Params, v, splits)
	})
	r.must(err)
	return got
}

func (r *rig) nrmse(got []float32, x *problem) float64 {
	r.t.Helper()
	e, err := oracle.WorstHeadNRMSE(got, x.want, x.HeadDim)
	r.must(err)
	return e
}

// Splits end within blocks and between them, have unequal shares, or none.
func TestMatrixKernelAgreesWithTheOracleInAnySplits(t *testing.T) {
	r := newRig(t)
	for i, d := range headDims {
		for _, group := range []uint32{8, 11} {
			i += int(group)
			x := r.newProblem(varied(i, Params{NumHeads: 2 * group, NumKVHeads: 2, HeadDim: d, KVSeqLen: 91, Format: formats(d)[i%6]}))
			for _, splits := range []uint32{1, 2, 3, 7, 32} {
				var first []float32
				for _, order := range softmetal.Orders() {
					r.soft.SetOrder(order)
					got := r.attendIn(x, variantFor(x.Params), splits)
					if e := r.nrmse(got, x); !(e <= 5e-6) {
						t.Fatalf("%s, %d splits, %v: NRMSE %.2g", describe(x.Params), splits, order, e)
					}
					if first == nil {
						first = got
					} else if !slices.Equal(got, first) {
						t.Errorf("%s, %d splits: other bits in order %v", describe(x.Params), splits, order)
					}
				}
			}
		}
	}
}

// So few positions are in the first split's slices alone: the second adds zeros.
func TestOneSplitOfTheMatrixKernelGivesTheBitsOfTheReduceKernel(t *testing.T) {
	r := newRig(t)
	for _, d := range headDims {
		for i, f := range formats(d) {
			x := r.newProblem(Params{NumHeads: 7 + 5*uint32(i%2), NumKVHeads: 1, HeadDim: d, KVSeqLen: 8, KVCapacity: 8, Scale: 0.1, Format: f})
			one, two := r.attendIn(x, variantFor(x.Params), 1), r.attendIn(x, variantFor(x.Params), 2)
			if !slices.Equal(one, two) {
				t.Errorf("%s: one split differs from two of which one is empty", describe(x.Params))
			}
		}
	}
}

// NaN goes where it belongs and nowhere else, though heads share products.
func TestMatrixKernelKeepsNaNToTheHeadsThatHaveIt(t *testing.T) {
	r := newRig(t)
	const d, group = 128, 11
	x := r.newProblem(Params{NumHeads: 2 * group, NumKVHeads: 2, HeadDim: d, KVSeqLen: 21, KVCapacity: 24, Scale: 0.1, Format: codec.Default(d)})
	for _, c := range []struct {
		name  string
		where *float32
		nan   func(head int) bool
	}{
		{"query", &r.floats(x.Q, 2*group*d)[9*d+3], func(head int) bool { return head == 9 }},
		{"last query of the group", &r.floats(x.Q, 2*group*d)[10*d], func(head int) bool { return head == 10 }},
		{"norm of K", &r.floats(x.KNorms, 48)[20], func(head int) bool { return head < group }},
		{"norm of V", &r.floats(x.VNorms, 48)[24], func(head int) bool { return head >= group }},
	} {
		kept := *c.where
		*c.where = float32(math.NaN())
		got, err := r.attend(x)
		r.must(err)
		*c.where = kept
		for head := range 2 * group {
			nan := slices.ContainsFunc(got[head*d:(head+1)*d], func(v float32) bool { return v != v })
			if nan != c.nan(head) {
				t.Errorf("NaN in a %s: head %d has NaN: %v", c.name, head, nan)
			}
		}
	}
}

// sparse returns a buffer that nobody writes to, so that it takes no memory.
func (r *rig) sparse(length int) mtl.BufferRange {
	r.t.Helper()
	b, err := r.device.NewBuffer(length, mtl.ResourceStorageModeShared)
	r.must(err)
	r.t.Cleanup(b.Release)
	return mtl.BufferRange{Buffer: b}
}

// Rows lie behind 4 GiB twice: by their KV head and by their position.
func TestOffsetsOfRowsHave64Bits(t *testing.T) {
	const d, n, capacity = 64, 20, 1<<25 + 64 // rows of 128 bytes
	r := newRig(t, softmetal.Options{MaxBufferLength: 12 << 30, Memory: 24 << 30})
	k, v := r.sparse(2*capacity*128), r.sparse(2*capacity*128)
	for _, group := range []uint32{4, 6, 16} {
		small := r.newProblem(Params{NumHeads: 2 * group, NumKVHeads: 2, HeadDim: d, KVSeqLen: n, KVCapacity: n, Scale: 0.1, Format: codec.F16(d)})
		large := *small
		large.KVSeqLen, large.KVCapacity, large.Mask, large.SlidingWindow = capacity-5, capacity, MaskSlidingWindow, n
		for head := range 2 {
			for to, from := range map[mtl.BufferRange]mtl.BufferRange{k: small.KPacked, v: small.VPacked} {
				copy(r.bytes(to)[(head*capacity+capacity-5-n)*128:], r.bytes(from)[head*n*128:(head+1)*n*128])
			}
		}
		large.KPacked, large.VPacked = k, v
		got, err := r.attend(&large)
		r.must(err)
		if e := r.nrmse(got, small); !(e <= 2e-6) {
			t.Errorf("group %d: NRMSE %.2g", group, e)
		}
	}
}

// --- Devices that lay matrices out in another way -----------------------------

var otherLayout = softmetal.Options{MatrixLayout: softmetal.MatrixRows}

func TestLargeGroupsAgreeWithTheOracleWithoutMatrices(t *testing.T) {
	var all []Params
	for _, p := range groupProblems() {
		if p.GroupSize() >= 5 {
			all = append(all, p)
		}
	}
	testAgainstTheOracle(t, all, otherLayout)
}

func TestTheFMAKernelRunsWhereTheLayoutOfMatricesIsAnother(t *testing.T) {
	usual, other := newRig(t), newRig(t, otherLayout)
	p := Params{NumHeads: 6, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 300, KVCapacity: 300, Scale: 0.1, Format: codec.Default(64)}
	x, y := usual.newProblem(p), other.newProblem(p)
	fma := usual.attendIn(x, vectorVariantFor(p), splitsFor(p))
	matrix, err := usual.attend(x)
	usual.must(err)
	if slices.Equal(matrix, fma) {
		t.Error("both kernels give the same bits, so that nobody can tell which ran")
	}
	got, err := other.attend(y)
	other.must(err)
	if !slices.Equal(got, fma) {
		t.Error("the result is not that of the FMA kernel")
	}
	if _, err := other.registry.Pipeline(t.Context(), other.device, matrixKernels.name(64)); !errors.Is(err, kernels.ErrCheck) {
		t.Errorf("the matrix kernel's error is %v", err)
	}
}

// Elements that are equal by chance are few.
func TestTheCheckLooksAtEachElementOfTheMatrix(t *testing.T) {
	for _, c := range []struct {
		layout      softmetal.MatrixLayout
		least, most int
	}{{softmetal.MatrixQuadrants, 0, 0}, {softmetal.MatrixRows, 60, 64}} {
		r := newRig(t, softmetal.Options{MatrixLayout: c.layout})
		text, err := shaders.Source("flash_attn_mat_tq.metal")
		r.must(err)
		check := &kernels.Registry{}
		t.Cleanup(check.Release)
		r.must(check.Register(kernels.Source{Name: "check", Text: text, Kernels: []string{"simdgroup_matrix_layout"}}))
		pipeline, err := check.Pipeline(t.Context(), r.device, "simdgroup_matrix_layout")
		r.must(err)
		answers := r.buffer(4 * simdgroupWidth)
		r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(pipeline)
			enc.SetBuffers(0, answers)
			enc.DispatchThreadgroups(mtl.Size{Width: 1, Height: 1, Depth: 1}, mtl.Size{Width: simdgroupWidth, Height: 1, Depth: 1})
			return enc.Err()
		}))
		wrong := 0
		for _, b := range r.bytes(answers) {
			wrong += bits.OnesCount8(b)
		}
		if wrong < c.least || wrong > c.most {
			t.Errorf("layout %d: %d of 64 elements are wrong, want %d to %d", c.layout, wrong, c.least, c.most)
		}
	}
}

func TestWithoutTheCheckAnotherLayoutGivesWrongResults(t *testing.T) {
	r := newRig(t, otherLayout)
	unchecked := &kernels.Registry{}
	t.Cleanup(unchecked.Release)
	all, err := sources()
	r.must(err)
	for _, source := range all {
		source.Check = ""
		r.must(unchecked.Register(source))
	}
	r.registry = unchecked
	for _, group := range []uint32{8, 16} {
		x := r.newProblem(Params{NumHeads: group, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 64, KVCapacity: 64, Scale: 0.1, Format: codec.Default(64)})
		got, err := r.attend(x)
		r.must(err)
		if e := r.nrmse(got, x); !(e > 0.5) {
			t.Errorf("group %d: NRMSE %.2g", group, e)
		}
	}
}

func TestLargeGroupsNeedNoCompilerAfterPrewarmAndAllocateNothing(t *testing.T) {
	for _, options := range []softmetal.Options{{}, otherLayout} {
		w := &watch{Device: openDevice(t, options)}
		r := newRigOn(t, w.Device, w)
		x := r.newProblem(Params{NumHeads: 12, NumKVHeads: 1, HeadDim: 64, KVSeqLen: positionsPerSplit + 1, KVCapacity: positionsPerSplit + 1, Scale: 0.1, Format: codec.Default(64)})
		r.must(Prewarm(t.Context(), r.registry, r.device, x.Params))
		r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error {
			w.silence()
			allocs := testing.AllocsPerRun(100, func() {
				if Dispatch(enc, r.registry, x.Buffers, x.Params) != nil {
					t.Error(enc.Err())
				}
			})
			if allocs != 0 {
				t.Errorf("layout %d: %v allocations", options.MatrixLayout, allocs)
			}
			return enc.Err()
		}))
		if want := int64(101 * 8); w.kept != want { // as for smaller groups in two splits
			t.Errorf("layout %d: %d messages, want %d", options.MatrixLayout, w.kept, want)
		}
	}
}
