package oracle

import (
	"encoding/binary"
	"math"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// A cache decodes rows in float64. It shares with package codec the tables of
// the format and the binary16 conversion, but no arithmetic, so that a slip in
// either shows as a difference.
type cache struct {
	format   codec.Format
	capacity int
	tensors  attention.Tensors
	row      []float64
}

func newCache(p attention.Params, t attention.Tensors) *cache {
	return &cache{format: p.CacheFormat(), capacity: int(p.KVCapacity), tensors: t, row: make([]float64, p.HeadDim)}
}

func (c *cache) key(kvHead, position int) []float64 {
	return c.decode(c.tensors.KPacked, c.tensors.KNorms, c.format.KeyBits, kvHead*c.capacity+position)
}

func (c *cache) value(kvHead, position int) []float64 {
	return c.decode(c.tensors.VPacked, c.tensors.VNorms, c.format.ValueBits, kvHead*c.capacity+position)
}

// decode returns row number i in the original basis.
func (c *cache) decode(packed, norms []byte, bits uint32, i int) []float64 {
	dim := len(c.row)
	packed = packed[i*dim*int(bits)/8:]
	if bits == 16 {
		for j := range c.row {
			c.row[j] = float64(codec.Float16frombits(binary.LittleEndian.Uint16(packed[2*j:])))
		}
		return c.row
	}
	norm := float64(c.format.Norm.Norm(norms, i))
	levels := codec.Levels()
	for j := range c.row {
		if bits == 8 {
			c.row[j] = float64(int8(packed[j])) * norm
		} else {
			index := packed[j/2] >> (4 * (j % 2)) & 15
			c.row[j] = float64(levels[index]) * norm / math.Sqrt(float64(dim))
		}
	}
	hadamard(c.row)
	for j := range c.row {
		c.row[j] /= math.Sqrt(float64(dim))
		if c.format.Signs && codec.Negative(j) {
			c.row[j] *= -1
		}
	}
	return c.row
}

// hadamard multiplies x by the Walsh-Hadamard matrix in natural order, not
// normalised: H of 2n is (H H; H -H) of n.
func hadamard(x []float64) {
	n := len(x) / 2
	if n == 0 {
		return
	}
	hadamard(x[:n])
	hadamard(x[n:])
	for j := range n {
		x[j], x[n+j] = x[j]+x[n+j], x[j]-x[n+j]
	}
}
