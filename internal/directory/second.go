package directory

import (
	"fmt"
	"slices"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/store"
)

// Second checks that by can be the second person after the account first:
// directory.same_person, directory.same_office, directory.subordinate,
// directory.first_gone, directory.administrator where either of them runs the node.
func Second(tx *store.Tx, first string, by access.Actor) error {
	one, err := access.LoadUser(tx, first)
	if err != nil {
		return fmt.Errorf("first person: %w", err)
	}
	two, err := access.LoadUser(tx, by.User)
	if err != nil {
		return fmt.Errorf("second person: %w", err)
	}
	switch {
	case one.ID == two.ID, one.Badge != "" && one.Badge == two.Badge:
		return refusal.New("directory.same_person")
	case one.Office == two.Office:
		return refusal.New("directory.same_office")
	case two.Superior == one.ID:
		return refusal.New("directory.subordinate")
	case !one.Disabled.IsZero():
		return refusal.New("directory.first_gone")
	}
	return noAdministrator(tx, one.ID, two.ID)
}

// noAdministrator refuses for people who run the node, or will once what was
// approved takes effect, under this account or another of theirs that is in
// use: whoever holds the machine must not also say who gets in. The policies
// let no administrator act here; this holds it for whoever became one since they
// proposed, and against a table that says more than the rules allow.
func noAdministrator(tx *store.Tx, ids ...string) error {
	all, err := access.ListUsers(tx)
	if err != nil {
		return err
	}
	var badges []string
	for _, u := range all {
		if u.Badge != "" && slices.Contains(ids, u.ID) {
			badges = append(badges, u.Badge)
		}
	}
	for _, u := range all {
		own := slices.Contains(ids, u.ID)
		if !own && (!u.Disabled.IsZero() || !slices.Contains(badges, u.Badge)) {
			continue
		}
		held, err := access.Grants(tx, u.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(held, func(g access.Grant) bool { return g.Role == access.RoleAdmin }) {
			return refusal.New("directory.administrator")
		}
	}
	return nil
}
