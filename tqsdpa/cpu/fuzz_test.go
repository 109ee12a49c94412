package cpu_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
	"github.com/tqmetal/tqmetal/tqsdpa/cpu"
)

// Whatever Validate lets through needs no byte that Sizes does not count: every
// slice has that length, and Go ends the program where it is passed. Output is
// written whole, of the cache the rows alone, and nothing that is read.
func FuzzParams(f *testing.F) {
	for i, dim := range []uint16{64, 128, 256, 512} {
		for j, bits := range [][2]uint8{{4, 4}, {8, 4}, {16, 16}, {4, 16}} {
			f.Add(uint8(1+i%3), uint8(1+j), dim, uint16(1+67*j), uint16(1+90*j), uint8(j%3), uint16(j%3/2*(1+j)), uint32(0x3f800000), uint32(j), bits[0], bits[1], uint8(i*7+j), uint16(j), uint16(1+30*j), uint64(1))
		}
	}
	f.Add(uint8(2), uint8(2), uint16(64), uint16(300), uint16(300), uint8(2), uint16(299), uint32(0x3f800000), uint32(0), uint8(8), uint8(4), uint8(0), uint16(298), uint16(3), uint64(1))
	f.Add(uint8(1), uint8(1), uint16(64), uint16(9), uint16(8), uint8(0), uint16(0), uint32(0x3f800000), uint32(0), uint8(4), uint8(4), uint8(0), uint16(0), uint16(8), uint64(1))
	f.Fuzz(func(t *testing.T, kvHeads, group uint8, dim, seqLen, capacity uint16, mask uint8, window uint16, scale, softcap uint32, keyBits, valueBits, flags uint8, position, tokens uint16, seed uint64) {
		p := attention.Params{
			NumHeads: uint32(kvHeads) * uint32(group), NumKVHeads: uint32(kvHeads), HeadDim: uint32(dim), KVSeqLen: uint32(seqLen), KVCapacity: uint32(capacity),
			Mask: attention.Mask(mask), SlidingWindow: uint32(window), Scale: math.Float32frombits(scale), Softcap: math.Float32frombits(softcap),
			Format: codec.Format{HeadDim: uint32(dim), KeyBits: uint32(keyBits), ValueBits: uint32(valueBits), Signs: flags&1 != 0, NormCorrection: flags&2 != 0, Norm: codec.NormType(flags >> 2 & 1)},
		}
		if flags&8 != 0 {
			p.NumHeads++ // which is no multiple
		}
		e, err := cpu.New(1 + int(flags>>4)%3)
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.Sizes()
		if err != nil {
			if again := e.Attend(background, p, attention.Tensors{}); !errors.Is(err, attention.ErrParam) || again == nil || again.Error() != err.Error() {
				t.Fatalf("Validate says %v and Attend %v", err, again)
			}
			return
		}
		if p.NumHeads > 64 || p.NumHeads*p.KVSeqLen*p.HeadDim > 1<<18 || s.KPacked+s.VPacked > 1<<20 { // more would take long
			return
		}
		tensors, err := p.NewTensors()
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(seed, 0))
		bits := func(n int) []float32 {
			x := make([]float32, n)
			for i := range x {
				x[i] = math.Float32frombits(random.Uint32())
			}
			return x
		}
		cache := []*[]byte{&tensors.KPacked, &tensors.KNorms, &tensors.VPacked, &tensors.VNorms}
		rowBytes := []int{p.Format.KeyRowBytes(), p.Format.KeyNormBytes(), p.Format.ValueRowBytes(), p.Format.ValueNormBytes()}

		n := int(p.NumKVHeads) * int(tokens) * int(p.HeadDim)
		if valid := tokens > 0 && int(position)+int(tokens) <= int(capacity); n <= 1<<18 {
			k, v := bits(n), bits(n)
			before := [2][]uint32{floatBits(k), floatBits(v)}
			var after [2][]byte
			for i, fill := range []byte{0, 0xff} {
				for _, c := range cache {
					for j := range *c {
						(*c)[j] = fill
					}
				}
				if err := e.Quantize(background, p, tensors, uint32(position), k, v); (err == nil) != valid || err != nil && !errors.Is(err, attention.ErrParam) {
					t.Fatalf("%d tokens at %d of %d: %v", tokens, position, capacity, err)
				}
				for _, c := range cache {
					after[i] = append(after[i], *c...)
				}
			}
			at := 0
			for i, c := range cache {
				for j := range *c {
					row := j / rowBytes[i] % int(capacity)
					want := valid && row >= int(position) && row < int(position)+int(tokens)
					if a, b := after[0][at], after[1][at]; (a == b) != want || a != b && (a != 0 || b != 0xff) {
						t.Fatalf("byte %d of array %d: %#x and %#x, should be written: %v", j, i, a, b, want)
					}
					at++
				}
			}
			if err := e.Dequantize(background, p, tensors, uint32(position), k, v); (err == nil) != valid {
				t.Fatalf("%d tokens at %d of %d: %v", tokens, position, capacity, err)
			}
			if !valid && !slices.Equal(before[0], floatBits(k)) || !valid && !slices.Equal(before[1], floatBits(v)) {
				t.Fatal("rows were decoded in spite of the error")
			}
		}

		tensors.Q = bits(len(tensors.Q))
		for _, c := range cache {
			for j := range *c {
				(*c)[j] = byte(random.Uint32())
			}
		}
		before := slices.Concat(tensors.KPacked, tensors.KNorms, tensors.VPacked, tensors.VNorms)
		queries := floatBits(tensors.Q)
		var outputs [2][]uint32
		for i, fill := range []float32{0, 1} {
			for j := range tensors.Output {
				tensors.Output[j] = fill
			}
			if err := e.Attend(background, p, tensors); err != nil {
				t.Fatal(err)
			}
			outputs[i] = floatBits(tensors.Output)
		}
		if !slices.Equal(outputs[0], outputs[1]) {
			t.Error("Output depends on what was there")
		}
		if !slices.Equal(before, slices.Concat(tensors.KPacked, tensors.KNorms, tensors.VPacked, tensors.VNorms)) || !slices.Equal(queries, floatBits(tensors.Q)) {
			t.Error("what is read has changed")
		}
	})
}

func floatBits(x []float32) []uint32 {
	b := make([]uint32, len(x))
	for i, v := range x {
		b[i] = math.Float32bits(v)
	}
	return b
}
