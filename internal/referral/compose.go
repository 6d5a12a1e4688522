package referral

import (
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// The steps of a packet before it is sent.
const (
	stepComplete = "complete_packet"
	stepApprove  = "approve"
)

// Compose freezes the next version of the packet from the case as it stands.
// While the referral waits for its packet, the packet is complete with it;
// after sending, the version waits to go as a supplement.
type Compose struct {
	Referral    string       `json:"referral"`
	Facts       packet.Words `json:"facts"`
	Exculpatory packet.Words `json:"exculpatory,omitzero"`
	// Findings are what speaks for the suspects, by its kind. SecretBenefit says
	// that a witness has a benefit which law keeps secret (8 USC 1367): the packet
	// then waits for counsel, and tells nothing of it.
	Findings      packet.Findings   `json:"findings,omitzero"`
	SecretBenefit bool              `json:"secret_benefit,omitempty"`
	NoneKnown     bool              `json:"none_known,omitempty"`
	LeftOut       map[string]string `json:"left_out,omitempty"`
	Declared      map[string]string `json:"declared,omitempty"`
}

// Verb implements act.Command.
func (*Compose) Verb() string { return "referral.compose" }

// Decide implements act.Command.
func (c *Compose) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	if !r.Home() {
		return nil, refusal.NotFound()
	}
	label, _, err := r.goesOn(tx, d.Now)
	if err != nil {
		return nil, err
	}
	draft := r.draft()
	draft.Lent = label
	if draft.Release, err = r.releases(tx); err != nil {
		return nil, err
	}
	draft.Facts, draft.Exculpatory, draft.NoneKnown, draft.LeftOut, draft.Declared = c.Facts, c.Exculpatory, c.NoneKnown, c.LeftOut, c.Declared
	draft.Findings, draft.SecretBenefit = c.Findings, c.SecretBenefit
	if draft.Facts.Lang == "" {
		draft.Facts.Lang = d.By.Lang
	}
	inLanguage(&draft.Facts, draft.Lang)
	own := func(_ string, w *packet.Words) {
		if w.Text != "" && w.Lang == "" {
			w.Lang = d.By.Lang
		}
		inLanguage(w, draft.Lang)
	}
	own("", &draft.Exculpatory)
	draft.Findings.Each(own)
	if supplement, ok := r.procedure.Rule("supplement"); ok && r.offers(supplement) {
		if err := d.Allow(tx, r.owned(supplement.Owner, nil)); err != nil {
			return nil, err
		}
		composed, err := packet.Compose(tx, d, draft)
		return one(composed, err)
	}
	s, step, err := r.ask(tx, d, stepComplete, "", "")
	if err != nil {
		return nil, err
	}
	if err := r.fits(tx, d.Now); err != nil {
		return nil, err
	}
	found, err := r.findings(tx, d, draft)
	if err != nil {
		return nil, err
	}
	if err := r.holds(s, found); err != nil {
		return nil, err
	}
	composed, err := packet.Compose(tx, d, draft)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{composed, &Taken{Step: step}}, nil
}

// inLanguage names the language of a translation given without one: it is made
// for the other side to read.
func inLanguage(w *packet.Words, other string) {
	if w.Translated != "" && w.InLang == "" {
		w.InLang = other
	}
}

func one(f *packet.Composed, err error) ([]journal.Fact, error) {
	if err != nil {
		return nil, err
	}
	return []journal.Fact{f}, nil
}

// offers reports whether a step is open to this side now.
func (r Referral) offers(rule *program.StepRule) bool {
	_, err := r.procedure.Step(rule.ID, r.State(), r.Side)
	return err == nil
}

// Approve is the second person's approval of the newest version, by the digest
// of its manifest: what is sent is exactly that.
type Approve struct {
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*Approve) Verb() string { return "referral.approve" }

// Signed implements act.Signed.
func (*Approve) Signed() {}

// Decide implements act.Command.
func (c *Approve) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	rule, ok := r.procedure.Rule(stepApprove)
	if !ok || !r.Home() {
		return nil, refusal.NotFound()
	}
	v, had, err := packet.Latest(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, r.owned(rule.Owner, v.NotSecond)); err != nil {
		return nil, err
	}
	if !had {
		return nil, refusal.New("referral.no_packet")
	}
	approved, err := packet.Approve(v)
	if err != nil {
		return nil, err
	}
	if supplement, ok := r.procedure.Rule("supplement"); ok && r.offers(supplement) {
		return []journal.Fact{approved}, nil
	}
	_, step, err := r.open(rule, "", "", nil)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{approved, &Taken{Step: step}}, nil
}

// counsel are who clears a packet that waits because of a secret benefit: the
// prosecutors of the sending side, never one who took part in it.
var counsel = []string{access.RoleUSAttorney, access.RoleMP}

// Clear is counsel's word that a packet which waits for it may go: that what the
// defence must hear is in it, and that what 8 USC 1367 keeps secret is not.
type Clear struct {
	Referral string `json:"referral"`
}

// Verb implements act.Command.
func (*Clear) Verb() string { return "referral.clear_packet" }

// Signed implements act.Signed.
func (*Clear) Signed() {}

// Decide implements act.Command.
func (c *Clear) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	v, had, err := packet.Latest(tx, r.Packet)
	if err != nil {
		return nil, err
	}
	if err := d.Allow(tx, r.owned(program.Owner{Side: program.Sender, Roles: counsel}, v.NotSecond)); err != nil {
		return nil, err
	}
	if !had || !r.Home() {
		return nil, refusal.New("referral.no_packet")
	}
	f, err := packet.Clear(v)
	if err != nil {
		return nil, err
	}
	return []journal.Fact{f}, nil
}

// foundTerm is how long the sending side has to tell the other side what it
// learns after sending that speaks for a suspect, after a decision too (CNPP
// 131; Brady v. Maryland; the term is programme practice).
const foundTerm = 5 * 24 * time.Hour

// OwedTask is what a side owes the other since a moment, and until when.
type OwedTask struct {
	Since time.Time `json:"since"`
	Due   time.Time `json:"due"`
}

// clock is the task as a clock of this node.
func (t OwedTask) clock(node string, now time.Time) Clock {
	c := Clock{Node: node, Yours: true, Started: t.Since, Due: t.Due, HasDue: true, Left: t.Due.Sub(now), State: program.OnTrack, Sure: true}
	switch {
	case c.Left < 0:
		c.State = program.Overdue
	case c.Left < t.Due.Sub(t.Since)/4:
		c.State = program.DueSoon
	}
	return c
}

// supplementTask is the task that stands open since something was found that
// speaks for a suspect and was not in the version sent last.
func (r Referral) supplementTask(tx *store.Tx, o casefile.Opener) (*OwedTask, error) {
	versions, err := packet.Versions(tx, r.Packet)
	if err != nil || !r.Home() {
		return nil, err
	}
	for _, v := range slices.Backward(versions) {
		if v.Message == "" {
			continue
		}
		since, err := packet.FoundSince(tx, o, v)
		if err != nil || since.IsZero() {
			return nil, err
		}
		return &OwedTask{Since: since, Due: since.Add(foundTerm)}, nil
	}
	return nil, nil
}
