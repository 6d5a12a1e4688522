package web

import (
	"crypto/rand"
	"maps"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
)

// newToken draws the idempotency id of a form: the same form sent twice is one act.
func newToken() string { return strings.ToLower(rand.Text()) }

// fill sets a command's fields from a form, by their JSON names. Members of a
// struct or a map stand behind a dot ("facts.text"), those of the rows of a
// table behind the row's number ("people.2.role"); a list is given by
// repeating the name, line by line, or by members as "member=answer". Times without a zone are the office's.
// It refuses act.malformed with the field that cannot be read.
func fill(cmd act.Command, values url.Values, zone *time.Location) error {
	return fillStruct(reflect.ValueOf(cmd).Elem(), "", values, zone)
}

func fillStruct(v reflect.Value, prefix string, values url.Values, zone *time.Location) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported() || name == "-":
			continue
		case f.Anonymous && name == "":
			if err := fillStruct(v.Field(i), prefix, values, zone); err != nil {
				return err
			}
			continue
		}
		if err := fillField(v.Field(i), prefix+name, values, zone); err != nil {
			return err
		}
	}
	return nil
}

// mostRows bounds the number that a row can have in a form.
const mostRows = 1000

// rowNumbers are the rows of a table in which something was answered, in order.
// prefix is the table's name with a dot behind it.
func rowNumbers(prefix string, values url.Values) (out []int) {
	for name, given := range values {
		rest, its := strings.CutPrefix(name, prefix)
		number, _, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if its && err == nil && n > 0 && n <= mostRows && strings.TrimSpace(strings.Join(given, "")) != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// fillRows makes a member of a list of each row in which something was answered.
// A member that has a name of its own among the others (row) is called by the
// number that stands on the page.
func fillRows(v reflect.Value, prefix string, values url.Values, zone *time.Location) error {
	for _, n := range rowNumbers(prefix, values) {
		number := strconv.Itoa(n)
		one := reflect.New(v.Type().Elem()).Elem()
		if err := fillStruct(one, prefix+number+".", values, zone); err != nil {
			return err
		}
		if row := one.FieldByName("Row"); row.IsValid() {
			row.SetString(number)
		}
		v.Set(reflect.Append(v, one))
	}
	return nil
}

var timeType = reflect.TypeFor[time.Time]()

func fillField(v reflect.Value, name string, values url.Values, zone *time.Location) error {
	switch {
	case v.Type() == timeType:
		return fillTime(v, name, values.Get(name), zone)
	case v.Kind() == reflect.Struct:
		return fillStruct(v, name+".", values, zone)
	case v.Kind() == reflect.Map:
		fillMap(v, name+".", values)
		return nil
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		return fillRows(v, name+".", values, zone)
	case v.Kind() == reflect.Slice:
		fillList(v, slices.Concat(values[name], members(name, values)))
		return nil
	}
	text, err := single(name, values[name])
	switch {
	case err != nil || text == "":
		return err
	case strings.HasSuffix(name, "_cents"):
		return fillMoney(v, name, text)
	}
	return fillOne(v, name, text)
}

// single is the one answer of a question that stands on the page twice, as a
// choice and as a field for what the choice does not offer. Two different
// answers are refused: neither is thrown away.
func single(name string, given []string) (string, error) {
	text := ""
	for _, g := range given {
		if g = strings.TrimSpace(g); g == "" || g == text {
			continue
		}
		if text != "" {
			return "", refusal.New("act.malformed", "field", name)
		}
		text = g
	}
	return text, nil
}

// amountForm is an amount of money as people write it: 1,200 or 900.50.
var amountForm = regexp.MustCompile(`^\d{1,3}(?:,\d{3})*(?:\.\d{1,2})?$|^\d{1,12}(?:\.\d{1,2})?$`)

// fillMoney reads an amount in units of its currency into hundredths. The
// decimal point is what both countries write; a comma groups thousands.
func fillMoney(v reflect.Value, name, text string) error {
	if !amountForm.MatchString(text) {
		return refusal.New("act.malformed", "field", name)
	}
	units, rest, _ := strings.Cut(strings.ReplaceAll(text, ",", ""), ".")
	n, err := strconv.ParseInt(units+(rest + "00")[:2], 10, 64)
	if err != nil {
		return refusal.New("act.malformed", "field", name)
	}
	v.SetInt(n)
	return nil
}

func fillTime(v reflect.Value, name, text string, zone *time.Location) error {
	if text == "" {
		return nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			v.Set(reflect.ValueOf(t.UTC()))
			return nil
		}
	}
	return refusal.New("act.malformed", "field", name)
}

// fillMap takes every value whose name begins with the map's.
func fillMap(v reflect.Value, prefix string, values url.Values) {
	for name, given := range values {
		key, ok := strings.CutPrefix(name, prefix)
		if !ok || len(given) == 0 || strings.TrimSpace(given[0]) == "" {
			continue
		}
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		v.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(strings.TrimSpace(given[0])))
	}
}

// members are the answers whose names stand behind a list's, as the list's own
// lines: acts.crossing answered with usbp:RGV is crossing=usbp:RGV.
func members(list string, values url.Values) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		member, ok := strings.CutPrefix(name, list+".")
		if !ok {
			continue
		}
		for _, answer := range values[name] {
			if answer = strings.TrimSpace(answer); answer != "" {
				out = append(out, member+"="+answer)
			}
		}
	}
	return out
}

// fillList takes repeated values, and the lines of one.
func fillList(v reflect.Value, given []string) {
	if v.Type().Elem().Kind() != reflect.String {
		return
	}
	var out []string
	for _, g := range given {
		for line := range strings.Lines(g) {
			if line = strings.TrimSpace(line); line != "" && !slices.Contains(out, line) {
				out = append(out, line)
			}
		}
	}
	if len(out) > 0 {
		v.Set(reflect.ValueOf(out).Convert(v.Type()))
	}
}

func fillOne(v reflect.Value, name, text string) error {
	malformed := refusal.New("act.malformed", "field", name)
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(text == "yes" || text == "true" || text == "on")
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return malformed
		}
		v.SetInt(n)
	case reflect.Float64:
		n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
		if err != nil {
			return malformed
		}
		v.SetFloat(n)
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		if err := fillOne(p.Elem(), name, text); err != nil {
			return err
		}
		v.Set(p)
	default:
		return malformed
	}
	return nil
}
