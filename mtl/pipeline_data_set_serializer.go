package mtl

import (
	"fmt"
	"sync"

	"github.com/tqmetal/tqmetal/objc"
)

// A PipelineDataSetSerializerConfiguration says what a serializer collects
// (MTL4PipelineDataSetSerializerConfiguration).
type PipelineDataSetSerializerConfiguration uint64

// What a serializer collects, which may be combined by |.
const (
	// PipelineDataSetSerializerConfigurationCaptureDescriptors is for
	// [PipelineDataSetSerializer.SerializeAsPipelinesScript].
	PipelineDataSetSerializerConfigurationCaptureDescriptors PipelineDataSetSerializerConfiguration = 1
	// PipelineDataSetSerializerConfigurationCaptureBinaries is for
	// [PipelineDataSetSerializer.SerializeAsArchiveAndFlush].
	PipelineDataSetSerializerConfigurationCaptureBinaries PipelineDataSetSerializerConfiguration = 2
)

// String returns the names of what is collected.
func (c PipelineDataSetSerializerConfiguration) String() string {
	return optionNames("PipelineDataSetSerializerConfiguration", c, 1, "descriptors", "binaries")
}

// A PipelineDataSetSerializerDescriptor says how a serializer is made
// (MTL4PipelineDataSetSerializerDescriptor).
type PipelineDataSetSerializerDescriptor struct {
	// Configuration is what is collected. Zero: descriptors alone, as Metal does.
	Configuration PipelineDataSetSerializerConfiguration
}

// A PipelineDataSetSerializer collects the pipelines that compilers make
// (MTL4PipelineDataSetSerializer, macOS 26): name it in a [CompilerDescriptor], make
// the pipelines, then write a file that later runs of the program read as an
// [Archive], or a script from which Apple's metal-tt makes one for many GPUs.
//
// A serializer may be used from any goroutine; the owner releases it.
type PipelineDataSetSerializer struct {
	object
	configuration PipelineDataSetSerializerConfiguration
	mu            sync.Mutex // Metal does not say that a serializer is safe for two threads
}

// NewPipelineDataSetSerializer returns a serializer that has collected nothing. The
// caller releases it. Below macOS 26 the error wraps [ErrUnsupported].
func (d *Device) NewPipelineDataSetSerializer(descriptor PipelineDataSetSerializerDescriptor) (*PipelineDataSetSerializer, error) {
	const method = "Device.NewPipelineDataSetSerializer"
	const all = PipelineDataSetSerializerConfigurationCaptureDescriptors | PipelineDataSetSerializerConfigurationCaptureBinaries
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if err := d.needsCompiler(method); err != nil {
		return nil, err
	}
	configuration := descriptor.Configuration
	if configuration&^all != 0 {
		return nil, badArgument(method, "Configuration", fmt.Sprintf("%#x", uint64(configuration)), "0, or a combination of %d (descriptors) and %d (binaries)", uint64(PipelineDataSetSerializerConfigurationCaptureDescriptors), uint64(PipelineDataSetSerializerConfigurationCaptureBinaries))
	}
	if configuration == 0 {
		configuration = PipelineDataSetSerializerConfigurationCaptureDescriptors
	}
	s := d.fw.begin()
	defer s.end()
	object := s.newPipelineDataSetSerializerDescriptor(d.fw.metal4.serializerDescriptor)
	if object == 0 {
		return nil, d.fw.failed("MTL4PipelineDataSetSerializerDescriptor", 0)
	}
	defer d.fw.foundation.Release(object)
	s.setSerializerConfiguration(object, configuration)
	id := s.newPipelineDataSetSerializer(d.id, object)
	if id == 0 {
		return nil, d.fw.failed(method, 0)
	}
	p := &PipelineDataSetSerializer{configuration: configuration}
	p.own("PipelineDataSetSerializer", d.fw, d, id)
	return p, nil
}

func (p *PipelineDataSetSerializer) acquire() error {
	if p == nil {
		return errNil("PipelineDataSetSerializer")
	}
	return p.object.acquire()
}

func (p *PipelineDataSetSerializer) acquireFor(dev *Device) error {
	if p == nil {
		return errNil("PipelineDataSetSerializer")
	}
	return p.object.acquireFor(dev)
}

// Release gives up the reference. Compilers that have the serializer keep it alive.
func (p *PipelineDataSetSerializer) Release() {
	if p != nil {
		p.release()
	}
}

// SerializeAsArchiveAndFlush writes what was collected to a file, which
// [Device.NewArchive] reads, and forgets it. The serializer has to collect
// binaries. Write to a new name and rename it: a program that is killed meanwhile
// leaves half a file.
func (p *PipelineDataSetSerializer) SerializeAsArchiveAndFlush(path string) error {
	const method = "PipelineDataSetSerializer.SerializeAsArchiveAndFlush"
	if err := p.acquire(); err != nil {
		return err
	}
	defer p.drop()
	if err := p.collects(method, PipelineDataSetSerializerConfigurationCaptureBinaries); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.fw.begin()
	defer s.end()
	var failure error
	err := s.withFile(path, func(url objc.ID) {
		if ok, nsError := s.serializeAsArchiveAndFlush(p.id, url); !ok {
			failure = p.fw.failed(fmt.Sprintf("%s: %q", method, path), nsError)
		}
	})
	if err != nil {
		return fmt.Errorf("mtl: %s: %w", method, err)
	}
	return failure
}

// SerializeAsPipelinesScript returns a script of what was collected, from which
// Apple's metal-tt makes an archive. The serializer has to collect descriptors. The
// bytes are the caller's.
func (p *PipelineDataSetSerializer) SerializeAsPipelinesScript() ([]byte, error) {
	const method = "PipelineDataSetSerializer.SerializeAsPipelinesScript"
	if err := p.acquire(); err != nil {
		return nil, err
	}
	defer p.drop()
	if err := p.collects(method, PipelineDataSetSerializerConfigurationCaptureDescriptors); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.fw.begin()
	defer s.end()
	data, nsError := s.serializeAsPipelinesScript(p.id)
	script := p.fw.foundation.Bytes(data)
	if len(script) == 0 { // one of no pipelines has text too
		return nil, p.fw.failed(method, nsError)
	}
	return script, nil
}

// collects says what is wrong where what is to be written was not collected.
func (p *PipelineDataSetSerializer) collects(method string, what PipelineDataSetSerializerConfiguration) error {
	if p.configuration&what == 0 {
		return badArgument(method, "Configuration of the serializer", p.configuration, "one with %v", what)
	}
	return nil
}
