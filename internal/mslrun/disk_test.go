//go:build linux && (amd64 || arm64)

package mslrun

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tqmetal/tqmetal/internal/fulldisk"
)

func noneLeft(t *testing.T, dir string) {
	t.Helper()
	if left, err := filepath.Glob(filepath.Join(dir, "tmp-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// A full disk is no mistake in the source, leaves nothing behind, and once there is room all goes on.
func TestDiskThatIsFullAtEachStepOfABuild(t *testing.T) {
	testCompiler(t, CompilerConfig{}) // is there one
	clang := fulldisk.New(t)
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	b := newBench(t, CompilerConfig{Clang: clang.Path, CacheDir: dir}, ExecutorConfig{})
	var l *Library
	var p *Program
	library := func() (err error) {
		l, _, err = b.compiler.Library(context.Background(), head+"kernel void f(device int *y [[buffer(0)]]) { y[0] = 1; }", Options{})
		return err
	}
	pipeline := func() (err error) {
		p, err = l.Pipeline(context.Background(), "f", nil)
		return err
	}
	const noSpace = "No space left on device"
	for _, test := range []struct {
		full string
		make func() error
		step string // "" if it works
		says string
	}{
		{"runtime", library, "building the runtime", ""},
		{".pch", library, "precompiling the headers", noSpace},
		{"", library, "", ""},
		{"kernel.o", pipeline, "compiling the kernel", noSpace},
		{"/program", pipeline, "linking the program", noSpace},
		{"", pipeline, "", ""},
	} {
		clang.FullAt(test.full)
		err := test.make()
		noneLeft(t, dir)
		if test.step == "" {
			if err != nil {
				t.Fatalf("with room: %v", err)
			}
			continue
		}
		var e *ToolError
		var source *CompileError
		if !errors.As(err, &e) || errors.As(err, &source) || e.Step != test.step {
			t.Fatalf("%q is full: %v", test.full, err)
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "Stack dump") {
			t.Errorf("%q is full: %v", test.full, err)
		}
	}
	y, by := buffer(b, []int32{0})
	if err := b.run(Order{}, Dispatch{Program: p, Buffers: bind(by), Grid: Size{1, 1, 1}, Threadgroup: Size{1, 1, 1}}); err != nil || y[0] != 1 {
		t.Errorf("%v, y = %d", err, y[0])
	}
}

// useless is a compiler that is there and fails: what got as far as calling it could write to its folder.
func useless(t *testing.T, dir string) *Compiler {
	t.Helper()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := NewCompiler(CompilerConfig{Clang: "false", CacheDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantStep(t *testing.T, c *Compiler, step string) {
	t.Helper()
	_, _, err := c.Library(context.Background(), head, Options{})
	var e *ToolError
	if !errors.As(err, &e) || e.Step != step {
		t.Errorf("error %v, want %q to have failed", err, step)
	}
	noneLeft(t, c.dir)
}

func wantCacheError(t *testing.T, err, reason error) {
	t.Helper()
	if !errors.Is(err, ErrCache) || !errors.Is(err, reason) {
		t.Errorf("error %v, want %v: %v", err, ErrCache, reason)
	}
}

func TestCacheFolderThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		_, err := NewCompiler(CompilerConfig{Clang: "false", CacheDir: dir})
		wantCacheError(t, err, syscall.ENOTDIR)
	}
	// Nobody can make a file there, not even root.
	c, err := NewCompiler(CompilerConfig{Clang: "false", CacheDir: "/proc/self"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Library(context.Background(), head, Options{})
	wantCacheError(t, err, fs.ErrNotExist)

	dir := t.TempDir()
	c = useless(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Library(context.Background(), head, Options{})
	wantCacheError(t, err, fs.ErrNotExist)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	wantStep(t, c, "building the runtime")
}

// The limit on the size of files is one of the process, so this runs in one of its own.
func TestHeadersThatCannotBeWritten(t *testing.T) {
	const inside = "TQMETAL_TEST_FILE_SIZE"
	if os.Getenv(inside) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestHeadersThatCannotBeWritten$", "-test.v")
		cmd.Env = append(os.Environ(), inside+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	const fileSize = 1 // RLIMIT_FSIZE, which package syscall does not name
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(fileSize, &limit); err != nil {
		t.Fatal(err)
	}
	set := func(n uint64) {
		limit.Cur = n
		if err := syscall.Setrlimit(fileSize, &limit); err != nil {
			t.Fatal(err)
		}
	}
	c := useless(t, t.TempDir())
	for _, n := range []uint64{0, 1000} {
		set(n)
		_, _, err := c.Library(context.Background(), head, Options{})
		wantCacheError(t, err, syscall.EFBIG)
		noneLeft(t, c.dir)
	}
	set(limit.Max)
	wantStep(t, c, "building the runtime")
}
