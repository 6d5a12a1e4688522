package referral

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/packet"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// What a sheet says of a person, and what was counted on it, is forgotten with the
// person on both nodes. Where the person's record is, its keys are the person's own.
// Where the person was received there is no record: its keys stand with the
// referral, as all that came with it, and an erasure of the person names them.

// sheetParts are the sealed parts that tell of somebody who is handed over.
var sheetParts = []string{partCarried, partReception, partCounted}

// keptUnder is what a key of what was counted of a person is stored under here.
func (r Referral) keptUnder(h HandOver) string {
	if h.ID != "" {
		return casefile.KeySubject(h.ID)
	}
	return "referral/" + r.ID
}

// everyHandOver are the appointments of suspects that have effect, and the
// receptions.
func (r Referral) everyHandOver(tx *store.Tx) ([]HandOver, error) {
	receptions, err := receptionsOf(tx, r.ID)
	if err != nil {
		return nil, err
	}
	all := r.handOvers(r.State())
	for _, x := range receptions {
		all = append(all, x.handOver(r))
	}
	return all, nil
}

// receivedBy is the hand-over or reception whose second signature a fact is. One
// that another act overtook was about the last appointment, as it was when it was
// signed: what was counted then tells of that person all the same.
func (r Referral) receivedBy(tx *store.Tx, fact string) (h HandOver, found bool, err error) {
	all, err := r.everyHandOver(tx)
	if err != nil {
		return h, false, err
	}
	if i := slices.IndexFunc(all, func(h HandOver) bool { return h.Received != nil && h.Received.Fact == fact }); i >= 0 {
		return all[i], true, nil
	}
	if n := len(r.HandOvers); n > 0 && slices.ContainsFunc(r.Acts, func(a Act) bool { return a.Fact == fact }) {
		return r.HandOvers[n-1], true, nil
	}
	return h, false, nil
}

// sheetFacts are the facts that tell of somebody who is handed over, each with the
// person's pseudonym: every appointment, whatever became of it, and every second
// signature.
func (r Referral) sheetFacts(tx *store.Tx) (map[string]string, error) {
	of := map[string]string{}
	for _, h := range r.HandOvers {
		of[h.Fact] = h.Person
	}
	receptions, err := receptionsOf(tx, r.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range receptions {
		of[x.Fact] = x.Person
		if x.Received != nil {
			of[x.Received.Fact] = x.Person
		}
	}
	signed, err := journal.OfReferral(tx, PersonReceived{}.Kind(), r.ID)
	if err != nil {
		return nil, err
	}
	for _, id := range signed {
		h, found, err := r.receivedBy(tx, id)
		if err != nil {
			return nil, err
		}
		if found {
			of[id] = h.Person
		}
	}
	return of, nil
}

// SheetKeys are the keys of what the sheets of one person say, by pseudonym, and of
// what was counted on them; of everybody's for the empty one.
func (r Referral) SheetKeys(tx *store.Tx, person string) (keys []string, err error) {
	of, err := r.sheetFacts(tx)
	if err != nil {
		return nil, err
	}
	for fact, whose := range of {
		if person != "" && whose != person {
			continue
		}
		e, _, err := journal.Load(tx, fact)
		if err := nilIfGone(err); err != nil {
			return nil, fmt.Errorf("sheet: %w", err)
		}
		for _, p := range e.Sealed {
			if slices.Contains(sheetParts, p.ID) {
				keys = append(keys, p.Key)
			}
		}
	}
	slices.Sort(keys)
	return keys, nil
}

// OnSheets reports whether an appointment to hand a person over went to the other
// node, by pseudonym.
func (r Referral) OnSheets(tx *store.Tx, person string) (bool, error) {
	of, err := r.sheetFacts(tx)
	return slices.Contains(slices.Collect(maps.Values(of)), person), err
}

// keepCountKeys puts received keys into the keyring, each under the person who was
// received. Of somebody who was forgotten before they came nothing is kept.
func keepCountKeys(link packet.Link) func(*store.Tx, *journal.Draw, journal.Entry, CountKeys) ([]journal.Fact, error) {
	return func(tx *store.Tx, d *journal.Draw, e journal.Entry, f CountKeys) ([]journal.Fact, error) {
		if !packet.OpensHere(link, e, f.Boxes) { // on the node that sent them
			return nil, nil
		}
		r, err := Load(tx, e.Referral)
		if err != nil {
			return nil, err
		}
		h, _, err := r.receivedBy(tx, f.Message)
		if err != nil {
			return nil, err
		}
		if h.ID != "" {
			p, err := casefile.LoadPerson(tx, h.ID)
			if err != nil {
				return nil, err
			}
			if p.Gone() {
				return nil, journal.ForgetBodies(tx, []string{e.ID})
			}
		}
		return nil, packet.KeepBoxes(tx, d, link, e, f.Boxes, func(string) string { return r.keptUnder(h) })
	}
}

// forgetCounts takes what was counted of forgotten people from this node: the keys,
// also those that were kept under the referral before, and the messages that brought
// them, which are sealed to this node and would open to it again. Of a whole case
// the bodies go anyway.
func forgetCounts(tx *store.Tx, d *journal.Draw, e journal.Entry, f casefile.Forgotten) ([]journal.Fact, error) {
	if f.Whole() {
		return nil, nil
	}
	all, err := OfCase(tx, e.Case)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if err := r.forgetCounts(tx, d, f.People); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (r Referral) forgetCounts(tx *store.Tx, d *journal.Draw, people []string) error {
	brought, err := journal.OfReferral(tx, CountKeys{}.Kind(), r.ID)
	if err != nil {
		return err
	}
	var gone []string
	for _, id := range brought {
		_, m, err := journal.Load(tx, id)
		if err != nil {
			if err := nilIfGone(err); err != nil {
				return fmt.Errorf("keys of a count: %w", err)
			}
			continue
		}
		var f CountKeys
		if err := json.Unmarshal(m.Act.Clear, &f); err != nil {
			return fmt.Errorf("keys of a count: %w", err)
		}
		h, found, err := r.receivedBy(tx, f.Message)
		if err != nil {
			return err
		}
		if !found || !slices.Contains(people, h.ID) {
			continue
		}
		for _, b := range f.Boxes {
			if err := seal.DestroyKey(tx, b.Key, d.Now); err != nil {
				return err
			}
		}
		gone = append(gone, id)
	}
	if len(gone) == 0 {
		return nil
	}
	return journal.ForgetBodies(tx, gone)
}
