package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tqmetal/tqmetal/tqsdpa"
)

// The launcher runs here over a driver without a GPU, whose modules are texts that say what their kernel does: see
// testdata/stub/driver.cc.

// stubFolder has the launcher and, as libcuda.so.1, that driver.
var stubFolder = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "conformance-stub")
	if err != nil {
		return "", err
	}
	stub := filepath.Join("testdata", "stub")
	for _, args := range [][]string{
		{"-shared", "-fPIC", filepath.Join(stub, "driver.cc"), "-o", filepath.Join(folder, "libcuda.so.1")},
		{filepath.Join("cuda", "launcher.cc"), "-o", filepath.Join(folder, "launcher"), "-ldl"},
	} {
		args = append([]string{"-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", "-I", stub}, args...)
		if out, err := exec.Command("clang++-19", args...).CombinedOutput(); err != nil {
			return folder, fmt.Errorf("clang++-19 %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return folder, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if folder, _ := stubFolder(); folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

// A stub is what a test needs of that driver.
type stub struct {
	launcher, log string
	folder        string // for modules
}

func newStub(t *testing.T) stub {
	t.Helper()
	folder, err := stubFolder()
	must(t, err)
	s := stub{filepath.Join(folder, "launcher"), filepath.Join(t.TempDir(), "log"), t.TempDir()}
	t.Setenv("LD_LIBRARY_PATH", folder)
	t.Setenv("STUB_LOG", s.log)
	return s
}

func (s stub) start(t *testing.T) *gpu {
	t.Helper()
	g, err := startLauncher(t.Context(), s.launcher)
	must(t, err)
	return g
}

// module writes one, of lines.
func (s stub) module(t *testing.T, name string, lines ...string) (path string) {
	t.Helper()
	path = filepath.Join(s.folder, name)
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	return path
}

// logged returns how many lines of the log begin so.
func (s stub) logged(t *testing.T, prefix string) (n int) {
	t.Helper()
	text, err := os.ReadFile(s.log)
	must(t, err)
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

// arguments are the lines of a module about a kernel of package tqsdpa.
func arguments(l *launch) []string {
	lines := []string{"kernel " + l.kernel}
	for i, a := range l.arguments {
		switch {
		case a.bytes != nil:
			lines = append(lines, fmt.Sprintf("argument %d 1 %d", i, len(a.bytes)))
		case a.buffer != 0:
			lines = append(lines, fmt.Sprintf("argument %d 0 0", i))
		}
	}
	return lines
}

// A deed is what kernels of a build and a set do, besides taking their arguments. The set is empty, or the name of a fault.
type deed struct{ build, set, kernel, does string }

// bundle has a module of each build for each launch, and for those launches of other sets that a deed is of.
func (s stub) bundle(t *testing.T, launches []launch, deeds ...deed) *bundle {
	t.Helper()
	b := &bundle{s.folder, map[string]entry{}}
	sets := map[string]bool{"": true}
	for _, d := range deeds {
		sets[d.set] = true
	}
	for i := range launches {
		l := &launches[i]
		for set := range sets {
			texts := map[string][]string{plainBuild: arguments(l), checkedBuild: arguments(l)}
			changed := false
			for _, d := range deeds {
				if d.set == set && strings.HasPrefix(l.kernel, d.kernel) {
					texts[d.build] = append(texts[d.build], d.does)
					changed = true
				}
			}
			if b.entries[key(set, l.variant())] != (entry{}) || set != "" && !changed {
				continue
			}
			module := l.variant() + strings.ReplaceAll(set, " ", "-")
			b.entries[key(set, l.variant())] = entry{set, l.variant(), l.kernel, module}
			for build, lines := range texts {
				s.module(t, filepath.Join(build, module+".cubin"), lines...)
			}
		}
	}
	return b
}

// rig runs the launches of a problem.
func (s stub) rig(t *testing.T, p tqsdpa.Params, deeds ...deed) *rig {
	t.Helper()
	session, err := newSession()
	must(t, err)
	launches, _, _, err := session.attention(p)
	must(t, err)
	return &rig{session, s.start(t), s.bundle(t, launches, deeds...)}
}
