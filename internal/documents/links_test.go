// Package documents holds the tests that keep documents true to the code.
package documents

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link = regexp.MustCompile(`\[([^\]\n]*)\]\(([^)\s]+)\)`)
	test = regexp.MustCompile(`^(Test|Fuzz|Benchmark|Example)\w*$`)
)

// What a document links to is there, and a link whose text is the name of a test
// goes to the file that has it.
func TestLinksLeadToWhatTheySay(t *testing.T) {
	const root = "../.."
	links := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, l := range link.FindAllStringSubmatch(string(text), -1) {
			name, to := l[1], l[2]
			if strings.Contains(to, "://") || strings.HasPrefix(to, "#") {
				continue
			}
			links++
			to, _, _ = strings.Cut(to, "#")
			code, err := os.ReadFile(filepath.Join(filepath.Dir(path), to))
			if info, statErr := os.Stat(filepath.Join(filepath.Dir(path), to)); statErr == nil && info.IsDir() {
				continue
			}
			if err != nil {
				t.Errorf("%s links to %s: %v", path, to, err)
				continue
			}
			if test.MatchString(name) && !strings.Contains(string(code), "\nfunc "+name+"(") {
				t.Errorf("%s says that %s has %s, which it has not", path, to, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if links < 30 {
		t.Errorf("only %d links were found", links)
	}
}
