package softmetal

import (
	"runtime"

	"github.com/tqmetal/tqmetal/internal/mslrun"
)

// Values of MTLCompileOptions.
const (
	languageVersion24 = 2<<16 | 4
	mathFast          = 2

	functionsFast    = 0
	functionsPrecise = 1
)

// compileOptions has Metal's defaults, which are not what a program wants: the
// language version follows the SDK that the program's binary names, and that
// follows the Go release; math is fast, and so are its functions, also when
// setMathMode: makes the rest safe. setFastMathEnabled: sets both.
type compileOptions struct {
	version   uint64
	math      int64
	functions int64
	level     int64  // of optimization, which changes no result
	threads   uint64 // of a threadgroup at most, 0 for no limit
	required  [3]uint64
	macros    *object
	logging   bool // messages of kernels are not left out

	kind        int64 // MTLLibraryType
	installName *object
	libraries   *object // an array
	visibility  int64   // MTLCompileSymbolVisibility
	undefined   bool
}

func (o *compileOptions) dealloc(d *Device, _ *object) {
	releaseAll(d, []*object{o.macros, o.installName, o.libraries})
}

func newCompileOptions(d *Device) any {
	return &compileOptions{version: min(defaultLanguage(), newestLanguage(d.macOS)), math: mathFast}
}

// languageOf returns the MSL version that a binary of this Go release gets when
// it does not ask: Go 1.26 and older name the SDK of macOS 12.
func languageOf(goVersion string) uint64 {
	if goVersion >= "go1.27" {
		return 4 << 16
	}
	return languageVersion24
}

func defaultLanguage() uint64 { return languageOf(runtime.Version()) }

// newestLanguage is the newest MSL that a release of macOS compiles.
func newestLanguage(v osVersion) uint64 {
	switch {
	case v >= 2600:
		return uint64(mslrun.MSL4_0)
	case v >= 1500:
		return uint64(mslrun.MSL3_2)
	case v >= 1400:
		return uint64(mslrun.MSL3_1)
	case v >= 1300:
		return uint64(mslrun.MSL3_0)
	}
	return languageVersion24
}

func compileOptionsClass() *class {
	return &class{
		name:   "MTLCompileOptions",
		public: true,
		create: newCompileOptions,
		methods: objectProperties(map[string]handler{
			"languageVersion": on(func(o *compileOptions, c *call) { c.returnWord(o.version) }),
			"setLanguageVersion:": on(func(o *compileOptions, c *call) {
				v := c.word(0)
				if major, minor := v>>16, v&0xffff; !isLanguageVersion(major, minor) {
					c.fail(RuleEnum, "%#x is no MTLLanguageVersion", v)
					return
				}
				o.version = v
			}),
			"mathMode": on(func(o *compileOptions, c *call) { c.returnWord(uint64(o.math)) }),
			"setMathMode:": on(func(o *compileOptions, c *call) {
				if c.int(0) < 0 || c.int(0) > mathFast {
					c.fail(RuleEnum, "%d is no MTLMathMode", c.int(0))
					return
				}
				o.math = c.int(0)
			}),
			"fastMathEnabled": on(func(o *compileOptions, c *call) { c.returnBool(o.math == mathFast) }),
			"setFastMathEnabled:": on(func(o *compileOptions, c *call) {
				o.math, o.functions = 0, functionsPrecise
				if c.bool(0) {
					o.math, o.functions = mathFast, functionsFast
				}
			}),
			"mathFloatingPointFunctions": on(func(o *compileOptions, c *call) { c.returnWord(uint64(o.functions)) }),
			"setMathFloatingPointFunctions:": on(func(o *compileOptions, c *call) {
				if c.int(0) < functionsFast || c.int(0) > functionsPrecise {
					c.fail(RuleEnum, "%d is no MTLMathFloatingPointFunctions", c.int(0))
					return
				}
				o.functions = c.int(0)
			}),
			"optimizationLevel": on(func(o *compileOptions, c *call) { c.returnWord(uint64(o.level)) }),
			"setOptimizationLevel:": on(func(o *compileOptions, c *call) {
				if c.int(0) < 0 || c.int(0) > 1 {
					c.fail(RuleEnum, "%d is no MTLLibraryOptimizationLevel", c.int(0))
					return
				}
				o.level = c.int(0)
			}),
			"maxTotalThreadsPerThreadgroup":     on(func(o *compileOptions, c *call) { c.returnWord(o.threads) }),
			"setMaxTotalThreadsPerThreadgroup:": on(func(o *compileOptions, c *call) { o.threads = c.word(0) }),
			"enableLogging":                     on(func(o *compileOptions, c *call) { c.returnBool(o.logging) }),
			"setEnableLogging:":                 on(func(o *compileOptions, c *call) { o.logging = c.bool(0) }),
			"preprocessorMacros":                on(func(o *compileOptions, c *call) { c.returnKept(o.macros) }),
			"setPreprocessorMacros:":            on((*compileOptions).setMacros),
			"requiredThreadsPerThreadgroup":     on(func(o *compileOptions, c *call) { c.returnWords(o.required[:]...) }),
			"setRequiredThreadsPerThreadgroup:": on(func(o *compileOptions, c *call) { o.required = c.size(0) }),
			"libraryType":                       on(func(o *compileOptions, c *call) { c.returnWord(uint64(o.kind)) }),
			"setLibraryType:": on(func(o *compileOptions, c *call) {
				if c.int(0) < 0 || c.int(0) > libraryDynamic {
					c.fail(RuleEnum, "%d is no MTLLibraryType", c.int(0))
					return
				}
				o.kind = c.int(0)
			}),
			"libraries": on(func(o *compileOptions, c *call) { c.returnKept(o.libraries) }),
			"setLibraries:": on(func(o *compileOptions, c *call) {
				if c.elementsAre(0, "MTLDynamicLibrary") {
					old := o.libraries
					o.libraries = c.object(0).retain()
					c.Device.release(old)
				}
			}),
			"compileSymbolVisibility": on(func(o *compileOptions, c *call) { c.returnWord(uint64(o.visibility)) }),
			"setCompileSymbolVisibility:": on(func(o *compileOptions, c *call) {
				if c.int(0) < 0 || c.int(0) > 1 {
					c.fail(RuleEnum, "%d is no MTLCompileSymbolVisibility", c.int(0))
					return
				}
				o.visibility = c.int(0)
			}),
			"allowReferencingUndefinedSymbols":     on(func(o *compileOptions, c *call) { c.returnBool(o.undefined) }),
			"setAllowReferencingUndefinedSymbols:": on(func(o *compileOptions, c *call) { o.undefined = c.bool(0) }),
		}, map[string]func(*compileOptions) **object{
			"installName": func(o *compileOptions) **object { return &o.installName },
		}),
	}
}

func isLanguageVersion(major, minor uint64) bool {
	newest := map[uint64]uint64{1: 2, 2: 4, 3: 2, 4: 0}
	last, ok := newest[major]
	return ok && minor <= last
}

// setMacros keeps a copy, as the property says: later changes of the caller's
// dictionary do not count.
func (o *compileOptions) setMacros(c *call) {
	var macros *object
	if m := payload[*nsDictionary](c, 0); m != nil {
		for i := range m.keys {
			if _, ok := m.keys[i].payload.(*nsString); !ok {
				c.fail(RuleArgumentClass, "a macro's name is a %s, not an NSString", m.keys[i].class.name)
				return
			}
			switch m.values[i].payload.(type) {
			case *nsString, *nsNumber:
			default:
				c.fail(RuleArgumentClass, "a macro's value is a %s, not an NSString or NSNumber", m.values[i].class.name)
				return
			}
		}
		macros = c.newDictionary()
		for i := range m.keys {
			macros.payload.(*nsDictionary).put(c.Device, m.keys[i], m.values[i])
		}
	}
	c.Device.release(o.macros)
	o.macros = macros
}

// settings returns how a library is compiled. Of the libraries that it is linked with
// it takes the install names, by which they are found again: it does not keep them.
func (o *compileOptions) settings() sourceSettings {
	s := sourceSettings{Options: o.options(), Threads: int(o.threads), Required: o.required, Kind: o.kind, Hidden: o.visibility == 1, undefined: o.undefined}
	if o.installName != nil {
		s.InstallName = o.installName.payload.(*nsString).text()
	}
	if o.libraries != nil {
		for _, l := range o.libraries.payload.(*nsArray).objects {
			l := l.payload.(*dynamicLibrary)
			s.Links, s.images = append(s.Links, l.installName), append(s.images, l.images[0])
		}
	}
	return s
}

// options returns what the compiler takes.
func (o *compileOptions) options() mslrun.Options {
	out := mslrun.Options{
		LanguageVersion: mslrun.LanguageVersion(o.version),
		MathMode:        mslrun.MathMode(o.math),
		Functions:       mslrun.Fast,
		Logging:         o.logging,
	}
	if o.functions == functionsPrecise {
		out.Functions = mslrun.Precise
	}
	if o.macros != nil {
		m := o.macros.payload.(*nsDictionary)
		out.PreprocessorMacros = make(map[string]string, len(m.keys))
		for i, k := range m.keys {
			value := ""
			switch v := m.values[i].payload.(type) {
			case *nsString:
				value = v.text()
			case *nsNumber:
				value = v.text()
			}
			out.PreprocessorMacros[k.payload.(*nsString).text()] = value
		}
	}
	return out
}
