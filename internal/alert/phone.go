package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Legal bases on which a telephone is located when a life is in danger, by the
// country that locates it (LAW: CNPP 303; 18 USC 2702(c)(4)).
const (
	BasisCNPP303 = "cnpp_303"       // the prosecutor orders it, a judge ratifies it; otherwise not usable
	BasisUSC2702 = "usc_2702_c_4"   // the provider discloses in an emergency
	BasisCourt   = "judicial_order" // a judge ordered it beforehand
)

// Bases lists the legal bases of a country, ISO 3166-1 alpha-2.
func Bases(country string) []string {
	switch strings.ToUpper(country) {
	case "MX":
		return []string{BasisCNPP303, BasisCourt}
	case "US":
		return []string{BasisUSC2702, BasisCourt}
	}
	return []string{BasisCourt}
}

// Located is the fact that a telephone was located for an alert, with its legal
// basis. It stays at home: whose telephone, and who ordered it, is sealed.
type Located struct {
	journal.Envelope
	ID    string `json:"id"`
	Alert string `json:"alert"`
	Basis string `json:"basis"`
}

// Kind implements journal.Fact.
func (Located) Kind() string { return "alert.phone_located.1" }

// Locating is what stands behind a location, sealed.
type Locating struct {
	Telephone string `json:"telephone"`
	OrderedBy string `json:"ordered_by"`
	Result    string `json:"result,omitempty"`
}

// LocatePhone records that a telephone was located, and on which legal basis.
type LocatePhone struct {
	Alert     string `json:"alert"`
	Telephone string `json:"telephone"`
	Basis     string `json:"basis"`
	OrderedBy string `json:"ordered_by"`
	Result    string `json:"result,omitempty"`
}

// Verb implements act.Command.
func (*LocatePhone) Verb() string { return "alert.locate_phone" }

// Decide implements act.Command.
func (c *LocatePhone) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	a, err := mine(tx, d, c.Alert)
	if err != nil {
		return nil, err
	}
	switch {
	case strings.TrimSpace(c.Telephone) == "":
		return nil, refusal.New("alert.telephone_missing")
	case !slices.Contains(Bases(d.By.Country), c.Basis):
		return nil, refusal.New("alert.basis_missing")
	case strings.TrimSpace(c.OrderedBy) == "":
		return nil, refusal.New("alert.ordered_by_missing")
	}
	part, err := d.Seal(tx, d.NewKey(subject(a.ID)), partLocating, Locating{c.Telephone, c.OrderedBy, c.Result})
	if err != nil {
		return nil, err
	}
	return []journal.Fact{&Located{Envelope: journal.Envelope{Case: a.ID, Handling: "H3", Sealed: []wire.Part{part}}, ID: d.ID(), Alert: a.ID, Basis: c.Basis}}, nil
}

// Starts tells the id of the location.
func (f Located) Starts() string { return f.ID }

// Phone is one location of a telephone as it stands.
type Phone struct {
	ID       string    `json:"id"`
	Alert    string    `json:"alert"`
	Basis    string    `json:"basis"`
	By       Mark      `json:"by"`
	Ruled    time.Time `json:"ruled,omitzero"` // when a judge decided on it
	Ratified bool      `json:"ratified,omitempty"`
}

// Usable reports whether what was found may be used beyond the rescue: what a
// prosecutor ordered only once a judge has ratified it (CNPP 303).
func (p Phone) Usable() bool { return p.Basis != BasisCNPP303 || p.Ratified }

func (p Phone) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO alert_phone (id, alert, doc) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`, p.ID, p.Alert, store.JSON(p))
}

func applyLocated(tx *store.Tx, e journal.Entry, f Located) error {
	return Phone{ID: f.ID, Alert: f.Alert, Basis: f.Basis, By: mark(e)}.save(tx)
}

// Ruled is the fact that a judge decided on the location of a telephone that a
// prosecutor had ordered.
type Ruled struct {
	journal.Envelope
	Phone    string `json:"phone"`
	Ratified bool   `json:"ratified"`
}

// Kind implements journal.Fact.
func (Ruled) Kind() string { return "alert.phone_ruled.1" }

// RecordRuling records a judge's ruling on the location of a telephone.
type RecordRuling struct {
	Phone    string `json:"phone"`
	Ratified bool   `json:"ratified"`
}

// Verb implements act.Command.
func (*RecordRuling) Verb() string { return "alert.rule_phone" }

// Decide implements act.Command.
func (c *RecordRuling) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := store.Doc[Phone](tx, `SELECT doc FROM alert_phone WHERE id = $1`, c.Phone)
	if err := access.OrAbsent(err, "location of a telephone"); err != nil {
		return nil, err
	}
	if _, err := mine(tx, d, p.Alert); err != nil {
		return nil, err
	}
	switch {
	case p.Basis != BasisCNPP303:
		return nil, refusal.New("alert.no_ruling_needed")
	case !p.Ruled.IsZero():
		return nil, refusal.Conflict("alert.ruled_already")
	}
	return []journal.Fact{&Ruled{Envelope: journal.Envelope{Case: p.Alert}, Phone: p.ID, Ratified: c.Ratified}}, nil
}

func applyRuled(tx *store.Tx, e journal.Entry, f Ruled) error {
	p, err := store.Doc[Phone](tx, `SELECT doc FROM alert_phone WHERE id = $1`, f.Phone)
	if err != nil {
		return fmt.Errorf("location of a telephone: %w", err)
	}
	p.Ruled, p.Ratified = e.Created, f.Ratified
	return p.save(tx)
}
