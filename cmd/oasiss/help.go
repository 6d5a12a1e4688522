package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"
	"github.com/oasiss/oasiss/internal/i18n"
)

// Marks behind the help of a flag that takes JSON, and of one that may be
// repeated.
const (
	asJSON = "|json"
	asList = "|list"
)

// language finds the language of this call before it is parsed: --lang, then
// the environment, then the machine's own.
func language(args []string, env func(string) string) i18n.Lang {
	said := env("OASISS_LANG")
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			said = v
		} else if a == "--lang" && i+1 < len(args) {
			said = args[i+1]
		}
	}
	if l := i18n.Lang(said); l.Known() {
		return l
	}
	if strings.HasPrefix(env("LANG"), "es") {
		return i18n.Spanish
	}
	return i18n.English
}

// speak turns the keys that stand as help in the command line's model into
// texts of one language.
func speak(n *kong.Node, l i18n.Lang) {
	n.Help = says(n.Help, l)
	for _, p := range n.Positional {
		p.Help = says(p.Help, l)
	}
	for _, f := range n.Flags {
		if f.Name == "help" {
			f.Help = "cli.flag.help"
		}
		f.Help = says(f.Help, l)
	}
	for _, c := range n.Children {
		speak(c, l)
	}
}

func says(key string, l i18n.Lang) string {
	if key == "" {
		return ""
	}
	key, json := strings.CutSuffix(key, asJSON)
	key, list := strings.CutSuffix(key, asList)
	text := i18n.T(l, key)
	if list {
		text += " " + i18n.T(l, "cli.help.repeat")
	}
	if json {
		text += " (JSON)"
	}
	return text
}

// helpWidth is how wide help is written.
const helpWidth = 100

// helper prints the help of what was asked in one language.
func helper(l i18n.Lang) kong.HelpPrinter {
	return func(_ kong.HelpOptions, ctx *kong.Context) error {
		n := ctx.Selected()
		if n == nil {
			n = ctx.Model.Node
		}
		h := &help{l: l, out: ctx.Stdout}
		h.node(n, ctx.Model.Node)
		return h.err
	}
}

type help struct {
	l   i18n.Lang
	out io.Writer
	err error
}

func (h *help) line(format string, args ...any) {
	if _, err := fmt.Fprintf(h.out, format+"\n", args...); err != nil && h.err == nil {
		h.err = err
	}
}

func (h *help) heading(key string) { h.line("\n%s", i18n.T(h.l, key)) }

func (h *help) node(n, app *kong.Node) {
	h.line("%s %s", i18n.T(h.l, "cli.help.usage"), h.usage(n, app))
	if n.Help != "" {
		h.line("")
		for _, l := range wrap(n.Help, helpWidth) {
			h.line("%s", l)
		}
	}
	var rows [][2]string
	for _, p := range n.Positional {
		rows = append(rows, [2]string{p.Summary(), p.Help})
	}
	h.table("cli.help.arguments", rows)
	if n != app {
		h.table("cli.help.flags", flagRows(n))
	}
	rows = nil
	for _, c := range n.Children {
		if !c.Hidden {
			rows = append(rows, [2]string{c.Name, c.Help})
		}
	}
	h.table("cli.help.commands", rows)
	h.table("cli.help.common", flagRows(app))
	if n.Leaf() {
		h.line("\n%s", i18n.T(h.l, "cli.help.at"))
		return
	}
	h.line("\n%s", i18n.T(h.l, "cli.help.more", map[string]any{"Call": strings.TrimSpace(path(n, app))}))
}

// path is the words that lead to n, the program's name first.
func path(n, app *kong.Node) string {
	if n == app {
		return app.Name
	}
	return path(n.Parent, app) + " " + n.Name
}

func (h *help) usage(n, app *kong.Node) string {
	words := []string{path(n, app)}
	for _, p := range n.Positional {
		words = append(words, p.Summary())
	}
	if !n.Leaf() {
		words = append(words, "<"+i18n.T(h.l, "cli.help.command")+">")
	}
	return strings.Join(append(words, "["+i18n.T(h.l, "cli.help.options")+"]"), " ")
}

func flagRows(n *kong.Node) (rows [][2]string) {
	for _, f := range n.Flags {
		if f.Hidden {
			continue
		}
		name := "--" + f.Name
		if f.Short != 0 {
			name = "-" + string(f.Short) + ", " + name
		}
		if !f.IsBool() {
			name += "=" + f.FormatPlaceHolder()
		}
		text := f.Help
		if len(f.Envs) > 0 {
			text += " ($" + f.Envs[0] + ")"
		}
		rows = append(rows, [2]string{name, text})
	}
	return rows
}

// table writes names with what they mean beside them.
func (h *help) table(key string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	h.heading(key)
	const widest = 34
	left := 0
	for _, r := range rows {
		if n := utf8.RuneCountInString(r[0]); n <= widest {
			left = max(left, n)
		}
	}
	for _, r := range rows {
		name := r[0]
		if utf8.RuneCountInString(name) > left {
			h.line("  %s", name)
			name = ""
		}
		for _, l := range wrap(r[1], helpWidth-left-4) {
			h.line("  %s%s  %s", name, strings.Repeat(" ", left-utf8.RuneCountInString(name)), l)
			name = ""
		}
	}
}

// wrap breaks a text into lines of at most width characters.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
