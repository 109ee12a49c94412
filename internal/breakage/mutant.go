package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// A target is files that are mutated by rule, and the tests that should notice.
type target struct {
	files string   // a pattern of path.Match, from the module's root
	skip  []string // names of those that have no rule to break
	test  test     // those that most likely notice
	wider *test    // others, for what survives the first; nil: none
}

// readTargets reads a list of them. Each begins with a line "target:" and its
// pattern; lines "skip:", "test:" and "wider:" follow, the last two with
// arguments as in a list of edits. Tests and generated files are never mutated.
func readTargets(file string) ([]target, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var targets []target
	for i, line := range strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, _ := strings.Cut(line, ": ")
		if key == "target" {
			targets = append(targets, target{files: value})
			continue
		}
		if len(targets) == 0 {
			return nil, fmt.Errorf("%s:%d: %q before the first \"target:\"", file, i+1, line)
		}
		t := &targets[len(targets)-1]
		switch key {
		case "skip":
			t.skip = strings.Fields(value)
		case "test":
			err = t.test.parse(value)
		case "wider":
			t.wider = new(test)
			err = t.wider.parse(value)
		default:
			err = fmt.Errorf("%q is no line of a target", line)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
	}
	for _, t := range targets {
		if len(t.test.packages) == 0 {
			return nil, fmt.Errorf("%s: no \"test:\" with packages for %s", file, t.files)
		}
	}
	return targets, nil
}

// A mutation is one place where a rule applies.
type mutation struct {
	rule     string
	at       int // bytes
	old, new string
	first    bool // before others in a sample
}

// readMutants returns an edit for each place of each target where a rule
// applies, in the order of the files. A name is the same for as long as the line
// is, and has no line number: lists of survivors use it.
func readMutants(root string, targets []target) ([]edit, error) {
	var all []edit
	module := os.DirFS(root)
	for _, t := range targets {
		names, err := fs.Glob(module, t.files)
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("no file matches %s", t.files)
		}
		for _, name := range names {
			base := path.Base(name)
			if strings.HasSuffix(name, "_test.go") || base[0] == 'z' || slices.Contains(t.skip, base) {
				continue
			}
			text, err := fs.ReadFile(module, name)
			if err != nil {
				return nil, err
			}
			mutate := mutateMetal
			if strings.HasSuffix(name, ".go") {
				mutate = mutateGo
			}
			mutations, err := mutate(string(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			for _, e := range nameMutants(name, string(text), mutations) {
				e.test, e.wider = t.test, t.wider
				all = append(all, e)
			}
		}
	}
	return all, nil
}

// nameMutants makes edits of the mutations of one file.
func nameMutants(file, text string, mutations []mutation) []edit {
	slices.SortStableFunc(mutations, func(a, b mutation) int { return cmp.Compare(a.at, b.at) })
	var edits []edit
	times := map[string]int{}
	for _, m := range mutations {
		begin := strings.LastIndexByte(text[:m.at], '\n') + 1
		line, _, _ := strings.Cut(text[begin:], "\n")
		name := fmt.Sprintf("%s: %s for %s in %s", m.rule, quoteShort(m.new), quoteShort(m.old), strings.TrimSpace(line))
		times[name]++
		if n := times[name]; n > 1 {
			name += fmt.Sprintf(" #%d", n)
		}
		edits = append(edits, edit{
			area: file, name: name, where: fmt.Sprintf("%s:%d", file, 1+strings.Count(text[:m.at], "\n")),
			splice: &splice{file: file, at: m.at, old: m.old, new: m.new}, first: m.first,
		})
	}
	return edits
}

func quoteShort(s string) string {
	if s == "" || s == ";" {
		return "nothing"
	}
	if first, rest, more := strings.Cut(s, "\n"); more && rest != "" {
		s = first + " ..."
	}
	return "`" + s + "`"
}

// sample returns n of the edits of each kind of file, Metal and Go, in an order
// that the seed makes: half of them, at most, those that come first. Edits keep
// their order. Zero is all of them.
func sample(edits []edit, n int, seed uint64) []edit {
	if n == 0 {
		return edits
	}
	rank := func(e edit) uint64 {
		h := fnv.New64a()
		fmt.Fprintf(h, "%d %v", seed, e)
		return h.Sum64()
	}
	var chosen []string
	for _, metal := range []bool{true, false} {
		var kind []edit
		for _, e := range edits {
			if strings.HasSuffix(e.area, ".metal") == metal {
				kind = append(kind, e)
			}
		}
		slices.SortStableFunc(kind, func(a, b edit) int { return cmp.Compare(rank(a), rank(b)) })
		taken := 0
		take := func(most int, wanted func(edit) bool) {
			for _, e := range kind {
				if taken < most && wanted(e) {
					chosen = append(chosen, e.String())
					taken++
				}
			}
		}
		take((n+1)/2, func(e edit) bool { return e.first })
		take(n, func(e edit) bool { return !e.first })
		take(n, func(e edit) bool { return !slices.Contains(chosen, e.String()) })
	}
	slices.Sort(chosen)
	return slices.DeleteFunc(slices.Clone(edits), func(e edit) bool {
		_, ok := slices.BinarySearch(chosen, e.String())
		return !ok
	})
}
