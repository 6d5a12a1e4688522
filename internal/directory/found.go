package directory

import (
	"context"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"golang.org/x/text/unicode/norm"
)

// Founding is what one of the two founders gives with a founding link.
type Founding struct {
	Code     string        `json:"code"` // from the link
	Login    string        `json:"login"`
	Name     string        `json:"name"`
	Badge    string        `json:"badge"`
	Lang     string        `json:"lang"`
	Password string        `json:"password"`
	Office   access.Office `json:"office"` // the founder's office; Country is the node's
	Addr     string        `json:"-"`      // network address
}

// Founded is a founder's account and office, made with a founding link.
type Founded struct {
	journal.Envelope
	User   access.User   `json:"user"`
	Office access.Office `json:"office"`
}

// Kind implements journal.Fact.
func (*Founded) Kind() string { return "directory.founded.1" }

// applyFounded opens the office and the account, as coordinator from the start.
func applyFounded(tx *store.Tx, e journal.Entry, f Founded) error {
	u, o := f.User, f.Office
	u.From, u.Founding, u.Founder = e.Created, true, true
	o.Opened, o.Founding = e.Created, true
	if err := access.SaveOffice(tx, o); err != nil {
		return err
	}
	if err := access.SaveUser(tx, u); err != nil {
		return err
	}
	return access.SaveGrant(tx, access.Grant{User: u.ID, Role: access.RoleCoordinator, Since: e.Created, Founding: true})
}

// Found redeems a founding link: it opens the founder's office and account and
// sets the founder's own password. The two founders are different people of
// different offices, and until the first accord is in force they make the
// other offices, accounts and one peer together, without delay. It returns the
// account id. Refusals: access.link_unknown, access.founding_over,
// directory.same_office, directory.same_person, and those of an office, an
// account and a password.
func Found(ctx context.Context, g *access.Guard, f Founding) (user string, err error) {
	o := f.Office
	o.Country = g.Country
	if o.Kind == "" {
		o.Kind = access.OfficeCase
	}
	if err := access.CheckPassword(f.Password, f.Login, f.Name, o.ID, o.Name.En, o.Name.Es); err != nil {
		return "", err
	}
	phc, err := access.HashSecret(ctx, f.Password)
	if err != nil {
		return "", err
	}
	seed := journal.NewSeed(g.Now())
	u := access.User{
		ID: journal.NewSeed(seed.Now).Draw(nil).ID(), Login: norm.NFKC.String(strings.TrimSpace(f.Login)),
		Name: norm.NFC.String(strings.TrimSpace(f.Name)), Office: o.ID, Badge: strings.TrimSpace(f.Badge), Lang: f.Lang,
	}
	err = g.DB.Write(ctx, func(tx *store.Tx) error {
		if err := checkFounder(tx, u, o); err != nil {
			return err
		}
		if err := access.UseFoundingLink(tx, f.Code, seed.Now); err != nil {
			return err
		}
		by := access.Actor{User: u.ID, Name: u.Name, Office: u.Office, Lang: u.Lang}
		if err := g.Record(tx, seed, &by, &Founded{User: u, Office: o}, &access.CredentialSet{User: u.ID, How: "founding", Addr: f.Addr}); err != nil {
			return err
		}
		return access.SaveSecret(tx, u.ID, phc, seed.Now)
	})
	if err != nil {
		return "", err
	}
	return u.ID, nil
}

// checkFounder holds a founder against the first one and against the rules of
// accounts and offices.
func checkFounder(tx *store.Tx, u access.User, o access.Office) error {
	others, err := access.ListUsers(tx)
	if err != nil {
		return err
	}
	for _, other := range others {
		switch {
		case other.Founder && other.Office == u.Office:
			return refusal.New("directory.same_office")
		case other.Founder && other.Badge != "" && other.Badge == u.Badge:
			return refusal.New("directory.same_person")
		}
	}
	if err := checkOffice(tx, o); err != nil {
		return err
	}
	if o.Kind != access.OfficeCase {
		return refusal.New("directory.role_not_here", "Role", access.RoleCoordinator, "Office", o.ID)
	}
	return checkAccount(tx, u)
}

// MadeInFounding lists the offices and accounts made before the first accord,
// for the peer to see at pairing.
func MadeInFounding(tx *store.Tx) (offices []access.Office, users []access.User, err error) {
	all, err := access.ListOffices(tx)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range all {
		if o.Founding {
			offices = append(offices, o)
		}
	}
	people, err := access.ListUsers(tx)
	if err != nil {
		return nil, nil, err
	}
	for _, u := range people {
		if u.Founding {
			users = append(users, u)
		}
	}
	return offices, users, nil
}
