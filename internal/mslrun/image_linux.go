//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tqmetal/tqmetal/internal/msl"
)

// Image builds the code of a dynamic library, or finds it in the cache. hidden says that functions are seen by nobody that do
// not say otherwise. It has no constants: one that the source needs is a *ConstantError.
func (l *Library) Image(ctx context.Context, hidden bool) (*Image, error) {
	var all []string
	for _, c := range l.unit.Constants {
		all = append(all, c.Name)
	}
	values, err := l.values("of the library", all, nil)
	if err != nil {
		return nil, err
	}
	return l.image(ctx, l.unit.Linked(values, nil), hidden, l.unit.Exports(hidden))
}

// FunctionImage builds the code of one visible function, which is all that others see.
func (l *Library) FunctionImage(ctx context.Context, name string, constants Constants) (*Image, error) {
	for i := range l.unit.Visible {
		v := &l.unit.Visible[i]
		if v.Name != name {
			continue
		}
		values, err := l.values(name, v.Constants, constants)
		if err != nil {
			return nil, err
		}
		return l.image(ctx, l.unit.Linked(values, v), true, []msl.Symbol{l.unit.Symbol(v)})
	}
	return nil, fmt.Errorf("%w: %q", ErrNoFunction, name)
}

func (l *Library) image(ctx context.Context, text string, hidden bool, exports []msl.Symbol) (*Image, error) {
	c := l.compiler
	args := append(l.flags(), "-ffunction-sections")
	if hidden {
		args = append(args, "-fvisibility=hidden")
	}
	// What is defined in it, it sees first: the program and the images before it have their own.
	linking := []string{"-shared", "-Wl,-Bsymbolic", "-Wl,--gc-sections"}
	dir, err := c.place("image-"+hash(c.identity, text, strings.Join(args, "\x00"), strings.Join(linking, "\x00")), func(dir string) error {
		object := filepath.Join(dir, "library.o")
		if err := l.object(ctx, text, object, args); err != nil {
			return err
		}
		defer os.Remove(object)
		return c.link(ctx, append(linking, "-o", filepath.Join(dir, "library.so"), object))
	})
	if err != nil {
		return nil, err
	}
	return &Image{filepath.Join(dir, "library.so"), exports, l.unit.Imports()}, nil
}
