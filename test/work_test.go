package test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// How long an answer takes is not measured, which would measure the machine: it
// is counted what the node did for it. A request about what is there and not
// the onlooker's to know does the same work as one about what is not there, or
// the difference could be heard (R09).

// work is what a request made the node do.
type work struct {
	statements []string // without what comes with time: the session's own touch, and when the day was looked at
	rows       int
	facts      []string // access facts that it left, without what differs between any two
}

// inside sends a request as the onlooker past the network, so that what it
// makes the node do can be counted; the answer is as ask gives it.
func (o *onlooker) inside(method, path string, body any) (answer string, did work) {
	o.t.Helper()
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		o.w.ok(err)
		sent = bytes.NewReader(b)
	}
	n, counted := o.w.nodes["us"], &store.Work{}
	before := size(o.t, n)
	r := httptest.NewRequestWithContext(store.Counted(o.t.Context(), counted), method, o.w.web["us"]+path, sent)
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Authorization", "Bearer "+o.token)
		r.Header.Set("Oasiss-Purpose", o.purpose)
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.AddCookie(&http.Cookie{Name: "__Host-oasiss", Value: o.token})
	}
	out := httptest.NewRecorder()
	n.Handler().ServeHTTP(out, r)
	did = work{rows: counted.Rows, facts: o.left(before)}
	for _, q := range counted.Statements {
		if !strings.HasPrefix(q, "UPDATE session SET seen") && !strings.HasPrefix(q, "INSERT INTO look (user_id") {
			did.statements = append(did.statements, q)
		}
	}
	return fmt.Sprintf("%d %s %s", out.Code, out.Header().Get("Location"), out.Body), did
}

// left are the access facts of the onlooker recorded since the journal had a size.
func (o *onlooker) left(before int64) (facts []string) {
	o.t.Helper()
	n := o.w.nodes["us"]
	o.w.ok(n.DB.Read(context.Background(), func(tx *store.Tx) error {
		end, err := journal.Size(tx)
		for seq := before + 1; err == nil && seq <= end; seq++ {
			_, m, lerr := journal.LoadSeq(tx, seq)
			if lerr != nil {
				return lerr
			}
			if m.Act.Kind != (*access.Recorded)(nil).Kind() {
				continue
			}
			var f access.Recorded
			if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
				return err
			}
			if m.Act.By == nil || m.Act.By.Name != o.who.name {
				continue // somebody else's, meanwhile
			}
			facts = append(facts, fmt.Sprintf("%s for %s: %s; shown %v, withheld %v, by %v", f.Verb, f.Purpose, f.Refused, f.Objects, f.Withheld, f.Policies))
		}
		return err
	}))
	return facts
}

// String is a work as two looks at the same list compare it.
func (w work) String() string {
	return fmt.Sprintf("%d statements, %d rows read, facts %q: %s", len(w.statements), w.rows, w.facts, strings.Join(w.statements, "; "))
}

// unlike says where two works differ; "" if they do not.
func (w work) unlike(other work) string {
	for i := range max(len(w.statements), len(other.statements)) {
		switch {
		case i >= len(w.statements):
			return fmt.Sprintf("%d statements and not %d; the first more is %s", len(other.statements), len(w.statements), other.statements[i])
		case i >= len(other.statements):
			return fmt.Sprintf("%d statements and not %d; the first less is %s", len(other.statements), len(w.statements), w.statements[i])
		case w.statements[i] != other.statements[i]:
			return "another statement: " + other.statements[i] + "\n\tand not " + w.statements[i]
		}
	}
	if w.rows != other.rows {
		return fmt.Sprintf("%d rows read and not %d", other.rows, w.rows)
	}
	if !slices.Equal(w.facts, other.facts) {
		return fmt.Sprintf("access facts %q and not %q", other.facts, w.facts)
	}
	return ""
}
