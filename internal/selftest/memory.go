package selftest

import (
	"context"
	"time"

	"github.com/tqmetal/tqmetal/mtl"
)

// MemoryDetails are those of the step, in bytes.
type MemoryDetails struct {
	Before        int64 `json:"allocated_before"` // currentAllocatedSize
	Buffers       int64 `json:"allocated_by_buffers"`
	With          int64 `json:"allocated_with_buffers"`
	After         int64 `json:"allocated_after"` // their release
	Commands      int   `json:"command_buffers"`
	PeakFirst     int64 `json:"peak_memory_of_process_before,omitempty"` // the command buffers, but for the first of them
	PeakLast      int64 `json:"peak_memory_of_process_after,omitempty"`
	LastAllocated int64 `json:"allocated_at_end"`
}

func checkMemory(ctx context.Context, r *rig, l *log) error {
	var d MemoryDetails
	defer func() { l.detail(d) }()
	if err := r.buffers(ctx, l, &d); err != nil {
		return err
	}
	return r.commandBuffers(ctx, l, &d)
}

// buffers allocates, writes and gives back.
func (r *rig) buffers(ctx context.Context, l *log, d *MemoryDetails) (err error) {
	r.doing("allocate and give back")
	count, length := 16, 16<<20 // 256 MiB: every Mac with Metal 3 has 8 GiB or more
	if r.options.Quick || timesMeanNothing(r.runtime) {
		count, length = 8, 4<<20
	}
	d.Buffers = int64(count) * int64(length)
	if d.Before, err = r.device.CurrentAllocatedSize(); err != nil {
		return err
	}
	var all []*mtl.Buffer
	release := func() {
		for _, b := range all {
			b.Release()
		}
		all = nil
	}
	defer release()
	for i := range count {
		b, err := r.device.NewBuffer(length, mtl.ResourceStorageModeShared)
		if err != nil {
			return err
		}
		all = append(all, b)
		bytes, err := b.Bytes()
		if err != nil {
			return err
		}
		zero := true
		for at := 0; at < length; at += 4096 {
			zero = zero && bytes[at] == 0
			bytes[at] = byte(i + 1)
		}
		l.check(zero, "a new buffer is not zeroed")
	}
	if d.With, err = r.device.CurrentAllocatedSize(); err != nil {
		return err
	}
	l.check(d.With-d.Before >= d.Buffers, "%d bytes of buffers raised currentAllocatedSize from %d to %d", d.Buffers, d.Before, d.With)
	release()
	// The system may take its time.
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if d.After, err = r.device.CurrentAllocatedSize(); err != nil {
			return err
		}
		if d.After <= d.Before || time.Now().After(end) || ctx.Err() != nil {
			break
		}
	}
	l.check(d.After-d.Before <= d.Buffers/8, "after the release of %d bytes of buffers currentAllocatedSize is %d, and was %d before", d.Buffers, d.After, d.Before)
	return nil
}

// commandBuffers runs many short ones: nothing that any of them leaves behind may
// add up.
func (r *rig) commandBuffers(ctx context.Context, l *log, d *MemoryDetails) error {
	pipeline, err := r.pipeline(timesSource, "spin")
	if err != nil {
		return err
	}
	b, _, err := numbers[float32](r, 64)
	if err != nil {
		return err
	}
	rounds := uint32(1)
	total := 2000
	if r.options.Quick || timesMeanNothing(r.runtime) {
		total = 1000
	}
	const first = 300 // until caches and pools have their size
	for i := range first + total {
		if i%100 == 0 {
			r.doing("command buffer %d of %d", i, first+total)
		}
		if i == first {
			d.PeakFirst = peakMemory()
		}
		if err := r.compute(ctx, mtl.DispatchTypeSerial, func(e *mtl.ComputeCommandEncoder) {
			e.SetComputePipelineState(pipeline)
			e.SetBuffer(b, 0, 0)
			mtl.SetValue(e, &rounds, 1)
			e.DispatchThreads(size(64, 1), size(64, 1))
		}); err != nil {
			l.check(false, "command buffer %d: %v", i, err)
			return nil
		}
		d.Commands++
	}
	d.PeakLast = peakMemory()
	if d.LastAllocated, err = r.device.CurrentAllocatedSize(); err != nil {
		return err
	}
	// 8 KiB each is less than any command buffer takes, and more than noise.
	limit := int64(total) * 8 << 10
	l.check(d.PeakLast-d.PeakFirst <= limit, "%d command buffers raised the memory of the process from %d to %d bytes", total, d.PeakFirst, d.PeakLast)
	l.check(d.LastAllocated-d.After <= d.Buffers/8, "%d command buffers raised currentAllocatedSize from %d to %d", total, d.After, d.LastAllocated)
	l.check(d.Commands == first+total, "%d of %d command buffers ran", d.Commands, first+total)
	return nil
}
