package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/directory"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// confirmContact is the act by which a contact is kept.
const confirmContact = "office.confirm_contact"

// reached is how an office is reached, when that was last checked, and whether it
// must be checked again.
func (q *request) reached(c *directory.Contact, stale bool) view.Reached {
	if c == nil {
		return view.Reached{State: q.t("contacts.never"), Class: "soon", Icon: "hourglass-high"}
	}
	out := view.Reached{Telephone: c.Telephone, Mail: c.Mail, By: listed(c.Name, q.office(q.s.Acts.Node, c.ByOffice)), Class: "ok", Icon: "circle-check",
		State: q.t("contacts.checked", "When", i18n.Date(q.lang, c.At, q.zone()))}
	if stale {
		out.State, out.Class, out.Icon = q.t("contacts.stale", "When", i18n.Date(q.lang, c.At, q.zone())), "soon", "hourglass-high"
	}
	return out
}

// confirms is the act that records how an office is reached; none for who may not.
func (q *request) confirms(node, office string, c *directory.Contact) []view.Act {
	list := q.offered(confirmContact, map[string]string{"node": node, "office": office}, nil)
	for i := range list {
		a := &list[i]
		if c != nil && len(a.Form.Values) == 0 { // what stands is checked, and typed anew only where it changed
			a.Form.Values.Set("telephone", c.Telephone)
			a.Form.Values.Set("mail", c.Mail)
		}
		a.Verb += "-" + node + "-" + office // many on one page
	}
	return list
}

// contactsOf are the offices of one accord, the United States above, each with how
// it is reached.
func (q *request) contactsOf(d accord.Document, all []accord.Reached) []view.AccordOffice {
	var out []view.AccordOffice
	for _, p := range sides(d) {
		for _, o := range d.Offices {
			if o.Node != p.Node {
				continue
			}
			row := view.AccordOffice{ID: anchor(o.Node, o.ID), Country: lower(p.Country), Name: o.Title.In(q.lang), Zone: place(o.Zone, q.lang)}
			for _, r := range all {
				if r.Node == o.Node && r.Office == o.ID {
					row.Reached, row.Acts = q.reached(r.Contact, r.Stale), q.confirms(o.Node, o.ID, r.Contact)
				}
			}
			out = append(out, row)
		}
	}
	return out
}

func anchor(node, office string) string { return "office-" + node + "-" + office }

// contactsToCheck are the contacts that nobody has checked for too long, the longest
// on top.
func (q *request) contactsToCheck() ([]view.AccordOffice, error) {
	all, err := accord.Contacts(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return nil, err
	}
	var out []view.AccordOffice
	for _, r := range all {
		if r.Stale {
			out = append(out, view.AccordOffice{Country: q.country(r.Node), Name: r.Title.In(q.lang), URL: "/accords/" + r.Accords[0] + "#" + anchor(r.Node, r.Office), Reached: q.reached(r.Contact, true)})
		}
	}
	return out, nil
}

// contactDay is what of it the day of who keeps the contacts shows.
func (q *request) contactDay(v *view.MyDay) error {
	if !q.takes(confirmContact, map[string]string{"office": q.by.Office}) {
		return nil
	}
	rows, err := q.contactsToCheck()
	if err != nil {
		return err
	}
	if n := len(rows); n > 0 {
		v.Lead = append(v.Lead, q.t("my_day.contacts", "Count", n))
	}
	d := view.Desk{Title: q.t("contacts.to_check"), URL: "/accords#contacts", All: q.t("my_day.all"), Empty: q.t("contacts.empty"), Side: true}
	for _, r := range rows[:min(len(rows), onADay)] {
		d.Rows = append(d.Rows, view.DeskRow{Title: r.Name, URL: r.URL, Country: r.Country, State: r.Reached.State, Class: r.Reached.Class})
	}
	v.Desks = append(v.Desks, d)
	return nil
}

// contactFacts are how an office of this node is reached, in the directory.
func (q *request) contactFacts(all []directory.Contact, office string, now time.Time) (facts []view.Fact, known *directory.Contact) {
	for _, c := range all {
		if c.Node == q.s.Acts.Node && c.Office == office {
			known = &c
		}
	}
	r := q.reached(known, known == nil || known.Stale(now))
	value := r.State
	if r.By != "" {
		value += ", " + r.By
	}
	if how := listed(r.Telephone, r.Mail); how != "" {
		facts = append(facts, view.Fact{Label: q.t("contacts.contact"), Value: how, Mono: true})
	}
	return append(facts, view.Fact{Label: q.t("contacts.last"), Value: value}), known
}

// staleNote says in a directory that a contact has to be checked.
func (q *request) staleNote(known *directory.Contact, now time.Time) *component.Note {
	if known != nil && !known.Stale(now) {
		return nil
	}
	return &component.Note{Kind: "soon", Title: q.t("contacts.check"), Text: q.t("contacts.holds")}
}
