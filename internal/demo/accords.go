package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// document writes an accord as both governments would sign it, from the
// programme's template: its corridors with every office of its regions, the
// procedures it adopts in each direction, and no delay longer than a day.
func document(t program.Template) (string, error) {
	text := func(x program.Text) map[string]string { return map[string]string{"en": x.En, "es": x.Es} }
	parties := []map[string]any{
		{"node": "us", "country": "US", "title": map[string]string{"en": "United States", "es": "Estados Unidos"}},
		{"node": "mx", "country": "MX", "title": map[string]string{"en": "Mexico", "es": "México"}},
	}
	offices := []map[string]any{}
	for _, n := range nodeNames {
		for _, o := range officesOf(n) {
			if slices.Contains(t.Agencies, o.Agency) || o.Agency == "cbp" {
				offices = append(offices, map[string]any{"node": n, "id": o.ID, "title": text(o.Title), "agency": o.Agency, "zone": o.Zone})
			}
		}
	}
	corridors := []map[string]any{}
	for _, c := range t.Corridors {
		corridors = append(corridors, map[string]any{"id": c.ID, "title": text(c.Title), "sides": []map[string]any{
			{"node": "us", "areas": c.A, "offices": officesIn("us", c.A)},
			{"node": "mx", "areas": c.B, "offices": officesIn("mx", c.B)},
		}})
	}
	procedures := []map[string]any{}
	for _, p := range t.Procedures {
		rule, ok := program.ProcedureByID(p.Procedure)
		if !ok {
			return "", fmt.Errorf("demo: accord %s adopts the unknown procedure %s", t.ID, p.Procedure)
		}
		from := map[string]string{"US": "us", "MX": "mx"}[rule.Sending]
		days := map[string]any{"from": p.From.String()}
		if !p.To.Zero() {
			days["to"] = p.To.String()
		}
		procedures = append(procedures, map[string]any{"procedure": p.Procedure, "from": from, "to": otherNode(from), "facts": days})
	}
	b, err := json.Marshal(map[string]any{
		"ref": t.ID, "title": text(t.Title), "place": map[string]string{"en": t.Place, "es": t.Place}, "date": t.Opens.String(),
		"facts": map[string]any{"from": t.Opens.String()}, "parties": parties, "purposes": []string{wire.PurposeProsecution, wire.PurposeProtection, wire.PurposeLifeAtRisk, wire.PurposeDefenceCourt, wire.PurposeOversight, wire.PurposeStatistics},
		"offices": offices, "corridors": corridors, "procedures": procedures, "calendars": t.Calendars,
		"release": []string{"notice", "analysis", "released"}, "delay_hours": 24,
	})
	return string(b), err
}

// officesIn are a node's offices in regions, and those that answer for them.
func officesIn(n string, regions []string) []string {
	out := []string{}
	for _, o := range officesOf(n) {
		if slices.ContainsFunc(o.Regions, func(r string) bool { return slices.Contains(regions, r) }) {
			out = append(out, o.ID)
		}
	}
	return out
}

// sign puts the three accords in force on both nodes: proposed by the United
// States, signed by both founders of each side.
func (w *World) sign(ctx context.Context) error {
	proposer, err := w.as(ctx, "us", founders["us"][0].Login, wire.PurposeOversight)
	if err != nil {
		return err
	}
	for _, t := range program.Templates() {
		doc, err := document(t)
		if err != nil {
			return err
		}
		made, err := proposer.Take(ctx, "accord.propose", "", map[string]any{"document": doc}, Password)
		if err != nil {
			return fmt.Errorf("accord %s: %w", t.ID, err)
		}
		w.accords[t.ID] = made.Object
	}
	for _, n := range nodeNames {
		for _, f := range founders[n] {
			c, err := w.as(ctx, n, f.Login, wire.PurposeOversight)
			if err != nil {
				return err
			}
			for _, t := range program.Templates() {
				if err := eventually(ctx, func() error {
					_, err := c.Take(ctx, "accord.sign", "", map[string]any{"accord": w.accords[t.ID]}, Password)
					return err
				}); err != nil {
					return fmt.Errorf("sign %s on %s: %w", t.ID, n, err)
				}
			}
		}
	}
	return w.drained(ctx) // an accord is in force where the last signature has arrived
}

// eventually tries until what another node sends has arrived, for at most half
// a minute; the last refusal is the answer.
func eventually(ctx context.Context, f func() error) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := f()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
