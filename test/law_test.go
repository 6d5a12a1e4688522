package test

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
)

var updateLaw = flag.Bool("update-law", false, "write docs/law-coverage.md")

// points are the provisions that bind the software, most telling first, and
// what each demands of it. A test shows one by naming it in its comment:
// "Law: 7, 10."
var points = []struct{ law, demands string }{
	{"CNPP 434, 439-III, 455", "What went from agency to agency counts only as *indicio* until formalised through the central authorities; every item has a channel."},
	{"CNPP 304–306", "Advance evidence can be asked from the complaint on, before any arrest or hand-over."},
	{"CNPP 386", "A witness who may be lost needs advance evidence: the clock says so."},
	{"8 USC 1324(d)", "A videotaped deposition of a witness who was expelled is a kind of statement of its own."},
	{"8 USC 1232(a)(4), (b)(2), (b)(3)", "Three clocks for an unaccompanied child, each from its own event."},
	{"Ley de Migración 52-V, 113, 120, 133", "The humanitarian card is offered to foreigners for crimes in Mexican territory only."},
	{"CNPP 187, 192, 202, 256", "Outcomes that art. 159 does not admit are not offered."},
	{"Const. 19; CNPP 167", "No pre-trial detention is promised for smuggling."},
	{"CNPP 141–150", "Arrest rests on a warrant or an urgent case; the judge decides on a warrant in 24 hours; after a return there is no *flagrancia*."},
	{"Ley de Migración 159, 161", "Penalties as in the text in force, with dates."},
	{"CPF 56; LGP 138; decree of 25-05-2011", "Law at the date of the facts, and the more favourable later law."},
	{"Decree of 27-01-2016, third transitory", "Fines in days and units of measure, never in pesos."},
	{"LGPDPPSO 59–65 (2025)", "A legal ground for each transfer; the receiver undertakes the purpose."},
	{"Const. 20-C-V; CNPP 106, 109-XXVI", "An identity is shielded on a ground: automatic, or by order."},
	{"8 USC 1367", "What is asked for T, U or VAWA relief never leaves the node."},
	{"18 USC 3298, 3299; CPF 101, 105", "Two limitation clocks."},
	{"CPF 2-I, 4; Const. 23; CPF 118", "A basis of jurisdiction, offence in both countries, nobody tried twice."},
	{"Ley de Migración 159", "Profit must be shown before anything is sent."},
	{"Ley de la trata 25; LNSIJPA 1, 4, 5, 145", "A child who guided is never referred as a suspect."},
	{"Extortion Act of 28-11-2025", "Ransom of migrants has its rows, dated."},
	{"LFGR (2021)", "Specialised units are found by the offence."},
	{"Const. 21 (2024)", "Police and the security ministry investigate under the prosecutor; charging stays with the prosecutor."},
	{"CNPP 45, 46", "The original is kept; no party or witness interprets."},
	{"CNPP 277, 279", "A line-up is recorded with who conducted it, in order, in the witness's words."},
	{"CNPP 303; 18 USC 2702(c)(4)", "An alert that locates a telephone records its legal basis."},
	{"VCCR 36(1)(b), (c)", "The consulate is told without delay when the person asks, after being told of the right; it may see the person."},
	{"8 CFR 236.1(e)", "Nothing of a fear of return or an asylum claim reaches the consulate, whatever was answered."},
	{"CNPP 151", "A foreigner held in Mexico is told of the right, and the consulate unless the person refuses."},
}

var lawNamed = regexp.MustCompile(`(?m)^Law: ([\d, ]+)\.$`)

// TestLawCoverage holds docs/law-coverage.md against the tests that name a
// point of law. "go test ./test -run LawCoverage -update-law" writes it.
func TestLawCoverage(t *testing.T) {
	shown := map[int][]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".cache" || d.Name() == ".git") {
			return cmp.Or(err, fs.SkipDir)
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		return namedIn(path, shown)
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := range points {
		if len(shown[n+1]) == 0 {
			t.Errorf("point %d is shown by no test", n+1)
		}
	}
	want := coverage(shown)
	const file = "../docs/law-coverage.md"
	if *updateLaw {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file); err != nil || string(have) != want {
		t.Errorf("docs/law-coverage.md is not what the tests say (%v)", err)
	}
}

// namedIn adds the tests of one file that name points.
func namedIn(path string, shown map[int][]string) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Doc == nil {
			continue
		}
		for _, m := range lawNamed.FindAllStringSubmatch(fn.Doc.Text(), -1) {
			for n := range strings.SplitSeq(m[1], ",") {
				i, err := strconv.Atoi(strings.TrimSpace(n))
				if err != nil || i < 1 || i > len(points) {
					return fmt.Errorf("%s: %s names the point %q", path, fn.Name.Name, n)
				}
				shown[i] = append(shown[i], fmt.Sprintf("[%s](%s)", fn.Name.Name, filepath.ToSlash(path)))
			}
		}
	}
	return nil
}

func coverage(shown map[int][]string) string {
	var b strings.Builder
	b.WriteString("# Law and the tests that show it\n\nReference data, not legal advice. Written by `go test ./test -run LawCoverage -update-law` from the tests that name a\npoint; the same test fails when this page and the tests differ.\n\n| # | Provision | What it demands of the software | Shown by |\n|---|---|---|---|\n")
	for i, p := range points {
		by := slices.Sorted(slices.Values(shown[i+1]))
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", i+1, p.law, p.demands, strings.Join(by, ", "))
	}
	b.WriteString("\n## What the safety measures rest on\n\nWritten from `internal/protection/measures.yaml`. *Read*: the provision in its official text. *Reproduction*: a part of it only in a\nreproduction or summary. *Unverified*: not read; the page says so beside the measure. *Programme rule*: no law says it.\n\n| Measure | Country | Source | Verified |\n|---|---|---|---|\n")
	for _, topic := range protection.Topics {
		for _, m := range protection.Measures(topic) {
			fmt.Fprintf(&b, "| %s (`%s`) | %s | %s | %s |\n", m.Name.En, m.ID, cmp.Or(m.Country, "both"), m.Source.En, standing(m))
		}
	}
	return b.String()
}

// standing is how far the source of a measure was checked, in words.
func standing(m protection.Measure) string {
	switch {
	case m.Source.En == "programme rule":
		return "programme rule"
	case m.Verified.Sure():
		return "read"
	case m.Verified == program.Secondary:
		return "reproduction"
	}
	return "**unverified**"
}
