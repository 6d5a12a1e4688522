package casefile

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Two people who correct one record at once: a correction names what it was
// drawn from (Stood). What only one of them changed stands as that one has it;
// what both changed is theirs to settle, and named.

// Crossed is a field that somebody else changed, too, while a correction was
// being written: who did last, and when. It holds no value: those who may read
// the record read both there.
type Crossed struct {
	Field string    `json:"field"` // of the act that corrects
	By    string    `json:"by,omitempty"`
	At    time.Time `json:"at"`
}

// recorded is how a record read from one change on: the fields of the act that
// would correct it.
type recorded struct {
	stood  string
	by     *wire.Actor // nil where the node itself acted
	at     time.Time
	fields reflect.Value
}

// units are the fields that say one thing together: two people who change
// different ones of them have changed the same.
var units = [][]string{{"fee_cents", "currency"}, {"amount_cents", "currency"}, {"fine_cents", "currency"}, {"lat", "lon", "uncertainty_m"}, {"place", "place_name"},
	{"narrative", "narrative_lang"}, {"text", "lang"}, {"words", "lang"}, {"start", "end", "zone"}, {"when", "until", "zone"}, {"rights_text", "rights_lang"}}

// rebase puts a correction, drawn from the record as it stood once, onto the
// record as it stands: fields that only others changed since become theirs,
// those that only the correction changes stay its own, and those that both
// changed stay its own and are named. False if the record never stood so.
func rebase(mine reflect.Value, stood, stands string, record []recorded) ([]Crossed, bool) {
	from := slices.IndexFunc(record, func(r recorded) bool { return r.stood == stood })
	to := slices.IndexFunc(record, func(r recorded) bool { return r.stood == stands })
	if from < 0 || to < from {
		return nil, false
	}
	own, others := changes(record[from].fields, mine), changes(record[from].fields, record[to].fields)
	for _, unit := range units {
		if among(unit, own) && among(unit, others) {
			for _, name := range unit {
				own[name], others[name] = true, true
			}
		}
	}
	var crossed []Crossed
	for i := range mine.NumField() {
		name := fieldName(mine, i)
		theirs := record[to].fields.Field(i)
		switch {
		case !others[name] || alike(mine.Field(i), theirs):
		case !own[name]:
			mine.Field(i).Set(theirs)
		default:
			crossed = append(crossed, lastChange(name, i, record[from:to+1]))
		}
	}
	return crossed, true
}

// changes are the names of the fields in which two versions differ.
func changes(a, b reflect.Value) map[string]bool {
	out := map[string]bool{}
	for i := range a.NumField() {
		if !alike(a.Field(i), b.Field(i)) {
			out[fieldName(a, i)] = true
		}
	}
	return out
}

func among(unit []string, names map[string]bool) bool {
	return slices.ContainsFunc(unit, func(n string) bool { return names[n] })
}

// lastChange is who changed a field last within a stretch of a record.
func lastChange(name string, i int, record []recorded) Crossed {
	for n := len(record) - 1; n > 0; n-- {
		if r := record[n]; n == 1 || !alike(r.fields.Field(i), record[n-1].fields.Field(i)) {
			c := Crossed{Field: name, At: r.at}
			if r.by != nil {
				c.By = r.by.Name
			}
			return c
		}
	}
	return Crossed{Field: name}
}

func fieldName(v reflect.Value, i int) string {
	name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
	return name
}

// wholeMinute is a moment as a browser gives it back: without its seconds where
// these are none.
var wholeMinute = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d):00$`)

// alike reports whether two values of a field say the same: lists in any order,
// text without the ends of its lines and what surrounds it.
func alike(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.String:
		return plain(a.String()) == plain(b.String())
	case reflect.Slice:
		return slices.Equal(sorted(a), sorted(b))
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

func plain(s string) string {
	return wholeMinute.ReplaceAllString(strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")), "$1")
}

func sorted(list reflect.Value) []string {
	out := make([]string, list.Len())
	for i := range out {
		out[i] = plain(fmt.Sprint(list.Index(i).Interface()))
	}
	slices.Sort(out)
	return out
}

// fieldsOf are the fields that an act of correction shares with the act that
// adds: its last embedded part.
func fieldsOf(cmd act.Command) reflect.Value {
	v := reflect.ValueOf(cmd).Elem()
	return v.Field(v.NumField() - 1)
}

// Rebase puts a correction of the thing, drawn from what stood once, onto what
// stands now, as the rule does: for a form that was refused. False if the record
// never stood so, or cannot be read.
func (r ItemRecord) Rebase(mine act.Command, stood string) (crossed []Crossed, ok bool) {
	var record []recorded
	for _, v := range r.Versions {
		if v.Item == nil {
			continue
		}
		if cmd, readable := Correcting(*v.Item); readable && reflect.TypeOf(cmd) == reflect.TypeOf(mine) {
			record = append(record, recorded{v.stood(), v.By, v.At, fieldsOf(cmd)})
		}
	}
	return rebase(fieldsOf(mine), stood, r.Stands().stood(), record)
}

// RebasePerson is ItemRecord.Rebase for who a person is: versions are those of
// the person's record, p is the person as shown.
func RebasePerson(p PersonView, versions []Version, mine *CorrectPerson) (crossed []Crossed, ok bool) {
	return rebase(fieldsOf(mine), mine.Stood.Stood, p.Stood, identities(p, versions))
}

func identities(p PersonView, versions []Version) []recorded {
	var record []recorded
	for _, v := range versions {
		if v.Identity != nil {
			record = append(record, recorded{v.stood(), v.By, v.At, fieldsOf(CorrectingPerson(p, *v.Identity))})
		}
	}
	return record
}

// stood names a version by the time it was recorded.
func (v Version) stood() string { return stoodAt(v.At, time.Time{}) }

// rejoin puts a correction of a thing onto what stands, where somebody changed
// the thing since the correction was drawn. It refuses casefile.crossed with
// what both changed, and casefile.changed_meanwhile where it cannot be known.
func rejoin(tx *store.Tx, o Opener, i Item, s Stood, mine reflect.Value) error {
	stands := stoodAt(i.Added, i.Corrected)
	if s.Stood == "" || s.Stood == stands {
		return nil
	}
	changes, err := History(tx, i.ID)
	if err != nil {
		return err
	}
	var record []recorded
	for _, c := range changes {
		cmd, known, err := c.correction(tx, o, i)
		if err != nil {
			return err
		}
		if known {
			v := c.version()
			record = append(record, recorded{v.stood(), v.By, v.At, fieldsOf(cmd)})
		}
	}
	return settle(rebase(mine, s.Stood, stands, record))
}

// correction is the act that would correct the thing as this change left it.
func (c Change) correction(tx *store.Tx, o Opener, now Item) (act.Command, bool, error) {
	if c.Forgotten {
		return nil, false, nil
	}
	stood, _, err := c.stated(now)
	if err != nil {
		return nil, false, err
	}
	seen := ItemView{ID: stood.ID, Noun: stood.Noun, Content: stood.Content}
	if _, err := stood.OpenDetail(tx, o, &seen.Detail); err != nil {
		return nil, false, err
	}
	cmd, known := Correcting(seen)
	return cmd, known, nil
}

// rejoinPerson is rejoin for who a person is.
func rejoinPerson(tx *store.Tx, o Opener, p Person, k *CorrectPerson) error {
	stands := stoodAt(p.Added, p.Corrected)
	if k.Stood.Stood == "" || k.Stood.Stood == stands {
		return nil
	}
	own := p
	own.Also = nil // what became part of it has a record of its own
	versions, err := PersonVersions(tx, o, own)
	if err != nil {
		return err
	}
	return settle(rebase(fieldsOf(k), k.Stood.Stood, stands, identities(PersonView{ID: p.ID}, versions)))
}

func settle(crossed []Crossed, known bool) error {
	switch {
	case !known:
		return refusal.Conflict("casefile.changed_meanwhile")
	case len(crossed) > 0:
		last := slices.MaxFunc(crossed, func(a, b Crossed) int { return a.At.Compare(b.At) })
		return refusal.Conflict("casefile.crossed", "Fields", crossed, "By", last.By, "At", last.At.UTC().Format(refusal.Moment))
	}
	return nil
}
