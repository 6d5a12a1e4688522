package intake

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/xuri/excelize/v2"
)

// layoutExcel reads a date that a workbook stores as a number of days.
const layoutExcel = "excel"

// moment is a date as a source states it: how precisely, and the instant where
// a time of day is stated.
type moment struct {
	on string    // 2019, 2019-05 or 2019-05-12, in the source's zone
	at time.Time // zero unless a time of day is stated
}

// The precisions of a date.
const (
	toYear   = "2006"
	toMonth  = "2006-01"
	toDay    = "2006-01-02"
	toMinute = "2006-01-02T15:04"
)

// precisionOf tells how precisely a layout states a date: by what formatting a
// date with it distinguishes. "" if it does not state even the year.
func precisionOf(layout string) string {
	base := time.Date(2013, 11, 25, 21, 47, 38, 0, time.UTC)
	differs := func(y, mo, d, h int) bool {
		return base.Format(layout) != base.AddDate(y, mo, d).Add(time.Duration(h)*time.Hour).Format(layout)
	}
	switch {
	case !differs(4, 0, 0, 0): // 25 November 2017
		return ""
	case !differs(0, 1, 0, 0):
		return toYear
	case !differs(0, 0, 1, 0):
		return toMonth
	case !differs(0, 0, 0, 2):
		return toDay
	}
	return toMinute
}

// reader of one mapping's date, with its zone and layouts resolved.
type dateReader struct {
	from    *Field
	layouts []string
	precise []string
	loc     *time.Location
	zoned   bool
	spanish bool
	fiscal  int
	// since1904: the workbook counts its days from 1904, as those of older
	// Macintoshes do.
	since1904 bool
}

// reader resolves a date's own settings against the mapping's, for the dates
// of a table.
func (d *Date) reader(m *Mapping, t *Table) (*dateReader, error) {
	if d == nil {
		return nil, nil
	}
	r := &dateReader{from: &d.From, layouts: d.Layouts, fiscal: d.FiscalStart, since1904: t.since1904}
	if len(r.layouts) == 0 {
		r.layouts = m.Dates.Layouts
	}
	for _, l := range r.layouts {
		r.precise = append(r.precise, precisionOf(l))
	}
	zone := d.Zone
	if zone == "" {
		zone = m.Dates.Zone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fault("intake.mapping_value", "Where", "zone")
	}
	r.loc, r.zoned = loc, zone != ""
	r.spanish = d.Months == "es" || d.Months == "" && m.Dates.Months == "es"
	return r, nil
}

// read gives the moment of a row; the zero moment where none is stated.
func (r *dateReader) read(l line) (moment, error) {
	if r == nil {
		return moment{}, nil
	}
	v := r.from.raw(l)
	if v == "" {
		v = r.from.Default
	}
	if v == "" {
		return moment{}, nil
	}
	if r.spanish {
		v = englishMonths(v)
	}
	for i, layout := range r.layouts {
		t, precision, ok := r.parse(v, layout, r.precise[i])
		if !ok {
			continue
		}
		return r.moment(t, precision), nil
	}
	return moment{}, refusal.New("intake.bad_date", "Column", r.from.name(), "Layouts", strings.Join(r.layouts, " · "))
}

func (r *dateReader) parse(v, layout, precision string) (time.Time, string, bool) {
	if layout == layoutExcel {
		return r.excelDate(v)
	}
	t, err := time.ParseInLocation(layout, v, r.loc)
	if err != nil {
		t, err = time.ParseInLocation(layout, titled(v), r.loc) // JAN, jan
	}
	return t, precision, err == nil && t.Year() >= 1800 && t.Year() < 2200
}

// moment states the date no more precisely than the source did. A time of day
// without a known zone is no instant, and only its date is kept.
func (r *dateReader) moment(t time.Time, precision string) moment {
	if r.fiscal > 1 && int(t.Month()) >= r.fiscal {
		t = t.AddDate(-1, 0, 0) // month 10 of fiscal year 2020 is October 2019
	}
	if precision != toMinute {
		return moment{on: t.Format(precision)}
	}
	m := moment{on: t.Format(toDay)}
	if r.zoned || t.Location() != r.loc {
		m.at = t
	}
	return m
}

// excelDate reads a workbook's number of days since the beginning of 1900 or
// 1904, in the reader's zone.
func (r *dateReader) excelDate(v string) (time.Time, string, bool) {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || !(n >= 1 && n < 100_000) {
		return time.Time{}, "", false
	}
	t, err := excelize.ExcelDateToTime(n, r.since1904)
	if err != nil {
		return time.Time{}, "", false
	}
	precision := toDay
	if n != float64(int64(n)) {
		precision = toMinute
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, r.loc), precision, true
}

var spanishMonths = map[string]string{
	"enero": "January", "febrero": "February", "marzo": "March", "abril": "April", "mayo": "May", "junio": "June",
	"julio": "July", "agosto": "August", "septiembre": "September", "setiembre": "September", "octubre": "October",
	"noviembre": "November", "diciembre": "December",
	"ene": "Jan", "feb": "Feb", "mar": "Mar", "abr": "Apr", "may": "May", "jun": "Jun", "jul": "Jul", "ago": "Aug",
	"sep": "Sep", "sept": "Sep", "set": "Sep", "oct": "Oct", "nov": "Nov", "dic": "Dec",
}

var letters = regexp.MustCompile(`\pL+`)

// englishMonths turns Spanish month names into those that layouts use.
func englishMonths(v string) string {
	return letters.ReplaceAllStringFunc(v, func(w string) string {
		if en, ok := spanishMonths[strings.ToLower(w)]; ok {
			return en
		}
		return w
	})
}

// titled writes words with one capital, as layouts know month names.
func titled(v string) string {
	return letters.ReplaceAllStringFunc(v, func(w string) string {
		if strings.EqualFold(w, "am") || strings.EqualFold(w, "pm") || len(w) == 1 {
			return strings.ToUpper(w)
		}
		return strings.ToUpper(w[:1]) + strings.ToLower(w[1:])
	})
}
