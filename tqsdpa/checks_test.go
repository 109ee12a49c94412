//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package tqsdpa

import (
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/objc"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// A watch is a device of which messages are counted, kept from having an effect,
// or answered otherwise.
type watch struct {
	Device
	count  atomic.Int64
	silent bool // until encoding ends
	ends   objc.SEL
	kept   int64    // messages that silence kept from having an effect
	width  objc.SEL // the selector that is answered with 64
}

func (w *watch) MsgSend(r *objc.Registers) {
	selector := objc.SEL(r.X[1])
	w.count.Add(1)
	w.silent = w.silent && selector != w.ends
	if w.silent {
		w.kept++
		return
	}
	w.Device.MsgSend(r)
	if w.width != 0 && selector == w.width {
		r.X[0] = 64
	}
}

// silence keeps what the encoder that is open sends, but for endEncoding, from having
// an effect.
func (w *watch) silence() {
	w.ends = w.RegisterSelector("endEncoding")
	w.silent = true
}

// watched returns a rig on a watched device, with a cache and rows that fit p.
func watched(t *testing.T) (*rig, *watch, Params, Buffers, Rows) {
	t.Helper()
	w := &watch{Device: openDevice(t)}
	r := newRigOn(t, w.Device, w)
	r.device.SetEager(true) // what is sent is counted at once
	p := Params{NumHeads: 4, NumKVHeads: 2, HeadDim: 64, KVSeqLen: 1, KVCapacity: 8, Scale: 1, Format: codec.Default(64)}
	return r, w, p, r.cache(p), Rows{K: r.buffer(4 * 2 * 3 * 64), V: r.buffer(4 * 2 * 3 * 64), Position: 5, Tokens: 3}
}

// Both functions refuse the same things: those that only matter for what is
// written say so.
func TestRowsAreCheckedBeforeAnythingIsEncoded(t *testing.T) {
	r, w, p, b, rows := watched(t)
	short := func(x mtl.BufferRange) mtl.BufferRange { return r.buffer(x.Buffer.Length() - 1) }
	moved := func(x mtl.BufferRange, by int) mtl.BufferRange {
		y := r.buffer(x.Buffer.Length() + 64)
		y.Offset = by
		return y
	}
	for _, c := range []struct {
		name  string
		edit  func(*Params, *Buffers, *Rows)
		field string
		says  string
	}{
		{"K one byte short", func(_ *Params, _ *Buffers, x *Rows) { x.K = short(x.K) }, "K", "1535 bytes from offset 0 of a buffer of 1535, must be at least 1536 bytes"},
		{"V one byte short", func(_ *Params, _ *Buffers, x *Rows) { x.V = short(x.V) }, "V", "1535"},
		{"KPacked one byte short", func(_ *Params, b *Buffers, _ *Rows) { b.KPacked = short(b.KPacked) }, "KPacked", "511"},
		{"KNorms one byte short", func(_ *Params, b *Buffers, _ *Rows) { b.KNorms = short(b.KNorms) }, "KNorms", "63"},
		{"VPacked one byte short", func(_ *Params, b *Buffers, _ *Rows) { b.VPacked = short(b.VPacked) }, "VPacked", "511"},
		{"VNorms one byte short", func(_ *Params, b *Buffers, _ *Rows) { b.VNorms = short(b.VNorms) }, "VNorms", "63"},
		{"short by its offset", func(_ *Params, b *Buffers, _ *Rows) { b.KPacked.Offset = 16 }, "KPacked", "496 bytes from offset 16 of a buffer of 512"},
		{"an offset behind the end", func(_ *Params, b *Buffers, _ *Rows) { b.KPacked.Offset = 1 << 40 }, "KPacked", "0 bytes from offset"},
		{"a negative offset", func(_ *Params, b *Buffers, _ *Rows) { b.KPacked.Offset = -16 }, "KPacked.Offset", "-16"},
		{"a misaligned row", func(_ *Params, _ *Buffers, x *Rows) { x.K = moved(x.K, 8) }, "K.Offset", "a multiple of 16"},
		{"a misaligned row of V", func(_ *Params, _ *Buffers, x *Rows) { x.V = moved(x.V, 4) }, "V.Offset", "a multiple of 16"},
		{"a misaligned packed row", func(_ *Params, b *Buffers, _ *Rows) { b.VPacked = moved(b.VPacked, 4) }, "VPacked.Offset", "a multiple of 16"},
		{"a misaligned packed row of K", func(_ *Params, b *Buffers, _ *Rows) { b.KPacked = moved(b.KPacked, 8) }, "KPacked.Offset", "a multiple of 16"},
		{"misaligned norms", func(_ *Params, b *Buffers, _ *Rows) { b.VNorms = moved(b.VNorms, 2) }, "VNorms.Offset", "a multiple of 4"},
		{"misaligned norms of K", func(_ *Params, b *Buffers, _ *Rows) { b.KNorms = moved(b.KNorms, 1) }, "KNorms.Offset", "a multiple of 4"},
		{"no rows", func(_ *Params, _ *Buffers, x *Rows) { x.K = mtl.BufferRange{} }, "K", "at least 1536 bytes"},
		{"no norms", func(_ *Params, b *Buffers, _ *Rows) { b.VNorms = mtl.BufferRange{} }, "VNorms", "at least 64 bytes"},
		{"no tokens", func(_ *Params, _ *Buffers, x *Rows) { x.Tokens = 0 }, "Tokens", "1 to KVCapacity (8)"},
		{"more tokens than positions", func(_ *Params, _ *Buffers, x *Rows) { x.Tokens = 9 }, "Tokens", "1 to KVCapacity (8)"},
		{"a position too late by one", func(_ *Params, _ *Buffers, x *Rows) { x.Position = 6 }, "Position", "at most KVCapacity - Tokens (8 - 3)"},
		{"a position whose end overflows", func(_ *Params, _ *Buffers, x *Rows) { x.Position = math.MaxUint32 }, "Position", "4294967295"},
		{"a format of another head dimension", func(p *Params, _ *Buffers, _ *Rows) { p.Format = codec.Default(128) }, "HeadDim", "64"},
		{"a format with wider keys than the buffers", func(p *Params, _ *Buffers, _ *Rows) { p.Format = codec.K8V4(64) }, "KPacked", "at least 1024 bytes"},
		{"K and V of a cache swapped", func(p *Params, b *Buffers, _ *Rows) {
			p.Format = codec.K8V4(64)
			swapped := r.cache(*p)
			b.KPacked, b.VPacked = swapped.VPacked, swapped.KPacked
		}, "KPacked", "512 bytes from offset 0 of a buffer of 512, must be at least 1024 bytes"},
		{"a format with wider norms than the buffers", func(p *Params, b *Buffers, _ *Rows) {
			p.Format.Norm = codec.NormF16
			b.KNorms = r.cache(*p).KNorms
			p.Format.Norm = codec.NormF32
		}, "KNorms", "at least 64 bytes"},
		{"more KV heads than the buffers hold", func(p *Params, _ *Buffers, _ *Rows) { p.NumKVHeads = 4 }, "K", "at least 3072 bytes"},
		{"a shape over any buffer", func(p *Params, _ *Buffers, x *Rows) { p.KVCapacity = math.MaxUint32 }, "KPacked", "274877906880"},
		{"rows whose size is no int", func(p *Params, _ *Buffers, x *Rows) {
			p.NumHeads, p.NumKVHeads, p.KVCapacity, x.Tokens, x.Position = 1<<26, 1<<26, 1<<31, 1<<31, 0
		}, "K", "9223372036854775807"},
		{"the same rows for K and V of the cache", func(_ *Params, b *Buffers, _ *Rows) { b.VPacked = b.KPacked }, "KPacked", "memory shared with VPacked"},
		{"norms inside packed rows", func(_ *Params, b *Buffers, _ *Rows) {
			b.KNorms = mtl.BufferRange{Buffer: b.VPacked.Buffer, Offset: 448}
		}, "KNorms", "memory shared with VPacked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, b, rows := p, b, rows
			c.edit(&p, &b, &rows)
			readsShared := strings.HasPrefix(c.says, "memory shared")
			if err := r.run(func(enc *mtl.ComputeCommandEncoder) error {
				before := w.count.Load()
				for name, encode := range map[string]func(*mtl.ComputeCommandEncoder, *kernels.Registry, Buffers, Params, Rows) error{"Quantize": Quantize, "Dequantize": Dequantize} {
					if name == "Dequantize" && readsShared {
						continue
					}
					err := encode(enc, r.registry, b, p, rows)
					var parameter *ParamError
					if !errors.As(err, &parameter) || !errors.Is(err, ErrParam) || parameter.Field != c.field || !strings.Contains(err.Error(), c.says) {
						t.Errorf("%s: error is %v", name, err)
					}
				}
				if w.count.Load() != before {
					t.Errorf("%d messages were sent", w.count.Load()-before)
				}
				return enc.Err()
			}); err != nil {
				t.Errorf("the scope failed: %v", err)
			}
		})
	}
}

func TestDequantizeRefusesRowsThatOverlapWhatItReads(t *testing.T) {
	r, _, p, b, rows := watched(t)
	for _, c := range []struct {
		name string
		rows Rows
	}{
		{"K and V", Rows{K: rows.K, V: rows.K, Position: 0, Tokens: 3}},
		{"K and the cache", Rows{K: mtl.BufferRange{Buffer: r.buffer(4096).Buffer}, V: rows.V, Tokens: 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := b
			if c.rows.V != c.rows.K {
				b.KPacked = mtl.BufferRange{Buffer: c.rows.K.Buffer, Offset: 1520}
			}
			r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error {
				if err := Dequantize(enc, r.registry, b, p, c.rows); !errors.Is(err, ErrParam) || !strings.Contains(err.Error(), "memory shared") {
					t.Errorf("error is %v", err)
				}
				return nil
			}))
		})
	}
}

// Some models share K and V: reading both from the same bytes is right.
func TestDequantizeTakesACacheWhoseKAndVShareMemory(t *testing.T) {
	r, _, p, b, rows := watched(t)
	r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error {
		if err := Quantize(enc, r.registry, b, p, rows); err != nil {
			return err
		}
		b.VPacked, b.VNorms = b.KPacked, b.KNorms
		return Dequantize(enc, r.registry, b, p, rows)
	}))
}

// calls are the functions that encode, by name, over one problem.
func (r *rig) calls(x *problem) map[string]func(*mtl.ComputeCommandEncoder, *kernels.Registry) error {
	rows := Rows{K: r.buffer(4 * 2 * 3 * 64), V: r.buffer(4 * 2 * 3 * 64), Position: 5, Tokens: 3}
	return map[string]func(*mtl.ComputeCommandEncoder, *kernels.Registry) error{
		"Quantize": func(enc *mtl.ComputeCommandEncoder, reg *kernels.Registry) error {
			return Quantize(enc, reg, x.Buffers, x.Params, rows)
		},
		"Dequantize": func(enc *mtl.ComputeCommandEncoder, reg *kernels.Registry) error {
			return Dequantize(enc, reg, x.Buffers, x.Params, rows)
		},
		"Dispatch": func(enc *mtl.ComputeCommandEncoder, reg *kernels.Registry) error {
			return Dispatch(enc, reg, x.Buffers, x.Params)
		},
	}
}

func TestEncodersThatCannotBeUsedAreErrors(t *testing.T) {
	r, w, x := attended(t)
	r.must(Prewarm(t.Context(), r.registry, r.device, x.Params)) // so that no message is a compiler's
	for name, call := range r.calls(x) {
		t.Run(name, func(t *testing.T) {
			if err := call(nil, r.registry); !errors.Is(err, mtl.ErrNil) {
				t.Errorf("no encoder: %v", err)
			}
			var ended *mtl.ComputeCommandEncoder
			r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error {
				if err := call(enc, nil); !errors.Is(err, mtl.ErrNil) {
					t.Errorf("no registry: %v", err)
				}
				var empty kernels.Registry
				if err := call(enc, &empty); !errors.Is(err, kernels.ErrUnknownKernel) {
					t.Errorf("empty registry: %v", err)
				}
				ended = enc
				return nil
			}))
			before := w.count.Load()
			if err := call(ended, r.registry); !errors.Is(err, mtl.ErrEnded) {
				t.Errorf("ended encoder: %v", err)
			}
			if w.count.Load() != before {
				t.Errorf("ended encoder: %d messages were sent", w.count.Load()-before)
			}
		})
	}
}

func TestABufferThatIsReleasedFailsTheScope(t *testing.T) {
	r, _, p, b, rows := watched(t)
	gone := r.buffer(b.KNorms.Buffer.Length())
	gone.Buffer.Release()
	b.KNorms = gone
	err := r.run(func(enc *mtl.ComputeCommandEncoder) error { return Quantize(enc, r.registry, b, p, rows) })
	if !errors.Is(err, mtl.ErrReleased) {
		t.Errorf("error is %v", err)
	}
}

func TestADeviceWithOtherSimdgroupsIsRefused(t *testing.T) {
	r, w, x := attended(t)
	w.width = w.RegisterSelector("threadExecutionWidth")
	r.must(Prewarm(t.Context(), r.registry, r.device, x.Params)) // so that no message is a compiler's
	for name, call := range r.calls(x) {
		t.Run(name, func(t *testing.T) {
			r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error {
				before := w.count.Load()
				if err := call(enc, r.registry); !errors.Is(err, mtl.ErrUnsupported) || !strings.Contains(err.Error(), "64 threads, must be 32") {
					t.Errorf("error is %v", err)
				}
				if w.count.Load() != before {
					t.Errorf("%d messages were sent", w.count.Load()-before)
				}
				return enc.Err()
			}))
		})
	}
}

func TestPrewarmRefusesAProblemThatIsNotValid(t *testing.T) {
	r, _, p, _, _ := watched(t)
	p.HeadDim = 65
	if err := Prewarm(t.Context(), r.registry, r.device, p); !errors.Is(err, ErrParam) {
		t.Errorf("error is %v", err)
	}
}

// attended returns a rig on a watched device, with the buffers of one attention.
func attended(t *testing.T) (*rig, *watch, *problem) {
	t.Helper()
	w := &watch{Device: openDevice(t)}
	r := newRigOn(t, w.Device, w)
	r.device.SetEager(true) // what is sent is counted at once
	return r, w, r.newProblem(Params{NumHeads: 4, NumKVHeads: 2, HeadDim: 64, KVSeqLen: 40, KVCapacity: 48, Scale: 0.125, Format: codec.Default(64)})
}

func TestAttentionIsCheckedBeforeAnythingIsEncoded(t *testing.T) {
	r, w, x := attended(t)
	short := func(b *mtl.BufferRange) { *b = r.buffer(b.Buffer.Length() - 1) }
	for _, c := range []struct {
		name  string
		edit  func(*problem)
		field string
		says  string
	}{
		{"Q one byte short", func(x *problem) { short(&x.Q) }, "Q", "1023 bytes from offset 0 of a buffer of 1023, must be at least 1024 bytes"},
		{"KPacked one byte short", func(x *problem) { short(&x.KPacked) }, "KPacked", "3071"},
		{"KNorms one byte short", func(x *problem) { short(&x.KNorms) }, "KNorms", "383"},
		{"VPacked one byte short", func(x *problem) { short(&x.VPacked) }, "VPacked", "3071"},
		{"VNorms one byte short", func(x *problem) { short(&x.VNorms) }, "VNorms", "383"},
		{"Output one byte short", func(x *problem) { short(&x.Output) }, "Output", "1023"},
		{"Tmp one byte short", func(x *problem) { short(&x.Tmp) }, "Tmp", "33791"},
		{"a misaligned Q", func(x *problem) { x.Q.Offset = 4 }, "Q.Offset", "a multiple of 16"},
		{"a misaligned KPacked", func(x *problem) { x.KPacked.Offset = 8 }, "KPacked.Offset", "a multiple of 16"},
		{"a misaligned KNorms", func(x *problem) { x.KNorms.Offset = 2 }, "KNorms.Offset", "a multiple of 4"},
		{"a misaligned VPacked", func(x *problem) { x.VPacked.Offset = 1 }, "VPacked.Offset", "a multiple of 16"},
		{"a misaligned VNorms", func(x *problem) { x.VNorms.Offset = 6 }, "VNorms.Offset", "a multiple of 4"},
		{"a misaligned Output", func(x *problem) { x.Output.Offset = 8 }, "Output.Offset", "a multiple of 16"},
		{"a misaligned Tmp", func(x *problem) { x.Tmp.Offset = 4 }, "Tmp.Offset", "a multiple of 16"},
		{"no Output", func(x *problem) { x.Output = mtl.BufferRange{} }, "Output", "no buffer"},
		{"Q overlaps the end of Output", func(x *problem) {
			x.Output = mtl.BufferRange{Buffer: r.buffer(4096).Buffer}
			x.Q = mtl.BufferRange{Buffer: x.Output.Buffer, Offset: 1008}
		}, "Output", "memory shared with Q"},
		{"Output is Q", func(x *problem) { x.Output = x.Q }, "Output", "memory shared with Q"},
		{"Output in Tmp", func(x *problem) { x.Output = mtl.BufferRange{Buffer: x.Tmp.Buffer, Offset: 4096} }, "Output", "memory shared with Tmp"},
		{"Tmp in the cache", func(x *problem) {
			x.Tmp = r.buffer(1 << 17)
			x.VPacked = mtl.BufferRange{Buffer: x.Tmp.Buffer, Offset: 33776}
		}, "Tmp", "memory shared with VPacked"},
		{"wider keys than the buffers hold", func(x *problem) { x.Format = codec.K8V4(64) }, "KPacked", "at least 6144 bytes"},
		{"K and V swapped", func(x *problem) {
			x.Format = codec.K8V4(64)
			swapped := r.cache(x.Params)
			x.KPacked, x.VPacked = swapped.VPacked, swapped.KPacked
		}, "KPacked", "3072 bytes from offset 0 of a buffer of 3072, must be at least 6144 bytes"},
		{"elements of 16 bits over packed ones", func(x *problem) { x.Format = codec.F16(64) }, "KPacked", "at least 12288 bytes"},
		{"wider norms than the buffers hold", func(x *problem) {
			x.Format.Norm = codec.NormF16
			x.VNorms = r.cache(x.Params).VNorms
			x.Format.Norm = codec.NormF32
		}, "VNorms", "at least 384 bytes"},
		{"a format of another head dimension", func(x *problem) { x.Format = codec.Default(128) }, "HeadDim", "Format.HeadDim (128)"},
		{"a shape over any buffer", func(x *problem) { x.KVCapacity = math.MaxUint32 }, "KPacked", "at least 274877906880 bytes"},
		{"more heads than Tmp is for", func(x *problem) { x.NumHeads = 6 }, "Q", "at least 1536 bytes"},
		{"more positions than the buffers hold", func(x *problem) { x.KVCapacity = 49 }, "KPacked", "at least 3136 bytes"},
		{"more positions than capacity", func(x *problem) { x.KVSeqLen = 49 }, "KVSeqLen", "at most KVCapacity (48)"},
		{"a window without a length", func(x *problem) { x.Mask = MaskSlidingWindow }, "SlidingWindow", "at least 1"},
		{"heads that KV heads do not divide", func(x *problem) { x.NumHeads = 5 }, "NumHeads", "a multiple of NumKVHeads (2)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := *x
			c.edit(&x)
			if err := r.run(func(enc *mtl.ComputeCommandEncoder) error {
				before := w.count.Load()
				err := Dispatch(enc, r.registry, x.Buffers, x.Params)
				var parameter *ParamError
				if !errors.As(err, &parameter) || !errors.Is(err, ErrParam) || parameter.Field != c.field || !strings.Contains(err.Error(), c.says) {
					t.Errorf("error is %v", err)
				}
				if w.count.Load() != before {
					t.Errorf("%d messages were sent", w.count.Load()-before)
				}
				return enc.Err()
			}); err != nil {
				t.Errorf("the scope failed: %v", err)
			}
		})
	}
}

func TestNaNInWhatIsVisibleIsInTheOutput(t *testing.T) {
	r, _, x := attended(t)
	row := 1*48 + 39 // the last position of KV head 1, which heads 2 and 3 read
	for _, c := range []struct {
		name  string
		where []float32
	}{{"norm of K", r.floats(x.KNorms, row+1)[row:]}, {"norm of V", r.floats(x.VNorms, row+1)[row:]}, {"query", r.floats(x.Q, 256)[2*64+5:]}} {
		kept := c.where[0]
		c.where[0] = float32(math.NaN())
		got, err := r.attend(x)
		r.must(err)
		c.where[0] = kept
		if got[0] != got[0] || got[64] != got[64] || got[2*64] == got[2*64] {
			t.Errorf("%s: outputs of heads 0, 1 and 2 begin with %v, %v and %v", c.name, got[0], got[64], got[128])
		}
	}
}

func TestAfterPrewarmNothingIsCompiledAndEncodingAllocatesNothing(t *testing.T) {
	r, w, short := attended(t)
	r.device.SetEager(false)
	p := short.Params
	p.KVSeqLen, p.KVCapacity = positionsPerSplit+1, positionsPerSplit+8
	long := r.newProblem(p)
	rows := Rows{K: r.buffer(4 * 2 * 3 * 64), V: r.buffer(4 * 2 * 3 * 64), Position: 5, Tokens: 3}
	r.must(Prewarm(t.Context(), r.registry, r.device, p))
	r.must(r.run(func(enc *mtl.ComputeCommandEncoder) error {
		w.silence()
		allocs := testing.AllocsPerRun(100, func() {
			if Quantize(enc, r.registry, short.Buffers, short.Params, rows) != nil || Dequantize(enc, r.registry, short.Buffers, short.Params, rows) != nil ||
				Dispatch(enc, r.registry, short.Buffers, short.Params) != nil || Dispatch(enc, r.registry, long.Buffers, long.Params) != nil {
				t.Error(enc.Err())
			}
		})
		if allocs != 0 {
			t.Errorf("%v allocations", allocs)
		}
		return enc.Err()
	}))
	// Pipeline, parameters, buffers and dispatch for each; two splits have the
	// barrier, and all but the parameters again. The second has the buffers of the
	// first, the last the pipeline of the third.
	if want := int64(101 * (4 + 3 + 4 + 7)); w.kept != want {
		t.Errorf("%d messages, want %d", w.kept, want)
	}
}

func TestTmpBufferBytesIsWhatParamsSay(t *testing.T) {
	for _, d := range headDims {
		p := Params{NumHeads: 24, NumKVHeads: 8, HeadDim: d, KVSeqLen: 1, KVCapacity: 1, Scale: 1}
		want, err := p.TmpBytes()
		if err != nil {
			t.Fatal(err)
		}
		if got := TmpBufferBytes(24, d); got != want {
			t.Errorf("head dimension %d: %d, Params say %d", d, got, want)
		}
	}
	if got := TmpBufferBytes(math.MaxUint32, math.MaxUint32); got != math.MaxInt {
		t.Errorf("a product that is no int: %d", got)
	}
}
