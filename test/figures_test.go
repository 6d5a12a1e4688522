package test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/export"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// corridor is the id of the corridor of the world's accord.
func (w *world) corridor() string {
	w.t.Helper()
	t, ok := program.TemplateByID("accord-2008")
	if !ok {
		w.t.Fatal("no template of the accord")
	}
	return t.Corridors[0].ID
}

// TestNoDoorTellsAFew: of a corridor in which few referrals were sent, the API, the
// page and the export tell that there are some, and no number by which to count
// them. The other direction, in which there was none, says so.
func TestNoDoorTellsAFew(t *testing.T) {
	w := newWorld(t)
	w.sent(w.file())
	year := time.Now().UTC().Year()
	asked := fmt.Sprintf("corridor=%s&year=%d", w.corridor(), year)

	var api insight.Figures
	w.ok(w.as("us", "whitfield", wire.PurposeOversight).Get(t.Context(), "figures?"+asked, &api))
	var taken export.TakenFigures
	w.ok(w.as("us", "whitfield", wire.PurposeOversight).Get(t.Context(), "figures/taken/"+w.figuresTaken()+"?files=true", &taken))
	for door, f := range map[string]insight.Figures{"API": api, "export": taken.Figures} {
		if len(f.Ways) != 2 || !f.Ways[0].Steps[0].Count.Hidden || f.Ways[1].Steps[0].Count != (insight.Cell{}) {
			t.Fatalf("%s: %+v", door, f)
		}
		for _, way := range f.Ways {
			for _, c := range cellsOf(way) {
				if c.N != 0 {
					t.Errorf("%s tells %+v", door, c)
				}
			}
		}
	}

	v := w.visitor(t)
	v.signIn("whitfield")
	page := v.get("/figures?" + asked)
	v.says(page, http.StatusOK, "Fewer than 11 referrals: too few to be shown.", "No referral was sent.")
	if strings.Contains(page.text, `<td class="r num`) {
		t.Error("the page has a table of what is not shown")
	}
	v.says(v.get("/figures/counted"), http.StatusOK, "Referrals are counted, never people.")

	if len(taken.Files) != 2 {
		t.Fatalf("%d files", len(taken.Files))
	}
	rows := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(taken.Files[0].Content, []byte("\ufeff"))))
	rows.FieldsPerRecord = -1
	all, err := rows.ReadAll()
	w.ok(err)
	if !strings.Contains(all[0][0], "Avery Whitfield") {
		t.Errorf("no mark: %q", all[0])
	}
	months, hidden := 0, 0
	for _, row := range all[4:] {
		for _, cell := range row[1:] {
			if cell == "not shown" {
				hidden++
			} else if strings.ContainsAny(cell, "123456789") {
				t.Errorf("the file tells %q", row)
			}
		}
		if slices.Contains([]string{"January", "December"}, row[0]) {
			months++
		}
	}
	if months != 4 || hidden == 0 {
		t.Errorf("%d months, %d hidden: %q", months, hidden, all)
	}
}

func cellsOf(w insight.Way) (out []insight.Cell) {
	for _, s := range w.Steps {
		out = append(out, s.Count, s.Not, s.Unknown)
		if s.Of != nil {
			out = append(out, *s.Of)
		}
	}
	for _, m := range w.Months {
		out = append(out, m.Sent, m.Accepted, m.Declined, m.Unknown)
	}
	for _, r := range w.Reasons {
		out = append(out, r.Count)
	}
	return append(out, w.Declined)
}
