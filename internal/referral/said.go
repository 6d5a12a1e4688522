package referral

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// An inbox is narrowed by parts of words of what its rows say in the reader's
// language: the number, what it is about, the office at the other end and the
// standing. But for the number these are few, whatever the number of referrals: the
// index keeps a key of each, the few are called by their names when somebody asks,
// and the index is asked for the keys whose names say the word. Numbers are found by
// an index of their own. What the index gives is a superset; each row is asked again
// when it was read.

// Telling is what things of a row are called in a reader's language.
type Telling interface {
	// Standing is the name of a state.
	Standing(program.Text) string
	// Office is the name of an office of a node.
	Office(wire.Address) string
	// About is what a sending under a procedure is called; nil where none was sent.
	About(procedure string, n *packet.Notice) string
}

// Other is the office at the other end of the referral.
func (r Row) Other() wire.Address {
	if r.Side == program.Receiver {
		return r.Sender
	}
	return r.Receiver
}

// words are those that a row must have.
func (q Asked) words() []string { return strings.Fields(strings.ToLower(q.Words)) }

// says reports whether a row has every one of the words in it.
func (r Row) says(words []string, t Telling) bool {
	if len(words) == 0 {
		return true
	}
	said := strings.ToLower(strings.Join([]string{r.Number, t.About(r.Procedure, r.Notice), t.Office(r.Other()), t.Standing(r.StateName)}, " "))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(said, w) })
}

// said are the keys of what a row says beside its number.
type said struct{ state, other, about string }

func (r Referral) said(main string) said {
	x := r.there()
	return said{state: r.Procedure + "/" + main, other: x.Node + "/" + x.Office}
}

// about is what a sending is called by.
type about struct {
	Procedure string   `json:"procedure"`
	Offences  []string `json:"offences"`
	Suspects  int      `json:"suspects"`
	Protected int      `json:"protected"`
}

func (r Referral) about(n packet.Notice) string {
	return store.JSON(about{r.Procedure, n.Offences, n.Suspects, n.Protected})
}

// sayAbout keeps in the index what the latest sending is called by.
func (r Referral) sayAbout(tx *store.Tx, n packet.Notice) error {
	return tx.Exec(`UPDATE referral_queue SET about = $1 WHERE referral = $2`, r.about(n), r.ID)
}

// spell puts a number into the index of numbers.
func (r Referral) spell(tx *store.Tx) error {
	if begun, err := Queue().Begun(tx); err != nil || !begun {
		return err
	}
	number := strings.ToLower(r.Number)
	for at := range number {
		if err := tx.Exec(`INSERT INTO referral_number (suffix, referral) VALUES ($1, $2) ON CONFLICT (suffix, referral) DO NOTHING`, number[at:], r.ID); err != nil {
			return fmt.Errorf("number of a referral: %w", err)
		}
	}
	return nil
}

// saying is the condition that a row of the queue could say all words, next the
// number of the first free $ parameter; empty where that narrows nothing.
func saying(tx *store.Tx, words []string, t Telling, next int) (and string, args []any, err error) {
	if len(words) == 0 {
		return "", nil, nil
	}
	names, err := namesOf(tx, t)
	if err != nil {
		return "", nil, err
	}
	for _, w := range words {
		param := func(v any) string {
			args = append(args, v)
			return fmt.Sprintf("$%d", next+len(args)-1)
		}
		any := []string{`q.referral IN (SELECT n.referral FROM referral_number n WHERE n.suffix >= ` + param(w) + ` AND n.suffix < ` + param(w+"\U0010FFFF") + `)`}
		for _, column := range []string{"state", "other", "about"} {
			var keys []string
			for key, name := range names[column] {
				if strings.Contains(name, w) {
					keys = append(keys, key)
				}
			}
			slices.Sort(keys)
			for i := range keys {
				keys[i] = param(keys[i])
			}
			if len(keys) > 0 {
				any = append(any, `q.`+column+` IN (`+strings.Join(keys, ", ")+`)`)
			}
		}
		and += ` AND (` + strings.Join(any, " OR ") + `)`
	}
	return and, args, nil
}

// namesOf are the names of all keys that stand in the index, in lower case, by
// column.
func namesOf(tx *store.Tx, t Telling) (map[string]map[string]string, error) {
	out := map[string]map[string]string{"state": {}, "other": {}, "about": {}}
	for _, p := range program.Procedures() {
		if main, ok := p.Track(program.MainTrack); ok {
			for _, s := range main.States {
				out["state"][p.ID+"/"+s.ID] = strings.ToLower(t.Standing(s.Title))
			}
		}
	}
	others, err := keysOf(tx, "other")
	if err != nil {
		return nil, err
	}
	for _, key := range others {
		node, office, _ := strings.Cut(key, "/")
		out["other"][key] = strings.ToLower(t.Office(wire.Address{Node: node, Office: office}))
	}
	abouts, err := keysOf(tx, "about")
	if err != nil {
		return nil, err
	}
	for _, key := range abouts {
		name, err := called(key, t)
		if err != nil {
			return nil, err
		}
		out["about"][key] = strings.ToLower(name)
	}
	return out, nil
}

// called is what a sending is called, by its key.
func called(key string, t Telling) (string, error) {
	if key == "" {
		return t.About("", nil), nil
	}
	var a about
	if err := json.Unmarshal([]byte(key), &a); err != nil {
		return "", fmt.Errorf("what a referral is about: %w", err)
	}
	return t.About(a.Procedure, &packet.Notice{Offences: a.Offences, Suspects: a.Suspects, Protected: a.Protected}), nil
}

// keysOf lists the keys of a column of the queue, each by one look into its index,
// however many referrals have it.
func keysOf(tx *store.Tx, column string) (out []string, err error) {
	var last sql.NullString
	for {
		var key sql.NullString
		if !last.Valid {
			err = tx.QueryRow(`SELECT MIN(` + column + `) FROM referral_queue`).Scan(&key)
		} else {
			err = tx.QueryRow(`SELECT MIN(`+column+`) FROM referral_queue WHERE `+column+` > $1`, last.String).Scan(&key)
		}
		if err != nil {
			return nil, fmt.Errorf("keys of the queue: %w", err)
		}
		if !key.Valid {
			return out, nil
		}
		out, last = append(out, key.String), key
	}
}
