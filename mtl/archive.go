package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// An Archive is a file of pipelines that were compiled before, and is only read
// (MTL4Archive, macOS 26). [PipelineDataSetSerializer.SerializeAsArchiveAndFlush]
// writes one.
//
// NewComputePipelineState takes a pipeline from it and compiles nothing; a
// [Compiler] takes what it finds there, and compiles the rest, if the archive is
// among [ComputePipelineDescriptor4.LookupArchives]. An archive of another macOS or
// another GPU has nothing that can be used.
//
// An archive may be used from any goroutine; the owner releases it.
type Archive struct{ object }

// NewArchive returns the archive in a file. The caller releases it. A file that
// can't be read is an error that wraps what the operating system says of it, such
// as fs.ErrNotExist; one that is no archive wraps an [*objc.Error]. Below macOS 26
// the error wraps [ErrUnsupported].
func (d *Device) NewArchive(path string) (*Archive, error) {
	const method = "Device.NewArchive"
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if err := d.needsCompiler(method); err != nil {
		return nil, err
	}
	s := d.fw.begin()
	defer s.end()
	var id, nsError objc.ID
	if err := s.withFile(path, func(url objc.ID) { id, nsError = s.newArchive(d.id, url) }); err != nil {
		return nil, fmt.Errorf("mtl: %s: %w", method, err)
	}
	if id == 0 {
		return nil, d.fw.failed(fmt.Sprintf("%s: %q", method, path), nsError, fileProblem(path)...)
	}
	a := new(Archive)
	a.own("Archive", d.fw, d, id)
	return a, nil
}

func (a *Archive) acquire() error {
	if a == nil {
		return errNil("Archive")
	}
	return a.object.acquire()
}

func (a *Archive) acquireFor(dev *Device) error {
	if a == nil {
		return errNil("Archive")
	}
	return a.object.acquireFor(dev)
}

// Release gives up the reference. Pipelines do not need the archive.
func (a *Archive) Release() {
	if a != nil {
		a.release()
	}
}

// SetLabel names the archive in Metal's messages and in its debugger.
func (a *Archive) SetLabel(label string) error {
	if a == nil {
		return errNil("Archive")
	}
	return a.setLabel("Archive.SetLabel", label, (*call).setArchiveLabel)
}

// NewComputePipelineState takes a pipeline from the archive, where there has to be
// one of the same descriptor. If there is none, the error wraps [ErrArchiveMiss],
// and a [Compiler] can make it. LookupArchives are not looked at. The caller
// releases the pipeline.
func (a *Archive) NewComputePipelineState(descriptor ComputePipelineDescriptor4) (*ComputePipelineState, error) {
	if err := a.acquire(); err != nil {
		return nil, err
	}
	defer a.drop()
	descriptor.LookupArchives = nil
	return a.dev.makePipeline4("Archive.NewComputePipelineState", &descriptor, []error{ErrArchiveMiss}, func(s *scope, pipeline, linking, _ objc.ID) (id, nsError objc.ID) {
		return s.archiveNewComputePipelineState(a.id, pipeline, linking)
	})
}
