package main

import (
	"errors"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/client"
)

// The flags of the reads. A field with "path" stands in the address, one with
// "query" behind it, one with "body" in the question's body: what must not
// stand in an address.
type (
	list struct{}
	one  struct {
		ID string `arg:"" name:"id" path:"id" help:"cli.arg.id"`
	}
	oneOrNumber struct {
		ID string `arg:"" name:"case" path:"id" help:"cli.arg.case"`
	}
	rows struct {
		Limit int `name:"limit" query:"limit" help:"cli.arg.limit" placeholder:"N"`
	}
	screeningForm struct {
		Case string `name:"case" query:"case" help:"cli.arg.screening_case" placeholder:"ID"`
	}
	waiting struct {
		State string `name:"state" query:"state" enum:"open,approved,rejected" default:"open" help:"cli.arg.state"`
	}
	referrals struct {
		rows
		Case string `name:"case" query:"case" help:"cli.arg.of_case" placeholder:"ID"`
		Side string `name:"side" query:"side" enum:",sender,receiver" default:"" help:"cli.arg.side" placeholder:"SIDE"`
		Open bool   `name:"open" query:"open" help:"cli.arg.open"`
	}
	everything struct {
		All bool `name:"all" query:"all" help:"cli.arg.all"`
	}
	following struct {
		rows
		After string `name:"after" query:"after" help:"cli.arg.after" placeholder:"CURSOR"`
	}
	versionOf struct {
		ID string `arg:"" name:"referral" path:"id" help:"cli.arg.id"`
		N  string `arg:"" name:"n" path:"n" help:"cli.arg.version"`
	}
	page struct {
		rows
		Before int64  `name:"before" query:"before" help:"cli.arg.before" placeholder:"SEQ"`
		Actor  string `name:"actor" query:"actor" help:"cli.arg.actor" placeholder:"ID"`
	}
	sought struct {
		Words    []string `arg:"" optional:"" name:"words" body:"words" help:"cli.arg.words"`
		Noun     string   `name:"noun" body:"noun" enum:",case,person,event,organisation,vehicle,phone" default:"" help:"cli.arg.search_noun" placeholder:"KIND"`
		Status   string   `name:"status" body:"status" enum:",open,closed" default:"" help:"cli.arg.search_status" placeholder:"STATE"`
		Office   string   `name:"office" body:"office" help:"cli.arg.search_office" placeholder:"ID"`
		Corridor string   `name:"corridor" body:"corridor" help:"cli.arg.search_corridor" placeholder:"ID"`
		Handling string   `name:"handling" body:"handling" help:"cli.arg.search_handling" placeholder:"CODE"`
		From     string   `name:"from" body:"from" help:"cli.arg.search_from" placeholder:"DAY"`
		To       string   `name:"to" body:"to" help:"cli.arg.search_to" placeholder:"DAY"`
		After    string   `name:"after" body:"after" help:"cli.arg.search_after" placeholder:"PLACE"`
	}
	charted struct {
		ID    string `arg:"" name:"id" path:"id" help:"cli.arg.chart_start"`
		Open  string `name:"open" query:"open" help:"cli.arg.chart_open" placeholder:"IDS"`
		From  string `name:"from" query:"from" help:"cli.arg.chart_from" placeholder:"ID"`
		To    string `name:"to" query:"to" help:"cli.arg.chart_to" placeholder:"ID"`
		Until string `name:"until" query:"until" help:"cli.arg.chart_until" placeholder:"DAY"`
	}
	evidence struct {
		ID    string `arg:"" name:"node" path:"id" help:"cli.arg.id"`
		About string `arg:"" name:"about" path:"about" help:"cli.arg.alarm_about"`
		Out   string `name:"out" help:"cli.arg.out" placeholder:"FILE"`
	}
	figured struct {
		Corridor string `arg:"" name:"corridor" query:"corridor" help:"cli.arg.corridor"`
		Year     int    `arg:"" name:"year" query:"year" help:"cli.arg.year"`
	}
	copied struct {
		ID  string `arg:"" name:"id" path:"id" help:"cli.arg.id"`
		Out string `name:"out" help:"cli.arg.copy_out" placeholder:"FOLDER"`
	}
	descriptor struct {
		Out string `name:"out" help:"cli.arg.descriptor_out" placeholder:"FILE"`
	}
	proof struct {
		Fact    string `arg:"" name:"fact" path:"fact" help:"cli.arg.fact"`
		Message bool   `name:"message" query:"message" help:"cli.arg.message"`
		Out     string `name:"out" help:"cli.arg.out" placeholder:"FILE"`
	}
)

// query is one read: where the API has it, and what it takes. Its help is the
// text cli.read.AREA.NAME.
type query struct {
	path  string
	takes reflect.Type
	post  bool
	// columns of a list for a person, by the path of their values; without
	// them, and with --json, all that the API gives is shown.
	columns string
}

// queries are the reads that the command line offers, by "area.name".
var queries = map[string]query{
	"accord.contacts":        {path: "contacts", takes: reflect.TypeFor[list](), columns: "node office stale until contact.telephone contact.mail contact.name"},
	"accord.corridors":       {path: "corridors", takes: reflect.TypeFor[list](), columns: "ref corridor.id corridor.title open"},
	"accord.list":            {path: "accords", takes: reflect.TypeFor[list]()},
	"accord.show":            {path: "accords/{id}", takes: reflect.TypeFor[one]()},
	"alert.list":             {path: "alerts", takes: reflect.TypeFor[list](), columns: "raised.at danger region number to id"},
	"alert.show":             {path: "alerts/{id}", takes: reflect.TypeFor[one]()},
	"case.changes":           {path: "changes", takes: reflect.TypeFor[following]()},
	"case.exported":          {path: "exports/{id}", takes: reflect.TypeFor[one]()},
	"case.history":           {path: "history/{id}", takes: reflect.TypeFor[one](), columns: "seq at kind by.name by.office fact"},
	"case.list":              {path: "cases", takes: reflect.TypeFor[rows](), columns: "number title status office opened id"},
	"case.person":            {path: "persons/{id}", takes: reflect.TypeFor[one]()},
	"case.show":              {path: "cases/{id}", takes: reflect.TypeFor[oneOrNumber]()},
	"clock.list":             {path: "programme/clocks", takes: reflect.TypeFor[list]()},
	"clock.show":             {path: "programme/clocks/{id}", takes: reflect.TypeFor[one]()},
	"file.list":              {path: "cases/{id}/files", takes: reflect.TypeFor[one](), columns: "name media size sha256 added id"},
	"file.show":              {path: "files/{id}", takes: reflect.TypeFor[one]()},
	"exhibit.list":           {path: "cases/{id}/exhibits", takes: reflect.TypeFor[oneOrNumber](), columns: "number kind custody.name custody.at.office custody.between gaps id"},
	"exhibit.show":           {path: "exhibits/{id}", takes: reflect.TypeFor[one]()},
	"exhibit.verify":         {path: "exhibits/{id}/verified", takes: reflect.TypeFor[one](), columns: "nth step signed whole leaf proven carried"},
	"figures.show":           {path: "figures", takes: reflect.TypeFor[figured]()},
	"figures.taken":          {path: "figures/taken/{id}?files=true", takes: reflect.TypeFor[copied]()},
	"hold.list":              {path: "cases/{id}/holds", takes: reflect.TypeFor[oneOrNumber](), columns: "ground at by lifted id"},
	"journal.orders":         {path: "cases/{id}/forget-orders", takes: reflect.TypeFor[oneOrNumber](), columns: "what object ground at by decided forgotten id"},
	"journal.audit":          {path: "journal/accesses", takes: reflect.TypeFor[page](), columns: "seq at verb purpose refused policies actor"},
	"journal.check":          {path: "journal/check", takes: reflect.TypeFor[list]()},
	"journal.list":           {path: "journal/facts", takes: reflect.TypeFor[page](), columns: "seq at kind node by.name by.office id"},
	"journal.prove":          {path: "journal/proofs/{fact}", takes: reflect.TypeFor[proof]()},
	"journal.show":           {path: "journal", takes: reflect.TypeFor[list]()},
	"journal.unusual":        {path: "journal/unusual", takes: reflect.TypeFor[list](), columns: "last what count usual name office account"},
	"link.evidence":          {path: "links/{id}/evidence/{about}", takes: reflect.TypeFor[evidence]()},
	"link.list":              {path: "links", takes: reflect.TypeFor[list](), columns: "peer.id heard problem cosigned.size cosigned.at witnessed.size expired refused quarantined"},
	"link.show":              {path: "links/{id}", takes: reflect.TypeFor[one]()},
	"mail.list":              {path: "mail", takes: reflect.TypeFor[list]()},
	"mail.open":              {path: "mail/{id}", takes: reflect.TypeFor[one]()},
	"offence.list":           {path: "programme/offences", takes: reflect.TypeFor[list]()},
	"offence.show":           {path: "programme/offences/{id}", takes: reflect.TypeFor[one]()},
	"decoy.list":             {path: "decoys", takes: reflect.TypeFor[list]()},
	"network.show":           {path: "network/{id}", takes: reflect.TypeFor[charted]()},
	"network.kept":           {path: "kept-charts", takes: reflect.TypeFor[list]()},
	"network.taken":          {path: "charts/{id}", takes: reflect.TypeFor[copied]()},
	"office.list":            {path: "offices", takes: reflect.TypeFor[list]()},
	"peer.descriptor":        {path: "descriptor", takes: reflect.TypeFor[descriptor]()},
	"peer.list":              {path: "peers", takes: reflect.TypeFor[list](), columns: "id country status url fingerprint"},
	"procedure.list":         {path: "programme/procedures", takes: reflect.TypeFor[list]()},
	"procedure.show":         {path: "programme/procedures/{id}", takes: reflect.TypeFor[one]()},
	"proposal.list":          {path: "proposals", takes: reflect.TypeFor[waiting](), columns: "change subject by_office at effective state id"},
	"protection.asked":       {path: "reveals-asked", takes: reflect.TypeFor[list](), columns: "number plant by office purpose minutes reason at id"},
	"protection.withdrawals": {path: "consents-withdrawn", takes: reflect.TypeFor[list](), columns: "referral from.node at due state consent"},
	"protection.anomalies":   {path: "screening-anomalies", takes: reflect.TypeFor[list](), columns: "at name office number plant seconds least"},
	"protection.told":        {path: "violence-told", takes: reflect.TypeFor[list](), columns: "at agency person told.accused told.what"},
	"protection.to_tell":     {path: "services-to-tell", takes: reflect.TypeFor[list](), columns: "at number plant due state"},
	"protection.form":        {path: "programme/screening-form", takes: reflect.TypeFor[screeningForm]()},
	"protection.identity":    {path: "persons/{id}/identity", takes: reflect.TypeFor[one]()},
	"protection.released":    {path: "releases/{id}", takes: reflect.TypeFor[one]()},
	"protection.show":        {path: "cases/{id}/protection", takes: reflect.TypeFor[one]()},
	"referral.alarms":        {path: "hand-overs/alarms", takes: reflect.TypeFor[list](), columns: "number person given.at sender.office receiver.office id"},
	"referral.copy":          {path: "copies/{id}", takes: reflect.TypeFor[copied]()},
	"warrant.list":           {path: "warrants", takes: reflect.TypeFor[list]()},
	"warrant.show":           {path: "warrants/{id}", takes: reflect.TypeFor[one]()},
	"shift.today":            {path: "shift", takes: reflect.TypeFor[list]()},
	"referral.day":           {path: "day", takes: reflect.TypeFor[list]()},
	"referral.hand_over":     {path: "referrals/{id}/hand-over", takes: reflect.TypeFor[one]()},
	"referral.list":          {path: "referrals", takes: reflect.TypeFor[referrals](), columns: "number state sender.office receiver.office owes.node owes.since clock.name clock.due id"},
	"referral.rates":         {path: "request-rates", takes: reflect.TypeFor[list]()},
	"referral.reconcile":     {path: "hand-overs/reconciliation", takes: reflect.TypeFor[list]()},
	"referral.show":          {path: "referrals/{id}", takes: reflect.TypeFor[one]()},
	"referral.version":       {path: "referrals/{id}/versions/{n}", takes: reflect.TypeFor[versionOf]()},
	"consular.identity":      {path: "consular/{id}/identity", takes: reflect.TypeFor[one]()},
	"consular.list":          {path: "consular", takes: reflect.TypeFor[list]()},
	"consular.of_case":       {path: "cases/{id}/consular", takes: reflect.TypeFor[one]()},
	"consular.show":          {path: "consular/{id}", takes: reflect.TypeFor[one]()},
	"redress.list":           {path: "person-requests", takes: reflect.TypeFor[list]()},
	"redress.show":           {path: "person-requests/{id}", takes: reflect.TypeFor[one]()},
	"retention.list":         {path: "retention", takes: reflect.TypeFor[everything]()},
	"route.list":             {path: "programme/routes", takes: reflect.TypeFor[list]()},
	"route.show":             {path: "programme/routes/{id}", takes: reflect.TypeFor[one]()},
	"search.cases":           {path: "search", takes: reflect.TypeFor[sought](), post: true},
	"search.found":           {path: "found/{id}", takes: reflect.TypeFor[one]()},
	"search.list":            {path: "lists/{id}?files=true", takes: reflect.TypeFor[copied]()},
	"search.views":           {path: "views", takes: reflect.TypeFor[list]()},
	"user.invite":            {path: "users/{id}/invite", takes: reflect.TypeFor[one](), post: true},
	"user.list":              {path: "users", takes: reflect.TypeFor[list](), columns: "login name office roles.role disabled locked id"},
	"user.sessions":          {path: "users/{id}/sessions", takes: reflect.TypeFor[one]()},
}

// reads makes the verbs of queries and the other verbs that stand in an area.
func reads() map[string][]reflect.StructField {
	out := map[string][]reflect.StructField{
		"case": {
			{Name: "Import", Type: reflect.TypeFor[caseImport](), Tag: tag("cmd", "", "help", "cli.case.import")},
		},
		"file": {
			{Name: "Put", Type: reflect.TypeFor[filePut](), Tag: tag("cmd", "", "help", "cli.file.put")},
			{Name: "Redact", Type: reflect.TypeFor[fileRedact](), Tag: tag("cmd", "", "help", "cli.file.redact")},
			{Name: "Get", Type: reflect.TypeFor[fileGet](), Tag: tag("cmd", "", "help", "cli.file.get")},
		},
		"journal": {
			{Name: "Verify", Type: reflect.TypeFor[journalVerify](), Tag: tag("cmd", "", "help", "cli.read.journal.verify")},
			{Name: "Archive", Type: reflect.TypeFor[journalArchive](), Tag: tag("cmd", "", "help", "cli.read.journal.archive")},
			{Name: "Replay", Type: reflect.TypeFor[journalReplay](), Tag: tag("cmd", "", "help", "cli.read.journal.replay")},
		},
	}
	for _, verb := range slices.Sorted(maps.Keys(queries)) {
		area, name, _ := strings.Cut(verb, ".")
		out[area] = append(out[area], reflect.StructField{Name: exported(name), Type: queries[verb].takes,
			Tag: tag("cmd", "", "name", strings.ReplaceAll(name, "_", "-"), "help", "cli.read."+verb)})
	}
	return out
}

// query asks and prints.
func (e *env) query(verb string, target reflect.Value) error {
	c, err := e.client(verb)
	if err != nil {
		return err
	}
	q := queries[verb]
	path, body := q.asked(target)
	var out any
	if q.post {
		err = c.Post(e.ctx, path, body, &out)
	} else {
		err = c.Get(e.ctx, path, &out)
	}
	if err != nil {
		return err
	}
	switch flags := target.Interface().(type) {
	case proof:
		return e.proofFile(out, flags.Out)
	case evidence:
		return e.proofFile(out, flags.Out)
	case copied:
		return e.copyFiles(c, out, flags.Out)
	case descriptor:
		if flags.Out != "" {
			return e.descriptorFile(out, flags.Out)
		}
	}
	if list, ok := out.([]any); ok && q.columns != "" && !e.JSON {
		return e.list(list, strings.Fields(q.columns))
	}
	return e.print(out)
}

// asked puts what was typed where the API wants it.
func (q query) asked(target reflect.Value) (path string, body map[string]any) {
	path, body = q.path, map[string]any{}
	values := url.Values{}
	for _, f := range reflect.VisibleFields(target.Type()) {
		v := target.FieldByIndex(f.Index)
		if f.Anonymous {
			continue
		}
		if name := f.Tag.Get("path"); name != "" {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(v.String()))
		}
		if name := f.Tag.Get("query"); name != "" && !v.IsZero() {
			values.Set(name, scalar(v.Interface()))
		}
		if name := f.Tag.Get("body"); name != "" && !v.IsZero() {
			if words, ok := v.Interface().([]string); ok {
				body[name] = strings.Join(words, " ")
				continue
			}
			body[name] = v.String()
		}
	}
	if len(values) > 0 {
		path += "?" + values.Encode()
	}
	return path, body
}

// proofFile writes a proof as the file that oasiss-verify takes.
func (e *env) proofFile(proof any, file string) error {
	if file == "" {
		return e.printJSON(e.out, proof)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return misuse("cannot_write", "A", file)
	}
	if err := e.printJSON(f, proof); err != nil {
		return err
	}
	return f.Close()
}

// copyFiles fetches the files of a copy and writes them under their own names.
// What cannot be fetched whole is not left there.
func (e *env) copyFiles(c *client.Client, answer any, folder string) error {
	m, ok := answer.(map[string]any)
	if !ok {
		return e.print(answer)
	}
	files, _ := m["files"].([]any)
	for _, f := range files {
		f, _ := f.(map[string]any)
		name := scalar(f["name"])
		path := filepath.Join(folder, filepath.Base(name))
		from, err := c.Copied(e.ctx, scalar(m["fact"]), name)
		if err != nil {
			return err
		}
		to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return errors.Join(misuse("cannot_write", "A", path), from.Close())
		}
		n, err := io.Copy(to, from)
		if err = errors.Join(err, from.Close(), to.Close()); err != nil {
			return errors.Join(err, os.Remove(path))
		}
		f["file"], f["bytes"] = path, n
	}
	return e.print(answer)
}

// descriptorFile writes the descriptor to the file that the other side is
// given, and shows the words that both sides compare.
func (e *env) descriptorFile(introduction any, file string) error {
	m, ok := introduction.(map[string]any)
	if !ok {
		return e.print(introduction)
	}
	if err := os.WriteFile(file, []byte(scalar(m["descriptor"])), 0o600); err != nil {
		return misuse("cannot_write", "A", file)
	}
	delete(m, "descriptor")
	return e.print(m)
}
