package shift

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ShiftOffered is the fact that somebody leaves something to a colleague, who
// has not answered yet. The note is sealed.
type ShiftOffered struct {
	journal.Envelope
	ID     string `json:"id"`
	Office string `json:"office"`
	To     string `json:"to"`
	ToName string `json:"to_name"`
	Items  []Item `json:"items"`
}

// Kind implements journal.Fact.
func (ShiftOffered) Kind() string { return "shift.offered.1" }

// Starts tells the id of the change.
func (f ShiftOffered) Starts() string { return f.ID }

// Offer leaves things to a colleague of one's own office who has a role that one
// has oneself. They stay in one's own hands until the colleague takes them.
type Offer struct {
	To    string   `json:"to"`             // account
	Items []string `json:"items"`          // "referral/ID", "case/ID", "gate/ID"
	Note  string   `json:"note,omitempty"` // sealed, for the colleague alone
}

// The bounds of one change.
const (
	mostItems = 200
	maxNote   = 4000
)

// partNote is the sealed note of a change.
const partNote = "note"

// Verb implements act.Command.
func (*Offer) Verb() string { return "shift.offer" }

// Decide implements act.Command.
func (o *Offer) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, Change{Office: d.By.Office}.resource()); err != nil {
		return nil, err
	}
	switch {
	case len(o.Items) == 0:
		return nil, refusal.New("shift.nothing")
	case len(o.Items) > mostItems:
		return nil, refusal.New("shift.too_many", "Max", mostItems)
	case len(o.Note) > maxNote:
		return nil, refusal.New("casefile.too_long", "Field", "note", "Max", maxNote)
	}
	to, err := taker(tx, d.By, o.To, d.Now)
	if err != nil {
		return nil, err
	}
	f := &ShiftOffered{ID: d.ID(), Office: d.By.Office, To: to.ID, ToName: to.Name}
	pending, err := changes(tx, "giver", d.By.User, Offered, mostItems)
	if err != nil {
		return nil, err
	}
	for _, text := range o.Items {
		i, err := leave(tx, d, text)
		if err != nil {
			return nil, err
		}
		again := func(x Item) bool { return x.String() == i.String() }
		if slices.ContainsFunc(f.Items, again) || slices.ContainsFunc(pending, func(c Change) bool { return slices.ContainsFunc(c.Items, again) }) {
			return nil, refusal.Conflict("shift.offered_already", "Number", i.Number)
		}
		f.Items = append(f.Items, i)
	}
	if note := strings.TrimSpace(o.Note); note != "" {
		part, err := d.Seal(tx, d.NewKey("shift/"+f.ID), partNote, note)
		if err != nil {
			return nil, err
		}
		f.Sealed = []wire.Part{part}
	}
	return []journal.Fact{f}, nil
}

// taker is the colleague to whom somebody may leave things: another person of the
// office, whose account is in use and who holds one of the same roles.
func taker(tx *store.Tx, by access.Actor, account string, now time.Time) (access.User, error) {
	all, err := Colleagues(tx, by, now)
	if err != nil {
		return access.User{}, err
	}
	i := slices.IndexFunc(all, func(u access.User) bool { return u.ID == account })
	if i < 0 {
		return access.User{}, refusal.New("shift.taker")
	}
	return all[i], nil
}

// Colleagues are the people to whom somebody may leave things, by name.
func Colleagues(tx *store.Tx, by access.Actor, now time.Time) ([]access.User, error) {
	var out []access.User
	for _, role := range by.Roles {
		users, err := access.UsersOf(tx, by.Office, role, now)
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			if u.ID != by.User && !slices.ContainsFunc(out, func(x access.User) bool { return x.ID == u.ID }) {
				out = append(out, u)
			}
		}
	}
	slices.SortFunc(out, func(a, b access.User) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

// leave is an item as it is left: known to whoever leaves it, and in their hands
// or in nobody's.
func leave(tx *store.Tx, d *act.Draw, text string) (Item, error) {
	i, err := parse(text)
	if err != nil {
		return i, err
	}
	if i, err = known(tx, d, i); err != nil {
		return i, err
	}
	if i.Type == ItemGate {
		return i, nil
	}
	h, err := handOf(tx, i)
	if err == nil && h.Account != "" && h.Account != d.By.User {
		err = refusal.Conflict("shift.not_in_hand", "Number", i.Number, "Name", h.Name)
	}
	return i, err
}

// known completes an item that the actor may see; what they may not is absent.
func known(tx *store.Tx, d *act.Draw, i Item) (Item, error) {
	switch i.Type {
	case ItemReferral:
		r, err := referral.Load(tx, i.ID)
		if err != nil {
			return i, err
		}
		i.Number = r.Number
		return i, d.Known(referral.Resource(r))
	case ItemGate:
		caseID, err := protection.GateOwned(tx, d.By, i.ID)
		if err != nil {
			return i, err
		}
		i.Case = caseID
	default:
		i.Case = i.ID
	}
	c, err := casefile.Load(tx, i.Case)
	if err != nil {
		return i, err
	}
	i.Number = c.Number
	return i, d.Known(casefile.Resource(c))
}

func applyOffered(tx *store.Tx, e journal.Entry, f ShiftOffered) error {
	c := Change{ID: f.ID, Office: f.Office, To: f.To, ToName: f.ToName, Items: f.Items, State: Offered, At: e.Created, Fact: e.ID}
	if e.By != nil {
		c.From, c.FromName = e.By.ID, e.By.Name
	}
	return save(tx, c)
}
