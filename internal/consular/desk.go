package consular

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// What a consulate does with a notice. That it has it, and that the family was
// found or told, crosses; everything else stays here.

// Acknowledged is the consulate's receipt, by a person. Released.
type Acknowledged struct {
	journal.Envelope
	Notice string `json:"notice"`
}

// Kind implements journal.Fact.
func (Acknowledged) Kind() string { return "consular.acknowledged.1" }

// FamilyTold is what travels back of the search for the family. Released.
type FamilyTold struct {
	journal.Envelope
	Notice string `json:"notice"`
	Found  bool   `json:"found"`
	Told   bool   `json:"told"`
}

// Kind implements journal.Fact.
func (FamilyTold) Kind() string { return "consular.family_told.1" }

// Interviewed is the fact that the consulate saw its national. Where, by whom and
// what was said is sealed and stays at the consulate.
type Interviewed struct {
	journal.Envelope
	Notice string    `json:"notice"`
	On     time.Time `json:"on"`
}

// Kind implements journal.Fact.
func (Interviewed) Kind() string { return "consular.interviewed.1" }

// Noted is what the consulate writes for itself of the family, sealed.
type Noted struct {
	journal.Envelope
	Notice string `json:"notice"`
}

// Kind implements journal.Fact.
func (Noted) Kind() string { return "consular.noted.1" }

// Needed is a task of the consulate for its national.
type Needed struct {
	journal.Envelope
	ID     string `json:"id"`
	Notice string `json:"notice"`
	Need   string `json:"need"` // one of Needs
}

// Kind implements journal.Fact.
func (Needed) Kind() string { return "consular.needed.1" }

// Starts tells the id of the task.
func (f Needed) Starts() string { return f.ID }

// NeedMet is the end of such a task.
type NeedMet struct {
	journal.Envelope
	Notice string `json:"notice"`
	Task   string `json:"task"`
}

// Kind implements journal.Fact.
func (NeedMet) Kind() string { return "consular.need_met.1" }

// Needs of a national that a consulate takes on, closed. Each has a name under
// "consular.need".
var Needs = []string{"documents", "lawyer", "reunification", "funeral"}

// Written is what the consulate writes, sealed.
type Written struct {
	Lang  string `json:"lang"`
	Where string `json:"where,omitempty"`
	Who   string `json:"who,omitempty"`
	Text  string `json:"text,omitempty"`
}

// Acknowledge says to who holds the person that the consulate has the notice.
type Acknowledge struct {
	Notice string `json:"notice"`
}

// Verb implements act.Command.
func (*Acknowledge) Verb() string { return "consular.acknowledge" }

// Decide implements act.Command.
func (c *Acknowledge) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	n, err := ours(tx, d, c.Notice, typeNotice)
	if err != nil {
		return nil, err
	}
	if n.Acknowledged != nil {
		return nil, refusal.Conflict("consular.acknowledged_already")
	}
	return []journal.Fact{&Acknowledged{Envelope: n.envelope(n.From), Notice: n.ID}}, nil
}

// ours loads a notice that came here and that the person has not taken back.
func ours(tx *store.Tx, d *act.Draw, id, typ string) (Notice, error) {
	n, err := mine(tx, d, id, typ)
	switch {
	case err != nil:
		return n, err
	case n.To.Node != d.Node || n.To.Office != d.By.Office:
		return n, refusal.NotFound()
	case n.Withdrawn != nil:
		return n, refusal.Conflict("consular.taken_back")
	}
	return n, nil
}

// Interview records that the consulate saw its national.
type Interview struct {
	Notice string    `json:"notice"`
	On     time.Time `json:"on"`
	Where  string    `json:"where"`
	Who    string    `json:"who"`            // of the consulate
	Note   string    `json:"note,omitempty"` // the consulate's own
}

// Verb implements act.Command.
func (*Interview) Verb() string { return "consular.interview" }

// Decide implements act.Command.
func (c *Interview) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	n, err := ours(tx, d, c.Notice, typeFile)
	if err != nil {
		return nil, err
	}
	switch {
	case c.On.IsZero() || c.On.After(d.Now):
		return nil, refusal.New("consular.interview_on")
	case strings.TrimSpace(c.Where) == "" || strings.TrimSpace(c.Who) == "":
		return nil, refusal.New("consular.interview")
	}
	env, err := n.write(tx, d, Written{Where: c.Where, Who: c.Who, Text: c.Note})
	return []journal.Fact{&Interviewed{Envelope: env, Notice: n.ID, On: c.On.UTC().Truncate(time.Second)}}, err
}

// write seals what the consulate writes for itself into a fact that stays here.
func (n Notice) write(tx *store.Tx, d *act.Draw, w Written) (journal.Envelope, error) {
	env := journal.Envelope{Case: n.ID, Handling: "H3"}
	w.Lang, w.Where, w.Who, w.Text = d.By.Lang, strings.TrimSpace(w.Where), strings.TrimSpace(w.Who), strings.TrimSpace(w.Text)
	if len(w.Where)+len(w.Who)+len(w.Text) > maxWords {
		return env, refusal.New("consular.too_long", "Max", maxWords)
	}
	part, err := d.Seal(tx, d.NewKey(own(n.ID)), partWords, w)
	env.Sealed = []wire.Part{part}
	return env, err
}

// Family says whether the family was found and told. That crosses; the note does not.
type Family struct {
	Notice string `json:"notice"`
	Found  bool   `json:"found,omitempty"`
	Told   bool   `json:"told,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Verb implements act.Command.
func (*Family) Verb() string { return "consular.family" }

// Decide implements act.Command.
func (c *Family) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	n, err := ours(tx, d, c.Notice, typeFile)
	if err != nil {
		return nil, err
	}
	if c.Told && !c.Found {
		return nil, refusal.New("consular.told_not_found")
	}
	facts := []journal.Fact{&FamilyTold{Envelope: n.envelope(n.From), Notice: n.ID, Found: c.Found, Told: c.Told}}
	if strings.TrimSpace(c.Note) == "" {
		return facts, nil
	}
	env, err := n.write(tx, d, Written{Text: c.Note})
	return append(facts, &Noted{Envelope: env, Notice: n.ID}), err
}

// Need takes on something that the national needs.
type Need struct {
	Notice string `json:"notice"`
	Need   string `json:"need"`
	Note   string `json:"note,omitempty"`
}

// Verb implements act.Command.
func (*Need) Verb() string { return "consular.need" }

// Decide implements act.Command.
func (c *Need) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	n, err := ours(tx, d, c.Notice, typeFile)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(Needs, c.Need) {
		return nil, refusal.New("consular.need")
	}
	env, err := n.write(tx, d, Written{Text: c.Note})
	return []journal.Fact{&Needed{Envelope: env, ID: d.ID(), Notice: n.ID, Need: c.Need}}, err
}

// MeetNeed ends a task of the consulate.
type MeetNeed struct {
	Notice string `json:"notice"`
	Task   string `json:"task"`
}

// Verb implements act.Command.
func (*MeetNeed) Verb() string { return "consular.meet_need" }

// Decide implements act.Command.
func (c *MeetNeed) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	n, err := ours(tx, d, c.Notice, typeFile)
	if err != nil {
		return nil, err
	}
	f, err := fileOf(tx, n.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(f.Needs, func(t Task) bool { return t.ID == c.Task })
	switch {
	case i < 0:
		return nil, refusal.NotFound()
	case f.Needs[i].Met != nil:
		return nil, refusal.Conflict("consular.need_met_already")
	}
	return []journal.Fact{&NeedMet{Envelope: journal.Envelope{Case: n.ID, Handling: "H3"}, Notice: n.ID, Task: c.Task}}, nil
}

// Visit is an interview that was held.
type Visit struct {
	Mark
	On time.Time `json:"on"`
}

// Task is something that a national needs.
type Task struct {
	ID   string `json:"id"`
	Need string `json:"need"`
	Mark
	Met *Mark `json:"met,omitempty"`
}

// file is what a consulate keeps of a notice for itself.
type file struct {
	Notice string    `json:"notice"`
	Visits []Visit   `json:"visits"`
	Needs  []Task    `json:"needs"`
	Notes  []Mark    `json:"notes"` // of the family
	Shown  []Showing `json:"shown"`
}

// fileOf is what the consulate keeps of a notice; empty until it did something.
func fileOf(tx *store.Tx, notice string) (file, error) {
	f, err := store.Doc[file](tx, `SELECT doc FROM consular_file WHERE notice = $1`, notice)
	if errors.Is(err, sql.ErrNoRows) {
		return file{Notice: notice, Visits: []Visit{}, Needs: []Task{}, Notes: []Mark{}, Shown: []Showing{}}, nil
	}
	if err != nil {
		return f, fmt.Errorf("consulate's file: %w", err)
	}
	return f, nil
}

// keep applies f to what the consulate keeps. Only an apply calls it.
func keep(tx *store.Tx, notice string, f func(*file)) error {
	x, err := fileOf(tx, notice)
	if err != nil {
		return err
	}
	f(&x)
	return tx.Exec(`INSERT INTO consular_file (notice, doc) VALUES ($1, $2) ON CONFLICT (notice) DO UPDATE SET doc = excluded.doc`, notice, store.JSON(x))
}

func applyAcknowledged(tx *store.Tx, e journal.Entry, f Acknowledged) error {
	return change(tx, f.Notice, func(n *Notice) { n.Acknowledged = mark(e) })
}

func applyFamily(tx *store.Tx, e journal.Entry, f FamilyTold) error {
	return change(tx, f.Notice, func(n *Notice) { n.Family = &Found{Mark: *mark(e), Found: f.Found, Told: f.Told} })
}

func applyInterviewed(tx *store.Tx, e journal.Entry, f Interviewed) error {
	return keep(tx, f.Notice, func(x *file) { x.Visits = append(x.Visits, Visit{Mark: *mark(e), On: f.On}) })
}

func applyNoted(tx *store.Tx, e journal.Entry, f Noted) error {
	return keep(tx, f.Notice, func(x *file) { x.Notes = append(x.Notes, *mark(e)) })
}

func applyNeeded(tx *store.Tx, e journal.Entry, f Needed) error {
	return keep(tx, f.Notice, func(x *file) { x.Needs = append(x.Needs, Task{ID: f.ID, Need: f.Need, Mark: *mark(e)}) })
}

func applyNeedMet(tx *store.Tx, e journal.Entry, f NeedMet) error {
	return keep(tx, f.Notice, func(x *file) {
		for i := range x.Needs {
			if x.Needs[i].ID == f.Task {
				x.Needs[i].Met = mark(e)
			}
		}
	})
}

func admitAcknowledged(tx *store.Tx, m wire.Message, f Acknowledged) (wire.Code, error) {
	n, code, err := admitFrom(tx, m, f.Notice)
	if code == "" && err == nil && n.Acknowledged != nil {
		code = wire.CodeContent
	}
	return code, err
}

func admitFamily(tx *store.Tx, m wire.Message, f FamilyTold) (wire.Code, error) {
	_, code, err := admitFrom(tx, m, f.Notice)
	if code == "" && f.Told && !f.Found {
		code = wire.CodeContent
	}
	return code, err
}

// admitFrom takes what the consulate of a notice says of it.
func admitFrom(tx *store.Tx, m wire.Message, notice string) (Notice, wire.Code, error) {
	n, known, err := stored(tx, notice)
	switch {
	case err != nil:
		return n, "", err
	case m.Act.Purpose != wire.PurposeProtection:
		return n, wire.CodePurpose, nil
	case !known || n.Sent == nil:
		return n, wire.CodeUnknownObject, nil
	case n.To != m.Act.From || m.Act.Case != n.ID:
		return n, wire.CodeNotOwner, nil
	}
	return n, "", nil
}
