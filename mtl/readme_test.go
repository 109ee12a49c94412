package mtl_test

import (
	"os"
	"strings"
	"testing"
)

// The README's first example is this package's, which go test runs.
func TestReadmeShowsTheExampleThatRuns(t *testing.T) {
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, start := range []string{"const source = `", "func Example() {"} {
		_, code, found := strings.Cut(string(example), start)
		code, _, ended := strings.Cut(code, "\n\n// ")
		if start == "func Example() {" {
			code, _, ended = strings.Cut(code, "\n}\n")
		}
		if !found || !ended || !strings.Contains(string(readme), start+code) {
			t.Errorf("README.md does not show %q as example_test.go has it", start)
		}
	}
}
