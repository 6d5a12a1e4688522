package program

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
)

// The drafts had 53 clocks and 58 offences. Every one is here, in its country,
// and none is better verified than its draft.
func TestEveryDraftedRowIsCarried(t *testing.T) {
	f, err := os.Open("testdata/drafted.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	count := map[string]int{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		w := strings.Fields(lines.Text())
		if len(w) != 4 || w[0] == "#" {
			continue
		}
		count[w[0]]++
		country, verified := "", Verified("")
		if w[0] == "clock" {
			if c, ok := ClockByID(w[1]); ok {
				country, verified = c.Country, c.Verified
			}
		} else if o, ok := OffenceByID(w[1]); ok {
			country, verified = o.Country, o.Verified
		}
		if country != w[2] || verified != Verified(w[3]) {
			t.Errorf("%s %s: carried as %q, verified %q; the draft has %s, %s", w[0], w[1], country, verified, w[2], w[3])
		}
	}
	if count["clock"] != 53 || count["offence"] != 58 {
		t.Errorf("the list of drafts has %d clocks and %d offences", count["clock"], count["offence"])
	}
	if len(Offences()) != 58 || len(Clocks()) != 73 {
		t.Errorf("%d offences and %d clocks are carried; want the 58 drafted, and the 53 drafted with 10 targets for the steps of the procedures, one for a withdrawn consent, one for a life at risk, one for a consular notice, 2 of the former law and 5 for requests by persons", len(Offences()), len(Clocks()))
	}
	for _, c := range Clocks() {
		if strings.HasPrefix(c.ID, "prog-") && (c.Verified.Sure() || c.Kind == "legal") {
			t.Errorf("%s is the programme's own and is shown as law", c.ID)
		}
	}
}

// What nobody established says so, in both languages.
func TestInForceSince(t *testing.T) {
	for _, c := range []struct{ offence, en, es string }{
		{"mx-lm-159-i", "in force since 26 May 2011", "en vigor desde el 26 may 2011"},
		{"mx-lgp-138", "in force since: not established", "en vigor desde: no establecido"},     // the day is null
		{"us-1324-a1-i", "in force since: not established", "en vigor desde: no establecido"},   // a day that nobody has verified
		{"mx-cpf-289-293", "in force since: not established", "en vigor desde: no establecido"}, // neither
	} {
		o, _ := OffenceByID(c.offence)
		if en, es := o.Since(i18n.English), o.Since(i18n.Spanish); !strings.EqualFold(en, c.en) || !strings.EqualFold(es, c.es) {
			t.Errorf("%s: %q, %q", c.offence, en, es)
		}
	}
}

// A node has to be ready in 200 ms: what is carried is read and compiled at
// once, and never linted, when it starts. The bound leaves room for a busy machine.
func TestLoadingDoesNotLint(t *testing.T) {
	begun := time.Now()
	for _, p := range Procedures() {
		src, err := data.ReadFile("data/procedures/" + p.ID + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseProcedure(src); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("reading the procedures took %s", took)
	}
}

// BenchmarkLoad is the start of a node: every file read and compiled.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		for _, id := range []string{"mx-accusatory-2016", "us-mirror-2016"} {
			src, _ := data.ReadFile("data/procedures/" + id + ".yaml")
			if _, err := ParseProcedure(src); err != nil {
				b.Fatal(err)
			}
		}
		read[struct {
			Version  string            `yaml:"catalogue_version"`
			AsOf     map[string]string `yaml:"as_of"`
			Offences []*Offence        `yaml:"offences"`
		}]("offences.yaml")
		read[struct {
			Version string  `yaml:"clocks_version"`
			Clocks  []Clock `yaml:"clocks"`
		}]("clocks.yaml")
		read[places]("places.yaml")
		read[words]("words.yaml")
	}
}
