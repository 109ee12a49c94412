// Package child runs a test of this process again in a process of its own, which is to
// crash, and reads what that says.
package child

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const (
	variable = "TQMETAL_CRASH"
	// emulator is what runs a program of another CPU, with its flags.
	emulator = "TQMETAL_ABI_EMULATOR"
)

// How returns how this process is to crash, and an empty text where it is not the child.
func How() string { return os.Getenv(variable) }

// Crash runs the test of the calling test's name in a child that is to crash in some way,
// with more environment. It returns what the child has said, and its exit status. A child
// that ends well, or by a failed test, is a failure of the test.
func Crash(t testing.TB, how string, env ...string) (said string, status int) {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	args := append(strings.Fields(os.Getenv(emulator)), os.Args[0], "-test.run", "^"+test+"$")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(append(os.Environ(), variable+"="+how), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		t.Fatalf("the child ends well:\n%s", &out)
	case !errors.As(err, &exit):
		t.Fatal(err)
	case strings.Contains(out.String(), "--- FAIL"):
		t.Fatalf("the child's test fails, and the process goes on:\n%s", &out)
	}
	return out.String(), exit.ExitCode()
}
