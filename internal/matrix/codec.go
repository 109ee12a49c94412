package matrix

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/tqmetal/tqmetal/internal/bench"
	"github.com/tqmetal/tqmetal/internal/cachetest"
	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// How far rows may be from the codec's.
const (
	levelsLimit = 1e-4 // the share of levels that may differ, and only
	nextTo      = 1e-6 // where the value is that near to a boundary, in units of the row's root mean square
	normLimit   = 1e-6
	decodeLimit = 1e-6
)

// A side is K or V of a cache.
type side struct {
	name          string
	bits          uint32
	packed, norms []byte
	rowBytes      int
	decode        func([]float32, []byte, float32) error
	rows          []float32 // [kvHeads][tokens][headDim]
}

func sides(p attention.Params, t attention.Tensors, k, v []float32) [2]side {
	f := p.CacheFormat()
	return [2]side{
		{"K", f.KeyBits, t.KPacked, t.KNorms, f.KeyRowBytes(), f.DecodeKey, k},
		{"V", f.ValueBits, t.VPacked, t.VNorms, f.ValueRowBytes(), f.DecodeValue, v},
	}
}

// cacheParams are those of a cache of seqLen positions, with room behind them
// that must not be written.
func cacheParams(f codec.Format, seqLen uint32) attention.Params {
	return attention.Params{
		NumHeads: kvHeads, NumKVHeads: kvHeads, HeadDim: f.HeadDim,
		KVSeqLen: seqLen, KVCapacity: seqLen + 5, Scale: 1, Format: f,
	}
}

// checkRows has an engine encode rows of one format and decode them again, and
// compares both with the codec. The cache that it returns is the engine's, and the
// codec's where the engine made none: one mistake must not hide what attention
// does.
func checkRows(ctx context.Context, e engine.Engine, name string, f codec.Format, seqLen uint32, all rows) (*cache, RowsRecord, []string, error) {
	d := int(f.HeadDim)
	k, v := between(all.k, d, 0, seqLen), between(all.v, d, 0, seqLen)
	p := cacheParams(f, seqLen)
	encoded, err := cachetest.NewTensors(p, nil, k, v)
	if err != nil {
		return nil, RowsRecord{}, nil, err
	}
	want := &cache{p, encoded}
	r := RowsRecord{
		FormatName: name, Format: f.String(), HeadDim: f.HeadDim,
		LevelsLimit: levelsLimit, NormLimit: normLimit, DecodeLimit: decodeLimit,
	}
	got := want
	x, err := e.New(p)
	var misses missList
	if err == nil {
		defer x.Release()
		for _, b := range cacheBytes(x.Tensors()) {
			cachetest.Spoil(b)
		}
		if err = encode(ctx, e, x, p, all, &misses); err == nil {
			got = copyOf(p, x.Tensors())
			compareEncoded(&r, p, got, want, k, v, &misses)
			err = decode(ctx, e, x, p, &r, &misses)
		}
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, RowsRecord{}, nil, context.Cause(ctx)
		}
		misses.add("%v", err)
	}
	r.Right = len(misses) == 0
	for i, m := range misses {
		misses[i] = fmt.Sprintf("rows: %s, head dim %d, %d positions: %s", name, d, seqLen, m)
	}
	return got, r, misses, nil
}

// A stretch is the positions that a cache grows by at a time: from each length of
// the matrix to the next.
type stretch struct{ first, end uint32 }

func stretches(seqLen uint32) (all []stretch) {
	first := uint32(0)
	for _, n := range SeqLens {
		if end := min(n, seqLen); end > first {
			all = append(all, stretch{first, end})
			first = end
		}
	}
	return all
}

// orders are those that a stretch is tried in. Rows don't depend on each other, and
// rotating them is what a software device is slowest at: so the long stretches run
// in one order.
func (s stretch) orders() []softmetal.Order {
	if s.end > 64 {
		return orders()[1:2]
	}
	return orders()
}

func encode(ctx context.Context, e engine.Engine, x engine.Problem, p attention.Params, all rows, misses *missList) error {
	for _, s := range stretches(p.KVSeqLen) {
		k, v := between(all.k, int(p.HeadDim), s.first, s.end), between(all.v, int(p.HeadDim), s.first, s.end)
		var before *cache
		for _, order := range s.orders() {
			e.SetOrder(order)
			if err := x.Quantize(ctx, s.first, k, v); err != nil {
				return fmt.Errorf("quantize positions %d to %d in order %v: %w", s.first, s.end, order, err)
			}
			now := copyOf(p, x.Tensors())
			if before != nil && !slices.EqualFunc(cacheBytes(before.tensors), cacheBytes(now.tensors), bytes.Equal) {
				misses.add("quantize positions %d to %d: other bytes in order %v", s.first, s.end, order)
			}
			before = now
		}
	}
	return nil
}

// decode goes through the stretches from their ends, as far back as the software
// device can be asked to.
func decode(ctx context.Context, e engine.Engine, x engine.Problem, p attention.Params, r *RowsRecord, misses *missList) error {
	const longest = 1000
	d := int(p.HeadDim)
	for _, s := range stretches(p.KVSeqLen) {
		if s.end-s.first > longest {
			s.first = s.end - longest/10
		}
		n := kvHeads * int(s.end-s.first) * d
		var k, v []float32
		for _, order := range s.orders() {
			e.SetOrder(order)
			gotK, gotV := make([]float32, n), make([]float32, n)
			if err := x.Dequantize(ctx, s.first, gotK, gotV); err != nil {
				return fmt.Errorf("dequantize positions %d to %d in order %v: %w", s.first, s.end, order, err)
			}
			if k != nil && (!sameBits(k, gotK) || !sameBits(v, gotV)) {
				misses.add("dequantize positions %d to %d: other bits in order %v", s.first, s.end, order)
			}
			k, v = gotK, gotV
		}
		if err := compareDecoded(r, p, x.Tensors(), s, k, v, misses); err != nil {
			return err
		}
	}
	return nil
}

// compareEncoded compares each row and norm with the codec's; room that no row was
// written to must be as it was.
func compareEncoded(r *RowsRecord, p attention.Params, got, want *cache, k, v []float32, misses *missList) {
	f, d, n := p.CacheFormat(), int(p.HeadDim), int(p.KVSeqLen)
	gotSides, wantSides := sides(p, got.tensors, k, v), sides(p, want.tensors, k, v)
	for i, g := range gotSides {
		w := wantSides[i]
		for at := range kvHeads * int(p.KVCapacity) {
			head, position := at/int(p.KVCapacity), at%int(p.KVCapacity)
			where := fmt.Sprintf("quantize: %s of KV head %d, position %d", g.name, head, position)
			gotRow, wantRow := g.packed[at*g.rowBytes:(at+1)*g.rowBytes], w.packed[at*w.rowBytes:(at+1)*w.rowBytes]
			if position >= n {
				if !bytes.Equal(gotRow, wantRow) {
					misses.add("%s: written, and is none of the rows", where)
				}
				continue
			}
			row := (head*n + position) * d
			different, err := levelDifferences(f, g.bits, gotRow, wantRow, g.rows[row:row+d])
			if err != nil {
				misses.add("%s: %v", where, err)
			}
			r.Rows++
			r.Levels += d
			r.LevelsDifferent += different
			if len(g.norms) == 0 {
				continue
			}
			gotNorm, wantNorm := float64(f.Norm.Norm(g.norms, at)), float64(f.Norm.Norm(w.norms, at))
			e := math.Abs(gotNorm-wantNorm) / math.Abs(wantNorm)
			r.NormError = bench.Number(max(float64(r.NormError), e))
			if !(e <= normLimit) {
				misses.add("%s: norm %v, want %v", where, gotNorm, wantNorm)
			}
		}
	}
	if float64(r.LevelsDifferent) >= levelsLimit*float64(r.Levels) {
		misses.add("quantize: %d of %d levels differ, must be less than 1 in %.0f", r.LevelsDifferent, r.Levels, 1/levelsLimit)
	}
}

// levelDifferences counts the levels of a row that differ by one next to a
// boundary, and returns an error for any other difference. At 16 bits there are
// no levels: values are rounded alike everywhere.
func levelDifferences(f codec.Format, bits uint32, got, want []byte, row []float32) (count int, err error) {
	if bytes.Equal(got, want) {
		return 0, nil
	}
	if bits == 16 {
		return 0, fmt.Errorf("packed % x, want % x", got, want)
	}
	y := make([]float64, len(row))
	squares, largest := 0.0, 0.0
	for j, x := range row {
		y[j] = float64(x)
		squares += y[j] * y[j]
	}
	if err := f.Rotate64(y); err != nil {
		return 0, err
	}
	for _, x := range y {
		largest = math.Max(largest, math.Abs(x))
	}
	unit := math.Sqrt(squares / float64(len(y)))
	for j, x := range y {
		a, b := level(got, bits, j), level(want, bits, j)
		if a == b {
			continue
		}
		boundary := (float64(min(a, b)) + 0.5) * largest / 127 / unit
		if bits == 4 {
			boundaries := codec.Boundaries()
			boundary = float64(boundaries[min(a, b, len(boundaries)-1)])
		}
		if a-b != 1 && b-a != 1 || !(math.Abs(x/unit-boundary) < nextTo) {
			return 0, fmt.Errorf("element %d, which is %.8f, has level %d, want %d", j, x/unit, a, b)
		}
		count++
	}
	return count, nil
}

func level(packed []byte, bits uint32, j int) int {
	if bits == 8 {
		return int(int8(packed[j]))
	}
	return int(packed[j/2] >> (4 * (j % 2)) & 15)
}

// compareDecoded compares the decoded rows of a stretch with what the codec decodes
// of the same bytes.
func compareDecoded(r *RowsRecord, p attention.Params, t attention.Tensors, s stretch, k, v []float32, misses *missList) error {
	f, d, n := p.CacheFormat(), int(p.HeadDim), int(s.end-s.first)
	row, want := make([]float32, d), make([]float64, d)
	for _, side := range sides(p, t, k, v) {
		for i := range kvHeads * n {
			head, position := i/n, int(s.first)+i%n
			at := head*int(p.KVCapacity) + position
			norm := float32(1)
			if len(side.norms) > 0 {
				norm = f.Norm.Norm(side.norms, at)
			}
			if err := side.decode(row, side.packed[at*side.rowBytes:], norm); err != nil {
				return err
			}
			for j, x := range row {
				want[j] = float64(x)
			}
			e, err := oracle.NRMSE(side.rows[i*d:(i+1)*d], want)
			if err != nil {
				return err
			}
			r.RowsDecoded++
			r.DecodeError = bench.Number(max(float64(r.DecodeError), e))
			if !(e <= decodeLimit) {
				misses.add("dequantize: %s of KV head %d, position %d: NRMSE %.2g, at most %.0g", side.name, head, position, e, decodeLimit)
			}
		}
	}
	return nil
}

// A missList is the first few of what was wrong; where a kernel is wrong, all its
// rows are.
type missList []string

func (m *missList) add(format string, args ...any) {
	if len(*m) < 4 {
		*m = append(*m, fmt.Sprintf(format, args...))
	}
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// orders are three schedules of a software device: down, and the first and the last
// simdgroup of a threadgroup running ahead, so that a missing barrier shows. On
// hardware they are three runs.
func orders() []softmetal.Order {
	return []softmetal.Order{
		{Sequence: softmetal.Down},
		{Sequence: softmetal.Up, Skew: softmetal.First},
		{Sequence: softmetal.Shuffled, Seed: 2, Skew: softmetal.Last},
	}
}
