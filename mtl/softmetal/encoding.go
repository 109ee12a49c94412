package softmetal

import (
	"fmt"
	"strings"
)

// A valueType is one type of an Objective-C type encoding.
type valueType struct {
	kind  byte // the encoding's letter; '{' for a struct, '^' for any pointer, '?' for a block
	text  string
	size  int // bytes on arm64
	align int
	float byte // 'f' or 'd' if the type is one or up to four floats of one kind
	words int  // how many of these floats
}

// A signature is a method's type encoding, taken apart.
type signature struct {
	result valueType
	args   []valueType // without the target and the selector
}

var scalarSizes = map[byte]int{
	'@': 8, '#': 8, ':': 8, '*': 8, 'Q': 8, 'q': 8, 'L': 8, 'l': 8, 'd': 8,
	'I': 4, 'i': 4, 'f': 4, 'S': 2, 's': 2, 'C': 1, 'c': 1, 'B': 1, 'v': 0,
}

// parseSignature reads an encoding such as "@@:QQ". Offsets, as the runtime
// appends them, are skipped.
func parseSignature(encoding string) (*signature, error) {
	var types []valueType
	for rest := encoding; rest != ""; {
		if rest[0] >= '0' && rest[0] <= '9' {
			rest = rest[1:]
			continue
		}
		t, n, err := parseType(rest)
		if err != nil {
			return nil, fmt.Errorf("encoding %q: %w", encoding, err)
		}
		types, rest = append(types, t), rest[n:]
	}
	if len(types) < 3 || types[1].kind != '@' || types[2].kind != ':' {
		return nil, fmt.Errorf("encoding %q: no result, target and selector", encoding)
	}
	for i, t := range types[3:] {
		if t.size == 0 {
			return nil, fmt.Errorf("encoding %q: argument %d (%s) has no size", encoding, i+1, t.text)
		}
	}
	return &signature{result: types[0], args: types[3:]}, nil
}

// parseType reads the first type of s and returns it with its length in s.
func parseType(s string) (valueType, int, error) {
	if s == "" {
		return valueType{}, 0, fmt.Errorf("a type is missing")
	}
	switch c := s[0]; c {
	case '@':
		if strings.HasPrefix(s, "@?") {
			return valueType{kind: '?', text: "@?", size: 8, align: 8}, 2, nil
		}
		return valueType{kind: '@', text: "@", size: 8, align: 8}, 1, nil
	case '^':
		if strings.HasPrefix(s, "^{") { // the pointee may be opaque: only its braces matter
			end := closingBrace(s[1:])
			if end < 0 {
				return valueType{}, 0, fmt.Errorf("%q has no closing brace", s)
			}
			return valueType{kind: '^', text: s[:end+2], size: 8, align: 8}, end + 2, nil
		}
		_, n, err := parseType(s[1:])
		if err != nil {
			return valueType{}, 0, err
		}
		return valueType{kind: '^', text: s[:n+1], size: 8, align: 8}, n + 1, nil
	case '{':
		return parseStruct(s)
	default:
		size, ok := scalarSizes[c]
		if !ok {
			return valueType{}, 0, fmt.Errorf("%q is no type", c)
		}
		t := valueType{kind: c, text: s[:1], size: size, align: max(size, 1)}
		if c == 'f' || c == 'd' {
			t.float, t.words = c, 1
		}
		return t, 1, nil
	}
}

func closingBrace(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// parseStruct lays a struct out as arm64 does and finds out whether it is a
// homogeneous aggregate of floats, which travels in other registers.
func parseStruct(s string) (valueType, int, error) {
	end := closingBrace(s)
	equals := strings.IndexByte(s, '=')
	if end < 0 || equals < 0 || equals > end {
		return valueType{}, 0, fmt.Errorf("%q is no struct", s)
	}
	t := valueType{kind: '{', text: s[:end+1], align: 1}
	homogeneous := true
	for i := equals + 1; i < end; {
		field, n, err := parseType(s[i:end])
		if err != nil {
			return valueType{}, 0, err
		}
		t.size = (t.size+field.align-1)/field.align*field.align + field.size
		t.align = max(t.align, field.align)
		if field.float == 0 || t.float != 0 && t.float != field.float {
			homogeneous = false
		}
		t.float, t.words = field.float, t.words+field.words
		i += n
	}
	t.size = (t.size + t.align - 1) / t.align * t.align
	if !homogeneous || t.words > 4 {
		t.float, t.words = 0, 0
	}
	return t, end + 1, nil
}
