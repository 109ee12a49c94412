package mslrun

import (
	"fmt"
	"strings"
)

// FaultKind says what went wrong in a dispatch.
type FaultKind int

// The kinds of faults.
const (
	// FaultAddress: a thread read or wrote outside the buffers bound for it, or wrote to a constant one.
	FaultAddress FaultKind = iota + 1
	// FaultCanary: bytes between the end of a buffer and its guard page changed: an overrun of less than 16 bytes.
	FaultCanary
	// FaultBarrier: a threadgroup_barrier or simdgroup_barrier that not all threads reached, or not at the same place.
	FaultBarrier
	// FaultSIMD: a simd_*, quad_* or simdgroup_matrix call that not all lanes of the simdgroup reached.
	FaultSIMD
	// FaultTimeout: the dispatch ran longer than the executor's limit: an endless loop, or a wait for another thread.
	FaultTimeout
	// FaultStack: a thread used more private memory than it has.
	FaultStack
	// FaultArithmetic: an integer division by zero.
	FaultArithmetic
	// FaultSanitizer: the sanitizer build found something; Detail holds its report.
	FaultSanitizer
	// FaultDied: the child ended without a word: killed, or out of memory.
	FaultDied
)

func (k FaultKind) String() string {
	names := [...]string{"", "invalid address", "overrun buffer", "divergent barrier", "divergent simd call", "timeout", "private memory overflow", "integer division by zero", "sanitizer report", "program died"}
	if k < 1 || int(k) >= len(names) {
		return fmt.Sprintf("fault %d", int(k))
	}
	return names[k]
}

// FaultError is the end of a dispatch that went wrong. What the dispatch had written until then stays written.
type FaultError struct {
	Kind     FaultKind
	Kernel   string // function name
	Label    string // the dispatch's label
	Dispatch int    // index in the slice given to Run
	Origin   any    // the dispatch's

	HasThread   bool      // whether Threadgroup, Thread and Simdgroup, Lane are known
	Threadgroup [3]uint32 // threadgroup_position_in_grid
	Thread      [3]uint32 // thread_position_in_threadgroup
	Simdgroup   uint32    // simdgroup_index_in_threadgroup
	Lane        uint32    // thread_index_in_simdgroup

	// Of address faults and overruns: the index in the buffer argument table, or -1; the index of dynamic threadgroup memory,
	// or -1; the name of the threadgroup variable, or empty; the byte offset from the start of what was bound, negative
	// before it; its bytes; whether it was a write.
	Buffer           int
	ThreadgroupIndex int
	Variable         string
	Offset           int64
	Length           int64
	Write            bool
	Address          uint64 // in the child

	// Of barriers and simd_* calls: the function; the line of the MSL source; the line of the call where another lane was,
	// 0 if it had returned; of calls of a simdgroup, the lanes that were there and those that were not, a bit each.
	Function     string
	Line         int
	OtherLine    int
	LanesThere   uint32
	LanesMissing uint32

	Detail string // the whole text of the child or the sanitizer
}

func (e *FaultError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v in kernel %q", e.Kind, e.Kernel)
	if e.Label != "" {
		fmt.Fprintf(&b, " (%s)", e.Label)
	}
	if e.HasThread {
		fmt.Fprintf(&b, ", thread (%d, %d, %d) of threadgroup (%d, %d, %d)", e.Thread[0], e.Thread[1], e.Thread[2], e.Threadgroup[0], e.Threadgroup[1], e.Threadgroup[2])
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	return b.String()
}
