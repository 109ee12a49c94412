package selftest

import (
	"context"
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

//go:embed foreign.metal
var foreignSource string

//go:embed layout.metal
var layoutSource string

// A ForeignRecord is one kernel.
type ForeignRecord struct {
	Kernel string `json:"kernel"`
	Values int    `json:"values"` // that were compared
	Wrong  int    `json:"wrong"`
}

// A MatrixRecord says how a simdgroup holds an 8x8 matrix.
type MatrixRecord struct {
	Compiles bool  `json:"compiles"`
	Known    bool  `json:"known"`    // it is the layout that kernels of this module may rely on
	Elements []int `json:"elements"` // of lanes 0 to 31, two each: row * 8 + column
}

// ForeignDetails are those of the step.
type ForeignDetails struct {
	Kernels []ForeignRecord `json:"kernels"`
	Matrix  MatrixRecord    `json:"simdgroup_matrix"`
}

// A foreignKernel binds its arguments and says what comes out. All results are
// exact: sums of small whole numbers.
type foreignKernel struct {
	name      string
	constants []mtl.FunctionConstant
	run       func(r *rig, dispatch dispatcher) (got, want []float32, err error)
}

// A dispatcher runs the kernel once: bind gets the encoder with the pipeline set.
type dispatcher func(bind func(*mtl.ComputeCommandEncoder)) error

func size(width, height int) mtl.Size { return mtl.Size{Width: width, Height: height, Depth: 1} }

var foreignKernels = []foreignKernel{
	{"saxpy", nil, func(r *rig, dispatch dispatcher) (got, want []float32, err error) {
		const n = 1000 // no multiple of a threadgroup
		x, xs, err := numbers[float32](r, n)
		if err != nil {
			return nil, nil, err
		}
		y, ys, err := numbers[float32](r, n)
		if err != nil {
			return nil, nil, err
		}
		for i := range xs {
			xs[i], ys[i] = float32(i), float32(n-i)
			want = append(want, float32(n-i)+3*float32(i))
		}
		a := float32(3)
		err = dispatch(func(e *mtl.ComputeCommandEncoder) {
			mtl.SetValue(e, &a, 0)
			e.SetBuffers(1, mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: y})
			e.DispatchThreads(size(n, 1), size(64, 1))
		})
		return ys, want, err
	}},
	{"dot_product", nil, func(r *rig, dispatch dispatcher) (got, want []float32, err error) {
		n := uint32(1000)
		x, xs, err := numbers[float32](r, int(n))
		if err != nil {
			return nil, nil, err
		}
		y, ys, err := numbers[float32](r, int(n))
		if err != nil {
			return nil, nil, err
		}
		out, got, err := numbers[float32](r, 1)
		if err != nil {
			return nil, nil, err
		}
		sum := float32(0)
		for i := range xs {
			xs[i], ys[i] = float32(i), 2
			sum += 2 * float32(i)
		}
		err = dispatch(func(e *mtl.ComputeCommandEncoder) {
			e.SetBuffers(0, mtl.BufferRange{Buffer: x}, mtl.BufferRange{Buffer: y}, mtl.BufferRange{Buffer: out})
			mtl.SetValue(e, &n, 3)
			e.DispatchThreadgroups(size(1, 1), size(256, 1))
		})
		return got, []float32{sum}, err
	}},
	{"histogram", nil, func(r *rig, dispatch dispatcher) (got, want []float32, err error) {
		const n = 5000
		values, vs, err := numbers[uint32](r, n)
		if err != nil {
			return nil, nil, err
		}
		counts, cs, err := numbers[uint32](r, 7)
		if err != nil {
			return nil, nil, err
		}
		want = make([]float32, 7)
		for i := range vs {
			vs[i] = uint32(i * i)
			want[vs[i]%7]++
		}
		clear(cs)
		err = dispatch(func(e *mtl.ComputeCommandEncoder) {
			e.SetBuffers(0, mtl.BufferRange{Buffer: values}, mtl.BufferRange{Buffer: counts})
			e.DispatchThreads(size(n, 1), size(128, 1))
		})
		return floats(cs), want, err
	}},
	{"specialised", []mtl.FunctionConstant{{Index: 0, Value: uint32(5)}, {Name: "negate", Value: true}, {Index: 2, Value: float32(0.25)}},
		func(r *rig, dispatch dispatcher) (got, want []float32, err error) {
			out, got, err := numbers[float32](r, 64)
			if err != nil {
				return nil, nil, err
			}
			for i := range got {
				want = append(want, -(float32(i*5+3) + 0.25))
			}
			err = dispatch(func(e *mtl.ComputeCommandEncoder) {
				e.SetBuffer(out, 0, 0)
				e.DispatchThreads(size(64, 1), size(32, 1))
			})
			return got, want, err
		}},
	{"transpose", nil,
		func(r *rig, dispatch dispatcher) (got, want []float32, err error) {
			extent := [2]uint32{37, 21}
			n := int(extent[0] * extent[1])
			in, is, err := numbers[float32](r, n)
			if err != nil {
				return nil, nil, err
			}
			out, got, err := numbers[float32](r, n)
			if err != nil {
				return nil, nil, err
			}
			want = make([]float32, n)
			for i := range is {
				is[i] = float32(i)
				want[i%37*21+i/37] = float32(i)
			}
			err = dispatch(func(e *mtl.ComputeCommandEncoder) {
				e.SetBuffers(0, mtl.BufferRange{Buffer: in}, mtl.BufferRange{Buffer: out})
				mtl.SetValue(e, &extent, 2)
				e.SetThreadgroupMemoryLength(16*8*4, 0)
				e.DispatchThreads(size(37, 21), size(16, 8))
			})
			return got, want, err
		}},
	{"lanes", nil, func(r *rig, dispatch dispatcher) (got, want []float32, err error) {
		out, got32, err := numbers[uint32](r, 128)
		if err != nil {
			return nil, nil, err
		}
		for i := range got32 {
			lane := i % 32
			want = append(want, float32((lane^5)*1000+lane*(lane-1)/2+31*100000))
		}
		err = dispatch(func(e *mtl.ComputeCommandEncoder) {
			e.SetBuffer(out, 0, 0)
			e.DispatchThreads(size(128, 1), size(64, 1))
		})
		return floats(got32), want, err
	}},
	{"narrow", nil, func(r *rig, dispatch dispatcher) (got, want []float32, err error) {
		const n = 256
		in, is, err := numbers[uint32](r, n/4)
		if err != nil {
			return nil, nil, err
		}
		out, os, err := numbers[uint32](r, n/2)
		if err != nil {
			return nil, nil, err
		}
		for i := range is {
			var b [4]byte
			for j := range b {
				x := byte(4*i + j)
				b[j] = x
				want = append(want, float32(int8(x))*0.5+float32(x>>4)-float32(x&15))
			}
			is[i] = binary.LittleEndian.Uint32(b[:])
		}
		err = dispatch(func(e *mtl.ComputeCommandEncoder) {
			e.SetBuffers(0, mtl.BufferRange{Buffer: in}, mtl.BufferRange{Buffer: in}, mtl.BufferRange{Buffer: out})
			e.DispatchThreads(size(n, 1), size(64, 1))
		})
		for _, x := range os {
			got = append(got, codec.Float16frombits(uint16(x)), codec.Float16frombits(uint16(x>>16)))
		}
		return got, want, err
	}},
}

func floats(x []uint32) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

// checkForeign runs each kernel in every order.
func checkForeign(ctx context.Context, r *rig, l *log) error {
	library, err := r.device.NewLibraryWithSource(foreignSource, mtl.CompileOptions{})
	if _, err = keep(r, library, err); err != nil {
		return err
	}
	if w := library.Warnings(); w != "" {
		l.note("the compiler warns: %s", firstLine(w))
	}
	var details ForeignDetails
	for _, k := range foreignKernels {
		r.doing("run %s", k.name)
		pipeline, err := r.pipelineOf(library, k.name, k.constants...)
		if !l.check(err == nil, "%s: %v", k.name, err) {
			continue
		}
		record := ForeignRecord{Kernel: k.name}
		err = r.eachOrder(func() error {
			got, want, err := k.run(r, func(bind func(*mtl.ComputeCommandEncoder)) error {
				return r.compute(ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
					e.SetComputePipelineState(pipeline)
					bind(e)
				})
			})
			if err != nil {
				return err
			}
			at, wrong := compare(got, want)
			record.Values += len(want)
			record.Wrong += wrong
			l.check(wrong == 0 && len(got) == len(want) && len(want) > 0, "%s: %d of %d values are wrong, the first: %s", k.name, wrong, len(want), at)
			return nil
		})
		l.check(err == nil, "%s: %v", k.name, err)
		details.Kernels = append(details.Kernels, record)
	}
	details.Matrix, err = r.matrixLayout(ctx, l)
	l.detail(details)
	return err
}

// compare says which value is the first wrong one, and how many are.
func compare(got, want []float32) (first string, wrong int) {
	for i := range min(len(got), len(want)) {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			if wrong++; wrong == 1 {
				first = fmt.Sprintf("value %d is %v, want %v", i, got[i], want[i])
			}
		}
	}
	return first, wrong
}

// matrixLayout finds out how a simdgroup holds a matrix. Another layout than the
// known one is no finding: kernels that rely on it are for the registry to refuse.
func (r *rig) matrixLayout(ctx context.Context, l *log) (MatrixRecord, error) {
	var record MatrixRecord
	pipeline, err := r.pipeline(layoutSource, "matrix_layout")
	if err != nil {
		l.note("simdgroup_matrix and thread_elements do not compile, so kernels with them can't run here: %s", firstLine(err.Error()))
		return record, nil
	}
	record.Compiles = true
	in, matrix, err := numbers[float32](r, 64)
	if err != nil {
		return record, err
	}
	elements, got, err := numbers[float32](r, 64)
	if err != nil {
		return record, err
	}
	product, squared, err := numbers[float32](r, 64)
	if err != nil {
		return record, err
	}
	for i := range matrix {
		matrix[i] = float32(i)
	}
	if err := r.compute(ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
		e.SetComputePipelineState(pipeline)
		e.SetBuffers(0, mtl.BufferRange{Buffer: in}, mtl.BufferRange{Buffer: elements}, mtl.BufferRange{Buffer: product})
		e.DispatchThreadgroups(size(1, 1), size(simdgroupWidth, 1))
	}); err != nil {
		return record, err
	}
	var known, want []int
	for lane := range 32 {
		row, column := lane>>2&4|lane>>1&3, lane>>1&4|lane&1<<1
		known = append(known, row*8+column, row*8+column+1)
	}
	for _, x := range got {
		record.Elements = append(record.Elements, int(x))
	}
	record.Known = slices.Equal(record.Elements, known)
	sorted := slices.Sorted(slices.Values(record.Elements))
	for i := range 64 {
		want = append(want, i)
	}
	l.check(slices.Equal(sorted, want), "simdgroup_matrix: the lanes have the elements %v, not each once", record.Elements)
	var sums []float32
	for i := range 64 {
		sum := 0
		for k := range 8 {
			sum += (i/8*8 + k) * (k*8 + i%8)
		}
		sums = append(sums, float32(sum))
	}
	first, wrong := compare(squared, sums)
	l.check(wrong == 0, "simdgroup_matrix: %d of 64 elements of a product are wrong, the first: %s", wrong, first)
	if !record.Known {
		l.note("simdgroup_matrix: the lanes have other elements than on GPUs of the families Apple 7 to 9: %v", record.Elements)
	}
	return record, nil
}
