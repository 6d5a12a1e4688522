package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

func fixtureLinks(l i18n.Lang) view.Links {
	return view.Links{Peer: "mx", Name: words(l, "Mexico", "México"), LastContact: at(-1), Tried: at(-.02), Tries: 14, Problem: words(l, "The other node cannot be reached.", "No se puede llegar al otro nodo."), ClockOff: true, Ahead: 3 * time.Minute,
		Told:     []component.Note{{Kind: "over", Title: words(l, "Only 1.8 GiB are left.", "Quedan sólo 1.8 GiB."), Text: words(l, "Make room now.", "Libere espacio ya.")}},
		Cosigned: view.Cosigned{Size: 12400, At: at(-26), Late: true}, WeCosigned: view.Cosigned{Size: 9801, At: at(-1.2)}, More: 3,
		Words:   []view.KeyWords{{Name: "English", Lang: "en", Words: []string{"acorn", "river", "stone", "maple"}}, {Name: "Español", Lang: "es", Words: []string{"acacia", "ceiba", "olivo", "palma"}}},
		Lanes:   []view.Lane{{NameKey: "links.lane.alert", Sent: 3, Came: 1, Receipt: at(-5)}, {NameKey: "links.lane.case", Queue: 2, Oldest: at(-.9), Sent: 812, Came: 790, Receipt: at(-1)}, {NameKey: "links.lane.file", Void: 1}},
		Waiting: []view.Waiting{{Kind: words(l, "Referred a case", "Remitió un caso"), LaneKey: "links.lane.case", Why: words(l, "On its way", "En camino"), Since: at(-.9), Expires: at(71)}, {Kind: words(l, "Accepted a referral", "Aceptó una remisión"), LaneKey: "links.lane.case", Why: words(l, "On its way", "En camino"), Since: at(-.5)}},
		Refused: []view.Refused{{Kind: words(l, "A message", "Un mensaje"), Why: words(l, "purpose is not in the programme", "fin ajeno al programa"), Country: "mx", At: at(-50)}},
		Alarms:  []view.Alarm{{Words: words(l, "A delivery arrived altered and was not accepted. It is sent again.", "Una entrega llegó alterada y no se aceptó. Se envía de nuevo."), At: at(-30)}},
		Facts:   []view.Fact{{Label: words(l, "Address", "Dirección"), Value: "https://mx.example:8443", Mono: true}}}
}

func fixtureJournal(l i18n.Lang) view.Journal {
	tabs := []view.Link{{Text: words(l, "Entries", "Asientos"), URL: "/journal", Current: true}, {Text: words(l, "Who saw what", "Quién vio qué"), URL: "/journal/accesses"}}
	return view.Journal{Size: 12408, Peer: "mx", Tabs: tabs, CheckURL: "/journal?check=yes", Cosigned: view.Cosigned{Size: 12407, At: at(-.1)}, WeCosigned: view.Cosigned{Size: 9801, At: at(-.2)},
		Check: &view.Recheck{Size: 12408, Forgotten: 2, Root: "kZ2v7P2b6oF3G2mF0mXf4XcQxq0m1n8p3g0c7s9d2xE="},
		Spans: []view.Span{{Title: i18n.T(l, "journal.since", map[string]any{"When": words(l, "yesterday", "ayer")}), Own: "us", Peer: "mx", Marks: []view.SpanMark{{X: 40, Y: 30, X2: 52, Y2: 82, Size: 12001, Cosigned: true}, {X: 320, Y: 30, X2: 330, Y2: 82, Size: 12200, Cosigned: true}, {X: 600, Y: 30, Size: 12408}}, Ticks: []view.SpanTick{{X: 120, Says: "18:00 CDT"}, {X: 420, Says: "00:00 CDT"}}},
			{Title: i18n.T(l, "journal.last_hour"), Own: "us", Peer: "mx", Marks: []view.SpanMark{{X: 540, Y: 30, X2: 550, Y2: 82, Size: 12407, Cosigned: true}, {X: 620, Y: 30, Size: 12408}}, Ticks: []view.SpanTick{{X: 110, Says: "13:15 CDT"}, {X: 320, Says: "13:35 CDT"}}}},
		Points: []view.Checkpoint{{Size: 12408, At: at(-.01)}, {Size: 12407, At: at(-.12), Country: "mx", Cosigned: at(-.1)}},
		Rows: []view.JournalRow{{Seq: 12408, At: at(-.01), What: words(l, "Looked, or tried an act", "Consulta o intento de acto"), By: "D. Ruiz", Office: "USBP RGV", Country: "us", URL: "#"},
			{Seq: 12407, At: at(-.2), What: words(l, "Referred a case", "Remitió un caso"), By: "D. Ruiz", Office: "USBP RGV", Country: "us", Cosigned: true, URL: "#", Current: true},
			{Seq: 12406, At: at(-.3), What: words(l, "Gave a receipt", "Dio acuse"), By: words(l, "The node itself", "El propio nodo"), Country: "us", Cosigned: true, Forgotten: true, URL: "#"}},
		Proof: &view.Proof{Seq: 12407, What: words(l, "Referred a case", "Remitió un caso"), Digest: "9f41c07a2b6e5d18c77f2e105d3141d70be290aa3be29f41c07a2b6e5d18c77f", Root: "kZ2v7P2b6oF3G2mF0mXf4XcQxq0m1n8p3g0c7s9d2xE=", Steps: 14, Size: 12407, Signed: at(-.12), Cosigned: at(-.1), Country: "us", Peer: "mx", URL: "#"},
		Older: "#", Newest: "#"}
}

func fixtureAccord(l i18n.Lang) view.Accord {
	return view.Accord{Head: view.Head{Title: "Houston, 2008", State: words(l, "Proposed", "Propuesto"), StateOK: "soon"}, Corridors: fixtureCorridors(), Digest: "9f41c07a2b6e5d18c77f2e105d3141d70be290aa3be29f41c07a2b6e5d18c77f",
		Sections:   []view.Section{{Facts: []view.Fact{{Label: words(l, "Between", "Entre"), Value: words(l, "United States and Mexico", "Estados Unidos y México")}}}, {Heading: words(l, "Purposes", "Fines"), Paragraphs: []string{words(l, "Purposes are closed.", "Los fines son cerrados.")}}},
		Procedures: fixtureProcedures(l), Offices: fixtureOffices(l),
		Signatures: []component.Signature{{Country: "us", Name: "A. Pryor", Office: "USBP", At: ptr(at(-9))}, {Country: "mx", Name: words(l, "Signature awaited", "Firma pendiente")}}}
}

// fixtureOffices are an office whose contact was checked, and one whose was not.
func fixtureOffices(l i18n.Lang) []view.AccordOffice {
	confirm := fixtureAct("office.confirm_contact", nil)
	return []view.AccordOffice{{ID: "office-us-usbp-rgv", URL: "#", Country: "us", Name: "USBP Rio Grande Valley", Zone: "Chicago", Acts: []view.Act{confirm},
		Reached: view.Reached{Telephone: "+1 956 555 0142", Mail: "duty@rgv.example", By: "A. Pryor, CBP", State: i18n.T(l, "contacts.checked", map[string]any{"When": words(l, "3 June 2026", "3 jun 2026")}), Class: "ok", Icon: "circle-check"}},
		{ID: "office-mx-fgr-tamps", URL: "#", Country: "mx", Name: words(l, "Office of the federal prosecutor, Tamaulipas", "Delegación de la FGR en Tamaulipas"), Zone: "Monterrey", Reached: view.Reached{State: i18n.T(l, "contacts.never"), Class: "soon", Icon: "hourglass-high"}}}
}

func fixtureProcedures(l i18n.Lang) []view.ProcedureRow {
	return []view.ProcedureRow{{Title: words(l, "United States → Mexico, accusatory procedure", "Estados Unidos → México, procedimiento acusatorio"), URL: "#", From: "us", To: "mx", Facts: words(l, "facts from 18 June 2016", "hechos a partir del 18 jun 2016"), Unverified: true}}
}

func fixtureProcedure(l i18n.Lang) view.Procedure {
	return view.Procedure{Head: view.Head{Title: words(l, "Accusatory procedure", "Procedimiento acusatorio"), State: words(l, "Version 1", "Versión 1")}, Note: words(l, "Reference data.", "Datos de referencia."),
		Tracks:    []view.ProcedureTrack{{Name: words(l, "Referral", "Remisión"), States: []view.ProcedureState{{Name: words(l, "Draft", "Borrador"), Country: "us", Owes: words(l, "Liaison agent", "Enlace")}, {Name: words(l, "Closed", "Cerrado"), Ends: true}}}},
		Steps:     []view.ProcedureStep{{Name: words(l, "Approve", "Validar"), Country: "us", Roles: words(l, "Supervisor", "Supervisión"), Signed: true, TwoPeople: true}, {Name: words(l, "Accept", "Aceptar"), Country: "mx", Roles: "MPF", Signed: true, Released: true}},
		Forms:     []view.LawForm{{Name: words(l, "Temporary archive", "Archivo temporal"), Law: "CNPP 254", Challenge: true, Unverified: true}},
		Crossings: []view.ProcedureCrossing{{Sender: words(l, "Withdraw", "Retirar"), Receiver: words(l, "Accept", "Aceptar"), Becomes: words(l, "Withdrawn", "Retirado"), Why: words(l, "A stop stands.", "El alto prevalece.")}}, Clocks: fixtureLawClocks(l)}
}

func fixtureLawClocks(l i18n.Lang) []view.LawClock {
	return []view.LawClock{{Name: words(l, "Custody of the prosecutor", "Retención ministerial"), Country: "mx", Kind: words(l, "Term of law", "Plazo legal"), Length: words(l, "48 hours", "48 horas"), Starts: words(l, "made available", "puesta a disposición"), Owner: "MP", Source: "Const. 16", Unverified: true}}
}

func fixtureLaw(l i18n.Lang) view.Law {
	return view.Law{Head: view.Head{Title: words(l, "Offences and clocks", "Delitos y plazos"), Crumb: view.Link{Text: words(l, "Accords", "Acuerdos"), URL: "#"}}, Clocks: fixtureLawClocks(l), Routes: []view.LawRoute{{Country: "mx", Offences: words(l, "Trafficking in persons", "Trata de personas"), Units: "FEVIMTRA", Days: words(l, "any day", "cualquier día"), Law: "LFGR (2021)", Proposed: true}},
		Offences: []view.LawOffence{{Country: "mx", Name: words(l, "Smuggling", "Tráfico de personas"), Law: "Ley de Migración, art. 159-I", Since: words(l, "in force since: not established", "vigente desde: no establecido"), Penalty: words(l, "8 to 16 years", "de 8 a 16 años"), Unverified: true, Never: true,
			Elements: []view.LawElement{{Name: words(l, "profit", "lucro"), Blocking: true}}, Closed: []string{words(l, "Reparatory agreement (CNPP 187)", "Acuerdo reparatorio (CNPP 187)")}, Across: []string{"8 USC 1324"}}}}
}

func fixtureAccesses(l i18n.Lang) view.Accesses {
	return view.Accesses{Tabs: fixtureJournal(l).Tabs, Older: "#", Rows: []view.AccessRow{{Seq: 12408, At: at(-.01), Who: "D. Ruiz", Office: "USBP RGV", Did: words(l, "Looked at a referral", "Consultó una remisión"), Purpose: words(l, "Prosecution", "Persecución"),
		Objects: words(l, "referral: 1", "remisión: 1"), Withheld: 2, Policies: []string{i18n.T(l, "policy.need_to_know"), i18n.T(l, "policy.lists_of_ones_own")}, Refused: words(l, "It does not exist.", "No existe.")}}}
}

func fixtureAdmin(l i18n.Lang) view.Admin {
	return view.Admin{Waiting: []view.ProposalRow{{What: words(l, "New account: Mara Quinn", "Nueva cuenta: Mara Quinn"), By: "D. Ruiz, USBP RGV", URL: "#", At: at(-2)}},
		Users:   []view.UserRow{{Name: "Dolores Ruiz", Login: "druiz", Office: "USBP RGV", Roles: []string{words(l, "Prosecutions", "Enlace"), words(l, "Intake", "Ingreso")}, State: words(l, "Active", "Activa"), StateOK: "ok", URL: "#"}},
		Offices: []view.OfficeRow{{ID: "usbp-rgv", Name: "USBP Rio Grande Valley", Agency: "CBP", Zone: "America/Chicago", State: words(l, "Open", "Abierta"), StateOK: "ok", URL: "#"}},
		Peers:   []view.PeerRow{{Country: "mx", Name: "México", State: words(l, "Waits for a second person", "Falta una segunda persona"), StateOK: "soon", URL: "#"}},
		Own:     []view.KeyWords{{Name: "English", Lang: "en", Words: []string{"acorn", "river"}}, {Name: "Español", Lang: "es", Words: []string{"acacia", "ceiba"}}},
		Health: []view.HealthRow{
			{What: capital(i18n.T(l, "doctor.check.disk")), State: i18n.T(l, "health.state.ok"), Class: "ok", Says: i18n.T(l, "doctor.disk_fine", map[string]any{"Free": "40.0 GiB"})},
			{What: capital(i18n.T(l, "doctor.check.clock")), State: i18n.T(l, "health.state.warning"), Class: "soon", Says: i18n.T(l, "doctor.clock_unsynchronised"), Mend: "sudo timedatectl set-ntp true"},
			{What: capital(i18n.T(l, "doctor.check.peer")), State: i18n.T(l, "health.state.fault"), Class: "over", Says: i18n.T(l, "doctor.peer_unreached", map[string]any{"Peer": "mx", "Address": "https://mx.example:7443", "Why": i18n.T(l, "link.problem.unreachable")}), Mend: "oasiss link show mx"}},
		Backups:    []view.BackupRow{{At: at(-9), Size: "1.2 GiB", Facts: 48211, State: words(l, "Proven whole, and restored as a test", "Comprobado íntegro y restaurado en prueba"), Class: "ok"}, {At: at(-33), Size: "1.2 GiB", Facts: 47900, State: words(l, "Not whole: 1 fault", "Incompleto: 1 falla"), Class: "over"}},
		Keys:       []view.KeyRow{{Country: "us", ID: "oasiss:9f41c07a2b6e5d18", Since: at(-4000), State: words(l, "Present", "Actual"), Class: "ok"}, {Country: "us", ID: "oasiss:77f2e105d3141d70", Since: at(-9000), Until: at(-4000), State: words(l, "Former: what it signed still holds", "Anterior: lo que firmó sigue valiendo"), Class: "idle"}},
		Descriptor: "eyJ2IjoxLCJub2RlIjoidXMifQ==", Acts: []view.Act{fixtureAct("user.create", answers{"office": options("A"), "roles": options("B"), "superior": options("C"), "lang": options("D")}), fixtureAct("office.create", answers{"kind": options("A")})}}
}

func fixtureAccount(l i18n.Lang) view.AdminItem {
	return view.AdminItem{Head: view.Head{Crumb: view.Link{Text: words(l, "Accounts", "Cuentas"), URL: "/admin"}, Title: "Dolores Ruiz", State: words(l, "Active", "Activa"), StateOK: "ok"},
		Note: &component.Note{Kind: "soon", Title: words(l, "Waits.", "En espera.")}, Facts: []view.Fact{{Label: words(l, "Account", "Cuenta"), Value: "druiz", Mono: true}},
		Words: []view.KeyWords{{Name: "English", Lang: "en", Words: []string{"acorn", "river"}}}, InviteURL: "#", Code: "ABCDE-FGHJK-MNPQR-STVWX", Acts: []view.Act{fixtureAct("user.disable", nil)}}
}

// fixtureExhibit is an exhibit that crossed, whose chain was computed again.
func fixtureExhibit(l i18n.Lang) view.Exhibit {
	return view.Exhibit{Head: view.Head{Number: "RGV-26-0412-E1", Title: words(l, "Telephone", "Teléfono"), Handling: &component.Handling{Code: "H1"}, Crumb: view.Link{Text: "RGV-26-0412", URL: "#"}},
		Facts:  []view.Fact{{Label: words(l, "Legal basis", "Fundamento legal"), Value: words(l, "Search warrant", "Orden de cateo")}, {Label: "NIEM · CASE", Value: "uco-observable:MobileDevice", Mono: true}},
		Sealed: words(l, "What describes it is sealed.", "Su descripción está reservada."), Stands: component.Note{Kind: "ok", Title: words(l, "In custody of M. Treviño Salas", "Bajo custodia de M. Treviño Salas")}, Gaps: 1,
		Verified: &component.Note{Kind: "over", Icon: "alert-octagon", Title: words(l, "1 step is not as it was signed.", "1 paso no está como se firmó.")}, CheckURL: "#", SheetURL: "#",
		Steps: []view.CustodyStep{{Nth: 1, What: words(l, "Found and taken into custody", "Localizado y recogido"), When: at(-30), Signed: at(-29.9), Country: "us", Name: "D. Ruiz", Office: "USBP RGV", Proof: words(l, "Holds.", "Coincide."), Holds: true},
			{Nth: 2, What: words(l, "Given", "Entregado"), When: at(-3), Signed: at(-3), Country: "us", Name: "D. Ruiz", Office: "USBP RGV", Facts: []view.Fact{{Label: words(l, "Seal", "Sello"), Value: "A-100", Mono: true}}, Gaps: []string{words(l, "Changed hands without a seal.", "Cambió de manos sin sello.")}, Proof: words(l, "Does not hold.", "No coincide.")}},
		Acts: []view.Act{fixtureAct("exhibit.step", answers{"step": options("A"), "condition": options("B")}), fixtureAct("exhibit.give", answers{"office": options("C"), "condition": options("D")})}}
}
