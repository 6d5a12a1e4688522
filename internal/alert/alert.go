// Package alert is a life at risk: said by either side, heard at once by every
// office of the corridor on both, with tasks that anybody there can take, and
// an outcome. An alert is a matter of its own, with a number in the world and
// no case: it waits for no screening, no gate and no referral, and an accord
// that stands still does not hold it back (DESIGN §8).
//
// What kind of danger, in which region and for how many is said in clear, so
// that a screen shows it the moment the message is there. Where exactly, and
// what is known of the people, is sealed and opens to the corridor's offices.
package alert

import (
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Tasks of an alert, closed. Any office of the corridor takes one.
const (
	TaskSearch    = "search"    // rescue teams of this side look for them
	TaskMedical   = "medical"   // ambulance, hospital
	TaskPhone     = "phone"     // a telephone is located, on a legal basis
	TaskIntervene = "intervene" // police free or guard them
	TaskConsulate = "consulate" // consular protection is told
)

// Tasks in the order in which they are shown.
var Tasks = []string{TaskSearch, TaskMedical, TaskIntervene, TaskPhone, TaskConsulate}

// tasksOf are the dangers, closed, each with the tasks that it opens.
var tasksOf = map[string][]string{
	"lost":      {TaskSearch, TaskPhone, TaskMedical, TaskConsulate},
	"heat_cold": {TaskSearch, TaskMedical, TaskPhone, TaskConsulate},
	"water":     {TaskSearch, TaskMedical, TaskConsulate},
	"locked_in": {TaskSearch, TaskMedical, TaskPhone, TaskIntervene, TaskConsulate},
	"held":      {TaskIntervene, TaskPhone, TaskMedical, TaskConsulate},
	"violence":  {TaskIntervene, TaskMedical, TaskConsulate},
	"illness":   {TaskMedical, TaskSearch, TaskConsulate},
	"abandoned": {TaskSearch, TaskMedical, TaskPhone, TaskConsulate},
}

// Dangers in the order in which they are offered.
var Dangers = []string{"lost", "heat_cold", "water", "locked_in", "held", "violence", "illness", "abandoned"}

// typeAlert is what access and membership know alerts by.
const typeAlert = "alert"

// Facts registers the facts of this package. link seals the keys of what was
// written to the peer.
func Facts(link packet.Link) func(k *journal.Kinds) {
	return func(k *journal.Kinds) {
		journal.Register(k, applyRaised)
		journal.Register(k, applyAcknowledged)
		journal.Register(k, applyTaken)
		journal.Register(k, applyReported)
		journal.Register(k, applyEnded)
		journal.Register(k, applyReviewed)
		journal.Register(k, applyLocated)
		journal.Register(k, applyRuled)
		journal.Register(k, applyEscalated)
		journal.Register(k, applyLinked)
		journal.Register(k, applyTold)
		journal.Also(k, forgetCase)
		journal.Admit(k, admitTold)
		journal.Register(k, func(*store.Tx, journal.Entry, KeysFollowed) error { return nil })
		journal.Admit(k, admitRaised)
		journal.Admit(k, func(tx *store.Tx, m wire.Message, f Acknowledged) (wire.Code, error) { return admitOf(tx, m, f.Alert) })
		journal.Admit(k, admitTaken)
		journal.Admit(k, func(tx *store.Tx, m wire.Message, f Reported) (wire.Code, error) {
			if f.Number < 0 || f.Number > mostPeople {
				return wire.CodeContent, nil
			}
			return admitOf(tx, m, f.Alert)
		})
		journal.Admit(k, admitEnded)
		journal.Admit(k, func(tx *store.Tx, m wire.Message, f Reviewed) (wire.Code, error) { return admitOf(tx, m, f.Alert) })
		journal.Admit(k, admitKeys(link))
		journal.React(k, keysFollow[Raised](link))
		journal.React(k, keysFollow[Reported](link))
		journal.React(k, keysFollow[Ended](link))
		journal.React(k, keysFollow[Reviewed](link))
		journal.React(k, keepKeys(link))
		registerFound(k)
		k.Set(journal.InLane(wire.LaneAlert), &Raised{}, &Acknowledged{}, &Taken{}, &Reported{}, &Ended{}, &Reviewed{}, &KeysFollowed{}, &ConsulatesTold{})
	}
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) {
	v.Add(&Raise{}, &Acknowledge{}, &Take{}, &Report{}, &End{}, &Review{}, &LocatePhone{}, &RecordRuling{}, &Link{}, &TellConsulates{})
}

// Corridor is one that an alert is raised in.
type Corridor struct {
	Accord   string `json:"accord"`
	Corridor string `json:"corridor"`
}

// Mark is who did something about an alert, and when.
type Mark struct {
	Node   string    `json:"node"`
	Office string    `json:"office"`
	Name   string    `json:"name"` // of the official
	At     time.Time `json:"at"`
	Fact   string    `json:"fact"`
}

// Task of an alert with who took it. Two sides can take one at the same moment:
// both then stand here, and both go.
type Task struct {
	ID    string `json:"id"`
	Taken []Mark `json:"taken"`
}

// Outcome is how it ended, as one side found it.
type Outcome struct {
	Mark
	Rescued  int `json:"rescued"`
	NotFound int `json:"not_found"`
	Dead     int `json:"dead"`
}

// Alert is a life at risk as it stands, the same on both nodes.
type Alert struct {
	ID        string     `json:"id"`
	Danger    string     `json:"danger"`
	Region    string     `json:"region"` // of the programme, "usbp:RGV"
	Number    int        `json:"number"` // of people; 0 while it is not known
	Raised    Mark       `json:"raised"`
	To        string     `json:"to,omitempty"` // node that it was raised to; empty where no accord joins one
	Corridors []Corridor `json:"corridors,omitempty"`
	// Case is the case of this node that the alert belongs to; Consulates are the
	// countries whose consular protection hears of it.
	Case       string    `json:"case,omitempty"`
	Consulates []string  `json:"consulates,omitempty"`
	Tasks      []Task    `json:"tasks"`
	Read       []Mark    `json:"read"` // who acknowledged first, a side
	Reports    []Mark    `json:"reports"`
	Outcomes   []Outcome `json:"outcomes"` // the last of each side
	Reviews    []Mark    `json:"reviews"`
	Escalated  time.Time `json:"escalated,omitzero"` // here: nobody of this side had acknowledged in time
	Erased     time.Time `json:"erased,omitzero"`    // here: what was written of it opens no more
}

// Over reports whether a side has recorded an outcome.
func (a Alert) Over() bool { return len(a.Outcomes) > 0 }

// readBy is the first acknowledgement of a side: whoever takes a task or
// reports has read it too.
func (a Alert) readBy(node string) (Mark, bool) {
	i := slices.IndexFunc(a.Read, func(m Mark) bool { return m.Node == node })
	if i < 0 {
		return Mark{}, false
	}
	return a.Read[i], true
}

// task finds a task of the alert.
func (a *Alert) task(id string) *Task {
	i := slices.IndexFunc(a.Tasks, func(t Task) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return &a.Tasks[i]
}

// hears notes that a side has read the alert.
func (a *Alert) hears(m Mark) {
	if _, already := a.readBy(m.Node); !already {
		a.Read = append(a.Read, m)
	}
}

func mark(e journal.Entry) Mark {
	m := Mark{Node: e.From.Node, Office: e.From.Office, At: e.Created, Fact: e.ID}
	if e.By != nil {
		m.Name = e.By.Name
	}
	return m
}

// Load reads an alert; what does not exist is refused as absent.
func Load(tx *store.Tx, id string) (Alert, error) {
	a, err := store.Doc[Alert](tx, `SELECT doc FROM alert WHERE id = $1`, id)
	return a, access.OrAbsent(err, "alert")
}

func (a Alert) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO alert (id, raised, ended, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, doc = excluded.doc`,
		a.ID, store.Micros(a.Raised.At), store.Micros(a.endedAt()), store.JSON(a))
}

func (a Alert) endedAt() (at time.Time) {
	for _, o := range a.Outcomes {
		if at.IsZero() || o.At.Before(at) {
			at = o.At
		}
	}
	return at
}

// change applies f to an alert. Only an apply calls it.
func change(tx *store.Tx, id string, f func(*Alert)) error {
	a, err := store.Doc[Alert](tx, `SELECT doc FROM alert WHERE id = $1`, id)
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	f(&a)
	return a.save(tx)
}

// Resource is the alert as access decides on it.
func (a Alert) Resource(tx *store.Tx) (access.Resource, error) {
	offices, err := access.Offices(tx, typeAlert, a.ID)
	return access.Resource{Type: typeAlert, ID: a.ID, Offices: offices}, err
}

// mine loads an alert for an act on it.
func mine(tx *store.Tx, d *act.Draw, id string) (Alert, error) {
	a, err := Load(tx, id)
	if err != nil {
		return a, err
	}
	r, err := a.Resource(tx)
	if err != nil {
		return a, err
	}
	return a, d.Allow(tx, r)
}

// Other is the node across from one of the alert's two; empty if there is none.
func (a Alert) Other(node string) string {
	if node == a.Raised.Node {
		return a.To
	}
	return a.Raised.Node
}

// envelope is what facts of the alert say around themselves. Its id stands
// where a case's does.
func (a Alert) envelope(node string) journal.Envelope {
	return journal.Envelope{Case: a.ID, To: wire.Address{Node: a.Other(node)}}
}
