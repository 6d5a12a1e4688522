package i18n

import (
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a node's machine may have no zone files; deadlines must not depend on it

	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Date writes a day with its month as a word: 7 June 2026, 7 jun 2026. The
// month is never a number: 06/07 is two different days in the two countries.
func Date(l Lang, t time.Time, zone *time.Location) string {
	t = in(t, zone)
	return T(l, "format.date", map[string]any{"Day": t.Day(), "Month": month(l, t, "format.month."), "Year": t.Year()})
}

// DateLong writes a day with its weekday: Tuesday 9 June 2026, martes 9 de
// junio de 2026.
func DateLong(l Lang, t time.Time, zone *time.Location) string {
	t = in(t, zone)
	return T(l, "format.date_long", map[string]any{"Weekday": weekday(l, t, "format.weekday."), "Day": t.Day(), "Month": month(l, t, "format.month_long."), "Year": t.Year()})
}

// DayMonth writes a day of the current year: 9 Jun, 9 jun.
func DayMonth(l Lang, t time.Time, zone *time.Location) string {
	t = in(t, zone)
	return T(l, "format.day_month", map[string]any{"Day": t.Day(), "Month": month(l, t, "format.month_short.")})
}

// Month writes the month of a day as a word: June, junio.
func Month(l Lang, t time.Time) string { return month(l, t, "format.month_long.") }

// Time writes the hour of a zone with the zone's letters: 13:40 CDT. A time
// without letters is ambiguous along a border that crosses four zones.
func Time(t time.Time, zone *time.Location) string {
	t = in(t, zone)
	return t.Format("15:04") + " " + Letters(t, zone)
}

// Letters names the zone at t: CDT, CST, or UTC-3 where a zone has no letters.
func Letters(t time.Time, zone *time.Location) string {
	name, _ := in(t, zone).Zone()
	if strings.HasPrefix(name, "-") || strings.HasPrefix(name, "+") {
		return "UTC" + name
	}
	return name
}

// DateTime writes a moment: 9 June 2026, 13:40 CDT.
func DateTime(l Lang, t time.Time, zone *time.Location) string {
	return Date(l, t, zone) + ", " + Time(t, zone)
}

// Moment writes a moment as briefly as now allows without doubt: the hour
// today, the weekday within six days, otherwise the day; zone letters when the
// hour is shown.
func Moment(l Lang, t, now time.Time, zone *time.Location) string {
	t, now = in(t, zone), in(now, zone)
	days := daysBetween(now, t)
	switch {
	case days == 0:
		return Time(t, zone)
	case days > -6 && days < 6:
		return weekday(l, t, "format.weekday_short.") + " " + Time(t, zone)
	case t.Year() == now.Year():
		return DayMonth(l, t, zone) + ", " + Time(t, zone)
	}
	return DateTime(l, t, zone)
}

// Zone loads an IANA zone; UTC for an empty or unknown name, which shows as
// the letters UTC and so is seen.
func Zone(name string) *time.Location {
	if z, known := zones.Load(name); known {
		return z.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, zone)
	return zone
}

// zones are those that were loaded: each load reads a file, and a page has a
// moment in every row. Only names that exist are kept.
var zones sync.Map

// Span writes a length of time in its two largest useful units: 25 min,
// 1 h 10 min, 20 h 25 min, 2 days 4 h, 12 days. Less than a minute is 1 min:
// nobody acts on seconds.
func Span(l Lang, d time.Duration) string {
	if d < 0 {
		d = -d
	}
	minutes := int(d / time.Minute)
	hours, days := minutes/60, minutes/60/24
	switch {
	case minutes < 1:
		return T(l, "format.minutes", map[string]any{"N": 1})
	case hours < 1:
		return T(l, "format.minutes", map[string]any{"N": minutes})
	case hours < 48 && (minutes%60 == 0 || hours >= 24 && minutes%60 < 5):
		return T(l, "format.hours", map[string]any{"N": hours})
	case hours < 48:
		return T(l, "format.hours_minutes", map[string]any{"H": hours, "M": minutes % 60})
	case days < 7 && hours%24 != 0:
		return T(l, "format.days_hours", map[string]any{"Count": days, "H": hours % 24})
	}
	return T(l, "format.days", map[string]any{"Count": days})
}

// Late writes how long ago a time ran out: 25 min late, 25 min de retraso.
func Late(l Lang, d time.Duration) string {
	return T(l, "format.late", map[string]any{"Span": Span(l, d)})
}

// BusinessDays writes a count of working days.
func BusinessDays(l Lang, n int) string {
	return T(l, "format.business_days", map[string]any{"Count": n})
}

// List joins items as a sentence does: a, b and c; a, b y c.
func List(l Lang, items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := items[len(items)-1]
	join := T(l, "format.and")
	if l.known() == Spanish && startsWithI(last) {
		join = "e" // madres e hijos: Spanish changes y before the sound i
	}
	return strings.Join(items[:len(items)-1], ", ") + " " + join + " " + last
}

// Number writes a count with the language's grouping: 12,540.
func Number(l Lang, n int64) string {
	return message.NewPrinter(tags[l.known()]).Sprint(number.Decimal(n))
}

// Decimal writes a measure with at most digits decimals and a decimal point,
// as both countries do.
func Decimal(l Lang, v float64, digits int) string {
	return message.NewPrinter(tags[l.known()]).Sprint(number.Decimal(v, number.MaxFractionDigits(digits)))
}

func startsWithI(word string) bool {
	w := strings.ToLower(word)
	if strings.HasPrefix(w, "hie") || strings.HasPrefix(w, "hia") || strings.HasPrefix(w, "ie") {
		return false
	}
	return strings.HasPrefix(w, "i") || strings.HasPrefix(w, "í") || strings.HasPrefix(w, "hi") || strings.HasPrefix(w, "hí")
}

func in(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone)
}

// daysBetween counts midnights between two moments already in one zone.
func daysBetween(from, to time.Time) int {
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(to).Sub(midnight(from)) / (24 * time.Hour))
}

func month(l Lang, t time.Time, prefix string) string {
	return T(l, prefix+strings.ToLower(t.Month().String()[:3]))
}

func weekday(l Lang, t time.Time, prefix string) string {
	return T(l, prefix+strings.ToLower(t.Weekday().String()[:3]))
}
