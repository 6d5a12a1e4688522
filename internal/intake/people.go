package intake

import (
	"maps"
	"slices"
)

// fields lists the fields of a person with where they stand in the mapping, in
// a fixed order.
func (p *PersonFields) fields() []named {
	list := []named{
		{"person.role", p.Role}, {"person.function", p.Function}, {"person.source", p.Source},
		{"person.reference", p.Reference}, {"person.as_recorded", p.AsRecorded}, {"person.given", p.Given}, {"person.particle", p.Particle},
		{"person.paterno", p.Paterno}, {"person.materno", p.Materno}, {"person.alias", p.Alias},
		{"person.sex", p.Sex}, {"person.nationality", p.Nationality},
	}
	if p.Born != nil {
		list = append(list, named{"person.born", &p.Born.From})
	}
	for _, scheme := range slices.Sorted(maps.Keys(p.Identifiers)) {
		list = append(list, named{"person.identifiers." + scheme, p.Identifiers[scheme]})
	}
	return slices.DeleteFunc(list, func(n named) bool { return n.field == nil })
}
