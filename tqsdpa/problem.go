package tqsdpa

import (
	"math"
	"math/bits"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// The problem, as package attention states it.
type (
	// Params says one problem; see [attention.Params].
	Params = attention.Params
	// A Mask says which positions the query sees; see [attention.Mask].
	Mask = attention.Mask
	// A ParamError says which parameter or buffer was wrong, what it was, and
	// what it may be.
	ParamError = attention.ParamError
	// A Format is that of a cache; see [codec.Format].
	Format = codec.Format
)

// The masks.
const (
	MaskNone          = attention.MaskNone
	MaskCausal        = attention.MaskCausal
	MaskSlidingWindow = attention.MaskSlidingWindow
)

// ErrParam is what every [*ParamError] unwraps to.
var ErrParam = attention.ErrParam

// TmpBufferBytes returns the bytes of temporary memory that the attention of one
// token of one sequence may need, whatever its length: for every head
// [attention.MaxSplits] partial outputs of headDim float32, and a sum and a
// maximum for each. Params.TmpBytes says the same for a problem that it has
// checked. Where the product is no int, which no device could allocate, the
// largest int is returned.
func TmpBufferBytes(numHeads, headDim uint32) int {
	return product(uint64(numHeads), attention.MaxSplits*4, uint64(headDim)+2)
}

// product multiplies sizes; a result that is no int is the largest int, which
// no buffer is long enough for.
func product(factors ...uint64) int {
	result := uint64(1)
	for _, f := range factors {
		high, low := bits.Mul64(result, f)
		if high != 0 || low > math.MaxInt {
			return math.MaxInt
		}
		result = low
	}
	return int(result)
}
