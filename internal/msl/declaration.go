package msl

type declarationKind uint8

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
	internal         bool // in a namespace without a name
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
				outer := u.internal
				u.internal = outer || len(u.inside) == depth
				u.scope(j+1, u.pair[j], false)
				u.internal = outer
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
				u.decls = append(u.decls, &declaration{kind: typeDecl, name: name, path: u.namespaces(), start: start, end: u.pair[k] + 1, nameAt: -1, paramsAt: -1, bodyAt: k, template: d.template, member: member})
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
			if next := u.tok(j + 1).kind; next == number || next == stringLiteral || next == charLiteral {
				d.kind, d.nameAt, d.end = variableDecl, j-1, semicolon(j) // its initializer: no parameter begins so
				return u.add(d)
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
		d.path, d.internal = u.namespaces(), u.internal
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

// namespaces names those around what is read, as a prefix.
func (u *Unit) namespaces() string {
	path := "::"
	for _, n := range u.inside {
		path += n + "::"
	}
	return path
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
