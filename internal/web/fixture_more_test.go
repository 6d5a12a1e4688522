package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// shot is one page with its fixture.
type shot struct {
	file, name string
	signedOut  bool
	data       any
}

// everyPage is each page of the door, filled; some twice, when empty matters.
func everyPage(l i18n.Lang) []shot {
	referral := fixtureReferral(l)
	head := fixtureHead(l)
	wrong := form("/sign-in")
	wrong.Values.Set("user", "druiz")
	wrong.Errors["notice"] = words(l, "Accept the notice to sign in.", "Acepte el aviso para iniciar sesión.")
	return append([]shot{
		{"sign_in", "sign_in", true, view.SignIn{Form: form("/sign-in"), Passkey: form("/sign-in/passkey"), HelpDesk: "956 555 0142"}},
		{"sign_in_agency", "sign_in", true, view.SignIn{Form: form("/sign-in"), Passkey: form("/sign-in/passkey"), Provider: form("/sign-in/provider"), Providers: []component.Option{{Value: "a", Label: words(l, "CBP sign-in", "Acceso de CBP")}}}},
		{"to_provider", "to_provider", true, view.Provider{Name: words(l, "CBP sign-in", "Acceso de CBP"), URL: "#"}},
		{"sign_in_wrong", "sign_in", true, view.SignIn{Form: wrong, Other: true, Passkey: form("/sign-in/passkey"), HelpDesk: "956 555 0142"}},
		{"sign_in_kept", "sign_in", true, view.SignIn{Form: form("/sign-in"), Passkey: form("/sign-in/passkey"), Kept: "c2VhbGVk"}},
		{"sign_in_code", "sign_in_code", true, view.SignInCode{Form: form("/sign-in/code"), Ticket: "t"}},
		{"locked", "locked", true, view.Lock{Passkey: form("/locked/passkey"), Form: form("/locked/password"), Back: "/"}},
		{"locked_wrong", "locked", true, view.Lock{Passkey: form("/locked/passkey"), Form: wrong, Other: true, Back: "/", Kept: "c2VhbGVk"}},
		{"given_back", "given_back", false, view.GivenBack{What: words(l, "Open a case", "Abrir un caso"), To: "/cases/acts/case.open", Back: "/cases", Fields: [][2]string{{"title", "A"}}}},
		{"own_account", "own_account", false, fixtureOwn(l)},
		{"own_account_bare", "own_account", false, view.OwnAccount{Bare: true, Changes: true, Form: form("/account"), New: access.NewPasskey{}}},
		{"own_account_waits", "own_account", false, view.OwnAccount{Changes: true, Form: form("/account"), New: access.NewPasskey{}, Next: "/sign/1?back=%2Fpeople%2F1"}},
		{"letters", "letters", false, fixtureLetters(l)},
		{"letters_empty", "letters", false, view.Letters{Form: form("/letters/open"), Unknown: "7K3Q"}},
		{"my_day", "my_day", false, fixtureDay(l)},
		{"my_day_empty", "my_day", false, view.MyDay{Work: true, Lead: []string{words(l, "Nothing is late and nothing is silent.", "Nada está vencido y nada está sin respuesta.")}}},
		{"my_day_node", "my_day", false, fixtureNodeDay(l)},
		{"my_day_supervisor", "my_day", false, view.MyDay{Work: true, Lead: []string{words(l, "Nothing is late and nothing is silent.", "Nada está vencido y nada está sin respuesta.")}, Elsewhere: fixtureElsewhere(l)}},
		{"cases", "cases", false, view.Cases{Total: 1, NewURL: "/cases/new", Rows: []view.CaseRow{{Number: "RGV-26-0412", URL: "#", Title: head.Title, Place: "Alamo, Texas", State: head.State, At: at(-40), People: 14, Gates: gates(false, component.GateShut), Clock: &head.Clocks[0]}}}},
		{"cases_empty", "cases", false, view.Cases{NewURL: "/cases/new"}},
		{"case", "case", false, fixtureCase(l)},
		{"case_empty", "case", false, view.Case{Head: head}},
		{"case_links", "case", false, view.Case{Head: head, Part: "links", Charts: []view.Link{{Text: "Rogelio Basurto Nava", URL: "#"}}}},
		{"case_evidence", "case", false, view.Case{Head: head, Part: "evidence", ExhibitsURL: "#", FilesURL: "#", Things: fixtureCase(l).Things}},
		{"looks", "looks", false, view.Looks{Head: head, Rows: fixtureAccesses(l).Rows}},
		{"case_taken", "case_taken", false, view.CaseTaken{Crumb: view.Link{Text: head.Number, URL: "#"}, Number: head.Number, Title: head.Title, Mark: fixtureList(l).Mark, Until: at(1), Handling: head.Handling, Protected: 12,
			Named: []component.Person{{Name: "Rogelio Basurto Nava"}}, Sections: []view.Section{{Heading: words(l, "Vehicle", "Vehículo"), Facts: []view.Fact{{Label: words(l, "Make", "Marca"), Value: "Ford"}}}}, LeftOut: []view.Fact{{Label: words(l, "Statement", "Entrevista"), Value: "3"}}}},
		{"exhibits", "exhibits", false, view.Exhibits{Head: head, AddURL: "#", Rows: []view.ExhibitRow{{Number: "RGV-26-0412-E1", URL: "#", Kind: words(l, "Telephone", "Teléfono"), Found: at(-30), Holder: "D. Ruiz", Office: "USBP RGV", Country: "us"},
			{Number: "RGV-26-0412-E2", URL: "#", Kind: words(l, "Money", "Dinero"), Found: at(-30), Holder: "M. Treviño Salas", Office: "FGR Tamaulipas", Country: "mx", State: words(l, "Between two signatures", "Entre dos firmas"), Gaps: 2}}}},
		{"exhibits_empty", "exhibits", false, view.Exhibits{Head: head}},
		{"exhibit", "exhibit", false, fixtureExhibit(l)},
		{"custody_sheet", "custody_sheet", false, fixtureExhibit(l)},
		{"case_new", "form_page", false, view.FormPage{TitleKey: "case_new.title", LeadKey: "case_new.lead", Crumb: view.Link{Text: words(l, "Cases", "Casos"), URL: "/cases"}, Act: fixtureAct("case.open", answers{"handling": options("H1")}), BackURL: "/cases"}},
		{"person_new", "form_page", false, view.FormPage{TitleKey: "person_new.title", LeadKey: "person_new.lead", Head: &head, Act: fixtureAct("case.add_person", answers{"role": options("A"), "source": options("B"), "function": options("C"), "age": options("D")}), Notes: []component.Note{{Kind: "soon", Title: words(l, "Screen before anything else.", "Primero la detección.")}}}},
		{"compose", "form_page", false, view.FormPage{TitleKey: "act.compose.title", LeadKey: "act.compose.lead", Head: &head, Act: fixtureAct("referral.compose", nil)}},
		{"shift", "shift", false, fixtureShift(l)},
		{"warrants", "warrants", false, fixtureWarrants(l)},
		{"approvals", "approvals", false, fixtureApprovals(l)},
		{"approvals_accounts", "approvals_accounts", false, fixtureAccountChanges(l)},
		{"approvals_accounts_empty", "approvals_accounts", false, view.Approvals{ID: "accounts"}},
		{"approvals_unusual", "approvals_unusual", false, fixtureOutOfTheOrdinary(l)},
		{"approvals_unusual_empty", "approvals_unusual", false, view.Approvals{ID: "unusual"}},
		{"approvals_empty", "approvals", false, view.Approvals{}},
		{"warrants_empty", "warrants", false, view.Warrants{}},
		{"warrant", "warrant_page", false, fixtureWarrant(l)},
		{"shift_empty", "shift", false, view.Shift{Nobody: true, Stays: []string{i18n.T(l, "shift.stays.signed")}}},
		{"figures", "figures", false, fixtureFigures(l)},
		{"figures_counted", "figures_counted", false, (&request{lang: l}).counted()},
		{"intake", "intake", false, fixtureIntake(l, false)},
		{"intake_empty", "intake", false, fixtureIntake(l, true)},
		{"screening", "screening", false, fixtureScreening(l)},
		{"screening_everyone", "screening", false, fixtureEveryone(l)},
		{"person", "person_page", false, fixturePerson(l, true)},
		{"person_shown", "person_page", false, fixturePerson(l, false)},
		{"released", "released", false, view.Released{Crumb: view.Link{Text: "Ceiba", URL: "#"}, Until: at(1), File: view.Link{Text: i18n.T(l, "released.fetch"), URL: "#"}, Facts: []view.Fact{{Label: i18n.T(l, "released.to"), Value: words(l, "Casa del Puente (Shelter or organisation that cares for victims)", "Casa del Puente (Refugio u organización que atiende a víctimas)")},
			{Label: i18n.T(l, "released.has"), Value: i18n.T(l, "protection.category.identity")}, {Label: i18n.T(l, "released.left_out"), Value: "3"}, {Label: i18n.T(l, "released.digest"), Value: "9f41c07a2b6e5d18c77f2e105d3141d70be290aa3be29f41c07a2b6e5d18c77f", Mono: true}}}},
		{"release_htcds", "form_page", false, view.FormPage{TitleKey: "verb.protection.release_htcds", Head: &head, Act: fixtureAct("protection.release_htcds", answers{"categories": options("A")})}},
		{"readers", "readers_page", false, view.Readers{Head: head, Across: "mx", Rows: []view.Reader{{Country: "us", Name: "D. Ruiz", Office: "USBP RGV", Role: words(l, "Prosecutions", "Enlace"), Rule: "case.member"}, {Country: "mx", Name: "M. Treviño Salas", Office: "FGR Tamaulipas", Role: "MPF", Rule: "referral.receiver"}}}},
		{"protection", "protection", false, view.Protection{Unscreened: 2, Stops: 1, People: []view.ProtectionRow{{Person: component.Person{Plant: "Acacia", Case: "RGV-26-0412"}, Gates: gates(true, component.GateShut, component.GateDone, component.GateWaiting, component.GateCannot), Next: words(l, "Medical screening", "Detección médica"), Clock: &head.Clocks[0], Consent: words(l, "Not asked yet", "Aún no se pregunta"), URL: "#"}},
			Stopped: []view.Stop{{Number: "RGV-26-0377", URL: "#", At: at(-2), Country: "mx"}, {Number: "RGV-26-0376", URL: "#", At: at(-9), Confirmed: at(-8.9), Country: "mx"}}}},
		{"referrals", "referrals", false, view.Referrals{Whole: true, Shows: options("A"), Received: fixtureRows(l)[1:], Sent: fixtureRows(l)[:1], Drafts: []view.ReferralRow{{Number: "RGV-26-0409", URL: "#", Title: "–", State: words(l, "Draft", "Borrador"), From: "us"}}}},
		{"referrals_empty", "referrals", false, view.Referrals{Whole: true}},
		{"referrals_later", "referrals", false, view.Referrals{Shows: options("A"), Received: fixtureRows(l)[1:], FirstURL: "#", NextURL: "#"}},
		{"referral", "referral", false, referral},
		{"referral_notice", "referral", false, view.Referral{Head: referral.Head, Tier: "notice", Version: 1, Document: view.Document{Title: words(l, "Packet", "Expediente"), Sealed: words(l, "Opens when you sign for analysis.", "Se abre al firmar para análisis.")}, AnswerKey: "referral.acts", Answer: []view.Act{fixtureAct("referral.sign_for_analysis", nil)}}},
		{"hand_over", "hand_over", false, fixtureSheet(l)},
		{"hand_over_counted", "hand_over", false, fixtureCounted(l)},
		{"hand_over_safe", "hand_over", false, view.HandOverSheet{Head: view.Head{Number: "RGV-26-0398-R1", Title: words(l, "Hand-over of a person", "Entrega-recepción de la persona")}, Person: component.Person{Plant: "Ceiba", Case: "RGV-26-0398-R1"},
			Note: component.Note{Kind: "ok", Title: words(l, "Safe, counted", "A salvo, contabilizada")}, Free: true}},
		{"hand_overs", "reconciliation", false, view.Reconciliation{Left: 14, Received: 12, Open: 2, Alarms: 1, Gaps: 1, Facts: []view.Fact{{Label: words(l, "Left", "Salieron"), Value: "14"}, {Label: words(l, "Arrived", "Llegaron"), Value: "12"}},
			Sheets: []view.HandOver{{At: at(-3), Person: component.Person{Plant: "Olivo"}, Where: "Hidalgo–Reynosa", URL: "#", Upper: "us", Lower: "mx", UpperSigned: true, Alarm: true}, {Person: component.Person{Plant: "Ceiba"}, URL: "#", Upper: "us", Lower: "mx", Safe: true}},
			Series: []view.SheetSeries{{Gives: words(l, "Border Patrol, Rio Grande Valley Sector", "Patrulla Fronteriza, sector Rio Grande Valley"), Receives: words(l, "INM at the bridge, Reynosa", "INM en el puente, Reynosa"), Last: 14, Missing: []string{"USBP-RGV/INM-REYNOSA/0009"}},
				{Gives: words(l, "Border Patrol, Rio Grande Valley Sector", "Patrulla Fronteriza, sector Rio Grande Valley"), Receives: words(l, "INM at the bridge, Matamoros", "INM en el puente, Matamoros"), Last: 3}}}},
		{"hand_overs_empty", "reconciliation", false, view.Reconciliation{}},
		{"confirm", "confirm", false, view.Confirm{TitleKey: "act.decline", Statement: words(l, "I decline referral RGV-26-0398: witness unavailable; archivo temporal, CNPP 254.", "No acepto la remisión RGV-26-0398: testigo no localizable; archivo temporal, CNPP 254."), Lang: string(l), Facts: []view.Fact{{Label: words(l, "Reason", "Motivo"), Value: words(l, "Witness unavailable", "Testigo no localizable")}},
			Digest: "9f41c07a2b6e5d18c77f2e105d3141d70be290aa3be29f41c07a2b6e5d18c77f", SignKey: "act.decline.sign", Form: form("/sign/1"), BackURL: "#"}},
		{"confirm_no_passkey", "confirm", false, view.Confirm{TitleKey: "act.decline", Statement: words(l, "I decline referral RGV-26-0398.", "No acepto la remisión RGV-26-0398."), Lang: string(l),
			Digest: "9f41c07a2b6e5d18c77f2e105d3141d70be290aa3be29f41c07a2b6e5d18c77f", Form: form("/sign/1"), BackURL: "#", Register: "/account?next=%2Fsign%2F1#passkeys"}},
		{"search", "search", false, fixtureSearch(l)},
		{"search_empty", "search", false, view.Search{Form: form("/search"), Purposes: options("A"), Ran: true, Asked: []view.Hidden{{Name: "q", Value: "anzalduas"}}}},
		{"search_first", "search", false, view.Search{Form: form("/search"), Purposes: options("A")}},
		{"list", "list", false, fixtureList(l)},
		{"overseen", "overseen", false, view.Overseen{Tabs: []view.Link{{Text: i18n.T(l, "journal.tab_entries"), URL: "/journal"}, {Text: i18n.T(l, "journal.tab_overseen"), URL: "#", Current: true}},
			Decoys: &view.Decoys{Touches: []view.Touch{{At: at(-1), Who: "D. Ruiz", Office: "USBP RGV", Did: i18n.T(l, "verb.protection.reveal"), Plant: "Olivo"}}, Mark: []view.Act{fixtureAct("decoy.mark", nil)},
				Rows: []view.Decoy{{Plant: "Olivo", Record: "0198a7d0-0000-7000-8000-000000000001", State: i18n.T(l, "decoy.state.stands"), Class: "ok", Said: []view.Said{{Who: "T. Alcázar", Office: "OPR", At: at(-90)}, {Who: "M. Sandoval", Office: "OIG", At: at(-80)}}, Acts: []view.Act{fixtureAct("decoy.end", nil)}},
					{Record: "0198a7d0-0000-7000-8000-000000000002", State: i18n.T(l, "decoy.state.unfit"), Class: "over", Said: []view.Said{{Who: "T. Alcázar", Office: "OPR", At: at(-2)}}}}},
			Unusual:   []view.Unusual{{Who: "D. Ruiz", Office: "USBP RGV", What: i18n.T(l, "unusual.many"), Count: 412, Usual: i18n.T(l, "unusual.usual", map[string]any{"Count": 31}), Last: at(-2)}, {Who: "L. Ortega", Office: "USBP RGV", What: i18n.T(l, "unusual.night"), Count: 7, Last: at(-9)}},
			Anomalies: []view.Anomaly{{At: at(-5), Who: "D. Ruiz", Office: "USBP RGV", Person: component.Person{Plant: "Ceiba", Case: "RGV-26-0398", URL: "#"}, Seconds: 9, Least: 60}, {At: at(-7), Who: "D. Ruiz", Office: "USBP RGV", Person: component.Person{Plant: "Olivo", Case: "RGV-26-0398", URL: "#"}, Unopened: true}}}},
		{"overseen_empty", "overseen", false, view.Overseen{ViolenceKnown: true}},
		{"network", "network", false, fixtureNetwork(l)},
		{"network_empty", "network", false, view.Network{Name: "Octavio Lerma Quiroga", Form: form("#"), Keep: form("#"), Crumb: view.Link{Text: "RGV-26-0381", URL: "#"}, Path: i18n.T(l, "network.no_path"), NoPath: true}},
		{"chart_taken", "chart_taken", false, view.Taken{TitleKey: "network.taken", Mark: fixtureList(l).Mark, Until: at(1), LeftOut: 1, Files: []view.Link{{Text: "oasiss-chart.svg", URL: "#"}, {Text: "oasiss-chart.graphml", URL: "#"}}}},
		{"map", "map", false, fixtureMap(l)},
		{"map_empty", "map", false, view.Map{}},
		{"accords", "accords", false, view.Accords{LawURL: "#", NewURL: "#", Procedures: fixtureProcedures(l), Rows: []view.AccordRow{{Title: "Houston, 2008", URL: "#", State: words(l, "In force", "Vigente"), StateOK: "ok", Date: words(l, "8 Aug 2008", "8 ago 2008"), InForce: at(-24 * 300), Sides: []view.Signed{{Country: "us", N: 2}, {Country: "mx", N: 1}}}}, Corridors: fixtureCorridors(), Contacts: fixtureOffices(l)[1:]}},
		{"procedure", "procedure", false, fixtureProcedure(l)},
		{"law", "law", false, fixtureLaw(l)},
		{"accesses", "accesses", false, fixtureAccesses(l)},
		{"accord", "accord", false, fixtureAccord(l)},
		{"links", "links", false, fixtureLinks(l)},
		{"links_none", "links", false, view.Links{}},
		{"journal", "journal", false, fixtureJournal(l)},
		{"journal_broken", "journal", false, view.Journal{Peer: "mx", Check: &view.Recheck{Size: 40, Faults: []string{"the body of fact 40 is not what was recorded"}}}},
		{"problem_refused", "problem", false, view.Problem{Status: 404, Refusal: &component.Refusal{Code: "referral.reason_required", Params: map[string]any{"Step": words(l, "Decline", "No aceptar")}}, BackURL: "/"}},
		{"problem_fault", "problem", false, view.Problem{Status: 500, Ref: "7f3a-0412"}},
		{"alerts", "alerts", false, view.Alerts{Standing: fixtureAlertRows(l), Over: []view.AlertRow{{Danger: words(l, "Lost", "Personas extraviadas"), Region: "Rio Grande Valley", People: words(l, "3 people", "3 personas"), URL: "#", Country: "mx", At: at(-50), Outcome: words(l, "Rescued: 3", "Rescatadas: 3")}},
			Raise: []view.Act{fixtureAct("alert.raise", answers{"danger": options("A", "B"), "region": options("C")})}}},
		{"alerts_empty", "alerts", false, view.Alerts{}},
		{"alert", "alert_page", false, fixtureAlert(l)},
		{"waiting", "waiting", false, fixtureWaiting(l, true)},
		{"waiting_empty", "waiting", false, view.Awaited{}},
		{"retention", "retention", false, fixtureRetention(l)},
		{"retention_empty", "retention", false, view.Retention{OtherURL: "#"}},
		{"requests", "requests", false, fixtureRequests(l)},
		{"requests_empty", "requests", false, view.Requests{}},
		{"request", "request_page", false, fixtureRequest(l)},
		{"notices", "notices", false, fixtureNotices(l)},
		{"notices_empty", "notices", false, view.Notices{}},
		{"notice", "notice_page", false, fixtureNotice(l)},
		{"notice_sent", "notice_page", false, fixtureSentNotice(l)},
		{"admin", "admin", false, fixtureAdmin(l)},
		{"admin_item", "admin_item", false, fixtureAccount(l)},
	}, filePages(l)...)
}

func fixtureScreening(l i18n.Lang) view.Screening {
	g := gates(true, component.GateShut, component.GateDone, component.GateCannot, component.GateWaiting)
	s := view.Screening{Head: fixtureHead(l), Person: component.Person{Plant: "Acacia"}, Gates: g,
		Others: []view.PersonLink{{Person: component.Person{Plant: "Acacia", URL: "#"}, Gates: gates(false, component.GateShut), Current: true}, {Person: component.Person{Plant: "Ceiba", URL: "#"}, Gates: gates(false)}}}
	for _, gate := range g.All {
		one := view.GateAct{Gate: gate, Note: "L. Ortega, 9 jun"}
		if gate.State == component.GateShut || gate.State == component.GateWaiting {
			act := drawUp("protection.end_gate", true, form("#"), nil, answers{"outcome": {{Value: "done", Label: words(l, "Done", "Realizada")}, {Value: "cannot", Label: words(l, "Cannot be done", "No puede realizarse")}}, "cause": options("A")})
			act.Verb += "-" + gate.Name // one for each gate
			one = view.GateAct{Gate: gate, Act: &act}
		}
		s.Asked = append(s.Asked, one)
	}
	s.Consulate = fixtureConsulate(l)
	late := fixtureHead(l).Clocks[0]
	s.Beside = &view.Beside{PersonURL: "#", Next: []view.NextMeasure{{What: words(l, "Medical screening", "Detección médica"), Note: words(l, "Clinic of the station", "Clínica de la estación"), Clock: late}},
		Done:     []view.GateMeasure{{Name: words(l, "Kept apart from the suspects", "Separada de las personas señaladas"), Service: "USBP RGV", Done: at(-5)}},
		Consents: []view.Consent{{Recipient: "FGR Tamaulipas", Purpose: words(l, "Prosecution", "Persecución penal"), State: words(l, "In force", "Vigente"), Class: "ok"}}}
	return s
}

// fixtureEveryone is the screening of a group: one is refused, one waits, one
// was asked before.
func fixtureEveryone(l i18n.Lang) view.Screening {
	s := fixtureScreening(l)
	s.Asked, s.EveryoneURL, s.Beside = nil, "#", nil
	s.Others[0].Current = false
	s.Everyone = &view.Group{Action: "#", Each: "person", Lead: protection.CurrentForm().Note.In(l), Hidden: []view.Hidden{{Name: "case", Value: "1"}}}
	for i, plant := range []string{"Acacia", "Ceiba", "Olivo"} {
		a := drawUp("protection.screen", false, form("#"), nil, nil)
		a.Asks = screeningAsks(l, protection.CurrentForm(), options("A"), options("B"))
		a.Form.Row = plant + rowMark
		if i == 0 {
			a.Form.Refusal = &component.Refusal{Code: "protection.language_missing"}
			a.Form.Values.Set("note", words(l, "Came with her sister.", "Venía con su hermana."))
		}
		s.Everyone.Rows = append(s.Everyone.Rows, view.GroupRow{ID: plant, Person: component.Person{Plant: plant}, Again: i == 2, Act: a})
	}
	s.Everyone.Draft, s.Everyone.Lines = "d", groupLines(s.Everyone.Rows, func(key string, _ ...any) string { return i18n.T(l, key) })
	return s
}

func fixturePerson(l i18n.Lang, sealed bool) view.PersonPage {
	p := view.PersonPage{Head: fixtureHead(l), Person: component.Person{Plant: "Ceiba"}, Sealed: sealed, Gates: gates(true), ScreenURL: "#",
		Roles: []view.Role{{Words: words(l, "Witness", "Testigo"), Source: words(l, "Statement of 8 June", "Entrevista del 8 jun"), Since: "2026-06"}},
		Consents: []view.Consent{{Proof: "strong", Recipient: "FGR", Purpose: words(l, "prosecution", "procuración de justicia"), Categories: words(l, "statement", "entrevista"), Language: "mixteco", State: words(l, "Given", "Otorgado"), Class: "ok", Until: at(900)},
			{Proof: "none", Recipient: words(l, "Casa del Puente (Shelter or organisation that cares for victims)", "Casa del Puente (Refugio u organización que atiende a víctimas)"), Purpose: words(l, "protection", "protección"), Categories: words(l, "Identity", "Identidad"), State: words(l, "Ended or taken back", "Terminado o revocado"), Class: "over",
				Went: []view.Went{{At: at(-6), Who: "R. Ravenel", What: words(l, "Identity", "Identidad"), LeftOut: 3}}, Tell: &view.Told{Due: at(18)}}},
		SeenKnown: true, Seen: []view.Seen{{At: at(-3), Who: "L. Ortega", Why: words(l, "family notice", "aviso a la familia")}}}
	p.Head.Number, p.Head.Title, p.Head.Person, p.Head.Paper = "", "", &p.Person, p.Head.Number // as the page has it: whose it is, and its case on paper
	if !sealed {
		p.Until, p.Identity = at(.25), []view.Fact{{Label: words(l, "Name", "Nombre"), Value: "Citlali Xóchitl Ñuhu"}}
		p.Consents, p.Seen = nil, nil
	}
	return p
}

func fixtureCorridors() []view.Corridor {
	return []view.Corridor{{Title: "Houston", North: []string{"Rio Grande Valley", "Laredo"}, South: []string{"Tamaulipas"}, Accord: "Houston, 2008", URL: "#", Open: true}, {North: []string{"El Paso", "Del Rio"}, South: []string{"Coahuila"}, Accord: "San Antonio, 2007", URL: "#"}}
}

func fixtureWaiting(l i18n.Lang, acts bool) view.Awaited {
	out := view.Awaited{
		Asked: []view.Asked{{ID: "1", Person: component.Person{Plant: "Acacia", Case: "RGV-26-0412"}, URL: "#asked-1", By: "D. Ruiz", Office: "USBP RGV", Purpose: words(l, "Prosecution", "Persecución penal"),
			Reason: words(l, "Her mother is looking for her in Reynosa.", "Su madre la busca en Reynosa."), Minutes: 20, At: at(-.2)}},
		ToTell:    []view.ToTell{{ID: "4", Person: component.Person{Plant: "Ceiba", Case: "RGV-26-0398", URL: "#"}, Service: "Casa Tecolotl (" + words(l, "shelter", "refugio") + ")", URL: "#tell-4", At: at(-30), Clock: component.Clock{State: component.DueSoon, Due: at(5), Left: 5 * time.Hour, Share: .2, Owner: "us", Yours: true}}},
		Withdrawn: []view.Withdrawn{{ID: "2", Consent: "2", Referral: "3", Number: "RGV-26-0398", ReferralURL: "#", URL: "#withdrawn-2", Country: "mx", At: at(-19), Clock: component.Clock{State: component.DueSoon, Due: at(5), Left: 5 * time.Hour, Share: .2, Owner: "us", Yours: true, Unverified: true}}},
	}
	if acts {
		for i, verb := range []string{"protection.reveal_approve", "protection.reveal_refuse"} {
			out.Asked[0].Acts = append(out.Asked[0].Acts, fixtureAct(verb, nil))
			out.Asked[0].Acts[i].Verb += "-1"
		}
		out.ToTell[0].Acts = []view.Act{fixtureAct("protection.tell_service", nil)}
		out.Withdrawn[0].Acts = []view.Act{fixtureAct("protection.acknowledge_withdrawal", nil)}
	}
	return out
}

// fixtureNodeDay is the day of who keeps the node.
func fixtureNodeDay(l i18n.Lang) view.MyDay {
	return view.MyDay{Lead: []string{words(l, "1 thing of this node needs you.", "1 asunto de este nodo requiere su atención."), words(l, "1 change waits for a second person.", "1 cambio espera a una segunda persona.")},
		Desks: []view.Desk{{Title: words(l, "State of this node", "Estado de este nodo"), Notes: []component.Note{{Kind: "over", Title: words(l, "Less than 1 GB is free.", "Queda menos de 1 GB libre.")}}},
			{Title: words(l, "Waits for a second person", "Espera a una segunda persona"), URL: "/admin", All: words(l, "Accounts", "Cuentas"), Rows: []view.DeskRow{{Title: words(l, "New account: Q. Marlow", "Cuenta nueva: Q. Marlow"), URL: "#", Note: "A. Whitfield, CBP", At: at(-2)}}},
			{Title: words(l, "Other nodes", "Otros nodos"), URL: "/links", All: words(l, "Link", "Enlace"), Side: true, Rows: []view.DeskRow{{Title: words(l, "Mexico", "México"), URL: "#", Country: "mx", State: words(l, "Approved", "Aprobado"), Class: "ok"}}}}}
}

// fixtureOwn is an account with everything set, and what is shown once.
func fixtureLetters(l i18n.Lang) view.Letters {
	var events []component.Option
	for _, e := range mail.Events {
		events = append(events, component.Option{Value: e, Label: i18n.T(l, "mail.event."+e)})
	}
	choose := drawUp("mail.choose", false, form("/letters/acts/mail.choose"), nil, answers{"events": events})
	return view.Letters{Address: "d.ruiz@agency.example", Refused: true, Form: form("/letters/open"), Acts: []view.Act{choose}, Rows: []view.Letter{
		{Number: "7K3Q-9M2X-HV4T", What: i18n.T(l, "mail.event.clock"), URL: "#", At: at(-.2), Waits: true}, {Number: "P8WN-4JDE-6RZB", What: i18n.T(l, "mail.event.answer"), URL: "#", At: at(-5)},
		{Number: "C2HT-XQ7M-9KVA", What: i18n.T(l, "mail.event.approval"), URL: "#", At: at(-26)}}}
}

func fixtureOwn(l i18n.Lang) view.OwnAccount {
	return view.OwnAccount{Changes: true, Form: form("/account"), App: at(-900), CodesLeft: 7,
		Passkeys: []access.OwnPasskey{{ID: "a", Name: words(l, "Office telephone", "Teléfono de la oficina"), Held: "device", Since: at(-2000), Used: at(-1)}, {ID: "b", Name: words(l, "Night import", "Importación nocturna"), Held: "software", Since: at(-90)}},
		Seed:     "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", Ticket: "t", Codes: []string{"23456-789AB-CDEFG-HJKLM", "NPQRS-TUVWX-YZ234-56789"},
		Sessions: []view.OwnSession{{ID: "s", Door: "web", Addr: "192.0.2.7", How: i18n.T(l, "access.how.passkey"), Seen: at(-.1), Here: true}, {ID: "t", Door: "api", Addr: "192.0.2.9", How: i18n.T(l, "access.how.password_totp"), Seen: at(-3)}}}
}
