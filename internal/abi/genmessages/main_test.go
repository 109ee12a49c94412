package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/internal/metaltable"
)

func TestEveryMessageOfTheBindingIsAMethod(t *testing.T) {
	t.Chdir("../../..")
	path := filepath.Join(t.TempDir(), "messages.m")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = file
	main()
	os.Stdout = stdout
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, dir := range []string{"objc", "mtl"} {
		messages, err := metaltable.ParseDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if m.IsFunction() {
				continue
			}
			count++
			// A selector's parts each stand before an argument.
			for _, part := range strings.Split(strings.Trim(m.Selector, "+:"), ":") {
				if !strings.Contains(string(text), part) {
					t.Errorf("%s %s is no method of the library", m.Class, m.Selector)
				}
			}
		}
	}
	if count < 50 {
		t.Errorf("only %d messages were looked for", count)
	}
}
