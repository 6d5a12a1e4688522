package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/raster"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Reasons are the codes of why something is blacked out; their names stand in
// the texts "file.reason.CODE", and the code itself on the black.
var Reasons = []string{"identity", "minor", "whereabouts", "third_party", "privilege", "technique", "court_order"}

// Blacked is a part of a page that was blacked out, and why.
type Blacked struct {
	Page   int     `json:"page"` // from 1
	Left   float64 `json:"left"` // in hundredths of the page
	Top    float64 `json:"top"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	Reason string  `json:"reason"` // Reasons
}

// Redaction says of a copy from which file it was made and what of it was
// blacked out.
type Redaction struct {
	Of      string    `json:"of"`
	Blacked []Blacked `json:"blacked"`
}

// maxBlacked bounds the parts of one redaction.
const maxBlacked = 400

// ParseBlacked reads lines of "PAGE LEFT TOP WIDTH HEIGHT REASON", the middle
// four in hundredths of the page. Refusal file.areas.
func ParseBlacked(lines []string) (out []Blacked, err error) {
	for _, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 6 || len(out) == maxBlacked {
			return nil, refusal.New("file.areas")
		}
		page, err := strconv.Atoi(words[0])
		b := Blacked{Page: page, Reason: words[5]}
		for i, v := range []*float64{&b.Left, &b.Top, &b.Width, &b.Height} {
			var perr error
			*v, perr = strconv.ParseFloat(words[i+1], 64)
			err = errors.Join(err, perr)
		}
		if err != nil || !b.area().Whole() || !slices.Contains(Reasons, b.Reason) {
			return nil, refusal.New("file.areas")
		}
		out = append(out, b)
	}
	if len(out) == 0 {
		return nil, refusal.New("file.areas")
	}
	return out, nil
}

func (b Blacked) area() raster.Area {
	return raster.Area{Page: b.Page - 1, Left: b.Left, Top: b.Top, Width: b.Width, Height: b.Height, Says: b.Reason}
}

// Redacted says that a file of the case is a redacted copy of another.
type Redacted struct {
	journal.Envelope
	ID string `json:"id"`
	Redaction
}

// Kind implements journal.Fact.
func (Redacted) Kind() string { return "file.redacted.1" }

func applyRedacted(tx *store.Tx, _ journal.Entry, f Redacted) error {
	row, err := Load(tx, f.ID)
	if err != nil {
		return err
	}
	row.Redaction = &f.Redaction
	return tx.Exec(`UPDATE file SET doc = $1 WHERE id = $2`, store.JSON(row), f.ID)
}

// Pages draws the pages of a file that the reader may open, one after the other.
// Close it. Refusals: those of Open, file.not_drawn.
func (s *Store) Pages(ctx context.Context, by access.Actor, purpose, id string) (View, raster.Document, func(), error) {
	c, err := s.Open(ctx, by, purpose, id)
	if err != nil {
		return View{}, nil, nil, err
	}
	d, err := raster.Open(c.Media, c, c.Size)
	if err != nil {
		return View{}, nil, nil, errors.Join(NotDrawn(err), c.Close())
	}
	return c.View, d, func() { d.Close(); c.Close() }, nil //nolint:errcheck // memory
}

// NotDrawn says in the programme's words that pages cannot be drawn; other
// errors are as they were.
func NotDrawn(err error) error {
	for _, e := range []error{raster.ErrKind, raster.ErrTooMuch, raster.ErrBroken} {
		if errors.Is(err, e) {
			return fmt.Errorf("%w: %w", refusal.New("file.not_drawn"), err)
		}
	}
	return err
}

// Redact makes a copy of a file in which parts of its pages are burned out, and
// adds it to the case as a file of its own. The copy is pixels: no text, no
// layer and no metadata of the original is in it. The original stays as it is,
// sealed. shows says whether the copy still shows or tells of the person whom
// the original is about; a copy that does not is open as the case's other files.
// It gives the id of the copy; a repeat of key gives the same. Refusals: those of
// Open and Begin, file.areas, file.not_drawn.
func (s *Store) Redact(ctx context.Context, by access.Actor, key, purpose, id string, blacked []Blacked, shows bool) (string, error) {
	seen, d, done, err := s.Pages(ctx, by, purpose, id)
	if err != nil {
		return "", err
	}
	defer done()
	var areas []raster.Area
	for _, b := range blacked {
		if b.Page > d.Pages() {
			return "", refusal.New("file.areas")
		}
		areas = append(areas, b.area())
	}
	begin := &Begin{Case: seen.Case, Name: copyName(seen)}
	if shows {
		begin.Person = seen.Person
	}
	begun, err := s.Acts.Do(ctx, by, key, purpose, begin)
	if err != nil {
		return "", err
	}
	made := false
	err = s.Acts.DB.Write(ctx, func(tx *store.Tx) error {
		f, err := Load(tx, begun.Object)
		if !refusal.Is(err, "access.not_found") { // a repeat: the copy stands
			made = err == nil && f.Redaction != nil
			return err
		}
		u, err := loadUpload(tx, begun.Object, by.User)
		if err != nil {
			return err
		}
		u.Redaction = &Redaction{Of: id, Blacked: blacked}
		return u.save(tx, s.Acts.Now())
	})
	if err != nil || made {
		return begun.Object, err
	}
	if err := s.burn(ctx, by, begun.Object, d, areas); err != nil {
		return "", err
	}
	if key != "" {
		key += ".add"
	}
	added, err := s.Acts.Do(ctx, by, key, purpose, &Add{Upload: begun.Object})
	return added.Object, err
}

// burn writes the copy's bytes as they are made: the whole of it is never in
// memory, and never on the disk unsealed.
func (s *Store) burn(ctx context.Context, by access.Actor, upload string, d raster.Document, areas []raster.Area) error {
	r, w := io.Pipe()
	made := make(chan error, 1)
	go func() {
		err := raster.Redact(w, d, areas)
		made <- err
		w.CloseWithError(err) //nolint:errcheck // never fails
	}()
	_, err := s.Append(ctx, by, upload, 0, r)
	r.CloseWithError(err) //nolint:errcheck // never fails
	if drawn := <-made; drawn != nil && err == nil {
		return NotDrawn(drawn)
	}
	if err != nil {
		return NotDrawn(err)
	}
	return s.End(ctx, by, upload)
}

// copyName is what a redacted copy is called.
func copyName(f View) string {
	name := f.Name
	if i := strings.LastIndex(name, "."); i > 0 {
		name = name[:i]
	}
	end := ".redacted.png"
	if f.Media == "application/pdf" {
		end = ".redacted.pdf"
	}
	for len(name)+len(end) > maxName {
		name = strings.ToValidUTF8(name[:len(name)-1], "")
	}
	return name + end
}
