package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"text/tabwriter"

	"github.com/oasiss/oasiss/internal/i18n"
)

// print shows an answer: one JSON object with --json, otherwise lines that a
// person reads, lists as tables.
func (e *env) print(v any) error {
	if e.JSON {
		return e.printJSON(e.out, v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	var any any
	if err := json.Unmarshal(b, &any); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	w := lines{tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0), i18n.Lang(e.Lang)}
	w.write("", inWords(w.l, e.area, "", any))
	return w.Flush()
}

// list shows a list for a person: one row each, these columns.
func (e *env) list(rows []any, columns []string) error {
	l := i18n.Lang(e.Lang)
	w := lines{tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0), l}
	inWords(l, e.area, "", rows)
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = w.label(c)
	}
	if len(rows) == 0 {
		fmt.Fprintln(w, i18n.T(l, "cli.nothing"))
	} else {
		fmt.Fprintln(w, strings.Join(heads, "\t"))
	}
	for _, r := range rows {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = cell(r, strings.Split(c, "."))
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// cell is the value at a path; those of a list are joined.
func cell(v any, path []string) string {
	switch x := v.(type) {
	case map[string]any:
		if len(path) > 0 {
			return cell(x[path[0]], path[1:])
		}
		return ""
	case []any:
		cells := make([]string, len(x))
		for i := range x {
			cells[i] = cell(x[i], path)
		}
		return strings.Join(cells, ", ")
	}
	return scalar(v)
}

// printJSON writes one JSON object on one line.
func (e *env) printJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// lines writes answers for a person, the names of values in one language.
type lines struct {
	*tabwriter.Writer
	l i18n.Lang
}

// label is what a value's JSON name is called; of a value inside an object,
// what both are.
func (w lines) label(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		if key := "label." + p; i18n.Has(key) {
			parts[i] = i18n.T(w.l, key)
		}
	}
	return strings.Join(parts, ": ")
}

// widest is how many columns a table has at most; what has more is written as
// one block for each row.
const widest = 9

func (w lines) write(indent string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			switch x := v[k].(type) {
			case map[string]any:
				fmt.Fprintf(w, "%s%s\n", indent, w.label(k))
				w.write(indent+"  ", x)
			case []any:
				if plain, ok := joined(x); ok {
					if plain != "" {
						fmt.Fprintf(w, "%s%s\t%s\n", indent, w.label(k), plain)
					}
					continue
				}
				fmt.Fprintf(w, "%s%s\n", indent, w.label(k))
				w.write(indent+"  ", x)
			default:
				fmt.Fprintf(w, "%s%s\t%s\n", indent, w.label(k), scalar(x))
			}
		}
	case []any:
		w.table(indent, v)
	default:
		fmt.Fprintf(w, "%s%s\n", indent, scalar(v))
	}
}

// joined is a list of plain values on one line; false if any is not plain.
func joined(list []any) (string, bool) {
	words := make([]string, len(list))
	for i, x := range list {
		switch x.(type) {
		case map[string]any, []any:
			return "", false
		}
		words[i] = scalar(x)
	}
	return strings.Join(words, ", "), true
}

// table shows a list of objects, one row each.
func (w lines) table(indent string, rows []any) {
	columns := map[string]any{}
	flattened := make([]map[string]any, len(rows))
	plain := true // every value fits a cell
	for i, r := range rows {
		m, ok := r.(map[string]any)
		if !ok {
			for _, r := range rows {
				w.write(indent, r)
			}
			return
		}
		flattened[i] = map[string]any{}
		plain = flat(flattened[i], "", m) && plain
		for k := range flattened[i] {
			columns[k] = nil
		}
	}
	names := sortedKeys(columns)
	if !plain || len(names) > widest {
		for i, r := range rows {
			if i > 0 {
				fmt.Fprintln(w)
			}
			w.write(indent, r)
		}
		return
	}
	heads := make([]string, len(names))
	for i, n := range names {
		heads[i] = w.label(n)
	}
	fmt.Fprintf(w, "%s%s\n", indent, strings.Join(heads, "\t"))
	for _, r := range flattened {
		cells := make([]string, len(names))
		for i, n := range names {
			cells[i] = scalar(r[n])
		}
		fmt.Fprintf(w, "%s%s\n", indent, strings.Join(cells, "\t"))
	}
}

// flat puts an object's values into cells, those of objects inside it under
// their path; false if a value fits no cell.
func flat(cells map[string]any, under string, m map[string]any) bool {
	fits := true
	for k, x := range m {
		switch x := x.(type) {
		case map[string]any:
			fits = flat(cells, under+k+".", x) && fits
		case []any:
			words, ok := joined(x)
			cells[under+k] = words
			fits = fits && ok
		default:
			cells[under+k] = x
		}
	}
	return fits
}

func scalar(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v == "0001-01-01T00:00:00Z" { // a time that has not come
			return ""
		}
		return v
	case float64:
		if v == float64(int64(v)) {
			return fmt.Sprintf("%d", int64(v))
		}
	}
	return fmt.Sprint(v)
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	// what identifies comes first
	sort.Slice(keys, func(i, j int) bool {
		if (keys[i] == "id") != (keys[j] == "id") {
			return keys[i] == "id"
		}
		return keys[i] < keys[j]
	})
	return keys
}
