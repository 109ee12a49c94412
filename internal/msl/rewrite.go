package msl

import "strings"

// threadgroupVariables finds the variables that the threads of a threadgroup share, and gives them, in a program, an
// address that the runtime chooses. In the strict pass they are references, for clang has no variable with an address
// space in a function.
func (u *Unit) threadgroupVariables() {
	for _, d := range u.decls {
		if d.kind != functionDecl || d.bodyAt < 0 {
			continue
		}
		for i := d.bodyAt + 1; i < d.end; i++ {
			if u.code[i].is("threadgroup") && u.startsStatement(i) {
				u.threadgroupVariable(i, d)
			}
		}
	}
}

// arrayParameters writes "constant int n[3]" as the pointer that it is: clang takes no parameter with an address space.
func (u *Unit) arrayParameters() {
	for _, d := range u.decls {
		if d.kind != functionDecl {
			continue
		}
		for _, r := range u.split(d.paramsAt+1, u.pair[d.paramsAt]) {
			space := false
			for j := r[0]; j < r[1]; j++ {
				t := u.code[j]
				space = space || addressSpaces[t.text]
				if t.is("*") || t.is("&") || t.is("(") || t.is("=") {
					break
				}
				if t.is("[") && space && u.tok(j-1).kind == identifier && !u.tok(u.pair[j]+1).is("[") {
					name, close := u.code[j-1], u.code[u.pair[j]]
					u.edits = append(u.edits, edit{name.start, name.start, "*"}, u.blank(t.start, close.end))
					break
				}
			}
		}
	}
}

// startsStatement tells whether only storage words stand between the token and the beginning of a statement.
func (u *Unit) startsStatement(i int) bool {
	for first := i - farthest; i > 0 && i > first; {
		i--
		t := u.code[i]
		if t.is(";") || t.is("{") || t.is("}") {
			return true
		}
		if t.is(")") && u.tok(u.pair[i]-1).is("alignas") {
			i = u.pair[i]
			continue
		}
		if !t.is("static") && !t.is("const") && !t.is("volatile") && !t.is("alignas") {
			return false
		}
	}
	return i == 0
}

// oneLine is the text of the tokens from first to before end, without what stands in other lines or in comments between
// them: it may be written several times, and each line of a source must stay where it is.
func (u *Unit) oneLine(first, end int) string {
	var b strings.Builder
	for i := first; i < end; i++ {
		t := u.code[i]
		b.WriteString(u.src[t.start:t.end])
		if i+1 < end {
			if gap := u.src[t.end:u.code[i+1].start]; strings.ContainsAny(gap, "\n/") {
				b.WriteByte(' ')
			} else {
				b.WriteString(gap)
			}
		}
	}
	return b.String()
}

func (u *Unit) threadgroupVariable(i int, d *declaration) {
	end := i
	for end < d.end && !u.code[end].is(";") {
		if u.pair[end] >= 0 && u.pair[end] < end { // the block ends first
			u.refuse(i, "a declarator that can't be read")
			return
		}
		end = max(end, u.pair[end]) + 1
	}
	from := i
	for from > 0 && !u.tok(from-1).is(";") && !u.tok(from-1).is("{") && !u.tok(from-1).is("}") {
		from--
	}
	parts := u.split(i+1, end)
	if len(parts) == 0 {
		return
	}
	// The name of the first declarator ends its type.
	name := -1
	for j := parts[0][0]; j < parts[0][1] && !u.code[j].is("="); j++ {
		t := u.code[j]
		switch {
		case t.is("*") || t.is("&"):
			return // a pointer to threadgroup memory, not a variable there
		case t.is("<"):
			if close := u.angle(j, end); close > 0 {
				j = close
			}
		case t.is("("):
			return
		case t.is("["):
			j = u.pair[j]
		case addressSpaces[t.text]:
			u.refuse(j, "a declarator that can't be read")
			return
		case t.kind == identifier:
			name = j
		}
	}
	if name <= i+1 {
		return
	}
	if !d.kernel {
		u.refuse(i, "threadgroup variable "+u.code[name].text+" is in a function that is no kernel")
		return
	}
	stop := u.code[end-1].end
	typeText := u.oneLine(i+1, name)
	// The type is spelled once, in a typedef, for a declarator such as a[4] has it on both sides of the name.
	var cpu, cuda, strict strings.Builder
	for k, p := range parts {
		at := p[0]
		if k == 0 {
			at = name
		}
		n := u.code[at].text
		if u.code[at].kind != identifier || addressSpaces[n] {
			u.refuse(at, "a declarator that can't be read")
			return
		}
		last := at
		for last+1 < p[1] && !u.code[last+1].is("=") {
			last = max(last+1, u.pair[last+1])
		}
		if last+1 < p[1] {
			t := u.code[at]
			u.Warnings = append(u.Warnings, Diagnostic{u.file, t.line, t.col, "the initializer of threadgroup variable " + n + " has no effect: threadgroup memory has no contents when a threadgroup starts"})
		}
		bounds := ""
		if last > at {
			bounds = u.oneLine(at+1, last+1)
		}
		if k > 0 {
			for _, b := range []*strings.Builder{&cpu, &cuda, &strict} {
				b.WriteString("; ")
			}
		}
		t := "__msl_type_" + n
		cpu.WriteString("typedef " + typeText + " " + t + bounds + "; static __msl_threadgroup_variable __msl_variable_" + n +
			" __attribute__((section(\"msl_threadgroup\"), used)) = {0, sizeof(" + t + "), alignof(" + t + "), \"" + n + "\", " + itoa(u.code[at].line) + "}; " +
			t + " &" + n + " = *(" + t + " *)__msl_variable_" + n + ".address")
		cuda.WriteString("typedef " + typeText + " " + t + bounds + "; __MSL_SHARED " + t + " " + n + "; __MSL_FILL(&" + n + ", sizeof(" + t + "))")
		strict.WriteString("typedef threadgroup " + typeText + " " + t + bounds + "; " + t + " &" + n + " = __msl_shared<" + t + ">()")
	}
	start := u.code[from].start
	put := func(text string) edit {
		lines := strings.Count(u.src[start:stop], "\n") - strings.Count(text, "\n")
		return edit{start, stop, text + strings.Repeat("\n", max(lines, 0))}
	}
	u.cpu = append(u.cpu, put(cpu.String()))
	u.cuda = append(u.cuda, put(cuda.String()))
	u.strict = append(u.strict, put(strict.String()))
}

// Words after which an expression begins, though they look like names.
var beforeExpression = map[string]bool{"return": true, "else": true, "case": true, "do": true, "and": true, "or": true, "not": true, "in": true}

// operandAhead tells whether the token begins an expression.
func (u *Unit) operandAhead(i int) bool {
	t := u.tok(i)
	switch t.kind {
	case number, charLiteral:
		return true
	case identifier:
		return t.text != "const" && t.text != "noexcept" && t.text != "override" && t.text != "final" && t.text != "mutable" && t.text != "requires" && t.text != "volatile"
	case punctuator:
		return t.text == "(" || t.text == "-" || t.text == "+" || t.text == "!" || t.text == "~" || t.text == "*" || t.text == "&" || t.text == "++" || t.text == "--" || t.text == "::"
	}
	return false
}

// castAt tells whether the parenthesis at i holds the type of a C cast, and whether that is a pointer.
func (u *Unit) castAt(i int) (pointer, ok bool) { return u.castWithin(i, 16) }

// castWithin looks at no more casts before this one than depth.
func (u *Unit) castWithin(i, depth int) (pointer, ok bool) {
	close := u.pair[i]
	if close <= i+1 || !u.operandAhead(close+1) {
		return false, false
	}
	prev := u.tok(i - 1)
	if prev.is(")") { // (T)(x)... is a cast; f(x)(y)... is not, unless the first is a cast too
		if depth == 0 {
			return false, false
		}
		if _, ok := u.castWithin(u.pair[i-1], depth-1); !ok && !u.scalarCast(u.pair[i-1]) {
			return false, false
		}
	}
	if prev.kind == identifier && !beforeExpression[prev.text] || prev.is("]") || prev.kind == number || prev.kind == stringLiteral {
		return false, false
	}
	if u.tok(i - 1).is(">") { // a template call such as f<int>(x), unless what follows can't follow a call
		if n := u.tok(close + 1); n.kind != identifier && n.kind != number {
			return false, false
		}
	}
	last := close - 1
	for u.tok(last).is("const") {
		last--
	}
	pointer = u.tok(last).is("*") || u.tok(last).is("&")
	words := 0
	for j := i + 1; j < close; j++ {
		t := u.code[j]
		switch {
		case t.kind == identifier, t.is("::"):
			words++
		case t.is("<") && u.tok(j-1).kind == identifier:
			end := u.angle(j, close)
			if end < 0 {
				return false, false
			}
			j = end
		case (t.is("*") || t.is("&")) && words > 0:
		default:
			return false, false
		}
	}
	if pointer {
		return true, words > 0
	}
	// (x) - y is no cast, unless x names a type.
	named := false
	for j := i + 1; j < close; j++ {
		s := u.code[j].text
		named = named || u.types[s] || isVector(s) || s == "vec"
	}
	return false, named
}

// operandEnd returns the index one past the unary expression that begins at i.
func (u *Unit) operandEnd(i int) int {
	for limit := i + farthest; i < limit; {
		t := u.tok(i)
		if t.is("(") {
			if _, ok := u.castAt(i); ok || u.scalarCast(i) {
				i = u.pair[i] + 1
				continue
			}
		}
		if t.kind == punctuator && (t.text == "-" || t.text == "+" || t.text == "!" || t.text == "~" || t.text == "*" || t.text == "&" || t.text == "++" || t.text == "--") {
			i++
			continue
		}
		if t.is("sizeof") || t.is("alignof") {
			i++
			continue
		}
		break
	}
	if u.tok(i).is("::") {
		i++
	}
	if u.tok(i).is("(") {
		i = u.pair[i] + 1
	} else if i < len(u.code) && (u.pair[i] < 0 || u.pair[i] > i) { // a bracket that closes ends what has no operand
		i++
	}
	for limit := i + farthest; i < len(u.code) && i < limit; {
		t := u.code[i]
		switch {
		case t.is("(") || t.is("[") || t.is("{") && u.tok(i-1).kind == identifier:
			i = u.pair[i] + 1
		case t.is(".") || t.is("->") || t.is("::"):
			i += 2
			if u.tok(i - 1).is("template") {
				i++
			}
		case t.is("++") || t.is("--"):
			i++
		case t.is("<") && u.tok(i-1).kind == identifier:
			close := u.angle(i, len(u.code))
			if close < 0 || !(u.tok(close+1).is("(") || u.tok(close+1).is("::") || u.tok(close+1).is("{")) {
				return i
			}
			i = close + 1
		default:
			return i
		}
	}
	return i
}

// scalarCast tells (int)x and its like.
func (u *Unit) scalarCast(i int) bool {
	close := u.pair[i]
	if close <= i+1 || !u.operandAhead(close+1) || u.tok(i-1).kind == identifier && !beforeExpression[u.tok(i-1).text] {
		return false
	}
	for j := i + 1; j < close; j++ {
		if !scalarTypes[u.code[j].text] {
			return false
		}
	}
	return true
}

// rewrite turns into C++ what C++ lacks: literals of half, constructors and casts of vectors.
func (u *Unit) rewrite() {
	for i := 0; i < len(u.code); i++ {
		t := u.code[i]
		switch {
		case t.kind == number:
			u.literal(t)
		case t.is("(") && i > 0:
			u.cast(i)
		case t.is("static_cast") || t.is("reinterpret_cast"):
			u.namedCast(i)
		case t.kind == identifier && (u.types[t.text] || isVector(t.text) || t.text == "vec"):
			u.constructor(i)
		}
	}
}

func (u *Unit) literal(t token) {
	s := t.text
	hex := len(s) > 1 && (s[1] == 'x' || s[1] == 'X')
	float := strings.ContainsAny(s, ".") || !hex && strings.ContainsAny(s, "eE") || hex && strings.ContainsAny(s, "pP")
	if !float {
		return
	}
	switch {
	case strings.HasSuffix(s, "bf") || strings.HasSuffix(s, "BF"):
		u.edits = append(u.edits, edit{t.start, t.end, "((__msl_bfloat)" + s[:len(s)-2] + "f)"})
	case s[len(s)-1] == 'h' || s[len(s)-1] == 'H':
		u.edits = append(u.edits, edit{t.start, t.end, s[:len(s)-1] + "f16"})
	case isDigit(s[len(s)-1]) || s[len(s)-1] == '.':
		// Metal has no double: a literal is a float. Clang's option for that loses the type in templates.
		u.edits = append(u.edits, edit{t.end, t.end, "f"})
	}
}

func (u *Unit) cast(i int) {
	pointer, ok := u.castAt(i)
	if !ok {
		return
	}
	close := u.pair[i]
	end := u.operandEnd(close + 1)
	if end > len(u.code) {
		return
	}
	if pointer {
		u.strict = append(u.strict, edit{u.code[i].start, u.code[i].end, "__msl_pointer_cast<"}, edit{u.code[close].start, u.code[close].end, ">("})
		u.strict = append(u.strict, edit{u.code[end-1].end, u.code[end-1].end, ")"})
		return
	}
	u.edits = append(u.edits, edit{u.code[i].start, u.code[i].end, "__msl_make<"}, edit{u.code[close].start, u.code[close].end, ">("})
	u.edits = append(u.edits, edit{u.code[end-1].end, u.code[end-1].end, ")"})
}

func (u *Unit) namedCast(i int) {
	if !u.tok(i + 1).is("<") {
		return
	}
	close := u.angle(i+1, len(u.code))
	if close < 0 {
		return
	}
	vector, pointer, reference := false, false, false
	for j := i + 2; j < close; j++ {
		t := u.code[j]
		vector = vector || u.types[t.text] || isVector(t.text) || t.is("vec")
		pointer = pointer || t.is("*")
		reference = reference || t.is("&") || t.is("&&")
	}
	t := u.code[i]
	if pointer && !reference {
		u.strict = append(u.strict, edit{t.start, t.end, "__msl_pointer_cast"})
	} else if vector && !reference && t.is("static_cast") {
		u.edits = append(u.edits, edit{t.start, t.end, "__msl_make"})
	}
}

// constructor rewrites float4(a, b), vec<T, 4>(a) and T(a) with a type parameter or alias T.
func (u *Unit) constructor(i int) {
	end := i
	if u.code[i].text == "vec" || u.tok(i+1).is("<") {
		if !u.tok(i + 1).is("<") {
			return
		}
		if end = u.angle(i+1, len(u.code)); end < 0 {
			return
		}
	}
	if !u.tok(end + 1).is("(") {
		return
	}
	from := i
	for u.tok(from-1).is("::") && u.tok(from-2).kind == identifier {
		from -= 2
	}
	prev := u.tok(from - 1)
	if prev.kind == identifier && !beforeExpression[prev.text] || prev.is(".") || prev.is("->") || prev.is("~") || prev.is("::") {
		return
	}
	open := end + 1
	if (u.tok(open+1).is("*") || u.tok(open+1).is("&")) && (u.tok(u.pair[open]+1).is("[") || u.tok(u.pair[open]+1).is("(")) {
		return // float4 (*p)[4], the declaration of a pointer
	}
	if u.declared[i] { // a constructor
		return
	}
	u.edits = append(u.edits, edit{u.code[from].start, u.code[from].start, "__msl_make<"}, edit{u.code[end].end, u.code[end].end, ">"})
}
