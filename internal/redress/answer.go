package redress

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Answered is the answer to a request, with its reasons sealed, in the language
// of the person.
type Answered struct {
	journal.Envelope
	Request string   `json:"request"`
	Outcome string   `json:"outcome"`
	Grounds []string `json:"grounds,omitempty"`
}

// Kind implements journal.Fact.
func (Answered) Kind() string { return "redress.answered.1" }

// Answer decides a request. What is granted in full needs no ground; all else
// rests on one or more of the law's.
type Answer struct {
	Request string   `json:"request"`
	Outcome string   `json:"outcome"`
	Grounds []string `json:"grounds,omitempty"`
	Reasons string   `json:"reasons"` // in the person's language
}

// Verb implements act.Command.
func (*Answer) Verb() string { return "redress.answer" }

// Signed implements act.Signed.
func (*Answer) Signed() {}

// Decide implements act.Command.
func (c *Answer) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	q, err := open(tx, d, c.Request)
	if err != nil {
		return nil, err
	}
	if err := c.valid(q, d.By.Country); err != nil {
		return nil, err
	}
	kind, _ := program.RequestKindByID(q.Right)
	corrects := kind.Corrects && c.Outcome != Refused
	var p casefile.Person
	if q.Person != "" {
		if p, err = casefile.LoadPerson(tx, q.Person); err != nil {
			return nil, err
		}
	}
	if corrects && !p.Corrected.After(q.Received) {
		return nil, refusal.Conflict("redress.not_corrected")
	}
	f := &Answered{Envelope: journal.Envelope{Case: q.Case, Handling: "H3"}, Request: q.ID, Outcome: c.Outcome, Grounds: c.Grounds}
	part, err := d.Seal(tx, d.NewKey(q.keySubject()), partReasons, strings.TrimSpace(c.Reasons))
	if err != nil {
		return nil, err
	}
	f.Sealed = []wire.Part{part}
	facts := []journal.Fact{f}
	if !corrects {
		return facts, nil
	}
	told, err := tellAbroad(tx, d, q, p)
	return append(facts, told...), err
}

func (c *Answer) valid(q Request, country string) error {
	grounds := program.RefuseGrounds(country)
	reasons := strings.TrimSpace(c.Reasons)
	switch {
	case !slices.Contains(Outcomes, c.Outcome):
		return refusal.New("redress.outcome")
	case q.Person == "" && c.Outcome != Refused:
		return refusal.New("redress.no_record")
	case c.Outcome == Granted && len(c.Grounds) > 0:
		return refusal.New("redress.granted_without_ground")
	case c.Outcome != Granted && len(c.Grounds) == 0:
		return refusal.New("redress.ground")
	case reasons == "" || len(reasons) > maxWords:
		return refusal.New("redress.reasons")
	}
	for _, g := range c.Grounds {
		if _, listed := program.GroundByID(grounds, g); !listed {
			return refusal.New("redress.ground")
		}
	}
	return nil
}

func applyAnswered(tx *store.Tx, e journal.Entry, f Answered) error {
	return change(tx, f.Request, func(q *Request) {
		q.Outcome, q.Grounds, q.Answered, q.AnsweredBy, q.AnswerFact = f.Outcome, f.Grounds, e.Created, name(e), e.ID
	})
}

// Corrected tells a node that a record of which it received something was
// corrected. The identity as it stands is sealed under the key that the node
// had with the packet.
type Corrected struct {
	journal.Envelope
	Packet  string   `json:"packet"`
	Version int      `json:"version"`
	Number  string   `json:"number"` // of the referral
	Subject string   `json:"subject"`
	Right   string   `json:"right"` // rectification, mistaken_identity
	Fields  []string `json:"fields,omitempty"`
	// Records are where the receiver holds the person, in this version and in
	// earlier ones: what its officials have to look at.
	Records []packet.Record `json:"records,omitempty"`
}

// Kind implements journal.Fact.
func (Corrected) Kind() string { return "redress.corrected.1" }

// tellAbroad draws up the corrections for every node that received the person:
// of each referral the version sent last.
func tellAbroad(tx *store.Tx, d *act.Draw, q Request, p casefile.Person) ([]journal.Fact, error) {
	c, err := casefile.Load(tx, p.Case)
	if err != nil {
		return nil, err
	}
	all, err := referral.Of(tx, c)
	if err != nil {
		return nil, err
	}
	plants, err := casefile.Plants(tx, p)
	if err != nil {
		return nil, err
	}
	var out []journal.Fact
	for _, r := range all {
		records, err := packet.Records(tx, r.Packet, plants...)
		if err != nil {
			return nil, err
		}
		versions, err := packet.Versions(tx, r.Packet)
		if err != nil {
			return nil, err
		}
		for _, v := range slices.Backward(versions) {
			told, ok, err := packet.Correction(tx, d.Draw, v, p)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			f := &Corrected{Envelope: journal.Envelope{Case: r.Case, Referral: r.ID, To: r.Receiver, Handling: r.Handling, Purpose: wire.PurposeProtection},
				Packet: v.Packet, Version: v.N, Number: r.Number, Subject: told.Subject, Right: q.Right, Fields: told.Fields, Records: records}
			if told.Part != nil {
				f.Sealed = []wire.Part{*told.Part}
			}
			out = append(out, f)
			break
		}
	}
	return out, nil
}

// Correction is a correction on its way to a node, or received from one.
type Correction struct {
	ID       string          `json:"id"` // the fact that tells it
	Referral string          `json:"referral"`
	Number   string          `json:"number"`
	Case     string          `json:"case"` // the sender's
	From     wire.Address    `json:"from"`
	To       wire.Address    `json:"to"`
	Subject  string          `json:"subject"`
	Right    string          `json:"right"`
	Fields   []string        `json:"fields,omitempty"`
	Records  []packet.Record `json:"records,omitempty"`  // where the receiver holds the person
	Released bool            `json:"released,omitempty"` // the identity as it stands is with it
	By       string          `json:"by"`
	At       time.Time       `json:"at"`
	Read     time.Time       `json:"read,omitzero"`
	ReadBy   string          `json:"read_by,omitempty"`
	ReadFact string          `json:"read_fact,omitempty"`
}

func (c Correction) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO correction (id, referral, node, read, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET read = excluded.read, doc = excluded.doc`, c.ID, c.Referral, c.To.Node, store.Micros(c.Read), store.JSON(c))
}

func applyCorrected(tx *store.Tx, e journal.Entry, f Corrected) error {
	_, released := e.Part(packet.CorrectionPart)
	return Correction{ID: e.ID, Referral: e.Referral, Number: f.Number, Case: e.Case, From: e.From, To: e.To, Subject: f.Subject, Right: f.Right,
		Fields: f.Fields, Records: f.Records, Released: released, By: name(e), At: e.Created}.save(tx)
}

// admitCorrected takes a correction from the node that sent the version, of a
// subject of it, sealed under the key of that subject's identity.
func admitCorrected(tx *store.Tx, m wire.Message, f Corrected) (wire.Code, error) {
	if m.Act.By == nil {
		return wire.CodeUnsigned, nil
	}
	r, err := referral.Load(tx, m.Act.Referral)
	switch {
	case refusal.Is(err, "access.not_found"):
		return wire.CodeUnknownObject, nil
	case err != nil:
		return "", err
	case r.Home() || r.Sender.Node != m.Act.From.Node || r.Packet != f.Packet || r.Case != m.Act.Case:
		return wire.CodeNotOwner, nil
	}
	kind, known := program.RequestKindByID(f.Right)
	if !known || !kind.Corrects || f.Number != r.Number || len(m.Act.Sealed) > 1 {
		return wire.CodeContent, nil
	}
	v, err := packet.Load(tx, f.Packet, f.Version)
	if refusal.Is(err, "access.not_found") {
		return wire.CodeUnknownObject, nil
	}
	if err != nil {
		return "", err
	}
	if !slices.Contains(v.Subjects(), f.Subject) {
		return wire.CodeContent, nil
	}
	if ok, err := packet.AdmitRecords(tx, f.Packet, f.Records); err != nil || !ok {
		return wire.CodeContent, err
	}
	for _, part := range m.Act.Sealed {
		holds, err := v.Holds(tx, f.Subject, part.Key)
		if err != nil {
			return "", err
		}
		if part.ID != packet.CorrectionPart || !holds {
			return wire.CodeContent, nil
		}
	}
	return "", nil
}

// CorrectionRead is the receipt of a correction by a person of the node that
// was told: it was read, and what was made of the packet here follows it.
type CorrectionRead struct {
	journal.Envelope
	Correction string `json:"correction"`
}

// Kind implements journal.Fact.
func (CorrectionRead) Kind() string { return "redress.correction_read.1" }

// ReadCorrection gives the receipt of a correction.
type ReadCorrection struct {
	Correction string `json:"correction"`
}

// Verb implements act.Command.
func (*ReadCorrection) Verb() string { return "redress.read_correction" }

// Decide implements act.Command.
func (c *ReadCorrection) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	x, err := access.Reached[Correction](tx, `SELECT doc FROM correction WHERE id = $1`, []any{c.Correction}, access.Tie{Type: "referral", Column: "correction.referral"})
	if err := access.OrAbsent(err, "correction"); err != nil {
		return nil, err
	}
	res, err := x.resource(tx)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, res); err != nil {
		return nil, err
	}
	switch {
	case x.To.Node != d.Node:
		return nil, refusal.Conflict("redress.theirs")
	case !x.Read.IsZero():
		return nil, refusal.Conflict("redress.read_already")
	}
	return []journal.Fact{&CorrectionRead{Envelope: journal.Envelope{Case: x.Case, Referral: x.Referral, To: x.From, Purpose: wire.PurposeProtection}, Correction: x.ID}}, nil
}

// resource is a correction as access sees it: known to the offices of its referral.
func (c Correction) resource(tx *store.Tx) (access.Resource, error) {
	r, err := referral.Load(tx, c.Referral)
	return access.Resource{Type: typeRequest, ID: c.ID, Offices: r.Members, Case: r.Case}, err
}

func applyRead(tx *store.Tx, e journal.Entry, f CorrectionRead) error {
	x, err := store.Doc[Correction](tx, `SELECT doc FROM correction WHERE id = $1`, f.Correction)
	if err != nil {
		return fmt.Errorf("correction: %w", err)
	}
	x.Read, x.ReadBy, x.ReadFact = e.Created, name(e), e.ID
	return x.save(tx)
}

func admitRead(tx *store.Tx, m wire.Message, f CorrectionRead) (wire.Code, error) {
	x, err := store.Doc[Correction](tx, `SELECT doc FROM correction WHERE id = $1`, f.Correction)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return wire.CodeUnknownObject, nil
	case err != nil:
		return "", fmt.Errorf("correction: %w", err)
	case x.To.Node != m.Act.From.Node || x.Referral != m.Act.Referral:
		return wire.CodeNotOwner, nil
	}
	return "", nil
}
