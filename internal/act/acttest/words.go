package acttest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
)

// RefusalsHaveWords reads every refusal off the source of the package under
// test and demands, in both languages, its sentence and what to do next, with
// no parameter in them that the source does not give. least is how many codes
// there are at least, so that the test notices when it reads nothing.
func RefusalsHaveWords(t *testing.T, least int) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if code, params, ok := refusalIn(n); ok {
				found[code] = true
				sentence(t, name, "refusal."+code, params)
				sentence(t, name, "refusal."+code+".next", params)
			}
			return true
		})
	}
	if len(found) < least {
		t.Errorf("only %d codes found, not %d", len(found), least)
	}
}

// refusalIn reads refusal.New("code", "Name", value…) and its like.
func refusalIn(n ast.Node) (code string, params map[string]any, ok bool) {
	call, isCall := n.(*ast.CallExpr)
	if !isCall || len(call.Args) == 0 {
		return "", nil, false
	}
	fun, isSel := call.Fun.(*ast.SelectorExpr)
	if !isSel {
		return "", nil, false
	}
	pkg, isID := fun.X.(*ast.Ident)
	if !isID || pkg.Name != "refusal" || fun.Sel.Name != "New" && fun.Sel.Name != "Conflict" {
		return "", nil, false
	}
	if code, ok = text(call.Args[0]); !ok {
		return "", nil, false
	}
	params = map[string]any{}
	for i := 1; i+1 < len(call.Args); i += 2 {
		if name, named := text(call.Args[i]); named {
			params[name] = 2
		}
	}
	return code, params, true
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func sentence(t *testing.T, where, key string, params map[string]any) {
	t.Helper()
	if !i18n.Has(key) {
		t.Errorf("%s: %s has no text", where, key)
		return
	}
	for _, l := range i18n.Languages() {
		if got := i18n.T(l, key, params); got == key || strings.Contains(got, "<no value>") {
			t.Errorf("%s: %s in %s names a parameter that is not given: %s", where, key, l, got)
		}
	}
}

// VerbsHaveWords demands the name of every command of a package.
func VerbsHaveWords(t *testing.T, verbs func(act.Verbs)) {
	t.Helper()
	v := act.Verbs{}
	verbs(v)
	for verb := range v {
		sentence(t, "verb", "verb."+verb, nil)
	}
}

// CodesHaveWords demands a name for each code of a closed list, under
// "PREFIX.CODE".
func CodesHaveWords(t *testing.T, prefix string, codes ...string) {
	t.Helper()
	if len(codes) == 0 {
		t.Errorf("%s has no codes", prefix)
	}
	for _, c := range codes {
		sentence(t, "list", prefix+"."+c, nil)
	}
}
