package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/web/component"
	"github.com/oasiss/oasiss/internal/web/view"
)

// input builds a field whose texts are key (label) and key.hint (if there is
// one), with what was typed and what was wrong. Options are words: required,
// mono, autofocus, or name=value for type, rows, autocomplete, inputmode, lang.
func (d *drawing) input(f component.Form, name, key string, options ...string) (component.Field, error) {
	label, err := d.t(key)
	if err != nil {
		return component.Field{}, err
	}
	return d.field(f, name, label, key, options...)
}

// field is input with its label in words.
func (d *drawing) field(f component.Form, name, label, key string, options ...string) (component.Field, error) {
	field := component.Field{ID: d.id(f.Row + name), Name: f.Row + name, Label: label, Value: f.Value(name), Error: f.Errors[name], Type: "text"}
	if key != "" && i18n.Has(key+".hint") {
		field.Hint = i18n.T(d.page.Lang, key+".hint")
	}
	field.Filled = filledFrom(f, name)
	for _, option := range options {
		if err := set(&field, option); err != nil {
			return field, fmt.Errorf("input %s: %w", name, err)
		}
	}
	if field.Type == "textarea" {
		field.Value = strings.Join(f.Values[name], "\n") // a list stands line by line
	}
	if field.Type == "password" || field.Type == "file" {
		field.Value = "" // never sent back
	}
	return field, nil
}

// filledFrom is where what stands in a field was read, while it says what was
// read; none where somebody typed it.
func filledFrom(f component.Form, name string) string {
	for _, mark := range f.Values[filledMark] {
		field, rest, _ := strings.Cut(mark, "|")
		where, value, _ := strings.Cut(rest, "|")
		if field == name && value == strings.TrimSpace(strings.Join(f.Values[name], "\n")) {
			return where
		}
	}
	return ""
}

// choose is input for a choice: type=select (as given), radio or checkbox.
func (d *drawing) choose(f component.Form, name, key string, choices []component.Option, options ...string) (component.Field, error) {
	label, err := d.t(key)
	if err != nil {
		return component.Field{}, err
	}
	return d.choice(f, name, label, key, choices, options...)
}

func (d *drawing) choice(f component.Form, name, label, key string, choices []component.Option, options ...string) (component.Field, error) {
	field, err := d.field(f, name, label, key, append([]string{"type=select"}, options...)...)
	if err != nil {
		return field, err
	}
	field.Options = make([]component.Option, len(choices))
	for i, choice := range choices {
		choice.Selected = f.Has(name, choice.Value)
		field.Options[i] = choice
	}
	return field, nil
}

// ask draws one question of an act, with the one that stands under it.
func (d *drawing) ask(f component.Form, a view.Ask) (component.Field, error) {
	field, err := d.asked(f, a)
	if err != nil || a.Why == nil {
		return field, err
	}
	why, err := d.ask(f, *a.Why)
	field.Other = &why
	return field, err
}

func (d *drawing) asked(f component.Form, a view.Ask) (component.Field, error) {
	switch {
	case slices.Contains(a.How, asksLanguage):
		return d.language(f, a)
	case slices.Contains(a.How, asksCountries):
		return d.countries(f, a)
	case a.Text != "" && len(a.Choices) > 0:
		return d.choice(f, a.Name, a.Text, "", a.Choices, a.How...)
	case a.Text != "":
		return d.field(f, a.Name, a.Text, "", a.How...)
	case len(a.Choices) > 0:
		return d.choose(f, a.Name, a.Key, a.Choices, a.How...)
	}
	return d.input(f, a.Name, a.Key, a.How...)
}

// asksLanguage is the word that makes a question one for a language: the
// programme's list by name, and a field for the code of one that is not on it.
const asksLanguage = "language"

func (d *drawing) language(f component.Form, a view.Ask) (component.Field, error) {
	var choices []component.Option
	known := map[string]bool{}
	for _, w := range program.Languages(d.page.Lang) {
		choices = append(choices, component.Option{Value: w.ID, Label: w.Name(d.page.Lang)})
		known[w.ID] = true
	}
	how := slices.DeleteFunc(slices.Clone(a.How), func(word string) bool { return word == asksLanguage })
	field, err := d.choose(f, a.Name, a.Key, choices, how...)
	if err != nil {
		return field, err
	}
	if a.Text != "" {
		field.Label = a.Text
	}
	other, err := d.input(f, a.Name, "ask.language_other", "mono", "autocomplete=off")
	if err != nil {
		return field, err
	}
	other.Value, other.Error = "", ""
	for _, typed := range f.Values[a.Name] {
		if !known[typed] {
			other.Value = strings.TrimSpace(typed)
		}
	}
	field.Other = &other
	return field, nil
}

// asksCountries is the word that makes a question one for countries: a choice
// by name for each that was answered, and one for another.
const asksCountries = "countries"

func (d *drawing) countries(f component.Form, a view.Ask) (component.Field, error) {
	given := slices.DeleteFunc(slices.Clone(f.Values[a.Name]), func(code string) bool { return strings.TrimSpace(code) == "" })
	how := slices.DeleteFunc(slices.Clone(a.How), func(word string) bool { return word == asksCountries })
	keys := []string{a.Key, a.Key + ".another"}
	fields := make([]component.Field, max(len(keys), len(given)+1))
	for i := range fields {
		code := ""
		if i < len(given) {
			code = given[i]
		}
		field, err := d.choose(f, a.Name, keys[min(i, 1)], countryChoices(d.page.Lang, code), how...)
		if err != nil {
			return field, err
		}
		for j := range field.Options {
			field.Options[j].Selected = field.Options[j].Value == code
		}
		fields[i] = field
	}
	for i := len(fields) - 1; i > 0; i-- {
		fields[i-1].Other = &fields[i]
	}
	return fields[0], nil
}

// countryChoices are the countries by name, and a code that is none of them as
// it is: it is never lost.
func countryChoices(l i18n.Lang, code string) []component.Option {
	var out []component.Option
	known := code == ""
	for _, c := range i18n.Countries(l) {
		out = append(out, component.Option{Value: c.Code, Label: c.Name})
		known = known || c.Code == code
	}
	if !known {
		out = append(out, component.Option{Value: code, Label: code})
	}
	return out
}

// id makes a field's id unique on a page where several forms ask the same, and no
// id that a template gives: a label would mean that instead.
func (d *drawing) id(name string) string {
	if d.seen == nil {
		d.seen = map[string]int{}
	}
	d.seen[name]++
	if n := d.seen[name]; n > 1 {
		name += "-" + strconv.Itoa(n)
	}
	return "f-" + name
}

func set(field *component.Field, option string) error {
	name, value, _ := strings.Cut(option, "=")
	switch name {
	case "required":
		field.Required = true
	case "inline":
		field.Inline = true
	case "mono":
		field.Mono = true
	case "autofocus":
		field.Autofocus = true
	case "type":
		field.Type = value
	case "rows":
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("rows: %w", err)
		}
		field.Rows, field.Type = n, "textarea"
	case "autocomplete":
		field.Autocomplete = value
	case "inputmode":
		field.InputMode = value
	case "lang":
		field.Lang = value
	case "alike":
		field.Alike = value
	default:
		return fmt.Errorf("unknown option %q", option)
	}
	return nil
}

// optional says whether the label must say so: what is required is the rule.
func optional(f component.Field) bool {
	return !f.Required && f.Type != "checkbox" && f.Type != "radio" && f.Type != "password"
}

// button is a submit button; options as words: primary, small, wide, icon=…, name=…, value=….
func button(label string, options ...string) (component.Button, error) {
	b := component.Button{Label: label}
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "primary":
			b.Primary = true
		case "small":
			b.Small = true
		case "wide":
			b.Wide = true
		case "icon":
			b.Icon = value
		case "name":
			b.Name = value
		case "value":
			b.Value = value
		default:
			return b, fmt.Errorf("button: unknown option %q", option)
		}
	}
	return b, nil
}

// open is button as a link.
func open(label, url string, options ...string) (component.Button, error) {
	b, err := button(label, options...)
	b.URL = url
	return b, err
}

// sign is the signing button: who signs, and that the other country sees it.
func (d *drawing) sign(label string, sees ...string) component.Sign {
	s := component.Sign{Label: label}
	if d.page.User != nil {
		s.Who = d.page.User.Name
	}
	if len(sees) > 0 {
		s.Sees = sees[0]
	}
	return s
}

func note(kind, title string, text ...string) component.Note {
	return component.Note{Kind: kind, Title: title, Text: strings.Join(text, " ")}
}
