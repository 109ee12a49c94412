//go:build linux && (amd64 || arm64)

package stress

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tqmetal/tqmetal/kernels"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// These run under the race detector in make race.

// encode adds 1 to each of the buffers, in one command buffer.
func (r *rig) encode(queue *mtl.CommandQueue, pipeline *mtl.ComputePipelineState, buffers ...*mtl.Buffer) (*mtl.Submission, error) {
	return queue.Encode(func(cb *mtl.CommandBuffer) error {
		return cb.Compute(mtl.DispatchTypeSerial, func(enc *mtl.ComputeCommandEncoder) error {
			enc.SetComputePipelineState(pipeline)
			for _, b := range buffers {
				enc.SetBuffer(b, 0, 0)
				enc.DispatchThreads(mtl.Size{Width: b.Length() / 4, Height: 1, Depth: 1}, mtl.Size{Width: 32, Height: 1, Depth: 1})
			}
			return enc.Err()
		})
	})
}

// Goroutines share queues, of which the small ones are full most of the time,
// and a buffer of each queue; each has a buffer of its own too.
func TestManyGoroutinesOnFewQueues(t *testing.T) {
	r := newRig(t)
	const goroutines, each = 12, 15
	var queues []*mtl.CommandQueue
	var shared []*mtl.Buffer
	for _, limit := range []int{1, 2, 64} {
		queues = append(queues, keep[*mtl.CommandQueue](r)(r.device.NewCommandQueueWithMaxCommandBufferCount(limit)))
		shared = append(shared, keep[*mtl.Buffer](r)(r.device.NewBuffer(4*count, 0)))
	}
	own := make([]*mtl.Buffer, goroutines)
	for i := range own {
		own[i] = keep[*mtl.Buffer](r)(r.device.NewBuffer(4*count, 0))
	}
	r.held0 = len(r.ledger.Live())
	var group sync.WaitGroup
	for i := range goroutines {
		group.Go(func() {
			queue := i % len(queues)
			for n := range each {
				work, err := r.encode(queues[queue], r.pipeline, own[i], shared[queue])
				if err != nil {
					t.Error(err)
					return
				}
				if n%3 == 0 { // work goes on without its submission
					if err := work.Wait(context.Background()); err != nil {
						t.Error(err)
					}
				}
				work.Release()
			}
		})
	}
	group.Wait()
	for _, q := range queues { // each runs its work in order
		work, err := r.encode(q, r.pipeline)
		r.must(err)
		r.must(work.Wait(t.Context()))
		work.Release()
	}
	check := func(what string, b *mtl.Buffer, want float32) {
		values, err := floats(b)
		r.must(err)
		for at, got := range values {
			if got != want {
				t.Errorf("%s: element %d is %v, want %v", what, at, got, want)
				return
			}
		}
	}
	for i, b := range own {
		check(fmt.Sprintf("buffer of goroutine %d", i), b, each)
	}
	for i, b := range shared {
		check(fmt.Sprintf("buffer of queue %d", i), b, goroutines/3*each)
	}
	r.settled("the queues")
}

// A slot is where goroutines find a buffer that others replace.
type slot struct{ buffer atomic.Pointer[mtl.Buffer] }

// Buffers are released while others encode and run: an encoder gets a buffer
// that is there until its work is done, or an error.
func TestBuffersReleasedWhileOthersEncode(t *testing.T) {
	r := newRig(t)
	slots := make([]slot, 3)
	renew := func(s *slot) {
		b, err := r.device.NewBuffer(4*count, 0)
		if err != nil {
			t.Error(err)
			return
		}
		s.buffer.Swap(b).Release()
	}
	for i := range slots {
		renew(&slots[i])
	}
	var done atomic.Bool
	var replacing, encoding sync.WaitGroup
	for range 2 {
		replacing.Go(func() {
			for i := 0; !done.Load(); i++ {
				renew(&slots[i%len(slots)])
			}
		})
	}
	// A label takes several messages, all of which need the buffer.
	var labelled atomic.Int64
	for i := range 2 {
		replacing.Go(func() {
			for n := i; !done.Load(); n++ {
				if err := slots[n%len(slots)].buffer.Load().SetLabel("busy"); err != nil && !errors.Is(err, mtl.ErrReleased) {
					t.Error(err)
					return
				}
				labelled.Add(1)
			}
		})
	}
	var worked, late atomic.Int64
	for i := range 4 {
		encoding.Go(func() {
			for n := range 40 {
				work, err := r.encode(r.queue, r.pipeline, slots[(i+n)%len(slots)].buffer.Load(), slots[n%len(slots)].buffer.Load())
				if errors.Is(err, mtl.ErrReleased) {
					late.Add(1)
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if err := work.Wait(context.Background()); err != nil {
					t.Error(err)
				}
				worked.Add(1)
				work.Release()
			}
		})
	}
	encoding.Wait()
	done.Store(true)
	replacing.Wait()
	for i := range slots {
		slots[i].buffer.Load().Release()
	}
	t.Logf("%d command buffers ran, %d came too late for their buffer, %d labels were set", worked.Load(), late.Load(), labelled.Load())
	if worked.Load() == 0 || labelled.Load() == 0 {
		t.Error("none ran")
	}
	r.settled("the buffers")
}

// Registries are asked by many and released by one: who asks gets the pipeline
// of the constants that it named, or is told that it came too late.
func TestRegistriesReleasedWhileOthersAsk(t *testing.T) {
	r := newRig(t)
	const values = 3
	var worked, late atomic.Int64
	for round := range 3 {
		registries := []*kernels.Registry{r.fresh(), r.fresh()}
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				x, err := r.device.NewBuffer(4*count, 0)
				if err != nil {
					t.Error(err)
					return
				}
				defer x.Release()
				sum := float32(0)
				for n := range 12 {
					by := float32((i+n)%values + 1)
					pipeline, err := registries[i%2].Pipeline(context.Background(), r.device, "add", mtl.FunctionConstant{Index: 0, Value: by})
					var work *mtl.Submission
					if err == nil {
						work, err = r.encode(r.queue, pipeline, x)
					}
					if errors.Is(err, mtl.ErrReleased) {
						late.Add(1)
						return
					}
					if err == nil {
						err = work.Wait(context.Background())
					}
					work.Release()
					got, sliceErr := floats(x)
					if err != nil || sliceErr != nil || got[count-1] != sum+by {
						t.Errorf("%v plus %v is %v: %v, %v", sum, by, got[count-1], err, sliceErr)
						return
					}
					sum += by
					worked.Add(1)
				}
			})
		}
		// While they compile, in the midst of the work, and near its end.
		for enough := worked.Load() + int64(30*round); worked.Load() < enough && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
		for _, registry := range registries {
			group.Go(registry.Release)
			group.Go(registry.Release)
		}
		group.Wait()
	}
	t.Logf("%d pipelines were used, %d goroutines came too late", worked.Load(), late.Load())
	r.settled("the registries")
}

// Submissions are waited for by several goroutines with contexts that end, and
// released by another.
func TestSubmissionsReleasedWhileOthersWait(t *testing.T) {
	r := newRig(t)
	for range 30 {
		work, err := r.encode(r.queue, r.pipeline, r.x)
		r.must(err)
		var group sync.WaitGroup
		for i := range 6 {
			group.Go(func() {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*200*time.Microsecond)
				defer cancel()
				err := work.Wait(ctx)
				if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, mtl.ErrReleased) {
					t.Error(err)
				}
			})
		}
		group.Go(work.Release)
		group.Wait()
	}
	work, err := r.encode(r.queue, r.pipeline)
	r.must(err)
	r.must(work.Wait(t.Context()))
	work.Release()
	x, err := floats(r.x)
	r.must(err)
	if x[0] != 30 {
		t.Errorf("x is %v after 30 additions", x[0])
	}
	// Whoever gave up waiting has left a goroutine that holds the submission until
	// Metal's wait returns.
	for deadline := time.Now().Add(5 * time.Second); len(r.soft.Live()) > r.held0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	r.settled("the submissions")
}

// Faults strike while goroutines work: all that does not fail is right, all that
// fails says why, and nothing is held at the end.
func TestFaultsUnderConcurrency(t *testing.T) {
	r := newRig(t)
	const seed = 1
	random := rand.New(rand.NewPCG(seed, 0))
	errorCode := softmetal.CommandBufferError(int(mtl.CommandBufferErrorOutOfMemory))
	var planned int
	for range 40 {
		f := []softmetal.Fault{
			{}, {Selector: "newBufferWithLength:options:"}, {Selector: "commandBuffer"}, {Selector: "commit", Error: errorCode},
			{Selector: "commit", Kill: true}, {Selector: "computeCommandEncoderWithDispatchType:"}, {Selector: "commit"},
		}[random.IntN(7)]
		f.After = random.IntN(60)
		r.must(r.soft.Fail(f))
		planned++
	}
	var failed, worked atomic.Int64
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			for range 25 {
				err := func() error {
					x, err := r.device.NewBuffer(4*count, 0)
					if err != nil {
						return err
					}
					defer x.Release()
					work, err := r.encode(r.queue, r.pipeline, x, x)
					if err != nil {
						return err
					}
					defer work.Release()
					if err := work.Wait(context.Background()); err != nil {
						return err
					}
					got, err := floats(x)
					if err == nil && got[0] != 2 {
						err = errWrong
					}
					return err
				}()
				switch {
				case err == nil:
					worked.Add(1)
				case typed(err):
					failed.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	left := len(r.soft.TakeFaults())
	t.Logf("seed %d: %d faults, of which %d did not strike; %d command buffers worked, %d failed", seed, planned, left, worked.Load(), failed.Load())
	if worked.Load() == 0 || failed.Load() == 0 || int(failed.Load()) > planned-left {
		t.Error("faults and failures do not fit together")
	}
	r.settled("the faults")
}
