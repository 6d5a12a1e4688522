package insight

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Place is where something was counted: a code in a named scheme
// ("usbp-sector", "inegi-state", "us-state"), and coordinates in degrees
// (WGS 84) where the source gives them.
type Place struct {
	Scheme string   `json:"scheme,omitempty"`
	Code   string   `json:"code,omitempty"`
	Name   string   `json:"name,omitempty"` // as the source writes it
	Lat    *float64 `json:"lat,omitempty"`
	Lon    *float64 `json:"lon,omitempty"`
}

// Row is one event or count of a source.
type Row struct {
	// Key is the row's own name in its source: importing it again replaces it.
	// The node keeps a keyed digest of it (seal.Keyring.Token), for a source may
	// name its rows by what identifies a person.
	Key string `json:"key"`
	// On is the date as the source states it, in the source's own zone, as
	// precise as it is stated: 2019, 2019-05 or 2019-05-12.
	On string `json:"on"`
	// At is the instant, where the source states a time of day.
	At time.Time `json:"at,omitzero"`
	// Place is empty where the source names none.
	Place Place `json:"place,omitzero"`
	// Counts are what was counted, by name; at least one.
	Counts map[string]int64 `json:"counts"`
	// By are what the counts are broken down by ("sex": "female").
	By map[string]string `json:"by,omitempty"`
}

// The bounds of a row. They stop a wrong mapping from filling the journal with
// prose, or with a person's data in a field meant for a code.
const (
	maxKey    = 256
	maxCode   = 64
	maxName   = 200
	maxCounts = 24
	maxBy     = 12
	// MaxCount is the largest count that is believed.
	MaxCount = 1_000_000_000
)

var (
	onForm     = regexp.MustCompile(`^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$`)
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	sourceForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,63}$`)
)

// CheckSource refuses an id that cannot name a source of figures.
func CheckSource(id string) error {
	if !sourceForm.MatchString(id) {
		return refusal.New("insight.source")
	}
	return nil
}

// CheckName refuses a name that cannot be that of a count or a breakdown: ill
// formed, or an attribute that nothing may be broken down by, or that says who
// somebody is.
func CheckName(name string) error {
	for _, finds := range []func(string) (Attribute, bool){Sensitive, Identifies} {
		if id, found := finds(name); found {
			return refusal.New("insight.sensitive", "Name", name, "Attribute", id)
		}
	}
	if !nameForm.MatchString(name) {
		return refusal.New("insight.name", "Name", name)
	}
	return nil
}

// Check refuses a row that is not a figure: no key, no date of the calendar, no
// count, or broken down by what may not be.
func (r Row) Check() error {
	switch {
	case r.Key == "" || len(r.Key) > maxKey || !utf8.ValidString(r.Key):
		return refusal.New("insight.key")
	case len(r.Counts) == 0 || len(r.Counts) > maxCounts:
		return refusal.New("insight.no_count")
	case len(r.By) > maxBy:
		return refusal.New("insight.too_fine")
	}
	if err := r.Place.check(); err != nil {
		return err
	}
	if _, _, err := r.when(); err != nil {
		return err
	}
	for name, n := range r.Counts {
		if err := CheckName(name); err != nil {
			return err
		}
		if n < 0 || n > MaxCount {
			return refusal.New("insight.count", "Name", name)
		}
	}
	for name, value := range r.By {
		if err := CheckName(name); err != nil {
			return err
		}
		if value == "" || len(value) > maxCode || !utf8.ValidString(value) {
			return refusal.New("insight.value", "Name", name)
		}
	}
	return nil
}

func (p Place) check() error {
	switch {
	case len(p.Scheme) > maxCode, len(p.Code) > maxCode, len(p.Name) > maxName, (p.Scheme == "") != (p.Code == ""):
		return refusal.New("insight.place")
	case (p.Lat == nil) != (p.Lon == nil):
		return refusal.New("insight.coordinates")
	case p.Lat != nil && !(*p.Lat >= -90 && *p.Lat <= 90 && *p.Lon >= -180 && *p.Lon <= 180):
		return refusal.New("insight.coordinates")
	}
	return nil
}

// when reads the year and month of the row; month 0 where only the year is
// stated.
func (r Row) when() (year, month int, err error) {
	m := onForm.FindStringSubmatch(r.On)
	if m == nil {
		return 0, 0, refusal.New("insight.date")
	}
	layout := [...]string{4: "2006", 7: "2006-01", 10: "2006-01-02"}[len(r.On)]
	if _, err := time.Parse(layout, r.On); err != nil {
		return 0, 0, refusal.New("insight.date")
	}
	year, _ = strconv.Atoi(m[1])
	month, _ = strconv.Atoi(m[2])
	if year < 1900 || year > 2200 {
		return 0, 0, refusal.New("insight.date")
	}
	return year, month, nil
}

// Digest tells a changed row from one that says the same: SHA-256 of its JSON,
// whose maps are written in the order of their keys.
func (r Row) Digest() string {
	sum := sha256.Sum256([]byte(store.JSON(r)))
	return hex.EncodeToString(sum[:])
}
