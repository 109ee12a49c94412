package metaltable

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// A wrong number in an enumeration is accepted by everything but a Mac.
func TestConstantsHaveTheValuesOfMetals(t *testing.T) {
	reference, err := ReadReference()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, c := range exportedConstants(t, filepath.Join("..", "..", "mtl")) {
		named, ok := c.Type().(*types.Named)
		if !ok || named.Obj().Pkg() != c.Pkg() {
			continue
		}
		enum := "MTL" + named.Obj().Name()
		if _, ok := reference.EnumTypes[enum]; !ok {
			continue
		}
		want, ok := reference.Enums["MTL"+c.Name()]
		if !ok {
			t.Errorf("%s has no constant MTL%s", enum, c.Name())
			continue
		}
		got, ok := constant.Int64Val(c.Val())
		if u, exact := constant.Uint64Val(c.Val()); !ok && exact {
			got = int64(u)
		}
		if got != want {
			t.Errorf("%s is %v, MTL%s is %d", c.Name(), c.Val(), c.Name(), want)
		}
		checked++
	}
	if checked < 50 {
		t.Errorf("only %d constants were found", checked)
	}
}

// exportedConstants returns the constants of a package, tests left out. What is
// imported does not count for them, and is not looked up.
func exportedConstants(t *testing.T, dir string) []*types.Const {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	config := types.Config{Error: func(error) {}}
	pkg, _ := config.Check(filepath.Base(dir), set, files, nil)
	var constants []*types.Const
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && c.Exported() {
			constants = append(constants, c)
		}
	}
	return constants
}
