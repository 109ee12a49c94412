package softmetal

import (
	"time"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// A recording is what encoders write into, for a command buffer of either kind.
type recording struct {
	device   *Device
	object   *object // the command buffer
	how      commandBufferDescriptor
	open     *encoder       // begun and not ended
	groups   int            // debug groups that are open
	capture  *capture       // that it was made in
	barriers []queueBarrier // that later encoders come after
	passes   []*recorded
	kept     map[*object]bool // what the passes use, each with a reference of ours
	failure  *Report          // the first rule that was broken
	fault    *Fault           // that commit met

	residency residencySets
	resident  map[*object]bool // what these and the queue's sets had at the commit

	started, ended time.Time

	logs *object     // the log state that takes messages of its kernels, while it runs
	log  *mslrun.Log // the messages

	metal4 bool     // nothing is retained, tracked or resident by itself
	orders []*pass4 // what its encoders recorded, then
	late   error    // a wait for an event before it that nobody has ended
}

// A failure within the device becomes the command buffer's, with the same words.
func (r *recording) failed(report *Report) {
	if r.failure == nil {
		r.failure = report
	}
}

// keep retains an object until the command buffer has run, unless it was asked for
// without references, and notes that the open encoder uses it.
func (r *recording) keep(o *object) {
	if r.kept == nil {
		r.kept = map[*object]bool{}
	}
	if !r.kept[o] {
		if r.how.retained {
			o.retain()
		}
		r.kept[o] = true
	}
	if r.open != nil {
		r.open.recorded.uses[o] = true
	}
}

func (r *recording) dropKept() {
	for o := range r.kept {
		if r.how.retained {
			r.device.release(o)
		}
	}
	r.kept = nil
}

// lostReference reports an object that went although the command buffer, which
// holds no references, needs it still. The lock is held.
func (r *recording) lostReference() error {
	for o := range r.kept {
		if r.device.find(o.id) == nil {
			report := &Report{Rule: RuleUseAfterRelease, Object: o.id, Class: o.class.name, Label: o.label,
				Detail: "a command buffer with unretained references uses it, which has not completed"}
			if r.metal4 {
				report.Detail = "a command buffer uses it that has not completed, and Metal 4 retains nothing"
			}
			r.device.record(report)
			return report
		}
	}
	return nil
}

// begin makes an encoder, which keeps its command buffer.
func (r *recording) begin(c *call, class, kind string, stage uint64) *encoder {
	e := &encoder{kind: kind, buffer: r, recorded: &recorded{uses: map[*object]bool{}, stage: stage, encoder: &encoderInfo{state: encoderPending}}}
	for _, b := range r.barriers {
		if stage&b.before != 0 {
			e.recorded.stages |= b.after
		}
	}
	e.object = c.make(c.classes[class], e)
	r.object.retain()
	r.open = e
	return e
}

// noteResident notes what the sets of the command buffer and of its queue have at
// the commit.
func (r *recording) noteResident(queue residencySets) {
	r.resident = map[*object]bool{}
	for _, sets := range []residencySets{r.residency, queue} {
		for _, o := range sets {
			for _, a := range o.payload.(*residencySet).committed {
				r.resident[a] = true
			}
		}
	}
}

// reaches reports whether the GPU sees memory that no encoder has bound.
func (r *recording) reaches(o *object) bool {
	if r.resident[o] {
		return true
	}
	b, ok := o.payload.(*buffer)
	return ok && b.place != nil && r.resident[b.place.heap.object]
}

// prepare is what comes before the passes. It holds no lock.
func (r *recording) prepare() error {
	if r.fault != nil && r.fault.Hold != nil {
		<-r.fault.Hold
	}
	if r.failure != nil {
		return r.failure
	}
	if f := r.fault; f != nil && f.Kill {
		r.firstDispatch().Kill = true
	} else if f != nil && f.fails() {
		return &plannedError{f.Error}
	}
	if err := r.eachForeign((*buffer).copyIn); err != nil {
		return err
	}
	r.device.mu.Lock()
	defer r.device.mu.Unlock()
	return r.lostReference()
}

// firstDispatch returns the first dispatch that runs, nil if none does.
func (r *recording) firstDispatch() *mslrun.Dispatch {
	for _, p := range r.orders {
		for _, s := range p.steps {
			if len(s.dispatches) > 0 {
				return &s.dispatches[0]
			}
		}
	}
	for _, p := range r.passes {
		if p, ok := p.pass.(*computePass); ok {
			for _, s := range p.segments {
				if len(s.dispatches) > 0 {
					return &s.dispatches[0]
				}
			}
		}
	}
	return nil
}

func (r *recording) eachForeign(f func(*buffer) error) error {
	for o := range r.kept {
		if b, ok := o.payload.(*buffer); ok {
			if err := f(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// eachIndirect calls f with the indirect command buffers that the passes use.
func (r *recording) eachIndirect(f func(*indirectBuffer)) {
	for o := range r.kept {
		if b, ok := o.payload.(*indirectBuffer); ok {
			f(b)
		}
	}
}
