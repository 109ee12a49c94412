package softmetal

import (
	"context"
	"fmt"
	"slices"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// linkedFunctions are functions that a kernel may call. The device takes those that
// it calls by name: pointers to functions it does not have.
type linkedFunctions struct{ private *object }

func (l *linkedFunctions) dealloc(d *Device, _ *object) { d.release(l.private) }

func linkedFunctionsClass() *class {
	return &class{
		name:   "MTLLinkedFunctions",
		public: true,
		create: func(*Device) any { return new(linkedFunctions) },
		methods: map[string]handler{
			"+linkedFunctions": func(c *call) { c.returnNew(c.make(c.class, new(linkedFunctions))) },
			"privateFunctions": on(func(l *linkedFunctions, c *call) { c.returnKept(l.private) }),
			"setPrivateFunctions:": on(func(l *linkedFunctions, c *call) {
				if c.elementsAre(0, "MTLFunction") {
					old := l.private
					l.private = c.object(0).retain()
					c.Device.release(old)
				}
			}),
		},
	}
}

// linkedFunctions are those of the descriptor.
func (p *pipelineSettings) linkedFunctions() []*object {
	if p.linked == nil {
		return nil
	}
	l := p.linked.payload.(*linkedFunctions)
	if l.private == nil {
		return nil
	}
	return l.private.payload.(*nsArray).objects
}

// libraries are the dynamic libraries that are loaded before all others.
func (p *pipelineSettings) libraries() (libraries []*dynamicLibrary) {
	if p.preloaded != nil {
		for _, o := range p.preloaded.payload.(*nsArray).objects {
			libraries = append(libraries, o.payload.(*dynamicLibrary))
		}
	}
	return libraries
}

// code tells pipelines apart by the functions and libraries that they are made of.
func (r *pipelineRequest) code() string {
	s := r.function.payload.(*function).identity()
	for _, f := range r.functions {
		s += " + " + f.payload.(*function).identity()
	}
	for _, l := range r.libraries() {
		s += " + " + l.identity
	}
	return s
}

// images returns what a pipeline is linked with, in the order in which functions
// are looked for: those that are linked, the libraries that are preloaded, and those
// that the kernel's library was linked with. Where it is not ok, it has said why.
func (c *call) images(r *pipelineRequest, errorArgument int) (images []*mslrun.Image, ok bool) {
	add := func(more ...*mslrun.Image) {
		for _, image := range more {
			if !slices.Contains(images, image) {
				images = append(images, image)
			}
		}
	}
	names := map[string]bool{}
	for _, o := range r.functions {
		f := o.payload.(*function)
		switch {
		case f.kind() != functionVisible:
			c.fail(RuleFunctionType, "function %q is linked with, and is not visible", f.name())
			return nil, false
		case names[f.name()]:
			c.fail(RuleLinkedFunctions, "two functions that are linked with have the name %q", f.name())
			return nil, false
		}
		names[f.name()] = true
		if k := f.needsConstants(); k != "" {
			c.setError(errorArgument, c.newError(libraryErrorDomain, libraryCompileFailure, fmt.Sprintf("linked function %q: its function constant %q has no value", f.name(), k)))
			return nil, false
		}
		if f.as != "" {
			continue // a kernel calls it by its name, and what that is now Apple does not say
		}
		back := c.backend
		var image *mslrun.Image
		var err error
		c.compile(func() {
			image, err = back.functionImage(context.Background(), f.from.Library, f.description.Name, f.constants)
		})
		if err != nil {
			c.setError(errorArgument, c.compileFailed(err))
			return nil, false
		}
		add(image)
	}
	for _, l := range r.libraries() {
		add(l.images[0])
	}
	of := []*library{r.function.payload.(*function).from}
	for _, o := range r.functions {
		of = append(of, o.payload.(*function).from)
	}
	for _, l := range of {
		more, e := c.linkedWith(l.Links, l.folder, nil)
		if e != nil {
			c.setError(errorArgument, e)
			return nil, false
		}
		add(more...)
	}
	for _, l := range r.libraries() {
		add(l.images...)
	}
	return images, true
}
