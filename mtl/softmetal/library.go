package softmetal

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

type library struct {
	*mslrun.Library
	functions []mslrun.Function
	identity  string // of the source and how it was compiled
	threads   int    // of a threadgroup at most, 0 for no limit
}

func (l *library) find(name string) (mslrun.Function, bool) {
	i := slices.IndexFunc(l.functions, func(f mslrun.Function) bool { return f.Name == name })
	if i < 0 {
		return mslrun.Function{}, false
	}
	return l.functions[i], true
}

func libraryClass() *class {
	return &class{
		name:      "SoftMetalLibrary",
		protocols: []string{"MTLLibrary"},
		methods: labelMethods(map[string]handler{
			"device": deviceMethod,
			"type":   func(c *call) { c.returnWord(0) },
			"functionNames": on(func(l *library, c *call) {
				var names []*object
				for _, f := range l.functions {
					names = append(names, c.newString(f.Name))
				}
				a := c.newArray(names)
				for _, n := range names {
					c.Device.release(n)
				}
				c.returnNew(a)
			}),
			"newFunctionWithName:":                      on((*library).newFunction),
			"newFunctionWithName:constantValues:error:": on((*library).newSpecialized),
			"newFunctionWithDescriptor:error:":          on((*library).newFunctionWithDescriptor),
			"reflectionForFunctionWithName:":            on((*library).reflection),
		}),
	}
}

// newLibrary compiles a source. As on a Mac a failure is nil and an error, and
// warnings are an error beside a library.
func (c *call) newLibrary() {
	const errorArgument = 2
	source := payload[*nsString](c, 0)
	if source == nil {
		c.fail(RuleNilArgument, "argument 1 is the source, and is nil")
		return
	}
	c.compileSource(source.text(), payload[*compileOptions](c, 1), errorArgument)
}

// compileSource answers a library of a source, with Metal's own options where there
// are none. It returns nil where there is no library.
func (c *call) compileSource(text string, o *compileOptions, errorArgument int) *object {
	if o == nil {
		o = &compileOptions{version: min(defaultLanguage(), newestLanguage(c.macOS)), math: mathFast}
	}
	if newest := newestLanguage(c.macOS); o.version > newest {
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryUnsupported,
			fmt.Sprintf("invalid language version %d.%d: macOS %v has none newer than %d.%d", o.version>>16, o.version&0xffff, c.macOS, newest>>16, newest&0xffff)))
		return nil
	}
	if o.threads > maxThreadsPerGroup {
		c.fail(RuleThreadsPerGroup, "maxTotalThreadsPerThreadgroup is %d, the device's limit is %d", o.threads, maxThreadsPerGroup)
		return nil
	}
	return c.compileLibrary(text, o.options(), int(o.threads), errorArgument)
}

// compileLibrary answers a library of a source.
func (c *call) compileLibrary(text string, options mslrun.Options, threads, errorArgument int) *object {
	back := c.backend
	var lib *mslrun.Library
	var warnings string
	var err error
	c.compile(func() { lib, warnings, err = back.newLibrary(context.Background(), text, options) })
	if err != nil {
		c.setError(errorArgument, c.libraryError(err))
		return nil
	}
	if warnings != "" {
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryCompileWarning, warnings))
	}
	o := c.make(c.classes["SoftMetalLibrary"], &library{lib, lib.Functions(), identityOf(text, options), threads})
	c.returnOwned(o)
	return o
}

// libraryError makes the NSError of what the compiler said.
func (d *Device) libraryError(err error) *object {
	code := int64(libraryInternal)
	var compile *mslrun.CompileError
	var constant *mslrun.ConstantError
	switch {
	case errors.As(err, &compile), errors.As(err, &constant):
		code = libraryCompileFailure
	case errors.Is(err, mslrun.ErrUnsupported), errors.Is(err, mslrun.ErrNoCompiler):
		code = libraryUnsupported
	case errors.Is(err, mslrun.ErrNoFunction):
		code = libraryFunctionNotFound
	}
	return d.newError(libraryErrorDomain, code, err.Error())
}

// newFunction answers nil for a name that the library does not have.
func (l *library) newFunction(c *call) {
	name := c.object(0)
	if name == nil {
		c.fail(RuleNilArgument, "argument 1 is the function's name, and is nil")
		return
	}
	if f, ok := l.find(name.payload.(*nsString).text()); ok {
		c.returnOwned(c.makeFunction(&function{from: l, description: f}, c.target))
	}
}

func (l *library) newSpecialized(c *call) {
	const errorArgument = 2
	name, values := payload[*nsString](c, 0), payload[*constantValues](c, 1)
	if name == nil || values == nil {
		c.fail(RuleNilArgument, "the function's name and its constant values must not be nil")
		return
	}
	l.specialize(c, name.text(), "", values, errorArgument)
}

// specialize answers a function with its constants set, by another name if there
// is one.
func (l *library) specialize(c *call, name, as string, values *constantValues, errorArgument int) {
	f, e := l.specialized(c.Device, name, as, values)
	if e != nil {
		c.setError(errorArgument, e)
		return
	}
	c.returnOwned(c.makeFunction(f, c.target))
}

func (l *library) specialized(d *Device, name, as string, values *constantValues) (f *function, nsError *object) {
	description, ok := l.find(name)
	if !ok {
		return nil, d.newError(libraryErrorDomain, libraryFunctionNotFound, fmt.Sprintf("Function %q was not found in the library", name))
	}
	f = &function{from: l, description: description, as: as}
	if values != nil {
		constants, err := values.resolve(description)
		if err != nil {
			return nil, d.newError(libraryErrorDomain, libraryCompileFailure, err.Error())
		}
		f.constants, f.specialized = constants, true
	}
	return f, nil
}
