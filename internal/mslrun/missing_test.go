//go:build linux && (amd64 || arm64)

package mslrun

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Tests that need the compiler must not pass without it where nobody would see that they were skipped.
func TestKernelTestsWithoutTheCompilerFailInCIAndSkipElsewhere(t *testing.T) {
	for _, test := range []struct {
		ci   string
		pass bool
		want string
	}{{"true", false, "--- FAIL"}, {"", true, "--- SKIP"}} {
		cmd := exec.Command(os.Args[0], "-test.v", "-test.run=^TestSourcesThatAreTaken$")
		cmd.Env = append(os.Environ(), "PATH=/nonexistent", "CI="+test.ci)
		out, err := cmd.CombinedOutput()
		if (err == nil) != test.pass || !strings.Contains(string(out), test.want) || !strings.Contains(string(out), "apt-get install") {
			t.Errorf("CI=%q: %v\n%s", test.ci, err, out)
		}
	}
}
