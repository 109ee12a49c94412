package cpu

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/tqsdpa/attention"
	"github.com/tqmetal/tqmetal/tqsdpa/codec"
)

// An Engine computes attention, encodes rows into a cache and decodes them.
// It keeps its working memory between calls: once a problem of the largest
// shape has run, further calls allocate nothing. It may be used from any
// goroutine; calls on one Engine take turns.
type Engine struct {
	mu      sync.Mutex
	threads int

	// The work of the call under way. Every thread takes items from next
	// until there are none.
	work    func(item int) // one of the prepared closures below
	items   int
	next    atomic.Int64
	running sync.WaitGroup
	ctx     context.Context
	stopped atomic.Bool

	// Closures are made once: making them per call would allocate.
	takeItems                                          func()
	attendSplit, combineHead, encodeRows, decodeRowsOf func(item int)

	problem
	rows rowsCall
}

// New returns an engine that uses that many threads at once, or GOMAXPROCS
// many when threads is 0. It returns a *attention.ParamError when threads is
// negative. An Engine holds no goroutine between calls and need not be closed.
func New(threads int) (*Engine, error) {
	if threads < 0 {
		return nil, &attention.ParamError{Field: "threads", Value: threads, Limit: "at least 0 (0: GOMAXPROCS)"}
	}
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	e := &Engine{threads: threads}
	e.takeItems = func() {
		defer e.running.Done()
		e.take()
	}
	e.attendSplit = e.attendOne
	e.combineHead = e.combineOne
	e.encodeRows = e.encodeOne
	e.decodeRowsOf = e.decodeOne
	return e, nil
}

// Threads returns how many threads the engine uses at once.
func (e *Engine) Threads() int { return e.threads }

// run calls work for the items 0 to n-1, in no particular order and on several
// threads, and returns the context's error if it ended meanwhile.
func (e *Engine) run(ctx context.Context, n int, work func(int)) error {
	if ctx == nil {
		return &attention.ParamError{Field: "ctx", Value: nil, Limit: "a context"}
	}
	e.ctx, e.work, e.items = ctx, work, n
	e.next.Store(0)
	e.stopped.Store(false)
	for range min(e.threads, n) - 1 {
		e.running.Add(1)
		go e.takeItems()
	}
	e.take()
	e.running.Wait()
	e.ctx, e.work = nil, nil
	if e.stopped.Load() {
		return context.Cause(ctx)
	}
	return nil
}

func (e *Engine) take() {
	for !e.cancelled() {
		item := int(e.next.Add(1)) - 1
		if item >= e.items {
			return
		}
		e.work(item)
	}
}

// cancelled looks at the context; work looks now and then, so that a long item
// ends too.
func (e *Engine) cancelled() bool {
	if e.stopped.Load() {
		return true
	}
	if e.ctx.Err() != nil {
		e.stopped.Store(true)
		return true
	}
	return false
}

// problem is what the threads of one Attend share.
type problem struct {
	params  attention.Params
	format  codec.Format
	tensors attention.Tensors

	dim, group, splits int
	first, end         int // the visible positions

	wide     []float64 // [dim]: one query on its way
	queries  []float32 // [heads][dim]: rotated where K is, scaled
	partials []partial // [heads][splits]
	sums     []float32 // [heads][splits][dim]: the partials' weighted sums of V
	scratch  []splitScratch
	outputs  []float32 // [heads][dim]: copied to the caller when all is done
}
