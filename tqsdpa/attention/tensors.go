package attention

import (
	"fmt"
	"unsafe"
)

// Tensors is the data of one problem in memory: the CPU's counterpart of a
// GPU's buffers, with the same bytes. The caller owns every slice. Slices may
// be longer than needed; what lies behind is neither read nor written.
type Tensors struct {
	Q       []float32 // [NumHeads][HeadDim], original basis
	KPacked []byte    // [NumKVHeads][KVCapacity][KeyRowBytes]
	KNorms  []byte    // [NumKVHeads][KVCapacity] of the format's norm type; nil at 16 bits
	VPacked []byte    // [NumKVHeads][KVCapacity][ValueRowBytes]
	VNorms  []byte    // as KNorms
	Output  []float32 // [NumHeads][HeadDim], original basis; must not overlap the others
}

// Sizes are the lengths that a problem needs: elements for Q and Output, bytes
// for the rest.
type Sizes struct {
	Q, KPacked, KNorms, VPacked, VNorms, Output int
}

// Sizes returns the lengths that [Tensors] of this problem need, or what
// Validate says of p.
func (p Params) Sizes() (Sizes, error) {
	if err := p.Validate(); err != nil {
		return Sizes{}, err
	}
	return p.sizes()
}

func (p Params) sizes() (s Sizes, err error) {
	f := p.CacheFormat()
	rows := func(bytesPerRow int) int {
		n, e := product("KVCapacity", p.KVCapacity, uint64(p.NumKVHeads), uint64(bytesPerRow))
		if err == nil {
			err = e
		}
		return n
	}
	s.KPacked, s.KNorms = rows(f.KeyRowBytes()), rows(f.KeyNormBytes())
	s.VPacked, s.VNorms = rows(f.ValueRowBytes()), rows(f.ValueNormBytes())
	if err != nil {
		return Sizes{}, err
	}
	// The temporary memory is the largest thing that goes with the heads.
	if _, err = p.tmpBytes(); err != nil {
		return Sizes{}, err
	}
	s.Q = int(p.NumHeads) * int(p.HeadDim)
	s.Output = s.Q
	return s, nil
}

// NewTensors allocates zeroed tensors of the sizes that p needs.
func (p Params) NewTensors() (Tensors, error) {
	s, err := p.Sizes()
	if err != nil {
		return Tensors{}, err
	}
	return Tensors{
		Q:       make([]float32, s.Q),
		KPacked: make([]byte, s.KPacked), KNorms: make([]byte, s.KNorms),
		VPacked: make([]byte, s.VPacked), VNorms: make([]byte, s.VNorms),
		Output: make([]float32, s.Output),
	}, nil
}

// Check validates p and that every slice of t is long enough and Output
// overlaps no other. K and V may be the same bytes: some models share them.
func (p Params) Check(t Tensors) error {
	if err := p.CheckInputs(t); err != nil {
		return err
	}
	n := int(p.NumHeads) * int(p.HeadDim)
	if err := longEnough("Output", len(t.Output), n, "elements"); err != nil {
		return err
	}
	output := spanOf(t.Output[:n])
	for _, in := range []struct {
		field string
		span  span
	}{
		{"Q", spanOf(t.Q)}, {"KPacked", spanOf(t.KPacked)}, {"KNorms", spanOf(t.KNorms)},
		{"VPacked", spanOf(t.VPacked)}, {"VNorms", spanOf(t.VNorms)},
	} {
		if output.overlaps(in.span) {
			return &ParamError{Field: "Output", Value: "memory shared with " + in.field, Limit: "memory of its own"}
		}
	}
	return nil
}

// CheckInputs is Check without Output, for those who write it elsewhere.
func (p Params) CheckInputs(t Tensors) error {
	if err := p.CheckCache(t); err != nil {
		return err
	}
	return longEnough("Q", len(t.Q), int(p.NumHeads)*int(p.HeadDim), "elements")
}

// CheckCache is Check for the packed rows and norms alone.
func (p Params) CheckCache(t Tensors) error {
	s, err := p.Sizes()
	if err != nil {
		return err
	}
	for _, c := range []struct {
		field     string
		got, want int
	}{
		{"KPacked", len(t.KPacked), s.KPacked}, {"KNorms", len(t.KNorms), s.KNorms},
		{"VPacked", len(t.VPacked), s.VPacked}, {"VNorms", len(t.VNorms), s.VNorms},
	} {
		if err := longEnough(c.field, c.got, c.want, "bytes"); err != nil {
			return err
		}
	}
	return nil
}

func longEnough(field string, got, want int, unit string) error {
	if got >= want {
		return nil
	}
	return &ParamError{Field: "len(" + field + ")", Value: got, Limit: fmt.Sprintf("at least %d %s", want, unit)}
}

// A span is the memory of a slice.
type span struct{ start, end uintptr }

func spanOf[T any](s []T) span {
	start := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
	return span{start, start + uintptr(len(s))*unsafe.Sizeof(*new(T))}
}

func (a span) overlaps(b span) bool { return a.start < b.end && b.start < a.end }
