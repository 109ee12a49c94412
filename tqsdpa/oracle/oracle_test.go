package oracle_test

import (
	"errors"
	"fmt"
	"log"
	"math"
	"testing"

	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/oracle"
)

// quantize encodes k and v, [kv heads][KVSeqLen][dim], row by row.
func quantize(t *testing.T, p attention.Params, q, k, v []float32) attention.Tensors {
	t.Helper()
	tensors, err := p.NewTensors()
	if err != nil {
		t.Fatal(err)
	}
	copy(tensors.Q, q)
	f, dim := p.CacheFormat(), int(p.HeadDim)
	for i := range len(k) / dim {
		row := i/int(p.KVSeqLen)*int(p.KVCapacity) + i%int(p.KVSeqLen)
		n, err := f.EncodeKey(tensors.KPacked[row*f.KeyRowBytes():], k[i*dim:(i+1)*dim])
		if err != nil {
			t.Fatal(err)
		}
		if f.KeyNormBytes() > 0 {
			f.Norm.PutNorm(tensors.KNorms, row, n)
		}
		if n, err = f.EncodeValue(tensors.VPacked[row*f.ValueRowBytes():], v[i*dim:(i+1)*dim]); err != nil {
			t.Fatal(err)
		}
		if f.ValueNormBytes() > 0 {
			f.Norm.PutNorm(tensors.VNorms, row, n)
		}
	}
	return tensors
}

// Golden values: the attention of mlx-native's three tests in float64 over the
// dequantised rows, made by another program.
func TestGoldenAttentionOverMLXNativeCaches(t *testing.T) {
	for _, c := range []struct {
		heads, kvHeads, dim, seqLen uint32
		seed                        uint64
		one, root                   [4]float64 // head 0, elements 0 to 3, at scale 1 and 1/sqrt(d)
	}{
		{8, 4, 256, 64, 42, [4]float64{0.226678, 0.121507, -1.044308, -0.054035}, [4]float64{-0.099842, 0.132613, -0.160258, 0.156517}},
		{4, 2, 512, 32, 123, [4]float64{-1.135203, 1.298210, 0.561876, 0.879362}, [4]float64{-0.406712, 0.240708, 0.082587, -0.055776}},
		{4, 4, 256, 8, 999, [4]float64{-0.552097, 1.098158, 0.009370, 2.732684}, [4]float64{-0.338535, 0.747622, 0.376549, 1.186761}},
	} {
		p := attention.Params{NumHeads: c.heads, NumKVHeads: c.kvHeads, HeadDim: c.dim, KVSeqLen: c.seqLen, KVCapacity: c.seqLen, Mask: attention.MaskCausal}
		source := gaussian.New(c.seed)
		q := source.Vector(int(c.heads * c.dim))
		var k, v []float32
		for range c.kvHeads * c.seqLen {
			k = append(k, source.Vector(int(c.dim))...)
			v = append(v, source.Vector(int(c.dim))...)
		}
		for scale, want := range map[float32][4]float64{1: c.one, float32(1 / math.Sqrt(float64(c.dim))): c.root} {
			p.Scale = scale
			got, err := oracle.Attend(p, quantize(t, p, q, k, v))
			if err != nil {
				t.Fatal(err)
			}
			for j, w := range want {
				// Norms summed in float32 there differ by some 1e-7; at scale
				// 1 the softmax magnifies that.
				if math.Abs(got[j]-w) > 2e-5 {
					t.Errorf("seed %d, scale %.3g, element %d: %.6f, want %.6f", c.seed, scale, j, got[j], w)
				}
			}
		}
	}
}

// Problems whose answer is known without computing attention.
func TestAttentionThatIsKnown(t *testing.T) {
	const dim, seqLen = 64, 5
	// v of position p is p+1 in every element; of KV head 1 ten times that.
	v := make([]float32, 2*seqLen*dim)
	for i := range v {
		v[i] = float32(i/dim%seqLen + 1)
		if i >= seqLen*dim {
			v[i] *= 10
		}
	}
	// k of position p is p in element 0, zero elsewhere.
	k := make([]float32, 2*seqLen*dim)
	for i := 0; i < len(k); i += dim {
		k[i] = float32(i / dim % seqLen)
	}
	softmaxMean := func(scores []float64, first int) float64 {
		sum, weighted := 0.0, 0.0
		for p, s := range scores {
			sum += math.Exp(s)
			weighted += math.Exp(s) * float64(first+p+1)
		}
		return weighted / sum
	}
	for _, c := range []struct {
		name   string
		q0     float32 // element 0 of every query head
		mutate func(*attention.Params)
		want   float64 // of KV head 0
	}{
		{"equal scores give the mean", 0, nil, 3},
		{"one dominating score gives its row", 1000, nil, 5},
		{"the other sign gives the other row", -1000, nil, 1},
		{"scale multiplies scores", 2, func(p *attention.Params) { p.Scale = 0.5 }, softmaxMean([]float64{0, 1, 2, 3, 4}, 0)},
		{"causal hides nothing from the newest token", 1, func(p *attention.Params) { p.Mask = attention.MaskCausal }, softmaxMean([]float64{0, 1, 2, 3, 4}, 0)},
		{"a window shows the newest positions", 0, func(p *attention.Params) { p.Mask, p.SlidingWindow = attention.MaskSlidingWindow, 2 }, 4.5},
		{"a window of one shows the newest", 0, func(p *attention.Params) { p.Mask, p.SlidingWindow = attention.MaskSlidingWindow, 1 }, 5},
		{"softcap bounds scores after the scale", 3, func(p *attention.Params) { p.Softcap, p.Scale = 2, 0.5 },
			softmaxMean([]float64{0, 2 * math.Tanh(0.75), 2 * math.Tanh(1.5), 2 * math.Tanh(2.25), 2 * math.Tanh(3)}, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := attention.Params{NumHeads: 6, NumKVHeads: 2, HeadDim: dim, KVSeqLen: seqLen, KVCapacity: seqLen + 3, Scale: 1, Format: codec.F16(dim)}
			if c.mutate != nil {
				c.mutate(&p)
			}
			q := make([]float32, 6*dim)
			for h := range 6 {
				q[h*dim] = c.q0
			}
			exact, err := oracle.AttendRows(p, q, k, v)
			if err != nil {
				t.Fatal(err)
			}
			decoded, err := oracle.Attend(p, quantize(t, p, q, k, v))
			if err != nil {
				t.Fatal(err)
			}
			for i, got := range exact {
				want := c.want
				if i/dim >= 3 { // query heads 3 to 5 read KV head 1
					want *= 10
				}
				if math.Abs(got-want) > 1e-12*want || math.Abs(decoded[i]-want) > 1e-12*want {
					t.Fatalf("head %d element %d: %v over rows, %v over F16 bytes, want %v", i/dim, i%dim, got, decoded[i], want)
				}
			}
		})
	}
}

// The decoding of the oracle agrees with the codec's, which shares no
// arithmetic with it: one visible position makes the output that row of V.
func TestDecodingAgreesWithTheCodec(t *testing.T) {
	for _, d := range []uint32{64, 128, 256, 512} {
		for _, f := range []codec.Format{codec.MLXNative01(d), codec.Default(d), codec.K8V4(d), codec.F16(d),
			{HeadDim: d, KeyBits: 4, ValueBits: 8, Signs: true}, {HeadDim: d, KeyBits: 16, ValueBits: 4, Norm: codec.NormF16}} {
			p := attention.Params{NumHeads: 1, NumKVHeads: 1, HeadDim: d, KVSeqLen: 3, KVCapacity: 3, Scale: 1, Mask: attention.MaskSlidingWindow, SlidingWindow: 1, Format: f}
			source := gaussian.New(uint64(d))
			tensors := quantize(t, p, source.Vector(int(d)), source.Vector(3*int(d)), source.Vector(3*int(d)))
			got, err := oracle.Attend(p, tensors)
			if err != nil {
				t.Fatal(err)
			}
			row := make([]float32, d)
			norm := float32(1)
			if f.ValueNormBytes() > 0 {
				norm = f.Norm.Norm(tensors.VNorms, 2)
			}
			if err := f.DecodeValue(row, tensors.VPacked[2*f.ValueRowBytes():], norm); err != nil {
				t.Fatal(err)
			}
			if e, err := oracle.NRMSE(row, got); !(e < 3e-7) || err != nil {
				t.Errorf("%v: the codec's row differs by %g, %v", f, e, err)
			}
		}
	}
}

// 4-bit attention of normal data at score deviation 1 has an error of 0.139
// with K and V quantised and 0.098 with V alone: known values, and the theory's.
func TestErrorOfNormalDataIsThePredicted(t *testing.T) {
	const dim, seqLen, heads = 256, 1024, 24 // many heads: each is one sample of the error
	for _, c := range []struct {
		name   string
		format codec.Format
		want   float64
	}{
		{"K and V at 4 bits", codec.Default(dim), 0.139},
		{"V alone at 4 bits", codec.Format{HeadDim: dim, KeyBits: 16, ValueBits: 4, Signs: true, NormCorrection: true}, 0.098},
		{"K at 8, V at 4 bits", codec.K8V4(dim), 0.098},
		{"K alone at 4 bits", codec.Format{HeadDim: dim, KeyBits: 4, ValueBits: 16, Signs: true, NormCorrection: true}, 0.101},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := attention.Params{NumHeads: heads, NumKVHeads: heads, HeadDim: dim, KVSeqLen: seqLen, KVCapacity: seqLen, Scale: 1.0 / 16, Format: c.format}
			source := gaussian.New(5)
			q, k, v := source.Vector(heads*dim), source.Vector(heads*seqLen*dim), source.Vector(heads*seqLen*dim)
			prediction, err := oracle.Predict(p, q, k, v)
			if err != nil {
				t.Fatal(err)
			}
			got, err := oracle.Attend(p, quantize(t, p, q, k, v))
			if err != nil {
				t.Fatal(err)
			}
			narrow := make([]float32, len(got))
			for i, x := range got {
				narrow[i] = float32(x)
			}
			measured, err := oracle.NRMSE(narrow, prediction.Output)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(measured-c.want) > 0.05*c.want {
				t.Errorf("error %.4f, want %.3f within 5 %%", measured, c.want)
			}
			if math.Abs(prediction.NRMSE-measured) > 0.05*measured {
				t.Errorf("predicted %.4f, measured %.4f: more than 5 %% apart", prediction.NRMSE, measured)
			}
			if math.Abs(prediction.ScoreDeviation-1) > 0.1 {
				t.Errorf("score deviation %.3f, want 1", prediction.ScoreDeviation)
			}
		})
	}
}

func TestNRMSE(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name        string
		got         []float32
		want        []float64
		total, head float64 // heads of two elements
	}{
		{"equal", []float32{3, 4, 1, 1}, []float64{3, 4, 1, 1}, 0, 0},
		{"a tenth of one head", []float32{3.5, 4, 0, 0}, []float64{3, 4, 0, 0}, 0.1, 0.1},
		{"the worst head counts", []float32{30, 40, 0, 1}, []float64{30, 40, 1, 0}, math.Sqrt2 / math.Sqrt(2501), math.Sqrt2},
		{"NaN is never small", []float32{3, 4, float32(nan), 1}, []float64{3, 4, 1, 1}, nan, nan},
		{"anything but zero for zero", []float32{3, 4, 0, 1}, []float64{3, 4, 0, 0}, 0.2, math.Inf(1)},
	} {
		total, err1 := oracle.NRMSE(c.got, c.want)
		head, err2 := oracle.WorstHeadNRMSE(c.got, c.want, 2)
		same := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 || a == b || a != a && b != b }
		if !same(total, c.total) || !same(head, c.head) || err1 != nil || err2 != nil {
			t.Errorf("%s: %v and %v (%v, %v), want %v and %v", c.name, total, head, err1, err2, c.total, c.head)
		}
	}
	if _, err := oracle.NRMSE(make([]float32, 3), make([]float64, 4)); !errors.Is(err, attention.ErrParam) {
		t.Errorf("lengths 3 and 4: %v", err)
	}
	for _, dim := range []uint32{0, 3} {
		if _, err := oracle.WorstHeadNRMSE(make([]float32, 4), make([]float64, 4), dim); !errors.Is(err, attention.ErrParam) {
			t.Errorf("4 elements in heads of %d: %v", dim, err)
		}
	}
}

func TestWrongArgumentsAreErrors(t *testing.T) {
	p := attention.Params{NumHeads: 1, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 2, KVCapacity: 2, Scale: 1}
	if _, err := oracle.Attend(p, attention.Tensors{}); !errors.Is(err, attention.ErrParam) {
		t.Errorf("nil tensors: %v", err)
	}
	q, kv := make([]float32, 64), make([]float32, 128)
	for _, c := range []struct {
		field   string
		q, k, v []float32
	}{{"len(q)", kv, kv, kv}, {"len(k)", q, q, kv}, {"len(v)", q, kv, nil}} {
		var e *attention.ParamError
		if _, err := oracle.AttendRows(p, c.q, c.k, c.v); !errors.As(err, &e) || e.Field != c.field {
			t.Errorf("AttendRows: %v, want a ParamError of %s", err, c.field)
		}
		if _, err := oracle.Predict(p, c.q, c.k, c.v); !errors.As(err, &e) || e.Field != c.field {
			t.Errorf("Predict: %v, want a ParamError of %s", err, c.field)
		}
	}
	p.Scale = 0
	if _, err := oracle.AttendRows(p, q, kv, kv); !errors.Is(err, attention.ErrParam) {
		t.Errorf("scale 0: %v", err)
	}
}

// Attention over rows that were never quantised: with all scores equal, the
// output is the mean of V.
func ExampleAttendRows() {
	p := attention.Params{NumHeads: 1, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 2, KVCapacity: 2, Scale: 0.125}
	q, k, v := make([]float32, 64), make([]float32, 128), make([]float32, 128)
	v[0], v[64] = 1, 3
	out, err := oracle.AttendRows(p, q, k, v)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out[0])
	// Output: 2
}
