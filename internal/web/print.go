package web

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/document"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/transfer"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// prints registers the copies that were taken of packets: each is an act, and
// its files are read here by whoever took it.
func (s *Server) prints(pages *doors) {
	s.page(pages, "/copies/{id}", areaCases, func(q *request) (string, any, error) {
		x, err := referral.ShowCopy(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		return "copy", q.copied(x), err
	})
	pages.signedIn("GET /copies/{id}/{file}", access.RuleSeen, areaCases, func(q *request) {
		c, err := referral.OpenCopy(q.r.Context(), q.s.Acts, q.s.Files, q.by, q.purpose, q.r.PathValue("id"), q.r.PathValue("file"))
		if err != nil {
			q.s.problem(q.w, q.r, err)
			return
		}
		q.handOut(c.Name, c.Media, c.Write)
	})
}

// releases registers the files that were released to receiving services: each is
// an act, and is read here by whoever took it.
func (s *Server) releases(pages *doors) {
	s.page(pages, "/releases/{id}", areaCases, func(q *request) (string, any, error) {
		x, err := protection.ShowReleased(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		return "released", q.released(x), err
	})
	pages.signedIn("GET /releases/{id}/{file}", access.RuleSeen, areaCases, func(q *request) {
		x, err := protection.ShowReleased(q.r.Context(), q.s.Acts, q.by, q.purpose, q.r.PathValue("id"))
		if err == nil && x.File != q.r.PathValue("file") {
			err = refusal.NotFound()
		}
		if err != nil {
			q.s.problem(q.w, q.r, err)
			return
		}
		q.handOut(x.File, "text/csv; charset=utf-8", written([]byte(x.Content)))
	})
}

// released shows a file that was just released: for whom, and what it has.
func (q *request) released(x protection.ReleasedFile) view.Released {
	return view.Released{Crumb: view.Link{Text: x.Plant, URL: "/people/" + x.Person}, Until: x.Until, File: view.Link{Text: q.t("released.fetch"), URL: "/releases/" + x.Fact + "/" + x.File},
		Facts: []view.Fact{{Label: q.t("released.to"), Value: q.receiver(&x.Receiver)}, {Label: q.t("released.has"), Value: q.categories(x.Categories)},
			{Label: q.t("released.left_out"), Value: strconv.Itoa(x.LeftOut)}, {Label: q.t("released.digest"), Value: x.SHA256, Mono: true}}}
}

// copied shows a copy that was just taken: its number, whom it names, its files.
func (q *request) copied(x referral.Copied) view.Copied {
	v := view.Copied{Number: x.Number, N: x.N, Version: x.Version, Until: x.Until, Crumb: view.Link{Text: x.Number, URL: "/referrals/" + x.Referral}}
	v.Facts = []view.Fact{{Label: q.t("copy.by"), Value: x.By + ", " + q.office(q.s.Acts.Node, x.Office)}, {Label: q.t("copy.at"), Value: i18n.DateTime(q.lang, x.At, q.zone())},
		{Label: q.t("ask.copy_reason"), Value: q.t("export.reason." + x.Reason)}, {Label: q.t("packet.copy_act"), Value: x.Fact, Mono: true}}
	for _, f := range x.Files {
		text := q.t("print.bundle")
		if f.Lang != "" {
			_, ext, _ := strings.Cut(f.Name, string(f.Lang)+".")
			text = q.t("print." + ext + "." + string(f.Lang))
		}
		v.Files = append(v.Files, view.Link{Text: text, URL: "/copies/" + x.Fact + "/" + f.Name})
	}
	return v
}

// copyAct is taking a copy of the version that is shown.
func (q *request) copyAct(x referral.Shown, version int) []view.Act {
	if version == 0 || !x.Printable {
		return nil
	}
	return q.offered("referral.export", map[string]string{"referral": x.ID, "version": strconv.Itoa(version)},
		answers{"as": q.codes("copy.as.", packet.CopyForms()), "act": q.crossedTurns(x), "reason": q.codes("export.reason.", casefile.Reasons())})
}

// crossedTurns are the acts of the conversation of which an official letter prints.
func (q *request) crossedTurns(x referral.Shown) []component.Option {
	out := []component.Option{}
	for _, t := range x.Turns {
		if t.Released && t.Step != "" {
			out = append(out, component.Option{Value: t.Fact, Label: t.Name.In(q.lang) + ", " + i18n.DateTime(q.lang, t.At, q.zone())})
		}
	}
	return out
}

// print gives a document under the name that the address asks for: NAME, the
// language and the form, "packet.es.pdf". The page and the paper say the same.
func (q *request) print(name string, draw func(l i18n.Lang) (document.Document, error)) {
	asked := strings.Split(q.r.PathValue("print"), ".")
	if len(asked) != 3 || asked[0] != name || !i18n.Lang(asked[1]).Known() {
		q.s.problem(q.w, q.r, refusal.NotFound())
		return
	}
	d, err := draw(i18n.Lang(asked[1]))
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	if q.s.Node.Fictional { // as every page says on its screen and its paper
		d.Foot = append(d.Foot, i18n.T(d.Lang, "shell.fictional"))
	}
	var body []byte
	kind := "application/pdf"
	switch asked[2] {
	case "pdf":
		body, err = d.PDF(q.s.Acts.Now())
	case "html":
		kind = "text/html; charset=utf-8"
		body, err = d.HTML()
	default:
		err = refusal.NotFound()
	}
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	q.handOut(strings.Join(asked, "."), kind, written(body))
}

// handOut gives a file that this node made to whoever asked for it. One that
// cannot be written to its end is broken off, so that nobody takes it for whole.
func (q *request) handOut(name, media string, write func(w io.Writer) error) {
	how := "inline"
	if media != "application/pdf" && !strings.HasPrefix(media, "text/html") {
		how = "attachment"
	}
	q.w.Header().Set("Content-Security-Policy", printPolicy)
	q.w.Header().Set("Content-Type", media)
	q.w.Header().Set("Content-Disposition", how+`; filename="`+name+`"`)
	if err := transfer.Out(q.w, q.s.Log, write); err != nil {
		q.w.Header().Del("Content-Disposition")
		q.s.problem(q.w, q.r, err)
	}
}

// written is what was drawn whole, to be handed out.
func written(content []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(content); return err }
}

// printPolicy lets a printed page have its own stylesheet, which stands in it,
// and nothing else.
var printPolicy = func() string {
	sum := sha256.Sum256([]byte(document.Style()))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// printsOf are the links to the prints of a version, in both languages.
func (q *request) printsOf(base, name string) []view.Link {
	var out []view.Link
	for _, l := range i18n.Languages() {
		for _, form := range []string{"pdf", "html"} {
			out = append(out, view.Link{Text: q.t("print." + form + "." + string(l)), URL: base + "/" + name + "." + string(l) + "." + form})
		}
	}
	return out
}
