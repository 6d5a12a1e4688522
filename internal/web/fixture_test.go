package web

import (
	"net/url"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// Everyone below is fictional.

var now = time.Date(2026, 6, 9, 19, 5, 0, 0, time.UTC)

func at(hoursFromNow float64) time.Time {
	return now.Add(time.Duration(hoursFromNow * float64(time.Hour)))
}

func ptr(t time.Time) *time.Time { return &t }

// words is a fixture's text in the language of the page.
func words(l i18n.Lang, en, es string) string {
	if l == i18n.Spanish {
		return es
	}
	return en
}

func fixturePage(l i18n.Lang) Page {
	return Page{
		Lang: l, Country: "us", NodeName: words(l, "US node", "Nodo EE. UU."), Place: "Rio Grande Valley", Peer: "mx",
		Zones: []Zone{{"us", "America/Chicago", "McAllen"}, {"mx", "America/Monterrey", "Ciudad Victoria"}},
		User:  &User{Name: "D. Ruiz", Role: words(l, "Prosecutions", "Enlace")},
		Nav: []NavItem{{Key: "nav.my_day", URL: "/", Current: true}, {Key: "nav.referrals", URL: "/referrals", Count: 12}, {Key: "nav.cases", URL: "/cases"},
			{Key: "nav.protection", URL: "/protection", Count: 2, Hot: true}, {Key: "nav.accords", URL: "/accords"}, {Key: "nav.links", URL: "/links"}, {Key: "nav.journal", URL: "/journal"}},
		Trust:     &component.Trust{Peer: "mx", Live: true, LastReceipt: at(-0.01), Verified: at(-0.05), Cosigned: at(-0.12), Waiting: 2},
		Fictional: true, Path: "/here?x=1", Now: now, Live: "/live", LocksIn: 1485,
	}
}

// supervisorPage is the surroundings of a page of whoever sees most rooms, in an
// office and a role with long names.
func supervisorPage(l i18n.Lang) Page {
	p := fixturePage(l)
	p.Place = words(l, "Border Patrol, Rio Grande Valley Sector", "FGR, fiscalía federal en Tamaulipas")
	p.User = &User{Name: "Saturnina Nogaleda Quintanar", Role: words(l, "Supervisor and Programme coordinator", "Superior jerárquico y Coordinador(a) del programa")}
	p.Nav = nil
	for _, key := range []string{"my_day", "alerts", "referrals", "cases", "protection", "accords", "figures", "links", "journal", "admin"} {
		p.Nav = append(p.Nav, NavItem{Key: "nav." + key, URL: "/" + key, Current: key == "my_day"})
	}
	return p
}

func form(action string) component.Form {
	return component.Form{Action: action, Token: "0198a7d0-0000-7000-8000-000000000001", Values: url.Values{}, Errors: map[string]string{}}
}

// fixtureAct is an act as a page offers it.
func fixtureAct(verb string, choices answers) view.Act {
	return drawUp(verb, true, form("#"), nil, choices)
}

func options(texts ...string) []component.Option {
	var o []component.Option
	for _, t := range texts {
		o = append(o, component.Option{Value: t, Label: t})
	}
	return o
}

func gates(detail bool, states ...component.GateState) component.Gates {
	g := component.Gates{Detail: detail}
	for i, name := range []string{"medical", "child", "pregnancy", "trafficking", "fear", "language", "coercion"} {
		state := component.GateDone
		if i < len(states) {
			state = states[i]
		}
		g.All = append(g.All, component.Gate{Name: name, State: state})
	}
	return g
}

func fixtureHead(l i18n.Lang) view.Head {
	return view.Head{
		Crumb: view.Link{Text: words(l, "Cases", "Casos"), URL: "/cases"}, Number: "RGV-26-0412",
		Title: words(l, "Stash house, Alamo, 14 people", "Casa de seguridad, Álamo, 14 personas"),
		State: words(l, "Draft, not referred", "Borrador, sin remitir"), Owner: "D. Ruiz",
		Handling: &component.Handling{Code: "H2", Controls: []string{words(l, "Controlled unclassified information (CUI)", "Información controlada no clasificada (CUI)")}},
		Readers:  &component.Readers{Total: 7, Counts: []component.CountryCount{{Country: "us", N: 4}, {Country: "mx", N: 3}}, URL: "/cases/1/readers"},
		Clocks:   []component.Clock{{State: component.Overdue, Due: at(-0.42), Left: 25 * time.Minute, Owner: "us", Yours: true, What: words(l, "medical screening", "detección médica")}},
		Facts:    words(l, "Facts: 7 June 2026, 23:10 CDT", "Hechos: 7 jun 2026, 23:10 CDT"),
		Tabs: []view.Link{{Text: words(l, "Summary", "Resumen"), URL: "#", Current: true}, {Text: words(l, "People", "Personas"), URL: "#", Count: 14}, {Text: words(l, "Events", "Hechos"), URL: "#", Count: 1}, {Text: words(l, "Evidence", "Datos de prueba"), URL: "#", Count: 8},
			{Text: words(l, "Tasks", "Tareas"), URL: "#", Count: 1}, {Text: words(l, "Timeline", "Cronología"), URL: "#"}, {Text: words(l, "Links", "Vínculos"), URL: "#"}, {Text: words(l, "Referrals", "Remisiones"), URL: "#", Count: 1}, {Text: words(l, "Court", "Proceso"), URL: "#"}, {Text: words(l, "Access log", "Quién lo consultó"), URL: "#", Count: 41}},
		Acts: []component.Button{{Label: words(l, "Refer to Mexico", "Remitir a México"), Small: true, Blocked: words(l, "2 people are not screened", "Faltan 2 personas por detección"), FixURL: "#", Fix: words(l, "Go to screening", "Ir a la detección")}},
	}
}

func fixtureRows(l i18n.Lang) []view.ReferralRow {
	return []view.ReferralRow{
		{Number: "RGV-26-0398", URL: "/referrals/1", Title: words(l, "Smuggling, 9 migrants", "Tráfico de personas, 9 migrantes"), State: words(l, "Under review", "En análisis del MPF"), From: "us", To: "mx", Office: "FGR Tamaulipas", Owes: "mx", Since: at(-20),
			Clock: &component.Clock{State: component.DueSoon, Left: 7 * time.Hour, Share: .29, Due: at(7), Owner: "mx"}},
		{Number: "TAM-26-0031", URL: "/referrals/2", Title: words(l, "Recruiter in Reynosa", "Reclutador en Reynosa"), State: words(l, "Information requested", "Requerimiento de información"), StateOK: "soon", From: "mx", To: "us", Office: "Prosecutions RGV", Owes: "us", Yours: true, Since: at(-3),
			Clock: &component.Clock{State: component.OnTrack, BusinessDays: 2, Share: .7, Due: at(46), Owner: "us", Yours: true, Unverified: true}},
	}
}

func fixtureDay(l i18n.Lang) view.MyDay {
	acacia := &component.Person{Plant: "Acacia"}
	return view.MyDay{Links: []view.Link{{Text: i18n.T(l, "call.title"), URL: "/withdraw-consent"}, {Text: i18n.T(l, "requests.title"), URL: "/requests"}},
		Waiting: fixtureWaiting(l, false), Work: true, New: 1, LookedAt: at(-16), SilentBy: "mx",
		Lead:   []string{words(l, "1 clock has run out.", "Venció 1 plazo."), words(l, "2 more end soon.", "2 más están por vencer."), words(l, "Mexico has been silent on 1 referral, for 3 days 4 h.", "México no ha contestado 1 remisión desde hace 3 días 4 h.")},
		Drafts: []view.Task{{NoClock: true, Since: at(-5), Yours: true, Owner: "us", Title: words(l, "Draft", "Borrador"), Number: "RGV-26-0413", URL: "/referrals/9", Act: component.Button{Label: words(l, "Open", "Abrir"), URL: "#", Small: true}}},
		Desks: []view.Desk{{Title: words(l, "Cases that nothing can leave yet", "Casos de los que aún no puede salir nada"), URL: "/protection", All: words(l, "Protection desk", "Mesa de protección"), Rows: []view.DeskRow{{Title: "RGV-26-0412", URL: "#", Note: words(l, "Stash house, 14 people", "Casa de seguridad, 14 personas"), At: at(-40), State: words(l, "Gate shut", "Filtro cerrado"), Class: "over"}}},
			{Title: words(l, "Requests by persons", "Solicitudes de personas"), URL: "/requests", All: words(l, "Show all", "Ver todo"), Side: true, Rows: []view.DeskRow{{Title: words(l, "Access", "Acceso"), Person: &component.Person{Plant: "Ceiba", Case: "RGV-26-0398"}, URL: "#", Clock: &component.Clock{State: component.OnTrack, BusinessDays: 9, Share: .5, Due: at(220), Owner: "us", Yours: true}}}}},
		Overdue: 1, Soon: 2, Silent: 1, SilentFor: 76 * time.Hour, AllURL: "/clocks",
		Yours: []view.Task{
			{Clock: component.Clock{State: component.Overdue, Due: at(-0.42), Left: 25 * time.Minute}, Title: words(l, "Record the medical screening of", "Registrar la detección médica de"), Person: acacia, Number: "RGV-26-0412", URL: "/cases/1",
				Note: words(l, "nothing leaves this case until it is done", "nada sale de este caso hasta realizarla"), Act: component.Button{Label: words(l, "Record screening", "Registrar detección"), URL: "#", Primary: true, Small: true}},
			{Clock: component.Clock{State: component.DueSoon, Due: at(1.17), Left: 70 * time.Minute, Share: .09}, Title: words(l, "Send the packet before the 72 h hold ends", "Enviar el expediente antes de que venzan las 72 h"), Number: "RGV-26-0409", URL: "/cases/2",
				Note: words(l, "9 of 11 items ready", "9 de 11 constancias listas"), Missing: words(l, "declination, interpreter’s certificate", "declinación (EE. UU.), constancia del intérprete"), Act: component.Button{Label: words(l, "Finish packet", "Completar expediente"), URL: "#", Small: true}},
			{Clock: component.Clock{State: component.OnTrack, Due: at(20.4), Left: 20*time.Hour + 25*time.Minute, Share: .42}, Title: words(l, "Take the statement of", "Tomar la entrevista de"), Person: &component.Person{Plant: "Jacaranda"}, Number: "RGV-26-0401", URL: "/cases/3",
				Note: words(l, "witness", "testigo"), Act: component.Button{Label: words(l, "Open", "Abrir"), URL: "#", Small: true}},
		},
		Theirs: []view.Task{
			{Clock: component.Clock{State: component.OnTrack, Due: at(46), BusinessDays: 2, Share: .7, Owner: "mx"}, Title: words(l, "Accept or not", "Aceptar o no"), Number: "RGV-26-0387", URL: "/referrals/1", Note: words(l, "opened yesterday", "abierto ayer"), Act: component.Button{Label: words(l, "Open", "Abrir"), URL: "#", Small: true}},
			{Clock: component.Clock{State: component.Paused, Left: 76 * time.Hour, Share: .6, PausedBy: "mx", Reason: words(l, "no certified Mixteco interpreter", "sin intérprete certificado de mixteco")}, Title: words(l, "Interpreter for", "Intérprete para"), Person: &component.Person{Plant: "Ceiba"}, Number: "RGV-26-0375", URL: "/referrals/3", Act: component.Button{Label: words(l, "Open", "Abrir"), URL: "#", Small: true}},
		},
		Silence: []view.Silence{{Number: "RGV-26-0362", URL: "/referrals/4", To: words(l, "To FGR Tamaulipas, Reynosa desk", "A FGR Tamaulipas, mesa Reynosa"), For: 76 * time.Hour,
			Receipts: component.Receipts{Recorded: ptr(at(-100)), Opened: ptr(at(-98)), Silent: 76 * time.Hour}, Acts: []component.Button{{Label: words(l, "Ask for an answer", "Pedir respuesta"), URL: "#", Small: true, Icon: "message-2-question"}}}},
		HandOvers: []view.HandOver{{At: at(2.4), Person: component.Person{Name: "Octavio Lerma Quiroga"}, Where: words(l, "Hidalgo–Reynosa bridge, warrant of 8 June", "Puente Hidalgo–Reynosa, orden de aprehensión del 8 jun"), Upper: "us", Lower: "mx", UpperSigned: true}},
		Answers: []view.Answer{{Country: "mx", What: words(l, "Accepted", "Aceptado"), Number: "RGV-26-0385", URL: "#", Note: words(l, "file opened", "carpeta iniciada"), At: at(-1), New: true},
			{Country: "mx", What: words(l, "Not accepted", "No aceptado"), Number: "RGV-26-0370", URL: "#", Note: words(l, "witness unavailable", "testigo no localizable"), At: at(-26)}},
	}
}

func fixtureCase(l i18n.Lang) view.Case {
	return view.Case{
		Head:  fixtureHead(l),
		Block: &component.Note{Kind: "over", Title: words(l, "This case cannot be referred yet: 2 of 14 people are not fully screened.", "Este caso aún no puede remitirse: faltan 2 de 14 personas por detección."), Act: words(l, "Go to screening", "Ir a la detección"), URL: "#"},
		Protected: []view.ProtectedRow{
			{Person: component.Person{Plant: "Acacia", Notes: "F", URL: "#"}, Role: words(l, "Victim, child", "Víctima, niña"), Gates: gates(false, component.GateShut), Consent: words(l, "Not asked yet", "Aún no se pregunta")},
			{Person: component.Person{Plant: "Ceiba", Notes: "F, 31", URL: "#"}, Role: words(l, "Witness", "Testigo"), Gates: gates(false), Consent: words(l, "Mexico, this case", "México, este caso"), ConsentClass: "ok"},
		},
		Suspects: []view.SuspectRow{
			{Person: component.Person{Name: "Rogelio Basurto Nava", Notes: "M, 38", URL: "#"}, Function: words(l, "Caretaker", "Cuidador"), Gates: gates(false), Supports: words(l, "3 statements, lease", "3 entrevistas, contrato")},
			{Person: component.Person{Plant: "Olivo", Notes: "M, 19", URL: "#"}, Function: words(l, "Guide", "Guía"), InDoubt: true, Gates: gates(false, component.GateDone, component.GateDone, component.GateDone, component.GateWaiting), Supports: words(l, "1 statement", "1 entrevista"), Against: words(l, "2 witnesses: was beaten", "2 testigos: fue golpeado")},
		},
		Event:      []view.Fact{{Label: words(l, "Place", "Lugar"), Value: "Alamo, Texas"}, {Label: words(l, "Event number", "Número de evento"), Value: "MCS2606000412", Mono: true}, {Label: words(l, "Fee", "Cuota pactada"), Value: "US$ 9,500"}},
		Narrative:  words(l, "Agents found fourteen people in two locked rooms.", "Los agentes hallaron a catorce personas en dos cuartos cerrados."),
		Statements: []view.Statement{{Person: component.Person{Plant: "Ceiba"}, At: at(-30), Language: "mixteco", Note: words(l, "translated by R. Santiago", "traducida por R. Santiago"), URL: "#"}},
		Things:     []view.Thing{{Kind: words(l, "Vehicle", "Vehículo"), Words: "Ford F-150, 2011", Number: "TX KBL 0O58"}},
		Referrals:  fixtureRows(l)[:1],
		Checks: []view.Check{{Words: words(l, "Everyone screened", "Detección de cada persona"), Note: words(l, "12 of 14 people", "12 de 14 personas"), State: "missing", URL: "#"},
			{Words: words(l, "US Attorney’s decision", "Decisión de la fiscalía federal de EE. UU."), State: "waiting"}, {Words: words(l, "Facts and offence", "Hechos y delito"), State: "done"}},
		Done: 8, All: 11, AddURL: "/cases/1/people/new",
		Latest: []view.Happening{{At: at(-0.1), Who: "D. Ruiz", Did: words(l, "asked for a Mam interpreter", "solicitó intérprete de mam")}},
		Tasks: []view.CaseTask{{What: words(l, "Ask the clinic for its record", "Pedir el expediente a la clínica"), URL: "#", Office: "USBP RGV", Clock: &component.Clock{State: component.OnTrack, Due: at(40), Left: 40 * time.Hour, Share: .4, Owner: "us", Yours: true}, Acts: []view.Act{drawUp("case.end_task", false, form("#"), map[string]string{"task": "1", "outcome": "done"}, nil)}},
			{What: words(l, "Book an interpreter of Mam", "Reservar intérprete de mam"), URL: "#", Office: "USBP RGV", Ended: words(l, "Done", "Hecho"), At: at(-3)}},
		Adds: []view.Link{{Text: words(l, "Task", "Tarea"), URL: "#"}, {Text: words(l, "Person", "Persona"), URL: "#"}},
		Acts: []view.Act{{Verb: "compose", LabelKey: "act.compose", Icon: "file-text", Blocked: words(l, "2 people are not screened", "Faltan 2 personas por detección"), FixURL: "#", Fix: words(l, "Go to screening", "Ir a la detección")}, fixtureAct("referral.withdraw", nil)},
	}
}

func fixtureReferral(l i18n.Lang) view.Referral {
	h := fixtureHead(l)
	h.Number, h.Title, h.Tabs, h.Acts = "RGV-26-0398", words(l, "Smuggling, 9 migrants", "Tráfico de personas, 9 migrantes"), nil, nil
	h.State, h.StateOK = words(l, "Under review", "En análisis del MPF"), "act"
	h.Clocks = []component.Clock{{State: component.DueSoon, Due: at(7), Left: 7 * time.Hour, Share: .29, Owner: "mx", Yours: true}, {State: component.OnTrack, Due: at(34), Left: 33*time.Hour + 40*time.Minute, Share: .47, Owner: "us", What: words(l, "custody", "custodia")}}
	h.Seal, h.SealText = &component.Seal{State: component.Verified}, words(l, "Packet v2, signed by the US", "Expediente v2, firmado por EE. UU.")
	h.Paper = i18n.T(l, "print.version", map[string]any{"N": 2, "Digest": "9f41c07a2b6e"})
	refused := form("#decline")
	refused.Values.Set("words", "…")
	refused.Errors["reason"] = words(l, "Choose the reason. The other side needs it to answer.", "Elija el motivo. La otra autoridad lo necesita para contestar.")
	refused.Refusal = &component.Refusal{Code: "referral.reason_required", Params: map[string]any{"Step": words(l, "Decline", "No aceptar")}}
	answer, others := answersOf([]view.Act{fixtureAct("referral.accept", nil), fixtureAct("referral.request_information", answers{"item": options("A", "B"), "element": options("C"), "about": options("Ceiba")}),
		drawUp("referral.decline", true, refused, nil, answers{"reason": options("D"), "form": options("CNPP 253")}),
		fixtureAct("referral.step", answers{"form": options("F"), "reason": options("G")}), fixtureAct("referral.withdraw", nil), fixtureAct("referral.schedule_hand_over", answers{"person": options("P"), "office": options("O"), "basis": options("B")})})
	return view.Referral{
		Answer: answer, AnswerKey: "referral.acts", Acts: others, Versions: []view.Link{{Text: "v1", URL: "#"}, {Text: "v2", URL: "#", Current: true}},
		Head: h, Owes: "mx", Yours: true, Step: words(l, "accept, ask or decline", "aceptar, requerir o no aceptar"), Since: at(-20), Version: 2, Tier: "analysis", Ready: 3,
		Warnings: []component.Note{{Kind: "soon", Icon: "gavel", Title: words(l, "Informal items count only as indicio until formalised.", "Lo recibido por vía informal vale sólo como indicio hasta formalizarse.")}},
		Items: []view.PacketItem{{Name: words(l, "Apprehension report (I-213)", "Informe de detención migratoria (forma I-213)"), Size: "6 p", State: "ready", URL: "#"},
			{Name: words(l, "Statement of", "Entrevista de"), Person: &component.Person{Plant: "Ceiba"}, Size: "4 p", State: "ready", Current: true, URL: "#"},
			{Name: words(l, "Photo line-up record", "Acta de reconocimiento por fotografía"), Size: "3 p", State: "ready", New: true, URL: "#"},
			{Name: words(l, "Exculpatory material", "Datos de descargo"), State: "empty", URL: "#"}, {Name: words(l, "Identities", "Identidades"), State: "sealed", URL: "#"}},
		Document: view.Document{Title: words(l, "Statement of", "Entrevista de"), Person: &component.Person{Plant: "Ceiba"}, Original: "mixteco", Made: "R. Santiago, 8 jun", Digest: "9f41c07a…3be2", Seal: component.Seal{State: component.Verified}, PrintURL: "#",
			Marks: []component.Handling{{Code: "H1"}}, Weight: words(l, "only as indicio", "sólo como indicio"),
			Sections: []view.Section{{Lang: "es", Paragraphs: []string{"3. Que el hombre que manejaba la camioneta blanca nos recogió de noche en una casa de Reynosa; éramos nueve.", "4. Que antes de cruzar el río nos quitó los teléfonos y nos cobró otros mil quinientos dólares por persona."}},
				{Heading: words(l, "Circumstances", "Circunstancias"), Facts: []view.Fact{{Label: words(l, "Interpreter", "Intérprete"), Value: "R. Santiago"}}, People: []view.PersonFact{{Person: component.Person{Plant: "Palma"}, Words: words(l, "was with her", "la acompañaba")}}}}},
		Before: []component.Turn{{Country: "us", Did: words(l, "The US sent packet v1", "EE. UU. envió el expediente v1"), At: at(-30), By: "A. Pryor, USBP RGV"}},
		Turns: []component.Turn{{Country: "us", Did: words(l, "The US sent packet v2", "EE. UU. envió el expediente v2"), At: at(-20), By: "A. Pryor, USBP RGV", Weak: true},
			{Country: "mx", Did: words(l, "You requested information", "Usted requirió información"), At: at(-3), Said: "Falta el acta de reconocimiento por fotografía, con el orden de las imágenes.", SaidLang: "es", Other: &component.Translation{Text: "The photo line-up record is missing, with the order of the pictures.", Lang: "en", By: "E. Lozano", Certified: true}},
			{Country: "us", Did: words(l, "The US answered", "EE. UU. contestó"), At: at(-.5), Said: "The record is attached.", SaidLang: "en", Receipts: &component.Receipts{Recorded: ptr(at(-.5)), Opened: ptr(at(-.4)), Due: ptr(at(7))}}},
		HandOver:  fixturePair(),
		Tracks:    []view.Track{{Name: words(l, "Warrant", "Orden de aprehensión"), State: words(l, "Sought", "Solicitada"), Class: "soon"}},
		Disclosed: []view.Fact{{Label: "Ceiba", Value: words(l, "statement, by consent of 8 June", "entrevista, por consentimiento del 8 jun")}},
	}
}

func fixturePair() *component.Pair {
	return &component.Pair{Upper: component.Signature{Country: "us", Gives: true, Name: "James Whitfield", Office: "OFO Hidalgo", At: ptr(at(-.13))}, Lower: component.Signature{Country: "mx", Name: "Patricia Arce Montoya", Office: "INM Reynosa"}, Between: 8 * time.Minute}
}
