package softmetal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// binaryArchiveErrorDomain is that of archives, with these codes.
const (
	binaryArchiveErrorDomain = "MTLBinaryArchiveDomain"

	archiveInvalidFile        = 1
	archiveUnexpectedElement  = 2
	archiveCompilationFailure = 3
	archiveInternal           = 4
)

const archiveMagic = "softmetal binary archive 1\n"

// A binaryArchive is a set of functions that were compiled for this device. The
// code itself lies in the compiler's cache; what the archive has is the promise
// that it does.
type binaryArchive struct {
	functions map[string]bool // by identity
}

// An archiveFile is how it is kept. As on a Mac, code that another system
// compiled is not used.
type archiveFile struct {
	System    string
	Functions []string
}

func (d *Device) system() string {
	return fmt.Sprintf("macOS %v, Apple %d", d.macOS, d.options.AppleFamily)
}

type archiveDescriptor struct{ url *object }

func (a *archiveDescriptor) dealloc(d *Device, _ *object) { d.release(a.url) }

func archiveDescriptorClass() *class {
	return &class{
		name:   "MTLBinaryArchiveDescriptor",
		public: true,
		create: func(*Device) any { return new(archiveDescriptor) },
		methods: objectProperties(map[string]handler{}, map[string]func(*archiveDescriptor) **object{
			"url": func(a *archiveDescriptor) **object { return &a.url },
		}),
	}
}

func archiveClass() *class {
	return &class{
		name:      "SoftMetalBinaryArchive",
		protocols: []string{"MTLBinaryArchive"},
		methods: labelMethods(map[string]handler{
			"device": deviceMethod,
			"addComputePipelineFunctionsWithDescriptor:error:": on((*binaryArchive).add),
			"serializeToURL:error:":                            on((*binaryArchive).serialize),
		}),
	}
}

func (c *call) newBinaryArchive() {
	p := payload[*archiveDescriptor](c, 0)
	if p == nil {
		c.fail(RuleNilArgument, "argument 1 is the descriptor, and is nil")
		return
	}
	a := &binaryArchive{functions: map[string]bool{}}
	if p.url != nil {
		if err := a.read(c.Device, p.url.payload.(*nsURL).file); err != nil {
			c.setError(1, c.newError(binaryArchiveErrorDomain, archiveInvalidFile, err.Error()))
			return
		}
	}
	c.returnOwned(c.make(c.classes["SoftMetalBinaryArchive"], a))
}

func (a *binaryArchive) read(d *Device, path string) (err error) {
	a.functions, err = d.readArchive(path, archiveMagic)
	return err
}

// readArchive returns what an archive on disk has, by identity.
func (d *Device) readArchive(path, magic string) (map[string]bool, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text, ours := bytes.CutPrefix(b, []byte(magic))
	var f archiveFile
	if err := json.Unmarshal(text, &f); !ours || err != nil {
		return nil, fmt.Errorf("%s is no archive of this kind and this device", path)
	}
	has := map[string]bool{}
	if f.System == d.system() {
		for _, identity := range f.Functions {
			has[identity] = true
		}
	}
	return has, nil
}

// writeArchive writes it, so that others see it whole or not at all.
func (d *Device) writeArchive(path, magic string, has map[string]bool) error {
	b, err := json.Marshal(archiveFile{d.system(), slices.Sorted(maps.Keys(has))})
	if err != nil {
		return err
	}
	return writeFile(path, append([]byte(magic), b...))
}

// add compiles the function of a descriptor, if it is not there.
func (a *binaryArchive) add(c *call) {
	const errorArgument = 1
	p := payload[*pipelineDescriptor](c, 0)
	if p == nil || p.function == nil {
		c.fail(RuleNilArgument, "the descriptor and its function must not be nil")
		return
	}
	f := p.function.payload.(*function)
	if k := f.needsConstants(); k != "" {
		c.setError(errorArgument, c.newError(binaryArchiveErrorDomain, archiveCompilationFailure,
			fmt.Sprintf("function %q: its function constant %q has no value", f.name(), k)))
		return
	}
	r := pipelineRequest{pipelineSettings: p.pipelineSettings, functions: p.linkedFunctions()}
	images, ok := c.images(&r, errorArgument)
	if !ok {
		return
	}
	back, identity := c.backend, r.code()
	var err error
	c.compile(func() {
		_, err = back.pipeline(context.Background(), f.from.Library, f.description.Name, f.constants, images)
	})
	if err != nil {
		c.setError(errorArgument, c.newError(binaryArchiveErrorDomain, archiveCompilationFailure, err.Error()))
		return
	}
	a.functions[identity] = true
	c.returnBool(true)
}

func (a *binaryArchive) serialize(c *call) {
	url := payload[*nsURL](c, 0)
	if url == nil {
		c.fail(RuleNilArgument, "argument 1 is the URL, and is nil")
		return
	}
	if err := c.writeArchive(url.file, archiveMagic, a.functions); err != nil {
		c.setError(1, c.newError(binaryArchiveErrorDomain, archiveInternal, err.Error()))
		return
	}
	c.returnBool(true)
}

func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".archive-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it has its name
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// archived says whether one of the request's archives has its function.
func (r *pipelineRequest) archived() bool {
	if r.archives == nil {
		return false
	}
	identity := r.code()
	return slices.ContainsFunc(r.archives.payload.(*nsArray).objects, func(o *object) bool {
		a, ok := o.payload.(*binaryArchive)
		return ok && a.functions[identity]
	})
}
