package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/web/component"
)

// funcs are the words of the templates.
func (d *drawing) funcs() template.FuncMap {
	return template.FuncMap{
		"page": func() Page { return d.page }, "t": d.t, "has": i18n.Has, "either": d.either, "langtag": i18n.Lang.Tag,
		"icon": icon, "mark": d.mark, "country": d.country, "capital": capital, "short": d.short, "asset": assetURL,
		"date": d.date, "datelong": d.dateLong, "moment": d.moment, "clocktime": d.clockTime, "iso": iso, "in": inZone,
		"span": d.span, "late": d.late, "left": d.left, "number": d.number, "listing": d.listing,
		"input": d.input, "choose": d.choose, "ask": d.ask, "optional": optional,
		"button": button, "open": open, "sign": d.sign, "note": note,
		"atfoot": d.atFoot, "footed": func() string { return d.foot },
	}
}

// atFoot keeps what the head of a page is about for the foot of its print: the
// number, the packet's version and its short digest.
func (d *drawing) atFoot(parts ...string) string {
	d.foot = strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
	return ""
}

// t is the text of key; pairs are its parameters.
func (d *drawing) t(key string, pairs ...any) (string, error) {
	if !i18n.Has(key) && d.lost != nil {
		d.lost(key)
	}
	params, err := pairUp(pairs)
	if err != nil {
		return "", fmt.Errorf("t %q: %w", key, err)
	}
	return i18n.T(d.page.Lang, key, params), nil
}

// either is the text of key, or text when there is none: for words that a
// procedure or an accord may add without a release.
func (d *drawing) either(key, text string) string {
	if i18n.Has(key) {
		return i18n.T(d.page.Lang, key)
	}
	return text
}

func pairUp(pairs []any) (map[string]any, error) {
	if len(pairs) == 1 {
		if m, ok := pairs[0].(map[string]any); ok {
			return m, nil
		}
	}
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("odd number of parameters")
	}
	params := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("parameter %d has no name", i/2)
		}
		params[name] = pairs[i+1]
	}
	return params, nil
}

// icon draws one symbol of the sprite; it is decoration, the word beside it speaks.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="i" aria-hidden="true"><use href="` + assetURL("icons.svg") + "#" + template.HTMLEscapeString(name) + `"/></svg>`) // #nosec G203 -- the name is escaped
}

// mark draws a country's mark: us, mx, both; a second argument "none" is "not yet".
func (d *drawing) mark(country string, not ...string) template.HTML {
	class, label := "m other", strings.ToUpper(country)
	switch country {
	case "us":
		class = "m"
	case "mx":
		class = "m mx"
	case "both":
		class, label = "m both", i18n.T(d.page.Lang, "shell.both_countries")
	}
	if len(not) > 0 && not[0] == "none" {
		return template.HTML(`<i class="` + class + ` none"></i>`) // #nosec G203 -- the class is the code's own
	}
	return template.HTML(`<i class="` + class + `" role="img" aria-label="` + template.HTMLEscapeString(label) + `"></i>`) // #nosec G203 -- the label is escaped, the class is the code's own
}

// country is a country's name in a sentence; the code itself for one without a name.
func (d *drawing) country(code string) string {
	return d.either("country."+code, strings.ToUpper(code))
}

// short is a country's short name: US, EE. UU.
func (d *drawing) short(code string) string {
	return d.either("country."+code+".short", strings.ToUpper(code))
}

func (d *drawing) date(t any) string {
	at, ok := when(t)
	if !ok {
		return i18n.T(d.page.Lang, "shell.unknown")
	}
	return i18n.Date(d.page.Lang, at, d.page.home())
}

func (d *drawing) dateLong(t time.Time) string {
	return i18n.DateLong(d.page.Lang, t, d.page.home())
}

// moment is a time in the reader's own zone, as short as today allows.
func (d *drawing) moment(t any) string {
	at, ok := when(t)
	if !ok {
		return i18n.T(d.page.Lang, "shell.not_yet")
	}
	return i18n.Moment(d.page.Lang, at, d.page.Now, d.page.home())
}

func (d *drawing) clockTime(t time.Time) string { return i18n.Time(t, d.page.home()) }

// inZone is a due time in one of the page's zones, with the day when it is not today.
func inZone(t time.Time, z Zone, p Page) string {
	return i18n.Moment(p.Lang, t, p.Now, i18n.Zone(z.Name))
}

func iso(t any) string {
	at, ok := when(t)
	if !ok {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// when reads a time or a pointer to one; a zero time is none.
func when(v any) (time.Time, bool) {
	switch t := v.(type) {
	case time.Time:
		return t, !t.IsZero()
	case *time.Time:
		if t != nil {
			return *t, !t.IsZero()
		}
	}
	return time.Time{}, false
}

func (d *drawing) span(v time.Duration) string { return i18n.Span(d.page.Lang, v) }

func (d *drawing) late(v time.Duration) string { return i18n.Late(d.page.Lang, v) }

// left is the large words of a clock.
func (d *drawing) left(c component.Clock) string {
	switch {
	case c.State == component.Paused, c.State == component.Met:
		return i18n.T(d.page.Lang, "clock."+string(c.State))
	case c.State == component.Overdue:
		return d.late(c.Left)
	case c.BusinessDays > 0:
		return i18n.BusinessDays(d.page.Lang, c.BusinessDays)
	}
	return d.span(c.Left)
}

func (d *drawing) number(n any) (string, error) {
	switch v := n.(type) {
	case int:
		return i18n.Number(d.page.Lang, int64(v)), nil
	case int64:
		return i18n.Number(d.page.Lang, v), nil
	}
	return "", fmt.Errorf("number: %T is not a count", n)
}

func (d *drawing) listing(items []string) string { return i18n.List(d.page.Lang, items) }
