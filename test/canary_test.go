package test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/oasiss/oasiss/wire"
)

// written is a log that several nodes write at once.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.text.Bytes())
}

// TestNoSecretAndNobodysNameIsWrittenDown plays a case from its opening to the
// acceptance by the other country, with the mistakes that people make, while
// both nodes log everything there is to log. No log says a person's name, what
// was told, a password, a token, a code, an authenticator app's seed or a ticket
// of signing in; no file of the data folders holds a
// protected person's name, what was told, or a secret (R24, R28).
func TestNoSecretAndNobodysNameIsWrittenDown(t *testing.T) {
	log := &written{}
	w := emptyWorld(t)
	w.wire, w.private, w.log = &written{}, map[string]string{}, slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})
	before := slog.Default()
	slog.SetDefault(slog.New(w.log)) // the doors' faults go where the node's log goes, as in oasiss serve
	t.Cleanup(func() { slog.SetDefault(before) })
	w.begin()
	f := w.file()
	referral := w.sent(f)
	w.there(referral, "referral.sign_for_analysis", map[string]any{"undertakes": true})
	w.there(referral, "referral.accept", map[string]any{})
	w.take("us", "kestrelle", wire.PurposeProsecution, "protection.reveal", map[string]any{"case": f.id, "person": f.witness, "reason": "To find her mother"})
	w.ok(w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "persons/"+f.witness+"/identity", nil))
	w.released(f, "Tlanextli", "identity")
	v := w.mistakes(f)

	always := map[string]string{"a protected person's name": "Xochiquetzal", "her family's name": "Palomarín", "her family's name, folded": "palomarin", "what she told": "nos cobró", "what was seen": "led seven people across",
		"a password": password, "a wrong password": "camposanto-7731", "a word of a form that was refused": "Yolotzin",
		"a name that was released to a service": "Tlanextli", "the service": "Casa Tecolotl"}
	for who, c := range w.user {
		always["the session of "+who] = c.Token
	}
	always["the session of a page"] = v
	for _, half := range w.halves {
		always["a one-time code"+half[:2]] = half
	}
	for what, secret := range w.factorSecrets() {
		always[what] = secret
	}
	logged := map[string]string{"a suspect's name": "Barragarza", "an official's name": "Dana Kestrelle", "words that were searched": "matamoros viejo"}
	for what, word := range always {
		logged[what] = word
	}
	searched := w.places(t, f, referral, always)
	text := log.bytes()
	if !bytes.Contains(text, []byte("node is up")) {
		t.Errorf("this is not the log of the nodes: %s", text)
	}
	holds(t, "the log", text, logged)
	for n, folders := range w.held {
		secrets := map[string]string{}
		for name, key := range keysOf(t, folders.Keys) {
			secrets[name] = key
		}
		holds(t, "the log of "+n, text, secrets)
		files, clear := 0, false
		err := filepath.WalkDir(folders.Data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			clear = clear || bytes.Contains(content, []byte(people[n][2].office))
			holds(t, n+"'s "+d.Name(), content, always)
			holds(t, n+"'s "+d.Name(), content, secrets)
			return nil
		})
		searched += files
		if err != nil || !clear {
			t.Errorf("%d files of %s were read, and what is clear in them not found: %v", files, n, err)
		}
	}
	t.Logf("%d words looked for in %d places besides the log: the wire, data, backups, archives, figures, errors, addresses, answers", len(always), searched)
}

// mistakes are those of people at a keyboard: what they type wrongly is theirs
// alone. It gives the token of a page's session.
func (w *world) mistakes(f file) (session string) {
	w.t.Helper()
	v := w.visitor(w.t)
	v.post("/sign-in", url.Values{"user": {"camposanto-7731"}, "password": {"camposanto-7731"}, "notice": {"yes"}})
	v.post("/sign-in", url.Values{"user": {"kestrelle"}, "password": {"camposanto-7731"}, "notice": {"yes"}})
	v.signIn("kestrelle")
	v.post("/cases/"+f.id+"/acts/case.add_person", url.Values{"case": {f.id}, "given": {"Yolotzin"}, "birth": {"Yolotzin"}, "role": {"nobody"}})
	v.post("/search", url.Values{"q": {"matamoros viejo"}, "purpose": {wire.PurposeProsecution}})
	v.get("/cases/Yolotzin")
	c := w.as("us", "kestrelle", wire.PurposeProsecution)
	for _, bad := range []map[string]any{{"case": f.id, "given": 7, "paterno": "Yolotzin"}, {"Yolotzin": true}, {"case": "Yolotzin", "given": "Yolotzin", "role": "Yolotzin"}} {
		if _, err := c.Act(w.t.Context(), "case.add_person", "", bad); err == nil {
			w.t.Errorf("%v was taken", bad)
		}
	}
	c.Signer = w.key("us", "ravenel")
	if _, err := c.Take(w.t.Context(), "protection.reveal", "", map[string]any{"case": f.id, "person": f.witness, "reason": "To ask again"}); err == nil {
		w.t.Error("signed with somebody else's passkey")
	}
	at, err := url.Parse(v.base)
	w.ok(err)
	for _, c := range v.http.Jar.Cookies(at) {
		if c.Name == "__Host-oasiss" {
			session = c.Value
		}
	}
	if session == "" {
		w.t.Fatal("the page has no session")
	}
	return session
}

// keysOf is what a key folder's files hold, as it stands and as a log would
// spell it.
func keysOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".crt") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil || len(b) < 32 {
			return err
		}
		if bytes.Contains(b, []byte("CERTIFICATE")) && !bytes.Contains(b, []byte("PRIVATE")) {
			return nil // public
		}
		key := b[len(b)-32:]
		if at := bytes.Index(b, []byte("-----\n")); at > 0 { // PEM: the middle of what it holds
			key = b[at+6 : min(len(b), at+6+40)]
		}
		out[d.Name()] = string(key)
		out[d.Name()+" in hexadecimal"] = hex.EncodeToString(key)
		out[d.Name()+" in base64"] = base64.RawStdEncoding.EncodeToString(key)
		return nil
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("no key of %s: %v", dir, err)
	}
	return out
}

// holds fails for each word that a text holds, in either case of letters.
func holds(t *testing.T, where string, text []byte, words map[string]string) {
	t.Helper()
	low := bytes.ToLower(text)
	for what, word := range words {
		if word == "" {
			t.Errorf("%s is empty: nothing was looked for", what)
			continue
		}
		if i := bytes.Index(low, bytes.ToLower([]byte(word))); i >= 0 {
			t.Errorf("%s holds %s: …%q…", where, what, low[max(0, i-80):min(len(low), i+20)]) // what is no text is longer there
		}
	}
}
