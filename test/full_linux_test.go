package test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oasiss/oasiss/client"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/store/storetest"
	"github.com/oasiss/oasiss/wire"
)

// On a full disk an act is refused whole, in the reader's language, and nothing
// is shown that no access fact could be written of: not a list, not a page, not
// through the API. The node stays up; with room again what was refused is sent
// once more and is there once, and the journal verifies and replays.
func TestFullDisk(t *testing.T) {
	disk, ok := storetest.SmallDisk(t, "12m")
	if !ok {
		return
	}
	w := emptyWorld(t)
	w.disk = disk.Dir
	w.raise("us")
	ctx := context.Background()
	agent := func(lang string) *client.Client {
		c := w.as("us", "kestrelle", wire.PurposeProsecution)
		c.Lang = lang
		return c
	}
	open := func(lang, title string) error {
		_, err := agent(lang).Take(ctx, "case.open", "key of "+title, map[string]any{"title": title})
		return err
	}
	w.ok(open("en", "Anzalduas, before"))
	v := w.visitor(t)
	v.signIn("kestrelle")
	form := v.get("/cases/new")
	typed := url.Values{"_token": {v.token(form)}, "title": {"Anzalduas, typed"}}

	disk.Fill()
	opened := []string{"Anzalduas, before"}
	for i := 0; ; i++ { // the log has some room of its own
		title := fmt.Sprint("Anzalduas, number ", i, " of many")
		err := open("en", title)
		if err == nil && i < 5000 {
			opened = append(opened, title)
			continue
		}
		refused(t, err, i18n.English)
		break
	}
	refused(t, open("es", "Anzalduas, never"), i18n.Spanish)
	var list any
	refused(t, agent("es").Get(ctx, "cases", &list), i18n.Spanish)
	for what, p := range map[string]page{
		"a list":    v.get("/cases"),
		"one's day": v.get("/"),
		"an act":    v.post("/cases/new/acts/case.open", typed),
		"a search":  v.post("/search", url.Values{"q": {"Anzalduas"}, "purpose": {wire.PurposeProsecution}}),
	} {
		if p.status != http.StatusInsufficientStorage || !strings.Contains(p.text, i18n.T(i18n.English, "refusal.store.full", nil)) {
			t.Errorf("%s: %d without the reason", what, p.status)
		}
		if strings.Contains(p.text, opened[0]) || strings.Contains(p.text, opened[len(opened)-1]) {
			t.Errorf("%s shows a case of which no access fact was written", what)
		}
	}
	if p := w.visitor(t).signIn("ravenel"); p.status != http.StatusInsufficientStorage {
		t.Errorf("signing in: %d", p.status)
	}

	disk.Free()
	for range 2 { // as a page that was left open and is reloaded
		if p := v.post("/cases/new/acts/case.open", typed); p.status != http.StatusOK || !strings.Contains(p.text, "Anzalduas, typed") {
			t.Errorf("with room again: %d at %s", p.status, p.path)
		}
	}
	w.ok(open("es", "Anzalduas, never"))
	opened = append(opened, "Anzalduas, typed", "Anzalduas, never")
	shown := v.get("/cases")
	for _, title := range opened {
		if n := strings.Count(shown.text, title); n != 1 {
			t.Errorf("%s is shown %d times", title, n)
		}
	}
	w.stands(len(opened))
}

// refused demands the refusal of a full disk, with its words.
func refused(t *testing.T, err error, l i18n.Lang) {
	t.Helper()
	var no *client.Refused
	if !errors.As(err, &no) || no.Code != store.CodeFull || no.Status != http.StatusInsufficientStorage || no.Title != i18n.T(l, "refusal.store.full", nil) {
		t.Fatalf("%+v (%v)", no, err)
	}
}

// stands stops the node and holds its store against the number of its cases,
// whose titles are sealed there, and its journal against itself.
func (w *world) stands(cases int) {
	w.t.Helper()
	w.down["us"]()
	ctx, database := context.Background(), filepath.Join(w.disk, "us", "data", "oasiss.sqlite")
	v, err := node.VerifyJournal(ctx, database)
	if err != nil || len(v.Faults) > 0 {
		w.t.Errorf("the journal: %v %v", v.Faults, err)
	}
	r, err := node.ReplayJournal(ctx, database, w.t.TempDir())
	if err != nil || !r.Equal {
		w.t.Errorf("the journal replays otherwise: %v %v", r.Differ, err)
	}
	db, err := store.Open(ctx, database)
	w.ok(err)
	defer db.Close() //nolint:errcheck // it was only read
	var all int
	w.ok(db.Read(ctx, func(tx *store.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM casefile`).Scan(&all) }))
	if all != cases {
		w.t.Errorf("%d cases, want %d", all, cases)
	}
}
