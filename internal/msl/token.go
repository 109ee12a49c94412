package msl

import (
	"strconv"
	"strings"
)

type tokenKind uint8

const (
	identifier tokenKind = iota
	number
	stringLiteral
	charLiteral
	punctuator
	directive // a whole line that begins with #
)

// token is a piece of a source: text[start:end] of it, in a line of the file that the line markers name.
type token struct {
	kind       tokenKind
	start, end int
	text       string
	line, col  int
	file       int // index in lexed.files
}

func (t token) is(s string) bool {
	return t.kind != stringLiteral && t.kind != charLiteral && t.text == s
}

type lexed struct {
	tokens []token
	files  []string
	errors []Diagnostic
}

func itoa(n int) string { return strconv.Itoa(n) }

// The punctuators of more than one character, longest first. ">>" is left as two: it may close two template argument lists.
var punctuators = []string{"...", "<<=", "->*", "::", "->", "++", "--", "<<", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", ".*", "##"}

func isLetter(c byte) bool {
	return c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// lex splits a source into tokens. It never fails: what it does not know becomes a punctuator of one character, and the
// compiler will say so.
func lex(src, file string) *lexed {
	l := &lexed{files: []string{file}, tokens: make([]token, 0, len(src)/3+16)}
	line, lineStart, current := 1, 0, 0
	fresh := true // only white space since the line began
	add := func(k tokenKind, from, to int) {
		l.tokens = append(l.tokens, token{k, from, to, src[from:to], line, from - lineStart + 1, current})
	}
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == '\n':
			line, fresh = line+1, true
			i++
			lineStart = i
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			i++
		case c == '\\' && i+1 < len(src) && src[i+1] == '\n':
			line++
			i += 2
			lineStart = i
		case strings.HasPrefix(src[i:], "//"):
			for i < len(src) && src[i] != '\n' {
				i++
			}
		case strings.HasPrefix(src[i:], "/*"):
			end := strings.Index(src[i+2:], "*/")
			if end < 0 {
				l.errors = append(l.errors, Diagnostic{File: l.files[current], Line: line, Column: i - lineStart + 1, Message: "unterminated comment"})
				end = len(src) - i - 2
			} else {
				end += 2
			}
			for ; end > -2 && i < len(src); end-- {
				if src[i] == '\n' {
					line, lineStart = line+1, i+1
				}
				i++
			}
		case c == '#' && fresh:
			from := i
			for i < len(src) && (src[i] != '\n' || src[i-1] == '\\') {
				i++
			}
			add(directive, from, i)
			if n, name, ok := lineMarker(src[from:i]); ok {
				line = n - 1 // the newline that follows counts one
				if name != "" {
					current = l.file(name)
				}
			} else {
				line += strings.Count(src[from:i], "\n")
			}
		case isLetter(c):
			from := i
			for i < len(src) && (isLetter(src[i]) || isDigit(src[i])) {
				i++
			}
			if i < len(src) && src[i] == '"' && src[from:i] == "R" {
				if open := strings.IndexByte(src[i:], '('); open > 0 {
					if end := strings.Index(src[i+open:], ")"+src[i+1:i+open]+"\""); end >= 0 {
						end += i + open + 1 + open
						add(stringLiteral, from, min(end, len(src)))
						line += strings.Count(src[from:min(end, len(src))], "\n")
						i = min(end, len(src))
						break
					}
				}
			}
			add(identifier, from, i)
		case isDigit(c) || c == '.' && i+1 < len(src) && isDigit(src[i+1]):
			from := i
			for i < len(src) {
				d := src[i]
				if (d == '+' || d == '-') && i > from && strings.IndexByte("eEpP", src[i-1]) >= 0 && !(len(src) > from+1 && (src[from+1] == 'x' || src[from+1] == 'X') && strings.IndexByte("eE", src[i-1]) >= 0) {
					i++
				} else if isLetter(d) || isDigit(d) || d == '.' || d == '\'' && i+1 < len(src) && (isLetter(src[i+1]) || isDigit(src[i+1])) {
					i++
				} else {
					break
				}
			}
			add(number, from, i)
		case c == '"' || c == '\'':
			from := i
			for i++; i < len(src) && src[i] != c && src[i] != '\n'; i++ {
				if src[i] == '\\' && i+1 < len(src) && src[i+1] != '\n' {
					i++
				}
			}
			if i < len(src) && src[i] == c {
				i++
			}
			k := stringLiteral
			if c == '\'' {
				k = charLiteral
			}
			add(k, from, i)
		default:
			n := 1
			for _, p := range punctuators {
				if strings.HasPrefix(src[i:], p) {
					n = len(p)
					break
				}
			}
			add(punctuator, i, i+n)
			i += n
		}
		if c != '\n' && c != ' ' && c != '\t' && c != '\r' {
			fresh = false
		}
	}
	return l
}

func (l *lexed) file(name string) int {
	for i, f := range l.files {
		if f == name {
			return i
		}
	}
	l.files = append(l.files, name)
	return len(l.files) - 1
}

// lineMarker reads `# 12 "name" flags` or `#line 12 "name"`.
func lineMarker(s string) (line int, name string, ok bool) {
	f := strings.TrimSpace(strings.TrimPrefix(s, "#"))
	f = strings.TrimSpace(strings.TrimPrefix(f, "line"))
	end := 0
	for end < len(f) && isDigit(f[end]) {
		end++
	}
	if end == 0 {
		return 0, "", false
	}
	n, err := strconv.Atoi(f[:end])
	if err != nil || n > 1<<30 {
		return 0, "", false
	}
	rest := strings.TrimSpace(f[end:])
	if strings.HasPrefix(rest, `"`) {
		if j := strings.IndexByte(rest[1:], '"'); j >= 0 {
			name = rest[1 : 1+j]
		}
	}
	return n, name, true
}
