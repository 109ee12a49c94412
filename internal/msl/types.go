package msl

import (
	"strings"
)

// findTypes collects the names that may stand for a vector: template type parameters and aliases, wherever they are.
func (u *Unit) findTypes() {
	for i, t := range u.code {
		switch {
		case t.is("template") && u.tok(i+1).is("<"):
			end := u.angle(i+1, len(u.code))
			for j := i + 2; j < end; j++ {
				if (u.code[j].is("typename") || u.code[j].is("class")) && u.tok(j+1).kind == identifier && (u.tok(j+2).is(",") || u.tok(j+2).is(">") || u.tok(j+2).is("=")) {
					u.types[u.code[j+1].text] = true
				}
			}
		case t.is("using") && u.tok(i+2).is("="):
			u.types[u.code[i+1].text] = true
		case t.is("typedef"):
			for j := i; j < len(u.code) && j < i+farthest && !u.code[j].is(";"); j++ {
				if u.pair[j] > j {
					j = u.pair[j]
				}
				if u.tok(j+1).is(";") || u.tok(j+1).is("[") && u.tok(j).kind == identifier {
					if u.tok(j).kind == identifier {
						u.types[u.tok(j).text] = true
					}
				}
			}
		}
	}
	for n := range scalarTypes { // those are never aliases
		delete(u.types, n)
	}
}

var scalarTypes = map[string]bool{"float": true, "half": true, "bfloat": true, "int": true, "uint": true, "short": true, "ushort": true,
	"char": true, "uchar": true, "long": true, "ulong": true, "bool": true, "size_t": true, "ptrdiff_t": true, "void": true, "unsigned": true, "signed": true,
	"int8_t": true, "uint8_t": true, "int16_t": true, "uint16_t": true, "int32_t": true, "uint32_t": true, "int64_t": true, "uint64_t": true}

// isVector tells names such as float4 and packed_half3.
func isVector(s string) bool {
	s = strings.TrimPrefix(s, "packed_")
	if len(s) < 4 || s[len(s)-1] < '2' || s[len(s)-1] > '4' {
		return false
	}
	b := s[:len(s)-1]
	return scalarTypes[b] && b != "size_t" && b != "ptrdiff_t" && b != "void" && b != "unsigned" && b != "signed" && !strings.HasSuffix(b, "_t")
}
