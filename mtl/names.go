package mtl

import (
	"fmt"
	"strings"
)

// enumName names the value of an enumeration that counts from zero.
func enumName[T ~int64 | ~uint64](kind string, v T, names ...string) string {
	if v >= 0 && uint64(v) < uint64(len(names)) && names[v] != "" {
		return names[v]
	}
	return fmt.Sprintf("%s(%d)", kind, v)
}

// optionNames names the bits of a set of options, which follow one another from
// first on.
func optionNames[T ~uint64](kind string, v, first T, names ...string) string {
	if v == 0 {
		return "none"
	}
	var set []string
	for _, name := range names {
		if v&first != 0 {
			set = append(set, name)
		}
		v &^= first
		first <<= 1
	}
	if v != 0 {
		set = append(set, fmt.Sprintf("%s(%#x)", kind, uint64(v)))
	}
	return strings.Join(set, "|")
}
