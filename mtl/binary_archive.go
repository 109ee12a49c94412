package mtl

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/tqmetal/tqmetal/objc"
)

// A BinaryArchive is a set of kernels as they were compiled for this GPU, which
// can be kept in a file (MTLBinaryArchive): a program that starts again finds
// them there and compiles nothing.
//
// Add kernels with AddComputePipelineFunctions and write the file with
// Serialize; the next time read it with [Device.NewBinaryArchive] and name it in
// [ComputePipelineDescriptor.BinaryArchives]. What an archive does not have,
// Metal compiles, and so it does when macOS was updated or the GPU is another.
//
// An archive may be used from any goroutine; the owner releases it.
type BinaryArchive struct {
	object
	mu sync.Mutex // Metal does not say that an archive is safe for two threads
}

// NewBinaryArchive returns the archive in a file that Serialize has written, or
// an empty one where path is empty. A file that is not there, or no archive, is
// an error that wraps an [*objc.Error], and what the operating system says of the
// file, such as fs.ErrNotExist. The caller releases the archive.
func (d *Device) NewBinaryArchive(path string) (*BinaryArchive, error) {
	const method = "Device.NewBinaryArchive"
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	s := d.fw.begin()
	defer s.end()
	descriptor := s.newBinaryArchiveDescriptor(d.fw.binaryArchiveDescriptor)
	if descriptor == 0 {
		return nil, d.fw.failed("MTLBinaryArchiveDescriptor", 0)
	}
	defer d.fw.foundation.Release(descriptor)
	if path != "" {
		if err := s.withFile(path, func(url objc.ID) { s.setBinaryArchiveDescriptorURL(descriptor, url) }); err != nil {
			return nil, fmt.Errorf("mtl: %s: %w", method, err)
		}
	}
	id, nsError := s.newBinaryArchive(d.id, descriptor)
	if id == 0 {
		var problem []error
		if path != "" {
			problem = fileProblem(path)
		}
		return nil, d.fw.failed(fmt.Sprintf("%s: %q", method, path), nsError, problem...)
	}
	a := new(BinaryArchive)
	a.own("BinaryArchive", d.fw, d, id)
	return a, nil
}

// withFile runs f with an NSURL of a file that is released afterwards.
func (s *scope) withFile(path string, f func(objc.ID)) error {
	if path == "" {
		return badArgument("file", "path", `""`, "the path of a file")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	url, err := s.fw.foundation.NewFileURL(absolute)
	if err != nil {
		return err
	}
	defer s.fw.foundation.Release(url)
	f(url)
	return nil
}

func (a *BinaryArchive) acquire() error {
	if a == nil {
		return errNil("BinaryArchive")
	}
	return a.object.acquire()
}

func (a *BinaryArchive) acquireFor(dev *Device) error {
	if a == nil {
		return errNil("BinaryArchive")
	}
	return a.object.acquireFor(dev)
}

// Release gives up the reference. Pipelines do not need the archive.
func (a *BinaryArchive) Release() {
	if a != nil {
		a.release()
	}
}

// SetLabel names the archive in Metal's messages and in its debugger.
func (a *BinaryArchive) SetLabel(label string) error {
	if a == nil {
		return errNil("BinaryArchive")
	}
	return a.setLabel("BinaryArchive.SetLabel", label, (*call).setBinaryArchiveLabel)
}

// AddComputePipelineFunctions compiles the kernel of a descriptor into the
// archive. It has to be the descriptor that the pipeline is made with: another
// one may need other code.
func (a *BinaryArchive) AddComputePipelineFunctions(descriptor ComputePipelineDescriptor) error {
	const method = "BinaryArchive.AddComputePipelineFunctions"
	if err := a.acquire(); err != nil {
		return err
	}
	defer a.drop()
	if err := a.dev.useKernel(method, descriptor.Function); err != nil {
		return err
	}
	defer descriptor.Function.drop()
	if err := descriptor.check(method, a.dev); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.fw.begin()
	defer s.end()
	var failure error
	err := descriptor.use(s, a.dev, method, func(object objc.ID) {
		if ok, nsError := s.archiveAddComputePipelineFunctions(a.id, object); !ok {
			failure = a.fw.failed(fmt.Sprintf("%s: %q", method, descriptor.Function.name), nsError)
		}
	})
	return errors.Join(err, failure)
}

// Serialize writes the archive to a file. Write to a new name and rename it: a
// program that is killed meanwhile leaves half a file.
func (a *BinaryArchive) Serialize(path string) error {
	const method = "BinaryArchive.Serialize"
	if err := a.acquire(); err != nil {
		return err
	}
	defer a.drop()
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.fw.begin()
	defer s.end()
	var failure error
	err := s.withFile(path, func(url objc.ID) {
		if ok, nsError := s.archiveSerialize(a.id, url); !ok {
			failure = a.fw.failed(fmt.Sprintf("%s: %q", method, path), nsError)
		}
	})
	if err != nil {
		return fmt.Errorf("mtl: %s: %w", method, err)
	}
	return failure
}
