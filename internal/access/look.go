package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/store"
)

// Look is how a person reads the pages. It belongs to the account, not to the
// computer: several people share one at a station. It is part of no record.
type Look struct {
	Theme string // light, dark, contrast; empty follows the system
	Lang  string // chosen on a page; empty: the account's own
	// Before is when the person last looked at their day on an earlier visit:
	// what came since is new to them. Zero on the first.
	Before time.Time
	looked time.Time
}

// visitGap is how long somebody stays away before looking again is a new visit.
const visitGap = SessionIdle

// lookedEvery is how often a look at one's day is written down.
const lookedEvery = time.Minute

// LoadLook reads how a person reads the pages; the zero Look of somebody who
// never chose.
func LoadLook(tx *store.Tx, user string) (l Look, err error) {
	var looked, before int64
	err = tx.QueryRow(`SELECT theme, lang, looked, earlier FROM look WHERE user_id = $1`, user).Scan(&l.Theme, &l.Lang, &looked, &before)
	if errors.Is(err, sql.ErrNoRows) {
		return Look{}, nil
	}
	if err != nil {
		return Look{}, fmt.Errorf("look: %w", err)
	}
	if looked != 0 {
		l.looked = store.Time(looked)
	}
	if before != 0 {
		l.Before = store.Time(before)
	}
	return l, nil
}

// Look reads how a person reads the pages.
func (g *Guard) Look(ctx context.Context, user string) (l Look, err error) {
	err = g.DB.Read(ctx, func(tx *store.Tx) error {
		l, err = LoadLook(tx, user)
		return err
	})
	return l, err
}

// KeepLook changes how a person reads the pages.
func (g *Guard) KeepLook(ctx context.Context, user string, change func(*Look)) error {
	return g.DB.Write(ctx, func(tx *store.Tx) error {
		l, err := LoadLook(tx, user)
		if err != nil {
			return err
		}
		change(&l)
		return saveLook(tx, user, l)
	})
}

// LookedAtDay notes that a person looks at their day. What they had seen on
// the visit before stays the line between old and new for as long as this
// visit lasts.
func (g *Guard) LookedAtDay(ctx context.Context, user string) (Look, error) {
	l, err := g.Look(ctx, user)
	now := g.Now().UTC()
	if err != nil || now.Sub(l.looked) < lookedEvery {
		return l, err
	}
	if now.Sub(l.looked) >= visitGap {
		l.Before = l.looked
	}
	l.looked = now
	err = g.DB.Write(ctx, func(tx *store.Tx) error {
		return tx.Exec(`INSERT INTO look (user_id, theme, lang, looked, earlier) VALUES ($1, '', '', $2, 0)
			ON CONFLICT (user_id) DO UPDATE SET looked = excluded.looked,
				earlier = CASE WHEN excluded.looked - look.looked >= $3 THEN look.looked ELSE look.earlier END`,
			user, store.Micros(now), visitGap.Microseconds())
	})
	return l, err
}

func saveLook(tx *store.Tx, user string, l Look) error {
	micros := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return store.Micros(t)
	}
	return tx.Exec(`INSERT INTO look (user_id, theme, lang, looked, earlier) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id) DO UPDATE SET theme = excluded.theme, lang = excluded.lang, looked = excluded.looked, earlier = excluded.earlier`,
		user, l.Theme, l.Lang, micros(l.looked), micros(l.Before))
}
