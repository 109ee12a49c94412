package tqsdpa

import (
	"context"
	"errors"
	"fmt"
	"math/bits"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/shaders"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// A family is kernels of one file of package shaders: one a head dimension.
type family struct {
	names [4]string // for 64, 128, 256 and 512
}

func newFamily(name string) *family {
	f := &family{}
	for i := range f.names {
		f.names[i] = fmt.Sprintf("%s_dk%d", name, 64<<i)
	}
	return f
}

var (
	quantizeKernels   = newFamily("tq_quantize_kv")
	dequantizeKernels = newFamily("tq_dequantize_kv")
	attentionKernels  = newFamily("flash_attn_vec_tq")
	halfKernels       = newFamily("flash_attn_vec")
	reduceKernels     = newFamily("flash_attn_vec_reduce")
	matrixKernels     = newFamily("flash_attn_mat_tq")

	files = []struct {
		name     string
		families []*family
		check    string // kernels.Source.Check
	}{
		{"tq_quantize_kv.metal", []*family{quantizeKernels}, ""},
		{"tq_dequantize_kv.metal", []*family{dequantizeKernels}, ""},
		{"flash_attn_vec_tq.metal", []*family{attentionKernels}, ""},
		{"flash_attn_vec.metal", []*family{halfKernels}, ""},
		{"flash_attn_vec_reduce.metal", []*family{reduceKernels}, ""},
		{"flash_attn_mat_tq.metal", []*family{matrixKernels}, "simdgroup_matrix_layout"},
	}
)

// name returns the kernel for a valid head dimension.
func (f *family) name(headDim uint32) string {
	return f.names[bits.TrailingZeros32(headDim)-bits.TrailingZeros32(64)]
}

// Register adds this package's sources to a registry. Nothing is compiled.
// Doing it again does nothing. An error is that of [kernels.Registry.Register].
func Register(reg *kernels.Registry) error {
	all, err := sources()
	if err != nil {
		return fmt.Errorf("tqsdpa: %w", err)
	}
	for _, source := range all {
		if err := reg.Register(source); err != nil {
			return fmt.Errorf("tqsdpa: %w", err)
		}
	}
	return nil
}

func sources() ([]kernels.Source, error) {
	var all []kernels.Source
	for _, file := range files {
		text, err := shaders.Source(file.name)
		if err != nil {
			return nil, err
		}
		source := kernels.Source{Name: file.name, Text: text, Check: file.check}
		for _, f := range file.families {
			source.Kernels = append(source.Kernels, f.names[:]...)
		}
		all = append(all, source)
	}
	return all, nil
}

// Prewarm compiles the kernels that a problem of p's head dimension, format and
// group size uses, and waits for them. Without it the first call of each function does.
// An error is a [*ParamError] or that of [kernels.Registry.Prewarm].
func Prewarm(ctx context.Context, reg *kernels.Registry, device *mtl.Device, p Params) error {
	if err := p.Validate(); err != nil {
		return err
	}
	err := prewarm(ctx, reg, device, p, variantFor(p))
	if errors.Is(err, kernels.ErrCheck) {
		err = prewarm(ctx, reg, device, p, vectorVariantFor(p))
	}
	if err != nil {
		return fmt.Errorf("tqsdpa: %w", err)
	}
	return nil
}

func prewarm(ctx context.Context, reg *kernels.Registry, device *mtl.Device, p Params, v variant) error {
	f := p.CacheFormat()
	written, read, attended := writerConstants(f), readerConstants(f), v.constants(f)
	return reg.Prewarm(ctx, device,
		kernels.Kernel{Name: quantizeKernels.name(p.HeadDim), Constants: written[:]},
		kernels.Kernel{Name: dequantizeKernels.name(p.HeadDim), Constants: read[:]},
		kernels.Kernel{Name: v.family.name(p.HeadDim), Constants: attended[:]},
		kernels.Kernel{Name: reduceKernels.name(p.HeadDim), Constants: read[:]})
}

// writerConstants returns the function constants by which tq_format.metal gets
// to know the format. No value is so large that Go would allocate for it.
func writerConstants(f codec.Format) [5]mtl.FunctionConstant {
	return [...]mtl.FunctionConstant{
		{Index: 0, Value: f.KeyBits},
		{Index: 1, Value: f.ValueBits},
		{Index: 2, Value: f.Signs},
		{Index: 3, Value: f.NormCorrection},
		{Index: 4, Value: f.Norm == codec.NormF16},
	}
}

// readerConstants is writerConstants for kernels that only read: how a norm came
// about is nothing to them, and formats that differ in it share a pipeline.
func readerConstants(f codec.Format) [5]mtl.FunctionConstant {
	f.NormCorrection = false
	return writerConstants(f)
}

// simdgroupWidth is what the kernels are written for.
const simdgroupWidth = 32

// pipeline returns a kernel's pipeline for the device of an encoder. An error of
// kernels.ErrCheck is returned as it is: the caller has another kernel, and to
// wrap the error would allocate in every call.
func pipeline(enc *mtl.ComputeCommandEncoder, reg *kernels.Registry, name string, constants []mtl.FunctionConstant) (*mtl.ComputePipelineState, error) {
	p, err := reg.Pipeline(context.Background(), enc.Device(), name, constants...)
	if errors.Is(err, kernels.ErrCheck) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("tqsdpa: %w", err)
	}
	if w := p.ThreadExecutionWidth(); w != simdgroupWidth {
		return nil, fmt.Errorf("tqsdpa: kernel %s: %w: simdgroups of %d threads, must be %d", name, mtl.ErrUnsupported, w, simdgroupWidth)
	}
	if n := p.MaxTotalThreadsPerThreadgroup(); n < simdgroupWidth {
		return nil, fmt.Errorf("tqsdpa: kernel %s: %w: threadgroups of at most %d threads, must be at least %d", name, mtl.ErrUnsupported, n, simdgroupWidth)
	}
	return p, nil
}
