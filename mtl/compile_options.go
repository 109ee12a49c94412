package mtl

import (
	"fmt"

	"github.com/tqmetal/tqmetal/objc"
)

// A LanguageVersion is a version of the Metal Shading Language
// (MTLLanguageVersion).
type LanguageVersion uint64

// Language versions.
const (
	LanguageVersion2_4 LanguageVersion = 0x20004 // macOS 12
	LanguageVersion3_0 LanguageVersion = 0x30000 // macOS 13
	LanguageVersion3_1 LanguageVersion = 0x30001 // macOS 14
	LanguageVersion3_2 LanguageVersion = 0x30002 // macOS 15
	LanguageVersion4_0 LanguageVersion = 0x40000 // macOS 26
)

// String returns the version as major.minor.
func (v LanguageVersion) String() string { return fmt.Sprintf("%d.%d", v>>16, v&0xffff) }

// A MathMode says how far the compiler may bend floating-point arithmetic
// (MTLMathMode).
type MathMode int64

// Math modes. Below macOS 15 there are only Safe and Fast.
const (
	MathModeSafe    MathMode = 0 // IEEE 754: NaN and infinity keep their meaning
	MathModeRelaxed MathMode = 1 // reassociation, but NaN and infinity count
	MathModeFast    MathMode = 2 // as if NaN and infinity did not exist: Metal's default
)

// String returns the name of the mode.
func (m MathMode) String() string {
	switch m {
	case MathModeSafe:
		return "safe"
	case MathModeRelaxed:
		return "relaxed"
	case MathModeFast:
		return "fast"
	}
	return fmt.Sprintf("MathMode(%d)", int64(m))
}

// MathFloatingPointFunctions says which functions of 32-bit floats those are
// that a source names without fast:: or precise::, such as exp
// (MTLMathFloatingPointFunctions).
type MathFloatingPointFunctions int64

// Functions of floats.
const (
	MathFloatingPointFunctionsFast    MathFloatingPointFunctions = 0 // less exact, and of a smaller range: fast::tanh is NaN above about 44
	MathFloatingPointFunctionsPrecise MathFloatingPointFunctions = 1
)

// String returns the name of the functions.
func (f MathFloatingPointFunctions) String() string {
	return enumName("MathFloatingPointFunctions", f, "fast", "precise")
}

// A LibraryOptimizationLevel says what a compiled kernel is good at
// (MTLLibraryOptimizationLevel).
type LibraryOptimizationLevel int64

// Optimization levels.
const (
	LibraryOptimizationLevelDefault LibraryOptimizationLevel = 0 // speed
	LibraryOptimizationLevelSize    LibraryOptimizationLevel = 1
)

// String returns the name of the level.
func (l LibraryOptimizationLevel) String() string {
	return enumName("LibraryOptimizationLevel", l, "speed", "size")
}

// A LibraryType says what a library is for (MTLLibraryType).
type LibraryType int64

// Library types.
const (
	LibraryTypeExecutable LibraryType = 0 // pipelines are made of its kernels
	LibraryTypeDynamic    LibraryType = 1 // other libraries call its functions: see [DynamicLibrary]
)

// String returns the name of the type.
func (t LibraryType) String() string { return enumName("LibraryType", t, "executable", "dynamic") }

// A CompileSymbolVisibility says whether other libraries may call the functions of a
// library that do not say so themselves, by
// __attribute__((visibility("default"))) or "hidden" (MTLCompileSymbolVisibility).
type CompileSymbolVisibility int64

// Visibilities.
const (
	CompileSymbolVisibilityDefault CompileSymbolVisibility = 0 // they may
	CompileSymbolVisibilityHidden  CompileSymbolVisibility = 1 // they may not
)

// String returns the name of the visibility.
func (v CompileSymbolVisibility) String() string {
	return enumName("CompileSymbolVisibility", v, "default", "hidden")
}

// CompileOptions say how MSL source is compiled (MTLCompileOptions). The zero
// value is MSL 3.0 with safe math and precise functions.
//
// These are always told to Metal and read back. Left alone, Metal takes the
// language version from the SDK field of the program, which follows the Go
// release that built it (with Go 1.26: MSL 2.4, without bfloat), and takes
// fast math, under which a mask of infinities is undefined. From macOS 15 on, safe
// math alone leaves the functions fast.
type CompileOptions struct {
	LanguageVersion    LanguageVersion   // zero means LanguageVersion3_0
	MathMode           MathMode          // zero means MathModeSafe
	PreprocessorMacros map[string]string // as -Dname=value

	// FastMathFunctions makes functions without a namespace those of fast::, as
	// they are with MathModeFast in any case. Otherwise below macOS 15 the error
	// wraps [ErrUnsupported].
	FastMathFunctions bool
	// OptimizationLevel chooses between speed and size.
	OptimizationLevel LibraryOptimizationLevel
	// MaxTotalThreadsPerThreadgroup promises that no threadgroup of any kernel of
	// the library has more threads (macOS 13.3). Zero: no promise.
	MaxTotalThreadsPerThreadgroup int
	// EnableLogging keeps the messages of kernels in, for a [LogState]. They are left
	// out otherwise (macOS 15, and MSL 3.2).
	EnableLogging bool

	// RequiredThreadsPerThreadgroup is the size of every threadgroup of every kernel
	// of the library (macOS 26). Zero: any size.
	RequiredThreadsPerThreadgroup Size

	// LibraryType makes a library that others are linked with.
	LibraryType LibraryType
	// InstallName is the name of a dynamic library, by which those that are linked
	// with it find it: the absolute path of its file, or a path that begins with
	// @loader_path/ or @executable_path/, or any name if it is always loaded before.
	InstallName string
	// Libraries have the functions that the source declares and does not define. Their
	// install names become part of the library: a pipeline of it finds them again
	// among those that are loaded, or as a file.
	Libraries []*DynamicLibrary
	// CompileSymbolVisibility says which functions others may call (macOS 13.3).
	CompileSymbolVisibility CompileSymbolVisibility
	// AllowReferencingUndefinedSymbols lets the source use functions that are in none
	// of Libraries: what a pipeline is linked with must have them (macOS 13.3).
	// Otherwise the library does not compile.
	AllowReferencingUndefinedSymbols bool
}

func (o CompileOptions) functions() MathFloatingPointFunctions {
	if o.FastMathFunctions || o.MathMode == MathModeFast {
		return MathFloatingPointFunctionsFast
	}
	return MathFloatingPointFunctionsPrecise
}

func (o CompileOptions) languageVersion() LanguageVersion {
	if o.LanguageVersion == 0 {
		return LanguageVersion3_0
	}
	return o.LanguageVersion
}

// newOptions returns an MTLCompileOptions that the caller releases.
func (o CompileOptions) newOptions(s *scope, dev *Device) (options objc.ID, err error) {
	if o.MathMode < MathModeSafe || o.MathMode > MathModeFast {
		return 0, badArgument("CompileOptions", "MathMode", int64(o.MathMode), "%d to %d", MathModeSafe, MathModeFast)
	}
	if l := o.OptimizationLevel; l != LibraryOptimizationLevelDefault && l != LibraryOptimizationLevelSize {
		return 0, badArgument("CompileOptions", "OptimizationLevel", int64(l), "%d (default) or %d (size)", LibraryOptimizationLevelDefault, LibraryOptimizationLevelSize)
	}
	if n, limit := o.MaxTotalThreadsPerThreadgroup, dev.limits.MaxThreadsPerThreadgroup.Width; n < 0 || n > limit {
		return 0, badArgument("CompileOptions", "MaxTotalThreadsPerThreadgroup", n, "0 to %d", limit)
	}
	if o.EnableLogging && o.languageVersion() < LanguageVersion3_2 {
		return 0, badArgument("CompileOptions", "LanguageVersion", o.languageVersion(), "at least %v with EnableLogging", LanguageVersion3_2)
	}
	if err := o.checkLinking(dev); err != nil {
		return 0, err
	}
	options = s.newCompileOptions(s.fw.compileOptions)
	if options == 0 {
		return 0, s.fw.failed("MTLCompileOptions", 0)
	}
	defer func() {
		if err != nil {
			s.fw.foundation.Release(options)
			options = 0
		}
	}()
	s.setLanguageVersion(options, o.languageVersion())
	if got := s.languageVersion(options); got != o.languageVersion() {
		return options, fmt.Errorf("mtl: MSL %v was asked for, and this system compiles as %v: %w", o.languageVersion(), got, ErrUnsupported)
	}
	if err := o.setMath(s, dev, options); err != nil {
		return options, err
	}
	if o.OptimizationLevel != LibraryOptimizationLevelDefault {
		s.setOptimizationLevel(options, o.OptimizationLevel)
	}
	if n := o.MaxTotalThreadsPerThreadgroup; n > 0 {
		if !s.fw.foundation.RespondsTo(options, "setMaxTotalThreadsPerThreadgroup:") {
			return options, fmt.Errorf("mtl: CompileOptions.MaxTotalThreadsPerThreadgroup needs macOS 13.3: %w", ErrUnsupported)
		}
		s.setLibraryMaxTotalThreadsPerThreadgroup(options, uint64(n))
	}
	if o.EnableLogging {
		if !s.fw.foundation.RespondsTo(options, "setEnableLogging:") {
			return options, fmt.Errorf("mtl: CompileOptions.EnableLogging needs macOS 15: %w", ErrUnsupported)
		}
		s.setEnableLogging(options, true)
	}
	if o.RequiredThreadsPerThreadgroup != (Size{}) {
		if !s.fw.foundation.RespondsTo(options, "setRequiredThreadsPerThreadgroup:") {
			return options, fmt.Errorf("mtl: CompileOptions.RequiredThreadsPerThreadgroup needs macOS 26: %w", ErrUnsupported)
		}
		s.setLibraryRequiredThreadsPerThreadgroup(options, o.RequiredThreadsPerThreadgroup)
	}
	if err := o.setLinking(s, dev, options); err != nil {
		return options, err
	}
	return options, o.setMacros(s, options)
}

func (o CompileOptions) checkLinking(dev *Device) error {
	limit := dev.limits.MaxThreadsPerThreadgroup
	if r := o.RequiredThreadsPerThreadgroup; r != (Size{}) && (!r.positive() || r.Width > limit.Width || r.Height > limit.Height || r.Depth > limit.Depth) {
		return badArgument("CompileOptions", "RequiredThreadsPerThreadgroup", r, "1x1x1 to %v, or nothing", limit)
	}
	if t := o.LibraryType; t < LibraryTypeExecutable || t > LibraryTypeDynamic {
		return badArgument("CompileOptions", "LibraryType", int64(t), "%d (executable) or %d (dynamic)", LibraryTypeExecutable, LibraryTypeDynamic)
	}
	if o.LibraryType == LibraryTypeDynamic && o.InstallName == "" {
		return badArgument("CompileOptions", "InstallName", `""`, "the name of a dynamic library")
	}
	if v := o.CompileSymbolVisibility; v < CompileSymbolVisibilityDefault || v > CompileSymbolVisibilityHidden {
		return badArgument("CompileOptions", "CompileSymbolVisibility", int64(v), "%d (default) or %d (hidden)", CompileSymbolVisibilityDefault, CompileSymbolVisibilityHidden)
	}
	if (o.LibraryType == LibraryTypeDynamic || len(o.Libraries) > 0) && !dev.properties.DynamicLibraries {
		return fmt.Errorf("mtl: CompileOptions: this GPU has no dynamic libraries: %w", ErrUnsupported)
	}
	return nil
}

// setLinking sets what others see of the library, and what it sees of them.
func (o CompileOptions) setLinking(s *scope, dev *Device, options objc.ID) error {
	t := &temporaries{s: s, dev: dev, method: "CompileOptions"}
	defer t.end()
	if o.LibraryType == LibraryTypeDynamic {
		s.setLibraryType(options, o.LibraryType)
		if name := t.text("InstallName", o.InstallName); name != 0 {
			s.setInstallName(options, name)
		}
	}
	if len(o.Libraries) > 0 {
		if libraries := useAll(t, "Libraries", o.Libraries); libraries != 0 {
			s.setLibraries(options, libraries) // which keeps them
		}
	}
	if o.CompileSymbolVisibility != CompileSymbolVisibilityDefault {
		if !s.fw.foundation.RespondsTo(options, "setCompileSymbolVisibility:") {
			return fmt.Errorf("mtl: CompileOptions.CompileSymbolVisibility needs macOS 13.3: %w", ErrUnsupported)
		}
		s.setCompileSymbolVisibility(options, o.CompileSymbolVisibility)
	}
	if o.AllowReferencingUndefinedSymbols {
		if !s.fw.foundation.RespondsTo(options, "setAllowReferencingUndefinedSymbols:") {
			return fmt.Errorf("mtl: CompileOptions.AllowReferencingUndefinedSymbols needs macOS 13.3: %w", ErrUnsupported)
		}
		s.setAllowReferencingUndefinedSymbols(options, true)
	}
	return t.err
}

func (o CompileOptions) setMath(s *scope, dev *Device, options objc.ID) error {
	got := MathModeSafe
	switch {
	case dev.hasMathMode:
		s.setMathMode(options, o.MathMode)
		s.setMathFloatingPointFunctions(options, o.functions())
		got = s.mathMode(options)
		if f := s.mathFloatingPointFunctions(options); f != o.functions() {
			return fmt.Errorf("mtl: %v math functions were asked for, and this system compiles with %v ones: %w", o.functions(), f, ErrUnsupported)
		}
	case o.FastMathFunctions && o.MathMode != MathModeFast:
		return fmt.Errorf("mtl: fast math functions with math mode %v need macOS 15: %w", o.MathMode, ErrUnsupported)
	case o.MathMode == MathModeRelaxed:
		return fmt.Errorf("mtl: math mode %v needs macOS 15: %w", o.MathMode, ErrUnsupported)
	default:
		s.setFastMathEnabled(options, o.MathMode == MathModeFast)
		if s.fastMathEnabled(options) {
			got = MathModeFast
		}
	}
	if got != o.MathMode {
		return fmt.Errorf("mtl: math mode %v was asked for, and this system compiles as %v: %w", o.MathMode, got, ErrUnsupported)
	}
	return nil
}

func (o CompileOptions) setMacros(s *scope, options objc.ID) error {
	if len(o.PreprocessorMacros) == 0 {
		return nil
	}
	for name := range o.PreprocessorMacros {
		if !identifier(name) {
			return badArgument("CompileOptions", "name of a preprocessor macro", fmt.Sprintf("%q", name), "an identifier: letters, digits and underscores, no digit first")
		}
	}
	macros, err := s.fw.foundation.NewStringDictionary(o.PreprocessorMacros)
	if err != nil {
		return fmt.Errorf("mtl: preprocessor macros: %w", err)
	}
	defer s.fw.foundation.Release(macros)
	s.setPreprocessorMacros(options, macros)
	return nil
}

func identifier(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
