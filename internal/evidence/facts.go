package evidence

import (
	"encoding/json"
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Facts registers the facts of this package. Whether an exhibit may come from
// another node at all is asked by package referral.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyCollected)
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f StepTaken) error {
		return applyStep(tx, e, f.Link, f.Step, wire.Address{})
	})
	journal.Register(k, applyGiven)
	journal.Register(k, func(tx *store.Tx, e journal.Entry, f Received) error {
		return applyStep(tx, e, f.Link, StepReceive, wire.Address{})
	})
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f StepTaken) (wire.Code, error) { return AdmitStep(tx, m, f.Link) })
	journal.Admit(k, func(tx *store.Tx, m wire.Message, f Received) (wire.Code, error) { return AdmitStep(tx, m, f.Link) })
	k.Set(journal.SignedByPerson(), &Collected{}, &StepTaken{}, &Given{}, &Received{})
	journal.Also(k, applyForgotten)
	journal.React(k, destroyKeys)
	registerFound(k)
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) { v.Add(&Collect{}, &Import{}, &TakeStep{}, &Give{}, &Receive{}) }

func applyCollected(tx *store.Tx, e journal.Entry, f Collected) error {
	x := f.exhibit(e)
	if err := x.save(tx); err != nil {
		return err
	}
	return applyStep(tx, e, f.Link, StepCollect, wire.Address{})
}

// exhibit is what the first step of a chain says of it.
func (f Collected) exhibit(e journal.Entry) Exhibit {
	x := Exhibit{ID: f.Exhibit, Case: e.Case, Number: f.Number, N: f.N, Kind: f.What, Person: f.Person, Item: f.Item, Of: f.Of, Found: f.Found, Basis: f.Basis,
		Source: f.Source, Information: f.Information, Handling: f.Mark, Exculpatory: f.Exculpatory, Added: e.Created}
	if e.By != nil {
		x.By = e.By.ID
	}
	if part, ok := e.Part(detailPart); ok {
		x.Detail = &part
	}
	return x
}

func applyStep(tx *store.Tx, e journal.Entry, l Link, step string, to wire.Address) error {
	s := stepOf(e, l, step)
	s.To = to
	if err := s.save(tx); err != nil {
		return err
	}
	return casefile.Remember(tx, l.Exhibit, e.Seq)
}

func stepOf(e journal.Entry, l Link, step string) Step {
	s := Step{Link: l, Step: step, Fact: e.ID, Digest: e.Digest, Signed: e.Created, Node: e.Node, Office: e.From.Office}
	if e.By != nil {
		s.By, s.Name = e.By.ID, e.By.Name
	}
	if part, ok := e.Part(wordsPart); ok {
		s.Detail = &part
	}
	return s
}

func (s Step) save(tx *store.Tx) error {
	err := tx.Exec(`INSERT INTO exhibit_step (exhibit, fact, nth, doc) VALUES ($1, $2, $3, $4) ON CONFLICT (exhibit, fact) DO NOTHING`, s.Exhibit, s.Fact, s.Nth, store.JSON(s))
	if err != nil {
		return fmt.Errorf("step of a chain: %w", err)
	}
	return nil
}

// applyGiven notes the giving. Where the exhibit came from another node it
// begins to exist here with the chain that the message brings; the office that
// is to receive it knows of it.
func applyGiven(tx *store.Tx, e journal.Entry, f Given) error {
	x, err := Load(tx, f.Exhibit)
	if absent(err) {
		x, err = arrive(tx, f)
	}
	if err != nil {
		return err
	}
	if e.Referral != "" && x.Bond == nil {
		x.Bond = &Bond{Referral: e.Referral, Here: e.From, There: e.To}
	}
	if err := x.save(tx); err != nil {
		return err
	}
	if err := access.Member(tx, typeExhibit, x.ID, f.Receiver.Office); err != nil {
		return err
	}
	if err := shareFiles(tx, x.ID, f.Receiver.Office); err != nil {
		return err
	}
	return applyStep(tx, e, f.Link, StepGive, f.Receiver)
}

// arrive records the steps that an exhibit from another node brought.
func arrive(tx *store.Tx, f Given) (x Exhibit, err error) {
	steps, x, err := Read(f.Chain)
	if err != nil {
		return x, err
	}
	for _, s := range steps {
		if err := s.save(tx); err != nil {
			return x, err
		}
	}
	return x, nil
}

// Read reads a chain from its messages: the exhibit as its first step says, and
// the steps. It checks that they hang together and verifies no signature
// (Check does).
func Read(messages [][]byte) (steps []Step, x Exhibit, err error) {
	for i, raw := range messages {
		m, err := wire.ParseMessage(raw)
		if err != nil {
			return nil, x, fmt.Errorf("step of a chain: %w", err)
		}
		s, begun, err := readStep(m)
		if err != nil {
			return nil, x, err
		}
		if begun != nil {
			x = *begun
		}
		if (i == 0) != (begun != nil) || s.Exhibit != x.ID || s.Nth != i+1 || i > 0 && s.After != steps[i-1].Digest {
			return nil, x, errBroken
		}
		s.Message = raw
		steps = append(steps, s)
	}
	if len(steps) == 0 {
		return nil, x, errNoChain
	}
	return steps, x, nil
}

// readStep reads one step from its message; the first brings the exhibit.
func readStep(m wire.Message) (Step, *Exhibit, error) {
	a := m.Act
	e := journal.Entry{ID: a.ID, Kind: a.Kind, Node: a.From.Node, Case: a.Case, From: a.From, To: a.To, By: a.By, Created: a.Created, Sealed: a.Sealed, Digest: m.Digest()}
	switch a.Kind {
	case (Collected{}).Kind():
		var f Collected
		if err := json.Unmarshal(a.Clear, &f); err != nil {
			return Step{}, nil, fmt.Errorf("step of a chain: %w", err)
		}
		x := f.exhibit(e)
		return stepOf(e, f.Link, StepCollect), &x, nil
	case (StepTaken{}).Kind():
		var f StepTaken
		err := json.Unmarshal(a.Clear, &f)
		return stepOf(e, f.Link, f.Step), nil, err
	case (Given{}).Kind():
		var f Given
		err := json.Unmarshal(a.Clear, &f)
		s := stepOf(e, f.Link, StepGive)
		s.To = f.Receiver
		return s, nil, err
	case (Received{}).Kind():
		var f Received
		err := json.Unmarshal(a.Clear, &f)
		return stepOf(e, f.Link, StepReceive), nil, err
	}
	return Step{}, nil, fmt.Errorf("%w: kind %s", errBroken, a.Kind)
}

// AdmitStep admits a step of an exhibit that has crossed, from the other node
// of its bond. Whether it fits the chain is not asked: what does not shows.
func AdmitStep(tx *store.Tx, m wire.Message, l Link) (wire.Code, error) {
	x, err := Load(tx, l.Exhibit)
	switch {
	case absent(err), err == nil && (x.Bond == nil || x.Bond.Referral != m.Act.Referral):
		return wire.CodeUnknownObject, nil
	case err != nil:
		return "", err
	case x.Bond.other(m.Act.To.Node).Node != m.Act.From.Node:
		return wire.CodeNotOwner, nil
	case l.Nth < 2 || l.When.IsZero():
		return wire.CodeContent, nil
	}
	return "", nil
}

// applyForgotten removes the exhibits of a forgotten case and of its referrals.
func applyForgotten(tx *store.Tx, _ journal.Entry, f casefile.Forgotten) error {
	if !f.Whole() {
		return nil
	}
	where := map[string][]string{"case_id": {f.Object}, "referral": f.Referrals}
	for _, column := range []string{"case_id", "referral"} {
		for _, id := range where[column] {
			for _, q := range []string{
				`DELETE FROM exhibit_step WHERE exhibit IN (SELECT id FROM exhibit WHERE ` + column + ` = $1)`,
				`DELETE FROM membership WHERE object_type = 'exhibit' AND object_id IN (SELECT id FROM exhibit WHERE ` + column + ` = $1)`,
				`DELETE FROM exhibit WHERE ` + column + ` = $1`,
			} {
				if err := tx.Exec(q, id); err != nil {
					return fmt.Errorf("forget exhibits: %w", err)
				}
			}
		}
	}
	return nil
}

// destroyKeys destroys what sealed the words said here of exhibits from abroad.
func destroyKeys(tx *store.Tx, d *journal.Draw, _ journal.Entry, f casefile.Forgotten) ([]journal.Fact, error) {
	if !f.Whole() {
		return nil, nil
	}
	for _, r := range f.Referrals {
		if _, err := seal.Destroy(tx, keySubject(r), d.Now); err != nil {
			return nil, fmt.Errorf("forget exhibits: %w", err)
		}
	}
	return nil, nil
}
