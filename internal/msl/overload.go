package msl

import "strings"

// An overload is a function as a call sees it.
type overload struct {
	d          *declaration
	signature  string      // the same for functions that are one where all memory is one
	parameters []parameter // of a member function, first the object
	required   int         // the arguments that each call has
	variadic   bool
	does       string // what it returns and does, with its parameters by number
}

// A parameter is what decides which of several overloads a call means.
type parameter struct {
	space string // empty for a value
	shape string // "*", "&", "" for a value, "?" for anything else
	text  string // its type without address spaces, and without const of what it points to
	base  string // of those, a type that has no other name and no base class; else empty
	fixed bool   // what it points to is const
}

// memberSpaces takes the address spaces from member functions, as in "T operator+(T x) const device", for C++ has none
// there, and drops those that are then declared twice.
func (u *Unit) memberSpaces() {
	seen := map[string]map[string]bool{} // of a signature, the address spaces that it has
	classes := map[int]string{}
	for _, d := range u.decls {
		if d.kind == typeDecl && d.bodyAt >= 0 {
			classes[d.bodyAt+1] = d.name
		}
	}
	for _, d := range u.decls {
		if d.kind != functionDecl || !d.member {
			continue
		}
		qualified := false
		for _, j := range u.qualifiers(d) {
			if addressSpaces[u.code[j].text] {
				qualified = true
				u.edits = append(u.edits, edit{u.code[j].start, u.code[j].end, ""})
			}
		}
		if !qualified {
			continue
		}
		u.SpaceClasses[classes[d.scope]] = true
		key := itoa(d.scope)
		for j := d.start; j <= u.pair[d.paramsAt]; j++ {
			key += " " + u.code[j].text
		}
		object := u.object(d)
		if object.fixed {
			key += " const"
		}
		if seen[key] == nil {
			seen[key] = map[string]bool{}
		}
		again := seen[key][object.space] // the compiler says so
		seen[key][object.space] = true
		if again || len(seen[key]) == 1 {
			continue
		}
		u.edits = append(u.edits, u.blank(u.code[d.start].start, u.code[d.end-1].end))
	}
}

// qualifiers are the tokens between the parameters of a function and its body, its initializers or its result.
func (u *Unit) qualifiers(d *declaration) (at []int) {
	end := d.end
	if d.bodyAt >= 0 {
		end = d.bodyAt
	}
	for j := u.pair[d.paramsAt] + 1; j < end && !u.code[j].is(":") && !u.code[j].is("->") && !u.code[j].is("="); j++ {
		at = append(at, j)
	}
	return at
}

// overloads drops from the program functions that differ from one before in nothing but the address spaces of their
// parameters, for there all memory is one. The strict pass keeps them: there they are overloads, or one definition too many.
// It refuses functions that do different things where the program could call one in place of the other.
func (u *Unit) overloads() {
	sets := map[string][]*overload{}
	bySpaces := map[string]bool{}
	first := map[string]*overload{}
	for _, d := range u.decls {
		if d.kind != functionDecl || d.kernel || d.bodyAt < 0 {
			continue
		}
		o := u.overload(d)
		name := d.path + u.functionName(d)
		if d.member {
			name = itoa(d.scope) + " " + u.functionName(d)
		}
		o.signature = name + " " + o.signature
		if f := first[o.signature]; f != nil {
			u.run = append(u.run, u.blank(u.code[d.start].start, u.code[d.end-1].end))
			if f.does != o.does {
				u.confused(f, o)
				continue
			}
		} else {
			first[o.signature] = o
		}
		if key := o.signature + "," + o.spaces(); !bySpaces[key] {
			bySpaces[key] = true
			sets[name] = append(sets[name], o)
		}
	}
	const most = 1000 // or a source could take time that grows with the square of its length
	for _, set := range sets {
		if len(set) > most {
			u.refuse(set[most].d.nameAt, "there are more than "+itoa(most)+" overloads of "+set[most].d.name)
			continue
		}
		for i, b := range set {
			for _, a := range set[:i] {
				if a.signature != b.signature && a.does != b.does && a.overlaps(b) &&
					(a.mayHide(b) && !bySpaces[a.signature+","+b.spaces()] || b.mayHide(a) && !bySpaces[b.signature+","+a.spaces()]) {
					u.confused(a, b)
					break
				}
			}
		}
	}
}

func (u *Unit) confused(a, b *overload) {
	u.refuse(b.d.nameAt, "this "+b.d.name+" and that of line "+itoa(u.code[a.d.nameAt].line)+" differ in address spaces and in what they do: on the CPU, where all memory is one, they can't be told apart")
}

// overlaps tells whether there can be a call that either could take, were it not for address spaces.
func (o *overload) overlaps(other *overload) bool {
	n, m := len(o.parameters), len(other.parameters)
	if !other.variadic && o.required > m || !o.variadic && other.required > n {
		return false
	}
	differ := false
	for i := range max(n, m) {
		a, b, ok := o.at(i, other)
		if !ok {
			break
		}
		if a.apart(b) {
			return false
		}
		differ = differ || a.space != b.space
	}
	return differ
}

// mayHide tells whether, once address spaces are gone, a call that can mean either may take this one. Of two functions that
// are no templates, the one with more const never wins.
func (o *overload) mayHide(other *overload) bool {
	if o.d.template || other.d.template || o.variadic || other.variadic {
		return true
	}
	for i := range min(len(o.parameters), len(other.parameters)) {
		a, b := o.parameters[i], other.parameters[i]
		if a.shape != b.shape || a.text != b.text || b.fixed && !a.fixed {
			return true
		}
	}
	return false
}

// at is parameter i of both, if both have it; the last of a variadic function stands for all after it.
func (o *overload) at(i int, other *overload) (a, b parameter, ok bool) {
	one := func(o *overload) (parameter, bool) {
		if n := len(o.parameters); i >= n && o.variadic && n > 0 {
			return o.parameters[n-1], true
		} else if i >= n {
			return parameter{}, false
		}
		return o.parameters[i], true
	}
	a, inA := one(o)
	b, inB := one(other)
	return a, b, inA && inB
}

// apart tells whether no argument can be passed for both, whatever its address space.
func (a parameter) apart(b parameter) bool {
	switch {
	case a.shape == "*" && b.shape == "*":
		return a.base != "" && b.base != "" && a.base != b.base
	case a.shape == "&" && b.shape == "&": // a const reference takes what can be converted
		return a.base != "" && b.base != "" && a.base != b.base && !a.fixed && !b.fixed
	case a.shape == "*" && b.shape == "":
		return arithmetic(b.base)
	case a.shape == "" && b.shape == "*":
		return arithmetic(a.base)
	}
	return false
}

// arithmetic tells a number or a vector, to which no pointer is converted, as it is to bool.
func arithmetic(base string) bool { return base != "bool" && (scalarTypes[base] || isVector(base)) }

func (o *overload) spaces() string {
	var s []string
	for _, p := range o.parameters {
		s = append(s, p.space)
	}
	return strings.Join(s, ",")
}

func (u *Unit) overload(d *declaration) *overload {
	o := &overload{d: d}
	if d.member {
		o.parameters = append(o.parameters, u.object(d))
	}
	for _, r := range u.split(d.paramsAt+1, u.pair[d.paramsAt]) {
		if r[1] == r[0]+1 && u.code[r[0]].is("void") {
			break
		}
		p := u.parameterOf(r[0], r[1])
		optional := false
		for j := r[0]; j < r[1]; j++ {
			optional = optional || u.code[j].is("=")
			o.variadic = o.variadic || u.code[j].is("...")
		}
		o.parameters = append(o.parameters, p)
		if !optional && !o.variadic {
			o.required = len(o.parameters)
		}
	}
	for j := d.start; j < d.paramsAt; j++ { // templates can differ in what they return and in their own parameters alone
		if u.code[j].is("template") || u.code[j].is("<") || d.template {
			if !addressSpaces[u.code[j].text] {
				o.signature += " " + u.code[j].text
			}
		}
	}
	for _, p := range o.parameters {
		o.signature += "," + p.text
		if p.fixed {
			o.signature += " const"
		}
	}
	o.does = u.does(d)
	return o
}

// functionName is the name, of an operator with its sign or type.
func (u *Unit) functionName(d *declaration) string {
	name := d.name
	for j := d.paramsAt - 1; d.name == "operator" && j >= d.start && !u.code[j].is("operator"); j-- {
		if !addressSpaces[u.code[j].text] {
			name += " " + u.code[j].text
		}
	}
	return name
}

// object is the object of a member function as a parameter. Without an address space it is in thread memory.
func (u *Unit) object(d *declaration) parameter {
	p := parameter{space: "thread", shape: "&", text: "object"}
	for _, j := range u.qualifiers(d) {
		switch t := u.code[j]; {
		case addressSpaces[t.text]:
			p.space = t.text
			p.fixed = p.fixed || t.is("constant")
		case t.is("const"):
			p.fixed = true
		}
	}
	return p
}

func (u *Unit) parameterOf(i, end int) parameter {
	var p parameter
	var all, plain []string // the words of the type with and without const and what it points through
	name := u.parameterName(i, end)
	through := 0
	for j := i; j < end && !u.code[j].is("="); j++ {
		t := u.code[j]
		if j == name {
			continue
		}
		if addressSpaces[t.text] {
			p.space += t.text
		}
		switch {
		case t.is("constant") || t.is("const"):
			p.fixed = p.fixed || through == 0 || t.is("constant")
			all = append(all, "const")
		case addressSpaces[t.text]:
		case t.is("[") && through == 0: // an array is a pointer, and its length says nothing
			p.shape = "*"
			through++
			j = u.pair[j]
			all = append(all, "*")
		default:
			if t.is("*") || t.is("&") || t.is("&&") || t.is("[") || t.is("(") {
				p.shape = t.text
				through++
			} else {
				plain = append(plain, t.text)
			}
			all = append(all, t.text)
		}
	}
	p.text = strings.Join(plain, " ")
	switch {
	case through == 0:
		p.fixed = false // const of a value is the function's own affair
		p.base = u.base(p.text)
	case through == 1 && (p.shape == "*" || p.shape == "&"):
		p.base = u.base(p.text)
		p.text += " " + p.shape
	default:
		p.shape, p.fixed, p.text = "?", false, strings.Join(all, " ")
	}
	return p
}

// base is the type by its one name, or empty.
func (u *Unit) base(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "struct "), "metal :: ")
	if same := sizedTypes[name]; same != "" {
		return same
	}
	if name == "void" || name == "unsigned" || name == "signed" || u.types[name] || !(scalarTypes[name] || isVector(name) || u.plainClass(name)) {
		return ""
	}
	return name
}

var sizedTypes = map[string]string{"int8_t": "char", "uint8_t": "uchar", "int16_t": "short", "uint16_t": "ushort", "int32_t": "int",
	"uint32_t": "uint", "int64_t": "long", "uint64_t": "ulong", "size_t": "ulong", "ptrdiff_t": "long"}

// plainClass tells a class that is no template and has no base class.
func (u *Unit) plainClass(name string) bool {
	if u.plain == nil {
		u.plain = map[string]bool{}
		for _, d := range u.decls {
			if d.kind != typeDecl || d.bodyAt < 0 {
				continue
			}
			plain := !d.template
			for j := d.start; j < d.bodyAt; j++ {
				plain = plain && !u.code[j].is(":")
			}
			before, again := u.plain[d.name]
			u.plain[d.name] = plain && (before || !again)
		}
	}
	return u.plain[name]
}

// parameterName is the index of the name of the parameter code[i:end), or -1.
func (u *Unit) parameterName(i, end int) int {
	for j := i; j < end; j++ {
		if u.code[j].is("=") {
			end = j
		}
	}
	n := u.declaratorName(i, end)
	for j := n - 1; j >= i; j-- {
		if t := u.code[j]; !t.is("const") && !addressSpaces[t.text] {
			return n
		}
	}
	return -1 // the only word is the type
}

// does is what a function returns and does, the same for functions that differ in address spaces and names of parameters
// alone.
func (u *Unit) does(d *declaration) string {
	place := map[string]string{}
	for i, r := range u.split(d.paramsAt+1, u.pair[d.paramsAt]) {
		if n := u.parameterName(r[0], r[1]); n >= 0 {
			place[u.code[n].text] = "parameter " + itoa(i)
		}
	}
	var words []string
	from := d.start
	for u.tok(from).is("template") && u.tok(from+1).is("<") {
		from = u.angle(from+1, len(u.code)) + 1
	}
	pointer := false
	for j := from; j < d.nameAt; j++ {
		pointer = pointer || u.code[j].is("*")
	}
	for j := from; j < d.nameAt; j++ {
		switch t := u.code[j]; {
		case t.is("static") || t.is("inline") || t.is("constexpr") || t.is("&") || addressSpaces[t.text]:
		case t.is("const") && !pointer: // of a value or a reference: reading it gives the same
		case t.is("__attribute__"):
			j = max(j, u.pair[min(j+1, len(u.pair)-1)])
		default:
			words = append(words, t.text)
		}
	}
	qualifiers := u.qualifiers(d)
	for j := u.pair[d.paramsAt] + 1; j < d.end; j++ {
		t := u.code[j].text
		if len(qualifiers) > 0 && j <= qualifiers[len(qualifiers)-1] && (t == "const" || t == "noexcept") {
			continue
		}
		if p := place[t]; p != "" && !u.tok(j-1).is(".") && !u.tok(j-1).is("->") {
			t = p
		}
		if !addressSpaces[t] {
			words = append(words, t)
		}
	}
	return strings.Join(words, "\n")
}
