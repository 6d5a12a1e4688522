// Package protection keeps people safe before it lets anything move: screening
// and its gates, consent, the showing of an identity, the victim adviser's
// stop, and the suspect who turns out to be a victim.
//
// No gate is a ground to hold anyone longer, and alerts pass every gate. What
// a person answered stays with the protection desk; everywhere else a gate is
// open or shut.
package protection

import (
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/wire"
)

// Parts of the facts of this package, by id.
const (
	partAnswers  = "answers"  // what was asked and answered, and which gate is whose topic
	partNeeds    = "needs"    // needs for the next hours that the person agreed to pass on
	partEnd      = "end"      // cause, evidence and what protects instead
	partConsent  = "consent"  // circumstances of the taking
	partWaiver   = "waiver"   // in which language a waiver was explained, and through whom
	partService  = "service"  // who receives the person, and what is asked of them
	partReason   = "reason"   // why an adviser stopped, or found a victim
	partCode     = "code"     // slow hash of the word by which a consent is taken back by telephone
	partReceiver = "receiver" // the receiving service that a consent names
	partFile     = "file"     // what was released to it, as it was written
	partTelling  = "telling"  // who of the service was told of a withdrawal
	partNote     = "note"     // an adviser's note
	partSeen     = "seen"     // what was seen of the person when they were met
	partViolence = "violence" // what violence the person told of
)

// Facts registers the facts of this package.
func Facts(k *journal.Kinds) {
	journal.Register(k, applyScreened)
	journal.Register(k, applyEnded)
	journal.Register(k, applyGateTaken)
	journal.Register(k, applyGiven)
	journal.Register(k, applyWithdrawn)
	journal.Register(k, applyReleased)
	journal.Register(k, applyServiceTold)
	journal.Register(k, applyAcknowledged)
	journal.Register(k, applyCalled)
	journal.Register(k, applyCodeMissed)
	journal.Register(k, applyNote)
	journal.Register(k, applyViolence)
	journal.Register(k, applyNoticed)
	journal.Register(k, applyAsked)
	journal.Register(k, applyShown)
	journal.Register(k, applyRefused)
	journal.Register(k, applyStopped)
	journal.Register(k, applyLifted)
	journal.Register(k, applyReclassified)
	journal.Register(k, applyWaived)
	journal.Register(k, applyWaiverWithdrawn)
	journal.Also(k, applyForgotten)
	journal.Admit(k, admitWithdrawn)
	journal.Admit(k, admitAcknowledged)
	journal.Admit(k, admitCalled)
	queueFacts(k)
	journal.React(k, withdrawOnCall)
	k.Set(journal.SignedByPerson(), &WithdrawalCalled{})
	k.Set(journal.InLane(wire.LaneAlert), &ConsentWithdrawn{}, &WithdrawalAcknowledged{}, &WithdrawalCalled{})
}

// Verbs registers the commands of this package.
func Verbs(v act.Verbs) {
	v.Add(&Screen{}, &EndGate{}, &TakeGate{}, &GiveConsent{}, &WithdrawConsent{}, &AcknowledgeWithdrawal{},
		&Reveal{}, &ApproveReveal{}, &RefuseReveal{}, &Stop{}, &LiftStop{}, &Reclassify{}, &CallWithdrawal{}, &KeepNote{}, &RecordViolence{},
		&WaiveReturn{}, &WithdrawWaiver{}, &ReleaseHTCDS{}, &TellService{})
}
