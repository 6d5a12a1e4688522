package component

import (
	"net/url"
	"slices"
)

// Form is what a form shows again after a refusal: nothing typed is lost.
type Form struct {
	Action  string
	Token   string     // idempotency id: the same form sent twice is one act
	Row     string     // stands before each name, where one form asks the same of many
	Values  url.Values // what was typed, by the names alone
	Errors  map[string]string
	Refusal *Refusal
	Version string // the version the form was drawn from, to tell a crossing edit
	Draft   string // under which the browser keeps what is typed until it was sent; empty: not kept
	DraftAt string // where the node keeps the same
	Back    bool   // what stands in it was kept
}

// Value is what stands in a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Has says whether value was chosen for name.
func (f Form) Has(name, value string) bool { return slices.Contains(f.Values[name], value) }

// Field is one input with its label, hint and error.
type Field struct {
	ID, Name, Label, Hint, Error, Value string
	Type                                string // text, date, datetime-local, number, password, email, tel, file, textarea, select, radio, checkbox
	Autocomplete, InputMode, Lang       string
	Required, Mono, Autofocus           bool
	Inline                              bool   // short choices, side by side
	Alike                               string // address that is asked, as it is typed, what else may be the same
	Rows                                int
	Options                             []Option
	Filled                              string // where what stands in it was read: a line of a file, a case
	Other                               *Field // for an answer that is not among the options
}

// Chosen says that one of the options is chosen.
func (f Field) Chosen() bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Selected })
}

// Many says that the options are too many to stand open on a page.
func (f Field) Many() bool { return len(f.Options) > 24 }

// Option is one choice. The first of a select is empty: nothing is preselected
// that a person must decide.
type Option struct {
	Value, Label, Hint string
	Selected           bool
}

// Describe lists the ids of the texts that explain the field.
func (f Field) Describe() string {
	switch {
	case f.Hint != "" && f.Error != "":
		return f.ID + "-error " + f.ID + "-hint"
	case f.Error != "":
		return f.ID + "-error"
	case f.Hint != "":
		return f.ID + "-hint"
	}
	return ""
}
