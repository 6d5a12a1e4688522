package test

import (
	"slices"

	"github.com/oasiss/oasiss/wire"
)

// consul is of a Mexican office that is told by notice; its desk is its own.
const consul = "arizpe"

// withConsul gives the Mexican node its consul.
func (w *world) withConsul() {
	w.t.Helper()
	p := others["mx"][slices.IndexFunc(others["mx"], func(p official) bool { return p.login == consul })]
	w.joins("mx", p)
}

// asks records somebody of the case who asks for the consulate when screened.
func (w *world) asks(f file, given string) (person string) {
	w.t.Helper()
	person = w.take("us", "kestrelle", wire.PurposeProsecution, "case.add_person", map[string]any{"case": f.id, "given": given, "paterno": "Carballeda", "birth": "1991-06-07", "nationalities": []string{"MX"}, "role": "smuggled_migrant", "source": "observation"})
	answers := screened()
	answers["language.consulate"] = "yes"
	w.take("us", "ravenel", wire.PurposeProtection, "protection.screen", map[string]any{"case": f.id, "person": person, "answers": answers, "language": "es"})
	return person
}
