package msl

import (
	"sort"
	"strings"
	"unicode"
)

// Unit is a source that was read.
type Unit struct {
	Kernels   []Kernel
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
	optional map[string]bool // function constants that the source asks is_function_constant_defined for
	asked    [][2]int        // those questions, as ranges of code
	inside   []string        // the namespaces around what is read
	within   int             // where the scope that is read begins
	edits    []edit          // for both passes
	strict   []edit          // for the address-space pass alone
	run      []edit          // for programs alone
	errs     Error

	// SpaceClasses are the names of the classes that have member functions for several address spaces. In the strict pass
	// each of those functions stands for all, and calls on objects in other address spaces are false alarms.
	SpaceClasses map[string]bool

	// Warnings are about what Metal takes and a kernel should not rely on.
	Warnings []Diagnostic
}

// Kernel is a function that can be dispatched: a kernel function, or an instantiation of a template of one.
type Kernel struct {
	Name       string // as the library knows it
	Parameters []Parameter
	Constants  []string // the function constants that it reaches, by name, in the order of their indices
	MaxThreads int      // of max_total_threads_per_threadgroup, or 0: not said, or not a number, see below

	threads string // the attribute's expression, in the terms of the template's arguments

	call string // the function with its template arguments
	decl *declaration
}

// Parameter is a parameter of a kernel.
type Parameter struct {
	Name         string
	Attribute    string // "buffer", "threadgroup" or the name of a position or size
	Index        int    // of buffers and threadgroup memory
	AddressSpace string // "device", "constant", "threadgroup", or empty
	Const        bool   // may only be read
	Reference    bool
	Type         string // without address space and const
	Condition    string // the function constant that it depends on, or empty
}

// Constant is a function constant.
type Constant struct {
	Name     string
	Index    int
	Type     string
	Required bool

	at int // index in code of the name
}

type attribute struct {
	name, args string
	at         int // index in code of the token that follows
	line, col  int
	file       int
}

type declarationKind uint8

const (
	functionDecl declarationKind = iota
	variableDecl
	typeDecl
	instantiation
	otherDecl
)

type declaration struct {
	kind             declarationKind
	name             string
	path             string // "::" and the namespaces around it
	start, end       int    // in code; end is one past the last token
	nameAt           int
	paramsAt         int // the opening parenthesis, or -1
	bodyAt           int // the opening brace, or -1
	scope            int // in code; where what it is declared in begins
	template, member bool
	kernel           bool
}

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

// blank removes text and keeps its lines.
func (u *Unit) blank(start, end int) edit {
	return edit{start, end, strings.Repeat("\n", strings.Count(u.src[start:end], "\n"))}
}

// tok is the token at i, or an empty one.
func (u *Unit) tok(i int) token {
	if i < 0 || i >= len(u.code) {
		return token{kind: punctuator}
	}
	return u.code[i]
}

// separateAttributes takes [[...]] out of the token list.
func (u *Unit) separateAttributes(plain []token) {
	u.code = make([]token, 0, len(plain))
	for i := 0; i < len(plain); i++ {
		t := plain[i]
		if !(t.is("[") && i+1 < len(plain) && plain[i+1].is("[") && plain[i+1].start == t.end) {
			u.code = append(u.code, t)
			continue
		}
		depth, end := 0, -1
		for j := i; j < len(plain) && j < i+farthest; j++ {
			if plain[j].is("[") {
				depth++
			} else if plain[j].is("]") {
				if depth--; depth == 0 {
					end = j
					break
				}
			} else if plain[j].is(";") && depth <= 2 {
				break
			}
		}
		if end < 0 || !plain[end-1].is("]") || end-1 < i+2 {
			u.errs = append(u.errs, Diagnostic{"", t.line, t.col, "an attribute list has no end"})
			u.code = append(u.code, t)
			continue
		}
		inner := plain[i+2 : end-1]
		for len(inner) > 0 {
			n, depth := 0, 0
			for n < len(inner) && !(depth == 0 && inner[n].is(",")) {
				if inner[n].is("(") {
					depth++
				} else if inner[n].is(")") {
					depth--
				}
				n++
			}
			if one := inner[:n]; len(one) > 0 {
				a := attribute{at: len(u.code), line: one[0].line, col: one[0].col, file: one[0].file}
				k := 0
				for k < len(one) && !one[k].is("(") {
					a.name += one[k].text
					k++
				}
				if k < len(one) && one[len(one)-1].is(")") {
					a.args = strings.TrimSpace(u.src[one[k].end:one[len(one)-1].start])
				}
				u.attrs = append(u.attrs, a)
			}
			inner = inner[min(n+1, len(inner)):]
		}
		u.edits = append(u.edits, u.blank(t.start, plain[end].end))
		i = end
	}
}

// attributesIn are those between the tokens at from and to, to included: before code[from] up to before code[to].
func (u *Unit) attributesIn(from, to int) []attribute {
	lo := sort.Search(len(u.attrs), func(i int) bool { return u.attrs[i].at >= from })
	hi := sort.Search(len(u.attrs), func(i int) bool { return u.attrs[i].at > to })
	if lo >= hi {
		return nil
	}
	return u.attrs[lo:hi]
}

// match finds the partners of brackets.
func (u *Unit) match() bool {
	u.pair = make([]int, len(u.code))
	var open []int
	for i := range u.pair {
		u.pair[i] = -1
	}
	for i, t := range u.code {
		if t.kind != punctuator {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			if len(open) == 0 || u.code[open[len(open)-1]].text != map[string]string{")": "(", "]": "[", "}": "{"}[t.text] {
				u.refuse(i, "unmatched '"+t.text+"'")
				return false
			}
			j := open[len(open)-1]
			open = open[:len(open)-1]
			u.pair[i], u.pair[j] = j, i
		}
	}
	if len(open) > 0 {
		u.refuse(open[len(open)-1], "unmatched '"+u.code[open[len(open)-1]].text+"'")
		return false
	}
	return true
}

// farthest bounds every look ahead, so that no source takes time that grows with the square of its length.
const farthest = 4096

// angle returns the index of the ">" that closes the template argument list opened at i, or -1.
func (u *Unit) angle(i, limit int) int {
	depth := 0
	for j := i; j < limit && j < len(u.code) && j < i+farthest; j++ {
		t := u.code[j]
		if t.kind != punctuator {
			continue
		}
		switch t.text {
		case "<":
			depth++
		case ">":
			if depth--; depth == 0 {
				return j
			}
		case "(", "[", "{":
			j = u.pair[j]
		case ")", "]", "}", ";":
			return -1
		}
	}
	return -1
}

// angleBack returns the index of the "<" that opens the list closed at i, or -1.
func (u *Unit) angleBack(i, limit int) int {
	depth := 0
	for j := i; j >= limit && j > i-farthest; j-- {
		t := u.code[j]
		if t.kind != punctuator {
			continue
		}
		switch t.text {
		case ">":
			depth++
		case "<":
			if depth--; depth == 0 {
				return j
			}
		case ")", "]", "}":
			j = u.pair[j]
		case "(", "[", "{", ";":
			return -1
		}
	}
	return -1
}

// scope reads the declarations of a namespace or a class.
func (u *Unit) scope(i, end int, member bool) {
	outer := u.within
	u.within = i
	defer func() { u.within = outer }()
	for i < end {
		i = u.declaration(i, end, member)
	}
}

// declaration reads one and returns where the next begins.
func (u *Unit) declaration(i, end int, member bool) int {
	start := i
	semicolon := func(j int) int { // one past the ";" that ends what begins at j
		for j < end && !u.code[j].is(";") {
			if u.pair[j] > j {
				j = u.pair[j]
			}
			j++
		}
		return min(j+1, end)
	}
	t := u.code[i]
	switch {
	case t.is(";"), t.is("}"):
		return i + 1
	case t.is("namespace"):
		for j := i; j < end; j++ {
			if u.code[j].is("{") {
				depth := len(u.inside)
				for k := i + 1; k < j; k++ {
					if u.code[k].kind == identifier && !u.code[k].is("inline") {
						u.inside = append(u.inside, u.code[k].text)
					}
				}
				u.scope(j+1, u.pair[j], false)
				u.inside = u.inside[:depth]
				return u.pair[j] + 1
			}
			if u.code[j].is(";") {
				return j + 1
			}
		}
		return end
	case t.is("extern") && u.tok(i+1).kind == stringLiteral && u.tok(i+2).is("{"):
		u.scope(i+3, u.pair[i+2], false)
		return u.pair[i+2] + 1
	case t.is("using"), t.is("typedef"), t.is("static_assert"):
		if t.is("typedef") {
			for j := i; j < end && !u.code[j].is(";"); j++ {
				if u.code[j].is("{") {
					u.scope(j+1, u.pair[j], true)
					j = u.pair[j]
				}
			}
		}
		next := semicolon(i)
		u.decls = append(u.decls, &declaration{kind: typeDecl, start: i, end: next, nameAt: -1, paramsAt: -1, bodyAt: -1, member: member, name: u.aliasName(i, next)})
		return next
	case (t.is("public") || t.is("private") || t.is("protected")) && u.tok(i+1).is(":"):
		return i + 2
	}
	d := &declaration{start: start, nameAt: -1, paramsAt: -1, bodyAt: -1, member: member, scope: u.within}
	for i < end && u.code[i].is("template") {
		if !u.tok(i + 1).is("<") {
			d.kind, d.end = instantiation, semicolon(i)
			u.decls = append(u.decls, d)
			return d.end
		}
		close := u.angle(i+1, end)
		if close < 0 {
			u.refuse(i, "a template parameter list has no end")
			return semicolon(i)
		}
		d.template = true
		i = close + 1
	}
	d.kind = otherDecl
	for j := i; j < end; j++ {
		t := u.code[j]
		switch {
		case t.is(";"):
			d.end = j + 1
			if t := u.code[i]; j == i+2 && (t.is("struct") || t.is("class") || t.is("union")) {
				d.kind = typeDecl // declared, to be defined later
			} else if d.kind == otherDecl && d.paramsAt < 0 {
				d.kind = variableDecl
				d.nameAt = u.declaratorName(i, j)
			}
			return u.add(d)
		case t.is("="):
			if d.paramsAt < 0 {
				d.kind, d.nameAt = variableDecl, u.declaratorName(i, j)
			}
			d.end = semicolon(j)
			return u.add(d)
		case (t.is("struct") || t.is("class") || t.is("union") || t.is("enum")) && d.paramsAt < 0:
			k := j + 1
			for k < end && !u.code[k].is("{") && !u.code[k].is(";") && !u.code[k].is("(") && !u.code[k].is("=") {
				k++
			}
			if k < end && u.code[k].is("{") {
				name := ""
				for n := j + 1; n < k; n++ {
					if u.code[n].kind == identifier && u.code[n].text != "class" && u.code[n].text != "struct" && u.code[n].text != "final" {
						name = u.code[n].text
						break
					}
				}
				u.decls = append(u.decls, &declaration{kind: typeDecl, name: name, start: start, end: u.pair[k] + 1, nameAt: -1, paramsAt: -1, bodyAt: k, template: d.template, member: member})
				if !t.is("enum") {
					u.scope(k+1, u.pair[k], true)
				}
				j = u.pair[k]
				i = j + 1
				if u.tok(i).is(";") {
					return i + 1
				}
			}
		case t.is("<") && u.tok(j-1).kind == identifier && !u.tok(j-1).is("operator"):
			if close := u.angle(j, end); close > 0 {
				j = close
			}
		case t.is("operator"):
			for k := j + 1; k < end && k < j+6; k++ { // operator()( and conversions alike
				if u.code[k].is("(") && !(k == j+1 && u.tok(k+1).is(")") && u.tok(k+2).is("(")) {
					j = k - 1
					break
				}
				if u.code[k].is("(") {
					k++
				}
			}
			d.name = "operator"
		case t.is("("):
			prev := u.tok(j - 1)
			if prev.is("__attribute__") || prev.is("alignas") || prev.is("decltype") || d.paramsAt >= 0 {
				j = u.pair[j]
				continue
			}
			d.paramsAt, d.nameAt = j, j-1
			if prev.is(">") {
				if open := u.angleBack(j-1, start); open > 0 {
					d.nameAt = open - 1
				}
			}
			if d.name == "" {
				d.name = u.tok(d.nameAt).text
			}
			d.kind = functionDecl
			j = u.pair[j]
		case t.is("["):
			j = u.pair[j]
		case t.is("{"):
			if d.paramsAt >= 0 {
				// An initializer list of a constructor can have braces of its own: x{1} {
				if next := u.tok(u.pair[j] + 1); u.tok(j-1).kind == identifier && !u.tok(j-1).is("const") && !u.tok(j-1).is("noexcept") && !u.tok(j-1).is("override") && (next.is(",") || next.is("{")) {
					j = u.pair[j]
					continue
				}
				d.bodyAt, d.end = j, u.pair[j]+1
				return u.add(d)
			}
			j = u.pair[j]
		case t.is("}"):
			d.end = j + 1
			return u.add(d)
		}
	}
	d.end = end
	return u.add(d)
}

func (u *Unit) add(d *declaration) int {
	if d.name == "" && d.nameAt >= 0 {
		d.name = u.tok(d.nameAt).text
	}
	if d.end <= d.start {
		d.end = d.start + 1
	}
	limit := d.end
	if d.bodyAt >= 0 {
		limit = d.bodyAt
	}
	if d.kind == functionDecl {
		u.declared[d.nameAt] = true
		d.path = "::"
		for _, n := range u.inside {
			d.path += n + "::"
		}
		for j := d.start; j < d.paramsAt; j++ {
			d.kernel = d.kernel || u.code[j].is("kernel")
		}
		for _, a := range u.attributesIn(d.start, d.paramsAt) {
			d.kernel = d.kernel || a.name == "kernel"
		}
	}
	if d.kind == variableDecl || d.kind == functionDecl || limit > d.start {
		u.decls = append(u.decls, d)
	}
	return d.end
}

// declaratorName is the index of the name declared in code[i:end), or -1: the last identifier before any array bound.
func (u *Unit) declaratorName(i, end int) int {
	for j := end - 1; j >= i; j-- {
		if u.code[j].is("]") || u.code[j].is(")") || u.code[j].is("}") {
			j = u.pair[j]
			continue
		}
		if u.code[j].kind == identifier {
			return j
		}
	}
	return -1
}

// aliasName is what a using or typedef declaration declares.
func (u *Unit) aliasName(start, end int) string {
	if u.code[start].is("using") {
		if u.tok(start + 2).is("=") {
			return u.code[start+1].text
		}
		return ""
	}
	if u.code[start].is("typedef") {
		if n := u.declaratorName(start, end-1); n >= 0 {
			return u.code[n].text
		}
	}
	return ""
}

// findTypes collects the names that may stand for a vector: template type parameters and aliases, wherever they are.
func (u *Unit) findTypes() {
	for i, t := range u.code {
		switch {
		case t.is("template") && u.tok(i+1).is("<"):
			end := u.angle(i+1, len(u.code))
			for j := i + 2; j < end; j++ {
				if (u.code[j].is("typename") || u.code[j].is("class")) && u.tok(j+1).kind == identifier && (u.tok(j+2).is(",") || u.tok(j+2).is(">") || u.tok(j+2).is("=")) {
					u.types[u.code[j+1].text] = true
				}
			}
		case t.is("using") && u.tok(i+2).is("="):
			u.types[u.code[i+1].text] = true
		case t.is("typedef"):
			for j := i; j < len(u.code) && j < i+farthest && !u.code[j].is(";"); j++ {
				if u.pair[j] > j {
					j = u.pair[j]
				}
				if u.tok(j+1).is(";") || u.tok(j+1).is("[") && u.tok(j).kind == identifier {
					if u.tok(j).kind == identifier {
						u.types[u.tok(j).text] = true
					}
				}
			}
		}
	}
	for n := range scalarTypes { // those are never aliases
		delete(u.types, n)
	}
}

var scalarTypes = map[string]bool{"float": true, "half": true, "bfloat": true, "int": true, "uint": true, "short": true, "ushort": true,
	"char": true, "uchar": true, "long": true, "ulong": true, "bool": true, "size_t": true, "ptrdiff_t": true, "void": true, "unsigned": true, "signed": true,
	"int8_t": true, "uint8_t": true, "int16_t": true, "uint16_t": true, "int32_t": true, "uint32_t": true, "int64_t": true, "uint64_t": true}

// isVector tells names such as float4 and packed_half3.
func isVector(s string) bool {
	s = strings.TrimPrefix(s, "packed_")
	if len(s) < 4 || s[len(s)-1] < '2' || s[len(s)-1] > '4' {
		return false
	}
	b := s[:len(s)-1]
	return scalarTypes[b] && b != "size_t" && b != "ptrdiff_t" && b != "void" && b != "unsigned" && b != "signed" && !strings.HasSuffix(b, "_t")
}

func (u *Unit) findConstants() {
	seen := map[int]string{}
	for _, d := range u.decls {
		if d.kind != variableDecl && d.kind != otherDecl {
			continue
		}
		for _, a := range u.attributesIn(d.start, d.end-1) {
			if a.name != "function_constant" {
				continue
			}
			n, ok := evaluate(a.args)
			if !ok || n < 0 || n > 65535 {
				u.refuse(a.at-1, "the index of a function constant is a number from 0 to 65535, not \""+a.args+"\"")
				continue
			}
			c := Constant{Name: u.tok(a.at - 1).text, Index: n, at: a.at - 1}
			isConstant := false
			for j := d.start; j < a.at-1; j++ {
				switch s := u.code[j].text; s {
				case "constant":
					isConstant = true
				case "const", "static", "constexpr", "extern":
				default:
					c.Type += s
				}
			}
			if !isConstant {
				u.refuse(d.start, "a function constant is in the constant address space")
			}
			if !u.tok(a.at).is(";") {
				u.refuse(a.at, "a function constant has no initializer")
			}
			c.Type = strings.TrimPrefix(c.Type, "metal::")
			if !(scalarTypes[c.Type] || isVector(c.Type)) || strings.HasPrefix(c.Type, "packed_") || c.Type == "void" {
				u.refuse(c.at, "a function constant is a scalar or a vector, not "+c.Type)
			}
			if other, ok := seen[n]; ok {
				u.refuse(c.at, "function constants "+other+" and "+c.Name+" have the same index "+itoa(n))
			}
			seen[n] = c.Name
			u.Constants = append(u.Constants, c)
			// A constant expression it must not be in the strict pass: Metal does not take one for an array bound.
			u.strict = append(u.strict, edit{u.code[d.start].start, u.code[d.start].start, "extern "})
		}
	}
	for i, t := range u.code {
		if t.is("is_function_constant_defined") && u.tok(i+1).is("(") {
			u.asked = append(u.asked, [2]int{i, u.pair[i+1]})
			u.optional[u.tok(i+2).text] = true
			u.strict = append(u.strict, edit{t.start, t.end, "__msl_is_defined"})
		}
	}
	for i := range u.Constants {
		u.Constants[i].Required = !u.optional[u.Constants[i].Name]
	}
}

// split cuts code[from:to) at its outermost commas.
func (u *Unit) split(from, to int) (parts [][2]int) {
	start := from
	for j := from; j < to; j++ {
		t := u.code[j]
		switch {
		case t.is(","):
			parts = append(parts, [2]int{start, j})
			start = j + 1
		case t.is("<") && u.tok(j-1).kind == identifier:
			if close := u.angle(j, to); close > 0 {
				j = close
			}
		case u.pair[j] > j:
			j = u.pair[j]
		}
	}
	if start < to {
		parts = append(parts, [2]int{start, to})
	}
	return parts
}

var addressSpaces = map[string]bool{"device": true, "constant": true, "threadgroup": true, "thread": true}

// positions are the attributes of kernel parameters that the device fills in, with the field of the runtime's arguments.
var positions = map[string]string{
	"thread_position_in_grid": "", "thread_position_in_threadgroup": "", "threadgroup_position_in_grid": "", "threads_per_threadgroup": "",
	"dispatch_threads_per_threadgroup": "", "threadgroups_per_grid": "", "threads_per_grid": "", "grid_size": "threads_per_grid", "grid_origin": "",
	"thread_index_in_threadgroup": "", "thread_index_in_simdgroup": "", "thread_index_in_quadgroup": "", "simdgroup_index_in_threadgroup": "",
	"quadgroup_index_in_threadgroup": "", "simdgroups_per_threadgroup": "", "quadgroups_per_threadgroup": "",
	"dispatch_simdgroups_per_threadgroup": "", "dispatch_quadgroups_per_threadgroup": "", "threads_per_simdgroup": "",
	"thread_execution_width": "threads_per_simdgroup",
}

const maxIndex = 30

func (u *Unit) parameters(d *declaration) []Parameter {
	var out []Parameter
	used := map[string]map[int]string{"buffer": {}, "threadgroup": {}}
	var automatic []int
	for _, r := range u.split(d.paramsAt+1, u.pair[d.paramsAt]) {
		p := Parameter{Index: -1}
		end := r[1]
		for j := r[0]; j < end; j++ {
			if u.code[j].is("=") {
				end = j
			}
		}
		name := u.declaratorName(r[0], end)
		if end == r[0]+1 && u.code[r[0]].is("void") {
			continue
		}
		pointer, words := false, []string{}
		for j := r[0]; j < end; j++ {
			t := u.code[j]
			switch {
			case j == name && end > r[0]+1:
				p.Name = t.text
			case t.is("*"):
				pointer = true
			case t.is("&"):
				p.Reference = true
			case addressSpaces[t.text]:
				if p.AddressSpace == "" {
					p.AddressSpace = t.text
				}
			case t.is("const"):
				p.Const = p.Const || !pointer && !p.Reference
			case t.is("["): // an array as a parameter is a pointer
				pointer = true
				j = u.pair[j]
			case t.is("volatile"):
			default:
				words = append(words, t.text)
			}
		}
		p.Const = p.Const || p.AddressSpace == "constant"
		p.Type = joinType(words)
		for _, a := range u.attributesIn(r[0], r[1]) {
			switch a.name {
			case "buffer", "threadgroup":
				n, ok := evaluate(a.args)
				if !ok || n < 0 || n > maxIndex {
					u.refuse(r[0], "the index of "+a.name+" is a number from 0 to "+itoa(maxIndex)+", not \""+a.args+"\"")
					n = 0
				}
				p.Attribute, p.Index = a.name, n
			case "function_constant":
				p.Condition = a.args
			default:
				if _, ok := positions[a.name]; ok {
					p.Attribute = a.name
				}
			}
		}
		isPointer := pointer || p.Reference
		switch {
		case p.Attribute == "" && isPointer && (p.AddressSpace == "device" || p.AddressSpace == "constant"):
			p.Attribute = "buffer"
			automatic = append(automatic, len(out))
		case p.Attribute == "":
			u.refuse(r[0], "parameter "+p.Name+" of kernel "+d.name+" has no attribute that says where it comes from")
		case p.Attribute == "buffer" && !(isPointer && (p.AddressSpace == "device" || p.AddressSpace == "constant")):
			u.refuse(r[0], "buffer parameter "+p.Name+" is a pointer or reference to device or constant memory")
		case p.Attribute == "threadgroup" && !(isPointer && p.AddressSpace == "threadgroup"):
			u.refuse(r[0], "threadgroup parameter "+p.Name+" is a pointer or reference to threadgroup memory")
		case p.Index < 0 && isPointer:
			u.refuse(r[0], "parameter "+p.Name+" is a value, not a pointer or reference")
		}
		if m := used[p.Attribute]; m != nil && p.Index >= 0 {
			if other, ok := m[p.Index]; ok && p.Condition == "" {
				u.refuse(r[0], "parameters "+other+" and "+p.Name+" of kernel "+d.name+" have the same "+p.Attribute+" index "+itoa(p.Index))
			}
			m[p.Index] = p.Name
		}
		out = append(out, p)
	}
	for _, i := range automatic { // Metal gives them the free indices in order
		n := 0
		for used["buffer"][n] != "" {
			n++
		}
		if n > maxIndex {
			u.refuse(d.paramsAt, "kernel "+d.name+" has more than "+itoa(maxIndex+1)+" buffers")
			n = maxIndex
		}
		out[i].Index = n
		used["buffer"][n] = out[i].Name + " "
	}
	return out
}

func joinType(words []string) string {
	s := ""
	for _, w := range words {
		if s != "" && isLetter(w[0]) && (isLetter(s[len(s)-1]) || isDigit(s[len(s)-1])) {
			s += " "
		}
		s += w
	}
	return s
}

func (u *Unit) findKernels() {
	byName := map[string]*declaration{}
	names := map[string]bool{}
	add := func(k Kernel, at int) {
		if names[k.Name] {
			u.refuse(at, "two kernels have the name "+k.Name)
		}
		names[k.Name] = true
		u.Kernels = append(u.Kernels, k)
	}
	parameters := map[*declaration][]Parameter{}
	for _, d := range u.decls {
		if d.kind != functionDecl || !d.kernel {
			continue
		}
		if d.member {
			u.refuse(d.start, "a kernel is not a member of a class")
			continue
		}
		if !u.tok(d.nameAt - 1).is("void") {
			u.refuse(d.nameAt, "kernel "+d.name+" returns void")
		}
		if d.name == "main" {
			u.refuse(d.nameAt, "a kernel has another name than main")
		}
		if d.bodyAt < 0 {
			continue
		}
		byName[d.name] = d
		parameters[d] = u.parameters(d)
		if d.template {
			continue
		}
		k := Kernel{Name: d.name, call: d.path + d.name, decl: d, Parameters: parameters[d]}
		u.kernelAttributes(&k, d.start, d.bodyAt)
		add(k, d.nameAt)
	}
	for _, d := range u.decls {
		if d.kind != instantiation {
			continue
		}
		// template [[host_name("x")]] [[kernel]] void name<args>(parameters);  or  ... type name<args>;
		end := d.end - 1
		if u.tok(end - 1).is(")") {
			end = u.pair[end-1]
		}
		nameAt, call := end-1, ""
		if u.tok(end - 1).is(">") {
			open := u.angleBack(end-1, d.start)
			if open < 0 {
				u.refuse(d.start, "an instantiation that can't be read")
				continue
			}
			nameAt = open - 1
			call = u.src[u.tok(nameAt).start:u.tok(end-1).end]
		}
		name := u.tok(nameAt).text
		of := byName[name]
		isKernel := false
		k := Kernel{Name: name, call: call, decl: of}
		for j := d.start; j < nameAt; j++ {
			isKernel = isKernel || u.code[j].is("kernel")
		}
		for _, a := range u.attributesIn(d.start, d.end-1) {
			isKernel = isKernel || a.name == "kernel" || a.name == "host_name"
		}
		u.run = append(u.run, u.blank(u.code[d.start].start, u.code[d.end-1].end))
		if !isKernel && of == nil {
			continue
		}
		if of == nil || !of.template {
			u.refuse(nameAt, "no kernel template "+name+" comes before its instantiation")
			continue
		}
		k.Parameters = parameters[of]
		k.call = of.path + call
		u.kernelAttributes(&k, of.start, of.bodyAt)
		u.kernelAttributes(&k, d.start, d.end-1)
		if call == "" {
			u.refuse(nameAt, "the instantiation of kernel "+name+" names its template arguments")
			continue
		}
		add(k, nameAt)
	}
	u.reach()
}

func (u *Unit) kernelAttributes(k *Kernel, from, to int) {
	params, close := len(u.code), -1
	if k.decl != nil && from == k.decl.start {
		params, close = k.decl.paramsAt, u.pair[k.decl.paramsAt]
	}
	for _, a := range u.attributesIn(from, to) {
		if a.at > params && a.at <= close {
			continue // of a parameter
		}
		switch a.name {
		case "host_name":
			if len(a.args) > 2 && a.args[0] == '"' && a.args[len(a.args)-1] == '"' {
				k.Name = a.args[1 : len(a.args)-1]
			} else {
				u.refuse(from, "host_name is a string")
			}
		case "max_total_threads_per_threadgroup":
			k.threads = u.substitute(a.args, k)
			n, ok := evaluate(a.args)
			if ok && (n < 1 || n > 1024) {
				u.refuse(from, "max_total_threads_per_threadgroup is a number from 1 to 1024, not \""+a.args+"\"")
				continue
			}
			k.MaxThreads = n
		}
	}
}

// substitute puts the template arguments of a kernel in place of its template's parameters.
func (u *Unit) substitute(expression string, k *Kernel) string {
	d := k.decl
	if d == nil || !d.template || !strings.HasSuffix(k.call, ">") {
		return expression
	}
	list := u.angle(d.start+1, len(u.code))
	if list < 0 {
		return expression
	}
	var arguments []string
	call := lex(k.call, "")
	depth, start := 0, 0
	for _, t := range call.tokens {
		switch {
		case t.is("<"), t.is("("):
			if depth++; depth == 1 {
				start = t.end
			}
		case t.is(">"), t.is(")"):
			if depth--; depth == 0 {
				arguments = append(arguments, k.call[start:t.start])
			}
		case t.is(",") && depth == 1:
			arguments = append(arguments, k.call[start:t.start])
			start = t.end
		}
	}
	values := map[string]string{}
	for i, r := range u.split(d.start+2, list) {
		end := r[1]
		for j := r[0]; j < end; j++ {
			if u.code[j].is("=") {
				if i >= len(arguments) {
					values[u.tok(j-1).text] = "(" + u.src[u.code[j].end:u.code[r[1]-1].end] + ")"
				}
				end = j
			}
		}
		if i < len(arguments) {
			values[u.tok(end-1).text] = "(" + strings.TrimSpace(arguments[i]) + ")"
		}
	}
	out, last := "", 0
	for _, t := range lex(expression, "").tokens {
		if v, ok := values[t.text]; ok && t.kind == identifier {
			out += expression[last:t.start] + v
			last = t.end
		}
	}
	return out + expression[last:]
}

// reach finds the function constants that each kernel can come to, by the names in the declarations it can come to.
func (u *Unit) reach() {
	constants := map[string]int{}
	for _, c := range u.Constants {
		constants[c.Name] = c.Index
	}
	if len(constants) == 0 {
		return
	}
	byName := map[string][]*declaration{}
	for _, d := range u.decls {
		if d.name != "" && !d.member {
			byName[d.name] = append(byName[d.name], d)
		}
	}
	for i := range u.Kernels {
		k := &u.Kernels[i]
		seen, found := map[*declaration]bool{}, map[string]bool{}
		var visit func(d *declaration)
		name := func(s string) {
			if _, ok := constants[s]; ok {
				found[s] = true
				return
			}
			for _, d := range byName[s] {
				visit(d)
			}
		}
		visit = func(d *declaration) {
			if seen[d] {
				return
			}
			seen[d] = true
			for j := d.start; j < d.end && j < len(u.code); j++ {
				if u.code[j].kind == identifier {
					name(u.code[j].text)
				}
			}
		}
		visit(k.decl)
		for _, t := range lex(k.call, "").tokens {
			name(t.text)
		}
		for _, p := range k.Parameters {
			for _, t := range lex(p.Condition, "").tokens {
				name(t.text)
			}
		}
		for n := range found {
			k.Constants = append(k.Constants, n)
		}
		sort.Slice(k.Constants, func(a, b int) bool { return constants[k.Constants[a]] < constants[k.Constants[b]] })
	}
}
