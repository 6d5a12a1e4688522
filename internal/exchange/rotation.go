package exchange

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// pathSuccession is where a node shows a peer how its keys followed each other.
const pathSuccession = "/exchange/v1/succession"

// OwnRotation is the fact that this node has new keys.
type OwnRotation struct {
	journal.Envelope
	Order      string `json:"order,omitempty"` // of two people, that it carries out
	Former     string `json:"former"`          // descriptor that ended, as signed
	Succession string `json:"succession"`      // signed by the former key, holds the new descriptor
}

// Kind implements journal.Fact.
func (OwnRotation) Kind() string { return "peer.own_rotated.1" }

// PeerRotation is the fact that a peer showed new keys, signed for by the ones
// known here.
type PeerRotation struct {
	journal.Envelope
	Peer       string `json:"peer"`
	Succession string `json:"succession"`
}

// Kind implements journal.Fact.
func (PeerRotation) Kind() string { return "peer.rotated.1" }

// PeerRevocation is the fact that a peer's key is not believed any more: by
// order of two people here, or because the peer says so itself.
type PeerRevocation struct {
	journal.Envelope
	Peer       string    `json:"peer"`
	Sign       string    `json:"sign"` // id of the signing key
	From       time.Time `json:"from"` // from when on
	Reason     string    `json:"reason,omitempty"`
	Succession string    `json:"succession,omitempty"` // the peer's own word
}

// Kind implements journal.Fact.
func (PeerRevocation) Kind() string { return "peer.revoked.1" }

func signKeyID(d wire.Descriptor) string { return wire.KeyID(ed25519.PublicKey(d.SignKey)) }

// end keeps a descriptor whose keys have ended.
func end(tx *store.Tx, node, descriptor string, until time.Time, revoked bool) error {
	d, err := wire.ReadDescriptor(descriptor)
	if err != nil {
		return fmt.Errorf("descriptor: %w", err)
	}
	flag := 0
	if revoked {
		flag = 1
	}
	return tx.Exec(`INSERT INTO former_key (node, sign, descriptor, until, revoked) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (node, sign) DO UPDATE SET until = excluded.until, revoked = excluded.revoked`,
		node, signKeyID(d), descriptor, store.Micros(until), flag)
}

// successionOf reads a stored succession; its signature was checked when it was recorded.
func successionOf(signed, former string) (wire.Succession, wire.Descriptor, error) {
	was, err := wire.ReadDescriptor(former)
	if err != nil {
		return wire.Succession{}, was, fmt.Errorf("descriptor: %w", err)
	}
	s, d, err := wire.ReadSuccession(signed, was.Keys())
	if err != nil {
		return s, d, fmt.Errorf("succession: %w", err)
	}
	return s, d, nil
}

func applyOwnRotation(tx *store.Tx, e journal.Entry, f OwnRotation) error {
	s, d, err := successionOf(f.Succession, f.Former)
	if err != nil {
		return err
	}
	if err := end(tx, e.Node, f.Former, s.At, s.Revoked); err != nil {
		return err
	}
	if err := tx.Exec(`INSERT INTO succession (n, sign, signed) SELECT COALESCE(MAX(n), 0) + 1, $1, $2 FROM succession`, signKeyID(d), f.Succession); err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM rotation WHERE id = $1`, f.Order)
}

func applyPeerRotation(tx *store.Tx, _ journal.Entry, f PeerRotation) error {
	p, err := FindPeer(tx, f.Peer)
	if err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	s, _, err := successionOf(f.Succession, p.Descriptor)
	if err != nil {
		return err
	}
	return p.replace(tx, s.Descriptor, s.At)
}

// replace takes up a descriptor with other keys; the keys that go are kept as
// those that were.
func (p Peer) replace(tx *store.Tx, descriptor string, at time.Time) error {
	revoked := !p.Revoked.IsZero()
	if revoked {
		at = p.Revoked
	}
	if err := end(tx, p.ID, p.Descriptor, at, revoked); err != nil {
		return err
	}
	p.Revoked, p.Renewal = time.Time{}, nil
	if err := p.take(descriptor); err != nil {
		return err
	}
	if err := p.save(tx); err != nil {
		return err
	}
	return learnKinds(tx, p)
}

func applyRevocation(tx *store.Tx, _ journal.Entry, f PeerRevocation) error {
	p, err := FindPeer(tx, f.Peer)
	if err != nil {
		return fmt.Errorf("peer: %w", err)
	}
	d, err := wire.ReadDescriptor(p.Descriptor)
	if err != nil {
		return fmt.Errorf("descriptor: %w", err)
	}
	if signKeyID(d) == f.Sign {
		p.Revoked = f.From
		return p.save(tx)
	}
	return tx.Exec(`UPDATE former_key SET revoked = 1, until = CASE WHEN until < $1 THEN until ELSE $1 END WHERE node = $2 AND sign = $3`,
		store.Micros(f.From), f.Peer, f.Sign)
}

// OrderRotation keeps an order of two people that this node's keys change;
// the node carries it out. With revoked the present keys are not to be
// believed any more.
func OrderRotation(tx *store.Tx, id string, at time.Time, revoked bool) error {
	flag := 0
	if revoked {
		flag = 1
	}
	return tx.Exec(`INSERT INTO rotation (id, at, revoked) VALUES ($1, $2, $3)`, id, store.Micros(at), flag)
}

// Ordered is an order to change this node's keys that is not carried out yet.
type Ordered struct {
	ID      string
	Revoked bool
}

// OrderedRotation gives the oldest order; ok is false if none waits.
func OrderedRotation(tx *store.Tx) (o Ordered, ok bool, err error) {
	err = tx.QueryRow(`SELECT id, revoked = 1 FROM rotation ORDER BY at, id LIMIT 1`).Scan(&o.ID, &o.Revoked)
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	if err != nil {
		return o, false, fmt.Errorf("order of rotation: %w", err)
	}
	return o, true, nil
}

// Successions gives how this node's own keys followed each other, as signed,
// with the id of the signing key that came last; empty before the first change.
func Successions(tx *store.Tx) (signed []string, sign string, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&sign, &s)
		signed = append(signed, s)
		return err
	}, `SELECT sign, signed FROM succession ORDER BY n`)
	return signed, sign, err
}

// KeysOf gives all signing keys that an approved peer has had.
func KeysOf(tx *store.Tx, peer string) (wire.Keys, error) {
	p, err := FindPeer(tx, peer)
	if err != nil {
		return nil, err
	}
	if p.Status != PeerApproved {
		return nil, sql.ErrNoRows
	}
	return p.keys(tx)
}

// OwnKeys gives all signing keys that this node has had, the present one by its
// descriptor.
func OwnKeys(tx *store.Tx, node, descriptor string) (wire.Keys, error) {
	d, err := readStored(descriptor)
	if err != nil {
		return nil, fmt.Errorf("own descriptor: %w", err)
	}
	former, err := formerKeys(tx, node)
	return append(wire.Keys{{Descriptor: d}}, former...), err
}

// stored are descriptors that stand in the database, as they were read: what a
// text says does not change, and every message asks for its sender's keys.
var stored sync.Map

func readStored(signed string) (wire.Descriptor, error) {
	if d, known := stored.Load(signed); known {
		return d.(wire.Descriptor), nil
	}
	d, err := wire.ReadDescriptor(signed)
	if err == nil {
		stored.Store(signed, d)
	}
	return d, err
}

func (p Peer) keys(tx *store.Tx) (wire.Keys, error) {
	d, err := readStored(p.Descriptor)
	if err != nil {
		return nil, fmt.Errorf("descriptor of a peer: %w", err)
	}
	former, err := formerKeys(tx, p.ID)
	return append(wire.Keys{{Descriptor: d, Until: p.Revoked, Revoked: !p.Revoked.IsZero()}}, former...), err
}

// formerKeys are the keys that a node has had before, the newest first.
func formerKeys(tx *store.Tx, node string) (out wire.Keys, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var k wire.Key
		var until int64
		var signed string
		if err := rows.Scan(&signed, &until, &k.Revoked); err != nil {
			return err
		}
		k.Until = store.Time(until)
		if k.Descriptor, err = readStored(signed); err != nil {
			return fmt.Errorf("former descriptor: %w", err)
		}
		out = append(out, k)
		return nil
	}, `SELECT descriptor, until, revoked = 1 FROM former_key WHERE node = $1 ORDER BY until DESC`, node)
	return out, err
}

// own gives this node's present keys.
func (l *Link) own() *seal.NodeKeys { return l.present.Load() }

// ownSign is the id of this node's present signing key.
func (l *Link) ownSign() string { return wire.KeyID(l.own().Sign.Public().(ed25519.PublicKey)) }

// ownKeys verifies what this node signed itself, with any key it has had.
func (l *Link) ownKeys() wire.SignKeys {
	keys := l.own()
	all := append([]seal.LinkKeys{keys.LinkKeys}, keys.Former...)
	return func(id string) (ed25519.PublicKey, error) {
		for _, k := range all {
			if pub := k.Sign.Public().(ed25519.PublicKey); wire.KeyID(pub) == id {
				return pub, nil
			}
		}
		return nil, &wire.Error{Code: wire.CodeSignature, What: "signed by another key"}
	}
}

// Rekey has the link use other keys of this node from now on. Each peer is
// shown them before anything else is sent to it.
func (l *Link) Rekey(keys *seal.NodeKeys) {
	l.present.Store(keys)
	for _, p := range l.active() {
		for _, s := range p.lanes {
			signal(s.work)
			signal(s.contact)
		}
	}
}

// aware says whether the peer knows this node's present keys.
func (l *Link) aware(p *pinned) bool { return *p.known.Load() == l.ownSign() }

// knownTo finds which of this node's signing keys a peer confirmed last; of one
// that never did, the key that was in force when the pairing was approved, by
// the order of the journal: a clock may have been put back since.
func (l *Link) knownTo(tx *store.Tx, p Peer) (string, error) {
	var sign string
	err := tx.QueryRow(`SELECT sign FROM confirmed WHERE peer = $1`, p.ID).Scan(&sign)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return sign, err
	}
	if p.Shown > 0 {
		err = tx.QueryRow(`SELECT sign FROM succession WHERE n = $1`, p.Shown).Scan(&sign)
	} else { // the first of all
		err = tx.QueryRow(`SELECT sign FROM former_key WHERE node = $1 AND sign NOT IN (SELECT sign FROM succession)`, l.Node).Scan(&sign)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return l.ownSign(), nil
	}
	return sign, err
}

// certificate is what this node shows a peer: the one that the peer knows, and
// where that does not get through the present one, in turn.
func (l *Link) certificate(p *pinned) *tls.Certificate {
	keys := l.own()
	for _, k := range keys.Former {
		if wire.KeyID(k.Sign.Public().(ed25519.PublicKey)) == *p.known.Load() && !p.turn.Load() {
			return &k.TLS
		}
	}
	return &keys.TLS
}

// askedAs notices by which of this node's certificates a peer asked for it: a
// peer that asks for a former one does not know the present keys, whatever it
// confirmed before. It may have been restored from a backup since.
func (l *Link) askedAs(p *pinned, name string) {
	for _, k := range l.own().Former {
		if pin, err := TLSKey(k.TLS); err == nil && pinName(pin) == name && l.aware(p) {
			sign := wire.KeyID(k.Sign.Public().(ed25519.PublicKey))
			p.known.Store(&sign)
			for _, line := range p.lines {
				line.renew()
			}
			for _, s := range p.lanes {
				signal(s.work) // its senders show the new keys first
			}
		}
	}
}

// introduce shows a peer this node's new keys, unless it knows them.
func (l *Link) introduce(ctx context.Context, p *pinned, line line) error {
	p.introducing.Lock()
	defer p.introducing.Unlock()
	if l.aware(p) {
		return nil
	}
	sign := l.ownSign()
	var chain []string
	if err := l.DB.Read(ctx, func(tx *store.Tx) (err error) { chain, _, err = Successions(tx); return err }); err != nil {
		return err
	}
	status, answer, err := line.ask(ctx, pathSuccession, []byte(strings.Join(chain, "\n")))
	if err == nil && status != http.StatusOK {
		err = refusedBy(status, answer)
	}
	if err != nil {
		p.turn.Store(!p.turn.Load())
		line.renew()
		return err
	}
	err = l.DB.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec(`INSERT INTO confirmed (peer, sign) VALUES ($1, $2) ON CONFLICT (peer) DO UPDATE SET sign = excluded.sign`, p.ID, sign)
	})
	if err != nil {
		return err
	}
	p.known.Store(&sign)
	for _, line := range p.lines {
		line.renew() // the next connection shows the new certificate
	}
	return nil
}

// unknownHere answers a peer that does not know this node's present keys and
// so could not believe what they sign.
func (l *Link) unknownHere(p *pinned) (answer, bool) {
	if l.aware(p) {
		return answer{}, false
	}
	for _, s := range p.lanes {
		signal(s.work) // its senders show the new keys first
	}
	return answer{http.StatusBadRequest, []byte(wire.CodeSupersededKey)}, true
}

// takeSuccession takes up a peer's new keys: each step signed by the key that
// was known before it. A step that revokes that key ends the exchange until
// people have compared fingerprints again. Only a chain whose last step leads to
// what is now known is answered with 200: the peer takes that as word that its
// newest keys are known here.
func (l *Link) takeSuccession(ctx context.Context, p *pinned, body []byte) (answer, error) {
	known := p.desc
	last, followed := "", false // the last step, and whether it follows what is known here
	for signed := range strings.SplitSeq(string(body), "\n") {
		s, d, err := wire.ReadSuccession(signed, known.Keys())
		if err != nil {
			last, followed = signed, false
			continue // from before what is known here, or not this node's
		}
		if d.Node != p.ID || d.Installation != l.Installation || d.Country != p.Country || d.Journal != known.Journal || d.Witness != known.Witness {
			return answer{http.StatusUnprocessableEntity, []byte(wire.CodeMisaddressed)}, nil
		}
		if err := l.followKeys(ctx, p, signKeyID(known), signed, s); err != nil {
			return answer{}, err
		}
		if known, followed = d, true; s.Revoked {
			break
		}
	}
	l.mu.Lock()
	life := l.life
	l.mu.Unlock()
	if life != nil { // a link that has not started takes it up when it does
		if err := l.refresh(life); err != nil {
			return answer{}, err
		}
	}
	if !followed && !knownAlready(last, signKeyID(known)) {
		return answer{http.StatusUnprocessableEntity, []byte(wire.CodeSignature)}, nil
	}
	return answer{status: http.StatusOK}, nil
}

// knownAlready says whether a succession leads to what is pinned: it was taken
// up before, and the answer was lost.
func knownAlready(signed, sign string) bool {
	s, err := wire.PeekSuccession(signed)
	return err == nil && s == sign
}

// followKeys records one step of a peer's keys, unless it was recorded already.
func (l *Link) followKeys(ctx context.Context, p *pinned, former, signed string, s wire.Succession) error {
	seed := journal.NewSeed(l.Now())
	return l.DB.Write(ctx, func(tx *store.Tx) error {
		now, err := FindPeer(tx, p.ID)
		if err != nil {
			return err
		}
		d, err := wire.ReadDescriptor(now.Descriptor)
		if err != nil || signKeyID(d) != former || !now.Revoked.IsZero() {
			return err
		}
		var f journal.Fact = &PeerRotation{Peer: p.ID, Succession: signed}
		if s.Revoked {
			f = &PeerRevocation{Peer: p.ID, Sign: former, From: s.At, Succession: signed}
		}
		return l.House.Enter(tx, seed.Draw(l.Ring), wire.PurposeAdministration, []journal.Fact{f})
	})
}

// refusedBy is why a peer answered other than asked: its code, where it gave one.
func refusedBy(status int, answer []byte) error {
	for _, c := range wire.Codes {
		if string(answer) == string(c) {
			return &trouble{code: string(c)}
		}
	}
	return &trouble{code: "status", detail: fmt.Sprint(status)}
}
