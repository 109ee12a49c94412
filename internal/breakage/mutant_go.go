package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
)

// mutateGo returns the mutations of a Go file. What hands an error on (err !=
// nil) is left alone: that is for tests that make calls fail. So are the numbers
// beside an error, and runtime.Gosched, which no test can miss.
func mutateGo(text string) ([]mutation, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	g := goMutator{text: text, base: files.File(file.Pos()).Base(), unread: map[*ast.BasicLit]bool{}}
	ast.Inspect(file, g.visit)
	return g.all, nil
}

type goMutator struct {
	text string
	base int
	all  []mutation

	unread map[*ast.BasicLit]bool // see errors
}

func (g *goMutator) source(n ast.Node) (at int, text string) {
	at = int(n.Pos()) - g.base
	return at, g.text[at : int(n.End())-g.base]
}

func (g *goMutator) replace(rule string, n ast.Node, replacement func(old string) string) {
	at, old := g.source(n)
	g.all = append(g.all, mutation{rule: rule, at: at, old: old, new: replacement(old)})
}

func (g *goMutator) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.FuncLit:
		g.errors(n.Type, n.Body)
	case *ast.FuncDecl:
		g.errors(n.Type, n.Body)
		// What a value or an error prints is not a check.
		return n.Name.Name != "String" && n.Name.Name != "Error" && n.Body != nil
	case *ast.IfStmt:
		if !mentionsError(n.Cond) && endsInReturn(n.Body) {
			g.replace("check dropped", n.Cond, func(old string) string { return "false && (" + old + ")" })
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			g.replace("negation", n, func(old string) string { return old[1:] })
		}
	case *ast.BinaryExpr:
		g.binary(n)
		return !isErrorTest(n)
	case *ast.BasicLit:
		if n.Kind == token.INT && !g.unread[n] {
			if v, err := strconv.ParseInt(n.Value, 0, 32); err == nil {
				g.replace("constant", n, func(string) string { return strconv.FormatInt(v+1, 10) })
			}
		}
	case *ast.Ident:
		switch n.Name {
		case "min":
			g.replace("minimum or maximum", n, func(string) string { return "max" })
		case "max":
			g.replace("minimum or maximum", n, func(string) string { return "min" })
		}
	case *ast.ExprStmt:
		if isYield(n.X) {
			return false
		}
		g.replace("statement dropped", n, func(string) string { return "" })
	case *ast.DeferStmt:
		g.replace("statement dropped", n, func(string) string { return "" })
	}
	return true
}

// errors notes the numbers that the return statements of a function have beside an
// error: by Go's convention nobody reads them.
func (g *goMutator) errors(function *ast.FuncType, body *ast.BlockStmt) {
	if function.Results == nil || body == nil {
		return
	}
	list := function.Results.List
	if len(list) == 0 || !isNamed(list[len(list)-1].Type, "error") {
		return
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // has results of its own
		case *ast.ReturnStmt:
			last := len(n.Results) - 1
			if last < 0 || isNamed(n.Results[last], "nil") {
				break
			}
			for _, result := range n.Results[:last] {
				if literal, ok := result.(*ast.BasicLit); ok {
					g.unread[literal] = true
				}
			}
		}
		return true
	})
}

func isNamed(e ast.Expr, name string) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == name
}

// isYield says whether an expression is runtime.Gosched(), which changes nothing but
// how long others wait.
func isYield(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	return ok && isNamed(f.X, "runtime") && f.Sel.Name == "Gosched"
}

var otherOperator = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.ADD, token.QUO: token.MUL, token.REM: token.ADD,
	token.AND: token.OR, token.OR: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
}

func (g *goMutator) binary(n *ast.BinaryExpr) {
	other, ok := otherOperator[n.Op]
	if !ok || isErrorTest(n) || isString(n.X) || isString(n.Y) {
		return
	}
	rule := "arithmetic"
	switch n.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
		rule = "comparison"
	case token.LAND, token.LOR:
		rule = "logic"
	}
	at := int(n.OpPos) - g.base
	g.all = append(g.all, mutation{rule: rule, at: at, old: n.Op.String(), new: other.String()})
}

func isString(e ast.Expr) bool {
	literal, ok := e.(*ast.BasicLit)
	return ok && literal.Kind == token.STRING
}

// isErrorTest says whether an expression compares an error with nil.
func isErrorTest(e *ast.BinaryExpr) bool {
	return isNamed(e.X, "err") && isNamed(e.Y, "nil")
}

func mentionsError(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok && isErrorTest(b) {
			found = true
		}
		return !found
	})
	return found
}

func endsInReturn(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	_, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	return ok
}
