package main

import (
	"regexp"
	"strconv"
	"strings"
)

// mutateMetal returns the mutations of a .metal file. Its rules are patterns over
// the text without comments, strings and directives: the house writes spaces
// around operators, and none around the brackets of templates.
func mutateMetal(text string) ([]mutation, error) {
	code := maskMetal(text)
	var all []mutation
	for _, rule := range metalRules {
		for _, at := range rule.pattern.FindAllStringSubmatchIndex(code, -1) {
			from, to := at[0], at[1]
			if len(at) > 2 {
				from, to = at[2], at[3] // the group is what changes
			}
			old := text[from:to]
			for _, replacement := range rule.replace(old) {
				all = append(all, mutation{rule: rule.name, at: from, old: old, new: replacement, first: rule.first})
			}
		}
	}
	return append(all, metalConditions(text, code)...), nil
}

type metalRule struct {
	name    string
	pattern *regexp.Regexp
	replace func(old string) []string
	first   bool
}

// swaps returns a replacement by table.
func swaps(pairs ...string) func(string) []string {
	return func(old string) []string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == strings.TrimSpace(old) {
				return []string{strings.Replace(old, pairs[i], pairs[i+1], 1)}
			}
		}
		return nil
	}
}

func always(replacement ...string) func(string) []string {
	return func(string) []string { return replacement }
}

var metalRules = []metalRule{
	{"barrier dropped", regexp.MustCompile(`(?:threadgroup|simdgroup)_barrier\([^;]*\);`), always(";"), true},
	{"barrier weakened", regexp.MustCompile(`threadgroup_barrier\b`), always("simdgroup_barrier"), true},
	{"comparison", regexp.MustCompile(` (<|<=|>|>=|==|!=) `), swaps("<", "<=", "<=", "<", ">", ">=", ">=", ">", "==", "!=", "!=", "=="), false},
	{"arithmetic", regexp.MustCompile(`[\w)\]] ([-+*/%]) [\w(]`), swaps("+", "-", "-", "+", "*", "+", "/", "*", "%", "+"), false},
	{"assignment", regexp.MustCompile(` (\+=|\*=|-=) `), swaps("+=", "=", "*=", "=", "-=", "="), false},
	{"bits", regexp.MustCompile(` (<<|>>|&|\||\^) `), swaps("<<", ">>", ">>", "<<", "&", "|", "|", "&", "^", "&"), false},
	{"logic", regexp.MustCompile(` (&&|\|\|) `), swaps("&&", "||", "||", "&&"), false},
	{"constant", regexp.MustCompile(`[ (\[+*-](\d+u?)\b[^.]`), nextNumber, false},
	{"sign", regexp.MustCompile(`[=(,?:] (-)\w`), always(""), false},
	{"minimum or maximum", regexp.MustCompile(`\b(min|max|simd_max|simd_min|max_lanes|add_lanes)\b[(<]`), swaps("min", "max", "max", "min", "simd_max", "simd_min", "simd_min", "simd_max", "max_lanes", "add_lanes", "add_lanes", "max_lanes"), false},
	{"operands", regexp.MustCompile(`\b(\w+(?:\.\w+)? - \w+(?:\.\w+)?)\b`), swapOperands, false},
	{"statement dropped", regexp.MustCompile(`\n +([\w.\[\]() *+%/]+ (?:=|\+=|\*=|-=|\^=) [^;{}\n]*;)`), dropAssignment, false},
	{"call dropped", regexp.MustCompile(`\n +((?:apply_signs|hadamard|rotate|unrotate|butterfly_\w+|fold\w*|unpack\w*|load_\w+|store_\w+|write_norm|merge|finish\w*|simdgroup_multiply_accumulate)(?:<[^;\n]*>)?\([^;\n]*\);)`), always(";"), false},
}

// nextNumber is n + 1, and n - 1 where there is one.
func nextNumber(old string) []string {
	digits := strings.TrimSuffix(old, "u")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return nil
	}
	suffix := old[len(digits):]
	next := []string{strconv.Itoa(n+1) + suffix}
	if n > 0 {
		next = append(next, strconv.Itoa(n-1)+suffix)
	}
	return next
}

func swapOperands(old string) []string {
	a, b, _ := strings.Cut(old, " - ")
	if a == b {
		return nil
	}
	return []string{b + " - " + a}
}

// dropAssignment drops what is no declaration: without one, nothing compiles.
func dropAssignment(old string) []string {
	for _, word := range []string{"UNROLL", "for", "if", "else", "return", "const", "constexpr"} {
		if strings.HasPrefix(old, word+" ") {
			return nil
		}
	}
	left, _, _ := strings.Cut(old, "=")
	left = strings.TrimRight(left, " +*-^")
	if strings.ContainsRune(strings.TrimLeft(left, "*("), ' ') && !strings.ContainsAny(left, "[(") {
		return nil // a type and a name
	}
	return []string{";"}
}

// metalConditions returns mutations of the conditions of if statements and of
// conditional expressions that are in brackets of their own.
func metalConditions(text, code string) []mutation {
	var all []mutation
	for _, at := range regexp.MustCompile(`\bif \(`).FindAllStringIndex(code, -1) {
		end, depth := at[1], 1
		for ; end < len(code) && depth > 0; end++ {
			switch code[end] {
			case '(':
				depth++
			case ')':
				depth--
			}
		}
		condition := text[at[1] : end-1]
		for _, value := range []string{"true", "false"} {
			all = append(all, mutation{rule: "condition", at: at[1], old: condition, new: value})
		}
	}
	for _, at := range regexp.MustCompile(`\? ([\w.]+(?:\([^()]*\))?) : ([\w.]+(?:\([^()]*\))?)`).FindAllStringSubmatchIndex(code, -1) {
		a, b := text[at[2]:at[3]], text[at[4]:at[5]]
		if a != b {
			all = append(all, mutation{rule: "branches", at: at[2], old: text[at[2]:at[5]], new: b + text[at[3]:at[4]] + a})
		}
	}
	return all
}

// maskMetal returns the text with spaces for everything that is no code, so that
// offsets stay.
func maskMetal(text string) string {
	code := []byte(text)
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if code[i] != '\n' {
				code[i] = ' '
			}
		}
	}
	for _, pattern := range []string{`//[^\n]*`, `(?s)/\*.*?\*/`, `"[^"\n]*"`, `(?m)^#[^\n]*`, `(?m)^template[^\n]*\[\[host_name[^\n]*`, `static_assert\([^\n]*`, `\[\[[^\]]*\]\]`} {
		for _, at := range regexp.MustCompile(pattern).FindAllStringIndex(string(code), -1) {
			blank(at[0], at[1])
		}
	}
	return string(code)
}
