//go:build amd64 || arm64

package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/gaussian"
	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/shaders"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

func soft(t *testing.T, options softmetal.Options) *onMetal {
	t.Helper()
	e, err := Soft(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e.(*onMetal)
}

// Rows that pass through in parts, of which the last is smaller, arrive as they
// would at once.
func TestMetalDoesWhatTheCPUDoes(t *testing.T) {
	metal := soft(t, softmetal.Options{})
	metal.rowsBytes = 5 * 3 * 64 * 4
	cpu, err := CPU(2)
	if err != nil {
		t.Fatal(err)
	}
	const tokens, position = 13, 4
	p := attention.Params{NumHeads: 6, NumKVHeads: 3, HeadDim: 64, KVSeqLen: tokens + position, KVCapacity: 20, Scale: 0.125, Format: codec.K8V4(64)}
	random := gaussian.New(1)
	q, k, v := random.Vector(6*64), random.Vector(3*tokens*64), random.Vector(3*tokens*64)
	type result struct{ k, v, output []float32 }
	var results []result
	var caches [][]byte
	for _, e := range []Engine{cpu, metal} {
		x, err := e.New(p)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Release()
		tensors := x.Tensors()
		clear(tensors.KPacked)
		clear(tensors.KNorms)
		copy(tensors.Q, q)
		r := result{k: make([]float32, len(k)), v: make([]float32, len(v))}
		if err := x.Quantize(t.Context(), position, k, v); err != nil {
			t.Fatal(err)
		}
		if err := x.Dequantize(t.Context(), position, r.k, r.v); err != nil {
			t.Fatal(err)
		}
		took, err := x.Attend(t.Context(), p.KVSeqLen)
		if err != nil || took <= 0 {
			t.Fatalf("took %v, %v", took, err)
		}
		r.output = slices.Clone(tensors.Output)
		results = append(results, r)
		caches = append(caches, slices.Concat(tensors.KPacked, tensors.KNorms))
	}
	if !bytes.Equal(caches[0], caches[1]) {
		t.Error("the packed rows or norms differ")
	}
	if !slices.Equal(results[0].k, results[1].k) || !slices.Equal(results[0].v, results[1].v) {
		t.Error("the decoded rows differ")
	}
	for i, want := range results[0].output {
		if got := results[1].output[i]; !(math.Abs(float64(got-want)) < 1e-6) {
			t.Fatalf("element %d of the output is %v, the CPU says %v", i, got, want)
		}
	}
}

func TestRowsOfDifferentLengthsAreRefused(t *testing.T) {
	x, err := soft(t, softmetal.Options{}).New(attention.Params{NumHeads: 1, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 1, KVCapacity: 2, Scale: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Release()
	for _, lengths := range [][2]int{{64, 128}, {0, 0}, {65, 65}} {
		if err := x.Quantize(t.Context(), 0, make([]float32, lengths[0]), make([]float32, lengths[1])); !errors.Is(err, attention.ErrParam) {
			t.Errorf("%v: %v", lengths, err)
		}
	}
}

// The bandwidth is bytes over time: every byte must be read, and once.
func TestReadMemoryReadsEveryWordOnce(t *testing.T) {
	m := soft(t, softmetal.Options{})
	for _, vectors := range []int{1, 64<<10 - 1, 4 * 64 << 10, 9*64<<10 + 7} {
		buffer, view, err := allocate[byte](m, 16*vectors)
		if err != nil {
			t.Fatal(err)
		}
		want := uint32(0)
		for i := range 4 * vectors {
			word := uint32(i) * 2654435761
			binary.LittleEndian.PutUint32(view[4*i:], word)
			want += word
		}
		if got, took, err := m.readMemory(t.Context(), buffer, 16*vectors); got != want || took <= 0 || err != nil {
			t.Errorf("%d vectors: sum %d in %v, %v, want %d", vectors, got, took, err, want)
		}
		buffer.Buffer.Release()
	}
	m.readBytes = 1 << 20
	if got, err := m.ReadBandwidth(t.Context()); !(got > 0) || math.IsInf(got, 0) || err != nil {
		t.Errorf("%v GB/s, %v", got, err)
	}
}

func TestCloseTellsWhatWasForgotten(t *testing.T) {
	e, err := Soft(softmetal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.New(attention.Params{NumHeads: 1, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 1, KVCapacity: 1, Scale: 1}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); !errors.Is(err, softmetal.RuleLeak) {
		t.Errorf("error %v", err)
	}
}

func TestSoftTimesMeanNothing(t *testing.T) {
	if m := soft(t, softmetal.Options{}); !m.TimesMeanNothing() || m.Kind() != "metal" || !strings.Contains(m.Device(), "no GPU") {
		t.Errorf("%v %s %s", m.TimesMeanNothing(), m.Kind(), m.Device())
	}
}

// planted registers the module's kernels with one edit of the text that decodes
// rows.
func planted(old, edited string) func(*kernels.Registry) error {
	return func(reg *kernels.Registry) error {
		text, err := shaders.Source("tq_dequantize_kv.metal")
		if err != nil {
			return err
		}
		if strings.Count(text, old) != 1 {
			return fmt.Errorf("the text has %q %d times", old, strings.Count(text, old))
		}
		return reg.Register(kernels.Source{Name: "planted", Text: strings.Replace(text, old, edited, 1), Kernels: []string{"tq_dequantize_kv_dk64"}})
	}
}

// The norm of the row behind the last lies in the 16 bytes that the plain build
// can't tell from the buffer.
func TestSanitizersFindAReadOfOneElementTooMany(t *testing.T) {
	const old, edited = "norm = read_norm(k_norms, row);", "norm = read_norm(k_norms, row) + 0.0f * read_norm(k_norms, row + 1);"
	for _, c := range []struct {
		name     string
		edited   string
		sanitize bool
		finds    bool
	}{
		{"as it is", old, true, false},
		{"one too many, plain", edited, false, false},
		{"one too many, sanitized", edited, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			device, err := softmetal.New(softmetal.Options{Sanitize: c.sanitize})
			if err != nil {
				t.Fatal(err)
			}
			defer device.Close()
			m, err := newMetal(device, planted(old, c.edited))
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			x, err := m.New(attention.Params{NumHeads: 1, NumKVHeads: 1, HeadDim: 64, KVSeqLen: 3, KVCapacity: 3, Scale: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer x.Release()
			err = x.Dequantize(t.Context(), 0, make([]float32, 3*64), make([]float32, 3*64))
			if found := errors.Is(err, mtl.ErrExecution) && strings.Contains(err.Error(), "AddressSanitizer"); found != c.finds || err != nil != c.finds {
				t.Errorf("error %v", err)
			}
		})
	}
}
