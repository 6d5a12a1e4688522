package retention

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
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

// Asked is the request of one node that another expunges what it received of a
// person, or of a case. It goes with the second person's word that it is
// forgotten here, and names nobody: a pseudonym that the packet has, too.
type Asked struct {
	journal.Envelope
	ID      string   `json:"id"`
	Number  string   `json:"number"`            // of the referral
	Office  string   `json:"office"`            // that referred
	Subject string   `json:"subject,omitempty"` // pseudonym; empty for everything of the referral
	Ground  string   `json:"ground"`            // casefile.Codes("forget_ground")
	Files   []string `json:"files,omitempty"`   // that show the person
	// Records are where the receiver holds the person; none for everything of the referral.
	Records []packet.Record `json:"records,omitempty"`
}

// Kind implements journal.Fact.
func (Asked) Kind() string { return "retention.expunge_asked.1" }

// What comes back.
const (
	OutcomeExpunged = "expunged"
	OutcomeRetained = "retained"
)

// Answered is the signed answer of the node that was asked: expunged, or kept
// on a legal ground until it is looked at again. A later answer replaces it.
type Answered struct {
	journal.Envelope
	Request string    `json:"request"`
	Outcome string    `json:"outcome"`
	Ground  string    `json:"ground,omitempty"` // program.RetainGrounds
	Review  time.Time `json:"review,omitzero"`
}

// Kind implements journal.Fact.
func (Answered) Kind() string { return "retention.expunge_answered.1" }

// Request is a request to expunge as it stands, the same on both nodes.
type Request struct {
	ID       string          `json:"id"`
	Referral string          `json:"referral"`
	Number   string          `json:"number"`
	Case     string          `json:"case"` // the sender's
	From     wire.Address    `json:"from"`
	To       wire.Address    `json:"to"`
	Subject  string          `json:"subject,omitempty"`
	Ground   string          `json:"ground"`
	Files    []string        `json:"files,omitempty"`
	Records  []packet.Record `json:"records,omitempty"`
	By       string          `json:"by"` // name of the official
	At       time.Time       `json:"at"`
	Fact     string          `json:"fact"`
	Outcome  string          `json:"outcome,omitempty"`
	Retains  string          `json:"retains,omitempty"` // the ground
	Review   time.Time       `json:"review,omitzero"`
	Answered time.Time       `json:"answered,omitzero"`
	Answer   string          `json:"answer,omitempty"` // fact
	AnswerBy string          `json:"answer_by,omitempty"`
}

// tellAbroad asks every node to which something of a forgotten person or case
// went, and takes their consular notices back. It is drawn up while what went is
// still known.
func tellAbroad(tx *store.Tx, d *act.Draw, c casefile.Case, p *casefile.Person, f *casefile.Forgotten) ([]journal.Fact, error) {
	order, err := store.Doc[casefile.ForgetOrder](tx, `SELECT doc FROM forget_order WHERE id = $1`, f.Order)
	if err != nil {
		return nil, fmt.Errorf("order to forget: %w", err)
	}
	all, err := referral.Of(tx, c)
	if err != nil {
		return nil, err
	}
	out, err := consular.TellForgotten(tx, c, p)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if !r.Home() {
			continue
		}
		subjects, err := went(tx, r, p)
		if err != nil {
			return nil, err
		}
		for _, subject := range subjects {
			a := &Asked{Envelope: journal.Envelope{Case: c.ID, Referral: r.ID, To: r.Receiver, Purpose: wire.PurposeProtection}, ID: d.ID(), Number: r.Number,
				Office: r.Sender.Office, Subject: subject, Ground: order.Ground}
			if p != nil {
				if a.Files, err = file.GivenOf(tx, r.ID, append([]string{p.ID}, p.Also...)); err != nil {
					return nil, err
				}
				if a.Records, err = packet.Records(tx, r.Packet, subject); err != nil {
					return nil, err
				}
			}
			out = append(out, a)
		}
	}
	return out, nil
}

// went are the pseudonyms under which a person went with a referral, in any of
// its versions or on a sheet; the empty one for a whole case.
func went(tx *store.Tx, r referral.Referral, p *casefile.Person) (out []string, err error) {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	sent := slices.DeleteFunc(versions, func(v packet.Version) bool { return v.Message == "" })
	if len(sent) == 0 {
		return nil, nil
	}
	if p == nil {
		return []string{""}, nil
	}
	plants, err := casefile.Plants(tx, *p)
	if err != nil {
		return nil, err
	}
	for _, plant := range plants {
		named, err := r.OnSheets(tx, plant)
		if err != nil {
			return nil, err
		}
		if named || slices.ContainsFunc(sent, func(v packet.Version) bool { return slices.Contains(v.Subjects(), plant) }) {
			out = append(out, plant)
		}
	}
	return out, nil
}

func applyAsked(tx *store.Tx, e journal.Entry, f Asked) error {
	for _, office := range []string{e.From.Office, f.Office, e.To.Office} { // an id of the other node's office stands for nobody here
		if err := access.Member(tx, typeExpunge, f.ID, office); err != nil {
			return err
		}
	}
	return Request{ID: f.ID, Referral: e.Referral, Number: f.Number, Case: e.Case, From: wire.Address{Node: e.From.Node, Office: f.Office}, To: e.To,
		Subject: f.Subject, Ground: f.Ground, Files: f.Files, Records: f.Records, By: name(e), At: e.Created, Fact: e.ID}.save(tx)
}

func (q Request) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO expunge_request (id, referral, node, answered, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET answered = excluded.answered, doc = excluded.doc`, q.ID, q.Referral, q.To.Node, store.Micros(q.Answered), store.JSON(q))
}

// admitAsked takes a request from the node that sent the referral.
func admitAsked(tx *store.Tx, m wire.Message, f Asked) (wire.Code, error) {
	if m.Act.By == nil {
		return wire.CodeUnsigned, nil
	}
	r, err := referral.Load(tx, m.Act.Referral)
	switch {
	case refusal.Is(err, "access.not_found"):
		return wire.CodeUnknownObject, nil
	case err != nil:
		return "", err
	case r.Home() || r.Sender.Node != m.Act.From.Node || r.Case != m.Act.Case:
		return wire.CodeNotOwner, nil
	case f.ID == "" || f.Number != r.Number || f.Office != r.Sender.Office || len(f.Files) > 10_000 || !slices.Contains(casefile.Codes("forget_ground"), f.Ground):
		return wire.CodeContent, nil
	}
	if ok, err := packet.AdmitRecords(tx, r.Packet, f.Records); err != nil || !ok {
		return wire.CodeContent, err
	}
	if _, err := load(tx, f.ID); !refusal.Is(err, "access.not_found") {
		return wire.CodeContent, err
	}
	return "", nil
}

// load reads a request; what is not there, or not one's own office's, is absent.
func load(tx *store.Tx, id string) (Request, error) {
	q, err := access.Reached[Request](tx, `SELECT doc FROM expunge_request WHERE id = $1`, []any{id}, access.Tie{Type: typeExpunge, Column: "expunge_request.id"})
	return q, access.OrAbsent(err, "request to expunge")
}

// resource is a request, or an order that follows from it, as access sees it.
func resource(tx *store.Tx, id string) (access.Resource, error) {
	offices, err := access.Offices(tx, typeExpunge, id)
	return access.Resource{Type: typeExpunge, ID: id, Offices: offices}, err
}

// Retain answers that what was received is kept, on a legal ground.
type Retain struct {
	Request string    `json:"request"`
	Ground  string    `json:"ground"`
	Until   time.Time `json:"until"`
}

// Verb implements act.Command.
func (*Retain) Verb() string { return "retention.retain" }

// Signed implements act.Signed.
func (*Retain) Signed() {}

// Decide implements act.Command.
func (c *Retain) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	q, err := asked(tx, d, c.Request)
	if err != nil {
		return nil, err
	}
	if _, listed := program.GroundByID(program.RetainGrounds(), c.Ground); !listed {
		return nil, refusal.New("retention.ground")
	}
	if err := until(c.Until, d.Now); err != nil {
		return nil, err
	}
	return []journal.Fact{&Answered{Envelope: q.back(), Request: q.ID, Outcome: OutcomeRetained, Ground: c.Ground, Review: whole(c.Until)}}, nil
}

// asked loads a request that this node is asked, for an act on it.
func asked(tx *store.Tx, d *act.Draw, id string) (Request, error) {
	q, err := load(tx, id)
	if err != nil {
		return q, err
	}
	res, err := resource(tx, q.ID)
	if err != nil {
		return q, err
	}
	if err := d.Allow(tx, res); err != nil {
		return q, err
	}
	switch {
	case q.To.Node != d.Node:
		return q, refusal.Conflict("retention.theirs")
	case q.Outcome == OutcomeExpunged:
		return q, refusal.Conflict("retention.expunged_already")
	}
	return q, nil
}

// back is what an answer says around itself.
func (q Request) back() journal.Envelope {
	return journal.Envelope{Case: q.Case, Referral: q.Referral, To: q.From, Purpose: wire.PurposeProtection}
}

func applyAnswered(tx *store.Tx, e journal.Entry, f Answered) error {
	q, err := store.Doc[Request](tx, `SELECT doc FROM expunge_request WHERE id = $1`, f.Request)
	if err != nil {
		return fmt.Errorf("request to expunge: %w", err)
	}
	q.Outcome, q.Retains, q.Review, q.Answered, q.Answer, q.AnswerBy = f.Outcome, f.Ground, f.Review, e.Created, e.ID, name(e)
	return q.save(tx)
}

func admitAnswered(tx *store.Tx, m wire.Message, f Answered) (wire.Code, error) {
	q, err := load(tx, f.Request)
	switch {
	case refusal.Is(err, "access.not_found"):
		return wire.CodeUnknownObject, nil
	case err != nil:
		return "", err
	case q.To.Node != m.Act.From.Node || q.Referral != m.Act.Referral:
		return wire.CodeNotOwner, nil
	case q.Outcome == OutcomeExpunged:
		return wire.CodeContent, nil
	}
	_, listed := program.GroundByID(program.RetainGrounds(), f.Ground)
	switch f.Outcome {
	case OutcomeExpunged:
		if f.Ground != "" || !f.Review.IsZero() {
			return wire.CodeContent, nil
		}
	case OutcomeRetained:
		if !listed || until(f.Review, m.Act.Created) != nil {
			return wire.CodeContent, nil
		}
	default:
		return wire.CodeContent, nil
	}
	return "", nil
}

// object is under what orders about a referral stand: one for each subject.
func object(id, subject string) string { return strings.TrimSuffix(id+"/"+subject, "/") }
