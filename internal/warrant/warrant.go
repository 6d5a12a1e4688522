// Package warrant is a judge's order in the hands of the police: whom it names,
// which court gave it, on which legal basis and until when.
//
// An order always stands on a prosecutor's signed act in a case or a received
// referral, and names one adult suspect of it. It ends: executed, withdrawn, or
// by its day. Nobody is looked for because of anything else, so that this never
// becomes a watch-list (DESIGN §7): the police see what they need to execute an
// order of their office while it stands, and nothing of the case behind it.
package warrant

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// typeWarrant is what access knows orders by.
const typeWarrant = "warrant"

// What an order asks of the police.
const (
	Arrest = "arrest" // bring the person before the judge
	Appear = "appear" // bring the person to a hearing, by public force
	Locate = "locate" // say where the person is; nobody is held
)

// Grounds are what an order may rest on, by country and by what it asks. They
// are articles whose texts were read (LAW.md §2).
var grounds = map[string]map[string][]string{
	"MX": {Arrest: {"cnpp_141_145"}, Appear: {"cnpp_141_ii"}, Locate: {"cnpp_141_145"}},
	"US": {Arrest: {"frcrp_4", "frcrp_9"}, Locate: {"frcrp_4", "frcrp_9"}},
}

// Asks lists what an order can ask in a country, ISO 3166-1 alpha-2.
func Asks(country string) []string {
	var out []string
	for _, ask := range []string{Arrest, Appear, Locate} {
		if len(grounds[strings.ToUpper(country)][ask]) > 0 {
			out = append(out, ask)
		}
	}
	return out
}

// Grounds lists the legal bases of a country.
func Grounds(country string) []string {
	var out []string
	for _, ask := range Asks(country) {
		for _, g := range grounds[strings.ToUpper(country)][ask] {
			if !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	return out
}

// executors are the roles that execute an order, by country; issuers the
// prosecutors, who give it and take it back.
var (
	executors = map[string][]string{"MX": {access.RolePolice}, "US": {access.RolePolice, access.RoleFieldAgent}}
	issuers   = []string{access.RoleMP, access.RoleUSAttorney}
)

// The standings of an order. That its day has passed, or that it waits, follows
// from other things and is no state that is stored.
const (
	Open      = "open"
	Paused    = "paused"  // what it rests on moved: nobody acts on it before the prosecutor has spoken
	Expired   = "expired" // its day has passed
	Executed  = "executed"
	Withdrawn = "withdrawn"
)

// Why an order was withdrawn. The last three follow from what happened to the
// case, and nobody chooses them.
const (
	WhyServed    = "served_elsewhere"
	WhyMistake   = "mistake"
	WhyProtect   = "person_protected"
	WhyCancelled = "court_cancelled"
	WhyForgotten = "forgotten"
)

// Reasons are those that a prosecutor chooses from.
var Reasons = []string{WhyCancelled, WhyServed, WhyProtect, WhyMistake}

// Order is one order as it stands. Who the person is stands sealed in its fact.
type Order struct {
	ID       string    `json:"id"`
	Ask      string    `json:"ask"`
	Ground   string    `json:"ground"`
	Person   string    `json:"person"`           // pseudonym
	Record   string    `json:"record,omitempty"` // of the person, in a case of this node
	Case     string    `json:"case"`
	Referral string    `json:"referral,omitempty"`
	Named    string    `json:"named,omitempty"`  // fact by which the referral's warrant was recorded
	Anyway   bool      `json:"anyway,omitempty"` // given though the sender had withdrawn the referral
	Court    string    `json:"court"`
	Issued   string    `json:"issued"` // day on which the court gave it
	Until    time.Time `json:"until"`
	Issuer   string    `json:"issuer"` // office
	IssuedBy string    `json:"issued_by"`
	Office   string    `json:"office"` // that executes it
	At       time.Time `json:"at"`
	Fact     string    `json:"fact"` // holds who the person is, sealed
	State    string    `json:"state"`
	Ended    time.Time `json:"ended,omitzero"`
	EndedBy  string    `json:"ended_by,omitempty"`
	Why      string    `json:"why,omitempty"`
	When     time.Time `json:"when,omitzero"` // of the execution
}

// Whom is what the police need to know of the person, and nothing else. It is
// sealed under the person's key, so that whoever is forgotten is forgotten here.
type Whom struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Birth   string   `json:"birth,omitempty"`
	Number  string   `json:"number"` // the court's
	Note    string   `json:"note,omitempty"`
}

// Sealed parts of the facts of this package.
const (
	partWhom  = "whom"
	partPlace = "presented" // before whom the person was brought
)

// resource is an order as access sees it: of the office that gave it and of the
// one that executes it.
func (o Order) resource(roles ...string) access.Resource {
	r := access.Resource{Type: typeWarrant, ID: o.ID, Offices: []string{o.Issuer, o.Office}, Attrs: map[string]any{}}
	if len(roles) > 0 {
		r.Attrs[access.AttrRoles] = roles
	}
	return r
}

// keySubject is what keys of an order are stored under that are not a person's.
func keySubject(id string) string { return "warrant/" + id }

// load reads an order; to an office that it is not of, it is absent.
func load(tx *store.Tx, id string) (Order, error) {
	o, err := access.Reached[Order](tx, `SELECT doc FROM warrant_order WHERE id = $1`, []any{id}, access.Tie{Type: typeWarrant, Column: "warrant_order.id"})
	return o, access.OrAbsent(err, "order to the police")
}

func (o Order) save(tx *store.Tx) error {
	return tx.Exec(`INSERT INTO warrant_order (id, case_id, referral, ended, until, doc) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, doc = excluded.doc`,
		o.ID, o.Case, o.Referral, store.Micros(o.Ended), store.Micros(o.Until), store.JSON(o))
}

// standing of the orders that rest on a case or a referral, still open.
func openOf(tx *store.Tx, column, id string) ([]Order, error) {
	out, err := store.Docs[Order](tx, `SELECT doc FROM warrant_order WHERE `+column+` = $1 AND ended = 0 ORDER BY id`, id)
	if err != nil {
		return nil, fmt.Errorf("orders to the police: %w", err)
	}
	return out, nil
}

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyIssued)
	journal.Register(k, applyExecuted)
	journal.Register(k, applyWithdrawn)
	k.Set(journal.SignedByPerson(), &OrderIssued{}, &OrderExecuted{}, &OrderWithdrawn{})
	follow(k)
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) { v.Add(&Issue{}, &Execute{}, &Withdraw{}) }
