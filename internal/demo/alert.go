package demo

import (
	"context"
	"errors"

	"github.com/oasiss/oasiss/wire"
)

// lost: whoever is on duty at the corridor hears of people in danger, and says
// so to both sides. There is no case yet, and nobody is screened.
func (f *file) lost(ctx context.Context) (err error) {
	danger := []string{"heat_cold", "lost", "locked_in", "held"}[f.n%4]
	known := map[string]string{"us": "A caller says that there are two children, and no water since yesterday.", "mx": "Quien llama dice que hay dos niños y que no tienen agua desde ayer."}[f.from]
	f.alert, err = f.do(ctx, f.from, f.cast().drafts, wire.PurposeLifeAtRisk, "alert.raise", map[string]any{"danger": danger, "region": f.way.sector, "number": 4 + f.n%9,
		"where": f.way.places[f.n%len(f.way.places)], "known": known})
	return err
}

// rescueTaken: the other side has read it, and both take a task.
func (f *file) rescueTaken(ctx context.Context) error {
	there := f.answer(ctx, f.to, f.cast().answers, "alert.take", map[string]any{"alert": f.alert, "task": "medical"})
	here := f.answer(ctx, f.from, f.cast().drafts, "alert.take", map[string]any{"alert": f.alert, "task": "consulate"})
	return errors.Join(here, there)
}

func (f *file) rescued(ctx context.Context) error {
	return f.answer(ctx, f.to, f.cast().answers, "alert.end", map[string]any{"alert": f.alert, "rescued": 4 + f.n%9})
}

func (f *file) rescueReviewed(ctx context.Context) error {
	known := map[string]string{"us": "The landmark was decisive.", "mx": "La señal del terreno fue decisiva."}[f.from]
	return f.answer(ctx, f.from, f.cast().drafts, "alert.review", map[string]any{"alert": f.alert, "known": known})
}

// answer is do for an act on the alert, which makes nothing new.
func (f *file) answer(ctx context.Context, node, login, verb string, cmd map[string]any) error {
	_, err := f.do(ctx, node, login, wire.PurposeLifeAtRisk, verb, cmd)
	return err
}
