package softmetal

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/objc"
)

func TestFaultThatMakesNoSenseIsAnError(t *testing.T) {
	h := newHand(t, Options{})
	closed := make(chan struct{})
	close(closed)
	for _, f := range []Fault{
		{Selector: "nonsense"},
		{Selector: "setLabel:"},
		{Selector: "length"},
		{Selector: "retain"},
		{Selector: "newCommandQueue", Class: "Nonsense"},
		{Selector: "objc_retain"},
		{Selector: "newCommandQueue", Count: -2},
		{Selector: "newCommandQueue", After: -1},
		{Selector: "newCommandQueue", MaxTotalThreadsPerThreadgroup: 32},
		{Selector: "newComputePipelineStateWithFunction:error:", MaxTotalThreadsPerThreadgroup: 1025},
		{Selector: "newComputePipelineStateWithFunction:error:", MaxTotalThreadsPerThreadgroup: -1},
		{Selector: "newCommandQueue", Kill: true},
		{Selector: "commit", Kill: true, Error: CommandBufferError(1)},
		{Selector: "MTLCreateSystemDefaultDevice", Hold: closed},
		{Selector: "MTLCreateSystemDefaultDevice", Class: "MTLDevice"},
	} {
		if err := h.Fail(f); err == nil {
			t.Errorf("%+v is planned", f)
		}
	}
	if left := h.TakeFaults(); len(left) != 0 {
		t.Errorf("planned all the same: %v", left)
	}
}

func TestFaultStrikesAsOftenAsItSays(t *testing.T) {
	for _, test := range []struct {
		name   string
		faults []Fault
		want   string // of eight messages newBufferWithLength:options:, x for nil
		left   int
	}{
		{"once", []Fault{{}}, "x.......", 0},
		{"after three", []Fault{{After: 3}}, "...x....", 0},
		{"twice after three", []Fault{{After: 3, Count: 2}}, "...xx...", 0},
		{"always", []Fault{{Count: Always}}, "xxxxxxxx", 0},
		{"too late", []Fault{{After: 8}}, "........", 1},
		{"not often enough", []Fault{{After: 7, Count: 2}}, ".......x", 1},
		{"two", []Fault{{After: 2}, {After: 4}}, "..x..x..", 0}, // what strikes is not counted by the second
		{"of the class", []Fault{{Class: "MTLDevice"}}, "x.......", 0},
		{"of another class", []Fault{{Class: "MTLHeap"}}, "........", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHand(t, Options{})
			device := h.device()
			for _, f := range test.faults {
				f.Selector = "newBufferWithLength:options:"
				if err := h.Fail(f); err != nil {
					t.Fatal(err)
				}
			}
			got := ""
			for range len(test.want) {
				if h.pooled(h.id(device, "newBufferWithLength:options:", 16, 0)) == 0 {
					got += "x"
				} else {
					got += "."
				}
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if left := h.TakeFaults(); len(left) != test.left {
				t.Errorf("left: %v, want %d", left, test.left)
			}
			h.drain(t)
		})
	}
}

func TestFaultOfAnyMessageStrikesOnlyWhatAnswersAnObject(t *testing.T) {
	h := newHand(t, Options{})
	device := h.device()
	b := h.buffer(16)
	var struck []string
	if err := h.Fail(Fault{Count: Always, Struck: func(m string) { struck = append(struck, m) }}); err != nil {
		t.Fatal(err)
	}
	if h.send(b, "retain") != uintptr(b) || h.send(b, "length") != 16 || h.send(b, "autorelease") != uintptr(b) || h.send(device, "supportsFamily:", 1007)&0xff != 1 {
		t.Error("a message failed that cannot")
	}
	if h.send(b, "contents") != 0 || h.send(device, "name") != 0 || h.send(h.class("NSString"), "alloc") != 0 || h.function("MTLCopyAllDevices") != 0 {
		t.Error("a message did not fail that can")
	}
	if got, want := strings.Join(struck, ", "), "SoftMetalBuffer contents, SoftMetalDevice name, NSString alloc, MTLCopyAllDevices"; got != want {
		t.Errorf("struck %s, want %s", got, want)
	}
	h.TakeFaults()
	h.drain(t)
}

func TestFaultGivesItsErrorAndReleasesWhatInitWasSentTo(t *testing.T) {
	h := newHand(t, Options{})
	want := objc.Error{Domain: "MTLLibraryErrorDomain", Code: 2, Description: "no space", FailureReason: "a full disk"}
	for _, f := range []Fault{{Selector: "newLibraryWithSource:options:error:", Error: &want}, {Selector: "initWithBytes:length:encoding:"}} {
		if err := h.Fail(f); err != nil {
			t.Fatal(err)
		}
	}
	if h.string("lost") != 0 { // drain sees whether the object of alloc is gone
		t.Error("the string is there")
	}
	var e objc.ID
	if l := h.send(h.device(), "newLibraryWithSource:options:error:", h.string("x"), 0, &e); l != 0 || e == 0 {
		t.Fatalf("library %#x, error %#x", l, e)
	}
	got := objc.Error{Domain: h.text(h.id(e, "domain")), Code: int64(h.send(e, "code")),
		Description: h.text(h.id(e, "localizedDescription")), FailureReason: h.text(h.id(e, "localizedFailureReason"))}
	if got != want {
		t.Errorf("error %+v, want %+v", got, want)
	}
	h.drain(t)
}

func TestCommandBufferFailsWithItsErrorAndNothingOfItRuns(t *testing.T) {
	h := newHand(t, Options{})
	b := h.buffer(16)
	run := func() (int, objc.ID) {
		e, cb := h.blit()
		h.send(e, "fillBuffer:range:value:", b, span{0, 16}, 7)
		h.send(e, "endEncoding")
		return h.finish(cb), h.id(cb, "error")
	}
	for _, want := range []*objc.Error{CommandBufferError(commandBufferOutOfMemory), CommandBufferError(99), nil} {
		if err := h.Fail(Fault{Selector: "commit", Error: want}); err != nil {
			t.Fatal(err)
		}
		status, e := run()
		if status != statusError || (e != 0) != (want != nil) {
			t.Errorf("status %d, error %#x; want %v", status, e, want)
		}
		if want != nil && (h.text(h.id(e, "domain")) != "MTLCommandBufferErrorDomain" || int64(h.send(e, "code")) != want.Code || h.text(h.id(e, "localizedDescription")) != want.Description) {
			t.Errorf("the error is not %v", want)
		}
		if h.contents(b)[0] != 0 {
			t.Error("its work ran")
		}
	}
	if status, _ := run(); status != statusCompleted || h.contents(b)[15] != 7 {
		t.Errorf("the next one has status %d", status)
	}
	h.drain(t)
}

func TestHeldCommandBufferRunsLater(t *testing.T) {
	h := newHand(t, Options{})
	hold := make(chan struct{})
	if err := h.Fail(Fault{Selector: "commit", Hold: hold}); err != nil {
		t.Fatal(err)
	}
	cb := h.commandBuffer()
	h.send(cb, "commit")
	time.Sleep(10 * time.Millisecond)
	if s := h.send(cb, "status"); s != statusCommitted && s != statusScheduled {
		t.Errorf("status %d while it is held", s)
	}
	close(hold)
	h.send(cb, "waitUntilCompleted")
	if s := h.send(cb, "status"); s != statusCompleted {
		t.Errorf("status %d, want completed", s)
	}
	h.drain(t)
}

func TestCloseNamesFaultsThatHaveNotStruck(t *testing.T) {
	h := newHand(t, Options{})
	if err := h.Fail(Fault{Selector: "newCommandQueue", Class: "MTLDevice", After: 2, Count: 3}); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err == nil || !strings.Contains(err.Error(), "MTLDevice newCommandQueue, 3 times after 2") {
		t.Errorf("Close says %v", err)
	}
}

// The last of several threads to wait in a circle finds that out; all others go
// on once it gives up.
func TestThreadsThatWaitForEachOtherAreReported(t *testing.T) {
	h := newHand(t, Options{})
	queue := func() objc.ID { return h.pooled(h.id(h.device(), "newCommandQueueWithMaxCommandBufferCount:", 1)) }
	a, b := queue(), queue()
	mine := h.id(a, "commandBuffer")
	owned, asked, done := make(chan struct{}), make(chan bool), make(chan struct{})
	go func() {
		defer close(done)
		other := &hand{Device: h.Device, t: t}
		runtime.LockOSThread() // its pool belongs to a thread
		defer runtime.UnlockOSThread()
		pool := other.function("objc_autoreleasePoolPush")
		theirs := other.id(b, "commandBuffer")
		close(owned)
		asked <- other.id(a, "commandBuffer") != 0 // waits for mine
		other.send(theirs, "commit")
		other.function("objc_autoreleasePoolPop", pool)
	}()
	<-owned
	for h.waits() == 0 {
		time.Sleep(time.Millisecond)
	}
	if cb := h.id(b, "commandBuffer"); cb != 0 {
		t.Error("a second command buffer of a queue of one")
	}
	if r := h.TakeReports(); len(r) != 1 || r[0].Rule != RuleCommandBufferLimit {
		t.Errorf("reports: %v", r)
	}
	h.send(mine, "commit")
	if !<-asked {
		t.Error("the other thread got none though mine was committed")
	}
	<-done
	h.TakeReports() // the other thread's second command buffer was never committed
}

// waits is how many threads wait for a queue.
func (h *hand) waits() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.waiting)
}

func TestMemoryThatIsNotGivenBackIsReported(t *testing.T) {
	h := newHand(t, Options{})
	if _, _, err := h.backend.allocate(16); err != nil {
		t.Fatal(err)
	}
	b := h.id(h.device(), "newBufferWithLength:options:", 16, 0)
	h.send(b, "release")
	if err := h.Close(); err == nil || !strings.Contains(err.Error(), "memory for 1 buffers and heaps, and 0 are alive") {
		t.Errorf("Close says %v", err)
	}
}
