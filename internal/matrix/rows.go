package matrix

import (
	"math"
	"slices"
	"sync"

	"github.com/tqmetal/tqmetal/internal/cachetest"
	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// kvHeads is the most KV heads of any problem.
const kvHeads = 2

// rows are normal K and V of one head dimension, [kvHeads][positions][headDim]. All
// problems of that head dimension attend to the first of their positions: making
// them costs as much as attending.
type rows struct{ k, v []float32 }

// newRows makes the rows of each head dimension when they are first asked for.
func newRows() map[uint32]func() rows {
	all := map[uint32]func() rows{}
	for _, d := range HeadDims {
		all[d] = sync.OnceValue(func() rows {
			n := kvHeads * int(maxSeqLen()) * int(d)
			random := gaussian.New(uint64(d))
			return rows{random.Vector(n), random.Vector(n)}
		})
	}
	return all
}

func maxSeqLen() uint32 { return SeqLens[len(SeqLens)-1] }

// between returns the rows of positions from first to end.
func between(x []float32, headDim int, first, end uint32) []float32 {
	var out []float32
	for h := range kvHeads {
		head := x[h*int(maxSeqLen())*headDim:]
		out = append(out, head[int(first)*headDim:int(end)*headDim]...)
	}
	return out
}

// query is the one of a problem.
func query(p Problem) []float32 {
	i := p.index
	seed := uint64(1)
	for _, x := range []int{i.headDim, i.seqLen, i.group, i.mask, i.softcap, i.format} {
		seed = seed*10 + uint64(x)
	}
	return gaussian.New(seed).Vector(int(p.NumHeads * p.HeadDim))
}

// A cache is the packed rows and norms of one format, with room for the longest
// problem.
type cache struct {
	params  attention.Params
	tensors attention.Tensors
}

// copyOf copies the cache of an engine.
func copyOf(p attention.Params, t attention.Tensors) *cache {
	return &cache{p, attention.Tensors{
		KPacked: slices.Clone(t.KPacked), KNorms: slices.Clone(t.KNorms),
		VPacked: slices.Clone(t.VPacked), VNorms: slices.Clone(t.VNorms),
	}}
}

func cacheBytes(t attention.Tensors) [][]byte {
	return [][]byte{t.KPacked, t.KNorms, t.VPacked, t.VNorms}
}

// fill writes what p may read of the cache into t: the visible rows. All else is
// NaN, or what is none in packed bytes, whose norm then is: neither the room behind
// KVSeqLen nor what lies before a window may count.
func (c *cache) fill(t attention.Tensors, p Problem) {
	f := p.CacheFormat()
	visible, seqLen := p.Visible()
	first, end := int(visible), int(seqLen)
	for _, x := range []struct {
		to, from []byte
		rowBytes int
	}{
		{t.KPacked, c.tensors.KPacked, f.KeyRowBytes()}, {t.KNorms, c.tensors.KNorms, f.KeyNormBytes()},
		{t.VPacked, c.tensors.VPacked, f.ValueRowBytes()}, {t.VNorms, c.tensors.VNorms, f.ValueNormBytes()},
	} {
		cachetest.Spoil(x.to)
		for h := range int(p.NumKVHeads) {
			at, from := h*int(p.KVCapacity), h*int(c.params.KVCapacity)
			copy(x.to[(at+first)*x.rowBytes:(at+end)*x.rowBytes], x.from[(from+first)*x.rowBytes:])
		}
	}
}

var nan = float32(math.NaN())
