package packet

import (
	"encoding/json"
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Keys are taken of a message that is here, from the node that sent it, about what
// it is about, for a part of it, and where they open with this node's own key:
// whatever kind of fact brings them.
func TestWhichKeysAreTaken(t *testing.T) {
	w := newWorld(t)
	w.screen(w.suspect, w.witness)
	w.sent()
	if w.release(wire.TierAnalysis) == 0 {
		t.Fatal("no keys go")
	}
	brought := w.here.Out[len(w.here.Out)-1].Message
	var f KeysReleased
	if err := json.Unmarshal(brought.Act.Clear, &f); err != nil {
		t.Fatal(err)
	}
	var parts []string
	w.there.Read(func(tx *store.Tx) error {
		e, _, err := journal.Load(tx, f.Message)
		for _, p := range e.Sealed {
			parts = append(parts, p.ID)
		}
		return err
	})
	type given struct {
		link    Link
		act     wire.Act
		message string
		boxes   []wire.KeyBox
		parts   []string
	}
	other := func(f func(*wire.KeyBox)) func(*given) {
		return func(g *given) { g.boxes = []wire.KeyBox{g.boxes[0]}; f(&g.boxes[0]) }
	}
	for name, x := range map[string]struct {
		code   wire.Code
		change func(*given)
	}{
		"as they came":                     {"", func(*given) {}},
		"of a part that is named":          {"", func(g *given) { g.parts = parts }},
		"of a message that never came":     {wire.CodeUnknownObject, func(g *given) { g.message = "0190a000-0000-7000-8000-0000000000ff" }},
		"from another node":                {wire.CodeNotOwner, func(g *given) { g.act.From.Node = "gt" }},
		"about another referral":           {wire.CodeNotOwner, func(g *given) { g.act.Referral = "0190a000-0000-7000-8000-0000000000ff" }},
		"about the case alone":             {wire.CodeNotOwner, func(g *given) { g.act.Referral = "" }},
		"none":                             {wire.CodeNotOwner, func(g *given) { g.boxes = nil }},
		"of no part of the message":        {wire.CodeContent, other(func(b *wire.KeyBox) { b.Key = "0190a000-0000-7000-8000-0000000000ff" })},
		"of a part that is not asked":      {wire.CodeContent, func(g *given) { g.parts = []string{"another"} }},
		"sealed to a key that is not here": {wire.CodeSupersededKey, func(g *given) { g.link = acttest.Link{Own: w.from} }},
		"that says another tier":           {wire.CodeAltered, other(func(b *wire.KeyBox) { b.Tier = wire.TierReleased })},
		"altered": {wire.CodeAltered, other(func(b *wire.KeyBox) {
			b.Box = append([]byte(nil), b.Box...)
			b.Box[len(b.Box)-1] ^= 1
		})},
	} {
		g := given{link: acttest.Link{Own: w.to}, act: brought.Act, message: f.Message, boxes: f.Boxes}
		x.change(&g)
		w.there.Read(func(tx *store.Tx) error {
			if code, err := AdmitBoxes(tx, g.link, g.act, g.message, g.boxes, g.parts...); err != nil || code != x.code {
				t.Errorf("keys %s: %q, %v, want %q", name, code, err, x.code)
			}
			return nil
		})
	}
}
