//go:build linux && (amd64 || arm64)

package stress

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// A rig is a software device with all that the sites need. What sites make, they
// release: held says what is held beyond the rig's own.
type rig struct {
	t          testing.TB
	soft       *softmetal.Device
	fw         *mtl.Framework
	ledger     *mtl.Ledger
	device     *mtl.Device
	queue      *mtl.CommandQueue
	addLibrary *mtl.Library
	pipeline   *mtl.ComputePipelineState // add
	x, y       *mtl.Buffer               // of count floats
	registry   *kernels.Registry         // of tqsdpa and add
	cold       *kernels.Registry         // of a site that compiles
	problem    problem
	folder     string // for files

	change, calls, visible *mtl.Library // of newLinks

	held0 int // objects of the rig itself
}

const count = 64

// addSource adds the function constant to each element; scale multiplies by it.
const addSource = `#include <metal_stdlib>
using namespace metal;
constant float by [[function_constant(0)]];
constant float amount = is_function_constant_defined(by) ? by : 1.0f;
kernel void add(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] += amount; }
kernel void scale(device float *x [[buffer(0)]], uint i [[thread_position_in_grid]]) { x[i] *= amount; }
`

var adds = kernels.Source{Name: "add.metal", Text: addSource, Kernels: []string{"add", "scale"}}

func newRig(t testing.TB, options ...softmetal.Options) *rig {
	t.Helper()
	r := &rig{t: t, soft: softmetal.NewTesting(t, options...), registry: new(kernels.Registry), folder: t.TempDir()}
	var err error
	r.fw, err = mtl.Load(r.soft)
	r.must(err)
	r.ledger = r.fw.TrackObjects()
	r.device = keep[*mtl.Device](r)(r.fw.CreateSystemDefaultDevice())
	r.queue = keep[*mtl.CommandQueue](r)(r.device.NewCommandQueue())
	r.addLibrary = keep[*mtl.Library](r)(r.device.NewLibraryWithSource(addSource, mtl.CompileOptions{}))
	r.must(r.registry.Register(adds))
	r.must(tqsdpa.Register(r.registry))
	t.Cleanup(r.registry.Release)
	f, err := r.addLibrary.NewFunction("add")
	r.must(err)
	r.pipeline = keep[*mtl.ComputePipelineState](r)(r.device.NewComputePipelineState(f))
	f.Release()
	r.x, r.y = keep[*mtl.Buffer](r)(r.device.NewBuffer(4*count, 0)), keep[*mtl.Buffer](r)(r.device.NewBuffer(4*count, 0))
	r.held0 = len(r.ledger.Live())
	return r
}

type releaser interface{ Release() }

// keep returns what must be there and belongs to the rig.
func keep[T releaser](r *rig) func(T, error) T {
	return func(v T, err error) T {
		r.t.Helper()
		r.must(err)
		r.t.Cleanup(v.Release)
		return v
	}
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// settled fails the test when more is held than the rig's own, on either side of
// the binding, or a rule was broken.
func (r *rig) settled(what string) {
	r.t.Helper()
	if live := r.ledger.Live(); len(live) != r.held0 {
		r.t.Errorf("%s: %d objects are held, want %d: %q", what, len(live), r.held0, live)
	}
	// Each object of the ledger is one of the device; the device itself counts
	// once for all its references.
	if live := r.soft.Live(); len(live) != r.held0 {
		r.t.Errorf("%s: Metal has %d objects, want %d: %v", what, len(live), r.held0, live)
	}
	for _, report := range r.soft.TakeReports() {
		r.t.Errorf("%s: %v", what, report)
	}
}

// submit encodes one compute pass and waits for it.
func (r *rig) submit(encode func(*mtl.ComputeCommandEncoder) error) error {
	work, err := r.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, encode)
	})
	if err != nil {
		return err
	}
	defer work.Release()
	return work.Wait(context.Background())
}

func floats(b *mtl.Buffer) ([]float32, error) { return mtl.Slice[float32](b, 0, b.Length()/4) }

// A problem is a small attention with rows to append.
type problem struct {
	tqsdpa.Params
	tqsdpa.Buffers
	rows, decoded   tqsdpa.Rows
	cache, attended []byte // what Quantize and Dispatch write
}

// newProblem makes the buffers, and computes once what comes out.
func (r *rig) newProblem() {
	r.t.Helper()
	const headDim, kvHeads, tokens = 64, 2, 5
	p := problem{Params: tqsdpa.Params{
		NumHeads: 2 * kvHeads, NumKVHeads: kvHeads, HeadDim: headDim, KVSeqLen: tokens, KVCapacity: 8,
		Scale: 1 / float32(math.Sqrt(headDim)), Format: codec.Default(headDim),
	}}
	sizes, err := p.Sizes()
	r.must(err)
	buffer := func(n int) mtl.BufferRange {
		return mtl.BufferRange{Buffer: keep[*mtl.Buffer](r)(r.device.NewBuffer(n, 0))}
	}
	p.Q, p.Output = buffer(4*sizes.Q), buffer(4*sizes.Output)
	p.KPacked, p.KNorms, p.VPacked, p.VNorms = buffer(sizes.KPacked), buffer(sizes.KNorms), buffer(sizes.VPacked), buffer(sizes.VNorms)
	p.Tmp = buffer(tqsdpa.TmpBufferBytes(p.NumHeads, p.HeadDim))
	rows := func() tqsdpa.Rows {
		return tqsdpa.Rows{K: buffer(4 * kvHeads * tokens * headDim), V: buffer(4 * kvHeads * tokens * headDim), Tokens: tokens}
	}
	p.rows, p.decoded = rows(), rows()
	r.must(tqsdpa.Prewarm(context.Background(), r.registry, r.device, p.Params)) // also what so short a problem does not need
	for n, b := range []mtl.BufferRange{p.Q, p.rows.K, p.rows.V} {
		f, err := floats(b.Buffer)
		r.must(err)
		for i := range f {
			f[i] = float32(math.Sin(float64(i*i + n)))
		}
	}
	r.problem = p
	r.held0 = len(r.ledger.Live())
	r.must(r.quantize(r.registry))
	r.must(r.attend(r.registry))
	r.problem.cache, r.problem.attended = r.bytes(p.KPacked), r.bytes(p.Output)
	// The registry's own objects belong to the rig.
	r.must(r.dequantize(r.registry))
	r.held0 = len(r.ledger.Live())
}

func (r *rig) bytes(b mtl.BufferRange) []byte {
	r.t.Helper()
	bytes, err := b.Buffer.Bytes()
	r.must(err)
	return slices.Clone(bytes)
}

func (r *rig) quantize(registry *kernels.Registry) error {
	p := &r.problem
	return r.submit(func(enc *mtl.ComputeCommandEncoder) error {
		return tqsdpa.Quantize(enc, registry, p.Buffers, p.Params, p.rows)
	})
}

func (r *rig) dequantize(registry *kernels.Registry) error {
	p := &r.problem
	return r.submit(func(enc *mtl.ComputeCommandEncoder) error {
		return tqsdpa.Dequantize(enc, registry, p.Buffers, p.Params, p.decoded)
	})
}

func (r *rig) attend(registry *kernels.Registry) error {
	p := &r.problem
	return r.submit(func(enc *mtl.ComputeCommandEncoder) error {
		return tqsdpa.Dispatch(enc, registry, p.Buffers, p.Params)
	})
}

// fresh returns a registry that has compiled nothing.
func (r *rig) fresh() *kernels.Registry {
	r.t.Helper()
	registry := new(kernels.Registry)
	r.must(registry.Register(adds))
	r.must(tqsdpa.Register(registry))
	return registry
}

func oneLine(err error) string {
	text := strings.ReplaceAll(err.Error(), "\n", " ")
	return text[:min(len(text), 200)]
}
