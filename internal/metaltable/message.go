// Package metaltable holds the table of every Objective-C message and C
// function that the binding sends.
//
// The table is written as lines in the packages that send, in the manner of
// the //sys lines of golang.org/x/sys/windows:
//
//	//objc newBuffer(length uint64, options ResourceOptions) objc.ID = MTLDevice newBufferWithLength:options: @@:QQ owned 10.11
//
// Left of the equals sign stands the Go function, right of it what Apple
// declares: class or protocol (C for a function), selector (with a + for a
// class method), type encoding on arm64, ownership of the result (owned: the
// caller has one reference; autoreleased: it has none; none: no object), and
// the first macOS that has it. From the lines come the Go functions, in
// zmessages.go, and tests hold the lines against Apple's interface in
// testdata/metal_*.tsv.
//
// The word batch at the end marks a message that waits in an objc.Batch: its
// function is a method of the package's type batch instead of call. Such a message
// returns nothing, and whatever it names has to live until the batch is sent.
package metaltable

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// A Param is an argument or a result of a message on the Go side.
type Param struct{ Name, Type string }

// IsOut says that a parameter is the address where a method puts an object that
// it hands back beside its result.
func (p Param) IsOut() bool { return strings.HasPrefix(p.Type, "**") }

// A Message is one line of the table.
type Message struct {
	Name   string  // Go name
	Params []Param // without receiver and selector
	Result string  // Go type, or empty

	Class     string // class or protocol, or C
	Selector  string // with a + for a class method; the name of a C function
	Encoding  string // C functions: result and arguments, nothing else
	Ownership string // owned, autoreleased or none
	MinMacOS  string

	Batch bool // waits in a batch

	Pos string // file:line
}

// IsFunction says that the message is a C function.
func (m Message) IsFunction() bool { return m.Class == "C" }

var line = regexp.MustCompile(`^//objc (\w+)\(([^)]*)\) ?(\S*) = (\w+) (\S+) (\S+) (owned|autoreleased|none) (\d+\.[0-9x.]+)( batch)?$`)

// ParseDir returns the messages of the Go files in dir, in the order of file
// name and line. Tests and generated files are left out.
func ParseDir(dir string) ([]Message, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	var all []Message
	for _, file := range files {
		if base := filepath.Base(file); strings.HasPrefix(base, "z") || strings.HasSuffix(base, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		messages, err := parse(filepath.Base(file), text)
		if err != nil {
			return nil, err
		}
		all = append(all, messages...)
	}
	seen := map[string]string{}
	for _, m := range all {
		for _, key := range []string{m.Name, m.Class + " " + m.Selector} {
			if at, ok := seen[key]; ok {
				return nil, fmt.Errorf("%s: %s stands already at %s", m.Pos, key, at)
			}
			seen[key] = m.Pos
		}
	}
	return all, nil
}

func parse(file string, text []byte) ([]Message, error) {
	var messages []Message
	scan := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; scan.Scan(); n++ {
		if !strings.HasPrefix(scan.Text(), "//objc ") {
			continue
		}
		pos := fmt.Sprintf("%s:%d", file, n)
		f := line.FindStringSubmatch(scan.Text())
		if f == nil {
			return nil, fmt.Errorf("%s: want //objc name(arguments) result = class selector encoding ownership macos, and batch for a message that waits in one", pos)
		}
		m := Message{
			Name: f[1], Result: f[3],
			Class: f[4], Selector: f[5], Encoding: f[6], Ownership: f[7], MinMacOS: f[8],
			Batch: f[9] != "", Pos: pos,
		}
		if f[2] != "" {
			for p := range strings.SplitSeq(f[2], ", ") {
				name, typ, ok := strings.Cut(p, " ")
				if !ok {
					return nil, fmt.Errorf("%s: argument %q has no type", pos, p)
				}
				m.Params = append(m.Params, Param{name, typ})
			}
		}
		messages = append(messages, m)
	}
	return messages, scan.Err()
}
