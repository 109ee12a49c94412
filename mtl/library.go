package mtl

import (
	"fmt"
	"slices"

	"github.com/tqmetal/tqmetal/objc"
)

// A Library is compiled MSL (MTLLibrary). It may be used from any goroutine;
// the owner releases it. Its functions outlive it.
type Library struct {
	object
	warnings string
	version  LanguageVersion
	math     MathMode
}

// NewLibraryWithSource compiles MSL source, of any length. When it does not
// compile, the error wraps [ErrCompile] and an [*objc.Error] with the
// compiler's whole text. When the compiler itself failed, say for a full disk,
// the error wraps the [*objc.Error] alone, and where there is no compiler,
// [ErrUnsupported] too. The caller releases the library.
func (d *Device) NewLibraryWithSource(source string, options CompileOptions) (*Library, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	s := d.fw.begin()
	defer s.end()
	compileOptions, err := options.newOptions(s, d)
	if err != nil {
		return nil, err
	}
	defer d.fw.foundation.Release(compileOptions)

	var id, nsError objc.ID
	if err := s.withString(source, func(text objc.ID) {
		id, nsError = s.newLibrary(d.id, text, compileOptions)
	}); err != nil {
		return nil, fmt.Errorf("mtl: Device.NewLibraryWithSource: %w", err)
	}
	if id == 0 {
		return nil, d.fw.failed("Device.NewLibraryWithSource", nsError, d.fw.libraryFailure(nsError)...)
	}
	l := &Library{version: options.languageVersion(), math: options.MathMode}
	if w := d.fw.foundation.Error(nsError); w != nil {
		l.warnings = w.Description
	}
	l.own("Library", d.fw, d, id)
	return l, nil
}

// libraryFailure tells a source that is wrong from a compiler that is.
func (f *Framework) libraryFailure(nsError objc.ID) []error {
	const unsupported, internal = 1, 2 // MTLLibraryError
	e := f.foundation.Error(nsError)
	switch {
	case e == nil || e.Domain != "MTLLibraryErrorDomain" || e.Code == internal:
		// No compiler keeps silent about a wrong source, and the service that it
		// runs in has domains of its own for a connection that broke.
		return nil
	case e.Code == unsupported:
		return []error{ErrUnsupported}
	}
	return []error{ErrCompile}
}

func (l *Library) acquire() error {
	if l == nil {
		return errNil("Library")
	}
	return l.object.acquire()
}

// Release gives up the reference.
func (l *Library) Release() {
	if l != nil {
		l.release()
	}
}

// Warnings returns the compiler's warnings, whole, or "".
func (l *Library) Warnings() string { return l.warnings }

// LanguageVersion returns the MSL version that the library was compiled as.
func (l *Library) LanguageVersion() LanguageVersion { return l.version }

// MathMode returns the math mode that the library was compiled with.
func (l *Library) MathMode() MathMode { return l.math }

// FunctionNames returns the names of the functions in the library.
func (l *Library) FunctionNames() ([]string, error) {
	if err := l.acquire(); err != nil {
		return nil, err
	}
	defer l.drop()
	s := l.fw.begin()
	defer s.end()
	array := s.libraryFunctionNames(l.id)
	ids := l.fw.foundation.Objects(array)
	if array == 0 || slices.Contains(ids, 0) {
		return nil, l.fw.failed("Library.FunctionNames", 0)
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = l.fw.foundation.String(id)
	}
	return names, nil
}
