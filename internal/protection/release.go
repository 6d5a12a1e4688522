package protection

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Receiver is the receiving service that a consent names, sealed.
type Receiver struct {
	Kind string `json:"kind"` // one of Services
	Name string `json:"name"`
}

// is reports whether somebody who writes a name means this service: capitals
// and spaces do not make another one.
func (r Receiver) is(name string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(r.Name), " "), strings.Join(strings.Fields(name), " "))
}

func known(service string) bool { _, ok := ServiceByID(service); return ok }

// HTCDSReleased is the fact that a victim adviser gave a file of one victim,
// under the names of HTCDS 2.0, to the service that the victim's consent names.
// The file and the reason are sealed. The digest tells nothing of the file: it
// has random bytes in its mark.
type HTCDSReleased struct {
	journal.Envelope
	ID         string   `json:"id"`
	Person     string   `json:"person"`
	Consent    string   `json:"consent"`
	Categories []string `json:"categories"` // that the file has
	LeftOut    int      `json:"left_out"`   // values on record that it does not have
	SHA256     string   `json:"sha256"`     // of the file
}

// Kind implements journal.Fact.
func (HTCDSReleased) Kind() string { return "protection.htcds_released.1" }

// Starts tells the id of the release.
func (f HTCDSReleased) Starts() string { return f.ID }

// ReleaseHTCDS gives one victim's file to the receiving service that the
// consent names: whoever signs reads it for an hour at releases/ID, and hands it
// over themselves. It is no export, and nothing of it crosses the link.
type ReleaseHTCDS struct {
	Case    string `json:"case"`
	Person  string `json:"person"`
	Consent string `json:"consent"`
	// Service is the name of the service that the file is given to, as the
	// consent has it: a file for somebody else is refused.
	Service string `json:"service"`
	// Categories are what to give, each in the consent; all that the consent has
	// when empty.
	Categories []string `json:"categories,omitempty"`
	Reason     string   `json:"reason"`
}

// Verb implements act.Command.
func (*ReleaseHTCDS) Verb() string { return "protection.release_htcds" }

// Signed implements act.Signed.
func (*ReleaseHTCDS) Signed() {}

// Decide implements act.Command.
func (c *ReleaseHTCDS) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	p, err := allowed(tx, d, c.Case, c.Person, "consent")
	if err != nil {
		return nil, err
	}
	given, err := c.consented(tx, d, p)
	if err != nil {
		return nil, err
	}
	to, err := c.receiver(tx, d, given)
	if err != nil {
		return nil, err
	}
	person, err := casefile.LoadPerson(tx, p.ID)
	if err != nil {
		return nil, err
	}
	if !person.Has("victim") {
		return nil, refusal.New("protection.not_a_victim")
	}
	who, err := casefile.OpenIdentity(tx, d.Ring(), person)
	if err != nil {
		return nil, err
	}
	id := d.ID()
	mark := fmt.Sprintf("%s; %s, %s, %s; %s; %s; %x", id, d.By.Name, d.By.Office, d.Node, d.Now.UTC().Format(time.RFC3339), to.Name, d.Bytes(16))
	categories := c.given(given)
	file, leftOut, err := victimFile(who, categories, d.By, d.Now, mark)
	if err != nil {
		return nil, err
	}
	key := d.NewKey(keySubject(p.ID))
	content, err := d.Seal(tx, key, partFile, file)
	if err != nil {
		return nil, err
	}
	reason, err := d.Seal(tx, key, partReason, c.Reason)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(file))
	return []journal.Fact{&HTCDSReleased{Envelope: journal.Envelope{Case: c.Case, Handling: "H3", Sealed: []wire.Part{content, reason}}, ID: id, Person: p.ID,
		Consent: given.ID, Categories: categories, LeftOut: leftOut, SHA256: hex.EncodeToString(sum[:])}}, nil
}

// consented is the consent that the release rests on, once everything but its
// recipient was asked of it.
func (c *ReleaseHTCDS) consented(tx *store.Tx, d *act.Draw, p subject) (Consent, error) {
	given, err := FindConsent(tx, c.Consent)
	switch {
	case refusal.Is(err, "access.not_found"):
		return given, refusal.New("protection.no_consent")
	case err != nil:
		return given, err
	}
	held, err := stopped(tx, p.Case)
	if err != nil {
		return given, err
	}
	switch {
	case strings.TrimSpace(c.Reason) == "":
		return given, refusal.New("protection.reason_missing")
	case slices.Contains(p.Takers, d.By.User):
		return given, refusal.New("protection.releaser_not_apart")
	case given.Case != p.Case || !slices.Contains(p.ids(), given.Person) || !given.ToService:
		return given, refusal.New("protection.no_consent")
	case held:
		return given, refusal.New("protection.stopped")
	case !given.Withdrawn.IsZero():
		return given, refusal.New("protection.consent_withdrawn")
	case !given.InForce(d.Now):
		return given, refusal.New("protection.consent_over")
	case given.Purpose != wire.PurposeProtection || d.Purpose != wire.PurposeProtection:
		return given, refusal.New("protection.service_purpose")
	case p.Minor && !slices.Contains(Guardians, given.AgreedBy):
		return given, refusal.New("protection.child_consent")
	case len(c.given(given)) == 0 || slices.ContainsFunc(c.Categories, func(x string) bool { return !slices.Contains(given.Categories, x) }):
		return given, refusal.New("protection.category_not_consented")
	}
	return given, nil
}

// given are the categories that the file has: those asked for, or all that the
// consent has, as far as the standard has names for them.
func (c *ReleaseHTCDS) given(k Consent) []string {
	asked := c.Categories
	if len(asked) == 0 {
		asked = k.Categories
	}
	return slices.DeleteFunc(slices.Clone(InHTCDS), func(x string) bool { return !slices.Contains(asked, x) })
}

// receiver is the service that the consent names, if it is the one meant.
func (c *ReleaseHTCDS) receiver(tx *store.Tx, d *act.Draw, k Consent) (to Receiver, err error) {
	e, _, err := journal.Load(tx, k.Fact)
	if err != nil {
		return to, fmt.Errorf("consent: %w", err)
	}
	part, _ := e.Part(partReceiver)
	if err := d.Open(tx, part, &to); err != nil {
		return to, fmt.Errorf("receiving service: %w", err)
	}
	if !to.is(c.Service) {
		return to, refusal.New("protection.another_service")
	}
	return to, nil
}

// Release is one file that left on a consent.
type Release struct {
	ID         string    `json:"id"`
	At         time.Time `json:"at"`
	By         string    `json:"by"`   // account
	Name       string    `json:"name"` // of the account's person
	Categories []string  `json:"categories"`
	LeftOut    int       `json:"left_out"`
	SHA256     string    `json:"sha256"`
	Fact       string    `json:"fact"`
}

func applyReleased(tx *store.Tx, e journal.Entry, f HTCDSReleased) error {
	k, err := store.Doc[Consent](tx, `SELECT doc FROM consent WHERE id = $1`, f.Consent)
	if err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	x := Release{ID: f.ID, At: e.Created, By: account(e), Categories: f.Categories, LeftOut: f.LeftOut, SHA256: f.SHA256, Fact: e.ID}
	if e.By != nil {
		x.Name = e.By.Name
	}
	k.Releases = append(k.Releases, x)
	return k.save(tx)
}

// ReleasedFile is a file that was released, for whoever released it.
type ReleasedFile struct {
	Release
	Person   string    `json:"person"`
	Plant    string    `json:"plant"`
	Case     string    `json:"case"`
	Consent  string    `json:"consent"`
	Receiver Receiver  `json:"receiver"`
	Until    time.Time `json:"until"` // it can be read here
	File     string    `json:"file"`  // its name
	Content  string    `json:"content"`
}

// ShowReleased gives a released file to whoever released it, by the id of the
// fact, for an hour. The consent and the stop are asked again: what was not
// fetched before a withdrawal is not fetched after it.
func ShowReleased(ctx context.Context, a *act.Acts, by access.Actor, purpose, fact string) (ReleasedFile, error) {
	return act.View(ctx, a, by, purpose, "protection.released", func(tx *store.Tx, v *act.Viewing) (out ReleasedFile, err error) {
		e, f, err := act.Own[HTCDSReleased](tx, v, fact)
		if err != nil {
			return out, err
		}
		p, err := findHere(tx, e.Case, f.Person)
		if err != nil {
			return out, err
		}
		if err := v.Must(p.resource("consent")); err != nil {
			return out, err
		}
		k, err := FindConsent(tx, f.Consent)
		if err != nil {
			return out, err
		}
		held, err := stopped(tx, p.Case)
		switch out.Until = e.Recorded.Add(act.Readable); {
		case err != nil:
			return out, err
		case held:
			return out, refusal.New("protection.stopped")
		case !k.Withdrawn.IsZero():
			return out, refusal.New("protection.consent_withdrawn")
		case !k.InForce(a.Now()):
			return out, refusal.New("protection.consent_over")
		case a.Now().After(out.Until):
			return out, refusal.New("export.over")
		}
		i := slices.IndexFunc(k.Releases, func(x Release) bool { return x.ID == f.ID })
		if i < 0 {
			return out, refusal.NotFound()
		}
		out.Release, out.Person, out.Plant, out.Case, out.Consent = k.Releases[i], p.ID, p.Plant, p.Case, k.ID
		out.File = "htcds-" + f.ID + ".csv"
		if _, err := v.OpenPart(tx, k.Fact, partReceiver, &out.Receiver); err != nil {
			return out, err
		}
		known, err := v.OpenPart(tx, e.ID, partFile, &out.Content)
		if err == nil && !known {
			err = refusal.NotFound()
		}
		return out, err
	})
}
