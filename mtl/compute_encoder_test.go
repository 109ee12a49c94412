package mtl

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

func TestComputeEncoderSendsItsMessages(t *testing.T) {
	b := newBench(t)
	var bytes string
	var ids, offsets []uint64
	var barriers [][]uint64
	b.rt.On("MTLComputeCommandEncoder setBytes:length:atIndex:", func(m *objctest.Message) { bytes = string(m.Bytes(0, m.Uint(1))) })
	b.rt.On("MTLComputeCommandEncoder setBuffers:offsets:withRange:", func(m *objctest.Message) {
		n := m.Args[2].(objc.Range).Length
		ids, offsets = m.Words(0, n), m.Words(1, n)
	})
	b.rt.On("MTLComputeCommandEncoder memoryBarrierWithResources:count:", func(m *objctest.Message) {
		barriers = append(barriers, m.Words(0, m.Uint(1)))
	})
	err := b.compute(func(enc *ComputeCommandEncoder) error {
		enc.SetComputePipelineState(b.pipeline)
		enc.SetBuffer(b.a, 16, 30)
		enc.SetBufferOffset(32, 30)
		enc.SetBuffers(2, BufferRange{b.a, 8}, BufferRange{b.b, 0})
		payload := []byte("payload")
		enc.SetBytes(payload, 1)
		clear(payload)
		enc.SetThreadgroupMemoryLength(1024, 3)
		enc.DispatchThreads(Size{1000, 2, 3}, Size{32, 4, 2})
		enc.DispatchThreadgroups(Size{7, 8, 9}, Size{64, 1, 1})
		enc.DispatchThreadgroupsIndirect(b.b, 52, Size{1, 2, 3})
		enc.MemoryBarrier(BarrierScopeBuffers)
		enc.MemoryBarrier(BarrierScopeBuffers | BarrierScopeTextures)
		enc.MemoryBarrierWithResources(b.a, b.b)
		return enc.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, m := range b.rt.Messages("MTLComputeCommandEncoder") {
		for i, a := range m.Args { // addresses differ from run to run
			if _, ok := a.(uintptr); ok {
				m.Args[i] = "address"
			}
		}
		_, text, _ := strings.Cut(m.String(), " ")
		sent = append(sent, text)
	}
	want := []string{
		fmt.Sprintf("setComputePipelineState: [%d]", b.pipeline.id),
		fmt.Sprintf("setBuffer:offset:atIndex: [%d 16 30]", b.a.id),
		"setBufferOffset:atIndex: [32 30]",
		"setBuffers:offsets:withRange: [address address {2 2}]",
		"setBytes:length:atIndex: [address 7 1]",
		"setThreadgroupMemoryLength:atIndex: [1024 3]",
		"dispatchThreads:threadsPerThreadgroup: [[1000 2 3] [32 4 2]]",
		"dispatchThreadgroups:threadsPerThreadgroup: [[7 8 9] [64 1 1]]",
		fmt.Sprintf("dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup: [%d 52 [1 2 3]]", b.b.id),
		"memoryBarrierWithScope: [1]",
		"memoryBarrierWithScope: [3]",
		"memoryBarrierWithResources:count: [address 2]",
		"endEncoding []",
	}
	if !slices.Equal(sent, want) {
		t.Errorf("sent\n%s\nwant\n%s", strings.Join(sent, "\n"), strings.Join(want, "\n"))
	}
	a, bb := uint64(b.a.id), uint64(b.b.id)
	if bytes != "payload" || !slices.Equal(ids, []uint64{a, bb}) || !slices.Equal(offsets, []uint64{8, 0}) {
		t.Errorf("bytes %q, buffers %x, offsets %d", bytes, ids, offsets)
	}
	if len(barriers) != 1 || !slices.Equal(barriers[0], []uint64{a, bb}) {
		t.Errorf("barriers %x", barriers)
	}
}

func TestBarrierOfManyResourcesNamesEach(t *testing.T) {
	b := newBench(t)
	var named []uint64
	b.rt.On("MTLComputeCommandEncoder memoryBarrierWithResources:count:", func(m *objctest.Message) {
		named = append(named, m.Words(0, m.Uint(1))...)
	})
	var many []*Buffer
	var want []uint64
	for range 100 {
		many = append(many, b.a, b.b)
		want = append(want, uint64(b.a.id), uint64(b.b.id))
	}
	if err := b.compute(func(enc *ComputeCommandEncoder) error { enc.MemoryBarrierWithResources(many...); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(named, want) {
		t.Errorf("%d resources are named, want %d", len(named), len(want))
	}
}

// Each of these would end the process on a Mac, or be undefined.
func TestComputeArgumentsAreChecked(t *testing.T) {
	var released *Buffer
	for _, c := range []struct {
		name string
		call func(b *bench, enc *ComputeCommandEncoder)
		want []string
	}{
		{"buffer index below 0", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffer(b.a, 0, -1) }, []string{"SetBuffer", "index is -1", "0 to 30"}},
		{"buffer index over 30", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffer(b.a, 0, 31) }, []string{"index is 31", "0 to 30"}},
		{"offset at the end", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffer(b.b, 64, 0) }, []string{"offset is 64", "0 to 63", "64"}},
		{"offset below 0", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffer(b.b, -4, 0) }, []string{"offset is -4"}},
		{"no ranges", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffers(0) }, []string{"number of ranges is 0", "1 to 31"}},
		{"ranges beyond index 30", func(b *bench, e *ComputeCommandEncoder) {
			e.SetBuffers(30, BufferRange{b.a, 0}, BufferRange{b.a, 0})
		}, []string{"index is 31"}},
		{"ranges from a negative index", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffers(-1, BufferRange{b.a, 0}, BufferRange{b.a, 0}) }, []string{"index is -1"}},
		{"more than 31 ranges", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffers(0, make([]BufferRange, 32)...) }, []string{"number of ranges is 32"}},
		{"an offset among ranges", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffers(0, BufferRange{b.a, 0}, BufferRange{b.b, 64}) }, []string{"offset is 64"}},
		{"offset of an index without buffer", func(b *bench, e *ComputeCommandEncoder) { e.SetBufferOffset(0, 5) }, []string{"index is 5", "SetBuffer"}},
		{"offset of an index with bytes", func(b *bench, e *ComputeCommandEncoder) {
			e.SetBuffer(b.a, 0, 5)
			e.SetBytes([]byte{1}, 5)
			e.SetBufferOffset(0, 5)
		}, []string{"index is 5"}},
		{"moved offset at the end", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffer(b.b, 0, 5); e.SetBufferOffset(64, 5) }, []string{"SetBufferOffset", "offset is 64", "0 to 63"}},
		{"moved offset below 0", func(b *bench, e *ComputeCommandEncoder) {
			e.SetBuffers(5, BufferRange{b.b, 0})
			e.SetBufferOffset(-1, 5)
		}, []string{"offset is -1"}},
		{"offset of index 31", func(b *bench, e *ComputeCommandEncoder) { e.SetBufferOffset(0, 31) }, []string{"index is 31"}},
		{"no bytes", func(b *bench, e *ComputeCommandEncoder) { e.SetBytes(nil, 0) }, []string{"length is 0", "1 to 4096"}},
		{"bytes over 4 KiB", func(b *bench, e *ComputeCommandEncoder) { e.SetBytes(make([]byte, 4097), 0) }, []string{"length is 4097", "4096"}},
		{"bytes at index 31", func(b *bench, e *ComputeCommandEncoder) { e.SetBytes([]byte{1}, 31) }, []string{"index is 31"}},
		{"threadgroup memory of 0 bytes", func(b *bench, e *ComputeCommandEncoder) { e.SetThreadgroupMemoryLength(0, 0) }, []string{"length is 0"}},
		{"threadgroup memory not a multiple of 16", func(b *bench, e *ComputeCommandEncoder) { e.SetThreadgroupMemoryLength(24, 0) }, []string{"length is 24", "multiple of 16"}},
		{"threadgroup memory over 32 KiB", func(b *bench, e *ComputeCommandEncoder) { e.SetThreadgroupMemoryLength(32784, 0) }, []string{"length is 32784", "32768"}},
		{"threadgroup memory at index 31", func(b *bench, e *ComputeCommandEncoder) { e.SetThreadgroupMemoryLength(16, 31) }, []string{"index is 31", "0 to 30"}},
		{"threadgroup memory over the limit together with the kernel's own", func(b *bench, e *ComputeCommandEncoder) {
			e.SetComputePipelineState(b.pipeline)
			e.SetThreadgroupMemoryLength(16384, 0)
			e.SetThreadgroupMemoryLength(16384-objctest.StaticMemory+16, 1)
			e.DispatchThreadgroups(one, one)
		}, []string{"threadgroup memory is 32784", "32768", "512"}},
		{"dispatch without a pipeline", func(b *bench, e *ComputeCommandEncoder) { e.DispatchThreadgroups(one, one) }, []string{"pipeline is nil"}},
		{"dispatch of threads without a pipeline", func(b *bench, e *ComputeCommandEncoder) { e.DispatchThreads(one, one) }, []string{"pipeline is nil"}},
		{"indirect dispatch without a pipeline", func(b *bench, e *ComputeCommandEncoder) { e.DispatchThreadgroupsIndirect(b.a, 0, one) }, []string{"pipeline is nil"}},
		{"an empty threadgroup", func(b *bench, e *ComputeCommandEncoder) { b.with(e).DispatchThreadgroups(one, Size{1, 0, 1}) }, []string{"threadsPerThreadgroup is 1x0x1"}},
		{"a threadgroup over the device's limit", func(b *bench, e *ComputeCommandEncoder) { b.with(e).DispatchThreads(one, Size{1, 1, 65}) }, []string{"1x1x65", "1024x1024x64"}},
		{"a threadgroup over the pipeline's limit", func(b *bench, e *ComputeCommandEncoder) { b.with(e).DispatchThreads(one, Size{32, 33, 1}) }, []string{"1056", "1024"}},
		{"a threadgroup whose product overflows", func(b *bench, e *ComputeCommandEncoder) {
			b.with(e).DispatchThreads(one, Size{math.MaxInt, math.MaxInt, 2})
		}, []string{"threadsPerThreadgroup"}},
		{"an empty grid", func(b *bench, e *ComputeCommandEncoder) { b.with(e).DispatchThreads(Size{0, 1, 1}, one) }, []string{"threads is 0x1x1"}},
		{"a negative grid", func(b *bench, e *ComputeCommandEncoder) { b.with(e).DispatchThreadgroups(Size{1, -1, 1}, one) }, []string{"threadgroups is 1x-1x1"}},
		{"positions over 32 bits", func(b *bench, e *ComputeCommandEncoder) { b.with(e).DispatchThreads(Size{1 << 32, 1, 1}, one) }, []string{"4294967296x1x1", "4294967295"}},
		{"positions over 32 bits by groups", func(b *bench, e *ComputeCommandEncoder) {
			b.with(e).DispatchThreadgroups(Size{1 << 22, 1, 1}, Size{1024, 1, 1})
		}, []string{"4194304x1x1", "4294967295"}},
		{"indirect arguments beyond the end", func(b *bench, e *ComputeCommandEncoder) { b.with(e).DispatchThreadgroupsIndirect(b.b, 56, one) }, []string{"offset is 56", "0 to 52", "12 bytes"}},
		{"indirect arguments not aligned", func(b *bench, e *ComputeCommandEncoder) { b.with(e).DispatchThreadgroupsIndirect(b.b, 2, one) }, []string{"offset is 2", "multiple of 4"}},
		{"a barrier of nothing", func(b *bench, e *ComputeCommandEncoder) { e.MemoryBarrier(0) }, []string{"scope is 0"}},
		{"a barrier of render targets", func(b *bench, e *ComputeCommandEncoder) { e.MemoryBarrier(4) }, []string{"scope is 4"}},
		{"a barrier of no resources", func(b *bench, e *ComputeCommandEncoder) { e.MemoryBarrierWithResources() }, []string{"number of buffers is 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.dev.SetEager(true) // or the error drops what must not be sent
			var sentBefore []string
			err := b.compute(func(enc *ComputeCommandEncoder) error {
				c.call(b, enc)
				sentBefore = b.sent("MTLComputeCommandEncoder")
				// After an error nothing more is sent.
				enc.SetBuffer(b.a, 0, 0)
				enc.SetBytes([]byte{1}, 1)
				return nil
			})
			wantArgument(t, err, c.want...)
			if sent := b.sent("MTLComputeCommandEncoder"); !slices.Equal(sent, []string{"endEncoding []"}) {
				t.Errorf("sent after the error: %q", sent)
			}
			if n := len(sentBefore); n > 0 && strings.HasPrefix(sentBefore[n-1], "dispatch") {
				t.Errorf("the dispatch was sent: %q", sentBefore)
			}
		})
	}
	for _, c := range []struct {
		name string
		call func(b *bench, enc *ComputeCommandEncoder)
		want error
	}{
		{"nil pipeline", func(b *bench, e *ComputeCommandEncoder) { e.SetComputePipelineState(nil) }, ErrNil},
		{"nil buffer", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffer(nil, 0, 0) }, ErrNil},
		{"released buffer", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffer(released, 0, 0) }, ErrReleased},
		{"nil buffer among ranges", func(b *bench, e *ComputeCommandEncoder) { e.SetBuffers(0, BufferRange{b.a, 0}, BufferRange{}) }, ErrNil},
		{"nil buffer in a barrier", func(b *bench, e *ComputeCommandEncoder) { e.MemoryBarrierWithResources(b.a, nil) }, ErrNil},
		{"released buffer in a barrier", func(b *bench, e *ComputeCommandEncoder) { e.MemoryBarrierWithResources(b.a, released) }, ErrReleased},
		{"nil indirect buffer", func(b *bench, e *ComputeCommandEncoder) { b.with(e).DispatchThreadgroupsIndirect(nil, 0, one) }, ErrNil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			var err error
			if released, err = b.dev.NewBuffer(16, 0); err != nil {
				t.Fatal(err)
			}
			released.Release()
			wantIs(t, b.compute(func(enc *ComputeCommandEncoder) error { c.call(b, enc); return nil }), c.want)
		})
	}
}

// with sets the pipeline and returns the encoder.
func (b *bench) with(enc *ComputeCommandEncoder) *ComputeCommandEncoder {
	enc.SetComputePipelineState(b.pipeline)
	return enc
}

func TestLargestArgumentsAreAccepted(t *testing.T) {
	b := newBench(t)
	err := b.compute(func(enc *ComputeCommandEncoder) error {
		b.with(enc)
		enc.SetBuffer(b.b, 62, 30)
		enc.SetBufferOffset(63, 30)
		enc.SetBuffers(0, slices.Repeat([]BufferRange{{b.a, 255}}, 31)...)
		enc.SetBytes(make([]byte, 4096), 0)
		enc.SetThreadgroupMemoryLength(objctest.MaxMemory, 0)
		enc.SetThreadgroupMemoryLength(objctest.MaxMemory-objctest.StaticMemory, 0) // replaces the first
		enc.DispatchThreads(Size{math.MaxUint32, math.MaxUint32, math.MaxUint32}, Size{1024, 1, 1})
		enc.DispatchThreadgroups(Size{math.MaxUint32 / 1024, 1, 1}, Size{1024, 1, 1})
		enc.DispatchThreadgroupsIndirect(b.b, 52, Size{4, 4, 64})
		return enc.Err()
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSmallestArgumentsAreAccepted(t *testing.T) {
	b := newBench(t)
	err := b.compute(func(enc *ComputeCommandEncoder) error {
		b.with(enc)
		enc.SetBuffer(b.b, 8, 0)
		enc.SetBufferOffset(0, 0)
		enc.SetBytes([]byte{1}, 1)
		enc.SetThreadgroupMemoryLength(threadgroupMemoryAlignment, 0)
		enc.DispatchThreads(one, one)
		return enc.Err()
	})
	if err != nil {
		t.Error(err)
	}
	if sent := b.sent("MTLComputeCommandEncoder"); !slices.Contains(sent, "setBufferOffset:atIndex: [0 0]") {
		t.Errorf("sent %q, without an offset of 0", sent)
	}
}

func TestDispatchThreadsNeedsNonUniformThreadgroups(t *testing.T) {
	rt, fw := testMetal(t)
	rt.On("MTLDevice supportsFamily:", func(m *objctest.Message) { m.ReturnBool(m.Args[0].(int64) == 2001) })
	dev := must[*Device](t)(fw.CreateSystemDefaultDevice())
	queue := must[*CommandQueue](t)(dev.NewCommandQueue())
	_, err := queue.Encode(func(cb *CommandBuffer) error {
		return cb.Compute(0, func(enc *ComputeCommandEncoder) error { enc.DispatchThreads(one, one); return nil })
	})
	wantIs(t, err, ErrUnsupported)
	commands := must[*IndirectCommandBuffer](t)(dev.NewIndirectCommandBuffer(IndirectCommandBufferDescriptor{}, 1, 0))
	err = commands.Encode(0, 1, func(c *IndirectComputeCommand, _ int) error { c.ConcurrentDispatchThreads(one, one); return nil })
	wantIs(t, err, ErrUnsupported)
}

func TestEncoderKnowsItsDevice(t *testing.T) {
	b := newBench(t)
	err := b.compute(func(enc *ComputeCommandEncoder) error {
		if enc.Device() != b.dev {
			t.Error("another device")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSetValueSendsTheMemoryOfAValue(t *testing.T) {
	b := newBench(t)
	var got []string
	b.rt.On("MTLComputeCommandEncoder setBytes:length:atIndex:", func(m *objctest.Message) {
		got = append(got, fmt.Sprintf("%d: % x", m.Uint(2), m.Bytes(0, m.Uint(1))))
	})
	alpha := float32(1)
	err := b.compute(func(enc *ComputeCommandEncoder) error {
		SetValue(enc, &alpha, 2)
		SetValue(enc, &params{N: 1, Scale: 1, Words: [2]uint64{2, 3}}, 3)
		return enc.Err()
	})
	want := []string{
		"2: 00 00 80 3f",
		"3: 01 00 00 00 00 00 80 3f 02 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSetValueChecksItsType(t *testing.T) {
	b := newBench(t)
	for name, c := range map[string]struct {
		set  func(*ComputeCommandEncoder)
		want []string
	}{
		"nil":       {func(e *ComputeCommandEncoder) { SetValue[uint32](e, nil, 0) }, []string{"value is nil", "uint32"}},
		"a string":  {func(e *ComputeCommandEncoder) { s := "text"; SetValue(e, &s, 0) }, []string{"type is string", "without pointers"}},
		"a slice":   {func(e *ComputeCommandEncoder) { s := []byte{1}; SetValue(e, &s, 0) }, []string{"[]uint8"}},
		"too large": {func(e *ComputeCommandEncoder) { SetValue(e, new([4097]byte), 0) }, []string{"4097", "4096"}},
		"nothing":   {func(e *ComputeCommandEncoder) { SetValue(e, new(struct{}), 0) }, []string{"length is 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			wantArgument(t, b.compute(func(enc *ComputeCommandEncoder) error { c.set(enc); return nil }), c.want...)
		})
	}
	SetValue[uint32](nil, nil, 0)
}
