package mslrun

import "fmt"

// MaxBuffers is the number of entries in a kernel's buffer argument table.
const MaxBuffers = 31

// Size counts threads or threadgroups in three dimensions, as MTLSize does.
type Size struct{ Width, Height, Depth int }

// Binding is one entry of the buffer argument table. The zero Binding is unbound.
type Binding struct {
	// Offset is where the bound range starts in the executor's Memory, Length its bytes: those up to the end of the
	// buffer, as in Metal. Only if the range ends where its allocation ends does an overrun hit the guard page at once.
	Offset int64
	Length int
	// Inline holds the bytes of setBytes:length:atIndex:; if it is not nil, Offset and Length are ignored. The kernel gets
	// a copy that it cannot write to.
	Inline []byte
}

// Bound reports whether the entry holds a buffer or bytes.
func (b Binding) Bound() bool { return b.Inline != nil || b.Length > 0 }

// Dispatch is one dispatch of a compute encoder, with its arguments.
type Dispatch struct {
	Program *Program
	Buffers [MaxBuffers]Binding
	// ThreadgroupMemory is the bytes of dynamic threadgroup memory an index, as set by setThreadgroupMemoryLength.
	ThreadgroupMemory [MaxBuffers]int
	// Grid is in threadgroups, or in threads if Exact is set.
	Grid Size
	// Threadgroup is the threads of a threadgroup.
	Threadgroup Size
	// Exact means dispatchThreads: the threadgroups at the far edges are smaller where the grid does not divide.
	Exact bool
	// Label names the dispatch in errors. May be empty.
	Label string
	// Barrier orders this dispatch, and all that follow, after all that came before. Without it, dispatches have no order
	// among themselves, as on a concurrent encoder: an Order may permute them. A serial encoder sets it on each dispatch.
	Barrier bool
	// After names earlier dispatches of the same Run, by index, that have to come first: what
	// memoryBarrierWithResources orders, and no more.
	After []int
	// Log takes the kernel's messages. Nil: they go nowhere.
	Log *Log
	// Kill kills the child once it has this dispatch: a test of what comes then.
	Kill bool
}

// Sequence says which of the threads, simdgroups, threadgroups and unordered dispatches goes first.
type Sequence int

// The sequences.
const (
	Up       Sequence = iota // by increasing index
	Down                     // by decreasing index
	Shuffled                 // at random, by Order.Seed; drawn anew at each step
)

// Skew says whether the simdgroups of a threadgroup advance together. A simdgroup that runs alone up to its next
// threadgroup barrier makes a dropped barrier visible that lets all simdgroups of an even schedule through.
type Skew int

// The skews.
const (
	Even  Skew = iota // every simdgroup goes to its next simd_* call or barrier, in turn
	First             // the first simdgroup of the sequence runs alone up to its next threadgroup barrier, then the next
	Last              // the same, beginning at the far end of the sequence
)

// Association says how simd_sum and its like combine the lanes. Metal promises no particular one: the results of two of
// them must agree within a kernel's error bound. Neither depends on the Order's sequence.
type Association int

// The associations.
const (
	Butterfly Association = iota // lane i with lane i+16, then i+8, i+4, i+2, i+1
	Linear                       // lane 0, then 1, and so on
)

// Order is a schedule. Results of a correct kernel are the same bits under all orders with the same Association.
type Order struct {
	Sequence    Sequence
	Seed        uint64 // of Shuffled; any value
	Skew        Skew
	Association Association
}

func (o Order) String() string {
	s := fmt.Sprintf("%v", [...]string{"up", "down", "shuffled"}[min(max(int(o.Sequence), 0), 2)])
	if o.Sequence == Shuffled {
		s += fmt.Sprintf(" seed %d", o.Seed)
	}
	s += [...]string{"", ", first simdgroup alone", ", last simdgroup alone"}[min(max(int(o.Skew), 0), 2)]
	if o.Association == Linear {
		s += ", linear sums"
	}
	return s
}

// Orders is the set of schedules that a kernel test should try.
func Orders() []Order {
	return []Order{
		{Sequence: Up}, {Sequence: Down}, {Sequence: Shuffled, Seed: 1},
		{Sequence: Up, Skew: First}, {Sequence: Down, Skew: First}, {Sequence: Shuffled, Seed: 2, Skew: Last},
	}
}
