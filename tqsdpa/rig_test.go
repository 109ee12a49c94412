//go:build (linux && (amd64 || arm64)) || (darwin && !ios && arm64)

package tqsdpa

import (
	"context"
	"testing"

	"github.com/tqmetal/tqmetal/internal/cachetest"
	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/objc"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// The tests of this package run on a Mac's own device there, and on the software
// device on Linux, whose orders of threads hardware takes no notice of: there, a
// test of all orders is as many runs, which must agree too.

// A rig is a queue on such a device, and a registry of this package's kernels.
// Broken rules and forgotten objects fail the test at its end.
type rig struct {
	t        testing.TB
	soft     Device
	device   *mtl.Device
	queue    *mtl.CommandQueue
	registry *kernels.Registry
}

// A Device is a runtime that may be asked for an order of threads.
type Device interface {
	objc.Runtime
	SetOrder(softmetal.Order)
}

// newRig takes options of the software device.
func newRig(t testing.TB, options ...softmetal.Options) *rig {
	t.Helper()
	device := openDevice(t, options...)
	return newRigOn(t, device, device)
}

// newRigOn takes the runtime apart, which may stand before the device.
func newRigOn(t testing.TB, soft Device, rt objc.Runtime) *rig {
	t.Helper()
	r := &rig{t: t, soft: soft, registry: &kernels.Registry{}}
	framework, err := mtl.Load(rt)
	r.must(err)
	ledger := framework.TrackObjects()
	t.Cleanup(func() {
		for _, object := range ledger.Live() {
			t.Errorf("not released: %s", object)
		}
	})
	r.device, err = framework.CreateSystemDefaultDevice()
	r.must(err)
	t.Cleanup(r.device.Release)
	r.queue, err = r.device.NewCommandQueue()
	r.must(err)
	t.Cleanup(r.queue.Release)
	r.registry.Warning = func(source, text string) { t.Errorf("%s: %s", source, text) }
	r.must(Register(r.registry))
	t.Cleanup(r.registry.Release)
	return r
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// buffer returns a buffer that is filled with NaN, whatever it is read as: all
// bits of each byte are set.
func (r *rig) buffer(length int) mtl.BufferRange {
	r.t.Helper()
	b, err := r.device.NewBuffer(length, mtl.ResourceStorageModeShared)
	r.must(err)
	r.t.Cleanup(b.Release)
	cachetest.Spoil(r.bytes(mtl.BufferRange{Buffer: b}))
	return mtl.BufferRange{Buffer: b}
}

func (r *rig) bytes(b mtl.BufferRange) []byte {
	r.t.Helper()
	bytes, err := b.Buffer.Bytes()
	r.must(err)
	return bytes[b.Offset:]
}

func (r *rig) floats(b mtl.BufferRange, n int) []float32 {
	r.t.Helper()
	f, err := mtl.Slice[float32](b.Buffer, b.Offset, n)
	r.must(err)
	return f
}

// run encodes with one serial compute encoder and waits.
func (r *rig) run(encode func(*mtl.ComputeCommandEncoder) error) error {
	work, err := r.queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, encode)
	})
	if err != nil {
		return err
	}
	defer work.Release()
	return work.Wait(context.Background())
}

// cache returns buffers for the cache of p, of exactly the bytes that it needs.
func (r *rig) cache(p Params) Buffers {
	r.t.Helper()
	s, err := p.Sizes()
	r.must(err)
	b := Buffers{KPacked: r.buffer(s.KPacked), VPacked: r.buffer(s.VPacked)}
	if s.KNorms > 0 {
		b.KNorms = r.buffer(s.KNorms)
	}
	if s.VNorms > 0 {
		b.VNorms = r.buffer(s.VNorms)
	}
	return b
}

// rows returns buffers for k and v with these values.
func (r *rig) rows(k, v []float32, position, tokens uint32) Rows {
	r.t.Helper()
	rows := Rows{K: r.buffer(4 * len(k)), V: r.buffer(4 * len(v)), Position: position, Tokens: tokens}
	copy(r.floats(rows.K, len(k)), k)
	copy(r.floats(rows.V, len(v)), v)
	return rows
}

// tensorBytes returns the bytes of the cache, nil where there is none.
func (r *rig) tensorBytes(b Buffers) (kPacked, kNorms, vPacked, vNorms []byte) {
	get := func(x mtl.BufferRange) []byte {
		if x.Buffer == nil {
			return nil
		}
		return r.bytes(x)
	}
	return get(b.KPacked), get(b.KNorms), get(b.VPacked), get(b.VNorms)
}

// formats are those that the tests of rows go through, by head dimension: all
// widths of K and V, with and without signs, correction and F16 norms.
func formats(headDim uint32) []Format {
	return []Format{
		codec.MLXNative01(headDim), codec.Default(headDim), codec.K8V4(headDim), codec.F16(headDim),
		{HeadDim: headDim, KeyBits: 4, ValueBits: 8, NormCorrection: true, Norm: codec.NormF16},
		{HeadDim: headDim, KeyBits: 16, ValueBits: 4, Signs: true},
	}
}
