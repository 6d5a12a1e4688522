package casefile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oasiss/oasiss/internal/access"
	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// Version is one change of a thing or a person, and how they stood from then on.
type Version struct {
	Seq       int64
	Kind      string // of the fact
	At        time.Time
	By        *wire.Actor // nil where the node itself acted
	Reason    string      // code; "" where none is asked
	Withdrawn bool        // it was never so
	Forgotten bool        // the body was expunged: nothing more is known
	Item      *ItemView   // of a thing
	Identity  *Identity   // of a person, where it changed and may be shown
}

// ItemRecord is a thing of a case with all that was ever recorded of it, oldest
// first. The last version stands.
type ItemRecord struct {
	Case     string
	Versions []Version
}

// Stands is how the thing stands now.
func (r ItemRecord) Stands() Version { return r.Versions[len(r.Versions)-1] }

// ShowItem gives one thing of a case and every version of it, each as the
// reader may see it now: what a protected person held stays sealed in what
// stood before, too. What was withdrawn can still be looked up.
func ShowItem(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) (ItemRecord, error) {
	return act.View(ctx, a, by, purpose, "history", func(tx *store.Tx, v *act.Viewing) (ItemRecord, error) {
		i, err := LoadItem(tx, id)
		if err != nil {
			return ItemRecord{}, err
		}
		c, err := Load(tx, i.Case)
		if err != nil {
			return ItemRecord{}, err
		}
		if err := v.Must(c.resource(typeOf(i.Noun), i.ID)); err != nil {
			return ItemRecord{}, err
		}
		changes, err := History(tx, i.ID)
		if err != nil {
			return ItemRecord{}, err
		}
		out := ItemRecord{Case: i.Case}
		for n, change := range changes {
			version, err := change.item(tx, v, i)
			if err != nil {
				return out, err
			}
			if version.Item != nil {
				version.Item.Corrected = n > 0
			}
			out.Versions = append(out.Versions, version)
		}
		return out, nil
	})
}

// version is a change without what was recorded by it.
func (c Change) version() Version {
	return Version{Seq: c.Entry.Seq, Kind: c.Entry.Kind, At: c.Entry.Created, By: c.Entry.By, Forgotten: c.Forgotten}
}

// item is how a thing stood from a change on, as the reader may see it.
func (c Change) item(tx *store.Tx, v *act.Viewing, now Item) (Version, error) {
	out := c.version()
	if c.Forgotten {
		return out, nil
	}
	stood, why, err := c.stated(now)
	if err != nil {
		return out, err
	}
	out.Reason, out.Withdrawn = why.Reason, why.Withdrawn
	seen, err := SeeItem(tx, v, stood)
	out.Item = &seen
	return out, err
}

// why is what a correction says beside what it records.
type why struct {
	Reason    string `json:"reason"`
	Withdrawn bool   `json:"withdrawn"`
}

// stated is the thing as this change left it.
func (c Change) stated(now Item) (Item, why, error) {
	var f struct {
		why
		Content json.RawMessage `json:"content"`
	}
	var about struct{ Person, Holder string }
	if err := json.Unmarshal(c.Clear, &f); err != nil {
		return Item{}, f.why, fmt.Errorf("version of a thing: %w", err)
	}
	if err := json.Unmarshal(f.Content, &about); err != nil {
		return Item{}, f.why, fmt.Errorf("version of a thing: %w", err)
	}
	stood := Item{ID: now.ID, Case: now.Case, Noun: now.Noun, Person: cmp.Or(about.Person, about.Holder), Content: f.Content, Added: c.Entry.Created}
	if part, ok := c.Entry.Part(detailPart); ok {
		stood.Detail = &part
	}
	return stood, f.why, nil
}

// PersonVersions are all changes of a person's records, oldest first. With o,
// each that said who the person is says it: the caller has decided that it may
// be shown.
func PersonVersions(tx *store.Tx, o Opener, p Person) ([]Version, error) {
	var out []Version
	for _, record := range append([]string{p.ID}, p.Also...) {
		changes, err := History(tx, record)
		if err != nil {
			return nil, err
		}
		for _, change := range changes {
			version, err := change.person(tx, o)
			if err != nil {
				return nil, err
			}
			out = append(out, version)
		}
	}
	slices.SortStableFunc(out, func(a, b Version) int { return cmp.Compare(a.Seq, b.Seq) })
	return slices.CompactFunc(out, func(a, b Version) bool { return a.Seq == b.Seq }), nil // a merge is of both records
}

func (c Change) person(tx *store.Tx, o Opener) (Version, error) {
	out := c.version()
	if c.Forgotten {
		return out, nil
	}
	var f struct{ Reason string }
	if err := json.Unmarshal(c.Clear, &f); err != nil {
		return out, fmt.Errorf("version of a person: %w", err)
	}
	out.Reason = f.Reason
	part, ok := c.Entry.Part(identityPart)
	if !ok || o == nil {
		return out, nil
	}
	var who Identity
	err := o.Open(tx, part, &who)
	if errors.Is(err, seal.ErrNoKey) {
		return out, nil
	}
	out.Identity = &who
	return out, err
}

// ShowPersonVersions gives every change of a person that the reader may see, by
// pseudonym: when, by whom and why, and nothing of who the person is.
func ShowPersonVersions(ctx context.Context, a *act.Acts, by access.Actor, purpose, id string) ([]Version, error) {
	return act.View(ctx, a, by, purpose, "history", func(tx *store.Tx, v *act.Viewing) ([]Version, error) {
		p, err := LoadPerson(tx, id)
		if err != nil {
			return nil, err
		}
		c, err := Load(tx, p.Case)
		if err != nil {
			return nil, err
		}
		if err := v.Must(PersonResource(c, p)); err != nil {
			return nil, err
		}
		return PersonVersions(tx, nil, p)
	})
}

// RecordNames are the pseudonyms of records, as they were added: a record that
// became part of another keeps its own.
func RecordNames(tx *store.Tx, records []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range records {
		p, err := loadRecord(tx, id)
		if err != nil {
			return nil, err
		}
		out[id] = p.Plant
	}
	return out, nil
}
