package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/wire"
)

// document is an accord as both governments sign it: the programme's draft,
// and the offices of the programme itself.
func document(t program.Template) (string, error) {
	var nodes [2]accord.Party
	for i, n := range nodeNames {
		country, ok := program.CountryByID(countryOf(n))
		if !ok {
			return "", fmt.Errorf("demo: no country of node %s", n)
		}
		nodes[i] = accord.Party{Node: n, Country: country.ID, Title: country.Title}
	}
	d, err := accord.Draft(t, nodes)
	if err != nil {
		return "", fmt.Errorf("demo: accord %s: %w", t.ID, err)
	}
	for _, o := range programmeOffices {
		d.Offices = append(d.Offices, accord.Office{Node: strings.ToLower(o.Country), ID: o.ID, Title: o.Title, Agency: o.Agency, Zone: o.Zone})
	}
	return d.YAML(), nil
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
		made, err := proposer.Take(ctx, "accord.propose", "", map[string]any{"document": doc})
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
					_, err := c.Take(ctx, "accord.sign", "", map[string]any{"accord": w.accords[t.ID]})
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
