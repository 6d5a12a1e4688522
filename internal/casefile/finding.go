package casefile

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// Finding is how the search finds the things of a room above this one: what of
// them stands in the index, and who is shown them. Nothing that somebody wrote
// freely belongs there: it may name a protected person, or say where one is.
type Finding struct {
	Noun string
	// Names are the texts of which a hit's label is the end; none where the label
	// says itself what it is called.
	Names string
	// All is a statement for the ids of all that there are, oldest first.
	All string
	// Listed is what stands in the index for one; without words it stays out.
	Listed func(tx *store.Tx, o Opener, id string) (Listed, error)
	// With are the ids of those that are found by the words of an entry of a case;
	// nil where none are.
	With func(tx *store.Tx, caseID, item string) ([]string, error)
	// Hit decides one as its own page does, and gives it as it may be shown; false
	// where it may not be.
	Hit func(tx *store.Tx, v *act.Viewing, id string) (Hit, bool, error)
	// Leaving is one as access sees it when it is to leave the node in a list.
	Leaving func(tx *store.Tx, id, reason string) (access.Resource, error)
}

// Listed is what the index says of a thing of a room above.
type Listed struct {
	Words   []string
	Of      string   // the case that it is forgotten with and whose members may know of it; else what it belongs to
	Readers []string // offices that could know of it: a superset of who may see it
	Over    bool     // nothing more is awaited
	Owner   string   // office of this node that it belongs to; none if it came from elsewhere
	Marked  string   // handling code
	At      time.Time
	Zone    string // in which its day is told; that of the owner when left out
}

// findings are those of the rooms above, in the order in which they are offered.
var findings []Finding

// Finds lets the search find the things of a room above; it is called once for
// each kind, before any node is open.
func Finds(f Finding) {
	findings = append(findings, f)
	slices.SortFunc(findings, func(a, b Finding) int { return strings.Compare(a.Noun, b.Noun) })
}

func findingOf(noun string) (Finding, bool) {
	i := slices.IndexFunc(findings, func(f Finding) bool { return f.Noun == noun })
	if i < 0 {
		return Finding{}, false
	}
	return findings[i], true
}

// FoundNouns are what a search finds.
func FoundNouns() []string {
	out := []string{typeCase, "person", "event", "organisation", "vehicle", "phone"}
	for _, f := range findings {
		out = append(out, f.Noun)
	}
	return out
}

// Relist brings the index in step with a thing of a room above. It belongs to a
// reaction, never to an apply.
func Relist(tx *store.Tx, d *journal.Draw, noun, id string) error {
	f, known := findingOf(noun)
	if !known {
		return nil
	}
	return f.list(tx, d, d.Ring(), id)
}

func (f Finding) list(tx *store.Tx, o Opener, ring *seal.Keyring, id string) error {
	l, err := f.Listed(tx, o, id)
	if isAbsent(err) {
		return takeOut(tx, ring, id)
	}
	if err != nil {
		return err
	}
	row, err := l.row(tx, f.Noun)
	if err != nil {
		return err
	}
	return putRow(tx, ring, place{l.Of, f.Noun, id}, row)
}

// relistWith brings in step what is found by the words of an entry of a case.
func relistWith(tx *store.Tx, o Opener, ring *seal.Keyring, caseID, item string) error {
	for _, f := range findings {
		if f.With == nil {
			continue
		}
		with, err := f.With(tx, caseID, item)
		if err != nil {
			return err
		}
		for _, id := range with {
			if err := f.list(tx, o, ring, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// row is what the index is given: the words, and the tokens of who could know
// of it and of what narrows a search to it.
func (l Listed) row(tx *store.Tx, noun string) (indexed, error) {
	words := strings.TrimSpace(strings.Join(l.Words, " "))
	if words == "" {
		return indexed{}, nil
	}
	zone, err := l.Zone, error(nil)
	if zone == "" {
		zone, err = zoneOfOffice(tx, l.Owner)
	}
	if err != nil {
		return indexed{}, err
	}
	var who []string
	for _, office := range slices.Compact(slices.Sorted(slices.Values(l.Readers))) {
		who = append(who, officeToken(office))
	}
	status := StatusOpen
	if l.Over {
		status = StatusClosed
	}
	who = append(who, token(tokenNoun, noun), token(tokenStatus, status))
	if l.Owner != "" {
		who = append(who, token(tokenOwner, l.Owner))
	}
	if l.Marked != "" {
		who = append(who, token(tokenHandling, l.Marked))
	}
	return indexed{Words: words, Who: strings.Join(append(who, dayMarks(l.At.In(i18n.Zone(zone)))...), " ")}, nil
}

// dayMarks are the tokens of a day: its year, its month and itself.
func dayMarks(at time.Time) []string {
	return []string{token(tokenDay, at.Format("2006")), token(tokenDay, at.Format("2006-01")), token(tokenDay, at.Format(time.DateOnly))}
}

// zoneOfOffice is the zone of an office of this node; none if there is none.
func zoneOfOffice(tx *store.Tx, id string) (string, error) {
	o, ok, err := access.LoadOffice(tx, id)
	if err != nil || !ok {
		return "", err
	}
	return o.Zone, nil
}

// found decides a hit of a room above, and gives it as its room shows it.
func (f Finding) found(tx *store.Tx, v *act.Viewing, h Hit) (Hit, bool, error) {
	out, ok, err := f.Hit(tx, v, h.Object)
	if isAbsent(err) {
		return h, false, nil
	}
	out.Noun, out.Object = h.Noun, h.Object
	return out, ok, err
}

// LeavingHit is what was found as access sees it when it is to leave the node
// in a list, and the case that it belongs to, if it is a thing of a case.
func LeavingHit(tx *store.Tx, h Hit, reason string) (access.Resource, *Case, error) {
	if f, above := findingOf(h.Noun); above {
		r, err := f.Leaving(tx, h.Object, reason)
		return r, nil, err
	}
	c, err := Load(tx, h.Case)
	if err != nil {
		return access.Resource{}, nil, err
	}
	return Leaving(c, reason), &c, nil
}

// FoundWords are the words by which an entry of a case is found in clear, so that
// what is kept of it is found by them too; none where it leads to somebody who is
// protected.
func FoundWords(tx *store.Tx, o Opener, item string) (string, error) {
	i, err := LoadItem(tx, item)
	if isAbsent(err) || err == nil && !slices.Contains(worded, i.Noun) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return itemWords(tx, o, item)
}
