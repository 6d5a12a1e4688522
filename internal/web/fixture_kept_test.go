package web

import (
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// fixtureRetention has what is due of each kind, an order that waits and a
// request of the other country.
func fixtureRetention(l i18n.Lang) view.Retention {
	acacia := component.Person{Plant: "Acacia", Case: "RGV-26-0398", URL: "#"}
	return view.Retention{OtherURL: "#", More: 3,
		Waiting: []view.ForgetRow{{ID: "1", What: words(l, "Person", "Persona"), Person: &acacia, Number: "RGV-26-0398", Ground: words(l, "Retention ended", "Terminó la conservación"), By: "L. Ortega", At: at(-30), Acts: []view.Act{fixtureAct("journal.expunge_confirm", nil)}}},
		Rows: []view.KeptRow{
			{ID: "2", What: words(l, "Case", "Caso"), Number: "RGV-24-0112", URL: "#", Class: words(l, "Case closed without a judgment", "Caso cerrado sin sentencia"), Source: "28 CFR 23.20(h)", Unverified: true,
				State: words(l, "Purge due", "Depuración vencida"), StateClass: "over", Review: at(-9000), Purge: at(-24), Held: true, Holds: []string{words(l, "Appeal · Court · lifted by: A court", "Recurso · Órgano jurisdiccional · la levanta: Un juez")},
				Acts: []view.Act{fixtureAct("retention.keep", nil), fixtureAct("hold.place", answers{"ground": options("A"), "authority": options("B"), "lifts": options("C")})}},
			{ID: "3", What: words(l, "Person", "Persona"), Person: &acacia, Number: "RGV-26-0398", URL: "#", Class: words(l, "Suspect who was acquitted or not charged", "Persona imputada que fue absuelta"), Source: "5 USC 552a(e)(5)", State: words(l, "Review due", "Revisión vencida"), StateClass: "soon", Review: at(-24), Purge: at(6000), Next: at(-2), KeptBy: "L. Ortega"},
			{ID: "4", What: words(l, "Life at risk", "Vida en riesgo"), Title: words(l, "Lost", "Personas extraviadas"), URL: "#", Class: words(l, "Life at risk that is over", "Vida en riesgo que terminó"), Source: "5 USC 552a(e)(5)", State: words(l, "Kept", "Se conserva"), Review: at(9000)},
		},
		Requests: []view.ExpungeRow{
			{ID: "5", Person: &acacia, Number: "RGV-26-0398", URL: "#", Country: "us", Asked: "mx", Ground: words(l, "Erasure granted", "Supresión concedida"), By: "L. Ortega", At: at(-50), State: words(l, "Retained", "Conservado"), Class: "soon",
				Law: words(l, "The archive law fixes a longer term. 44 USC 3303a", "La ley de archivos fija un plazo mayor. 44 USC 3303a"), Review: at(8000), AnswerBy: "M. Treviño Salas", Answered: at(-20), Acts: []view.Act{fixtureAct("retention.erase", answers{"ground": options("A")})}},
			{ID: "6", Number: "RGV-26-0377", URL: "#", Country: "mx", Asked: "us", Ground: words(l, "Court order", "Orden judicial"), At: at(-5), State: words(l, "Not answered yet", "Aún sin respuesta"), Class: "over"},
		}}
}

// fixtureRequests has a request that waits, one about nobody on record, and a
// correction that came.
func fixtureRequests(l i18n.Lang) view.Requests {
	acacia := component.Person{Plant: "Acacia", Case: "RGV-26-0398"}
	clock := fixtureHead(l).Clocks[0]
	return view.Requests{Acts: []view.Act{fixtureAct("redress.receive", answers{"right": options("A"), "brought": options("B"), "checked": options("C")})},
		Rows: []view.RequestRow{
			{Right: words(l, "Correction of what is recorded", "Rectificación de lo registrado"), Person: &acacia, URL: "#", Brought: words(l, "Consulate", "Consulado"), At: at(-90), Clock: &clock},
			{Right: words(l, "Access to one’s own record", "Acceso a los datos propios"), URL: "#", Brought: words(l, "Counsel", "Abogada o abogado"), At: at(-400), State: words(l, "Refused", "Negada"), StateClass: "over"},
		},
		Corrections: []view.CorrectionRow{{ID: "1", Person: acacia, URL: "#", Country: "us", To: "mx", Right: words(l, "Correction of what is recorded", "Rectificación de lo registrado"), Fields: words(l, "name", "nombre"),
			Identity: []view.Fact{{Label: words(l, "Name", "Nombre"), Value: "Xochiquetzal Palomarín Ocaranza"}}, By: "L. Ortega", At: at(-3), Acts: []view.Act{fixtureAct("redress.read_correction", nil)}}}}
}

func fixtureRequest(l i18n.Lang) view.RequestPage {
	acacia := component.Person{Plant: "Acacia", Case: "RGV-26-0398", URL: "#"}
	return view.RequestPage{Head: view.Head{Crumb: view.Link{Text: words(l, "Requests by persons", "Solicitudes de personas"), URL: "#"}, Title: words(l, "Correction of what is recorded", "Rectificación de lo registrado"), Person: &acacia},
		Facts: []view.Fact{{Label: words(l, "Brought by", "La presenta"), Value: words(l, "Consulate", "Consulado")}}, Lang: "es", Asked: "Mi segundo apellido es Ocaranza.", Contact: "956 555 0142", Longer: "Esperamos el acta de nacimiento.",
		State: words(l, "Granted in part", "Concedida en parte"), Class: "over", Grounds: []view.Fact{{Label: words(l, "It would show another person", "Revelaría a otra persona"), Value: "18 USC 3771(a)(8)"}}, Reasons: "Se corrigió su segundo apellido.",
		Clocks: []view.RequestClock{{Name: words(l, "Acknowledgement", "Acuse"), Source: "5 USC 552a(d)(2)(A)", Ended: at(-10)}, {Name: words(l, "Answer", "Respuesta"), Source: "5 USC 552a(d)(2)(B)", Unverified: true, Clock: fixtureHead(l).Clocks[0]}},
		Prints: []view.Link{{Text: "PDF", URL: "#"}}, Acts: []view.Act{fixtureAct("redress.answer", answers{"outcome": options("A"), "grounds": options("B", "C")})}}
}
