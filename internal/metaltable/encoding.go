package metaltable

import (
	"fmt"
	"strings"
)

// SplitEncoding splits an Objective-C method encoding into its result and its
// arguments, the receiver and the selector among them: "v@:@QQ" is "v" and
// "@", ":", "@", "Q", "Q". Type qualifiers and the frame offsets that compilers
// write between types are dropped.
func SplitEncoding(encoding string) (result string, args []string, err error) {
	rest := encoding
	var types []string
	for {
		rest = strings.TrimLeft(rest, "0123456789")
		if rest == "" {
			break
		}
		n, err := typeLength(rest)
		if err != nil {
			return "", nil, fmt.Errorf("encoding %q: %w", encoding, err)
		}
		types = append(types, dropQualifiers(rest[:n]))
		rest = rest[n:]
	}
	if len(types) == 0 {
		return "", nil, fmt.Errorf("encoding %q is empty", encoding)
	}
	return types[0], types[1:], nil
}

// The qualifiers const, in, inout, out, bycopy, byref and oneway say nothing
// about registers.
const qualifiers = "rnNoORV"

func dropQualifiers(t string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(qualifiers, r) && !strings.ContainsAny(t, "{(") {
			return -1
		}
		return r
	}, t)
}

// typeLength returns the length of the first type of s.
func typeLength(s string) (int, error) {
	if s == "" {
		return 0, fmt.Errorf("a type is missing")
	}
	switch c := s[0]; {
	case strings.IndexByte(qualifiers, c) >= 0, c == '^':
		n, err := typeLength(s[1:])
		return n + 1, err
	case c == '@' && strings.HasPrefix(s, "@?"):
		return 2, nil
	case strings.IndexByte("cislqCISLQfdBv*@#:?", c) >= 0:
		return 1, nil
	case c == '{':
		depth := 0
		for i := range len(s) {
			switch s[i] {
			case '{':
				depth++
			case '}':
				if depth--; depth == 0 {
					return i + 1, nil
				}
			}
		}
		return 0, fmt.Errorf("struct without end: %q", s)
	default:
		return 0, fmt.Errorf("unknown type %q", c)
	}
}
