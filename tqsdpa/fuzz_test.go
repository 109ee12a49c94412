//go:build linux && (amd64 || arm64)

package tqsdpa

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// Whatever Validate lets through, no kernel touches a byte that Sizes does not
// count: each buffer ends where it must, before a page that can't be touched or
// bytes that the device looks after, and has a margin before its offset. What a
// kernel writes is written whole, and nothing else is.
//
// Rows hold random bits, as addresses must not depend on them.
func FuzzParams(f *testing.F) {
	add := func(kvHeads, group uint8, dim, seqLen uint16, capacity uint32, mask uint8, window uint16, keyBits, valueBits, flags uint8, position, tokens uint16) {
		f.Add(kvHeads, group, dim, seqLen, capacity, mask, window, uint32(0x3f800000), uint32(0), keyBits, valueBits, flags, position, tokens, uint64(1))
	}
	for i, dim := range []uint16{64, 128, 256, 512} {
		for j, bits := range [][2]uint8{{4, 4}, {8, 4}, {4, 8}, {8, 8}, {16, 16}, {16, 4}, {4, 16}} {
			group := []uint8{1, 2, 3, 4, 5, 9, 16}[(i+j)%7]
			add(uint8(1+i%3), group, dim, uint16(1+37*j), uint32(1+40*j), uint8(j%3), uint16(j%3/2*(1+j)), bits[0], bits[1], uint8(i*7+j), uint16(j), uint16(1+5*j))
		}
	}
	add(2, 8, 64, 300, 300, 0, 0, 4, 4, 0, 0, 300)
	add(1, 1, 64, 1000, 1000, 2, 999, 4, 4, 5, 0, 1000)
	add(2, 1, 64, 1, 1<<26, 0, 0, 4, 4, 0, 9, 1)   // rows more than 4 GiB apart
	add(3, 2, 512, 2, 1<<22, 0, 0, 16, 8, 8, 1, 2) // the same
	add(1, 1, 64, 8, 8, 0, 0, 4, 4, 0, 5, 4)       // the last token has no room
	add(1, 1, 64, 9, 8, 0, 0, 4, 4, 0, 0, 8)       // more positions than there is room for
	add(0, 1, 64, 1, 1, 0, 0, 4, 4, 0, 0, 1)
	add(1, 1, 96, 2, 1, 3, 1, 5, 4, 0, 0, 0)

	device, err := softmetal.New(softmetal.Options{MaxBufferLength: 32 << 30, Memory: 128 << 30, Order: softmetal.Order{Sequence: softmetal.Down, Skew: softmetal.First}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = device.Close() })
	shared := newRigOn(f, device, device)

	f.Fuzz(func(t *testing.T, kvHeads, group uint8, dim, seqLen uint16, capacity uint32, mask uint8, window uint16, scale, softcap uint32, keyBits, valueBits, flags uint8, position, tokens uint16, seed uint64) {
		p := Params{
			NumHeads: uint32(kvHeads) * uint32(group), NumKVHeads: uint32(kvHeads), HeadDim: uint32(dim), KVSeqLen: uint32(seqLen), KVCapacity: capacity,
			Mask: Mask(mask), SlidingWindow: uint32(window), Scale: math.Float32frombits(scale), Softcap: math.Float32frombits(softcap),
			Format: codec.Format{HeadDim: uint32(dim), KeyBits: uint32(keyBits), ValueBits: uint32(valueBits), Signs: flags&1 != 0, NormCorrection: flags&2 != 0, Norm: codec.NormType(flags >> 2 & 1)},
		}
		if flags&8 != 0 {
			p.NumHeads++ // which is no multiple
		}
		r := *shared
		r.t = t
		sizes, err := p.Sizes()
		if err != nil {
			if !errors.Is(err, ErrParam) {
				t.Fatalf("%v is no ErrParam", err)
			}
			none := func(enc *mtl.ComputeCommandEncoder) error { return Dispatch(enc, r.registry, Buffers{}, p) }
			if again := r.run(none); again == nil || again.Error() != err.Error() {
				t.Fatalf("Validate says %v and Dispatch %v", err, again)
			}
			return
		}
		// More would take long, and no address would be longer.
		first, end := p.Visible()
		const work, memory = 1 << 20, 24 << 30
		if p.NumHeads > 64 || uint64(p.NumHeads)*uint64(end-first)*uint64(p.HeadDim) > work || max(sizes.KPacked, sizes.VPacked) > memory {
			return
		}
		m := margins{rig: &r, offset: 16 * int(flags>>4), random: rand.New(rand.NewPCG(seed, 0))}
		b := Buffers{KPacked: m.buffer(sizes.KPacked), KNorms: m.buffer(sizes.KNorms), VPacked: m.buffer(sizes.VPacked), VNorms: m.buffer(sizes.VNorms)}
		cache := []mtl.BufferRange{b.KPacked, b.KNorms, b.VPacked, b.VNorms}

		rows := Rows{Position: uint32(position), Tokens: uint32(tokens)}
		if n := int(p.NumKVHeads) * int(tokens) * int(p.HeadDim); n <= work/4 {
			rows.K, rows.V = m.buffer(4*max(n, 1)), m.buffer(4*max(n, 1))
			quantize := func(enc *mtl.ComputeCommandEncoder) error { return Quantize(enc, r.registry, b, p, rows) }
			dequantize := func(enc *mtl.ComputeCommandEncoder) error { return Dequantize(enc, r.registry, b, p, rows) }
			if tokens > 0 && uint64(position)+uint64(tokens) <= uint64(p.KVCapacity) {
				bytes := p.CacheFormat()
				ofRows := func(rowBytes int) func(int) bool { // whether a byte is of one of the rows
					return func(i int) bool {
						at := i / max(rowBytes, 1) % int(p.KVCapacity)
						return at >= int(position) && at < int(position)+int(tokens)
					}
				}
				m.writes("Quantize", quantize, cache, ofRows(bytes.KeyRowBytes()), ofRows(bytes.KeyNormBytes()), ofRows(bytes.ValueRowBytes()), ofRows(bytes.ValueNormBytes()))
				m.writes("Dequantize", dequantize, []mtl.BufferRange{rows.K, rows.V}, everything, everything)
			} else if err := errors.Join(r.run(quantize), r.run(dequantize)); !errors.Is(err, ErrParam) {
				t.Fatalf("%d tokens at %d of %d: %v", tokens, position, p.KVCapacity, err)
			}
		}

		tmp, err := p.TmpBytes()
		r.must(err)
		b.Q, b.Output, b.Tmp = m.buffer(4*sizes.Q), m.buffer(4*sizes.Output), m.buffer(tmp)
		attend := func(enc *mtl.ComputeCommandEncoder) error { return Dispatch(enc, r.registry, b, p) }
		for _, short := range []*mtl.BufferRange{&b.Q, &b.KPacked, &b.KNorms, &b.VPacked, &b.VNorms, &b.Output, &b.Tmp} {
			if short.Buffer == nil {
				continue
			}
			short.Offset += 16
			if err := r.run(attend); !errors.Is(err, ErrParam) {
				t.Fatalf("a buffer that lacks 16 bytes: %v", err)
			}
			short.Offset -= 16
		}
		m.writes("Dispatch", attend, []mtl.BufferRange{b.Output, b.Tmp}, everything, nil)
		for _, report := range device.TakeReports() {
			t.Error(report)
		}
	})
}

func everything(int) bool { return true }

// margins are buffers with something before what a problem may use.
type margins struct {
	*rig
	offset  int
	random  *rand.Rand
	buffers []mtl.BufferRange
}

// buffer returns one of length bytes behind the margin, and none for 0.
func (m *margins) buffer(length int) mtl.BufferRange {
	if length == 0 {
		return mtl.BufferRange{}
	}
	b, err := m.device.NewBuffer(m.offset+length, mtl.ResourceStorageModeShared)
	m.must(err)
	m.t.Cleanup(b.Release)
	r := mtl.BufferRange{Buffer: b, Offset: m.offset}
	m.buffers = append(m.buffers, r)
	whole := m.whole(r)
	for len(whole) >= 8 {
		binary.LittleEndian.PutUint64(whole, m.random.Uint64())
		whole = whole[8:]
	}
	return r
}

// whole returns all bytes of a buffer, of a long one none: to touch it would take
// as much memory.
func (m *margins) whole(r mtl.BufferRange) []byte {
	if r.Buffer == nil || r.Buffer.Length() > 4<<20 {
		return nil
	}
	return m.bytes(mtl.BufferRange{Buffer: r.Buffer})
}

// writes runs something that writes to some of the buffers, and checks which bytes
// it wrote: those are the ones that are the same whatever was there before. nil is
// no matter which. It may write no others.
func (m *margins) writes(name string, encode func(*mtl.ComputeCommandEncoder) error, outputs []mtl.BufferRange, wanted ...func(int) bool) {
	m.t.Helper()
	var before [][]byte
	for _, r := range m.buffers {
		before = append(before, slices.Clone(m.whole(r)))
	}
	var after [2][][]byte
	for i, fill := range []byte{0, 0xff} {
		for _, r := range outputs {
			whole := m.whole(r)
			for j := range whole {
				whole[j] = fill
			}
		}
		if err := m.run(encode); err != nil {
			m.t.Fatalf("%s: %v", name, err)
		}
		for _, r := range outputs {
			after[i] = append(after[i], slices.Clone(m.whole(r)))
		}
	}
	for i, r := range outputs {
		for j, b := range after[0][i] {
			written := b == after[1][i][j]
			if !written && (b != 0 || after[1][i][j] != 0xff) {
				m.t.Fatalf("%s: byte %d of output %d depends on what was there: %#x and %#x", name, j-m.offset, i, b, after[1][i][j])
			}
			if want := j >= m.offset && (wanted[i] == nil || wanted[i](j-m.offset)); written != want && (wanted[i] != nil || j < m.offset) {
				m.t.Fatalf("%s: byte %d of output %d of %d is written: %v, should be: %v", name, j-m.offset, i, r.Buffer.Length()-m.offset, written, want)
			}
		}
	}
	for i, r := range m.buffers {
		if !slices.Contains(outputs, r) && !bytes.Equal(before[i], m.whole(r)) {
			m.t.Fatalf("%s: buffer %d, which is read, has changed", name, i)
		}
	}
}
