package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestGenerateWritesWhatIsCheckedIn(t *testing.T) {
	if err := generate(""); err == nil {
		t.Error("without GOPACKAGE there is no error")
	}
	for _, pkg := range []string{"objc", "mtl"} {
		source, err := filepath.Abs(filepath.Join("../../..", pkg))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(pkg, func(t *testing.T) {
			lines, err := os.ReadFile(filepath.Join(source, "messages.go"))
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			if err := os.WriteFile("messages.go", lines, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := generate(pkg); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"zmessages.go", "zmessages_test.go"} {
				got, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				want, err := os.ReadFile(filepath.Join(source, name))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s is not as it is checked in: run go generate ./%s", name, pkg)
				}
			}
		})
	}
}
