package retention

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Ordered is the first person's order that what was received of a person or of
// a referral, or what was written of an alert, is erased. On what it rests is
// sealed.
type Ordered struct {
	journal.Envelope
	ID      string   `json:"id"`
	What    string   `json:"what"` // referral, alert, notice
	Object  string   `json:"object"`
	Subject string   `json:"subject,omitempty"`
	Request string   `json:"request,omitempty"` // of the other node that it answers
	Ground  string   `json:"ground"`
	Offices []string `json:"offices"`
}

// Kind implements journal.Fact.
func (Ordered) Kind() string { return "retention.erase_ordered.1" }

// Starts tells the id of the order.
func (f Ordered) Starts() string { return f.ID }

// Rejected is the second person's no.
type Rejected struct {
	journal.Envelope
	Order string `json:"order"`
}

// Kind implements journal.Fact.
func (Rejected) Kind() string { return "retention.erase_rejected.1" }

// Erased is the fact that it was erased, with how much went. It names nobody.
type Erased struct {
	journal.Envelope
	Order   string         `json:"order"`
	What    string         `json:"what"`
	Object  string         `json:"object"`
	Subject string         `json:"subject,omitempty"`
	Keys    int64          `json:"keys"`
	Packet  packet.Erasure `json:"packet"`
}

// Kind implements journal.Fact.
func (Erased) Kind() string { return "retention.erased.1" }

// Order is an order to erase as it stands.
type Order struct {
	ID      string    `json:"id"`
	What    string    `json:"what"`
	Object  string    `json:"object"`
	Subject string    `json:"subject,omitempty"`
	Request string    `json:"request,omitempty"`
	Ground  string    `json:"ground"`
	By      string    `json:"by"` // account of the first person
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Decided time.Time `json:"decided,omitzero"`
	Second  string    `json:"second,omitempty"`
	Erased  bool      `json:"erased,omitempty"`
}

func (o Order) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO erase_order (id, object, decided, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET decided = excluded.decided, doc = excluded.doc`, o.ID, object(o.Object, o.Subject), store.Micros(o.Decided), store.JSON(o))
}

// Erase orders that something is erased: what a request of the other node names,
// a referral that was received, an alert that is over, or what a consulate keeps.
type Erase struct {
	Request  string `json:"request,omitempty"`
	Referral string `json:"referral,omitempty"`
	Alert    string `json:"alert,omitempty"`
	Notice   string `json:"notice,omitempty"`
	Ground   string `json:"ground"`
	Order    string `json:"order"`
}

// Verb implements act.Command.
func (*Erase) Verb() string { return "retention.erase" }

// Signed implements act.Signed.
func (*Erase) Signed() {}

// Decide implements act.Command.
func (c *Erase) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	o, t, err := c.aim(tx, d)
	if err != nil {
		return nil, err
	}
	words := strings.TrimSpace(c.Order)
	switch {
	case !slices.Contains(casefile.Codes("forget_ground"), c.Ground):
		return nil, refusal.New("casefile.forget_ground")
	case words == "" || len(words) > maxWords:
		return nil, refusal.New("casefile.forget_order")
	}
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM erase_order WHERE object = $1 AND decided = 0`, object(o.Object, o.Subject)).Scan(&n); err != nil {
		return nil, fmt.Errorf("orders to erase: %w", err)
	}
	if n > 0 {
		return nil, refusal.Conflict("casefile.forget_waiting")
	}
	if err := o.stands(tx); err != nil {
		return nil, err
	}
	f := &Ordered{Envelope: t.env, ID: d.ID(), What: o.What, Object: o.Object, Subject: o.Subject, Request: o.Request, Ground: c.Ground, Offices: t.res.Offices}
	part, err := d.Seal(tx, d.NewKey("order/"+f.ID), partOrder, words)
	f.Sealed = []wire.Part{part}
	return []journal.Fact{f}, err
}

// aim finds what is to be erased, and asks whether the actor may.
func (c *Erase) aim(tx *store.Tx, d *act.Draw) (o Order, t target, err error) {
	switch {
	case c.Request != "":
		q, err := asked(tx, d, c.Request)
		if err != nil {
			return o, t, err
		}
		t.res, err = resource(tx, q.ID)
		t.env = journal.Envelope{Case: q.Case, Referral: q.Referral}
		return Order{What: keptReferral, Object: q.Referral, Subject: q.Subject, Request: q.ID}, t, err
	case c.Referral != "":
		o = Order{What: keptReferral, Object: c.Referral}
	case c.Notice != "":
		o = Order{What: program.KeptNotice, Object: c.Notice}
	default:
		o = Order{What: program.KeptAlert, Object: c.Alert}
	}
	if t, err = aim(tx, o.What, o.Object); err != nil {
		return o, t, err
	}
	return o, t, d.Allow(tx, t.res)
}

// stands refuses while something still needs what is to be erased.
func (o Order) stands(tx *store.Tx) error {
	if o.What == program.KeptAlert {
		a, err := alert.Load(tx, o.Object)
		switch {
		case err != nil:
			return err
		case !a.Over():
			return refusal.Conflict("retention.alert_stands")
		case !a.Erased.IsZero():
			return refusal.Conflict("casefile.forgotten_already")
		}
		held, err := casefile.Held(tx, a.Case)
		if err == nil && held {
			err = refusal.Conflict("casefile.forget_held")
		}
		return err
	}
	if o.What == program.KeptNotice {
		n, _, err := consular.Kept(tx, o.Object)
		if err != nil {
			return err
		}
		return n.Stands(tx)
	}
	r, err := referral.Load(tx, o.Object)
	if err != nil {
		return err
	}
	if !r.Over() {
		return refusal.Conflict("retention.open")
	}
	held, err := casefile.Held(tx, r.OwnCase)
	if err == nil && held {
		err = refusal.Conflict("casefile.forget_held")
	}
	return err
}

// ConfirmErase is the second person's word: from then on it is erased, and the
// node that asked is told.
type ConfirmErase struct {
	Order string `json:"order"`
}

// Verb implements act.Command.
func (*ConfirmErase) Verb() string { return "retention.erase_confirm" }

// Signed implements act.Signed.
func (*ConfirmErase) Signed() {}

// Decide implements act.Command.
func (c *ConfirmErase) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	o, err := waiting(tx, d, c.Order)
	if err != nil {
		return nil, err
	}
	if err := o.stands(tx); err != nil {
		return nil, err
	}
	f := &Erased{Order: o.ID, What: o.What, Object: o.Object, Subject: o.Subject}
	if o.What == program.KeptAlert {
		a, err := alert.Load(tx, o.Object)
		if err != nil {
			return nil, err
		}
		f.Envelope = journal.Envelope{Case: a.ID}
		f.Keys, f.Packet.Messages, err = a.ToErase(tx)
		return []journal.Fact{f}, err
	}
	if o.What == program.KeptNotice {
		n, _, err := consular.Kept(tx, o.Object)
		if err != nil {
			return nil, err
		}
		f.Envelope = journal.Envelope{Case: n.ID}
		f.Keys, f.Packet.Messages, err = n.ToErase(tx)
		return []journal.Fact{f}, err
	}
	r, err := referral.Load(tx, o.Object)
	if err != nil {
		return nil, err
	}
	f.Envelope = journal.Envelope{Case: r.Case, Referral: r.ID}
	var q Request
	if o.Request != "" {
		if q, err = load(tx, o.Request); err != nil {
			return nil, err
		}
	}
	others, err := r.SheetKeys(tx, o.Subject)
	if err != nil {
		return nil, err
	}
	if o.Subject == "" || len(q.Files) > 0 {
		files, err := file.Received(tx, r.ID, q.Files...)
		if err != nil {
			return nil, err
		}
		others = append(others, files...)
	}
	if f.Packet, err = packet.ToErase(tx, r.Packet, r.ID, o.Subject, others); err != nil {
		return nil, err
	}
	f.Keys = int64(len(f.Packet.Keys))
	if o.Request == "" {
		return []journal.Fact{f}, nil
	}
	return []journal.Fact{&Answered{Envelope: q.back(), Request: q.ID, Outcome: OutcomeExpunged}, f}, nil
}

// RejectErase is the second person's no.
type RejectErase struct {
	Order string `json:"order"`
}

// Verb implements act.Command.
func (*RejectErase) Verb() string { return "retention.erase_reject" }

// Decide implements act.Command.
func (c *RejectErase) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	o, err := waiting(tx, d, c.Order)
	if err != nil {
		return nil, err
	}
	f := &Rejected{Order: o.ID}
	if o.What == keptReferral {
		f.Referral = o.Object
	}
	return []journal.Fact{f}, nil
}

// waiting loads an order for its second person, who is not the first, nor the
// first one's direct subordinate.
func waiting(tx *store.Tx, d *act.Draw, id string) (Order, error) {
	o, err := access.Reached[Order](tx, `SELECT doc FROM erase_order WHERE id = $1`, []any{id}, access.Tie{Type: typeExpunge, Column: "erase_order.id"})
	if err := access.OrAbsent(err, "order to erase"); err != nil {
		return o, err
	}
	res, err := o.secondly(tx)
	if err != nil {
		return o, err
	}
	if err := d.Allow(tx, res); err != nil {
		return o, err
	}
	if !o.Decided.IsZero() {
		return o, refusal.Conflict("casefile.forget_decided")
	}
	return o, nil
}

// secondly is an order as access decides on its second person.
func (o Order) secondly(tx *store.Tx) (access.Resource, error) {
	res, err := resource(tx, o.ID)
	if err != nil {
		return res, err
	}
	res.Attrs = map[string]any{}
	res.Attrs[access.AttrNot], err = access.NotSecond(tx, o.By)
	return res, err
}

func applyOrdered(tx *store.Tx, e journal.Entry, f Ordered) error {
	for _, office := range f.Offices {
		if err := access.Member(tx, typeExpunge, f.ID, office); err != nil {
			return err
		}
	}
	return Order{ID: f.ID, What: f.What, Object: f.Object, Subject: f.Subject, Request: f.Request, Ground: f.Ground, By: account(e), Name: name(e), At: e.Created}.save(tx)
}

func applyRejected(tx *store.Tx, e journal.Entry, f Rejected) error {
	return decide(tx, e, f.Order, false)
}

func decide(tx *store.Tx, e journal.Entry, id string, erased bool) error {
	o, err := store.Doc[Order](tx, `SELECT doc FROM erase_order WHERE id = $1`, id)
	if err != nil {
		return fmt.Errorf("order to erase: %w", err)
	}
	o.Decided, o.Second, o.Erased = e.Created, account(e), erased
	return o.save(tx)
}

func applyErased(tx *store.Tx, e journal.Entry, f Erased) error {
	if err := decide(tx, e, f.Order, true); err != nil {
		return err
	}
	if f.What == program.KeptAlert {
		return alert.NoteErased(tx, f.Object, e.Created)
	}
	if f.What == program.KeptNotice {
		return consular.NoteErased(tx, f.Object)
	}
	return f.Packet.Apply(tx, e.Created)
}

// erase does what no replay can: keys and bodies go, acts about what is erased
// that were shown and not yet signed go, and the log is emptied.
func erase(tx *store.Tx, d *journal.Draw, e journal.Entry, f Erased) ([]journal.Fact, error) {
	named, err := f.named(tx, e)
	if err == nil {
		err = act.DropPrepared(tx, named...)
	}
	switch {
	case err != nil:
	case f.What == program.KeptAlert:
		err = alert.Erase(tx, f.Object, f.Packet.Messages, d.Now)
	case f.What == program.KeptNotice:
		err = consular.Erase(tx, f.Object, f.Packet.Messages, d.Now)
	default:
		err = f.Packet.Destroy(tx, d.Now)
	}
	if err != nil {
		return nil, fmt.Errorf("erase: %w", err)
	}
	return nil, nil
}

// named are the objects that what is erased is known by on this node: the
// referral or alert, its case, and the case that was opened for it here.
func (f Erased) named(tx *store.Tx, e journal.Entry) ([]string, error) {
	out := []string{f.Object, f.Subject, e.Case, e.Referral}
	if f.What == program.KeptAlert {
		a, err := alert.Load(tx, f.Object)
		return append(out, a.Case), err
	}
	if f.What == program.KeptNotice {
		return out, nil
	}
	r, err := referral.Load(tx, f.Object)
	return append(out, r.OwnCase), err
}
