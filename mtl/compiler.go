package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A Compiler makes libraries and pipelines as Metal 4 does (MTL4Compiler, macOS
// 26). It does what the [Device] does, and besides notes down what it makes in a
// [PipelineDataSetSerializer], and looks pipelines up in an [Archive].
//
// A pipeline is described by a library and the name of a function, so there is no
// [Function]. What it makes is of the same types, and goes wherever those go.
//
// A compiler may be used from any goroutine; the owner releases it.
type Compiler struct{ object }

// A CompilerDescriptor says how a compiler is made (MTL4CompilerDescriptor). All
// of it may be left out.
type CompilerDescriptor struct {
	Label string // a name for Metal's messages and its debugger
	// Serializer gets all pipelines that the compiler makes. The compiler keeps it
	// alive.
	Serializer *PipelineDataSetSerializer
}

// The classes that come with Metal 4's compiler. All are zero below macOS 26.
type compilerClasses struct {
	compilerDescriptor, taskOptions, sourceDescriptor               objc.ID
	namedFunction, specializedFunction                              objc.ID
	computePipeline, pipelineOptions, dynamicLinking, staticLinking objc.ID
	serializerDescriptor                                            objc.ID
}

func (f *compilerClasses) find(rt objc.Runtime) {
	for name, id := range map[string]*objc.ID{
		"MTL4CompilerDescriptor":                    &f.compilerDescriptor,
		"MTL4CompilerTaskOptions":                   &f.taskOptions,
		"MTL4LibraryDescriptor":                     &f.sourceDescriptor,
		"MTL4LibraryFunctionDescriptor":             &f.namedFunction,
		"MTL4SpecializedFunctionDescriptor":         &f.specializedFunction,
		"MTL4ComputePipelineDescriptor":             &f.computePipeline,
		"MTL4PipelineOptions":                       &f.pipelineOptions,
		"MTL4PipelineStageDynamicLinkingDescriptor": &f.dynamicLinking,
		"MTL4StaticLinkingDescriptor":               &f.staticLinking,
		"MTL4PipelineDataSetSerializerDescriptor":   &f.serializerDescriptor,
	} {
		*id = objc.ID(rt.LookUpClass(name))
	}
}

// needsCompiler says what is wrong where the system has no Metal 4.
func (d *Device) needsCompiler(method string) error {
	if d.fw.metal4.compilerDescriptor == 0 || !d.fw.foundation.RespondsTo(d.id, "newCompilerWithDescriptor:error:") {
		return fmt.Errorf("mtl: %s needs macOS 26: %w", method, ErrUnsupported)
	}
	return nil
}

// NewCompiler returns a compiler. The caller releases it. Below macOS 26 the
// error wraps [ErrUnsupported].
func (d *Device) NewCompiler(descriptor CompilerDescriptor) (*Compiler, error) {
	const method = "Device.NewCompiler"
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer d.drop()
	if err := d.needsCompiler(method); err != nil {
		return nil, err
	}
	s := d.fw.begin()
	defer s.end()
	t := &temporaries{s: s, dev: d, method: method}
	defer t.end()
	object := t.object("MTL4CompilerDescriptor", s.newCompilerDescriptor(d.fw.metal4.compilerDescriptor))
	if descriptor.Label != "" {
		if text := t.text("Label", descriptor.Label); text != 0 {
			s.setCompilerDescriptorLabel(object, text)
		}
	}
	if descriptor.Serializer != nil {
		if serializer := t.use(descriptor.Serializer); serializer != 0 {
			s.setCompilerDescriptorSerializer(object, serializer)
		}
	}
	if t.err != nil {
		return nil, t.err
	}
	id, nsError := s.newCompiler(d.id, object)
	if id == 0 {
		return nil, d.fw.failed(method, nsError)
	}
	c := new(Compiler)
	c.own("Compiler", d.fw, d, id)
	return c, nil
}

func (c *Compiler) acquire() error {
	if c == nil {
		return errNil("Compiler")
	}
	return c.object.acquire()
}

// Release gives up the reference. What the compiler made does not need it.
func (c *Compiler) Release() {
	if c != nil {
		c.release()
	}
}

// A LibraryDescriptor is a source to be compiled, with the name that the library
// has in what a [PipelineDataSetSerializer] writes and in Metal's debugger
// (MTL4LibraryDescriptor).
type LibraryDescriptor struct {
	Source  string
	Name    string // may be left out
	Options CompileOptions
}

// NewLibraryWithSource compiles MSL source as [Device.NewLibraryWithSource] does,
// with the same errors. The caller releases the library.
func (c *Compiler) NewLibraryWithSource(source string, options CompileOptions) (*Library, error) {
	return c.newLibrary("Compiler.NewLibraryWithSource", LibraryDescriptor{Source: source, Options: options})
}

// NewLibrary is NewLibraryWithSource for a library with a name.
func (c *Compiler) NewLibrary(descriptor LibraryDescriptor) (*Library, error) {
	return c.newLibrary("Compiler.NewLibrary", descriptor)
}

func (c *Compiler) newLibrary(method string, descriptor LibraryDescriptor) (*Library, error) {
	if err := c.acquire(); err != nil {
		return nil, err
	}
	defer c.drop()
	s := c.fw.begin()
	defer s.end()
	t := &temporaries{s: s, dev: c.dev, method: method}
	defer t.end()
	object := t.object("MTL4LibraryDescriptor", s.newLibraryDescriptor(c.fw.metal4.sourceDescriptor))
	source := t.text("source", descriptor.Source)
	if t.err != nil {
		return nil, t.err
	}
	s.setLibraryDescriptorSource(object, source)
	if descriptor.Name != "" {
		if name := t.text("Name", descriptor.Name); name != 0 {
			s.setLibraryDescriptorName(object, name)
		}
	}
	if t.err != nil {
		return nil, t.err
	}
	options, err := descriptor.Options.newOptions(s, c.dev)
	if err != nil {
		return nil, err
	}
	defer c.fw.foundation.Release(options)
	s.setLibraryDescriptorOptions(object, options)
	id, nsError := s.compilerNewLibrary(c.id, object)
	if id == 0 {
		return nil, c.fw.failed(method, nsError, c.fw.compileFailed(nsError)...)
	}
	return c.dev.newLibrary(descriptor.Options.compiled(), id, nsError), nil
}

// NewDynamicLibrary is [Device.NewDynamicLibrary].
func (c *Compiler) NewDynamicLibrary(library *Library) (*DynamicLibrary, error) {
	if err := c.acquire(); err != nil {
		return nil, err
	}
	defer c.drop()
	return c.dev.makeDynamicLibrary("Compiler.NewDynamicLibrary", library, func(s *scope) (id, nsError objc.ID) {
		return s.compilerNewDynamicLibrary(c.id, library.id)
	})
}

// NewDynamicLibraryWithFile is [Device.NewDynamicLibraryWithFile].
func (c *Compiler) NewDynamicLibraryWithFile(path string) (*DynamicLibrary, error) {
	if err := c.acquire(); err != nil {
		return nil, err
	}
	defer c.drop()
	return c.dev.loadDynamicLibrary("Compiler.NewDynamicLibraryWithFile", path, func(s *scope, url objc.ID) (id, nsError objc.ID) {
		return s.compilerNewDynamicLibraryWithURL(c.id, url)
	})
}

// NewComputePipelineState compiles a kernel as the descriptor says. The caller
// releases the pipeline. If the library has no function of that name, the error
// wraps [ErrNoFunction].
func (c *Compiler) NewComputePipelineState(descriptor ComputePipelineDescriptor4) (*ComputePipelineState, error) {
	if err := c.acquire(); err != nil {
		return nil, err
	}
	defer c.drop()
	return c.dev.makePipeline4("Compiler.NewComputePipelineState", &descriptor, nil, func(s *scope, pipeline, linking, options objc.ID) (id, nsError objc.ID) {
		return s.compilerNewComputePipelineState(c.id, pipeline, linking, options)
	})
}
