package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
)

// drawnBy are the routes that draw a page by themselves, with its template.
var drawnBy = map[string]string{
	"GET /sign-in":   "sign_in",
	"GET /locked":    "locked",
	"GET /found":     "form_page",
	"GET /redeem":    "form_page",
	"GET /account":   "own_account",
	"GET /search":    "search",
	"GET /sign/{id}": "confirm",
	"/":              "problem",
}

// noPage are the routes that a browser reads and that are no page, each with the reason.
var noPage = map[string]string{
	"GET " + AssetPrefix:                 "styles, scripts, fonts and pictures",
	"GET " + access.ProviderBack("{id}"): "leads on to the page that sign-in was asked for",
	"GET /screen":                        "a word for a script: how the screen stands",
	"GET /live":                          "the stream that tells an open page of changes",
	"GET /alerts/band":                   "a part of every page, which each fixture with an alert has",
	"GET /letters/open":                  "leads on to what a letter is about",
	"GET /files/{id}/content":            "a file, inert, as it was uploaded",
	"GET /files/{id}/pages/{n}":          "a picture of a page of a file",
	"GET /journal/{id}/proof":            "a file to be verified",
	"GET /lists/{id}/{file}":             "a table for a spreadsheet",
	"GET /charts/{id}/{file}":            "a drawing for another program",
	"GET /figures/taken/{id}/{file}":     "a table for a spreadsheet",
	"GET /copies/{id}/{file}":            "a document to be printed: its accessible twin is held by TestPrinted of package document",
	"GET /releases/{id}/{file}":          "a document to be printed, as copies",
	"GET /hand-overs/{id}/{print}":       "a document to be printed, as copies",
	"GET /requests/{id}/{print}":         "a document to be printed, as copies",
}

// TestEveryPageOfTheRouterIsVisited: what TestPagesAreAccessible opens has every
// template that a route of the real router draws. Which a page draws is read from
// its own source, so that a page cannot be added and never be looked at.
func TestEveryPageOfTheRouterIsVisited(t *testing.T) {
	visited := map[string]bool{}
	for _, s := range everyPage(i18n.English) {
		visited[s.name] = true
	}
	draws := pageTemplates(t)
	server := &Server{Acts: &act.Acts{}, Guard: &access.Guard{}}
	if err := New(http.NewServeMux(), server); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range server.Routes() {
		if method, _, ok := strings.Cut(r.Pattern, " "); ok && method != http.MethodGet {
			continue
		}
		known[r.Pattern] = true
		templates := draws[strings.TrimPrefix(r.Pattern, "GET ")]
		if one := drawnBy[r.Pattern]; one != "" {
			templates = append(templates, one)
		}
		if reason := noPage[r.Pattern]; (reason != "") == (len(templates) > 0) {
			t.Errorf("%s draws %v and is no page because %q", r.Pattern, templates, reason)
		}
		for _, name := range templates {
			if whole, part := strings.CutSuffix(name, "_live"); part {
				within(t, name, whole)
				name = whole
			}
			if !visited[name] {
				t.Errorf("%s draws %s, which no fixture shows: axe never sees it", r.Pattern, name)
			}
		}
	}
	for pattern := range maps.All(noPage) {
		if !known[pattern] {
			t.Errorf("there is no route %s", pattern)
		}
	}
	for pattern := range drawnBy {
		if !known[pattern] {
			t.Errorf("there is no route %s", pattern)
		}
	}
}

// within holds that what an open page asks for again is made of parts that the
// page itself has: it is seen where the page is.
func within(t *testing.T, part, whole string) {
	t.Helper()
	set, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	drawn := regexp.MustCompile(`{{template "(\w+)"`)
	var add func(name string, to map[string]bool)
	add = func(name string, to map[string]bool) {
		for _, m := range drawn.FindAllStringSubmatch(set.Lookup(name).Tree.Root.String(), -1) {
			if !to[m[1]] {
				to[m[1]] = true
				add(m[1], to)
			}
		}
	}
	has, needs := map[string]bool{}, map[string]bool{}
	add(whole, has)
	add(part, needs)
	for name := range needs {
		if !has[name] {
			t.Errorf("%s draws %s, which %s does not", part, name, whole)
		}
	}
}

// TestEveryTemplateOfAPageIsVisited: the same of the pages that answer a form.
func TestEveryTemplateOfAPageIsVisited(t *testing.T) {
	visited := map[string]bool{}
	for _, s := range everyPage(i18n.English) {
		visited[s.name] = true
	}
	files, err := filepath.Glob("templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal("no templates", err)
	}
	pages := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(text), `{{define "`)[1:] {
			name, body, _ := strings.Cut(block, `"`)
			if !strings.Contains(body, `{{template "top"`) {
				continue
			}
			if pages++; !visited[name] {
				t.Errorf("%s is a page that no fixture shows", name)
			}
		}
	}
	if pages < 40 {
		t.Errorf("only %d templates are pages", pages)
	}
}

// source is the package's own code.
type source struct {
	functions map[string]*ast.FuncDecl
	closures  map[string]ast.Node // by the name that they are given
}

// pageTemplates reads which templates each page of this package draws, by its path.
func pageTemplates(t *testing.T) map[string][]string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	src := source{map[string]*ast.FuncDecl{}, map[string]ast.Node{}}
	var calls []*ast.CallExpr
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.FuncDecl:
				src.functions[x.Name.Name] = x
			case *ast.AssignStmt:
				if id, named := x.Lhs[0].(*ast.Ident); named {
					if _, is := x.Rhs[0].(*ast.FuncLit); is {
						src.closures[id.Name] = x.Rhs[0]
					}
				}
			case *ast.CallExpr:
				if s, ok := x.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "page" && len(x.Args) == 4 {
					calls = append(calls, x)
				}
			}
			return true
		})
	}
	out := map[string][]string{}
	for _, c := range calls {
		path, ok := text(c.Args[1])
		if !ok {
			t.Fatalf("the path of a page is no text: %v", c.Args[1])
		}
		out[path] = src.returned(c.Args[3], 0)
		if len(out[path]) == 0 {
			t.Errorf("%s: its source does not say what it draws", path)
		}
	}
	return out
}

func text(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// returned are the templates that a function gives back, or the functions whose
// answer it gives on.
func (s source) returned(n ast.Node, depth int) (names []string) {
	switch x := n.(type) {
	case *ast.SelectorExpr:
		return s.named(x.Sel.Name, depth)
	case *ast.Ident:
		return s.named(x.Name, depth)
	case *ast.CallExpr:
		return s.returned(x.Fun, depth)
	}
	ast.Inspect(n, func(n ast.Node) bool {
		r, ok := n.(*ast.ReturnStmt)
		if !ok {
			return true
		}
		if len(r.Results) == 3 {
			if name, ok := text(r.Results[0]); ok && name != "" {
				names = append(names, name)
			}
		}
		if len(r.Results) == 1 {
			if call, ok := r.Results[0].(*ast.CallExpr); ok {
				names = append(names, s.returned(call.Fun, depth+1)...)
			}
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func (s source) named(name string, depth int) []string {
	if depth > 3 {
		return nil
	}
	if f := s.functions[name]; f != nil {
		return s.returned(f.Body, depth+1)
	}
	if f := s.closures[name]; f != nil {
		return s.returned(f, depth+1)
	}
	return nil
}
