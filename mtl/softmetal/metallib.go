package softmetal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// metallibMagic begins a library of this device, appleMagic one of Apple's
// tools.
const (
	metallibMagic = "softmetal library 1\n"
	appleMagic    = "MTLB"
)

// Metallib returns the bytes of a library that newLibraryWithData:error: and
// newLibraryWithURL:error: take on a software device: it stands for what Apple's
// metal and metallib tools make of the same source, which only a Mac can run. A
// program that ships compiled libraries can so be tested without one. The
// version is major<<16 | minor, such as 0x30001.
func Metallib(source string, version uint32) []byte {
	b, err := json.Marshal(metallib{source, version})
	if err != nil {
		panic(err) // a string and a number
	}
	return append([]byte(metallibMagic), b...)
}

type metallib struct {
	Source  string
	Version uint32
}

// identityOf tells libraries apart by what was compiled, and how.
func identityOf(source string, s sourceSettings) string {
	h, o := sha256.New(), s.Options
	if len(s.Links) > 0 || s.Hidden || o.Logging {
		fmt.Fprintf(h, "%q %v %v\n", s.Links, s.Hidden, o.Logging)
	}
	fmt.Fprintf(h, "%d %d %d %d\n", o.LanguageVersion, o.MathMode, o.Functions, len(o.PreprocessorMacros))
	for _, name := range slices.Sorted(maps.Keys(o.PreprocessorMacros)) {
		fmt.Fprintf(h, "%q %q\n", name, o.PreprocessorMacros[name])
	}
	h.Write([]byte(source))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (c *call) newLibraryWithData() {
	data := payload[*dispatchData](c, 0)
	if data == nil {
		c.fail(RuleNilArgument, "argument 1 is the data, and is nil")
		return
	}
	c.readLibrary(data.bytes, 1)
}

func (c *call) newLibraryWithURL() {
	url := payload[*nsURL](c, 0)
	if url == nil {
		c.fail(RuleNilArgument, "argument 1 is the URL, and is nil")
		return
	}
	b, err := os.ReadFile(url.file)
	if err != nil {
		c.setError(1, c.newError(libraryErrorDomain, libraryFileNotFound, err.Error()))
		return
	}
	if o := c.readLibrary(b, 1); o != nil {
		o.payload.(*library).folder = filepath.Dir(url.file)
	}
}

// newDefaultLibrary looks where a program without a bundle has its own. It has no
// way to say what was wrong.
func (c *call) newDefaultLibrary() {
	program, err := os.Executable()
	if err != nil {
		return
	}
	if b, err := os.ReadFile(filepath.Join(filepath.Dir(program), "default.metallib")); err == nil {
		c.readLibrary(b, -1)
	}
}

func (c *call) readLibrary(b []byte, errorArgument int) *object {
	text, ours := bytes.CutPrefix(b, []byte(metallibMagic))
	var m metallib
	switch err := json.Unmarshal(text, &m); {
	case bytes.HasPrefix(b, []byte(appleMagic)):
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryUnsupported,
			"the library is of Apple's tools, and the software device cannot run it: see softmetal.Metallib"))
	case !ours || err != nil:
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryInvalid, "Invalid library file"))
	case uint64(m.Version) > newestLanguage(c.macOS):
		c.setError(errorArgument, c.newError(libraryErrorDomain, libraryInvalid,
			fmt.Sprintf("the library is of language version %d.%d, which macOS %v does not know", m.Version>>16, m.Version&0xffff, c.macOS)))
	default:
		return c.compileLibrary(m.Source, sourceSettings{Options: mslrun.Options{LanguageVersion: mslrun.LanguageVersion(m.Version), MathMode: mathFast}}, errorArgument)
	}
	return nil
}
