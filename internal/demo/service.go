package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// helpedBy is the shelter that the demo's people agree to be known to.
const helpedBy = "Casa Tecolotl"

// helped: somebody of the case turns out a victim and agrees that a shelter gets
// a file of hers; the adviser releases it and reads it.
func (f *file) helped(ctx context.Context) error {
	given, paterno, materno := somebody(f.seed + f.n*2 + 2401)
	victim, err := f.here(ctx, "case.add_person", map[string]any{"case": f.id, "given": given, "paterno": paterno, "materno": materno, "birth": born(f.n, f.w.now), "role": "victim", "source": "observation"})
	if err != nil {
		return err
	}
	if err := f.screen(ctx, nil, victim); err != nil {
		return err
	}
	if f.helps, err = f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "protection.consent", map[string]any{"case": f.id, "person": victim, "for": wire.PurposeProtection,
		"service": "shelter", "service_name": helpedBy, "categories": []string{protection.CategoryIdentity}, "until": f.w.now.AddDate(1, 0, 0), "told": true, "language": "es"}); err != nil {
		return err
	}
	c, err := f.w.as(ctx, f.from, f.cast().screens, wire.PurposeProtection)
	if err != nil {
		return err
	}
	done, err := c.Take(ctx, "protection.release_htcds", "", map[string]any{"case": f.id, "person": victim, "consent": f.helps, "service": helpedBy, "reason": "A bed from tonight on."})
	if err != nil {
		return fmt.Errorf("case %d (%s): the file for the service: %w", f.n, f.plot.name, err)
	}
	var read protection.ReleasedFile
	if err := c.Get(ctx, "releases/"+done.Facts[0], &read); err != nil {
		return err
	}
	if read.Receiver.Name != helpedBy || !strings.Contains(read.Content, paterno) {
		return fmt.Errorf("case %d (%s): the file for the service is not of the person it is about", f.n, f.plot.name)
	}
	return nil
}

// helpEnded: the person takes the consent back; the adviser is to tell the shelter.
func (f *file) helpEnded(ctx context.Context) error {
	if err := f.desk(ctx, "protection.withdraw_consent", map[string]any{"consent": f.helps, "through": "adviser"}); err != nil {
		return err
	}
	if n, err := f.toTell(ctx); err != nil || n != 1 {
		return fmt.Errorf("case %d (%s): %d services wait to be told: %w", f.n, f.plot.name, n, err)
	}
	return nil
}

// serviceTold: the adviser has told it.
func (f *file) serviceTold(ctx context.Context) error {
	if err := f.desk(ctx, "protection.tell_service", map[string]any{"consent": f.helps, "note": "The head of the shelter, by telephone: the file is shredded."}); err != nil {
		return err
	}
	if n, err := f.toTell(ctx); err != nil || n != 0 {
		return fmt.Errorf("case %d (%s): %d services wait after they were told: %w", f.n, f.plot.name, n, err)
	}
	return nil
}

// toTell counts the services that wait on the case's consent.
func (f *file) toTell(ctx context.Context) (n int, err error) {
	c, err := f.w.as(ctx, f.from, f.cast().screens, wire.PurposeProtection)
	if err != nil {
		return 0, err
	}
	var all []protection.ToTell
	err = c.Get(ctx, "services-to-tell", &all)
	for _, x := range all {
		if x.Consent == f.helps {
			n++
		}
	}
	return n, err
}

// foundForSuspect: after the decision something is recorded that speaks for the
// suspect; the other side has to be told of it.
func (f *file) foundForSuspect(ctx context.Context) error {
	_, err := f.here(ctx, "case.add_property", map[string]any{"case": f.id, "kind": "document", "description": "A bus ticket for the hour of the crossing", "holder": f.suspect, "exculpatory": true})
	return err
}
