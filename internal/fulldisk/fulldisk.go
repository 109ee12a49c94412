// Package fulldisk stands a compiler before clang whose output meets a full disk,
// for tests of what is left behind then.
package fulldisk

import (
	"os"
	"path/filepath"
	"testing"
)

// The compiler reads beside itself which files do not fit. The objects of the
// runtime have no -o: there the size of files is limited.
const script = `#!/bin/sh
full=$(cat "$0.full")
before=
for a in "$@"; do
  if [ "$before" = -o ] && [ -n "$full" ]; then case $a in *"$full") a=/dev/full ;; esac; fi
  before=$a
  set -- "$@" "$a"
  shift
done
case "$full $*" in "runtime "*main.cc*) ulimit -f 0 ;; esac
exec clang++-19 "$@"
`

// A Compiler is one for which the disk may be full at one step of a build.
type Compiler struct {
	Path string // of the program, in a folder that goes with the test
	t    testing.TB
}

// New returns a compiler for which there is room. Its methods fail the test when
// they can't do what they say.
func New(t testing.TB) *Compiler {
	t.Helper()
	c := &Compiler{filepath.Join(t.TempDir(), "clang"), t}
	if err := os.WriteFile(c.Path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	c.FullAt("")
	return c
}

// FullAt makes the disk full for files whose name ends so, or for the objects of
// the runtime when it is "runtime"; "" is room for all.
func (c *Compiler) FullAt(step string) {
	c.t.Helper()
	if err := os.WriteFile(c.Path+".full", []byte(step), 0o600); err != nil {
		c.t.Fatal(err)
	}
}
