package demo

import (
	"context"

	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/wire"
)

// consulates are those of Mexico by the office of the United States that holds
// the person.
var consulates = map[string]string{"usbp-rgv": "sre-mcallen", "usbp-lrt": "sre-laredo", "ofo-laredo": "sre-laredo", "usbp-tca": "sre-tucson", "ofo-tucson": "sre-nogales", "usbp-drt": "sre-eagle-pass",
	"usbp-ept": "sre-el-paso", "usbp-bbt": "sre-presidio", "usbp-elc": "sre-calexico", "usbp-sdc": "sre-san-diego", "ofo-san-diego": "sre-san-diego", "usbp-yum": "sre-yuma"}

// consulateTold: somebody found with the group is told of the right and asks for
// the consulate. That of Mexico has a node; that of the United States is told by
// telephone.
func (f *file) consulateTold(ctx context.Context) error {
	given, paterno, materno := somebody(f.seed + f.n*2 + 2203)
	country := map[string]string{"us": "MX", "mx": "US"}[f.from]
	person, err := f.here(ctx, "case.add_person", map[string]any{"case": f.id, "given": given, "paterno": paterno, "materno": materno, "birth": born(f.n+11, f.w.now),
		"nationalities": []string{country}, "role": "smuggled_migrant", "source": "observation"})
	if err != nil {
		return err
	}
	answers := quiet()
	answers["language.consulate"] = protection.Yes
	to := map[string]any{"case": f.id, "person": person}
	for _, act := range []struct {
		verb string
		says map[string]any
	}{
		{"protection.screen", map[string]any{"answers": answers, "language": "es", "opening": f.opened}},
		{"consular.advise", map[string]any{"wish": "asks", "language": "es"}},
	} {
		for k, v := range to {
			act.says[k] = v
		}
		if err := f.desk(ctx, act.verb, act.says); err != nil {
			return err
		}
	}
	if f.from == "mx" {
		to["country"], to["means"], to["officer"], to["at"] = country, "telephone", "Duty officer, consulate of the United States", f.w.now
		return f.desk(ctx, "consular.tell_outside", to)
	}
	to["office"], to["place"], to["call"] = consulates[f.way.us], f.way.places[0]+", holding room 2", "+1 956 555 0100"
	f.notice, err = f.do(ctx, f.from, f.cast().screens, wire.PurposeProtection, "consular.notify", to)
	return err
}

// consulateCame: the consulate says that it has the notice, opens who it is, sees
// the person, finds the family and takes on what is needed.
func (f *file) consulateCame(ctx context.Context) error {
	if f.notice == "" {
		return nil
	}
	for _, act := range []struct {
		verb string
		says map[string]any
	}{
		{"consular.acknowledge", map[string]any{}},
		{"consular.reveal", map[string]any{"reason": "Buscarla en el registro consular", "minutes": 10}},
		{"consular.interview", map[string]any{"on": f.w.now, "where": f.way.places[0], "who": "Guardia de protección", "note": "Pide hablar con su familia."}},
		{"consular.family", map[string]any{"found": true, "told": f.n%2 == 0}},
		{"consular.need", map[string]any{"need": []string{"documents", "lawyer", "reunification"}[f.n%3]}},
	} {
		act.says["notice"] = f.notice
		if _, err := f.do(ctx, f.to, "consular."+consulates[f.way.us], wire.PurposeProtection, act.verb, act.says); err != nil {
			return err
		}
	}
	return nil
}
