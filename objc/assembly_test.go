package objc

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// On arm64 x18 is the system's: macOS may change it at any time, and expects it back. Of
// the vector registers v8 to v15 belong to the caller of a C function.
func TestAssemblyTouchesNoRegisterOfTheSystem(t *testing.T) {
	files, err := filepath.Glob("*_arm64.s")
	if err != nil || len(files) == 0 {
		t.Fatalf("%q, %v", files, err)
	}
	forbidden := regexp.MustCompile(`\b(R18(_PLATFORM)?|[FV]([89]|1[0-5]))\b`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			code, _, _ := strings.Cut(line, "//")
			if r := forbidden.FindString(code); r != "" {
				t.Errorf("%s:%d uses %s", file, i+1, r)
			}
		}
	}
}
