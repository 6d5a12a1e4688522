package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Link is what every step of a chain says in clear: nobody but the officials
// who sign is in it, so that it can be shown wherever the exhibit goes.
type Link struct {
	Exhibit   string      `json:"exhibit"`
	Nth       int         `json:"nth"`                 // place in the chain, from 1
	After     wire.Digest `json:"after,omitzero"`      // digest of the message of the step before
	When      time.Time   `json:"when"`                // when it was done, as whoever did it says
	Seal      string      `json:"seal,omitempty"`      // number of the seal put on by this step
	Read      string      `json:"seal_read,omitempty"` // number of the seal that it bore, as it was read
	Condition string      `json:"condition,omitempty"` // in which state it was found
	// Held is the file that the exhibit is, or that the step made of it.
	Held *Held `json:"held,omitempty"`
}

// Step is one step of a chain as a node holds it.
type Step struct {
	Link
	Step   string       `json:"step"`
	Fact   string       `json:"fact"`
	Digest wire.Digest  `json:"digest"`
	Signed time.Time    `json:"signed"` // as its node asserts
	Node   string       `json:"node"`
	Office string       `json:"office"`
	By     string       `json:"by"`
	Name   string       `json:"name"`
	To     wire.Address `json:"to,omitzero"` // of give: who is to receive it
	Detail *wire.Part   `json:"detail,omitempty"`
	// Message is the step's own message where it was not recorded here: it came
	// with the exhibit, as the other node had recorded it.
	Message []byte `json:"message,omitempty"`
}

// Words are the sealed rest of a step: where, before whom, what was done.
type Words struct {
	Place   string   `json:"place,omitempty"`
	Present []string `json:"present,omitempty"`
	Note    string   `json:"note,omitempty"`
}

// wordsPart is the id of a step's sealed words within its message, detailPart
// that of the exhibit's description in the first.
const (
	wordsPart  = "words"
	detailPart = "detail"
)

const (
	maxWords  = 4000 // of a note or a description, in bytes
	maxNumber = 40   // of a seal
)

// Chain reads the chain of an exhibit, in the order that both nodes agree on:
// by place, and of two steps that crossed the earlier first.
func Chain(tx *store.Tx, exhibit string) ([]Step, error) {
	out, err := store.Docs[Step](tx, `SELECT doc FROM exhibit_step WHERE exhibit = $1 ORDER BY nth, fact`, exhibit)
	if err != nil {
		return nil, fmt.Errorf("chain of custody: %w", err)
	}
	return out, nil
}

// Custody is where an exhibit stands by its chain.
type Custody struct {
	Holder  string       `json:"holder"`         // account of whoever signed for it last
	Name    string       `json:"name"`           // of that person
	At      wire.Address `json:"at"`             // office of that person
	Seal    string       `json:"seal,omitempty"` // that it bears
	Between bool         `json:"between,omitempty"`
	To      wire.Address `json:"to,omitzero"`     // between two signatures: who is to sign
	Ended   string       `json:"ended,omitempty"` // return or destroy
	given   Step         // of the two signatures, the one that is there
}

// Stand is where an exhibit stands by its chain; pure.
func Stand(chain []Step) (c Custody) {
	for _, s := range chain {
		switch s.Step {
		case StepCollect, StepReceive:
			c.Holder, c.Name, c.At = s.By, s.Name, wire.Address{Node: s.Node, Office: s.Office}
			c.Between, c.To = false, wire.Address{}
		case StepGive:
			c.Between, c.To, c.given = true, s.To, s
		case StepReturn, StepDestroy:
			c.Ended = s.Step
		case StepOpen:
			c.Seal = ""
		}
		if s.Seal != "" {
			c.Seal = s.Seal
		}
	}
	return c
}

// Doing is what each act of custody says, besides which it is.
type Doing struct {
	Exhibit   string   `json:"exhibit"`
	When      string   `json:"when,omitempty"` // now, if left out
	Zone      string   `json:"zone,omitempty"`
	SealRead  string   `json:"seal_read,omitempty"`
	Condition string   `json:"condition,omitempty"`
	Place     string   `json:"place,omitempty"`
	Present   []string `json:"present,omitempty"`
	Note      string   `json:"note,omitempty"`
}

// open loads the exhibit for a step and asks access; what has ended takes none.
func (f Doing) open(tx *store.Tx, d *act.Draw) (Exhibit, Custody, Link, error) {
	x, err := Load(tx, f.Exhibit)
	if err != nil {
		return x, Custody{}, Link{}, err
	}
	r, err := x.Resource(tx)
	if err == nil {
		err = d.Allow(tx, r)
	}
	if err != nil {
		return x, Custody{}, Link{}, err
	}
	chain, err := Chain(tx, x.ID)
	if err == nil && len(chain) == 0 {
		err = errNoChain
	}
	if err != nil {
		return x, Custody{}, Link{}, err
	}
	c := Stand(chain)
	if c.Ended != "" {
		return x, c, Link{}, refusal.Conflict("exhibit.ended")
	}
	last := chain[len(chain)-1]
	l := Link{Exhibit: x.ID, Nth: last.Nth + 1, After: last.Digest, Read: strings.TrimSpace(f.SealRead), Condition: f.Condition}
	if l.When, err = moment(d, f.When, f.Zone); err != nil {
		return x, c, l, err
	}
	switch {
	case len(l.Read) > maxNumber:
		err = refusal.New("exhibit.seal_number")
	case f.Condition != "" && !conditions.has(f.Condition):
		err = refusal.New("casefile.not_on_list", "Field", "condition", "Value", f.Condition)
	case len(f.Note) > maxWords || len(f.Place) > maxWords:
		err = refusal.New("casefile.too_long", "Field", "note", "Max", maxWords)
	}
	return x, c, l, err
}

// envelope seals a step's words and addresses it: once an exhibit has crossed,
// the other node is told of every step.
func (f Doing) envelope(tx *store.Tx, d *act.Draw, x Exhibit) (journal.Envelope, error) {
	e := journal.Envelope{Case: x.Case, Handling: x.Handling}
	if x.Bond != nil {
		e.Referral, e.To, e.Purpose = x.Bond.Referral, x.Bond.other(d.Node), wire.PurposeProsecution
	}
	words := Words{Place: strings.TrimSpace(f.Place), Present: trimmed(f.Present), Note: strings.TrimSpace(f.Note)}
	if words.Place == "" && len(words.Present) == 0 && words.Note == "" {
		return e, nil
	}
	key := ""
	if x.Detail != nil {
		key = x.Detail.Key
	}
	if x.Bond != nil && x.Bond.Here.Node != d.Node {
		key = d.NewKey(keySubject(x.Bond.Referral)) // the key of what came from abroad is not held here
	}
	part, err := d.Seal(tx, key, wordsPart, words)
	if errors.Is(err, seal.ErrNoKey) {
		return e, refusal.Conflict("exhibit.forgotten") // custody goes on, without words
	}
	e.Sealed = []wire.Part{part}
	return e, err
}

// keySubject is whose keys seal what is said here of exhibits from abroad: they
// go with the referral.
func keySubject(referral string) string { return "exhibits/" + referral }

// StepTaken is a step that one person took and signed.
type StepTaken struct {
	journal.Envelope
	Link
	Step string `json:"step"`
}

// Kind implements journal.Fact.
func (StepTaken) Kind() string { return "exhibit.step_taken.1" }

// TakeStep signs for a step that one person takes: seal, open, copy, analyse,
// translate, return, destroy.
type TakeStep struct {
	Doing
	Step string `json:"step"`
	Seal string `json:"seal,omitempty"`
	File string `json:"file,omitempty"`
}

// Verb implements act.Command.
func (*TakeStep) Verb() string { return "exhibit.step" }

// Signed implements act.Signed.
func (*TakeStep) Signed() {}

// Decide implements act.Command.
func (k *TakeStep) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	x, c, l, err := k.open(tx, d)
	if err != nil {
		return nil, err
	}
	l.Seal = strings.TrimSpace(k.Seal)
	ends := k.Step == StepReturn || k.Step == StepDestroy
	switch {
	case !slices.Contains(alone, k.Step):
		return nil, refusal.New("casefile.not_on_list", "Field", "step", "Value", k.Step)
	case k.Step == StepSeal && l.Seal == "", len(l.Seal) > maxNumber:
		return nil, refusal.New("exhibit.seal_number")
	case c.Between:
		return nil, refusal.Conflict("exhibit.between")
	case ends && strings.TrimSpace(k.Note) == "":
		return nil, refusal.New("exhibit.why_ended") // to whom, or by whose order
	}
	if ends {
		if err := free(tx, x); err != nil {
			return nil, err
		}
	}
	held, parts, err := hold(tx, x.Case, k.File)
	if err != nil {
		return nil, err
	}
	l.Held = held
	f := &StepTaken{Link: l, Step: k.Step}
	f.Envelope, err = k.envelope(tx, d, x)
	f.Sealed = append(f.Sealed, parts...)
	return []journal.Fact{f}, err
}
