// Package test holds what is checked of the house as a whole.
package test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/oasiss/oasiss/"

// house lists the rooms from the bottom up: a package imports only packages
// that stand before it. docs/architecture.md says what each room is for.
var house = []string{
	"wire", "authenticator", "internal/failpoint", "internal/quietport", "internal/refusal", "internal/i18n", "internal/provider", "internal/provider/providertest", "internal/document", "internal/raster", "internal/program", "internal/store", "internal/store/storetest", "internal/chunk", "internal/seal", "internal/draft", "internal/shelf",
	"internal/journal", "internal/access", "internal/exchange", "internal/act", "internal/act/acttest", "internal/directory",
	"internal/accord", "internal/accord/accordtest", "internal/casefile", "internal/protection", "internal/file", "internal/evidence", "internal/packet", "internal/alert", "internal/consular", "internal/referral", "internal/retention", "internal/warrant", "internal/redress", "internal/mail", "internal/mail/mailtest",
	"internal/network", "internal/decoy", "internal/insight", "examples/import", "internal/intake", "internal/shift", "internal/export", "internal/backup", "internal/watch", "internal/transfer", "client",
	"internal/web/assets", "internal/web/component", "internal/web/view", "internal/web/webtest", "internal/web", "internal/httpapi",
	"internal/node", "internal/doctor", "internal/demo", "cmd/oasiss", "cmd/oasiss-verify", "test", "test/bench",
}

// alone lists packages that may import nothing of the house but what is named:
// what others rely on must stand by itself.
var alone = map[string][]string{
	"wire":              {},
	"authenticator":     {},
	"client":            {"authenticator"},
	"cmd/oasiss-verify": {"wire"},
	"internal/program":  {"internal/refusal", "internal/i18n", "wire"},
}

func TestPackagesImportOnlyWhatStandsBelow(t *testing.T) {
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "bin") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		checkImports(t, filepath.ToSlash(rel), path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, pkg, path string) {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	here := slices.Index(house, pkg)
	if here < 0 {
		t.Errorf("%s: the room %s is not in the plan of the house", path, pkg)
		return
	}
	for _, i := range f.Imports {
		imported, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module)
		if !ours {
			continue
		}
		if there := slices.Index(house, imported); there < 0 || there >= here {
			t.Errorf("%s imports %s, which does not stand below it", path, imported)
		}
		if only, ok := alone[pkg]; ok && !slices.Contains(only, imported) {
			t.Errorf("%s imports %s; it must stand by itself", path, imported)
		}
	}
}
