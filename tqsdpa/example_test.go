//go:build linux && (amd64 || arm64)

package tqsdpa_test

import (
	"context"
	"fmt"
	"log"
	"math"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// Quantise the K and V of four tokens into a cache, and read them back.
func ExampleQuantize() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice()) // on a Mac: must(mtl.CreateSystemDefaultDevice())
	defer device.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()
	var registry kernels.Registry
	defer registry.Release()
	check(tqsdpa.Register(&registry))

	const tokens, capacity, headDim = 4, 16, 64
	p := tqsdpa.Params{
		NumHeads: 1, NumKVHeads: 1, HeadDim: headDim, KVSeqLen: tokens, KVCapacity: capacity,
		Scale: 1 / float32(math.Sqrt(headDim)), Format: codec.Default(headDim),
	}
	sizes := must(p.Sizes())
	buffer := func(bytes int) mtl.BufferRange {
		return mtl.BufferRange{Buffer: must(device.NewBuffer(bytes, mtl.ResourceStorageModeShared))}
	}
	cache := tqsdpa.Buffers{
		KPacked: buffer(sizes.KPacked), KNorms: buffer(sizes.KNorms),
		VPacked: buffer(sizes.VPacked), VNorms: buffer(sizes.VNorms),
	}
	rows := tqsdpa.Rows{K: buffer(4 * tokens * headDim), V: buffer(4 * tokens * headDim), Position: 0, Tokens: tokens}
	decoded := tqsdpa.Rows{K: buffer(4 * tokens * headDim), V: buffer(4 * tokens * headDim), Position: 0, Tokens: tokens}
	for _, b := range []mtl.BufferRange{cache.KPacked, cache.KNorms, cache.VPacked, cache.VNorms, rows.K, rows.V, decoded.K, decoded.V} {
		defer b.Buffer.Release()
	}
	k := must(mtl.Slice[float32](rows.K.Buffer, 0, tokens*headDim))
	for i := range k {
		k[i] = float32(math.Sin(float64(i * i)))
	}

	work := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			if err := tqsdpa.Quantize(enc, &registry, cache, p, rows); err != nil {
				return err
			}
			return tqsdpa.Dequantize(enc, &registry, cache, p, decoded)
		})
	}))
	defer work.Release()
	check(work.Wait(context.Background()))

	var difference, size float64
	for i, x := range must(mtl.Slice[float32](decoded.K.Buffer, 0, tokens*headDim)) {
		difference += math.Pow(float64(x-k[i]), 2)
		size += math.Pow(float64(k[i]), 2)
	}
	fmt.Printf("%d bytes a position instead of %d, relative squared error below 1.5 %%: %v\n",
		p.Format.PositionBytes(), codec.F16(headDim).PositionBytes(), difference/size < 0.015)
	// Output: 72 bytes a position instead of 256, relative squared error below 1.5 %: true
}

// A decode step: the K and V of a new token go into the cache, and its query
// attends to all. From the second token on it is the second that fits best, whose
// V is 2 everywhere.
func ExampleDispatch() {
	soft := must(softmetal.New(softmetal.Options{}))
	defer soft.Close()
	device := must(must(mtl.Load(soft)).CreateSystemDefaultDevice()) // on a Mac: must(mtl.CreateSystemDefaultDevice())
	defer device.Release()
	queue := must(device.NewCommandQueue())
	defer queue.Release()
	var registry kernels.Registry
	defer registry.Release()
	check(tqsdpa.Register(&registry))

	const headDim = 64
	p := tqsdpa.Params{
		NumHeads: 2, NumKVHeads: 1, HeadDim: headDim, KVCapacity: 16, KVSeqLen: 1,
		Scale: 1 / float32(math.Sqrt(headDim)), Mask: tqsdpa.MaskCausal, Format: codec.Default(headDim),
	}
	sizes := must(p.Sizes())
	var all []*mtl.Buffer
	buffer := func(bytes int) mtl.BufferRange {
		all = append(all, must(device.NewBuffer(bytes, mtl.ResourceStorageModeShared)))
		return mtl.BufferRange{Buffer: all[len(all)-1]}
	}
	b := tqsdpa.Buffers{
		Q: buffer(4 * sizes.Q), Output: buffer(4 * sizes.Output), Tmp: buffer(tqsdpa.TmpBufferBytes(p.NumHeads, headDim)),
		KPacked: buffer(sizes.KPacked), KNorms: buffer(sizes.KNorms), VPacked: buffer(sizes.VPacked), VNorms: buffer(sizes.VNorms),
	}
	token := tqsdpa.Rows{K: buffer(4 * headDim), V: buffer(4 * headDim), Tokens: 1}
	defer func() {
		for _, x := range all {
			x.Release()
		}
	}()
	q, k := must(mtl.Slice[float32](b.Q.Buffer, 0, sizes.Q)), must(mtl.Slice[float32](token.K.Buffer, 0, headDim))
	v, output := must(mtl.Slice[float32](token.V.Buffer, 0, headDim)), must(mtl.Slice[float32](b.Output.Buffer, 0, sizes.Output))

	for position := range 3 {
		for i := range q {
			q[i] = float32(math.Sin(float64(i + position)))
		}
		for i := range k {
			k[i], v[i] = float32(math.Cos(float64(i*position))), float32(position+1)
		}
		token.Position, p.KVSeqLen = uint32(position), uint32(position+1)
		work := must(queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
				if err := tqsdpa.Quantize(enc, &registry, b, p, token); err != nil {
					return err
				}
				return tqsdpa.Dispatch(enc, &registry, b, p)
			})
		}))
		check(work.Wait(context.Background()))
		work.Release()
		var mean float32
		for _, x := range output[:headDim] {
			mean += x / headDim
		}
		fmt.Printf("%.2f\n", mean)
	}
	// Output:
	// 1.00
	// 1.95
	// 1.99
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
