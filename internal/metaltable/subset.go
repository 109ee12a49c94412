package metaltable

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// A Subset is the part of Apple's interface that the binding is measured by, as
// testdata/metal_compute.txt tells it.
type Subset struct {
	in, beside []string
	out        []leftOut
	counts     map[string]bool // by class and selector
	same, less []group
}

// A leftOut is a reason with the classes and selectors that it keeps out.
type leftOut struct {
	reason    string
	classes   []string
	selectors []string // class and selector, which may end in a star
}

// A group is selectors of a class of which not all are needed.
type group struct {
	class     string
	selectors []string
}

// ReadSubset reads the list of the module that holds the current directory.
func ReadSubset() (*Subset, error) {
	dir, err := testdata()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "metal_compute.txt"))
	if err != nil {
		return nil, err
	}
	return parseSubset(string(text))
}

func parseSubset(text string) (*Subset, error) {
	s := &Subset{counts: map[string]bool{}}
	kind, n := "", 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, "\t"):
			word, reason, _ := strings.Cut(line, " ")
			if kind = strings.TrimSuffix(word, ":"); !slices.Contains([]string{"in", "beside", "out", "counts", "same", "less"}, kind) {
				return nil, fmt.Errorf("metal_compute.txt:%d: %q opens no list", n, word)
			}
			if needed := kind != "in" && kind != "beside"; needed != (reason != "") {
				return nil, fmt.Errorf("metal_compute.txt:%d: %s: want a reason behind out, counts, same and less, and only there", n, kind)
			}
			if kind == "out" {
				s.out = append(s.out, leftOut{reason: reason})
			}
		default:
			if err := s.add(kind, strings.Fields(line)); err != nil {
				return nil, fmt.Errorf("metal_compute.txt:%d: %w", n, err)
			}
		}
	}
	return s, nil
}

func (s *Subset) add(kind string, words []string) error {
	isClass := func(w string) bool { return w == "C" || strings.HasPrefix(w, "MTL") || strings.HasPrefix(w, "NS") }
	named := len(words) == 2 && isClass(words[0]) && (words[0] == "C" || !isClass(words[1]))
	classes := !named && !slices.ContainsFunc(words, func(w string) bool { return !isClass(w) })
	switch {
	case kind == "in" && classes:
		s.in = append(s.in, words...)
	case kind == "beside" && classes:
		s.beside = append(s.beside, words...)
	case kind == "out" && classes:
		last := &s.out[len(s.out)-1]
		last.classes = append(last.classes, words...)
	case kind == "out" && named:
		last := &s.out[len(s.out)-1]
		last.selectors = append(last.selectors, words[0]+" "+words[1])
	case kind == "counts" && named:
		s.counts[words[0]+" "+words[1]] = true
	case kind == "same" && len(words) > 2:
		s.same = append(s.same, group{words[0], words[1:]})
	case kind == "less" && len(words) > 2:
		s.less = append(s.less, group{words[0], words[1:]})
	default:
		return fmt.Errorf("%q is nothing that a list %q holds", strings.Join(words, " "), kind)
	}
	return nil
}

// Why the rules leave a selector out.
const (
	reasonGetter     = "A getter beside a setter: it says what the program itself has set."
	reasonDevice     = "The program has made the object from its device."
	reasonInit       = "+new does the same as init."
	reasonDeprecated = "It is deprecated, and what takes its place is counted."
	reasonSame       = "Another selector of the class that is bound does the same, or more."
)

// A Count is a method of Apple's and how it counts.
type Count struct {
	Method
	Bound   bool
	LeftOut string // the reason, empty for what is counted
}

// Count tells of each method that Metal declares how it counts, when the
// messages are bound. What is bound counts, wherever the list has it. The error
// names everything in which the list and Apple's interface do not fit.
func (s *Subset) Count(r *Reference, bound []Message) ([]Count, error) {
	c := &counter{Subset: s, bound: map[string]bool{}, all: map[string]Method{}}
	for _, m := range bound {
		c.bound[m.Class+" "+m.Selector] = true
	}
	methods := r.All()
	for _, m := range methods {
		c.all[m.Class+" "+m.Selector] = m
	}
	c.checkLists(methods)
	var counts []Count
	for _, m := range methods {
		if slices.Contains(s.beside, m.Class) || m.Class == "C" && !strings.HasPrefix(m.Selector, "MTL") {
			continue
		}
		counts = append(counts, Count{m, c.bound[m.Class+" "+m.Selector], c.leftOut(m)})
	}
	return counts, errors.Join(c.wrong...)
}

type counter struct {
	*Subset
	bound map[string]bool
	all   map[string]Method
	wrong []error
}

func (c *counter) fault(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Errorf("metal_compute.txt: "+format, args...))
}

// checkLists holds the list against Apple's interface: each class stands in one
// place, and everything that is named exists.
func (c *counter) checkLists(methods []Method) {
	place := map[string]int{}
	for _, m := range methods {
		place[m.Class] = 0
	}
	name := func(classes []string) {
		for _, class := range classes {
			if _, ok := place[class]; !ok {
				c.fault("Apple's tables have no class %s", class)
			}
			place[class]++
		}
	}
	name(c.in)
	name(c.beside)
	for _, o := range c.out {
		name(o.classes)
		for _, selector := range o.selectors {
			c.checkLeftOut(selector, methods)
		}
	}
	for _, class := range slices.Sorted(maps.Keys(place)) {
		if n := place[class]; n != 1 {
			c.fault("class %s stands in %d lists, want one of in, beside and out", class, n)
		}
	}
	for _, g := range append(slices.Clone(c.same), c.less...) {
		for _, selector := range g.selectors {
			c.checkExists(g.class + " " + selector)
		}
	}
	for key := range c.counts {
		c.checkExists(key)
	}
}

func (c *counter) checkExists(key string) {
	if _, ok := c.all[key]; !ok {
		c.fault("Apple's tables have no %s", key)
	}
}

func (c *counter) checkLeftOut(pattern string, methods []Method) {
	found := false
	for _, m := range methods {
		key := m.Class + " " + m.Selector
		if !matches(pattern, key) {
			continue
		}
		found = true
		if !slices.Contains(c.in, m.Class) {
			c.fault("%s is left out by itself, and its class is in no list of what is in", key)
		}
	}
	if !found {
		c.fault("Apple's tables have nothing like %s", pattern)
	}
}

func matches(pattern, key string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	return key == pattern || open && strings.HasPrefix(key, prefix)
}

// leftOut returns why a method does not count, or nothing when it does.
func (c *counter) leftOut(m Method) string {
	key := m.Class + " " + m.Selector
	if c.bound[key] || c.counts[key] {
		return ""
	}
	for _, o := range c.out {
		named := func(pattern string) bool { return matches(pattern, key) }
		if slices.Contains(o.classes, m.Class) || slices.ContainsFunc(o.selectors, named) {
			return o.reason
		}
	}
	switch {
	case m.Deprecated:
		return reasonDeprecated
	case c.exists(m.Class, setter(m.Selector)):
		return reasonGetter
	case m.Selector == "device":
		return reasonDevice
	case m.Selector == "init" && c.exists(m.Class, "+new"):
		return reasonInit
	case c.isSpared(m):
		return reasonSame
	}
	return ""
}

func (c *counter) exists(class, selector string) bool {
	_, ok := c.all[class+" "+selector]
	return ok
}

// setter returns the selector that sets what a getter tells.
func setter(getter string) string {
	first := []rune(getter)
	first[0] = unicode.ToUpper(first[0])
	return "set" + string(first) + ":"
}

// isSpared says that a method which is not bound is not needed: of several that
// do the same one is bound, or none is and another is counted.
func (c *counter) isSpared(m Method) bool {
	for _, g := range c.same {
		if g.class != m.Class || !slices.Contains(g.selectors, m.Selector) {
			continue
		}
		anyBound := slices.ContainsFunc(g.selectors, func(s string) bool { return c.bound[g.class+" "+s] })
		if anyBound || m.Selector != g.selectors[0] {
			return true
		}
	}
	for _, g := range c.less {
		if g.class == m.Class && slices.Contains(g.selectors[1:], m.Selector) {
			return true
		}
	}
	return false
}
