package softmetal

import (
	"context"
	"math/rand/v2"
	"slices"
)

// A recorded pass is what an encoder recorded, or an event, with what orders it
// among the others of its command buffer.
type recorded struct {
	pass
	ordered        bool             // it runs after all before it and before all after it
	uses           map[*object]bool // buffers
	updates, waits []*object        // fences
	stage          uint64           // MTLStages: what it does
	stages         uint64           // that it comes after, wherever they stand before
	before, behind []func()         // what is done at its beginning and at its end
	encoder        *encoderInfo     // nil of an event
}

func (r *recorded) run(ctx context.Context, b backend, order Order) error {
	for _, f := range r.before {
		f()
	}
	if err := r.pass.run(ctx, b, order); err != nil {
		return err
	}
	for _, f := range r.behind {
		f()
	}
	return nil
}

// An encoderInfo is what an error says about an encoder.
type encoderInfo struct {
	label     string
	signposts []string
	state     int64
}

// MTLCommandEncoderErrorState.
const (
	encoderCompleted = 1
	encoderAffected  = 2
	encoderPending   = 3
	encoderFaulted   = 4
)

// after reports whether a pass waits for an earlier one: both use samples, or
// a buffer that Metal tracks, or one waits for a fence that the other updates. What two passes
// do to a buffer that is not tracked is left to fences.
func (r *recorded) after(earlier *recorded) bool {
	if r.ordered || earlier.ordered {
		return true
	}
	for o := range r.uses {
		if !earlier.uses[o] {
			continue
		}
		switch o.payload.(type) {
		case *indirectBuffer, *sampleBuffer: // commands are changed by blits, and samples read
			return true
		}
		if b, ok := o.payload.(*buffer); ok && b.hazardTracking() == hazardTracked {
			return true
		}
	}
	if r.stages&earlier.stage != 0 {
		return true
	}
	return slices.ContainsFunc(r.waits, func(f *object) bool { return slices.Contains(earlier.updates, f) })
}

// untracked reports whether a pass uses a buffer that only fences order.
func (r *recorded) untracked() bool {
	for o := range r.uses {
		if b, ok := o.payload.(*buffer); ok && b.hazardTracking() != hazardTracked {
			return true
		}
	}
	return false
}

// schedule returns an order in which a GPU may run the passes: that in which they
// were encoded as long as Metal tracks all that they use, and otherwise one that
// the least friendly schedule would choose.
func schedule(passes []*recorded, order Order) []*recorded {
	if order.Sequence == Up || !slices.ContainsFunc(passes, (*recorded).untracked) {
		return passes
	}
	random := rand.New(rand.NewPCG(uint64(order.Seed), uint64(len(passes))))
	left := slices.Clone(passes)
	var chosen []*recorded
	for len(left) > 0 {
		var ready []int
		for i, p := range left {
			if !slices.ContainsFunc(left[:i], p.after) {
				ready = append(ready, i)
			}
		}
		next := ready[len(ready)-1]
		if order.Sequence == Shuffled {
			next = ready[random.IntN(len(ready))]
		}
		chosen = append(chosen, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return chosen
}
