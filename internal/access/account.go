package access

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/store"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Office is a place of an agency where people of the programme work.
type Office struct {
	ID       string    `json:"id"`
	Country  string    `json:"country"`
	Agency   string    `json:"agency"`
	Name     Names     `json:"name"`
	Zone     string    `json:"zone"` // IANA name, for its clocks
	Kind     string    `json:"kind"` // one of OfficeKinds
	Opened   time.Time `json:"opened"`
	Closed   time.Time `json:"closed,omitzero"`
	Founding bool      `json:"founding,omitempty"`
}

// Names is a name in both languages.
type Names struct {
	En string `json:"en"`
	Es string `json:"es"`
}

// Kinds of offices, by the work they may do in the programme.
const (
	OfficeCase    = "case"    // investigates, prosecutes, protects or coordinates
	OfficeBridge  = "bridge"  // receives people at the bridge: the sheet and nothing else
	OfficeRemoval = "removal" // removal and migration control: no role in any case
)

// OfficeKinds is the closed list of kinds.
var OfficeKinds = []string{OfficeCase, OfficeBridge, OfficeRemoval}

// User is an account: one person in one office.
type User struct {
	ID       string    `json:"id"`
	Login    string    `json:"login"` // as typed at sign-in, see LoginKey
	Name     string    `json:"name"`
	Office   string    `json:"office"`
	Badge    string    `json:"badge,omitempty"`    // employee number: two accounts with one badge are one person
	Superior string    `json:"superior,omitempty"` // account of the direct superior
	Lang     string    `json:"lang"`
	From     time.Time `json:"from"`               // cannot sign in before
	Disabled time.Time `json:"disabled,omitzero"`  // since when, zero while enabled
	Locked   time.Time `json:"locked,omitzero"`    // by failed confirmations or codes, until two people release it
	Barred   time.Time `json:"barred,omitzero"`    // its password alone, by failed sign-ins, until two people release it
	Reset    time.Time `json:"reset,omitzero"`     // the secret of before this instant is void
	Invite   []string  `json:"invite,omitempty"`   // the two accounts that may each draw half of the one-time link
	InviteAt time.Time `json:"invite_at,omitzero"` // from when they may
	Founding bool      `json:"founding,omitempty"` // made before the first accord
	Founder  bool      `json:"founder,omitempty"`  // redeemed one of the two founding links
}

// Usable reports whether the account may sign in and act at a time.
func (u User) Usable(now time.Time) bool {
	return u.Disabled.IsZero() && u.Locked.IsZero() && !now.Before(u.From)
}

// LockedSince is since when the account, or its password, is locked; zero if
// neither is.
func (u User) LockedSince() time.Time {
	if u.Locked.IsZero() {
		return u.Barred
	}
	return u.Locked
}

// voided reports whether what the account had since an instant (its secret, a
// session) is void by a reset that has taken effect.
func (u User) voided(since, now time.Time) bool {
	return !u.Reset.IsZero() && !now.Before(u.Reset) && !since.After(u.Reset)
}

// Grant is a role in force for an account from an instant on.
type Grant struct {
	User     string    `json:"user"`
	Role     string    `json:"role"`
	Since    time.Time `json:"since"`
	Founding bool      `json:"founding,omitempty"`
}

// ErrNoUser means that there is no such account.
var ErrNoUser = errors.New("access: no such account")

// LoginKey is the one spelling of a login name: NFKC, case folded, without
// spaces around it.
func LoginKey(login string) string {
	return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(login)))
}

// SaveOffice writes an office. Only an apply calls it.
func SaveOffice(tx *store.Tx, o Office) error {
	var closed any
	if !o.Closed.IsZero() {
		closed = store.Micros(o.Closed)
	}
	return tx.Exec(`INSERT INTO office (id, closed, doc) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET closed = excluded.closed, doc = excluded.doc`,
		o.ID, closed, store.JSON(o))
}

// LoadOffice reads an office; false if there is none.
func LoadOffice(tx *store.Tx, id string) (Office, bool, error) {
	o, err := store.Doc[Office](tx, `SELECT doc FROM office WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	return o, err == nil, err
}

// ListOffices reads every office, closed ones too, by id.
func ListOffices(tx *store.Tx) ([]Office, error) {
	return store.Docs[Office](tx, `SELECT doc FROM office ORDER BY id`)
}

// SaveUser writes an account. Only an apply calls it.
func SaveUser(tx *store.Tx, u User) error {
	return tx.Exec(`INSERT INTO app_user (id, login, office, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET login = excluded.login, office = excluded.office, doc = excluded.doc`,
		u.ID, LoginKey(u.Login), u.Office, store.JSON(u))
}

// LoadUser reads an account; ErrNoUser if there is none.
func LoadUser(tx *store.Tx, id string) (User, error) {
	return oneUser(tx, `SELECT doc FROM app_user WHERE id = $1`, id)
}

// UserByLogin reads an account by its login name; ErrNoUser if there is none.
func UserByLogin(tx *store.Tx, login string) (User, error) {
	return oneUser(tx, `SELECT doc FROM app_user WHERE login = $1`, LoginKey(login))
}

func oneUser(tx *store.Tx, query, arg string) (User, error) {
	u, err := store.Doc[User](tx, query, arg)
	if errors.Is(err, sql.ErrNoRows) {
		return u, ErrNoUser
	}
	return u, err
}

// ListUsers reads every account by login name.
func ListUsers(tx *store.Tx) ([]User, error) {
	return store.Docs[User](tx, `SELECT doc FROM app_user ORDER BY login`)
}

// UsersOf reads the accounts of an office that hold a role at a time, disabled
// and locked ones left out: who can be told or asked.
func UsersOf(tx *store.Tx, office, role string, now time.Time) ([]User, error) {
	all, err := store.Docs[User](tx, `SELECT u.doc FROM app_user u JOIN grants g ON g.user_id = u.id
		WHERE u.office = $1 AND g.role = $2 AND g.since <= $3 ORDER BY u.login`, office, role, store.Micros(now))
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, u := range all {
		if u.Usable(now) {
			out = append(out, u)
		}
	}
	return out, nil
}

// RolesOf are the roles in force in each office, of whomever; whose account is out
// of use counts too, because an office has its part all the same.
func RolesOf(tx *store.Tx, now time.Time) (map[string][]string, error) {
	out := map[string][]string{}
	err := store.Each(tx, func(rows *sql.Rows) error {
		var office, role string
		if err := rows.Scan(&office, &role); err != nil {
			return err
		}
		out[office] = append(out[office], role)
		return nil
	}, `SELECT DISTINCT u.office, g.role FROM app_user u JOIN grants g ON g.user_id = u.id WHERE g.since <= $1 ORDER BY u.office, g.role`, store.Micros(now))
	return out, err
}

// ChangeUser rewrites one account; one that is not here is left alone. Only an
// apply calls it.
func ChangeUser(tx *store.Tx, id string, change func(*User)) error {
	u, err := LoadUser(tx, id)
	if errors.Is(err, ErrNoUser) {
		return nil
	}
	if err != nil {
		return err
	}
	change(&u)
	return SaveUser(tx, u)
}

// Release unlocks an account and forgets its failures. Only an apply calls it.
func Release(tx *store.Tx, id string) error {
	if err := tx.Exec(`DELETE FROM attempt WHERE subject = $1`, id); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	return ChangeUser(tx, id, func(u *User) { u.Locked, u.Barred = time.Time{}, time.Time{} })
}

// NotSecond lists the accounts that cannot be the second person after these:
// themselves, other accounts of the same people, and their direct
// subordinates. It is the value of AttrNot.
func NotSecond(tx *store.Tx, first ...string) ([]string, error) {
	all, err := ListUsers(tx)
	if err != nil {
		return nil, err
	}
	badges := map[string]bool{}
	for _, u := range all {
		if u.Badge != "" && slices.Contains(first, u.ID) {
			badges[u.Badge] = true
		}
	}
	out := slices.Clone(first)
	for _, u := range all {
		if !slices.Contains(out, u.ID) && (badges[u.Badge] || slices.Contains(first, u.Superior)) {
			out = append(out, u.ID)
		}
	}
	sort.Strings(out)
	return out, nil
}

// SaveGrant puts a role in force. Only an apply calls it.
func SaveGrant(tx *store.Tx, g Grant) error {
	return tx.Exec(`INSERT INTO grants (user_id, role, since, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (user_id, role) DO UPDATE SET since = excluded.since, doc = excluded.doc`,
		g.User, g.Role, store.Micros(g.Since), store.JSON(g))
}

// EndGrant takes a role away at once. Only an apply calls it.
func EndGrant(tx *store.Tx, user, role string) error {
	return tx.Exec(`DELETE FROM grants WHERE user_id = $1 AND role = $2`, user, role)
}

// Grants lists the roles of an account, also those not in force yet.
func Grants(tx *store.Tx, user string) ([]Grant, error) {
	return store.Docs[Grant](tx, `SELECT doc FROM grants WHERE user_id = $1 ORDER BY role`, user)
}

// ActorOf is an account as it would act now with two factors, under the roles in
// force, without a session: for asking what its person may know or do. ErrUnusable
// where it cannot be used, ErrNoUser where there is none.
func ActorOf(tx *store.Tx, user, node, country string, now time.Time) (Actor, error) {
	u, err := LoadUser(tx, user)
	if err != nil {
		return Actor{}, err
	}
	a, err := actor(tx, u, node, country, now)
	a.Level = 2
	return a, err
}

// ErrUnusable means that an account cannot act now.
var ErrUnusable = errors.New("access: the account cannot be used now")

func actor(tx *store.Tx, u User, node, country string, now time.Time) (Actor, error) {
	o, ok, err := LoadOffice(tx, u.Office)
	if err != nil {
		return Actor{}, fmt.Errorf("office of the account: %w", err)
	}
	if !u.Usable(now) || !ok || !o.Closed.IsZero() {
		return Actor{}, ErrUnusable
	}
	grants, err := Grants(tx, u.ID)
	if err != nil {
		return Actor{}, err
	}
	a := Actor{User: u.ID, Name: u.Name, Office: u.Office, Node: node, Country: country, Lang: u.Lang}
	for _, g := range grants {
		if !now.Before(g.Since) {
			a.Roles = append(a.Roles, g.Role)
		}
	}
	sort.Strings(a.Roles)
	return a, nil
}
