package selftest

import (
	"context"
	_ "embed"
	"slices"

	"github.com/tqmetal/tqmetal/mtl"
)

//go:embed barriers.metal
var barrierSource string

// A BarrierRecord is one way to order work, tried many times.
type BarrierRecord struct {
	What  string `json:"what"`
	Runs  int    `json:"runs"`
	Wrong int    `json:"wrong"` // runs with any wrong value
	// Allowed says that there is no barrier, so that wrong values are what may
	// happen: that tells whether the same work with one proves anything.
	Allowed bool `json:"wrong_allowed,omitempty"`
}

func checkBarriers(ctx context.Context, r *rig, l *log) error {
	library, err := r.device.NewLibraryWithSource(barrierSource, mtl.CompileOptions{})
	if _, err = keep(r, library, err); err != nil {
		return err
	}
	b := &barriers{rig: r, log: l, runs: 20}
	if timesMeanNothing(r.runtime) {
		b.runs = 1 // of each order, of which a software device has several
	}
	if !r.options.Quick {
		b.runs *= 10
	}
	defer func() { l.detail(b.records) }()
	for _, kernel := range []string{"through_threadgroup", "through_device", "through_simdgroup"} {
		pipeline, err := r.pipelineOf(library, kernel)
		if !l.check(err == nil, "%s: %v", kernel, err) {
			continue
		}
		if err := b.within(ctx, kernel, pipeline); err != nil {
			return err
		}
	}
	pipeline, err := r.pipelineOf(library, "hand_on")
	if !l.check(err == nil, "hand_on: %v", err) {
		return nil
	}
	return b.between(ctx, pipeline)
}

type barriers struct {
	*rig
	*log
	runs    int
	records []BarrierRecord
}

// try runs something many times, in every order of a software device.
func (b *barriers) try(ctx context.Context, what string, allowed bool, run func() (wrong bool, err error)) error {
	b.doing("%s", what)
	record := BarrierRecord{What: what, Allowed: allowed}
	err := b.eachOrder(func() error {
		for range b.runs {
			wrong, err := run()
			if err != nil {
				return err
			}
			if record.Runs++; wrong {
				record.Wrong++
			}
		}
		return nil
	})
	b.records = append(b.records, record)
	switch {
	case err != nil:
		b.check(false, "%s: %v", what, err)
	case allowed:
		b.note("%s: %d of %d runs have other values, which is allowed", what, record.Wrong, record.Runs)
	default:
		b.check(record.Wrong == 0, "%s: wrong in %d of %d runs", what, record.Wrong, record.Runs)
	}
	return context.Cause(ctx)
}

// within is barriers within a threadgroup.
func (b *barriers) within(ctx context.Context, kernel string, pipeline *mtl.ComputePipelineState) error {
	threads := min(512, pipeline.MaxTotalThreadsPerThreadgroup()/simdgroupWidth*simdgroupWidth)
	groups, rounds := 64, uint32(100)
	if timesMeanNothing(b.runtime) {
		threads, groups, rounds = 128, 2, 5
	}
	out, got, err := numbers[uint32](b.rig, groups*threads)
	if err != nil {
		return err
	}
	return b.try(ctx, kernel, false, func() (bool, error) {
		clear(got)
		if err := b.compute(ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
			e.SetComputePipelineState(pipeline)
			e.SetBuffer(out, 0, 0)
			mtl.SetValue(e, &rounds, 1)
			e.SetThreadgroupMemoryLength(4*threads, 0)
			e.DispatchThreadgroups(size(groups, 1), size(threads, 1))
		}); err != nil {
			return false, err
		}
		for i, x := range got {
			t, group := i%threads, i/threads
			from := (t + 37*int(rounds)) % threads
			if kernel == "through_simdgroup" {
				from = t/simdgroupWidth*simdgroupWidth + (t+5*int(rounds))%simdgroupWidth
			}
			if x != uint32(from+group)+rounds {
				return true, nil
			}
		}
		return false, nil
	})
}

// between is the order of dispatches: links of a chain.
func (b *barriers) between(ctx context.Context, pipeline *mtl.ComputePipelineState) error {
	n, links := uint32(1<<16), 16
	if timesMeanNothing(b.runtime) {
		n, links = 2048, 3
	}
	var buffers [2]*mtl.Buffer
	var values [2][]uint32
	for i := range buffers {
		var err error
		if buffers[i], values[i], err = numbers[uint32](b.rig, int(n)); err != nil {
			return err
		}
	}
	want, next := make([]uint32, n), make([]uint32, n)
	for i := range want {
		want[i] = uint32(i)
	}
	for number := range links {
		for i := range next {
			next[i] = want[(i+1537)%int(n)]*3 + uint32(number)
		}
		want, next = next, want
	}
	link := func(e *mtl.ComputeCommandEncoder, i int) {
		e.SetComputePipelineState(pipeline)
		e.SetBuffers(0, mtl.BufferRange{Buffer: buffers[i%2]}, mtl.BufferRange{Buffer: buffers[1-i%2]})
		mtl.SetValue(e, &n, 2)
		number := uint32(i)
		mtl.SetValue(e, &number, 3)
		e.DispatchThreadgroups(size(int(n)/128, 1), size(128, 1))
	}
	chain := func(kind mtl.DispatchType, barrier func(*mtl.ComputeCommandEncoder, *mtl.Buffer)) error {
		return b.compute(ctx, kind, func(e *mtl.ComputeCommandEncoder) {
			for i := range links {
				if i > 0 && barrier != nil {
					barrier(e, buffers[i%2])
				}
				link(e, i)
			}
		})
	}
	for _, c := range []struct {
		what    string
		allowed bool
		run     func() error
	}{
		{"dispatches of a serial encoder", false, func() error { return chain(mtl.DispatchTypeSerial, nil) }},
		{"dispatches of a concurrent encoder, with a barrier for all buffers", false, func() error {
			return chain(mtl.DispatchTypeConcurrent, func(e *mtl.ComputeCommandEncoder, _ *mtl.Buffer) { e.MemoryBarrier(mtl.BarrierScopeBuffers) })
		}},
		{"dispatches of a concurrent encoder, with a barrier for the buffer", false, func() error {
			return chain(mtl.DispatchTypeConcurrent, func(e *mtl.ComputeCommandEncoder, written *mtl.Buffer) { e.MemoryBarrierWithResources(written) })
		}},
		{"encoders of a command buffer", false, func() error { return b.encoders(ctx, links, link) }},
		{"command buffers of a queue", false, func() error { return b.commandBuffers(ctx, links, link) }},
		{"dispatches of a concurrent encoder, without a barrier", true, func() error { return chain(mtl.DispatchTypeConcurrent, nil) }},
	} {
		if err := b.try(ctx, c.what, c.allowed, func() (bool, error) {
			for i := range n {
				values[0][i], values[1][i] = i, 0
			}
			if err := c.run(); err != nil {
				return false, err
			}
			return !slices.Equal(values[links%2], want), nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// encoders has each link in an encoder of its own.
func (b *barriers) encoders(ctx context.Context, links int, link func(*mtl.ComputeCommandEncoder, int)) error {
	work, err := b.queue.Encode(func(cb *mtl.CommandBuffer) error {
		for i := range links {
			if err := cb.Compute(mtl.DispatchTypeConcurrent, func(e *mtl.ComputeCommandEncoder) error { link(e, i); return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer work.Release()
	return work.Wait(ctx)
}

// commandBuffers has each link in a command buffer of its own, and waits for the
// last.
func (b *barriers) commandBuffers(ctx context.Context, links int, link func(*mtl.ComputeCommandEncoder, int)) (err error) {
	for i := range links {
		work, encodeErr := b.queue.Encode(func(cb *mtl.CommandBuffer) error {
			return cb.Compute(mtl.DispatchTypeConcurrent, func(e *mtl.ComputeCommandEncoder) error { link(e, i); return nil })
		})
		if encodeErr != nil {
			return encodeErr
		}
		defer work.Release()
		if i == links-1 {
			err = work.Wait(ctx)
		}
	}
	return err
}
