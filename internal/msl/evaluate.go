package msl

import (
	"go/constant"
	gotoken "go/token"
	"go/types"
	"strings"
)

// evaluate computes an integer constant expression without names. On what it has in common with C, Go's own evaluation is
// used.
func evaluate(expression string) (n int, ok bool) {
	var b strings.Builder
	for _, t := range lex(expression, "").tokens {
		switch {
		case t.kind == number:
			b.WriteString(strings.TrimRight(t.text, "uUlL"))
		case t.kind == punctuator && strings.Contains("+-*/%<<>>&|^()~", t.text):
			b.WriteString(strings.ReplaceAll(t.text, "~", "^"))
		default:
			return 0, false
		}
	}
	v, err := types.Eval(gotoken.NewFileSet(), nil, gotoken.NoPos, b.String())
	if err != nil || v.Value == nil || v.Value.Kind() != constant.Int {
		return 0, false
	}
	i, exact := constant.Int64Val(v.Value)
	return int(i), exact && int64(int(i)) == i
}
