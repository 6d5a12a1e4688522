package mail

import (
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

// Letter is one thing that waits for somebody, as its number stands for it.
type Letter struct {
	Number  string    `json:"number"`
	Event   string    `json:"event"`
	At      time.Time `json:"at"`
	Taken   bool      `json:"taken"`             // the mail server has it
	Refused bool      `json:"refused,omitempty"` // the server refused the address the last time

	user  string
	about about
	tries int
}

// about is what a letter leads to.
type about struct {
	Event  string `json:"event"`
	Type   string `json:"type"` // referral, alert, proposal, accord, reveal, case, notice, task
	Object string `json:"object"`
	Case   string `json:"case,omitempty"`
}

// numbers are read aloud and typed: no character that is mistaken for another.
var numbers = base32.NewEncoding("23456789ABCDEFGHJKLMNPQRSTUVWXYZ").WithPadding(base32.NoPadding)

// number draws a number of sixty bits: it tells nothing, not even how many there are.
func number(d *journal.Draw) string {
	s := numbers.EncodeToString(d.Bytes(8))[:12]
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
}

// plain is a number as it is kept, however it was typed.
func plain(typed string) string {
	s := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(typed)))
	if len(s) != 12 {
		return typed
	}
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
}

// put queues a letter, once for what once names.
func put(tx *store.Tx, d *journal.Draw, user, once string, a about) error {
	return tx.Exec(`INSERT INTO mail (number, user_id, once, doc, at, next, tries, refused) VALUES ($1, $2, $3, $4, $5, $5, 0, 0)
		ON CONFLICT (user_id, once) DO NOTHING`, number(d), user, once, store.JSON(a), store.Micros(d.Now))
}

const letterColumns = `number, user_id, doc, at, next, tries, refused`

func letters(tx *store.Tx, where string, args ...any) (out []Letter, err error) {
	err = store.Each(tx, func(rows *sql.Rows) error {
		var l Letter
		var doc string
		var at, refused int64
		var next sql.NullInt64
		if err := rows.Scan(&l.Number, &l.user, &doc, &at, &next, &l.tries, &refused); err != nil {
			return err
		}
		l.At, l.Taken, l.Refused = store.Time(at), !next.Valid, refused != 0
		if err := json.Unmarshal([]byte(doc), &l.about); err != nil {
			return fmt.Errorf("letter %s: %w", l.Number, err)
		}
		l.Event = l.about.Event
		out = append(out, l)
		return nil
	}, `SELECT `+letterColumns+` FROM mail WHERE `+where, args...)
	return out, err
}

// atOnce is how many letters are taken to the server over one connection.
const atOnce = 50

// due are the letters to be tried now, those that waited longest first.
func due(tx *store.Tx, now time.Time) ([]Letter, error) {
	return letters(tx, `next <= $1 ORDER BY next LIMIT $2`, store.Micros(now), atOnce)
}

// Waiting tells how many letters the mail server has not taken, and since when
// the oldest waits; zero for none.
func Waiting(tx *store.Tx) (n int, oldest time.Time, err error) {
	var at sql.NullInt64
	if err := tx.QueryRow(`SELECT COUNT(*), MIN(at) FROM mail WHERE next >= 0`).Scan(&n, &at); err != nil {
		return 0, oldest, fmt.Errorf("letters: %w", err)
	}
	if at.Valid {
		oldest = store.Time(at.Int64)
	}
	return n, oldest, nil
}

// Pauses between tries: each twice as long as the one before. An address that
// its server refuses is tried again less often, until its person gives another.
const (
	firstPause   = time.Minute
	longestPause = time.Hour
	refusedPause = 24 * time.Hour
)

func pauseAfter(tries int) time.Duration {
	d := firstPause
	for ; tries > 1 && d < longestPause; tries-- {
		d *= 2
	}
	return min(d, longestPause)
}

func taken(tx *store.Tx, number string) error {
	return tx.Exec(`UPDATE mail SET next = NULL, refused = 0 WHERE number = $1`, number)
}

func later(tx *store.Tx, l Letter, refused bool, now time.Time) error {
	pause, mark := pauseAfter(l.tries+1), 0
	if refused {
		pause, mark = refusedPause, 1
	}
	return tx.Exec(`UPDATE mail SET next = $1, tries = tries + 1, refused = $2 WHERE number = $3`, store.Micros(now.Add(pause)), mark, l.Number)
}

// again tries at once, at the new address, what waits for somebody who chose
// anew; who wants no letters gets none of them.
func again(tx *store.Tx, d *journal.Draw, _ journal.Entry, f Chosen) ([]journal.Fact, error) {
	if len(f.Events) == 0 {
		return nil, tx.Exec(`UPDATE mail SET next = NULL, refused = 0 WHERE user_id = $1 AND next IS NOT NULL`, f.User)
	}
	return nil, tx.Exec(`UPDATE mail SET next = $1, tries = 0, refused = 0 WHERE user_id = $2 AND next IS NOT NULL`, store.Micros(d.Now), f.User)
}

// forget drops the letters about a case that is forgotten.
func forget(tx *store.Tx, _ *journal.Draw, _ journal.Entry, f casefile.Forgotten) ([]journal.Fact, error) {
	if !f.Whole() {
		return nil, nil
	}
	gone := map[string]bool{f.Object: true}
	for _, r := range f.Referrals {
		gone[r] = true
	}
	all, err := letters(tx, `1 = 1`)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		if gone[l.about.Case] || gone[l.about.Object] {
			if err := tx.Exec(`DELETE FROM mail WHERE number = $1`, l.Number); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// keptFor is how long the number of a letter that was taken stands for something.
const keptFor = 30 * 24 * time.Hour

// Sweep deletes letters that were taken long ago; one that waits stays.
func Sweep(tx *store.Tx, now time.Time) error {
	return tx.Exec(`DELETE FROM mail WHERE next IS NULL AND at <= $1`, store.Micros(now.Add(-keptFor)))
}
