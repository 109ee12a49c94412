package kernels

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tqmetal/tqmetal/mtl"
)

// ErrSource is in every error that refuses a [Source].
var ErrSource = errors.New("bad kernel source")

// A Source is MSL text and the names of the kernels in it.
type Source struct {
	// Name says in errors and warnings which source is meant, such as
	// "quantize.metal". A registry has each name once.
	Name string
	// Text is the whole MSL text: Metal can't include files.
	Text string
	// Kernels are the names under which the text's kernels are asked for: that
	// of the function, or what [[host_name]] says. A registry has each name
	// once, over all sources.
	Kernels []string
	// Options say how the text is compiled. The zero value is MSL 3.0 with safe
	// math.
	Options mtl.CompileOptions
	// Check, if not empty, names one more kernel of the text: one that finds out
	// whether a device does what the others rely on and Metal does not promise.
	// It runs once a device, when the text has been compiled and before the first
	// pipeline is given out, as one threadgroup of one simdgroup. Its buffer 0 is
	// a uint for each thread, each of them all ones; where all are zero
	// afterwards, the device passes. On other devices there are no pipelines of
	// this source, but an error that wraps [ErrCheck].
	Check string
}

func (s Source) validate() error {
	if s.Name == "" {
		return fmt.Errorf("kernels: %w: Name is empty", ErrSource)
	}
	if s.Text == "" {
		return fmt.Errorf("kernels: %w: %s: Text is empty", ErrSource, s.Name)
	}
	if len(s.Kernels) == 0 {
		return fmt.Errorf("kernels: %w: %s: Kernels names no kernel", ErrSource, s.Name)
	}
	if slices.Contains(s.Kernels, s.Check) && s.Check != "" {
		return fmt.Errorf("kernels: %w: %s: Check is %q, which Kernels names too", ErrSource, s.Name, s.Check)
	}
	for i, name := range s.Kernels {
		if name == "" {
			return fmt.Errorf("kernels: %w: %s: Kernels[%d] is empty", ErrSource, s.Name, i)
		}
		if first := slices.Index(s.Kernels, name); first < i {
			return fmt.Errorf("kernels: %w: %s: Kernels[%d] and Kernels[%d] are both %q", ErrSource, s.Name, first, i, name)
		}
	}
	return nil
}

// clone returns a copy that the caller of Register can't change afterwards.
func (s Source) clone() *Source {
	s.Kernels = slices.Clone(s.Kernels)
	s.Options.PreprocessorMacros = maps.Clone(s.Options.PreprocessorMacros)
	return &s
}

func (s *Source) equal(other *Source) bool {
	return s.Name == other.Name && s.Text == other.Text && s.Check == other.Check && slices.Equal(s.Kernels, other.Kernels) &&
		s.Options.LanguageVersion == other.Options.LanguageVersion && s.Options.MathMode == other.Options.MathMode &&
		maps.Equal(s.Options.PreprocessorMacros, other.Options.PreprocessorMacros)
}
