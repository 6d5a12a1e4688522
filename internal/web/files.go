package web

import (
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/transfer"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
	"github.com/oasiss/oasiss/wire"
)

// files registers the files of a case, one file as a reader sees it, and the
// bytes of files: on their way in, by pieces (tus) or as a form sends them, and
// out, to be shown or kept.
func (s *Server) files(pages *doors) {
	bytes := func(q *request) { s.Uploads.Serve(q.w, q.r, q.by) }
	pages.signedIn("HEAD /uploads/{id}", access.RuleOwn, areaCases, bytes)
	pages.streamed("PATCH /uploads/{id}", access.RuleOwn, areaCases, bytes, wire.MaxFileSize)
	pages.signedIn("GET /files/{id}/content", access.RuleSeen, areaCases, (*request).content)
	pages.signedIn("GET /files/{id}/pages/{n}", access.RuleSeen, areaCases, (*request).pageImage)
	pages.signedIn("POST /files/{id}/redact", access.RuleTaken, areaCases, (*request).redact)
	s.page(pages, "/files/{id}/redact", areaCases, func(q *request) (string, any, error) {
		v, err := q.redactPage(q.r.PathValue("id"))
		return "redact", v, err
	})
	pages.streamed("POST /uploads/{id}", access.RuleTaken, areaCases, (*request).sendFile, wire.MaxFileSize+maxForm)
	s.page(pages, "/cases/{id}/files", areaCases, func(q *request) (string, any, error) {
		v, err := q.fileList(q.r.PathValue("id"))
		return "files", v, err
	})
	s.page(pages, "/files/{id}", areaCases, func(q *request) (string, any, error) {
		v, err := q.filePage(q.r.PathValue("id"))
		return "file", v, err
	})
}

// content gives a file's bytes: with ?show to a viewer, otherwise to be kept.
func (q *request) content() {
	c, err := q.s.Files.Open(q.r.Context(), q.by, q.purpose, q.r.PathValue("id"))
	if err != nil {
		q.s.problem(q.w, q.r, err)
		return
	}
	transfer.Serve(q.w, q.r, c, q.r.Method == http.MethodGet && q.r.URL.Query().Has("show"))
}

// sendFile takes a file into the case of the address as a form sends it, its bytes sealed as they arrive. It
// is the same three steps that a script takes by pieces: begin, bytes, add. What
// had come before a cut stays, and is gone on with.
func (q *request) sendFile() {
	q.path = "/cases/" + q.r.PathValue("id") + "/files"
	err := q.takeForm()
	if err == nil {
		http.Redirect(q.w, q.r, q.path+"?done=file.add", http.StatusSeeOther)
		return
	}
	no, refused := refusal.As(err)
	if !refused {
		q.s.problem(q.w, q.r, err)
		return
	}
	form := component.Form{Action: q.r.URL.Path, Token: newToken(), Errors: map[string]string{}, Refusal: &component.Refusal{Code: no.Code, Params: no.Params}}
	q.refused = append(q.refused, &refusedForm{key: "file.begin", form: form})
	q.draw(no.Status, func(q *request) (string, any, error) {
		v, err := q.fileList(q.r.PathValue("id"))
		return "files", v, err
	})
}

// takeForm reads a form's fields, which stand before its file, and takes the file.
func (q *request) takeForm() error {
	taken := false
	err := q.readSent(map[string]func(p *multipart.Part) error{"file": func(p *multipart.Part) error {
		taken = true
		return q.takeFile(p)
	}})
	if err == nil && !taken {
		return refusal.New("file.empty")
	}
	return err
}

func (q *request) takeFile(p *multipart.Part) error {
	name := sentName(p)
	if name == "" {
		return refusal.New("file.empty")
	}
	said := func(field string) string { return strings.TrimSpace(q.r.PostForm.Get(field)) }
	ctx, token := q.r.Context(), said("_token")
	begun, err := q.s.Acts.Do(ctx, q.by, token, q.purpose, &file.Begin{Case: q.r.PathValue("id"), Name: name, Person: said("person")})
	if err != nil {
		return err
	}
	if _, err := q.s.Files.Append(ctx, q.by, begun.Object, 0, p); err != nil {
		return err
	}
	if err := q.s.Files.End(ctx, q.by, begun.Object); err != nil {
		return err
	}
	if token != "" {
		token += ".add"
	}
	_, err = q.s.Acts.Do(ctx, q.by, token, q.purpose, &file.Add{Upload: begun.Object})
	return err
}

func (q *request) fileList(caseID string) (view.Files, error) {
	ctx := q.r.Context()
	c, err := casefile.Show(ctx, q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return view.Files{}, err
	}
	all, err := file.List(ctx, q.s.Acts, q.by, q.purpose, c.Case.ID)
	if err != nil {
		return view.Files{}, err
	}
	v := view.Files{Head: q.caseHead(c)}
	for _, f := range all {
		row, err := q.fileRow(c, f)
		if err != nil {
			return v, err
		}
		v.Rows = append(v.Rows, row)
	}
	fixed := map[string]string{"case": c.Case.ID}
	if !q.takes("file.begin", fixed) {
		return v, nil
	}
	begin := q.act("file.begin", fixed, answers{"person": q.peopleChoices(c, "")})
	begin.Form.Action = q.path
	base := "/cases/" + c.Case.ID + "/files"
	v.Send = &view.Sender{Form: begin.Form, Asks: begin.Asks, CaseID: c.Case.ID, BeginURL: actPath(base, "file.begin"), AddURL: actPath(base, "file.add"), UploadURL: "/uploads/"}
	v.Send.Form.Action = "/uploads/" + c.Case.ID
	v.Pending, err = q.pending(c.Case.ID)
	return v, err
}

func (q *request) fileRow(c casefile.View, f file.View) (view.FileRow, error) {
	row := view.FileRow{URL: "/files/" + f.ID, Name: q.fileName(f), Media: f.Media, Size: q.bytes(f.Size), At: f.Added, Sent: q.fileSent(f)}
	for _, p := range c.People {
		if p.ID == f.Person {
			who := q.person(p)
			row.Person = &who
		}
	}
	named, err := evidence.Holding(q.r.Context(), q.s.Acts, q.by, q.purpose, f)
	for _, n := range named {
		row.Exhibits = append(row.Exhibits, view.Link{Text: n.Number, URL: "/exhibits/" + n.ID})
	}
	return row, err
}

// fileName is what a file is called: where that is closed, what it is.
func (q *request) fileName(f file.View) string {
	if f.Closed || f.Name == "" {
		return q.t("file.unnamed")
	}
	return f.Name
}

// fileSent says to which country a file was named, and whether it has come there.
func (q *request) fileSent(f file.View) string {
	var out []string
	for _, s := range f.Sent {
		where := q.t("country." + q.country(s.Peer))
		if s.Arrived.IsZero() {
			out = append(out, q.t("file.on_its_way", "Country", where))
			continue
		}
		out = append(out, q.t("file.has_come", "Country", where, "When", i18n.DateTime(q.lang, s.Arrived, q.zone())))
	}
	return strings.Join(out, "; ")
}

// bytes is a size as people read it.
func (q *request) bytes(n int64) string {
	units := []string{"file.unit.b", "file.unit.kb", "file.unit.mb", "file.unit.gb"}
	v, u := float64(n), 0
	for v >= 1000 && u < len(units)-1 {
		v, u = v/1000, u+1
	}
	if u == 0 {
		return q.t(units[0], "Count", n)
	}
	return q.t(units[u], "Number", i18n.Decimal(q.lang, v, 1))
}

// pending are the files that the reader has begun to send and not ended.
func (q *request) pending(caseID string) ([]view.Sending, error) {
	all, err := file.PendingOf(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return nil, err
	}
	var out []view.Sending
	for _, p := range all {
		row := view.Sending{ID: p.ID, Name: p.Name, Match: p.Name, Bytes: p.Size, Offset: p.Offset, Size: q.bytes(p.Size), Stands: q.t("file.stands", "Here", q.bytes(p.Offset))}
		if row.Name == "" {
			row.Name = q.t("file.unnamed")
		}
		if p.Whole {
			row.Add = &q.offered("file.add", map[string]string{"upload": p.ID}, nil)[0]
		}
		out = append(out, row)
	}
	return out, nil
}

// reading says how a file is shown: only what a browser runs nothing of.
func reading(f file.View) string {
	kind, _, _ := strings.Cut(f.Media, "/")
	switch {
	case f.Closed || !file.Showable(f.Media):
		return ""
	case f.Media == "text/plain":
		return "text"
	case f.Media == "application/pdf":
		return "pages"
	case f.Media == "application/ogg":
		return "audio"
	case kind == "image" || kind == "audio" || kind == "video":
		return kind
	}
	return ""
}

// shownText is how much of a text is shown, in bytes; all of it can be kept.
const shownText = 64 << 10

func (q *request) filePage(id string) (view.File, error) {
	f, err := file.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, id)
	if err != nil {
		return view.File{}, err
	}
	v := view.File{Title: q.fileName(f), Shows: reading(f), URL: "/files/" + id + "/content?show", Save: "/files/" + id + "/content", CheckURL: "/files/" + id + "?verified"}
	if v.Head, err = q.fileHead(f); err != nil {
		return v, err
	}
	q.plays = v.Shows == "audio" || v.Shows == "video"
	if f.Closed {
		v.Save, v.CheckURL = "", ""
		v.Closed = &component.Note{Icon: "lock", Title: q.t("refusal.file.closed"), Text: q.t("refusal.file.closed.next")}
	} else {
		v.Digest = f.SHA256.String()
		if v.Shows == "" {
			v.Closed = &component.Note{Icon: "file-text", Title: q.t("file.not_shown"), Text: q.t("file.not_shown.text")}
		}
	}
	v.Facts = q.fileFacts(f)
	if q.redactable(f) {
		v.RedactURL = "/files/" + id + "/redact"
	}
	q.madeOf(f, &v)
	switch v.Shows {
	case "text":
		err = q.fileText(id, &v)
	case "pages":
		err = q.onePage(id, &v)
	}
	if err == nil && q.r.URL.Query().Has("verified") && !f.Closed {
		v.Checked, err = q.checkFile(id)
	}
	if err != nil {
		return v, err
	}
	v.Custody, err = q.fileCustody(f)
	return v, err
}

// fileHead is the head of its case or referral, whichever the reader may see.
func (q *request) fileHead(f file.View) (view.Head, error) {
	h := view.Head{Crumb: view.Link{Text: q.t("my_day.title"), URL: "/"}, Title: q.fileName(f)}
	if f.Referral != "" {
		h.Crumb = view.Link{Text: q.t("web.its_referral"), URL: "/referrals/" + f.Referral}
		return h, nil
	}
	c, err := casefile.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, f.Case)
	switch {
	case err == nil:
		h.Crumb = view.Link{Text: c.Case.Number + " · " + q.t("web.files"), URL: "/cases/" + c.Case.ID + "/files"}
		h.Handling, h.Paper = &component.Handling{Code: c.Case.Handling}, c.Case.Number
	case !refusal.Is(err, "access.not_found"): // an office that was only given the exhibit
		return h, err
	}
	return h, nil
}

func (q *request) fileFacts(f file.View) []view.Fact {
	facts := []view.Fact{{Label: q.t("file.size"), Value: q.bytes(f.Size)}, {Label: q.t("file.added"), Value: i18n.DateTime(q.lang, f.Added, q.zone())}}
	if f.Media != "" {
		facts = append(facts, view.Fact{Label: q.t("file.media"), Value: f.Media, Mono: true})
	}
	if sent := q.fileSent(f); sent != "" {
		facts = append(facts, view.Fact{Label: q.t("file.sent"), Value: sent})
	}
	return append(facts, view.Fact{Label: q.t("file.manifest"), Value: f.Manifest.String(), Mono: true})
}

// onePage shows one page of a document as a picture, and leads to the others.
func (q *request) onePage(id string, v *view.File) error {
	count, err := q.pagesOf(id)
	if no, refused := refusal.As(err); refused {
		v.Shows, v.Closed = "", &component.Note{Icon: "file-text", Title: q.t("refusal." + no.Code), Text: q.t("refusal." + no.Code + ".next")}
		return nil
	}
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(q.r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > count {
		n = 1
	}
	page := func(n int) string { return "/files/" + id + "?page=" + strconv.Itoa(n) }
	v.Page, v.Pages, v.URL = n, count, "/files/"+id+"/pages/"+strconv.Itoa(n)
	if n > 1 {
		v.Before = page(n - 1)
	}
	if n < count {
		v.After = page(n + 1)
	}
	return nil
}

// madeOf says of a redacted copy what it was made of, and what is black and why.
func (q *request) madeOf(f file.View, v *view.File) {
	if f.Redaction == nil {
		return
	}
	v.MadeOf = &view.Link{Text: q.t("file.unnamed"), URL: "/files/" + f.Redaction.Of}
	if of, err := file.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, f.Redaction.Of); err == nil {
		v.MadeOf.Text = q.fileName(of)
	}
	for _, b := range f.Redaction.Blacked {
		v.Blacked = append(v.Blacked, q.t("file.page", "N", b.Page)+": "+q.word("file.reason.", b.Reason))
	}
}

// fileText reads the beginning of a text: it is shown as it stands, and nothing
// in it is markup.
func (q *request) fileText(id string, v *view.File) error {
	c, err := q.s.Files.Open(q.r.Context(), q.by, q.purpose, id)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // memory
	b, err := io.ReadAll(io.LimitReader(c, shownText))
	if err != nil {
		return err
	}
	v.Text = strings.ToValidUTF8(string(b), "�")
	if c.Size > shownText {
		v.More = q.t("file.more_text")
	}
	return nil
}

// checkFile reads every byte again and holds it against the digest.
func (q *request) checkFile(id string) (*component.Note, error) {
	same, err := q.s.Files.Check(q.r.Context(), q.by, q.purpose, id)
	if no, refused := refusal.As(err); refused {
		return &component.Note{Kind: "over", Icon: "alert-octagon", Title: q.t("refusal." + no.Code), Text: q.t("refusal." + no.Code + ".next")}, nil
	}
	if err != nil {
		return nil, err
	}
	if !same {
		return &component.Note{Kind: "over", Icon: "alert-octagon", Title: q.t("refusal.file.other_bytes"), Text: q.t("exhibit.not_verified.next")}, nil
	}
	return &component.Note{Kind: "ok", Icon: "shield-check", Title: q.t("file.verified"), Text: q.t("file.verified.text")}, nil
}

// fileCustody is which exhibit the file is, or was made of, and who has it.
func (q *request) fileCustody(f file.View) ([]view.HeldBy, error) {
	named, err := evidence.Holding(q.r.Context(), q.s.Acts, q.by, q.purpose, f)
	var out []view.HeldBy
	for _, n := range named {
		out = append(out, view.HeldBy{Number: n.Number, URL: "/exhibits/" + n.ID, Kind: q.word("exhibit.kind.", n.Exhibit.Kind), Step: q.word("exhibit.step.", n.Step.Step), At: n.Step.When,
			Country: q.country(n.Step.Node), Name: n.Step.Name, Office: q.office(n.Step.Node, n.Step.Office),
			Holder: n.Custody.Name + ", " + q.office(n.Custody.At.Node, n.Custody.At.Office), Gaps: n.Gaps, Same: n.Same})
	}
	return out, err
}

// heldFile is the file that a step of a chain names, for the exhibit's own page.
func (q *request) heldFile(h *evidence.Held) (*view.FileRow, error) {
	if h == nil {
		return nil, nil
	}
	row := &view.FileRow{Name: q.t("file.unnamed"), Size: q.bytes(h.Size), Digest: h.Manifest.String()}
	f, err := file.Show(q.r.Context(), q.s.Acts, q.by, q.purpose, h.File)
	if refusal.Is(err, "access.not_found") {
		row.Sent = q.t("file.not_come")
		return row, nil
	}
	if err != nil {
		return nil, err
	}
	row.URL, row.Name, row.Media = "/files/"+f.ID, q.fileName(f), f.Media
	if !f.Closed {
		row.Digest = f.SHA256.String()
	}
	return row, nil
}

// fileChoices are the files of a case that a step of custody can name.
func (q *request) fileChoices(caseID string) []component.Option {
	out := []component.Option{}
	all, err := file.List(q.r.Context(), q.s.Acts, q.by, q.purpose, caseID)
	if err != nil {
		return out // who may not see the files names none
	}
	for _, f := range all {
		out = append(out, component.Option{Value: f.ID, Label: q.fileName(f) + ", " + q.bytes(f.Size) + ", " + i18n.DateTime(q.lang, f.Added, q.zone())})
	}
	return out
}
