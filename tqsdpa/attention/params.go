package attention

import (
	"fmt"
	"math"

	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// A ParamError says which parameter was wrong, what it was, and what it may
// be. errors.Is(err, ErrParam) holds for it.
type ParamError = codec.ParamError

// ErrParam is what every [*ParamError] unwraps to.
var ErrParam = codec.ErrParam

// MaxSplits is the most parts that an engine may divide the positions of one
// head into; it bounds the temporary memory. See [Params.TmpBytes].
const MaxSplits = 32

// Params says one problem: the attention of one query token of one sequence.
// Use keyed literals: fields will be added, and their zero values will mean
// today's behaviour.
type Params struct {
	_ struct{}

	NumHeads   uint32 // query heads
	NumKVHeads uint32 // KV heads; NumHeads is a multiple of it
	HeadDim    uint32 // elements of a head: 64, 128, 256 or 512

	KVSeqLen   uint32 // positions that hold data; the query is that of the last
	KVCapacity uint32 // positions that each KV head has room for: the stride between heads

	Scale         float32 // multiplies every score; often 1/sqrt(HeadDim)
	Mask          Mask    // which positions are seen
	SlidingWindow uint32  // how many of the newest, with MaskSlidingWindow; otherwise 0
	Softcap       float32 // bounds scores to +-Softcap by tanh; 0 is off

	// Format is that of the cache. The zero Format means
	// codec.MLXNative01(HeadDim), the seed's.
	Format codec.Format
}

// CacheFormat returns the format of the cache, with the zero Format resolved.
func (p Params) CacheFormat() codec.Format {
	if p.Format == (codec.Format{}) {
		return codec.MLXNative01(p.HeadDim)
	}
	return p.Format
}

// GroupSize returns how many query heads share a KV head, or 0 when p is not
// valid.
func (p Params) GroupSize() uint32 {
	if p.NumKVHeads == 0 {
		return 0
	}
	return p.NumHeads / p.NumKVHeads
}

// Visible returns the range of positions [first, end) that the query sees. It
// is never empty when p is valid.
func (p Params) Visible() (first, end uint32) {
	if p.Mask == MaskSlidingWindow && p.SlidingWindow < p.KVSeqLen {
		first = p.KVSeqLen - p.SlidingWindow
	}
	return first, p.KVSeqLen
}

// Validate returns a [*ParamError] for the first field that is out of range or
// does not go with another, and nil when the problem is well defined and its
// sizes can be addressed.
func (p Params) Validate() error {
	for _, f := range []struct {
		field string
		value uint32
	}{
		{"NumHeads", p.NumHeads}, {"NumKVHeads", p.NumKVHeads}, {"KVSeqLen", p.KVSeqLen}, {"KVCapacity", p.KVCapacity},
	} {
		if f.value == 0 {
			return &ParamError{Field: f.field, Value: f.value, Limit: "at least 1"}
		}
	}
	if p.NumHeads%p.NumKVHeads != 0 {
		return &ParamError{Field: "NumHeads", Value: p.NumHeads, Limit: fmt.Sprintf("a multiple of NumKVHeads (%d)", p.NumKVHeads)}
	}
	if err := p.CacheFormat().Validate(); err != nil {
		return err
	}
	if f := p.CacheFormat(); f.HeadDim != p.HeadDim {
		return &ParamError{Field: "HeadDim", Value: p.HeadDim, Limit: fmt.Sprintf("Format.HeadDim (%d)", f.HeadDim)}
	}
	if p.KVSeqLen > p.KVCapacity {
		return &ParamError{Field: "KVSeqLen", Value: p.KVSeqLen, Limit: fmt.Sprintf("at most KVCapacity (%d)", p.KVCapacity)}
	}
	if s := float64(p.Scale); s == 0 || math.IsNaN(s) || math.IsInf(s, 0) {
		return &ParamError{Field: "Scale", Value: p.Scale, Limit: "finite and not 0"}
	}
	if err := p.validateMask(); err != nil {
		return err
	}
	if c := float64(p.Softcap); !(c >= 0) || math.IsInf(c, 0) {
		return &ParamError{Field: "Softcap", Value: p.Softcap, Limit: "finite and at least 0 (0 is off)"}
	}
	_, err := p.sizes()
	return err
}

func (p Params) validateMask() error {
	switch p.Mask {
	case MaskNone, MaskCausal:
		if p.SlidingWindow != 0 {
			return &ParamError{Field: "SlidingWindow", Value: p.SlidingWindow, Limit: fmt.Sprintf("0 with Mask %v", p.Mask)}
		}
	case MaskSlidingWindow:
		if p.SlidingWindow == 0 {
			return &ParamError{Field: "SlidingWindow", Value: p.SlidingWindow, Limit: "at least 1 with MaskSlidingWindow"}
		}
	default:
		return &ParamError{Field: "Mask", Value: uint32(p.Mask), Limit: "0 (none), 1 (causal) or 2 (sliding window)"}
	}
	return nil
}

// TmpBytes returns the bytes of temporary memory that the problem may need on
// a GPU: for every head MaxSplits partial outputs of HeadDim float32, and a sum
// and a maximum of scores for each.
func (p Params) TmpBytes() (int, error) {
	if err := p.Validate(); err != nil {
		return 0, err
	}
	return p.tmpBytes()
}

func (p Params) tmpBytes() (int, error) {
	return product("NumHeads", p.NumHeads, MaxSplits, uint64(p.HeadDim)+2, 4)
}

// product multiplies a field by other sizes and blames the field when the
// result is no int.
func product(field string, value uint32, factors ...uint64) (int, error) {
	result := uint64(value)
	for _, f := range factors {
		if f != 0 && result > math.MaxInt/f {
			return 0, &ParamError{Field: field, Value: value, Limit: fmt.Sprintf("small enough that sizes stay below %d bytes", math.MaxInt)}
		}
		result *= f
	}
	return int(result), nil
}
