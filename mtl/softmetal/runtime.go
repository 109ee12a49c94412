package softmetal

import (
	"github.com/tqmetal/tqmetal/internal/exercise"
	"github.com/tqmetal/tqmetal/objc"
)

// Selectors and functions have address-like handles too, in ranges of their own.
const (
	selectorBase = 0x7100_0000_0000
	functionBase = 0x7200_0000_0000
)

// LookUpClass returns the class of that name, or zero: also for one that this
// release of macOS does not have. Metal's protocols, such
// as MTLDevice, are no classes.
func (d *Device) LookUpClass(name string) objc.Class {
	if c := d.classes[name]; c != nil && c.public && c.since <= d.macOS {
		return objc.Class(c.object.id)
	}
	return 0
}

// RegisterSelector returns the selector of that name. As on a Mac it need not
// be one that any class has. An empty name gives no selector.
func (d *Device) RegisterSelector(name string) objc.SEL {
	if name == "" {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.selectors[name]
	if s == 0 {
		s = objc.SEL(selectorBase + 16*len(d.selectorNames))
		d.selectors[name] = s
		d.selectorNames = append(d.selectorNames, name)
	}
	return s
}

func (d *Device) selectorName(s objc.SEL) (string, bool) {
	i := (uintptr(s) - selectorBase) / 16
	if s < selectorBase || s%16 != 0 || i >= uintptr(len(d.selectorNames)) {
		return "", false
	}
	return d.selectorNames[i], true
}

// Symbol returns the address of a C function, which is good for [Device.Call]
// alone, or of a variable of the frameworks, which is memory. It returns zero for
// what the device does not have.
func (d *Device) Symbol(name string) uintptr {
	for i, f := range functions {
		if f.name == name {
			return functionBase + uintptr(i)*16
		}
	}
	return d.dataSymbol(name)
}

// UnusedRegister returns what an [objc.Call] puts into registers that hold no
// argument: no object, no address, no length and no BOOL.
func (d *Device) UnusedRegister() uintptr { return poison | 0xbad2 }

// TracesMessages makes an [objc.Batch] say where each message comes from: what breaks
// a rule is reported long after the line that did it, when the batch is sent.
func (d *Device) TracesMessages() bool { return true }

// MsgSend sends one message; see package doc for what happens when it breaks a
// rule. A message to nil does nothing and answers zero. Afterwards registers
// that hold no result hold garbage, as after a call on a Mac.
func (d *Device) MsgSend(r *objc.Registers) {
	overlap := d.enter(r.X[0])
	target := r.X[0]
	defer d.leave(target)
	d.mu.Lock()
	d.origin = r.Origin
	d.send(r, overlap)
	d.origin = nil
	pending := d.takePending()
	d.mu.Unlock()
	d.deliver(pending)
}

// Call calls a C function that Symbol returned.
func (d *Device) Call(fn uintptr, r *objc.Registers) {
	d.mu.Lock()
	d.callFunction(fn, r)
	pending := d.takePending()
	d.mu.Unlock()
	d.deliver(pending)
}

// enter notes that a message to the target is under way and reports whether
// another one already was: the device's lock would hide it.
func (d *Device) enter(target uintptr) (overlap bool) {
	d.senders.Lock()
	defer d.senders.Unlock()
	d.busy[target]++
	return d.busy[target] > 1
}

func (d *Device) leave(target uintptr) {
	d.senders.Lock()
	defer d.senders.Unlock()
	if d.busy[target]--; d.busy[target] == 0 {
		delete(d.busy, target)
	}
}

// send finds the method, decodes the arguments, acts and stores the result.
func (d *Device) send(r *objc.Registers, overlap bool) {
	id := objc.ID(r.X[0])
	c := &call{Device: d}
	if id == 0 {
		r.X[0], r.X[1], r.D = 0, 0, [4]float64{}
		return
	}
	selector, known := d.selectorName(objc.SEL(r.X[1]))
	c.selector = selector
	impl := d.receiver(c, r, known)
	if impl != nil {
		d.invoke(c, impl, r, overlap)
	}
	if c.broken != nil {
		c.answerBroken(r)
	}
}

// receiver finds out what the target does for the selector, nil after a report.
func (d *Device) receiver(c *call, r *objc.Registers, known bool) *implementation {
	id := objc.ID(r.X[0])
	c.target = d.find(id)
	switch {
	case c.target == nil && d.formerClass(id) != nil:
		c.broken = &Report{Rule: RuleUseAfterRelease, Object: id, Class: d.formerClass(id).name, Selector: c.selector,
			Detail: "the target was released and is gone"}
		d.record(c.broken)
		return nil
	case c.target == nil:
		c.fail(RuleNotAnObject, "the target %#x is no object of this device", uintptr(id))
		return nil
	case !known:
		c.fail(RuleUnknownSelector, "%#x is no selector that this device registered", r.X[1])
		return nil
	}
	key := c.selector
	c.class = c.target.class
	if k, ok := c.target.payload.(*class); ok {
		c.class, key = k, "+"+c.selector
		if k.implementation(key) == nil && k.declaration(d.table, c.selector, true) != nil && d.classes["NSObject"].implementation(c.selector) != nil {
			key = c.selector // a class is an object too: [NSString respondsToSelector:]
		}
	}
	static := key != c.selector
	impl := c.class.implementation(key)
	if impl == nil || impl.method == nil {
		d.noMethod(c, static)
		return nil
	}
	if impl.since > d.macOS {
		c.fail(RuleUnknownSelector, "macOS %v does not have this method: it came with %v", d.macOS, impl.since)
		return nil
	}
	return impl
}

// noMethod says why there is nothing to do for a selector.
func (d *Device) noMethod(c *call, static bool) {
	if m := c.class.declaration(d.table, c.selector, static); m != nil {
		if m.since > d.macOS {
			c.fail(RuleUnknownSelector, "macOS %v does not have this method: it came with %v", d.macOS, m.since)
			return
		}
		c.fail(RuleNotImplemented, "%s has this method, the software device does not", m.class)
		return
	}
	if others := d.table.bySelector[c.selector]; len(others) > 0 {
		kind := ""
		if others[0].static {
			kind = "+"
		}
		c.fail(RuleUnknownSelector, "this class does not have the method; %s%s has it", kind, others[0].class)
		return
	}
	c.fail(RuleUnknownSelector, "no class of Foundation or Metal that this device knows has this method")
}

func (d *Device) invoke(c *call, impl *implementation, r *objc.Registers, overlap bool) {
	c.method = impl.method
	if e, ok := c.target.payload.(*encoder); ok && overlap {
		c.fail(RuleEncoderThreads, "two threads are in %s at the same time: an encoder belongs to one", e.kind)
		return
	}
	if err := c.decode(r); err != nil {
		c.fail(RuleArgumentRegister, "%v", err)
		return
	}
	if !c.resolveObjects() {
		return
	}
	if f := c.strike(); f == nil || c.suffer(f) {
		c.run(impl.handler)
		c.noteExercise(impl.static)
	}
	if c.broken == nil {
		c.store(r)
	}
}

// noteExercise tells package exercise of a method that was carried out, under
// the name of the class or protocol that declares it for the receiver: +new is
// the root class's own, and Metal's headers declare it for each class.
func (c *call) noteExercise(static bool) {
	if c.broken != nil || !exercise.Recording() {
		return
	}
	prefix := ""
	if static {
		prefix = "+"
	}
	exercise.Note(c.class.declaration(c.table, c.selector, static).class, prefix+c.selector)
}

// answerBroken gives the caller zero, and an error that names the rule if the
// method can return one.
func (c *call) answerBroken(r *objc.Registers) {
	at := uintptr(0)
	if m := c.method; m != nil {
		if n := c.errorParameter(); n >= 0 && len(c.args) == n+1 {
			at = c.address(n)
		}
	}
	c.clobber(r)
	r.X[0], r.X[1], r.D = 0, 0, [4]float64{}
	if at == 0 {
		return
	}
	e := c.reportError(c.broken)
	if pokeWords(at, uint64(e.id)) != nil {
		c.Device.release(e)
		return
	}
	c.Device.autorelease(e, c.selector)
}

// unlocked runs f, which takes long, without the device's lock.
func (c *call) unlocked(f func()) {
	kept := []*object{c.target.retain()}
	for _, a := range c.args {
		kept = append(kept, a.object.retain())
	}
	origin := c.origin
	c.origin = nil
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.origin = origin
		for _, o := range kept {
			if o != nil {
				c.Device.release(o)
			}
		}
	}()
	f()
}
