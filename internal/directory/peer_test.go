package directory_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

func newPairing(t *testing.T) *house {
	t.Helper()
	h := &house{Node: acttest.New(t, "us", []func(*journal.Kinds){directory.Facts, exchange.Facts}, directory.Verbs), t: t}
	h.guard = access.NewGuard(h.DB, h.Kinds, h.Policies, "us", "us", ed25519.NewKeyFromSeed(make([]byte, 32)), h.Now)
	h.write(func(tx *store.Tx) (err error) { h.codes, err = access.NewFounding(tx, h.Clock); return err })
	return h
}

func testKey(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// describe makes a signed descriptor of a fictional node.
func describe(t *testing.T, node string) string {
	t.Helper()
	seed := sha256.Sum256([]byte("seal " + node))
	sealKey, err := wire.SealKeyFromSeed(seed[:])
	if err != nil {
		t.Fatal(err)
	}
	sign := testKey(node)
	public := sign.Public().(ed25519.PublicKey)
	journalKey, err := wire.JournalVkey(wire.JournalName("test", node), public)
	if err != nil {
		t.Fatal(err)
	}
	witnessKey, err := wire.WitnessVkey(wire.WitnessName("test", node), public)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := wire.SignDescriptor(wire.Descriptor{Installation: "test", Node: node, Country: "MX", NameEN: "Node " + node, NameES: "Nodo " + node,
		URL: "https://" + node + ".example", SignKey: public, SealKey: sealKey.PublicKey().Bytes(), TLSKey: sha256.Sum256([]byte(node)),
		Journal: journalKey, Witness: witnessKey, Kinds: []string{"referral.sent.1"}, Created: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}, sign)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestPairingTakesTwoPeopleAndTheSameWords(t *testing.T) {
	h := newPairing(t)
	one, two := h.founded()
	mx := describe(t, "mx")
	f := wire.Fingerprint(mx)

	_, err := h.Take(one, "administration", &directory.ProposePeer{Descriptor: strings.Replace(mx, "e", "f", 1)})
	expect(t, err, "peer.descriptor")
	_, err = h.Take(one, "administration", &directory.ProposePeer{Descriptor: describe(t, "us")})
	expect(t, err, "peer.itself")
	h.Must(one, "administration", &directory.ProposePeer{Descriptor: mx + "\n"})

	_, err = h.Take(one, "administration", &directory.ApprovePeer{Peer: "mx", Fingerprint: f.String()})
	expect(t, err, "directory.same_person")
	wrong := append([]string{"zebra", "zebra"}, f.Words("en")[2:]...)
	_, err = h.Take(two, "administration", &directory.ApprovePeer{Peer: "mx", Fingerprint: strings.Join(wrong, " ")})
	expect(t, err, "peer.fingerprint")
	_, err = h.Take(two, "administration", &directory.ApprovePeer{Peer: "gt", Fingerprint: f.String()})
	expect(t, err, "access.not_found")

	h.Must(two, "administration", &directory.ApprovePeer{Peer: "mx", Fingerprint: strings.ToUpper(strings.Join(f.Words("es"), " · "))})
	peers, err := directory.Peers(t.Context(), h.Acts, one)
	if err != nil || len(peers) != 1 {
		t.Fatalf("%v %v", peers, err)
	}
	p := peers[0]
	if !p.Active(h.Clock) || !p.Founding || p.Proposed.User != one.User || p.Approved.User != two.User || p.NameES != "Nodo mx" {
		t.Errorf("%+v", p)
	}
	_, err = h.Take(one, "administration", &directory.ProposePeer{Descriptor: mx})
	expect(t, err, "peer.approved_already")

	// Founding makes one peer without delay; the next one waits.
	gt := describe(t, "gt")
	h.Must(two, "administration", &directory.ProposePeer{Descriptor: gt})
	h.Must(one, "administration", &directory.ApprovePeer{Peer: "gt", Fingerprint: wire.Fingerprint(gt).String()})
	links, err := directory.Links(t.Context(), h.Acts, one)
	if err != nil || len(links) != 2 {
		t.Fatalf("%v %v", links, err)
	}
	if g := links[0].Peer; g.ID != "gt" || g.Founding || g.Active(h.Clock) || !g.Active(h.Clock.Add(access.DefaultDelay)) {
		t.Errorf("%+v", g)
	}
	if d, err := directory.Link(t.Context(), h.Acts, one, "mx"); err != nil || len(d.Lanes) != 3 || len(d.Outbox) != 0 {
		t.Errorf("%+v %v", d, err)
	}
	_, err = directory.Link(t.Context(), h.Acts, one, "hn")
	expect(t, err, "access.not_found")
	h.ReplayEqual()
}

func expect(t *testing.T, err error, code string) {
	t.Helper()
	if !refusal.Is(err, code) {
		t.Errorf("%v, want %s", err, code)
	}
}
