package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/oasiss/oasiss/internal/i18n"
)

type referenceCmd struct{}

// Run prints every setting of a node, as docs/configuration.md and
// docs/configuracion.md hold it.
func (*referenceCmd) Run(e *env) error {
	_, parser, err := commandLine(i18n.Lang(e.Lang), nil, io.Discard, io.Discard)
	if err != nil {
		return err
	}
	_, err = io.WriteString(e.out, reference(i18n.Lang(e.Lang), parser.Model))
	return err
}

// reference writes all settings as Markdown, from the command line itself: what
// is a flag, an environment variable, a name in the file and a help text is one
// struct.
func reference(l i18n.Lang, app *kong.Application) string {
	var b strings.Builder
	t := func(key string) string { return i18n.T(l, "reference."+key) }
	fmt.Fprintf(&b, "# %s\n\n*[%s](%s)*\n\n%s\n\n%s\n\n", t("title"), t("other"), t("other_file"), t("generated"), t("order"))
	settings := nodeSettings(app)
	fmt.Fprintf(&b, "## %s\n\n%s\n\n```yaml\n", t("file"), t("file_text"))
	for _, s := range settings {
		fmt.Fprintf(&b, "# %s\n", firstSentence(s.flag.Help))
		fmt.Fprintf(&b, "#%s: %s\n", s.flag.Name, inFile(s.flag))
	}
	fmt.Fprintf(&b, "```\n\n## %s\n\n| %s | %s | %s | %s | %s |\n|---|---|---|---|---|\n", t("settings"), t("col_name"), t("col_env"), t("col_default"), t("col_says"), t("col_verbs"))
	for _, s := range settings {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", s.flag.Name, s.flag.Envs[0], code(s.flag.Default), cellText(s.flag.Help), cellText(strings.Join(s.verbs, ", ")))
	}
	for _, n := range nodeVerbs(app) {
		rows := ""
		for _, f := range n.Flags {
			if len(f.Envs) == 0 && !f.Hidden && f.Name != "help" {
				rows += fmt.Sprintf("| `--%s` | %s | %s |\n", f.Name, code(f.Default), cellText(f.Help))
			}
		}
		if rows != "" {
			fmt.Fprintf(&b, "\n## `%s`\n\n%s\n\n| %s | %s | %s |\n|---|---|---|\n%s", path(n, app.Node), n.Help, t("col_flag"), t("col_default"), t("col_says"), rows)
		}
	}
	fmt.Fprintf(&b, "\n## %s\n\n| %s | %s | %s |\n|---|---|---|\n", t("every_call"), t("col_flag"), t("col_env"), t("col_says"))
	for _, f := range app.Flags {
		variable := ""
		if len(f.Envs) > 0 {
			variable = f.Envs[0]
		}
		fmt.Fprintf(&b, "| `--%s` | %s | %s |\n", f.Name, code(variable), cellText(f.Help))
	}
	return b.String()
}

// inFile is a setting's built-in value as it stands in the file.
func inFile(f *kong.Flag) string {
	if f.Default == "" {
		return `""`
	}
	return f.Default
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// cellText keeps a text inside its cell.
func cellText(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// firstSentence is what a text says before its first stop.
func firstSentence(s string) string {
	for _, stop := range []string{"; ", ". "} {
		s, _, _ = strings.Cut(s, stop)
	}
	return strings.TrimSuffix(s, ".")
}
