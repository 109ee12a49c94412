package softmetal

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/tqmetal/tqmetal/internal/mslrun"
	"github.com/tqmetal/tqmetal/objc"
)

// MTLCommandBufferStatus.
const (
	statusNotEnqueued = 0
	statusEnqueued    = 1
	statusCommitted   = 2
	statusScheduled   = 3
	statusCompleted   = 4
	statusError       = 5
)

// A commandBuffer collects passes until it is committed, and then runs them.
type commandBuffer struct {
	recording
	queue  *queue
	thread int // that made it
	state  uint64
	err    *object        // the NSError, once it failed
	found  []*functionLog // by shader validation

	onScheduled, onCompleted     []*block // handlers, until they run
	scheduledDone, completedDone bool     // they have run
	scheduled                    time.Time
}

// A pass is what one encoder recorded.
type pass interface {
	run(ctx context.Context, b backend, order Order) error
}

func (cb *commandBuffer) dealloc(d *Device, _ *object) {
	cb.dropKept()
	d.release(cb.err)
	d.release(cb.how.logs)
	releaseAll(d, cb.residency)
	for _, b := range append(cb.onScheduled, cb.onCompleted...) {
		d.blockRelease(b)
	}
	if cb.state < statusCommitted {
		cb.queue.leave(cb)
	}
	d.release(cb.queue.object)
}

func commandBufferClass() *class {
	seconds := func(at func(*commandBuffer) time.Time) handler {
		return on(func(cb *commandBuffer, c *call) {
			if t := at(cb); !t.IsZero() {
				c.returnFloat(t.Sub(processStart).Seconds())
			}
		})
	}
	return &class{
		name:      "SoftMetalCommandBuffer",
		protocols: []string{"MTLCommandBuffer"},
		methods: commandBufferResidencyMethods(labelMethods(groupMethods(func(c *call) *int {
			return &c.target.payload.(*commandBuffer).groups
		}, map[string]handler{
			"device":             deviceMethod,
			"commandQueue":       on(func(cb *commandBuffer, c *call) { c.returnKept(cb.queue.object) }),
			"retainedReferences": on(func(cb *commandBuffer, c *call) { c.returnBool(cb.how.retained) }),
			"errorOptions":       on(func(cb *commandBuffer, c *call) { c.returnWord(cb.how.errors) }),
			"logs":               on((*commandBuffer).functionLogs),
			"status":             on(func(cb *commandBuffer, c *call) { c.returnWord(cb.state) }),
			"error":              on(func(cb *commandBuffer, c *call) { c.returnKept(cb.err) }),
			"kernelStartTime":    seconds(func(cb *commandBuffer) time.Time { return cb.scheduled }),
			"kernelEndTime":      seconds(func(cb *commandBuffer) time.Time { return cb.started }),
			"GPUStartTime":       seconds(func(cb *commandBuffer) time.Time { return cb.started }),
			"GPUEndTime":         seconds(func(cb *commandBuffer) time.Time { return cb.ended }),
			"enqueue":            on((*commandBuffer).enqueue),
			"commit":             on((*commandBuffer).commit),
			"waitUntilScheduled": on(func(cb *commandBuffer, c *call) { cb.wait(c, statusScheduled) }),
			"waitUntilCompleted": on(func(cb *commandBuffer, c *call) { cb.wait(c, statusCompleted) }),

			"computeCommandEncoder": on(func(cb *commandBuffer, c *call) { cb.beginCompute(c, dispatchSerial) }),
			"computeCommandEncoderWithDispatchType:": on(func(cb *commandBuffer, c *call) {
				cb.beginCompute(c, c.word(0))
			}),
			"blitCommandEncoder":                   on((*commandBuffer).beginBlit),
			"computeCommandEncoderWithDescriptor:": on((*commandBuffer).beginComputePass),
			"blitCommandEncoderWithDescriptor:":    on((*commandBuffer).beginBlitPass),

			"encodeSignalEvent:value:":  on(func(cb *commandBuffer, c *call) { cb.encodeEvent(c, false) }),
			"encodeWaitForEvent:value:": on(func(cb *commandBuffer, c *call) { cb.encodeEvent(c, true) }),
			"addScheduledHandler:":      on(func(cb *commandBuffer, c *call) { cb.addHandler(c, &cb.onScheduled) }),
			"addCompletedHandler:":      on(func(cb *commandBuffer, c *call) { cb.addHandler(c, &cb.onCompleted) }),
		}))),
	}
}

// Times count from the start of the process, in seconds, as Metal's count from
// that of the system.
var processStart = time.Now()

func (cb *commandBuffer) addHandler(c *call, to *[]*block) {
	if cb.state >= statusCommitted {
		c.fail(RuleCommandBufferState, "the command buffer was committed already, and takes no handlers: its status is %d", cb.state)
		return
	}
	if b := c.blockArgument(0); b != nil {
		*to = append(*to, b)
	}
}

// schedule begins the execution. The lock is held.
func (cb *commandBuffer) schedule() {
	cb.state = statusScheduled
	cb.handle(&cb.onScheduled, &cb.scheduledDone)
}

// handle lets the handlers run, and keeps the command buffer for them.
func (cb *commandBuffer) handle(list *[]*block, done *bool) {
	blocks := *list
	*list = nil
	cb.object.retain()
	cb.queue.handlers.add(handlerJob{blocks: blocks, args: []uint64{uint64(cb.object.id)}, owner: cb, done: func() {
		*done = true
		cb.device.release(cb.object)
	}})
}

func (cb *commandBuffer) enqueue(c *call) {
	if cb.state != statusNotEnqueued {
		c.fail(RuleCommandBufferState, "the command buffer is enqueued or committed already: its status is %d", cb.state)
		return
	}
	cb.state = statusEnqueued
	cb.queue.list = append(cb.queue.list, cb)
}

// commit hands the command buffer to its queue. One in which a rule was broken,
// and every one after a rule that a Mac would not have survived, fails.
func (cb *commandBuffer) commit(c *call) {
	switch {
	case cb.state >= statusCommitted:
		c.fail(RuleCommandBufferState, "the command buffer was committed already: its status is %d", cb.state)
		return
	case cb.open != nil:
		c.fail(RuleEncoderOpen, "the %s was not ended before the commit", cb.open.kind)
	case cb.device.closed:
		c.fail(RuleCommandBufferState, "the software device was closed")
	case cb.failure == nil:
		cb.failure = cb.device.lost
	}
	cb.checkPurgeable(c)
	cb.noteResident(cb.queue.residency)
	for o := range cb.resident {
		cb.keep(o)
	}
	if cb.state == statusNotEnqueued {
		cb.queue.list = append(cb.queue.list, cb)
	}
	cb.noteCapture(cb.queue.object)
	cb.state = statusCommitted
	cb.eachIndirect(func(b *indirectBuffer) { b.committed++ })
	cb.queue.disown(cb.thread)
	cb.scheduled = time.Now()
	cb.object.retain()
	cb.queue.start()
}

func (cb *commandBuffer) wait(c *call, state uint64) {
	if cb.state < statusCommitted {
		c.fail(RuleWaitBeforeCommit, "the command buffer was not committed: its status is %d", cb.state)
		return
	}
	cb.object.retain()
	defer c.Device.release(cb.object)
	done := func() bool { return cb.scheduledDone && (state == statusScheduled || cb.completedDone) }
	if !done() && cb.queue.handlers.within(cb) && cb.state >= state {
		c.fail(RuleHandlerWait, "the wait is in a handler of the command buffer, and ends when its handlers have returned")
		return
	}
	for !done() {
		c.progress.Wait()
	}
}

// run executes the passes. It holds no lock: nothing changes a command buffer
// that was committed.
func (cb *commandBuffer) run(order Order) (err error) {
	cb.started = time.Now()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the software device failed: %v\n%s", p, debug.Stack())
		}
		cb.ended = time.Now()
	}()
	if err = cb.prepare(); err != nil {
		return err
	}
	runner := cb.withLog(cb.logState())
	for _, p := range schedule(cb.passes, order) {
		if err != nil {
			break
		}
		if err = p.run(context.Background(), runner, order); p.encoder != nil {
			p.encoder.state = encoderCompleted
			if err != nil {
				p.encoder.state = encoderFaulted
				cb.addFunctionLog(err, p.encoder)
			}
		}
	}
	return errors.Join(err, cb.eachForeign((*buffer).copyOut))
}

// A plannedError is the failure of a command buffer that a [Fault] asked for.
type plannedError struct{ told *objc.Error }

func (e *plannedError) Error() string { return fmt.Sprintf("planned: %v", e.told) }

// finish sets the status and lets go of everything. The lock is held.
func (cb *commandBuffer) finish(err error) {
	d := cb.device
	if err == nil {
		err = cb.lostReference()
	}
	cb.state = statusCompleted
	if err != nil {
		cb.state = statusError
		cb.err = d.commandBufferError(err)
		if cb.err != nil && cb.how.errors&errorsOfEncoders != 0 {
			cb.addEncoderInfo()
		}
	}
	cb.passes = nil
	cb.eachIndirect(func(b *indirectBuffer) { b.committed-- })
	cb.dropKept()
	cb.queue.outstanding--
	cb.tellLog()
	cb.handle(&cb.onCompleted, &cb.completedDone)
	d.release(cb.object)
}

// commandBufferError makes the NSError of what went wrong.
func (d *Device) commandBufferError(err error) *object {
	var r *Report
	if errors.As(err, &r) {
		return d.reportError(r)
	}
	var timeout *eventTimeout
	if errors.As(err, &timeout) {
		return d.newError(commandBufferErrorDomain, commandBufferTimeout, timeout.Error())
	}
	var planned *plannedError
	if errors.As(err, &planned) {
		if planned.told == nil {
			return nil
		}
		return d.newErrorOf(planned.told)
	}
	code := int64(commandBufferInternal)
	var f *mslrun.FaultError
	if errors.As(err, &f) {
		switch f.Kind {
		case mslrun.FaultAddress, mslrun.FaultCanary:
			code = commandBufferPageFault
		case mslrun.FaultTimeout:
			code = commandBufferTimeout
		case mslrun.FaultStack:
			code = commandBufferStackOverflow
		}
	}
	return d.newError(commandBufferErrorDomain, code, err.Error())
}
