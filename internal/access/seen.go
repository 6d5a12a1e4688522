package access

import (
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Recorded is the access fact: one for each request, committed before the page
// leaves. Who, where and when are in the fact's envelope.
type Recorded struct {
	journal.Envelope
	What     string   `json:"what"`               // the page, list, search or verb
	Objects  []Object `json:"objects,omitempty"`  // what was shown
	Policies []string `json:"policies,omitempty"` // that decided, permitting and forbidding
	Refused  []Object `json:"refused,omitempty"`  // what was asked for and not shown
	Session  string   `json:"session,omitempty"`  // id of the session, never its token
}

// Kind implements journal.Fact.
func (*Recorded) Kind() string { return "access.recorded.1" }

// Seen makes the access fact of one request.
func Seen(by Actor, what string, objects []Object, policies []string, refused []Object) *Recorded {
	return &Recorded{What: what, Objects: objects, Policies: policies, Refused: refused, Session: by.Session}
}

// Facts registers the facts of this package. The access fact changes no table:
// the journal is where it is read.
func Facts(k *journal.Kinds) {
	journal.Register(k, func(*store.Tx, journal.Entry, Recorded) error { return nil })
}
