package selftest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tqmetal/tqmetal/internal/matrix"
	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/tqsdpa"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// A ShaderRecord is one kernel in one specialisation.
type ShaderRecord struct {
	Kernel            string  `json:"kernel"`
	Specialisation    string  `json:"specialisation"`
	Milliseconds      float64 `json:"milliseconds,omitempty"` // to compile; the first of a source includes the source
	ExecutionWidth    int     `json:"thread_execution_width"`
	MaxThreads        int     `json:"max_total_threads_per_threadgroup"`
	ThreadgroupMemory int     `json:"static_threadgroup_memory_length"`
}

// ShaderDetails are those of the step.
type ShaderDetails struct {
	Kernels  []ShaderRecord `json:"kernels"`
	Warnings []string       `json:"warnings"` // of the compiler, whole
	// Matrices says that the kernels with simdgroup_matrix run here: the device
	// holds a matrix as they assume. Otherwise others take their place.
	Matrices bool `json:"matrix_kernels_run"`
}

// A specialisation is a kernel as package tqsdpa asks for it.
type specialisation struct {
	kernels.Kernel
	described string
}

// headDims are what the kernels' names tell, the others function constant 5: how
// many heads share the decoding of a row, with plain multiplications and with
// simdgroup_matrix.
var (
	headDims    = []uint32{64, 128, 256, 512}
	vectorHeads = []uint32{1, 2, 4}
	matrixHeads = []uint32{8, 16}
)

// formats returns the cache formats of a head dimension: all, or with quick two
// that have a name, others for each head dimension in turn.
func formats(headDim uint32, quick bool) []codec.Format {
	if quick {
		at := 2 * (slices.Index(headDims, headDim) % 2)
		return []codec.Format{matrix.Formats[at].Of(headDim), matrix.Formats[at+1].Of(headDim)}
	}
	var all []codec.Format
	for _, k := range []uint32{4, 8, 16} {
		for _, v := range []uint32{4, 8, 16} {
			for flags := range 8 {
				f := codec.Format{HeadDim: headDim, KeyBits: k, ValueBits: v, Signs: flags&1 != 0, NormCorrection: flags&2 != 0}
				if flags&4 != 0 {
					f.Norm = codec.NormF16
				}
				all = append(all, f)
			}
		}
	}
	return all
}

// specialisations returns what Dispatch, Quantize and Dequantize can ask for of one
// kernel. A kernel of an unknown family is an error: what it can be asked for as
// has to be written here.
func specialisations(kernel string, quick bool) ([]specialisation, error) {
	family, dim, _ := strings.Cut(kernel, "_dk")
	headDim, err := strconv.ParseUint(dim, 10, 32)
	if err != nil || !slices.Contains(headDims, uint32(headDim)) {
		return nil, fmt.Errorf("kernel %s: no head dimension in its name", kernel)
	}
	var all []specialisation
	seen := map[string]bool{}
	add := func(described string, constants []mtl.FunctionConstant) {
		if !seen[described] {
			seen[described] = true
			all = append(all, specialisation{kernels.Kernel{Name: kernel, Constants: constants}, described})
		}
	}
	addHeads := func(f codec.Format, heads []uint32) {
		for _, h := range heads {
			add(fmt.Sprintf("%v, %d heads", f, h), append(formatConstants(f), mtl.FunctionConstant{Index: 5, Value: h}))
		}
	}
	for _, f := range formats(uint32(headDim), quick) {
		reader := f
		reader.NormCorrection = false // which is nothing to those that read
		switch family {
		case "tq_quantize_kv":
			add(f.String(), formatConstants(f))
		case "tq_dequantize_kv", "flash_attn_vec_reduce":
			add(reader.String(), formatConstants(reader))
		case "flash_attn_vec_tq", "flash_attn_vec":
			if half := f.KeyBits == 16 && f.ValueBits == 16; half == (family == "flash_attn_vec") {
				addHeads(reader, vectorHeads)
			}
		case matrixFamily:
			addHeads(reader, matrixHeads)
		default:
			return nil, fmt.Errorf("kernel %s: what it is specialised by is not known here", kernel)
		}
	}
	return all, nil
}

// formatConstants are those of tq_format.metal.
func formatConstants(f codec.Format) []mtl.FunctionConstant {
	return []mtl.FunctionConstant{
		{Index: 0, Value: f.KeyBits}, {Index: 1, Value: f.ValueBits}, {Index: 2, Value: f.Signs},
		{Index: 3, Value: f.NormCorrection}, {Index: 4, Value: f.Norm == codec.NormF16},
	}
}

const (
	matrixFamily   = "flash_attn_mat_tq"
	simdgroupWidth = 32 // what the kernels are written for
)

// threadsOf returns how many threads a threadgroup of a specialisation has at least.
func threadsOf(s specialisation) int {
	switch {
	case s.Name == matrixFamily+"_dk512" && s.Constants[5].Value == uint32(16):
		return 8 * simdgroupWidth
	case strings.HasPrefix(s.Name, matrixFamily), strings.HasPrefix(s.Name, "flash_attn_vec_tq"), strings.HasPrefix(s.Name, "flash_attn_vec_dk"):
		return 4 * simdgroupWidth
	}
	return simdgroupWidth
}

func checkShaders(ctx context.Context, r *rig, l *log) error {
	registry := &kernels.Registry{}
	defer registry.Release()
	warnings := make(chan string, 100)
	registry.Warning = func(source, text string) { warnings <- source + ": " + text }
	if err := tqsdpa.Register(registry); err != nil {
		return err
	}
	details := ShaderDetails{Matrices: true}
	software := timesMeanNothing(r.runtime)
	for _, name := range registry.Names() {
		if r.options.kernel != "" && name != r.options.kernel {
			continue
		}
		all, err := specialisations(name, r.options.Quick)
		if !l.check(err == nil, "%v", err) {
			continue
		}
		for i, s := range all {
			r.doing("compile %s, %d of %d", name, i+1, len(all))
			start := time.Now()
			p, err := registry.Pipeline(ctx, r.device, s.Name, s.Constants...)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if errors.Is(err, kernels.ErrCheck) && strings.HasPrefix(name, matrixFamily) {
				details.Matrices = false
				l.note("%s: %v; the kernels without matrices run in its place", name, err)
				break
			}
			if !l.check(err == nil, "%s (%s): %v", s.Name, s.described, err) {
				continue
			}
			record := ShaderRecord{
				Kernel: s.Name, Specialisation: s.described, ExecutionWidth: p.ThreadExecutionWidth(),
				MaxThreads: p.MaxTotalThreadsPerThreadgroup(), ThreadgroupMemory: p.StaticThreadgroupMemoryLength(),
			}
			if !software {
				record.Milliseconds = float64(time.Since(start).Microseconds()) / 1e3
			}
			details.Kernels = append(details.Kernels, record)
			threads := threadsOf(s)
			l.check(record.ExecutionWidth == simdgroupWidth, "%s (%s): simdgroups of %d threads, must be %d", s.Name, s.described, record.ExecutionWidth, simdgroupWidth)
			l.check(record.MaxThreads >= threads, "%s (%s): threadgroups of up to %d threads, and it is launched with %d", s.Name, s.described, record.MaxThreads, threads)
			l.check(record.ThreadgroupMemory <= r.device.Limits().MaxThreadgroupMemoryLength, "%s (%s): %d bytes of threadgroup memory", s.Name, s.described, record.ThreadgroupMemory)
		}
	}
	registry.Release() // waits for warnings that are under way
	close(warnings)
	for w := range warnings {
		details.Warnings = append(details.Warnings, w)
		l.note("the compiler warns: %s", firstLine(w))
	}
	if details.Matrices {
		l.note("groups of five and more query heads run by simdgroup_matrix")
	}
	l.detail(details)
	return nil
}
