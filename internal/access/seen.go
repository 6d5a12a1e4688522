package access

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Recorded is the access fact: one for each request, of a person or a program
// with a person's session, committed before the page leaves (DESIGN §7).
type Recorded struct {
	journal.Envelope
	Actor    string   `json:"actor"`              // account id
	Office   string   `json:"office,omitempty"`   // office of the account then
	Session  string   `json:"session,omitempty"`  // id of the session, never its token
	Verb     string   `json:"verb"`               // act, or "view." and what was looked at
	Purpose  string   `json:"purpose"`            // one of the closed list
	Objects  []Object `json:"objects,omitempty"`  // what was shown or acted on
	Policies []string `json:"policies,omitempty"` // that decided, sorted
	Withheld []Object `json:"withheld,omitempty"` // what was met and not shown
	Refused  string   `json:"refused,omitempty"`  // code of the refusal, if the request was refused

	shown, hidden map[Object]bool
}

// Kind implements journal.Fact.
func (*Recorded) Kind() string { return "access.recorded.1" }

// Add remembers that r was permitted, and by which policies.
func (f *Recorded) Add(r Resource, d Decision) {
	f.Objects = once(&f.shown, f.Objects, r.Object())
	f.decidedBy(d)
}

// Withhold remembers that r was met and not shown.
func (f *Recorded) Withhold(r Resource) {
	f.Withheld = once(&f.hidden, f.Withheld, r.Object())
}

// anID is the form of an id or a case's number: nothing else of what was typed
// into an address is kept.
var anID = regexp.MustCompile(`^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z]{2,8}-\d\d-\d{1,6})$`)

// Miss remembers what was asked for and is not there, or not the asker's to
// know; the fact is the same for both, and who audits it can tell them apart.
func (f *Recorded) Miss(ids []string) {
	for _, id := range ids {
		if anID.MatchString(id) {
			f.Withheld = once(&f.hidden, f.Withheld, Object{Type: TypeMissed, ID: id})
		}
	}
}

// TypeMissed stands in an access fact for the type of what was asked for and
// not found: what it would have been is not looked up.
const TypeMissed = "missed"

// Join adds what another look of the same request met and who decided it.
func (f *Recorded) Join(other Recorded) {
	for _, o := range other.Objects {
		f.Objects = once(&f.shown, f.Objects, o)
	}
	for _, o := range other.Withheld {
		f.Withheld = once(&f.hidden, f.Withheld, o)
	}
	f.decidedBy(Decision{Policies: other.Policies})
}

// once appends an object that is not in the list yet.
func once(met *map[Object]bool, list []Object, o Object) []Object {
	if (*met)[o] {
		return list
	}
	if *met == nil {
		*met = map[Object]bool{}
	}
	(*met)[o] = true
	return append(list, o)
}

func (f *Recorded) decidedBy(d Decision) {
	for _, id := range d.Policies {
		if i, known := slices.BinarySearch(f.Policies, id); !known {
			f.Policies = slices.Insert(f.Policies, i, id)
		}
	}
}

// applyRecorded lets the case that a request was about find it again. Of lists no
// case does: the journal is where they are read.
func applyRecorded(tx *store.Tx, e journal.Entry, f Recorded) error {
	id := f.about()
	if id == "" {
		return nil
	}
	if err := tx.Exec(`INSERT INTO case_look (case_id, seq) VALUES ($1, $2) ON CONFLICT (case_id, seq) DO NOTHING`, id, e.Seq); err != nil {
		return fmt.Errorf("look at a case: %w", err)
	}
	return nil
}

// about is the one case that was shown or acted on; "" of none and of several.
func (f *Recorded) about() string {
	id := ""
	for _, o := range f.Objects {
		switch {
		case o.Type != "case":
		case id != "" && id != o.ID:
			return ""
		default:
			id = o.ID
		}
	}
	return id
}
