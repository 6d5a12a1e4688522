package referral

import (
	"errors"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// A protected person who returns is received at liberty, on a sheet of their own
// and never at the crossing and in the shift of a suspect of the case. Where and
// when are identity data (DESIGN §7): sealed in the fact, and shown to the victim
// adviser, and to the receiving officer from two hours before (whereabouts). The
// victim adviser arranges and gives; the migration officer receives.

// partReception is the sealed part that says where and when, and what goes along.
const partReception = "reception"

// Arrangement is where and when a protected person crosses, sealed.
type Arrangement struct {
	At          time.Time   `json:"at"`
	Crossing    string      `json:"crossing"`
	File        string      `json:"file,omitempty"`
	AppealUntil program.Day `json:"appeal_until,omitzero"`
	Belongings
}

// ReceptionScheduled is the appointment at which a protected person is received.
type ReceptionScheduled struct {
	journal.Envelope
	ID     string `json:"id"`
	Person string `json:"person"` // pseudonym
	Record string `json:"record"` // id of the person's record on the sender's node
	Office string `json:"office"` // that receives the person
	Basis  string `json:"basis"`  // at_liberty, return_decision
	Sheet  int64  `json:"sheet"`
}

// Kind implements journal.Fact.
func (ReceptionScheduled) Kind() string { return "referral.reception_scheduled.1" }

// Starts tells the id of the reception.
func (f ReceptionScheduled) Starts() string { return f.ID }

// ReceptionAct is what happened to a reception; each of its facts embeds it.
type ReceptionAct struct {
	journal.Envelope
	Reception string `json:"reception"`
}

// ReceptionCancelled calls a reception off.
type ReceptionCancelled struct{ ReceptionAct }

// Kind implements journal.Fact.
func (ReceptionCancelled) Kind() string { return "referral.reception_cancelled.1" }

// ReceptionGiven is the first of its two signatures.
type ReceptionGiven struct{ ReceptionAct }

// Kind implements journal.Fact.
func (ReceptionGiven) Kind() string { return "referral.reception_given.1" }

// ReceptionTaken is the first version of the fact ReceptionReceived: nobody had to
// count the sheet. Nobody makes it any more.
type ReceptionTaken struct{ ReceptionAct }

// Kind implements journal.Fact.
func (ReceptionTaken) Kind() string { return "referral.reception_received.1" }

// ReceptionReceived is the second, with the numbers of what was counted; the count
// itself is sealed.
type ReceptionReceived struct {
	ReceptionAct
	Tally Tally `json:"tally"`
}

// Kind implements journal.Fact.
func (ReceptionReceived) Kind() string { return "referral.reception_received.2" }

// Reception is a reception as a node holds it. Each act has its own place, so
// that the order in which acts of both sides arrive makes no difference.
type Reception struct {
	ID        string     `json:"id"`
	Referral  string     `json:"referral"`
	Fact      string     `json:"fact,omitempty"` // that scheduled it
	Person    string     `json:"person"`
	Record    string     `json:"record,omitempty"` // at home
	Office    string     `json:"office"`
	Basis     string     `json:"basis"`
	Sheet     int64      `json:"sheet"`
	Cancelled *Signature `json:"cancelled,omitempty"`
	Given     *Signature `json:"given,omitempty"`
	Received  *Signature `json:"received,omitempty"`
}

// handOver is the reception as a hand-over, without where and when. Whoever was
// given is on the way, whatever was called off meanwhile: both nodes look for the
// person first.
func (x Reception) handOver(r Referral) HandOver {
	h := HandOver{Fact: x.Fact, Sheet: sheetNumber(r.Sender.Office, x.Office, x.Sheet), Person: x.Person, ID: x.Record, Office: x.Office, Basis: x.Basis,
		Protected: true, Given: x.Given, Received: x.Received}
	if x.Received != nil {
		h.As = "at_liberty"
	}
	if x.Given == nil && x.Cancelled != nil {
		h.Cancelled = x.Cancelled.At
	}
	return h
}

// with is the hand-over where and when it was arranged.
func (h HandOver) with(a Arrangement) HandOver {
	h.At, h.Crossing, h.File, h.AppealUntil = a.At, a.Crossing, a.File, a.AppealUntil
	h.Carried = &a.Belongings
	return h
}

// ScheduleReception arranges that a protected person is received.
type ScheduleReception struct {
	Referral    string    `json:"referral"`
	Person      string    `json:"person"`
	Office      string    `json:"office"`
	At          time.Time `json:"at"`
	Crossing    string    `json:"crossing"`
	File        string    `json:"file,omitempty"`
	AppealUntil string    `json:"appeal_until,omitempty"`
	Property    []string  `json:"property,omitempty"`
	Papers      []string  `json:"papers,omitempty"`
	Accepted    bool      `json:"accepted,omitempty"`
}

// Verb implements act.Command.
func (*ScheduleReception) Verb() string { return "referral.schedule_reception" }

// givers and receivers of protected people are none who arrest or prosecute.
var (
	givers    = program.Owner{Side: program.Sender, Roles: []string{access.RoleAdviser}}
	receivers = program.Owner{Side: program.Receiver, Roles: []string{access.RoleINM, access.RoleAdviser}}
	eitherEnd = program.Owner{Side: program.Either, Roles: []string{access.RoleINM, access.RoleAdviser}}
)

// Decide implements act.Command.
func (c *ScheduleReception) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, r.owned(givers, nil)); err != nil {
		return nil, err
	}
	p, err := r.shielded(tx, c.Person)
	if err != nil {
		return nil, err
	}
	_, country := r.countries()
	until, _ := program.ParseDay(c.AppealUntil)
	a := Arrangement{At: c.At.UTC().Truncate(time.Microsecond), Crossing: c.Crossing, File: strings.TrimSpace(c.File), AppealUntil: until}
	f := &ReceptionScheduled{Envelope: r.apart(), ID: d.ID(), Person: p.Plant, Record: p.ID, Office: c.Office, Basis: map[string]string{"MX": atLiberty, "US": returnDecision}[country]}
	h := Reception{Record: p.ID, Person: p.Plant, Office: c.Office, Basis: f.Basis}.handOver(r).with(a)
	if err := r.arranged(tx, h, d.Now, p.Age != casefile.Adult); err != nil {
		return nil, err
	}
	if err := r.keepsApart(tx, d, h); err != nil {
		return nil, err
	}
	if err := r.free(tx, d, h, c.Accepted); err != nil {
		return nil, err
	}
	if f.Sheet, err = nextSheet(tx, r, c.Office); err != nil {
		return nil, err
	}
	if a.Belongings, err = goes(c.Property, c.Papers); err != nil {
		return nil, err
	}
	if a.Needs, err = protection.AgreedNeeds(tx, d, r.Case, p.ID); err != nil {
		return nil, err
	}
	part, err := d.Seal(tx, d.NewKey(casefile.KeySubject(p.ID)), partReception, a)
	if err != nil {
		return nil, err
	}
	f.Sealed = []wire.Part{part}
	return []journal.Fact{f}, nil
}

// apart is the envelope of everything about a reception: for protection.
func (r Referral) apart() journal.Envelope {
	return journal.Envelope{Case: r.Case, Referral: r.ID, Handling: "H3", To: r.there(), Purpose: wire.PurposeProtection}
}

// shielded is a protected person of the case, of a referral that has left.
func (r Referral) shielded(tx *store.Tx, id string) (casefile.Person, error) {
	if id == "" {
		return casefile.Person{}, refusal.New("referral.person_missing")
	}
	p, err := casefile.LoadPerson(tx, id)
	if err != nil {
		return p, err
	}
	if _, sent := r.State().Last("send"); !r.Home() || p.Case != r.Case || p.Class != casefile.Protected || !sent {
		return p, refusal.NotFound()
	}
	return p, nil
}

// free refuses to return somebody who does not return by their own will, whose
// return is barred, or whom the other country does not take; towards the United
// States the decision must be final. One answer stands for every bar (DESIGN §8).
func (r Referral) free(tx *store.Tx, d *act.Draw, h HandOver, accepted bool) error {
	barred, err := protection.HandOverBarred(tx, r.Case, h.ID)
	if err != nil {
		return err
	}
	waived, err := protection.ReturnsFreely(tx, r.Case, h.ID)
	if err != nil {
		return err
	}
	_, country := r.countries()
	national, err := isNational(tx, opener{d, d.Now, d.Purpose}, h.ID, country)
	switch {
	case err != nil:
		return err
	case barred:
		return refusal.New("referral.return_barred")
	case !national && !accepted:
		return refusal.New("referral.not_taken")
	case h.Basis == atLiberty && !waived:
		return refusal.New("referral.return_not_voluntary")
	case h.Basis == returnDecision && (h.File == "" || !h.appealPast()):
		return refusal.New("referral.decision_not_final")
	}
	return nil
}

// keepsApart refuses an hour at which a suspect of the case crosses there, or,
// for a suspect, somebody protected: the same shift at the same crossing. It
// answers as if the crossing were closed.
func (r Referral) keepsApart(tx *store.Tx, o casefile.Opener, h HandOver) error {
	b, ok := program.BridgeByID(h.Crossing)
	if !ok {
		return nil
	}
	all, err := OfCase(tx, r.Case)
	if err != nil {
		return err
	}
	for _, other := range all {
		others, err := other.ofOtherKind(tx, o, h.Protected)
		if err != nil {
			return err
		}
		for _, x := range others {
			if (x.waits() || x.Between()) && x.Crossing == h.Crossing && b.Shift(x.At) == b.Shift(h.At) {
				return refusal.New("referral.crossing_closed")
			}
		}
	}
	return nil
}

// ofOtherKind are the hand-overs of suspects, for somebody protected, and the
// receptions of protected people, for a suspect.
func (r Referral) ofOtherKind(tx *store.Tx, o casefile.Opener, protected bool) ([]HandOver, error) {
	if protected {
		h, ok := r.handOver(r.State())
		if !ok {
			return nil, nil
		}
		return []HandOver{h}, nil
	}
	var out []HandOver
	receptions, err := receptionsOf(tx, r.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range receptions {
		a, known, err := x.arrangement(tx, o)
		if err != nil {
			return nil, err
		}
		if known {
			out = append(out, x.handOver(r).with(a))
		}
	}
	return out, nil
}

// arrangement opens where and when; false where this node cannot.
func (x Reception) arrangement(tx *store.Tx, o casefile.Opener) (a Arrangement, known bool, err error) {
	e, _, err := journal.Load(tx, x.Fact)
	if err != nil {
		return a, false, nilIfGone(err)
	}
	part, has := e.Part(partReception)
	if !has {
		return a, false, nil
	}
	if err = o.Open(tx, part, &a); errors.Is(err, seal.ErrNoKey) {
		return a, false, nil
	}
	return a, err == nil, err
}
