package casefile

import (
	"fmt"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/store"
)

func applyOpened(tx *store.Tx, e journal.Entry, f Opened) error {
	c := Case{ID: f.ID, Number: f.Number, Status: StatusOpen, Office: f.Office, Handling: f.Handling, Controls: f.Controls, Origin: f.Origin, Key: f.Key, Opened: e.Created}
	if e.By != nil {
		c.By = e.By.ID
	}
	c.TitlePart, _ = e.Part(titlePart)
	err := tx.Exec(`INSERT INTO casefile (id, prefix, year, n, number, opened, doc) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.ID, f.Prefix, f.Year, f.N, f.Number, store.Micros(e.Created), store.JSON(c))
	if err != nil {
		return fmt.Errorf("case: %w", err)
	}
	if err := access.Member(tx, typeCase, f.ID, f.Office); err != nil {
		return err
	}
	return remember(tx, f.ID, e.Seq)
}

func applyStatus(tx *store.Tx, e journal.Entry, f StatusSet) error {
	c, err := Load(tx, e.Case)
	if err != nil {
		return err
	}
	c.Status = f.Status
	if err := tx.Exec(`UPDATE casefile SET doc = $1 WHERE id = $2`, store.JSON(c), c.ID); err != nil {
		return err
	}
	return remember(tx, c.ID, e.Seq)
}

func applyMemberAdded(tx *store.Tx, e journal.Entry, f MemberAdded) error {
	if err := access.Member(tx, typeCase, e.Case, f.Office); err != nil {
		return err
	}
	return remember(tx, e.Case, e.Seq)
}

func applyMemberRemoved(tx *store.Tx, e journal.Entry, f MemberRemoved) error {
	if err := access.Unmember(tx, typeCase, e.Case, f.Office); err != nil {
		return err
	}
	return remember(tx, e.Case, e.Seq)
}

func applyPersonAdded(tx *store.Tx, e journal.Entry, f PersonAdded) error {
	p := Person{ID: f.ID, Case: e.Case, Plant: f.Plant, Age: f.Age, Key: f.Key, Added: e.Created}
	if e.By != nil {
		p.By = e.By.ID
	}
	p.Identity, _ = e.Part(identityPart)
	err := tx.Exec(`INSERT INTO case_person (id, case_id, plant, class, doc) VALUES ($1, $2, $3, $4, $5)`,
		p.ID, p.Case, p.Plant, string(Protected), store.JSON(p))
	if err != nil {
		return fmt.Errorf("person: %w", err)
	}
	return remember(tx, p.ID, e.Seq)
}

func applyPersonCorrected(tx *store.Tx, e journal.Entry, f PersonCorrected) error {
	return changePerson(tx, e, f.ID, func(p *Person) {
		p.Identity, _ = e.Part(identityPart)
		p.Age, p.Corrected = f.Age, e.Created
	})
}

func applyPersonClassed(tx *store.Tx, e journal.Entry, f PersonClassed) error {
	return changePerson(tx, e, f.ID, func(p *Person) { p.Age, p.Shielded = f.Age, f.Shielded })
}

// changePerson rewrites one record and the class that follows from it.
func changePerson(tx *store.Tx, e journal.Entry, id string, change func(*Person)) error {
	p, err := loadRecord(tx, id)
	if err != nil {
		return err
	}
	change(&p)
	if err := tx.Exec(`UPDATE case_person SET doc = $1 WHERE id = $2`, store.JSON(p), id); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	if err := remember(tx, id, e.Seq); err != nil {
		return err
	}
	return reclass(tx, id)
}

func applyMerged(tx *store.Tx, e journal.Entry, f PersonsMerged) error {
	return join(tx, e, f.Keep, f.Merged, f.Keep)
}

func applyUnmerged(tx *store.Tx, e journal.Entry, f PersonsUnmerged) error {
	return join(tx, e, f.Keep, f.Merged, nil)
}

func join(tx *store.Tx, e journal.Entry, keep, merged string, into any) error {
	if err := tx.Exec(`UPDATE case_person SET merged = $1 WHERE id = $2`, into, merged); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	for _, id := range []string{keep, merged} {
		if err := remember(tx, id, e.Seq); err != nil {
			return err
		}
		if err := reclass(tx, id); err != nil {
			return err
		}
	}
	return nil
}

func applySought(*store.Tx, journal.Entry, Sought) error { return nil }

// reclass derives the class of a person and of the records merged with it.
func reclass(tx *store.Tx, id string) error {
	p, err := LoadPerson(tx, id)
	if err != nil {
		return err
	}
	all := []Person{p}
	class := classOf(p.Age, p.Shielded, p.Roles)
	for _, other := range p.Also {
		r, err := loadRecord(tx, other)
		if err != nil {
			return err
		}
		if r.Age != Adult || r.Shielded {
			class = Protected
		}
		all = append(all, r)
	}
	for _, r := range all {
		if r.Class == class {
			continue
		}
		if err := tx.Exec(`UPDATE case_person SET class = $1 WHERE id = $2`, string(class), r.ID); err != nil {
			return fmt.Errorf("class: %w", err)
		}
	}
	return nil
}

// classOf is the class that follows from what is recorded: only an adult who
// holds the role of suspect, or of official, and no other now, is not protected.
func classOf(age Age, shielded bool, roles []HeldRole) Class {
	if shielded || age != Adult {
		return Protected
	}
	class := Protected
	for i, r := range current(roles) {
		as := Protected
		switch r.Role.Role {
		case roleSuspect:
			as = Suspect
		case roleOfficial:
			as = Official
		}
		if i == 0 {
			class = as
		}
		if as == Protected || as != class {
			return Protected
		}
	}
	return class
}

// current leaves out roles that have ended.
func current(roles []HeldRole) []HeldRole {
	var out []HeldRole
	for _, r := range roles {
		if r.To == "" {
			out = append(out, r)
		}
	}
	return out
}
