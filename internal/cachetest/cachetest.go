// Package cachetest makes the data of attention problems for tests: what may count
// is there, and all else is NaN.
package cachetest

import (
	"math"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// NewTensors returns tensors of p with a copy of q and with the rows of k and v,
// [NumKVHeads][KVSeqLen][HeadDim], that the query sees, as package codec encodes
// them. Rows that a window hides, those from KVSeqLen on, and Output are NaN. An
// error is that of Params.NewTensors or of the codec.
func NewTensors(p attention.Params, q, k, v []float32) (attention.Tensors, error) {
	t, err := p.NewTensors()
	if err != nil {
		return t, err
	}
	for _, b := range [][]byte{t.KPacked, t.KNorms, t.VPacked, t.VNorms} {
		Spoil(b)
	}
	for i := range t.Output {
		t.Output[i] = float32(math.NaN())
	}
	copy(t.Q, q)
	f := p.CacheFormat()
	if err := encodeVisible(p, t.KPacked, t.KNorms, f.KeyRowBytes(), f.Norm, f.EncodeKey, k); err != nil {
		return t, err
	}
	return t, encodeVisible(p, t.VPacked, t.VNorms, f.ValueRowBytes(), f.Norm, f.EncodeValue, v)
}

func encodeVisible(p attention.Params, packed, norms []byte, rowBytes int, kind codec.NormType, encode func([]byte, []float32) (float32, error), rows []float32) error {
	first, end := p.Visible()
	for h := range p.NumKVHeads {
		for position := first; position < end; position++ {
			at := int(h*p.KVCapacity + position)
			norm, err := encode(packed[at*rowBytes:], rows[int(h*p.KVSeqLen+position)*int(p.HeadDim):][:p.HeadDim])
			if err != nil {
				return err
			}
			if len(norms) > 0 {
				kind.PutNorm(norms, at, norm)
			}
		}
	}
	return nil
}

// Spoil fills memory with NaN, whatever it is read as: all bits of each byte are
// set.
func Spoil(b []byte) {
	for i := range b {
		b[i] = 0xff
	}
}
