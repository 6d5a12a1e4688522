package directory

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

var officeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,39}$`)

// loginForm: letters and digits of any script, and inside also . _ @ and -; 2 to
// 63 of them. (As an expression it took 2 MB and a twentieth of the start.)
func loginForm(login string) bool {
	n := utf8.RuneCountInString(login)
	for i, r := range login {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && (i == 0 || !strings.ContainsRune("._@-", r)) {
			return false
		}
	}
	return n >= 2 && n <= 63
}

// check holds a change against the directory as it stands now; it is asked
// when it is proposed and again when it is approved.
func (p Proposal) check(tx *store.Tx) error {
	switch p.Change {
	case ChangeOfficeOpen:
		return checkOffice(tx, *p.Office)
	case ChangeOfficeClose:
		_, err := openOffice(tx, p.Subject)
		return err
	case ChangeUser:
		return checkUser(tx, *p.User, p.Roles)
	case ChangeRotate, ChangeRevoke:
		return p.checkKeys(tx)
	case ChangeEpoch:
		return checkLanes(tx, p.Subject)
	}
	u, err := someone(tx, p.Subject)
	if err != nil {
		return err
	}
	switch {
	case p.Change == ChangeGrant:
		return checkRoles(tx, u, p.Roles)
	case p.Change == ChangeBind:
		return checkBinding(tx, *p.Binding)
	case p.Change == ChangeUnlock && u.Locked.IsZero():
		return refusal.Conflict("directory.not_locked")
	case p.Change == ChangeEnable && u.Disabled.IsZero():
		return refusal.Conflict("directory.not_disabled")
	}
	return nil
}

func checkOffice(tx *store.Tx, o access.Office) error {
	if _, taken, err := access.LoadOffice(tx, o.ID); err != nil || taken {
		return errors.Join(err, onlyIf(taken, refusal.Conflict("directory.office_exists", "Office", o.ID)))
	}
	switch {
	case !officeForm.MatchString(o.ID):
		return refusal.New("directory.office_id", "Office", o.ID)
	case o.Agency == "" || o.Name.En == "" || o.Name.Es == "":
		return refusal.New("directory.office_names")
	case !slices.Contains(access.OfficeKinds, o.Kind):
		return refusal.New("directory.office_kind", "Kind", o.Kind)
	}
	if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "" {
		return refusal.New("directory.office_zone", "Zone", o.Zone)
	}
	return nil
}

func checkUser(tx *store.Tx, u access.User, roles []string) error {
	if err := checkAccount(tx, u); err != nil {
		return err
	}
	return checkRoles(tx, u, roles)
}

// checkAccount holds a new account against the others.
func checkAccount(tx *store.Tx, u access.User) error {
	switch {
	case !loginForm(u.Login):
		return refusal.New("directory.login_form")
	case utf8.RuneCountInString(strings.TrimSpace(u.Name)) < 3:
		return refusal.New("directory.name_needed")
	case u.Lang != "en" && u.Lang != "es":
		return refusal.New("directory.language", "Lang", u.Lang)
	}
	all, err := access.ListUsers(tx)
	if err != nil {
		return err
	}
	for _, other := range all {
		switch {
		case access.LoginKey(other.Login) == access.LoginKey(u.Login):
			return refusal.Conflict("directory.login_taken")
		case u.Badge != "" && other.Badge == u.Badge && other.Disabled.IsZero():
			return refusal.Conflict("directory.badge_taken")
		}
	}
	if u.Superior != "" {
		if _, err := someone(tx, u.Superior); err != nil {
			return err
		}
	}
	return nil
}

// checkRoles holds roles to be granted against the office and against each
// other: administrators and auditors hold no other role, offices of removal
// none in a case, the bridge its own.
func checkRoles(tx *store.Tx, u access.User, roles []string) error {
	o, err := openOffice(tx, u.Office)
	if err != nil {
		return err
	}
	if len(roles) == 0 {
		return refusal.New("directory.role_needed")
	}
	held, err := access.Grants(tx, u.ID)
	if err != nil {
		return err
	}
	all := slices.Clone(roles)
	for _, g := range held {
		all = append(all, g.Role)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for _, r := range roles {
		switch {
		case !access.KnownRole(r):
			return refusal.New("directory.role_unknown", "Role", r)
		case !officeAdmits(o.Kind, r):
			return refusal.New("directory.role_not_here", "Role", r, "Office", o.ID)
		}
	}
	for _, alone := range []string{access.RoleAdmin, access.RoleAuditor} {
		if slices.Contains(all, alone) && len(all) > 1 {
			return refusal.New("directory.role_alone", "Role", alone)
		}
	}
	return nil
}

// officeAdmits says which roles an office of a kind may hold (DESIGN §7).
func officeAdmits(kind, role string) bool {
	switch kind {
	case access.OfficeRemoval:
		return role == access.RoleAdmin
	case access.OfficeBridge:
		return role == access.RoleINM || role == access.RoleAdmin
	}
	return role != access.RoleINM
}

// openOffice reads an office that is open.
func openOffice(tx *store.Tx, id string) (access.Office, error) {
	o, ok, err := access.LoadOffice(tx, id)
	switch {
	case err != nil:
		return o, err
	case !ok:
		return o, refusal.New("directory.office_unknown", "Office", id)
	case !o.Closed.IsZero():
		return o, refusal.Conflict("directory.office_closed", "Office", id)
	}
	return o, nil
}

// someone reads an account; an absent one is a refusal.
func someone(tx *store.Tx, id string) (access.User, error) {
	u, err := access.LoadUser(tx, id)
	if errors.Is(err, access.ErrNoUser) {
		return u, refusal.NotFound()
	}
	return u, err
}

func onlyIf(cond bool, err error) error {
	if cond {
		return err
	}
	return nil
}
