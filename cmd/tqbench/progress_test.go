package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestProgressIsForThoseWhoWatch(t *testing.T) {
	draw := func(p *progress) {
		p.start = time.Now().Add(-time.Minute)
		p.begin("one thing", 1)
		p.begin("another", 1)
		p.finish()
	}
	var terminal bytes.Buffer
	draw(newProgress(&terminal, 2))
	if !bytes.Contains(terminal.Bytes(), []byte("one thing")) {
		t.Errorf("no bar: %q", terminal.String())
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	draw(newProgress(f, 2))
	if text, err := os.ReadFile(f.Name()); err != nil || len(text) > 0 {
		t.Errorf("a file has %q, %v", text, err)
	}
}
