package softmetal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// MTLLibraryType.
const libraryDynamic = 1

type library struct {
	*mslrun.Library
	sourceSettings
	text      string
	functions []mslrun.Function // that can be asked for
	identity  string            // of the source and how it was compiled
	folder    string            // where it was loaded from, or ""
}

// sourceSettings say how a library is compiled.
type sourceSettings struct {
	Options     mslrun.Options
	Threads     int       // of a threadgroup at most, 0 for no limit
	Required    [3]uint64 // threads of each threadgroup, or nothing
	Kind        int64     // MTLLibraryType
	InstallName string    // of a dynamic library
	Links       []string  // the install names of the libraries that it was linked with
	Hidden      bool      // what does not say otherwise is seen by no other library

	undefined bool // what it does not define is looked for later
	images    []*mslrun.Image
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
			"type":   on(func(l *library, c *call) { c.returnWord(uint64(l.Kind)) }),
			"installName": on(func(l *library, c *call) {
				if l.Kind == libraryDynamic {
					c.returnNew(c.newString(l.InstallName))
				}
			}),
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
		o = newCompileOptions(c.Device).(*compileOptions)
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
	if r := o.required; r != [3]uint64{} && !possible(r, maxThreadsPerGroup) {
		c.fail(RuleThreadsPerGroup, "threadgroups of %v threads are required, and the device's limit is %d", r, maxThreadsPerGroup)
		return nil
	}
	if o.kind == libraryDynamic && o.installName == nil {
		c.fail(RuleNilArgument, "a dynamic library has an install name, and it is nil")
		return nil
	}
	return c.compileLibrary(text, o.settings(), errorArgument)
}

// compileLibrary answers a library of a source.
func (c *call) compileLibrary(text string, s sourceSettings, errorArgument int) *object {
	back := c.backend
	var lib *mslrun.Library
	var warnings string
	var err error
	c.compile(func() { lib, warnings, err = back.newLibrary(context.Background(), text, s.Options) })
	if err != nil {
		c.setError(errorArgument, c.compileFailed(err))
		return nil
	}
	// Whether Metal's compiler looks for them before there is a pipeline depends on its
	// release, and allowReferencingUndefinedSymbols is how to ask that it does not.
	if missing := lib.Missing(s.images...); len(missing) > 0 && !s.undefined {
		var text strings.Builder
		for _, m := range missing {
			fmt.Fprintf(&text, "%s:%d:%d: error: Undefined symbols: %v\n", m.File, m.Line, m.Column, m)
		}
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryCompileFailure, text.String()))
		return nil
	}
	if warnings != "" {
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryCompileWarning, warnings))
	}
	l := &library{Library: lib, sourceSettings: s, text: text, identity: identityOf(text, s)}
	if s.Kind != libraryDynamic { // which is there to be linked with
		l.functions = lib.Functions()
	}
	o := c.make(c.classes["SoftMetalLibrary"], l)
	c.returnOwned(o)
	return o
}

// compileFailed makes the NSError of what the compiler said.
func (d *Device) compileFailed(err error) *object {
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
