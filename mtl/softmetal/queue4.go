package softmetal

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// A queue4 is an MTL4CommandQueue. Its command buffers begin in the order of their
// commits, and nothing but barriers, fences and events makes one wait for another.
type queue4 struct {
	device    *Device
	object    *object
	list      []operation
	running   []*recording
	working   bool
	residency residencySets // without references
	handlers  handlers
	fault     *Fault // that the message under way met
}

// An operation is what a message gave to a queue: a command buffer, or an event.
type operation struct {
	work   *recording
	commit *commit
	event  *object
	pass   eventPass
}

// A commit is the command buffers of one message, which have their feedback together.
type commit struct {
	options        *object // without a reference
	blocks         []*block
	left           int
	err            error
	started, ended time.Time
}

type queue4Descriptor struct{ _ byte }

func queue4DescriptorClass() *class {
	return &class{
		name:    "MTL4CommandQueueDescriptor",
		public:  true,
		create:  func(*Device) any { return new(queue4Descriptor) },
		methods: labelMethods(map[string]handler{}),
	}
}

func queue4Class() *class {
	m := labelMethods(map[string]handler{
		"device":                deviceMethod,
		"commit:count:":         on(func(q *queue4, c *call) { q.commit(c, nil) }),
		"commit:count:options:": on(func(q *queue4, c *call) { q.commit(c, payload[*commitOptions](c, 2)) }),
		"signalEvent:value:":    on(func(q *queue4, c *call) { q.addEvent(c, false) }),
		"waitForEvent:value:":   on(func(q *queue4, c *call) { q.addEvent(c, true) }),
		"addResidencySet:":      on(func(q *queue4, c *call) { q.residency.name(c, c.oneResidencySet()) }),
		"addResidencySets:count:": on(func(q *queue4, c *call) {
			q.residency.name(c, c.manyResidencySets())
		}),
		"removeResidencySet:": on(func(q *queue4, c *call) { q.residency.forget(c.oneResidencySet()) }),
		"removeResidencySets:count:": on(func(q *queue4, c *call) {
			q.residency.forget(c.manyResidencySets())
		}),
	})
	delete(m, "setLabel:") // the descriptor's is the only one
	return &class{name: "SoftMetalCommandQueue4", protocols: []string{"MTL4CommandQueue"}, methods: m}
}

func (c *call) newQueue4() {
	q := &queue4{device: c.Device, handlers: handlers{device: c.Device}}
	q.object = c.make(c.classes["SoftMetalCommandQueue4"], q)
	if len(c.args) > 0 {
		q.object.label = c.object(0).label
	}
	c.returnOwned(q.object)
}

func (q *queue4) dealloc(d *Device, o *object) {
	if q.working {
		d.record(&Report{Rule: RuleUseAfterRelease, Object: o.id, Class: o.class.name, Label: o.label,
			Detail: "the queue was released while work that was committed to it is under way, and nothing else keeps it"})
	}
}

// name adds sets without references: Metal 4 retains nothing that it says it does.
func (r *residencySets) name(c *call, sets []*object) {
	r.put(c, sets, func(o *object) *object { return o })
}

func (r *residencySets) forget(sets []*object) {
	*r = slices.DeleteFunc(*r, func(o *object) bool { return slices.Contains(sets, o) })
}

// commitOptions are MTL4CommitOptions.
type commitOptions struct{ blocks []*block }

func (p *commitOptions) dealloc(d *Device, _ *object) {
	for _, b := range p.blocks {
		d.blockRelease(b)
	}
}

func commitOptionsClass() *class {
	return &class{
		name:   "MTL4CommitOptions",
		public: true,
		create: func(*Device) any { return new(commitOptions) },
		methods: map[string]handler{
			"addFeedbackHandler:": on(func(p *commitOptions, c *call) {
				if b := c.blockArgument(0); b != nil {
					p.blocks = append(p.blocks, b)
				}
			}),
		},
	}
}

// A commitFeedback is what handlers learn.
type commitFeedback struct {
	err            *object
	started, ended time.Time
}

func (f *commitFeedback) dealloc(d *Device, _ *object) { d.release(f.err) }

func commitFeedbackClass() *class {
	return &class{
		name:      "SoftMetalCommitFeedback",
		protocols: []string{"MTL4CommitFeedback"},
		methods: map[string]handler{
			"error":        on(func(f *commitFeedback, c *call) { c.returnKept(f.err) }),
			"GPUStartTime": on(func(f *commitFeedback, c *call) { c.returnFloat(f.started.Sub(processStart).Seconds()) }),
			"GPUEndTime":   on(func(f *commitFeedback, c *call) { c.returnFloat(f.ended.Sub(processStart).Seconds()) }),
		},
	}
}

// toCommit returns what a commit names, without a report of what is wrong.
func (q *queue4) toCommit(c *call) (list []*recording) {
	const most = 1 << 10
	words, err := peekWords(c.address(0), int(min(c.word(1), most)))
	if err != nil {
		return nil
	}
	for _, w := range words {
		if o := c.objects[objc.ID(w)]; o != nil {
			if cb, ok := o.payload.(*commandBuffer4); ok && cb.recording != nil {
				list = append(list, cb.recording)
			}
		}
	}
	return list
}

// commit hands command buffers over. One in which a rule was broken, and every one
// after a rule that a Mac would not have survived, fails.
func (q *queue4) commit(c *call, options *commitOptions) {
	fault := q.fault
	q.fault = nil
	if len(c.args) > 2 && options == nil {
		c.fail(RuleNilArgument, "argument 3 is the options, and is nil")
		return
	}
	made := &commit{}
	if options != nil {
		made.options = c.object(2)
		made.blocks = slices.Clone(options.blocks)
		for _, b := range made.blocks {
			b.refs++
		}
	}
	for _, o := range c.several("MTL4CommandBuffer", "a command buffer") {
		cb := o.payload.(*commandBuffer4)
		if cb.recording == nil || !cb.ended {
			c.fail(RuleCommandBufferState, "the command buffer (%q) has nothing that was ended and not committed", o.label)
			continue
		}
		r := cb.recording
		cb.recording = nil
		r.fault = fault
		q.check(c, cb, r)
		made.left++
		q.list = append(q.list, operation{work: r, commit: made})
	}
	if made.left == 0 {
		if made.err = errors.New("nothing was committed"); c.broken != nil {
			made.err = c.broken
		}
		made.started, made.ended = time.Now(), time.Now()
		q.feedback(made)
		return
	}
	q.start()
}

// check looks at what was recorded as it is committed.
func (q *queue4) check(c *call, cb *commandBuffer4, r *recording) {
	before := c.broken
	c.broken = nil
	defer func() {
		if c.broken != nil {
			r.failed(c.broken)
		} else {
			c.broken = before
		}
	}()
	a := cb.allocator.payload.(*allocator)
	if c.has(cb.allocator) {
		a.underWay++
	}
	switch {
	case !c.has(cb.allocator):
		c.fail(RuleUseAfterRelease, "the allocator of a command buffer was released and is gone")
	case a.resets != cb.resets:
		c.fail(RuleAllocatorBusy, "the allocator of the command buffer (%q) was reset before the commit: what it had recorded is gone", r.object.label)
	case c.closed:
		c.fail(RuleCommandBufferState, "the software device was closed")
	case r.failure == nil:
		r.failure = c.lost
	}
	for _, sets := range []residencySets{r.residency, q.residency} {
		for _, o := range sets {
			if !c.has(o) {
				c.fail(RuleUseAfterRelease, "a residency set of the queue or the command buffer was released and is gone")
				return
			}
			r.keep(o)
		}
	}
	r.checkPurgeable(c)
	r.noteResident(q.residency)
	for _, p := range r.orders {
		for _, s := range p.steps {
			for o := range s.uses {
				q.checkResident(c, r, o)
			}
			s.work = r
		}
	}
	if r.capture = c.capturing(q); r.capture != nil {
		r.noteCapture(q.object)
	}
	r.eachIndirect(func(b *indirectBuffer) { b.committed++ })
}

// checkResident checks that memory is in reach: nothing is, that no set has.
func (q *queue4) checkResident(c *call, r *recording, o *object) {
	switch o.payload.(type) {
	case *buffer, *indirectBuffer:
		if !r.reaches(o) && r.failure == nil && c.broken == nil {
			c.fail(RuleNotResident, "a %s (%s) that commands use is in no residency set of the command buffer (%q) or the queue", o.class.name, describe(o), r.object.label)
		}
	}
}

func (q *queue4) addEvent(c *call, wait bool) {
	e := payload[*event](c, 0)
	if e == nil {
		c.fail(RuleNilArgument, "argument 1 is the event, and is nil")
		return
	}
	q.list = append(q.list, operation{event: c.object(0), pass: eventPass{e, c.word(1), wait}})
	q.start()
}

// underWay returns what was committed and is not complete.
func (q *queue4) underWay() []*recording {
	all := slices.Clone(q.running)
	for _, o := range q.list {
		if o.work != nil {
			all = append(all, o.work)
		}
	}
	return all
}

func (q *queue4) start() {
	if !q.working {
		q.working = true
		q.device.running++
		go q.work()
	}
}

// patience is how long the GPU takes to begin in an order other than the friendliest,
// so that what is committed meanwhile may run first.
const patience = time.Millisecond

func (q *queue4) work() {
	d := q.device
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(q.list) > 0 {
		if first := q.list[0]; first.work == nil {
			q.list = q.list[1:]
			q.runEvent(first)
			continue
		}
		q.pause(q.list[0].work.fault)
		n := 1
		for d.order.Sequence != Up && n < len(q.list) && q.list[n].work != nil {
			n++
		}
		together := q.list[:n:n]
		q.list = q.list[n:]
		for _, o := range together {
			q.running = append(q.running, o.work)
		}
		order := d.order
		d.mu.Unlock()
		started := time.Now()
		results := q.run(together, order)
		d.mu.Lock()
		q.running = nil
		for i, o := range together {
			q.finish(o, results[i], started)
		}
		d.progress.Broadcast()
	}
	q.working = false
	d.running--
	d.progress.Broadcast()
}

// pause lets time pass before the first of the list runs. The lock is held, and let go
// meanwhile.
func (q *queue4) pause(f *Fault) {
	d := q.device
	held := f != nil && f.Hold != nil
	if !held && d.order.Sequence == Up {
		return
	}
	d.mu.Unlock()
	defer d.mu.Lock()
	if held {
		<-f.Hold
	} else {
		time.Sleep(patience)
	}
}

// runEvent signals an event, or waits for one. After a wait in vain the queue goes on:
// what Metal does with it then, Apple does not say. The lock is held, and let go
// meanwhile.
func (q *queue4) runEvent(o operation) {
	d := q.device
	if !d.has(o.event) {
		d.record(&Report{Rule: RuleUseAfterRelease, Object: o.event.id, Class: o.event.class.name, Label: o.event.label,
			Detail: "a queue signals the event or waits for it, and it is gone"})
		return
	}
	d.mu.Unlock()
	err := o.pass.run(context.Background(), d.backend, Order{})
	d.mu.Lock()
	if err != nil {
		q.failNext(err)
	}
}

// failNext fails what was behind a wait that nobody has ended.
func (q *queue4) failNext(err error) {
	for _, o := range q.list {
		if o.work != nil {
			if o.commit.err == nil {
				o.commit.err = err
			}
			o.work.late = err
			return
		}
	}
}

// run runs command buffers that nothing keeps apart, and returns how each ended. It
// holds no lock.
func (q *queue4) run(together []operation, order Order) []error {
	results := make([]error, len(together))
	number := map[*recording]int{}
	var passes []*pass4
	for i, o := range together {
		number[o.work] = i
		if results[i] = o.work.late; results[i] == nil {
			results[i] = o.work.prepare()
		}
		if results[i] == nil {
			passes = append(passes, o.work.orders...)
		}
	}
	for steps := schedule4(passes, order); len(steps) > 0; {
		i := number[steps[0].work]
		n := alike(steps)
		if results[i] == nil {
			results[i] = runSteps(steps[0].work, steps[:n], order)
		}
		steps = steps[n:]
	}
	for i, o := range together {
		results[i] = errors.Join(results[i], o.work.eachForeign((*buffer).copyOut))
	}
	return results
}

// alike returns how many steps at the beginning are plain dispatches of one command
// buffer, which go to the kernels' process together, or 1.
func alike(steps []*step) int {
	n := 0
	for n < len(steps) && steps[n].work == steps[0].work && steps[n].then == nil && steps[n].grid == nil && steps[n].executions == nil {
		n++
	}
	return max(n, 1)
}

// runSteps runs steps in their order.
func runSteps(r *recording, steps []*step, order Order) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the software device failed: %v\n%s", p, debug.Stack())
		}
	}()
	all := segment{}
	if len(steps) == 1 {
		all = steps[0].segment
	} else {
		for _, s := range steps {
			all.dispatches = append(all.dispatches, inOrder(s.dispatches[0]))
		}
	}
	return (&computePass{segments: []segment{all}}).run(context.Background(), r.withLog(r.how.logs), order)
}

func inOrder(d mslrun.Dispatch) mslrun.Dispatch {
	d.Barrier = true
	return d
}

// finish lets go of everything. The lock is held.
func (q *queue4) finish(o operation, err error, started time.Time) {
	d, r := q.device, o.work
	if err == nil {
		err = r.lostReference()
	}
	r.eachIndirect(func(b *indirectBuffer) { b.committed-- })
	for _, p := range r.orders {
		p.steps = nil
	}
	for kept := range r.kept {
		if a, ok := kept.payload.(*allocator); ok && a.underWay > 0 {
			a.underWay--
		}
	}
	if r.log != nil && d.has(r.logs) {
		r.tellLog()
	}
	r.dropKept()
	m := o.commit
	if m.err == nil {
		m.err = err
	}
	if m.started.IsZero() {
		m.started = started
	}
	m.ended = time.Now()
	if m.left--; m.left == 0 {
		q.feedback(m)
	}
}

// feedback calls the handlers of a commit.
func (q *queue4) feedback(m *commit) {
	d := q.device
	if m.options != nil && !d.has(m.options) { // whether Metal needs them until then, Apple does not say
		r := &Report{Rule: RuleUseAfterRelease, Object: m.options.id, Class: m.options.class.name,
			Detail: "the options of a commit are gone before its feedback, and Metal 4 retains nothing"}
		d.record(r)
		m.err = errors.Join(m.err, r)
	}
	f := &commitFeedback{started: m.started, ended: m.ended}
	if m.err != nil {
		f.err = d.commitError(m.err)
	}
	o := d.make(d.classes["SoftMetalCommitFeedback"], f)
	q.handlers.add(handlerJob{blocks: m.blocks, args: []uint64{uint64(o.id)}, owner: m, done: func() { d.release(o) }})
}

// Codes of MTL4CommandQueueErrorDomain.
const (
	commandQueueErrorDomain = "MTL4CommandQueueErrorDomain"

	commandQueueTimeout  = 1
	commandQueueInternal = 6
)

// commitError makes the NSError of what went wrong, in the words that a command
// buffer's has.
func (d *Device) commitError(err error) *object {
	var planned *plannedError
	if errors.As(err, &planned) {
		if planned.told == nil { // without an error, all went well
			return d.newError(commandQueueErrorDomain, commandQueueInternal, "Internal Error")
		}
		return d.newErrorOf(planned.told)
	}
	o := d.commandBufferError(err)
	e := o.payload.(*nsError)
	if e.domain != commandBufferErrorDomain {
		return o
	}
	e.domain = commandQueueErrorDomain
	if e.code == commandBufferTimeout {
		e.code = commandQueueTimeout
	} else {
		e.code = commandQueueInternal
	}
	return o
}
