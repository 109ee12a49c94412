package msl

import "strings"

// Visible is a function that a pipeline can be linked with: [[visible]], and defined.
type Visible struct {
	Name      string
	Constants []string // the function constants that it reaches, by name, in the order of their indices

	decl *declaration
}

// Symbol is a function as other sources know it, as far as the text tells: types are left to the linker, which can't tell
// address spaces apart.
type Symbol struct {
	Name   string // with its namespaces, such as "::geometry::area"
	Spaces string // the address space of each parameter, with commas between; none for a value
	Count  int    // of the parameters

	File         string // where it is declared
	Line, Column int
}

func (s Symbol) String() string { return strings.TrimPrefix(s.Name, "::") }

// Matches says whether a definition may be what a declaration means.
func (s Symbol) Matches(definition Symbol) bool {
	return s.Name == definition.Name && s.Count == definition.Count && s.Spaces == definition.Spaces
}

func (u *Unit) symbol(d *declaration) Symbol {
	o, t := u.overload(d), u.tok(d.nameAt)
	s := Symbol{Name: d.path + u.functionName(d), Spaces: o.spaces(), Count: len(o.parameters), File: u.file, Line: t.line, Column: t.col}
	if s.Count == 0 {
		s.Spaces = ""
	}
	return s
}

// findVisible finds the functions that are [[visible]].
func (u *Unit) findVisible(names map[string]bool) {
	for _, d := range u.decls {
		if d.kind != functionDecl {
			continue
		}
		visible := false
		for _, a := range u.attributesIn(d.start, d.paramsAt) {
			visible = visible || a.name == "visible"
		}
		switch {
		case !visible:
			continue
		case d.kernel:
			u.refuse(d.nameAt, "kernel "+d.name+" can't be visible: nobody calls it")
		case d.member:
			u.refuse(d.nameAt, "a visible function is not a member of a class")
		case d.template:
			u.refuse(d.nameAt, "a visible function is not a template")
		case u.local(d):
			u.refuse(d.nameAt, "visible function "+d.name+" is seen by no other source: it is static or inline, or its namespace has no name")
		case d.bodyAt >= 0:
			if names[d.name] {
				u.refuse(d.nameAt, "two functions of the library have the name "+d.name)
			}
			names[d.name] = true
			u.Visible = append(u.Visible, Visible{Name: d.name, decl: d})
		}
	}
}

// local says whether a function belongs to its source alone.
func (u *Unit) local(d *declaration) bool {
	for j := d.start; j < d.nameAt; j++ {
		if t := u.code[j]; t.is("static") || t.is("inline") || t.is("constexpr") {
			return true
		}
	}
	return d.internal
}

// visibility is what __attribute__((visibility("..."))) says of a function, or empty.
func (u *Unit) visibility(d *declaration) string {
	end := d.end
	if d.bodyAt >= 0 {
		end = d.bodyAt
	}
	for j := d.start; j < end; j++ {
		if (u.code[j].is("visibility") || u.code[j].is("__visibility__")) && u.tok(j+1).is("(") && u.tok(j+2).kind == stringLiteral {
			return strings.Trim(u.tok(j+2).text, `"`)
		}
	}
	return ""
}

// Exports are the functions that other sources may call: those that are defined here, and are not local or hidden. hidden
// says that those are hidden that do not say otherwise.
func (u *Unit) Exports(hidden bool) []Symbol {
	said := map[string]string{}
	for _, d := range u.decls {
		if d.kind == functionDecl && !d.member {
			if v := u.visibility(d); v != "" {
				said[d.path+d.name] = v
			}
		}
	}
	var out []Symbol
	for _, d := range u.decls {
		if d.kind != functionDecl || d.member || d.template || d.kernel || d.bodyAt < 0 || u.local(d) {
			continue
		}
		if v := said[d.path+d.name]; v == "default" || v == "protected" || v == "" && !hidden {
			out = append(out, u.symbol(d))
		}
	}
	return out
}

// Imports are the functions that the source uses and does not define.
func (u *Unit) Imports() []Symbol {
	used := map[string]bool{}
	for i, t := range u.code {
		if t.kind == identifier && !u.declared[i] {
			used[t.text] = true
		}
	}
	defined := map[string]bool{} // by name and number of parameters: types can have several names
	for _, d := range u.decls {
		if d.kind == functionDecl && d.bodyAt >= 0 {
			defined[u.arity(d)] = true
		}
	}
	var out []Symbol
	seen := map[string]bool{}
	for _, d := range u.decls {
		if d.kind != functionDecl || d.member || d.template || d.kernel || d.bodyAt >= 0 || !used[d.name] || defined[u.arity(d)] {
			continue
		}
		if s := u.symbol(d); !seen[s.Name+" "+s.Spaces+" "+itoa(s.Count)] {
			seen[s.Name+" "+s.Spaces+" "+itoa(s.Count)] = true
			out = append(out, s)
		}
	}
	return out
}

func (u *Unit) arity(d *declaration) string {
	s := u.symbol(d)
	return s.Name + " " + itoa(s.Count)
}

// Linked is the text of a source that others are linked with, without a kernel. Where there is a function, it is the one
// that they see, if all that does not say otherwise is compiled as hidden.
func (u *Unit) Linked(values map[string]string, of *Visible) string {
	if of == nil {
		return u.cpuText(values)
	}
	at := u.code[of.decl.start].start
	return u.cpuText(values, edit{at, at, `__attribute__((visibility("default"))) `})
}

// Symbol is the function as other sources know it.
func (u *Unit) Symbol(of *Visible) Symbol { return u.symbol(of.decl) }
