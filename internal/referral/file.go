package referral

import (
	"slices"

	"github.com/oasiss/oasiss/internal/act"
	files "github.com/oasiss/oasiss/internal/file"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// SendFile names a file of the case to the other side of a referral that was
// sent. Its bytes are fetched by the other node; its key follows when the tier
// is open that it belongs to: for what shows a protected person, what releases
// that person's identity, and only while consent still covers it.
type SendFile struct {
	Referral string `json:"referral"`
	File     string `json:"file"`
}

// Verb implements act.Command.
func (*SendFile) Verb() string { return "referral.send_file" }

// Signed implements act.Signed.
func (*SendFile) Signed() {}

// stepFile is the step whose owner sends files, and when it is open they go.
const stepFile = "supplement"

// Decide implements act.Command.
func (c *SendFile) Decide(tx *store.Tx, d *act.Draw) ([]journal.Fact, error) {
	r, err := Load(tx, c.Referral)
	if err != nil {
		return nil, err
	}
	rule, ok := r.procedure.Rule(stepFile)
	if !ok {
		return nil, refusal.NotFound()
	}
	if err := d.Allow(tx, r.owned(rule.Owner, nil)); err != nil {
		return nil, err
	}
	f, err := files.Load(tx, c.File)
	if err == nil && (f.Case != r.Case || f.Referral != "" || !r.Home()) {
		err = refusal.NotFound()
	}
	if err != nil {
		return nil, err
	}
	s, err := r.procedure.Step(stepFile, r.State(), r.Side)
	if err != nil {
		return nil, r.movedOn(rule, r.State())
	}
	if err := r.gates(tx, d, s); err != nil {
		return nil, err
	}
	if _, _, err := r.goesOn(tx, d.Now); err != nil {
		return nil, err
	}
	named, err := files.GivenFor(tx, r.ID)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(named, func(g files.Given) bool { return g.File == f.ID }) {
		return nil, refusal.Conflict("referral.file_sent_already")
	}
	tier, may, err := packet.FileTier(tx, d.Draw, f, r.Receiver)
	if err != nil {
		return nil, err
	}
	if !may {
		return nil, refusal.New("referral.file_not_released")
	}
	sent := files.Send(f, r.ID, r.there(), tier)
	sent.Handling = r.Handling
	return []journal.Fact{sent}, nil
}

// fileKeys gives the keys of the files named for a referral whose tier is open
// now and which have not gone yet: the reaction to what opens a tier, and to a
// file that is named after that.
func (r Referral) fileKeys(tx *store.Tx, d *journal.Draw, link packet.Link) ([]journal.Fact, error) {
	named, err := files.GivenFor(tx, r.ID)
	if err != nil {
		return nil, err
	}
	var out []journal.Fact
	for _, g := range named {
		if !g.Released.IsZero() || !slices.Contains(r.opened(), g.Tier) {
			continue
		}
		f, err := files.Load(tx, g.File)
		if err != nil {
			return nil, err
		}
		_, may, err := packet.FileTier(tx, d, f, r.Receiver)
		if err != nil {
			return nil, err
		}
		if !may {
			continue
		}
		keys, err := packet.Give(tx, d, link, packet.Opening{Message: g.Fact, Case: r.Case, Referral: r.ID, From: r.here().Node, To: g.To, Tier: g.Tier}, []string{g.Key})
		if err != nil {
			return nil, err
		}
		if keys != nil {
			out = append(out, keys)
		}
	}
	return out, nil
}

func registerFiles(k *journal.Kinds, link packet.Link) {
	journal.Admit(k, admitFile)
	journal.React(k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ files.Sent) ([]journal.Fact, error) {
		r, err := Load(tx, e.Referral)
		if err != nil || !r.Home() {
			return nil, err
		}
		return r.fileKeys(tx, d, link)
	})
	journal.Also(k, func(tx *store.Tx, e journal.Entry, f packet.KeysReleased) error {
		for _, b := range f.Boxes {
			if err := files.KeyGone(tx, e.Referral, b.Key, e.Created); err != nil {
				return err
			}
		}
		return nil
	})
}

// admitFile takes the name of a file from the sender of a referral that is here
// and goes on.
func admitFile(tx *store.Tx, m wire.Message, f files.Sent) (wire.Code, error) {
	if code := f.Whole(m); code != "" {
		return code, nil
	}
	r, err := Load(tx, m.Act.Referral)
	switch {
	case refusal.Is(err, "access.not_found"):
		return wire.CodeUnknownObject, nil
	case err != nil:
		return "", err
	case r.Home(), m.Act.From.Node != r.Sender.Node, m.Act.To.Node != r.Receiver.Node:
		return wire.CodeNotOwner, nil
	}
	if _, err := files.Load(tx, f.ID); !refusal.Is(err, "access.not_found") {
		if err != nil {
			return "", err
		}
		return wire.CodeContent, nil // known by that id already
	}
	return "", nil
}
