package protection

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ConsentWithdrawn is the fact that a person took a consent back. One goes to
// each node that something went to on that consent, in the alert lane; it
// names the consent, which the packet's disclosure list names too, and never
// the person. Keys that have not gone do not go any more; a copy that is
// abroad cannot be unsent, and the page says so.
type ConsentWithdrawn struct {
	journal.Envelope
	Consent string `json:"consent"`
	// Through says how the person said so, one of Channels. It stays here: no
	// withdrawal that is sent has it.
	Through string `json:"through,omitempty"`
}

// Kind implements journal.Fact.
func (ConsentWithdrawn) Kind() string { return "protection.consent_withdrawn.1" }

// WithdrawalAcknowledged is the receiving side's answer to a withdrawal.
type WithdrawalAcknowledged struct {
	journal.Envelope
	Consent string `json:"consent"`
}

// Kind implements journal.Fact.
func (WithdrawalAcknowledged) Kind() string { return "protection.withdrawal_acknowledged.1" }

// WithdrawConsent takes a consent back, at an office that holds the case.
type WithdrawConsent struct {
	Consent string `json:"consent"`
	Through string `json:"through,omitempty"` // one of Channels
}

// Verb implements act.Command.
func (*WithdrawConsent) Verb() string { return "protection.withdraw_consent" }

// Decide implements act.Command.
func (c *WithdrawConsent) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	given, err := FindConsent(tx, c.Consent)
	if err != nil {
		return nil, err
	}
	p, err := find(tx, given.Case, given.Person)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, p.resource("consent")); err != nil {
		return nil, err
	}
	if !given.Withdrawn.IsZero() {
		return nil, refusal.Conflict("protection.withdrawn_already")
	}
	if c.Through != "" && !slices.Contains(Channels, c.Through) {
		return nil, refusal.New("protection.through_unknown")
	}
	return given.withdrawn(tx, c.Through)
}

// withdrawn are the facts that take a consent back: here, and one for each place
// that something went to on it.
func (c Consent) withdrawn(tx *store.Tx, through string) ([]journal.Fact, error) {
	uses, err := usesOf(tx, c.ID)
	if err != nil {
		return nil, err
	}
	facts := []journal.Fact{&ConsentWithdrawn{Envelope: journal.Envelope{Case: c.Case}, Consent: c.ID, Through: through}}
	for _, u := range uses {
		facts = append(facts, &ConsentWithdrawn{Consent: c.ID,
			Envelope: journal.Envelope{Case: c.Case, Referral: u.Referral, To: wire.Address{Node: u.Node, Office: u.Office}}})
	}
	return facts, nil
}

// use is one place that something went to on a consent.
type use struct{ Node, Office, Referral string }

func usesOf(tx *store.Tx, consent string) ([]use, error) {
	var out []use
	err := store.Each(tx, func(r *sql.Rows) error {
		var u use
		err := r.Scan(&u.Node, &u.Office, &u.Referral)
		out = append(out, u)
		return err
	}, `SELECT node, office, referral FROM consent_use WHERE consent = $1 ORDER BY node, referral`, consent)
	return out, err
}

// Withdrawal is a withdrawal on its way to a node, or received from one.
type Withdrawal struct {
	Consent      string       `json:"consent"`
	Case         string       `json:"case"`
	Referral     string       `json:"referral"`
	From         wire.Address `json:"from"`
	To           wire.Address `json:"to"`
	At           time.Time    `json:"at"`
	Fact         string       `json:"fact"`
	Acknowledged time.Time    `json:"acknowledged,omitzero"`
	AckFact      string       `json:"ack_fact,omitempty"`
}

func (w Withdrawal) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO withdrawal (consent, node, referral, acknowledged, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (consent, node, referral) DO UPDATE SET acknowledged = excluded.acknowledged, doc = excluded.doc`,
		w.Consent, w.To.Node, w.Referral, store.Micros(w.Acknowledged), store.JSON(w))
}

func findWithdrawal(tx *store.Tx, consent, node, referral string) (Withdrawal, error) {
	return store.Doc[Withdrawal](tx, `SELECT doc FROM withdrawal WHERE consent = $1 AND node = $2 AND referral = $3`, consent, node, referral)
}

// Withdrawals lists the withdrawals that concern a referral, sent or received.
func Withdrawals(tx *store.Tx, referral string) ([]Withdrawal, error) {
	return store.Docs[Withdrawal](tx, `SELECT doc FROM withdrawal WHERE referral = $1 ORDER BY consent, node`, referral)
}

// applyWithdrawn ends the consent where it is held; where it was only relied
// on, and on the way there, the withdrawal waits for its acknowledgement.
func applyWithdrawn(tx *store.Tx, e journal.Entry, f ConsentWithdrawn) error {
	c, err := store.Doc[Consent](tx, `SELECT doc FROM consent WHERE id = $1`, f.Consent)
	if err == nil && c.Withdrawn.IsZero() {
		c.Withdrawn, c.Through = e.Created, f.Through
		if err := c.save(tx); err != nil {
			return err
		}
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("consent: %w", err)
	}
	if e.To.Node == "" {
		return nil
	}
	return Withdrawal{Consent: f.Consent, Case: e.Case, Referral: e.Referral, From: e.From, To: e.To, At: e.Created, Fact: e.ID}.save(tx)
}

// admitWithdrawn takes a withdrawal from whoever holds the consent. It may
// arrive before what it withdraws.
func admitWithdrawn(tx *store.Tx, m wire.Message, f ConsentWithdrawn) (wire.Code, error) {
	if f.Consent == "" || m.Act.Referral == "" {
		return wire.CodeContent, nil
	}
	var own int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM consent WHERE id = $1`, f.Consent).Scan(&own); err != nil {
		return "", fmt.Errorf("consent: %w", err)
	}
	if own > 0 { // a consent of this node is not another's to withdraw
		return wire.CodeNotOwner, nil
	}
	w, err := findWithdrawal(tx, f.Consent, m.Act.To.Node, m.Act.Referral)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err == nil && w.From.Node != m.Act.From.Node {
		return wire.CodeNotOwner, nil
	}
	return "", err
}

// AcknowledgeWithdrawal says to the other side that its withdrawal was read.
type AcknowledgeWithdrawal struct {
	Consent  string `json:"consent"`
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*AcknowledgeWithdrawal) Verb() string { return "protection.acknowledge_withdrawal" }

// Decide implements act.Command.
func (c *AcknowledgeWithdrawal) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	w, err := findWithdrawal(tx, c.Consent, d.Node, c.Referral)
	if errors.Is(err, sql.ErrNoRows) || err == nil && w.To.Office != d.By.Office {
		return nil, refusal.NotFound()
	}
	if err != nil {
		return nil, fmt.Errorf("withdrawal: %w", err)
	}
	if err := d.Allow(tx, w.resource()); err != nil {
		return nil, err
	}
	if !w.Acknowledged.IsZero() {
		return nil, refusal.Conflict("protection.acknowledged_already")
	}
	return []journal.Fact{&WithdrawalAcknowledged{Consent: c.Consent,
		Envelope: journal.Envelope{Case: w.Case, Referral: w.Referral, To: wire.Address{Node: w.From.Node, Office: w.From.Office}}}}, nil
}

// applyAcknowledged runs on both nodes: the row is kept under the node that
// received the withdrawal, which is the one that acknowledges.
func applyAcknowledged(tx *store.Tx, e journal.Entry, f WithdrawalAcknowledged) error {
	w, err := findWithdrawal(tx, f.Consent, e.From.Node, e.Referral)
	if err != nil {
		return fmt.Errorf("withdrawal: %w", err)
	}
	w.Acknowledged, w.AckFact = e.Created, e.ID
	return w.save(tx)
}

func admitAcknowledged(tx *store.Tx, m wire.Message, f WithdrawalAcknowledged) (wire.Code, error) {
	_, err := findWithdrawal(tx, f.Consent, m.Act.From.Node, m.Act.Referral)
	if errors.Is(err, sql.ErrNoRows) {
		return wire.CodeUnknownObject, nil
	}
	return "", err
}

// Told is how far the withdrawal of a consent has come at one place that
// something had gone to on it. A copy there cannot be unsent.
type Told struct {
	To           wire.Address       `json:"to"`
	At           time.Time          `json:"at"`
	Acknowledged time.Time          `json:"acknowledged,omitzero"`
	Due          time.Time          `json:"due"`
	State        program.ClockState `json:"state"`
}

// toldOf lists where the withdrawal of a consent went, in order of its places.
func toldOf(tx *store.Tx, consent string, now time.Time) ([]Told, error) {
	all, err := store.Docs[Withdrawal](tx, `SELECT doc FROM withdrawal WHERE consent = $1 ORDER BY node, referral`, consent)
	if err != nil {
		return nil, fmt.Errorf("withdrawals: %w", err)
	}
	clock, _ := program.ClockByID(withdrawalClock)
	var out []Told
	for _, w := range all {
		c := clock.Alone(w.At, w.Acknowledged, now)
		out = append(out, Told{To: w.To, At: w.At, Acknowledged: w.Acknowledged, Due: c.Due, State: c.State})
	}
	return out, nil
}

// Unacknowledged is a withdrawal that the other side waits to see acknowledged,
// with the clock that runs on it.
type Unacknowledged struct {
	Withdrawal
	Due   time.Time          `json:"due"`
	Left  time.Duration      `json:"left"` // nanoseconds; negative once overdue
	State program.ClockState `json:"state"`
	Sure  bool               `json:"verified"` // its source was read
}

// withdrawalClock runs from a withdrawal to its acknowledgement.
const withdrawalClock = "prog-consent-withdrawal-ack"

// ListUnacknowledged gives the withdrawals of consents received from other
// nodes that the reader may know of and nobody has acknowledged, the oldest first.
func ListUnacknowledged(ctx context.Context, a *act.Acts, by access.Actor, purpose string) ([]Unacknowledged, error) {
	return act.View(ctx, a, by, purpose, "withdrawal.list", func(tx *store.Tx, v *act.Viewing) ([]Unacknowledged, error) {
		received, err := store.Docs[Withdrawal](tx, `SELECT doc FROM withdrawal WHERE node = $1 AND acknowledged = 0 ORDER BY consent, referral`, a.Node)
		if err != nil {
			return nil, fmt.Errorf("withdrawals: %w", err)
		}
		slices.SortStableFunc(received, func(x, y Withdrawal) int { return x.At.Compare(y.At) })
		clock, _ := program.ClockByID(withdrawalClock)
		out := []Unacknowledged{}
		for _, w := range received {
			if by.Office == w.To.Office && v.See(w.resource()) {
				c := clock.Alone(w.At, w.Acknowledged, a.Now())
				out = append(out, Unacknowledged{Withdrawal: w, Due: c.Due, Left: c.Left, State: c.State, Sure: c.Sure})
			}
		}
		return out, nil
	})
}
