package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/wire"
	"pgregory.net/rapid"
)

func TestMessageRoundTrip(t *testing.T) {
	us := newParty(t, "us", "US")
	m := sampleMessage(t, us, 1)
	again, err := wire.ParseMessage(m.Bytes())
	must(t, err)
	if !bytes.Equal(again.Bytes(), m.Bytes()) || again.Digest() != m.Digest() || again.ActDigest() != m.ActDigest() {
		t.Error("reading changed the message")
	}
	if again.Act.ID != id(1) || again.Act.By.Name != "Ana Ficticia" || !again.Act.Created.Equal(at(1)) {
		t.Errorf("act reads back as %+v", again.Act)
	}
	if bytes.Contains(m.ActBytes, []byte(`\u003c`)) {
		t.Error("act holds HTML escapes that no other language writes")
	}
}

func TestMessageRefusals(t *testing.T) {
	us := newParty(t, "us", "US")
	good := sampleMessage(t, us, 1).Bytes()
	for _, c := range []struct {
		name, old, new string
		code           wire.Code
	}{
		{"other version", `"v":1,"nonce"`, `"v":2,"nonce"`, wire.CodeUnknownVersion},
		{"version missing", `"v":1,"nonce"`, `"nonce"`, wire.CodeMalformed},
		{"purpose not on the list", `"purpose":"prosecution"`, `"purpose":"removal"`, wire.CodePurpose},
		{"purpose missing", `"purpose":"prosecution",`, ``, wire.CodePurpose},
		{"administration names a case", `"purpose":"prosecution"`, `"purpose":"administration"`, wire.CodePurpose},
		{"short nonce", `"nonce":"`, `"nonce":"AA==","x":"`, wire.CodeMalformed},
		{"id of another version", `-7000-8000-`, `-4000-8000-`, wire.CodeMalformed},
		{"id in capitals", `019caf00-`, `019CAF00-`, wire.CodeMalformed},
		{"kind without number", `"referral.sent.1"`, `"referral.sent"`, wire.CodeMalformed},
		{"kind with number 0", `"referral.sent.1"`, `"referral.sent.0"`, wire.CodeMalformed},
		{"member twice", `"lang":"en"`, `"lang":"en","lang":"es"`, wire.CodeMalformed},
		{"member twice under an escape", `"lang":"en"`, `"lang":"en","l\u0061ng":"es"`, wire.CodeMalformed},
		{"member in capitals", `"lang":"en"`, `"Lang":"en"`, wire.CodeMalformed},
		{"clear member twice", `"people":3`, `"people":3,"people":4`, wire.CodeMalformed},
		{"clear member twice in capitals", `"people":3`, `"people":3,"PEOPLE":4`, wire.CodeMalformed},
		{"clear is no object", `"clear":{`, `"clear":[],"other":{`, wire.CodeMalformed},
		{"white space", `"lang":"en"`, `"lang": "en"`, wire.CodeMalformed},
		{"unpaired surrogate", `"offence":"`, `"offence":"\ud800`, wire.CodeMalformed},
		{"not UTF-8", `"offence":"`, "\"offence\":\"\xff", wire.CodeMalformed},
		{"local time", `.123456Z"`, `.123456-06:00"`, wire.CodeMalformed},
		{"nanoseconds", `.123456Z"`, `.123456789Z"`, wire.CodeMalformed},
		{"node with a space", `"node":"us"`, `"node":"u s"`, wire.CodeMalformed},
		{"handling unknown", `"handling":"H0"`, `"handling":"H9"`, wire.CodeMalformed},
		{"part without key", `"key":"k-1"`, `"key":""`, wire.CodeMalformed},
		{"no proofs", "\n", " ", wire.CodeMalformed},
		{"proofs are no list", "\n[", "\n{},[", wire.CodeMalformed},
		{"proofs null", "\n[", "\nnull[", wire.CodeMalformed},
		{"unknown member is kept", `"lang":"en"`, `"lang":"en","colour_of_paper":"blue"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := replace(t, good, c.old, c.new)
			m, err := wire.ParseMessage(b)
			wantCode(t, err, c.code)
			if !bytes.Equal(m.Bytes(), b) {
				t.Error("bytes are not kept")
			}
		})
	}
}

func TestRefusedMessageStillNamesItsID(t *testing.T) {
	us := newParty(t, "us", "US")
	good := sampleMessage(t, us, 1).Bytes()
	for _, c := range [][2]string{{`"v":1,"nonce"`, `"v":9,"nonce"`}, {"prosecution", "watchlist"}, {`"clear":{`, `"clear":7,"x":{`}} {
		m, err := wire.ParseMessage(replace(t, good, c[0], c[1]))
		if err == nil || m.Act.ID != id(1) {
			t.Errorf("%q: id %q, error %v", c[1], m.Act.ID, err)
		}
	}
}

func TestMemberTwiceInALargeObject(t *testing.T) {
	for _, n := range []int{2, 32, 33, 34, 20000} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"m%d":%d,`, i, i)
		}
		a := sampleAct(1)
		a.Clear = json.RawMessage(" {" + strings.TrimSuffix(b.String(), ",") + "}")
		_, err := a.Encode()
		wantCode(t, err, "")
		a.Clear = json.RawMessage("{" + b.String() + `"M` + fmt.Sprint(n-1) + `":0}`)
		_, err = a.Encode()
		wantCode(t, err, wire.CodeMalformed)
	}
}

func TestErrorsQuoteNothingFromTheMessage(t *testing.T) {
	us := newParty(t, "us", "US")
	b := replace(t, sampleMessage(t, us, 1).Bytes(), `"id":"u-17"`, `"id":{"Persona Ficticia":1}`)
	if _, err := wire.ParseMessage(b); err == nil || strings.Contains(err.Error(), "Ficticia") {
		t.Errorf("error %v", err)
	}
}

func TestMessageTooLarge(t *testing.T) {
	a := sampleAct(1)
	a.Clear, _ = json.Marshal(map[string]string{"x": strings.Repeat("x", wire.MaxMessage)})
	_, err := a.Message()
	wantCode(t, err, wire.CodeMalformed)
}

func TestEncodeRefusesWhatAReceiverWould(t *testing.T) {
	a := sampleAct(1)
	a.Purpose = "general_intelligence"
	_, err := a.Encode()
	wantCode(t, err, wire.CodePurpose)
	if e, ok := errors.AsType[*wire.Error](err); !ok || e.What == "" {
		t.Errorf("error %v", err)
	}
}

func TestNoPurposeOutsideTheList(t *testing.T) {
	for _, p := range []string{"removal", "immigration_enforcement", "detention", "watch_list", "profiling", "", "Prosecution"} {
		if wire.KnownPurpose(p) || wire.Releasable(p) {
			t.Errorf("%q is a purpose", p)
		}
	}
	if wire.Releasable(wire.PurposeAdministration) {
		t.Error("administration leaves the node")
	}
}

func TestEveryFlippedByteOfAMessageIsNoticed(t *testing.T) {
	us := newParty(t, "us", "US")
	m := sampleMessage(t, us, 1)
	keys := us.descriptor(t).ProofKeys()
	for i := range m.Bytes() {
		b := bytes.Clone(m.Bytes())
		b[i] ^= 1
		x, err := wire.ParseMessage(b)
		if err == nil && x.Digest() == m.Digest() {
			t.Fatalf("byte %d: same digest", i)
		}
		if err == nil && i < len(m.ActBytes) {
			if _, err := wire.VerifyProofs(x, keys); err == nil {
				t.Fatalf("byte %d of the act: proof still verifies", i)
			}
		}
	}
}

func TestActRoundTripProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := sampleAct(rapid.IntRange(1, 1<<20).Draw(t, "n"))
		a.Nonce = rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "nonce")
		a.Purpose = rapid.SampledFrom(wire.Purposes[:6]).Draw(t, "purpose")
		a.Created = time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "created"))
		a.Expires = time.Time{}
		clear, err := json.Marshal(rapid.MapOf(rapid.StringMatching(`[a-z]{1,8}`), rapid.String()).Draw(t, "clear"))
		if err != nil {
			t.Fatal(err)
		}
		a.Clear = clear
		a.By = &wire.Actor{ID: "u-1", Name: rapid.String().Draw(t, "name")}
		a.Sealed = rapid.SampledFrom([][]wire.Part{nil, {}, {{ID: "p", Key: "k", Box: make([]byte, 40)}}}).Draw(t, "sealed")
		made, err := a.Message()
		if err != nil {
			t.Fatal(err)
		}
		if made, err = made.Signed(wire.Proof{Method: wire.MethodPassword, Signer: "u-1", Statement: []byte("x"), Sig: []byte{1}}); err != nil {
			t.Fatal(err)
		}
		m, err := wire.ParseMessage(made.Bytes())
		if err != nil || !reflect.DeepEqual(m, made) {
			t.Fatalf("what was made is not what is read: %v\n%+v\n%+v", err, made, m)
		}
		b := m.ActBytes
		again, err := m.Act.Encode()
		if err != nil || !bytes.Equal(again, b) || bytes.ContainsRune(b, '\n') {
			t.Fatalf("act changed: %v\n%s\n%s", err, b, again)
		}
		if !m.Act.Created.Equal(a.Created) {
			t.Fatal("time changed")
		}
	})
}

func FuzzMessage(f *testing.F) {
	us := newParty(f, "us", "US")
	f.Add(sampleMessage(f, us, 1).Bytes())
	b, err := sampleAct(2).Encode()
	must(f, err)
	f.Add(append(b, "\n[]"...))
	f.Add([]byte("{}\n[]"))
	f.Add([]byte(`{"v":1,"\ud83d\ude00":["` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := wire.ParseMessage(b)
		if !bytes.Equal(m.Bytes(), b) {
			t.Fatal("bytes not kept")
		}
		if err != nil {
			if wire.CodeOf(err) == "" {
				t.Fatalf("error without code: %v", err)
			}
			return
		}
		if i := bytes.IndexByte(b, '\n'); !bytes.Equal(m.ActBytes, b[:i]) {
			t.Fatal("act is not the first line")
		}
		if _, err := m.Act.Encode(); err != nil {
			t.Fatalf("accepted act does not encode: %v", err)
		}
	})
}

func BenchmarkParseMessage(b *testing.B) {
	raw := sampleMessage(b, newParty(b, "us", "US"), 1).Bytes()
	for b.Loop() {
		if _, err := wire.ParseMessage(raw); err != nil {
			b.Fatal(err)
		}
	}
}
