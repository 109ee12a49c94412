package mtl_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tqmetal/tqmetal/mtl"
)

// ofNil are nil pointers of all types with methods of pointers.
var ofNil = []any{
	(*mtl.Archive)(nil), (*mtl.ArgumentError)(nil), (*mtl.BinaryArchive)(nil), (*mtl.BlitCommandEncoder)(nil), (*mtl.Buffer)(nil),
	(*mtl.CaptureScope)(nil), (*mtl.CommandBuffer)(nil), (*mtl.CommandQueue)(nil), (*mtl.Compiler)(nil),
	(*mtl.ComputeCommandEncoder)(nil), (*mtl.ComputePipelineState)(nil), (*mtl.CounterHeap)(nil), (*mtl.CounterSampleBuffer)(nil), (*mtl.Device)(nil), (*mtl.DynamicLibrary)(nil),
	(*mtl.Event)(nil), (*mtl.ExecutionError)(nil), (*mtl.Fence)(nil), (*mtl.Framework)(nil), (*mtl.Function)(nil), (*mtl.Heap)(nil),
	(*mtl.IndirectCommandBuffer)(nil), (*mtl.IndirectComputeCommand)(nil), (*mtl.Ledger)(nil), (*mtl.Library)(nil), (*mtl.LogState)(nil),
	(*mtl.PipelineDataSetSerializer)(nil), (*mtl.ResidencySet)(nil), (*mtl.SharedEvent)(nil), (*mtl.SharedEventHandle)(nil),
	(*mtl.SharedEventListener)(nil), (*mtl.Submission)(nil),
	(*mtl.ArgumentTable)(nil), (*mtl.CommandAllocator)(nil), (*mtl.CommandBuffer4)(nil), (*mtl.CommandQueue4)(nil),
	(*mtl.CommitError)(nil), (*mtl.ComputeCommandEncoder4)(nil), (*mtl.Submission4)(nil),
}

// Whoever forgot to look at an error goes on with nil. Every method says so, if it
// can return an error, and otherwise returns nothing.
func TestEveryMethodOfNilIsAnErrorAndNoPanic(t *testing.T) {
	missing := typesWithPointerMethods(t)
	for _, receiver := range ofNil {
		v := reflect.ValueOf(receiver)
		name := v.Type().Elem().Name()
		delete(missing, name)
		if v.Type().Implements(reflect.TypeFor[error]()) {
			continue // an error that is nil is a mistake of who returned it
		}
		for i := range v.NumMethod() {
			method := v.Type().Method(i)
			t.Run(name+"."+method.Name, func(t *testing.T) {
				defer func() {
					if p := recover(); p != nil {
						t.Errorf("panic: %v", p)
					}
				}()
				for _, result := range callWithZeros(v.Method(i)) {
					if result.Type() == reflect.TypeFor[error]() {
						// Some look at the arguments first, which are nothing too.
						if err, _ := result.Interface().(error); !errors.Is(err, mtl.ErrNil) && !errors.Is(err, mtl.ErrArgument) {
							t.Errorf("%v, want %v", err, mtl.ErrNil)
						}
					} else if !result.IsZero() {
						t.Errorf("%v, want nothing", result)
					}
				}
			})
		}
	}
	for name := range missing {
		t.Errorf("%s is not among them", name)
	}
}

// callWithZeros calls a method with arguments that are zero, and none for the last
// where there may be many.
func callWithZeros(method reflect.Value) []reflect.Value {
	n := method.Type().NumIn()
	if method.Type().IsVariadic() {
		n--
	}
	args := make([]reflect.Value, n)
	for i := range args {
		args[i] = reflect.Zero(method.Type().In(i))
	}
	return method.Call(args)
}

// typesWithPointerMethods reads them from the source.
func typesWithPointerMethods(t *testing.T) map[string]bool {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() {
				continue
			}
			if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
				if name, ok := star.X.(*ast.Ident); ok && name.IsExported() {
					types[name.Name] = true
				}
			}
		}
	}
	return types
}
