package cpu_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/cpu"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

var background = context.Background()

func newEngine(t testing.TB, threads int) *cpu.Engine {
	t.Helper()
	e, err := cpu.New(threads)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// filled returns tensors with normal rows in the positions up to KVSeqLen and
// NaN in everything behind: rows, norms and the output.
func filled(t testing.TB, p attention.Params, seed uint64) attention.Tensors {
	t.Helper()
	tensors, err := p.NewTensors()
	if err != nil {
		t.Fatal(err)
	}
	for _, bytes := range [][]byte{tensors.KPacked, tensors.KNorms, tensors.VPacked, tensors.VNorms} {
		for i := range bytes {
			bytes[i] = 0xff // NaN in binary16 and binary32
		}
	}
	fillNaN(tensors.Output)
	source := gaussian.New(seed)
	source.Fill(tensors.Q)
	n := int(p.NumKVHeads * p.KVSeqLen * p.HeadDim)
	if err := newEngine(t, 0).Quantize(background, p, tensors, 0, source.Vector(n), source.Vector(n)); err != nil {
		t.Fatal(err)
	}
	return tensors
}

func fillNaN(x []float32) {
	for i := range x {
		x[i] = float32(math.NaN())
	}
}

// The matrix: every shape, mask, softcap and format against the oracle over the
// same packed bytes. In short mode every tenth problem.
func TestAttentionAgreesWithTheOracle(t *testing.T) {
	const want = 4 * 6 * 4 * 3 * 3 * 2 * 2
	number, worstAtRoot, worstAtOne := 0, 0.0, 0.0
	for _, d := range []uint32{64, 128, 256, 512} {
		for _, seqLen := range []uint32{1, 31, 33, 64, 1000, 4097} {
			for _, format := range []codec.Format{{}, codec.Default(d), codec.K8V4(d), codec.F16(d)} {
				// One cache serves all problems of a shape: making it takes longer than they do.
				p := attention.Params{NumHeads: 16, NumKVHeads: 2, HeadDim: d, KVSeqLen: seqLen, KVCapacity: seqLen + 5, Scale: 1, Format: format}
				tensors := filled(t, p, uint64(d+seqLen))
				for _, p := range variants(p) {
					number++
					if testing.Short() && number%10 != 0 {
						continue
					}
					if p.Scale == 1 {
						worstAtOne = max(worstAtOne, agree(t, p, tensors, 5e-6))
					} else {
						worstAtRoot = max(worstAtRoot, agree(t, p, tensors, 2e-6))
					}
				}
			}
		}
	}
	if number != want {
		t.Errorf("the matrix has %d problems, want %d", number, want)
	}
	t.Logf("worst NRMSE of a head: %.2g at scale 1/sqrt(d), %.2g at scale 1", worstAtRoot, worstAtOne)
}

// variants returns p with every group size, mask, softcap and scale.
func variants(p attention.Params) (all []attention.Params) {
	for _, group := range []uint32{1, 2, 8} {
		for _, mask := range []attention.Mask{attention.MaskNone, attention.MaskCausal, attention.MaskSlidingWindow} {
			for _, softcap := range []float32{0, 30} {
				for _, scale := range []float32{1, float32(1 / math.Sqrt(float64(p.HeadDim)))} {
					v := p
					v.NumHeads, v.Mask, v.Softcap, v.Scale = group*p.NumKVHeads, mask, softcap, scale
					if mask == attention.MaskSlidingWindow {
						v.SlidingWindow = p.KVSeqLen/3 + 1
					}
					all = append(all, v)
				}
			}
		}
	}
	return all
}

// agree checks the engine against the oracle and returns the NRMSE of the worst
// head.
func agree(t *testing.T, p attention.Params, tensors attention.Tensors, limit float64) float64 {
	t.Helper()
	n := int(p.NumHeads * p.HeadDim)
	tensors.Q, tensors.Output = tensors.Q[:n], tensors.Output[:n]
	fillNaN(tensors.Output)
	if err := newEngine(t, 2).Attend(background, p, tensors); err != nil {
		t.Fatalf("%+v: %v", p, err)
	}
	want, err := oracle.Attend(p, tensors)
	if err != nil {
		t.Fatal(err)
	}
	e, err := oracle.WorstHeadNRMSE(tensors.Output, want, p.HeadDim)
	if !(e <= limit) || err != nil {
		t.Errorf("%+v: NRMSE of the worst head %.3g, %v, want at most %g", p, e, err, limit)
	}
	return e
}

func TestOtherMixturesOfBitsAndNorms(t *testing.T) {
	for _, keyBits := range []uint32{4, 8, 16} {
		for _, valueBits := range []uint32{4, 8, 16} {
			for _, norm := range []codec.NormType{codec.NormF32, codec.NormF16} {
				f := codec.Format{HeadDim: 128, KeyBits: keyBits, ValueBits: valueBits, Signs: true, Norm: norm}
				t.Run(f.String(), func(t *testing.T) {
					p := attention.Params{NumHeads: 15, NumKVHeads: 3, HeadDim: 128, KVSeqLen: 700, KVCapacity: 701, Scale: -0.1, Format: f}
					agree(t, p, filled(t, p, 3), 2e-6)
				})
			}
		}
	}
}

func gemma(seqLen uint32) attention.Params {
	return attention.Params{NumHeads: 16, NumKVHeads: 8, HeadDim: 256, KVSeqLen: seqLen, KVCapacity: seqLen, Scale: 1.0 / 16, Format: codec.Default(256)}
}

func TestResultHasTheSameBitsForAnyNumberOfThreads(t *testing.T) {
	p := gemma(3000)
	tensors := filled(t, p, 1)
	var want []float32
	for _, threads := range []int{1, 2, 3, 7, 64} {
		for range 3 {
			if err := newEngine(t, threads).Attend(background, p, tensors); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = slices.Clone(tensors.Output)
			}
			for i, got := range tensors.Output {
				if math.Float32bits(got) != math.Float32bits(want[i]) {
					t.Fatalf("%d threads: element %d is %v, with one thread %v", threads, i, got, want[i])
				}
			}
		}
	}
}

func TestLaterCallsAllocateNothing(t *testing.T) {
	large, small := gemma(2000), gemma(300)
	small.NumHeads, small.NumKVHeads, small.Softcap = 6, 2, 20
	a, b := filled(t, large, 1), filled(t, small, 2)
	k, v := make([]float32, 8*256), make([]float32, 8*256)
	e := newEngine(t, 2)
	step := func() {
		if err := errors.Join(e.Quantize(background, large, a, 17, k, v), e.Attend(background, large, a), e.Attend(background, small, b), e.Dequantize(background, large, a, 17, k, v)); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if n := testing.AllocsPerRun(20, step); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestCallsOnOneEngineTakeTurns(t *testing.T) {
	e := newEngine(t, 2)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			p := gemma(uint32(100 + 150*i))
			tensors := filled(t, p, uint64(100+i))
			for range 3 {
				if err := e.Attend(background, p, tensors); err != nil {
					t.Error(err)
					return
				}
				want, _ := oracle.Attend(p, tensors)
				if d, err := oracle.WorstHeadNRMSE(tensors.Output, want, 256); !(d <= 2e-6) || err != nil {
					t.Errorf("kv %d: NRMSE %g, %v", p.KVSeqLen, d, err)
				}
			}
		})
	}
	group.Wait()
}

func TestNaNShowsWhereItIsUsed(t *testing.T) {
	nan := float32(math.NaN())
	for _, f := range []codec.Format{codec.Default(64), codec.K8V4(64), codec.F16(64)} {
		p := attention.Params{NumHeads: 4, NumKVHeads: 2, HeadDim: 64, KVSeqLen: 300, KVCapacity: 310, Scale: 0.125, Mask: attention.MaskSlidingWindow, SlidingWindow: 100, Format: f}
		row := func(kvHead, position int) int { return kvHead*310 + position }
		putNaN := func(packed, norms []byte, rowBytes, i int) {
			if len(norms) > 0 {
				f.Norm.PutNorm(norms, i, nan)
			} else {
				for j := range rowBytes {
					packed[i*rowBytes+j] = 0xff
				}
			}
		}
		for _, c := range []struct {
			name   string
			mutate func(attention.Tensors)
			heads  []bool // which show it
		}{
			{"none", func(attention.Tensors) {}, []bool{false, false, false, false}},
			{"a visible key", func(t attention.Tensors) { putNaN(t.KPacked, t.KNorms, f.KeyRowBytes(), row(0, 250)) }, []bool{true, true, false, false}},
			{"a visible value", func(t attention.Tensors) { putNaN(t.VPacked, t.VNorms, f.ValueRowBytes(), row(1, 200)) }, []bool{false, false, true, true}},
			{"a key before the window", func(t attention.Tensors) { putNaN(t.KPacked, t.KNorms, f.KeyRowBytes(), row(0, 199)) }, []bool{false, false, false, false}},
			{"a value before the window", func(t attention.Tensors) { putNaN(t.VPacked, t.VNorms, f.ValueRowBytes(), row(1, 0)) }, []bool{false, false, false, false}},
			{"one query", func(t attention.Tensors) { t.Q[64+3] = nan }, []bool{false, true, false, false}},
		} {
			t.Run(f.String()+" "+c.name, func(t *testing.T) {
				tensors := filled(t, p, 9)
				c.mutate(tensors)
				if err := newEngine(t, 2).Attend(background, p, tensors); err != nil {
					t.Fatal(err)
				}
				for h, want := range c.heads {
					shown := 0
					for _, x := range tensors.Output[h*64 : (h+1)*64] {
						if x != x {
							shown++
						}
					}
					if want && shown != 64 || !want && shown != 0 {
						t.Errorf("head %d: %d of 64 elements are NaN, want all: %v", h, shown, want)
					}
				}
			})
		}
	}
}

// countdown is a context that ends after Err was asked n times: a cancellation
// in the middle of the work, at a place that does not depend on timing.
type countdown struct {
	context.Context
	mu sync.Mutex
	n  int
}

func (c *countdown) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

func TestCancelledContext(t *testing.T) {
	p := gemma(5000)
	tensors := filled(t, p, 4)
	e := newEngine(t, 2)
	done, cancel := context.WithCancelCause(background)
	cause := errors.New("the caller has gone")
	cancel(cause)
	if err := e.Attend(done, p, tensors); err != cause {
		t.Errorf("ended context: %v, want its cause", err)
	}
	k := make([]float32, 8*256)
	if err := e.Quantize(done, p, tensors, 0, k, k); err != cause {
		t.Errorf("Quantize: %v, want the context's cause", err)
	}
	var missing context.Context
	if err := e.Attend(missing, p, tensors); !errors.Is(err, attention.ErrParam) {
		t.Errorf("nil context: %v", err)
	}
	stopped := 0
	for n := 1; n < 700; n += 37 {
		for i := range tensors.Output {
			tensors.Output[i] = 42
		}
		err := e.Attend(&countdown{Context: background, n: n}, p, tensors)
		if err == nil {
			continue
		}
		stopped++
		for i, x := range tensors.Output {
			if x != 42 {
				t.Fatalf("stopped after %d looks, element %d of the output was written", n, i)
			}
		}
	}
	if stopped < 10 {
		t.Errorf("only %d calls stopped in the middle", stopped)
	}
	if err := e.Attend(background, p, tensors); err != nil || tensors.Output[0] == 42 {
		t.Errorf("the call after a cancelled one: %v", err)
	}
}

func TestQuantizeWritesWhatTheCodecWrites(t *testing.T) {
	for _, f := range []codec.Format{codec.Default(64), codec.K8V4(64), codec.F16(64), {HeadDim: 64, KeyBits: 8, ValueBits: 4, Norm: codec.NormF16}} {
		t.Run(f.String(), func(t *testing.T) {
			p := attention.Params{NumHeads: 2, NumKVHeads: 2, HeadDim: 64, KVSeqLen: 1, KVCapacity: 7, Scale: 1, Format: f}
			tensors, err := p.NewTensors()
			if err != nil {
				t.Fatal(err)
			}
			k, v := gaussian.New(1).Vector(2*3*64), gaussian.New(2).Vector(2*3*64)
			e := newEngine(t, 2)
			if err := e.Quantize(background, p, tensors, 4, k, v); err != nil {
				t.Fatal(err)
			}
			packed := make([]byte, f.KeyRowBytes())
			for kvHead := range 2 {
				for token := range 3 {
					i := kvHead*3 + token
					norm, _ := f.EncodeKey(packed, k[i*64:(i+1)*64])
					row := kvHead*7 + 4 + token
					if !slices.Equal(packed, tensors.KPacked[row*len(packed):(row+1)*len(packed)]) {
						t.Errorf("KV head %d token %d: bytes differ", kvHead, token)
					}
					if f.KeyNormBytes() > 0 && f.Norm.Norm(tensors.KNorms, row) != norm {
						t.Errorf("KV head %d token %d: norm differs", kvHead, token)
					}
				}
			}
			for _, row := range []int{0, 3, 7, 10} {
				for _, b := range tensors.KPacked[row*len(packed) : (row+1)*len(packed)] {
					if b != 0 {
						t.Fatalf("row %d was written", row)
					}
				}
			}
			k2, v2 := make([]float32, len(k)), make([]float32, len(v))
			if err := e.Dequantize(background, p, tensors, 4, k2, v2); err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct{ got, want []float32 }{{k2, k}, {v2, v}} {
				wide := make([]float64, len(c.want))
				for j, x := range c.want {
					wide[j] = float64(x)
				}
				if e, err := oracle.NRMSE(c.got, wide); !(e < 0.12) || err != nil {
					t.Errorf("decoded rows differ by %g, %v", e, err)
				}
			}
		})
	}
}

func TestWrongArgumentsAreErrors(t *testing.T) {
	if _, err := cpu.New(-1); !errors.Is(err, attention.ErrParam) {
		t.Errorf("-1 threads: %v", err)
	}
	p := attention.Params{NumHeads: 2, NumKVHeads: 2, HeadDim: 64, KVSeqLen: 1, KVCapacity: 7, Scale: 1}
	tensors, err := p.NewTensors()
	if err != nil {
		t.Fatal(err)
	}
	e := newEngine(t, 2)
	row := make([]float32, 2*64)
	for _, c := range []struct {
		name, want string
		call       func() error
	}{
		{"no output", "len(Output) is 0", func() error { s := tensors; s.Output = nil; return e.Attend(background, p, s) }},
		{"invalid params", "Scale is 0", func() error { q := p; q.Scale = 0; return e.Attend(background, q, tensors) }},
		{"no rows", "len(k) is 0", func() error { return e.Quantize(background, p, tensors, 0, nil, nil) }},
		{"rows that are no whole token", "len(k) is 127", func() error { return e.Quantize(background, p, tensors, 0, row[:127], row[:127]) }},
		{"fewer values than keys", "len(v) is 0", func() error { return e.Quantize(background, p, tensors, 0, row, nil) }},
		{"a position behind the capacity", "position is 7, must be at most KVCapacity - tokens (7 - 1)", func() error { return e.Dequantize(background, p, tensors, 7, row, row) }},
		{"a position far behind", "position is 4294967295", func() error { return e.Quantize(background, p, tensors, math.MaxUint32, row, row) }},
		{"a cache that is short", "len(VNorms) is 55", func() error {
			s := tensors
			s.VNorms = s.VNorms[:55]
			return e.Quantize(background, p, s, 0, row, row)
		}},
	} {
		if err := c.call(); err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, attention.ErrParam) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func BenchmarkAttend(b *testing.B) {
	for _, c := range []struct {
		name   string
		format codec.Format
	}{{"Default", codec.Default(256)}, {"K8V4", codec.K8V4(256)}, {"F16", codec.F16(256)}} {
		for _, seqLen := range []uint32{1024, 8192} {
			b.Run(fmt.Sprintf("%s/kv%d", c.name, seqLen), func(b *testing.B) {
				p := gemma(seqLen)
				p.Format = c.format
				tensors := filled(b, p, 1)
				e := newEngine(b, 0)
				bytes := int64(p.NumKVHeads) * int64(seqLen) * int64(c.format.PositionBytes())
				b.SetBytes(bytes)
				b.ReportAllocs()
				for b.Loop() {
					if err := e.Attend(background, p, tensors); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(p.NumKVHeads*seqLen), "ns/position")
			})
		}
	}
}
