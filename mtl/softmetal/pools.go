package softmetal

import "github.com/tqmetal/tqmetal/objc"

// Autorelease pools belong to the thread that pushed them. A goroutine that is
// not locked to its thread finds itself on another one sooner or later, and
// then pops a pool of a thread that may be using it: the one mistake that tests
// on a Mac seldom show. Here every pool knows its thread.

type pool struct {
	token   uintptr
	thread  int
	objects []objc.ID
}

// Tokens are addresses of no object, so that one cannot be taken for the other.
const poolBase = 0x7000_0000_0000

// pushPool opens a pool on the calling thread.
func (d *Device) pushPool() uintptr {
	d.poolSerial++
	p := &pool{token: poolBase + d.poolSerial*16, thread: threadID()}
	d.pools[p.thread] = append(d.pools[p.thread], p)
	return p.token
}

// popPool closes the pool and all that were opened after it on its thread, and
// releases what is in them.
func (d *Device) popPool(token uintptr, selector string) {
	thread := threadID()
	owner, at := d.findPool(token)
	if at < 0 {
		d.record(&Report{Rule: RulePoolUnknown, Selector: selector,
			Detail: "there is no such autorelease pool: it was never pushed, or was popped already"})
		return
	}
	if owner != thread {
		d.record(&Report{Rule: RulePoolThread, Selector: selector,
			Detail: "the autorelease pool was pushed on another thread: runtime.LockOSThread is missing"})
	}
	stack := d.pools[owner]
	closing := stack[at:]
	if d.pools[owner] = stack[:at:at]; at == 0 {
		delete(d.pools, owner)
	}
	for i := len(closing) - 1; i >= 0; i-- {
		for _, id := range closing[i].objects {
			d.releaseHandle(id, selector)
		}
	}
}

func (d *Device) findPool(token uintptr) (thread, at int) {
	for thread, stack := range d.pools {
		for i, p := range stack {
			if p.token == token {
				return thread, i
			}
		}
	}
	return 0, -1
}

// autorelease puts the object into the innermost pool of the calling thread.
func (d *Device) autorelease(o *object, selector string) {
	stack := d.pools[threadID()]
	if len(stack) == 0 {
		d.record(&Report{Rule: RuleNoPool, Object: o.id, Class: o.class.name, Label: o.label, Selector: selector,
			Detail: "the object is autoreleased, and this thread has no autorelease pool: it leaks"})
		return
	}
	p := stack[len(stack)-1]
	p.objects = append(p.objects, o.id)
}
