// Package objctest has an [objc.Runtime] for tests: it records every message,
// decodes it by Apple's table, keeps real reference counts and real autorelease
// pools, and answers as a test tells it to.
//
// It judges what a runtime can judge: an unknown selector, a message to an
// object that is gone, an autorelease without a pool, a pool drained on
// another thread. [Runtime.Violations] lists what was wrong.
package objctest

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/tqmetal/tqmetal/internal/metaltable"
	"github.com/tqmetal/tqmetal/objc"
)

// A Runtime is a scripted Objective-C runtime. The zero value is not ready:
// use [New].
type Runtime struct {
	// Trace is called for every message before it is answered, when set. It
	// may block or yield.
	Trace func(*Message)
	// After is called for every message when it has been answered, when set.
	After func(*Message)

	reference *metaltable.Reference
	missing   map[string]bool // selectors, functions and classes that are not there
	mu        sync.Mutex
	names     []string // selectors and functions: the handle is the index
	handles   map[string]uintptr
	objects   map[objc.ID]*object
	next      objc.ID
	scripts   map[string]func(*Message)
	log       []*Message
	pools     map[int][]*pool // by thread
	nextPool  uintptr
	wrong     []string
	lacks     map[string]bool // what respondsToSelector: denies
	permanent []objc.ID       // objects of the runtime itself
	constants map[string]*objc.ID
}

type object struct {
	class   string
	isClass bool
	count   int
	value   any          // what a script stores with the object
	held    []objc.ID    // released with it
	gone    func(string) // called when it goes
}

type pool struct {
	token   uintptr
	objects []objc.ID
}

// Classes that exist.
var classes = []string{
	"NSString", "NSMutableDictionary", "MTLCompileOptions", "MTLFunctionConstantValues", "MTLComputePipelineDescriptor",
	"MTLHeapDescriptor", "MTLResidencySetDescriptor", "MTLCommandBufferDescriptor", "MTLCommandQueueDescriptor", "MTLSharedEventListener",
	"MTLBinaryArchiveDescriptor", "MTLFunctionDescriptor", "MTLLinkedFunctions", "NSArray", "NSURL", "MTLIndirectCommandBufferDescriptor",
	"MTLCounterSampleBufferDescriptor", "MTLComputePassDescriptor", "MTLBlitPassDescriptor",
	"MTLCaptureManager", "MTLCaptureDescriptor", "MTLLogStateDescriptor",
}

// Variables that refer to a string, which is their name.
var constants = []string{"MTLCommandBufferEncoderInfoErrorKey"}

// New returns a runtime with Foundation, without what is named as missing:
// classes, C functions or selectors.
func New(missing ...string) *Runtime {
	reference, err := metaltable.ReadReference()
	if err != nil {
		panic(err) // the tables belong to the module
	}
	rt := &Runtime{
		reference: reference,
		missing:   map[string]bool{},
		handles:   map[string]uintptr{},
		names:     []string{""},
		objects:   map[objc.ID]*object{},
		next:      0x1000_0000,
		scripts:   map[string]func(*Message){},
		pools:     map[int][]*pool{},
		nextPool:  0x7000,
		lacks:     map[string]bool{},
	}
	for _, name := range missing {
		rt.missing[name] = true
	}
	for _, class := range classes {
		if !rt.missing[class] {
			rt.objects[rt.newID()] = &object{class: class, isClass: true, count: 1}
		}
	}
	rt.foundation()
	rt.constants = map[string]*objc.ID{}
	for _, name := range constants {
		if !rt.missing[name] {
			id := rt.newText(name)
			rt.permanent = append(rt.permanent, id)
			rt.constants[name] = &id
		}
	}
	return rt
}

// On sets the answer to a message, named as "class selector" or "C function".
// Without one, a method that returns an object makes one, with the ownership
// that Apple's table states, and every other result is zero.
func (rt *Runtime) On(message string, script func(*Message)) {
	class, selector, _ := strings.Cut(message, " ")
	if _, ok := rt.reference.Find(class, selector); !ok {
		panic("objctest: no such message: " + message)
	}
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.scripts[message] = script
}

// Lacks makes respondsToSelector: deny a selector, as an older macOS would.
func (rt *Runtime) Lacks(selector string) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.lacks[selector] = true
}

// NewObject returns a new object with one reference.
func (rt *Runtime) NewObject(class string, value any) objc.ID {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	id := rt.newID()
	rt.objects[id] = &object{class: class, count: 1, value: value}
	return id
}

func (rt *Runtime) newID() objc.ID {
	rt.next += 16
	return rt.next
}

// Value returns what is stored with an object.
func (rt *Runtime) Value(id objc.ID) any {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if o := rt.objects[id]; o != nil {
		return o.value
	}
	return nil
}

// Count returns the references to an object, 0 when it is gone.
func (rt *Runtime) Count(id objc.ID) int {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if o := rt.objects[id]; o != nil {
		return o.count
	}
	return 0
}

// Hold makes holder keep object until it goes itself.
func (rt *Runtime) Hold(holder, object objc.ID) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.retain(object)
	rt.objects[holder].held = append(rt.objects[holder].held, object)
}

// LiveIDs returns the objects that have references.
func (rt *Runtime) LiveIDs() []objc.ID {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return slices.Collect(maps.Keys(rt.objects))
}

// Live returns the classes of the objects that exist, sorted; class objects
// and what the runtime itself holds are left out.
func (rt *Runtime) Live() []string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	var live []string
	for id, o := range rt.objects {
		if !o.isClass && (!slices.Contains(rt.permanent, id) || o.count > 1) {
			live = append(live, o.class)
		}
	}
	slices.Sort(live)
	return live
}

// Violations returns what was wrong so far, and what is wrong now: pools that
// are still open.
func (rt *Runtime) Violations() []string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	wrong := slices.Clone(rt.wrong)
	for thread, pools := range rt.pools {
		if len(pools) > 0 {
			wrong = append(wrong, fmt.Sprintf("%d pools are open on thread %d", len(pools), thread))
		}
	}
	return wrong
}

// Violation adds to the violations; it is for scripts.
func (rt *Runtime) Violation(format string, args ...any) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.violation(format, args...)
}

func (rt *Runtime) violation(format string, args ...any) {
	rt.wrong = append(rt.wrong, fmt.Sprintf(format, args...))
}

// Messages returns the recorded messages, those of the given classes only when
// any is given, and forgets all.
func (rt *Runtime) Messages(classes ...string) []*Message {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	var messages []*Message
	for _, m := range rt.log {
		if len(classes) == 0 || slices.Contains(classes, m.Class) {
			messages = append(messages, m)
		}
	}
	rt.log = nil
	return messages
}

// LookUpClass implements [objc.Runtime].
func (rt *Runtime) LookUpClass(name string) objc.Class {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	for id, o := range rt.objects {
		if o.isClass && o.class == name {
			return objc.Class(id)
		}
	}
	return 0
}

// RegisterSelector implements [objc.Runtime].
func (rt *Runtime) RegisterSelector(name string) objc.SEL { return objc.SEL(rt.handle(name)) }

// Symbol implements [objc.Runtime].
func (rt *Runtime) Symbol(name string) uintptr {
	if word := rt.constants[name]; word != nil {
		return uintptr(unsafe.Pointer(word))
	}
	if _, ok := rt.reference.Method("C", name); !ok {
		return 0
	}
	return rt.handle(name)
}

func (rt *Runtime) handle(name string) uintptr {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.missing[name] {
		return 0
	}
	h, ok := rt.handles[name]
	if !ok {
		h = uintptr(len(rt.names))
		rt.names = append(rt.names, name)
		rt.handles[name] = h
	}
	return h
}

// Call implements [objc.Runtime].
func (rt *Runtime) Call(fn uintptr, r *objc.Registers) {
	rt.mu.Lock()
	m := &Message{Class: "C", Selector: rt.names[fn], Image: *r, rt: rt, registers: r}
	rt.mu.Unlock()
	method, _ := rt.reference.Method("C", m.Selector)
	for range method.Args {
		m.Args = append(m.Args, r.X[len(m.Args)])
	}
	rt.answer(m, method)
}

// MsgSend implements [objc.Runtime].
func (rt *Runtime) MsgSend(r *objc.Registers) {
	moveStack(64)
	target, selector := objc.ID(r.X[0]), r.X[1]
	if target == 0 {
		r.X[0], r.X[1], r.D = 0, 0, [4]float64{}
		return
	}
	rt.mu.Lock()
	o := rt.objects[target]
	if o == nil || selector == 0 || selector >= uintptr(len(rt.names)) {
		rt.violation("message %#x to %#x: no such selector or object", selector, target)
		rt.mu.Unlock()
		r.X[0], r.X[1] = 0, 0
		return
	}
	name := rt.names[selector]
	if o.isClass {
		name = "+" + name
	}
	m := &Message{Class: o.class, Selector: name, Target: target, Image: *r, rt: rt, registers: r}
	rt.mu.Unlock()
	method, ok := rt.reference.Find(o.class, name)
	if !ok {
		rt.Violation("%s has no method %s", o.class, name)
		r.X[0], r.X[1] = 0, 0
		return
	}
	m.decode(method)
	if e, ok := o.value.(*encoder); ok {
		if e.ended {
			rt.Violation("%s %s after endEncoding", m.Class, m.Selector)
		}
		for _, id := range m.Objects() {
			if rt.Count(id) == 0 {
				rt.Violation("%s %s names %#x, which does not exist", m.Class, m.Selector, id)
			}
		}
	}
	rt.answer(m, method)
}

// moveStack makes the goroutine's stack grow, and so move, at times: an
// argument that points into it would be found out.
//
//go:noinline
func moveStack(n int) byte {
	var room [128]byte
	if n > 0 {
		room[n] = moveStack(n - 1)
	}
	return room[0]
}

func (rt *Runtime) answer(m *Message, method metaltable.Method) {
	if rt.Trace != nil {
		rt.Trace(m)
	}
	rt.mu.Lock()
	rt.log = append(rt.log, m)
	script := rt.scripts[m.Class+" "+m.Selector]
	if script == nil {
		script = rt.scripts[method.Class+" "+method.Selector]
	}
	rt.mu.Unlock()
	// What a void method leaves in the result registers means nothing.
	result := [2]uintptr{0xdead, 0xbeef}
	if returnType(method.Encoding, method.Return) != "v" {
		result = [2]uintptr{}
	}
	m.registers.X[0], m.registers.X[1] = result[0], result[1]
	m.registers.D[0] = 0
	switch {
	case script != nil:
		script(m)
	case method.Ownership == "owned":
		m.ReturnID(rt.NewObject(className(method, m.Class), nil))
	case method.Ownership == "autoreleased":
		m.ReturnID(rt.Autorelease(rt.NewObject(className(method, m.Class), nil)))
	}
	if rt.After != nil {
		rt.After(m)
	}
}

func returnType(encoding, declared string) string {
	if encoding == "" {
		return map[bool]string{true: "v", false: "?"}[declared == "void"]
	}
	result, _, err := metaltable.SplitEncoding(encoding)
	if err != nil {
		panic(err)
	}
	return result
}

// className turns id<MTLDevice> and NSString * into MTLDevice and NSString.
func className(m metaltable.Method, receiver string) string {
	name := strings.Trim(strings.TrimPrefix(m.Return, "id"), "<>* ")
	if name == "instancetype" || name == "" {
		return receiver
	}
	return name
}

func (rt *Runtime) retain(id objc.ID) {
	if o := rt.objects[id]; o != nil {
		o.count++
		return
	}
	if id != 0 {
		rt.violation("retain of %#x, which does not exist", id)
	}
}

func (rt *Runtime) release(id objc.ID) {
	o := rt.objects[id]
	switch {
	case id == 0:
	case o == nil:
		rt.violation("release of %#x, which does not exist", id)
	case o.isClass:
		rt.violation("release of class %s", o.class)
	default:
		if o.count--; o.count == 0 {
			delete(rt.objects, id)
			for _, held := range o.held {
				rt.release(held)
			}
			if o.gone != nil {
				rt.mu.Unlock()
				o.gone(o.class)
				rt.mu.Lock()
			}
		}
	}
}

// Release gives up a reference; it is for scripts.
func (rt *Runtime) Release(id objc.ID) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.release(id)
}

// WhenGone calls f after an object has gone.
func (rt *Runtime) WhenGone(id objc.ID, f func(class string)) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.objects[id].gone = f
}

// Autorelease puts a reference into the innermost pool of this thread.
func (rt *Runtime) Autorelease(id objc.ID) objc.ID {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	pools := rt.pools[thread()]
	if len(pools) == 0 {
		rt.violation("%s is autoreleased with no pool in place", rt.objects[id].class)
		return id
	}
	p := pools[len(pools)-1]
	p.objects = append(p.objects, id)
	return id
}

func (rt *Runtime) pushPool() uintptr {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.nextPool += 8
	t := thread()
	rt.pools[t] = append(rt.pools[t], &pool{token: rt.nextPool})
	return rt.nextPool
}

func (rt *Runtime) popPool(token uintptr) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	t := thread()
	pools := rt.pools[t]
	i := slices.IndexFunc(pools, func(p *pool) bool { return p.token == token })
	if i < 0 {
		rt.violation("pool %#x is drained on thread %d, which did not open it", token, t)
		return
	}
	if i != len(pools)-1 {
		rt.violation("pool %#x is drained with %d pools open inside", token, len(pools)-1-i)
	}
	rt.pools[t] = pools[:i]
	for _, p := range pools[i:] {
		for _, id := range p.objects {
			rt.release(id)
		}
	}
}

// Wander makes the goroutine sleep, so that it goes on on another thread when
// it is not locked to one.
func Wander() {
	runtime.Gosched()
	sleep()
}
