package mslrun

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tqmetal/tqmetal/internal/msl"
)

// Image is code that programs are linked with: that of a dynamic library, or of one visible function. It sees first what is
// defined in itself, then what the program's images have, in their order. It holds no resources.
type Image struct {
	path    string
	exports []msl.Symbol
	imports []msl.Symbol
}

// Missing are the functions that the library uses and does not define, and that none of the images has.
func (l *Library) Missing(images ...*Image) []msl.Symbol { return missing(l.unit.Imports(), images) }

func missing(imports []msl.Symbol, images []*Image) (out []msl.Symbol) {
	for _, s := range imports {
		if !slices.ContainsFunc(images, func(image *Image) bool { return slices.ContainsFunc(image.exports, s.Matches) }) {
			out = append(out, s)
		}
	}
	return out
}

// linkable refuses what the linker would let through: a function that differs in the address spaces of its parameters from
// all of its name.
func (l *Library) linkable(images []*Image) error {
	imports := l.unit.Imports()
	for _, image := range images {
		imports = append(imports, image.imports...)
	}
	for _, s := range missing(imports, images) {
		for _, image := range images {
			for _, e := range image.exports {
				if e.Name == s.Name && e.Count == s.Count {
					return &CompileError{Log: fmt.Sprintf("Undefined symbols: %v, which is defined with other address spaces: its parameters are in %q here and in %q there", s, s.Spaces, e.Spaces)}
				}
			}
		}
	}
	return nil
}

var undefined = regexp.MustCompile("undefined (?:reference to|symbol:) [`']?([^'\n]+)")

// undefinedIn are the symbols that a linker has not found.
func undefinedIn(log string) (names []string) {
	for _, m := range undefined.FindAllStringSubmatch(log, -1) {
		if name := strings.TrimSpace(m[1]); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
