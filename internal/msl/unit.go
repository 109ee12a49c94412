package msl

import (
	"sort"
	"strings"
	"unicode"
)

// Unit is a source that was read.
type Unit struct {
	Kernels   []Kernel
	Visible   []Visible
	Constants []Constant

	src      string
	file     string
	version  Version
	code     []token // without directives and attributes
	pair     []int   // of a bracket in code: the index of its partner, else -1
	attrs    []attribute
	decls    []*declaration
	declared map[int]bool    // the indices in code of the names of functions that are declared there
	types    map[string]bool // names whose constructor or cast may be that of a vector
	logging  bool            // <metal_logging> is included
	optional map[string]bool // function constants that the source asks is_function_constant_defined for
	asked    [][2]int        // those questions, as ranges of code
	inside   []string        // the namespaces around what is read
	internal bool            // whether one of them has no name
	within   int             // where the scope that is read begins
	plain    map[string]bool // classes by name: no template, no base class
	edits    []edit          // for both passes
	strict   []edit          // for the address-space pass alone
	run      []edit          // for programs alone
	cpu      []edit          // for programs of one target
	cuda     []edit
	errs     Error

	// SpaceClasses are the names of the classes that have member functions for several address spaces. In the strict pass
	// each of those functions stands for all, and calls on objects in other address spaces are false alarms.
	SpaceClasses map[string]bool

	// Warnings are about what Metal takes and a kernel should not rely on.
	Warnings []Diagnostic
}

const (
	functionDecl declarationKind = iota
	variableDecl
	typeDecl
	instantiation
	otherDecl
)

type edit struct {
	start, end int
	text       string
}

// Parse reads a preprocessed source. file is its name in diagnostics. The error is an Error with all that was found.
func Parse(src, file string, version Version) (*Unit, error) {
	u := &Unit{src: src, file: file, version: version, types: map[string]bool{}, declared: map[int]bool{}, SpaceClasses: map[string]bool{}, optional: map[string]bool{}}
	l := lex(src, file)
	u.errs = append(u.errs, l.errors...)
	included := false
	plain := make([]token, 0, len(l.tokens))
	for _, t := range l.tokens {
		if t.kind != directive {
			plain = append(plain, t)
		} else if strings.Contains(t.text, includedMark) {
			included = true
			u.edits = append(u.edits, edit{t.start, t.end, ""})
		} else if strings.Contains(t.text, loggingMark) {
			u.logging = true
			u.edits = append(u.edits, edit{t.start, t.end, ""})
		} else if f := strings.Fields(strings.TrimPrefix(t.text, "#")); len(f) > 2 && f[0] == "pragma" && f[1] == "unroll" && strings.ContainsFunc(t.text[strings.Index(t.text, "unroll")+6:], unicode.IsLetter) {
			u.edits = append(u.edits, edit{t.start, t.end, "#pragma unroll"}) // its count has a macro, which the preprocessor leaves
		}
	}
	u.separateAttributes(plain)
	if !u.match() {
		return nil, u.failed()
	}
	if !included {
		u.errs = append(u.errs, Diagnostic{l.files[0], 1, 1, "the source does not include <metal_stdlib>"})
	}
	for i := range u.code {
		u.code[i].file = min(u.code[i].file, len(l.files)-1)
	}
	u.scope(0, len(u.code), false)
	u.findTypes()
	u.memberSpaces()
	u.overloads()
	u.arrayParameters()
	u.findConstants()
	u.findKernels()
	u.threadgroupVariables()
	u.rewrite()
	u.lint()
	for i := range u.errs {
		if u.errs[i].File == "" {
			u.errs[i].File = file
		}
	}
	if err := u.failed(); err != nil {
		return nil, err
	}
	return u, nil
}

// IsStruct says whether the source defines a struct, class or union of that name.
func (u *Unit) IsStruct(name string) bool {
	for _, d := range u.decls {
		if d.kind == typeDecl && d.bodyAt >= 0 && d.name == name && !u.code[d.start].is("enum") {
			return true
		}
	}
	return false
}

func (u *Unit) failed() error {
	if len(u.errs) == 0 {
		return nil
	}
	sort.SliceStable(u.errs, func(i, j int) bool { return u.errs[i].Line < u.errs[j].Line })
	return u.errs
}

func (u *Unit) refuse(at int, message string) {
	d := Diagnostic{File: u.file, Message: message, Line: 1, Column: 1}
	if at >= len(u.code) {
		at = len(u.code) - 1
	}
	if at >= 0 {
		d.Line, d.Column = u.code[at].line, u.code[at].col
	}
	u.errs = append(u.errs, d)
}

// blank removes text and keeps its lines, and words on both sides apart.
func (u *Unit) blank(start, end int) edit {
	text := strings.Repeat("\n", strings.Count(u.src[start:end], "\n"))
	if text == "" && inWord(u.src, start-1) && inWord(u.src, end) {
		text = " "
	}
	return edit{start, end, text}
}

// inWord says that the byte at i is part of a name or a number.
func inWord(text string, i int) bool {
	if i < 0 || i >= len(text) {
		return false
	}
	c := text[i]
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// tok is the token at i, or an empty one.
func (u *Unit) tok(i int) token {
	if i < 0 || i >= len(u.code) {
		return token{kind: punctuator}
	}
	return u.code[i]
}
