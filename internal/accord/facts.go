package accord

import (
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Proposed puts a document before both governments. Released to the other
// party; it binds nobody until two officials a side have signed.
type Proposed struct {
	journal.Envelope
	ID       string   `json:"id"`
	Document Document `json:"document"`
}

// Kind implements journal.Fact.
func (Proposed) Kind() string { return "accord.proposed.1" }

// Starts tells the id of the accord that was made.
func (f Proposed) Starts() string { return f.ID }

// Signed is one official's signature on a document, by its digest. Released;
// the message carries the person's own proof.
type Signed struct {
	journal.Envelope
	Accord string `json:"accord"`
	Digest string `json:"document"` // Document.Digest of what was signed
}

// Kind implements journal.Fact.
func (Signed) Kind() string { return "accord.signed.1" }

// Ended is one government's notice that an accord no longer binds it. What was
// referred under it goes on; nothing new is.
type Ended struct {
	journal.Envelope
	Accord string `json:"accord"`
}

// Kind implements journal.Fact.
func (Ended) Kind() string { return "accord.ended.1" }

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyProposed)
	journal.Register(k, applySigned)
	journal.Register(k, applyEnded)
	journal.Admit(k, admitProposed)
	journal.Admit(k, admitSigned)
	journal.Admit(k, admitEnded)
	k.Set(journal.SignedByPerson(), &Signed{}, &Ended{})
	suspensionFacts(k)
}

func applyProposed(tx *store.Tx, e journal.Entry, f Proposed) error {
	doc := stored{Document: f.Document, By: e.From, Proposed: e.Created}
	return tx.Exec(`INSERT INTO accord (id, proposed, doc) VALUES ($1, $2, $3)`, f.ID, store.Micros(e.Created), store.JSON(doc))
}

func applySigned(tx *store.Tx, e journal.Entry, f Signed) error {
	if e.By == nil {
		return nil // refused before it is recorded; nothing to count
	}
	s := Signature{Node: e.From.Node, Account: e.By.ID, Name: e.By.Name, Office: e.By.Office, At: e.Created, Fact: e.ID}
	if err := tx.Exec(`INSERT INTO accord_signature (accord, node, account, at, doc) VALUES ($1, $2, $3, $4, $5)`,
		f.Accord, s.Node, s.Account, store.Micros(s.At), store.JSON(s)); err != nil {
		return err
	}
	return takesForce(tx)
}

// takesForce closes the founding of this node for ever once an accord is
// signed by two a side, and keeps the longest delay that accords not ended ask
// for: what two people change waits that long (DESIGN §7).
func takesForce(tx *store.Tx) error {
	all, err := All(tx)
	if err != nil {
		return err
	}
	var first time.Time
	delay, standing := time.Duration(0), false
	for _, a := range all {
		since, signed := a.Since()
		if !signed {
			continue
		}
		if first.IsZero() || since.Before(first) {
			first = since
		}
		if a.Ended.IsZero() {
			standing = true
			delay = max(delay, time.Duration(a.Document.DelayHours)*time.Hour)
		}
	}
	if first.IsZero() {
		return nil
	}
	if err := access.CloseFounding(tx, first); err != nil || !standing {
		return err // the last accord that ended leaves its delay
	}
	return access.SetDelay(tx, delay)
}

// applyEnded keeps the earliest end, so that two notices that cross leave the
// same date on both nodes.
func applyEnded(tx *store.Tx, e journal.Entry, f Ended) error {
	if err := tx.Exec(`UPDATE accord SET ended = $1 WHERE id = $2 AND (ended = 0 OR ended > $1)`, store.Micros(e.Created), f.Accord); err != nil {
		return err
	}
	return takesForce(tx)
}

func admitProposed(tx *store.Tx, m wire.Message, f Proposed) (wire.Code, error) {
	if m.Act.Purpose != wire.PurposeOversight {
		return wire.CodePurpose, nil
	}
	other, ok := f.Document.Other(m.Act.From.Node)
	if !ok || other.Node != m.Act.To.Node {
		return wire.CodeMisaddressed, nil
	}
	if len(f.Document.Check()) > 0 {
		return wire.CodeContent, nil
	}
	if _, known, err := load(tx, f.ID); known || err != nil {
		return wire.CodeContent, err
	}
	return "", nil
}

func admitSigned(tx *store.Tx, m wire.Message, f Signed) (wire.Code, error) {
	a, code, err := admitted(tx, m, f.Accord)
	if code != "" || err != nil {
		return code, err
	}
	switch {
	case m.Act.By == nil:
		return wire.CodeUnsigned, nil
	case f.Digest != a.Document.Digest():
		return wire.CodeContent, nil
	case a.signatory(m.Act.From.Node, m.Act.By.ID) || len(a.SignedBy(m.Act.From.Node)) >= signaturesASide:
		return wire.CodeStep, nil
	}
	return "", nil
}

func admitEnded(tx *store.Tx, m wire.Message, f Ended) (wire.Code, error) {
	_, code, err := admitted(tx, m, f.Accord)
	return code, err
}

// admitted checks what holds for every message about a known accord.
func admitted(tx *store.Tx, m wire.Message, id string) (Accord, wire.Code, error) {
	if m.Act.Purpose != wire.PurposeOversight {
		return Accord{}, wire.CodePurpose, nil
	}
	a, known, err := load(tx, id)
	if err != nil {
		return a, "", err
	}
	if !known {
		return a, wire.CodeUnknownObject, nil
	}
	if _, party := a.Document.Other(m.Act.From.Node); !party {
		return a, wire.CodeNotOwner, nil
	}
	return a, "", nil
}
