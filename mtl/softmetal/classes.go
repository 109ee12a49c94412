package softmetal

import (
	"fmt"
	"slices"

	"github.com/tqmetal/tqmetal/objc"
)

// A class is an Objective-C class of the device. Metal's protocols are met by
// private classes, as on a Mac, where no class is called MTLBuffer.
type class struct {
	name      string
	super     *class
	protocols []string           // the protocols whose methods it has, each before those that it extends
	public    bool               // LookUpClass finds it
	since     osVersion          // the first macOS that has it, if that is not all
	immortal  bool               // its objects live for ever: classes
	create    func(*Device) any  // the payload of +alloc, nil if there is no +alloc
	methods   map[string]handler // "+" before class methods
	resolved  map[string]*implementation

	number int
	object *object
}

// A handler is what a method does. It takes its arguments from the call and
// leaves its result there.
type handler func(c *call)

type implementation struct {
	handler
	*method
}

// on makes a handler of a method of the payload's type.
func on[T any](f func(T, *call)) handler {
	return func(c *call) { f(c.target.payload.(T), c) }
}

// is reports whether the class is of that name, descends from it or meets the
// protocol of that name.
func (c *class) is(name string) bool {
	for ; c != nil; c = c.super {
		if c.name == name {
			return true
		}
		for _, p := range c.protocols {
			if p == name {
				return true
			}
		}
	}
	return false
}

// declaration returns the row of Apple's interface for a selector of the class,
// nil if there is none. static asks for a class method.
func (c *class) declaration(t *methodTable, selector string, static bool) *method {
	prefix := ""
	if static {
		prefix = "+"
	}
	for k := c; k != nil; k = k.super {
		if m := t.byClass[prefix+k.name][selector]; m != nil {
			return m
		}
		for _, p := range k.protocols {
			if m := t.byClass[prefix+p][selector]; m != nil {
				return m
			}
		}
	}
	if static { // a class is an object too
		return t.byClass["NSObject"][selector]
	}
	return nil
}

// implementation returns what the class does for a selector, nil if it does not
// know it. Key carries "+" for class methods.
func (c *class) implementation(key string) *implementation {
	for k := c; k != nil; k = k.super {
		if m := k.resolved[key]; m != nil {
			return m
		}
	}
	return nil
}

// allClasses returns every class of the device, superclasses first.
func allClasses() []*class {
	root := rootClass()
	meta := &class{name: "Class", super: root, immortal: true}
	list := []*class{root, meta}
	object := func(c *class) *class {
		if c.super == nil {
			c.super = root
		}
		list = append(list, c)
		return c
	}
	object(protocolClass())
	for _, c := range foundationClasses() {
		object(c)
	}
	for _, c := range metalClasses() {
		object(c)
	}
	return list
}

// metalClasses returns the classes of Metal, in no order that matters.
func metalClasses() []*class {
	return slices.Concat([]*class{
		deviceClass(), architectureClass(), bufferClass(),
		dynamicLibraryClass(), linkedFunctionsClass(),
		compileOptionsClass(), libraryClass(), functionClass(), constantValuesClass(),
		pipelineClass(), pipelineDescriptorClass(),
		heapDescriptorClass(), heapClass(),
		residencySetDescriptorClass(), residencySetClass(),
		functionConstantClass(), functionDescriptorClass(),
		pipelineBuffersClass(), pipelineBufferClass(),
		reflectionClass(), functionReflectionClass(), structTypeClass(), structMemberClass(), bufferBindingClass(), threadgroupBindingClass(),
		archiveDescriptorClass(), archiveClass(),
		queueClass(), queueDescriptorClass(), commandBufferClass(), commandBufferDescriptorClass(),
		encoderInfoClass(),
		eventClass(), sharedEventClass(), sharedEventListenerClass(), sharedEventHandleClass(), fenceClass(),
		computeEncoderClass(), blitEncoderClass(),
		indirectDescriptorClass(), indirectBufferClass(), indirectCommandClass(),
		captureManagerClass(), captureDescriptorClass(), captureScopeClass(),
		queue4Class(), queue4DescriptorClass(), commitOptionsClass(), commitFeedbackClass(),
		allocatorClass(), allocatorDescriptorClass(), commandBuffer4Class(), commandBufferOptionsClass(), computeEncoder4Class(),
		argumentTableClass(), argumentTableDescriptorClass(),
		logStateDescriptorClass(), logStateClass(),
		counterHeapDescriptorClass(), counterHeapClass(),
		counterSetClass(), counterClass(), sampleBufferDescriptorClass(), sampleBufferClass(),
	}, passDescriptorClasses(), compilerClasses(), functionLogClasses())
}

// setUpClasses gives every class its number, its object and its declarations.
func (d *Device) setUpClasses() error {
	table, err := methods()
	if err != nil {
		return err
	}
	d.table = table
	for i, c := range allClasses() {
		if c.number = i; i > numberMask {
			return fmt.Errorf("softmetal: %d classes, and a handle has room for %d", len(allClasses()), numberMask+1)
		}
		c.resolved = make(map[string]*implementation, len(c.methods))
		for key, h := range c.methods {
			selector, static := key, false
			if key[0] == '+' {
				selector, static = key[1:], true
			}
			c.resolved[key] = &implementation{h, c.declaration(table, selector, static)}
		}
		c.since = table.since(c.name)
		d.classes[c.name] = c
		d.classList = append(d.classList, c)
	}
	meta := d.classes["Class"]
	for _, c := range d.classList {
		c.object = &object{
			id:      d.newHandle(meta),
			class:   meta,
			refs:    1,
			payload: c,
		}
		d.statics[c.object.id] = c.object
	}
	return nil
}

// isStatic reports whether the handle is a class or a protocol, which live for
// ever and are in no ledger.
func (d *Device) isStatic(id objc.ID) bool { return d.statics[id] != nil }

// find returns the object of a handle, nil if it is not alive.
func (d *Device) find(id objc.ID) *object {
	if o := d.objects[id]; o != nil {
		return o
	}
	return d.statics[id]
}
