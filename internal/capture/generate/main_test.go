package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestRunWritesTheCheckedInCapture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "capture.safetensors")
	if err := run([]string{path}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../../testdata/capture.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the file is not the one in testdata: run go generate ./internal/capture")
	}
	for _, args := range [][]string{nil, {path, path}, {filepath.Join(path, "below a file")}} {
		if err := run(args); err == nil {
			t.Errorf("arguments %q are no error", args)
		}
	}
}
