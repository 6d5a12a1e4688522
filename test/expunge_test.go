package test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hpke"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/redress"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/retention"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// TestAPersonIsExpungedOnBothNodes plays a case to the dismissal abroad, which
// starts the same purge clock on both nodes; a correction that the person was
// granted travels and is receipted; then the person is forgotten here and the
// other node is asked. It first retains, on a legal ground, then expunges, and
// both answers show on both nodes. Before, whoever holds a node's store and
// keys can read who the person is; afterwards nobody can, in tables, bodies,
// files, logs or a later backup, and both journals verify (R21, R26).
func TestAPersonIsExpungedOnBothNodes(t *testing.T) {
	log := &written{}
	w := emptyWorld(t)
	w.log = slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})
	w.fromFirst()
	f := w.file()
	w.take("us", "ravenel", wire.PurposeProtection, "protection.consent", map[string]any{"case": f.id, "person": f.witness, "for": wire.PurposeProsecution, "node": "mx",
		"categories": []string{"identity", "statement"}, "until": time.Now().AddDate(1, 0, 0), "told": true, "language": "es"})
	face := w.put(f, "Xochiquetzal at the river.png", f.witness, []byte("\x89PNG\r\n\x1a\nface of Xochiquetzal"))
	referral := w.sent(f)
	w.take("us", "kestrelle", wire.PurposeProsecution, "referral.send_file", map[string]any{"referral": referral, "file": face})
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.there(referral, "referral.accept", map[string]any{})
	w.until(func() error { // the identity leaves on the acceptance
		var r struct {
			State string `json:"state"`
		}
		err := w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "referrals/"+referral, &r)
		if err == nil && r.State != "accepted" {
			err = errors.New("the acceptance has not come: " + r.State)
		}
		return err
	})
	words := map[string]string{"her name": "Xochiquetzal", "her family's name": "Palomarín", "her corrected name": "Ocaranza",
		"what she carried": "Rosary of Zquintalvo", "why it did not come": "Taken from her at Ixtlamacoya", "what nobody announced": "Letter from Tzicuilan"}
	w.corrected(f, referral)
	w.returns(f, referral)
	for _, step := range []string{"record_imputation", "record_bound_over", "record_dismissal"} {
		w.there(referral, "referral.step", map[string]any{"step": step})
	}
	w.there(referral, "referral.dispose", map[string]any{"form": "dismissal", "reason": "judgment"})
	w.there(referral, "referral.sign_step", map[string]any{"step": "report_outcome"})
	w.until(func() error {
		_, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(t.Context(), "referral.step", "", map[string]any{"referral": referral, "step": "close"})
		return err
	})
	w.sameTerms(f)
	for _, n := range []string{"us", "mx"} {
		seen := w.legible(n, w.nodes[n].Acts.DB)
		for what, word := range words {
			if !bytes.Contains(seen.text, []byte(word)) {
				t.Fatalf("%s cannot read %s before it is expunged: %d of %d parts open", n, what, seen.opened, seen.parts)
			}
		}
	}

	order := w.take("us", "lockridge", wire.PurposeProsecution, "journal.expunge", map[string]any{"person": f.witness, "ground": "erasure_granted", "order": "Request 3 of 2026"})
	w.take("us", "northcutt", wire.PurposeProsecution, "journal.expunge_confirm", map[string]any{"order": order})
	request := w.asked("mx", "escamillar", "").ID
	w.take("mx", "escamillar", wire.PurposeProsecution, "retention.retain", map[string]any{"request": request, "ground": "archive_law", "until": time.Now().AddDate(1, 0, 0)})
	for n, login := range map[string]string{"us": "lockridge", "mx": "escamillar"} {
		if q := w.asked(n, login, retention.OutcomeRetained); q.Retains != "archive_law" || q.Review.IsZero() || q.AnswerBy != "Graciana Escamillar" {
			t.Errorf("%s shows %+v", n, q)
		}
	}
	order = w.take("mx", "escamillar", wire.PurposeProsecution, "retention.erase", map[string]any{"request": request, "ground": "erasure_granted", "order": "Oficio 77/2026"})
	w.take("mx", "frondosa", wire.PurposeProsecution, "retention.erase_confirm", map[string]any{"order": order})
	for n, login := range map[string]string{"us": "lockridge", "mx": "escamillar"} {
		w.asked(n, login, retention.OutcomeExpunged)
	}
	searched := 0
	for _, n := range []string{"us", "mx"} {
		searched += w.nowhere(n, words)
	}
	holds(t, "the log", log.bytes(), words)
	t.Logf("%d words looked for in %d places besides the log: tables, bodies, parts that open, files, later backups", len(words), searched)
}

// corrected: the person asks through the consulate that the name is put right;
// it is refused without a correction, granted with it, told to the other node,
// and somebody there receipts it.
func (w *world) corrected(f file, referral string) {
	t := w.t
	id := w.take("us", "ravenel", wire.PurposeProtection, "redress.receive", map[string]any{"person": f.witness, "right": "rectification", "brought": "consulate", "checked": "consular_record", "lang": "es",
		"words": "Mi segundo apellido es Ocaranza.", "contact": "Consulado en McAllen"})
	granted := map[string]any{"request": id, "outcome": "granted", "reasons": "Se corrigió su segundo apellido."}
	_, err := w.as("us", "ravenel", wire.PurposeProtection).Take(t.Context(), "redress.answer", "", granted)
	if !client.IsRefused(err, "redress.not_corrected") {
		t.Errorf("granted, and nothing corrected: %v", err)
	}
	_, err = w.as("us", "ravenel", wire.PurposeProtection).Take(t.Context(), "redress.answer", "", map[string]any{"request": id, "outcome": "refused", "reasons": "No."})
	if !client.IsRefused(err, "redress.ground") {
		t.Errorf("refused without a ground: %v", err)
	}
	w.take("us", "kestrelle", wire.PurposeProsecution, "case.correct_person", map[string]any{"person": f.witness, "reason": "new_information", "given": "Xochiquetzal", "paterno": "Palomarín", "materno": "Ocaranza", "birth": "1999-05-05", "nationalities": []string{"MX"}})
	w.take("us", "ravenel", wire.PurposeProtection, "redress.acknowledge", map[string]any{"request": id})
	w.take("us", "ravenel", wire.PurposeProtection, "redress.answer", granted)
	var there redress.View
	w.until(func() error {
		err := w.as("mx", "escamillar", wire.PurposeProsecution).Get(t.Context(), "person-requests", &there)
		if err == nil && len(there.Corrections) == 0 {
			err = errors.New("no correction has come")
		}
		return err
	})
	c := there.Corrections[0]
	if c.Referral != referral || c.Identity == nil || c.Identity.Materno != "Ocaranza" || !c.Ours || !slices.Contains(c.Fields, "name") {
		t.Fatalf("the correction there: %+v", c)
	}
	w.take("mx", "escamillar", wire.PurposeProsecution, "redress.read_correction", map[string]any{"correction": c.ID})
	w.until(func() error {
		var here redress.View
		err := w.as("us", "ravenel", wire.PurposeProtection).Get(t.Context(), "person-requests", &here)
		if err == nil && (len(here.Corrections) != 1 || here.Corrections[0].Read.IsZero() || here.Corrections[0].ReadBy != "Graciana Escamillar") {
			err = fmt.Errorf("not receipted: %+v", here.Corrections)
		}
		return err
	})
}

// returns: the person goes home over the bridge, and what is counted there is not
// what was announced.
func (w *world) returns(f file, ref string) {
	w.t.Helper()
	w.joins("mx", bridge)
	w.take("us", "ravenel", wire.PurposeProtection, "protection.waive_return", map[string]any{"case": f.id, "person": f.witness, "language": "es", "signed": true})
	x := w.take("us", "ravenel", wire.PurposeProtection, "referral.schedule_reception", map[string]any{"referral": ref, "person": f.witness, "office": bridge.office, "at": hidalgo(time.Now()),
		"crossing": "hidalgo", "property": []string{"Rosary of Zquintalvo"}})
	w.take("us", "ravenel", wire.PurposeProtection, "referral.give_reception", map[string]any{"reception": x})
	w.until(func() error {
		_, err := w.as("mx", bridge.login, wire.PurposeProtection).Take(w.t.Context(), "referral.receive_reception", "", map[string]any{"reception": x, "people": 1, "counted": map[string]string{"1": "missing"},
			"reasons": map[string]string{"1": "Taken from her at Ixtlamacoya", "beyond": "In her shoe"}, "beyond": []string{"Letter from Tzicuilan"}})
		return err
	})
	w.until(func() error { // it comes back, and opens here
		var sheet referral.Sheet
		err := w.as("us", "ravenel", wire.PurposeProtection).Get(w.t.Context(), "referrals/"+x+"/hand-over", &sheet)
		if err == nil && sheet.HandOver.Counted == nil {
			err = errors.New("what was counted has not come")
		}
		return err
	})
}

// sameTerms holds that the dismissal started the same purge clock on both nodes:
// of the suspect here, and of the case that was opened there for the referral.
func (w *world) sameTerms(f file) {
	t := w.t
	rows := func(n, login string) (out retention.View) {
		w.ok(w.as(n, login, wire.PurposeProsecution).Get(t.Context(), "retention?all=true", &out))
		return out
	}
	here, there := rows("us", "lockridge").Rows, rows("mx", "escamillar").Rows
	i := slices.IndexFunc(here, func(r retention.Row) bool { return r.Object == f.suspect })
	j := slices.IndexFunc(there, func(r retention.Row) bool { return r.Class == "case_cleared" })
	if i < 0 || j < 0 || here[i].Class != "person_cleared" || !here[i].Purge.Equal(there[j].Purge) || here[i].Purge.IsZero() {
		t.Errorf("the terms here %+v\nand there %+v", here, there)
	}
}

// asked is the one request to expunge, once its outcome shows on a node.
func (w *world) asked(n, login, outcome string) (q retention.RequestView) {
	w.t.Helper()
	w.until(func() error {
		var v retention.View
		err := w.as(n, login, wire.PurposeProsecution).Get(w.t.Context(), "retention", &v)
		if err == nil && (len(v.Requests) != 1 || v.Requests[0].Outcome != outcome) {
			err = fmt.Errorf("%s does not show it as %q: %+v", n, outcome, v.Requests)
		}
		if err == nil {
			q = v.Requests[0]
		}
		return err
	})
	return q
}

// readable is what whoever has a node's store and its keys can read in it.
type readable struct {
	text          []byte
	places        int // columns of rows
	parts, opened int
}

// legible reads every column of every row of a store, and opens every sealed
// part in it by any key that the node holds or can take out of a message.
func (w *world) legible(n string, db *store.DB) (out readable) {
	w.t.Helper()
	keys, err := seal.LoadNodeKeys(w.held[n].Keys)
	w.ok(err)
	ring, err := seal.NewKeyring(keys.Wrapping)
	w.ok(err)
	err = db.Read(context.Background(), func(tx *store.Tx) error {
		var values [][]byte
		tables, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, table := range tables {
			err := store.Each(tx, func(rows *sql.Rows) error {
				names, err := rows.Columns()
				if err != nil {
					return err
				}
				row := make([]any, len(names))
				for i := range row {
					row[i] = new(sql.RawBytes)
				}
				if err := rows.Scan(row...); err != nil {
					return err
				}
				for _, v := range row {
					values = append(values, bytes.Clone(*v.(*sql.RawBytes)))
				}
				return nil
			}, `SELECT * FROM `+table)
			if err != nil {
				return err
			}
		}
		taken, parts := w.within(values, keys.Seal)
		out.places, out.parts = len(values), len(parts)
		for _, v := range values {
			out.text = append(append(out.text, v...), '\n')
		}
		for _, p := range parts {
			key, err := ring.Key(tx, p.Key)
			if errors.Is(err, seal.ErrNoKey) {
				var ok bool
				if key, ok = taken[p.Key]; !ok {
					continue
				}
			} else if err != nil {
				return err
			}
			plain, err := wire.OpenPart(key, p)
			if err != nil {
				return err
			}
			out.opened++
			out.text = append(append(out.text, plain...), '\n')
		}
		return nil
	})
	w.ok(err)
	return out
}

// within finds the sealed parts in values, messages and rows, and the keys that
// messages bring to the holder of a node's key.
func (w *world) within(values [][]byte, own hpke.PrivateKey) (keys map[string][32]byte, parts []wire.Part) {
	keys = map[string][32]byte{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["box"] != nil && v["id"] != nil && v["key"] != nil {
				var p wire.Part
				b, err := json.Marshal(v)
				w.ok(err)
				w.ok(json.Unmarshal(b, &p))
				parts = append(parts, p)
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	for _, raw := range values {
		m, err := wire.ParseMessage(raw)
		if err == nil {
			parts = append(parts, m.Act.Sealed...)
			var f packet.KeysReleased
			if json.Unmarshal(m.Act.Clear, &f) == nil {
				for _, b := range f.Boxes {
					of := wire.KeyRelease{From: m.Act.From.Node, To: m.Act.To.Node, Referral: cmp.Or(m.Act.Referral, m.Act.Case), Tier: b.Tier, Key: b.Key}
					if key, err := wire.OpenKey(own, of, b); err == nil {
						keys[b.Key] = key
					}
				}
			}
			continue
		}
		var v any
		if json.Unmarshal(raw, &v) == nil {
			walk(v)
		}
	}
	return keys, parts
}

// nowhere holds that words stand nowhere where a node keeps anything, and that
// its journal verifies; it gives the number of places.
func (w *world) nowhere(n string, words map[string]string) (searched int) {
	t := w.t
	now := w.legible(n, w.nodes[n].Acts.DB)
	holds(t, n+"'s store, with its keys", now.text, words)
	searched += now.places + now.opened
	if _, err := w.nodes[n].Files.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	dir := t.TempDir()
	_, err := node.MakeBackup(t.Context(), w.held[n], dir, "test", time.Now())
	w.ok(err)
	for _, folder := range []string{w.held[n].Data, dir} {
		w.ok(filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			searched++
			holds(t, n+"'s "+d.Name(), b, words)
			return nil
		}))
	}
	copies, err := filepath.Glob(filepath.Join(dir, "*", "oasiss.sqlite"))
	w.ok(err)
	flat, err := filepath.Glob(filepath.Join(dir, "oasiss.sqlite"))
	w.ok(err)
	copies = append(copies, flat...)
	if len(copies) != 1 {
		t.Fatalf("%d copies of %s's store in its backup", len(copies), n)
	}
	db, err := store.Open(context.Background(), copies[0])
	w.ok(err)
	backup := w.legible(n, db)
	w.ok(db.Close())
	holds(t, n+"'s later backup, with its keys", backup.text, words)
	if backup.opened == 0 || now.opened == 0 {
		t.Errorf("nothing of %s opens: the keys are not its own", n)
	}
	searched += backup.places + backup.opened
	w.ok(w.nodes[n].Acts.DB.Read(t.Context(), func(tx *store.Tx) error {
		v, err := w.nodes[n].Acts.Verify(tx)
		if err == nil && len(v.Faults) > 0 {
			err = fmt.Errorf("%s: %v", n, v.Faults)
		}
		return err
	}))
	return searched
}
