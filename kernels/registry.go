package kernels

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tqmetal/tqmetal/mtl"
)

// A Registry holds kernel sources and the pipelines that were made from them.
// The zero Registry is empty and ready for use; it must not be copied. Its
// methods may be called from any goroutine; its owner calls Release.
type Registry struct {
	// Warning, if not nil, is called with what the compiler warned of, once for
	// each library that has warnings, from a goroutine of the registry. It must
	// be set before the first use of the registry.
	Warning func(source, text string)

	mu        sync.Mutex
	released  bool
	sources   map[string]*Source // by kernel name
	libraries map[libraryKey]*result[*mtl.Library]
	pipelines map[pipelineKey]*result[*mtl.ComputePipelineState]
	compiling sync.WaitGroup
}

// A libraryKey is what is compiled once.
type libraryKey struct {
	source *Source
	device *mtl.Device
}

// A pipelineKey is what has one pipeline.
type pipelineKey struct {
	device    *mtl.Device
	name      string
	constants string // as appendConstants writes them
}

// A result is what one goroutine computes and others wait for. The fields
// value and err are set when done is closed.
type result[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// Register adds a source; nothing is compiled. The registry keeps a copy.
// Registering an equal source again does nothing. An error wraps [ErrSource]
// and says what is missing or which name is taken; then nothing was added.
func (r *Registry) Register(s Source) error {
	if err := s.validate(); err != nil {
		return err
	}
	if r == nil {
		return errNil()
	}
	added := s.clone()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.released {
		return errReleased()
	}
	for _, other := range r.sources {
		if other.equal(added) {
			return nil
		}
		if other.Name == s.Name {
			return fmt.Errorf("kernels: %w: a different source is registered as %s", ErrSource, s.Name)
		}
	}
	for _, name := range s.Kernels {
		if other := r.sources[name]; other != nil {
			return fmt.Errorf("kernels: %w: %s: kernel %q is registered by %s", ErrSource, s.Name, name, other.Name)
		}
	}
	if r.sources == nil {
		r.sources = map[string]*Source{}
	}
	for _, name := range added.Kernels {
		r.sources[name] = added
	}
	return nil
}

// Names returns the names of all registered kernels, sorted.
func (r *Registry) Names() []string {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names()
}

func (r *Registry) names() []string {
	names := make([]string, 0, len(r.sources))
	for name := range r.sources {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Pipeline returns the pipeline of a kernel, specialised by function constants,
// on a device, compiling it if nobody has yet. The order of the constants does
// not matter. The pipeline belongs to the registry: it is valid until
// [Registry.Release], and is not the caller's to release.
//
// When the context ends before the compiler does, Pipeline returns the
// context's cause; the compiler goes on, and a later call gets what it made.
//
// Other errors wrap [ErrUnknownKernel] for a name that nobody registered,
// [mtl.ErrCompile] with the compiler's whole text, [mtl.ErrNoFunction] when the
// text has no kernel of the registered name, [ErrCheck] when the device does not
// pass the source's check, or [mtl.ErrReleased]. What else mtl returns, such as
// [mtl.ErrNoObject] for no memory, may not come again.
func (r *Registry) Pipeline(ctx context.Context, device *mtl.Device, name string, constants ...mtl.FunctionConstant) (*mtl.ComputePipelineState, error) {
	p, err := r.start(device, name, constants)
	if err != nil {
		return nil, err
	}
	return p.wait(ctx, name)
}

// start returns the result of a pipeline, which may not be there yet, and
// begins to make it if nobody has. It allocates nothing if somebody has.
func (r *Registry) start(device *mtl.Device, name string, constants []mtl.FunctionConstant) (*result[*mtl.ComputePipelineState], error) {
	if r == nil {
		return nil, errNil()
	}
	if device == nil {
		return nil, fmt.Errorf("kernels: kernel %q: device: %w", name, mtl.ErrNil)
	}
	var room [128]byte
	encoded := appendConstants(room[:0], constants)

	r.mu.Lock()
	defer r.mu.Unlock()
	if r.released {
		return nil, errReleased()
	}
	if p := r.pipelines[pipelineKey{device, name, string(encoded)}]; p != nil {
		return p, nil
	}
	source := r.sources[name]
	if source == nil {
		return nil, errUnknown(name, r.names())
	}
	p := &result[*mtl.ComputePipelineState]{done: make(chan struct{})}
	if r.pipelines == nil {
		r.pipelines = map[pipelineKey]*result[*mtl.ComputePipelineState]{}
	}
	r.pipelines[pipelineKey{device, name, string(encoded)}] = p
	library := r.startLibrary(libraryKey{source, device})
	own := slices.Clone(constants)
	key := pipelineKey{device, name, string(encoded)}
	r.compiling.Go(func() {
		p.value, p.err = makePipeline(library, device, name, own)
		if p.err != nil {
			forget(r, &r.pipelines, key, p.err)
			p.err = fmt.Errorf("kernels: kernel %q of %s: %w", name, source.Name, p.err)
		}
		close(p.done)
	})
	return p, nil
}

// startLibrary returns the result of a library and begins to make and check it if
// nobody has. Where the check fails, the result has both a value, which Release
// wants, and an error. r.mu is locked.
func (r *Registry) startLibrary(key libraryKey) *result[*mtl.Library] {
	if l := r.libraries[key]; l != nil {
		return l
	}
	l := &result[*mtl.Library]{done: make(chan struct{})}
	if r.libraries == nil {
		r.libraries = map[libraryKey]*result[*mtl.Library]{}
	}
	r.libraries[key] = l
	r.compiling.Go(func() {
		l.value, l.err = key.device.NewLibraryWithSource(key.source.Text, key.source.Options)
		compiled := l.err == nil
		if compiled && key.source.Check != "" {
			l.err = runCheck(key.device, l.value, key.source.Check)
		}
		if l.err != nil {
			l.value.Release() // by a check that failed
			forget(r, &r.libraries, key, l.err)
		}
		close(l.done)
		if compiled && l.value.Warnings() != "" && r.Warning != nil {
			r.Warning(key.source.Name, l.value.Warnings())
		}
	})
	return l
}

// forget takes a result out of the registry that failed for a reason other than
// its source: a disk that was full or a compiler that crashed. What was kept
// would fail for ever after. It is called before the result is given to those
// who wait for it.
func forget[K comparable, T any](r *Registry, results *map[K]*result[T], key K, err error) {
	if errors.Is(err, mtl.ErrCompile) || errors.Is(err, mtl.ErrNoFunction) || errors.Is(err, mtl.ErrArgument) || errors.Is(err, ErrCheck) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(*results, key)
}

func makePipeline(library *result[*mtl.Library], device *mtl.Device, name string, constants []mtl.FunctionConstant) (*mtl.ComputePipelineState, error) {
	<-library.done
	if library.err != nil {
		return nil, library.err
	}
	function, err := newFunction(library.value, name, constants)
	if err != nil {
		return nil, err
	}
	defer function.Release()
	return device.NewComputePipelineStateWithDescriptor(mtl.ComputePipelineDescriptor{Function: function, Label: name})
}

// newFunction asks for a function without constants by the simpler message: it
// is the one that says which functions the library has when the name is wrong.
func newFunction(library *mtl.Library, name string, constants []mtl.FunctionConstant) (*mtl.Function, error) {
	if len(constants) == 0 {
		return library.NewFunction(name)
	}
	return library.NewFunctionWithConstants(name, constants...)
}

func (p *result[T]) wait(ctx context.Context, name string) (T, error) {
	select {
	case <-p.done: // first, so that what is there is given even when the context has ended
		return p.value, p.err
	default:
	}
	select {
	case <-p.done:
		return p.value, p.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("kernels: kernel %q: %w", name, context.Cause(ctx))
	}
}

// Release waits for compilers that are running and releases all libraries and
// pipelines. Metal keeps what committed work needs. Afterwards the registry
// refuses all use with an error that wraps [mtl.ErrReleased]; a second Release
// does nothing.
func (r *Registry) Release() {
	if r == nil {
		return
	}
	r.mu.Lock()
	r.released = true
	libraries, pipelines := r.libraries, r.pipelines
	r.sources, r.libraries, r.pipelines = nil, nil, nil
	r.mu.Unlock()
	r.compiling.Wait()
	for _, p := range pipelines {
		p.value.Release()
	}
	for _, l := range libraries {
		l.value.Release()
	}
}
