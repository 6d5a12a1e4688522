package packet

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/protection"
	"github.com/oasiss/oasiss/internal/store"
)

// hidden reports whether a person's name has no place in words that go to the
// other country: everyone but officials acting as such and a suspect whose
// name may go now.
func hidden(tx *store.Tx, p casefile.Person) (bool, error) {
	switch p.Class {
	case casefile.Official:
		return false, nil
	case casefile.Suspect:
		may, err := protection.NameMayGo(tx, p.Case, p.ID)
		return !may, err
	}
	return true, nil
}

// namesOf is the mask of a case as its people stand now, without those of one
// subject. Who was forgotten is known to nobody here any more.
func namesOf(tx *store.Tx, o casefile.Opener, caseID, without string) (mask, error) {
	var names mask
	people, err := casefile.People(tx, caseID)
	if err != nil {
		return names, err
	}
	for _, p := range people {
		hide, err := hidden(tx, p)
		if err != nil {
			return names, err
		}
		if !hide || p.Plant == without {
			continue
		}
		for _, id := range append([]string{p.ID}, p.Also...) {
			if err := names.record(tx, o, p.Plant, id); err != nil {
				return names, err
			}
		}
	}
	names.done()
	return names, nil
}

// record hides everything that was ever recorded of who a person is.
func (m *mask) record(tx *store.Tx, o casefile.Opener, subject, id string) error {
	all, err := casefile.Identities(tx, o, id)
	for _, who := range all {
		m.hide(subject, who)
	}
	return err
}

// lastForgotten is when somebody of a case was last forgotten; zero for never.
func lastForgotten(tx *store.Tx, caseID string) (last time.Time, err error) {
	people, err := casefile.People(tx, caseID)
	for _, p := range people {
		if p.Forgotten.After(last) {
			last = p.Forgotten
		}
	}
	return last, err
}

// unread reports whether an item's words were written before somebody of the
// case was forgotten: they may name that person, whom nobody here can hide any
// more. Recorded anew they go.
func unread(i casefile.Item, lost time.Time) bool {
	written := i.Added
	if i.Corrected.After(written) {
		written = i.Corrected
	}
	return !lost.IsZero() && !written.After(lost)
}

// spoken are the members of bodies that hold people's words; the others hold
// codes, ids and places.
var spoken = map[string]bool{"text": true, "translation": true, "narrative": true, "rights_text": true, "no_recording": true,
	"present": true, "note": true, "reason": true, "detail": true, "promises": true, "breaks": true, "interpreter": true, "interpreter_credential": true,
	"cross_examined_by": true, "conducted_by": true, "images": true, "certainty": true}

// tells reports whether what a key of a version opens names somebody whom it
// may not: a person recorded, corrected or found to be a victim after the
// version was frozen. The key's own subject is named in it by right.
func tells(tx *store.Tx, o casefile.Opener, v Version, k Key) (bool, error) {
	parts, err := Parts(tx, v)
	if err != nil {
		return false, err
	}
	names, err := namesOf(tx, o, v.Case, k.Subject)
	if err != nil {
		return false, err
	}
	lost, err := lastForgotten(tx, v.Case)
	if err != nil || lost.After(v.Composed) {
		return true, err // whoever was forgotten since may be named, and nobody can tell
	}
	for _, p := range parts {
		if p.Key != k.ID {
			continue
		}
		var items []Item
		if err := o.Open(tx, p, &items); err != nil {
			if missing(err) {
				return false, nil // it opens to nobody any more
			}
			return false, fmt.Errorf("words of a version: %w", err)
		}
		for _, it := range items {
			var body any
			if err := json.Unmarshal(it.Body, &body); err != nil {
				return false, fmt.Errorf("words of a version: %w", err)
			}
			if names.in(body, false) {
				return true, nil
			}
		}
	}
	return false, nil
}

// in reports whether words in a decoded body name somebody.
func (m *mask) in(v any, speaks bool) bool {
	switch v := v.(type) {
	case string:
		return speaks && m.over(v) != v
	case []any:
		for _, x := range v {
			if m.in(x, speaks) {
				return true
			}
		}
	case map[string]any:
		for key, x := range v {
			if m.in(x, speaks || spoken[key]) {
				return true
			}
		}
	}
	return false
}
