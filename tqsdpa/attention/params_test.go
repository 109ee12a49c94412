package attention_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

func valid() attention.Params {
	return attention.Params{NumHeads: 8, NumKVHeads: 4, HeadDim: 256, KVSeqLen: 64, KVCapacity: 1024, Scale: 1, Mask: attention.MaskCausal}
}

// The seed's three unit tests: parameters that are right, a head dimension that
// is not, and the size of the block that the kernel reads (40 bytes there, 64
// here: its ten fields first).

func TestValidParamsAreAccepted(t *testing.T) {
	for _, d := range []uint32{64, 128, 256, 512} {
		p := valid()
		p.HeadDim = d
		if err := p.Validate(); err != nil {
			t.Errorf("HeadDim %d: %v", d, err)
		}
	}
}

func TestWrongHeadDimIsRefused(t *testing.T) {
	p := valid()
	p.HeadDim = 96
	if err := p.Validate(); err == nil || err.Error() != "HeadDim is 96, must be 64, 128, 256 or 512" {
		t.Errorf("HeadDim 96: %v", err)
	}
}

func TestBlockIs64BytesInTheSeedsOrder(t *testing.T) {
	p := valid()
	p.Mask, p.SlidingWindow, p.Softcap = attention.MaskSlidingWindow, 7, 30
	b := p.Block(5)
	if size := unsafe.Sizeof(b); size != 64 {
		t.Fatalf("the block has %d bytes, want 64", size)
	}
	words := (*[16]uint32)(unsafe.Pointer(&b))
	want := [16]uint32{8, 4, 256, 64, 1024, math.Float32bits(1), 2, 7, math.Float32bits(30), 5}
	if *words != want {
		t.Errorf("the block is %v, want %v", *words, want)
	}
}

func TestValidateNamesTheFieldThatIsWrong(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name   string
		field  string
		mutate func(*attention.Params)
	}{
		{"no heads", "NumHeads", func(p *attention.Params) { p.NumHeads = 0 }},
		{"no KV heads", "NumKVHeads", func(p *attention.Params) { p.NumKVHeads = 0 }},
		{"heads not a multiple of KV heads", "NumHeads", func(p *attention.Params) { p.NumHeads = 9 }},
		{"fewer heads than KV heads", "NumHeads", func(p *attention.Params) { p.NumHeads = 2 }},
		{"head dim 0", "HeadDim", func(p *attention.Params) { p.HeadDim = 0 }},
		{"head dim 1024", "HeadDim", func(p *attention.Params) { p.HeadDim = 1024 }},
		{"head dim other than the format's", "HeadDim", func(p *attention.Params) { p.Format = codec.Default(128) }},
		{"format with 3-bit keys", "KeyBits", func(p *attention.Params) { p.Format = codec.Default(256); p.Format.KeyBits = 3 }},
		{"format with 0-bit values", "ValueBits", func(p *attention.Params) { p.Format = codec.Default(256); p.Format.ValueBits = 0 }},
		{"format with an unknown norm", "Norm", func(p *attention.Params) { p.Format = codec.Default(256); p.Format.Norm = 7 }},
		{"empty cache", "KVSeqLen", func(p *attention.Params) { p.KVSeqLen = 0 }},
		{"no capacity", "KVCapacity", func(p *attention.Params) { p.KVCapacity = 0 }},
		{"longer than the capacity", "KVSeqLen", func(p *attention.Params) { p.KVSeqLen = 1025 }},
		{"scale 0", "Scale", func(p *attention.Params) { p.Scale = 0 }},
		{"scale NaN", "Scale", func(p *attention.Params) { p.Scale = nan }},
		{"scale infinite", "Scale", func(p *attention.Params) { p.Scale = -inf }},
		{"unknown mask", "Mask", func(p *attention.Params) { p.Mask = 3 }},
		{"window without its mask", "SlidingWindow", func(p *attention.Params) { p.SlidingWindow = 16 }},
		{"mask 2 without a window", "SlidingWindow", func(p *attention.Params) { p.Mask = attention.MaskSlidingWindow }},
		{"softcap negative", "Softcap", func(p *attention.Params) { p.Softcap = -1 }},
		{"softcap NaN", "Softcap", func(p *attention.Params) { p.Softcap = nan }},
		{"softcap infinite", "Softcap", func(p *attention.Params) { p.Softcap = inf }},
		{"cache over the address space", "KVCapacity", func(p *attention.Params) {
			p.NumHeads, p.NumKVHeads, p.KVCapacity = math.MaxUint32, math.MaxUint32, math.MaxUint32
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := valid()
			c.mutate(&p)
			_, sizesErr := p.Sizes()
			_, tmpErr := p.TmpBytes()
			_, tensorsErr := p.NewTensors()
			for what, err := range map[string]error{"Validate": p.Validate(), "Sizes": sizesErr, "TmpBytes": tmpErr, "NewTensors": tensorsErr, "Check": p.Check(attention.Tensors{})} {
				var e *attention.ParamError
				if !errors.As(err, &e) || e.Field != c.field || e.Limit == "" || !errors.Is(err, attention.ErrParam) {
					t.Errorf("%s: %v, want a ParamError of %s", what, err, c.field)
				}
			}
		})
	}
}

func TestVisiblePositions(t *testing.T) {
	for _, c := range []struct {
		mask       attention.Mask
		window     uint32
		first, end uint32
	}{
		{attention.MaskNone, 0, 0, 64}, {attention.MaskCausal, 0, 0, 64},
		{attention.MaskSlidingWindow, 1, 63, 64}, {attention.MaskSlidingWindow, 63, 1, 64},
		{attention.MaskSlidingWindow, 64, 0, 64}, {attention.MaskSlidingWindow, math.MaxUint32, 0, 64},
	} {
		p := valid()
		p.Mask, p.SlidingWindow = c.mask, c.window
		if first, end := p.Visible(); first != c.first || end != c.end {
			t.Errorf("%v %d: [%d, %d), want [%d, %d)", c.mask, c.window, first, end, c.first, c.end)
		}
	}
}

func TestTmpBytesIsTheSeedsFormula(t *testing.T) {
	got, err := valid().TmpBytes()
	if want := 8 * 32 * (256 + 2) * 4; got != want || err != nil {
		t.Errorf("%d, %v, want %d", got, err, want)
	}
}

func TestZeroFormatIsTheSeeds(t *testing.T) {
	if got, want := valid().CacheFormat(), codec.MLXNative01(256); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTensorsThatAreTooShortOrAliased(t *testing.T) {
	p := valid()
	sizes, err := p.Sizes()
	if want := (attention.Sizes{Q: 2048, KPacked: 4 * 1024 * 128, KNorms: 4 * 1024 * 4, VPacked: 4 * 1024 * 128, VNorms: 4 * 1024 * 4, Output: 2048}); sizes != want || err != nil {
		t.Fatalf("sizes %+v, %v, want %+v", sizes, err, want)
	}
	for _, c := range []struct {
		name   string
		want   string
		mutate func(*attention.Tensors)
	}{
		{"right", "", func(t *attention.Tensors) {}},
		{"K and V the same bytes", "", func(t *attention.Tensors) { t.VPacked, t.VNorms = t.KPacked, t.KNorms }},
		{"Q short", "len(Q) is 2047, must be at least 2048 elements", func(t *attention.Tensors) { t.Q = t.Q[:2047] }},
		{"KPacked short", "len(KPacked) is 524287, must be at least 524288 bytes", func(t *attention.Tensors) { t.KPacked = t.KPacked[:524287] }},
		{"KNorms nil", "len(KNorms) is 0, must be at least 16384 bytes", func(t *attention.Tensors) { t.KNorms = nil }},
		{"VPacked nil", "len(VPacked) is 0", func(t *attention.Tensors) { t.VPacked = nil }},
		{"VNorms short", "len(VNorms) is 16383", func(t *attention.Tensors) { t.VNorms = t.VNorms[:16383] }},
		{"Output nil", "len(Output) is 0", func(t *attention.Tensors) { t.Output = nil }},
		{"Output is Q", "Output is memory shared with Q", func(t *attention.Tensors) { t.Output = t.Q }},
		{"Output overlaps the end of Q", "Output is memory shared with Q", func(t *attention.Tensors) {
			m := make([]float32, 4095)
			t.Q, t.Output = m[:2048], m[2047:]
		}},
		{"Output lies in VNorms", "Output is memory shared with VNorms", func(t *attention.Tensors) {
			t.Output = unsafe.Slice((*float32)(unsafe.Pointer(&t.VNorms[0])), 2048)
		}},
		{"Output lies in VPacked", "Output is memory shared with VPacked", func(t *attention.Tensors) {
			t.Output = unsafe.Slice((*float32)(unsafe.Pointer(&t.VPacked[0])), 2048)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tensors, err := p.NewTensors()
			if err != nil {
				t.Fatal(err)
			}
			c.mutate(&tensors)
			err = p.Check(tensors)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// Validate never panics, and what it accepts has sizes that can be computed and
// a range of visible positions that is not empty.
func FuzzValidate(f *testing.F) {
	f.Add(uint32(8), uint32(4), uint32(256), uint32(64), uint32(1024), uint32(0x3f800000), uint32(2), uint32(16), uint32(0), uint32(0), uint32(0))
	f.Add(uint32(math.MaxUint32), uint32(math.MaxUint32), uint32(512), uint32(1), uint32(math.MaxUint32), uint32(1), uint32(0), uint32(0), uint32(0), uint32(16), uint32(16))
	f.Fuzz(func(t *testing.T, heads, kvHeads, dim, seqLen, capacity, scale, mask, window, softcap, keyBits, valueBits uint32) {
		p := attention.Params{
			NumHeads: heads, NumKVHeads: kvHeads, HeadDim: dim, KVSeqLen: seqLen, KVCapacity: capacity, Scale: math.Float32frombits(scale),
			Mask: attention.Mask(mask), SlidingWindow: window, Softcap: math.Float32frombits(softcap),
		}
		if keyBits != 0 {
			p.Format = codec.Format{HeadDim: dim, KeyBits: keyBits, ValueBits: valueBits}
		}
		if err := p.Validate(); err != nil {
			if !errors.Is(err, attention.ErrParam) {
				t.Fatalf("%v is no ParamError", err)
			}
			return
		}
		s, err := p.Sizes()
		if err != nil || s.Q <= 0 || s.KPacked <= 0 || s.VPacked <= 0 || s.KNorms < 0 {
			t.Fatalf("%+v: sizes %+v, %v", p, s, err)
		}
		if tmp, err := p.TmpBytes(); err != nil || tmp <= 0 {
			t.Fatalf("%+v: temporary bytes %d, %v", p, tmp, err)
		}
		if first, end := p.Visible(); first >= end || end > capacity {
			t.Fatalf("%+v: visible [%d, %d)", p, first, end)
		}
	})
}

func ExampleParams_Validate() {
	p := attention.Params{
		NumHeads: 16, NumKVHeads: 8, HeadDim: 256,
		KVSeqLen: 4096, KVCapacity: 4096,
		Scale: 1.0 / 16, Mask: attention.MaskSlidingWindow,
		Format: codec.Default(256),
	}
	fmt.Println(p.Validate())
	p.SlidingWindow = 1024
	fmt.Println(p.Validate())
	// Output:
	// SlidingWindow is 0, must be at least 1 with MaskSlidingWindow
	// <nil>
}
