package access

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Site is where a node's pages are, as passkeys are bound to it.
type Site struct {
	RelyingParty string   // host name, without port
	Origins      []string // "https://host[:port]" of the pages, the first is shown
}

// SiteAt is the site of pages at an https address; without one, of pages on this
// machine alone, listening at the address given. access.site for what is no
// such address, or names a machine by number: no passkey can be bound to that.
func SiteAt(address, listening string) (Site, error) {
	if address == "" {
		_, port, err := net.SplitHostPort(listening)
		if err != nil {
			return Site{}, fmt.Errorf("site: %w", err)
		}
		address = "https://" + net.JoinHostPort("localhost", port)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return Site{}, refusal.New("access.site")
	}
	return Site{RelyingParty: u.Hostname(), Origins: []string{"https://" + strings.TrimSuffix(u.Host, ":443")}}, nil
}

// PasskeysMax is how many passkeys one account may have.
const PasskeysMax = 10

// Passkey is a credential of a person's own authenticator.
type Passkey struct {
	ID     string    `json:"id"`     // credential id, base64url
	User   string    `json:"user"`   // account
	Name   string    `json:"name"`   // what its person calls it
	Alg    string    `json:"alg"`    // wire.AlgES256 or wire.AlgEdDSA
	Public []byte    `json:"public"` // as in wire.Enrolment
	Held   string    `json:"held"`   // wire.HeldDevice or wire.HeldSoftware
	Since  time.Time `json:"since"`
	Fact   string    `json:"fact"` // id of the fact of its registration
}

// OwnPasskey is a passkey as its person sees it, with its last use.
type OwnPasskey struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Held  string    `json:"held"`
	Since time.Time `json:"since"`
	Used  time.Time `json:"used,omitzero"`
}

// key is what verifies an assertion by the passkey.
func (p Passkey) key(node string, site Site) (wire.ProofKey, error) {
	pub, err := wire.PasskeyPublic(p.Alg, p.Public)
	return wire.ProofKey{Public: pub, Node: node, Account: p.User, RelyingParty: site.RelyingParty, Origins: site.Origins, Held: p.Held}, err
}

// errNoPasskey means that there is no such passkey in force.
var errNoPasskey = errors.New("access: no such passkey")

// loadPasskey reads a passkey that is in force; errNoPasskey for one that is
// not, or that a reset of its account has voided.
func loadPasskey(tx *store.Tx, id string, now time.Time) (Passkey, User, error) {
	p, err := store.Doc[Passkey](tx, `SELECT doc FROM passkey WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return p, User{}, errNoPasskey
	}
	if err != nil {
		return p, User{}, err
	}
	u, err := LoadUser(tx, p.User)
	if errors.Is(err, ErrNoUser) || err == nil && u.voided(p.Since, now) {
		return p, u, errNoPasskey
	}
	return p, u, err
}

// passkeysOf reads the passkeys of an account that are in force, oldest first.
func passkeysOf(tx *store.Tx, u User, now time.Time) ([]OwnPasskey, error) {
	var out []OwnPasskey
	err := store.Each(tx, func(rows *sql.Rows) error {
		var doc string
		var used sql.NullInt64
		if err := rows.Scan(&doc, &used); err != nil {
			return err
		}
		var p Passkey
		if err := json.Unmarshal([]byte(doc), &p); err != nil {
			return fmt.Errorf("passkey: %w", err)
		}
		if u.voided(p.Since, now) {
			return nil
		}
		own := OwnPasskey{ID: p.ID, Name: p.Name, Held: p.Held, Since: p.Since}
		if used.Valid {
			own.Used = store.Time(used.Int64)
		}
		out = append(out, own)
		return nil
	}, `SELECT p.doc, u.used FROM passkey p LEFT JOIN passkey_use u ON u.id = p.id WHERE p.user_id = $1 ORDER BY p.id`, u.ID)
	return out, err
}

// noteUse keeps that a passkey was used, and how far its counter has come. It
// reports false where the counter did not grow: there is a copy of it. An
// authenticator that keeps none always says zero.
func noteUse(tx *store.Tx, id string, counter uint32, now time.Time) (grown bool, err error) {
	var had int64
	err = tx.QueryRow(`SELECT counter FROM passkey_use WHERE id = $1`, id).Scan(&had)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("use of the passkey: %w", err)
	}
	if (had != 0 || counter != 0) && int64(counter) <= had {
		return false, nil
	}
	return true, tx.Exec(`INSERT INTO passkey_use (id, counter, used) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET counter = excluded.counter, used = excluded.used`, id, int64(counter), store.Micros(now))
}
