package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// MaxPeople is how many rows one act of import into cases takes.
const MaxPeople = 100

// Row is a person of a source, with a role and what it rests on, in a case.
type Row struct {
	// Key is the row's own name in its source: importing it again corrects it.
	Key string `json:"key"`
	// Case is the source's own number of the case; rows of the same are one.
	Case string `json:"case"`
	// Title of the case where it is opened; its number where left out.
	Title string `json:"title,omitempty"`
	// Event is what happened, where the source states it. Rows of one case
	// whose event has the same reference are one event; without a reference,
	// those that say the same.
	Event  *casefile.EventFields `json:"event,omitempty"`
	Person casefile.Particulars  `json:"person"`
	Role   casefile.RoleFields   `json:"role"`
}

// The bounds of what names a row and a case.
const (
	maxKey    = 256
	maxNumber = 120
)

// Check refuses a row that lacks what every person of a case must have: a key,
// a case, a role and a source.
func (r Row) Check() error {
	switch {
	case r.Key == "" || len(r.Key) > maxKey || !utf8.ValidString(r.Key):
		return refusal.New("intake.key", "Max", maxKey)
	case r.Case == "" || len(r.Case) > maxNumber || !utf8.ValidString(r.Case):
		return refusal.New("intake.case_number", "Max", maxNumber)
	case r.Role.Role == "":
		return refusal.New("intake.role_missing")
	case r.Role.Source == "":
		return refusal.New("intake.source_missing")
	case r.Role.SourceItem != "":
		return refusal.New("intake.source_item")
	}
	return nil
}

// Import takes people of one source into cases of the actor's office, at most
// MaxPeople, each key once. A row whose key is known corrects what was taken
// before; a row that says the same changes nothing. Rows that the rules of the
// case file refuse are told back, and the others are taken.
type Import struct {
	Source string `json:"source"`
	Rows   []Row  `json:"rows"`
	// DryRun answers what would change and changes nothing.
	DryRun bool `json:"dry_run,omitempty"`
}

// Verb implements act.Command.
func (*Import) Verb() string { return "intake.import" }

// Refused is a row that was refused: its place in the act and why.
type Refused struct {
	Row    int            `json:"row"` // from 0
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// Outcome is what an import did with its rows; it is the act's answer.
type Outcome struct {
	insight.Outcome
	Refused []Refused `json:"refused,omitempty"`
}

// Taken is the fact: these rows of a source stand behind these records.
type Taken struct {
	journal.Envelope
	Office string       `json:"office"`
	Source string       `json:"source"`
	Cases  []takenCase  `json:"cases,omitempty"`
	Events []takenEvent `json:"events,omitempty"`
	Rows   []takenRow   `json:"rows"`
}

// Kind implements journal.Fact.
func (Taken) Kind() string { return "intake.taken.1" }

type takenCase struct {
	Key  string `json:"key"`
	Case string `json:"case"`
}

type takenEvent struct {
	Key    string `json:"key"`
	Item   string `json:"item"`
	Digest string `json:"digest"`
}

// takenRow is what is kept of a row. Its digests are made under the person's
// own key.
type takenRow struct {
	Key       string `json:"key"`
	Case      string `json:"case"`
	Person    string `json:"person"`
	Role      string `json:"role"`
	Sealed    string `json:"key_id"` // id of the person's key
	PersonSum string `json:"person_digest"`
	RoleSum   string `json:"role_digest"`
}

// Decide implements act.Command.
func (c *Import) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if d.Purpose != wire.PurposeProsecution {
		return nil, refusal.New("intake.purpose")
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := d.Allow(tx, access.Resource{Type: "case", Offices: []string{d.By.Office}}); err != nil {
		return nil, err
	}
	t := newTaking(tx, d, c)
	var out Outcome
	for i, r := range c.Rows {
		did, err := t.row(r)
		if no, refused := refusal.As(err); refused {
			out.Refused = append(out.Refused, Refused{Row: i, Code: no.Code, Params: sayable(no.Params)})
			continue
		}
		if err != nil {
			return nil, err
		}
		switch did {
		case imported:
			out.Imported++
		case updated:
			out.Updated++
		case unchanged:
			out.Unchanged++
		}
	}
	d.Tell(out)
	if c.DryRun || len(t.fact.Rows) == 0 {
		return nil, nil
	}
	return append(t.cases.Facts(), &t.fact), nil
}

func (c *Import) check() error {
	if err := insight.CheckSource(c.Source); err != nil {
		return err
	}
	if len(c.Rows) == 0 || len(c.Rows) > MaxPeople {
		return refusal.New("intake.batch", "Max", MaxPeople)
	}
	seen := make(map[string]bool, len(c.Rows))
	for _, r := range c.Rows {
		if seen[r.Key] {
			return refusal.New("intake.key_again")
		}
		seen[r.Key] = true
	}
	return nil
}

// sayable keeps of a refusal's parameters what cannot have come out of the
// row: the answer is kept to be given again, and a cell under the wrong column
// could hold anything.
func sayable(params map[string]any) map[string]any {
	out := make(map[string]any, len(params))
	for name, v := range params {
		if _, text := v.(string); text && name != "Field" && name != "Scheme" {
			v = "…"
		}
		out[name] = v
	}
	return out
}

// sum is a digest of v under a content key: whoever has not the key, or has it
// no more, learns nothing from it.
func sum(key [32]byte, v any) string {
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte("oasiss intake v1\n" + store.JSON(v))) //nolint:errcheck // a hash never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyTaken)
	journal.Register(k, applyCaptured)
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) { v.Add(&Import{}, &Capture{}) }
