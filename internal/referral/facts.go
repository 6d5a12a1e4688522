package referral

import (
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Facts registers the facts of referrals, and what referrals do when facts of
// lower rooms happen: a stop withdraws, a refusal or a void moves the sender's
// side on, an acceptance releases keys. link seals content keys to the peer.
func Facts(link packet.Link) func(k *journal.Kinds) {
	return func(k *journal.Kinds) {
		journal.Register(k, applyDrafted)
		journal.Register(k, applyOfficeAdded)
		journal.Register(k, applyOrdered)
		stepKind(k, link, func(f Taken) Step { return f.Step })
		stepKind(k, link, func(f SignedStep) Step { return f.Step })
		registerRequest(k, link)
		stepKind(k, link, func(f InformationSupplied) Step { return f.Step })
		stepKind(k, link, func(f Accepted) Step { return f.Step })
		stepKind(k, link, func(f Declined) Step { return f.Step })
		registerSending(k, link)
		registerAnalysis(k, link)
		registerOutcome(k, link)
		registerHandOver(k, link)
		registerUrgent(k, link)
		registerWarrant(k)
		registerReception(k, link)
		registerBetween(k)
		registerCountKeys(k, link)
		registerWithdrawal(k)
		registerOnward(k, link)
		registerCourt(k, link)
		registerIdentities(k)
		registerFiles(k, link)
		journal.React(k, tiersOnAnswer[Accepted](link))
		journal.React(k, openOwnCase)
		journal.Admit(k, admitGiven)
		journal.Also(k, applyRefused)
		journal.Also(k, applyForgotten)
		journal.React(k, undeliveredOnRefusal)
		journal.React(k, undeliveredOnVoid)
		journal.React(k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ protection.Stopped) ([]journal.Fact, error) {
			return withdrawAll(tx, e.Case)
		})
		journal.React(k, func(tx *store.Tx, d *journal.Draw, e journal.Entry, _ protection.Reclassified) ([]journal.Fact, error) {
			return withdrawAll(tx, e.Case)
		})
		registerFound(k)
		k.Set(journal.SignedByPerson(), &SignedStep{}, &Sent{}, &AnalysisSigned{}, &InformationSupplied{}, &Accepted{}, &Declined{}, &Disposed{},
			&PersonGiven{}, &Received{}, &PersonReceived{}, &UrgentCaseRecorded{})
		k.Set(journal.InLane(wire.LaneAlert), &Withdrawn{}, &HandOverCancelled{}, &PersonGiven{}, &Received{}, &PersonReceived{})
	}
}

// factOf constrains a fact's struct to its pointer being the fact.
type factOf[F any] interface {
	*F
	journal.Fact
}

// stepKind registers a kind of fact that takes a step and may bring a letter.
func stepKind[F any, PF factOf[F]](k *journal.Kinds, link packet.Link, step func(F) Step) {
	plainStep[F, PF](k, step)
	journal.React[F, PF](k, letterKeys[F](link))
}

// plainStep registers a kind of fact that takes a step and nothing else.
func plainStep[F any, PF factOf[F]](k *journal.Kinds, step func(F) Step) {
	journal.Register[F, PF](k, func(tx *store.Tx, e journal.Entry, f F) error { return applyStep(tx, e, step(f)) })
	journal.Admit[F, PF](k, func(tx *store.Tx, m wire.Message, f F) (wire.Code, error) { return admitStep(tx, m, step(f)) })
}

// Verbs registers the commands of referrals.
func Verbs(v act.Verbs) {
	v.Add(&Draft{}, &AddOffice{}, &AskOnward{}, &AnswerOnward{}, &AskCourt{}, &AnswerCourt{}, &TakeStep{}, &SignStep{}, &Compose{}, &Clear{}, &Approve{}, &Send{}, &Resend{}, &Supplement{}, &SendFile{},
		&OpenNotice{}, &OpenIdentities{}, &Export{}, &SignForAnalysis{}, &RequestInformation{}, &SupplyInformation{}, &Accept{}, &Decline{}, &RegisterFile{},
		&Withdraw{}, &RecordUrgentCase{}, &NameInWarrant{}, &ScheduleHandOver{}, &CancelHandOver{}, &Give{}, &ReceivePerson{}, &ScheduleReception{}, &CancelReception{}, &GiveReception{}, &ReceiveReception{}, &AnswerAlarm{}, &GiveExhibit{}, &Dispose{},
		&PauseClock{}, &ResumeClock{}, &CannotMeetClock{})
}

// applyRefused notes that the other side refused an act by signed receipt: it
// has no effect here either. A sending that was refused is undelivered.
func applyRefused(tx *store.Tx, e journal.Entry, f exchange.Refused) error {
	if e.Referral == "" || f.Of == (Sent{}).Kind() {
		return nil
	}
	acts, err := actsOf(tx, e.Referral)
	if err != nil {
		return err
	}
	for _, a := range acts {
		if a.Fact == f.Message {
			a.Refused = f.Code
			if err := tx.Exec(`UPDATE referral_act SET doc = $1 WHERE referral = $2 AND fact = $3`, store.JSON(a), e.Referral, a.Fact); err != nil {
				return err
			}
			return enqueue(tx, e.Referral, false)
		}
	}
	return nil
}
