package test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/export"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/network"
	"github.com/oasiss/oasiss/internal/protection"
	referrals "github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/wire"
)

// searcher looks for words in what leaves, also in what is packed, and counts.
type searcher struct {
	t      *testing.T
	words  map[string]string
	places int
}

// look fails where a text holds a word; it opens what is packed or printed.
func (s *searcher) look(where string, b []byte) {
	s.t.Helper()
	s.places++
	if len(b) == 0 {
		s.t.Errorf("%s is empty: nothing was looked through", where)
	}
	holds(s.t, where, b, s.words)
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			s.t.Fatalf("%s: %v", where, err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				s.t.Fatalf("%s: %v", where, err)
			}
			in, err := io.ReadAll(r)
			if err != nil {
				s.t.Fatalf("%s: %v", where, err)
			}
			s.look(where+"/"+f.Name, in)
		}
	case bytes.HasPrefix(b, []byte("%PDF-")):
		text, _ := textOf(s.t, b)
		holds(s.t, where+", its text", []byte(text), s.words)
	}
}

// answer is what the API says of a path to somebody; nothing for who may not ask.
func (w *world) answer(n, login, purpose, path string) []byte {
	w.t.Helper()
	var raw json.RawMessage
	if err := w.as(n, login, purpose).Get(w.t.Context(), path, &raw); err != nil {
		return nil
	}
	return raw
}

// TestViolenceToldLeavesByNoDoor: what violence was done to a person, told
// apart, is read by oversight alone where the accused official's agency is that
// of the case. It is in no export of the case, a list or a chart, no copy of the
// packet on either node, printed or bundled with its graph of the evidence, in
// nothing that the accused's chain or the other country reads, in no journal that
// is exported, and in no file, log or backup.
func TestViolenceToldLeavesByNoDoor(t *testing.T) {
	w := emptyWorld(t)
	w.wire, w.private = &written{}, map[string]string{}
	w.begin()
	f := w.file()
	s := &searcher{t: t, words: map[string]string{"what was done": "quebrantahuesos", "where": "Caseta Nochistongo", "when": "madrugada de Candelaria"}}
	w.take("us", "ravenel", wire.PurposeProtection, "protection.consent", map[string]any{"case": f.id, "person": f.witness, "for": wire.PurposeProsecution, "node": "mx",
		"categories": []string{"identity", "statement"}, "until": time.Now().AddDate(1, 0, 0), "told": true, "language": "es"})
	w.take("us", "ravenel", wire.PurposeProtection, "protection.violence", map[string]any{"case": f.id, "person": f.witness, "accused": protection.ByOfficial, "agency": "usbp",
		"what": "El oficial quebrantahuesos me golpeó.", "where": "Caseta Nochistongo", "when": "madrugada de Candelaria", "lang": "es"})
	told := w.answer("us", "garnick", wire.PurposeOversight, "violence-told")
	for what, word := range s.words { // the words are there: who oversees reads them
		if !bytes.Contains(told, []byte(word)) {
			t.Fatalf("oversight does not read %s: %s", what, told)
		}
	}
	referral := w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.there(referral, "referral.accept", map[string]any{})
	s.taken(w, f, s.words["what was done"], "Nochistongo")
	for n, login := range map[string]string{"us": "kestrelle", "mx": "escamillar"} {
		s.packet(w, n, login, referral)
	}
	s.reads(w, f, referral)
	s.pages(w, f, referral)
	s.places += w.places(t, f, referral, s.words)
	t.Logf("%d words looked for in %d places: exports, lists, charts, printed packets, bundles and what is in them, answers, pages, wire, backups, archives, figures", len(s.words), s.places)
}

// taken takes out the case, lists and a chart by whoever works on it.
func (s *searcher) taken(w *world, f file, secret ...string) {
	s.t.Helper()
	c := w.as("us", "kestrelle", wire.PurposeProsecution)
	done, err := c.Take(s.t.Context(), "case.export", "", map[string]any{"case": f.id, "reason": "own_file"})
	w.ok(err)
	s.look("the case exported", w.answer("us", "kestrelle", wire.PurposeProsecution, "exports/"+done.Facts[0]))
	for _, words := range append(secret, "Anzalduas") {
		var l export.List
		w.ok(c.Get(s.t.Context(), "lists/"+w.listOf(words)+"?files=true", &l))
		if (len(l.Rows) > 0) != (words == "Anzalduas") || len(l.Files) == 0 {
			s.t.Errorf("%d found by %q, %d files", len(l.Rows), words, len(l.Files))
		}
		for _, file := range l.Files {
			if words == "Anzalduas" { // the others say what was asked for, and find nothing
				s.look("the list "+file.Name, file.Content)
			}
		}
	}
	var chart network.Taking
	w.ok(c.Get(s.t.Context(), "charts/"+w.chartOf(f.suspect), &chart))
	for _, file := range chart.Files {
		s.look("the chart "+file.Name, file.Content)
	}
	if len(chart.Files) == 0 {
		s.t.Error("a chart without files")
	}
}

// packet takes the packet out in every form on a node.
func (s *searcher) packet(w *world, n, login, referral string) {
	s.t.Helper()
	var whole []byte
	w.until(func() (err error) {
		if whole, _, err = w.copied(n, login, referral); err == nil && len(whole) == 0 {
			err = fmt.Errorf("no bundle on %s", n)
		}
		return err
	})
	before := s.places
	s.look("the bundle on "+n, whole)
	graph := false
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	w.ok(err)
	for _, f := range z.File {
		graph = graph || strings.HasSuffix(f.Name, ".jsonld")
	}
	if !graph || s.places-before < 6 {
		s.t.Errorf("the bundle of %s has %d files, its graph %v", n, s.places-before-1, graph)
	}
	c := w.as(n, login, wire.PurposeProsecution)
	done, err := c.Take(s.t.Context(), "referral.export", "", map[string]any{"referral": referral, "version": 1, "as": "printed", "reason": "own_file"})
	w.ok(err)
	var got referrals.Copied
	w.ok(c.Get(s.t.Context(), "copies/"+done.Facts[0], &got))
	for _, file := range got.Files {
		from, err := c.Copied(s.t.Context(), done.Facts[0], file.Name)
		w.ok(err)
		b, err := io.ReadAll(from)
		w.ok(err)
		w.ok(from.Close())
		s.look("the printed "+file.Name+" on "+n, b)
	}
}

// reads asks both nodes everything that the accused's chain, the prosecutor and
// the other country can ask, and oversight all but what is told to it.
func (s *searcher) reads(w *world, f file, referral string) {
	s.t.Helper()
	paths := []string{"cases", "cases/" + f.id, "cases/" + f.id + "/protection", "persons/" + f.witness, "history/" + f.id, "history/" + f.witness, "referrals", "referrals/" + referral, "changes",
		"journal/facts?limit=500", "journal/accesses?limit=500", "person-requests", "screening-anomalies", "violence-told"}
	answered := map[string]int{}
	for _, who := range [][3]string{{"us", "kestrelle", wire.PurposeProsecution}, {"us", "lockridge", wire.PurposeProsecution}, {"us", "ravenel", wire.PurposeProtection},
		{"us", "northcutt", wire.PurposeProsecution}, {"us", "garnick", wire.PurposeOversight}, {"mx", "escamillar", wire.PurposeProsecution}, {"mx", "frondosa", wire.PurposeProtection}} {
		for _, path := range paths {
			if path == "violence-told" && who[1] == "garnick" {
				continue // by design
			}
			if b := w.answer(who[0], who[1], who[2], path); b != nil {
				s.look(path+" for "+who[1], b)
				answered[who[1]]++
			}
		}
	}
	for _, who := range []string{"kestrelle", "lockridge", "ravenel", "northcutt", "garnick", "escamillar"} {
		if answered[who] == 0 {
			s.t.Errorf("%s was answered nothing", who)
		}
	}
}

// pages opens what the accused's chain can open, and asks the search for the words.
func (s *searcher) pages(w *world, f file, referral string) {
	s.t.Helper()
	for _, login := range []string{"kestrelle", "lockridge", "ravenel"} {
		v := w.visitor(s.t)
		v.signIn(login)
		for _, path := range []string{"/", "/cases/" + f.id, "/cases/" + f.id + "/history", "/cases/" + f.id + "/screening", "/people/" + f.witness, "/referrals/" + referral, "/journal/overseen"} {
			if p := v.get(path); p.status == http.StatusOK {
				s.look(path+" for "+login, []byte(p.text))
			} else if path != "/journal/overseen" && p.status != http.StatusNotFound && p.status != http.StatusForbidden {
				s.t.Errorf("%s for %s: %d", path, login, p.status)
			}
		}
		purpose := wire.PurposeProsecution
		if login == "ravenel" {
			purpose = wire.PurposeProtection
		}
		for _, word := range s.words {
			v.says(v.post("/search", url.Values{"q": {word}, "purpose": {purpose}}), http.StatusOK, i18n.T(i18n.English, "search.empty", nil))
			s.places++
		}
	}
}
