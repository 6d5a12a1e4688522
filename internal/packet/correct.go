package packet

import (
	"errors"
	"slices"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/refusal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
	"github.com/oasiss/oasiss/wire"
)

// CorrectionPart is the sealed identity of a correction that travels.
const CorrectionPart = "correction"

// Corrected is what is told to whoever received a version of a person whose
// record was corrected since.
type Corrected struct {
	Subject string     // pseudonym in the packet
	Fields  []string   // of the identity that were disclosed and are told anew; none where it may not go
	Part    *wire.Part // the identity as it stands; nil where it may not go
}

// Correction draws up what a correction of a person tells the receiver of a
// version: under the key that this node released with the version, so that it
// opens to whoever could open what is corrected, and to nobody else. Where the
// key has not gone, or consent no longer covers it, only that the record was
// corrected is told. ok is false if the person is not in the version.
func Correction(tx *store.Tx, d *journal.Draw, v Version, p casefile.Person) (out Corrected, ok bool, err error) {
	plants, err := casefile.Plants(tx, p)
	if err != nil {
		return out, false, err
	}
	i := slices.IndexFunc(plants, func(plant string) bool { return slices.Contains(v.Subjects(), plant) })
	if !v.Home || v.Message == "" || i < 0 {
		return out, false, nil
	}
	out.Subject = plants[i]
	keys, err := Keys(tx, v.Packet, v.N)
	if err != nil {
		return out, false, err
	}
	k := slices.IndexFunc(keys, func(k Key) bool { return k.Subject == out.Subject && !k.Released.IsZero() })
	if k < 0 {
		return out, true, nil
	}
	may, err := stillCovered(tx, d, v, keys[k])
	if err != nil || !may {
		return out, true, err
	}
	who, err := casefile.OpenIdentity(tx, d, p)
	if errors.Is(err, seal.ErrNoKey) {
		return out, true, nil
	}
	if err != nil {
		return out, false, err
	}
	who.Note = "" // the office's own
	if !slices.ContainsFunc(v.Manifest.Disclosed, func(x wire.Disclosure) bool { return x.Subject == out.Subject && slices.Contains(x.Fields, "contact") }) {
		who.Contact, who.Whereabouts = nil, nil
	}
	part, err := d.Seal(tx, keys[k].ID, CorrectionPart, who)
	if err != nil {
		return out, false, err
	}
	out.Part, out.Fields = &part, fieldsOf(who)
	return out, true, nil
}

// maxRecords bounds what one message names of a person.
const maxRecords = 1000

// Record is the place at which the receiver of a packet holds a person: together
// with the referral it names one record on the other node, which gives it no
// other name.
type Record struct {
	Version int    `json:"version"`
	Subject string `json:"subject"`       // pseudonym of the person in it
	Key     string `json:"key,omitempty"` // of the identity, where it was released with that version
}

// Records are the places at which the versions of a packet that were sent hold a
// person, who went by one pseudonym or by several: the first version first.
func Records(tx *store.Tx, packet string, plants ...string) ([]Record, error) {
	versions, err := Versions(tx, packet)
	if err != nil {
		return nil, err
	}
	var out []Record
	for _, v := range versions {
		if v.Message == "" {
			continue
		}
		keys, err := Keys(tx, packet, v.N)
		if err != nil {
			return nil, err
		}
		for _, plant := range plants {
			if !slices.Contains(v.Subjects(), plant) {
				continue
			}
			r := Record{Version: v.N, Subject: plant}
			if i := slices.IndexFunc(keys, func(k Key) bool { return k.Subject == plant && !k.Released.IsZero() }); i >= 0 {
				r.Key = keys[i].ID
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// AdmitRecords reports whether what another node says of the records of a person
// here can be so: a version that did not come is passed over, one that came has
// that person in it, and no key is another person's.
func AdmitRecords(tx *store.Tx, packet string, records []Record) (bool, error) {
	if len(records) > maxRecords {
		return false, nil
	}
	for _, r := range records {
		v, err := Load(tx, packet, r.Version)
		if refusal.Is(err, "access.not_found") {
			continue
		}
		if err != nil || !slices.Contains(v.Subjects(), r.Subject) {
			return false, err
		}
		keys, err := Keys(tx, packet, r.Version)
		if err != nil || slices.ContainsFunc(keys, func(k Key) bool { return k.ID == r.Key && k.Subject != r.Subject }) {
			return false, err
		}
	}
	return true, nil
}

// Holds reports whether a received version has a subject of this name whose
// identity a key opens.
func (v Version) Holds(tx *store.Tx, subject, key string) (bool, error) {
	keys, err := Keys(tx, v.Packet, v.N)
	return slices.ContainsFunc(keys, func(k Key) bool { return k.ID == key && k.Subject == subject }), err
}
