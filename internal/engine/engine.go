// Package engine puts what computes attention side by side: the CPU and Metal,
// whose device may be a Mac's or the software one. Measuring and verifying are
// written once, for an [Engine].
package engine

import (
	"context"
	"time"

	"github.com/tqmetal/tqmetal/mtl/softmetal"
	"github.com/tqmetal/tqmetal/tqsdpa/attention"
)

// An Engine computes attention, encodes rows into a cache and decodes them. Its
// methods may be called from any goroutine but Close, which comes last.
type Engine interface {
	// Kind is "cpu" or "metal".
	Kind() string
	// Device is the name of the processor or the GPU.
	Device() string
	// Threads is how many threads of the CPU compute, 0 on a GPU.
	Threads() int
	// TimesMeanNothing says that this is a software device: how long it takes
	// tells nothing about a GPU.
	TimesMeanNothing() bool
	// SetOrder sets the schedule of what runs from now on. Hardware has its own
	// and takes no notice.
	SetOrder(softmetal.Order)
	// ReadBandwidth measures how fast memory is read, in 10^9 bytes a second.
	// It takes a fraction of a second.
	ReadBandwidth(context.Context) (float64, error)
	// New allocates the memory of one problem. The caller releases it.
	New(attention.Params) (Problem, error)
	// Close gives everything back. Its error is what only shows at the end, such
	// as the reports of a software device.
	Close() error
}

// A Problem is the memory of one problem, of exactly the sizes that it needs, and
// the engine to work on it. It belongs to one goroutine.
type Problem interface {
	// Tensors are the engine's own memory: what is written to them is what the
	// engine reads. They are valid until Release. What they hold at first is
	// undefined.
	Tensors() attention.Tensors
	// Scratch is the temporary memory that attention uses; empty where the engine
	// has none to show. What it holds must not matter.
	Scratch() []byte
	// Quantize encodes rows k and v, [NumKVHeads][tokens][HeadDim], into the
	// cache from position on.
	Quantize(ctx context.Context, position uint32, k, v []float32) error
	// Dequantize is the inverse.
	Dequantize(ctx context.Context, position uint32, k, v []float32) error
	// Attend computes the attention over the first seqLen positions and returns
	// how long it took: on a GPU, the GPU's own time.
	Attend(ctx context.Context, seqLen uint32) (time.Duration, error)
	// Release gives the memory back.
	Release()
}
