package msl

import "strings"

// What clang takes for C++ and Metal refuses.

// forbidden are the words that Metal does not have, with the reason.
var forbidden = map[string]string{
	"double": "double is not supported in Metal", "goto": "goto is not supported in Metal", "try": "exceptions are not supported in Metal",
	"catch": "exceptions are not supported in Metal", "throw": "exceptions are not supported in Metal", "new": "new is not supported in Metal",
	"virtual": "virtual functions are not supported in Metal", "dynamic_cast": "dynamic_cast is not supported in Metal",
	"typeid": "typeid is not supported in Metal", "thread_local": "thread_local is not supported in Metal", "asm": "asm is not supported in Metal",
	"__asm__": "asm is not supported in Metal", "vertex": "only compute kernels can be run here", "fragment": "only compute kernels can be run here",
	"__int128": "__int128 is not supported in Metal",
}

// since are the names that a later version of MSL than 3.0 brought.
var since = map[string]Version{
	"bfloat": 3<<16 | 1, "bfloat2": 3<<16 | 1, "bfloat3": 3<<16 | 1, "bfloat4": 3<<16 | 1,
	"packed_bfloat2": 3<<16 | 1, "packed_bfloat3": 3<<16 | 1, "packed_bfloat4": 3<<16 | 1, "simdgroup_bfloat8x8": 3<<16 | 1,
	"memory_order_acquire": 3<<16 | 2, "memory_order_release": 3<<16 | 2, "memory_order_acq_rel": 3<<16 | 2, "memory_order_seq_cst": 3<<16 | 2,
	"atomic_thread_fence": 3<<16 | 2, "thread_scope": 3<<16 | 2, "thread_scope_device": 3<<16 | 2, "thread_scope_threadgroup": 3<<16 | 2,
	"thread_scope_simdgroup": 3<<16 | 2, "thread_scope_thread": 3<<16 | 2, "coherent": 3<<16 | 2, "os_log_default": 3<<16 | 2,
}

const lambdaVersion = Version(3<<16 | 2)

// knownAttributes are those that compute kernels and their helpers have. Of the rest, Metal has some for graphics.
var knownAttributes = map[string]bool{
	"kernel": true, "visible": true, "host_name": true, "buffer": true, "threadgroup": true, "function_constant": true, "max_total_threads_per_threadgroup": true,
	"clang::unroll": true, "unroll": true, "maybe_unused": true, "deprecated": true, "nodiscard": true, "fallthrough": true,
	"clang::always_inline": true, "clang::noinline": true, "gnu::always_inline": true, "gnu::noinline": true, "user_annotation": true, "likely": true, "unlikely": true,
}

func (u *Unit) lint() {
	u.lintWords()
	u.lintAttributes()
	u.lintVariables()
	u.lintPointers()
	u.lintRecursion()
}

func (u *Unit) lintWords() {
	for i, t := range u.code {
		if t.kind == identifier {
			prev := u.tok(i - 1)
			if prev.is(".") || prev.is("->") {
				continue
			}
			switch why, ok := forbidden[t.text]; {
			case ok:
				u.refuse(i, why)
			case t.text == "delete" && !prev.is("="):
				u.refuse(i, "delete is not supported in Metal")
			case t.text == "long" && u.tok(i+1).is("long"):
				u.refuse(i, "long long is not supported in Metal")
			case strings.HasPrefix(t.text, "__msl") || strings.HasPrefix(t.text, "__MSL"):
				u.refuse(i, "the name "+t.text+" is reserved")
			}
			if v, ok := since[t.text]; ok && u.version < v {
				u.refuse(i, t.text+" needs MSL "+v.String()+", and this source is compiled as "+u.version.String())
			}
		}
		if t.is("[") && u.version < lambdaVersion && u.lambdaAt(i) {
			u.refuse(i, "lambda expressions need MSL "+lambdaVersion.String()+", and this source is compiled as "+u.version.String())
		}
	}
}

func (u *Unit) lambdaAt(i int) bool {
	prev := u.tok(i - 1)
	if prev.kind == identifier && !beforeExpression[prev.text] || prev.kind == stringLiteral || prev.is(")") || prev.is("]") || prev.is(">") || prev.is("}") {
		return false
	}
	next := u.tok(u.pair[i] + 1)
	return next.is("(") || next.is("{")
}

func (u *Unit) lintAttributes() {
	for _, a := range u.attrs {
		_, position := positions[a.name]
		if !position && !knownAttributes[a.name] {
			u.errs = append(u.errs, Diagnostic{"", a.line, a.col, "unknown attribute " + a.name})
		}
	}
}

// lintVariables refuses variables that outlive a thread and are not constant.
func (u *Unit) lintVariables() {
	has := func(from, to int, word string) bool {
		for j := from; j < to && j < len(u.code) && j < from+farthest; j++ {
			if u.code[j].is(word) {
				return true
			}
			if u.code[j].is("=") || u.code[j].is("(") || u.code[j].is("[") || u.code[j].is("{") {
				return false
			}
		}
		return false
	}
	for _, d := range u.decls {
		switch {
		case d.kind == variableDecl && d.nameAt > d.start:
			if d.member && !has(d.start, d.nameAt, "static") {
				continue // a field
			}
			if !has(d.start, d.nameAt, "constant") && !u.isConstantAlias(d) {
				u.refuse(d.start, "program scope variable "+d.name+" is not in the constant address space")
			}
		case d.kind == functionDecl && d.bodyAt >= 0:
			for j := d.bodyAt; j < d.end; j++ {
				if !u.code[j].is("static") {
					continue
				}
				if has(j, d.end, "constant") || has(j, d.end, "constexpr") || has(j, d.end, "threadgroup") || u.tok(j-1).is("constexpr") || u.tok(j-1).is("constant") {
					continue
				}
				u.refuse(j, "a static variable of a function is not in the constant address space")
			}
		}
	}
}

func (u *Unit) isConstantAlias(d *declaration) bool {
	for j := d.start; j < d.nameAt; j++ {
		if u.code[j].is("friend") || u.code[j].is("extern") && !u.tok(j+1).is("constant") {
			return true
		}
	}
	return false
}

// lintPointers refuses pointers and references that do not say what address space they point to: clang would take them for
// pointers to thread memory.
func (u *Unit) lintPointers() {
	for _, d := range u.decls {
		if d.kind != functionDecl || d.paramsAt < 0 {
			continue
		}
		for _, r := range u.split(d.paramsAt+1, u.pair[d.paramsAt]) {
			u.qualified(r[0], r[1], "parameter")
		}
	}
	fresh := true // a statement or declaration may begin here
	for i := 0; i < len(u.code); i++ {
		t := u.code[i]
		if fresh {
			u.declarationPointers(i)
		}
		fresh = t.is(";") || t.is("{") || t.is("}") || t.is("(") && u.tok(i-1).is("for")
		switch {
		case t.is("template") && u.tok(i+1).is("<"):
			if close := u.angle(i+1, len(u.code)); close > 0 {
				i, fresh = close, true
			}
		case t.is("("):
			if pointer, ok := u.castAt(i); ok && pointer && !u.hasSpace(i+1, u.pair[i]) {
				u.refuse(i, "the pointer type of a cast has no address space: one of device, constant, threadgroup, thread")
			}
		case (t.is("static_cast") || t.is("reinterpret_cast") || t.is("const_cast")) && u.tok(i+1).is("<"):
			if close := u.angle(i+1, len(u.code)); close > 0 {
				u.qualified(i+2, close, "the type of a cast")
			}
		case t.is("using") && u.tok(i+2).is("="):
			end := i + 3
			for end < len(u.code) && !u.code[end].is(";") {
				end++
			}
			u.qualified(i+3, end, "alias")
		}
	}
}

func (u *Unit) hasSpace(from, to int) bool {
	for j := from; j < to; j++ {
		if addressSpaces[u.code[j].text] || u.code[j].is("auto") {
			return true
		}
	}
	return false
}

// qualified checks each * and & of a type or parameter.
func (u *Unit) qualified(from, to int, what string) {
	start := from
	for j := from; j < to; j++ {
		t := u.code[j]
		switch {
		case t.is("="):
			return
		case t.is("["):
			j = u.pair[j]
		case t.is("(") && j > from && (u.tok(j-1).is("decltype") || u.tok(j-1).is("sizeof")):
			j = u.pair[j]
		case t.is("<") && u.tok(j-1).kind == identifier:
			if close := u.angle(j, to); close > 0 {
				j = close
			}
		case t.is("*") || t.is("&") || t.is("&&"):
			if !u.hasSpace(start, j) {
				kind := "pointer"
				if !t.is("*") {
					kind = "reference"
				}
				u.refuse(j, what+": a "+kind+" has no address space: one of device, constant, threadgroup, thread")
				return
			}
			start = j + 1
		}
	}
}

// declarationPointers checks a declaration that may begin at i: words, then * or &, then a name that ends like a declarator.
func (u *Unit) declarationPointers(i int) {
	j, words := i, 0
	for j < len(u.code) {
		t := u.code[j]
		if t.kind == identifier {
			if beforeExpression[t.text] || t.text == "using" || t.text == "goto" || t.text == "operator" || t.text == "template" {
				return
			}
			words++
			j++
		} else if t.is("::") {
			j++
		} else if t.is("<") && u.tok(j-1).kind == identifier {
			close := u.angle(j, len(u.code))
			if close < 0 {
				return
			}
			j = close + 1
		} else {
			break
		}
	}
	star := j
	for u.tok(j).is("*") || u.tok(j).is("&") || u.tok(j).is("&&") || u.tok(j).is("const") && j > star {
		j++
	}
	if words == 0 || j == star || u.tok(j).kind != identifier || u.hasSpace(i, star) {
		return
	}
	switch next := u.tok(j + 1); {
	case next.is("="), next.is(";"), next.is(","), next.is("["), next.is(":"), next.is("{"), u.tok(j).is("operator"), next.is("("):
		kind := "pointer"
		if !u.code[star].is("*") {
			kind = "reference"
		}
		u.refuse(star, "a "+kind+" has no address space: one of device, constant, threadgroup, thread")
	}
}

// lintRecursion refuses functions that come back to themselves. Only names with one definition count, for by name alone a
// call of another overload would look like recursion, and templates may recur at compile time.
func (u *Unit) lintRecursion() {
	count, byName := map[string]int{}, map[string]*declaration{}
	for _, d := range u.decls {
		if d.kind == functionDecl && d.bodyAt >= 0 {
			count[d.name]++
			if !d.template && !d.member {
				byName[d.name] = d
			}
		}
	}
	calls := map[string][]string{}
	for n, d := range byName {
		if count[n] != 1 {
			continue
		}
		for j := d.bodyAt; j < d.end; j++ {
			if u.code[j].kind == identifier && u.tok(j+1).is("(") && count[u.code[j].text] == 1 && byName[u.code[j].text] != nil && !u.tok(j-1).is(".") && !u.tok(j-1).is("->") {
				calls[n] = append(calls[n], u.code[j].text)
			}
		}
	}
	for n, d := range byName {
		seen, todo := map[string]bool{}, append([]string{}, calls[n]...)
		for len(todo) > 0 {
			m := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if m == n {
				u.refuse(d.nameAt, "function "+n+" calls itself: recursion is not supported in Metal")
				break
			}
			if !seen[m] {
				seen[m] = true
				todo = append(todo, calls[m]...)
			}
		}
	}
}
