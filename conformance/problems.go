package main

import (
	"fmt"
	"math"

	"github.com/tqmetal/tqmetal/internal/cachetest"
	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// formats are all that the kernels differ in: widths of K and V, signs, norm correction, F16 norms.
func formats(d uint32) []codec.Format {
	return []codec.Format{
		codec.MLXNative01(d), codec.Default(d), codec.K8V4(d), codec.F16(d),
		{HeadDim: d, KeyBits: 4, ValueBits: 8, NormCorrection: true, Norm: codec.NormF16},
		{HeadDim: d, KeyBits: 16, ValueBits: 4, Signs: true},
	}
}

func params(f codec.Format, kvHeads, group, n uint32) tqsdpa.Params {
	return tqsdpa.Params{NumHeads: kvHeads * group, NumKVHeads: kvHeads, HeadDim: f.HeadDim, KVSeqLen: n, KVCapacity: n,
		Scale: float32(1 / math.Sqrt(float64(f.HeadDim))), Format: f}
}

// problems is those of the correctness run: the matrix that every device is held to, and every group with every format.
func problems() (all []tqsdpa.Params) {
	for _, p := range matrix.All() {
		all = append(all, p.Params)
	}
	for _, d := range matrix.HeadDims {
		for _, f := range formats(d) {
			for _, group := range []uint32{1, 2, 3, 4, 5, 8, 16} {
				for i, n := range []uint32{7, 65, 300, 777} {
					p := params(f, 1, group, n)
					p.Mask, p.Softcap = []tqsdpa.Mask{tqsdpa.MaskSlidingWindow, tqsdpa.MaskNone, tqsdpa.MaskSlidingWindow, tqsdpa.MaskCausal}[i], float32(i%2)*20
					if p.Mask == tqsdpa.MaskSlidingWindow {
						p.SlidingWindow = n/2 + 1
					}
					if len(all)%2 == 1 {
						p.KVCapacity += 5
					}
					all = append(all, p)
				}
			}
		}
	}
	return all
}

// small is the problems of the sanitizers: every variant, with one split and with several, blocks that end early, and a
// window.
func small() (all []tqsdpa.Params) {
	for _, d := range matrix.HeadDims {
		for _, f := range formats(d) {
			for _, group := range []uint32{1, 2, 3, 8} {
				for i, n := range []uint32{70, 300} {
					p := params(f, 1, group, n)
					if i == 1 && group != 2 {
						p.Mask, p.SlidingWindow, p.Softcap = tqsdpa.MaskSlidingWindow, 270, 30
					}
					all = append(all, p)
				}
			}
		}
	}
	return all
}

func describe(p tqsdpa.Params) string {
	return fmt.Sprintf("%v kv %d of %d, heads %d/%d, mask %v %d, softcap %g, scale %.3f", p.CacheFormat(), p.KVSeqLen, p.KVCapacity, p.NumHeads, p.NumKVHeads, p.Mask, p.SlidingWindow, p.Softcap, p.Scale)
}

// A problem is one attention with its bytes. Rows that the mask hides, and those from KVSeqLen on, are NaN.
type problem struct {
	tqsdpa.Params
	attention.Tensors
	want []float64 // nil where nobody asked for it
}

func newProblem(p tqsdpa.Params, withOracle bool) (*problem, error) {
	random := gaussian.New(uint64(p.HeadDim + p.KVSeqLen))
	rows := int(p.NumKVHeads * p.KVSeqLen * p.HeadDim)
	t, err := cachetest.NewTensors(p, random.Vector(int(p.NumHeads*p.HeadDim)), random.Vector(rows), random.Vector(rows))
	if err != nil {
		return nil, err
	}
	x := &problem{Params: p, Tensors: t}
	if withOracle {
		x.want, err = oracle.Attend(p, t)
	}
	return x, err
}
