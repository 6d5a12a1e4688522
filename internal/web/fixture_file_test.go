package web

import (
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

const fixtureDigest = "9f41c07a2b6e5d18c77f2e105d3141d70be290aa3be29f41c07a2b6e5d18c77f"

// filePages are the pages of files, of one thing of a case and of its history,
// and of a copy that was taken.
func filePages(l i18n.Lang) []shot {
	head := fixtureHead(l)
	seen := view.File{Head: head, Title: "landing.png", Shows: "image", URL: "#", RedactURL: "#", Save: "#", Digest: fixtureDigest, CheckURL: "#",
		Facts:   []view.Fact{{Label: words(l, "Size", "Tamaño"), Value: "1.2 MB"}},
		Custody: []view.HeldBy{{Number: "RGV-26-0412-E1", URL: "#", Kind: words(l, "Telephone", "Teléfono"), Step: words(l, "Extraction", "Extracción"), At: at(-3), Country: "us", Name: "D. Ruiz", Office: "USBP RGV", Holder: "D. Ruiz", Same: true}}}
	paged := seen
	paged.Title, paged.Shows, paged.Page, paged.Pages, paged.Before, paged.After, paged.Custody = "acta.pdf", "pages", 2, 3, "#", "#", nil
	closed := view.File{Head: head, Title: "nota.bin", Closed: &component.Note{Kind: "soon", Title: words(l, "This kind is not shown.", "Este tipo no se muestra.")}, More: words(l, "There is more.", "Hay más."),
		MadeOf: &view.Link{Text: "landing.png", URL: "#"}, Blacked: []string{words(l, "Page 1: a face", "Página 1: un rostro")}, Checked: &component.Note{Kind: "ok", Title: words(l, "Every byte is as it was.", "Cada byte está como estaba.")}}
	send, add := fixtureAct("file.begin", answers{"person": options("A")}), fixtureAct("file.add", nil)
	return []shot{
		{"files", "files", false, view.Files{Head: head, Rows: []view.FileRow{{URL: "#", Name: "landing.png", Media: "PNG", Size: "1.2 MB", At: at(-3), Person: &component.Person{Plant: "Ceiba"}, Exhibits: []view.Link{{Text: "RGV-26-0412-E1", URL: "#"}}}, {URL: "#", Name: "acta.pdf", Size: "88 KB", At: at(-9), Sent: words(l, "Recorded there", "Registrado allá")}},
			Pending: []view.Sending{{ID: "1", Name: "film.mp4", Size: "2 GB", Stands: "40 %", Bytes: 10, Offset: 4}, {ID: "2", Name: "film.mp4", Size: "2 GB", Bytes: 10, Offset: 10, Add: &add}},
			Send:    &view.Sender{Form: send.Form, Asks: send.Asks, CaseID: "1"}}},
		{"files_empty", "files", false, view.Files{Head: head}},
		{"file", "file", false, seen},
		{"file_pages", "file", false, paged},
		{"file_closed", "file", false, closed},
		{"redact", "redact", false, view.Redact{Head: head, Form: form("#"), Reasons: options("A"), Pages: []view.PageImage{{N: 1, URL: "#"}, {N: 2, URL: "#"}}, AboutPerson: true, BackURL: "#"}},
		{"item", "item", false, view.ItemPage{Head: head, Title: words(l, "Vehicle", "Vehículo"), Gone: words(l, "Its source was taken back.", "Su fuente se retractó."), Sections: []view.Section{{Heading: words(l, "Vehicle", "Vehículo"), Facts: []view.Fact{{Label: words(l, "Make", "Marca"), Value: "Ford"}}}},
			Acts: []view.Act{fixtureAct("case.add_member", answers{"office": options("A")})}, Changes: []view.Change{{Happening: view.Happening{At: at(-3), Who: "D. Ruiz", Did: words(l, "recorded it", "lo registró")}, Why: words(l, "New information", "Información nueva"), Said: []view.Section{{Facts: []view.Fact{{Label: words(l, "Make", "Marca"), Value: "Dodge"}}}}}}}},
		{"history", "history", false, view.History{Head: head, Rows: []view.Happening{{At: at(-3), Occurred: i18n.DateTime(l, at(-40), time.UTC), Who: "D. Ruiz", Did: words(l, "recorded an event", "registró un hecho")}, {At: at(-4), Who: "D. Ruiz", Did: words(l, "opened the case", "abrió el caso")}}}},
		{"history_empty", "history", false, view.History{Head: head}},
		{"copy", "copy", false, view.Copied{Crumb: view.Link{Text: head.Number, URL: "#"}, Number: head.Number, N: 2, Version: 1, Until: at(1), Facts: []view.Fact{{Label: i18n.T(l, "packet.copy_act"), Value: fixtureDigest, Mono: true}}, Files: []view.Link{{Text: i18n.T(l, "print.bundle"), URL: "#"}}}},
	}
}
