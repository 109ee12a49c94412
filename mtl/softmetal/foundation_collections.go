package softmetal

import "github.com/tqmetal/tqmetal/objc"

type nsArray struct{ objects []*object }

func (a *nsArray) dealloc(d *Device, _ *object) {
	for _, o := range a.objects {
		d.release(o)
	}
}

// newArray returns an array that retains the objects.
func (d *Device) newArray(objects []*object) *object {
	a := &nsArray{objects: objects}
	for _, o := range objects {
		o.retain()
	}
	return d.make(d.classes["NSArray"], a)
}

// objectsAt reads a C array of n objects. All must be alive.
func (c *call) objectsAt(i int, n uint64, protocol string) ([]*object, bool) {
	if n > 1<<20 {
		c.fail(RuleBadAddress, "argument %d is a C array of %d objects", i+1, n)
		return nil, false
	}
	words, err := peekWords(c.address(i), int(n))
	if err != nil {
		c.fail(RuleBadAddress, "argument %d: %v", i+1, err)
		return nil, false
	}
	objects := make([]*object, n)
	for j, w := range words {
		if w == 0 {
			continue
		}
		o := c.find(objc.ID(w))
		switch {
		case o == nil && c.formerClass(objc.ID(w)) != nil:
			c.fail(RuleUseAfterRelease, "element %d of argument %d is a %s that is gone", j, i+1, c.formerClass(objc.ID(w)).name)
			return nil, false
		case o == nil:
			c.fail(RuleNotAnObject, "element %d of argument %d is %#x, no object of this device", j, i+1, w)
			return nil, false
		case protocol != "" && !o.class.is(protocol):
			c.fail(RuleArgumentClass, "element %d of argument %d is a %s, not a %s", j, i+1, o.class.name, protocol)
			return nil, false
		}
		objects[j] = o
	}
	return objects, true
}

// withoutNil is objectsAt where nil is not allowed, as in a collection.
func (c *call) withoutNil(i int, n uint64) ([]*object, bool) {
	objects, ok := c.objectsAt(i, n, "")
	for j, o := range objects {
		if o == nil {
			c.fail(RuleNilArgument, "element %d of argument %d is nil", j, i+1)
			return nil, false
		}
	}
	return objects, ok
}

func arrayClass() *class {
	return &class{
		name:   "NSArray",
		public: true,
		create: func(*Device) any { return new(nsArray) },
		methods: map[string]handler{
			"+array": func(c *call) { c.returnNew(c.make(c.class, new(nsArray))) },
			"+arrayWithObject:": func(c *call) {
				if c.object(0) == nil {
					c.fail(RuleNilArgument, "an array does not hold nil")
					return
				}
				c.returnNew(c.make(c.class, &nsArray{objects: []*object{c.object(0).retain()}}))
			},
			"+arrayWithObjects:count:": func(c *call) {
				if objects, ok := c.withoutNil(0, c.word(1)); ok {
					c.returnNew(c.newArray(objects))
				}
			},
			"initWithObjects:count:": func(c *call) {
				if objects, ok := c.withoutNil(0, c.word(1)); ok {
					for _, o := range objects {
						o.retain()
					}
					c.target.payload.(*nsArray).objects = objects
					c.returnOwned(c.target)
				}
			},
			"count": on(func(a *nsArray, c *call) { c.returnInt(len(a.objects)) }),
			"firstObject": on(func(a *nsArray, c *call) {
				if len(a.objects) > 0 {
					c.returnKept(a.objects[0])
				}
			}),
			"objectAtIndex:": on(func(a *nsArray, c *call) {
				if c.word(0) >= uint64(len(a.objects)) {
					c.fail(RuleIndex, "index %d of an array of %d objects", c.word(0), len(a.objects))
					return
				}
				c.returnKept(a.objects[c.word(0)])
			}),
		},
	}
}

func mutableArrayClass(array *class) *class {
	return &class{
		name:   "NSMutableArray",
		super:  array,
		public: true,
		create: array.create,
		methods: map[string]handler{
			"+arrayWithCapacity:": func(c *call) { c.returnNew(c.make(c.class, new(nsArray))) },
			"initWithCapacity:":   func(c *call) { c.returnOwned(c.target) },
			"addObject:": on(func(a *nsArray, c *call) {
				if c.object(0) == nil {
					c.fail(RuleNilArgument, "an array does not hold nil")
					return
				}
				a.objects = append(a.objects, c.object(0).retain())
			}),
		},
	}
}

// An nsDictionary keeps its entries in the order in which they came.
type nsDictionary struct{ keys, values []*object }

func (m *nsDictionary) dealloc(d *Device, _ *object) {
	for i := range m.keys {
		d.release(m.keys[i])
		d.release(m.values[i])
	}
}

func (d *Device) newDictionary() *object {
	return d.make(d.classes["NSDictionary"], new(nsDictionary))
}

// find returns the index of an equal key, -1 if there is none.
func (m *nsDictionary) find(key *object) int {
	for i, k := range m.keys {
		if equal(k, key) {
			return i
		}
	}
	return -1
}

// text returns the value of a string key, nil if there is none.
func (m *nsDictionary) text(key string) *object {
	for i, k := range m.keys {
		if s, ok := k.payload.(*nsString); ok && s.text() == key {
			return m.values[i]
		}
	}
	return nil
}

func (m *nsDictionary) put(d *Device, key, value *object) {
	value.retain()
	if i := m.find(key); i >= 0 {
		d.release(m.values[i])
		m.values[i] = value
		return
	}
	m.keys, m.values = append(m.keys, key.retain()), append(m.values, value)
}

func (c *call) dictionaryOf(values, keys []*object) *object {
	o := c.make(c.class, new(nsDictionary))
	for i := range keys {
		o.payload.(*nsDictionary).put(c.Device, keys[i], values[i])
	}
	return o
}

func dictionaryClass() *class {
	return &class{
		name:   "NSDictionary",
		public: true,
		create: func(*Device) any { return new(nsDictionary) },
		methods: map[string]handler{
			"+dictionary": func(c *call) { c.returnNew(c.make(c.class, new(nsDictionary))) },
			"+dictionaryWithObject:forKey:": func(c *call) {
				if c.object(0) == nil || c.object(1) == nil {
					c.fail(RuleNilArgument, "a dictionary does not hold nil")
					return
				}
				c.returnNew(c.dictionaryOf([]*object{c.object(0)}, []*object{c.object(1)}))
			},
			"+dictionaryWithObjects:forKeys:count:": func(c *call) {
				values, ok := c.withoutNil(0, c.word(2))
				if !ok {
					return
				}
				if keys, ok := c.withoutNil(1, c.word(2)); ok {
					c.returnNew(c.dictionaryOf(values, keys))
				}
			},
			"initWithObjects:forKeys:count:": on(func(m *nsDictionary, c *call) {
				values, ok := c.withoutNil(0, c.word(2))
				if !ok {
					return
				}
				keys, ok := c.withoutNil(1, c.word(2))
				if !ok {
					return
				}
				for i := range keys {
					m.put(c.Device, keys[i], values[i])
				}
				c.returnOwned(c.target)
			}),
			"count": on(func(m *nsDictionary, c *call) { c.returnInt(len(m.keys)) }),
			"allKeys": on(func(m *nsDictionary, c *call) {
				c.returnNew(c.newArray(append([]*object(nil), m.keys...)))
			}),
			"objectForKey:": on(func(m *nsDictionary, c *call) {
				if c.object(0) == nil {
					return
				}
				if i := m.find(c.object(0)); i >= 0 {
					c.returnKept(m.values[i])
				}
			}),
		},
	}
}

func mutableDictionaryClass(dictionary *class) *class {
	return &class{
		name:   "NSMutableDictionary",
		super:  dictionary,
		public: true,
		create: dictionary.create,
		methods: map[string]handler{
			"+dictionaryWithCapacity:": func(c *call) { c.returnNew(c.make(c.class, new(nsDictionary))) },
			"initWithCapacity:":        func(c *call) { c.returnOwned(c.target) },
			"setObject:forKey:": on(func(m *nsDictionary, c *call) {
				if c.object(0) == nil || c.object(1) == nil {
					c.fail(RuleNilArgument, "a dictionary does not hold nil")
					return
				}
				m.put(c.Device, c.object(1), c.object(0))
			}),
		},
	}
}
