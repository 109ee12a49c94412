// Package shaders holds the Metal text of this module's kernels, embedded.
//
// Each family of kernels is one file. What families share is in files of its
// own, which they include by name; Metal can't include files from a library's
// source, so [Source] puts their text in place.
package shaders

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

// Files holds the .metal files as they are in the repository.
//
//go:embed *.metal
var Files embed.FS

// Source returns the text of a family, by the name of its file, such as
// "tq_quantize_kv.metal", as Metal compiles it: each line #include "file" is
// replaced by that file, once a text. Directives in it make the compiler's
// messages name the files and lines of the repository. An error wraps
// [fs.ErrNotExist] when there is no such file.
func Source(name string) (string, error) {
	var text strings.Builder
	if err := include(&text, name, map[string]bool{}); err != nil {
		return "", fmt.Errorf("shaders: %w", err)
	}
	return text.String(), nil
}

func include(text *strings.Builder, name string, seen map[string]bool) error {
	if seen[name] {
		return nil
	}
	seen[name] = true
	file, err := fs.ReadFile(Files, name)
	if err != nil {
		return err
	}
	fmt.Fprintf(text, "#line 1 %q\n", name)
	for i, line := range strings.SplitAfter(string(file), "\n") {
		rest, isInclude := strings.CutPrefix(line, `#include "`)
		if !isInclude {
			text.WriteString(line)
			continue
		}
		included, _, _ := strings.Cut(rest, `"`)
		if err := include(text, included, seen); err != nil {
			return fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		fmt.Fprintf(text, "#line %d %q\n", i+2, name)
	}
	return nil
}
