package test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// released adds a victim of a name to a case, who agrees that something goes to a
// receiving service, and gives it there.
func (w *world) released(f file, name string, categories ...string) client.Recorded {
	w.t.Helper()
	victim := w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": f.id, "given": name, "paterno": "Palomarín", "birth": "1994-02-03", "role": "victim", "source": "observation"})
	consent := w.take("us", "ravenel", wire.PurposeProtection, "protection.consent", map[string]any{"case": f.id, "person": victim, "for": wire.PurposeProtection, "service": "shelter",
		"service_name": "Casa Tecolotl", "categories": categories, "until": time.Now().AddDate(0, 1, 0), "told": true, "language": "es"})
	done, err := w.as("us", "ravenel", wire.PurposeProtection).Take(w.t.Context(), "protection.release_htcds", "", map[string]any{"case": f.id, "person": victim, "consent": consent,
		"service": "Casa Tecolotl", "reason": "A bed from tonight on"})
	w.ok(err)
	return done
}

// TestAVictimsFileLeavesByOneDoor: what was released to a service is read at its
// own address by whoever released it, and by no other door and nobody else: not
// in an export, a list, the feed of changes, the history or the journal.
func TestAVictimsFileLeavesByOneDoor(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	done := w.released(f, "Tlanextli", "identity")
	desk := w.as("us", "ravenel", wire.PurposeProtection)
	var got protection.ReleasedFile
	w.ok(desk.Get(t.Context(), "releases/"+done.Facts[0], &got))
	if !strings.Contains(got.Content, "Tlanextli,,Palomarín,1994-02-03") || !strings.Contains(got.Content, "Casa Tecolotl") {
		t.Errorf("the file: %s", got.Content)
	}
	for login, purpose := range map[string]string{"kestrelle": wire.PurposeProtection, "lockridge": wire.PurposeProsecution, "garnick": wire.PurposeOversight, "ravenel": wire.PurposeLifeAtRisk} {
		if err := w.as("us", login, purpose).Get(t.Context(), "releases/"+done.Facts[0], nil); !client.IsRefused(err, "access.not_found") {
			t.Errorf("%s for %s: %v", login, purpose, err)
		}
	}
	silent := func(where string, said []byte) {
		for _, word := range []string{"Tlanextli", "Casa Tecolotl", "A bed from tonight"} {
			if strings.Contains(string(said), word) {
				t.Errorf("%s says %q", where, word)
			}
		}
	}
	c := w.as("us", "kestrelle", wire.PurposeProsecution)
	exported, err := c.Take(t.Context(), "case.export", "", map[string]any{"case": f.id, "reason": "own_file"})
	w.ok(err)
	paths := map[string]*client.Client{"exports/" + exported.Facts[0]: c, "lists/" + w.listOf("Tlanextli"): nil, "changes": c, "history/" + f.id: c, "cases/" + f.id: c, "cases/" + f.id + "/protection": c,
		"journal/facts?limit=500": w.as("us", "garnick", wire.PurposeOversight), "exports/" + done.Facts[0]: nil, "copies/" + done.Facts[0]: nil}
	for path, by := range paths {
		var raw json.RawMessage
		if by == nil { // words that were searched stand in a list, and what is no export is not there
			if err := desk.Get(t.Context(), path, &raw); !client.IsRefused(err, "access.not_found") {
				t.Errorf("%s: %v", path, err)
			}
			continue
		}
		w.ok(by.Get(t.Context(), path, &raw))
		silent(path, raw)
	}
	v := w.visitor(t)
	v.signIn("ravenel")
	page := v.get("/releases/" + done.Facts[0])
	v.says(page, http.StatusOK, "Casa Tecolotl")
	v.says(v.get("/people/"+got.Person), http.StatusOK, "Casa Tecolotl")
}
