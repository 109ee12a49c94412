package softmetal

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// foundationClasses returns what Metal compute needs of Foundation,
// superclasses first.
func foundationClasses() []*class {
	array, dictionary := arrayClass(), dictionaryClass()
	return []*class{
		stringClass(), errorClass(), numberClass(), dataClass(),
		array, mutableArrayClass(array),
		dictionary, mutableDictionaryClass(dictionary),
		autoreleasePoolClass(), processInfoClass(),
		urlClass(), dispatchDataClass(),
	}
}

// rootClass is NSObject: what every object answers.
func rootClass() *class {
	return &class{
		name:   "NSObject",
		public: true,
		create: func(*Device) any { return new(plainObject) },
		methods: map[string]handler{
			"+alloc":              (*call).alloc,
			"+new":                (*call).new,
			"+class":              func(c *call) { c.returnOwned(c.class.object) },
			"init":                func(c *call) { c.returnOwned(c.target) },
			"self":                func(c *call) { c.returnOwned(c.target) },
			"class":               func(c *call) { c.returnOwned(c.target.class.object) },
			"retain":              func(c *call) { c.returnOwned(c.target.retain()) },
			"release":             func(c *call) { c.Device.releaseHandle(c.target.id, c.selector) },
			"autorelease":         func(c *call) { c.Device.autorelease(c.target, c.selector); c.returnOwned(c.target) },
			"retainCount":         func(c *call) { c.returnInt(c.target.refs) },
			"hash":                func(c *call) { c.returnWord(uint64(c.target.id) >> 4) },
			"isEqual:":            func(c *call) { c.returnBool(c.object(0) != nil && equal(c.target, c.object(0))) },
			"isKindOfClass:":      (*call).isKindOfClass,
			"respondsToSelector:": (*call).respondsToSelector,
			"description":         func(c *call) { c.returnNew(c.newString(c.target.describe())) },
			"debugDescription":    func(c *call) { c.returnNew(c.newString(c.target.describe())) },
		},
	}
}

// A plainObject is an NSObject of no other class.
type plainObject struct{ _ byte }

func (c *call) alloc() {
	if c.class.create == nil {
		c.fail(RuleNotImplemented, "an object of class %s cannot be made by +%s", c.class.name, c.selector)
		return
	}
	c.returnOwned(c.make(c.class, c.class.create(c.Device)))
}

// new is +alloc and -init in one.
func (c *call) new() {
	c.alloc()
	o := c.objects[objc.ID(c.result[0])]
	if c.broken != nil || o == nil {
		return
	}
	c.target = o
	c.class.implementation("init").handler(c)
}

func (c *call) isKindOfClass() {
	k, ok := c.object(0).asClass()
	c.returnBool(ok && c.target.class.is(k.name))
}

func (o *object) asClass() (*class, bool) {
	if o == nil {
		return nil, false
	}
	k, ok := o.payload.(*class)
	return k, ok
}

func (c *call) respondsToSelector() {
	selector, _ := c.selectorName(objc.SEL(c.word(0)))
	k, key := c.target.class, selector
	if asked, ok := c.target.asClass(); ok {
		k, key = asked, "+"+selector
	}
	m := k.implementation(key)
	c.returnBool(m != nil && m.method != nil && m.since <= c.macOS)
}

func (o *object) describe() string {
	if k, ok := o.asClass(); ok {
		return k.name
	}
	switch p := o.payload.(type) {
	case *nsString:
		return p.text()
	case *nsError:
		return fmt.Sprintf("Error Domain=%s Code=%d %q", p.domain, p.code, p.description)
	}
	s := fmt.Sprintf("<%s: %#x>", o.class.name, uintptr(o.id))
	if o.label != "" {
		s += " label = " + o.label
	}
	return s
}

// equal compares by value where Foundation does.
func equal(a, b *object) bool {
	switch p := a.payload.(type) {
	case *nsString:
		q, ok := b.payload.(*nsString)
		return ok && p.text() == q.text()
	case *nsNumber:
		q, ok := b.payload.(*nsNumber)
		return ok && *p == *q
	}
	return a == b
}

// A label is what many of Metal's objects have.
func labelMethods(m map[string]handler) map[string]handler {
	m["label"] = func(c *call) {
		if c.target.label == "" {
			c.returnOwned(nil)
			return
		}
		c.returnNew(c.newString(c.target.label))
	}
	m["setLabel:"] = func(c *call) { c.target.label = payload[*nsString](c, 0).text() }
	return m
}

func autoreleasePoolClass() *class {
	return &class{
		name:   "NSAutoreleasePool",
		public: true,
		create: func(*Device) any { return new(poolObject) },
		methods: map[string]handler{
			"init": func(c *call) {
				c.target.payload.(*poolObject).token = c.pushPool()
				c.returnOwned(c.target)
			},
			"drain": func(c *call) { c.Device.release(c.target) },
		},
	}
}

// A poolObject is a pool in the guise of an object: draining it is its last
// release.
type poolObject struct{ token uintptr }

func (p *poolObject) dealloc(d *Device, _ *object) {
	if p.token != 0 {
		d.popPool(p.token, "drain")
	}
}

func processInfoClass() *class {
	return &class{
		name:   "NSProcessInfo",
		public: true,
		methods: map[string]handler{
			"+processInfo": func(c *call) {
				for _, o := range c.statics {
					if _, ok := o.payload.(*processInfo); ok {
						c.returnOwned(o)
						return
					}
				}
				o := c.make(c.class, new(processInfo))
				delete(c.objects, o.id)
				c.statics[o.id] = o
				c.returnOwned(o)
			},
			"operatingSystemVersion": func(c *call) { c.returnWords(uint64(c.macOS/100), uint64(c.macOS%100), 0) },
		},
	}
}

type processInfo struct{ _ byte }
