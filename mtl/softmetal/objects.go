package softmetal

import (
	"fmt"
	"sort"
	"sync/atomic"

	"github.com/tqmetal/tqmetal/objc"
)

// An object is an Objective-C object of the device. All fields are guarded by
// the device's lock.
type object struct {
	id      objc.ID
	class   *class
	refs    int
	payload any // what the class's methods work on
	label   string
	where   string
}

// A deallocer is a payload that holds something: other objects, memory.
type deallocer interface{ dealloc(d *Device, o *object) }

// Handles look like the addresses of a heap: 16-byte aligned and never used
// twice. The numbers of class and device are in them, so that a message to an
// object that is gone can still say what it was, and one to an object of another
// device finds none.
const (
	handleBase  = 0x6000_0000_0000
	handleLimit = 0x7000_0000_0000
	classShift  = 4
	deviceShift = 11
	serialShift = 18
	numberMask  = 1<<(deviceShift-classShift) - 1
)

// devices numbers the devices of the process.
var devices atomic.Uintptr

func (d *Device) newHandle(class *class) objc.ID {
	d.serial++
	return objc.ID(handleBase | d.serial<<serialShift&(handleLimit-handleBase-1) | d.number<<deviceShift | uintptr(class.number)<<classShift)
}

// make returns a new object with one reference.
func (d *Device) make(class *class, payload any) *object {
	o := &object{
		id:      d.newHandle(class),
		class:   class,
		refs:    1,
		payload: payload,
	}
	if d.options.TraceObjects {
		o.where = callerOutside()
	}
	d.objects[o.id] = o
	return o
}

// formerClass returns the class of an object that is gone, or nil if the handle
// never was one.
func (d *Device) formerClass(id objc.ID) *class {
	h := uintptr(id)
	if h < handleBase || h >= handleLimit || h&(1<<classShift-1) != 0 {
		return nil
	}
	class := int(h >> classShift & numberMask)
	serial := (h - handleBase) >> serialShift
	if h>>deviceShift&numberMask != d.number || serial == 0 || serial > d.serial || class >= len(d.classList) {
		return nil
	}
	return d.classList[class]
}

func (o *object) retain() *object {
	if o != nil {
		o.refs++
	}
	return o
}

// release drops a reference of an object that is known to be alive.
func (d *Device) release(o *object) {
	if o == nil || o.class.immortal {
		return
	}
	if o.refs--; o.refs > 0 || o.payload == d.root { // the system's device stays, as it does on a Mac
		return
	}
	delete(d.objects, o.id)
	if p, ok := o.payload.(deallocer); ok {
		p.dealloc(d, o)
	}
}

// releaseHandle is release for a handle that came from outside.
func (d *Device) releaseHandle(id objc.ID, selector string) {
	if id == 0 || d.isStatic(id) {
		return
	}
	o := d.objects[id]
	if o == nil {
		rule, what := RuleNotAnObject, "the target is no object of this device"
		r := &Report{Object: id, Selector: selector}
		if c := d.formerClass(id); c != nil {
			r.Class = c.name
			rule, what = RuleOverRelease, "released more often than retained: the object is gone already"
		}
		r.Rule, r.Detail = rule, what
		d.record(r)
		return
	}
	if o.payload == d.root && o.refs == 1 { // the reference that is left is ours
		d.record(&Report{Rule: RuleOverRelease, Object: o.id, Class: o.class.name, Selector: selector,
			Detail: "released more often than retained"})
		return
	}
	d.release(o)
}

// A LiveObject is an object that still has references.
type LiveObject struct {
	Class   string
	Label   string
	Retains int
	Where   string // file and line that made it, with Options.TraceObjects
}

// String describes the object in one line.
func (l LiveObject) String() string {
	s := fmt.Sprintf("%s, %d retains", l.Class, l.Retains)
	if l.Label != "" {
		s += fmt.Sprintf(", label %q", l.Label)
	}
	if l.Where != "" {
		s += ", made at " + l.Where
	}
	return s
}

// Live returns the objects that callers still hold, in the order in which they
// were made: the ledger that a test wants to see empty at its end. Work that
// was committed is waited for, since a running command buffer is alive by right.
// The device object itself counts only for the references that callers took.
func (d *Device) Live() []LiveObject {
	d.idle()
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.live()
}

func (d *Device) live() []LiveObject {
	var held []*object
	for _, o := range d.objects {
		if o.payload == d.root && o.refs == 1 {
			continue
		}
		held = append(held, o)
	}
	sort.Slice(held, func(i, j int) bool { return held[i].id>>serialShift < held[j].id>>serialShift })
	var live []LiveObject
	for _, o := range held {
		l := LiveObject{Class: o.class.name, Label: o.label, Retains: o.refs, Where: o.where}
		if o.payload == d.root {
			l.Retains--
		}
		live = append(live, l)
	}
	return append(live, d.liveBlocks()...)
}
