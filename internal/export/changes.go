// Package export is how what a node holds leaves it for other systems of the
// same government: what has changed, for programs that follow the node; a case,
// as an act with a purpose and a mark; the whole journal, for the node's owner.
// Keys are no part of any of them.
package export

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/referral"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Change is one change of a case, a person, an item or a referral that the
// reader may see. It says that something was done and of what kind; what it is
// now is read where it stands.
type Change struct {
	Fact     string    `json:"fact"`
	Of       string    `json:"kind"` // of the fact
	At       time.Time `json:"at"`
	Object   string    `json:"object"`             // what changed: id of a case, person, item or referral
	Type     string    `json:"type"`               // of that
	Case     string    `json:"case,omitempty"`     // that it belongs to
	Referral string    `json:"referral,omitempty"` // that it belongs to
}

// Changes are changes in the order in which they were recorded.
type Changes struct {
	Changes []Change `json:"changes"`
	// Cursor asks for what comes after these. It is sealed by the node for this
	// account: a place in the journal would tell how much is done that its
	// reader may not see.
	Cursor string `json:"cursor"`
	More   bool   `json:"more"` // there are as many as were asked for: ask again at once
}

// Limits of one answer.
const (
	defaultChanges = 200
	mostChanges    = 2000
)

// batch is how many changes that the office could know are looked at at a time.
const batch = 500

// ListChanges gives what changed after a cursor, as far as the reader may see
// it now, at most limit (200 when 0). An empty cursor begins at the first
// change. What was recorded before somebody could see a case does not come
// when they can: they read the case. It refuses export.cursor for a cursor that
// this node did not give to this account.
func ListChanges(ctx context.Context, a *act.Acts, by access.Actor, purpose, cursor string, limit int) (Changes, error) {
	if limit <= 0 {
		limit = defaultChanges
	}
	limit = min(limit, mostChanges)
	return act.View(ctx, a, by, purpose, "changes", func(tx *store.Tx, v *act.Viewing) (out Changes, err error) {
		after, err := openCursor(v, cursor)
		if err != nil {
			return out, err
		}
		f := &following{tx: tx, v: v, limit: limit, last: place{seq: after, Change: Change{Object: afterAll}}, may: map[string]bool{}}
		if err := f.follow(); err != nil {
			return out, err
		}
		out = Changes{Changes: f.out, Cursor: sealCursor(v, f.last.seq), More: f.more}
		return out, nil
	})
}

// place is a change that the reader's office could know, with its place.
type place struct {
	Change
	seq int64
}

// afterAll sorts after every id: a cursor stands behind all that its fact changed.
const afterAll = "\x7f"

// following reads changes on from a place.
type following struct {
	tx    *store.Tx
	v     *act.Viewing
	limit int
	last  place           // everything up to it was looked at
	may   map[string]bool // object → whether the reader may see it
	out   []Change
	more  bool
}

// follow fills out. The changes that one fact made stay together: a cursor
// stands between facts.
func (f *following) follow() error {
	f.out = []Change{}
	end, err := journal.Size(f.tx)
	if err != nil {
		return err
	}
	shown := int64(0) // place of the fact shown last
	for {
		found, err := f.known()
		if err != nil {
			return err
		}
		for _, c := range found {
			ok, err := f.see(&c)
			if err != nil {
				return err
			}
			if ok && len(f.out) >= f.limit && c.seq != shown {
				f.more = true
				return nil
			}
			if ok {
				f.out, shown = append(f.out, c.Change), c.seq
			}
			f.last = c
		}
		if len(found) < batch {
			f.last.seq = end
			return nil
		}
	}
}

// known reads the next changes of what the reader's office could know.
func (f *following) known() (out []place, err error) {
	args := []any{f.last.seq, f.last.Object, batch}
	cases, caseArgs := access.Narrow(f.v.By, "case", "f.case_id", 1+len(args))
	args = append(args, caseArgs...)
	own, ownArgs := access.Narrow(f.v.By, "referral", "a.referral", 1+len(args))
	args = append(args, ownArgs...)
	err = store.Each(f.tx, func(rows *sql.Rows) error {
		var p place
		var at int64
		var caseID, referralID sql.NullString
		err := rows.Scan(&p.seq, &p.Fact, &p.Of, &at, &caseID, &referralID, &p.Object)
		p.At, p.Case, p.Referral = store.Time(at), caseID.String, referralID.String
		out = append(out, p)
		return err
	}, `SELECT seq, id, kind, at, case_id, referral_id, object FROM (
			SELECT f.seq, f.id, f.kind, f.at, f.case_id, f.referral_id, h.object FROM case_history h JOIN fact f ON f.seq = h.seq
			WHERE h.seq >= $1 AND `+cases+`
			UNION ALL SELECT f.seq, f.id, f.kind, f.at, f.case_id, a.referral, a.referral FROM referral_act a JOIN fact f ON f.seq = a.seq
			WHERE a.seq >= $1 AND (`+own+` OR `+cases+`)) changed
		WHERE seq > $1 OR object > $2 ORDER BY seq, object LIMIT $3`, args...)
	if err != nil {
		return nil, fmt.Errorf("changes: %w", err)
	}
	return out, nil
}

// see reports whether the reader may see what changed, and says what it is.
// What is forgotten since is absent.
func (f *following) see(p *place) (bool, error) {
	r, err := resource(f.tx, p.Object)
	if _, gone := refusal.As(err); gone {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p.Type = r.Type
	may, asked := f.may[p.Object]
	if !asked {
		may = f.v.See(r)
		f.may[p.Object] = may
	}
	return may, nil
}

// resource is what changed as access sees it.
func resource(tx *store.Tx, object string) (access.Resource, error) {
	r, err := referral.Load(tx, object)
	if err == nil {
		return referral.Resource(r), nil
	}
	if _, absent := refusal.As(err); !absent {
		return access.Resource{}, err
	}
	return casefile.ResourceOf(tx, object)
}

// cursorLabel binds a cursor to its account.
func cursorLabel(v *act.Viewing) string { return "changes/" + v.By.User }

func sealCursor(v *act.Viewing, seq int64) string {
	return base64.RawURLEncoding.EncodeToString(v.Ring.Box(cursorLabel(v), binary.BigEndian.AppendUint64(nil, uint64(seq)))) // #nosec G115 -- a place, never negative
}

func openCursor(v *act.Viewing, cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	box, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, refusal.New("export.cursor")
	}
	plain, err := v.Ring.Unbox(cursorLabel(v), box)
	if err != nil || len(plain) != 8 {
		return 0, refusal.New("export.cursor")
	}
	return int64(binary.BigEndian.Uint64(plain)), nil // #nosec G115 -- a place that sealCursor sealed
}
