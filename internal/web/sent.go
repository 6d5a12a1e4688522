package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/oasiss/oasiss/internal/refusal"
)

// readSent reads a form with files, part by part as it arrives: what was typed into
// PostForm, in all no more than any form may hold, and each file that the form has
// by its function, with what was typed before it in PostForm. It is the one way in
// which a page takes a file.
func (q *request) readSent(files map[string]func(p *multipart.Part) error) error {
	parts, err := q.r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		q.r.Body = http.MaxBytesReader(q.w, q.r.Body, maxForm)
		err = q.r.ParseForm()
		parts = nil
	}
	if err != nil {
		return refusal.New("act.malformed", "field", "")
	}
	if parts == nil {
		return nil
	}
	q.r.PostForm = url.Values{}
	typed := int64(0)
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refusal.New("act.malformed", "field", "")
		}
		if take := files[p.FormName()]; take != nil {
			err = take(p)
		} else {
			typed, err = q.readField(p, typed)
		}
		if err != nil {
			return err
		}
	}
}

// readField reads one field of a form, so much of which was typed before it.
func (q *request) readField(p *multipart.Part, typed int64) (int64, error) {
	b, long, err := readAtMost(p, maxForm-typed)
	if err != nil || long {
		return typed, refusal.New("act.malformed", "field", p.FormName())
	}
	q.r.PostForm.Add(p.FormName(), string(b))
	return typed + int64(len(b)), nil
}

// readAtMost reads so many bytes, and says whether there were more.
func readAtMost(r io.Reader, most int64) (b []byte, long bool, err error) {
	b, err = io.ReadAll(io.LimitReader(r, most+1))
	return b, int64(len(b)) > most, err
}

// sentName is what a file was called where it came from, without its folders.
func sentName(p *multipart.Part) string {
	if p.FileName() == "" {
		return ""
	}
	return path.Base(strings.ReplaceAll(p.FileName(), `\`, "/"))
}
