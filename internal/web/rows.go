package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/refusal"
)

// rowMark stands between the id of a row and the names of its fields, where one
// form asks the same of many; no field of a command has it in its name.
const rowMark = "/"

// takeRows takes an act for each row of a form that was begun, each under its
// own idempotency id: one that is refused keeps what was typed and stops none
// of the others. Of a form in which nothing was begun the first row is taken as
// it stands, so that its refusal says what is missing.
func (q *request) takeRows(verb string, ids []string) error {
	var rows []url.Values
	for _, id := range ids {
		if row, begun := rowOf(q.r.PostForm, id); begun {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		row, _ := rowOf(q.r.PostForm, ids[0])
		rows = append(rows, row)
	}
	var first error
	for _, row := range rows {
		row.Set("together", strconv.Itoa(len(rows)))
		_, _, err := q.takeOne(verb, row)
		if _, refused := refusal.As(err); err != nil && !refused {
			return err
		}
		switch {
		case err == nil:
			q.taken++
		case first == nil:
			first = err
		}
	}
	if first == nil {
		q.leadOn(q.after(verb, act.Result{}))
	}
	return first
}

// rowOf is what a form of many rows says of one: what the rows share, the row's
// id in the field that tells them apart (_each), and what stands behind the id.
// It reports whether anything was answered in the row.
func rowOf(form url.Values, id string) (row url.Values, begun bool) {
	row = url.Values{form.Get("_each"): {id}}
	for name, given := range form {
		own, its := strings.CutPrefix(name, id+rowMark)
		switch {
		case its:
			row[own] = given
			begun = begun || own != "_token" && slices.ContainsFunc(given, func(s string) bool { return strings.TrimSpace(s) != "" })
		case !strings.Contains(name, rowMark):
			row[name] = given
		}
	}
	return row, begun
}
