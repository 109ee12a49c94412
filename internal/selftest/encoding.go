package selftest

import (
	"fmt"
	"slices"
	"strings"
)

// A difference is how two type encodings differ.
type difference string

const (
	same          difference = "same"
	sameRegisters difference = "same registers" // other types that travel in the same way, such as two enumerations
	different     difference = "different"
)

// compareEncodings compares what a program sends with what the system has. What
// says nothing about registers is left out: offsets in the frame, qualifiers, and
// the names of structs, of classes and of what a pointer points to.
func compareEncodings(ours, system string) difference {
	a, err := parseEncoding(ours)
	if err != nil {
		return different
	}
	b, err := parseEncoding(system)
	if err != nil || len(a) != len(b) {
		return different
	}
	if slices.Equal(a, b) {
		return same
	}
	for i := range a {
		if a[i] != b[i] && travelsAs(a[i]) != travelsAs(b[i]) {
			return different
		}
	}
	return sameRegisters
}

// travelsAs returns one text for all types that are passed alike and that mean
// alike: a number is no address.
func travelsAs(t string) string {
	switch t {
	case "Q", "q":
		return "64-bit integer"
	case "I", "i":
		return "32-bit integer"
	case "S":
		return "16-bit unsigned integer"
	case "C", "B":
		return "8-bit unsigned integer"
	case "@", "#", "@?":
		return "object"
	case "*":
		return "pointer"
	}
	if strings.HasPrefix(t, "^") {
		return "pointer"
	}
	if inner, ok := strings.CutPrefix(t, "{?="); ok {
		fields, err := parseTypes(strings.TrimSuffix(inner, "}"))
		if err != nil {
			return t
		}
		for i := range fields {
			fields[i] = travelsAs(fields[i])
		}
		return "{" + strings.Join(fields, ", ") + "}"
	}
	return t
}

// parseEncoding returns the types of a method's encoding in a form that is the
// same for the same types: result, receiver, selector, arguments.
func parseEncoding(encoding string) ([]string, error) {
	types, err := parseTypes(encoding)
	if err != nil {
		return nil, fmt.Errorf("encoding %q: %w", encoding, err)
	}
	if len(types) == 0 {
		return nil, fmt.Errorf("encoding %q is empty", encoding)
	}
	return types, nil
}

func parseTypes(s string) ([]string, error) {
	p := &encodingParser{s}
	var types []string
	for {
		p.rest = strings.TrimLeft(p.rest, "+-0123456789") // offsets
		if p.rest == "" {
			return types, nil
		}
		if p.rest[0] == '"' { // the name of a field
			if _, err := p.until('"'); err != nil {
				return nil, err
			}
			continue
		}
		t, err := p.next(0)
		if err != nil {
			return nil, err
		}
		types = append(types, t)
	}
}

type encodingParser struct{ rest string }

const (
	typeQualifiers = "rnNoORVjA"
	plainTypes     = "cislqtCISLQTfdDBv*#:?%"
	maxDepth       = 64 // of a pointer to a pointer and so on: encodings come from outside
)

// next takes one type off the text.
func (p *encodingParser) next(depth int) (string, error) {
	p.rest = strings.TrimLeft(p.rest, typeQualifiers)
	if p.rest == "" {
		return "", fmt.Errorf("a type is missing")
	}
	if depth > maxDepth {
		return "", fmt.Errorf("types in types in types")
	}
	c := p.rest[0]
	switch {
	case strings.IndexByte(plainTypes, c) >= 0:
		p.rest = p.rest[1:]
		return string(c), nil
	case c == '@':
		p.rest = p.rest[1:]
		return p.object()
	case c == '^':
		p.rest = p.rest[1:]
		pointee, err := p.next(depth + 1)
		if strings.HasPrefix(pointee, "{") { // the system may say less about it than the headers
			pointee = "{?}"
		}
		return "^" + pointee, err
	case c == '{', c == '(', c == '[':
		return p.aggregate()
	case c == 'b':
		digits := len(p.rest) - len(strings.TrimLeft(p.rest[1:], "0123456789"))
		t := p.rest[:digits]
		p.rest = p.rest[digits:]
		return t, nil
	}
	return "", fmt.Errorf("%q is no type", c)
}

// object takes what may follow an @: a class's name, or the mark of a block with
// its own encoding.
func (p *encodingParser) object() (string, error) {
	switch {
	case strings.HasPrefix(p.rest, `"`):
		_, err := p.until('"')
		return "@", err
	case strings.HasPrefix(p.rest, "?"):
		p.rest = p.rest[1:]
		if !strings.HasPrefix(p.rest, "<") {
			return "@?", nil
		}
		_, err := p.balanced('<', '>')
		return "@?", err
	}
	return "@", nil
}

// until takes a text in quotes off.
func (p *encodingParser) until(end byte) (string, error) {
	i := strings.IndexByte(p.rest[1:], end)
	if i < 0 {
		return "", fmt.Errorf("%q has no end", p.rest)
	}
	text := p.rest[1 : 1+i]
	p.rest = p.rest[i+2:]
	return text, nil
}

// aggregate takes a struct, a union or an array off. A struct's fields are what
// decides its registers; of the others nothing here has any.
func (p *encodingParser) aggregate() (string, error) {
	open := p.rest[0]
	text, err := p.balanced(open, map[byte]byte{'{': '}', '(': ')', '[': ']'}[open])
	if err != nil || open != '{' {
		return text, err
	}
	_, fields, ok := strings.Cut(text[1:len(text)-1], "=")
	if !ok {
		return "{?}", nil
	}
	types, err := parseTypes(fields)
	return "{?=" + strings.Join(types, "") + "}", err
}

func (p *encodingParser) balanced(open, shut byte) (string, error) {
	depth := 0
	for i := range len(p.rest) {
		switch p.rest[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				text := p.rest[:i+1]
				p.rest = p.rest[i+1:]
				return text, nil
			}
		}
		if depth > maxDepth {
			break
		}
	}
	return "", fmt.Errorf("%q has no end", p.rest)
}
