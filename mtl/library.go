package mtl

import (
	"errors"
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
	if id == 0 { // whatever nsError is
		return nil, d.fw.failed("Device.NewLibraryWithSource", nsError, d.fw.compileFailed(nsError)...)
	}
	return d.newLibrary(options.compiled(), id, nsError), nil
}

// compiled is what the options say of a library that was compiled with them.
func (o CompileOptions) compiled() *Library {
	return &Library{version: o.languageVersion(), math: o.MathMode}
}

// NewLibraryWithData returns a library that was compiled before: the bytes of a
// .metallib file, as Xcode's metal and metallib tools write it. They are the
// caller's again at once. The caller releases the library. Bytes that are no
// library are an error that wraps an [*objc.Error].
func (d *Device) NewLibraryWithData(data []byte) (*Library, error) {
	const method = "Device.NewLibraryWithData"
	if d == nil {
		return nil, errNil("Device")
	}
	if len(data) == 0 {
		return nil, badArgument(method, "length", 0, "the bytes of a library")
	}
	return d.loadLibrary(method, func(s *scope) (id, nsError objc.ID, err error) {
		object, err := d.fw.foundation.NewDispatchData(data)
		if err != nil {
			return 0, 0, err
		}
		defer d.fw.foundation.Release(object)
		id, nsError = s.newLibraryWithData(d.id, object)
		return id, nsError, nil
	})
}

// NewLibraryWithFile returns the library in a .metallib file (Metal's
// newLibraryWithURL:error:). The caller releases it. A file that is not there, or
// no library, is an error that wraps an [*objc.Error], and what the operating system
// says of the file, such as fs.ErrNotExist.
func (d *Device) NewLibraryWithFile(path string) (*Library, error) {
	l, err := d.loadLibrary("Device.NewLibraryWithFile", func(s *scope) (id, nsError objc.ID, err error) {
		err = s.withFile(path, func(url objc.ID) { id, nsError = s.newLibraryWithURL(d.id, url) })
		return id, nsError, err
	})
	var told *objc.Error
	if errors.As(err, &told) {
		for _, problem := range fileProblem(path) {
			err = fmt.Errorf("%w: %w", err, problem)
		}
	}
	return l, err
}

// NewDefaultLibrary returns the library default.metallib of the program: in the
// resources of its bundle, or beside a program that has none. Metal does not say
// why there is none; the error wraps [ErrNoObject]. The caller releases the
// library.
func (d *Device) NewDefaultLibrary() (*Library, error) {
	return d.loadLibrary("Device.NewDefaultLibrary", func(s *scope) (id, nsError objc.ID, err error) {
		return s.newDefaultLibrary(d.id), 0, nil
	})
}

func (d *Device) loadLibrary(method string, send func(*scope) (id, nsError objc.ID, err error)) (*Library, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	s := d.fw.begin()
	defer s.end()
	id, nsError, err := send(s)
	if err != nil {
		return nil, fmt.Errorf("mtl: %s: %w", method, err)
	}
	if id == 0 {
		return nil, d.fw.failed(method, nsError)
	}
	return d.newLibrary(new(Library), id, nsError), nil
}

// newLibrary takes over one reference to id; an error beside it is a warning.
func (d *Device) newLibrary(l *Library, id, nsError objc.ID) *Library {
	if w := d.fw.foundation.Error(nsError); w != nil {
		l.warnings = w.Description
	}
	l.own("Library", d.fw, d, id)
	return l
}

// compileFailed tells a source that is wrong from a compiler that is.
func (f *Framework) compileFailed(nsError objc.ID) []error {
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

func (l *Library) acquireFor(dev *Device) error {
	if l == nil {
		return errNil("Library")
	}
	return l.object.acquireFor(dev)
}

// Release gives up the reference.
func (l *Library) Release() {
	if l != nil {
		l.release()
	}
}

// Warnings returns the compiler's warnings, whole, or "".
func (l *Library) Warnings() string {
	if l == nil {
		return ""
	}
	return l.warnings
}

// Type says whether pipelines are made of the library, or others are linked with it.
func (l *Library) Type() (LibraryType, error) {
	return ask(l, func(s *scope) LibraryType { return s.typeOfLibrary(l.id) })
}

// InstallName returns the name by which libraries that are linked with this one find
// it, or "" for one that is not dynamic.
func (l *Library) InstallName() (string, error) {
	return ask(l, func(s *scope) string {
		if s.typeOfLibrary(l.id) != LibraryTypeDynamic {
			return ""
		}
		return l.fw.foundation.String(s.installNameOfLibrary(l.id))
	})
}

// SetLabel names the library in Metal's messages and in its debugger.
func (l *Library) SetLabel(label string) error {
	if l == nil {
		return errNil("Library")
	}
	return l.setLabel("Library.SetLabel", label, (*call).setLibraryLabel)
}

// LanguageVersion returns the MSL version that the library was compiled as, and
// zero for one that was compiled before.
func (l *Library) LanguageVersion() LanguageVersion {
	if l == nil {
		return 0
	}
	return l.version
}

// MathMode returns the math mode that the library was compiled with, if this
// program compiled it.
func (l *Library) MathMode() MathMode {
	if l == nil {
		return 0
	}
	return l.math
}

// FunctionNames returns the names of the functions in the library.
func (l *Library) FunctionNames() ([]string, error) {
	if err := l.acquire(); err != nil {
		return nil, err
	}
	defer l.drop()
	s := l.fw.begin()
	defer s.end()
	array := s.namesOfFunctions(l.id)
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
