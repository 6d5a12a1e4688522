package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Life of a session: ended by the server after half an hour without use (R03)
// and after twelve hours in any case (R04); by password alone, as a founder's
// or a newcomer's first one, after the quarter of an hour that it takes to
// register a passkey.
const (
	SessionIdle = 30 * time.Minute
	SessionLife = 12 * time.Hour
	SessionBare = 15 * time.Minute
)

// seenEvery is how often use of a session is written down. The idle time is
// counted from what was written, so that a session may end up to this much
// early and never late.
const seenEvery = 15 * time.Second

// Session is a person signed in on one device, or a program with a token.
type Session struct {
	ID   string    `json:"id"`
	How  string    `json:"how,omitempty"` // one of How…; empty in a session of before there were second factors
	User string    `json:"user"`
	Door string    `json:"door"`
	Addr string    `json:"addr"`
	Made time.Time `json:"made"`
	Seen time.Time `json:"seen"`
}

// How a session was opened.
const (
	HowPassword = "password"          // alone: only one's own account can be seen to
	HowPasskey  = "passkey"           // two factors in one
	HowTOTP     = "password_totp"     // and a code of an app
	HowRecovery = "password_recovery" // and a one-time code

	HowProvider         = "provider"          // an agency's identity provider alone: as a password alone
	HowProviderTOTP     = "provider_totp"     // and a code of an app
	HowProviderRecovery = "provider_recovery" // and a one-time code
	HowProviderFactor   = "provider_factor"   // that vouches for a second factor which counts for the office
)

// Level is how sure a session is of its person: 1 by password alone, 2 with a
// second factor (NIST SP 800-63B AAL1, AAL2).
func (s Session) Level() int {
	if s.How == HowPassword || s.How == HowProvider || s.How == "" {
		return 1
	}
	return 2
}

func addSession(tx *store.Tx, hash [32]byte, s Session) error {
	return tx.Exec(`INSERT INTO session (hash, id, user_id, made, seen, doc) VALUES ($1, $2, $3, $4, $5, $6)`,
		hash[:], s.ID, s.User, store.Micros(s.Made), store.Micros(s.Seen), store.JSON(s))
}

// ends is when a session ends whatever is done in it.
func (s Session) ends() time.Time {
	if s.Level() < 2 {
		return s.Made.Add(SessionBare)
	}
	return s.Made.Add(SessionLife)
}

// alive reports whether a session can still be used.
func (s Session) alive(now time.Time) bool {
	return now.Before(s.ends()) && now.Before(s.Seen.Add(SessionIdle))
}

// FromToken tells who a session's token belongs to, as their roles are now.
// used says that the person did something; a page that refreshes itself
// passes false and keeps no session alive. Without a session in force the
// answer is access.sign_in_needed, and access.screen_locked for one whose
// screen is locked.
func (g *Guard) FromToken(ctx context.Context, token string, used bool) (Actor, error) {
	by, s, err := g.whose(ctx, token)
	if err != nil {
		return Actor{}, err
	}
	now := g.Now().UTC()
	if g.screenLocked(s, now) {
		return Actor{}, refusal.Unauthenticated("access.screen_locked")
	}
	if used && now.Sub(s.Seen) >= seenEvery {
		err = g.DB.Write(ctx, func(tx *store.Tx) error { return seen(tx, s.ID, now) })
	}
	return by, err
}

// seen writes down that a session was used.
func seen(tx *store.Tx, id string, now time.Time) error {
	return tx.Exec(`UPDATE session SET seen = $1 WHERE id = $2 AND seen < $1`, store.Micros(now), id)
}

// whose is the session of a token and its person, be its screen locked or not.
func (g *Guard) whose(ctx context.Context, token string) (by Actor, s Session, err error) {
	now := g.Now().UTC()
	hash := sha256.Sum256([]byte(token))
	out := refusal.Unauthenticated("access.sign_in_needed")
	err = g.DB.Read(ctx, func(tx *store.Tx) error {
		all, err := sessions(tx, now, `SELECT doc, seen FROM session WHERE hash = $1`, hash[:])
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return out
		}
		s = all[0]
		u, err := LoadUser(tx, s.User)
		if err == nil {
			by, err = actor(tx, u, g.Node, g.Country, now)
		}
		if errors.Is(err, ErrUnusable) || errors.Is(err, ErrNoUser) || err == nil && u.voided(s.Made, now) {
			return out
		}
		by.Session, by.Level = s.ID, s.Level()
		return err
	})
	return by, s, err
}

// SignOut ends the session of a token; an unknown token is already out.
func (g *Guard) SignOut(ctx context.Context, token string) error {
	by, _, err := g.whose(ctx, token)
	if _, no := refusal.As(err); no {
		return nil
	}
	if err != nil {
		return err
	}
	seed := journal.NewSeed(g.Now())
	return g.DB.Write(ctx, func(tx *store.Tx) error {
		return g.Record(tx, seed, &by, &SessionEnded{User: by.User, Session: by.Session})
	})
}

// Sessions lists the sessions of an account that are in force, newest first.
func Sessions(tx *store.Tx, user string, now time.Time) ([]Session, error) {
	return sessions(tx, now, `SELECT doc, seen FROM session WHERE user_id = $1 ORDER BY made DESC`, user)
}

// sessions reads those of a query that are in force.
func sessions(tx *store.Tx, now time.Time, query string, args ...any) ([]Session, error) {
	var out []Session
	err := store.Each(tx, func(rows *sql.Rows) error {
		var s Session
		var doc string
		var seen int64
		if err := rows.Scan(&doc, &seen); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(doc), &s); err != nil {
			return fmt.Errorf("session: %w", err)
		}
		s.Seen = store.Time(seen)
		if s.alive(now) {
			out = append(out, s)
		}
		return nil
	}, query, args...)
	return out, err
}

// EndSessions ends every session of an account at once. Applies of facts that
// take an account out of use call it.
func EndSessions(tx *store.Tx, user string) error {
	return tx.Exec(`DELETE FROM session WHERE user_id = $1`, user)
}

// Sweep deletes sessions that are over. The node calls it now and then.
func (g *Guard) Sweep(ctx context.Context) error {
	now := g.Now()
	return g.DB.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec(`DELETE FROM session WHERE made <= $1 OR seen <= $2`,
			store.Micros(now.Add(-SessionLife)), store.Micros(now.Add(-SessionIdle)))
	})
}

// SessionsInForce counts the sessions that can still be used.
func SessionsInForce(tx *store.Tx, now time.Time) (int, error) {
	all, err := sessions(tx, now, `SELECT doc, seen FROM session WHERE made > $1 AND seen > $2`,
		store.Micros(now.Add(-SessionLife)), store.Micros(now.Add(-SessionIdle)))
	return len(all), err
}

// EndOwn ends one of one's own sessions, at once. access.not_found for what is
// none of them.
func (g *Guard) EndOwn(ctx context.Context, by Actor, id string) error {
	seed := journal.NewSeed(g.Now())
	return g.DB.Write(ctx, func(tx *store.Tx) error {
		var n int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM session WHERE user_id = $1 AND id = $2`, by.User, id).Scan(&n); err != nil {
			return fmt.Errorf("session: %w", err)
		}
		if n == 0 {
			return refusal.NotFound()
		}
		return g.Record(tx, seed, &by, &SessionEnded{User: by.User, Session: id})
	})
}
