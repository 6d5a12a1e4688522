package packet

import (
	"encoding/json"
	"slices"
	"sort"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// masked is a composer's text with protected names hidden.
func (b *builder) masked(w Words) Words {
	w.Text, w.Translated = b.names.over(w.Text), b.names.over(w.Translated)
	return w
}

// tellCase writes the summary of facts and the events.
func (b *builder) tellCase() error {
	if b.draft.Facts.Text != "" {
		if err := b.put(wire.SectionFacts, "facts", "", wire.TierAnalysis, b.masked(b.draft.Facts)); err != nil {
			return err
		}
	}
	events, err := b.list("event")
	if err != nil {
		return err
	}
	var first, last time.Time
	for _, i := range events {
		var e casefile.Event
		if err := i.Decode(&e); err != nil {
			return err
		}
		var detail casefile.EventDetail
		if unread(i, b.lost) {
			if i.Detail != nil {
				if err := b.omit("narrative", "", i.ID, omittedForgotten); err != nil {
					return err
				}
			}
		} else if _, err := i.OpenDetail(b.tx, b.d, &detail); err != nil && !missing(err) {
			return err
		}
		end := e.When.At
		if e.Until != nil {
			end = e.Until.At
		}
		if first.IsZero() || e.When.At.Before(first) {
			first = e.When.At
		}
		if end.After(last) {
			last = end
		}
		if !slices.Contains(b.notice.Modes, e.Mode) {
			b.notice.Modes = append(b.notice.Modes, e.Mode)
		}
		if p := (Place{e.Place.Code, e.Place.Name}); !slices.Contains(b.notice.Places, p) {
			b.notice.Places = append(b.notice.Places, p)
		}
		body := EventBody{Event: e, Narrative: b.names.over(detail.Narrative), Lang: detail.Lang}
		if err := b.put(wire.SectionEvents, i.ID, "", wire.TierAnalysis, body); err != nil {
			return err
		}
	}
	if !first.IsZero() {
		b.notice.From, b.notice.To = first.Format(time.DateOnly), last.Format(time.DateOnly)
	}
	return nil
}

// tellThings writes vehicles, phones and property. What a protected person
// held leads to that person and stays.
func (b *builder) tellThings() error {
	for _, noun := range []string{"vehicle", "phone", "property"} {
		items, err := b.list(noun)
		if err != nil {
			return err
		}
		for _, i := range items {
			if err := b.tellThing(noun, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) tellThing(noun string, i casefile.Item) error {
	if m := b.people[i.Person]; m != nil && m.Class == casefile.Protected {
		return b.omit(noun, m.Plant, i.ID, omittedLeads)
	}
	var thing struct {
		Kind     string `json:"kind"`
		Amount   int64  `json:"amount_cents"`
		Currency string `json:"currency"`
	}
	if err := i.Decode(&thing); err != nil {
		return err
	}
	body := ThingBody{Noun: noun, Holder: b.subject(i.Person), Kind: thing.Kind, Amount: thing.Amount, Money: thing.Currency}
	var detail map[string]any
	if unread(i, b.lost) {
		if i.Detail != nil {
			return b.omit(noun, "", i.ID, omittedForgotten)
		}
	} else if ok, err := i.OpenDetail(b.tx, b.d, &detail); err != nil && !missing(err) {
		return err
	} else if ok && err == nil {
		for k, v := range detail {
			if s, text := v.(string); text {
				detail[k] = b.names.over(s)
			}
		}
		if body.Detail, err = json.Marshal(detail); err != nil {
			return err
		}
	}
	return b.put(wire.SectionProperty, i.ID, "", wire.TierAnalysis, body)
}

// tellCharges writes the charges against those who are asked to be prosecuted,
// with the equivalents in the other country's law.
func (b *builder) tellCharges() error {
	items, err := b.list("charge")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, i := range items {
		var c casefile.Charge
		if err := i.Decode(&c); err != nil {
			return err
		}
		m := b.people[c.Person]
		if m == nil || !slices.Contains(b.draft.Suspects, m.ID) {
			continue
		}
		body := ChargeBody{Subject: m.Plant, Offence: c.Offence, Facts: c.Facts, Counts: c.Counts, Jurisdiction: c.Jurisdiction, Elements: c.Elements}
		seen[c.Offence] = true
		if o, ok := program.OffenceByID(c.Offence); ok && o.Country != b.draft.Receiving {
			for _, e := range o.EquivalentIn(b.draft.Receiving) {
				body.Equivalents = append(body.Equivalents, e.ID)
				seen[e.ID] = true
			}
		}
		for _, e := range c.Elements {
			if len(b.draft.travels(e.Items)) > 0 {
				b.elements[e.ID] = true
			}
		}
		if err := b.put(wire.SectionCharges, i.ID, "", wire.TierAnalysis, body); err != nil {
			return err
		}
	}
	b.notice.Offences, b.notice.Elements = sorted(seen), sorted(b.elements)
	return nil
}

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
