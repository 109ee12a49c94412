package softmetal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// A recorder is a backend that has memory and notes what it is told to run.
type recorder struct {
	memoryOnly
	mu   sync.Mutex
	runs [][]mslrun.Dispatch
	fail error
	hold chan struct{} // run waits for it to be closed, if it is not nil
	full bool          // there is no memory left
}

func (r *recorder) allocate(n int) (int64, []byte, error) {
	if r.full {
		return 0, nil, errors.New("out of memory")
	}
	return r.memoryOnly.allocate(n)
}

func (r *recorder) run(_ context.Context, d []mslrun.Dispatch, _ mslrun.Order) error {
	if r.hold != nil {
		<-r.hold
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs = append(r.runs, d)
	return r.fail
}

func newRecorded(t *testing.T) (*hand, *recorder) {
	h := newHand(t, Options{})
	r := new(recorder)
	if err := h.backend.close(); err != nil {
		t.Fatal(err)
	}
	h.backend = r
	return h, r
}

func TestStatusGoesFromNotEnqueuedToCompleted(t *testing.T) {
	h, back := newRecorded(t)
	back.hold = make(chan struct{})
	e, cb := h.encoder(0)
	h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
	h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
	h.send(e, "endEncoding")
	want := func(status uintptr) {
		t.Helper()
		if got := h.send(cb, "status"); got != status {
			t.Errorf("status %d, want %d", got, status)
		}
	}
	want(statusNotEnqueued)
	h.send(cb, "enqueue")
	want(statusEnqueued)
	h.send(cb, "commit")
	h.send(cb, "waitUntilScheduled")
	want(statusScheduled)
	close(back.hold)
	h.send(cb, "waitUntilCompleted")
	want(statusCompleted)
	if h.send(cb, "error") != 0 {
		t.Error("there is an error")
	}
	h.drain(t)
}

func TestQueueRunsInTheOrderOfEnqueues(t *testing.T) {
	h, _ := newRecorded(t)
	q, b := h.queue(), h.buffer(4)
	fill := func(value int) objc.ID {
		cb := h.id(q, "commandBuffer")
		e := h.id(cb, "blitCommandEncoder")
		h.send(e, "fillBuffer:range:value:", b, span{0, 4}, value)
		h.send(e, "endEncoding")
		return cb
	}
	first, second, third := fill(1), fill(2), fill(3)
	h.send(first, "enqueue")
	h.send(second, "commit") // waits for first, which took its place before
	if got := h.send(second, "status"); got != statusCommitted {
		t.Errorf("status %d before the first is committed, want %d", got, statusCommitted)
	}
	h.send(first, "commit")
	h.send(second, "waitUntilCompleted")
	if got := h.contents(b)[0]; got != 2 {
		t.Errorf("the second did not run last: %d", got)
	}
	h.finish(third)
	if got := h.contents(b)[0]; got != 3 {
		t.Errorf("the third did not run: %d", got)
	}
	h.drain(t)
}

func TestFullQueueWaitsForCommittedWork(t *testing.T) {
	h, back := newRecorded(t)
	back.hold = make(chan struct{})
	q := h.pooled(h.id(h.device(), "newCommandQueueWithMaxCommandBufferCount:", 1))
	cb := h.id(q, "commandBuffer")
	e := h.id(cb, "computeCommandEncoder")
	h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
	h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
	h.send(e, "endEncoding")
	h.send(cb, "commit")
	go close(back.hold)
	if h.send(q, "commandBuffer") == 0 {
		t.Error("no command buffer")
	}
	if got := h.send(cb, "status"); got != statusCompleted {
		t.Errorf("a second command buffer was handed out while the first has status %d", got)
	}
	h.drain(t)
}

func TestBrokenRuleFailsItsCommandBufferWithAnErrorThatNamesIt(t *testing.T) {
	h, back := newRecorded(t)
	b := h.buffer(16)
	e, cb := h.encoder(0)
	h.send(e, "setBuffer:offset:atIndex:", b, 0, 99)
	h.send(e, "endEncoding")
	if got := h.finish(cb); got != statusError {
		t.Errorf("status %d, want %d", got, statusError)
	}
	err := h.id(cb, "error")
	if got := h.text(h.id(err, "domain")); got != ErrorDomain {
		t.Errorf("domain %q", got)
	}
	if got := Rule(h.send(err, "code")); got != RuleIndex {
		t.Errorf("code %d, want %d", got, RuleIndex)
	}
	text := h.text(h.id(err, "localizedDescription"))
	for _, part := range []string{"setBuffer:offset:atIndex:", "[index]", "99", "a Mac ends the process"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not say %q", text, part)
		}
	}
	if len(back.runs) != 0 {
		t.Error("it ran all the same")
	}
}

func TestAfterABrokenRuleNoCommandBufferRunsUntilReportsAreTaken(t *testing.T) {
	h, _ := newRecorded(t)
	q, b := h.queue(), h.buffer(4)
	fill := func(value int) int {
		cb := h.id(q, "commandBuffer")
		e := h.id(cb, "blitCommandEncoder")
		h.send(e, "fillBuffer:range:value:", b, span{0, 4}, value)
		h.send(e, "endEncoding")
		return h.finish(cb)
	}
	h.send(b, "noSuchMethod")
	if got := fill(1); got != statusError || h.contents(b)[0] != 0 {
		t.Errorf("status %d, contents %d; want %d and nothing done", got, h.contents(b)[0], statusError)
	}
	if r := h.TakeReports(); len(r) != 1 || !errors.Is(r[0], RuleUnknownSelector) {
		t.Errorf("reports: %v", r)
	}
	if got := fill(2); got != statusCompleted || h.contents(b)[0] != 2 {
		t.Errorf("status %d, contents %d after the reports were taken", got, h.contents(b)[0])
	}
}

func TestRuleThatAMacSurvivesStopsNothing(t *testing.T) {
	h, _ := newRecorded(t)
	device, cb := h.device(), h.commandBuffer()
	var done sync.WaitGroup
	done.Go(func() { h.send(device, "name") }) // never on the thread that the test is locked to, which has a pool
	done.Wait()
	if r := h.Reports(); len(r) != 1 || r[0].Rule != RuleNoPool {
		t.Fatalf("reports: %v", r)
	}
	if got := h.finish(cb); got != statusCompleted {
		t.Errorf("status %d", got)
	}
}

func TestErrorParameterNamesTheBrokenRule(t *testing.T) {
	h := newHand(t, Options{})
	var err objc.ID
	lib := h.send(h.device(), "newLibraryWithSource:options:error:", h.string("x"), h.queue(), &err)
	if lib != 0 || err == 0 {
		t.Fatalf("library %#x, error %#x; want nil and an error", lib, err)
	}
	if got := Rule(h.send(err, "code")); got != RuleArgumentClass {
		t.Errorf("code %d, want %d: %s", got, RuleArgumentClass, h.text(h.id(err, "localizedDescription")))
	}
}

func TestFaultOfAKernelFailsItsCommandBufferAlone(t *testing.T) {
	for _, test := range []struct {
		kind mslrun.FaultKind
		code int64
	}{
		{mslrun.FaultAddress, commandBufferPageFault}, {mslrun.FaultCanary, commandBufferPageFault},
		{mslrun.FaultTimeout, commandBufferTimeout}, {mslrun.FaultStack, commandBufferStackOverflow},
		{mslrun.FaultBarrier, commandBufferInternal}, {mslrun.FaultDied, commandBufferInternal},
	} {
		h, back := newRecorded(t)
		q, p := h.queue(), h.pipeline("k", 0)
		run := func() (objc.ID, int) {
			cb := h.id(q, "commandBuffer")
			e := h.id(cb, "computeCommandEncoder")
			h.send(e, "setComputePipelineState:", p)
			h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
			h.send(e, "endEncoding")
			return cb, h.finish(cb)
		}
		back.fail = &mslrun.FaultError{Kind: test.kind, Kernel: "k"}
		cb, status := run()
		err := h.id(cb, "error")
		if code := int64(h.send(err, "code")); status != statusError || code != test.code {
			t.Errorf("%v: status %d, code %d; want %d and %d", test.kind, status, code, statusError, test.code)
		}
		if got := h.text(h.id(err, "domain")); got != commandBufferErrorDomain {
			t.Errorf("%v: domain %q", test.kind, got)
		}
		back.fail = nil
		if _, status := run(); status != statusCompleted {
			t.Errorf("%v: the next has status %d", test.kind, status)
		}
		h.drain(t)
	}
}

func TestNoMemoryIsNilAndBreaksNoRule(t *testing.T) {
	h, back := newRecorded(t)
	back.full = true
	if b := h.send(h.device(), "newBufferWithLength:options:", 16, 0); b != 0 {
		t.Errorf("got %#x, want nil", b)
	}
	h.drain(t)
}

func TestCommandBufferKeepsWhatItUses(t *testing.T) {
	h, back := newRecorded(t)
	pool := h.function("objc_autoreleasePoolPush")
	e, cb := h.encoder(0)
	b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
	p := h.pipeline("k", 0, floats("x", 0))
	h.send(e, "setComputePipelineState:", p)
	h.send(e, "setBuffer:offset:atIndex:", b, 0, 0)
	h.send(b, "release")
	h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
	h.send(e, "endEncoding")
	h.send(cb, "retain")
	h.function("objc_autoreleasePoolPop", pool)
	if h.find(b) == nil || h.find(p) == nil {
		t.Fatal("the buffer or the pipeline went before the command buffer ran")
	}
	if got := h.finish(cb); got != statusCompleted || len(back.runs) != 1 {
		t.Errorf("status %d, %d runs", got, len(back.runs))
	}
	if h.find(b) != nil || h.find(p) != nil {
		t.Error("the command buffer keeps what it does not need any more")
	}
	h.send(cb, "release")
	h.drain(t)
}

func TestBlitsWorkInOrder(t *testing.T) {
	h := newHand(t, Options{})
	a, b := h.buffer(32), h.pooled(h.id(h.device(), "newBufferWithLength:options:", 32, 2<<4))
	copy(h.contents(a), "0123456789abcdefghijklmnopqrstuv")
	if got := h.send(b, "contents"); got != 0 {
		t.Errorf("private memory has contents at %#x", got)
	}
	e, cb := h.blit()
	h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", a, 8, b, 0, 16)
	h.send(e, "fillBuffer:range:value:", a, span{4, 8}, int('-'))
	h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", b, 4, a, 28, 4)
	h.send(e, "endEncoding")
	if string(h.contents(a)) != "0123456789abcdefghijklmnopqrstuv" {
		t.Error("a blit ran before the commit")
	}
	if got := h.finish(cb); got != statusCompleted {
		t.Fatalf("status %d: %v", got, h.Reports())
	}
	if got, want := string(h.contents(a)), "0123--------cdefghijklmnopqrcdef"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	h.drain(t)
}

func TestNoCopyMemoryIsTheCallers(t *testing.T) {
	h := newHand(t, Options{})
	m := pages(h, 1)
	b := h.pooled(h.id(h.device(), "newBufferWithBytesNoCopy:length:options:deallocator:", m, len(m), 0, 0))
	if got := h.send(b, "contents"); got != addressOf(m) {
		t.Errorf("contents at %#x, want the caller's memory at %#x", got, addressOf(m))
	}
	m[0] = 7 // written after the buffer was made, and seen by the work all the same
	e, cb := h.blit()
	h.send(e, "copyFromBuffer:sourceOffset:toBuffer:destinationOffset:size:", b, 0, b, 4, 4)
	h.send(e, "endEncoding")
	if got := h.finish(cb); got != statusCompleted || m[4] != 7 {
		t.Errorf("status %d, byte 4 is %d, want 7: %v", got, m[4], h.Reports())
	}
	h.drain(t)
}

func TestBufferIsZeroedAndTakesBytes(t *testing.T) {
	h := newHand(t, Options{})
	for range 3 { // memory that was used before, too
		pool := h.function("objc_autoreleasePoolPush")
		b := h.contents(h.buffer(100))
		if !bytes.Equal(b, make([]byte, 100)) {
			t.Error("not zeroed")
		}
		for i := range b {
			b[i] = 0xee
		}
		h.function("objc_autoreleasePoolPop", pool)
	}
	b := h.pooled(h.id(h.device(), "newBufferWithBytes:length:options:", []byte("metal"), 5, 0))
	if got := string(h.contents(b)); got != "metal" {
		t.Errorf("got %q", got)
	}
	if got := h.send(h.device(), "currentAllocatedSize"); got != 5 {
		t.Errorf("%d bytes are allocated, want 5", got)
	}
	h.drain(t)
}

// A barrier orders what it names on a concurrent encoder, and no more; a serial
// encoder orders everything.
func TestBarriersOrderWhatTheyName(t *testing.T) {
	type step struct {
		uses    string // buffers a, b, c that a dispatch writes
		barrier string // or: buffers that a barrier names; "*" is all
	}
	for _, test := range []struct {
		name       string
		concurrent int
		steps      []step
		want       string // of each dispatch: | for a barrier, the indices of those it comes after
	}{
		{"serial", 0, []step{{uses: "a"}, {uses: "b"}, {uses: "a"}}, "[| | |]"},
		{"concurrent without barriers", 1, []step{{uses: "a"}, {uses: "a"}, {uses: "b"}}, "[- - -]"},
		{"scope", 1, []step{{uses: "a"}, {barrier: "*"}, {uses: "b"}, {uses: "a"}}, "[- | -]"},
		{"a scope without buffers", 1, []step{{uses: "a"}, {barrier: "textures"}, {uses: "a"}}, "[- -]"},
		{"resources", 1, []step{{uses: "a"}, {uses: "b"}, {barrier: "a"}, {uses: "a"}, {uses: "b"}, {uses: "ab"}}, "[- - 0 - 0]"},
		{"two resources", 1, []step{{uses: "a"}, {uses: "b"}, {uses: "c"}, {barrier: "ab"}, {uses: "abc"}}, "[- - - 01]"},
		{"a barrier before the first use", 1, []step{{barrier: "a"}, {uses: "a"}, {uses: "a"}}, "[- -]"},
		{"two barriers", 1, []step{{uses: "a"}, {barrier: "a"}, {uses: "ab"}, {barrier: "b"}, {uses: "b"}, {uses: "a"}}, "[- 0 1 0]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, back := newRecorded(t)
			buffers := map[rune]objc.ID{'a': h.buffer(4), 'b': h.buffer(4), 'c': h.buffer(4)}
			e, cb := h.encoder(test.concurrent)
			for _, s := range test.steps {
				switch {
				case s.barrier == "*":
					h.send(e, "memoryBarrierWithScope:", barrierBuffers)
				case s.barrier == "textures":
					h.send(e, "memoryBarrierWithScope:", 2)
				case s.barrier != "":
					var ids []objc.ID
					for _, name := range s.barrier {
						ids = append(ids, buffers[name])
					}
					h.send(e, "memoryBarrierWithResources:count:", ids, len(ids))
				default:
					var parameters []mslrun.Argument
					for i, name := range s.uses {
						parameters = append(parameters, floats(string(name), i))
						h.send(e, "setBuffer:offset:atIndex:", buffers[name], 0, i)
					}
					h.send(e, "setComputePipelineState:", h.pipeline("k", 0, parameters...))
					h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1})
				}
			}
			h.send(e, "endEncoding")
			if got := h.finish(cb); got != statusCompleted {
				t.Fatalf("status %d: %v", got, h.Reports())
			}
			var got []string
			for _, d := range slices.Concat(back.runs...) {
				switch {
				case d.Barrier:
					got = append(got, "|")
				case len(d.After) > 0:
					got = append(got, strings.Trim(strings.ReplaceAll(fmt.Sprint(d.After), " ", ""), "[]"))
				default:
					got = append(got, "-")
				}
			}
			if fmt.Sprint(got) != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

// A dispatch has the arguments that were set when it was encoded.
func TestDispatchTakesTheArgumentsOfItsMoment(t *testing.T) {
	h, back := newRecorded(t)
	b := h.buffer(256)
	e, cb := h.encoder(0)
	h.send(e, "setLabel:", h.string("pass"))
	h.send(e, "setComputePipelineState:", h.pipeline("k", 0, floats("x", 2), floats("n", 3),
		mslrun.Argument{Name: "s", Index: 1, Kind: mslrun.ThreadgroupArgument}))
	h.send(e, "setBuffer:offset:atIndex:", b, 64, 2)
	n := []byte{1, 2, 3, 4}
	h.send(e, "setBytes:length:atIndex:", n, 4, 3)
	n[0] = 99 // setBytes has copied
	h.send(e, "setThreadgroupMemoryLength:atIndex:", 48, 1)
	h.send(e, "dispatchThreadgroups:threadsPerThreadgroup:", size{2, 3, 4}, size{8, 2, 1})
	h.send(e, "setBufferOffset:atIndex:", 128, 2)
	h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{100, 1, 1}, size{32, 1, 1})
	h.send(e, "endEncoding")
	if got := h.finish(cb); got != statusCompleted {
		t.Fatalf("status %d: %v", got, h.Reports())
	}
	d := back.runs[0]
	at := h.objects[b].payload.(*buffer).offset
	if d[0].Buffers[2].Offset != at+64 || d[0].Buffers[2].Length != 192 {
		t.Errorf("binding %+v", d[0].Buffers[2])
	}
	if d[1].Buffers[2].Offset != at+128 || d[1].Buffers[2].Length != 128 {
		t.Errorf("binding %+v after the offset changed", d[1].Buffers[2])
	}
	if !bytes.Equal(d[1].Buffers[3].Inline, []byte{1, 2, 3, 4}) {
		t.Errorf("bytes %v", d[1].Buffers[3].Inline)
	}
	if d[0].ThreadgroupMemory[1] != 48 || d[0].Label != "pass" {
		t.Errorf("%d bytes of threadgroup memory, label %q", d[0].ThreadgroupMemory[1], d[0].Label)
	}
	if d[0].Exact || d[0].Grid != (mslrun.Size{Width: 2, Height: 3, Depth: 4}) || d[0].Threadgroup != (mslrun.Size{Width: 8, Height: 2, Depth: 1}) {
		t.Errorf("grid %v of %v, exact %v", d[0].Grid, d[0].Threadgroup, d[0].Exact)
	}
	if !d[1].Exact || d[1].Grid.Width != 100 {
		t.Errorf("grid %v, exact %v", d[1].Grid, d[1].Exact)
	}
	h.drain(t)
}

// The grid of an indirect dispatch is what its buffer holds when it runs, after
// all that was encoded before.
func TestIndirectGridIsReadWhenItRuns(t *testing.T) {
	h, back := newRecorded(t)
	grid := h.buffer(16)
	e, cb := h.encoder(1)
	h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
	one := func() { h.send(e, "dispatchThreads:threadsPerThreadgroup:", size{1, 1, 1}, size{1, 1, 1}) }
	indirect := func() {
		h.send(e, "dispatchThreadgroupsWithIndirectBuffer:indirectBufferOffset:threadsPerThreadgroup:", grid, 4, size{8, 1, 1})
	}
	one()
	indirect()
	one()
	h.send(e, "endEncoding")
	copy(h.contents(grid)[4:], []byte{5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0})
	if got := h.finish(cb); got != statusCompleted {
		t.Fatalf("status %d: %v", got, h.Reports())
	}
	if len(back.runs) != 3 || back.runs[1][0].Grid != (mslrun.Size{Width: 5, Height: 6, Depth: 7}) {
		t.Errorf("ran %+v", back.runs)
	}
	for zero := range 3 {
		back.runs = nil
		copy(h.contents(grid)[4:], []byte{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0})
		h.contents(grid)[4+4*zero] = 0
		e, cb = h.encoder(1)
		h.send(e, "setComputePipelineState:", h.pipeline("k", 0))
		indirect()
		h.send(e, "endEncoding")
		if got := h.finish(cb); got != statusCompleted || len(back.runs) != 0 {
			t.Errorf("status %d, %d runs of a grid that is empty in dimension %d", got, len(back.runs), zero)
		}
	}
	h.drain(t)
}

func TestWorkAfterCloseFails(t *testing.T) {
	h := newHand(t, Options{})
	b := h.buffer(16)
	e, cb := h.blit()
	h.send(e, "fillBuffer:range:value:", b, span{0, 16}, 1)
	h.send(e, "endEncoding")
	_ = h.Close()
	if got := h.finish(cb); got != statusError { // the memory is not there any more
		t.Errorf("status %d, want %d", got, statusError)
	}
	if got := h.send(h.device(), "newBufferWithLength:options:", 16, 0); got != 0 {
		t.Errorf("a buffer %#x of a closed device", got)
	}
}

// A deallocator is what this device does not call, and it says so.
func TestWhatIsNotThereIsSaid(t *testing.T) {
	for name, do := range map[string]func(h *hand){
		"a deallocator": func(h *hand) {
			block := h.block(func(objc.BlockArguments) { t.Error("called") })
			h.send(h.device(), "newBufferWithBytesNoCopy:length:options:deallocator:", pages(h, 1), noCopyPage, 0, block)
			if n := h.blocks[block].refs; n != 1 {
				t.Errorf("%d references to the block, want the test's", n)
			}
		},
	} {
		h := newHand(t, Options{})
		do(h)
		if r := h.Reports(); len(r) != 1 || r[0].Rule != RuleNotImplemented {
			t.Errorf("%s: %v", name, r)
		}
	}
}

func TestNothingGrowsOverManyCommandBuffers(t *testing.T) {
	h := newHand(t, Options{})
	q, b := h.queue(), h.buffer(64)
	work := func(n int) {
		for range n {
			pool := h.function("objc_autoreleasePoolPush")
			cb := h.id(q, "commandBuffer")
			e := h.id(cb, "blitCommandEncoder")
			h.send(e, "fillBuffer:range:value:", b, span{0, 64}, 1)
			h.send(e, "endEncoding")
			h.finish(cb)
			h.function("objc_autoreleasePoolPop", pool)
			h.keep = nil
		}
	}
	count := func() string {
		h.idle()
		return fmt.Sprintf("%d objects, %d selectors, %d pools, %d messages under way", len(h.objects), len(h.selectors), len(h.pools), len(h.busy))
	}
	work(10)
	before, goroutines := count(), runtime.NumGoroutine()
	work(2000)
	if after := count(); after != before {
		t.Errorf("%s before, %s after", before, after)
	}
	for range 1000 { // a worker that has said that it is done may still be on its way out
		if runtime.NumGoroutine() <= goroutines {
			break
		}
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines before, %d after", goroutines, n)
	}
	h.drain(t)
}
