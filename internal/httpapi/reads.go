package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/accord"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/alert"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/consular"
	"github.com/oasiss/oasiss/internal/decoy"
	"github.com/oasiss/oasiss/internal/evidence"
	"github.com/oasiss/oasiss/internal/export"
	"github.com/oasiss/oasiss/internal/insight"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/mail"
	"github.com/oasiss/oasiss/internal/network"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/redress"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/retention"
	"github.com/oasiss/oasiss/internal/shift"
	"github.com/oasiss/oasiss/internal/warrant"
	"github.com/oasiss/oasiss/wire"
)

// Inputs embed Who itself: the library reads no parameter through an embedded
// type that is not exported.

// idIn names one thing in the path.
type idIn struct {
	Who
	ID string `path:"id" maxLength:"200"`
}

type formIn struct {
	Who
	Case string `query:"case" doc:"Id of the case whose people are to be asked: gives the opening"`
}

type limitIn struct {
	Who
	Limit int `query:"limit" minimum:"0" maximum:"2000" doc:"At most so many rows; 200 when left out"`
}

type searchIn struct {
	Who
	Body struct {
		casefile.Question
		After string `json:"after,omitempty" maxLength:"200" doc:"Place that the last answer gave (next); from the newest when left out"`
	}
}

type networkIn struct {
	Who
	ID    string   `path:"id" maxLength:"64"`
	Open  []string `query:"open" maxItems:"300" doc:"Objects whose neighbours are shown, too"`
	From  string   `query:"from" maxLength:"64" doc:"Object of the chart from which the shortest way is looked for; the start if it is not given"`
	To    string   `query:"to" maxLength:"64" doc:"Object to which it is looked for"`
	Until string   `query:"until" maxLength:"10" doc:"Nothing of cases opened after this day, as 2026-06-07"`

	Without []string `query:"without" maxItems:"5" enum:"person,case,organisation,vehicle,phone" doc:"Kinds that are left out"`
}

type figuresIn struct {
	Who
	Corridor string `query:"corridor" maxLength:"64" doc:"Id of the corridor; the first of the accords when left out"`
	Year     int    `query:"year" minimum:"0" maximum:"2200" doc:"Year of sending, UTC; this year when left out"`
}

type listIn struct {
	Who
	ID    string `path:"id" maxLength:"64"`
	Files bool   `query:"files" doc:"With the list as CSV and XLSX, in base64"`
}

type referralsIn struct {
	Who
	Limit int    `query:"limit" minimum:"0" maximum:"2000" doc:"At most so many rows; 200 when left out"`
	Case  string `query:"case" maxLength:"64" doc:"Of one case (the sender's id)"`
	Side  string `query:"side" enum:"sender,receiver" doc:"Of one side only"`
	Open  bool   `query:"open" doc:"Only those that still await something"`
}

type keptIn struct {
	Who
	All bool `query:"all" doc:"Everything that has a term, not only what is due"`
}

type changesIn struct {
	Who
	After string `query:"after" maxLength:"200" doc:"Cursor of the last answer; from the first change when left out"`
	Limit int    `query:"limit" minimum:"0" maximum:"2000" doc:"At most so many changes; 200 when left out. Those of one fact stay together"`
}

type versionIn struct {
	Who
	ID string `path:"id" maxLength:"64"`
	N  int    `path:"n" minimum:"1" doc:"Number of the version"`
}

type pageIn struct {
	Who
	Before int64  `query:"before" minimum:"0" doc:"Rows before this place in the journal; the newest when left out"`
	Limit  int    `query:"limit" minimum:"0" maximum:"500" doc:"At most so many rows; 100 when left out"`
	Actor  string `query:"actor" maxLength:"64" doc:"Of one account"`
}

type looksIn struct {
	Who
	ID     string `path:"id" maxLength:"64"`
	Before int64  `query:"before" minimum:"0" doc:"Rows before this place in the journal; the newest when left out"`
	Limit  int    `query:"limit" minimum:"0" maximum:"500" doc:"At most so many rows; 100 when left out"`
}

func (in *looksIn) page() act.Page { return act.Page{Before: in.Before, Limit: in.Limit} }

func (in *pageIn) page() act.Page {
	return act.Page{Before: in.Before, Limit: in.Limit, Actor: in.Actor}
}

type proofIn struct {
	Who
	Fact    string `path:"fact" maxLength:"64" doc:"Id of the fact"`
	Message bool   `query:"message" doc:"With the message itself, for those who may read it"`
}

// reads registers what is read of cases, accords, referrals and the journal.
func (s *Server) reads() {
	s.caseReads()
	s.alertReads()
	s.consularReads()
	s.networkReads()
	s.retentionReads()
	s.redressReads()
	s.exhibitReads()
	s.figureReads()
	s.accordReads()
	s.referralReads()
	s.journalReads()
}

func (s *Server) caseReads() {
	read(s, "case-changes", "/api/v1/changes", "case", "What changed after a cursor of cases and referrals that one may see, in order", func(ctx context.Context, by access.Actor, in *changesIn) (export.Changes, error) {
		return export.ListChanges(ctx, s.Acts, by, in.Purpose, in.After, in.Limit)
	})
	read(s, "case-exported", "/api/v1/exports/{id}", "case", "A case that one took out by one's own act, for an hour", func(ctx context.Context, by access.Actor, in *idIn) (export.Document, error) {
		return export.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "case-list", "/api/v1/cases", "case", "Cases that one may see, newest first", func(ctx context.Context, by access.Actor, in *limitIn) ([]casefile.Row, error) {
		return casefile.List(ctx, s.Acts, by, in.Purpose, in.Limit)
	})
	read(s, "case-show", "/api/v1/cases/{id}", "case", "One case, by id or number, as one may see it", func(ctx context.Context, by access.Actor, in *idIn) (casefile.View, error) {
		return casefile.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "case-protection", "/api/v1/cases/{id}/protection", "protection", "Gates, consents and holds of a case; outside the protection desk a gate is open or shut", func(ctx context.Context, by access.Actor, in *idIn) (protection.CaseView, error) {
		return protection.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "protection-released", "/api/v1/releases/{id}", "protection", "A victim’s file that one released to a receiving service by one’s own act, for an hour", func(ctx context.Context, by access.Actor, in *idIn) (protection.ReleasedFile, error) {
		return protection.ShowReleased(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "hold-list", "/api/v1/cases/{id}/holds", "hold", "Legal holds of a case: while one stands nothing of it is forgotten", func(ctx context.Context, by access.Actor, in *idIn) ([]casefile.LegalHold, error) {
		return casefile.ShowHolds(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "journal-orders", "/api/v1/cases/{id}/forget-orders", "journal", "Orders to forget a case or a person of it, and who decided them", func(ctx context.Context, by access.Actor, in *idIn) ([]casefile.ForgetOrder, error) {
		return casefile.ShowForgetOrders(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "person-show", "/api/v1/persons/{id}", "case", "One person, by pseudonym if protected", func(ctx context.Context, by access.Actor, in *idIn) (casefile.PersonView, error) {
		return casefile.ShowPerson(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "person-identity", "/api/v1/persons/{id}/identity", "protection", "Who a person is, while an act of showing lasts", func(ctx context.Context, by access.Actor, in *idIn) (protection.IdentityView, error) {
		return protection.ShowIdentity(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "reveals-asked", "/api/v1/reveals-asked", "protection", "Requests to show a child's identity that wait for oneself as the second person", func(ctx context.Context, by access.Actor, in *Who) ([]protection.Asked, error) {
		return protection.ListAsked(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "consents-withdrawn", "/api/v1/consents-withdrawn", "protection", "Consents withdrawn by other nodes that wait to be acknowledged here", func(ctx context.Context, by access.Actor, in *Who) ([]protection.Unacknowledged, error) {
		return protection.ListUnacknowledged(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "services-to-tell", "/api/v1/services-to-tell", "protection", "Receiving services that have a file on a consent that was taken back, and were not told", func(ctx context.Context, by access.Actor, in *Who) ([]protection.ToTell, error) {
		return protection.ListToTell(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "screening-anomalies", "/api/v1/screening-anomalies", "protection", "Screenings answered faster than they can be read, newest first", func(ctx context.Context, by access.Actor, in *Who) ([]protection.Anomaly, error) {
		return protection.ListAnomalies(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "violence-told", "/api/v1/violence-told", "protection", "What violence people told of, for oversight and the victim adviser, never for the accused official's agency", func(ctx context.Context, by access.Actor, in *Who) ([]protection.ViolenceView, error) {
		return protection.ListViolence(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "history-show", "/api/v1/history/{id}", "case", "Every change of a case, a person or an item, oldest first", func(ctx context.Context, by access.Actor, in *idIn) ([]casefile.Step, error) {
		return casefile.ShowHistory(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "case-looks", "/api/v1/cases/{id}/looks", "case", "Who looked at a case or did something in it, by what right, newest first", func(ctx context.Context, by access.Actor, in *looksIn) ([]act.Access, error) {
		return casefile.ShowLooks(ctx, s.Acts, by, in.Purpose, in.ID, in.page())
	})
	read(s, "search-found", "/api/v1/found/{id}", "search", "People that one's own act of looking somebody up has found", func(ctx context.Context, by access.Actor, in *idIn) ([]casefile.PersonView, error) {
		return casefile.ShowFound(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	ask(s, "search", http.MethodPost, "/api/v1/search", "search", "Search one's office's cases by words, kind, standing, office, corridor, handling code and days, newest first", func(ctx context.Context, by access.Actor, in *searchIn) (casefile.Hits, error) {
		return casefile.Find(ctx, s.Acts, by, in.Purpose, in.Body.Question, in.Body.After)
	})
	read(s, "search-list", "/api/v1/lists/{id}", "search", "A list that one took out by one's own act (search.export), for an hour, under its mark", func(ctx context.Context, by access.Actor, in *listIn) (export.List, error) {
		return export.ShowList(ctx, s.Acts, by, in.Purpose, in.ID, in.Files)
	})
	own(s, "search-views", "/api/v1/views", "search", "Searches that one keeps for oneself", func(ctx context.Context, by access.Actor, _ *Who) ([]casefile.SavedView, error) {
		return casefile.Views(ctx, s.Acts, by)
	})
}

func (s *Server) networkReads() {
	read(s, "decoy-list", "/api/v1/decoys", "decoy", "Decoys and what touched them, for oversight; for anybody else there are none", func(ctx context.Context, by access.Actor, in *Who) (decoy.Kept, error) {
		return decoy.List(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "network", "/api/v1/network/{id}", "network", "Who works with whom, from a named adult suspect (id of the person) or a thing (id of the item): nodes, and edges with their source and grade", func(ctx context.Context, by access.Actor, in *networkIn) (network.Chart, error) {
		return network.Show(ctx, s.Acts, by, in.Purpose, network.Ask{Start: in.ID, Open: in.Open, From: in.From, To: in.To, Until: in.Until, Without: in.Without})
	})
	own(s, "network-kept", "/api/v1/kept-charts", "network", "Charts that one keeps for oneself: what each asks, and where its person put what", func(ctx context.Context, by access.Actor, _ *Who) ([]network.Kept, error) {
		return network.AllKept(ctx, s.Acts, by)
	})
	read(s, "network-taken", "/api/v1/charts/{id}", "network", "A chart that one took out by one's own act (network.export), for an hour, under its mark: SVG and GraphML, in base64", func(ctx context.Context, by access.Actor, in *idIn) (network.Taking, error) {
		return network.ShowTaken(ctx, s.Acts, by, in.Purpose, in.ID)
	})
}

func (s *Server) figureReads() {
	read(s, "figures", "/api/v1/figures", "figures", "What became of the referrals of a corridor and a year, each direction for itself; counts under the least that is shown are hidden, and what would give them away", func(ctx context.Context, by access.Actor, in *figuresIn) (insight.Figures, error) {
		return insight.Count(ctx, s.Acts, by, in.Purpose, in.Corridor, in.Year)
	})
	read(s, "figures-taken", "/api/v1/figures/taken/{id}", "figures", "Figures that one took out by one's own act (figures.export), for an hour, under its mark", func(ctx context.Context, by access.Actor, in *listIn) (export.TakenFigures, error) {
		return export.ShowFigures(ctx, s.Acts, by, in.Purpose, in.ID, in.Files)
	})
}

func (s *Server) alertReads() {
	read(s, "alert-list", "/api/v1/alerts", "alert", "Lives at risk that one's office knows of: those that stand, then those over since 30 days at most", func(ctx context.Context, by access.Actor, in *Who) ([]alert.Alert, error) {
		return alert.List(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "alert-show", "/api/v1/alerts/{id}", "alert", "One life at risk: its tasks, clocks, outcome and all that was written of it", func(ctx context.Context, by access.Actor, in *idIn) (alert.View, error) {
		return alert.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
}

func (s *Server) consularReads() {
	read(s, "consular-list", "/api/v1/consular", "consular", "Consular notices that one may see: sent from one's cases, or addressed to one's consulate, by the clock that dies first", func(ctx context.Context, by access.Actor, in *Who) ([]consular.Row, error) {
		return consular.List(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "consular-show", "/api/v1/consular/{id}", "consular", "One consular notice; to its consulate whom to call, and what it keeps for itself", func(ctx context.Context, by access.Actor, in *idIn) (consular.Shown, error) {
		return consular.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "consular-identity", "/api/v1/consular/{id}/identity", "consular", "Who a consular notice is about and where held, while it is shown to one by one's own act", func(ctx context.Context, by access.Actor, in *idIn) (consular.IdentityView, error) {
		return consular.ShowIdentity(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "consular-of-case", "/api/v1/cases/{id}/consular", "consular", "Where the people of a case stand with their consulates, for the protection desk", func(ctx context.Context, by access.Actor, in *idIn) ([]consular.State, error) {
		return consular.Of(ctx, s.Acts, by, in.Purpose, in.ID)
	})
}

func (s *Server) retentionReads() {
	read(s, "retention-list", "/api/v1/retention", "retention", "What is due for review or purge, orders that wait for a second person, and what the two nodes asked each other to expunge", func(ctx context.Context, by access.Actor, in *keptIn) (retention.View, error) {
		return retention.List(ctx, s.Acts, by, in.Purpose, in.All)
	})
}

func (s *Server) redressReads() {
	read(s, "redress-list", "/api/v1/person-requests", "redress", "Requests by the persons that records are about, with the law's clocks, and the corrections that travel", func(ctx context.Context, by access.Actor, in *Who) (redress.View, error) {
		return redress.List(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "redress-show", "/api/v1/person-requests/{id}", "redress", "One request by a person: what was asked, its clocks, and the answer with its reasons", func(ctx context.Context, by access.Actor, in *idIn) (redress.Shown, error) {
		return redress.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
}

func (s *Server) exhibitReads() {
	read(s, "exhibit-list", "/api/v1/cases/{id}/exhibits", "exhibit", "Exhibits of a case, with who holds each and how many gaps its chain of custody has", func(ctx context.Context, by access.Actor, in *idIn) ([]evidence.Row, error) {
		return evidence.List(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "exhibit-show", "/api/v1/exhibits/{id}", "exhibit", "One exhibit with its chain of custody and the gaps in it", func(ctx context.Context, by access.Actor, in *idIn) (evidence.View, error) {
		return evidence.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "exhibit-verify", "/api/v1/exhibits/{id}/verified", "exhibit", "A chain of custody computed again: each signature, each digest, each leaf", func(ctx context.Context, by access.Actor, in *idIn) ([]evidence.Checked, error) {
		return evidence.Verify(ctx, s.Acts, by, in.Purpose, in.ID)
	})
}

func (s *Server) accordReads() {
	read(s, "mail-list", "/api/v1/mail", "mail", "What one was written about by e-mail, and where letters go", func(ctx context.Context, by access.Actor, _ *Who) (mail.Own, error) {
		return mail.List(ctx, s.Acts, by)
	})
	read(s, "mail-open", "/api/v1/mail/{id}", "mail", "What the number of one of one's own letters leads to", func(ctx context.Context, by access.Actor, in *idIn) (mail.Lead, error) {
		return mail.Open(ctx, s.Acts, by, in.ID)
	})
	read(s, "accord-list", "/api/v1/accords", "accord", "Accords, newest first", func(ctx context.Context, by access.Actor, in *Who) ([]accord.Row, error) {
		return accord.List(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "accord-show", "/api/v1/accords/{id}", "accord", "One accord, by id or short name, with its signatures", func(ctx context.Context, by access.Actor, in *idIn) (accord.View, error) {
		return accord.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "accord-corridors", "/api/v1/corridors", "accord", "Corridors of every accord, and whether they are open", func(ctx context.Context, by access.Actor, in *Who) ([]accord.Open, error) {
		return accord.Corridors(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "accord-contacts", "/api/v1/contacts", "accord", "Offices of the accords with how they are reached and when that was last checked, those to check first", func(ctx context.Context, by access.Actor, in *Who) ([]accord.Reached, error) {
		return accord.Contacts(ctx, s.Acts, by, in.Purpose)
	})
}

func (s *Server) referralReads() {
	read(s, "referral-list", "/api/v1/referrals", "referral", "Referrals that one may see, newest first", func(ctx context.Context, by access.Actor, in *referralsIn) ([]referral.Row, error) {
		return referral.List(ctx, s.Acts, by, in.Purpose, referral.Filter{Case: in.Case, Side: program.Side(in.Side), Open: in.Open, Limit: in.Limit})
	})
	read(s, "referral-show", "/api/v1/referrals/{id}", "referral", "One referral: its standing, clocks, steps on offer, conversation and packet", func(ctx context.Context, by access.Actor, in *idIn) (referral.Shown, error) {
		return referral.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "referral-hand-over", "/api/v1/referrals/{id}/hand-over", "referral", "The hand-over of a referral: who, where, when, and its two signatures", func(ctx context.Context, by access.Actor, in *idIn) (referral.Sheet, error) {
		return referral.ShowSheet(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "hand-over-reconciliation", "/api/v1/hand-overs/reconciliation", "referral", "How many people left and arrived, who is between two signatures, and which sheets are missing", func(ctx context.Context, by access.Actor, in *Who) (referral.Reconciliation, error) {
		return referral.Reconcile(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "hand-over-alarms", "/api/v1/hand-overs/alarms", "referral", "People between two signatures for too long: who was told of it here, and what either side answered", func(ctx context.Context, by access.Actor, in *Who) ([]referral.AlarmShown, error) {
		return referral.Alarms(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "referral-version", "/api/v1/referrals/{id}/versions/{n}", "referral", "One frozen version of a referral's packet, as far as it is open", func(ctx context.Context, by access.Actor, in *versionIn) (packet.VersionView, error) {
		shown, err := referral.Show(ctx, s.Acts, by, in.Purpose, in.ID)
		if err != nil {
			return packet.VersionView{}, err
		}
		for _, v := range shown.Versions {
			if v.N == in.N {
				return v, nil
			}
		}
		return packet.VersionView{}, refusal.NotFound()
	})
	read(s, "referral-copy", "/api/v1/copies/{id}", "referral", "A copy of a packet that one took by one's own act, for an hour: which files it has", func(ctx context.Context, by access.Actor, in *idIn) (referral.Copied, error) {
		return referral.ShowCopy(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "warrant-list", "/api/v1/warrants", "warrant", "Judges' orders that one's office gave to the police, or executes", func(ctx context.Context, by access.Actor, in *Who) (warrant.Listing, error) {
		return warrant.List(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "warrant-show", "/api/v1/warrants/{id}", "warrant", "One of them", func(ctx context.Context, by access.Actor, in *idIn) (warrant.Shown, error) {
		return warrant.Show(ctx, s.Acts, by, in.Purpose, in.ID)
	})
	read(s, "shift-today", "/api/v1/shift", "shift", "What colleagues leave to oneself, what one has left, and what one took over", func(ctx context.Context, by access.Actor, in *Who) (shift.Day, error) {
		return shift.Today(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "referral-day", "/api/v1/day", "referral", "One's day: both queues by the clock that dies first", func(ctx context.Context, by access.Actor, in *Who) (referral.DayView, error) {
		return referral.Day(ctx, s.Acts, by, in.Purpose, time.Time{})
	})
	read(s, "referral-rates", "/api/v1/request-rates", "referral", "How often each side asks for information, over the last 90 days", func(ctx context.Context, by access.Actor, in *Who) ([]referral.Rate, error) {
		return referral.RequestRates(ctx, s.Acts, by, in.Purpose)
	})
}

func (s *Server) journalReads() {
	read(s, "journal-show", "/api/v1/journal", "journal", "Size of the journal and its newest checkpoints with their cosignatures", func(ctx context.Context, by access.Actor, in *Who) (act.JournalState, error) {
		return act.Journal(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "journal-check", "/api/v1/journal/check", "journal", "Recompute every digest, the tree and the checkpoints", func(ctx context.Context, by access.Actor, in *Who) (journal.Verified, error) {
		return act.VerifyJournal(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "journal-list", "/api/v1/journal/facts", "journal", "Facts of the journal, newest first: what was done and by whom, never what a case says", func(ctx context.Context, by access.Actor, in *pageIn) ([]act.JournalRow, error) {
		return act.JournalRows(ctx, s.Acts, by, in.Purpose, in.page())
	})
	read(s, "journal-prove", "/api/v1/journal/proofs/{fact}", "journal", "Proof that a fact is in the journal, for oasiss-verify", func(ctx context.Context, by access.Actor, in *proofIn) (wire.ProofFile, error) {
		return act.Prove(ctx, s.Acts, by, in.Purpose, in.Fact, in.Message)
	})
	read(s, "journal-unusual", "/api/v1/journal/unusual", "journal", "Use out of the ordinary in the last seven days: at night, of what is not theirs, far above the usual", func(ctx context.Context, by access.Actor, in *Who) ([]act.Unusual, error) {
		return act.UnusualUse(ctx, s.Acts, by, in.Purpose)
	})
	read(s, "journal-audit", "/api/v1/journal/accesses", "journal", "Who saw or did what, for which purpose and by which policies, newest first", func(ctx context.Context, by access.Actor, in *pageIn) ([]act.Access, error) {
		return act.Audit(ctx, s.Acts, by, in.Purpose, in.page())
	})
}
