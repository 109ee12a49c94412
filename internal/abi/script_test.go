//go:build linux

package abi

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A machine without the tools is told which packages bring them; nothing is
// half built.
func TestBuildScriptNamesThePackagesThatAreMissing(t *testing.T) {
	bin, out := t.TempDir(), t.TempDir()
	for _, tool := range []string{"sh", "dirname", "uname", "ls"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, tool)); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("./build.sh", out)
	build.Env = []string{"PATH=" + bin}
	text, err := build.CombinedOutput()
	if err == nil {
		t.Fatalf("build.sh found its tools in an empty folder: %s", text)
	}
	for _, want := range []string{"missing, as Debian packages:", "golang", "clang-19", "qemu-user", "gcc-aarch64-linux-gnu"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("build.sh does not name %q: %s", want, text)
		}
	}
	if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
		t.Errorf("build.sh left %v, %v", left, err)
	}
}
