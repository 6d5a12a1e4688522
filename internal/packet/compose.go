package packet

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Draft is what a composer says of a version; everything else comes from the
// case as it stands.
type Draft struct {
	Packet      string // id, the same for all versions
	Case        string
	Referral    string
	To          wire.Address
	Procedure   *program.Procedure
	Receiving   string   // country that is asked
	Lang        string   // language of that country's authorities
	Suspects    []string // persons asked to be prosecuted
	Facts       Words
	Exculpatory Words
	Findings    Findings // what speaks for the suspects, by its kind
	// SecretBenefit says that a witness has a benefit which law keeps secret:
	// the version waits for counsel, and says nothing of it.
	SecretBenefit bool
	NoneKnown     bool              // nothing exculpatory is known, and the composer says so
	LeftOut       map[string]string // item → reason
	Declared      map[string]string // line of the checklist → note that answers it
	Declined      bool              // a prosecutor here declined by a step of the referral
	Channel       string            // how the items came; agency to agency when empty
	Lent          program.Label     // under which another node lent the case; zero for one's own
	Release       []string          // tiers that the accord lets go; all where nil
}

// Composed is the fact that a version was frozen. Its sealed parts are those
// that will be sent; each person's identity has a key of its own.
type Composed struct {
	journal.Envelope
	Packet    string          `json:"packet"`
	Version   int             `json:"version"`
	To        wire.Address    `json:"recipient"`
	Notice    Notice          `json:"notice"`
	Manifest  json.RawMessage `json:"manifest"`
	Keys      []Key           `json:"keys"`
	NotSecond []string        `json:"not_second"`        // accounts that took part
	Counsel   bool            `json:"counsel,omitempty"` // it waits for counsel before it is approved
}

// Kind implements journal.Fact.
func (Composed) Kind() string { return "packet.composed.1" }

// sectionOf names the sealed part that holds a section.
func sectionOf(section string) string { return "section-" + section }

// identityPart names the sealed part of a person's identity.
func identityPart(subject string) string { return "identity-" + subject }

// builder puts a version together.
type builder struct {
	tx       *store.Tx
	d        *act.Draw
	draft    Draft
	version  int
	c        casefile.Case
	content  string // content key
	names    mask
	people   map[string]*member // by id of each record
	order    []*member
	items    map[string][]wire.Item
	bodies   map[string][]json.RawMessage // part → items
	partKeys map[string]string            // part → key
	keys     []Key
	disclose []wire.Disclosure
	flagged  int       // items marked exculpatory
	lost     time.Time // when somebody of the case was last forgotten
	notice   Notice
	elements map[string]bool
	notThem  []string
}

// member is a person of the case as the packet treats them.
type member struct {
	casefile.Person
	who      casefile.Identity
	key      string // identity key of this version; empty: not released
	tier     string
	ground   string
	speaks   bool // the statement's own words may go
	contact  bool // contact and whereabouts may go
	consents []string
	barred   bool // the accord does not let the identity go
}

// Compose freezes the next version of a packet from the case: the notice, the
// content with protected people by pseudonym, and the identities that a consent
// or a legal ground covers at this moment. It refuses packet.incomplete with
// the line of the checklist that is missing.
func Compose(tx *store.Tx, d *act.Draw, draft Draft) (*Composed, error) {
	c, err := casefile.Load(tx, draft.Case)
	if err != nil {
		return nil, err
	}
	last, had, err := Latest(tx, draft.Packet)
	if err != nil {
		return nil, err
	}
	b := &builder{tx: tx, d: d, draft: draft, version: last.N + 1, c: c, people: map[string]*member{}, items: map[string][]wire.Item{},
		bodies: map[string][]json.RawMessage{}, partKeys: map[string]string{}, elements: map[string]bool{}}
	b.content = d.NewKey(contentSubject(draft.Packet, b.version))
	b.keys = append(b.keys, Key{ID: b.content, Packet: draft.Packet, Version: b.version, Tier: wire.TierAnalysis})
	for _, step := range []func() error{b.mayStay, b.gather, b.tellPeople, b.tellCase, b.tellStatements, b.tellThings, b.tellExhibits, b.tellCharges, b.tellExculpatory, b.tellChecklist} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.freeze(last, had)
}

func contentSubject(packet string, n int) string { return fmt.Sprintf("packet/%s/%d", packet, n) }

// gather loads the people, learns their names to hide, and decides whose
// identity goes on what ground.
func (b *builder) gather() error {
	people, err := casefile.People(b.tx, b.draft.Case)
	if err != nil {
		return err
	}
	for _, p := range people {
		m := &member{Person: p}
		if m.who, err = casefile.OpenIdentity(b.tx, b.d, p); err != nil && !missing(err) {
			return err
		}
		if err := b.ground(m); err != nil {
			return err
		}
		b.keyed(m)
		b.order = append(b.order, m)
		for _, id := range append([]string{p.ID}, p.Also...) {
			b.people[id] = m
		}
	}
	if b.lost, err = lastForgotten(b.tx, b.draft.Case); err != nil {
		return err
	}
	if b.names, err = namesOf(b.tx, b.d, b.draft.Case, ""); err != nil {
		return err
	}
	for _, s := range b.draft.Suspects {
		m, ok := b.people[s]
		switch {
		case !ok:
			return refusal.NotFound()
		case m.tier != wire.TierAnalysis:
			return refusal.New("packet.suspect_not_releasable")
		}
	}
	return b.whoTookPart()
}

// whoTookPart lists those who can never be the second person: whoever opened
// the case, recorded its people or events, took a statement or an exhibit, or drafts, and
// their direct subordinates.
func (b *builder) whoTookPart() error {
	took := []string{b.d.By.User, b.c.By}
	for _, m := range b.order {
		took = append(took, m.By)
	}
	for _, noun := range []string{"event", "statement"} {
		items, err := casefile.Items(b.tx, b.draft.Case, noun)
		if err != nil {
			return err
		}
		for _, i := range items {
			took = append(took, i.By)
		}
	}
	exhibits, err := evidence.OfCase(b.tx, b.c)
	if err != nil {
		return err
	}
	for _, x := range exhibits {
		took = append(took, x.By)
	}
	took = slices.DeleteFunc(took, func(account string) bool { return account == "" })
	sort.Strings(took)
	b.notThem, err = access.NotSecond(b.tx, slices.Compact(took)...)
	return err
}

// subject is the pseudonym of a person id.
func (b *builder) subject(id string) string {
	if m, ok := b.people[id]; ok {
		return m.Plant
	}
	return ""
}

// put adds an item to a section. Its body stands in the section's part, or in
// the named one.
func (b *builder) put(section, id, part, tier string, body any) error {
	return b.putUnder(b.label(), section, id, part, tier, body)
}

// putUnder is put with a label of the item's own.
func (b *builder) putUnder(l program.Label, section, id, part, tier string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("item of a packet: %w", err)
	}
	plain, err := json.Marshal(Item{ID: id, Salt: b.d.Bytes(16), Body: raw})
	if err != nil {
		return fmt.Errorf("item of a packet: %w", err)
	}
	if part == "" {
		part = sectionOf(section)
		b.partKeys[part] = b.content
	}
	b.bodies[part] = append(b.bodies[part], plain)
	b.items[section] = append(b.items[section], b.marked(l, wire.Item{ID: id, Tier: tier, Part: part, Digest: wire.Digest(sum(plain))}))
	return nil
}

// marked gives an item its channel, handling and marks: H1 is no use in court
// without consent, H2 no sharing onward without it (DESIGN §4), never less than
// what the case was lent under.
func (b *builder) marked(l program.Label, it wire.Item) wire.Item {
	it.Channel, it.Handling, it.Onward, it.Court = cmp.Or(b.draft.Channel, wire.ChannelAgency), l.Handling, l.Onward, l.Court
	return it
}

func (b *builder) label() program.Label { return b.c.Label().With(b.draft.Lent) }

// omit says that something exists and is not here.
func (b *builder) omit(what, subject, item, reason string) error {
	id := "omitted-" + fmt.Sprint(len(b.items[wire.SectionLeftOut])+1)
	return b.put(wire.SectionLeftOut, id, "", wire.TierAnalysis, OmissionBody{what, subject, item, reason})
}

// emptyBecause is why a section can have no items.
var emptyBecause = map[string]string{
	wire.SectionExculpatory: "none_known", wire.SectionLeftOut: "nothing_left_out", wire.SectionConsents: "none_relied_on",
}

// emptyUnstated is why nothing stands in the section exculpatory where nobody says
// that nothing is known: the one thing known is kept secret by law, and counsel
// looked at it. It tells no more.
const emptyUnstated = "no_statement"

// freeze seals the parts and closes the manifest.
func (b *builder) freeze(last Version, had bool) (*Composed, error) {
	m := wire.Manifest{Packet: b.draft.Packet, Version: b.version, Procedure: b.draft.Procedure.ID, Lang: b.draft.Facts.Lang,
		Disclosed: b.disclose, Frozen: b.d.Now}
	if had {
		m.Supersedes = last.Digest
	}
	for _, name := range wire.Sections {
		s := wire.Section{Name: name, Items: b.items[name]}
		if len(s.Items) == 0 {
			s.Empty = cmp.Or(emptyBecause[name], "none_recorded")
			if name == wire.SectionExculpatory && !b.draft.NoneKnown { // counsel has it: nobody signs that nothing is known
				s.Empty = emptyUnstated
			}
		}
		m.Sections = append(m.Sections, s)
	}
	manifest, err := m.Encode()
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	parts, err := b.sealed()
	if err != nil {
		return nil, err
	}
	if err := m.Covers(parts); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return &Composed{Envelope: journal.Envelope{Case: b.draft.Case, Referral: b.draft.Referral, Handling: b.label().Handling, Sealed: parts},
		Packet: b.draft.Packet, Version: b.version, To: b.draft.To, Notice: b.notice, Manifest: manifest, Keys: b.keys, NotSecond: b.notThem, Counsel: b.draft.SecretBenefit}, nil
}

func (b *builder) sealed() ([]wire.Part, error) {
	names := make([]string, 0, len(b.bodies))
	for n := range b.bodies {
		names = append(names, n)
	}
	sort.Strings(names)
	var parts []wire.Part
	for _, n := range names {
		p, err := b.d.Seal(b.tx, b.partKeys[n], n, b.bodies[n])
		if err != nil {
			return nil, fmt.Errorf("seal a section: %w", err)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// missing reports whether an error is only that a key is not held.
func missing(err error) bool { return errors.Is(err, seal.ErrNoKey) }

func applyComposed(tx *store.Tx, e journal.Entry, f Composed) error {
	m, err := wire.ParseManifest(f.Manifest)
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	v := Version{Packet: f.Packet, N: f.Version, Case: e.Case, Referral: e.Referral, From: e.From, To: f.To, Home: true, Notice: f.Notice,
		Manifest: m, Digest: digestOf(f.Manifest), Composed: e.Created, Fact: e.ID, NotSecond: f.NotSecond, Counsel: f.Counsel}
	if e.By != nil {
		v.Drafter = e.By.ID
	}
	for _, k := range f.Keys {
		if err := k.save(tx); err != nil {
			return err
		}
	}
	return v.save(tx)
}
