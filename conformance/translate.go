package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tqmetal/tqmetal/internal/msl"
	"github.com/tqmetal/tqmetal/mtl"
	"github.com/tqmetal/tqmetal/shaders"
)

// A translator turns kernels of package shaders into CUDA C++. It needs clang for the preprocessor alone.
type translator struct {
	clang  string
	macros string // the folder of the preprocessor's headers
	units  map[string]*unit
}

// A unit is a source that was read, by the kernels in it.
type unit struct {
	file string
	*msl.Unit
}

const languageVersion = msl.Version(3 << 16)

// newTranslator reads all sources.
func newTranslator(ctx context.Context, folder string) (*translator, error) {
	clang, err := exec.LookPath("clang++-19")
	if err != nil {
		return nil, fmt.Errorf("the preprocessor: %w (on Debian: apt-get install clang-19)", err)
	}
	t := &translator{clang: clang, macros: filepath.Join(folder, "macros"), units: map[string]*unit{}}
	if err := writeFiles(t.macros, msl.MacroHeaders()); err != nil {
		return nil, err
	}
	return t, t.readAll(ctx, func(_, text string) string { return text })
}

// edited is a translator of the same sources with their text changed. Those that stay as they are are not read again.
func (t *translator) edited(ctx context.Context, edit func(file, text string) string) (*translator, error) {
	other := &translator{clang: t.clang, macros: t.macros, units: maps.Clone(t.units)}
	return other, other.readAll(ctx, func(file, text string) string {
		if changed := edit(file, text); changed != text {
			return changed
		}
		return ""
	})
}

// readAll reads the sources as text returns them, but for those that it returns empty.
func (t *translator) readAll(ctx context.Context, text func(file, text string) string) error {
	names, err := fs.Glob(shaders.Files, "*.metal")
	if err != nil {
		return err
	}
	for _, name := range names {
		source, err := shaders.Source(name)
		if err != nil {
			return err
		}
		if !strings.Contains(source, "#include <metal_stdlib>") {
			continue // included by others
		}
		if source = text(name, source); source == "" {
			continue
		}
		u, err := t.read(ctx, name, source)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for i := range u.Kernels {
			t.units[u.Kernels[i].Name] = u
		}
	}
	return nil
}

func (t *translator) read(ctx context.Context, name, text string) (*unit, error) {
	cmd := exec.CommandContext(ctx, t.clang, "-x", "c++", "-std=c++14", "-nostdinc", "-E", "-isystem", t.macros, "-U__clang__",
		fmt.Sprintf("-D__METAL_VERSION__=%d", languageVersion.Macro()), "-D__METAL__=1", "-D__METAL_MACOS__=1", "-")
	var out, log bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("# 1 \""+name+"\"\n"+text+"\n"), &out, &log
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("preprocessing: %w\n%s", err, log.String())
	}
	u, err := msl.Parse(out.String(), name, languageVersion)
	if err != nil {
		return nil, err
	}
	return &unit{name, u}, nil
}

// program is the CUDA text of a launch's kernel.
func (t *translator) program(l *launch) (string, error) {
	u := t.units[l.kernel]
	if u == nil {
		return "", fmt.Errorf("no source has a kernel %s", l.kernel)
	}
	values := map[string]string{}
	for _, c := range u.Constants {
		for _, v := range l.constants {
			if int(v.index) != c.Index {
				continue
			}
			text, err := initializer(v)
			if err != nil {
				return "", fmt.Errorf("kernel %s: constant %s: %w", l.kernel, c.Name, err)
			}
			values[c.Name] = text
		}
	}
	i := slices.IndexFunc(u.Kernels, func(k msl.Kernel) bool { return k.Name == l.kernel })
	return u.Program(&u.Kernels[i], values, msl.CUDA)
}

// number is a constant's value where that is an integer or a bool.
func (c constant) number() (int64, error) {
	b := append(slices.Clone(c.value), make([]byte, 8)...)
	n := binary.LittleEndian.Uint64(b)
	switch c.dataType {
	case mtl.DataTypeBool, mtl.DataTypeUChar, mtl.DataTypeUShort, mtl.DataTypeUInt:
		return int64(n), nil
	case mtl.DataTypeChar:
		return int64(int8(n)), nil
	case mtl.DataTypeShort:
		return int64(int16(n)), nil
	case mtl.DataTypeInt:
		return int64(int32(n)), nil
	}
	return 0, fmt.Errorf("data type %d is no integer or bool of up to 32 bits", c.dataType)
}

func initializer(c constant) (string, error) {
	n, err := c.number()
	if err != nil {
		return "", err
	}
	if c.dataType == mtl.DataTypeBool {
		return "{" + strconv.FormatBool(n != 0) + "}", nil
	}
	return "{" + strconv.FormatInt(n, 10) + "}", nil
}

// variant names a kernel with its constants, such as flash_attn_vec_tq_dk64-4-4-1-0-0-2: by index, bools as 0 and 1.
func (l *launch) variant() string {
	constants := slices.Clone(l.constants)
	slices.SortFunc(constants, func(a, b constant) int { return int(a.index) - int(b.index) })
	name := l.kernel
	for _, c := range constants {
		n, err := c.number()
		if err != nil {
			return name + "-unknown" // translation says why
		}
		name += "-" + strconv.FormatInt(n, 10)
	}
	return name
}

// cudaHeaders writes the headers of the CUDA target.
func cudaHeaders(folder string) error {
	files := map[string]string{}
	entries, err := fs.ReadDir(msl.Headers, "cuda")
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, err := fs.ReadFile(msl.Headers, "cuda/"+e.Name())
		if err != nil {
			return err
		}
		files[e.Name()] = string(text)
	}
	return writeFiles(folder, files)
}

func writeFiles(folder string, files map[string]string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
