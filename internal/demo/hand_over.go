package demo

import (
	"context"
	"time"
)

// scheduled: the suspect is to be handed over, with an appointment that both
// sides know and the basis on which the receiving side will take the person.
func scheduled(basis string) scene {
	return func(f *file, ctx context.Context) error {
		office := f.way.inm
		if f.to == "us" {
			office = f.way.us
		}
		return f.step(ctx, f.cast().drafts, "referral.schedule_hand_over", map[string]any{"person": f.suspect, "office": office, "at": f.w.now.Add(6 * time.Hour), "place": f.way.crossing, "basis": basis})
	}
}

func (f *file) given(ctx context.Context) error {
	return f.step(ctx, f.cast().gives, "referral.give", nil)
}

// received is the second signature, with the form that the receiving side's law
// has for it.
func received(form string) scene {
	return func(f *file, ctx context.Context) error {
		return f.there(ctx, f.cast().receives, "referral.receive", map[string]any{"form": form})
	}
}

// warranted: a judge there orders the arrest before the person crosses.
func (f *file) warranted(ctx context.Context) error {
	for _, step := range []string{"seek_warrant", "record_warrant_issued"} {
		if err := f.there(ctx, f.cast().accepts, "referral.step", map[string]any{"step": step}); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) executed(ctx context.Context) error {
	return f.there(ctx, f.cast().accepts, "referral.sign_step", map[string]any{"step": "record_warrant_executed"})
}

// barred: a fear of return comes up, and the hand-over is refused without a
// word on why.
func (f *file) barred(ctx context.Context) error {
	if err := f.screen(ctx, map[string]string{"fear.fear": "yes"}, f.suspect); err != nil {
		return err
	}
	return f.refused(f.from, scheduled("at_liberty")(f, ctx), "referral.condition_not_met")
}
