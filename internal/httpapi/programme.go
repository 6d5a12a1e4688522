package httpapi

import (
	"context"
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"go.yaml.in/yaml/v3"
)

// Law is one row of the programme's data in a list: law is data, and what
// nobody has read is shown as unverified.
type Law struct {
	ID       string       `json:"id"`
	Country  string       `json:"country,omitempty"`
	Name     program.Text `json:"name"`
	Source   program.Text `json:"source,omitzero" doc:"Provision it rests on"`
	Verified string       `json:"verified" enum:"yes,secondary,no" doc:"How far it was checked against its text"`
	From     program.Day  `json:"from,omitzero" doc:"In force since; left out where not established"`
	To       program.Day  `json:"to,omitzero"`
}

// programme registers the programme's data: procedures, offences, routes, clocks and
// the screening form.
func (s *Server) programme() {
	lawReads(s, "procedure", "procedures", "Procedures: states, steps, clocks, checklists and crossing acts", procedures, program.ProcedureByID)
	lawReads(s, "offence", "offences", "Offences of both countries with their elements and equivalents", offences, program.OffenceByID)
	lawReads(s, "route", "routes", "Routes: which specialised unit offences go to, by the day of the referral; the first that names an offence counts", routes, program.RouteByID)
	lawReads(s, "clock", "clocks", "Clocks: terms of law, of policy and targets of the programme", clocks, program.ClockByID)
	read(s, "protection-form", "/api/v1/programme/screening-form", "protection", "The screening form to ask with today; its opening is this node's word of when it was given for a case, for protection.screen to bring back", func(ctx context.Context, by access.Actor, in *formIn) (map[string]any, error) {
		form, err := one(ctx, s.Acts, by, in.Purpose, access.Resource{Type: "program", ID: "screening-form"}, func() (any, bool) { return protection.CurrentForm(), true })
		if err == nil && in.Case != "" {
			form["opening"] = protection.Opening(s.Acts.Ring, by.User, in.Case, s.Acts.Now())
		}
		return form, err
	})
}

// lawReads registers the list of a kind of law and one row of it in full, as
// its file has it.
func lawReads[T any](s *Server, typ, plural, summary string, list func() []Law, find func(string) (*T, bool)) {
	read(s, typ+"-list", "/api/v1/programme/"+plural, "programme", summary, func(ctx context.Context, by access.Actor, in *Who) ([]Law, error) {
		return act.View(ctx, s.Acts, by, in.Purpose, "programme."+plural, func(_ *store.Tx, v *act.Viewing) ([]Law, error) {
			return list(), v.Must(access.Resource{Type: typ})
		})
	})
	read(s, typ+"-show", "/api/v1/programme/"+plural+"/{id}", "programme", "One of them in full, in the words of its file", func(ctx context.Context, by access.Actor, in *idIn) (map[string]any, error) {
		return one(ctx, s.Acts, by, in.Purpose, access.Resource{Type: typ, ID: in.ID}, func() (any, bool) { return find(in.ID) })
	})
}

// one shows programme data under the names that its file uses.
func one(ctx context.Context, a *act.Acts, by access.Actor, purpose string, r access.Resource, find func() (any, bool)) (map[string]any, error) {
	return act.View(ctx, a, by, purpose, "programme."+r.Type, func(_ *store.Tx, v *act.Viewing) (map[string]any, error) {
		if err := v.Must(r); err != nil {
			return nil, err
		}
		data, known := find()
		if !known {
			return nil, refusal.NotFound()
		}
		raw, err := yaml.Marshal(data)
		if err != nil {
			return nil, fmt.Errorf("programme data: %w", err)
		}
		var out map[string]any
		if err := yaml.Unmarshal(raw, &out); err != nil {
			return nil, fmt.Errorf("programme data: %w", err)
		}
		return out, nil
	})
}

func procedures() []Law {
	var out []Law
	for _, p := range program.Procedures() {
		out = append(out, Law{ID: p.ID, Country: p.Receives, Name: p.Title, Verified: string(p.Verified), From: p.From, To: p.To})
	}
	return out
}

func offences() []Law {
	var out []Law
	for _, o := range program.Offences() {
		from, to := o.Established()
		out = append(out, Law{ID: o.ID, Country: o.Country, Name: o.Title, Source: o.Section, Verified: string(o.Verified), From: from, To: to})
	}
	return out
}

func routes() []Law {
	var out []Law
	for _, r := range program.Routes() {
		out = append(out, Law{ID: r.ID, Country: r.Of(), Name: r.Names(r.To), Source: r.Law, Verified: string(r.Verified), From: r.From, To: r.To})
	}
	return out
}

func clocks() []Law {
	var out []Law
	for _, c := range program.Clocks() {
		out = append(out, Law{ID: c.ID, Country: c.Country, Name: c.Title, Source: c.Source, Verified: string(c.Verified)})
	}
	return out
}
