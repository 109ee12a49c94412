package attention

import "fmt"

// A Mask says which positions the query sees.
type Mask uint32

// The masks. The query stands at the newest position, so a causal mask hides
// nothing from it: MaskNone and MaskCausal give the same result.
const (
	MaskNone          Mask = 0 // every position
	MaskCausal        Mask = 1 // the positions up to the query's own
	MaskSlidingWindow Mask = 2 // the newest SlidingWindow positions
)

func (m Mask) String() string {
	switch m {
	case MaskNone:
		return "none"
	case MaskCausal:
		return "causal"
	case MaskSlidingWindow:
		return "window"
	}
	return fmt.Sprintf("Mask(%d)", uint32(m))
}
