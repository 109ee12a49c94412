package msl

// A Member is one of a struct.
type Member struct {
	Name  string
	Type  string
	Array bool // of that type
}

// Members returns those of a struct of that name, and its name with the namespaces around it. It tells only of plain structs:
// where there are base classes, access specifiers, bit-fields, or members without a name, there are none.
func (u *Unit) Members(name string) (qualified string, members []Member) {
	for _, d := range u.decls {
		if d.kind == typeDecl && d.bodyAt >= 0 && d.name == name && !d.member && !d.template {
			return d.path + name, u.members(d)
		}
	}
	return "", nil
}

func (u *Unit) members(d *declaration) []Member {
	if !u.code[d.start].is("struct") || d.bodyAt != d.start+2 {
		return nil
	}
	var out []Member
	end := u.pair[d.bodyAt]
	for i := d.bodyAt + 1; i < end; {
		stop := i // the semicolon, or the end of a body
		function := false
		for stop < end && !u.code[stop].is(";") {
			switch t := u.code[stop]; {
			case t.is(":"), t.is("struct"), t.is("union"), t.is("class"), t.is("enum"), t.is("&"), t.is("operator"), t.is("template"):
				return nil
			case t.is("("):
				function = true
			}
			if u.pair[stop] > stop {
				brace := u.code[stop].is("{")
				stop = u.pair[stop]
				if brace && function {
					break
				}
			}
			stop++
		}
		if static := u.code[i].is("static") || u.code[i].is("using") || u.code[i].is("typedef"); !function && !static && stop > i {
			more := u.declarators(i, stop)
			if more == nil {
				return nil
			}
			out = append(out, more...)
		}
		i = stop + 1
	}
	return out
}

// declarators are the members of one declaration, such as float a, b[2];
func (u *Unit) declarators(from, to int) []Member {
	var out []Member
	kind := ""
	for _, r := range u.split(from, to) {
		m := Member{}
		name := -1
		for j := r[0]; j < r[1]; j++ {
			switch t := u.code[j]; {
			case t.is("=") || t.is("{"):
				j = r[1]
			case t.is("["):
				m.Array = true
				j = u.pair[j]
			case t.is("*"), t.is("<"): // a pointer, or a template's arguments
				return nil
			case t.kind == identifier:
				name = j
			}
		}
		if name < 0 {
			return nil
		}
		if kind == "" {
			var words []string
			for j := r[0]; j < name; j++ {
				if !u.code[j].is("const") {
					words = append(words, u.code[j].text)
				}
			}
			if kind = joinType(words); kind == "" {
				return nil
			}
		}
		m.Name, m.Type = u.code[name].text, kind
		out = append(out, m)
	}
	return out
}
