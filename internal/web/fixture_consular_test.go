package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// Everybody below is fictional.

func fixtureNotices(l i18n.Lang) view.Notices {
	late := component.Clock{Due: at(-3), Left: 3 * time.Hour, Owner: "mx", Yours: true, State: component.Overdue, Unverified: true}
	soon := component.Clock{Due: at(20), Left: 20 * time.Hour, Share: .8, Owner: "mx", Yours: true, State: component.OnTrack, Unverified: true}
	return view.Notices{Ours: true,
		Open: []view.NoticeRow{
			{Person: component.Person{Plant: "Acacia"}, Country: "us", URL: "#", Other: "Border Patrol, Rio Grande Valley", At: at(-27), Clock: &late},
			{Person: component.Person{Plant: "Ceiba"}, Country: "us", URL: "#", Other: "Border Patrol, Laredo", Child: true, At: at(-4), Clock: &soon},
			{Person: component.Person{Plant: "Pirul"}, Country: "us", URL: "#", Other: "Border Patrol, Rio Grande Valley", At: at(-50), State: words(l, "Acknowledged", "Con acuse"), Class: "ok", Waiting: words(l, "2 tasks open", "2 tareas abiertas")}},
		Rest: []view.NoticeRow{
			{Person: component.Person{Plant: "Mezquite"}, Country: "us", URL: "#", Other: "Border Patrol, Laredo", At: at(-80), State: words(l, "Taken back by the person", "Lo retiró la persona"), Class: "over"},
			{Person: component.Person{Plant: "Encino"}, Country: "us", URL: "#", Other: "Border Patrol, Laredo", At: at(-90), State: words(l, "Acknowledged", "Con acuse"), Class: "ok"}}}
}

func fixtureNotice(l i18n.Lang) view.NoticePage {
	who := component.Person{Plant: "Ceiba"}
	soon := component.Clock{Due: at(20), Left: 20 * time.Hour, Share: .8, Owner: "mx", Yours: true, State: component.OnTrack, Unverified: true}
	return view.NoticePage{Head: view.Head{Crumb: view.Link{Text: words(l, "Consular notices", "Avisos consulares"), URL: "#"}, Title: words(l, "Consular notice", "Aviso consular"), Person: &who,
		State: words(l, "Not acknowledged yet", "Aún sin acuse"), StateOK: "soon", Handling: &component.Handling{Code: "H3"}},
		Notes: []component.Note{{Kind: "soon", Icon: "shield-check", Title: words(l, "A child or adolescent, or perhaps one", "Niña, niño o adolescente, o podría serlo"), Text: words(l, "Who it is opens by two people of the consulate.", "Quién es lo abren dos personas del consulado.")},
			{Icon: "lock", Title: words(l, "What you write here stays at your consulate", "Lo que escriba aquí se queda en su consulado"), Text: words(l, "Neither the other country nor a prosecutor’s office reads it.", "No lo leen ni el otro país ni ninguna fiscalía.")}},
		Facts: []view.Fact{{Label: words(l, "Held by", "La tiene"), Value: "Border Patrol, Rio Grande Valley"}, {Label: words(l, "Told by", "Avisó"), Value: "L. Ravenel"}, {Label: words(l, "Call", "Llame al"), Value: "+1 956 555 0100"}},
		Law:   words(l, "Notify the consulate when asked · VCCR art. 36(1)(b)", "Notificar al consulado a petición de la persona · CVRC art. 36(1)(b)"), Clock: &soon,
		Family: words(l, "Found, not told yet (today 09:10 CDT)", "Se encontró; aún no se le avisa (hoy 09:10 CDT)"), Keeps: true, Until: at(1),
		Open:   []view.Fact{{Label: words(l, "Name", "Nombre"), Value: "Yunuen Olarte Palomarín"}, {Label: words(l, "Held at", "Dónde está"), Value: "Falfurrias"}},
		Visits: []view.KeptWords{{Title: words(l, "Interview, today 08:30 CDT · R. Ocaranza, Falfurrias", "Entrevista, hoy 08:30 CDT · R. Ocaranza, Falfurrias"), Text: "Pide hablar con su madre, en Puebla.", Who: "R. Ocaranza", At: at(-2)}},
		Needs: []view.KeptWords{{Title: words(l, "A lawyer", "Abogada o abogado"), Text: "Asesoría migratoria.", Who: "R. Ocaranza", At: at(-2), Task: true, Acts: []view.Act{fixtureAct("consular.meet_need", nil)}},
			{Title: words(l, "Documents", "Documentos"), Who: "R. Ocaranza", At: at(-2), Task: true, Done: at(-1)}},
		Notices: []view.KeptWords{{Text: "La madre vive en Cholula.", Who: "R. Ocaranza", At: at(-1)}},
		Seen:    []view.Seen{{At: at(-1), Who: "R. Ocaranza", Why: words(l, "open until today 12:00 CDT", "abierta hasta hoy 12:00 CDT")}},
		Acts: []view.Act{fixtureAct("consular.acknowledge", nil), fixtureAct("consular.reveal", nil), fixtureAct("consular.interview", nil), fixtureAct("consular.family", nil),
			fixtureAct("consular.need", answers{"need": options("A", "B")})}}
}

// fixtureSentNotice is the same as who sent it sees it.
func fixtureSentNotice(l i18n.Lang) view.NoticePage {
	v := fixtureNotice(l)
	recorded := at(-3)
	v.Keeps, v.Open, v.Visits, v.Needs, v.Notices, v.Seen, v.Notes = false, nil, nil, nil, nil, nil, nil
	v.Sent = component.Receipts{OnlyRecorded: true, Recorded: &recorded}
	v.Recall = &component.Receipts{OnlyRecorded: true}
	v.Clock, v.Done, v.Acts = nil, at(-1), []view.Act{fixtureAct("consular.withdraw", nil)}
	return v
}

func fixtureConsulate(l i18n.Lang) *view.Consulate {
	return &view.Consulate{State: words(l, "The person asks: tell the consulate without delay.", "La persona lo pide: avise al consulado sin demora."), Class: "soon",
		Facts: []view.Fact{{Label: words(l, "Told of the right", "Se le informó de su derecho"), Value: words(l, "today 08:10 CDT", "hoy 08:10 CDT")}},
		Acts: []view.Act{fixtureAct("consular.advise", answers{"wish": options("A", "B", "C")}), fixtureAct("consular.notify", answers{"office": options("A", "B")}),
			fixtureAct("consular.tell_outside", answers{"country": options("A", "B"), "means": options("A", "B")})}}
}
