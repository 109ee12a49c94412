package msl

import (
	"strings"
)

// Constant is a function constant.
type Constant struct {
	Name     string
	Index    int
	Type     string
	Required bool

	at int // index in code of the name
}

func (u *Unit) findConstants() {
	seen := map[int]string{}
	for _, d := range u.decls {
		if d.kind != variableDecl && d.kind != otherDecl {
			continue
		}
		for _, a := range u.attributesIn(d.start, d.end-1) {
			if a.name != "function_constant" {
				continue
			}
			n, ok := evaluate(a.args)
			if !ok || n < 0 || n > 65535 {
				u.refuse(a.at-1, "the index of a function constant is a number from 0 to 65535, not \""+a.args+"\"")
				continue
			}
			c := Constant{Name: u.tok(a.at - 1).text, Index: n, at: a.at - 1}
			isConstant := false
			for j := d.start; j < a.at-1; j++ {
				switch s := u.code[j].text; s {
				case "constant":
					isConstant = true
				case "const", "static", "constexpr", "extern":
				default:
					c.Type += s
				}
			}
			if !isConstant {
				u.refuse(d.start, "a function constant is in the constant address space")
			}
			if !u.tok(a.at).is(";") {
				u.refuse(a.at, "a function constant has no initializer")
			}
			c.Type = strings.TrimPrefix(c.Type, "metal::")
			if !(scalarTypes[c.Type] || isVector(c.Type)) || strings.HasPrefix(c.Type, "packed_") || c.Type == "void" {
				u.refuse(c.at, "a function constant is a scalar or a vector, not "+c.Type)
			}
			if other, ok := seen[n]; ok {
				u.refuse(c.at, "function constants "+other+" and "+c.Name+" have the same index "+itoa(n))
			}
			seen[n] = c.Name
			u.Constants = append(u.Constants, c)
			// A constant expression it must not be in the strict pass: Metal does not take one for an array bound.
			u.strict = append(u.strict, edit{u.code[d.start].start, u.code[d.start].start, "extern "})
		}
	}
	for i, t := range u.code {
		if t.is("is_function_constant_defined") && u.tok(i+1).is("(") {
			u.asked = append(u.asked, [2]int{i, u.pair[i+1]})
			u.optional[u.tok(i+2).text] = true
			u.strict = append(u.strict, edit{t.start, t.end, "__msl_is_defined"})
		}
	}
	for i := range u.Constants {
		u.Constants[i].Required = !u.optional[u.Constants[i].Name]
	}
}
