package softmetal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// dynamicLibraryErrorDomain is that of dynamic libraries, with these codes.
const (
	dynamicLibraryErrorDomain = "MTLDynamicLibraryDomain"

	dynamicInvalidFile           = 1
	dynamicCompilationFailure    = 2
	dynamicUnresolvedInstallName = 3
	dynamicDependencyLoadFailure = 4
	dynamicUnsupported           = 5
)

const dynamicMagic = "softmetal dynamic library 1\n"

// A dynamicLibrary is code that pipelines are linked with.
type dynamicLibrary struct {
	dynamicFile
	installName string
	identity    string
	images      []*mslrun.Image // its own, and those of the libraries that it needs
}

// A dynamicFile is how it is kept: as on a Mac, with what it takes to compile it
// anew.
type dynamicFile struct {
	Source   string
	Settings sourceSettings
}

func dynamicLibraryClass() *class {
	return &class{
		name:      "SoftMetalDynamicLibrary",
		protocols: []string{"MTLDynamicLibrary"},
		methods: labelMethods(map[string]handler{
			"device":                deviceMethod,
			"installName":           on(func(l *dynamicLibrary, c *call) { c.returnNew(c.newString(l.installName)) }),
			"serializeToURL:error:": on((*dynamicLibrary).serialize),
		}),
	}
}

// dynamicLibraries says whether the GPU can link: from Apple 6 on.
func (d *Device) dynamicLibraries() bool { return d.options.AppleFamily >= 6 }

// newDynamicLibrary compiles a library for this GPU.
func (c *call) newDynamicLibrary() {
	l := payload[*library](c, 0)
	switch {
	case l == nil:
		c.fail(RuleNilArgument, "argument 1 is the library, and is nil")
		return
	case l.Kind != libraryDynamic:
		c.fail(RuleLibraryType, "a dynamic library is made of a library of type %d (dynamic), and this one has type %d", libraryDynamic, l.Kind)
		return
	}
	c.answerDynamic(l.Library, dynamicFile{l.text, l.sourceSettings}, l.folder)
}

func (c *call) newDynamicLibraryWithURL() {
	url := payload[*nsURL](c, 0)
	if url == nil {
		c.fail(RuleNilArgument, "argument 1 is the URL, and is nil")
		return
	}
	f, err := c.readDynamic(url.file)
	if err != nil {
		c.setError(1, c.newError(dynamicLibraryErrorDomain, dynamicInvalidFile, err.Error()))
		return
	}
	c.answerDynamic(nil, f, filepath.Dir(url.file))
}

func (c *call) answerDynamic(lib *mslrun.Library, f dynamicFile, folder string) {
	l, e := c.dynamic(lib, f, folder, nil)
	if e != nil {
		c.setError(1, e)
		return
	}
	c.returnOwned(c.make(c.classes["SoftMetalDynamicLibrary"], l))
}

// dynamic builds a dynamic library, from its source if there is no library of it, and
// loads those that it needs. by are the install names of those that wait for it.
func (c *call) dynamic(lib *mslrun.Library, f dynamicFile, folder string, by []string) (l *dynamicLibrary, nsError *object) {
	if !c.dynamicLibraries() {
		return nil, c.newError(dynamicLibraryErrorDomain, dynamicUnsupported, "this GPU has no dynamic libraries: see supportsDynamicLibraries")
	}
	back := c.backend
	var image *mslrun.Image
	var err error
	c.compile(func() {
		if lib == nil {
			if lib, _, err = back.newLibrary(context.Background(), f.Source, f.Settings.Options); err != nil {
				return
			}
		}
		image, err = back.image(context.Background(), lib, f.Settings.Hidden)
	})
	if err != nil {
		return nil, c.newError(dynamicLibraryErrorDomain, dynamicCompilationFailure, err.Error())
	}
	more, e := c.linkedWith(f.Settings.Links, folder, append(slices.Clone(by), f.Settings.InstallName))
	if e != nil {
		return nil, e
	}
	return &dynamicLibrary{f, f.Settings.InstallName, identityOf(f.Source, f.Settings), append([]*mslrun.Image{image}, more...)}, nil
}

// linkedWith finds the libraries of these install names: one that is loaded, or else
// a file. Metal does not say which of several that are loaded it takes; here it is
// the oldest.
func (c *call) linkedWith(names []string, folder string, by []string) (images []*mslrun.Image, nsError *object) {
	for _, name := range names {
		found := c.loaded(name)
		if found == nil {
			path := installed(name, folder)
			if path == "" {
				return nil, c.newError(dynamicLibraryErrorDomain, dynamicUnresolvedInstallName,
					fmt.Sprintf("no dynamic library %q is loaded, and its install name does not say where its file is", name))
			}
			f, err := c.readDynamic(path)
			if err == nil && slices.Contains(by, f.Settings.InstallName) {
				err = fmt.Errorf("%s needs itself", path)
			}
			if err != nil {
				return nil, c.newError(dynamicLibraryErrorDomain, dynamicDependencyLoadFailure,
					fmt.Sprintf("no dynamic library %q is loaded, and its file can't be: %v", name, err))
			}
			if found, nsError = c.dynamic(nil, f, filepath.Dir(path), by); nsError != nil {
				return nil, nsError
			}
		}
		for _, image := range found.images {
			if !slices.Contains(images, image) {
				images = append(images, image)
			}
		}
	}
	return images, nil
}

// installed is where the file of an install name is, for a library that was loaded
// from a folder, or "".
func installed(name, folder string) string {
	if filepath.IsAbs(name) {
		return name
	}
	for _, prefix := range []string{"@loader_path/", "@executable_path/"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && folder != "" {
			return filepath.Join(folder, rest)
		}
	}
	return ""
}

// loaded returns a library of that install name that is alive, nil if there is none.
func (d *Device) loaded(name string) *dynamicLibrary {
	var oldest *object
	for _, o := range d.objects {
		if l, ok := o.payload.(*dynamicLibrary); ok && l.installName == name && (oldest == nil || o.id>>serialShift < oldest.id>>serialShift) {
			oldest = o
		}
	}
	if oldest == nil {
		return nil
	}
	return oldest.payload.(*dynamicLibrary)
}

func (d *Device) readDynamic(path string) (f dynamicFile, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return f, err
	}
	text, ours := bytes.CutPrefix(b, []byte(dynamicMagic))
	if err := json.Unmarshal(text, &f); !ours || err != nil {
		return f, fmt.Errorf("%s is no dynamic library of this device", path)
	}
	if v := f.Settings.Options.LanguageVersion; uint64(v) > newestLanguage(d.macOS) {
		return f, fmt.Errorf("%s is of language version %d.%d, which macOS %v does not know", path, v>>16, v&0xffff, d.macOS)
	}
	return f, nil
}

// serialize writes the library to a file, which others see whole or not at all.
func (l *dynamicLibrary) serialize(c *call) {
	url := payload[*nsURL](c, 0)
	if url == nil {
		c.fail(RuleNilArgument, "argument 1 is the URL, and is nil")
		return
	}
	b, err := json.Marshal(l.dynamicFile)
	if err == nil {
		err = writeFile(url.file, append([]byte(dynamicMagic), b...))
	}
	if err != nil {
		c.setError(1, c.newError(dynamicLibraryErrorDomain, dynamicInvalidFile, err.Error()))
		return
	}
	c.returnBool(true)
}
