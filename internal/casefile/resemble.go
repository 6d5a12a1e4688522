package casefile

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Likeness is what is known of an event that may be in a case already: whatever
// of it is given is looked for, each for itself. Nobody but named adult suspects
// is looked for among people.
type Likeness struct {
	Reference string   `json:"reference,omitempty"` // the agency's own event number
	Place     string   `json:"place,omitempty"`     // scheme:code
	When      string   `json:"when,omitempty"`      // as precisely as an hour
	Zone      string   `json:"zone,omitempty"`      // in which it is stated; the office's own when left out
	Plates    []string `json:"plates,omitempty"`
	Phones    []string `json:"phones,omitempty"`
	Suspects  []string `json:"suspects,omitempty"` // full names
}

// The grounds on which a case may be about the same.
const (
	SameReference = "reference"
	SameHour      = "hour" // and the same place
	SamePlate     = "plate"
	SamePhone     = "phone"
	SameSuspect   = "suspect"
)

// sameHour is how far apart two reports of one event may be.
const sameHour = time.Hour

// Resembling is a case of one's own office that may be about the same.
type Resembling struct {
	Case   string    `json:"case"`
	Number string    `json:"number"`
	Opened time.Time `json:"opened"`
	Why    []string  `json:"why"` // SameReference and its kind
}

// Resemble gives the cases of an office that may be about the same, newest
// first. It finds them by the index of the text search, in which protected
// people are not, and see decides for each thing as for any other read: a case
// that may not be seen is as one that is not there. What is given in no form
// that is known, as a number that is half typed, finds nothing.
func Resemble(tx *store.Tx, o Opener, by access.Actor, see func(access.Resource) bool, like Likeness) ([]Resembling, error) {
	if by.Office == "" || !see(searching(by)) {
		return []Resembling{}, nil
	}
	r := &resembling{tx: tx, o: o, office: by.Office, see: see, found: map[string]*Resembling{}}
	r.about(SameReference, Question{Noun: "event", Words: like.Reference}, func(h Hit) (bool, error) {
		e, err := r.event(h)
		return compact(e.Reference) == compact(like.Reference), err
	})
	r.atThatHour(like)
	for _, plate := range like.Plates {
		r.about(SamePlate, Question{Noun: "vehicle", Words: plate}, func(h Hit) (bool, error) {
			var v VehicleDetail
			err := r.detail(h, &v)
			return compact(v.Plate) == compact(plate), err
		})
	}
	for _, number := range like.Phones {
		e164, _, err := parsePhone(number, by.Country)
		if err != nil {
			continue
		}
		r.about(SamePhone, Question{Noun: "phone", Words: compact(e164)}, func(h Hit) (bool, error) {
			var n PhoneDetail
			err := r.detail(h, &n)
			return n.Number == e164, err
		})
	}
	for _, name := range like.Suspects {
		r.about(SameSuspect, Question{Noun: "person", Words: name}, func(h Hit) (bool, error) { return r.named(h, name) })
	}
	return r.newest(), r.err
}

// resembling gathers what was found by case.
type resembling struct {
	tx     *store.Tx
	o      Opener
	office string
	see    func(access.Resource) bool
	found  map[string]*Resembling
	err    error
}

// mostAlike bounds how much of the index one ground looks at, the newest first.
const mostAlike = 200

// about looks at what the index finds for a question: what is the same counts
// for its case.
func (r *resembling) about(why string, q Question, same func(Hit) (bool, error)) {
	if q.Words == "" || r.err != nil {
		return
	}
	asked, err := q.asked(r.tx, r.office)
	if err == nil && len(asked.words) == 0 {
		return
	}
	var rows []row
	if err == nil {
		rows, err = lookUp(r.tx, asked, math.MaxInt64, mostAlike)
	}
	for _, x := range rows {
		if err != nil {
			break
		}
		var is bool
		if is, err = same(x.Hit); is && err == nil {
			err = r.add(x.Hit, why)
		}
	}
	r.err = errors.Join(r.err, err)
}

func (r *resembling) atThatHour(like Likeness) {
	at, err := ParseMoment(like.When, like.Zone)
	if err != nil || like.Place == "" || at.Precision != "minute" && at.Precision != "hour" {
		return
	}
	day := func(t time.Time) string { return t.In(zoneOf(at.Zone)).Format(time.DateOnly) }
	r.about(SameHour, Question{Noun: "event", Words: like.Place, From: day(at.At.Add(-sameHour)), To: day(at.At.Add(sameHour))}, func(h Hit) (bool, error) {
		e, err := r.event(h)
		return e.Place.Code == like.Place && e.When.At.Sub(at.At).Abs() <= sameHour, err
	})
}

func (r *resembling) event(h Hit) (e Event, err error) {
	i, err := LoadItem(r.tx, h.Object)
	if err == nil {
		err = i.Decode(&e)
	}
	return e, err
}

func (r *resembling) detail(h Hit, into any) error {
	i, err := LoadItem(r.tx, h.Object)
	if err != nil {
		return err
	}
	if _, err = i.OpenDetail(r.tx, r.o, into); errors.Is(err, seal.ErrNoKey) {
		return nil
	}
	return err
}

func (r *resembling) named(h Hit, name string) (bool, error) {
	p, err := standsFor(r.tx, h.Object)
	if err != nil || p.Class != Suspect {
		return false, err
	}
	who, err := OpenIdentity(r.tx, r.o, p)
	if errors.Is(err, seal.ErrNoKey) {
		return false, nil
	}
	return slices.ContainsFunc(who.Names(), func(n string) bool { return Fold(n) == Fold(name) }), err
}

// add counts what was found for its case, if both may be seen.
func (r *resembling) add(h Hit, why string) error {
	c, err := Load(r.tx, h.Case)
	if err != nil {
		return err
	}
	thing := c.resource(h.Noun, h.Object)
	if h.Noun == "person" {
		p, err := standsFor(r.tx, h.Object)
		if err != nil {
			return err
		}
		thing = IdentityResource(c, p)
	}
	if !r.see(Resource(c)) || !r.see(thing) {
		return nil
	}
	x := r.found[c.ID]
	if x == nil {
		x = &Resembling{Case: c.ID, Number: c.Number, Opened: c.Opened}
		r.found[c.ID] = x
	}
	if !slices.Contains(x.Why, why) {
		x.Why = append(x.Why, why)
	}
	return nil
}

func (r *resembling) newest() []Resembling {
	out := make([]Resembling, 0, len(r.found))
	for _, x := range r.found {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Resembling) int { return b.Opened.Compare(a.Opened) })
	return out
}

// Resembles is Resemble for a reader, whose look it is.
func Resembles(tx *store.Tx, v *act.Viewing, like Likeness) ([]Resembling, error) {
	return Resemble(tx, v.Ring, v.By, v.See, like)
}
