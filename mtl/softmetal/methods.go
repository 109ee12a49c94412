package softmetal

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
)

// A method is one row of Metal's interface: what Apple's headers declare,
// whatever the binding believes.
type method struct {
	class    string // the class or protocol that declares it
	static   bool   // a class method
	selector string
	encoding string
	args     []string // the declared types of the arguments, such as "id<MTLBuffer>"
	owned    bool     // the caller gets a retain with the result
	since    osVersion
	sig      *signature
}

// An osVersion is a macOS release, major * 100 + minor.
type osVersion int

func parseOSVersion(s string) (osVersion, error) {
	major, minor, _ := strings.Cut(s, ".")
	a, err := strconv.Atoi(major)
	if err != nil {
		return 0, fmt.Errorf("softmetal: %q is no macOS version", s)
	}
	minor, _, _ = strings.Cut(minor, ".")
	b, err := strconv.Atoi(minor)
	if minor == "" || minor == "x" {
		b, err = 0, nil
	}
	if err != nil || a < 10 || b < 0 || b > 99 {
		return 0, fmt.Errorf("softmetal: %q is no macOS version", s)
	}
	return osVersion(a*100 + b), nil
}

func (v osVersion) String() string { return fmt.Sprintf("%d.%d", v/100, v%100) }

// zmethods.txt holds the table of the project's testdata in a shorter form: a
// line "= class" opens a class, each other line is one method. The test
// TestMethodTableIsFresh compares the two and, with -update, writes it anew.
//
//go:generate go test -run TestMethodTableIsFresh . -update
//go:embed zmethods.txt
var methodText string

// rootMethods are the methods of the root class and a few others that a compute
// program needs and that Metal's headers do not list.
const rootMethods = `= NSObject
+alloc	@@:	1	10.0
+new	@@:	1	10.0
+class	#@:	0	10.0
init	@@:	1	10.0
copy	@@:	1	10.0
self	@@:	0	10.0
class	#@:	0	10.0
retain	@@:	0	10.0
release	v@:	0	10.0
autorelease	@@:	0	10.0
retainCount	Q@:	0	10.0
hash	Q@:	0	10.0
isEqual:	B@:@	0	10.0	id
isKindOfClass:	B@:#	0	10.0	Class
conformsToProtocol:	B@:@	0	10.0	Protocol *
respondsToSelector:	B@::	0	10.0	SEL
description	@@:	0	10.0
debugDescription	@@:	0	10.0
= NSString
isEqualToString:	B@:@	0	10.0	NSString *
= NSNumber
boolValue	B@:	0	10.0
intValue	i@:	0	10.0
= MTLStructType
members	@@:	0	10.11
= MTLStructMember
name	@@:	0	10.11
offset	Q@:	0	10.11
dataType	Q@:	0	10.11
= NSFastEnumeration
countByEnumeratingWithState:objects:count:	Q@:^{?=Q^@^Q[5Q]}^@Q	0	10.0	NSFastEnumerationState *	id *	NSUInteger
= NSDictionary
+dictionaryWithObject:forKey:	@@:@@	0	10.0	id	id
`

// encodingCorrections are rows of the table that take NSErrorDomain, a name for
// NSString *, for a struct. Apple's runtime gives a plain object.
var encodingCorrections = map[string]string{
	"NSError domain": "@@:",
	"+NSError errorWithDomain:code:userInfo:": "@@:@q@",
}

// A methodTable finds methods by class and selector.
type methodTable struct {
	byClass    map[string]map[string]*method // "+" before the name of a class for its class methods
	bySelector map[string][]*method
}

// since returns the first macOS that has a class: that of its oldest method.
func (t *methodTable) since(class string) osVersion {
	first := osVersion(math.MaxInt)
	for _, key := range []string{class, "+" + class} {
		for _, m := range t.byClass[key] {
			first = min(first, m.since)
		}
	}
	if first == math.MaxInt {
		return 0 // a private class
	}
	return first
}

var methods = sync.OnceValues(func() (*methodTable, error) {
	return parseMethods(rootMethods + methodText)
})

func parseMethods(text string) (*methodTable, error) {
	t := &methodTable{map[string]map[string]*method{}, map[string][]*method{}}
	class := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "= "); ok {
			class = name
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) < 4 || class == "" {
			return nil, fmt.Errorf("softmetal: method table: %q is no row", line)
		}
		m := &method{class: class, selector: f[0], encoding: f[1], owned: f[2] == "1", args: f[4:]}
		m.selector, m.static = strings.CutPrefix(m.selector, "+")
		var err error
		if m.since, err = parseOSVersion(f[3]); err != nil {
			return nil, err
		}
		key := class
		if m.static {
			key = "+" + class
		}
		if e, ok := encodingCorrections[key+" "+m.selector]; ok {
			m.encoding = e
		}
		if m.sig, err = parseSignature(m.encoding); err != nil {
			return nil, fmt.Errorf("softmetal: %s %s: %w", class, m.selector, err)
		}
		if len(m.args) != len(m.sig.args) {
			return nil, fmt.Errorf("softmetal: %s %s: %d declared arguments, %d encoded", class, m.selector, len(m.args), len(m.sig.args))
		}
		if t.byClass[key] == nil {
			t.byClass[key] = map[string]*method{}
		}
		t.byClass[key][m.selector] = m
		t.bySelector[m.selector] = append(t.bySelector[m.selector], m)
	}
	return t, nil
}
