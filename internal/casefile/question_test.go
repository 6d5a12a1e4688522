package casefile

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/shelf"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// objects are what was found, as "noun case-number", newest first.
func objects(hits []Hit) (out []string) {
	for _, h := range hits {
		out = append(out, h.Noun+" "+h.Number)
	}
	return out
}

// TestASearchIsNarrowed: each part of a question leaves out what is not so, also
// without a word, and what changes is found as it is now.
func TestASearchIsNarrowed(t *testing.T) {
	k := open(t)
	first := k.must(&Open{Title: "one"})
	k.must(&AddEvent{Case: first, EventFields: EventFields{When: "2026-05-31T23:30", Mode: "river", PlaceName: "Anzalduas"}})
	second := k.must(&Open{Title: "two", Handling: "H2"})
	k.must(&AddEvent{Case: second, EventFields: EventFields{When: "2026-06-01T00:30", Mode: "river", PlaceName: "Anzalduas"}})
	k.must(&AddPerson{Case: second, Age: "adult", Particulars: Particulars{Given: "Rogelio", Paterno: "Quintero"}, RoleFields: role})
	k.must(&SetStatus{Case: first, Status: StatusClosed})
	for name, x := range map[string]struct {
		ask  Question
		want []string
	}{
		"a kind":                      {Question{Noun: "event"}, []string{"event RGV-26-0001", "event RGV-26-0002"}},
		"closed":                      {Question{Status: StatusClosed, Noun: "case"}, []string{"case RGV-26-0001"}},
		"open, a word":                {Question{Status: StatusOpen, Words: "anzaldúas"}, []string{"event RGV-26-0002"}},
		"a handling code":             {Question{Handling: "H2", Noun: "case"}, []string{"case RGV-26-0002"}},
		"until a day":                 {Question{Noun: "event", To: "2026-05-31"}, []string{"event RGV-26-0001"}},
		"from a day":                  {Question{Noun: "event", From: "2026-06-01"}, []string{"event RGV-26-0002"}},
		"a year":                      {Question{Words: "anzalduas", From: "2026-01-01", To: "2026-12-31"}, []string{"event RGV-26-0001", "event RGV-26-0002"}},
		"the year before":             {Question{Noun: "event", To: "2025-12-31"}, nil},
		"the office":                  {Question{Noun: "person", Office: "usbp-rgv"}, []string{"person RGV-26-0002"}},
		"an office that owns none":    {Question{Noun: "person", Office: "ofo-laredo"}, nil},
		"nothing":                     {Question{}, nil},
		"blanks are nothing":          {Question{Words: "  "}, nil},
		"a suspect of a closed case":  {Question{Words: "quintero", Status: StatusClosed}, nil},
		"all parts of it at the same": {Question{Words: "quint", Noun: "person", Status: StatusOpen, Handling: "H2", Office: "usbp-rgv", From: "2026-01-01"}, []string{"person RGV-26-0002"}},
	} {
		got := objects(k.ask(k.agent, x.ask).Hits)
		slices.Sort(got)
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %v, not %v", name, got, x.want)
		}
	}
	k.must(&SetStatus{Case: first, Status: StatusOpen})
	if got := objects(k.ask(k.agent, Question{Status: StatusClosed}).Hits); got != nil {
		t.Errorf("opened again, and still found as closed: %v", got)
	}
	for code, q := range map[string]Question{"search.filter": {Noun: "screening"}, "search.days": {From: "2026-06-02", To: "2026-06-01"}} {
		if _, err := Find(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, q, ""); !refusal.Is(err, code) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if got := k.ask(k.other, Question{Noun: "event"}).Hits; len(got) > 0 {
		t.Errorf("another office finds %v", got)
	}
}

// TestPagesOfASearchMissNothing: the pages together are the whole, each hit
// once, also when something new comes between two of them; a place is its
// account's own.
func TestPagesOfASearchMissNothing(t *testing.T) {
	k := open(t)
	const cases = pageHits*2 + 7
	for n := range cases {
		k.must(&Open{Title: fmt.Sprint("case ", n)})
	}
	ask := func(after string) Hits {
		h, err := Find(context.Background(), k.Acts, k.agent, wire.PurposeProsecution, Question{Noun: "case"}, after)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	page := ask("")
	if len(page.Hits) != pageHits || page.Next == "" {
		t.Fatalf("first page: %d, next %q", len(page.Hits), page.Next)
	}
	if _, err := Find(context.Background(), k.Acts, k.other, wire.PurposeProsecution, Question{Noun: "case"}, page.Next); !refusal.Is(err, "search.cursor") {
		t.Errorf("another account goes on from it: %v", err)
	}
	k.must(&Open{Title: "new"})
	seen := map[string]bool{}
	for {
		for _, h := range page.Hits {
			if seen[h.Object] {
				t.Errorf("%s comes twice", h.Number)
			}
			seen[h.Object] = true
		}
		if page.Next == "" {
			break
		}
		page = ask(page.Next)
	}
	if len(seen) != cases {
		t.Errorf("%d of %d", len(seen), cases)
	}
}

// TestEveryBeginningFinds: a word is found by whatever part one has typed, folded,
// a number typed in groups and a word longer than the index tells apart included.
func TestEveryBeginningFinds(t *testing.T) {
	k := open(t)
	c := k.must(&Open{Title: "one"})
	const long = "Transportesdelnortedecoahuila" // 29 letters
	k.must(&AddOrganisation{Case: c, OrganisationFields: OrganisationFields{Name: long + " Águila", Kind: "carrier"}})
	for words, found := range map[string]int{"t": 1, "trans": 1, "TRANSPORTES": 1, long: 1, "agu": 1, "águila trans": 1, "guila": 0, "transportes sur": 0, long[:20] + "x": 0} {
		if got := k.ask(k.agent, Question{Words: words}).Hits; len(got) != found {
			t.Errorf("%q finds %d, want %d", words, len(got), found)
		}
	}
	if got := beginnings("Ñu ñu-7 " + long); len(got) != 2+1+longestBeginning {
		t.Errorf("%q", got)
	}
}

// TestAnIndexOfAnEarlierFormIsMadeAnew: what was indexed before rows were
// narrowed is found by what narrows.
func TestAnIndexOfAnEarlierFormIsMadeAnew(t *testing.T) {
	k := open(t)
	k.must(&Open{Title: "one"})
	err := k.DB.Write(context.Background(), func(tx *store.Tx) error {
		if err := textOf(tx).empty(tx); err != nil {
			return err
		}
		return tx.Exec(`DELETE FROM search_form`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := k.ask(k.agent, Question{Noun: "case"}).Hits; len(got) != 0 {
		t.Fatalf("found without an index: %v", got)
	}
	for range 2 { // the second time nothing is to do
		if err := Index(k.Ring).Current(context.Background(), k.DB); err != nil {
			t.Fatal(err)
		}
	}
	if got := k.ask(k.agent, Question{Noun: "case"}).Hits; len(got) != 1 {
		t.Errorf("after it was made anew: %v", got)
	}
}

// TestWhatSomebodyKeepsIsTheirs: a kept search is seen and ended by nobody else.
func TestWhatSomebodyKeepsIsTheirs(t *testing.T) {
	k := open(t)
	ctx := context.Background()
	keep := func(name string, q Question) error {
		return KeepView(ctx, k.Acts, k.agent, SavedView{Name: name, Purpose: wire.PurposeProsecution, Question: q})
	}
	if err := keep("Quintero", Question{Words: "quintero"}); err != nil {
		t.Fatal(err)
	}
	if err := keep("Quintero", Question{Words: "rogelio quintero"}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{"no name": keep(" ", Question{Noun: "case"}), "asks nothing": keep("x", Question{})} {
		if !refusal.Is(err, "search.view_name") {
			t.Errorf("%s: %v", name, err)
		}
	}
	views := func(by access.Actor) []SavedView {
		v, err := Views(ctx, k.Acts, by)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	own := views(k.agent)
	if len(own) != 1 || own[0].Question.Words != "rogelio quintero" {
		t.Fatalf("%+v", own)
	}
	if v := views(k.other); len(v) != 0 {
		t.Errorf("another sees %+v", v)
	}
	if err := DropView(ctx, k.DB, k.other.User, own[0].ID); err != nil || len(views(k.agent)) != 1 {
		t.Errorf("another ended it: %v", err)
	}
	if err := DropView(ctx, k.DB, k.agent.User, own[0].ID); err != nil || len(views(k.agent)) != 0 {
		t.Errorf("its owner could not end it: %v", err)
	}
	for n := range shelf.Most {
		if err := keep(fmt.Sprint(n), Question{Noun: "case"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := keep("one more", Question{Noun: "case"}); !refusal.Is(err, "search.view_full") {
		t.Errorf("one more: %v", err)
	}
}
