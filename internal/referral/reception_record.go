package referral

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

func loadReception(tx *store.Tx, id string) (Reception, error) {
	x, err := access.Reached[Reception](tx, `SELECT doc FROM reception WHERE id = $1`, []any{id}, access.Tie{Type: typeReferral, Column: "reception.referral"}, access.Tie{Type: "case", Column: "reception.case_id"})
	return x, access.OrAbsent(err, "reception")
}

// receptionsOf lists the receptions of a referral whose appointment is here.
func receptionsOf(tx *store.Tx, referral string) ([]Reception, error) {
	out, err := store.Docs[Reception](tx, `SELECT doc FROM reception WHERE referral = $1 AND scheduled = 1 ORDER BY id`, referral)
	if err != nil {
		return nil, fmt.Errorf("receptions: %w", err)
	}
	return out, nil
}

func (x Reception) save(tx *store.Tx, caseID string) error {
	scheduled := 0
	if x.Fact != "" {
		scheduled = 1
	}
	err := tx.Exec(`INSERT INTO reception (id, referral, case_id, scheduled, doc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET scheduled = excluded.scheduled, doc = excluded.doc`, x.ID, x.Referral, caseID, scheduled, store.JSON(x))
	if err != nil {
		return err
	}
	return enqueue(tx, x.Referral, false)
}

func registerReception(k *journal.Kinds, link packet.Link) {
	journal.Register(k, applyReception)
	journal.Admit(k, admitReception)
	journal.React(k, partKeys[ReceptionScheduled](link, partReception))
	receptionAct(k, program.Either, func(f ReceptionCancelled) string { return f.Reception }, func(x *Reception, s *Signature) {
		if c := x.Cancelled; c == nil || s.At.Before(c.At) || s.At.Equal(c.At) && s.Fact < c.Fact { // of two sides that call it off the earlier stands
			x.Cancelled = s
		}
	})
	receptionAct(k, program.Sender, func(f ReceptionGiven) string { return f.Reception }, func(x *Reception, s *Signature) { x.Given = s })
	received := func(x *Reception, s *Signature) { x.Received = s }
	receptionAct(k, program.Receiver, func(f ReceptionTaken) string { return f.Reception }, received)
	journal.Admit(k, func(*store.Tx, wire.Message, ReceptionTaken) (wire.Code, error) { return wire.CodeContent, nil })
	receptionAct(k, program.Receiver, func(f ReceptionReceived) string { return f.Reception }, received, func(m wire.Message, f ReceptionReceived) wire.Code { return admitCounted(m, f.Tally) })
	journal.React(k, countKeys[ReceptionReceived](link))
	k.Set(journal.SignedByPerson(), &ReceptionGiven{}, &ReceptionTaken{}, &ReceptionReceived{})
	k.Set(journal.InLane(wire.LaneAlert), &ReceptionCancelled{}, &ReceptionGiven{}, &ReceptionTaken{}, &ReceptionReceived{})
}

// receptionAct registers an act of a side on a reception. In the alert lane it
// may arrive before the appointment, whose place it then keeps. says is what else
// one that comes from the other side is asked.
func receptionAct[F any, PF factOf[F]](k *journal.Kinds, side program.Side, of func(F) string, note func(*Reception, *Signature), says ...func(wire.Message, F) wire.Code) {
	journal.Register[F, PF](k, func(tx *store.Tx, e journal.Entry, f F) error {
		x, err := store.Doc[Reception](tx, `SELECT doc FROM reception WHERE id = $1`, of(f))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("reception: %w", err)
		}
		x.ID, x.Referral = of(f), e.Referral
		note(&x, signature(e))
		if err := x.save(tx, e.Case); err != nil {
			return err
		}
		return between(tx, e.Referral, x.Given, x.Received)
	})
	journal.Admit[F, PF](k, func(tx *store.Tx, m wire.Message, f F) (wire.Code, error) {
		r, code, err := crosses(tx, m)
		if code != "" || err != nil {
			return code, err
		}
		x, err := store.Doc[Reception](tx, `SELECT doc FROM reception WHERE id = $1`, of(f))
		switch known := err == nil; {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return "", fmt.Errorf("reception: %w", err)
		case side != program.Either && side != r.Side.Other(), known && x.Referral != r.ID:
			return wire.CodeNotOwner, nil
		case side == program.Receiver && (!known || x.Given == nil || m.Act.From.Office != x.Office): // what this side gave, to that office
			return wire.CodeContent, nil
		}
		for _, ask := range says {
			if code := ask(m, f); code != "" {
				return code, nil
			}
		}
		return "", nil
	})
}

// crosses checks that a message about a reception comes from the other side of
// its referral, for protection.
func crosses(tx *store.Tx, m wire.Message) (r Referral, code wire.Code, err error) {
	if m.Act.Purpose != wire.PurposeProtection {
		return r, wire.CodePurpose, nil
	}
	r, err = Load(tx, m.Act.Referral)
	switch {
	case refusal.Is(err, "access.not_found"):
		return r, wire.CodeUnknownObject, nil
	case err != nil:
		return r, "", err
	case m.Act.From.Node != r.there().Node, m.Act.To != r.here(), m.Act.Case != r.Case:
		return r, wire.CodeNotOwner, nil
	}
	return r, "", nil
}

// admitReception takes an appointment from the sending side: to an office that
// receives at liberty, with a number of its own.
func admitReception(tx *store.Tx, m wire.Message, f ReceptionScheduled) (wire.Code, error) {
	r, code, err := crosses(tx, m)
	if code != "" || err != nil {
		return code, err
	}
	if r.Home() {
		return wire.CodeNotOwner, nil
	}
	known, err := officeKnown(tx, f.Office)
	if err != nil {
		return "", err
	}
	o, err := r.receiving(tx, f.Office)
	if err != nil {
		return "", err
	}
	taken, err := sheetTaken(tx, m.Act.From.Node, r.Sender.Office, f.Office, f.Sheet)
	if err != nil {
		return "", err
	}
	was, err := store.Doc[Reception](tx, `SELECT doc FROM reception WHERE id = $1`, f.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("reception: %w", err)
	}
	free := o.Country == "MX" && f.Basis == atLiberty && (o.Agency == program.AgencyINM || o.OfChildren()) || o.Country == "US" && f.Basis == returnDecision
	if !known || taken || !free || f.ID == "" || f.Person == "" || was.Fact != "" {
		return wire.CodeContent, nil
	}
	return "", nil
}

func applyReception(tx *store.Tx, e journal.Entry, f ReceptionScheduled) error {
	x, err := store.Doc[Reception](tx, `SELECT doc FROM reception WHERE id = $1`, f.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reception: %w", err)
	}
	r, err := store.Doc[Referral](tx, `SELECT doc FROM referral WHERE id = $1`, e.Referral)
	if err != nil {
		return fmt.Errorf("referral of a reception: %w", err)
	}
	x.ID, x.Referral, x.Fact, x.Person, x.Office, x.Basis, x.Sheet = f.ID, e.Referral, e.ID, f.Person, f.Office, f.Basis, f.Sheet
	if r.Home() {
		x.Record = f.Record
	} else if err := access.Member(tx, typeReferral, e.Referral, f.Office); err != nil {
		return err
	}
	if err := x.save(tx, e.Case); err != nil {
		return err
	}
	return noteSheet(tx, e, f.Office, f.Sheet)
}
