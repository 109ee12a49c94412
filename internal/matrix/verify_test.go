package matrix

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/internal/cachetest"
	"github.com/tqmetal/tqmetal/internal/engine"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// A broken engine is the CPU's, and something goes wrong after each call.
type broken struct {
	engine.Engine
	order softmetal.Order

	quantized func(position uint32, t attention.Tensors)
	decoded   func(order softmetal.Order, k []float32)
	attended  func(order softmetal.Order, seqLen uint32, output []float32) error
	closed    error
}

func (b *broken) SetOrder(o softmetal.Order) { b.order = o }
func (b *broken) Close() error               { return b.closed }

func (b *broken) New(p attention.Params) (engine.Problem, error) {
	x, err := b.Engine.New(p)
	return &brokenProblem{x, b}, err
}

type brokenProblem struct {
	engine.Problem
	engine *broken
}

func (x *brokenProblem) Quantize(ctx context.Context, position uint32, k, v []float32) error {
	err := x.Problem.Quantize(ctx, position, k, v)
	if x.engine.quantized != nil {
		x.engine.quantized(position, x.Tensors())
	}
	return err
}

func (x *brokenProblem) Dequantize(ctx context.Context, position uint32, k, v []float32) error {
	err := x.Problem.Dequantize(ctx, position, k, v)
	if x.engine.decoded != nil {
		x.engine.decoded(x.engine.order, k)
	}
	return err
}

func (x *brokenProblem) Attend(ctx context.Context, seqLen uint32) (time.Duration, error) {
	took, err := x.Problem.Attend(ctx, seqLen)
	if err == nil && x.engine.attended != nil {
		err = x.engine.attended(x.engine.order, seqLen, x.Tensors().Output)
	}
	return took, err
}

// few are the problems of one format and head dimension up to 33 positions: 16
// bytes a row are K's, 4 its norm.
func few() (problems []Problem) {
	for _, p := range All() {
		if p.FormatName == "default" && p.HeadDim == 64 && p.KVSeqLen <= 33 {
			problems = append(problems, p)
		}
	}
	return problems
}

func verify(t *testing.T, b *broken, problems []Problem) (Report, error) {
	t.Helper()
	e, err := engine.CPU(2)
	if err != nil {
		t.Fatal(err)
	}
	b.Engine = e
	return Verify(t.Context(), func() (engine.Engine, error) { return b, nil }, 1, problems, nil)
}

// What an engine may get wrong, each alone.
func TestVerifyFinds(t *testing.T) {
	const positions = 33 + 5 // of a KV head of the cache that rows are encoded into
	for _, c := range []struct {
		name   string
		engine broken
		misses int // of 54 problems and one format
		says   string
	}{
		{"nothing where all is right", broken{}, 0, ""},
		{"a wrong level", broken{quantized: func(position uint32, t attention.Tensors) {
			if position == 31 {
				t.KPacked[(positions+32)*32+5] ^= 0x20
			}
		}}, 1, "rows: default, head dim 64, 33 positions: quantize: K of KV head 1, position 32: element 11"},
		{"a wrong norm", broken{quantized: func(position uint32, t attention.Tensors) { t.VNorms[4*30+1] = 0xab }}, 1,
			"quantize: V of KV head 0, position 30: norm"},
		{"a row behind the last that is written", broken{quantized: func(position uint32, t attention.Tensors) { t.VPacked[(positions+33)*32] = 0 }}, 1,
			"quantize: V of KV head 1, position 33: written, and is none of the rows"},
		{"a decoded element that is wrong", broken{decoded: func(order softmetal.Order, k []float32) { k[len(k)-1] += 1e-3 }}, 1,
			"dequantize: K of KV head 1, position 0: NRMSE"},
		{"rows that an order decodes otherwise", broken{decoded: func(order softmetal.Order, k []float32) {
			if order == orders()[2] {
				k[0] = math.Nextafter32(k[0], 9)
			}
		}}, 1, "dequantize positions 0 to 1: other bits in order"},
		{"an output that is wrong at one length", broken{attended: func(_ softmetal.Order, seqLen uint32, output []float32) error {
			if seqLen == 31 {
				output[len(output)-1] += 1e-3
			}
			return nil
		}}, 18, "attention: default, head dim 64, 31 positions of"},
		{"an output that is NaN", broken{attended: func(_ softmetal.Order, seqLen uint32, output []float32) error {
			if seqLen == 1 {
				output[0] = nan
			}
			return nil
		}}, 18, "NRMSE NaN in order"},
		{"an output that an order gives otherwise", broken{attended: func(order softmetal.Order, seqLen uint32, output []float32) error {
			if order == orders()[1] && seqLen == 33 {
				output[3] = math.Nextafter32(output[3], 9)
			}
			return nil
		}}, 18, "other bits in order up, first simdgroup alone than in order down"},
		{"a failure", broken{attended: func(_ softmetal.Order, seqLen uint32, _ []float32) error {
			if seqLen == 1 {
				return errors.New("the GPU is gone")
			}
			return nil
		}}, 18, "in order down: the GPU is gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := verify(t, &c.engine, few())
			if err != nil {
				t.Fatal(err)
			}
			if r.Problems != 54 || r.Misses != c.misses || !strings.Contains(strings.Join(r.FirstMisses, "\n"), c.says) || len(r.FirstMisses) > maxFirstMisses {
				t.Errorf("%d misses of %d problems, want %d:\n%s", r.Misses, r.Problems, c.misses, strings.Join(r.FirstMisses, "\n"))
			}
			misses, rows := 0, 0
			for _, a := range r.Attention {
				misses += a.Misses
				if a.Right != (a.Misses == 0) {
					t.Errorf("%+v", a)
				}
			}
			for _, x := range r.Rows {
				if !x.Right {
					rows++
				}
			}
			if misses+rows != r.Misses || c.misses == 0 && len(r.FirstMisses) > 0 {
				t.Errorf("%d misses in the records of attention and %d in those of rows, want %d together", misses, rows, r.Misses)
			}
		})
	}
}

// NaN must stay what it is: the worst of NaN and a number is NaN.
func TestTheWorstErrorOfNaNIsNaN(t *testing.T) {
	r, err := verify(t, &broken{attended: func(order softmetal.Order, _ uint32, output []float32) error {
		output[0] = nan
		return nil
	}}, few())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.Attention {
		if a.WorstError == a.WorstError || a.Right {
			t.Errorf("%+v", a)
		}
	}
}

func TestWhatEndsAVerification(t *testing.T) {
	boom := errors.New("boom")
	if _, err := Verify(t.Context(), func() (engine.Engine, error) { return nil, boom }, 2, few(), nil); !errors.Is(err, boom) {
		t.Errorf("an engine that does not open: %v", err)
	}
	if _, err := verify(t, &broken{closed: boom}, few()); !errors.Is(err, boom) {
		t.Errorf("what an engine says at its end: %v", err)
	}
	e, err := engine.CPU(1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	calls, last := 0, 0
	_, err = Verify(ctx, func() (engine.Engine, error) { return e, nil }, 1, few(), func(done, total int, what string) {
		if calls++; done <= last || done > total || what == "" {
			t.Errorf("%d of %d after %d: %q", done, total, last, what)
		}
		last = done
		if calls == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || calls > 4 {
		t.Errorf("after %d calls: %v", calls, err)
	}
}

func TestProgressEndsWhereAllIsDone(t *testing.T) {
	e, err := engine.CPU(1)
	if err != nil {
		t.Fatal(err)
	}
	done, total := 0, 0
	if _, err := Verify(t.Context(), func() (engine.Engine, error) { return e, nil }, 2, few(), func(d, n int, _ string) { done, total = d, n }); err != nil {
		t.Fatal(err)
	}
	if done != total || total == 0 {
		t.Errorf("%d of %d", done, total)
	}
}

// A level may be the next one where the value is that close to the boundary, and
// nowhere else.
func TestLevelsThatDifferNextToABoundary(t *testing.T) {
	f := Formats[1].Of(64)
	row := make([]float32, 64)
	for j := range row {
		row[j] = 1
		if j%2 == 1 {
			row[j] = -1
		}
	}
	if err := f.Unrotate(row); err != nil { // so that the rotated row is 1, -1, ...
		t.Fatal(err)
	}
	want := make([]byte, 32)
	if _, err := f.EncodeKey(want, row); err != nil {
		t.Fatal(err)
	}
	got := append([]byte(nil), want...)
	got[0] ^= 1 // element 0, which is 1, is in the middle of its level
	if n, err := levelDifferences(f, 4, got, want, row); err == nil || !strings.Contains(err.Error(), "element 0, which is 1.0000") {
		t.Errorf("%d, %v", n, err)
	}
	// 0 is a boundary: both sides are right for an element that is 0.
	for j := range row {
		row[j] = 0
	}
	row[0], row[63] = 1, -1
	zeros := append([]float32(nil), row...)
	if err := f.Rotate(zeros); err != nil {
		t.Fatal(err)
	}
	if _, err := f.EncodeKey(want, row); err != nil {
		t.Fatal(err)
	}
	copy(got, want)
	different := 0
	for j, x := range zeros {
		if x == 0 {
			if level(got, 4, j) == 7 {
				got[j/2] += 1 << (4 * (j % 2))
			} else {
				got[j/2] -= 1 << (4 * (j % 2))
			}
			different++
		}
	}
	if n, err := levelDifferences(f, 4, got, want, row); n != different || err != nil || different == 0 {
		t.Errorf("%d of %d, %v", n, different, err)
	}
	k8 := Formats[2].Of(64)
	packed := make([]byte, 64)
	if _, err := k8.EncodeKey(packed, row); err != nil {
		t.Fatal(err)
	}
	got = append([]byte(nil), packed...)
	got[5]++
	if _, err := levelDifferences(k8, 8, got, packed, row); err == nil {
		t.Error("8 bits: a level that is not next to a boundary may differ")
	}
	if _, err := levelDifferences(Formats[3].Of(64), 16, []byte{1, 0}, []byte{0, 0}, row); err == nil {
		t.Error("16 bits: a value may differ")
	}
}

func TestRowsThatMustNotCountAreNaN(t *testing.T) {
	p := Problem{}
	for _, q := range All() {
		if q.FormatName == "default" && q.HeadDim == 64 && q.KVSeqLen == 64 && q.SlidingWindow == 3 && q.KVCapacity > 64 {
			p = q
		}
	}
	all := newRows()[64]()
	whole := cacheParams(p.CacheFormat(), 64)
	encoded, err := cachetest.NewTensors(whole, nil, between(all.k, 64, 0, 64), between(all.v, 64, 0, 64))
	if err != nil {
		t.Fatal(err)
	}
	c := &cache{whole, encoded}
	tensors, err := p.NewTensors()
	if err != nil {
		t.Fatal(err)
	}
	c.fill(tensors, p)
	for h := range int(p.NumKVHeads) {
		for position := range int(p.KVCapacity) {
			at := h*int(p.KVCapacity) + position
			visible := position >= 61 && position < 64
			for name, norms := range map[string][]byte{"K": tensors.KNorms, "V": tensors.VNorms} {
				if norm := p.Format.Norm.Norm(norms, at); (norm == norm) != visible {
					t.Errorf("%s of KV head %d, position %d of %d: norm %v", name, h, position, p.KVCapacity, norm)
				}
			}
		}
	}
}
