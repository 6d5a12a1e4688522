// Package doctor examines a node, running or stopped, from beside it: its
// keys, database, journal, clock, disk, backup and peers. Whatever is wrong is
// told with the command that mends it. It changes nothing.
package doctor

import (
	"context"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/node"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/internal/watch"
)

// State says how bad a finding is.
type State string

// A fault stops the node or makes a loss final; a warning becomes one if
// nobody looks after it.
const (
	OK      State = "ok"
	Warning State = "warning"
	Fault   State = "fault"
)

// Finding is one thing that was looked at.
type Finding struct {
	Check  string         `json:"check"` // what was looked at; its name is doctor.check.<check>
	State  State          `json:"state"`
	Code   string         `json:"code"` // its words are doctor.<code>, or watch.<code> of an alarm
	Values map[string]any `json:"values,omitempty"`
	Says   string         `json:"says"`           // the words, in the reader's language
	Mend   string         `json:"mend,omitempty"` // the command that mends it
}

// Report is everything that was found.
type Report struct {
	Node     string    `json:"node"`
	Running  bool      `json:"running"` // a process serves the node
	Findings []Finding `json:"findings"`
	Faults   int       `json:"faults"`
	Warnings int       `json:"warnings"`
}

// Patient is the node to examine.
type Patient struct {
	node.Folders
	Cert   string // the agency's own certificate for browsers; empty if the node makes its own
	Limits watch.Limits
	Now    func() time.Time
}

// examination is a node being examined. What an earlier check could not open
// is nil, and the checks that need it are left out: one cause is told once.
type examination struct {
	Patient
	report   Report
	settings *node.Settings
	keys     *seal.NodeKeys
	store    *store.Reader
	active   []exchange.Peer // with which the node exchanges
}

// checks is everything that is looked at, in its order; costs marks what takes the
// node long, or waits for others: it is left out of a glance.
var checks = []struct {
	look  func(*examination, context.Context)
	costs bool
}{
	{look: (*examination).folder}, {look: (*examination).keyFolder}, {look: (*examination).process}, {look: (*examination).database},
	{look: (*examination).keysFit}, {look: (*examination).journal, costs: true}, {look: (*examination).certificate},
	{look: (*examination).files, costs: true}, {look: (*examination).machine}, {look: (*examination).peers}, {look: (*examination).reached, costs: true},
}

// Examine looks at everything; what cannot be looked at is a finding. It
// refuses node.not_made where there is no node.
func Examine(ctx context.Context, p Patient, l i18n.Lang) (Report, error) {
	return examine(ctx, p, l, true)
}

// Page gives a node's own pages what is found: at a glance, or everything. It is
// the one list of checks, the same as that of oasiss doctor.
func Page(p Patient) watch.Examine {
	return func(ctx context.Context, l i18n.Lang, whole bool) ([]watch.Finding, error) {
		r, err := examine(ctx, p, l, whole)
		out := make([]watch.Finding, 0, len(r.Findings))
		for _, f := range r.Findings {
			out = append(out, watch.Finding{Check: f.Check, State: string(f.State), Says: f.short().words(l), Mend: f.Mend})
		}
		return out, err
	}
}

func examine(ctx context.Context, p Patient, l i18n.Lang, whole bool) (Report, error) {
	x := &examination{Patient: p}
	if _, err := node.LoadSettings(p.Folders); refusal.Is(err, "node.not_made") {
		return x.report, err
	}
	for _, c := range checks {
		if whole || !c.costs {
			c.look(x, ctx)
		}
	}
	if x.store != nil {
		if err := x.store.Close(); err != nil {
			x.broken("database", err)
		}
	}
	for i := range x.report.Findings {
		f := &x.report.Findings[i]
		f.Says = f.words(l)
		switch f.State {
		case Fault:
			x.report.Faults++
		case Warning:
			x.report.Warnings++
		}
	}
	return x.report, nil
}

// short is a finding for who reads it elsewhere: files and folders by their own
// names, without where they stand on the machine.
func (f Finding) short() Finding {
	f.Values = maps.Clone(f.Values)
	for _, name := range []string{"Path", "Folder"} {
		if path, ok := f.Values[name].(string); ok {
			f.Values[name] = filepath.Base(path)
		}
	}
	return f
}

func (f Finding) words(l i18n.Lang) string {
	if key := "watch." + f.Code; i18n.Has(key) {
		return i18n.T(l, key, f.Values) + " " + i18n.T(l, key+".next", f.Values)
	}
	return i18n.T(l, "doctor."+f.Code, f.Values)
}

// found adds a finding; kv are pairs of parameter and value.
func (x *examination) found(check string, s State, code, mend string, kv ...any) {
	f := Finding{Check: check, State: s, Code: code, Mend: mend}
	for i := 0; i+1 < len(kv); i += 2 {
		if f.Values == nil {
			f.Values = map[string]any{}
		}
		f.Values[kv[i].(string)] = kv[i+1]
	}
	x.report.Findings = append(x.report.Findings, f)
}

// broken tells of something that could not be looked at, by the error itself:
// errors hold nothing personal.
func (x *examination) broken(check string, err error) {
	x.found(check, Fault, "broken", "", "Said", err.Error())
}

// process tells whether a node is serving.
func (x *examination) process(ctx context.Context) {
	if x.settings == nil {
		return
	}
	err := x.Stopped(ctx)
	switch {
	case refusal.Is(err, "node.running"):
		x.report.Running = true
		x.found("node", OK, "running", "", "Node", x.settings.Node)
	case err == nil:
		x.found("node", Warning, "stopped", "oasiss serve"+x.flags(), "Node", x.settings.Node)
	case x.Server == "": // of a server that does not answer the database check tells
		x.broken("node", err)
	}
}

// flags are the folders as the other verbs take them.
func (x *examination) flags() string {
	out := " --data " + quoted(x.Data) + " --keys " + quoted(x.Keys)
	if x.Server != "" {
		out += ` --database "$OASISS_DATABASE"` // the address may hold a password
	}
	return out
}

// quoted writes a word so that a shell reads it as one.
func quoted(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:@") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
