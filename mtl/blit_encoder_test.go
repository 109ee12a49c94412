package mtl

import (
	"fmt"
	"slices"
	"testing"
)

func TestBlitEncoderSendsItsMessages(t *testing.T) {
	b := newBench(t)
	err := b.encode(func(cb *CommandBuffer) error {
		return cb.Blit(func(enc *BlitCommandEncoder) error {
			enc.Copy(BufferRange{b.a, 128}, BufferRange{b.b, 4}, 60)
			enc.Copy(BufferRange{b.a, 0}, BufferRange{b.a, 128}, 128)
			enc.Fill(BufferRange{b.b, 8}, 56, 0xff)
			return enc.Err()
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		fmt.Sprintf("copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size: [%d 128 %d 4 60]", b.a.id, b.b.id),
		fmt.Sprintf("copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size: [%d 0 %d 128 128]", b.a.id, b.a.id),
		fmt.Sprintf("fillBuffer:range:value: [%d {8 56} 255]", b.b.id),
		"endEncoding []",
	}
	if sent := b.sent("MTLBlitCommandEncoder"); !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
}

func TestBlitArgumentsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		call func(b *bench, enc *BlitCommandEncoder)
		want []string
	}{
		{"source beyond its end", func(b *bench, e *BlitCommandEncoder) { e.Copy(BufferRange{b.b, 4}, BufferRange{b.a, 0}, 64) }, []string{"Copy", "offset is 4", "0 to 0", "64 bytes"}},
		{"destination beyond its end", func(b *bench, e *BlitCommandEncoder) { e.Copy(BufferRange{b.a, 0}, BufferRange{b.b, 4}, 64) }, []string{"offset is 4"}},
		{"more than the buffer", func(b *bench, e *BlitCommandEncoder) { e.Copy(BufferRange{b.b, 0}, BufferRange{b.a, 0}, 68) }, []string{"68 bytes", "buffer of 64"}},
		{"nothing to copy", func(b *bench, e *BlitCommandEncoder) { e.Copy(BufferRange{b.b, 0}, BufferRange{b.a, 0}, 0) }, []string{"size is 0"}},
		{"a size not a multiple of 4", func(b *bench, e *BlitCommandEncoder) { e.Copy(BufferRange{b.b, 0}, BufferRange{b.a, 0}, 6) }, []string{"size is 6", "multiple of 4"}},
		{"a source offset not a multiple of 4", func(b *bench, e *BlitCommandEncoder) { e.Copy(BufferRange{b.b, 2}, BufferRange{b.a, 0}, 4) }, []string{"source offset is 2"}},
		{"a destination offset not a multiple of 4", func(b *bench, e *BlitCommandEncoder) { e.Copy(BufferRange{b.b, 0}, BufferRange{b.a, 3}, 4) }, []string{"destination offset is 3"}},
		{"an overlap", func(b *bench, e *BlitCommandEncoder) { e.Copy(BufferRange{b.a, 0}, BufferRange{b.a, 60}, 64) }, []string{"overlap"}},
		{"an overlap the other way", func(b *bench, e *BlitCommandEncoder) { e.Copy(BufferRange{b.a, 60}, BufferRange{b.a, 0}, 64) }, []string{"overlap"}},
		{"a fill beyond the end", func(b *bench, e *BlitCommandEncoder) { e.Fill(BufferRange{b.b, 4}, 64, 0) }, []string{"Fill", "offset is 4"}},
		{"a fill below 0", func(b *bench, e *BlitCommandEncoder) { e.Fill(BufferRange{b.b, -4}, 8, 0) }, []string{"offset is -4"}},
		{"a fill of nothing", func(b *bench, e *BlitCommandEncoder) { e.Fill(BufferRange{b.b, 0}, 0, 0) }, []string{"length is 0"}},
		{"a fill of a negative length", func(b *bench, e *BlitCommandEncoder) { e.Fill(BufferRange{b.b, 0}, -4, 0) }, []string{"length is -4"}},
		{"a fill not a multiple of 4", func(b *bench, e *BlitCommandEncoder) { e.Fill(BufferRange{b.b, 0}, 5, 0) }, []string{"length is 5"}},
		{"a fill at an offset not a multiple of 4", func(b *bench, e *BlitCommandEncoder) { e.Fill(BufferRange{b.b, 5}, 4, 0) }, []string{"offset is 5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.dev.SetEager(true) // or the error drops what must not be sent
			err := b.encode(func(cb *CommandBuffer) error {
				return cb.Blit(func(enc *BlitCommandEncoder) error { c.call(b, enc); return nil })
			})
			wantArgument(t, err, c.want...)
			if sent := b.sent("MTLBlitCommandEncoder"); !slices.Equal(sent, []string{"endEncoding []"}) {
				t.Errorf("sent %q", sent)
			}
		})
	}
	b := newBench(t)
	for name, call := range map[string]func(*BlitCommandEncoder){
		"source":      func(e *BlitCommandEncoder) { e.Copy(BufferRange{}, BufferRange{b.a, 0}, 4) },
		"destination": func(e *BlitCommandEncoder) { e.Copy(BufferRange{b.a, 0}, BufferRange{}, 4) },
		"fill":        func(e *BlitCommandEncoder) { e.Fill(BufferRange{}, 4, 0) },
	} {
		t.Run("nil "+name, func(t *testing.T) {
			wantIs(t, b.encode(func(cb *CommandBuffer) error {
				return cb.Blit(func(enc *BlitCommandEncoder) error { call(enc); return nil })
			}), ErrNil)
		})
	}
}
