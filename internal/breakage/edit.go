package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// An edit breaks one rule of the code.
type edit struct {
	area  string // the name of the list's file
	name  string // what is wrong once the edit is made
	where string // file and line in the list, for errors
	test  test
	wider *test // asked when those tests are green; nil: none
	hunks []hunk

	// A mutant is a splice instead of hunks.
	splice *splice
	first  bool // before others in a sample
}

func (e edit) String() string { return e.area + ": " + e.name }

// A hunk replaces whole lines of one file.
type hunk struct {
	file     string // from the module's root, with slashes
	old, new string
}

// A splice replaces the text at one place of a file.
type splice struct {
	file     string
	at       int // bytes
	old, new string
}

// A test says which tests should notice.
type test struct {
	packages []string
	pattern  string        // of go test -run; empty for all
	abi      string        // with the Objective-C libraries of internal/abi, on this GOARCH
	tags     string        // further build tags
	short    bool          // go test -short
	timeout  time.Duration // 0 for the usual one
}

func (t test) String() string {
	var b strings.Builder
	b.WriteString(strings.Join(t.packages, " "))
	for _, f := range []struct{ name, value string }{{"run", t.pattern}, {"abi", t.abi}, {"tags", t.tags}} {
		if f.value != "" {
			fmt.Fprintf(&b, " -%s %s", f.name, f.value)
		}
	}
	if t.short {
		b.WriteString(" -short")
	}
	if t.timeout != 0 {
		fmt.Fprintf(&b, " -timeout %v", t.timeout)
	}
	return b.String()
}

// readEdits reads every *.txt of a folder. An edit is written as a name, the
// tests and a diff without line numbers:
//
//	edit: the thread is not locked while a pool is open
//	test: -run TestPool ./objc ./mtl
//	file: objc/pool.go
//	-	runtime.LockOSThread()
//	+	_ = runtime.LockOSThread
//
// Lines that begin with a minus or a space are the text to find, which must
// stand in the file exactly once; those with a plus or a space take its place.
// There may be several file lines. The test line has arguments of go test, of
// which -run, -tags, -short and -timeout are understood, and -abi with a
// GOARCH: the tests of the calling convention. Empty lines, and lines that
// begin with #, are for the reader.
func readEdits(dir string) ([]edit, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no edits (*.txt) in %s", dir)
	}
	var edits []edit
	names := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		more, err := parseEdits(strings.TrimSuffix(filepath.Base(file), ".txt"), string(text))
		if err != nil {
			return nil, err
		}
		for _, e := range more {
			if other, taken := names[e.String()]; taken {
				return nil, fmt.Errorf("%s: an edit at %s has the same name, %q", e.where, other, e.name)
			}
			names[e.String()] = e.where
		}
		edits = append(edits, more...)
	}
	return edits, nil
}

func parseEdits(area, text string) ([]edit, error) {
	var edits []edit
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		where := fmt.Sprintf("%s.txt:%d", area, i+1)
		if line == "" || line[0] == '#' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "edit: "); ok {
			edits = append(edits, edit{area: area, name: name, where: where})
			continue
		}
		if len(edits) == 0 {
			return nil, fmt.Errorf("%s: %q before the first \"edit:\"", where, line)
		}
		if err := edits[len(edits)-1].parseLine(line); err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
	}
	for _, e := range edits {
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", e.where, e.name, err)
		}
	}
	return edits, nil
}

func (e *edit) parseLine(line string) error {
	if args, ok := strings.CutPrefix(line, "test: "); ok {
		if len(e.test.packages) > 0 {
			return errors.New("a second \"test:\"")
		}
		return e.test.parse(args)
	}
	if file, ok := strings.CutPrefix(line, "file: "); ok {
		e.hunks = append(e.hunks, hunk{file: file})
		return nil
	}
	if len(e.hunks) == 0 || !strings.ContainsRune(" -+", rune(line[0])) {
		return fmt.Errorf("%q is no line of an edit", line)
	}
	h := &e.hunks[len(e.hunks)-1]
	if line[0] != '+' {
		h.old += line[1:] + "\n"
	}
	if line[0] != '-' {
		h.new += line[1:] + "\n"
	}
	return nil
}

func (t *test) parse(args string) error {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&t.pattern, "run", "", "")
	flags.StringVar(&t.abi, "abi", "", "")
	flags.StringVar(&t.tags, "tags", "", "")
	flags.BoolVar(&t.short, "short", false, "")
	flags.DurationVar(&t.timeout, "timeout", 0, "")
	if err := flags.Parse(strings.Fields(args)); err != nil {
		return err
	}
	t.packages = flags.Args()
	for _, p := range t.packages {
		if !strings.HasPrefix(p, "./") || strings.Contains(p, "...") {
			return fmt.Errorf("package %q is not the path of one package, as in ./objc", p)
		}
	}
	return nil
}

func (e edit) check() error {
	if len(e.test.packages) == 0 {
		return errors.New("no \"test:\" with packages")
	}
	if len(e.hunks) == 0 {
		return errors.New("no \"file:\"")
	}
	for _, h := range e.hunks {
		if h.old == "" {
			return fmt.Errorf("%s: no text to find", h.file)
		}
		if h.old == h.new {
			return fmt.Errorf("%s: changes nothing", h.file)
		}
	}
	return nil
}

// apply returns the files that the edit changes, by the names that the hunks
// give them, as they are once it is made.
func (e edit) apply(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	if s := e.splice; s != nil {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(s.file)))
		if err != nil {
			return nil, fmt.Errorf("%v: %w", e, err)
		}
		if !bytes.HasPrefix(text[min(s.at, len(text)):], []byte(s.old)) {
			return nil, fmt.Errorf("%v: the file has changed since", e)
		}
		files[s.file] = slices.Concat(text[:s.at], []byte(s.new), text[s.at+len(s.old):])
	}
	for _, h := range e.hunks {
		text, changed := files[h.file]
		if !changed {
			var err error
			if text, err = os.ReadFile(filepath.Join(root, filepath.FromSlash(h.file))); err != nil {
				return nil, fmt.Errorf("%s: %q: %w", e.where, e.name, err)
			}
			text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		}
		at, n := wholeLines(text, []byte(h.old))
		if n != 1 {
			return nil, fmt.Errorf("%s: %q: the text to replace stands %d times in %s, must be once:\n%s", e.where, e.name, n, h.file, h.old)
		}
		files[h.file] = append(append(append([]byte{}, text[:at]...), h.new...), text[at+len(h.old):]...)
	}
	return files, nil
}

// wholeLines returns where lines stand in a text, and how often.
func wholeLines(text, lines []byte) (at, n int) {
	for i := 0; i+len(lines) <= len(text); {
		if bytes.HasPrefix(text[i:], lines) {
			at, n = i, n+1
		}
		next := bytes.IndexByte(text[i:], '\n')
		if next < 0 {
			break
		}
		i += next + 1
	}
	return at, n
}
