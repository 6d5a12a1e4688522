package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/quietport"
)

// commands are the lines of a guide that a reader copies: its sh blocks.
func commands(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../docs", name))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	inside := false
	for line := range strings.Lines(string(text)) {
		switch {
		case line == "```sh\n":
			inside = true
		case line == "```\n":
			inside = false
		case inside:
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

func TestBothOperatorsGuidesHaveTheSameCommands(t *testing.T) {
	english, spanish := commands(t, "operator.md"), commands(t, "operador.md")
	if english != spanish {
		a, b := strings.Split(english, "\n"), strings.Split(spanish, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d: %q and %q", i+1, a[i], b[i])
			}
		}
		t.Fatalf("%d and %d lines", len(a), len(b))
	}
}

// TestTheOperatorsGuideIsTrue does what the guide says, line by line, in an
// empty folder: two nodes come up, are founded, paired and in an accord, are
// examined, backed up and verified. Only its ports are others.
func TestTheOperatorsGuideIsTrue(t *testing.T) {
	script := commands(t, "operator.md")
	if strings.Count(script, "\n") < 60 {
		t.Fatalf("only this was found in the guide:\n%s", script)
	}
	var other []string
	for _, port := range []string{"8443", "8444", "9443", "9444"} {
		address, err := quietport.Address()
		if err != nil {
			t.Fatal(err)
		}
		_, number, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		other = append(other, port, number)
	}
	script = strings.NewReplacer(other...).Replace(script)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	dir := t.TempDir()
	// -e: a line that fails ends the guide; whatever ends it ends its nodes, too
	cmd := exec.CommandContext(ctx, "bash", "-e", "-u", "-o", "pipefail", "-c", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"+script)
	cmd.Dir = dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "OASISS_") }), "OASISS_HOME="+filepath.Join(dir, "home"), "LANG=C")
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		for _, log := range []string{"us.log", "mx.log"} {
			b, _ := os.ReadFile(filepath.Join(dir, log))
			out = append(out, b...)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"mx answers at https://localhost:", "0 faults.", "us responde en", "Two custodians hold these keys", "0 fallas."} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
}

var (
	criterion = regexp.MustCompile(`\d\.\d+\.\d+`)
	answers   = map[string]string{"Supports": "Cumple", "Partly": "En parte", "Not applicable / partly": "No aplica / en parte", "Not evaluated": "Sin evaluar"}
)

// TestAccessibilityReportSaysTheSameInBothLanguages holds the two reports line by
// line: the same headings and lists, and for the same criteria the same answer.
func TestAccessibilityReportSaysTheSameInBothLanguages(t *testing.T) {
	read := func(name string) (out [][]string) {
		text, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			switch {
			case strings.HasPrefix(line, "|"):
				out = append(out, strings.Split(strings.TrimSpace(line), "|"))
			case strings.HasPrefix(line, "#"), strings.HasPrefix(line, "- "):
				mark, _, _ := strings.Cut(line, " ")
				out = append(out, []string{mark})
			}
		}
		return out
	}
	english, spanish := read("accessibility.md"), read("accesibilidad.md")
	if len(english) != len(spanish) || len(english) < 60 {
		t.Fatalf("%d and %d lines", len(english), len(spanish))
	}
	for i, en := range english {
		es := spanish[i]
		if len(en) != len(es) || len(en) == 1 && en[0] != es[0] {
			t.Errorf("%q and %q", en, es)
			continue
		}
		if len(en) < 5 || !criterion.MatchString(en[1]) {
			continue
		}
		if a, b := criterion.FindAllString(en[1], -1), criterion.FindAllString(es[1], -1); !slices.Equal(a, b) {
			t.Errorf("criteria %v and %v", a, b)
		}
		if a, b := strings.TrimSpace(en[2]), strings.TrimSpace(es[2]); answers[a] == "" || answers[a] != b {
			t.Errorf("%s: %q and %q", en[1], a, b)
		}
	}
}
