package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// ContactHolds is how long a contact counts as checked. Telephones and mailboxes of
// offices change with every rotation; nobody should find out in an alarm.
const ContactHolds = 90 * 24 * time.Hour

// maxContact bounds a telephone or an address, in bytes.
const maxContact = 120

// Contact is how an office is reached, and who last found that it is. It is the
// office's, never a person's: a duty telephone and a mailbox.
type Contact struct {
	Node      string    `json:"node"`
	Office    string    `json:"office"`
	Telephone string    `json:"telephone,omitempty"`
	Mail      string    `json:"mail,omitempty"`
	By        string    `json:"by"` // account
	Name      string    `json:"name"`
	ByOffice  string    `json:"by_office"`
	At        time.Time `json:"at"`
}

// Until is when the contact has to be checked again.
func (c Contact) Until() time.Time { return c.At.Add(ContactHolds) }

// Stale reports whether nobody has checked the contact for too long.
func (c Contact) Stale(now time.Time) bool { return !now.Before(c.Until()) }

// ContactConfirmed is a contact on which somebody answered.
type ContactConfirmed struct {
	journal.Envelope
	Node      string `json:"node"`
	Office    string `json:"office"`
	Telephone string `json:"telephone,omitempty"`
	Mail      string `json:"mail,omitempty"`
}

// Kind implements journal.Fact.
func (*ContactConfirmed) Kind() string { return "directory.contact_confirmed.1" }

// ConfirmContact records how an office is reached, once somebody answered there.
type ConfirmContact struct {
	Office    string `json:"office" arg:""`
	Node      string `json:"node,omitempty"` // this one where left out
	Telephone string `json:"telephone,omitempty"`
	Mail      string `json:"mail,omitempty"`
	Reached   bool   `json:"reached"`
}

// Verb implements act.Command.
func (*ConfirmContact) Verb() string { return "office.confirm_contact" }

// Decide implements act.Command.
func (c *ConfirmContact) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	if err := d.Allow(tx, access.Resource{Type: "office", ID: c.Office}); err != nil {
		return nil, err
	}
	f := &ContactConfirmed{Node: c.Node, Office: c.Office, Telephone: strings.TrimSpace(c.Telephone), Mail: strings.TrimSpace(c.Mail)}
	if f.Node == "" {
		f.Node = d.By.Node
	}
	known, err := c.known(tx, d.By.Node, f.Node)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, refusal.NotFound()
	}
	return []journal.Fact{f}, f.reaches(c.Reached)
}

// reaches refuses a contact that is none, or on which nobody answered.
func (f *ContactConfirmed) reaches(answered bool) error {
	switch {
	case f.Telephone == "" && f.Mail == "":
		return refusal.New("directory.contact_missing", "field", "telephone")
	case f.Telephone != "" && !telephone(f.Telephone):
		return refusal.New("directory.contact_telephone", "field", "telephone")
	case f.Mail != "" && !mailbox(f.Mail):
		return refusal.New("directory.contact_mail", "field", "mail")
	case !answered:
		return refusal.New("directory.contact_not_reached", "field", "reached")
	}
	return nil
}

// telephone reports whether a text is a number that can be called from the other
// country: + and the country's code, with an extension where there is one.
func telephone(t string) bool {
	number, extension, _ := strings.Cut(t, "x")
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()", r) {
			return -1
		}
		return r
	}, number)
	return len(t) <= maxContact && strings.HasPrefix(digits, "+") && len(digits) >= 9 && len(digits) <= 16 && numeric(digits[1:]) && numeric(strings.TrimSpace(extension))
}

func numeric(t string) bool { return strings.Trim(t, "0123456789") == "" }

// mailbox reports whether a text is one address and nothing else.
func mailbox(t string) bool {
	a, err := mail.ParseAddress(t)
	return err == nil && len(t) <= maxContact && a.Address == t
}

// known reports whether there is such an office: opened on this node, or named by
// an accord.
func (c *ConfirmContact) known(tx *store.Tx, own, node string) (bool, error) {
	if node == own {
		if _, ok, err := access.LoadOffice(tx, c.Office); ok || err != nil {
			return ok, err
		}
	}
	return named(tx, wire.Address{Node: node, Office: c.Office})
}

// named is what a higher room says of the offices of other nodes.
var named = func(*store.Tx, wire.Address) (bool, error) { return false, nil }

// AnswerOffices registers what knows the offices of other nodes; it is called
// once, before anything is opened.
func AnswerOffices(f func(*store.Tx, wire.Address) (bool, error)) { named = f }

// ContactOf is the contact of an office; false where nobody has recorded one.
func ContactOf(tx *store.Tx, node, office string) (Contact, bool, error) {
	c, err := store.Doc[Contact](tx, `SELECT doc FROM office_contact WHERE node = $1 AND office = $2`, node, office)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("contact of an office: %w", err)
	}
	return c, true, nil
}

// applyContact keeps the last contact of an office that somebody confirmed.
func applyContact(tx *store.Tx, e journal.Entry, f ContactConfirmed) error {
	c := Contact{Node: f.Node, Office: f.Office, Telephone: f.Telephone, Mail: f.Mail, ByOffice: e.From.Office, At: e.Created}
	if e.By != nil {
		c.By, c.Name = e.By.ID, e.By.Name
	}
	return tx.Exec(`INSERT INTO office_contact (node, office, doc) VALUES ($1, $2, $3) ON CONFLICT (node, office) DO UPDATE SET doc = excluded.doc`, c.Node, c.Office, store.JSON(c))
}

// Contacts lists how the offices of this node that somebody may see are reached.
func Contacts(ctx context.Context, a *act.Acts, by access.Actor) ([]Contact, error) {
	return act.View(ctx, a, by, wire.PurposeAdministration, "contacts", func(tx *store.Tx, v *act.Viewing) ([]Contact, error) {
		all, err := store.Docs[Contact](tx, `SELECT doc FROM office_contact WHERE node = $1 ORDER BY office`, a.Node)
		if err != nil {
			return nil, fmt.Errorf("contacts: %w", err)
		}
		return seen(v, all, func(c Contact) access.Resource { return access.Resource{Type: "office", ID: c.Office} }), nil
	})
}
