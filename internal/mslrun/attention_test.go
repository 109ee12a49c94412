//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var levels = [16]float64{-2.7325896, -2.0690172, -1.6180464, -1.2562312, -0.9423405, -0.6567591, -0.3880483, -0.1283950,
	0.1283950, 0.3880483, 0.6567591, 0.9423405, 1.2562312, 1.6180464, 2.0690172, 2.7325896}

func hadamard(x []float64) {
	for s := 1; s < len(x); s *= 2 {
		for i := range x {
			if i&s == 0 {
				x[i], x[i+s] = x[i]+x[i+s], x[i]-x[i+s]
			}
		}
	}
	for i := range x {
		x[i] /= math.Sqrt(float64(len(x)))
	}
}

// attention is one problem: its buffers and what comes out.
type attention struct {
	d, heads, positions int
	dispatch            Dispatch
	out                 []float32
	want                []float64
}

func newAttention(b *bench, d, heads, positions int) *attention {
	r := rand.New(rand.NewPCG(uint64(d), uint64(positions)))
	a := &attention{d: d, heads: heads, positions: positions, want: make([]float64, heads*d)}
	q, bq := buffer(b, make([]float32, heads*d))
	rows := heads * positions
	k, bk := buffer(b, make([]uint32, rows*d/8))
	v, bv := buffer(b, make([]uint32, rows*d/8))
	kn, bkn := buffer(b, make([]float32, rows))
	vn, bvn := buffer(b, make([]float32, rows))
	for i := range q {
		q[i] = float32(r.NormFloat64())
	}
	for i := range k {
		k[i], v[i] = r.Uint32(), r.Uint32()
	}
	for i := range kn {
		kn[i], vn[i] = float32(4+4*r.Float64()), float32(4+4*r.Float64())
	}
	scale := float32(1 / math.Sqrt(float64(d)))
	for h := range heads {
		y := make([]float64, d)
		for i := range y {
			y[i] = float64(q[h*d+i])
		}
		hadamard(y)
		row := func(p []uint32, n []float32, t, i int) float64 {
			at := (h*positions+t)*d + i
			return levels[p[at/8]>>(at%8*4)&15] * float64(n[h*positions+t]) / math.Sqrt(float64(d))
		}
		score, most := make([]float64, positions), math.Inf(-1)
		for t := range score {
			for i := range y {
				score[t] += y[i] * row(k, kn, t, i)
			}
			score[t] *= float64(scale)
			most = max(most, score[t])
		}
		o, sum := make([]float64, d), 0.0
		for t := range score {
			e := math.Exp(score[t] - most)
			sum += e
			for i := range o {
				o[i] += e * row(v, vn, t, i)
			}
		}
		hadamard(o)
		for i := range o {
			a.want[h*d+i] = o[i] / sum
		}
	}
	var bo Binding
	a.out, bo = buffer(b, make([]float32, heads*d))
	params := struct {
		heads, positions uint32
		scale            float32
		reserved         uint32
	}{uint32(heads), uint32(positions), scale, 0}
	a.dispatch = Dispatch{Buffers: bind(bytesOf(params), bq, bk, bkn, bv, bvn, bo), Grid: Size{heads, 1, 1}, Threadgroup: Size{64, 1, 1}}
	return a
}

// run runs the problem and returns the normalised error.
func (a *attention) run(b *bench, p *Program, o Order) (float64, error) {
	for i := range a.out {
		a.out[i] = float32(math.NaN())
	}
	a.dispatch.Program = p
	if err := b.run(o, a.dispatch); err != nil {
		return 0, err
	}
	e, s := 0.0, 0.0
	for i, w := range a.want {
		d := float64(a.out[i]) - w
		e, s = e+d*d, s+w*w
	}
	return math.Sqrt(e / s), nil
}

func attentionSource(t testing.TB) string {
	s, err := os.ReadFile("testdata/attention.metal")
	if err != nil {
		t.Fatal(err)
	}
	return string(s)
}

func TestAttentionOverPackedKeysIsRightAndTheSameInAllOrders(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	l := b.newLibrary(attentionSource(t), Options{})
	for _, shape := range []struct {
		name         string
		d, positions int
	}{{"attend_64", 64, 1}, {"attend_64", 64, 33}, {"attend_64", 64, 200}, {"attend_128", 128, 97}} {
		p, err := l.Pipeline(context.Background(), shape.name, nil)
		if err != nil {
			t.Fatal(err)
		}
		a := newAttention(b, shape.d, 2, shape.positions)
		var first []float32
		for _, o := range Orders() {
			e, err := a.run(b, p, o)
			if err != nil || !(e < 1e-6) {
				t.Errorf("%s over %d positions, %v: error %v, %v", shape.name, shape.positions, o, e, err)
			}
			if first == nil {
				first = append(first, a.out...)
			}
			for i := range first {
				if math.Float32bits(first[i]) != math.Float32bits(a.out[i]) {
					t.Fatalf("%s, %v: out[%d] differs from the first order", shape.name, o, i)
				}
			}
		}
	}
}

// Each mutant has to show: a wrong result, results that depend on the order, or a fault. Barrier C is not among them: the
// simd_sum of the next block comes between the same accesses, and lanes meet there too.
func TestMutantsOfTheAttentionKernelAreFound(t *testing.T) {
	b := newBench(t, CompilerConfig{}, ExecutorConfig{})
	source := attentionSource(t)
	for _, m := range []struct {
		name, old, new string
		kind           FaultKind // of the fault, 0 if the result is to show it
	}{
		{"no threadgroup_barrier after the levels", "threadgroup_barrier(mem_flags::mem_threadgroup); // A", "// A", 0},
		{"no simdgroup_barrier before the weights are read", "simdgroup_barrier(mem_flags::mem_threadgroup); // B", "// B", 0},
		{"no threadgroup_barrier before the halves are merged", "threadgroup_barrier(mem_flags::mem_threadgroup); // D", "// D", 0},
		{"a barrier in half the lanes", "simdgroup_barrier(mem_flags::mem_threadgroup); // B", "if (lane < 16) simdgroup_barrier(mem_flags::mem_threadgroup); // B", FaultBarrier},
		{"simd_sum in half the lanes", "l = simd_sum(l);", "if (lane & 1) l = simd_sum(l);", FaultSIMD},
		{"threadgroup memory that nobody wrote", "acc[i] = 0.0f;", "acc[i] = area[lane];", 0},
		{"private memory that nobody wrote", "acc[i] = 0.0f;", "", 0},
		{"one row too many of the values", "for (ushort r = 0; r < 32 && b + r < p.positions; r++) {\n      const uint word = v[", "for (ushort r = 0; r < 32; r++) {\n      const uint word = v[", FaultAddress},
		{"output one head too far", "out[head * D + lane", "out[(head + 1) * D + lane", FaultAddress},
		{"a threadgroup variable too small", "threadgroup float sums[4]", "threadgroup float sums[2]", FaultCanary},
		{"wrong nibble", "(w >> (4 * i)) & 15u", "(w >> (4 * (i ^ 1))) & 15u", 0},
	} {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(source, m.old) != 1 {
				t.Fatalf("%q is %d times in the source", m.old, strings.Count(source, m.old))
			}
			p := b.program(strings.Replace(source, m.old, m.new, 1), "attend_64", nil)
			a := newAttention(b, 64, 2, 72)
			found := ""
			var first []float32
			for _, o := range Orders() {
				e, err := a.run(b, p, o)
				var f *FaultError
				switch {
				case errors.As(err, &f):
					if m.kind == 0 {
						t.Fatalf("%v: %v, want a wrong result", o, err)
					}
					if f.Kind != m.kind {
						t.Errorf("%v: %v, want %v", o, f, m.kind)
					}
					found += "fault "
				case err != nil:
					t.Fatal(err)
				case !(e < 1e-6):
					found += "wrong "
				default:
					if first == nil {
						first = append(first, a.out...)
					}
					for i := range first {
						if math.Float32bits(first[i]) != math.Float32bits(a.out[i]) {
							found += "differs "
							break
						}
					}
				}
			}
			if found == "" || m.kind != 0 && !strings.Contains(found, "fault") {
				t.Errorf("not found: %q", found)
			}
		})
	}
}
