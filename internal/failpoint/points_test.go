package failpoint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/failpoint"
)

// Every point stands in the list by which tests kill at all of them, and at
// one place of the way: one that is listed and not placed would be trusted for
// nothing, one placed and not listed would never be tried.
func TestEveryPointIsListedAndPlacedOnce(t *testing.T) {
	declared := declared(t)
	if len(declared) != len(failpoint.All) {
		t.Errorf("%d points declared, %d listed", len(declared), len(failpoint.All))
	}
	placed := placed(t)
	for name, value := range declared {
		if !slices.Contains(failpoint.All, failpoint.Point(value)) {
			t.Errorf("%s is not listed", name)
		}
		if placed[name] != 1 {
			t.Errorf("%s stands at %d places", name, placed[name])
		}
	}
	for name := range placed {
		if declared[name] == "" {
			t.Errorf("%s is placed and not declared", name)
		}
	}
}

// declared reads the constants off the source, name to value.
func declared(t *testing.T) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "points.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "Point" {
			lit, ok := v.Values[0].(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s has no plain name", v.Names[0].Name)
			}
			out[v.Names[0].Name] = strings.Trim(lit.Value, `"`)
		}
		return true
	})
	return out
}

// placed counts failpoint.Hit(failpoint.NAME) in the program.
func placed(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 || !is(call.Fun, "Hit") {
				return true
			}
			if arg, ok := call.Args[0].(*ast.SelectorExpr); ok && is(call.Args[0], arg.Sel.Name) {
				out[arg.Sel.Name]++
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// is says whether an expression is failpoint.NAME.
func is(e ast.Expr, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && pkg.Name == "failpoint" && s.Sel.Name == name
}
