package msl

import (
	"sort"
	"strings"
)

type attribute struct {
	name, args string
	at         int // index in code of the token that follows
	line, col  int
	file       int
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
					if !expression(one[k+1 : len(one)-1]) { // it becomes part of a program
						u.errs = append(u.errs, Diagnostic{"", a.line, a.col, "attribute " + a.name + " has no argument that can be read"})
					}
				}
				u.attrs = append(u.attrs, a)
			}
			inner = inner[min(n+1, len(inner)):]
		}
		u.edits = append(u.edits, u.blank(t.start, plain[end].end))
		i = end
	}
}

// expression tells tokens that can stand in parentheses.
func expression(tokens []token) bool {
	var open []string
	for _, t := range tokens {
		switch {
		case t.is("(") || t.is("["):
			open = append(open, map[string]string{"(": ")", "[": "]"}[t.text])
		case t.is(")") || t.is("]"):
			if len(open) == 0 || open[len(open)-1] != t.text {
				return false
			}
			open = open[:len(open)-1]
		case t.is("{") || t.is("}") || t.is(";"):
			return false
		}
	}
	return len(open) == 0
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
