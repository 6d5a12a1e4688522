package referral

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// tells calls things as the pages do.
type tells struct{ lang i18n.Lang }

func (t tells) Standing(name program.Text) string { return name.In(t.lang) }

func (t tells) Office(at wire.Address) string {
	return map[i18n.Lang]string{i18n.English: "Office ", i18n.Spanish: "Oficina "}[t.lang] + strings.ToUpper(at.Office)
}

func (t tells) About(procedure string, n *packet.Notice) string {
	p, _ := program.ProcedureByID(procedure)
	return packet.Reading{Teller: casefile.Teller{Lang: t.lang}, Procedure: p}.Title(n)
}

// An inbox narrowed by words gives what a walk through all of it would: every part
// of what a row says finds it, alone and with others, in both languages and page by
// page, and nothing else does.
func TestWordsFindWhatAWalkWould(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for range 3 {
		_, id := w.sent()
		ids = append(ids, id)
	}
	w.do(w.mp, &SignForAnalysis{Referral: ids[0], Undertakes: true})
	w.do(w.mp, &Accept{Referral: ids[0]})
	w.do(w.mp, &SignForAnalysis{Referral: ids[1], Undertakes: true})
	f := w.theFile()
	w.do(w.agent, &Draft{Case: f.id, Node: "mx", Office: "fgr-tamps"})
	drawn := rand.New(rand.NewPCG(1, 2))
	for _, at := range []struct {
		ask func(Asked) (Inbox, error)
	}{
		{func(a Asked) (Inbox, error) {
			return ListInbox(t.Context(), w.us.Acts, w.agent, wire.PurposeProsecution, a)
		}},
		{func(a Asked) (Inbox, error) {
			return ListInbox(t.Context(), w.mx.Acts, w.mp, wire.PurposeProsecution, a)
		}},
	} {
		for _, l := range i18n.Languages() {
			tell := tells{l}
			all, err := at.ask(Asked{Limit: 100})
			if err != nil || len(all.Rows) < 3 {
				t.Fatalf("%d rows: %v", len(all.Rows), err)
			}
			for _, words := range append(parts(drawn, all.Rows, tell), "zzz", "  ", "r", "%", "_", all.Rows[0].Number+"x") {
				var want, got []string
				for _, r := range all.Rows {
					if r.says(strings.Fields(strings.ToLower(words)), tell) {
						want = append(want, r.ID)
					}
				}
				for after, first := "", true; first || after != ""; first = false {
					in, err := at.ask(Asked{Limit: 1, After: after, Words: words, Tell: tell})
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range in.Rows {
						got = append(got, r.ID)
					}
					after = in.Next
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s: %q finds %v, a walk finds %v", l, words, got, want)
				}
			}
		}
	}
}

// parts are pieces of what rows say, as somebody might type them.
func parts(drawn *rand.Rand, rows []Row, t tells) (out []string) {
	for range 150 {
		r := rows[drawn.IntN(len(rows))]
		var words []string
		for range 1 + drawn.IntN(3) {
			said := []rune(strings.Join([]string{r.Number, t.About(r.Procedure, r.Notice), t.Office(r.Other()), t.Standing(r.StateName)}, " "))
			from := drawn.IntN(len(said))
			words = append(words, string(said[from:min(len(said), from+1+drawn.IntN(6))]))
		}
		out = append(out, strings.Join(words, " "))
	}
	return append(out, fmt.Sprintf("%s %s", rows[0].Number, strings.ToUpper(t.Standing(rows[0].StateName))))
}
