//go:build linux && (amd64 || arm64)

package stress

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// dispatches is how many TestSoak makes: TQMETAL_SOAK, which make soak sets.
func dispatches(t *testing.T) int {
	t.Helper()
	text := os.Getenv("TQMETAL_SOAK")
	if text == "" {
		return 2000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1000 {
		t.Fatalf("TQMETAL_SOAK is %q, must be a number of dispatches of at least 1000", text)
	}
	return n
}

// killEvery is how often the child is killed in the second half.
const killEvery = 100

// A long run holds no more than a short one. In the first half one child lives
// through all dispatches; in the second it is killed again and again.
func TestSoak(t *testing.T) {
	n := dispatches(t)
	runtime.GC()
	first := measure(t)
	soft, err := softmetal.New(softmetal.Options{Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer soft.Close()
	s := newSoak(t, soft)
	began := time.Now()
	for _, half := range []struct {
		name string
		kill bool
	}{{"one child", false}, {"killed every hundredth", true}} {
		var base usage
		failed := 0
		for i := range n / 2 {
			kill := half.kill && i%killEvery == killEvery-1
			if kill {
				failed++
			}
			s.step(kill)
			if t.Failed() {
				t.Fatalf("%s, dispatch %d", half.name, i)
			}
			switch {
			case i == n/2/10: // what is made once is there
				base = measure(t)
				t.Logf("%s, %7d: %v", half.name, i+1, base)
			case i > n/2/10 && (i+1)%(n/2/10) == 0:
				now := measure(t)
				t.Logf("%s, %7d: %v (%.0f us each)", half.name, i+1, now, float64(time.Since(began).Microseconds())/float64(s.steps))
				s.compare(base, now)
			}
		}
		t.Logf("%s: %d dispatches, of which %d failed by the kill and no other", half.name, n/2, failed)
	}
	s.end()
	if live := soft.Live(); len(live) != 0 {
		t.Errorf("%d objects are held: %v", len(live), live)
	}
	if err := soft.Close(); err != nil {
		t.Error(err)
	}
	last := measure(t)
	for deadline := time.Now().Add(5 * time.Second); last.goroutines > first.goroutines && time.Now().Before(deadline); last = measure(t) {
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("at the end: %v", last)
	if last.files > first.files || last.goroutines > first.goroutines || len(last.children) > len(first.children) {
		t.Errorf("before: %v", first)
	}
}

// A soak is what a step uses.
type soak struct {
	*testing.T
	soft     *softmetal.Device
	device   *mtl.Device
	queue    *mtl.CommandQueue
	pipeline *mtl.ComputePipelineState
	x        *mtl.Buffer
	values   []float32
	ledger   *mtl.Ledger
	steps    int
}

func newSoak(t *testing.T, soft *softmetal.Device) *soak {
	t.Helper()
	s := &soak{T: t, soft: soft}
	fw, err := mtl.Load(soft)
	s.must(err)
	s.ledger = fw.TrackObjects()
	s.device, err = fw.CreateSystemDefaultDevice()
	s.must(err)
	s.queue, err = s.device.NewCommandQueue()
	s.must(err)
	library, err := s.device.NewLibraryWithSource(addSource, mtl.CompileOptions{})
	s.must(err)
	defer library.Release()
	function, err := library.NewFunction("add")
	s.must(err)
	defer function.Release()
	s.pipeline, err = s.device.NewComputePipelineState(function)
	s.must(err)
	s.x, err = s.device.NewBuffer(4*count, 0)
	s.must(err)
	s.values, err = floats(s.x)
	s.must(err)
	return s
}

func (s *soak) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// step makes one small dispatch, which adds 1 to x, and copies what comes out to
// a buffer of its own. With kill the child is killed once it has the dispatch,
// and nothing is added.
func (s *soak) step(kill bool) {
	s.Helper()
	s.steps++
	before := s.values[0]
	if before > 1<<20 { // float32 counts on exactly to 2^24
		clear(s.values)
		before = 0
	}
	y, err := s.device.NewBuffer(16, 0)
	s.must(err)
	defer y.Release()
	if kill {
		s.must(s.soft.Fail(softmetal.Fault{Selector: "commit", Kill: true}))
	}
	work, err := s.queue.Encode(func(cb *mtl.CommandBuffer) error {
		if err := cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(s.pipeline)
			enc.SetBuffer(s.x, 0, 0)
			enc.DispatchThreads(mtl.Size{Width: 1, Height: 1, Depth: 1}, mtl.Size{Width: 1, Height: 1, Depth: 1})
			return nil
		}); err != nil {
			return err
		}
		return cb.Blit(func(enc *mtl.BlitCommandEncoder) error {
			enc.Copy(mtl.BufferRange{Buffer: s.x}, mtl.BufferRange{Buffer: y, Offset: 8}, 8)
			return nil
		})
	})
	s.must(err)
	defer work.Release()
	err = work.Wait(context.Background())
	copied, sliceErr := floats(y)
	s.must(sliceErr)
	if kill {
		if !errors.Is(err, mtl.ErrExecution) || !errors.Is(err, mtl.CommandBufferErrorInternal) {
			s.Errorf("the child was killed, and the error is %v", err)
		}
		if left := s.soft.TakeFaults(); len(left) > 0 || s.values[0] != before || copied[2] != 0 {
			s.Errorf("the child was killed, and x went from %v to %v, copied %v; left %v", before, s.values[0], copied[2], left)
		}
		return
	}
	if err != nil || s.values[0] != before+1 || copied[2] != before+1 {
		s.Errorf("x went from %v to %v, copied %v: %v", before, s.values[0], copied[2], err)
	}
}

// compare fails the test where more is held than in the beginning.
func (s *soak) compare(base, now usage) {
	s.Helper()
	const mib = 1 << 20
	for _, c := range []struct {
		what        string
		base, now   int64
		mayGrow     int64
		denominator float64
	}{
		{"MiB of the Go heap", base.heap, now.heap, mib, mib},
		// The collector's own pace moves what is resident by some MiB.
		{"resident MiB of the parent", base.rss, now.rss, 24 * mib, mib},
		{"resident MiB of the children", base.childRSS, now.childRSS, 4 * mib, mib},
		{"files", int64(base.files), int64(now.files), 4, 1}, // a child comes with its pipes
		{"goroutines", int64(base.goroutines), int64(now.goroutines), 4, 1},
		{"children", int64(len(base.children)), int64(len(now.children)), 1, 1},
		{"objects", 4, int64(len(s.ledger.Live())), 0, 1},
		{"objects of Metal", 4, int64(len(s.soft.Live())), 0, 1},
	} {
		if c.now > c.base+c.mayGrow {
			s.Errorf("%.2f %s, %.2f at first", float64(c.now)/c.denominator, c.what, float64(c.base)/c.denominator)
		}
	}
	for _, r := range s.soft.Reports() {
		s.Error(r)
	}
}

func (s *soak) end() {
	s.Helper()
	s.x.Release()
	s.pipeline.Release()
	s.queue.Release()
	s.device.Release()
	if live := s.ledger.Live(); len(live) > 0 {
		s.Errorf("live: %q", live)
	}
}
