//go:build linux && (amd64 || arm64)

package stress

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/mtl/softmetal"
)

// A lane is what one goroutine has of Metal 4: allocators, which it uses in turn.
type lane struct {
	*rig
	random     *rand.Rand
	queues     []*mtl.CommandQueue4
	sharedSet  *mtl.ResidencySet
	table      *mtl.ArgumentTable // which all goroutines set, and nobody changes
	own        *mtl.Buffer
	added      int // to own
	allocators []*mtl.CommandAllocator
}

var onlyDispatches = mtl.StageDispatch

// step adds 1 to the goroutine's own buffer, unless it makes a queue, which nothing
// orders with the others; to one that lives no longer than the work, twice; and to one
// that all share. All that it makes goes as soon as it is encoded,
// in any order.
func (l *lane) step() (work *mtl.Submission4, err error) {
	var made []releaser
	defer func() {
		l.random.Shuffle(len(made), func(i, j int) { made[i], made[j] = made[j], made[i] })
		for _, o := range made {
			o.Release()
		}
	}()
	var short *mtl.Buffer
	var set *mtl.ResidencySet
	var table *mtl.ArgumentTable
	queue := l.queues[l.random.IntN(len(l.queues))]
	if short, err = l.device.NewBuffer(4*count, 0); err != nil {
		return nil, err
	}
	made = append(made, short)
	if set, err = l.device.NewResidencySet(mtl.ResidencySetDescriptor{}); err != nil {
		return nil, err
	}
	made = append(made, set)
	if table, err = l.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 1}); err != nil {
		return nil, err
	}
	made = append(made, table)
	if err := errors.Join(set.Add(short), set.Commit(), table.SetBuffer(short, 0, 0)); err != nil {
		return nil, err
	}
	allocator, err := l.allocator()
	if err != nil {
		return nil, err
	}
	own := l.own
	if l.random.IntN(4) == 0 {
		own = short
		event, err := l.device.NewEvent()
		if err != nil {
			return nil, err
		}
		made = append(made, event)
		if queue, err = l.device.NewCommandQueue4(mtl.CommandQueue4Descriptor{}); err != nil {
			return nil, err
		}
		made = append(made, queue)
		defer func() {
			if err == nil {
				err = queue.SignalEvent(event, 1)
			}
		}()
	}
	if own == l.own {
		l.added++
	}
	threads, group := mtl.Size{Width: count, Height: 1, Depth: 1}, mtl.Size{Width: 32, Height: 1, Depth: 1}
	return queue.Encode(allocator, func(cb *mtl.CommandBuffer4) error {
		if err := cb.UseResidencySets(set, l.sharedSet); err != nil {
			return err
		}
		return cb.Compute(func(enc *mtl.ComputeCommandEncoder4) error {
			enc.BarrierAfterQueueStages(onlyDispatches, onlyDispatches, mtl.VisibilityOptionDevice)
			enc.SetComputePipelineState(l.pipeline)
			enc.SetArgumentTable(l.table)
			enc.DispatchThreads(threads, group)
			enc.SetArgumentTable(table)
			enc.DispatchThreads(threads, group)
			if err := table.SetBuffer(own, 0, 0); err != nil {
				return err
			}
			enc.DispatchThreads(threads, group)
			enc.BarrierAfterEncoderStages(onlyDispatches, onlyDispatches, mtl.VisibilityOptionDevice)
			if err := table.SetBuffer(short, 0, 0); err != nil {
				return err
			}
			enc.DispatchThreads(threads, group)
			return nil
		})
	})
}

// allocator returns one whose work is done, or a new one, and now and then gives one up
// whose work may be under way.
func (l *lane) allocator() (*mtl.CommandAllocator, error) {
	if n := len(l.allocators); n > 0 && l.random.IntN(8) == 0 {
		l.allocators[n-1].Release()
		l.allocators = l.allocators[:n-1]
	}
	for _, a := range l.allocators {
		switch err := a.Reset(); {
		case err == nil:
			return a, nil
		case !errors.Is(err, mtl.ErrInUse):
			return nil, err
		case l.random.IntN(2) == 0:
			return a, nil // what is under way stays where it is
		}
	}
	a, err := l.device.NewCommandAllocator(mtl.CommandAllocatorDescriptor{})
	if err == nil {
		l.allocators = append(l.allocators, a)
	}
	return a, err
}

// Goroutines share queues and a table of Metal 4; whatever they release, and when, no
// object goes too early, and none stays.
func TestMetal4GoroutinesQueuesAndAllocators(t *testing.T) {
	for _, order := range []softmetal.Order{{}, {Sequence: softmetal.Shuffled, Seed: 7}} {
		t.Run(order.String(), func(t *testing.T) {
			r := newRig(t, softmetal.Options{MacOS: "26.0", Order: order})
			const goroutines, each = 8, 20
			shared := make([]*mtl.Buffer, 3)
			var own []*mtl.Buffer
			set := keep[*mtl.ResidencySet](r)(r.device.NewResidencySet(mtl.ResidencySetDescriptor{}))
			for range goroutines {
				own = append(own, keep[*mtl.Buffer](r)(r.device.NewBuffer(4*count, 0)))
				r.must(set.Add(own[len(own)-1]))
			}
			queues := []*mtl.CommandQueue4{
				keep[*mtl.CommandQueue4](r)(r.device.NewCommandQueue4(mtl.CommandQueue4Descriptor{})),
				keep[*mtl.CommandQueue4](r)(r.device.NewCommandQueue4(mtl.CommandQueue4Descriptor{})),
			}
			table := keep[*mtl.ArgumentTable](r)(r.device.NewArgumentTable(mtl.ArgumentTableDescriptor{MaxBufferBindCount: 1}))
			for i := range shared { // the table has the last one, which queues race for
				shared[i] = keep[*mtl.Buffer](r)(r.device.NewBuffer(4*count, 0))
				r.must(errors.Join(set.Add(shared[i]), table.SetBuffer(shared[i], 0, 0)))
			}
			r.must(set.Commit())
			r.held0 = len(r.ledger.Live())
			added := make([]int, goroutines)
			var group sync.WaitGroup
			for i := range goroutines {
				group.Go(func() {
					l := &lane{rig: r, random: rand.New(rand.NewPCG(uint64(i), 4)), queues: queues[i%2 : i%2+1], sharedSet: set, table: table, own: own[i]}
					var all []*mtl.Submission4
					for n := range each {
						work, err := l.step()
						if err != nil {
							t.Error(err)
							return
						}
						all = append(all, work)
						if n%5 == 4 {
							for _, work := range all {
								if err := work.Wait(context.Background()); err != nil {
									t.Error(err)
								}
							}
							all = nil
						}
					}
					for _, a := range l.allocators {
						a.Release()
					}
					added[i] = l.added
				})
			}
			group.Wait()
			for i, b := range own {
				values, err := floats(b)
				r.must(err)
				for at, got := range values {
					if got != float32(added[i]) || added[i] == 0 {
						t.Errorf("buffer of goroutine %d: element %d is %v, want %d", i, at, got, added[i])
						break
					}
				}
			}
			r.soft.Live() // waits for what is under way
			r.settled("the queues")
		})
	}
}
