package softmetal

// A queue runs its command buffers one after another, in the order in which they
// were enqueued or else committed.
type queue struct {
	device      *Device
	object      *object
	limit       int
	outstanding int              // command buffers that exist and have not run
	owners      map[int]int      // by thread: how many of them it made and has not committed
	list        []*commandBuffer // enqueued or committed, in order
	working     bool
	residency   residencySets
	handlers    handlers
	logs        *object // a log state, or nil
}

func queueClass() *class {
	return &class{
		name:      "SoftMetalCommandQueue",
		protocols: []string{"MTLCommandQueue"},
		methods: queueResidencyMethods(labelMethods(map[string]handler{
			"device":                                deviceMethod,
			"commandBuffer":                         on(func(q *queue, c *call) { q.commandBuffer(c, commandBufferDescriptor{retained: true}) }),
			"commandBufferWithUnretainedReferences": on(func(q *queue, c *call) { q.commandBuffer(c, commandBufferDescriptor{}) }),
			"commandBufferWithDescriptor:": on(func(q *queue, c *call) {
				if c.object(0) == nil {
					c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
					return
				}
				q.commandBuffer(c, *c.object(0).payload.(*commandBufferDescriptor))
			}),
			"insertDebugCaptureBoundary": func(*call) {},
		}), func(c *call) *residencySets { return &c.target.payload.(*queue).residency }),
	}
}

func (q *queue) dealloc(d *Device, _ *object) {
	releaseAll(d, q.residency)
	d.release(q.logs)
}

// newQueue makes a queue with a log state, or with none.
func (c *call) newQueue(limit uint64, logs *object) {
	const most = 1 << 16
	q := &queue{device: c.Device, limit: int(min(limit, most)), owners: map[int]int{}, handlers: handlers{device: c.Device}, logs: logs.retain()}
	q.object = c.make(c.classes["SoftMetalCommandQueue"], q)
	c.returnOwned(q.object)
}

// commandBuffer makes a command buffer. A full queue waits for one that is
// committed and has run, or that is given up. If those who would have to commit
// one wait themselves, it would wait for ever.
func (q *queue) commandBuffer(c *call, how commandBufferDescriptor) {
	d, thread := c.Device, threadID()
	q.object.retain()
	defer d.release(q.object)
	d.waiting[thread] = q
	for q.full() && !q.stuck(map[*queue]bool{}) {
		d.progress.Wait()
	}
	delete(d.waiting, thread)
	if q.full() {
		c.fail(RuleCommandBufferLimit, "%d command buffers of this queue exist, and nobody is left to commit one: the queue's limit is %d", q.outstanding, q.limit)
		return
	}
	q.outstanding++
	q.owners[thread]++
	cb := &commandBuffer{recording: recording{device: d, how: how, capture: d.capturing(q)}, queue: q, thread: thread}
	how.logs.retain()
	cb.object = d.make(d.classes["SoftMetalCommandBuffer"], cb)
	q.object.retain()
	c.returnNew(cb.object)
}

func (q *queue) full() bool { return q.outstanding >= q.limit }

// stuck reports whether a full queue stays full: nothing of it runs, and the
// threads with its uncommitted command buffers wait for queues that are stuck.
// The last thread of a circle to wait finds that out.
func (q *queue) stuck(seen map[*queue]bool) bool {
	if q.working || !q.full() {
		return false
	}
	if seen[q] {
		return true
	}
	seen[q] = true
	for thread := range q.owners {
		if waitsFor := q.device.waiting[thread]; waitsFor == nil || !waitsFor.stuck(seen) {
			return false
		}
	}
	return true
}

// disown notes that a thread has one uncommitted command buffer less.
func (q *queue) disown(thread int) {
	if q.owners[thread]--; q.owners[thread] == 0 {
		delete(q.owners, thread)
	}
}

// start lets a worker run what is ready. The lock is held.
func (q *queue) start() {
	if q.working || !q.ready() {
		return
	}
	q.working = true
	q.device.running++
	go q.work()
}

// ready reports whether the queue's first command buffer was committed: one that
// was only enqueued holds up those after it.
func (q *queue) ready() bool { return len(q.list) > 0 && q.list[0].state == statusCommitted }

func (q *queue) work() {
	d := q.device
	d.mu.Lock()
	defer d.mu.Unlock()
	for q.ready() {
		cb := q.list[0]
		cb.schedule()
		d.progress.Broadcast()
		order := d.order
		d.mu.Unlock()
		err := cb.run(order)
		d.mu.Lock()
		q.list = q.list[1:]
		cb.finish(err)
		d.progress.Broadcast()
	}
	q.working = false
	d.running--
	d.progress.Broadcast()
}

// leave takes a command buffer out of the queue that will never run.
func (q *queue) leave(cb *commandBuffer) {
	for i, other := range q.list {
		if other == cb {
			q.list = append(q.list[:i:i], q.list[i+1:]...)
			break
		}
	}
	q.outstanding--
	q.disown(cb.thread)
	q.start()
	q.device.progress.Broadcast()
}
