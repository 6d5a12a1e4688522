package act

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/exchange"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Hub tells open pages that something they show has changed. It carries topics
// only, never content: the page is asked for anew, and that is decided and
// journalled like any other request.
type Hub struct {
	mu      sync.Mutex
	subs    map[*Subscription]struct{}
	observe []func(journal.Entry)
}

// NewHub makes a hub.
func NewHub() *Hub { return &Hub{subs: map[*Subscription]struct{}{}} }

// Subscription receives a signal when one of its topics changed.
type Subscription struct {
	C      chan struct{} // one pending signal at most
	topics map[string]bool
	hub    *Hub
}

// Subscribe listens for topics ("case/ID", "referral/ID", "fact/ID", "office/ID", "link").
func (h *Hub) Subscribe(topics ...string) *Subscription {
	s := &Subscription{C: make(chan struct{}, 1), topics: map[string]bool{}, hub: h}
	for _, t := range topics {
		s.topics[t] = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subs[s] = struct{}{}
	return s
}

// Close stops listening.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	delete(s.hub.subs, s)
}

// Observe has f hear of every fact once it is durable, access facts too. f must
// be quick: the writer waits for it.
func (h *Hub) Observe(f func(journal.Entry)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.observe = append(h.observe, f)
}

// Listening reports whether anybody's page listens.
func (h *Hub) Listening() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.subs) > 0
}

// The kinds of access facts, and of a peer's receipts.
var (
	seenKind    = (*access.Recorded)(nil).Kind()
	receiptKind = exchange.ReceiptTaken{}.Kind()
)

// Changed tells the observers of a fact, and signals everyone who shows what may
// have changed with it (Topics).
func (h *Hub) Changed(e journal.Entry, topics []string) {
	h.mu.Lock()
	observers := h.observe
	h.mu.Unlock()
	for _, f := range observers {
		f(e)
	}
	h.Signal(topics...)
}

// Topics are what may have changed with a fact: its case, its referral, and the
// lists of the offices that may know of them; with a receipt of a peer also what
// the peer has signed for, and the link. Access facts change nothing.
func Topics(tx *store.Tx, e journal.Entry) ([]string, error) {
	if e.Kind == seenKind {
		return nil, nil
	}
	about := []journal.Entry{e}
	var topics []string
	if strings.HasPrefix(e.Kind, "link.") {
		topics = append(topics, LinkTopic)
	}
	if e.Kind == receiptKind {
		settled, err := exchange.Settled(tx, e)
		if err != nil {
			return nil, err
		}
		about = append(about, settled...)
	}
	told := map[[2]string]bool{} // a receipt may answer many facts of one referral
	for _, x := range about {
		topics = append(topics, FactTopic(x.ID))
		if of := [2]string{x.Case, x.Referral}; !told[of] {
			told[of] = true
			more, err := topicsOf(tx, x)
			if err != nil {
				return nil, err
			}
			topics = append(topics, more...)
		}
	}
	slices.Sort(topics)
	return slices.Compact(topics), nil
}

func topicsOf(tx *store.Tx, e journal.Entry) (topics []string, err error) {
	if e.Case != "" {
		topics = append(topics, "case/"+e.Case)
	}
	if e.Referral != "" {
		topics = append(topics, "referral/"+e.Referral)
	}
	offices, err := Knowing(tx, e)
	for _, o := range offices {
		topics = append(topics, OfficeTopic(o))
		if strings.HasPrefix(e.Kind, "alert.") {
			topics = append(topics, AlertTopic(o))
		}
	}
	return topics, err
}

// FactTopic is what waits for the peer's answer to a fact listens to.
func FactTopic(id string) string { return "fact/" + id }

// LinkTopic is what the pages of the links listen to: the link's facts, and that
// the contact with a peer was lost or regained.
const LinkTopic = "link"

// OfficeTopic is what the lists of an office listen to. Another office's work
// signals nothing there: that something happens is knowledge too.
func OfficeTopic(office string) string { return "office/" + office }

// SessionsTopic is what every open page listens to besides: some session has
// ended, and each looks whether it was its own.
const SessionsTopic = "sessions"

// AlertTopic is what every page of an office listens to: lives at risk show on
// all of them, whatever else they show.
func AlertTopic(office string) string { return "alert/" + office }

// Knowing lists the offices whose lists a fact may change: the members of its
// case, of its referral, and of the alert or consular notice that it is about: the
// id of these stands where a case's does.
func Knowing(tx *store.Tx, e journal.Entry) ([]string, error) {
	var out []string
	for _, of := range [][2]string{{"case", e.Case}, {"alert", e.Case}, {"protection_notice", e.Case}, {"referral", e.Referral}} {
		if of[1] == "" {
			continue
		}
		offices, err := access.Offices(tx, of[0], of[1])
		if err != nil {
			return nil, fmt.Errorf("who may know of a fact: %w", err)
		}
		out = append(out, offices...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Everyone signals all who listen: what changed is not known.
func (h *Hub) Everyone() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		s.signal()
	}
}

// Signal tells everyone who listens to one of the topics.
func (h *Hub) Signal(topics ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		if slices.ContainsFunc(topics, func(t string) bool { return s.topics[t] }) {
			s.signal()
		}
	}
}

func (s *Subscription) signal() {
	select {
	case s.C <- struct{}{}:
	default: // already told
	}
}
