package demo

import (
	"context"
	"fmt"

	"github.com/oasiss/oasiss/internal/retention"
	"github.com/oasiss/oasiss/wire"
)

// askedForRecord: through the consulate the witness asks what is on record.
func (f *file) askedForRecord(ctx context.Context) (err error) {
	f.asking, err = f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "redress.receive", map[string]any{"person": f.witness, "right": "access", "brought": "consulate", "checked": "consular_record",
		"lang": "es", "words": "Quiero saber qué tienen registrado de mí."})
	if err == nil {
		_, err = f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "redress.acknowledge", map[string]any{"request": f.asking})
	}
	return err
}

// recordGiven: the request is answered, and the letter can be printed.
func (f *file) recordGiven(ctx context.Context) error {
	_, err := f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "redress.answer", map[string]any{"request": f.asking, "outcome": "granted", "reasons": "Se le entrega copia de lo registrado a su nombre."})
	return err
}

// forgotten: two people forget the witness once the case is over; the other
// node is asked to expunge what it received.
func (f *file) forgotten(ctx context.Context) error {
	order, err := f.do(ctx, f.from, f.cast().approves, wire.PurposeProsecution, "journal.expunge", map[string]any{"person": f.witness, "ground": "erasure_granted", "order": "Request of the witness."})
	if err == nil {
		_, err = f.do(ctx, f.from, f.cast().declines, wire.PurposeProsecution, "journal.expunge_confirm", map[string]any{"order": order})
	}
	return err
}

// retained: the other node keeps it on a legal ground, until a day.
func (f *file) retained(ctx context.Context) error {
	who := map[string]string{"us": "supervisor." + f.way.us, "mx": "mp." + f.way.mx}[f.to]
	c, err := f.w.as(ctx, f.to, who, wire.PurposeProsecution)
	if err != nil {
		return err
	}
	var desk retention.View
	if err := c.Get(ctx, "retention", &desk); err != nil {
		return err
	}
	for _, q := range desk.Requests {
		if q.Referral == f.referral && q.Outcome == "" {
			_, err := f.do(ctx, f.to, who, wire.PurposeProsecution, "retention.retain", map[string]any{"request": q.ID, "ground": "archive_law", "until": f.w.now.AddDate(1, 0, 0)})
			return err
		}
	}
	return fmt.Errorf("case %d (%s): %s was not asked to expunge", f.n, f.plot.name, f.to)
}

// heldForAppeal: the case must be kept while an appeal can come.
func (f *file) heldForAppeal(ctx context.Context) error {
	_, err := f.do(ctx, f.from, f.cast().approves, wire.PurposeProsecution, "hold.place", map[string]any{"case": f.id, "ground": "appeal", "authority": "prosecutor", "lifts": "supervisor"})
	if err == nil {
		_, err = f.do(ctx, f.from, f.cast().approves, wire.PurposeProsecution, "retention.keep", map[string]any{"what": "case", "object": f.id, "reason": "An appeal can still come.", "until": f.w.now.AddDate(2, 0, 0)})
	}
	return err
}
