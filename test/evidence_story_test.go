package test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pdf/fpdf"
	"github.com/oasiss/oasiss/wire"
)

// photograph is a small picture of nothing.
func photograph(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			img.SetRGBA(x, y, color.RGBA{uint8(x / 2), uint8(y), 90, 255}) // #nosec G115 -- below 256
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ticket is a PDF of two pages.
func ticket(t *testing.T) []byte {
	t.Helper()
	d := fpdf.New("P", "mm", "A4", "")
	for _, says := range []string{"Boleto 1147, Reynosa", "Asiento 12"} {
		d.AddPage()
		d.SetFont("Helvetica", "", 22)
		d.Text(24, 40, says)
	}
	var b bytes.Buffer
	if err := d.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// evidence sends a file into a case through the page, takes it into custody,
// looks at it with its digest and custody beside it, and redacts a copy.
func (w *world) evidence(north, _ *desk) {
	t := w.t
	f := w.file()
	b := photograph(t)
	pdf := w.put(f, "boleto.pdf", "", ticket(t))
	north.enter("kestrelle")
	north.Open(t, north.base+"/cases/"+f.id+"/files")
	north.shoot("files")
	picture := filepath.Join(t.TempDir(), "IMG_1147.png")
	w.ok(os.WriteFile(picture, b, 0o600))
	north.Choose(t, `input[name="file"]`, picture)
	north.Click(t, `form[data-upload] button`)
	north.Wait(t, "IMG_1147.png")
	north.Open(t, north.base+"/cases/"+f.id+"/files")
	photo := strings.TrimPrefix(north.Find(t, `td a[href^="/files/"]`, "href")[1], "/files/")

	north.Open(t, north.base+"/cases/"+f.id+"/add/exhibit")
	for _, field := range [][2]string{{"kind", "photograph"}, {"description", "Photograph of the landing"}, {"when", "2026-06-07T10:00"}, {"place", "River bank"}, {"basis", "plain_view"},
		{"source", "A"}, {"information", "1"}, {"seal", "A-300"}, {"file", photo}} {
		north.Fill(t, "main", field[0], field[1])
	}
	north.shoot("exhibit-collect")
	north.Submit(t, "main")
	north.finish("exhibit.collect")
	north.shoot("exhibit-with-file")
	north.Open(t, north.base+"/files/"+photo+"?verified")
	north.Wait(t, north.say("file.verified"))
	north.Wait(t, north.say("file.same"))
	north.shoot("file-image")
	north.Open(t, north.base+"/files/"+pdf)
	north.Wait(t, north.say("file.no_custody"))
	north.shoot("file-pdf")
	north.Open(t, north.base+"/files/"+pdf+"/redact")
	north.Fill(t, "main", "areas", "1 8 10 60 8 identity")
	north.shoot("file-redact")
	north.Submit(t, "main")
	north.Wait(t, north.say("file.made_of"))
	north.shoot("file-redacted")
	north.leave()
}

// Without JavaScript a form sends a file whole; what is no file is refused and
// nothing is begun.
func TestAFormSendsAFile(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	v := w.visitor(t)
	v.signIn("kestrelle")
	send := func(name string, b []byte) page {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		w.ok(form.WriteField("_token", "token-"+name))
		if name != "" {
			part, err := form.CreateFormFile("file", name)
			w.ok(err)
			_, err = part.Write(b)
			w.ok(err)
		}
		w.ok(form.Close())
		r := v.request(http.MethodPost, "/uploads/"+f.id, &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		return v.send(r)
	}
	v.says(send(`C:\photos\landing.png`, photograph(t)), http.StatusOK)
	v.says(send("", nil), http.StatusUnprocessableEntity)
	var list []struct{ Name, Media string }
	w.ok(w.as("us", "kestrelle", wire.PurposeProsecution).Get(t.Context(), "cases/"+f.id+"/files", &list))
	if len(list) != 1 || list[0].Name != "landing.png" || list[0].Media != "image/png" {
		t.Errorf("%+v", list)
	}
}
