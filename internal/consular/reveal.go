package consular

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// RevealAsked is the first person's part of opening the identity of a child.
type RevealAsked struct {
	journal.Envelope
	ID      string `json:"id"`
	Notice  string `json:"notice"`
	Minutes int    `json:"minutes"`
}

// Kind implements journal.Fact.
func (RevealAsked) Kind() string { return "consular.reveal_asked.1" }

// Starts tells the id of the request.
func (f RevealAsked) Starts() string { return f.ID }

// IdentityShown is the fact that the identity of a national is open to one
// official of the consulate until a time. Why is sealed.
type IdentityShown struct {
	journal.Envelope
	ID     string    `json:"id"`
	Notice string    `json:"notice"`
	To     string    `json:"shown_to"` // account
	Until  time.Time `json:"until"`
}

// Kind implements journal.Fact.
func (IdentityShown) Kind() string { return "consular.identity_shown.1" }

// Starts tells the id of the showing.
func (f IdentityShown) Starts() string { return f.ID }

// Showing is one showing of an identity, or a request for one (Until is zero).
type Showing struct {
	ID      string    `json:"id"`
	To      string    `json:"to"` // account that sees it
	Minutes int       `json:"minutes,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	Second  string    `json:"second,omitempty"` // account of the second person
	Mark
}

// Reveal opens to oneself, for a while, who a national is and where held.
type Reveal struct {
	Notice  string `json:"notice"`
	Reason  string `json:"reason"`
	Minutes int    `json:"minutes,omitempty"`
}

// Verb implements act.Command.
func (*Reveal) Verb() string { return "consular.reveal" }

// Signed implements act.Signed.
func (*Reveal) Signed() {}

// Decide implements act.Command.
func (c *Reveal) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	n, err := ours(tx, d, c.Notice, typeFile)
	if err != nil {
		return nil, err
	}
	minutes, err := protection.RevealMinutes(c.Reason, c.Minutes)
	if err == nil && len(c.Reason) > maxWords {
		err = refusal.New("protection.reason_missing")
	}
	if err != nil {
		return nil, err
	}
	part, err := d.Seal(tx, d.NewKey(own(n.ID)), partReason, c.Reason)
	if err != nil {
		return nil, err
	}
	env := journal.Envelope{Case: n.ID, Handling: "H3", Sealed: []wire.Part{part}}
	if n.Under18 {
		return []journal.Fact{&RevealAsked{Envelope: env, ID: d.ID(), Notice: n.ID, Minutes: minutes}}, nil
	}
	return []journal.Fact{&IdentityShown{Envelope: env, ID: d.ID(), Notice: n.ID, To: d.By.User, Until: d.Now.Add(time.Duration(minutes) * time.Minute)}}, nil
}

// ApproveReveal is the second person's yes for a child.
type ApproveReveal struct {
	Notice  string `json:"notice"`
	Request string `json:"request"`
}

// Verb implements act.Command.
func (*ApproveReveal) Verb() string { return "consular.reveal_approve" }

// Signed implements act.Signed.
func (*ApproveReveal) Signed() {}

// Decide implements act.Command.
func (c *ApproveReveal) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	n, err := Load(tx, c.Notice)
	if err != nil {
		return nil, err
	}
	f, err := fileOf(tx, n.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(f.Shown, func(s Showing) bool { return s.ID == c.Request })
	if i < 0 {
		return nil, refusal.NotFound()
	}
	s := f.Shown[i]
	res, err := n.resource(tx, typeFile)
	if err != nil {
		return nil, err
	}
	not, err := access.NotSecond(tx, s.To)
	if err != nil {
		return nil, err
	}
	res.Attrs = map[string]any{access.AttrNot: not}
	if d.By.User == s.To {
		return nil, refusal.New("protection.second_person")
	}
	if err := d.Allow(tx, res); err != nil {
		return nil, err
	}
	switch {
	case n.Withdrawn != nil:
		return nil, refusal.Conflict("consular.taken_back")
	case !s.Until.IsZero():
		return nil, refusal.Conflict("protection.revealed_already")
	case d.Now.After(s.At.Add(protection.RevealWaits)):
		return nil, refusal.Conflict("protection.reveal_lapsed", "Hours", int(protection.RevealWaits/time.Hour))
	}
	return []journal.Fact{&IdentityShown{Envelope: journal.Envelope{Case: n.ID, Handling: "H3"}, ID: s.ID, Notice: n.ID, To: s.To,
		Until: d.Now.Add(time.Duration(s.Minutes) * time.Minute)}}, nil
}

func applyAsked(tx *store.Tx, e journal.Entry, f RevealAsked) error {
	return keep(tx, f.Notice, func(x *file) {
		s := Showing{ID: f.ID, Minutes: f.Minutes, Mark: *mark(e)}
		if e.By != nil {
			s.To = e.By.ID
		}
		x.Shown = append(x.Shown, s)
	})
}

func applyShown(tx *store.Tx, e journal.Entry, f IdentityShown) error {
	return keep(tx, f.Notice, func(x *file) {
		i := slices.IndexFunc(x.Shown, func(s Showing) bool { return s.ID == f.ID })
		if i < 0 {
			x.Shown = append(x.Shown, Showing{ID: f.ID, To: f.To, Until: f.Until, Mark: *mark(e)})
			return
		}
		x.Shown[i].Until = f.Until
		if e.By != nil {
			x.Shown[i].Second = e.By.ID
		}
	})
}

// opened says until when the identity is open to an account; zero if it is not.
func (f file) opened(user string, now time.Time) (until time.Time) {
	for _, s := range f.Shown {
		if s.To == user && s.Until.After(now) && s.Until.After(until) {
			until = s.Until
		}
	}
	return until
}

// IdentityView is who a national is, while it is shown to the reader.
type IdentityView struct {
	Notice string    `json:"notice"`
	Person string    `json:"person"` // pseudonym
	Until  time.Time `json:"until"`
	Whom   Whom      `json:"whom"`
}

// ShowIdentity gives who a national is and where held to the official of the
// consulate that it was shown to by an act, while that lasts.
func ShowIdentity(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (IdentityView, error) {
	return act.View(ctx, a, by, purpose, "consular.identity", func(tx *store.Tx, v *act.Viewing) (IdentityView, error) {
		n, err := Load(tx, id)
		if err != nil {
			return IdentityView{}, err
		}
		f, err := fileOf(tx, n.ID)
		if err != nil {
			return IdentityView{}, err
		}
		res, err := n.resource(tx, "identity")
		if err != nil {
			return IdentityView{}, err
		}
		out := IdentityView{Notice: n.ID, Person: n.Person, Until: f.opened(by.User, a.Now())}
		res.Attrs = map[string]any{"revealed": !out.Until.IsZero() && n.Withdrawn == nil, access.AttrClass: "protected", access.AttrMinor: n.Under18}
		if err := v.Must(res); err != nil {
			return IdentityView{}, err
		}
		known, err := v.OpenPart(tx, n.Sent.Fact, partIdentity, &out.Whom)
		if err == nil && !known {
			err = refusal.NotFound()
		}
		if err != nil {
			return IdentityView{}, fmt.Errorf("identity of a national: %w", err)
		}
		return out, nil
	})
}
