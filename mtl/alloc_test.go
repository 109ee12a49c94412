package mtl

import (
	"testing"

	"github.com/tqmetal/tqmetal/internal/objctest"
	"github.com/tqmetal/tqmetal/objc"
)

// silent is a runtime whose messages have no effect and no cost while it is
// told so, so that what remains is this package's.
type silent struct {
	*objctest.Runtime
	on      bool
	count   int
	returns uintptr // what a message answers meanwhile
}

func (s *silent) MsgSend(r *objc.Registers) {
	if s.on {
		s.count++
		r.X[0] = s.returns
		return
	}
	s.Runtime.MsgSend(r)
}

// step is one dispatch as a decode step encodes it. Nothing of it is set already
// after a step with the other buffers.
func step(b *bench, enc *ComputeCommandEncoder, parameters []byte, odd bool) {
	x, y, p, memory := b.a, b.b, b.pipeline, 1024
	if odd {
		x, y, p, memory = b.b, b.a, b.other, 2048
	}
	enc.SetComputePipelineState(p)
	enc.SetBytes(parameters, 0)
	value := params{N: 1}
	SetValue(enc, &value, 30)
	enc.SetBuffer(x, 0, 1)
	enc.SetBuffer(y, 16, 2)
	enc.SetBufferOffset(32, 2)
	enc.SetBuffers(3, BufferRange{x, 0}, BufferRange{y, 0})
	enc.SetThreadgroupMemoryLength(memory, 0)
	enc.DispatchThreadgroups(Size{8, 4, 1}, Size{32, 4, 1})
	enc.DispatchThreads(Size{1000, 1, 1}, Size{32, 1, 1})
	enc.DispatchThreadgroupsIndirect(y, 0, Size{32, 1, 1})
	enc.MemoryBarrier(BarrierScopeBuffers)
	enc.MemoryBarrierWithResources(x, y)
}

const messagesOfAStep = 13

// silentBench returns a bench whose runtime is silent.
func silentBench(t testing.TB) (*bench, *silent) {
	rt := &silent{Runtime: objctest.NewMetal()}
	fw, err := Load(rt)
	if err != nil {
		t.Fatal(err)
	}
	dev := must[*Device](t)(fw.CreateSystemDefaultDevice())
	lib := must[*Library](t)(dev.NewLibraryWithSource("source", CompileOptions{}))
	fn := must[*Function](t)(lib.NewFunction("saxpy"))
	return &bench{
		rt:       rt.Runtime,
		dev:      dev,
		queue:    must[*CommandQueue](t)(dev.NewCommandQueue()),
		pipeline: must[*ComputePipelineState](t)(dev.NewComputePipelineState(fn)),
		other:    must[*ComputePipelineState](t)(dev.NewComputePipelineState(fn)),
		a:        must[*Buffer](t)(dev.NewBuffer(256, 0)),
		b:        must[*Buffer](t)(dev.NewBuffer(64, 0)),
	}, rt
}

func TestEncodingAllocatesNothing(t *testing.T) {
	b, rt := silentBench(t)
	parameters := make([]byte, 64)
	err := b.compute(func(enc *ComputeCommandEncoder) error {
		rt.on, rt.count = true, 0
		odd := false
		allocs := testing.AllocsPerRun(100, func() {
			step(b, enc, parameters, odd)
			odd = !odd
		})
		enc.batch.Flush()
		rt.on = false
		if allocs != 0 {
			t.Errorf("%v allocations a step", allocs)
		}
		if want := 101 * messagesOfAStep; rt.count != want {
			t.Errorf("%d messages, want %d", rt.count, want)
		}
		return enc.Err()
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFencesAndUsesAllocateNothing(t *testing.T) {
	b, rt := silentBench(t)
	update, wait := must[*Fence](t)(b.dev.NewFence()), must[*Fence](t)(b.dev.NewFence())
	b.rt.On("MTLHeap size", func(m *objctest.Message) { m.ReturnUint(1 << 16) })
	heap := must[*Heap](t)(b.dev.NewHeap(HeapDescriptor{Size: 1 << 16}))
	err := b.compute(func(enc *ComputeCommandEncoder) error {
		rt.on = true
		allocs := testing.AllocsPerRun(100, func() {
			enc.WaitForFence(wait)
			enc.UseHeaps(heap)
			enc.UpdateFence(update)
		})
		rt.on = false
		if allocs != 0 {
			t.Errorf("%v allocations", allocs)
		}
		return enc.Err()
	})
	if err != nil {
		t.Error(err)
	}
}

func TestBlitsAllocateNothing(t *testing.T) {
	b, rt := silentBench(t)
	err := b.encode(func(cb *CommandBuffer) error {
		return cb.Blit(func(enc *BlitCommandEncoder) error {
			rt.on = true
			allocs := testing.AllocsPerRun(200, func() { // more than wait at a time
				enc.Copy(BufferRange{b.a, 0}, BufferRange{b.b, 0}, 64)
				enc.Fill(BufferRange{b.b, 0}, 64, 1)
			})
			enc.batch.Flush()
			rt.on = false
			if allocs != 0 {
				t.Errorf("%v allocations", allocs)
			}
			return enc.Err()
		})
	})
	if err != nil {
		t.Error(err)
	}
}

// BenchmarkStep measures what this package does for the messages of a step
// before they go to the runtime. make bench-encode measures the whole way.
func BenchmarkStep(b *testing.B) {
	bench, rt := silentBench(b)
	parameters := make([]byte, 64)
	err := bench.compute(func(enc *ComputeCommandEncoder) error {
		rt.on = true
		b.ReportAllocs()
		odd := false
		for b.Loop() {
			step(bench, enc, parameters, odd)
			odd = !odd
		}
		enc.batch.Flush()
		rt.on = false
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/messagesOfAStep, "ns/message")
		return enc.Err()
	})
	if err != nil {
		b.Fatal(err)
	}
}
