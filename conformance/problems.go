package main

import (
	"fmt"
	"math"

	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

var headDims = []uint32{64, 128, 256, 512}

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

// matrix is the problems of the correctness run: every head dimension, length, group, mask, softcap and format of the
// acceptance matrix (864), a quarter of it for K8V4 and 16 bits, and every group with every format.
func matrix() (all []tqsdpa.Params) {
	add := func(p tqsdpa.Params, mask tqsdpa.Mask, softcap float32) {
		p.Mask, p.Softcap = mask, softcap
		if mask == tqsdpa.MaskSlidingWindow {
			p.SlidingWindow = p.KVSeqLen/2 + 1
		}
		if len(all)%2 == 1 {
			p.KVCapacity += 5
		}
		if len(all)%7 == 6 && softcap == 0 { // 7, as softcaps alternate
			p.Scale = 1
		}
		all = append(all, p)
	}
	for _, d := range headDims {
		quarter := 0
		for i, f := range formats(d)[:4] {
			for _, n := range []uint32{1, 31, 33, 64, 1000, 4097} {
				for _, group := range []uint32{1, 2, 8} {
					for _, mask := range []tqsdpa.Mask{tqsdpa.MaskNone, tqsdpa.MaskCausal, tqsdpa.MaskSlidingWindow} {
						for _, softcap := range []float32{0, 30} {
							if quarter++; i < 2 || quarter%4 == 0 {
								add(params(f, 2, group, n), mask, softcap)
							}
						}
					}
				}
			}
		}
		for _, f := range formats(d) {
			for _, group := range []uint32{1, 2, 3, 4, 5, 8, 16} {
				for i, n := range []uint32{7, 65, 300, 777} {
					add(params(f, 1, group, n), []tqsdpa.Mask{tqsdpa.MaskSlidingWindow, tqsdpa.MaskNone, tqsdpa.MaskSlidingWindow, tqsdpa.MaskCausal}[i], float32(i%2)*20)
				}
			}
		}
	}
	return all
}

// small is the problems of the sanitizers: every variant, with one split and with several, blocks that end early, and a
// window.
func small() (all []tqsdpa.Params) {
	for _, d := range headDims {
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
	t, err := p.NewTensors()
	if err != nil {
		return nil, err
	}
	random := gaussian.New(uint64(p.HeadDim + p.KVSeqLen))
	copy(t.Q, random.Vector(len(t.Q)))
	for _, x := range [][]byte{t.KPacked, t.KNorms, t.VPacked, t.VNorms} {
		for i := range x {
			x[i] = 0xff
		}
	}
	f := p.CacheFormat()
	first, end := p.Visible()
	row := make([]float32, p.HeadDim)
	for h := range p.NumKVHeads {
		for position := first; position < end; position++ {
			at := int(h*p.KVCapacity + position)
			random.Fill(row)
			norm, err := f.EncodeKey(t.KPacked[at*f.KeyRowBytes():], row)
			if err != nil {
				return nil, err
			}
			if len(t.KNorms) > 0 {
				f.Norm.PutNorm(t.KNorms, at, norm)
			}
			random.Fill(row)
			if norm, err = f.EncodeValue(t.VPacked[at*f.ValueRowBytes():], row); err != nil {
				return nil, err
			}
			if len(t.VNorms) > 0 {
				f.Norm.PutNorm(t.VNorms, at, norm)
			}
		}
	}
	x := &problem{Params: p, Tensors: t}
	if withOracle {
		x.want, err = oracle.Attend(p, t)
	}
	return x, err
}

// limit is the worst NRMSE of a head that counts as right.
func limit(p tqsdpa.Params) float64 {
	if p.Scale == 1 {
		return 5e-6
	}
	return 2e-6
}
