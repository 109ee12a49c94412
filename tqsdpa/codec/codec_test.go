package codec_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

var headDims = []uint32{64, 128, 256, 512}

// The three cases of mlx-native's own tests: one stream of numbers gives the
// query, then K and V row by row. The digests were made by another program from
// the description of the format.
func TestPackedBytesAreThoseOfMLXNative(t *testing.T) {
	for _, c := range []struct {
		heads, kvHeads, dim, seqLen int
		seed                        uint64
		first                       string
		norm                        float32
		digest                      string
	}{
		{8, 4, 256, 64, 42, "a8c87574da9bb159", 16.727335, "196ba830ef160d940b73d8608335178fc9888dcccd209787c76284a302d58f38"},
		{4, 2, 512, 32, 123, "83a9a834758baa78", 23.493591, "694c8b404024ebacf210fc42321963c0837feff18b6cfb8a4a1ba5eb0c14320b"},
		{4, 4, 256, 8, 999, "a7c898dca898886f", 16.045935, "77cd16d03dffd7c81e135ebc2e564f433580dd300c00b86cd7a4ae26b97966d6"},
	} {
		t.Run(fmt.Sprintf("d%d seed %d", c.dim, c.seed), func(t *testing.T) {
			source := gaussian.New(c.seed)
			source.Vector(c.heads * c.dim)
			f := codec.MLXNative01(uint32(c.dim))
			digest := sha256.New()
			for row := range c.kvHeads * c.seqLen {
				packed := make([]byte, f.KeyRowBytes())
				norm, err := f.EncodeKey(packed, source.Vector(c.dim))
				if err != nil {
					t.Fatal(err)
				}
				digest.Write(packed)
				source.Vector(c.dim) // V
				if row > 0 {
					continue
				}
				if got := hex.EncodeToString(packed[:8]); got != c.first {
					t.Errorf("first bytes %s, want %s", got, c.first)
				}
				if math.Abs(float64(norm-c.norm)) > 1e-6*float64(c.norm) {
					t.Errorf("norm %v, want %v within 1e-6", norm, c.norm)
				}
			}
			if got := hex.EncodeToString(digest.Sum(nil)); got != c.digest {
				t.Errorf("digest of K %s, want %s", got, c.digest)
			}
		})
	}
}

// distortion returns the mean of |x - decoded|^2 over the mean of |x|^2.
func distortion(t *testing.T, f codec.Format, rows int, fill func(row []float32)) float64 {
	t.Helper()
	x, y := make([]float32, f.HeadDim), make([]float32, f.HeadDim)
	packed := make([]byte, f.KeyRowBytes())
	var lost, total float64
	for range rows {
		fill(x)
		norm, err := f.EncodeKey(packed, x)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.DecodeKey(y, packed, norm); err != nil {
			t.Fatal(err)
		}
		for j := range x {
			d := float64(x[j]) - float64(y[j])
			lost += d * d
			total += float64(x[j]) * float64(x[j])
		}
	}
	return lost / total
}

func plainNorm(f codec.Format) codec.Format {
	f.NormCorrection = false
	return f
}

func TestDistortionOfNormalRows(t *testing.T) {
	for _, c := range []struct {
		name   string
		format codec.Format
		want   float64
		within float64
	}{
		{"4 bit, plain norm, d=256", plainNorm(codec.Default(256)), 0.00944, 0.01},
		{"4 bit, plain norm, d=512", plainNorm(codec.Default(512)), 0.00945, 0.01},
		{"4 bit, no signs, d=256", codec.MLXNative01(256), 0.00944, 0.01},
		{"4 bit, corrected norm, d=256", codec.Default(256), 0.00938, 0.01},
		{"4 bit, corrected norm, d=512", codec.Default(512), 0.00943, 0.01},
		{"8 bit, d=256, theory", codec.K8V4(256), codec.K8V4(256).KeyDistortion(), 0.02},
		{"8 bit, d=64, theory", codec.K8V4(64), codec.K8V4(64).KeyDistortion(), 0.02},
		{"16 bit, theory", codec.F16(256), codec.F16(256).KeyDistortion(), 0.05},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := distortion(t, c.format, 4000, gaussian.New(7).Fill)
			if math.Abs(got-c.want) > c.within*c.want {
				t.Errorf("distortion %.6g, want %.6g within %g %%", got, c.want, 100*c.within)
			}
		})
	}
}

// The closed form of the codec is checked here by plain integration.
func TestExpectedDistortionIsTheLloydMaxIntegral(t *testing.T) {
	levels, boundaries := codec.Levels(), codec.Boundaries()
	const step = 1e-4
	integral := 0.0
	for x := -10.0; x < 10; x += step {
		i := 0
		for i < 15 && x > float64(boundaries[i]) {
			i++
		}
		d := x - float64(levels[i])
		integral += d * d * math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) * step
	}
	got := codec.Default(256).ValueDistortion()
	if math.Abs(got-0.009501) > 1e-6 || math.Abs(got-integral) > 1e-7 {
		t.Errorf("distortion %.7f, want 0.009501 and the integral %.7f", got, integral)
	}
}

// Each level is the mean of its cell and each boundary the midpoint of its
// levels: the two conditions that make the quantizer optimal.
func TestLevelsAreLloydMax(t *testing.T) {
	levels, boundaries := codec.Levels(), codec.Boundaries()
	density := func(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
	mass := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	for i, level := range levels {
		low, high := -40.0, 40.0
		if i > 0 {
			low = float64(boundaries[i-1])
		}
		if i < 15 {
			high = float64(boundaries[i])
		}
		mean := (density(low) - density(high)) / (mass(high) - mass(low))
		if math.Abs(mean-float64(level)) > 1e-6 {
			t.Errorf("level %d is %v, the mean of its cell %.7f", i, level, mean)
		}
		if i < 15 {
			if mid := (float64(level) + float64(levels[i+1])) / 2; math.Abs(mid-high) > 1e-6 {
				t.Errorf("boundary %d is %v, the midpoint %.7f", i, high, mid)
			}
		}
	}
}

func TestConstantRows(t *testing.T) {
	constant := func(row []float32) {
		for j := range row {
			row[j] = 1
		}
	}
	for i, want := range []float64{0.00844, 0.00604, 0.01179, 0.00972} {
		f := plainNorm(codec.Default(headDims[i]))
		if got := distortion(t, f, 1, constant); math.Abs(got-want) > 0.00001 {
			t.Errorf("d=%d with signs: distortion %.5f, want %.5f", f.HeadDim, got, want)
		}
	}
}

// The reason for signs: the Hadamard matrix alone gathers a constant row in one
// coordinate, far outside the levels.
func TestWithoutSignsNearConstantRowsCollapse(t *testing.T) {
	noise := gaussian.New(3)
	fill := func(row []float32) {
		noise.Fill(row)
		for j := range row {
			row[j] = 1 + row[j]/100
		}
	}
	if got := distortion(t, codec.MLXNative01(256), 200, fill); math.Abs(got-0.702) > 0.01 {
		t.Errorf("without signs: distortion %.4f, want 0.702", got)
	}
	if got := distortion(t, codec.Default(256), 200, fill); got > 0.0134 {
		t.Errorf("with signs: distortion %.4f, want at most 0.0134", got)
	}
}

func TestNormCorrectionKeepsLength(t *testing.T) {
	length := func(x []float32) (sum float64) {
		for _, v := range x {
			sum += float64(v) * float64(v)
		}
		return math.Sqrt(sum)
	}
	source := gaussian.New(11)
	for _, d := range headDims {
		f := codec.Default(d)
		x, y, packed := source.Vector(int(d)), make([]float32, d), make([]byte, f.ValueRowBytes())
		norm, err := f.EncodeValue(packed, x)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.DecodeValue(y, packed, norm); err != nil {
			t.Fatal(err)
		}
		if a, b := length(x), length(y); math.Abs(a-b) > 1e-6*a {
			t.Errorf("d=%d: length %v decoded to %v", d, a, b)
		}
	}
}

func TestRotationIsTheHadamardMatrixWithSigns(t *testing.T) {
	for _, d := range headDims {
		for _, f := range []codec.Format{codec.Default(d), codec.MLXNative01(d)} {
			x := gaussian.New(uint64(d)).Vector(int(d))
			y, wide := append([]float32(nil), x...), make([]float64, d)
			for j, v := range x {
				wide[j] = float64(v)
			}
			if err := errors.Join(f.Rotate(y), f.Rotate64(wide)); err != nil {
				t.Fatal(err)
			}
			for i := range y {
				want := 0.0
				for j, v := range x {
					h := 1 / math.Sqrt(float64(d))
					if parity(i & j) {
						h = -h
					}
					if f.Signs && codec.Negative(j) {
						h = -h
					}
					want += h * float64(v)
				}
				if math.Abs(float64(y[i])-want) > 2e-6 || math.Abs(wide[i]-want) > 1e-13 {
					t.Fatalf("%v: element %d is %v and %v in float64, want %v", f, i, y[i], wide[i], want)
				}
			}
			if err := f.Unrotate(y); err != nil {
				t.Fatal(err)
			}
			for j := range y {
				if math.Abs(float64(y[j]-x[j])) > 2e-6 {
					t.Fatalf("%v: Unrotate gave %v for %v at %d", f, y[j], x[j], j)
				}
			}
		}
	}
}

func parity(x int) bool {
	odd := false
	for ; x != 0; x &= x - 1 {
		odd = !odd
	}
	return odd
}

// The digests of the table's first 256 and 512 bits, published with it.
func TestSignTable(t *testing.T) {
	for _, c := range []struct {
		elements, negative int
		digest             string
	}{
		{256, 132, "3ef1038e6c232e9519101daa2d6efd637d4c6bfdb29f4ee7101625c39d0ddc89"},
		{512, 263, "44f13ce9f6db1edac62f558ee054f9de29cd474fd051362cadcaa98a55745f17"},
	} {
		table, negative := make([]byte, c.elements/8), 0
		for j := range c.elements {
			if codec.Negative(j) {
				table[j/8] |= 1 << (j % 8)
				negative++
			}
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(table)); got != c.digest || negative != c.negative {
			t.Errorf("first %d: digest %s with %d negative, want %s with %d", c.elements, got, negative, c.digest, c.negative)
		}
	}
	for _, j := range []int{-1, 512, math.MaxInt} {
		if codec.Negative(j) {
			t.Errorf("Negative(%d): there is no such element", j)
		}
	}
}

func TestEvenElementIsLowNibble(t *testing.T) {
	f := codec.MLXNative01(64)
	x := make([]float32, 64)
	for _, level := range []struct {
		element int
		value   float32
	}{{0, 1}, {1, -1}} {
		x[level.element] = level.value
	}
	// Un-rotating first makes the codec see exactly these coordinates.
	if err := f.Unrotate(x); err != nil {
		t.Fatal(err)
	}
	packed := make([]byte, f.KeyRowBytes())
	if _, err := f.EncodeKey(packed, x); err != nil {
		t.Fatal(err)
	}
	if packed[0] != 0x0f {
		t.Errorf("first byte %#02x, want 0x0f: element 0 the highest level, element 1 the lowest", packed[0])
	}
	for i, b := range packed[1:] {
		if b != 0x77 {
			t.Errorf("byte %d is %#02x, want 0x77: zero belongs to the level below the boundary", i+1, b)
		}
	}
}

// Steps of one make the halves exact: the largest of the rotated row is 127.
func TestEightBitsRoundToEven(t *testing.T) {
	f := codec.Format{HeadDim: 64, KeyBits: 8, ValueBits: 8}
	rotated := []float32{127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, -127}
	x := append(rotated, make([]float32, 64-len(rotated))...)
	if err := f.Unrotate(x); err != nil { // exact: sums of eighths of halves
		t.Fatal(err)
	}
	packed := make([]byte, 64)
	step, err := f.EncodeKey(packed, x)
	if err != nil || step != 1 {
		t.Fatalf("step %v, %v, want 1", step, err)
	}
	for j, want := range []int8{127, 0, 2, 2, 0, -2, -2, -127} {
		if got := int8(packed[j]); got != want {
			t.Errorf("%v is %d, want %d", rotated[j], got, want)
		}
	}
}

// A step below the smallest normal binary16 is rounded coarsely: down from 1.4 of
// its units to 1, so that the largest elements are beyond 127 steps.
func TestEightBitsAreHeldToTheirRange(t *testing.T) {
	f := codec.Format{HeadDim: 64, KeyBits: 8, ValueBits: 8, Norm: codec.NormF16}
	x := make([]float32, 64)
	x[0], x[1] = 127*1.4*0x1p-24, -127*1.4*0x1p-24
	if err := f.Unrotate(x); err != nil {
		t.Fatal(err)
	}
	packed := make([]byte, 64)
	step, err := f.EncodeKey(packed, x)
	if err != nil || step != 0x1p-24 {
		t.Fatalf("step %v, %v, want 2^-24", step, err)
	}
	if a, b := int8(packed[0]), int8(packed[1]); a != 127 || b != -127 {
		t.Errorf("elements of +-178 steps are %d and %d, want +-127", a, b)
	}
}

func TestSpecialRows(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, f := range []codec.Format{codec.Default(64), codec.MLXNative01(64), codec.K8V4(64), codec.F16(64), {HeadDim: 64, KeyBits: 4, ValueBits: 4, Norm: codec.NormF16}} {
		for _, c := range []struct {
			name  string
			value float32 // of element 5; the others are 1
			loud  bool    // decodes to something that is not finite
		}{
			{"NaN", nan, true}, {"infinity", inf, true}, {"minus infinity", -inf, true}, {"ordinary", 3, false}, {"denormal", 1e-40, false},
		} {
			t.Run(f.String()+" "+c.name, func(t *testing.T) {
				x, y, packed := make([]float32, 64), make([]float32, 64), make([]byte, f.KeyRowBytes())
				for j := range x {
					x[j] = 1
				}
				x[5] = c.value
				norm, err := f.EncodeKey(packed, x)
				if err != nil {
					t.Fatal(err)
				}
				if err := f.DecodeKey(y, packed, norm); err != nil {
					t.Fatal(err)
				}
				if finite := !math.IsNaN(float64(y[5])) && !math.IsInf(float64(y[5]), 0); finite == c.loud {
					t.Errorf("element decodes to %v, norm %v", y[5], norm)
				}
			})
		}
	}
	t.Run("zero row decodes to zero", func(t *testing.T) {
		for _, f := range []codec.Format{codec.Default(128), codec.MLXNative01(128), codec.K8V4(128), codec.F16(128)} {
			y, packed := make([]float32, 128), make([]byte, f.KeyRowBytes())
			norm, err := f.EncodeKey(packed, make([]float32, 128))
			if err != nil {
				t.Fatal(err)
			}
			if err := f.DecodeKey(y, packed, norm); err != nil {
				t.Fatal(err)
			}
			for j, v := range y {
				if v != 0 {
					t.Fatalf("%v: element %d is %v", f, j, v)
				}
			}
			want := map[uint32]byte{4: 0x77, 8: 0, 16: 0}[f.KeyBits]
			for j, b := range packed {
				if b != want {
					t.Fatalf("%v: byte %d is %#02x, want %#02x", f, j, b, want)
				}
			}
		}
	})
	t.Run("a length over the norm's type is NaN, not infinity", func(t *testing.T) {
		f := codec.Format{HeadDim: 64, KeyBits: 4, ValueBits: 4, Norm: codec.NormF16}
		x := make([]float32, 64)
		x[0] = 70000
		norm, err := f.EncodeKey(make([]byte, 32), x)
		if err != nil || norm == norm {
			t.Errorf("norm %v, error %v, want NaN", norm, err)
		}
	})
}

func TestValidateNamesTheField(t *testing.T) {
	for _, c := range []struct {
		field  string
		mutate func(*codec.Format)
	}{
		{"HeadDim", func(f *codec.Format) { f.HeadDim = 0 }},
		{"HeadDim", func(f *codec.Format) { f.HeadDim = 96 }},
		{"HeadDim", func(f *codec.Format) { f.HeadDim = 1024 }},
		{"KeyBits", func(f *codec.Format) { f.KeyBits = 0 }},
		{"KeyBits", func(f *codec.Format) { f.KeyBits = 5 }},
		{"KeyBits", func(f *codec.Format) { f.KeyBits = 2 }},
		{"ValueBits", func(f *codec.Format) { f.ValueBits = 2 }},
		{"ValueBits", func(f *codec.Format) { f.ValueBits = 32 }},
		{"Norm", func(f *codec.Format) { f.Norm = 2 }},
	} {
		f := codec.Default(128)
		c.mutate(&f)
		row, packed := make([]float32, 128), make([]byte, 512)
		_, encodeErr := f.EncodeKey(packed, row)
		for what, err := range map[string]error{
			"Validate": f.Validate(), "Rotate": f.Rotate(row), "Rotate64": f.Rotate64(make([]float64, 128)), "Unrotate": f.Unrotate(row),
			"EncodeKey": encodeErr, "DecodeValue": f.DecodeValue(row, packed, 1),
		} {
			var p *codec.ParamError
			if !errors.As(err, &p) || p.Field != c.field || !errors.Is(err, codec.ErrParam) {
				t.Errorf("%s of %+v: %v, want a ParamError of %s", what, f, err, c.field)
			}
		}
	}
}

func TestShortSlicesAreErrorsAndNothingIsWritten(t *testing.T) {
	f := codec.Default(64)
	packed := bytes.Repeat([]byte{0xaa}, 31)
	if _, err := f.EncodeKey(packed, make([]float32, 64)); err == nil || !strings.Contains(err.Error(), "len(packed) is 31, must be at least 32 bytes") {
		t.Errorf("EncodeKey into 31 bytes: %v", err)
	}
	if !bytes.Equal(packed, bytes.Repeat([]byte{0xaa}, 31)) {
		t.Error("EncodeKey wrote into a slice that it refused")
	}
	for _, n := range []int{0, 63, 65} {
		if _, err := f.EncodeValue(make([]byte, 32), make([]float32, n)); !errors.Is(err, codec.ErrParam) {
			t.Errorf("EncodeValue of %d elements: %v", n, err)
		}
		if err := f.DecodeKey(make([]float32, n), make([]byte, 32), 1); !errors.Is(err, codec.ErrParam) {
			t.Errorf("DecodeKey into %d elements: %v", n, err)
		}
	}
	if err := f.DecodeValue(make([]float32, 64), nil, 1); !errors.Is(err, codec.ErrParam) {
		t.Errorf("DecodeValue of nil: %v", err)
	}
}

func TestRowBytes(t *testing.T) {
	for _, c := range []struct {
		format                     codec.Format
		key, keyNorm, value, total int
	}{
		{codec.Default(256), 128, 4, 128, 264},
		{codec.Default(512), 256, 4, 256, 520},
		{codec.K8V4(256), 256, 4, 128, 392},
		{codec.F16(256), 512, 0, 512, 1024},
		{codec.Format{HeadDim: 128, KeyBits: 4, ValueBits: 16, Norm: codec.NormF16}, 64, 2, 256, 322},
	} {
		f := c.format
		if f.KeyRowBytes() != c.key || f.KeyNormBytes() != c.keyNorm || f.ValueRowBytes() != c.value || f.PositionBytes() != c.total {
			t.Errorf("%v: %d+%d+%d, %d a position, want %d+%d+%d, %d", f, f.KeyRowBytes(), f.KeyNormBytes(), f.ValueRowBytes(), f.PositionBytes(), c.key, c.keyNorm, c.value, c.total)
		}
	}
}

func TestEncodeAllocatesNothing(t *testing.T) {
	f := codec.Default(512)
	row, packed := gaussian.New(1).Vector(512), make([]byte, 256)
	if n := testing.AllocsPerRun(100, func() {
		norm, _ := f.EncodeKey(packed, row)
		_ = f.DecodeKey(row, packed, norm)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
