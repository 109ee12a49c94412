package mtl

import (
	"fmt"
	"sync"

	"github.com/tqmetal/tqmetal/objc"
)

// A DynamicLibrary is compiled functions that kernels of other libraries call
// (MTLDynamicLibrary). It is compiled once for all of them.
//
// Make it of a [Library] of the type [LibraryTypeDynamic], and name it in the
// [CompileOptions] of those that call its functions, or among the PreloadedLibraries
// of a pipeline. The source of the caller declares the functions, as in
// "extern float area(float2 size);". A kernel sees first what its own library
// defines, then linked functions, then preloaded libraries, then those that its
// library was compiled with.
//
// A library that was compiled with it knows it by its install name alone: it has to
// be alive, or a file where that name says, when a pipeline is made. Pipelines do
// not need it afterwards.
//
// A dynamic library may be used from any goroutine; the owner releases it.
type DynamicLibrary struct {
	object
	installName string
	mu          sync.Mutex // Metal does not say that it may be written by two threads
}

// NewDynamicLibrary compiles a library of the type [LibraryTypeDynamic] for this
// GPU. It does not need the library afterwards. The caller releases the result. On
// a GPU without dynamic libraries ([DeviceProperties]) the error wraps
// [ErrUnsupported].
func (d *Device) NewDynamicLibrary(library *Library) (*DynamicLibrary, error) {
	return d.makeDynamicLibrary("Device.NewDynamicLibrary", library, func(s *scope) (id, nsError objc.ID) {
		return s.newDynamicLibrary(d.id, library.id)
	})
}

// NewDynamicLibraryWithFile returns the dynamic library in a file that Serialize has
// written. Where it was compiled for another GPU or another macOS, Metal compiles it
// anew. The caller releases it. A file that is not there, or no library, is an error
// that wraps an [*objc.Error], and what the operating system says of the file.
func (d *Device) NewDynamicLibraryWithFile(path string) (*DynamicLibrary, error) {
	return d.loadDynamicLibrary("Device.NewDynamicLibraryWithFile", path, func(s *scope, url objc.ID) (id, nsError objc.ID) {
		return s.newDynamicLibraryWithURL(d.id, url)
	})
}

func (d *Device) makeDynamicLibrary(method string, library *Library, send func(*scope) (id, nsError objc.ID)) (*DynamicLibrary, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if err := library.acquireFor(d); err != nil {
		return nil, err
	}
	defer library.drop()
	if err := d.needsDynamicLibraries(method); err != nil {
		return nil, err
	}
	s := d.fw.begin()
	defer s.end()
	if t := s.typeOfLibrary(library.id); t != LibraryTypeDynamic {
		return nil, badArgument(method, "type of the library", t, "%v", LibraryTypeDynamic)
	}
	id, nsError := send(s)
	return d.finishDynamicLibrary(s, method, id, nsError)
}

func (d *Device) loadDynamicLibrary(method, path string, send func(*scope, objc.ID) (id, nsError objc.ID)) (*DynamicLibrary, error) {
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if err := d.needsDynamicLibraries(method); err != nil {
		return nil, err
	}
	s := d.fw.begin()
	defer s.end()
	var id, nsError objc.ID
	if err := s.withFile(path, func(url objc.ID) { id, nsError = send(s, url) }); err != nil {
		return nil, fmt.Errorf("mtl: %s: %w", method, err)
	}
	if id == 0 {
		return nil, d.fw.failed(fmt.Sprintf("%s: %q", method, path), nsError, fileProblem(path)...)
	}
	return d.finishDynamicLibrary(s, method, id, nsError)
}

func (d *Device) needsDynamicLibraries(method string) error {
	if !d.properties.DynamicLibraries {
		return fmt.Errorf("mtl: %s: this GPU has no dynamic libraries: %w", method, ErrUnsupported)
	}
	return nil
}

// finishDynamicLibrary takes over what Metal answered.
func (d *Device) finishDynamicLibrary(s *scope, method string, id, nsError objc.ID) (*DynamicLibrary, error) {
	if id == 0 {
		return nil, d.fw.failed(method, nsError)
	}
	l := &DynamicLibrary{installName: d.fw.foundation.String(s.dynamicLibraryInstallName(id))}
	if l.installName == "" { // each has one
		d.fw.foundation.Release(id)
		return nil, d.fw.failed(method+": install name", 0)
	}
	l.own("DynamicLibrary", d.fw, d, id)
	return l, nil
}

func (l *DynamicLibrary) acquire() error {
	if l == nil {
		return errNil("DynamicLibrary")
	}
	return l.object.acquire()
}

func (l *DynamicLibrary) acquireFor(dev *Device) error {
	if l == nil {
		return errNil("DynamicLibrary")
	}
	return l.object.acquireFor(dev)
}

// Release gives up the reference. Pipelines do not need the library, but those that
// are made later do, unless there is a file where the install name says.
func (l *DynamicLibrary) Release() {
	if l != nil {
		l.release()
	}
}

// InstallName returns the name by which libraries that were compiled with this one
// find it.
func (l *DynamicLibrary) InstallName() string {
	if l == nil {
		return ""
	}
	return l.installName
}

// SetLabel names the library in Metal's messages and in its debugger.
func (l *DynamicLibrary) SetLabel(label string) error {
	if l == nil {
		return errNil("DynamicLibrary")
	}
	return l.setLabel("DynamicLibrary.SetLabel", label, (*call).setDynamicLibraryLabel)
}

// Serialize writes the library to a file, as a rule the one that its install name
// says. Write to a new name and rename it: a program that is killed meanwhile leaves
// half a file.
func (l *DynamicLibrary) Serialize(path string) error {
	const method = "DynamicLibrary.Serialize"
	if err := l.acquire(); err != nil {
		return err
	}
	defer l.drop()
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.fw.begin()
	defer s.end()
	var failure error
	err := s.withFile(path, func(url objc.ID) {
		if ok, nsError := s.dynamicLibrarySerialize(l.id, url); !ok {
			failure = l.fw.failed(fmt.Sprintf("%s: %q", method, path), nsError)
		}
	})
	if err != nil {
		return fmt.Errorf("mtl: %s: %w", method, err)
	}
	return failure
}
