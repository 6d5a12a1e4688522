package test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/wire"
)

// relay stands between the nodes: it passes every byte on to the port given,
// and keeps it. It gives the address at which it listens.
func (w *world) relay(to string) string {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.ok(err)
	w.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				_ = near.Close()
				continue
			}
			pass := func(to, from net.Conn) {
				_, _ = io.Copy(io.MultiWriter(to, w.wire), from) // ends with either side
				_, _ = to.Close(), from.Close()
			}
			go pass(far, near)
			go pass(near, far)
		}
	}()
	return l.Addr().String()
}

// inAttribute are the addresses in a page: what a browser asks for next, keeps
// in its history and tells as a Referer.
var inAttribute = regexp.MustCompile(`(?:href|action|src|sse-connect|hx-[a-z]+)="([^"]*)"`)

// places looks for words where people's work leaves traces besides logs and the
// data folder, and counts the places: the bytes between the nodes, backup and
// archive, figures, what errors say, the addresses in pages, and what the
// command line's --json prints of the case to somebody who was shown nobody.
func (w *world) places(t *testing.T, f file, referral string, always map[string]string) (searched int) {
	look := func(where string, text []byte) {
		t.Helper()
		searched++
		if len(text) == 0 {
			t.Errorf("%s is empty: nothing was looked through", where)
		}
		holds(t, where, text, always)
	}
	look("the wire", w.wire.bytes())
	for n, folders := range w.held {
		dir := t.TempDir()
		if _, err := node.MakeBackup(t.Context(), folders, dir, "test", time.Now()); err != nil {
			t.Fatal(err)
		}
		made, err := filepath.Glob(filepath.Join(dir, "*", "*"))
		flat, ferr := filepath.Glob(filepath.Join(dir, "*"))
		w.ok(err)
		w.ok(ferr)
		kept := 0
		for _, path := range append(made, flat...) {
			b, err := os.ReadFile(path)
			if err != nil {
				continue // a folder
			}
			kept++
			look("the backup of "+n+" "+filepath.Base(path), b)
		}
		if kept == 0 {
			t.Errorf("%s has no backup", n)
		}
		var archive bytes.Buffer
		if _, err := node.Archive(t.Context(), folders, &archive, time.Now()); err != nil {
			t.Fatal(err)
		}
		look("the archive of "+n, archive.Bytes())
		look("the figures of "+n, w.figures(n))
	}
	w.saidInErrors(t, f, look)
	w.addresses(t, f, referral, look)
	for login, purpose := range map[string]string{"kestrelle": wire.PurposeProsecution, "ravenel": wire.PurposeProtection, "garnick": wire.PurposeOversight} {
		for _, path := range []string{"cases", "cases/" + f.id, "history/" + f.id, "referrals", "referrals/" + referral, "changes", "journal/facts?limit=500", "journal/accesses?limit=500", "links"} {
			var raw json.RawMessage
			if err := w.as("us", login, purpose).Get(t.Context(), path, &raw); err == nil {
				if strings.HasPrefix(path, "cases/") || strings.HasPrefix(path, "referrals/") { // words told in the case are read by its office
					raw = told.ReplaceAll(raw, nil)
				}
				look(path+" for "+login, raw)
			}
		}
	}
	return searched
}

// told are the words of a statement or an event, which those who work on the
// case read there and nobody anywhere else.
var told = regexp.MustCompile(`"(detail|text|translation|answer|question|narrative)":\s*(\{[^{}]*\}|"[^"]*")`)

// figures are what a node tells a monitoring system.
func (w *world) figures(n string) []byte {
	w.t.Helper()
	res, err := http.Get("http://" + w.private[n] + "/metrics") //nolint:noctx // of this machine
	w.ok(err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	w.ok(err)
	if !bytes.Contains(b, []byte("oasiss_")) {
		w.t.Fatalf("no figures: %s", b)
	}
	return b
}

// saidInErrors asks for what cannot be, in words that must not come back.
func (w *world) saidInErrors(t *testing.T, f file, look func(string, []byte)) {
	for name, ask := range map[string]struct {
		verb string
		cmd  map[string]any
	}{
		"a field that is none":    {"case.add_person", map[string]any{"case": f.id, "Xochiquetzal Palomarín": "Yolotzin"}},
		"a value of another type": {"case.add_person", map[string]any{"case": f.id, "given": []string{"Yolotzin"}}},
		"a birthday that is none": {"case.add_person", map[string]any{"case": f.id, "given": "Yolotzin", "birth": "Yolotzin", "role": "witness", "source": "observation"}},
		"a role that is none":     {"case.add_person", map[string]any{"case": f.id, "given": "Yolotzin", "role": "Yolotzin", "source": "observation"}},
		"a case that is none":     {"case.add_person", map[string]any{"case": "Yolotzin", "given": "Yolotzin", "role": "witness", "source": "observation"}},
		"a reason that is none":   {"search.find_protected", map[string]any{"name": "Xochiquetzal Palomarín", "reason": "Yolotzin"}},
		"a hidden identity":       {"protection.reveal", map[string]any{"case": f.id, "person": "Yolotzin", "reason": "Yolotzin"}},
	} {
		_, err := w.as("us", "kestrelle", wire.PurposeProsecution).Take(context.Background(), ask.verb, "", ask.cmd)
		if b, merr := json.Marshal(err); err == nil || merr != nil {
			t.Errorf("%s was taken, %v", name, merr)
		} else {
			look("the error of "+name, append(b, err.Error()...))
		}
	}
}

// addresses looks through the addresses of the pages of a case, and holds that
// a browser tells none of them on.
func (w *world) addresses(t *testing.T, f file, referral string, look func(string, []byte)) {
	v := w.visitor(t)
	v.signIn("kestrelle")
	for _, path := range []string{"/", "/cases", "/cases/" + f.id, "/cases/" + f.id + "/history", "/people/" + f.witness, "/referrals", "/referrals/" + referral, "/search"} {
		p := v.get(path)
		if p.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s tells where its reader came from: %q", path, p.header.Get("Referrer-Policy"))
		}
		var all []string
		for _, m := range inAttribute.FindAllStringSubmatch(p.text, -1) {
			all = append(all, m[1])
		}
		look("the addresses of "+path, []byte(strings.Join(all, "\n")))
	}
	if p := v.post("/search", map[string][]string{"q": {"Xochiquetzal Palomarín"}, "purpose": {wire.PurposeProsecution}}); strings.ContainsAny(p.path, "?") || strings.Contains(p.path, "Xochi") {
		t.Errorf("what was searched for stands in an address: %s", p.path)
	}
}
