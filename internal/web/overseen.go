package web

import (
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// overseen is what oversight reads beside the journal: decoys that were touched,
// use out of the ordinary, screenings that went faster than they can be read, and
// what violence people told of.
func (q *request) overseen() (view.Overseen, error) {
	out := view.Overseen{Tabs: q.journalTabs("overseen"), ViolenceKnown: q.permits(areaOversight, access.See, "violence")}
	all, err := protection.ListAnomalies(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return out, err
	}
	if out.Unusual, err = q.unusual(); err != nil {
		return out, err
	}
	if out.Decoys, err = q.decoys(); err != nil {
		return out, err
	}
	for _, x := range all {
		row := view.Anomaly{At: x.At, Who: x.Name, Office: q.office(q.s.Acts.Node, x.Office), Seconds: x.Seconds, Least: x.Least}
		if x.Plant != "" {
			row.Person = component.Person{Plant: x.Plant, Case: x.Number, URL: "/cases/" + x.Case + "/screening?person=" + x.Person}
		}
		out.Anomalies = append(out.Anomalies, row)
	}
	if !out.ViolenceKnown {
		return out, nil
	}
	out.Violence, err = q.violence("")
	return out, err
}

// violence is what the reader may read of violence done to a person, or to anybody.
func (q *request) violence(person string) ([]view.Violence, error) {
	all, err := protection.ListViolence(q.r.Context(), q.s.Acts, q.by, q.purpose)
	if err != nil {
		return nil, err
	}
	var out []view.Violence
	for _, x := range all {
		if person != "" && x.Person != person {
			continue
		}
		row := view.Violence{At: x.At}
		if x.Told != nil {
			row.Accused, row.What, row.Lang, row.When, row.Where = q.word("protection.accused.", x.Told.Accused), x.Told.What, x.Told.Lang, x.Told.When, x.Told.Where
			if x.Agency != "" {
				row.Accused += ", " + agencyCalled(q.lang, x.Agency)
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// agencyCalled is an agency's name; of one that the programme does not know, the
// initials by which it was told.
func agencyCalled(lang i18n.Lang, id string) string {
	if a, ok := program.AgencyByID(id); ok {
		return a.On(program.Day{}).Title.In(lang)
	}
	return strings.ToUpper(id)
}

// unusual is use out of the ordinary that the reader is told of.
func (q *request) unusual() (out []view.Unusual, err error) {
	all, err := act.UnusualUse(q.r.Context(), q.s.Acts, q.by, q.purpose)
	for _, x := range all {
		row := view.Unusual{Who: x.Name, Office: q.office(q.s.Acts.Node, x.Office), What: q.t("unusual." + x.What), Count: x.Count, Last: x.Last}
		if x.Usual > 0 {
			row.Usual = q.t("unusual.usual", "Count", x.Usual)
		}
		out = append(out, row)
	}
	return out, err
}
